//! `eulb config`: which settings are in force here, and why.

use super::args::Common;
use super::exit::Failure;
use super::output::{self, Form, Query};
use super::report::{self, visible};
use super::session;
use crate::client::config::environment::System;
use crate::client::config::survey::{self, Layer, Row, Survey};
use crate::client::settings::Source;
use clap::{Args, CommandFactory, FromArgMatches, Parser};
use serde_json::{Value, json};

/// Status of a configuration that cannot be used as it is.
const UNSOUND: u8 = 1;

/// Print every setting, its value, where it came from and what it overrode
///
/// The table is made from the present environment: the options given here, which are those of every command, the environment variables and the configuration files.
/// Secrets are not shown.
/// A file that cannot be read is named on standard error, and the rest is printed; the exit status is 1 then, or if a setting cannot be used or there is no endpoint or access key.
/// eulb-config(5) describes the files and the order of the sources.
#[derive(Debug, Parser)]
#[command(name = "config")]
struct Config {
    /// Form of the output: tsv (the default, lines for people and scripts), table, json, yaml or text
    #[arg(long, value_name = "FORM")]
    output: Option<Form>,
    /// Print only what this JMESPath expression selects (as JSON, if --output does not say otherwise)
    #[arg(long, value_name = "JMESPATH")]
    query: Option<Query>,
}

/// The options of `eulb config`.
pub fn describe() -> clap::Command {
    let own = Config::command().next_help_heading("Common options");
    let about = own.get_about().cloned().unwrap_or_default();
    let long_about = own.get_long_about().cloned().unwrap_or_default();
    // The common options come with a sentence about themselves.
    Common::augment_args(own)
        .about(about)
        .long_about(long_about)
}

/// Prints the settings.
///
/// # Errors
///
/// A file or a setting cannot be used, of which standard error has told.
pub fn run(matches: &clap::ArgMatches) -> Result<(), Failure> {
    let config = Config::from_arg_matches(matches).map_err(Failure::usage)?;
    let common = Common::from_arg_matches(matches).map_err(Failure::usage)?;
    let survey = survey::survey(&session::flags(&common), &System);
    let text = match (config.output, &config.query) {
        (None | Some(Form::Tsv), None) => lines(&survey),
        (form, query) => {
            let form = form.filter(|form| *form != Form::Tsv);
            output::answer(shape(&survey), form.unwrap_or(Form::Json), query.as_ref())?
        }
    };
    report::print(&text)?;
    for fault in faults(&survey) {
        report::note(&format!("eulb config: error: {fault}"));
    }
    match survey.is_sound() {
        true => Ok(()),
        false => Err(Failure::Told(UNSOUND)),
    }
}

/// What is wrong, each once: a setting of a broken file may be several rows' trouble.
fn faults(survey: &Survey) -> Vec<String> {
    let of_rows = survey
        .rows
        .iter()
        .filter_map(|row| row.value.as_ref().err());
    let mut faults: Vec<String> = Vec::new();
    for fault in survey.faults.iter().chain(of_rows) {
        let fault = visible(&fault.to_string()).into_owned();
        if !faults.contains(&fault) {
            faults.push(fault);
        }
    }
    faults
}

fn value(row: &Row) -> Option<&Layer> {
    row.value.as_ref().ok().and_then(Option::as_ref)
}

/// A record of each setting, and an indented one of each value that it overrode.
fn lines(survey: &Survey) -> String {
    let mut text = "SETTING\tVALUE\tSOURCE\n".to_owned();
    let mut line = |name: &str, value: &str, source: &str| {
        text.push_str(&format!(
            "{name}\t{}\t{}\n",
            visible(value),
            visible(source)
        ));
    };
    for row in &survey.rows {
        match &row.value {
            Ok(Some(layer)) => line(row.name, &layer.value, &layer.source.to_string()),
            Ok(None) => line(row.name, "-", "not set"),
            Err(_) => line(row.name, "-", "error"),
        }
        for layer in &row.overrode {
            line("  overrode", &layer.value, &layer.source.to_string());
        }
    }
    report::aligned(&text)
}

/// Every setting with the names that `--query` selects by.
fn shape(survey: &Survey) -> Value {
    let layer = |layer: &Layer| json!({"Value": layer.value, "Source": layer.source.to_string()});
    let rows = survey.rows.iter().map(|row| {
        json!({
            "Setting": row.name,
            "Value": value(row).map(|layer| &layer.value),
            "Source": value(row).map_or("not set".to_owned(), |layer| layer.source.to_string()),
            "IsDefault": value(row).is_some_and(|layer| layer.source == Source::Default),
            "Overrode": row.overrode.iter().map(layer).collect::<Vec<_>>(),
            "Error": row.value.as_ref().err().map(ToString::to_string),
        })
    });
    json!({
        "Settings": rows.collect::<Vec<_>>(),
        "Errors": faults(survey),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_options_make_sense_to_the_parser() {
        describe().debug_assert();
    }
}
