//! Completions for bash, zsh and fish: one file for each name and shell.

use super::Page;
use crate::cli::commands::COMMANDS;
use crate::cli::exit::Failure;
use crate::cli::{complete, umbrella};
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
    let mut text = String::from_utf8(bytes)
        .map_err(|error| Failure::new(format!("completions of {name}: {error}")))?;
    if shell == Shell::Bash && name != umbrella::NAME {
        text.push_str(&names_in_bash(name, &command));
    }
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

/// A function for bash that offers names from the endpoint where one is wanted, and leaves the rest
/// to the function above it. The last item of a list is completed.
fn names_in_bash(name: &str, command: &clap::Command) -> String {
    let inner = format!("_{}", name.replace('-', "__"));
    let kind_of = |argument: &clap::Arg| {
        let names = argument.get_value_names().unwrap_or_default();
        let known = |value_name: &str| names.iter().any(|name| name.as_str() == value_name);
        let mut kinds = complete::KINDS.iter();
        kinds
            .find(|(value_name, _)| known(value_name))
            .map(|(_, kind)| *kind)
    };
    let mut cases = String::new();
    let mut place = "";
    for argument in command.get_arguments() {
        let kind = kind_of(argument).unwrap_or_default();
        if argument.is_positional() {
            place = kind;
        } else if argument.get_action().takes_values() {
            let short = argument.get_short().map(|short| format!("-{short}"));
            let long = argument.get_long().map(|long| format!("--{long}"));
            let options: Vec<String> = short.into_iter().chain(long).collect();
            let options = options.join("|");
            cases.push_str(&format!("        {options}) kind={kind} ;;\n"));
        }
    }
    format!(
        r#"
_names_of{inner}() {{
    local kind= cur="$2" list=
    case "$3" in
{cases}        *) [[ "$cur" == -* ]] || kind={place} ;;
    esac
    if [[ -n "$kind" ]]; then
        [[ "$cur" == *,* && "$kind" != listeners ]] && list="${{cur%,*}},"
        COMPREPLY=( $(compgen -P "$list" -W "$(eulb complete "$kind" 2>/dev/null)" -- "${{cur##*,}}") )
        [[ "$kind" == listeners ]] && COMPREPLY=( $(compgen -W "$(eulb complete listeners 2>/dev/null)" -- "$cur") )
        [[ ${{#COMPREPLY[@]}} -gt 0 ]] && return 0
    fi
    {inner} "$@"
}}
complete -F _names_of{inner} -o bashdefault -o default {name}
"#
    )
}
