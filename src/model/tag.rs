//! Tags: keys and values that people put on load balancers.
//!
//! Sources: AddTags and RemoveTags, API reference 2012-06-01; Eucalyptus 4.1–4.4,
//! `LoadBalancingService` and the message bindings of `LoadBalancingMessageValidation`.

use super::policy::Dialect;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Tags of one load balancer. Source: AddTags; Eucalyptus 4.1–4.4 (50 only in 5.x, EUCA-13336).
pub const TAGS_AT_MOST: usize = 10;

/// Longest key, in characters. Source: TagKey.
pub const KEY_MAX: usize = 128;

/// Longest value, in characters. Source: TagValue.
pub const VALUE_MAX: usize = 256;

/// The tags of one load balancer, by key. Keys differ by case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tags(BTreeMap<String, String>);

/// Whose tags they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    pub dialect: Dialect,
    /// Whether the caller may use keys that the system keeps for itself.
    pub privileged: bool,
}

/// Why tags are not changed. Where Eucalyptus has a text, it is that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TagRefusal {
    #[error("at least one tag must be specified")]
    Nothing,
    #[error("a tag has no key")]
    KeyMissing,
    #[error("Duplicate tag key ({0})")]
    Duplicate(String),
    #[error("Tag limit exceeded")]
    TooMany,
    #[error("Invalid tag key (reserved prefix)")]
    Reserved,
    #[error(
        "Invalid tag key ({0}): 1 to {KEY_MAX} letters, digits, spaces and any of _ . : / = + - @"
    )]
    KeyInvalid(String),
    #[error(
        "Invalid tag value ({0}): at most {VALUE_MAX} letters, digits, spaces and any of \
         _ . : / = + - @"
    )]
    ValueInvalid(String),
}

impl Rules {
    fn reserved(self, key: &str) -> bool {
        let prefixes: &[&str] = match self.dialect {
            Dialect::Eucalyptus => &["aws:", "euca:"],
            Dialect::Amazon => &["aws:"],
        };
        prefixes.iter().any(|prefix| key.starts_with(prefix))
    }

    fn check_key(self, key: &str) -> Result<(), TagRefusal> {
        if key.is_empty() {
            return Err(TagRefusal::KeyMissing);
        }
        if self.reserved(key) && !self.privileged {
            return Err(TagRefusal::Reserved);
        }
        if key.chars().count() > KEY_MAX || !key.chars().all(plain) {
            return Err(TagRefusal::KeyInvalid(shortened(key)));
        }
        Ok(())
    }
}

/// Whether a character may be in a tag: `[\p{L}\p{Z}\p{N}_.:/=+\-@]`.
///
/// The combining marks of scripts that need them are allowed too, as parts of letters.
fn plain(c: char) -> bool {
    let separator = c.is_whitespace() && !c.is_control();
    c.is_alphabetic() || c.is_numeric() || separator || "_.:/=+-@".contains(c)
}

/// A text for a message: whole if it is short, and without what would disturb a line.
fn shortened(text: &str) -> String {
    const SHOWN: usize = 40;
    let mut shown: String = text
        .chars()
        .take(SHOWN)
        .map(|c| if c.is_control() { '?' } else { c })
        .collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

impl Tags {
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds tags; a key that is there already gets the new value. All are added, or none.
    ///
    /// # Errors
    ///
    /// There are none; a key is repeated, reserved or malformed; a value is malformed; there would be
    /// more than [`TAGS_AT_MOST`] (those of the system not counted).
    pub fn add<'a>(
        &mut self,
        tags: impl IntoIterator<Item = (&'a str, &'a str)>,
        rules: Rules,
    ) -> Result<(), TagRefusal> {
        let mut merged = self.0.clone();
        let mut seen = BTreeSet::new();
        for (key, value) in tags {
            if !seen.insert(key) {
                return Err(TagRefusal::Duplicate(shortened(key)));
            }
            rules.check_key(key)?;
            if value.chars().count() > VALUE_MAX || !value.chars().all(plain) {
                return Err(TagRefusal::ValueInvalid(shortened(value)));
            }
            merged.insert(key.to_owned(), value.to_owned());
        }
        if seen.is_empty() {
            return Err(TagRefusal::Nothing);
        }
        if merged.keys().filter(|key| !rules.reserved(key)).count() > TAGS_AT_MOST {
            return Err(TagRefusal::TooMany);
        }
        self.0 = merged;
        Ok(())
    }

    /// Removes tags; keys that are not there are ignored.
    ///
    /// # Errors
    ///
    /// There are none, or a key is reserved. Nothing is removed then.
    pub fn remove<'a>(
        &mut self,
        keys: impl IntoIterator<Item = &'a str>,
        rules: Rules,
    ) -> Result<(), TagRefusal> {
        let keys: Vec<_> = keys.into_iter().collect();
        if keys.is_empty() {
            return Err(TagRefusal::Nothing);
        }
        if !rules.privileged && keys.iter().any(|key| rules.reserved(key)) {
            return Err(TagRefusal::Reserved);
        }
        for key in keys {
            self.0.remove(key);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const AMAZON: Rules = Rules {
        dialect: Dialect::Amazon,
        privileged: false,
    };

    const EUCALYPTUS: Rules = Rules {
        dialect: Dialect::Eucalyptus,
        privileged: false,
    };

    fn held(tags: &[(&str, &str)]) -> Tags {
        let mut held = Tags::default();
        for tag in tags {
            let rules = Rules {
                privileged: true,
                ..EUCALYPTUS
            };
            held.add([*tag], rules).expect("the fixture is sound");
        }
        held
    }

    #[test]
    fn tags_are_added_all_or_none() {
        use TagRefusal::*;
        let key_128 = "k".repeat(KEY_MAX);
        let key_129 = "k".repeat(KEY_MAX + 1);
        let value_256 = "ü".repeat(VALUE_MAX);
        let value_257 = "ü".repeat(VALUE_MAX + 1);
        let privileged = Rules {
            privileged: true,
            ..EUCALYPTUS
        };
        let forty = format!("{}…", "k".repeat(40));
        let forty_umlauts = format!("{}…", "ü".repeat(40));
        type Case<'a> = (&'a [(&'a str, &'a str)], Rules, Option<TagRefusal>);
        #[rustfmt::skip]
        let cases: &[Case] = &[
            (&[("project", "lima")], AMAZON, None),
            (&[("project", "")], AMAZON, None),
            (&[("held", "new"), ("Held", "other")], AMAZON, None),
            (&[("größe = 5+5/@:._-", "drei vier")], AMAZON, None),
            (&[(&key_128, &value_256)], AMAZON, None),
            (&[], AMAZON, Some(Nothing)),
            (&[("", "x")], AMAZON, Some(KeyMissing)),
            (&[("a", "1"), ("b", "2"), ("a", "1")], AMAZON, Some(Duplicate("a".into()))),
            (&[(&key_129, "")], AMAZON, Some(KeyInvalid(forty))),
            (&[("a", &value_257)], AMAZON, Some(ValueInvalid(forty_umlauts))),
            (&[("a\tb", "")], AMAZON, Some(KeyInvalid("a?b".into()))),
            (&[("a", "b\nc")], AMAZON, Some(ValueInvalid("b?c".into()))),
            (&[("a", "<b>")], AMAZON, Some(ValueInvalid("<b>".into()))),
            (&[("aws:x", "1")], AMAZON, Some(Reserved)),
            (&[("aws:x", "1")], EUCALYPTUS, Some(Reserved)),
            (&[("euca:x", "1")], EUCALYPTUS, Some(Reserved)),
            (&[("euca:x", "1")], AMAZON, None),
            (&[("AWS:x", "1")], AMAZON, None),
            (&[("euca:x", "1")], privileged, None),
        ];
        for (tags, rules, expected) in cases {
            let before = held(&[("held", "old")]);
            let mut after = before.clone();
            let added = after.add(tags.iter().copied(), *rules);
            assert_eq!(added.err().as_ref(), expected.as_ref(), "{tags:?}");
            if expected.is_some() {
                assert_eq!(after, before, "{tags:?}");
            } else {
                let has =
                    |(key, value): &(&str, &str)| after.0.get(*key).is_some_and(|v| v == value);
                assert!(tags.iter().all(has), "{tags:?}");
            }
        }
    }

    #[test]
    fn the_limit_counts_the_tags_of_people() {
        let mut tags = held(&[("aws:made-by", "stack"), ("euca:x", "y")]);
        for number in 0..TAGS_AT_MOST {
            let key = format!("k{number}");
            tags.add([(key.as_str(), "")], EUCALYPTUS)
                .expect("there is room");
        }
        assert_eq!(tags.add([("k0", "new")], EUCALYPTUS), Ok(()));
        assert_eq!(
            tags.add([("more", "")], EUCALYPTUS),
            Err(TagRefusal::TooMany)
        );
        assert_eq!(tags.remove(["k0"], EUCALYPTUS), Ok(()));
        assert_eq!(tags.add([("more", "")], EUCALYPTUS), Ok(()));
    }

    #[test]
    fn removing_ignores_absent_keys_and_refuses_reserved_ones() {
        let mut tags = held(&[("a", "1"), ("b", "2"), ("euca:x", "3")]);
        assert_eq!(tags.remove(["a", "none"], EUCALYPTUS), Ok(()));
        assert_eq!(
            tags.remove(["b", "euca:x"], EUCALYPTUS),
            Err(TagRefusal::Reserved)
        );
        assert_eq!(tags.remove([], EUCALYPTUS), Err(TagRefusal::Nothing));
        assert_eq!(
            tags.iter().collect::<Vec<_>>(),
            [("b", "2"), ("euca:x", "3")]
        );
        assert_eq!(tags.remove(["euca:x"], AMAZON), Ok(()));
    }

    proptest! {
        /// Adding and then removing the same keys leaves what was there, and no limit is ever passed.
        #[test]
        fn what_is_added_can_be_removed(
            tags in proptest::collection::btree_map("[a-z:]{0,6}", "\\PC{0,4}", 0..14),
        ) {
            let mut held = Tags::default();
            let added = held.add(tags.iter().map(|(k, v)| (k.as_str(), v.as_str())), AMAZON);
            prop_assert!(held.iter().count() <= TAGS_AT_MOST);
            if added.is_ok() {
                prop_assert_eq!(held.iter().count(), tags.len());
                held.remove(tags.keys().map(String::as_str), AMAZON).expect("none is reserved");
            }
            prop_assert!(held.is_empty());
        }
    }
}
