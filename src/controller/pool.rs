//! Addresses to give: the lowest that is free, never one twice.

use super::Cidr;
use imbl::OrdSet;
use std::net::{IpAddr, Ipv4Addr};

/// The free addresses of a range. A clone costs a few pointers; giving one costs a logarithm.
#[derive(Clone, Debug)]
pub struct Pool {
    range: Cidr,
    /// Indexes from here on were never given.
    next: u32,
    /// Indexes below `next` that were given back.
    returned: OrdSet<u32>,
}

impl Pool {
    /// A pool from which `taken` are given already. Addresses of another range do not matter: they
    /// stay with whom they were given to.
    pub fn new(range: Cidr, taken: impl IntoIterator<Item = IpAddr>) -> Pool {
        let mut pool = Pool {
            range,
            next: 0,
            returned: OrdSet::new(),
        };
        for address in taken {
            if let Some(index) = pool.index(address) {
                while pool.next <= index {
                    pool.returned.insert(pool.next);
                    pool.next += 1;
                }
                pool.returned.remove(&index);
            }
        }
        pool
    }

    fn index(&self, address: IpAddr) -> Option<u32> {
        match address {
            IpAddr::V4(address) => self.range.index_of(address),
            IpAddr::V6(_) => None,
        }
    }

    /// Gives the lowest free address; nothing when all are given.
    pub fn take(&mut self) -> Option<Ipv4Addr> {
        if let Some(index) = self.returned.get_min().copied() {
            self.returned.remove(&index);
            return self.range.at(index);
        }
        let address = self.range.at(self.next)?;
        self.next += 1;
        Some(address)
    }

    /// Takes an address back.
    pub fn give_back(&mut self, address: IpAddr) {
        if let Some(index) = self.index(address).filter(|index| *index < self.next) {
            self.returned.insert(index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn ranges_are_read_and_keep_to_their_bounds() {
        let cases = [
            ("127.101.0.0/16", Some("127.101.0.0/16")),
            ("127.101.7.9/24", Some("127.101.7.0/24")),
            ("127.0.0.0/8", Some("127.0.0.0/8")),
            ("127.0.0.0/7", None),
            ("127.0.0.0/31", None),
            ("127.0.0.0", None),
            ("::1/16", None),
            ("x/16", None),
        ];
        for (text, expected) in cases {
            let read = text.parse::<Cidr>().ok().map(|range| range.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        }
        let mut pool = Pool::new("127.9.0.0/30".parse().unwrap(), []);
        let given: Vec<_> = std::iter::from_fn(|| pool.take()).collect();
        assert_eq!(
            given,
            [Ipv4Addr::new(127, 9, 0, 1), Ipv4Addr::new(127, 9, 0, 2)]
        );
    }

    proptest! {
        #[test]
        fn the_lowest_free_address_is_given_and_none_twice(
            taken in proptest::collection::btree_set(0u32..14, 0..14),
            steps in proptest::collection::vec(proptest::option::of(0u32..16), 0..60),
        ) {
            let range: Cidr = "127.9.0.0/28".parse().unwrap();
            let mut held: BTreeSet<u32> = taken;
            let mut pool = Pool::new(range, held.iter().map(|i| range.at(*i).unwrap().into()));
            for step in steps {
                match step {
                    // An address outside the range, or one that is not held, must not matter.
                    Some(index) => {
                        let address = range.at(index).unwrap_or(Ipv4Addr::new(10, 0, 0, 1));
                        held.remove(&index);
                        pool.give_back(address.into());
                    }
                    None => {
                        let expected = (0..range.capacity()).find(|i| !held.contains(i));
                        let given = pool.take().map(|a| range.index_of(a).unwrap());
                        prop_assert_eq!(given, expected);
                        held.extend(given);
                    }
                }
            }
        }
    }
}
