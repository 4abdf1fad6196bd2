//! Completions for bash, zsh and fish: one file for each name and shell.

use super::Page;
use crate::cli::commands::COMMANDS;
use crate::cli::exit::Failure;
use crate::cli::umbrella;
use crate::wire::release::Release;
use clap_complete::{Shell, generate};
use std::path::PathBuf;

/// The shells, and where each keeps a file of which name.
const SHELLS: [(Shell, &str); 3] = [
    (Shell::Bash, "bash"),
    (Shell::Zsh, "zsh"),
    (Shell::Fish, "fish"),
];

pub fn pages() -> Result<Vec<Page>, Failure> {
    let mut pages = Vec::new();
    for (shell, folder) in SHELLS {
        let mut add = |name: &str, command: clap::Command, mark: Option<&str>| {
            let file = match shell {
                Shell::Zsh => format!("_{name}"),
                Shell::Fish => format!("{name}.fish"),
                _ => name.to_owned(),
            };
            let text = script(shell, name, command, mark)?;
            pages.push((PathBuf::from(folder).join(file), text));
            Ok::<(), Failure>(())
        };
        add(umbrella::NAME, umbrella::describe(Release::default()), None)?;
        for row in COMMANDS {
            let release = Release::default();
            add(row.name, row.describe(release), row.mark(release))?;
        }
    }
    Ok(pages)
}

/// The script, with the mark of a command that the default release lacks in a comment: the shells
/// have no place for it when they complete the options of one command.
fn script(
    shell: Shell,
    name: &str,
    mut command: clap::Command,
    mark: Option<&str>,
) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    generate(shell, &mut command, name, &mut bytes);
    let text = String::from_utf8(bytes)
        .map_err(|error| Failure::new(format!("completions of {name}: {error}")))?;
    let Some(mark) = mark else {
        return Ok(text);
    };
    let comment = format!("# {name}: {mark}\n");
    // zsh reads its directive from the first line only.
    Ok(match text.split_once('\n') {
        Some((first, rest)) if first.starts_with("#compdef") => format!("{first}\n{comment}{rest}"),
        _ => format!("{comment}{text}"),
    })
}
