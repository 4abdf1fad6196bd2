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
    let text = String::from_utf8(bytes)
        .map_err(|error| Failure::new(format!("completions of {name}: {error}")))?;
    let text = match shell {
        Shell::Bash => asking_in_bash(name, text),
        Shell::Zsh => asking_in_zsh(text, &command),
        _ => asking_in_fish(name, text, &command),
    };
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

/// Asks `eulb complete` first, and the function that was generated if it has nothing to offer.
fn asking_in_bash(name: &str, mut text: String) -> String {
    let inner = format!("_{}", name.replace('-', "__"));
    text.push_str(&format!(
        r#"
_asking{inner}() {{
    local IFS=$'\n' breaks="${{COMP_WORDBREAKS//[^=:]/}}"
    COMPREPLY=( $(eulb complete --break="$breaks" -- "${{COMP_WORDS[@]:0:COMP_CWORD+1}}" 2>/dev/null) )
    if [[ ${{#COMPREPLY[@]}} -gt 0 ]]; then
        # A listener goes on after "protocol=", a list after a comma.
        [[ ${{#COMPREPLY[@]}} -eq 1 && "${{COMPREPLY[0]}}" == *[=,] ]] && compopt -o nospace 2>/dev/null
        return 0
    fi
    unset IFS
    {inner} "$@"
}}
complete -F _asking{inner} -o bashdefault -o default {name}
"#
    ));
    text
}

/// Values that `eulb complete` may know are asked for instead of being files.
fn asking_in_zsh(text: String, command: &clap::Command) -> String {
    const FUNCTION: &str = r#"
(( $+functions[_eulb_asking] )) ||
_eulb_asking() {
    local -a offered
    # A subcommand of a subcommand no longer sees the words before it.
    local -a typed=("${(@)_eulb_typed[1,-2]}")
    offered=( ${(f)"$(eulb complete -- "$typed[@]" "${(Q)words[CURRENT]}" 2>/dev/null)"} )
    if (( $#offered )); then
        # What is offered fits what is typed already; a listener goes on after "protocol=".
        local -a how=(-U -Q -i "$IPREFIX")
        [[ $#offered -eq 1 && $offered[1] == *= ]] && how+=(-S '')
        compadd "${how[@]}" -- $offered
    else
        _default "$@"
    fi
}
"#;
    let mut asked = String::with_capacity(text.len() + FUNCTION.len());
    let mut lines = text.lines();
    // The directive, which must stay first.
    asked.push_str(lines.next().unwrap_or_default());
    asked.push('\n');
    asked.push_str(FUNCTION);
    let names = place_names(command);
    let opening = format!("_{}() {{", command.get_name());
    for line in lines {
        let rest = line.strip_suffix("' \\");
        let place = rest.and_then(|rest| rest.strip_suffix(":_default"));
        match place {
            Some(place) if is_asked_for(place, &names) => {
                asked.push_str(place);
                asked.push_str(":_eulb_asking' \\");
            }
            _ => asked.push_str(line),
        }
        asked.push('\n');
        if line == opening {
            asked.push_str("    local -a _eulb_typed=(\"${(@)words[1,CURRENT]}\")\n");
        }
    }
    asked
}

/// Value names for which there may be words, below a command and its subcommands.
fn place_names(command: &clap::Command) -> Vec<String> {
    let mut names: Vec<String> = complete::place_names().map(str::to_owned).collect();
    // zsh knows a name by what it is for, and not by what it is called.
    let mut left = vec![command];
    while let Some(command) = left.pop() {
        let positionals = command.get_positionals();
        let known = positionals.filter(|argument| complete::is_known(argument));
        names.extend(known.filter_map(|argument| {
            let help = argument.get_help()?.to_string();
            Some(format!("{} -- {help}", argument.get_id()))
        }));
        left.extend(command.get_subcommands());
    }
    names
}

/// Whether the end of a line of `_arguments`, `:VALUE NAME` or `:id -- help`, names such a place.
fn is_asked_for(place: &str, names: &[String]) -> bool {
    let unescaped = place.replace("'\\''", "'").replace('\\', "");
    names.iter().any(|name| {
        unescaped
            .strip_suffix(name.as_str())
            .is_some_and(|rest| rest.ends_with(':'))
    })
}

/// Lines of fish for each option whose values `eulb complete` may know, and for names.
fn asking_in_fish(name: &str, mut text: String, command: &clap::Command) -> String {
    text.push_str(
        "\
function __eulb_asking
    command -q eulb; and eulb complete -- (commandline -opc) (commandline -ct) 2>/dev/null
end
",
    );
    let mut add = |condition: &str, command: &clap::Command| {
        for (long, short) in complete::asked_for(command) {
            let long = long.map(|long| format!(" -l {long}")).unwrap_or_default();
            let short = short
                .map(|short| format!(" -s {short}"))
                .unwrap_or_default();
            // A value is asked for; a name is one of many things that may stand there.
            let how = if long.is_empty() { "-f" } else { "-x" };
            text.push_str(&format!(
                "complete -c {name}{condition}{short}{long} {how} -a '(__eulb_asking)'\n"
            ));
        }
    };
    add("", command);
    for inner in command.get_subcommands() {
        let condition = format!(" -n '__fish_seen_subcommand_from {}'", inner.get_name());
        add(&condition, inner);
        for innermost in inner.get_subcommands() {
            let condition = format!(
                " -n '__fish_seen_subcommand_from {}; and __fish_seen_subcommand_from {}'",
                inner.get_name(),
                innermost.get_name()
            );
            add(&condition, innermost);
        }
    }
    text
}
