//! The syntax of configuration files: that of euca2ools, which is Python 2's.
//!
//! `[section]`, `key = value` or `key: value`; keys without regard to case; comment lines with `#` or
//! `;`; a `;` after a blank begins a comment; an indented line continues the value above it;
//! `[DEFAULT]` supplies defaults to every section of its file; `%(key)s` stands for another value.

use std::collections::BTreeMap;

/// Nested `%(key)s` that are followed. Source: Python's ConfigParser.
const MAXIMUM_DEPTH: usize = 10;

/// Why a file cannot be read, with its line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct IniError {
    pub line: usize,
    pub reason: String,
}

/// A section: its options in small letters, values as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// Where it first begins.
    pub line: usize,
    pub options: BTreeMap<String, String>,
}

/// One file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    pub defaults: BTreeMap<String, String>,
    pub sections: BTreeMap<String, Section>,
}

/// Reads a file; sections and keys that come again are merged, the later value wins.
///
/// # Errors
///
/// A line is no section, no option and no comment, or an option stands before any section.
pub fn parse(text: &str) -> Result<File, IniError> {
    let mut file = File::default();
    // The section being filled, and the option that an indented line would continue.
    let mut section: Option<String> = None;
    let mut option: Option<String> = None;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (index, line) in text.lines().enumerate() {
        let fault = |reason: &str| IniError {
            line: index + 1,
            reason: reason.to_owned(),
        };
        if line.trim().is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if line.starts_with([' ', '\t'])
            && let (Some(section), Some(option)) = (&section, &option)
        {
            if let Some(value) = options(&mut file, section).get_mut(option) {
                value.push('\n');
                value.push_str(without_comment(line.trim()));
            }
            continue;
        }
        let line = line.trim();
        if let Some(rest) = line.strip_prefix('[') {
            let (name, _) = rest
                .split_once(']')
                .ok_or_else(|| fault("a section without ']'"))?;
            let name = name.trim().to_owned();
            if name.is_empty() {
                return Err(fault("a section without a name"));
            }
            if name != "DEFAULT" {
                let fresh = || Section {
                    line: index + 1,
                    ..Section::default()
                };
                file.sections.entry(name.clone()).or_insert_with(fresh);
            }
            section = Some(name);
            option = None;
            continue;
        }
        let Some(section) = &section else {
            return Err(fault("an option before any [section]"));
        };
        let (key, value) = line
            .split_once(['=', ':'])
            .ok_or_else(|| fault("neither a [section] nor 'key = value'"))?;
        let key = key.trim().to_ascii_lowercase();
        if key.is_empty() {
            return Err(fault("an option without a name"));
        }
        let value = match without_comment(value.trim()) {
            "\"\"" => "",
            value => value,
        };
        options(&mut file, section).insert(key.clone(), value.to_owned());
        option = Some(key);
    }
    Ok(file)
}

/// The text without an option of a section, nor the default of its name: what would be read if
/// nobody had written it.
pub fn without(text: &str, section: &str, option: &str) -> String {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut kept = String::with_capacity(text.len());
    let (mut inside, mut dropping) = (false, false);
    for line in text.lines() {
        if line.starts_with([' ', '\t']) && !line.trim().is_empty() {
            // A continuation shares the fate of what it continues.
        } else if let Some(header) = line.strip_prefix('[') {
            let name = words(header.split(']').next().unwrap_or_default());
            inside = name == words(section) || name == "DEFAULT";
            dropping = false;
        } else {
            let key = line.split(['=', ':']).next().unwrap_or_default();
            dropping = inside && key.trim().eq_ignore_ascii_case(option);
        }
        if !dropping {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

fn options<'f>(file: &'f mut File, section: &str) -> &'f mut BTreeMap<String, String> {
    if section == "DEFAULT" {
        return &mut file.defaults;
    }
    &mut file.sections.entry(section.to_owned()).or_default().options
}

/// The value up to a semicolon that follows a blank.
fn without_comment(value: &str) -> &str {
    let comment = value
        .char_indices()
        .find(|(at, c)| *c == ';' && value[..*at].ends_with([' ', '\t']));
    match comment {
        Some((at, _)) => value[..at].trim_end(),
        None => value,
    }
}

/// The options of a section with its file's defaults, each with its references filled in, or the
/// reason why that cannot be done.
pub fn interpolated(file: &File, section: &Section) -> BTreeMap<String, Result<String, String>> {
    let mut raw = file.defaults.clone();
    raw.extend(section.options.clone());
    raw.iter()
        .map(|(key, value)| (key.clone(), interpolate(value, &raw, 0)))
        .collect()
}

fn interpolate(
    value: &str,
    options: &BTreeMap<String, String>,
    depth: usize,
) -> Result<String, String> {
    if depth > MAXIMUM_DEPTH {
        return Err("its %(…)s refer to each other without end".to_owned());
    }
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            out.push('%');
            rest = after;
        } else if let Some((name, after)) = rest
            .strip_prefix('(')
            .and_then(|reference| reference.split_once(")s"))
        {
            let referred = options
                .get(&name.to_ascii_lowercase())
                .ok_or_else(|| format!("%({name})s refers to an option that is not there"))?;
            out.push_str(&interpolate(referred, options, depth + 1)?);
            rest = after;
        } else {
            // A percent sign of a URL's own.
            out.push('%');
        }
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(text: &str, section: &str, key: &str) -> Result<String, String> {
        let file = parse(text).map_err(|error| error.to_string())?;
        let section = file.sections.get(section).ok_or("no section")?;
        interpolated(&file, section)
            .remove(key)
            .ok_or("no option")?
    }

    #[test]
    fn values_are_read_as_python_reads_them() {
        let ok = |text: &str| Ok(text.to_owned());
        #[rustfmt::skip]
        let cases = [
            ("[a]\nk = v",                               ok("v")),
            ("[a]\nK: v",                                ok("v")),
            ("[a]\r\nk=v=w:x\r\n",                       ok("v=w:x")),
            ("# c\n; c\n\n[a]\n# c\nk = v ; comment",    ok("v")),
            ("[a]\nk = v;w",                             ok("v;w")),
            ("[a]\nk = # not a comment",                 ok("# not a comment")),
            ("[a]\nk = one\n  two\n\tthree",             ok("one\ntwo\nthree")),
            ("[a]\nk = one\n[b]\nx = 1\n[a]\nk = two",   ok("two")),
            ("[a]\nk = \"\"",                            ok("")),
            ("[a]\nk =",                                 ok("")),
            ("[DEFAULT]\nk = d\n[a]\nx = 1",             ok("d")),
            ("[DEFAULT]\nhost = h\n[a]\nk = http://%(host)s/%(Path)s\npath = p%%20", ok("http://h/p%20")),
            ("[a]\nk = 100%",                            ok("100%")),
            ("[a]\nk = %(none)s",                        Err("%(none)s refers to an option that is not there".to_owned())),
            ("[a]\nk = %(k)s",                           Err("its %(…)s refer to each other without end".to_owned())),
            ("[a]\n",                                    Err("no option".to_owned())),
            ("k = v",                                    Err("line 1: an option before any [section]".to_owned())),
            ("[a]\nk v",                                 Err("line 2: neither a [section] nor 'key = value'".to_owned())),
            ("[a]\n\n= v",                               Err("line 3: an option without a name".to_owned())),
            ("[a\nk = v",                                Err("line 1: a section without ']'".to_owned())),
            ("[]\n",                                     Err("line 1: a section without a name".to_owned())),
        ];
        for (text, expected) in cases {
            assert_eq!(value(text, "a", "k"), expected, "{text}");
        }
    }

    #[test]
    fn an_option_is_taken_out_with_its_continuation_and_its_default() {
        let text = "[DEFAULT]\nk = d\n[region a]\nK: one\n  two\nx = 1\n[b]\nk = 2\n";
        assert_eq!(
            without(text, "region a", "k"),
            "[DEFAULT]\n[region a]\nx = 1\n[b]\nk = 2\n"
        );
    }

    proptest! {
        #[test]
        fn nothing_makes_the_parser_panic(text in "([\\[\\]=:;#% \\tkv()sDEFAULT]|\\n|ä){0,60}") {
            if let Ok(file) = parse(&text) {
                for section in file.sections.values() {
                    interpolated(&file, section);
                }
            }
        }
    }

    /// A file that both can read, as a list of its lines: what only Python 2 reads in another way
    /// than Python 3 (quotes, lone percent signs, comments in continued lines) is left out.
    fn lines_of_files() -> impl Strategy<Value = String> {
        let word = "[A-Za-z][A-Za-z0-9-]{0,5}";
        let value = "[A-Za-z0-9äö#=:./%@-]{0,8}( ?[A-Za-z0-9;]{1,4}){0,2}"
            .prop_map(|value| value.replace('%', "%%").trim().to_owned())
            .prop_filter("would be a comment to one of them", |value| {
                !value.starts_with(';')
            });
        let header = prop_oneof![
            4 => prop::sample::select(vec!["[a]", "[region b:c]", "[ user x ]", "[DEFAULT]", "[a] # tail"]),
        ]
        .prop_map(str::to_owned);
        let option = (word, "( ?[=:] ?)", value.clone())
            .prop_map(|(key, mark, value)| format!("{key}{mark}{value}"));
        let reference = (word, prop::sample::select(vec!["url", "host"]))
            .prop_map(|(key, name)| format!("x{key} = http://%({name})s/%%"));
        let line = prop_oneof![
            2 => header,
            6 => option,
            1 => reference,
            1 => value.prop_filter("is a continuation", |value| !value.is_empty() && !value.contains(';') && !value.starts_with(['#', ';']))
                .prop_map(|value| format!("  {value}")),
            1 => Just("# a comment".to_owned()),
            1 => Just("; another".to_owned()),
        ];
        prop::collection::vec(line, 0..12).prop_map(|mut lines| {
            // What is indented after a header continues nothing.
            let mut continues = true;
            lines.retain(|line| match line.as_bytes().first() {
                Some(b' ') => continues,
                Some(b'#' | b';') => true,
                first => {
                    continues = first != Some(&b'[');
                    true
                }
            });
            let defaults = "[DEFAULT]\nurl = u\nhost: h\n[a]\nfirst = 1\n";
            format!("{defaults}{}\n", lines.join("\n"))
        })
    }

    /// Python's own reader, configured to read as that of Python 2 does: a JSON list of texts in, a
    /// list of `{section: {option: value}}` out, or of nothing where it refuses.
    const PYTHON: &str = r#"
import configparser, json, sys
def read(text):
    parser = configparser.ConfigParser(strict=False, inline_comment_prefixes=(";",))
    parser.SECTCRE = __import__("re").compile(r"\[(?P<header>[^]]+)\]")
    try:
        parser.read_string(text)
        return {name: dict(parser.items(name)) for name in parser.sections()}
    except configparser.Error:
        return None
json.dump([read(text) for text in json.load(sys.stdin)], sys.stdout)
"#;

    #[test]
    #[allow(clippy::print_stderr)]
    fn files_mean_what_they_mean_to_python() {
        use proptest::strategy::ValueTree;
        use proptest::test_runner::TestRunner;
        use std::io::Write;
        use std::process::{Command, Stdio};
        /// Files that are compared.
        const FILES: usize = 2_000;
        let child = Command::new("python3")
            .args(["-c", PYTHON])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut python) = child else {
            eprintln!("SKIPPED: python3 is not here");
            return;
        };
        let mut runner = TestRunner::default();
        let strategy = lines_of_files();
        let texts: Vec<String> = (0..FILES)
            .map(|_| strategy.new_tree(&mut runner).unwrap().current())
            .collect();
        let input = serde_json::to_vec(&texts).unwrap();
        python.stdin.take().unwrap().write_all(&input).unwrap();
        let output = python.wait_with_output().unwrap();
        let theirs: Vec<Option<BTreeMap<String, BTreeMap<String, String>>>> =
            serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(theirs.len(), FILES);
        let mut accepted = 0;
        for (text, theirs) in texts.iter().zip(theirs) {
            let ours = parse(text).ok().map(|file| {
                let sections = file.sections.iter();
                let read = sections.map(|(name, section)| {
                    let options = interpolated(&file, section).into_iter();
                    let options = options.map(|(key, value)| (key, value.unwrap_or_default()));
                    (name.clone(), options.collect())
                });
                read.collect::<BTreeMap<String, BTreeMap<String, String>>>()
            });
            // The names of sections are trimmed here, which Python leaves to the one who looks them up.
            let theirs = theirs.map(|sections| {
                let trimmed = sections.into_iter();
                let trimmed = trimmed.map(|(name, options)| (name.trim().to_owned(), options));
                trimmed.collect::<BTreeMap<_, _>>()
            });
            accepted += usize::from(theirs.is_some());
            assert_eq!(ours, theirs, "{text}");
        }
        assert!(
            accepted > FILES / 2,
            "{accepted} of {FILES} are files at all"
        );
    }
}
