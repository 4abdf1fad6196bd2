//! What the settings are found in: variables and files, behind a small trait so that a test can
//! bring its own.

use crate::clock::Clock;
use crate::model::timestamp::Timestamp;
use std::io;

/// Variables, files and the moment.
pub trait Environment {
    /// A variable that is set, be it to nothing. One that is not Unicode counts as not set.
    fn variable(&self, name: &str) -> Option<String>;

    /// The text of a file.
    ///
    /// # Errors
    ///
    /// As the system says.
    fn read(&self, path: &str) -> io::Result<String>;

    /// The names in a folder, in any order; none if it cannot be read.
    fn list(&self, folder: &str) -> Vec<String>;

    fn now(&self) -> Timestamp;
}

/// The real thing.
#[derive(Clone, Copy, Debug)]
pub struct System;

impl Environment for System {
    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn read(&self, path: &str) -> io::Result<String> {
        std::fs::read_to_string(path)
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let folder = if folder.is_empty() { "." } else { folder };
        let Ok(entries) = std::fs::read_dir(folder) else {
            return Vec::new();
        };
        entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect()
    }

    fn now(&self) -> Timestamp {
        Clock::real().now()
    }
}

/// A variable that is set and not empty.
pub fn set(environment: &dyn Environment, name: &str) -> Option<String> {
    environment.variable(name).filter(|value| !value.is_empty())
}

/// The path with `~` at its start and `$NAME` or `${NAME}` anywhere replaced; unknown names stay.
pub fn expand(environment: &dyn Environment, path: &str) -> String {
    let home = || set(environment, "HOME");
    let mut rest = path;
    let mut out = String::new();
    if (path == "~" || path.starts_with("~/"))
        && let Some(home) = home()
    {
        out.push_str(home.trim_end_matches('/'));
        rest = &path[1..];
    }
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let (name, length) = match after
            .strip_prefix('{')
            .and_then(|name| name.split_once('}'))
        {
            Some((name, _)) => (name, name.len() + 3),
            None => {
                let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                let name = &after[..end.unwrap_or(after.len())];
                (name, name.len() + 1)
            }
        };
        match environment.variable(name).filter(|_| !name.is_empty()) {
            Some(value) => out.push_str(&value),
            None => out.push_str(&rest[at..at + length]),
        }
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    out
}

/// The files that a pattern with `*`, `?` and `[…]` names, sorted. A path without them is itself,
/// whether it exists or not. As in a shell, a `*` does not match a leading dot.
pub fn glob(environment: &dyn Environment, pattern: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for (index, part) in pattern.split('/').enumerate() {
        let join = |folder: &str, name: &str| match (index, folder) {
            (0, _) => name.to_owned(),
            (_, folder) => format!("{folder}/{name}"),
        };
        if !part.contains(['*', '?', '[']) {
            for path in &mut found {
                *path = join(path, part);
            }
            continue;
        }
        let mut deeper = Vec::new();
        for folder in &found {
            let listed = if index == 1 && folder.is_empty() {
                "/"
            } else {
                folder
            };
            for name in environment.list(listed) {
                let hidden = name.starts_with('.') && !part.starts_with('.');
                if !hidden && matches(part, &name) {
                    deeper.push(join(folder, &name));
                }
            }
        }
        found = deeper;
    }
    found.sort();
    found
}

/// Whether a name matches a pattern of one path part.
fn matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    // Where the last star began to match, to try again one character further on: linear in practice,
    // never exponential.
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        let step = match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
                continue;
            }
            Some('?') => Some(1),
            Some('[') => class(&pattern[p..], name[n]),
            Some(c) if *c == name[n] => Some(1),
            _ => None,
        };
        match (step, star) {
            (Some(length), _) => {
                p += length;
                n += 1;
            }
            (None, Some((after, from))) => {
                p = after + 1;
                n = from + 1;
                star = Some((after, n));
            }
            (None, None) => return false,
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// The length of a `[…]` that admits a character; nothing if it does not.
fn class(pattern: &[char], c: char) -> Option<usize> {
    let negated = matches!(pattern.get(1), Some('!' | '^'));
    let start = if negated { 2 } else { 1 };
    // A `]` right at the start is a character of the class.
    let Some(length) = pattern.iter().skip(start + 1).position(|c| *c == ']') else {
        return (c == '[').then_some(1);
    };
    let end = start + 1 + length;
    let set = &pattern[start..end];
    let mut inside = false;
    let mut at = 0;
    while at < set.len() {
        match set.get(at + 1..at + 3) {
            Some(['-', last]) => {
                inside |= (set[at]..=*last).contains(&c);
                at += 3;
            }
            _ => {
                inside |= set[at] == c;
                at += 1;
            }
        }
    }
    (inside != negated).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::super::tests::Fake;
    use super::*;

    #[test]
    fn paths_are_expanded_as_a_shell_does() {
        let environment = Fake::new(&[("HOME", "/home/ann/"), ("D", "d"), ("EMPTY", "")], &[]);
        #[rustfmt::skip]
        let cases = [
            ("~/x", "/home/ann/x"), ("~", "/home/ann"), ("a/~", "a/~"), ("~bob/x", "~bob/x"),
            ("$D/${D}x$NONE.${NO}", "d/dx$NONE.${NO}"), ("a$EMPTY-b", "a-b"), ("$", "$"), ("${D", "${D"), ("$-", "$-"),
        ];
        for (path, expected) in cases {
            assert_eq!(expand(&environment, path), expected, "{path}");
        }
    }

    #[test]
    fn patterns_find_files_in_order() {
        let files = [
            "/etc/c/b.ini",
            "/etc/c/a.ini",
            "/etc/c/.h.ini",
            "/etc/c/x.txt",
            "/etc/d/a.ini",
        ];
        let environment = Fake::new(&[], &files.map(|path| (path, "")));
        #[rustfmt::skip]
        let cases: [(&str, &[&str]); 8] = [
            ("/etc/c/*.ini",   &["/etc/c/a.ini", "/etc/c/b.ini"]),
            ("/etc/*/a.ini",   &["/etc/c/a.ini", "/etc/d/a.ini"]),
            ("/*/c/?.txt",     &["/etc/c/x.txt"]),
            ("/etc/c/[!b].ini", &["/etc/c/a.ini"]),
            ("/etc/c/[a-c].ini", &["/etc/c/a.ini", "/etc/c/b.ini"]),
            ("/etc/c/.*.ini",  &["/etc/c/.h.ini"]),
            ("/none/*.ini",    &[]),
            ("/none/x.ini",    &["/none/x.ini"]),
        ];
        for (pattern, expected) in cases {
            assert_eq!(glob(&environment, pattern), expected, "{pattern}");
        }
        #[rustfmt::skip]
        let cases = [
            ("*", "", true), ("a*b*c", "aXbYc", true), ("a*b*c", "aXbY", false), ("*a", "aaab", false),
            ("[]]", "]", true), ("[", "[", true), ("[^a]", "b", true), ("ä?", "äö", true),
        ];
        for (pattern, name, expected) in cases {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
        assert!(!matches(&"*a".repeat(40), &"a".repeat(39)));
    }
}
