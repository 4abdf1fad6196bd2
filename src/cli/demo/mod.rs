//! `eulb demo`: plays the whole feature with the real commands and checks every claim it makes.
//!
//! [`steps`] is the story as data, [`stage`] carries it out, [`evidence`] is what was seen,
//! [`claims`] judges it, [`show`] tells it, [`load`] is the traffic. The exit status is 0 only if
//! every claim was true. Whatever happens, the cloud's process is ended and waited for; the scratch
//! directory is kept only if a claim was not true, because the log is in it.

mod claims;
pub mod evidence;
pub mod load;
pub mod show;
pub mod stage;
pub mod steps;

use super::exit::Failure;
use super::report;
use clap::ArgMatches;
use evidence::{Claim, Evidence, Mismatch};
use show::Look;
use stage::Stage;
use std::time::Instant;
use steps::{Act, STEPS, Step};
use tokio::signal::unix::{SignalKind, signal};

/// What a shell reports of a program that Ctrl-C has ended.
pub const INTERRUPTED: u8 = 130;

/// What a shell reports of a program whose reader has gone away.
const UNHEARD: u8 = 141;

/// The options of `eulb demo`.
pub fn describe() -> clap::Command {
    clap::Command::new("demo")
        .about("Play the whole feature on this machine and check every claim")
        .long_about(
            "Play the whole feature on this machine and check every claim\n\n\
             Starts a local cloud in a temporary directory and runs the real commands against it: \
             a load balancer is created, carries traffic, loses an instance without losing a \
             request, gets it back, and is deleted. Takes less than a minute, uses loopback \
             addresses only, and leaves nothing behind. The exit status is 0 if every claim was \
             true.",
        )
        .arg(
            clap::Arg::new("json")
                .long("json")
                .action(clap::ArgAction::SetTrue)
                .help("Print one JSON object for each step, then a summary"),
        )
}

/// Plays the demonstration.
///
/// # Errors
///
/// A claim was not true, or the scene could not be set or struck.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let teller = match matches.get_flag("json") {
        true => Teller::Json,
        false => Teller::Text(Look::of_standard_output()),
    };
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("cannot start a runtime: {error}")))?
        .block_on(play(teller))
}

/// To whom the story is told.
#[derive(Clone, Copy)]
enum Teller {
    Text(Look),
    Json,
}

impl Teller {
    fn tell(self, text: impl FnOnce(Look) -> String) -> Result<(), Failure> {
        match self {
            Teller::Text(look) => report::print(&text(look)),
            Teller::Json => Ok(()),
        }
    }
}

async fn play(teller: Teller) -> Result<(), Failure> {
    let began = Instant::now();
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::new)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::new)?;
    let mut stage = Stage::set().map_err(Failure::new)?;
    let outcome = tokio::select! {
        outcome = all_steps(teller, &mut stage) => outcome.map_err(not_to_the_end),
        _ = interrupt.recv() => Err(Failure::Told(INTERRUPTED)),
        _ = terminate.recv() => Err(Failure::Told(INTERRUPTED)),
    };
    let untrue = matches!(outcome, Ok(Some(_)));
    stage.strike(untrue).await.map_err(Failure::new)?;
    let broken = outcome?;
    let seconds = began.elapsed().as_secs_f64();
    if let Teller::Json = teller {
        let log = untrue.then(|| stage.log().display().to_string());
        let summary = serde_json::json!({
            "summary": {
                "steps": STEPS.len(),
                "held": broken.map_or(STEPS.len(), |number| number - 1),
                "ok": broken.is_none(),
                "log": log,
                "milliseconds": show::milliseconds(began.elapsed()),
            }
        });
        report::print(&format!("{summary}\n"))?;
    }
    match broken {
        None => teller.tell(|_| {
            format!(
                "\nAll {} claims were true, in {seconds:.1} s. Next: eulb local start\n",
                STEPS.len()
            )
        }),
        Some(number) => Err(Failure::new(format!(
            "step {number} was not as claimed; the cloud's log is {}",
            stage.log().display()
        ))),
    }
}

/// A reader that goes away (`eulb demo | head`) is no fault, but the claims that were not played have
/// not held either: the status must not be 0.
fn not_to_the_end(failure: Failure) -> Failure {
    match failure {
        Failure::Told(0) => Failure::Told(UNHEARD),
        other => other,
    }
}

/// Plays until the end or until a claim is not true, whose step's number it returns.
async fn all_steps(teller: Teller, stage: &mut Stage) -> Result<Option<usize>, Failure> {
    let mut seen = Evidence::default();
    for (index, step) in STEPS.iter().enumerate() {
        let number = index + 1;
        let began = Instant::now();
        seen.turn_page();
        teller.tell(|look| look.title(number, step))?;
        let claim = one_step(teller, step, stage, &mut seen).await?;
        match teller {
            Teller::Text(look) => report::print(&look.claim(step, &claim))?,
            Teller::Json => {
                let object = show::object(number, step, &seen, &claim, began.elapsed());
                report::print(&format!("{object}\n"))?;
            }
        }
        if claim.is_err() {
            return Ok(Some(number));
        }
    }
    Ok(None)
}

async fn one_step(
    teller: Teller,
    step: &Step,
    stage: &mut Stage,
    seen: &mut Evidence,
) -> Result<Claim, Failure> {
    for act in step.acts {
        if let Err(broken) = stage.perform(*act, seen).await {
            return Ok(Err(Mismatch::new(expectation(*act, seen), broken)));
        }
        teller.tell(|look| told(look, *act, seen))?;
    }
    Ok((step.holds)(seen))
}

/// What an act has shown: the newest evidence of its kind.
pub fn told(look: Look, act: Act, seen: &Evidence) -> String {
    let told = match act {
        Act::StartCloud
        | Act::Enter
        | Act::BecomeAdministrator
        | Act::Type(_)
        | Act::TypeAsAdministrator(_) => seen.runs.last().map(|run| look.run(run)),
        Act::Await { .. } => seen.waits.last().map(|(what, took)| look.wait(what, *took)),
        Act::Look(_) => seen.answers.last().map(|answer| look.answer(answer)),
        Act::Ask { .. } | Act::Watch | Act::LoadOff => {
            seen.charts.last().map(|chart| look.chart(chart))
        }
        Act::LoadOn => Some("  eight clients begin to ask\n".to_owned()),
        Act::Knock | Act::Leave => None,
    };
    told.unwrap_or_default()
}

/// What an act that could not be carried out should have come to.
fn expectation(act: Act, seen: &Evidence) -> String {
    match act {
        Act::StartCloud => "a cloud that starts".to_owned(),
        Act::Enter | Act::BecomeAdministrator => "an endpoint and keys".to_owned(),
        Act::Type(line) | Act::TypeAsAdministrator(line) => format!("'{}' runs", seen.fill(line)),
        Act::Await { instance, state } => format!("{} becomes {state}", seen.fill(instance)),
        Act::Look(_) | Act::Ask { .. } | Act::LoadOn | Act::Watch | Act::LoadOff => {
            "the listener answers".to_owned()
        }
        Act::Knock => "closed ports".to_owned(),
        Act::Leave => "the cloud ends".to_owned(),
    }
}
