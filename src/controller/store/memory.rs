//! The store of `--ephemeral`: keeps nothing.

use super::{Change, Place, Row, Store, StoreError};

/// Forgets what it is given. The state lives in the registry's snapshots anyway.
#[derive(Debug, Default)]
pub struct MemoryStore;

impl Store for MemoryStore {
    fn place(&self) -> Option<Place> {
        None
    }

    fn load(&mut self) -> Result<Vec<Row>, StoreError> {
        Ok(Vec::new())
    }

    fn commit(&mut self, _changes: &[Change]) -> Result<(), StoreError> {
        Ok(())
    }

    fn recover(&mut self, _acknowledged: &dyn Fn() -> Vec<Row>) -> Result<(), StoreError> {
        Ok(())
    }
}
