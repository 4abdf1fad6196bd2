//! Commands that README and manual name in passing, and those that the cloud advises: the real
//! binary knows each, with its options and their values.
//!
//! A command that is shown with what it prints is run by `transcripts.rs`. One that only stands in a
//! sentence cannot be run, as it may want a load balancer of that name; but it can be read: with
//! `--help` behind it, the binary takes in what stands before, and says what it does not understand.

use crate::cloud::{EULB, Run, run, shell};
use eulb::cli::commands::COMMANDS;
use eulb::cli::generate::pages::PAGES;
use regex::Regex;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

/// What begins like a command and is none: all of them, and a key of the configuration.
const OTHERS: [&str; 2] = ["eulb-*", "eulb-release"];

/// A shell that has the commands on its path, and nobody to call.
pub struct Reader {
    directory: tempfile::TempDir,
}

impl Reader {
    pub fn new() -> Reader {
        let directory = tempfile::tempdir().unwrap();
        let names = COMMANDS.iter().map(|row| row.name);
        for name in names.chain(["eulb"]) {
            symlink(EULB, directory.path().join(name)).unwrap();
        }
        Reader { directory }
    }

    /// Lets the binary read a command as a shell would pass it.
    fn read(&self, command: &str) -> Run {
        let path = std::env::var("PATH").unwrap_or_default();
        let environment = shell(self.directory.path(), "eulb");
        let mut bash = std::process::Command::new("bash");
        bash.env_clear();
        for (name, value) in environment.get_envs() {
            bash.env(name, value.unwrap_or_default());
        }
        bash.env(
            "PATH",
            format!("{}:{path}", self.directory.path().display()),
        );
        run(bash.arg("-c").arg(format!("{command} --help")))
    }

    /// Fails unless the binary understands a command.
    #[track_caller]
    pub fn must_read(&self, command: &str, place: &str) {
        let read = self.read(command);
        assert!(
            read.status == 0 && !read.stdout.is_empty(),
            "{place} names a command that is none: {command}\n{}",
            read.stderr
        );
    }
}

/// The commands in the sentences of a Markdown page.
fn named(text: &str) -> BTreeSet<String> {
    let blocks = Regex::new(r"(?s)```.*?```").unwrap();
    let prose = blocks.replace_all(text, "");
    let spans = Regex::new(r"`([^`\n]+)`").unwrap();
    let evaluated = Regex::new(r#"^eval "\$\((.*)\)"$"#).unwrap();
    spans
        .captures_iter(&prose)
        .map(|span| evaluated.replace(&span[1], "$1").into_owned())
        .filter(|span| span == "eulb" || span.starts_with("eulb ") || span.starts_with("eulb-"))
        .filter(|span| !OTHERS.contains(&span.as_str()))
        .collect()
}

#[test]
fn commands_in_the_sentences_of_readme_and_manual_are_commands() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = PAGES
        .iter()
        .map(|(name, _)| format!("docs/manual/{name}.7.md"));
    let reader = Reader::new();
    let mut count = 0;
    for page in pages.chain(["README.md".to_owned()]) {
        let text = fs::read_to_string(root.join(&page)).unwrap();
        for command in named(&text) {
            let is_page = PAGES.iter().any(|(name, _)| *name == command);
            if !is_page {
                reader.must_read(&command.replace(" COMMAND", " eulb-create-lb"), &page);
                count += 1;
            }
        }
    }
    assert!(count > 40, "{count}");
}

#[test]
fn commands_in_the_sentences_of_help_are_commands() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let quoted = Regex::new(r"'(eulb[ -][^']+)'").unwrap();
    let reader = Reader::new();
    let mut count = 0;
    for entry in fs::read_dir(root.join("man")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|section| section != "1") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let text = text.replace(r"\*(Aq", "'").replace(r"\(aq", "'");
        let text = text
            .replace(r"\-", "-")
            .replace(r"\&", "")
            .replace('\n', " ");
        for command in quoted.captures_iter(&text) {
            reader.must_read(&command[1], &path.display().to_string());
            count += 1;
        }
    }
    assert!(count > 2, "{count}");
}

#[test]
fn what_is_no_command_is_not_taken_for_one() {
    let reader = Reader::new();
    for (command, understood) in [
        ("eulb local status --web", true),
        ("eulb local status --wab", false),
        ("eulb locale", false),
        ("eulb local start --port-offset much", false),
        ("eulb-delete-lb nosuch", true),
        ("eulb-delete-lbs nosuch", false),
        ("eulb-describe-lbs --show-lung", false),
    ] {
        let read = reader.read(command);
        assert_eq!(read.status == 0, understood, "{command}: {}", read.stderr);
    }
    let text = "`eval \"$(eulb local env)\"` and `eulb top`, not `eulb-*`\n```sh\n`eulb x`\n```\n";
    let found: Vec<String> = named(text).into_iter().collect();
    assert_eq!(found, ["eulb local env", "eulb top"]);
}
