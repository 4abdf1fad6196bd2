//! The state as one JSON document, out of a cloud and into one.
//!
//! ```text
//! {"format": "eulb-state", "version": 1, "schema": 4, "release": "3.3.0", "exported": "…",
//!  "secrets": false, "tables": {"accounts": {"KEY": {…}, …}, …}}
//! ```
//!
//! `version` is that of this document, `schema` that of the rows in it; an older schema is brought to
//! this one as an older store is. Secret access keys and private keys are in it only on request.
//! Without them every access key gets a new secret when it is read in, and server certificates are left
//! out, as nobody could answer with them.
//!
//! Reading in replaces everything, in one step or not at all.

use super::Cidr;
use super::identity;
use super::state::State;
use super::store::{self, Change, DiskStore, Row, SCHEMA, Store, Table};
use crate::model::balancer::{BalancerName, NameRule};
use crate::model::timestamp::Timestamp;
use crate::wire::admin;
use crate::wire::balancer::created_time;
use crate::wire::release::Release;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

const FORMAT: &str = "eulb-state";
/// The version of the document around the rows.
const VERSION: u64 = 1;

/// The field of a row that is a secret, and what becomes of the row without it.
const SECRETS: [(Table, &str); 2] = [(Table::Keys, "secret"), (Table::Certificates, "key")];

#[derive(Debug, Serialize, Deserialize)]
#[serde(expecting = "an object")]
struct Written {
    format: String,
    version: u64,
    schema: u64,
    /// Of the cloud that wrote it, if it ran; for people.
    #[serde(default)]
    release: Option<String>,
    #[serde(default)]
    exported: String,
    secrets: bool,
    /// By the name of the table, then by the key of the row.
    tables: BTreeMap<String, BTreeMap<String, Value>>,
}

/// Why a document is not read in.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("this is no export of a local cloud: {0}")]
    Malformed(String),
    #[error("the export is of a newer version ({what} {found}, this one knows {known})")]
    Newer {
        what: &'static str,
        found: u64,
        known: u64,
    },
    #[error("the export contradicts itself: {0}")]
    Contradiction(String),
}

/// What was read in.
#[derive(Debug)]
pub struct Imported {
    pub state: State,
    /// All rows of the new state.
    pub rows: Vec<Row>,
    /// How many access keys got a new secret.
    pub new_secrets: usize,
    /// How many server certificates were left out for want of a key.
    pub left_out: usize,
}

/// Writes rows as a document.
///
/// # Errors
///
/// A row is not JSON.
pub fn export(
    rows: &[Row],
    secrets: bool,
    release: Option<Release>,
    now: Timestamp,
) -> Result<String, serde_json::Error> {
    let mut tables: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    for row in rows {
        if !secrets && row.table.is_secret() {
            continue;
        }
        let mut value: Value = serde_json::from_slice(&row.value)?;
        if !secrets
            && let Some((_, field)) = SECRETS.iter().find(|(table, _)| *table == row.table)
            && let Some(object) = value.as_object_mut()
        {
            object.remove(*field);
        }
        tables
            .entry(row.table.as_str().to_owned())
            .or_default()
            .insert(row.key.clone(), value);
    }
    let written = Written {
        format: FORMAT.to_owned(),
        version: VERSION,
        schema: SCHEMA,
        release: release.map(|release| release.to_string()),
        exported: created_time(now),
        secrets,
        tables,
    };
    serde_json::to_string_pretty(&written).map(|text| text + "\n")
}

/// Reads a document into a state that is whole.
///
/// # Errors
///
/// It is not a document of this kind, of a newer version, or its rows do not make a state.
pub fn import(
    text: &[u8],
    servos: Cidr,
    instances: Cidr,
    now: Timestamp,
) -> Result<Imported, ImportError> {
    let malformed = |error: serde_json::Error| ImportError::Malformed(error.to_string());
    let written: Written = serde_json::from_slice(text).map_err(malformed)?;
    if written.format != FORMAT {
        return Err(ImportError::Malformed(format!(
            "its format is '{}'",
            written.format
        )));
    }
    for (what, found, known) in [
        ("version", written.version, VERSION),
        ("schema", written.schema, SCHEMA),
    ] {
        if found > known {
            return Err(ImportError::Newer { what, found, known });
        }
    }
    let (mut new_secrets, mut left_out) = (0, 0);
    let mut rows = Vec::new();
    for (name, held) in written.tables {
        let table = Table::ALL
            .into_iter()
            .find(|table| table.as_str() == name)
            .ok_or_else(|| ImportError::Malformed(format!("there is no table '{name}'")))?;
        for (key, mut value) in held {
            if let Some(object) = value.as_object_mut() {
                if table == Table::Keys && !object.contains_key("secret") {
                    object.insert("secret".to_owned(), identity::secret().into());
                    new_secrets += 1;
                }
                if table == Table::Certificates && !object.contains_key("key") {
                    left_out += 1;
                    continue;
                }
            }
            let value = serde_json::to_vec(&value).map_err(malformed)?;
            rows.push(Row { table, key, value });
        }
    }
    let changes = store::migrate(written.schema, &rows, now).map_err(malformed)?;
    for change in changes {
        rows.retain(|row| (row.table, &row.key) != (change.table, &change.key));
        if let Change {
            table,
            key,
            value: Some(value),
        } = change
        {
            rows.push(Row { table, key, value });
        }
    }
    let state = State::restore(&rows, servos, instances)
        .map_err(|error| ImportError::Contradiction(error.to_string()))?;
    check(&state, servos).map_err(ImportError::Contradiction)?;
    Ok(Imported {
        state,
        rows,
        new_secrets,
        left_out,
    })
}

/// Writes the state in a data directory that no cloud uses.
///
/// # Errors
///
/// The directory holds no state, is in use or damaged.
pub fn export_directory(directory: &Path, secrets: bool, now: Timestamp) -> Result<String, String> {
    // Opening would make a state where there is none.
    if !store::is_there(directory) {
        return Err(format!("there is no state in {}", directory.display()));
    }
    let mut store = DiskStore::open(directory, now).map_err(|error| error.to_string())?;
    let rows = store.load().map_err(|error| error.to_string())?;
    export(&rows, secrets, None, now).map_err(|error| error.to_string())
}

/// Reads a document into a data directory that no cloud uses.
///
/// # Errors
///
/// The directory is in use or damaged, has something in it that may not be replaced, or the document
/// is refused.
pub fn import_directory(
    directory: &Path,
    text: &[u8],
    replace: bool,
    now: Timestamp,
) -> Result<admin::Imported, String> {
    let imported =
        import(text, Cidr::SERVOS, Cidr::INSTANCES, now).map_err(|error| error.to_string())?;
    let mut store = DiskStore::open(directory, now).map_err(|error| error.to_string())?;
    let held = store.load().map_err(|error| error.to_string())?;
    let in_use = |row: &Row| matches!(row.table, Table::Balancers | Table::Instances);
    if !replace && held.iter().any(in_use) {
        return Err(NOT_EMPTY.to_owned());
    }
    let told = imported.told();
    let erased = held.into_iter().map(|Row { table, key, .. }| Change {
        table,
        key,
        value: None,
    });
    let written = imported
        .rows
        .into_iter()
        .map(|Row { table, key, value }| Change {
            table,
            key,
            value: Some(value),
        });
    let changes: Vec<Change> = erased.chain(written).collect();
    store.commit(&changes).map_err(|error| error.to_string())?;
    Ok(told)
}

/// Why a document is not read into a cloud that has something.
pub const NOT_EMPTY: &str =
    "the cloud has load balancers or instances; --replace deletes everything it has";

impl Imported {
    pub fn told(&self) -> admin::Imported {
        admin::Imported {
            accounts: self.state.accounts.len(),
            balancers: self.state.balancers.len(),
            instances: self.state.instances.len(),
            new_secrets: self.new_secrets,
            left_out: self.left_out,
        }
    }
}

/// Whether everything belongs to somebody who is there, and is what the rules would have let in.
fn check(state: &State, range: Cidr) -> Result<(), String> {
    if state.administrator().is_none() {
        return Err("there is no account 'eucalyptus'".to_owned());
    }
    let owners = state
        .balancers
        .values()
        .map(|one| (&one.account, format!("load balancer {}", one.name)))
        .chain(
            state
                .instances
                .values()
                .map(|one| (&one.owner, format!("instance {}", one.id))),
        )
        .chain(
            state
                .keys
                .values()
                .map(|one| (&one.account, format!("access key {}", one.id))),
        );
    for (account, what) in owners {
        if !state.accounts.contains_key(account) {
            return Err(format!(
                "{what} is of account {account}, which is not in it"
            ));
        }
    }
    for balancer in state.balancers.values() {
        for id in balancer.instances.keys() {
            if !state.instances.contains_key(id) {
                return Err(format!(
                    "instance {id} of load balancer {} is not in it",
                    balancer.name
                ));
            }
        }
    }
    let mut addresses = BTreeMap::new();
    for balancer in state.balancers.values() {
        let name = &balancer.name;
        // Names, buckets and prefixes become parts of paths, and addresses are listened on.
        if BalancerName::parse(name.as_str(), NameRule::HostName).is_err() {
            return Err(format!("'{name}' cannot be the name of a load balancer"));
        }
        if !balancer.attributes.access_log.has_place() {
            return Err(format!(
                "the access log of load balancer {name} is in no bucket"
            ));
        }
        for (id, place) in &balancer.servos {
            let address = place.address;
            if !address.is_loopback() && !range.has(address) {
                return Err(format!(
                    "servo {id} of load balancer {name} is at {address}, which is neither on \
                     loopback nor in the range of servos ({range}); read it in while a cloud with \
                     that --servo-cidr runs"
                ));
            }
            if let Some(other) = addresses.insert(address, id) {
                return Err(format!("the servos {other} and {id} are both at {address}"));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controller::{Config, Controller};
    use crate::model::account::AccountId;
    use crate::model::balancer::{LoadBalancer, ServoPlace};
    use crate::model::placement::{ServoId, ZoneName};
    use expect_test::expect;

    const NOW: Timestamp = Timestamp(1_368_660_692_806);

    fn rows() -> Vec<Row> {
        let controller = Controller::open(Config::default()).unwrap();
        controller.shared.registry.snapshot().state.rows()
    }

    fn read(text: &str) -> Result<Imported, ImportError> {
        import(text.as_bytes(), Cidr::SERVOS, Cidr::INSTANCES, NOW)
    }

    #[test]
    fn what_is_written_is_read_and_secrets_only_on_request() {
        let rows = rows();
        let secret = |rows: &[Row]| {
            let row = rows.iter().find(|row| row.table == Table::Keys).unwrap();
            let value: Value = serde_json::from_slice(&row.value).unwrap();
            value["secret"].as_str().unwrap().to_owned()
        };
        let with = export(&rows, true, Some(Release::V3_3_0), NOW).unwrap();
        let imported = read(&with).unwrap();
        assert_eq!(imported.rows.len(), rows.len());
        assert_eq!(secret(&imported.rows), secret(&rows));
        assert_eq!(imported.new_secrets, 0);

        let without = export(&rows, false, Some(Release::V3_3_0), NOW).unwrap();
        assert!(!without.contains(&secret(&rows)));
        let imported = read(&without).unwrap();
        assert_eq!(imported.new_secrets, 2);
        assert_ne!(secret(&imported.rows), secret(&rows));
        assert_eq!(imported.state.accounts.len(), 2);
    }

    #[test]
    fn what_is_no_export_or_a_newer_one_is_refused() {
        let good = export(&rows(), true, Some(Release::V3_3_0), NOW).unwrap();
        let mut told = String::new();
        for bad in [
            "",
            "[]",
            "{\"format\":\"x\",\"version\":1,\"schema\":1,\"secrets\":true,\"tables\":{}}",
            "{\"format\":\"eulb-state\",\"version\":1,\"schema\":1,\"secrets\":true,\"tables\":{}}",
            "{\"format\":\"eulb-state\",\"version\":1,\"schema\":1,\"secrets\":true,\"tables\":{\"x\":{}}}",
            &good.replace("\"version\": 1", "\"version\": 2"),
            &good.replace("\"schema\": 4", "\"schema\": 9"),
            &good.replace("\"alias\": \"eucalyptus\"", "\"alias\": \"other\""),
        ] {
            let error = read(bad).map(|_| ()).unwrap_err().to_string();
            told.push_str(&error);
            told.push('\n');
        }
        expect![[r#"
            this is no export of a local cloud: EOF while parsing a value at line 1 column 0
            this is no export of a local cloud: invalid length 0, expected an object at line 1 column 2
            this is no export of a local cloud: its format is 'x'
            the export contradicts itself: there is no account 'eucalyptus'
            this is no export of a local cloud: there is no table 'x'
            the export is of a newer version (version 2, this one knows 1)
            the export is of a newer version (schema 9, this one knows 4)
            the export contradicts itself: there is no account 'eucalyptus'
        "#]].assert_eq(&told);
    }

    #[test]
    fn what_the_rules_would_not_have_let_in_is_refused() {
        let mut rows = rows();
        let account = rows.iter().find(|row| row.table == Table::Accounts);
        let account = AccountId::new(account.unwrap().key.as_str());
        let mut web = LoadBalancer::new(account, BalancerName::new("web"), "lb".to_owned(), NOW);
        for (id, address) in [("i-1", [127, 101, 0, 1]), ("i-2", [127, 101, 0, 2])] {
            let place = ServoPlace {
                zone: ZoneName::new("PARTI00"),
                address: address.into(),
            };
            web.servos.insert(ServoId::new(id), place);
        }
        web.attributes.access_log.bucket = Some("my-logs".to_owned());
        web.attributes.access_log.prefix = Some("web/x".to_owned());
        rows.push(Row {
            table: Table::Balancers,
            key: "web".to_owned(),
            value: serde_json::to_vec(&web).unwrap(),
        });
        let good = export(&rows, true, None, NOW).unwrap();
        read(&good).unwrap();
        let mut told = String::new();
        for (sound, bad) in [
            ("\"name\": \"web\"", "\"name\": \"../web\""),
            ("my-logs", "../logs"),
            ("web/x", "web/../../x"),
            ("127.101.0.2", "127.101.0.1"),
            ("127.101.0.2", "0.0.0.0"),
            ("127.101.0.2", "192.0.2.1"),
        ] {
            let text = good.replace(sound, bad);
            let error = read(&text).map(|_| ()).unwrap_err().to_string();
            told.push_str(
                error
                    .strip_prefix("the export contradicts itself: ")
                    .unwrap(),
            );
            told.push('\n');
        }
        expect![[r"
            '../web' cannot be the name of a load balancer
            the access log of load balancer web is in no bucket
            the access log of load balancer web is in no bucket
            the servos i-1 and i-2 are both at 127.101.0.1
            servo i-2 of load balancer web is at 0.0.0.0, which is neither on loopback nor in the range of servos (127.101.0.0/16); read it in while a cloud with that --servo-cidr runs
            servo i-2 of load balancer web is at 192.0.2.1, which is neither on loopback nor in the range of servos (127.101.0.0/16); read it in while a cloud with that --servo-cidr runs
        "]].assert_eq(&told);
        // A cloud that was told to listen there.
        let text = good.replace("127.101.0.2", "192.0.2.1");
        let told: Cidr = "192.0.2.0/24".parse().unwrap();
        import(text.as_bytes(), told, Cidr::INSTANCES, NOW).unwrap();
    }
}
