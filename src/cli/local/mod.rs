//! `eulb local`, `eulb instance`, `eulb resolve`: a cloud on this machine.
//!
//! | file | commands |
//! |---|---|
//! | [`start`] | `local start`, which becomes the cloud, or starts one in the background |
//! | [`inspect`] | `local status`, `local wait`, `local hosts`, `local logs` |
//! | [`shell`] | `local env` |
//! | [`transfer`] | `local export`, `local import` |
//! | [`instance`] | `instance run`, `add`, `list`, … |
//! | [`resolve`] | `resolve` |
//! | [`top`] | `top` |
//!
//! All but `start` talk to the cloud that runs in the data directory, over the socket there.

pub mod inspect;
pub mod instance;
pub mod resolve;
pub mod shell;
pub mod start;
pub mod top;
mod transfer;

use super::exit::Failure;
use super::report;
use crate::client::local::{LocalClient, LocalError};
use crate::daemon::directory::{Directory, VARIABLE};
use crate::wire::admin::{Key, Keys};
use crate::wire::local::{BalancerStatus, Done, Status};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How often a command that waits looks again. A look costs the cloud a fraction of a millisecond.
const GLANCE: Duration = Duration::from_millis(20);

/// Longest wait for a cloud to end after it was told to: longer than its own drain.
const END_PATIENCE: Duration = Duration::from_secs(15);

/// Run a cloud with load balancing on this machine
///
/// The local cloud answers the Elastic Load Balancing API as the chosen release does and carries the traffic of its load balancers itself.
/// Everything it keeps is in its data directory, through which the other subcommands find it.
#[derive(Debug, Parser)]
#[command(name = "local", disable_help_subcommand = true)]
struct Local {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Start(start::Start),
    Stop(Stop),
    Status(inspect::ShowStatus),
    Wait(inspect::Wait),
    Env(shell::Env),
    Hosts(inspect::Hosts),
    Logs(inspect::Logs),
    Reset(Reset),
    Export(transfer::Export),
    Import(transfer::Import),
}

/// The options of `eulb local`.
pub fn describe() -> clap::Command {
    Local::command()
}

/// Does what a subcommand of `eulb local` says.
///
/// # Errors
///
/// The cloud does not run, or refuses.
pub fn run(matches: &clap::ArgMatches) -> Result<(), Failure> {
    match parse::<Local>(matches)?.what {
        What::Start(start) => start.run(),
        What::Stop(stop) => stop.run(),
        What::Status(status) => status.run(),
        What::Wait(wait) => wait.run(),
        What::Env(env) => env.run(),
        What::Hosts(hosts) => hosts.run(),
        What::Logs(logs) => logs.run(),
        What::Reset(reset) => reset.run(),
        What::Export(export) => export.run(),
        What::Import(import) => import.run(),
    }
}

/// Reads what the parser has accepted.
pub fn parse<T: FromArgMatches>(matches: &clap::ArgMatches) -> Result<T, Failure> {
    T::from_arg_matches(matches).map_err(Failure::usage)
}

/// Which local cloud is meant.
#[derive(Clone, Debug, Args)]
pub struct Place {
    /// Data directory of the local cloud (default: EULB_DATA_DIR, else the user's)
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

impl Place {
    fn directory(&self) -> Result<Directory, Failure> {
        Directory::find(self.data_dir.clone()).map_err(Failure::new)
    }

    pub fn client(&self) -> Result<LocalClient, Failure> {
        Ok(LocalClient::at(self.directory()?.socket()))
    }

    fn status(&self) -> Result<Status, Failure> {
        let client = self.client()?;
        ask(client.get("/_eulb/status"))
    }

    /// What another command needs to find the same cloud: nothing, or ` --data-dir DIR`.
    fn option(&self) -> String {
        match &self.data_dir {
            Some(path) => format!(" --data-dir {}", report::quoted(&path.to_string_lossy())),
            None => String::new(),
        }
    }

    /// The variable that makes every command find the same cloud, if it is not the usual one.
    fn variable(&self) -> Result<Option<(&'static str, String)>, Failure> {
        if self.data_dir.is_none() {
            return Ok(None);
        }
        let path = self.directory()?.path().to_string_lossy().into_owned();
        Ok(Some((VARIABLE, path)))
    }
}

/// Waits for one answer of the cloud.
pub fn ask<T>(answer: impl Future<Output = Result<T, LocalError>>) -> Result<T, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("cannot open a connection: {error}")))?
        .block_on(answer)
        .map_err(Failure::new)
}

/// Stop the local cloud and wait until it has ended
#[derive(Debug, Args)]
struct Stop {
    #[command(flatten)]
    place: Place,
}

impl Stop {
    fn run(&self) -> Result<(), Failure> {
        let directory = self.place.directory()?;
        let client = self.place.client()?;
        if let Err(failure) = ask(client.post::<_, Done>("/_eulb/stop", &Done {})) {
            // One that does not answer is still there if it holds its lock: it is sent a signal.
            let process = directory.process().filter(|_| directory.is_in_use());
            let Some(process) = process.and_then(rustix::process::Pid::from_raw) else {
                return Err(failure);
            };
            rustix::process::kill_process(process, rustix::process::Signal::TERM).map_err(
                |error| Failure::new(format!("cannot end process {process:?}: {error}")),
            )?;
        }
        let patience = Instant::now() + END_PATIENCE;
        while directory.is_in_use() {
            if Instant::now() > patience {
                return Err(Failure::new(format!(
                    "the local cloud has not ended after {} s; its log is {}",
                    END_PATIENCE.as_secs(),
                    directory.log().display()
                )));
            }
            std::thread::sleep(GLANCE);
        }
        report::print("stopped\n")
    }
}

/// Delete every load balancer and instance of the local cloud; accounts and keys stay
#[derive(Debug, Args)]
struct Reset {
    #[command(flatten)]
    place: Place,
}

impl Reset {
    fn run(&self) -> Result<(), Failure> {
        let client = self.place.client()?;
        ask(client.post::<_, Done>("/_eulb/reset", &Done {}))?;
        report::print("reset\n")
    }
}

/// What the user's local cloud says of itself; nothing if none is running.
pub async fn running(patience: Duration) -> Option<Status> {
    let directory = Directory::find(None).ok()?;
    let client = LocalClient::at(directory.socket()).with_timeout(patience);
    client.get("/_eulb/status").await.ok()
}

/// Whose an access key of the user's local cloud is; nothing if none is running, or it has no such key.
pub async fn owner_of_key(id: &str, patience: Duration) -> Option<Key> {
    let directory = Directory::find(None).ok()?;
    let client = LocalClient::at(directory.socket()).with_timeout(patience);
    let listed: Keys = client.get("/_eulb/admin/keys").await.ok()?;
    listed.keys.into_iter().find(|key| key.id == id)
}

/// The load balancers that a person means by a name or a DNS name.
///
/// # Errors
///
/// There is none, or several accounts have one and none was chosen.
fn one_balancer<'a>(
    status: &'a Status,
    named: &str,
    account: Option<&str>,
) -> Result<&'a BalancerStatus, Failure> {
    let found: Vec<&BalancerStatus> = status
        .balancers
        .iter()
        .filter(|balancer| balancer.name == named || balancer.dns_name.eq_ignore_ascii_case(named))
        .filter(|balancer| account.is_none_or(|account| balancer.account == account))
        .collect();
    match found.as_slice() {
        [balancer] => Ok(balancer),
        [] => Err(Failure::new(format!(
            "there is no load balancer '{named}'; 'eulb local status' shows those there are"
        ))),
        several => Err(Failure::new(format!(
            "several accounts have a load balancer '{named}': use its DNS name ({})",
            several
                .iter()
                .map(|balancer| balancer.dns_name.as_str())
                .collect::<Vec<_>>()
                .join(" or ")
        ))),
    }
}

/// Lines of columns: aligned under a head for a person, parted by tabs for a program.
pub fn columns(head: &[&str], rows: &[Vec<String>]) -> String {
    columns_for(std::io::stdout().is_terminal(), head, rows)
}

fn columns_for(terminal: bool, head: &[&str], rows: &[Vec<String>]) -> String {
    let mut text = String::new();
    if !terminal {
        for row in rows {
            text.push_str(&row.join("\t"));
            text.push('\n');
        }
        return text;
    }
    let head: Vec<String> = head.iter().map(|title| (*title).to_owned()).collect();
    let lines: Vec<&Vec<String>> = std::iter::once(&head).chain(rows).collect();
    let widths: Vec<usize> = (0..head.len())
        .map(|column| {
            let cells = lines.iter().filter_map(|line| line.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    for line in lines {
        let mut padded = String::new();
        for (cell, width) in line.iter().zip(&widths) {
            padded.push_str(&format!("{cell:width$}  "));
        }
        text.push_str(padded.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn balancer(account: &str, name: &str) -> BalancerStatus {
        BalancerStatus {
            account: account.to_owned(),
            name: name.to_owned(),
            dns_name: format!("{name}-{account}.lb.localhost"),
            servos: Vec::new(),
            registered: 0,
            in_service: 0,
            instances: Vec::new(),
        }
    }

    pub fn status(balancers: Vec<BalancerStatus>) -> Status {
        Status {
            version: "0.1.0".to_owned(),
            release: "3.3.0".to_owned(),
            process_id: 4711,
            endpoint: "http://127.0.0.1:8773/services/LoadBalancing".to_owned(),
            dns: Some("127.0.0.1:8753".parse().unwrap()),
            dns_domain: "localhost".to_owned(),
            data_directory: None,
            lost: None,
            started_milliseconds: 0,
            time_scale: 1.0,
            port_offset: 0,
            zones: vec!["PARTI00".to_owned()],
            revision: 7,
            applied_revision: 7,
            balancers,
            instances: 0,
        }
    }

    #[test]
    fn a_balancer_is_found_by_name_or_dns_name() {
        let status = status(vec![
            balancer("1", "web"),
            balancer("2", "web"),
            balancer("2", "db"),
        ]);
        let find = |named, account| {
            one_balancer(&status, named, account)
                .map(|found| format!("{}/{}", found.account, found.name))
                .map_err(|failure| failure.to_string())
        };
        assert_eq!(find("db", None), Ok("2/db".to_owned()));
        assert_eq!(find("web", Some("2")), Ok("2/web".to_owned()));
        assert_eq!(find("WEB-1.lb.localhost", None), Ok("1/web".to_owned()));
        assert_eq!(
            find("web", None).unwrap_err(),
            "error: several accounts have a load balancer 'web': use its DNS name \
             (web-1.lb.localhost or web-2.lb.localhost)"
        );
        assert_eq!(
            find("Web", None).unwrap_err(),
            "error: there is no load balancer 'Web'; 'eulb local status' shows those there are"
        );
    }

    #[test]
    fn columns_are_tabs_for_a_program_and_aligned_for_a_person() {
        let rows = [
            vec!["i-1".to_owned(), "running".to_owned(), String::new()],
            vec!["i-22".to_owned(), "stopped".to_owned(), "x".to_owned()],
        ];
        let head = ["ID", "STATE", "Z"];
        assert_eq!(
            columns_for(false, &head, &rows),
            "i-1\trunning\t\ni-22\tstopped\tx\n"
        );
        assert_eq!(
            columns_for(true, &head, &rows),
            "ID    STATE    Z\ni-1   running\ni-22  stopped  x\n"
        );
    }

    #[test]
    fn the_options_make_sense_to_the_parser() {
        for command in [describe(), instance::describe(), resolve::describe()] {
            command.debug_assert();
        }
    }
}
