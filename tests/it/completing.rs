//! Completion in the shells themselves: a word is begun and completed, by the endpoint in use.

use crate::cloud::{Account, Cloud, HTTP_80};
use std::path::Path;
use std::process::Command;

/// Lines that are typed, and what becomes of them when the word is completed.
const LINES: [(&str, &str); 13] = [
    ("eulb-delete-lb comp", "eulb-delete-lb completed"),
    ("eulb delete-lb comp", "eulb delete-lb completed"),
    (
        "eulb-enable-zones-for-lb -z PARTI00,",
        "eulb-enable-zones-for-lb -z PARTI00,PARTI01",
    ),
    (
        "eulb-enable-zones-for-lb --availability-zones=PARTI01,",
        "eulb-enable-zones-for-lb --availability-zones=PARTI01,PARTI00",
    ),
    (
        "eulb-create-lb-listeners -l lb-port=80,pro",
        "eulb-create-lb-listeners -l lb-port=80,protocol=",
    ),
    (
        "eulb-create-lb-listeners -l lb-port=80,protocol=t",
        "eulb-create-lb-listeners -l lb-port=80,protocol=TCP",
    ),
    (
        "eulb-describe-lbs --output js",
        "eulb-describe-lbs --output json",
    ),
    (
        "eulb wait lb-deleted comp",
        "eulb wait lb-deleted completed",
    ),
    // A value that is attached to a short option, and a quote that is open.
    (
        "eulb-enable-zones-for-lb -zPARTI00,",
        "eulb-enable-zones-for-lb -zPARTI00,PARTI01",
    ),
    (
        "eulb-create-lb-listeners -l \"lb-port=80, pro",
        "eulb-create-lb-listeners -l \"lb-port=80, protocol=",
    ),
    // Subcommands of subcommands, and what stands in them.
    ("eulb admin accounts cr", "eulb admin accounts create"),
    ("eulb local stat", "eulb local status"),
    (
        "eulb instance run --zone PARTI00,",
        "eulb instance run --zone PARTI00,PARTI01",
    ),
];

fn completions(shell: &str) -> String {
    format!("{}/completions/{shell}", env!("CARGO_MANIFEST_DIR"))
}

/// A cloud with a load balancer, and a folder with all commands.
fn cloud_and_links() -> (Cloud, tempfile::TempDir) {
    let cloud = Cloud::start();
    cloud.ok(
        "eulb-create-lb",
        ["-z", "PARTI00", "-l", HTTP_80, "completed"],
    );
    let links = tempfile::TempDir::new().unwrap();
    let folder = links.path().to_str().unwrap();
    cloud.eulb("eulb", ["links", folder]);
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_eulb"), links.path().join("eulb"))
        .or_else(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => Ok(()),
            _ => Err(error),
        })
        .unwrap();
    (cloud, links)
}

fn shell(cloud: &Cloud, links: &Path, program: &str) -> Option<Command> {
    if Command::new(program).arg("--version").output().is_err() {
        eprintln!("SKIPPED: {program} is not here");
        return None;
    }
    // The environment of the cloud's user, but another program.
    let user = cloud.command(Account::Tenant, "eulb");
    let mut command = Command::new(program);
    command.env_clear();
    for (name, value) in user.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{}:{path}", links.display()));
    command.env("TERM", "xterm");
    Some(command)
}

/// How often a line is completed: a busy machine may need longer than a person would wait, in which
/// case nothing is offered.
const TRIES: usize = 20;

/// What a command says when it says what is expected, or at last.
fn said(command: &mut Command, expected: &str) -> String {
    let mut said = String::new();
    for _ in 0..TRIES {
        let output = command.output().unwrap();
        let (out, error) = (&output.stdout, &output.stderr);
        said = [out, error]
            .map(|bytes| String::from_utf8_lossy(bytes))
            .concat();
        if said.trim_end() == expected {
            break;
        }
    }
    said.trim_end().to_owned()
}

#[test]
fn bash_completes_what_the_endpoint_knows() {
    let (cloud, links) = cloud_and_links();
    for (typed, expected) in LINES {
        let Some(mut bash) = shell(&cloud, links.path(), "script") else {
            return;
        };
        // A shell at a terminal of its own, in which the line is typed; a key tells what it has
        // become. A name that is complete is followed by a blank.
        let name = typed.split(' ').next().unwrap();
        let start = format!(
            "PS1=\nsource '{}/{name}'\nbind 'set bell-style none'\n\
             show() {{ printf 'LINE<%s>\\n' \"$READLINE_LINE\"; exit; }}\nbind -x '\"\\C-t\": show'\n",
            completions("bash")
        );
        let file = links.path().join("start");
        std::fs::write(&file, start).unwrap();
        let inner = format!("bash --noprofile --rcfile '{}' -i", file.display());
        bash.args(["-qec", &inner, "/dev/null"]);
        let becomes = || {
            let keys = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(keys.path(), format!("{typed}\t\x14")).unwrap();
            bash.stdin(std::fs::File::open(keys.path()).unwrap());
            let output = bash.output().unwrap();
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let line = text.rsplit_once("LINE<").map(|(_, rest)| rest);
            let line = line.and_then(|rest| rest.split_once('>'));
            line.map_or(text.clone(), |(line, _)| line.trim_end().to_owned())
        };
        let said = std::iter::repeat_with(becomes).take(TRIES);
        let mut said = said.inspect(|line| eprintln!("{line}"));
        assert!(said.any(|line| line == expected), "{typed}: not {expected}");
    }
}

#[test]
fn zsh_completes_what_the_endpoint_knows() {
    let (cloud, links) = cloud_and_links();
    // A shell at a terminal of its own, in which the line is typed; a key tells what it has become.
    let script = r#"
        zmodload zsh/zpty
        zpty inner zsh -f -i
        zpty -w inner "PROMPT=; fpath=($1 \$fpath); autoload -U compinit; compinit -u -D"
        zpty -w inner 'bindkey "^I" complete-word; show() { print -r -- "LINE<$BUFFER>"; exit }; zle -N show; bindkey "^X" show'
        zpty -w inner 'print READY$((1))'
        zpty -r -m inner said '*READY1*'
        zpty -n -w inner "$2"$'\t\C-x'
        zpty -r -m inner said '*LINE<*>*'
        # A name that is complete is followed by a blank.
        print -r -- "${${${said##*LINE<}%%>*}% }"
        zpty -d inner
    "#;
    for (typed, expected) in LINES {
        let Some(mut zsh) = shell(&cloud, links.path(), "zsh") else {
            return;
        };
        zsh.args(["-f", "-c", script, "zsh", &completions("zsh"), typed]);
        assert_eq!(said(&mut zsh, expected), expected, "{typed}");
    }
}

#[test]
fn fish_completes_what_the_endpoint_knows() {
    let (cloud, links) = cloud_and_links();
    for (typed, expected) in LINES {
        let Some(mut fish) = shell(&cloud, links.path(), "fish") else {
            return;
        };
        let name = typed.split(' ').next().unwrap();
        let script = format!(
            "source {}/{name}.fish; complete -C '{typed}' | string replace -r '\\t.*' ''",
            completions("fish")
        );
        fish.args(["--no-config", "-c", &script]);
        let word = match expected.split_once('"') {
            Some((_, quoted)) => quoted,
            None => expected.rsplit(' ').next().unwrap(),
        };
        assert_eq!(said(&mut fish, word), word, "{typed}");
    }
}

#[test]
fn without_an_endpoint_nothing_is_said() {
    for variable in [None, Some("http://127.0.0.1:1/")] {
        let mut desk = crate::tool::Desk::new();
        if let Some(endpoint) = variable {
            desk = crate::tool::Desk::calling(endpoint);
        }
        let run = desk.run("eulb", &["complete", "--", "eulb-delete-lb", ""]);
        assert_eq!(
            (run.status, run.stdout.as_str(), run.stderr.as_str()),
            (Some(0), "", "")
        );
    }
    // One that never answers is not waited for.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}/", silent.local_addr().unwrap());
    let desk = crate::tool::Desk::calling(&endpoint);
    let run = desk.run("eulb", &["complete", "--", "eulb-delete-lb", ""]);
    assert_eq!((run.status, run.stdout.as_str()), (Some(0), ""));
}
