//! `eulb`: one name for everything, and what has no command of its own.
//!
//! `eulb create-lb …` is `eulb-create-lb …`. The subcommands besides are in [`SUBCOMMANDS`].

use super::color;
use super::commands::{self, COMMANDS};
use super::exit::{self, Failure};
use super::{
    VERSION, admin, complete, config, demo, doctor, explain, generate, install, links, local,
    proxy, report, session, stats, tour, trace, wait,
};
use crate::wire::release::Release;
use clap::{Arg, ArgAction, ArgMatches};
use std::ffi::OsString;
use std::fmt::Write;
use std::process::ExitCode;

/// The name of the umbrella.
pub const NAME: &str = "eulb";

/// Something the umbrella does besides the commands of euca2ools: `eulb local start`.
pub struct Subcommand {
    /// The word after `eulb`.
    pub name: &'static str,
    /// Its options and subcommands, named as the word.
    pub describe: fn() -> clap::Command,
    pub run: fn(&ArgMatches) -> Result<(), Failure>,
}

/// What the umbrella does besides the commands, in the order of its help.
pub const SUBCOMMANDS: &[Subcommand] = &[
    Subcommand {
        name: "local",
        describe: local::describe,
        run: local::run,
    },
    Subcommand {
        name: "instance",
        describe: local::instance::describe,
        run: local::instance::run,
    },
    Subcommand {
        name: "admin",
        describe: admin::describe,
        run: admin::run,
    },
    Subcommand {
        name: "resolve",
        describe: local::resolve::describe,
        run: local::resolve::run,
    },
    Subcommand {
        name: "top",
        describe: local::top::describe,
        run: local::top::run,
    },
    Subcommand {
        name: "config",
        describe: config::describe,
        run: config::run,
    },
    Subcommand {
        name: "doctor",
        describe: doctor::describe,
        run: doctor::run,
    },
    Subcommand {
        name: "explain",
        describe: explain::describe,
        run: explain::run,
    },
    Subcommand {
        name: "stats",
        describe: stats::describe,
        run: stats::run,
    },
    Subcommand {
        name: "trace",
        describe: trace::describe,
        run: trace::run,
    },
    Subcommand {
        name: "demo",
        describe: demo::describe,
        run: demo::run,
    },
    Subcommand {
        name: "tour",
        describe: tour::describe,
        run: tour::run,
    },
    Subcommand {
        name: "proxy",
        describe: proxy::describe,
        run: proxy::run,
    },
    Subcommand {
        name: "wait",
        describe: wait::describe,
        run: wait::run,
    },
    Subcommand {
        name: "links",
        describe: links::describe,
        run: links::run,
    },
    Subcommand {
        name: "install",
        describe: install::describe,
        run: install::run,
    },
    Subcommand {
        name: "complete",
        describe: complete::describe,
        run: complete::run,
    },
    Subcommand {
        name: "generate",
        describe: generate::describe,
        run: generate::run,
    },
];

/// Runs what the first of the arguments after the program's name asks for.
pub fn run(arguments: &[OsString]) -> ExitCode {
    let word = arguments
        .first()
        .map(|word| word.to_string_lossy().into_owned())
        .unwrap_or_default();
    let rest = arguments.get(1..).unwrap_or_default();
    if let Some(row) = commands::find(&word) {
        return exit::finish(row.name, row.run(rest));
    }
    if let Some(row) = SUBCOMMANDS.iter().find(|row| row.name == word) {
        return exit::finish(&format!("{NAME} {word}"), run_subcommand(row, rest));
    }
    color::settle(rest);
    let outcome = match word.as_str() {
        "" | "-h" | "--help" => overview(session::release_of_help(rest)),
        "help" => help(rest),
        "--list" => list(session::release_of_help(rest)),
        "--version" | "version" => report::print(&format!("{NAME} {VERSION}\n")),
        other => Err(unknown(other)),
    };
    exit::finish(NAME, outcome)
}

fn run_subcommand(row: &Subcommand, arguments: &[OsString]) -> Result<(), Failure> {
    let program = format!("{NAME} {}", row.name);
    let mut command = (row.describe)()
        .bin_name(&program)
        .infer_long_args(true)
        .args_override_self(true);
    if command
        .get_arguments()
        .all(|argument| argument.get_id() != color::OPTION)
    {
        command = command.arg(color::option());
    }
    color::settle(arguments);
    let named = std::iter::once(OsString::from(row.name)).chain(arguments.iter().cloned());
    let parsed = command.try_get_matches_from_mut(named);
    if parsed.is_err() {
        // So that subcommands know their whole names.
        command.build();
    }
    let matches = exit::parsed(parsed, innermost(&mut command, arguments))?;
    (row.run)(&matches).map_err(|failure| failure.with_usage(innermost(&mut command, arguments)))
}

/// The subcommand of a subcommand that words ask for: whose usage is to be told.
fn innermost<'c>(command: &'c mut clap::Command, words: &[OsString]) -> &'c mut clap::Command {
    let mut inner = command;
    for word in words.iter().filter_map(|word| word.to_str()) {
        if inner.find_subcommand(word).is_some() {
            inner = inner
                .find_subcommand_mut(word)
                .expect("it was found a line above");
        }
    }
    inner
}

/// `eulb help create-lb` is `eulb create-lb --help`.
fn help(words: &[OsString]) -> Result<(), Failure> {
    let Some(word) = words.first().map(|word| word.to_string_lossy()) else {
        return overview(session::release_of_help(words));
    };
    let asked = [OsString::from("--help")];
    if let Some(row) = commands::find(&word) {
        return row.run(&asked);
    }
    match SUBCOMMANDS.iter().find(|row| row.name == word) {
        Some(row) => run_subcommand(row, &asked),
        None => Err(unknown(&word)),
    }
}

/// Refuses a word, with those that resemble it.
fn unknown(word: &str) -> Failure {
    let known = COMMANDS
        .iter()
        .map(|row| &row.name[NAME.len() + 1..])
        .chain(shown_subcommands().map(|row| row.name));
    let plain = word.trim_start_matches('-');
    let mut similar: Vec<(usize, &str)> = known
        .map(|name| (distance(plain, name), name))
        .filter(|(distance, name)| *distance <= 2 + name.len() / 8 || name.starts_with(plain))
        .collect();
    similar.sort_unstable();
    let names: Vec<&str> = similar.iter().take(3).map(|(_, name)| *name).collect();
    let advice = match names.as_slice() {
        [] => "eulb --list shows all commands".to_owned(),
        names => format!("did you mean {}?", names.join(", ")),
    };
    Failure::Usage {
        message: format!("unknown command '{word}'; {advice}"),
        usage: "usage: eulb COMMAND [OPTIONS]".to_owned(),
    }
}

/// How many letters must be added, removed or changed to make one word the other.
pub fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

pub fn shown_subcommands() -> impl Iterator<Item = &'static Subcommand> {
    SUBCOMMANDS
        .iter()
        .filter(|row| !(row.describe)().is_hide_set())
}

/// A line for each command: its name, what it is for, and whether the release lacks it.
fn table(release: Release, prefix: &str) -> String {
    let mut text = String::new();
    let longest = COMMANDS
        .iter()
        .map(|row| row.name.len())
        .max()
        .unwrap_or_default();
    for row in COMMANDS {
        let about = row.summary(release);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{prefix}{:longest$}  {about}", row.name);
    }
    text
}

/// `eulb --list`
fn list(release: Release) -> Result<(), Failure> {
    report::print(&table(release, ""))
}

/// `eulb --help`
fn overview(release: Release) -> Result<(), Failure> {
    let mut text = format!(
        "The eulb commands for Elastic Load Balancing, and a local cloud that answers them\n\n\
         usage: eulb COMMAND [OPTIONS]\n\n\
         Commands (eulb create-lb is eulb-create-lb), as of {}:\n{}\n\
         And besides:\n",
        release.title(),
        table(release, "  "),
    );
    for row in shown_subcommands() {
        let about = (row.describe)().get_about().map(ToString::to_string);
        let _ = writeln!(
            text,
            "  eulb {:12}  {}",
            row.name,
            about.unwrap_or_default()
        );
    }
    text.push_str(
        "\neulb help COMMAND tells more; eulb --list lists the commands; eulb --version names the version.\n",
    );
    report::print(&text)
}

/// The umbrella as one tree, for completions and the manual; never built to run a command.
pub fn describe(release: Release) -> clap::Command {
    let commands = COMMANDS.iter().map(|row| {
        row.describe(release)
            .about(row.summary(release))
            .name(&row.name[NAME.len() + 1..])
    });
    clap::Command::new(NAME)
        .about("The eulb commands for Elastic Load Balancing, and a local cloud that answers them")
        .version(VERSION)
        .disable_version_flag(true)
        .disable_help_flag(true)
        .args([
            Arg::new("list")
                .long("list")
                .action(ArgAction::SetTrue)
                .help("List the commands, and what the targeted release lacks"),
            Arg::new("version")
                .long("version")
                .action(ArgAction::Version)
                .help("Show the program's version and exit"),
            Arg::new("help")
                .short('h')
                .long("help")
                .action(ArgAction::Help)
                .help("Show this help message and exit"),
        ])
        .subcommands(shown_subcommands().map(|row| (row.describe)()))
        .subcommands(commands)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_resemble_a_command_are_proposed() {
        let cases = [
            ("creat-lb", "did you mean create-lb"),
            ("describe-lb", "did you mean describe-lbs"),
            ("link", "did you mean links"),
            ("xyzzy", "eulb --list shows all commands"),
        ];
        for (word, expected) in cases {
            let message = unknown(word).to_string();
            assert!(message.contains(expected), "{word}: {message}");
        }
    }

    #[test]
    fn every_subcommand_says_what_it_is_for() {
        let mut said = std::collections::BTreeSet::new();
        for row in SUBCOMMANDS {
            let about = (row.describe)().get_about().map(ToString::to_string);
            assert!(said.insert(about.unwrap_or_default()), "{}", row.name);
        }
        assert!(!said.contains(""));
    }

    #[test]
    fn distances_count_single_letters() {
        for (a, b, expected) in [
            ("", "abc", 3),
            ("abc", "abc", 0),
            ("abc", "adc", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(a, b), expected);
        }
    }
}
