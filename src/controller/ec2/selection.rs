//! Which things a describe operation tells of: ids, filters, pages.

use super::{Context, State, invalid, refused};
use crate::controller::state::ResourceTags;
use crate::model::account::AccountId;
use crate::wire::ec2::Filter;
use crate::wire::fault::Fault;

/// Items of a page: at least and at most. Source: DescribeInstances, MaxResults.
const MINIMUM_PAGE: i64 = 5;
const MAXIMUM_PAGE: i64 = 1000;

/// What a thing has under the name of a filter; nothing if there is no such filter.
pub type Values = Option<Vec<String>>;

/// The value of a filter that has one value at most.
pub fn one(value: impl Into<Option<String>>) -> Values {
    Some(value.into().into_iter().collect())
}

/// Whether a thing is what all of the filters want.
///
/// # Errors
///
/// A filter has a name that things of this kind do not have.
pub fn matches(
    filters: Option<&Vec<Filter>>,
    (state, account, id): (&State, &AccountId, &str),
    values: impl Fn(&str) -> Values,
) -> Result<bool, Fault> {
    let tags = filters.and_then(|_| state.tags_of(account, id));
    matches_with(filters, tags.map(AsRef::as_ref), values)
}

/// As [`matches()`], of a thing with these tags.
///
/// # Errors
///
/// A filter has a name that things of this kind do not have.
pub fn matches_with(
    filters: Option<&Vec<Filter>>,
    tags: Option<&ResourceTags>,
    values: impl Fn(&str) -> Values,
) -> Result<bool, Fault> {
    for filter in filters.into_iter().flatten() {
        let name = filter.name.as_deref().unwrap_or_default();
        let tags = || tags.into_iter().flat_map(|tags| tags.iter());
        let held = match name {
            "tag-key" => tags().map(|(key, _)| key.clone()).collect(),
            "tag-value" => tags().map(|(_, value)| value.clone()).collect(),
            _ => match name.strip_prefix("tag:") {
                Some(key) => tags()
                    .filter(|(known, _)| *known == key)
                    .map(|(_, value)| value.clone())
                    .collect(),
                None => values(name)
                    .ok_or_else(|| invalid(format!("The filter '{name}' is invalid")))?,
            },
        };
        let wanted = filter.value.as_deref().unwrap_or_default();
        let fits = |held: &String| wanted.iter().any(|pattern| like(pattern, held));
        if !held.iter().any(fits) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a text is like a pattern with `*` for any characters and `?` for one.
fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut place) = (0, 0);
    // Where the last star stands, and how much of the text it has taken.
    let mut star: Option<(usize, usize)> = None;
    while place < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, place));
                at += 1;
            }
            Some(b'?') => {
                at += 1;
                place += 1;
            }
            Some(byte) if *byte == text[place] => {
                at += 1;
                place += 1;
            }
            _ => {
                let Some((star_at, taken)) = star else {
                    return false;
                };
                star = Some((star_at, taken + 1));
                at = star_at + 1;
                place = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

/// Checks that ids which a request names are all there.
///
/// # Errors
///
/// The first that is not.
pub fn all_there(
    asked: Option<&Vec<String>>,
    code: &'static str,
    what: &str,
    known: impl Fn(&str) -> bool,
) -> Result<(), Fault> {
    match asked.into_iter().flatten().find(|id| !known(id)) {
        Some(id) => Err(refused(code, format!("The {what} '{id}' does not exist"))),
        None => Ok(()),
    }
}

/// Whether a list names an id, or is not there and so means all.
pub fn names(asked: Option<&Vec<String>>, id: &str) -> bool {
    asked.is_none_or(|asked| asked.iter().any(|one| one == id))
}

/// One page of things that are sorted by a key, and the token of the next page.
///
/// The token is the key of the last thing before it, so a page holds whatever has changed meanwhile.
///
/// # Errors
///
/// The size of a page is out of bounds.
pub fn page<T>(
    mut sorted: Vec<(String, T)>,
    maximum: Option<i64>,
    token: Option<&str>,
) -> Result<(Vec<T>, Option<String>), Fault> {
    let maximum = match maximum {
        None => usize::MAX,
        Some(number) if (MINIMUM_PAGE..=MAXIMUM_PAGE).contains(&number) => {
            usize::try_from(number).unwrap_or(usize::MAX)
        }
        Some(number) => {
            return Err(invalid(format!(
                "Value ( {number} ) for parameter maxResults is invalid. Expecting a value from \
                 {MINIMUM_PAGE} to {MAXIMUM_PAGE}."
            )));
        }
    };
    sorted.sort_by(|(one, _), (other, _)| one.cmp(other));
    let rest = sorted
        .into_iter()
        .skip_while(|(key, _)| token.is_some_and(|token| key.as_str() <= token));
    let mut found: Vec<(String, T)> = rest.collect();
    let more = found.len() > maximum;
    found.truncate(maximum);
    let next = found.last().filter(|_| more).map(|(key, _)| key.clone());
    Ok((found.into_iter().map(|(_, thing)| thing).collect(), next))
}

/// The account of the caller.
pub fn caller(context: &Context) -> &AccountId {
    &context.caller.account
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_in_ec2() {
        #[rustfmt::skip]
        let cases = [
            ("web", "web", true), ("web", "webs", false), ("web", "we", false),
            ("*", "", true), ("*", "anything", true), ("w*b", "wb", true), ("w*b", "web", true),
            ("w*b*", "wabcb", true), ("w*b", "wbc", false), ("?", "a", true), ("?", "", false),
            ("a?c", "abc", true), ("a?c", "ac", false), ("**a", "ba", true), ("", "", true),
            ("", "a", false), ("*ab*ab", "xabyabab", true),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(like(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn pages_follow_each_other_without_a_gap() {
        let all: Vec<(String, u32)> = (0..12).map(|n| (format!("{n:02}"), n)).collect();
        let mut seen = Vec::new();
        let mut token = None;
        loop {
            let (page, next) = page(all.clone(), Some(5), token.as_deref()).unwrap();
            assert!(page.len() <= 5);
            seen.extend(page);
            token = next;
            if token.is_none() {
                break;
            }
        }
        assert_eq!(seen, (0..12).collect::<Vec<_>>());
        for bad in [0, 4, 1001, -1] {
            assert!(page(all.clone(), Some(bad), None).is_err(), "{bad}");
        }
    }
}
