//! How the program ends: errors as one line on standard error, and the exit status.
//!
//! | status | meaning |
//! |---|---|
//! | 0 | success, help, version |
//! | 1 | the service refused, or could not be reached |
//! | 2 | the options make no sense |
//! | 69 | NA: the targeted release has no such thing; nothing was sent |
//!
//! An interrupt (Ctrl-C) is left to the system: a shell sees 130 and a script stops, as it should.

use super::color::{self, Style};
use super::report;
use crate::client::CallError;
use crate::client::config::ConfigError;
use std::process::ExitCode;

/// The service refused, or could not be reached.
const FAILED: u8 = 1;
/// The options make no sense.
const USAGE: u8 = 2;
/// `EX_UNAVAILABLE` of sysexits: used for NA and for nothing else.
const NOT_AVAILABLE: u8 = 69;

/// Why a command did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The options make no sense; names the one that does not.
    #[error("error: {message}")]
    Usage {
        message: String,
        /// How it would be right, in lines; printed before the message.
        usage: String,
    },
    /// The service refused, or could not be reached.
    #[error("{0}")]
    Call(#[from] CallError),
    /// The settings cannot be found.
    #[error("error: {0}")]
    Configuration(#[from] ConfigError),
    /// A failure, and what a person may do about it.
    #[error("{failure}")]
    Advised {
        failure: Box<Failure>,
        advice: String,
    },
    /// Anything else that went wrong.
    #[error("error: {0}")]
    Failed(String),
    /// The targeted release has no such thing.
    #[error("{0}")]
    NotAvailable(String),
    /// Everything has been said; only the status is left.
    #[error("status {0}")]
    Told(u8),
}

impl Failure {
    /// Any failure of which there is one line to say.
    pub fn new(message: impl ToString) -> Failure {
        Failure::Failed(message.to_string())
    }

    /// A usage error that the option parser cannot see.
    pub fn usage(message: impl ToString) -> Failure {
        Failure::Usage {
            message: message.to_string(),
            usage: String::new(),
        }
    }

    /// The same, with the usage lines of the command if it is a usage error that has none yet.
    pub fn with_usage(self, command: &mut clap::Command) -> Failure {
        match self {
            Failure::Usage { message, usage } if usage.is_empty() => Failure::Usage {
                message,
                usage: self::usage(command),
            },
            other => other,
        }
    }

    /// A usage error as any other failure: in one line, with status 1.
    pub fn told_plainly(self) -> Failure {
        match self {
            Failure::Usage { message, .. } => Failure::Failed(message),
            other => other,
        }
    }

    fn status(&self) -> u8 {
        match self {
            Failure::Usage { .. } => USAGE,
            Failure::Call(_) | Failure::Configuration(_) | Failure::Failed(_) => FAILED,
            Failure::Advised { failure, .. } => failure.status(),
            Failure::NotAvailable(_) => NOT_AVAILABLE,
            Failure::Told(status) => *status,
        }
    }
}

/// Says on standard error what went wrong, in one line that begins with the name of the program,
/// and returns the exit status.
pub fn finish(program: &str, outcome: Result<(), Failure>) -> ExitCode {
    let Err(failure) = outcome else {
        return ExitCode::SUCCESS;
    };
    if let Failure::Usage { usage, .. } = &failure
        && !usage.is_empty()
    {
        report::note(usage.trim_end());
    }
    let colour = color::is_on(&std::io::stderr());
    if !matches!(failure, Failure::Told(_)) {
        let line = format!("{program}: {failure}");
        report::note(&match colour {
            true => emphasized(&line, program),
            false => line,
        });
    }
    if let Failure::Advised { advice, .. } = &failure {
        report::note(&format!("{program}: advice: {advice}"));
    }
    ExitCode::from(failure.status())
}

/// A line with what kind of failure it is standing out: what is before the second colon.
fn emphasized(line: &str, program: &str) -> String {
    let (named, rest) = line.split_at(program.len() + 1);
    match rest.split_once(':') {
        Some((kind, rest)) => {
            let styles = [Style::Strong, Style::Bad];
            let kind = color::painted(&format!("{}:", kind.trim_start()), &styles);
            format!("{named} {kind}{rest}")
        }
        None => line.to_owned(),
    }
}

/// Turns what the option parser says into help on standard output, or into a usage error.
pub fn parsed<T>(
    parsed: Result<T, clap::Error>,
    command: &mut clap::Command,
) -> Result<T, Failure> {
    parsed.map_err(|error| refused(&error, command))
}

fn refused(error: &clap::Error, command: &mut clap::Command) -> Failure {
    use clap::error::ErrorKind;
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let status = u8::try_from(error.exit_code()).unwrap_or(USAGE);
            let help = error.render();
            let text = match color::is_on(&std::io::stdout()) {
                true => help.ansi().to_string(),
                false => help.to_string(),
            };
            match report::print(&text) {
                Ok(()) => Failure::Told(status),
                Err(failure) => failure,
            }
        }
        _ => Failure::Usage {
            message: message(error, command),
            usage: usage(command),
        },
    }
}

/// The usage lines of a command.
pub fn usage(command: &mut clap::Command) -> String {
    command
        .render_usage()
        .to_string()
        .replacen("Usage:", "usage:", 1)
}

/// `argument -l/--listener: …`, in the words of the parser's error.
fn message(error: &clap::Error, command: &clap::Command) -> String {
    use clap::error::{ContextKind, ContextValue, ErrorKind};
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        _ => String::new(),
    };
    let argument = option_names(&text(ContextKind::InvalidArg), command);
    let value = text(ContextKind::InvalidValue);
    let suggestion = match text(ContextKind::SuggestedArg) {
        similar if similar.is_empty() => String::new(),
        similar => format!(" (did you mean {similar}?)"),
    };
    match error.kind() {
        ErrorKind::ValueValidation => match std::error::Error::source(error) {
            Some(source) => format!("argument {argument}: {source}"),
            None => format!("argument {argument}: invalid value: '{value}'"),
        },
        ErrorKind::InvalidValue if value.is_empty() => {
            format!("argument {argument}: expected one argument")
        }
        ErrorKind::InvalidValue => format!(
            "argument {argument}: invalid choice: '{value}' (choose from {})",
            text(ContextKind::ValidValue)
        ),
        ErrorKind::MissingRequiredArgument => {
            format!("the following arguments are required: {argument}")
        }
        ErrorKind::UnknownArgument => {
            format!("unrecognized arguments: {argument}{suggestion}")
        }
        ErrorKind::ArgumentConflict => format!(
            "argument {argument}: not allowed with argument {}",
            option_names(&text(ContextKind::PriorArg), command)
        ),
        ErrorKind::InvalidSubcommand => {
            let similar = text(ContextKind::SuggestedSubcommand);
            let known = command
                .get_subcommands()
                .filter(|known| !known.is_hide_set());
            let names: Vec<&str> = known.map(clap::Command::get_name).collect();
            let advice = match similar.is_empty() {
                true => format!("choose from {}", names.join(", ")),
                false => format!("did you mean {similar}?"),
            };
            let word = text(ContextKind::InvalidSubcommand);
            format!("unrecognized subcommand '{word}' ({advice})")
        }
        _ => {
            let text = error.to_string();
            let line = text.lines().next().unwrap_or_default();
            line.strip_prefix("error: ").unwrap_or(line).to_owned()
        }
    }
}

/// `--listener <LISTENER>` as the parser names it becomes `-l/--listener`, as euca2ools does.
fn option_names(shown: &str, command: &clap::Command) -> String {
    let names: Vec<String> = apart(shown)
        .into_iter()
        .map(|part| match part.strip_prefix('<') {
            // `<--subnets <A,...>|--zones <B,...>>`, `<REQUEST-ID|--lb <ELB>>`
            Some(inner) if inner.starts_with("--") || inner.contains("|--") => {
                let either = inner.split('|').map(|part| option_name(part, command));
                format!("one of {}", either.collect::<Vec<_>>().join(" "))
            }
            _ => option_name(part, command),
        })
        .collect();
    names.join(", ")
}

/// The parts of a list, whose commas are those outside of value names: `-a <name=N, value=V>`.
fn apart(shown: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut begun, mut inside) = (0, 0_usize);
    for (at, character) in shown.char_indices() {
        match character {
            '<' => inside += 1,
            '>' => inside = inside.saturating_sub(1),
            ',' if inside == 0 && shown[at..].starts_with(", ") => {
                parts.push(&shown[begun..at]);
                begun = at + 2;
            }
            _ => {}
        }
    }
    parts.push(&shown[begun..]);
    parts
}

fn option_name(part: &str, command: &clap::Command) -> String {
    let word = match part.starts_with('-') {
        true => part.split([' ', '=', '[']).next().unwrap_or(part),
        false => part.split([' ', '=']).next().unwrap_or(part),
    };
    let known = command.get_arguments().find(|known| {
        let long = known.get_long().map(|long| format!("--{long}"));
        long.as_deref() == Some(word)
    });
    match known.and_then(clap::Arg::get_short) {
        Some(short) => format!("-{short}/{word}"),
        // An option of a subcommand's subcommand is not among the command's own.
        None if known.is_some() || word.starts_with('-') => word.to_owned(),
        None => part
            .trim_start_matches('<')
            .trim_end_matches("...")
            .trim_end_matches('>')
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Arg, Command};

    #[test]
    fn the_kind_of_a_failure_stands_out() {
        let cases = [
            (
                "eulb-x: error (400): no: never",
                "eulb-x: \u{1b}[1;31merror (400):\u{1b}[0m no: never",
            ),
            (
                "eulb-x: NA: 3.3.0",
                "eulb-x: \u{1b}[1;31mNA:\u{1b}[0m 3.3.0",
            ),
            ("eulb-x: status", "eulb-x: status"),
        ];
        for (line, expected) in cases {
            assert_eq!(emphasized(line, "eulb-x"), expected);
        }
    }

    #[test]
    fn options_are_named_as_euca2ools_names_them() {
        let command = Command::new("x")
            .arg(Arg::new("listener").short('l').long("listener"))
            .arg(Arg::new("interval").long("interval"));
        let cases = [
            ("--listener <LISTENER>", "-l/--listener"),
            ("--interval <SECONDS>", "--interval"),
            // Of a subcommand, with a value whose name holds what ends a name.
            ("--listen <ADDRESS:PORT>", "--listen"),
            ("--add <A=B>", "--add"),
            ("--watch[=<SECONDS>]", "--watch"),
            ("--attribute <name=N, value=V>, <ELB>", "--attribute, ELB"),
            ("<ELB>", "ELB"),
            ("<--interval <S>|--lb <ELB>>", "one of --interval --lb"),
            ("<REQUEST-ID|--lb <ELB>>", "one of REQUEST-ID --lb"),
            ("[NAME]...", "[NAME]"),
        ];
        for (shown, expected) in cases {
            assert_eq!(option_names(shown, &command), expected, "{shown}");
        }
    }
}
