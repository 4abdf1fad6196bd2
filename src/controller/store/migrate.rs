//! From the rows of an older schema to those of this one, one step after the other.
//!
//! A step is a pure function of rows; the store makes its changes and the new version one transaction.
//! Fields that were added need no step: they have defaults. A file of each version is kept in
//! `tests/fixtures/store`, and a test opens every one of them.

use super::{Change, Row, Table};
use crate::controller::identity;
use crate::controller::properties::Property;
use crate::model::account::AccessKey;
use crate::model::timestamp::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// The version of the tables and rows. Grows when an older version could not read them, or would
/// lose what they say.
///
/// Schema 3 has groups of users, and needs no step: there were none. A version that knows no groups
/// must not open it, since it would allow what is forbidden to a group.
///
/// Schema 4 numbers transactions and has a checksum of all rows, and needs no step: the next change
/// writes both. A version that knows neither must not write, since it would leave them as they were.
pub const SCHEMA: u64 = 4;

/// What must change in rows of an older schema; their order does not matter.
///
/// # Errors
///
/// A row is not what that version wrote.
pub fn migrate(from: u64, rows: &[Row], now: Timestamp) -> Result<Vec<Change>, serde_json::Error> {
    let mut changes = Vec::new();
    if from < 2 {
        users_and_image(rows, now, &mut changes)?;
    }
    Ok(changes)
}

/// Schema 2: users have rows, and the image of servos must be set for the service to be ready. Before,
/// the users were those that keys named, and every service was ready.
fn users_and_image(
    rows: &[Row],
    now: Timestamp,
    changes: &mut Vec<Change>,
) -> Result<(), serde_json::Error> {
    let mut users = BTreeMap::new();
    for row in rows.iter().filter(|row| row.table == Table::Keys) {
        let key: AccessKey = serde_json::from_slice(&row.value)?;
        let name = format!("{}/{}", key.account, key.user);
        users.insert(name, identity::user(&key.account, &key.user, now));
    }
    for (name, user) in users {
        changes.push(put(Table::Users, name, &user)?);
    }
    let image = identity::image_id();
    changes.push(put(Table::Properties, Property::Image.key(), &image)?);
    Ok(())
}

fn put<T: Serialize>(table: Table, key: String, value: &T) -> Result<Change, serde_json::Error> {
    Ok(Change {
        table,
        key,
        value: Some(serde_json::to_vec(value)?),
    })
}
