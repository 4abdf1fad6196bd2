//! The state in a file: `eulb.redb` in the data directory.
//!
//! redb gives transactions that survive a crash at any instant. Around it stand: a lock file that
//! names the process which has the directory; the version of the schema; a checksum per row, and one
//! of all rows, since redb finds a damaged page only where it must repair; and a first file that is
//! written whole before it gets its name, so that an empty file is always damage and never a beginning.
//!
//! Where the newest transaction is damaged, redb takes it for one that a crash broke off, and goes on
//! with the one before. Transactions are numbered, therefore, and the number of the newest that was
//! acknowledged is written beside the file: what lacks it is refused.
//!
//! After a write that failed redb takes no more: the file may hold the transaction or not. It is opened
//! anew then, and compared with what was acknowledged before anything else is written.

use super::acknowledged::Acknowledged;
use super::migrate::{self, SCHEMA};
use super::place::Place;
use super::{Change, Row, Store, StoreError, Table};
use crate::model::timestamp::Timestamp;
use redb::backends::FileBackend;
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

const FILE: &str = "eulb.redb";
/// The file while it is made for the first time.
const NEW_FILE: &str = "eulb.redb.new";
const LOCK: &str = "eulb.lock";
/// The file that is written and removed again to see whether the disk has room.
const ROOM: &str = "eulb.redb.room";

/// Bytes of it: what a change of a row asks for, and some to spare.
const ROOM_BYTES: usize = 128 << 10;

/// Bytes of pages kept in memory. All reads are at the start, so there is little to gain.
const CACHE_BYTES: usize = 4 << 20;

/// Bytes of a row's checksum: the first of its SHA-256.
const CHECKSUM: usize = 8;

const META: TableDefinition<'static, &str, u64> = TableDefinition::new("meta");
const SCHEMA_KEY: &str = "schema";
/// How many transactions there were.
const NUMBER_KEY: &str = "transactions";
/// Of all rows, as of the newest transaction.
const FINGERPRINT_KEY: &str = "fingerprint";

fn definition(table: Table) -> TableDefinition<'static, &'static str, &'static [u8]> {
    TableDefinition::new(table.as_str())
}

/// The state in a file, locked for this process as long as this lives.
#[derive(Debug)]
pub struct DiskStore {
    place: Place,
    /// Nothing while the file cannot be opened again after a write that failed.
    database: Option<Database>,
    /// Of the rows that were loaded or acknowledged.
    fingerprint: Fingerprint,
    /// Of the newest transaction.
    number: u64,
    acknowledged: Acknowledged,
    _lock: File,
}

/// Whether a data directory has a state.
pub fn is_there(directory: &Path) -> bool {
    directory.join(FILE).exists()
}

impl DiskStore {
    /// Opens the store of a data directory, and makes both if need be. The parent must exist.
    ///
    /// # Errors
    ///
    /// The directory cannot be used or is in use; the file is damaged or of a newer version.
    pub fn open(directory: &Path, now: Timestamp) -> Result<DiskStore, StoreError> {
        make_directory(directory).map_err(|cause| StoreError::Directory {
            path: directory.to_owned(),
            cause,
        })?;
        let lock = lock(directory)?;
        let path = directory.join(FILE);
        let directory_error = |cause| StoreError::Directory {
            path: directory.to_owned(),
            cause,
        };
        if !path.try_exists().map_err(directory_error)? {
            Acknowledged::forget(directory).map_err(directory_error)?;
            create(directory)?;
        }
        let (database, older) = open_file(&path)?;
        let (acknowledged, expected) = Acknowledged::open(directory).map_err(directory_error)?;
        let mut store = DiskStore {
            place: Place::of(path).map_err(directory_error)?,
            database: Some(database),
            fingerprint: Fingerprint::default(),
            number: 0,
            acknowledged,
            _lock: lock,
        };
        store.number = store.meta(NUMBER_KEY)?.unwrap_or_default();
        if store.number < expected {
            return Err(StoreError::Behind {
                path: store.place.path().to_owned(),
                missing: expected - store.number,
                noted: store.acknowledged.into_path(),
            });
        }
        if let Some(older) = older {
            store.migrate(older, now)?;
        }
        Ok(store)
    }

    /// Brings the file from an older schema to this one, in one transaction.
    fn migrate(&mut self, from: u64, now: Timestamp) -> Result<(), StoreError> {
        let rows = self.load()?;
        let changes = migrate::migrate(from, &rows, now).map_err(|error| StoreError::Damaged {
            path: self.place.path().to_owned(),
            reason: format!("a row of schema {from} cannot be read: {error}"),
        })?;
        self.write(&changes, Some(SCHEMA))
            .map_err(|error| StoreError::Write {
                path: self.place.path().to_owned(),
                reason: error.to_string(),
            })?;
        tracing::info!(target: "store", from, to = SCHEMA, "the state was brought to this version");
        Ok(())
    }

    fn database(&self) -> Result<&Database, redb::Error> {
        self.database.as_ref().ok_or(redb::Error::PreviousIo)
    }

    /// What the file says of itself under a key.
    fn meta(&self, key: &str) -> Result<Option<u64>, StoreError> {
        let read = || {
            let meta = self.database()?.begin_read()?.open_table(META)?;
            Ok(meta.get(key)?.map(|row| row.value()))
        };
        sound(self.place.path(), read).map_err(|error| error.damage(self.place.path()))
    }

    fn write(&mut self, changes: &[Change], schema: Option<u64>) -> Result<(), redb::Error> {
        let transaction = self.database()?.begin_write()?;
        let mut fingerprint = self.fingerprint;
        let number = self.number + 1;
        for table in Table::ALL {
            let mut changes = changes.iter().filter(|change| change.table == table);
            let Some(first) = changes.next() else {
                continue;
            };
            let mut rows = transaction.open_table(definition(table))?;
            for change in std::iter::once(first).chain(changes) {
                let key = change.key.as_str();
                let before = match &change.value {
                    Some(value) => {
                        let sealed = seal(table, key, value);
                        fingerprint.add(&sealed);
                        rows.insert(key, sealed.as_slice())?
                    }
                    None => rows.remove(key)?,
                };
                if let Some(before) = before {
                    fingerprint.take(before.value());
                }
            }
        }
        {
            let mut meta = transaction.open_table(META)?;
            if let Some(schema) = schema {
                meta.insert(SCHEMA_KEY, schema)?;
            }
            meta.insert(NUMBER_KEY, number)?;
            meta.insert(FINGERPRINT_KEY, fingerprint.0)?;
        }
        transaction.commit()?;
        self.fingerprint = fingerprint;
        self.number = number;
        if let Err(error) = self.acknowledged.note(number) {
            tracing::warn!(target: "store", %error, "cannot note what was acknowledged");
        }
        Ok(())
    }

    /// Every row as it lies in the file.
    fn sealed(&self) -> Result<Vec<(Table, String, Vec<u8>)>, StoreError> {
        sound(self.place.path(), || {
            let read = self.database()?.begin_read()?;
            let mut found = Vec::new();
            for table in Table::ALL {
                let rows = match read.open_table(definition(table)) {
                    Ok(rows) => rows,
                    Err(redb::TableError::TableDoesNotExist(_)) => continue,
                    Err(error) => return Err(error.into()),
                };
                for row in rows.iter()? {
                    let (key, value) = row?;
                    found.push((table, key.value().to_owned(), value.value().to_vec()));
                }
            }
            Ok(found)
        })
        .map_err(|error| error.damage(self.place.path()))
    }
}

impl Store for DiskStore {
    fn place(&self) -> Option<Place> {
        Some(self.place.clone())
    }

    fn load(&mut self) -> Result<Vec<Row>, StoreError> {
        let rows = self.sealed()?;
        self.fingerprint = Fingerprint::of(rows.iter().map(|(_, _, sealed)| sealed.as_slice()));
        let whole = self.meta(FINGERPRINT_KEY)?;
        let rows = rows
            .into_iter()
            .map(|(table, key, sealed)| match unseal(table, &key, &sealed) {
                Some(value) => Ok(Row {
                    table,
                    value: value.to_vec(),
                    key,
                }),
                None => Err(StoreError::Damaged {
                    path: self.place.path().to_owned(),
                    reason: format!("row {key} of {} is not as it was written", table.as_str()),
                }),
            })
            .collect::<Result<Vec<Row>, StoreError>>()?;
        if whole.is_some_and(|whole| whole != self.fingerprint.0) {
            return Err(StoreError::Damaged {
                path: self.place.path().to_owned(),
                reason: "rows are missing, or older than others".to_owned(),
            });
        }
        Ok(rows)
    }

    fn commit(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        self.place.check()?;
        let path = self.place.path().to_owned();
        // What is changed is read first, and what nobody has read before may be damaged.
        sound(&path, || self.write(changes, None)).map_err(|error| match error {
            Unsound::Redb(error) => StoreError::Write {
                reason: error.to_string(),
                path,
            },
            Unsound::Panic => error.damage(&path),
        })
    }

    fn recover(&mut self, acknowledged: &dyn Fn() -> Vec<Row>) -> Result<(), StoreError> {
        // Reading everything again is for a disk that may take something: while it is full, refusing
        // costs no more than a look.
        look_for_room(self.place.path()).map_err(|error| StoreError::Write {
            path: self.place.path().to_owned(),
            reason: redb::Error::Io(error).to_string(),
        })?;
        // What is there now may be somebody else's, and is not to be written over.
        self.place.check()?;
        // Closed first: redb lets nobody open a file twice. Closing asserts, too.
        let closed = self.database.take();
        let _ = sound(self.place.path(), || {
            drop(closed);
            Ok(())
        });
        let (database, _) = open_file(self.place.path())?;
        self.database = Some(database);
        // What comes next must be newer than what is there and than what was acknowledged.
        self.number = self.number.max(self.meta(NUMBER_KEY)?.unwrap_or_default());
        let expected = self.fingerprint;
        let found = self.load()?;
        if self.fingerprint != expected {
            // Written, and then the flush failed: nobody was told that it was.
            let changes = differences(found, acknowledged());
            tracing::warn!(target: "store", rows = changes.len(), "taking back what was not acknowledged");
            self.commit(&changes)?;
        }
        tracing::info!(target: "store", path = %self.place.path().display(), "the state can be written again");
        Ok(())
    }
}

/// The changes that make `wanted` of `found`.
fn differences(found: Vec<Row>, wanted: Vec<Row>) -> Vec<Change> {
    let mut superfluous: BTreeMap<(Table, String), Vec<u8>> = found
        .into_iter()
        .map(|row| ((row.table, row.key), row.value))
        .collect();
    let mut changes = Vec::new();
    for Row { table, key, value } in wanted {
        let at = (table, key);
        if superfluous.remove(&at).as_ref() != Some(&value) {
            let (table, key) = at;
            let value = Some(value);
            changes.push(Change { table, key, value });
        }
    }
    let removed = superfluous.into_keys().map(|(table, key)| Change {
        table,
        key,
        value: None,
    });
    changes.extend(removed);
    changes
}

/// Says whether two sets of sealed rows are the same, without keeping them: the sum of their
/// checksums, in any order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Fingerprint(u64);

impl Fingerprint {
    fn of<'r>(rows: impl Iterator<Item = &'r [u8]>) -> Fingerprint {
        let mut sum = Fingerprint::default();
        rows.for_each(|row| sum.add(row));
        sum
    }

    fn add(&mut self, sealed: &[u8]) {
        self.0 = self.0.wrapping_add(Fingerprint::number(sealed));
    }

    fn take(&mut self, sealed: &[u8]) {
        self.0 = self.0.wrapping_sub(Fingerprint::number(sealed));
    }

    fn number(sealed: &[u8]) -> u64 {
        sealed
            .first_chunk::<CHECKSUM>()
            .map_or(0, |sum| u64::from_le_bytes(*sum))
    }
}

/// Opens the file; with the number of its schema, if that is an older one.
fn open_file(path: &Path) -> Result<(Database, Option<u64>), StoreError> {
    let directory = || path.parent().unwrap_or(path).to_owned();
    // redb asserts what it believes of its own file; for a damaged one that is a panic.
    let opened = sound(path, || {
        let database = Database::builder().set_cache_size(CACHE_BYTES).open(path)?;
        let read = database.begin_read()?;
        let found = read
            .open_table(META)?
            .get(SCHEMA_KEY)?
            .map(|row| row.value());
        Ok((database, found))
    });
    let (database, found) = match opened {
        Ok(opened) => opened,
        Err(Unsound::Redb(redb::Error::Io(cause)))
            if cause.kind() == io::ErrorKind::PermissionDenied =>
        {
            return Err(StoreError::Directory {
                path: directory(),
                cause,
            });
        }
        Err(Unsound::Redb(redb::Error::DatabaseAlreadyOpen)) => {
            return Err(StoreError::InUse {
                path: directory(),
                process: None,
            });
        }
        Err(error) => return Err(error.damage(path)),
    };
    let older = match found {
        Some(SCHEMA) => None,
        Some(older @ 1..SCHEMA) => Some(older),
        Some(found) if found > SCHEMA => {
            return Err(StoreError::Newer {
                path: path.to_owned(),
                found,
                known: SCHEMA,
            });
        }
        _ => {
            return Err(StoreError::Damaged {
                path: path.to_owned(),
                reason: "it has no schema version".to_owned(),
            });
        }
    };
    Ok((database, older))
}

fn make_directory(directory: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(directory) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            // There are secrets in it: whoever made it, nobody else looks in.
            let metadata = fs::metadata(directory)?;
            if metadata.permissions().mode() & 0o077 != 0 {
                fs::set_permissions(directory, fs::Permissions::from_mode(0o700))?;
            }
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Opens a file that nobody else may read, with what is in it; makes it if need be.
pub(super) fn private_file(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
}

/// Locks the directory for this process and writes into the lock file which one that is.
fn lock(directory: &Path) -> Result<File, StoreError> {
    let directory_error = |cause| StoreError::Directory {
        path: directory.to_owned(),
        cause,
    };
    let mut file = private_file(&directory.join(LOCK)).map_err(directory_error)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            // Without a readable number the message does without it.
            let _ = file.read_to_string(&mut text);
            return Err(StoreError::InUse {
                path: directory.to_owned(),
                process: text.trim().parse().ok(),
            });
        }
        Err(TryLockError::Error(cause)) => return Err(directory_error(cause)),
    }
    let write = |file: &mut File| {
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        writeln!(file, "{}", std::process::id())
    };
    write(&mut file).map_err(directory_error)?;
    Ok(file)
}

/// Makes the file under another name and gives it its own when it is whole and on the disk.
fn create(directory: &Path) -> Result<(), StoreError> {
    let (path, new) = (directory.join(FILE), directory.join(NEW_FILE));
    let failed = |reason: String| StoreError::Write {
        path: path.clone(),
        reason,
    };
    let io = |error: io::Error| failed(error.to_string());
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io(error)),
        _ => {}
    }
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&new)
        .map_err(io)?;
    let fill = |file: File| -> Result<(), redb::Error> {
        let backend = FileBackend::new(file)?;
        let database = Database::builder()
            .set_cache_size(CACHE_BYTES)
            .create_with_backend(backend)?;
        let transaction = database.begin_write()?;
        transaction.open_table(META)?.insert(SCHEMA_KEY, SCHEMA)?;
        transaction.commit()?;
        Ok(())
    };
    fill(file).map_err(|error| failed(error.to_string()))?;
    fs::rename(&new, &path).map_err(io)?;
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(io)
}

/// Fails if the disk is full. What else may be wrong with it is for the store's own file to say.
fn look_for_room(path: &Path) -> io::Result<()> {
    let room = path.with_file_name(ROOM);
    let opened = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&room);
    let Ok(mut file) = opened else {
        return Ok(());
    };
    let written = file.write_all(&vec![0; ROOM_BYTES]);
    // Whatever is left of it is written over the next time.
    let _ = fs::remove_file(&room);
    match written {
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
            ) =>
        {
            Err(error)
        }
        _ => Ok(()),
    }
}

/// What reading a damaged file leads to.
enum Unsound {
    Redb(redb::Error),
    Panic,
}

impl Unsound {
    fn damage(self, path: &Path) -> StoreError {
        StoreError::Damaged {
            path: path.to_owned(),
            reason: match self {
                Unsound::Redb(error) => error.to_string(),
                Unsound::Panic => "its pages contradict each other".to_owned(),
            },
        }
    }
}

/// Reads from the file at `path`, and takes a panic for what it is there: damage.
fn sound<T>(path: &Path, read: impl FnOnce() -> Result<T, redb::Error>) -> Result<T, Unsound> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(result) => result.map_err(Unsound::Redb),
        Err(_) => {
            tracing::error!(target: "store", path = %path.display(), "the store is damaged");
            Err(Unsound::Panic)
        }
    }
}

fn checksum(table: Table, key: &str, value: &[u8]) -> [u8; CHECKSUM] {
    let mut hash = Sha256::new();
    for part in [table.as_str().as_bytes(), key.as_bytes()] {
        hash.update(part);
        hash.update([0]);
    }
    hash.update(value);
    let mut short = [0; CHECKSUM];
    short.copy_from_slice(&hash.finalize()[..CHECKSUM]);
    short
}

/// The value of a row with its checksum before it.
fn seal(table: Table, key: &str, value: &[u8]) -> Vec<u8> {
    let mut sealed = checksum(table, key, value).to_vec();
    sealed.extend_from_slice(value);
    sealed
}

/// The value of a sealed row, if it is as it was written.
fn unseal<'v>(table: Table, key: &str, sealed: &'v [u8]) -> Option<&'v [u8]> {
    let (sum, value) = sealed.split_at_checked(CHECKSUM)?;
    (sum == checksum(table, key, value)).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use redb::StorageBackend;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

    const NOW: Timestamp = Timestamp(0);

    fn put(key: &str, value: &str) -> Change {
        Change {
            table: Table::Balancers,
            key: key.to_owned(),
            value: Some(value.into()),
        }
    }

    fn rows(store: &mut DiskStore) -> Vec<(String, String)> {
        store
            .load()
            .unwrap()
            .into_iter()
            .map(|row| (row.key, String::from_utf8(row.value).unwrap()))
            .collect()
    }

    fn refusal(directory: &Path) -> String {
        DiskStore::open(directory, NOW)
            .and_then(|mut store| store.load())
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn committed_rows_are_there_after_reopening() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("data");
        {
            let mut store = DiskStore::open(&path, NOW).unwrap();
            store.commit(&[put("a", "1"), put("b", "2")]).unwrap();
            let remove = Change {
                value: None,
                ..put("a", "")
            };
            store.commit(&[remove, put("b", "3")]).unwrap();
        }
        let mut store = DiskStore::open(&path, NOW).unwrap();
        assert_eq!(rows(&mut store), [("b".to_owned(), "3".to_owned())]);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o700);
        assert_eq!(mode(&path.join(FILE)), 0o600);
        assert_eq!(mode(&path.join(LOCK)), 0o600);
    }

    #[test]
    fn a_second_process_is_told_which_one_has_the_directory() {
        let directory = tempfile::tempdir().unwrap();
        let _first = DiskStore::open(directory.path(), NOW).unwrap();
        assert_eq!(
            refusal(directory.path()),
            format!(
                "the data directory {} is in use by process {}; stop that one or choose another \
                 --data-dir",
                directory.path().display(),
                std::process::id()
            )
        );
    }

    type Damage = fn(&mut Vec<u8>);

    #[test]
    fn what_cannot_be_trusted_is_refused_and_left_alone() {
        let missing = tempfile::tempdir().unwrap().path().join("a/b");
        assert!(refusal(&missing).starts_with("cannot use the data directory"));

        let damages: [(&str, Damage); 4] = [
            ("emptied", Vec::clear),
            ("cut", |bytes| bytes.truncate(bytes.len() / 2)),
            ("another file", |bytes| *bytes = b"hello\n".repeat(10_000)),
            ("a changed row", |bytes| {
                let needle = b"the value of the row";
                let places: Vec<usize> = bytes
                    .windows(needle.len())
                    .enumerate()
                    .filter(|(_, window)| window == needle)
                    .map(|(at, _)| at)
                    .collect();
                assert!(!places.is_empty());
                for at in places {
                    bytes[at] ^= 1;
                }
            }),
        ];
        for (name, damage) in damages {
            let directory = tempfile::tempdir().unwrap();
            DiskStore::open(directory.path(), NOW)
                .unwrap()
                .commit(&[put("a", "the value of the row")])
                .unwrap();
            let path = directory.path().join(FILE);
            let mut bytes = fs::read(&path).unwrap();
            damage(&mut bytes);
            fs::write(&path, &bytes).unwrap();
            let text = refusal(directory.path());
            assert!(text.contains("is damaged"), "{name}: {text}");
            assert!(!text.contains('\n'), "{name}: {text}");
            // It is refused again, not silently begun anew. (redb touches its header.)
            assert_eq!(refusal(directory.path()), text, "{name}");
        }
    }

    /// A file whose disk refuses every change after some that it takes; the one that is refused
    /// gets half way, as on a full disk.
    #[derive(Debug)]
    struct Failing {
        file: FileBackend,
        left: AtomicUsize,
        reached: Arc<AtomicBool>,
        /// Refuse only to flush: what was written is there, nobody knows for how long.
        flushes: bool,
    }

    impl Failing {
        fn take(&self, is_flush: bool) -> io::Result<()> {
            if self.flushes && !is_flush {
                return Ok(());
            }
            let left = self.left.load(Relaxed);
            if left == 0 {
                self.reached.store(true, Relaxed);
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.left.store(left - 1, Relaxed);
            Ok(())
        }
    }

    impl StorageBackend for Failing {
        fn len(&self) -> io::Result<u64> {
            self.file.len()
        }
        fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            self.file.read(offset, out)
        }
        fn set_len(&self, len: u64) -> io::Result<()> {
            self.take(false)?;
            self.file.set_len(len)
        }
        fn sync_data(&self) -> io::Result<()> {
            self.take(true)?;
            self.file.sync_data()
        }
        fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
            if let Err(full) = self.take(false) {
                let _ = self.file.write(offset, &data[..data.len() / 2]);
                return Err(full);
            }
            self.file.write(offset, data)
        }
    }

    /// Fails the `after`th change of a commit to the file, and all later ones. Returns whether the
    /// commit made as many.
    fn fail_and_recover(after: usize, flushes: bool) -> bool {
        let directory = tempfile::tempdir().unwrap();
        let mut store = DiskStore::open(directory.path(), NOW).unwrap();
        store.load().unwrap();
        store.commit(&[put("a", "1"), put("b", "2")]).unwrap();
        let mut kept = store.load().unwrap();
        store.database = None;
        let reached = Arc::new(AtomicBool::new(false));
        let file = File::options()
            .read(true)
            .write(true)
            .open(directory.path().join(FILE))
            .unwrap();
        let failing = Failing {
            file: FileBackend::new(file).unwrap(),
            left: AtomicUsize::new(usize::MAX),
            reached: reached.clone(),
            flushes,
        };
        let failing = Arc::new(failing);
        let opened = Database::builder().create_with_backend(Shared(failing.clone()));
        store.database = Some(opened.unwrap());
        failing.left.store(after, Relaxed);
        let large = "x".repeat(100_000);
        let changes = [put("b", "3"), put("c", &large)];
        let written = store.commit(&changes);
        let during = reached.load(Relaxed);
        assert_eq!(written.is_err(), during, "after {after}");
        let acknowledged = kept.clone();
        if written.is_ok() {
            kept = store.load().unwrap();
        } else {
            // While the disk refuses, so does everything else.
            assert!(store.commit(&[put("d", "4")]).is_err());
            store.recover(&|| acknowledged.clone()).unwrap();
            assert_eq!(store.load().unwrap(), kept, "after {after}");
            store.commit(&[put("d", "4")]).unwrap();
            kept = store.load().unwrap();
            assert_eq!(kept.len(), 3);
        }
        drop(store);
        let mut store = DiskStore::open(directory.path(), NOW).unwrap();
        assert_eq!(store.load().unwrap(), kept, "after {after}");
        during
    }

    /// A backend whose faults the test holds.
    #[derive(Debug)]
    struct Shared(Arc<Failing>);

    impl StorageBackend for Shared {
        fn len(&self) -> io::Result<u64> {
            self.0.len()
        }
        fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            self.0.read(offset, out)
        }
        fn set_len(&self, len: u64) -> io::Result<()> {
            self.0.set_len(len)
        }
        fn sync_data(&self) -> io::Result<()> {
            self.0.sync_data()
        }
        fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
            self.0.write(offset, data)
        }
    }

    #[test]
    fn a_write_that_fails_anywhere_leaves_what_was_acknowledged() {
        for flushes in [false, true] {
            let failed = (0..).take_while(|after| fail_and_recover(*after, flushes));
            assert!(failed.count() > usize::from(!flushes), "flushes: {flushes}");
        }
    }

    #[test]
    fn what_was_acknowledged_and_is_not_there_is_missed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE);
        let commit = |changes: &[Change]| {
            let mut store = DiskStore::open(directory.path(), NOW).unwrap();
            store.load().unwrap();
            store.commit(changes).unwrap();
        };
        commit(&[put("a", "1"), put("b", "2")]);
        let copy = fs::read(&path).unwrap();
        commit(&[put("b", "3")]);
        commit(&[put("c", "4")]);
        fs::write(&path, &copy).unwrap();
        let noted = directory.path().join("eulb.acknowledged");
        assert_eq!(
            refusal(directory.path()),
            format!(
                "{} lacks the last 2 transactions that were acknowledged: it is damaged, or a copy \
                 from before them; to go on without them, remove {}",
                path.display(),
                noted.display()
            )
        );
        // As whoever restores a copy is told.
        fs::remove_file(&noted).unwrap();
        commit(&[put("d", "5")]);
        // After a loss of power the note may be older, or nothing at all.
        for note in ["00000000000000000001\n", "", "\0\0\0\0"] {
            fs::write(&noted, note).unwrap();
            commit(&[put("e", "6")]);
        }
        // A store that begins anew misses nothing.
        fs::remove_file(&path).unwrap();
        commit(&[]);
        // Rows that are as they were written, and not all of them.
        commit(&[put("a", "1"), put("b", "2")]);
        let mut store = DiskStore::open(directory.path(), NOW).unwrap();
        let transaction = store.database().unwrap().begin_write().unwrap();
        let rows = transaction.open_table(definition(Table::Balancers));
        rows.unwrap().remove("a").unwrap();
        transaction.commit().unwrap();
        let missing = store.load().unwrap_err().to_string();
        assert!(
            missing.contains("rows are missing, or older than others"),
            "{missing}"
        );
    }

    #[test]
    fn while_the_disk_is_full_nothing_is_read_again() {
        let directory = tempfile::tempdir().unwrap();
        let mut store = DiskStore::open(directory.path(), NOW).unwrap();
        store.load().unwrap();
        store.commit(&[put("a", "1")]).unwrap();
        let kept = store.load().unwrap();
        // As after a commit that failed; the file could not be read if somebody looked.
        store.database = None;
        let path = directory.path().join(FILE);
        let away = directory.path().join("away");
        fs::rename(&path, &away).unwrap();
        std::os::unix::fs::symlink("/dev/full", directory.path().join(ROOM)).unwrap();
        let nothing = || -> Vec<Row> { panic!("nobody asks") };
        let refused = store.recover(&nothing).unwrap_err().to_string();
        let expected = format!(
            "cannot write {}: I/O error: No space left on device (os error 28)",
            path.display()
        );
        assert_eq!(refused, expected);
        // With room again.
        fs::rename(&away, &path).unwrap();
        store.recover(&nothing).unwrap();
        store.commit(&[put("b", "2")]).unwrap();
        assert_eq!(store.load().unwrap().len(), kept.len() + 1);
        assert!(!directory.path().join(ROOM).exists());
    }

    #[test]
    fn a_file_that_is_no_longer_there_is_not_written() {
        let directory = tempfile::tempdir().unwrap();
        let (path, away) = (directory.path().join(FILE), directory.path().join("away"));
        let mut store = DiskStore::open(directory.path(), NOW).unwrap();
        store.load().unwrap();
        store.commit(&[put("a", "1")]).unwrap();
        let kept = store.load().unwrap();
        let refusal = |store: &mut DiskStore| {
            let refused = store.commit(&[put("b", "2")]).unwrap_err().to_string();
            let again = store.recover(&|| panic!("nobody asks")).unwrap_err();
            assert_eq!(again.to_string(), refused);
            refused
        };
        fs::rename(&path, &away).unwrap();
        let expected = format!(
            "{} was removed or replaced while the cloud runs, so changes are refused: put it back, \
             or export the state and start the cloud again",
            path.display()
        );
        assert_eq!(refusal(&mut store), expected);
        // Another's, which must stay as it is.
        fs::copy(&away, &path).unwrap();
        let others = fs::read(&path).unwrap();
        assert_eq!(refusal(&mut store), expected);
        assert_eq!(fs::read(&path).unwrap(), others);
        // Reading goes on.
        assert_eq!(store.load().unwrap(), kept);
        fs::rename(&away, &path).unwrap();
        store.recover(&|| kept.clone()).unwrap();
        store.commit(&[put("b", "2")]).unwrap();
        assert_eq!(store.load().unwrap().len(), kept.len() + 1);
    }

    #[test]
    fn a_newer_schema_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        {
            let store = DiskStore::open(directory.path(), NOW).unwrap();
            let transaction = store.database().unwrap().begin_write().unwrap();
            transaction
                .open_table(META)
                .unwrap()
                .insert(SCHEMA_KEY, 7)
                .unwrap();
            transaction.commit().unwrap();
        }
        let text = refusal(directory.path());
        assert!(
            text.contains("newer version (schema 7, this one knows 4)"),
            "{text}"
        );
    }
}
