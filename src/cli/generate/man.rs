//! Manual pages: one for each command, one for the umbrella, one for each of its subcommands.
//!
//! The options are made from the declarations that the parser reads; availability, output and
//! examples from the tables.

use super::{Page, configuration, pages as overviews};
use crate::cli::commands::{COMMANDS, Row};
use crate::cli::exit::Failure;
use crate::cli::umbrella;
use crate::wire::release::{self, Feature, Release};
use clap::{Arg, ArgAction};
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};
use std::io;
use std::path::PathBuf;

/// The date on every page: that of the text, not of the build, so that pages are reproducible.
pub(super) const DATE: &str = "2026-11-23";

/// The names of every page's manual.
const MANUAL: &str = "Elastic Load Balancing commands";

/// The name of the manual of files.
pub(super) const MANUAL_OF_FILES: &str = "Elastic Load Balancing files";

/// Environment variables that the commands read, in the order in which a reader will want them.
const VARIABLES: &[(&str, &str)] = &[
    (
        "AWS_ELB_URL",
        "The endpoint, unless --url names one. A region may stand in front: REGION::URL.",
    ),
    (
        "AWS_ACCESS_KEY_ID, AWS_ACCESS_KEY",
        "The access key ID, unless options give both halves of the credentials.",
    ),
    (
        "AWS_SECRET_ACCESS_KEY, AWS_SECRET_KEY",
        "The secret key that belongs to it.",
    ),
    (
        "AWS_SECURITY_TOKEN",
        "The security token of temporary credentials.",
    ),
    (
        "AWS_CREDENTIAL_FILE",
        "A file with lines AWSAccessKeyId=ID and AWSSecretKey=KEY.",
    ),
    (
        "EUCA_DEFAULT_REGION, AWS_DEFAULT_REGION",
        "The region and user whose configuration is used: REGION, USER@ or USER@REGION.",
    ),
    (
        "EUCA_CONFIG_PATH",
        "Configuration files, separated by colons, instead of the usual ones.",
    ),
    (
        "EULB_RELEASE",
        "The release that is targeted: 3.3.0 (the default) to 4.4.2, or aws.",
    ),
    (
        "http_proxy, https_proxy, all_proxy, no_proxy",
        "Proxies on the way to the endpoint, and the hosts for which none is used; in small or capital letters.",
    ),
    (
        "NO_COLOR, CLICOLOR_FORCE, CLICOLOR",
        "Whether there is colour, where --color says nothing.",
    ),
    (
        "AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING, AWS_ENDPOINT_URL, AWS_PROFILE, AWS_SESSION_TOKEN",
        "What the AWS CLI reads is the last source of each setting; eulb-config(5) has the order.",
    ),
];

const STATUSES: &[(&str, &str)] = &[
    ("0", "Success, also of --help and --version."),
    (
        "1",
        "The service refused, or could not be reached. The message on standard error has the service's code and text.",
    ),
    (
        "2",
        "The options make no sense. Nothing was sent. A health check target that makes none is found late, and has status 1 with --debug, as in euca2ools.",
    ),
    (
        "69",
        "NA: the targeted release does not have the command or the option. Nothing was sent.",
    ),
    ("130", "Interrupted, as a shell tells it."),
];

const SUBCOMMAND_STATUSES: &[(&str, &str)] = &[
    ("0", "Success, also of --help."),
    (
        "1",
        "It could not be done; the reason is on standard error.",
    ),
    ("2", "The options make no sense. Nothing was done."),
];

/// All pages.
///
/// # Errors
///
/// A page cannot be rendered.
pub fn pages() -> Result<Vec<Page>, Failure> {
    let mut pages = vec![umbrella_page()?];
    for row in COMMANDS {
        pages.push(command_page(row)?);
    }
    for row in umbrella::shown_subcommands() {
        pages.push(subcommand_page(row)?);
    }
    pages.push(configuration::page()?);
    pages.extend(overviews::pages()?);
    Ok(pages)
}

fn file(name: &str, text: Vec<u8>) -> Result<Page, Failure> {
    let text = String::from_utf8(text)
        .map_err(|error| Failure::new(format!("manual of {name}: {error}")))?;
    Ok((PathBuf::from(format!("{name}.1")), tidy(&text)))
}

/// Bytes in a line of a page, as `mandoc -Tlint` wants it.
const LINE_BYTES: usize = 80;

/// Breaks long lines where that means nothing to the reader of the page.
pub(super) fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut filled = true;
    let mut previous = "";
    for line in text.lines() {
        match line {
            ".nf" => filled = false,
            ".fi" => filled = true,
            _ => {}
        }
        let line_after_heading =
            line == ".PP" && (previous.starts_with(".SH") || previous.starts_with(".SS"));
        let is_control = line.starts_with(['.', '\'']);
        // A term must stay in the line that follows its macro.
        let is_term = previous == ".TP";
        previous = line;
        if line_after_heading {
            continue;
        }
        let mut rest = line.trim_end();
        while rest.len() > LINE_BYTES && !is_control && !is_term {
            let within = rest.floor_char_boundary(LINE_BYTES - 2);
            let Some(at) = rest[..within].rfind(' ') else {
                break;
            };
            let (first, remaining) = rest.split_at(at);
            tidied.push_str(first.trim_end());
            // Where lines are not filled, the break must be taken back.
            tidied.push_str(if filled { "\n" } else { " \\c\n" });
            rest = remaining.trim_start();
            if rest.starts_with(['.', '\'']) {
                tidied.push_str("\\&");
            }
        }
        tidied.push_str(rest);
        tidied.push('\n');
    }
    tidied
}

fn page(name: &str, command: clap::Command) -> Man {
    Man::new(command)
        .title(name.to_uppercase())
        .section("1")
        .date(DATE)
        .source(concat!("eulb ", env!("CARGO_PKG_VERSION")))
        .manual(MANUAL)
}

fn failed(error: io::Error) -> Failure {
    Failure::new(format!("cannot render a manual page: {error}"))
}

fn command_page(row: &Row) -> Result<Page, Failure> {
    let mut text = Vec::new();
    render_command(row, &mut text).map_err(failed)?;
    file(row.name, text)
}

fn render_command(row: &Row, out: &mut Vec<u8>) -> io::Result<()> {
    let mut command = row.describe(Release::default());
    command.build();
    let man = page(row.name, command.clone());
    man.render_title(out)?;
    let mut roff = Roff::new();
    roff.control("SH", ["NAME"]);
    roff.text([roman(format!(
        "{} - {}",
        row.name,
        row.summary(Release::default())
    ))]);
    roff.to_writer(out)?;
    synopsis(&command, out)?;
    man.render_description_section(out)?;
    man.render_options_section(out)?;
    let mut roff = Roff::new();
    availability(row, &command, &mut roff);
    section(&mut roff, "OUTPUT", row.output);
    roff.control("SH", ["EXIT STATUS"]);
    definitions(&mut roff, STATUSES);
    roff.control("SH", ["ENVIRONMENT"]);
    definitions(&mut roff, VARIABLES);
    roff.control("SH", ["FILES"]);
    definitions(&mut roff, configuration::FILES);
    roff.control("SH", ["EXAMPLES"]);
    examples(&mut roff, row.examples);
    roff.control("SH", ["SEE ALSO"]);
    references(&mut roff, row);
    roff.to_writer(out)
}

/// The command with its own options: first what is required, then the rest, then names.
fn synopsis(command: &clap::Command, out: &mut Vec<u8>) -> io::Result<()> {
    let mut line = vec![bold(
        command.get_bin_name().unwrap_or_else(|| command.get_name()),
    )];
    let in_group = |argument: &Arg| {
        command.get_groups().any(|group| {
            group.is_required_set() && group.get_args().any(|id| id == argument.get_id())
        })
    };
    let own = || {
        command
            .get_arguments()
            .filter(|argument| !argument.is_hide_set() && argument.get_help_heading().is_none())
    };
    let either: Vec<&Arg> = own().filter(|argument| in_group(argument)).collect();
    for (index, argument) in either.iter().enumerate() {
        line.push(roman(if index == 0 { " (" } else { " | " }));
        line.extend(spelt(argument));
    }
    if !either.is_empty() {
        line.push(roman(")"));
    }
    let options = |required: bool| {
        own().filter(move |argument| {
            !argument.is_positional() && argument.is_required_set() == required
        })
    };
    let more = |argument: &Arg| match argument.get_action() {
        ArgAction::Append => roman(" ..."),
        _ => roman(""),
    };
    for argument in options(true) {
        line.push(roman(" "));
        line.extend(spelt(argument));
        line.push(more(argument));
    }
    for argument in options(false).filter(|argument| !in_group(argument)) {
        line.push(roman(" ["));
        line.extend(spelt(argument));
        line.push(more(argument));
        line.push(roman("]"));
    }
    let has_common = command
        .get_arguments()
        .any(|argument| argument.get_help_heading().is_some());
    if has_common {
        line.push(roman(" [COMMON OPTIONS]"));
    }
    if command.has_subcommands() {
        line.extend([roman(" "), italic("SUBCOMMAND"), roman(" [OPTIONS]")]);
    }
    for argument in command.get_positionals() {
        let many = match argument.get_num_args() {
            Some(range) if range.max_values() > 1 => " ...",
            _ => "",
        };
        let name = italic(value_names(argument));
        match argument.is_required_set() {
            true => line.extend([roman(" "), name, roman(many)]),
            false => line.extend([roman(" ["), name, roman(format!("{many}]"))]),
        }
    }
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]);
    roff.text(line);
    roff.to_writer(out)
}

/// `-z ZONE1,ZONE2,...`
fn spelt(argument: &Arg) -> Vec<Inline> {
    let name = match (argument.get_short(), argument.get_long()) {
        (Some(short), _) => format!("-{short}"),
        (None, long) => format!("--{}", long.unwrap_or_default()),
    };
    match argument.get_action().takes_values() {
        true => vec![bold(name), roman(" "), italic(value_names(argument))],
        false => vec![bold(name)],
    }
}

fn value_names(argument: &Arg) -> String {
    let names = argument.get_value_names().unwrap_or_default();
    names.join(" ")
}

/// From which release the command and its options work, and what earlier ones do.
fn availability(row: &Row, command: &clap::Command, roff: &mut Roff) {
    roff.control("SH", ["AVAILABILITY"]);
    if let Some(mark) = row.mark(Release::default()) {
        // On a line of its own, where no line break can come into it.
        roff.text([bold(mark)]);
        roff.control("PP", []);
    }
    roff.text([roman(format!(
        "{} is the operation {}. {}",
        row.name,
        row.action,
        told(row.operation())
    ))]);
    for (id, feature) in row.gated {
        let option = command
            .get_arguments()
            .find(|argument| argument.get_id() == *id)
            .and_then(Arg::get_long);
        roff.control("PP", []);
        roff.text([
            bold(format!("--{}", option.unwrap_or_default())),
            roman(format!(
                ": {}. {}",
                release::row(*feature).mark,
                told(*feature)
            )),
        ]);
    }
}

fn told(feature: Feature) -> String {
    let row = release::row(feature);
    if row.from == Release::default() {
        return "It works in every release from Eucalyptus 3.3.0 on, and at Amazon.".to_owned();
    }
    format!(
        "It works from {} on ({}); before, {}.",
        row.from.title(),
        row.source,
        row.why
    )
}

pub(super) fn section(roff: &mut Roff, heading: &str, text: &str) {
    roff.control("SH", [heading]);
    roff.text([roman(text)]);
}

pub(super) fn definitions(roff: &mut Roff, rows: &[(&str, &str)]) {
    for (term, text) in rows {
        roff.control("TP", []);
        roff.text([bold(*term)]);
        roff.text([roman(*text)]);
    }
}

pub(super) fn examples(roff: &mut Roff, lines: &[&str]) {
    for line in lines {
        roff.control("PP", []);
        roff.control("nf", []);
        roff.text([roman(*line)]);
        roff.control("fi", []);
    }
}

/// The neighbours in the table, and the umbrella.
fn references(roff: &mut Roff, row: &Row) {
    let at = COMMANDS
        .iter()
        .position(|other| other.name == row.name)
        .unwrap_or_default();
    let neighbours = COMMANDS
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != at && index.abs_diff(at) <= 2)
        .map(|(_, other)| other.name);
    let mut names: Vec<&str> = neighbours.chain([umbrella::NAME]).collect();
    names.sort_unstable();
    let mut line = Vec::new();
    for (index, name) in names.iter().enumerate() {
        if index > 0 {
            line.push(roman(", "));
        }
        line.push(bold(*name));
        line.push(roman("(1)"));
    }
    line.extend([roman(", "), bold("eulb-config"), roman("(5)")]);
    roff.text(line);
}

fn umbrella_page() -> Result<Page, Failure> {
    let mut out = Vec::new();
    render_umbrella(&mut out).map_err(failed)?;
    file(umbrella::NAME, out)
}

fn render_umbrella(out: &mut Vec<u8>) -> io::Result<()> {
    let man = page(umbrella::NAME, umbrella::describe(Release::default()));
    man.render_title(out)?;
    man.render_name_section(out)?;
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]);
    roff.text([
        bold("eulb"),
        roman(" "),
        italic("COMMAND"),
        roman(" [OPTIONS]"),
    ]);
    roff.control("br", []);
    roff.text([bold("eulb"), roman(" [--list | --version | --help]")]);
    section(
        &mut roff,
        "DESCRIPTION",
        "One program is all eulb commands. Started under the name of a command, as the links do that eulb links makes, it is that command; eulb COMMAND, with or without the prefix eulb-, is the same. What else it can do is listed last. Help and errors tell what the targeted release does not have.",
    );
    roff.control("SH", ["COMMANDS"]);
    for row in COMMANDS {
        roff.control("TP", []);
        roff.text([bold(row.name), roman("(1)")]);
        roff.text([roman(row.summary(Release::default()))]);
    }
    for row in umbrella::shown_subcommands() {
        let about = (row.describe)().get_about().map(ToString::to_string);
        roff.control("TP", []);
        roff.text([bold(format!("eulb-{}", row.name)), roman("(1)")]);
        roff.text([roman(format!(
            "eulb {}: {}",
            row.name,
            about.unwrap_or_default()
        ))]);
    }
    roff.control("SH", ["OPTIONS"]);
    definitions(
        &mut roff,
        &[
            (
                "--list",
                "List the commands, and what the targeted release lacks.",
            ),
            ("--version", "Show the program's version and exit."),
            (
                "-h, --help",
                "Show an overview and exit. eulb help COMMAND is the help of a command.",
            ),
        ],
    );
    roff.control("SH", ["EXIT STATUS"]);
    definitions(&mut roff, STATUSES);
    roff.control("SH", ["ENVIRONMENT"]);
    definitions(&mut roff, VARIABLES);
    roff.control("SH", ["FILES"]);
    definitions(&mut roff, configuration::FILES);
    roff.control("SH", ["SEE ALSO"]);
    let mut line = vec![bold("eulb-config"), roman("(5)")];
    for name in overviews::names() {
        line.extend([roman(", "), bold(name), roman("(7)")]);
    }
    roff.text(line);
    roff.to_writer(out)
}

fn subcommand_page(row: &umbrella::Subcommand) -> Result<Page, Failure> {
    let name = format!("{}-{}", umbrella::NAME, row.name);
    let mut out = Vec::new();
    render_subcommand(row, &name, &mut out).map_err(failed)?;
    file(&name, out)
}

/// A subcommand with subcommands of its own has their options as sections.
fn render_subcommand(row: &umbrella::Subcommand, name: &str, out: &mut Vec<u8>) -> io::Result<()> {
    let mut command = (row.describe)()
        .display_name(name)
        .bin_name(format!("{} {}", umbrella::NAME, row.name))
        .disable_help_subcommand(true);
    command.build();
    let man = page(name, command.clone());
    man.render_title(out)?;
    man.render_name_section(out)?;
    synopsis(&command, out)?;
    man.render_description_section(out)?;
    if command.get_arguments().next().is_some() {
        man.render_options_section(out)?;
    }
    let mut roff = Roff::new();
    for inner in command
        .get_subcommands()
        .filter(|inner| !inner.is_hide_set())
    {
        subsection(
            inner,
            &format!("{} {}", umbrella::NAME, row.name),
            &mut roff,
        );
    }
    roff.control("SH", ["EXIT STATUS"]);
    definitions(&mut roff, SUBCOMMAND_STATUSES);
    roff.control("SH", ["SEE ALSO"]);
    roff.text([
        bold(umbrella::NAME),
        roman("(1), "),
        bold("eulb-config"),
        roman("(5)"),
    ]);
    roff.to_writer(out)
}

fn subsection(command: &clap::Command, path: &str, roff: &mut Roff) {
    let path = format!("{path} {}", command.get_name());
    roff.control("SH", [path.to_uppercase().as_str()]);
    let about = command.get_long_about().or_else(|| command.get_about());
    for line in about.map(ToString::to_string).unwrap_or_default().lines() {
        match line.trim() {
            "" => roff.control("PP", []),
            line => roff.text([roman(line)]),
        };
    }
    for argument in command
        .get_arguments()
        .filter(|argument| !argument.is_hide_set() && argument.get_id() != "help")
    {
        roff.control("TP", []);
        roff.text([bold(argument.to_string())]);
        let help = argument.get_long_help().or_else(|| argument.get_help());
        roff.text([roman(help.map(ToString::to_string).unwrap_or_default())]);
    }
    for inner in command
        .get_subcommands()
        .filter(|inner| !inner.is_hide_set())
    {
        subsection(inner, &path, roff);
    }
}
