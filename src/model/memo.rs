//! A text that was worked out from a value, kept beside it.

use std::fmt;
use std::sync::OnceLock;

/// Keeps one text that follows from the value it is in, and from nothing that changes.
///
/// Values of the state are immutable once they are published: a change is made on a clone. A clone
/// begins without the text, so that it can never be that of an earlier version. Two values are equal
/// whether or not the text was worked out.
#[derive(Default)]
pub struct Memo(OnceLock<Box<str>>);

impl Memo {
    /// The text, which is made if it is not there yet.
    pub fn get_or_make(&self, make: impl FnOnce() -> String) -> &str {
        self.0.get_or_init(|| make().into_boxed_str())
    }
}

impl Clone for Memo {
    fn clone(&self) -> Memo {
        Memo::default()
    }
}

impl PartialEq for Memo {
    fn eq(&self, _other: &Memo) -> bool {
        true
    }
}

impl Eq for Memo {}

impl fmt::Debug for Memo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Memo")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_made_once_and_not_taken_along() {
        let memo = Memo::default();
        assert_eq!(memo.get_or_make(|| "a".to_owned()), "a");
        assert_eq!(memo.get_or_make(|| "b".to_owned()), "a");
        assert_eq!(memo.clone().get_or_make(|| "b".to_owned()), "b");
        assert_eq!(memo, Memo::default());
    }
}
