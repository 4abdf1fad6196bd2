//! Where the state is kept: rows of a few tables, changed in one step or not at all.
//!
//! A store knows nothing of load balancers. It loads all rows once, at the start, and then takes
//! changes; what it has acknowledged is there after a crash at any instant. Rows are JSON: additive
//! changes need no migration (a new field has a default), and a person can read a row. The cost beside
//! a binary form is a few microseconds per change, which the disk flush dwarfs.

mod acknowledged;
mod disk;
mod memory;
mod migrate;
mod place;

pub use disk::{DiskStore, is_there};
pub use memory::MemoryStore;
pub use migrate::{SCHEMA, migrate};
pub use place::Place;

use std::path::PathBuf;

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    Accounts,
    Users,
    Keys,
    Policies,
    Balancers,
    Instances,
    Properties,
    Certificates,
    Sessions,
    Network,
    ResourceTags,
    Groups,
}

impl Table {
    pub const ALL: [Table; 12] = [
        Table::Accounts,
        Table::Users,
        Table::Keys,
        Table::Policies,
        Table::Balancers,
        Table::Instances,
        Table::Properties,
        Table::Certificates,
        Table::Sessions,
        Table::Network,
        Table::ResourceTags,
        Table::Groups,
    ];

    /// Whether all of a table is secret: temporary credentials are nobody else's.
    pub fn is_secret(self) -> bool {
        self.as_str() == "sessions"
    }

    /// The name of the table in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Table::Accounts => "accounts",
            Table::Users => "users",
            Table::Keys => "keys",
            Table::Policies => "policies",
            Table::Balancers => "balancers",
            Table::Instances => "instances",
            Table::Properties => "properties",
            Table::Certificates => "certificates",
            Table::Sessions => "sessions",
            Table::Network => "network",
            Table::ResourceTags => "resource-tags",
            Table::Groups => "groups",
        }
    }
}

/// One row: written if it has a value, removed if it has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub table: Table,
    pub key: String,
    pub value: Option<Vec<u8>>,
}

/// A row as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub table: Table,
    pub key: String,
    pub value: Vec<u8>,
}

/// Why the state cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("cannot use the data directory {}: {cause}", path.display())]
    Directory {
        path: PathBuf,
        cause: std::io::Error,
    },
    #[error(
        "the data directory {} is in use by {}; stop that one or choose another --data-dir",
        path.display(), holder(*process)
    )]
    InUse { path: PathBuf, process: Option<u32> },
    #[error(
        "{} was written by a newer version (schema {found}, this one knows {known}); use that \
         version or another --data-dir",
        path.display()
    )]
    Newer {
        path: PathBuf,
        found: u64,
        known: u64,
    },
    #[error(
        "{} is damaged ({reason}); restore it from a copy, or move it away to start with nothing",
        path.display()
    )]
    Damaged { path: PathBuf, reason: String },
    #[error(
        "{} lacks the last {missing} transactions that were acknowledged: it is damaged, or a copy \
         from before them; to go on without them, remove {}",
        path.display(), noted.display()
    )]
    Behind {
        path: PathBuf,
        missing: u64,
        noted: PathBuf,
    },
    #[error(
        "{} was removed or replaced while the cloud runs, so changes are refused: put it back, or \
         export the state and start the cloud again",
        path.display()
    )]
    Gone { path: PathBuf },
    #[error("cannot write {}: {reason}", path.display())]
    Write { path: PathBuf, reason: String },
}

fn holder(process: Option<u32>) -> String {
    match process {
        Some(id) => format!("process {id}"),
        None => "another process".to_owned(),
    }
}

/// A place for rows.
pub trait Store: Send {
    /// Where the rows are, if they are in a file.
    fn place(&self) -> Option<Place>;

    /// Returns every row.
    ///
    /// # Errors
    ///
    /// What is kept cannot be read, or is not what was written.
    fn load(&mut self) -> Result<Vec<Row>, StoreError>;

    /// Makes the changes, in order, all or none; they are on the disk when this returns.
    ///
    /// # Errors
    ///
    /// The disk refuses. Whoever commits next must [`recover`](Store::recover) first.
    fn commit(&mut self, changes: &[Change]) -> Result<(), StoreError>;

    /// Goes on after a commit that failed: what is kept is what was acknowledged, or is made so.
    ///
    /// `acknowledged` is asked for only if what is found differs.
    ///
    /// # Errors
    ///
    /// The disk still refuses, or what it holds cannot be read. It may be tried again.
    fn recover(&mut self, acknowledged: &dyn Fn() -> Vec<Row>) -> Result<(), StoreError>;
}
