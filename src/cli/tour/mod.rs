//! `eulb tour`: a newcomer's walk through load balancing, with the real commands against a cloud that
//! is thrown away afterwards.
//!
//! [`lessons`] is what is told and typed, as data. The scene is that of the demonstration
//! ([`super::demo`]): here nothing is claimed; the person reads, presses Enter, sees what a command
//! prints, and may type commands of their own in between.

mod lessons;

use super::demo::evidence::{Evidence, words};
use super::demo::show::Look;
use super::demo::stage::Stage;
use super::demo::{INTERRUPTED, steps::Act, told};
use super::exit::Failure;
use super::report;
use clap::{Arg, ArgAction, ArgMatches, value_parser};
use lessons::{LESSONS, Lesson};
use std::fmt::Write;
use std::io::IsTerminal;
use tokio::io::{AsyncBufReadExt, BufReader, Lines, Stdin};
use tokio::signal::unix::{SignalKind, signal};

/// The options of `eulb tour`.
pub fn describe() -> clap::Command {
    clap::Command::new("tour")
        .about("Walk through load balancing, one command at a time")
        .long_about(
            "Walk through load balancing, one command at a time\n\n\
             Starts a local cloud in a temporary directory, tells what comes, and runs each command \
             when Enter is pressed. Commands of your own can be typed in between; n goes on to the \
             next lesson, q ends the tour. Everything is removed afterwards. What is told at length \
             is in eulb-usecases(7) and eulb-components(7).",
        )
        .arg(
            Arg::new("unattended")
                .long("unattended")
                .action(ArgAction::SetTrue)
                .help("Run everything without asking"),
        )
        .arg(
            Arg::new("list")
                .long("list")
                .action(ArgAction::SetTrue)
                .help("List the lessons and end"),
        )
        .arg(
            Arg::new("lesson")
                .value_name("LESSON")
                .value_parser(value_parser!(u8).range(1..=LESSONS.len() as i64))
                .help("Number of the lesson to begin with (default: 1)"),
        )
}

/// Walks through the lessons.
///
/// # Errors
///
/// The scene cannot be set or struck, or a command of the tour does not do what it should.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    if matches.get_flag("list") {
        return report::print(&list());
    }
    let first = matches.get_one::<u8>("lesson").copied().unwrap_or(1);
    let guide = Guide {
        look: Look::of_standard_output(),
        unattended: matches.get_flag("unattended"),
        prompts: std::io::stdin().is_terminal(),
        person: BufReader::new(tokio::io::stdin()).lines(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("cannot start a runtime: {error}")))?;
    let walked = runtime.block_on(walk(guide, usize::from(first)));
    // Somebody may still be asked for a line that never comes.
    runtime.shutdown_background();
    walked
}

fn list() -> String {
    let mut text = String::new();
    for (index, lesson) in LESSONS.iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:2}  {}", index + 1, lesson.title);
    }
    text
}

async fn walk(mut guide: Guide, first: usize) -> Result<(), Failure> {
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::new)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::new)?;
    let mut stage = Stage::set().map_err(Failure::new)?;
    let outcome = tokio::select! {
        outcome = guide.all(&mut stage, first) => outcome,
        _ = interrupt.recv() => Err(Failure::Told(INTERRUPTED)),
        _ = terminate.recv() => Err(Failure::Told(INTERRUPTED)),
    };
    // What did not work is in the log.
    let keep = matches!(&outcome, Err(Failure::Failed(_)));
    stage.strike(keep).await.map_err(Failure::new)?;
    match outcome {
        Err(Failure::Failed(line)) => Err(Failure::new(format!(
            "{line}; the cloud's log is {}",
            stage.log().display()
        ))),
        other => other,
    }
}

/// What the person wants now.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Wish {
    /// What the tour has to show next.
    On,
    /// The next lesson.
    Next,
    Quit,
    /// A command of their own.
    Own(String),
    /// Something that is not understood.
    Unclear,
}

fn wish(line: &str) -> Wish {
    match line.trim() {
        "" => Wish::On,
        "n" | "next" => Wish::Next,
        "q" | "quit" | "exit" => Wish::Quit,
        line if is_own_command(line) => Wish::Own(line.to_owned()),
        _ => Wish::Unclear,
    }
}

struct Guide {
    look: Look,
    unattended: bool,
    /// Whether somebody sits there who must be told what to press.
    prompts: bool,
    person: Lines<BufReader<Stdin>>,
}

/// How a lesson ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    Done,
    Quit,
}

impl Guide {
    async fn all(&mut self, stage: &mut Stage, first: usize) -> Result<(), Failure> {
        let mut seen = Evidence::default();
        report::print(
            "A walk through load balancing, on a cloud of its own that is gone afterwards.\n",
        )?;
        for (index, lesson) in LESSONS.iter().enumerate() {
            let number = index + 1;
            // What earlier lessons made is needed by later ones: they are done, but not told.
            if number < first {
                self.silently(lesson, stage, &mut seen).await?;
            } else if self.lesson(number, lesson, stage, &mut seen).await? == Ended::Quit {
                return report::print("\nThe cloud is removed. Next: eulb local start\n");
            }
        }
        report::print("\nThat was the tour. Next: eulb local start, and man eulb-usecases\n")
    }

    async fn silently(
        &self,
        lesson: &Lesson,
        stage: &mut Stage,
        seen: &mut Evidence,
    ) -> Result<(), Failure> {
        for act in lesson.acts {
            perform(stage, *act, seen).await?;
        }
        Ok(())
    }

    async fn lesson(
        &mut self,
        number: usize,
        lesson: &Lesson,
        stage: &mut Stage,
        seen: &mut Evidence,
    ) -> Result<Ended, Failure> {
        report::print(
            &self
                .look
                .headline(&format!("{number}. {}", lesson.title), lesson.told),
        )?;
        let mut skipping = false;
        for act in lesson.acts {
            if let Some(line) = typed(*act).filter(|_| !skipping) {
                let line = seen.fill(line);
                match self.ask(&line, stage, seen).await? {
                    Wish::Quit => return Ok(Ended::Quit),
                    Wish::Next => skipping = true,
                    _ => {}
                }
            }
            perform(stage, *act, seen).await?;
            if !skipping {
                report::print(&told(self.look, *act, seen))?;
            }
        }
        Ok(Ended::Done)
    }

    /// Shows what comes and waits until the person wants it; runs what they type instead meanwhile.
    async fn ask(
        &mut self,
        line: &str,
        stage: &mut Stage,
        seen: &mut Evidence,
    ) -> Result<Wish, Failure> {
        if self.unattended {
            return Ok(Wish::On);
        }
        loop {
            if self.prompts {
                report::print(&format!("  next: {line}\n  [Enter] "))?;
            }
            let read = self.person.next_line().await;
            let Some(said) = read.map_err(|error| {
                Failure::new(format!("cannot read from standard input: {error}"))
            })?
            else {
                return Ok(Wish::Quit);
            };
            match wish(&said) {
                Wish::Own(own) => {
                    let run = stage.own(&own, seen).await.map_err(Failure::new)?;
                    report::print(&self.look.run(&run))?;
                }
                Wish::Unclear => report::print(
                    "  Enter runs what is shown, n is the next lesson, q ends the tour; or type a \
                     command that begins with eulb\n",
                )?,
                wish => return Ok(wish),
            }
        }
    }
}

/// The command line of an act that is one, for which the person is asked.
fn typed(act: Act) -> Option<&'static str> {
    match act {
        Act::Type(line) | Act::TypeAsAdministrator(line) => Some(line),
        _ => None,
    }
}

async fn perform(stage: &mut Stage, act: Act, seen: &mut Evidence) -> Result<(), Failure> {
    stage.perform(act, seen).await.map_err(Failure::new)
}

/// Whether a line is one that the stage can run: a command of this program.
fn is_own_command(line: &str) -> bool {
    words(line)
        .first()
        .is_some_and(|word| word == "eulb" || word.starts_with("eulb-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_types_is_understood() {
        let cases = [
            ("", Wish::On),
            ("  ", Wish::On),
            ("n", Wish::Next),
            ("q", Wish::Quit),
            ("eulb-describe-lbs", Wish::Own("eulb-describe-lbs".into())),
            ("rm -rf /", Wish::Unclear),
        ];
        for (line, expected) in cases {
            assert_eq!(wish(line), expected, "{line}");
        }
    }

    #[test]
    fn lessons_type_commands_of_this_program_only() {
        for lesson in LESSONS {
            assert!(!lesson.title.is_empty() && !lesson.told.contains('\n'));
            for line in lesson.acts.iter().filter_map(|act| typed(*act)) {
                assert!(is_own_command(line), "{line}");
            }
        }
        assert!(list().starts_with(" 1  "));
        describe().debug_assert();
    }
}
