//! `eulb complete`: the words that a shell may offer, some of them from the endpoint in use.
//!
//! Hidden: the completions of bash, zsh and fish call it with the words of the command line, the last
//! of which is being typed. What may stand there follows from the declarations of the parser, so that
//! the shells need to know nothing. It says nothing rather than something late or wrong: without an
//! endpoint, without keys, or after [`PATIENCE`], there are no words, no error, and status 0.

use super::commands;
use super::doctor::is_at;
use super::exit::Failure;
use super::umbrella::{self, SUBCOMMANDS};
use super::{local, report};
use crate::client::config::environment::System;
use crate::client::config::{self, Flags};
use crate::client::{Client, Settings};
use crate::wire::balancer::{DescribeLoadBalancers, LoadBalancerDescription};
use crate::wire::members;
use crate::wire::release::Release;
use clap::{Arg, ArgAction, ArgMatches, value_parser};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::time::Duration;

/// Longest wait for the words: who presses a key will not wait longer.
const PATIENCE: Duration = Duration::from_millis(300);

/// What may stand somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Balancers,
    Instances,
    /// Load balancers and instances.
    Either,
    Zones,
    Policies,
    Listeners,
    /// Always the same words.
    Fixed(&'static [&'static str]),
}

/// Kinds of words, by what the manual calls the places where they stand.
const KINDS: &[(&str, Kind)] = &[
    ("ELB", Kind::Balancers),
    ("INSTANCE", Kind::Instances),
    ("ELB|INSTANCE", Kind::Either),
    ("INSTANCE1,INSTANCE2,...", Kind::Instances),
    ("ZONE", Kind::Zones),
    ("ZONE1,ZONE2,...", Kind::Zones),
    ("POLICY", Kind::Policies),
    ("POLICY1,POLICY2,...", Kind::Policies),
    ("LISTENER", Kind::Listeners),
    (
        "FORM",
        Kind::Fixed(&["json", "table", "text", "tsv", "yaml"]),
    ),
    ("WHEN", Kind::Fixed(&["always", "auto", "never"])),
    ("request|curl", Kind::Fixed(&["curl", "request"])),
    (
        "RELEASE",
        Kind::Fixed(&[
            "3.3.0", "3.4.0", "4.0.0", "4.1.0", "4.2.0", "4.3.0", "4.4.0", "4.4.2", "aws",
        ]),
    ),
    (
        "PROTOCOL:PORT[/PATH]",
        Kind::Fixed(&["HTTP:80/", "HTTPS:443/", "SSL:443", "TCP:80"]),
    ),
];

/// What a listener is made of, and what each part may be.
const PARTS: &[(&str, &[&str])] = &[
    ("lb-port", &["25", "443", "80", "8080"]),
    ("protocol", &["HTTP", "HTTPS", "SSL", "TCP"]),
    ("instance-port", &["25", "443", "80", "8080"]),
    ("instance-protocol", &["HTTP", "HTTPS", "SSL", "TCP"]),
    ("cert-id", &[]),
];

/// The options of `eulb complete`.
pub fn describe() -> clap::Command {
    clap::Command::new("complete")
        .about("Print the words that a shell may offer")
        .hide(true)
        .args([
            Arg::new("break")
                .long("break")
                .value_name("CHARACTERS")
                .help("Characters at which the shell begins another word"),
            Arg::new("words")
                .value_name("WORD")
                .action(ArgAction::Append)
                .num_args(1..)
                .last(true)
                .value_parser(value_parser!(OsString))
                .help("The command line up to the word that is typed"),
        ])
}

/// Prints the words, one in a line.
///
/// # Errors
///
/// Standard output cannot be written.
pub fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let typed: Vec<String> = matches
        .get_many::<OsString>("words")
        .unwrap_or_default()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let breaks = matches.get_one::<String>("break").map(String::as_str);
    let typed = joined(&typed, breaks.unwrap_or_default());
    let Some(place) = place(&typed) else {
        return Ok(());
    };
    let known = known(place.kind);
    let mut offered = offers(&place, &known);
    if let [key] = offered.as_slice()
        && breaks.is_some()
        && place.quoted
        && place.kind == Kind::Listeners
    {
        // bash closes the quote behind the only word, but a listener goes on after "protocol=".
        let values = listeners(key);
        if values.len() > 1 {
            offered = values;
        }
    }
    let lines: String = offered
        .iter()
        .map(|offer| match breaks {
            // The shell replaces what it takes for a word: what follows the last break, or the quote.
            Some(breaks) if !place.quoted => {
                let typed = format!("{}{}", place.lead, place.current);
                let kept = typed.rfind(|c| breaks.contains(c));
                let cut = kept.map_or(0, |at| at + 1);
                let whole = format!("{}{offer}", place.lead);
                format!("{}\n", whole.get(cut..).unwrap_or(&whole))
            }
            _ => format!("{offer}\n"),
        })
        .collect();
    report::print(&lines)
}

/// Words that a shell has broken at characters (bash: `--zones`, `=`, `a`), whole again.
fn joined(typed: &[String], breaks: &str) -> Vec<String> {
    let is_break =
        |word: &str| word.chars().count() == 1 && word.chars().all(|c| breaks.contains(c));
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for word in typed {
        let glue = !words.is_empty() && (open || is_break(word));
        open = is_break(word);
        match words.last_mut().filter(|_| glue) {
            Some(last) => last.push_str(word),
            None => words.push(word.clone()),
        }
    }
    words
}

/// What is typed, and what may stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    kind: Kind,
    /// What stands before it in the same word: `--zones=`, `-z`.
    lead: String,
    current: String,
    /// A quote is open before it, which the shell keeps.
    quoted: bool,
}

impl Place {
    fn new(kind: Kind, lead: impl Into<String>, typed: &str) -> Place {
        let current = typed.strip_prefix(['"', '\'']);
        Place {
            kind,
            lead: lead.into(),
            current: current.unwrap_or(typed).to_owned(),
            quoted: current.is_some(),
        }
    }
}

/// Finds out what is typed, from the words of the command line.
fn place(typed: &[String]) -> Option<Place> {
    let (program, rest) = typed.split_first()?;
    let name = program.rsplit('/').next().unwrap_or(program);
    let (command, rest) = match name {
        umbrella::NAME => {
            let (word, rest) = rest.split_first()?;
            named(word, rest)?
        }
        // zsh drops the umbrella's name when it completes for a subcommand.
        name => named(name, rest)?,
    };
    let (current, before) = rest.split_last()?;
    let option = |word: &str| {
        let found = command.get_arguments().find(|argument| {
            let long = argument.get_long().map(|long| format!("--{long}"));
            let short = argument.get_short().map(|short| format!("-{short}"));
            long.as_deref() == Some(word) || short.as_deref() == Some(word)
        });
        found.filter(|argument| argument.get_action().takes_values())
    };
    if let Some((name, value)) = current
        .split_once('=')
        .filter(|_| current.starts_with("--"))
    {
        let kind = kind_of(option(name)?)?;
        return Some(Place::new(kind, format!("{name}="), value));
    }
    let mut names = 0;
    let mut waiting: Option<&Arg> = None;
    let mut options = true;
    for word in before {
        if waiting.take().is_some() {
            continue;
        }
        match word.as_str() {
            "--" if options => options = false,
            word if options && word.starts_with('-') && word.len() > 1 => {
                waiting = option(word).filter(|option| !option.is_require_equals_set());
            }
            _ => names += 1,
        }
    }
    let argument = match waiting {
        Some(option) => option,
        // A value that is attached to a short option.
        None if options && current.starts_with('-') && current != "-" => {
            let end = current.char_indices().nth(2)?.0;
            let (short, value) = current.split_at(end);
            return Some(Place::new(kind_of(option(short)?)?, short, value));
        }
        None if options && current == "-" => return None,
        None => {
            let mut positionals = command.get_positionals();
            let last = command.get_positionals().last();
            positionals.nth(names).or_else(|| {
                last.filter(|last| {
                    let many = last.get_num_args();
                    many.is_some_and(|range| range.max_values() > 1)
                        || matches!(last.get_action(), ArgAction::Append)
                })
            })?
        }
    };
    Some(Place::new(kind_of(argument)?, "", current))
}

/// The command or subcommand of a name, and the words after it.
fn named<'w>(word: &str, rest: &'w [String]) -> Option<(clap::Command, &'w [String])> {
    match commands::find(word) {
        Some(row) => Some((row.describe(Release::default()), rest)),
        None => nested(word, rest),
    }
}

/// The innermost subcommand of the umbrella that words name, and the words after it.
fn nested<'w>(word: &str, rest: &'w [String]) -> Option<(clap::Command, &'w [String])> {
    let row = SUBCOMMANDS.iter().find(|row| row.name == word)?;
    let mut command = (row.describe)();
    let mut rest = rest;
    while let Some((word, further)) = rest.split_first()
        && let Some(inner) = command.find_subcommand(word)
    {
        command = inner.clone();
        rest = further;
    }
    Some((command, rest))
}

/// The words of a kind that are known here and now.
fn known(kind: Kind) -> BTreeSet<String> {
    if let Kind::Fixed(words) = kind {
        return words.iter().map(|word| (*word).to_owned()).collect();
    }
    if kind == Kind::Listeners {
        return BTreeSet::new();
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let Ok(runtime) = runtime else {
        return BTreeSet::new();
    };
    let asked = async { tokio::time::timeout(PATIENCE, words_of(kind)).await.ok()? };
    let words = runtime.block_on(asked).unwrap_or_default();
    // A word that would need quoting is not worth a broken command line.
    let plain = |word: &String| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.:,=/".contains(c);
        !word.is_empty() && word.chars().all(allowed)
    };
    words.into_iter().filter(plain).collect()
}

/// What may be offered in a place: whole words that begin with what is typed.
fn offers(place: &Place, known: &BTreeSet<String>) -> Vec<String> {
    let current = place.current.as_str();
    if place.kind == Kind::Listeners {
        return listeners(current);
    }
    let is_list = !matches!(place.kind, Kind::Fixed(_));
    let begun = match current.rfind(',').filter(|_| is_list) {
        Some(at) => at + 1,
        None => 0,
    };
    let (head, start) = current.split_at(begun);
    let given: Vec<&str> = head.split(',').collect();
    known
        .iter()
        .filter(|word| word.starts_with(start) && !given.contains(&word.as_str()))
        .map(|word| format!("{head}{word}"))
        .collect()
}

/// How a listener may go on: with a part that it does not have yet, or with the value of one.
fn listeners(current: &str) -> Vec<String> {
    let begun = current.rfind(',').map_or(0, |at| at + 1);
    let (head, part) = current.split_at(begun);
    let blanks = part.len() - part.trim_start().len();
    let (blanks, part) = part.split_at(blanks);
    match part.split_once('=') {
        Some((key, value)) => {
            let values = PARTS.iter().find(|(known, _)| *known == key);
            let values = values.map_or(&[][..], |(_, values)| values).iter();
            values
                .filter(|known| known.starts_with(&value.to_ascii_uppercase()))
                .map(|known| format!("{head}{blanks}{key}={known}"))
                .collect()
        }
        None => {
            let given: Vec<&str> = head
                .split(',')
                .filter_map(|part| Some(part.split_once('=')?.0.trim()))
                .collect();
            PARTS
                .iter()
                .filter(|(key, _)| key.starts_with(part) && !given.contains(key))
                .map(|(key, _)| format!("{head}{blanks}{key}="))
                .collect()
        }
    }
}

/// What the manual calls the places for which there may be words.
pub fn place_names() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(name, _)| *name)
}

/// Whether there may be words for an argument.
pub fn is_known(argument: &Arg) -> bool {
    kind_of(argument).is_some()
}

fn kind_of(argument: &Arg) -> Option<Kind> {
    let names = argument.get_value_names().unwrap_or_default();
    let mut kinds = KINDS.iter();
    kinds
        .find(|(name, _)| names.iter().any(|known| known.as_str() == *name))
        .map(|(_, kind)| *kind)
}

/// The long and the short names of the options for whose values there may be words; a name of
/// something else than an option has neither.
pub fn asked_for(command: &clap::Command) -> Vec<(Option<&str>, Option<char>)> {
    command
        .get_arguments()
        .filter(|argument| is_known(argument))
        .map(|argument| (argument.get_long(), argument.get_short()))
        .collect()
}

async fn words_of(kind: Kind) -> Option<Vec<String>> {
    let settings = config::resolve(&Flags::default(), &System).ok()?;
    let settings = Settings {
        retries: settings.retries.map(|_| 0),
        ..settings
    };
    let endpoint = settings.endpoint.value.clone();
    let client = Client::new(settings).ok()?;
    let answer = client.call(&DescribeLoadBalancers::default()).await.ok()?;
    let balancers = members(&answer.load_balancer_descriptions);
    let mut words: Vec<String> = balancers
        .iter()
        .flat_map(|one| words_in(one, kind))
        .collect();
    // The local cloud also knows what no load balancer uses yet.
    if kind == Kind::Zones
        && let Some(cloud) = local::running(PATIENCE).await
        && is_at(&endpoint, &cloud.endpoint)
    {
        words.extend(cloud.zones);
    }
    Some(words)
}

fn words_in(balancer: &LoadBalancerDescription, kind: Kind) -> Vec<String> {
    match kind {
        Kind::Balancers => balancer.load_balancer_name.iter().cloned().collect(),
        Kind::Either => [Kind::Balancers, Kind::Instances]
            .into_iter()
            .flat_map(|kind| words_in(balancer, kind))
            .collect(),
        Kind::Zones => members(&balancer.availability_zones).to_vec(),
        Kind::Instances => members(&balancer.instances)
            .iter()
            .filter_map(|instance| instance.instance_id.clone())
            .collect(),
        Kind::Policies => {
            let Some(policies) = &balancer.policies else {
                return Vec::new();
            };
            let app = members(&policies.app_cookie_stickiness_policies)
                .iter()
                .filter_map(|policy| policy.policy_name.clone());
            let cookie = members(&policies.lb_cookie_stickiness_policies)
                .iter()
                .filter_map(|policy| policy.policy_name.clone());
            let other = members(&policies.other_policies).iter().cloned();
            app.chain(cookie).chain(other).collect()
        }
        Kind::Listeners | Kind::Fixed(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::commands::COMMANDS;

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn what_is_typed_follows_from_the_declarations() {
        #[rustfmt::skip]
        let cases: [(&str, Option<(Kind, &str)>); 28] = [
            ("delete-lb w", Some((Kind::Balancers, "w"))),
            ("eulb-delete-lb ", Some((Kind::Balancers, ""))),
            ("eulb-delete-lb w", Some((Kind::Balancers, "w"))),
            ("/usr/bin/eulb-delete-lb w", Some((Kind::Balancers, "w"))),
            ("eulb-delete-lb web ", None),
            ("eulb-describe-lbs --show-long one t", Some((Kind::Balancers, "t"))),
            ("eulb-describe-lbs -", None),
            ("eulb-describe-lbs -- -", Some((Kind::Balancers, "-"))),
            ("eulb-describe-lbs --watch w", Some((Kind::Balancers, "w"))),
            ("eulb-describe-lbs --output ", Some((Kind::Fixed(&["json", "table", "text", "tsv", "yaml"]), ""))),
            ("eulb-create-lb -z a,", Some((Kind::Zones, "a,"))),
            ("eulb-create-lb --availability-zones=a", Some((Kind::Zones, "a"))),
            ("eulb-create-lb -z a -l lb-port=80,", Some((Kind::Listeners, "lb-port=80,"))),
            ("eulb-create-lb -za,", Some((Kind::Zones, "a,"))),
            ("eulb-create-lb --zones", None),
            ("eulb-create-lb -z a -l \"lb-port=80,", Some((Kind::Listeners, "lb-port=80,"))),
            ("eulb-create-lb --availability-zones='a", Some((Kind::Zones, "a"))),
            ("eulb-create-lb -Uhttp", None),
            ("eulb-create-lb -U ", None),
            ("eulb create-lb -z ", Some((Kind::Zones, ""))),
            ("eulb register-instances-with-lb --instances i-", Some((Kind::Instances, "i-"))),
            ("eulb-modify-lb-attributes web ", None),
            ("eulb wait lb-deleted ", Some((Kind::Balancers, ""))),
            ("eulb instance run --zone P", Some((Kind::Zones, "P"))),
            ("eulb explain w", Some((Kind::Either, "w"))),
            ("eulb explain --lb w", Some((Kind::Balancers, "w"))),
            ("eulb nonsense ", None),
            ("eulb", None),
        ];
        for (line, expected) in cases {
            let found = place(&words(line));
            let found = found
                .as_ref()
                .map(|found| (found.kind, found.current.as_str()));
            assert_eq!(found, expected, "{line}");
        }
    }

    #[test]
    fn lists_go_on_after_the_last_comma_without_what_they_have() {
        let known: BTreeSet<String> = words("PARTI00 PARTI01 other").into_iter().collect();
        let offered =
            |kind, current: &str| offers(&Place::new(kind, "", current), &known).join(" ");
        assert_eq!(offered(Kind::Zones, ""), "PARTI00 PARTI01 other");
        assert_eq!(offered(Kind::Zones, "PA"), "PARTI00 PARTI01");
        assert_eq!(offered(Kind::Zones, "PARTI00,P"), "PARTI00,PARTI01");
        assert_eq!(offered(Kind::Zones, "x"), "");
    }

    #[test]
    fn a_listener_is_offered_part_by_part() {
        let cases = [
            (
                "",
                "lb-port= protocol= instance-port= instance-protocol= cert-id=",
            ),
            ("lb-", "lb-port="),
            (
                "lb-port=80,",
                "lb-port=80,protocol= lb-port=80,instance-port= lb-port=80,instance-protocol= lb-port=80,cert-id=",
            ),
            (
                "lb-port=80, i",
                "lb-port=80, instance-port= lb-port=80, instance-protocol=",
            ),
            ("protocol=h", "protocol=HTTP protocol=HTTPS"),
            ("cert-id=", ""),
            ("wings=", ""),
        ];
        for (current, expected) in cases {
            assert_eq!(listeners(current).join(" "), expected, "{current}");
        }
    }

    #[test]
    fn words_that_a_shell_has_broken_are_whole_again() {
        let cases = [
            ("eulb-x --zones = a", "eulb-x --zones=a"),
            (
                "eulb-x -l lb-port = 80,protocol =",
                "eulb-x -l lb-port=80,protocol=",
            ),
            ("eulb-x -t TCP : 80", "eulb-x -t TCP:80"),
            ("eulb-x a b", "eulb-x a b"),
        ];
        for (typed, expected) in cases {
            assert_eq!(joined(&words(typed), "=:").join(" "), expected);
        }
    }

    #[test]
    fn every_place_that_is_named_as_a_kind_is_somewhere() {
        let all: Vec<clap::Command> = COMMANDS
            .iter()
            .map(|row| row.describe(Release::default()))
            .chain([umbrella::describe(Release::default())])
            .collect();
        let mut named = BTreeSet::new();
        let mut left = all;
        while let Some(command) = left.pop() {
            let names = command.get_arguments().filter_map(Arg::get_value_names);
            named.extend(names.flatten().map(ToString::to_string));
            left.extend(command.get_subcommands().cloned());
        }
        for (name, _) in KINDS {
            assert!(named.contains(*name), "{name}");
        }
    }
}
