//! Whether output has colour, and what has which.
//!
//! `--color` decides; where it says nothing, `NO_COLOR`, `CLICOLOR_FORCE`, `CLICOLOR` and the terminal
//! do. Colour never carries meaning that the text does not have.

use std::borrow::Cow;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::str::FromStr;
use std::sync::OnceLock;

/// The option's name.
pub const OPTION: &str = "color";

/// What `--color` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// On a terminal, unless the environment says otherwise.
    #[default]
    Auto,
    Always,
    Never,
}

/// The text is none of the three.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not one of auto, always, never")]
pub struct UnknownWhen(String);

impl FromStr for When {
    type Err = UnknownWhen;

    fn from_str(text: &str) -> Result<When, UnknownWhen> {
        match text {
            "auto" => Ok(When::Auto),
            "always" => Ok(When::Always),
            "never" => Ok(When::Never),
            other => Err(UnknownWhen(other.to_owned())),
        }
    }
}

/// The option of everything that the umbrella does besides the 28 commands, which declare theirs.
pub fn option() -> clap::Arg {
    clap::Arg::new(OPTION)
        .long(OPTION)
        .value_name("WHEN")
        .global(true)
        .value_parser(clap::value_parser!(When))
        .help("Whether to use colour: auto (the default: on a terminal), always or never")
}

/// Set once, from the command line; help and usage errors have colour, too.
static ASKED: OnceLock<When> = OnceLock::new();

/// Looks for `--color` in the arguments, before they are parsed. A value that is none is left for the
/// parser to refuse.
pub fn settle(arguments: &[OsString]) {
    let texts: Vec<&str> = arguments
        .iter()
        .map_while(|argument| (argument != "--").then(|| argument.to_str().unwrap_or_default()))
        .collect();
    let asked = texts.iter().enumerate().rev().find_map(|(index, text)| {
        let value = text.strip_prefix("--")?.strip_prefix(OPTION)?;
        match value.strip_prefix('=') {
            Some(value) => Some(value),
            None if value.is_empty() => texts.get(index + 1).copied(),
            None => None,
        }
    });
    if let Some(when) = asked.and_then(|value| value.parse().ok()) {
        // The first settles it: there is one command line.
        let _ = ASKED.set(when);
    }
}

/// Whether what goes to a stream has colour.
pub fn is_on(stream: &impl IsTerminal) -> bool {
    let asked = ASKED.get().copied().unwrap_or_default();
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    decided(asked, variable, stream.is_terminal())
}

fn decided(asked: When, variable: impl Fn(&str) -> Option<String>, is_terminal: bool) -> bool {
    let is = |name: &str, value: &str| variable(name).as_deref() == Some(value);
    match asked {
        When::Always => true,
        When::Never => false,
        // https://no-color.org: present and not empty, whatever its value.
        When::Auto if variable("NO_COLOR").is_some() => false,
        // https://bixense.com/clicolors
        When::Auto if variable("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
        When::Auto => is_terminal && !is("CLICOLOR", "0") && !is("TERM", "dumb"),
    }
}

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Good,
    Bad,
    Wary,
    Strong,
    /// What was not so a moment ago.
    Changed,
    /// What is no longer there.
    Gone,
}

impl Style {
    fn code(self) -> &'static str {
        match self {
            Style::Good => "32",
            Style::Bad => "31",
            Style::Wary => "33",
            Style::Strong => "1",
            Style::Changed => "7",
            Style::Gone => "2;9",
        }
    }
}

/// A text in its styles.
pub fn painted(text: &str, styles: &[Style]) -> String {
    let codes: Vec<&str> = styles.iter().map(|style| style.code()).collect();
    match codes.is_empty() {
        true => text.to_owned(),
        false => format!("\u{1b}[{}m{text}\u{1b}[0m", codes.join(";")),
    }
}

/// The style of a word that tells a state.
pub fn of_word(word: &str) -> Option<Style> {
    match word {
        "InService" | "ok" | "running" | "bound" => Some(Style::Good),
        "OutOfService" | "Error" | "WRONG" | "failed" => Some(Style::Bad),
        "Unknown" | "skipped" | "pending" => Some(Style::Wary),
        _ => None,
    }
}

/// Lines of tab-separated fields, those that tell a state in its colour.
pub fn of_lines(text: &str) -> Cow<'_, str> {
    let mut painted_lines = String::with_capacity(text.len() + 64);
    let mut any = false;
    for line in text.split_inclusive('\n') {
        let body = line.trim_end_matches('\n');
        for (index, field) in body.split('\t').enumerate() {
            if index > 0 {
                painted_lines.push('\t');
            }
            match of_word(field) {
                Some(style) => {
                    any = true;
                    painted_lines.push_str(&painted(field, &[style]));
                }
                None => painted_lines.push_str(field),
            }
        }
        painted_lines.push_str(&line[body.len()..]);
    }
    match any {
        true => Cow::Owned(painted_lines),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_option_decides_then_the_environment_then_the_terminal() {
        #[rustfmt::skip]
        let cases: [(When, &[(&str, &str)], bool, bool); 12] = [
            (When::Auto, &[], true, true),
            (When::Auto, &[], false, false),
            (When::Always, &[("NO_COLOR", "1")], false, true),
            (When::Never, &[("CLICOLOR_FORCE", "1")], true, false),
            (When::Auto, &[("NO_COLOR", "0")], true, false),
            (When::Auto, &[("NO_COLOR", "")], true, true),
            (When::Auto, &[("CLICOLOR_FORCE", "1")], false, true),
            (When::Auto, &[("CLICOLOR_FORCE", "0")], false, false),
            (When::Auto, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], true, false),
            (When::Auto, &[("CLICOLOR", "0")], true, false),
            (When::Auto, &[("TERM", "dumb")], true, false),
            (When::Auto, &[("TERM", "xterm")], true, true),
        ];
        for (asked, variables, is_terminal, expected) in cases {
            let variable = |name: &str| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found
                    .map(|(_, value)| (*value).to_owned())
                    .filter(|value| !value.is_empty())
            };
            let decided = decided(asked, variable, is_terminal);
            assert_eq!(decided, expected, "{asked:?} {variables:?} {is_terminal}");
        }
    }

    #[test]
    fn only_fields_that_tell_a_state_are_coloured() {
        let lines = "INSTANCE\ti-1\tInService\nINSTANCE\tOutOfServiceX\tOutOfService\n";
        let expected = "INSTANCE\ti-1\t\u{1b}[32mInService\u{1b}[0m\nINSTANCE\tOutOfServiceX\t\u{1b}[31mOutOfService\u{1b}[0m\n";
        assert_eq!(of_lines(lines), expected);
        assert!(matches!(of_lines("LOAD_BALANCER\tweb\n"), Cow::Borrowed(_)));
    }
}
