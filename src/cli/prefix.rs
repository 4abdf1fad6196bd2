//! Abbreviated long options, as argparse allows them: any unambiguous prefix of a name will do.
//!
//! The parser has inference of its own, but it would let options that we have added make
//! abbreviations ambiguous which scripts use since 2013.

use super::args::ADDED;
use super::exit::Failure;
use super::watch;
use std::ffi::OsString;

/// Writes abbreviated long options out in full. What follows `--` is left alone, as are names that
/// mean nothing, which the parser refuses better.
///
/// # Errors
///
/// A prefix means several options.
pub fn expand(arguments: &[OsString], command: &clap::Command) -> Result<Vec<OsString>, Failure> {
    let names: Vec<&str> = command
        .get_arguments()
        .filter_map(clap::Arg::get_long)
        .collect();
    let mut written = Vec::with_capacity(arguments.len());
    let mut options = true;
    let mut rest = arguments.iter().peekable();
    while let Some(argument) = rest.next() {
        let text = argument.to_str().filter(|_| options);
        options &= text != Some("--");
        let Some(option) = text.and_then(|text| text.strip_prefix("--")) else {
            written.push(argument.clone());
            continue;
        };
        let (prefix, value) = match option.split_once('=') {
            Some((prefix, value)) => (prefix, Some(value)),
            None => (option, None),
        };
        let name = match meant(prefix, &names) {
            Meant::One(name) => name,
            Meant::None => prefix,
            Meant::Several(names) => {
                return Err(Failure::usage(format!(
                    "ambiguous option: --{prefix} could match --{}",
                    names.join(", --")
                )));
            }
        };
        // A number after it is its value; a name is not.
        let seconds = match value {
            None if name == watch::OPTION => rest.next_if(|next| is_number(next)),
            _ => None,
        };
        let value = value.or_else(|| seconds.and_then(|seconds| seconds.to_str()));
        written.push(match value {
            Some(value) => format!("--{name}={value}").into(),
            None => format!("--{name}").into(),
        });
    }
    Ok(written)
}

fn is_number(argument: &OsString) -> bool {
    let number = argument.to_str().and_then(|text| text.parse::<f64>().ok());
    number.is_some()
}

enum Meant<'a> {
    None,
    One(&'a str),
    Several(Vec<&'a str>),
}

/// An exact name wins; then euca2ools' options; then ours.
fn meant<'a>(prefix: &str, names: &[&'a str]) -> Meant<'a> {
    if let Some(exact) = names.iter().find(|name| **name == prefix) {
        return Meant::One(exact);
    }
    if prefix.is_empty() {
        return Meant::None;
    }
    let matching = |added: bool| -> Vec<&'a str> {
        names
            .iter()
            .copied()
            .filter(|name| name.starts_with(prefix) && ADDED.contains(name) == added)
            .collect()
    };
    let mut found = matching(false);
    if found.is_empty() {
        found = matching(true);
    }
    match found.as_slice() {
        [] => Meant::None,
        [one] => Meant::One(one),
        _ => Meant::Several(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Arg;

    fn expanded(arguments: &[&str]) -> Result<Vec<String>, Failure> {
        let long = |name: &'static str| Arg::new(name).long(name);
        let command = clap::Command::new("x").args([
            long("show-long"),
            long("show-empty-fields"),
            long("region"),
            long("release"),
            long("debug"),
            long("debugger"),
            long("attribute"),
            long("attributes"),
            long("attributes-from-file"),
            long("watch"),
        ]);
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        let written = expand(&arguments, &command)?;
        Ok(written
            .into_iter()
            .map(|argument| argument.to_string_lossy().into_owned())
            .collect())
    }

    #[test]
    fn unambiguous_prefixes_are_written_out() {
        let cases: &[(&str, &str)] = &[
            ("--show-l", "--show-long"),
            ("--show-long", "--show-long"),
            ("--r=x=y", "--region=x=y"),
            ("--re", "--region"),
            ("--rel=aws", "--release=aws"),
            ("--debug", "--debug"),
            ("--debugg", "--debugger"),
            ("--attributes", "--attributes"),
            ("--attributes-", "--attributes-from-file"),
            ("--unknown=1", "--unknown=1"),
            ("--=1", "--=1"),
            ("-r", "-r"),
            ("", ""),
        ];
        for (given, expected) in cases {
            assert_eq!(
                expanded(&[given]),
                Ok(vec![(*expected).to_owned()]),
                "{given}"
            );
        }
        assert_eq!(expanded(&["--wa", "5", "6"]).unwrap(), ["--watch=5", "6"]);
        assert_eq!(expanded(&["--watch", "web"]).unwrap(), ["--watch", "web"]);
        assert_eq!(expanded(&["--watch=1", "2"]).unwrap(), ["--watch=1", "2"]);
        let after = ["--", "--show-l"];
        assert_eq!(expanded(&after).unwrap(), after);
    }

    #[test]
    fn an_ambiguous_prefix_is_refused_with_all_it_could_mean() {
        for (given, candidates) in [
            ("--show-", "--show-long, --show-empty-fields"),
            ("--deb", "--debug, --debugger"),
            (
                "--attr=x",
                "--attribute, --attributes, --attributes-from-file",
            ),
        ] {
            let prefix = given.split('=').next().unwrap();
            assert_eq!(
                expanded(&[given]),
                Err(Failure::usage(format!(
                    "ambiguous option: {prefix} could match {candidates}"
                )))
            );
        }
    }
}
