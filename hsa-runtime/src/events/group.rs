//! Groups of signals, which are waited for together.
//!
//! Pure. Answers to SignalGroup of upstream's `signal.h`.
#![forbid(unsafe_code)]

use std::{collections::HashMap, sync::Arc};

use parking_lot::RwLock;

use crate::{abi::hsa_signal_t, boundary::Error};

/// The groups of a runtime, by number. Numbers are not reused.
#[derive(Default)]
pub struct Groups(RwLock<Table>);

#[derive(Default)]
struct Table {
    next: u32,
    groups: HashMap<u32, Arc<[hsa_signal_t]>>,
}

impl Groups {
    /// Makes a group and returns its number.
    pub fn create(&self, signals: Arc<[hsa_signal_t]>) -> u32 {
        let mut table = self.0.write();
        let number = table.next;
        table.next = number.wrapping_add(1);
        table.groups.insert(number, signals);
        number
    }

    /// The signals of a group.
    ///
    /// # Errors
    /// `InvalidSignalGroup`.
    pub fn get(&self, number: u32) -> Result<Arc<[hsa_signal_t]>, Error> {
        self.0.read().groups.get(&number).cloned().ok_or(Error::InvalidSignalGroup)
    }

    /// Forgets a group; who waits for its signals goes on.
    ///
    /// # Errors
    /// `InvalidSignalGroup`.
    pub fn destroy(&self, number: u32) -> Result<(), Error> {
        self.0.write().groups.remove(&number).map(drop).ok_or(Error::InvalidSignalGroup)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_there_until_it_is_destroyed() {
        let groups = Groups::default();
        let signals: Arc<[hsa_signal_t]> = Arc::new([hsa_signal_t { handle: 64 }]);
        let (first, second) = (groups.create(Arc::clone(&signals)), groups.create(Arc::clone(&signals)));
        assert_eq!(groups.get(second).unwrap(), signals);
        assert_eq!(groups.destroy(first), Ok(()));
        assert_eq!(groups.destroy(first), Err(Error::InvalidSignalGroup));
        assert_eq!(groups.get(first), Err(Error::InvalidSignalGroup));
        assert!(groups.get(second).is_ok());
    }
}
