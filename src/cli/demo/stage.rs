//! Carries out the acts of the story: a real cloud in a process of its own, the real commands in
//! theirs, real sockets. Knows nothing of claims.

use super::evidence::{Chart, Cloud, Evidence, Run, words};
use super::load::{self, Counts, Destination, SteadyLoad};
use super::steps::Act;
use crate::client::local::LocalClient;
use crate::client::{Client, Settings};
use crate::wire::instance::{DescribeInstanceHealth, InstanceState};
use crate::wire::local::Health;
use crate::wire::members;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, DirBuilder, File};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tokio::process::Command;
use tokio::task::JoinHandle;

/// Waits are a tenth of what they say, so that a story of minutes is told in seconds.
const TIME_SCALE: &str = "0.1";

/// Longest wait for anything that is claimed to happen: many times what it takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// Pause between two looks at something that is waited for.
const GLANCE: Duration = Duration::from_millis(20);

/// How long the steady load is watched.
const WATCH: Duration = Duration::from_secs(1);

/// What an exchange that had already begun may take to end, before a watch begins.
const UNDER_WAY: Duration = Duration::from_millis(200);

/// How long the cloud's process may take to end when it is told to, before it is killed.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Added to each listener's port where this user may not bind port 80.
const PORT_OFFSET: u16 = 8000;

/// The socket of the local cloud's administration, in its data directory.
const SOCKET: &str = "eulb.sock";

/// What the scene is set with, and everything that must be struck afterwards.
pub struct Stage {
    /// This program: it is also each of the commands.
    program: PathBuf,
    /// The scratch directory, absent once removed.
    directory: Option<PathBuf>,
    data_directory: PathBuf,
    log: PathBuf,
    start_line: String,
    cloud: Option<Process>,
    tenant: BTreeMap<String, String>,
    administrator: BTreeMap<String, String>,
    load: Option<SteadyLoad>,
}

/// A child process and the task that waits for it, so that it is never left behind.
struct Process {
    id: rustix::process::Pid,
    end: JoinHandle<io::Result<ExitStatus>>,
}

/// An act that could not be carried out: one line.
pub type Broken = String;

impl Stage {
    /// Makes the scratch directory and chooses addresses that nobody uses.
    ///
    /// # Errors
    ///
    /// The system does not allow it.
    pub fn set() -> Result<Stage, Broken> {
        let program = std::env::current_exe()
            .map_err(|error| format!("cannot find this program's own file: {error}"))?;
        let directory = std::env::temp_dir().join(format!("eulb-demo-{}", std::process::id()));
        let cannot =
            |what: &Path, error: io::Error| format!("cannot create {}: {error}", what.display());
        DirBuilder::new()
            .mode(0o700)
            .create(&directory)
            .map_err(|error| cannot(&directory, error))?;
        let log = directory.join("cloud.log");
        let (servos, instances) = address_ranges()?;
        let mut start_line = format!(
            "eulb local start --ephemeral --listen 127.0.0.1:0 --time-scale {TIME_SCALE} \
             --servo-cidr {servos}/25 --instance-cidr {instances}/25"
        );
        if !low_ports_are_allowed(servos) {
            start_line.push_str(&format!(" --port-offset {PORT_OFFSET}"));
        }
        Ok(Stage {
            program,
            data_directory: directory.join("cloud"),
            directory: Some(directory),
            log,
            start_line,
            cloud: None,
            tenant: BTreeMap::new(),
            administrator: BTreeMap::new(),
            load: None,
        })
    }

    /// Where the cloud's log is.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Carries out one act and adds to the evidence what was seen.
    ///
    /// # Errors
    ///
    /// It could not be carried out, or what it waits for did not happen.
    pub async fn perform(&mut self, act: Act, seen: &mut Evidence) -> Result<(), Broken> {
        match act {
            Act::StartCloud => self.start_cloud(seen).await?,
            Act::Enter => self.enter(seen).await?,
            Act::Type(line) => {
                let line = seen.fill(line);
                let run = self.command(&line, &self.tenant).await?;
                seen.take(run);
                remember_addresses(seen);
            }
            Act::BecomeAdministrator => seen.take(entering(" --account eucalyptus")),
            Act::TypeAsAdministrator(line) => {
                let run = self.command(line, &self.administrator).await?;
                seen.take(run);
            }
            Act::Await { instance, state } => {
                let instance = seen.fill(instance);
                let took = self.wait_for(&instance, state).await?;
                seen.waits.push((format!("{instance} is {state}"), took));
            }
            Act::Look(listener) => {
                let answer = load::get(&destination(seen, listener)?, "/").await?;
                seen.answers.push(answer);
            }
            Act::Ask { listener, times } => {
                let counts = load::ask(&destination(seen, listener)?, "/", times).await;
                seen.charts.push(Chart {
                    title: format!("{times} requests"),
                    counts,
                });
            }
            Act::LoadOn => self.load = Some(SteadyLoad::start(&destination(seen, 0)?, "/")),
            Act::Watch => {
                let load = self.load.as_ref().ok_or("there is no load to watch")?;
                tokio::time::sleep(UNDER_WAY).await;
                let before = load.counts();
                tokio::time::sleep(WATCH).await;
                let now = load.counts();
                seen.charts.push(Chart {
                    title: "the next second".to_owned(),
                    counts: Counts {
                        // One that was lost before is not forgiven.
                        failed: now.failed,
                        ..now.since(&before)
                    },
                });
            }
            Act::LoadOff => {
                let load = self.load.take().ok_or("there is no load to end")?;
                seen.charts.push(Chart {
                    title: "all the while".to_owned(),
                    counts: load.stop().await,
                });
            }
            Act::Knock => {
                for address in seen.addresses.clone() {
                    if tokio::net::TcpStream::connect(address).await.is_ok() {
                        seen.accepted.push(address);
                    }
                }
            }
            Act::Leave => {
                let status = self.ended().await?;
                self.remove_directory().map_err(|error| {
                    format!("cannot remove the demonstration's directory: {error}")
                })?;
                let gone = !self.data_directory.exists();
                seen.ended = Some((status.code(), gone));
            }
        }
        Ok(())
    }

    /// Runs a command that a person typed, as the tenant.
    ///
    /// # Errors
    ///
    /// It could not be run, or did not end.
    pub async fn own(&self, line: &str, seen: &Evidence) -> Result<Run, Broken> {
        self.command(&seen.fill(line), &self.tenant).await
    }

    /// Ends everything that still runs and, unless it is wanted, removes the directory.
    pub async fn strike(&mut self, keep_directory: bool) -> Result<(), Broken> {
        if let Some(load) = self.load.take() {
            load.stop().await;
        }
        if let Some(process) = &self.cloud {
            // It may have ended a moment ago: then there is nobody to tell.
            let _ = rustix::process::kill_process(process.id, rustix::process::Signal::TERM);
            if self.ended().await.is_err()
                && let Some(process) = self.cloud.take()
            {
                let _ = rustix::process::kill_process(process.id, rustix::process::Signal::KILL);
                let _ = process.end.await;
            }
        }
        if keep_directory {
            return Ok(());
        }
        self.remove_directory()
            .map_err(|error| format!("cannot remove the demonstration's directory: {error}"))
    }

    fn remove_directory(&mut self) -> io::Result<()> {
        match &self.directory {
            Some(directory) => {
                fs::remove_dir_all(directory)?;
                self.directory = None;
                Ok(())
            }
            None => Ok(()),
        }
    }

    async fn start_cloud(&mut self, seen: &mut Evidence) -> Result<(), Broken> {
        let log = File::create(&self.log)
            .map_err(|error| format!("cannot create {}: {error}", self.log.display()))?;
        let copy = log
            .try_clone()
            .map_err(|error| format!("cannot open {} twice: {error}", self.log.display()))?;
        let began = Instant::now();
        let mut command = self.prepared(&self.start_line, &BTreeMap::new());
        let mut child = command
            // A Ctrl-C at the terminal is for the demonstration, which then ends the cloud.
            .process_group(0)
            .stdout(Stdio::from(log))
            .stderr(Stdio::from(copy))
            .spawn()
            .map_err(|error| format!("cannot run {}: {error}", self.program.display()))?;
        let id = child
            .id()
            .and_then(|id| rustix::process::Pid::from_raw(id.cast_signed()))
            .ok_or("the cloud ended at once")?;
        self.cloud = Some(Process {
            id,
            end: tokio::spawn(async move { child.wait().await }),
        });
        let health = self.until_ready(began).await?;
        seen.cloud = Some(Cloud {
            ready: began.elapsed(),
            release: health.release,
            ..Cloud::default()
        });
        seen.take(Run {
            typed: format!("{} &", self.start_line),
            status: Some(0),
            ..Run::default()
        });
        Ok(())
    }

    async fn until_ready(&self, began: Instant) -> Result<Health, Broken> {
        let local = self.local();
        loop {
            if let Ok(health) = local.get("/_eulb/health").await {
                return Ok(health);
            }
            if self
                .cloud
                .as_ref()
                .is_none_or(|cloud| cloud.end.is_finished())
            {
                return Err(format!(
                    "the cloud did not start: {}",
                    self.last_line_of_log()
                ));
            }
            if began.elapsed() > PATIENCE {
                return Err(format!(
                    "the cloud is not ready after {} s",
                    PATIENCE.as_secs()
                ));
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    fn last_line_of_log(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        log.trim().lines().last().unwrap_or("no word").to_owned()
    }

    fn local(&self) -> LocalClient {
        LocalClient::at(self.data_directory.join(SOCKET)).with_timeout(PATIENCE)
    }

    async fn enter(&mut self, seen: &mut Evidence) -> Result<(), Broken> {
        let nothing = BTreeMap::new();
        let mut accounts = Vec::new();
        for line in ["eulb local env", "eulb local env --account eucalyptus"] {
            let run = self.command(line, &nothing).await?;
            if run.status != Some(0) {
                return Err(format!("'{line}' failed: {}", run.stderr.trim()));
            }
            accounts.push(exports(&run.stdout));
        }
        let key = |account: &BTreeMap<String, String>, name: &str| {
            account.get(name).cloned().unwrap_or_default()
        };
        if let Some(cloud) = &mut seen.cloud {
            cloud.endpoint = key(&accounts[0], "AWS_ELB_URL");
            cloud.access_keys = [0, 1].map(|account| key(&accounts[account], "AWS_ACCESS_KEY_ID"));
        }
        self.administrator = accounts.pop().unwrap_or_default();
        self.tenant = accounts.pop().unwrap_or_default();
        seen.take(entering(""));
        Ok(())
    }

    /// A command of this program under the name that is typed, in an environment of its own.
    fn prepared(&self, line: &str, account: &BTreeMap<String, String>) -> Command {
        let mut words = words(line).into_iter();
        let mut command = std::process::Command::new(&self.program);
        command
            .arg0(words.next().unwrap_or_default())
            .args(words)
            .env_clear()
            .envs(kept_variables())
            // Nobody's own configuration shall have a say.
            .env("HOME", self.directory.as_deref().unwrap_or(Path::new("/")))
            .env("EULB_DATA_DIR", &self.data_directory)
            .envs(account)
            .stdin(Stdio::null());
        let mut command = Command::from(command);
        command.kill_on_drop(true);
        command
    }

    async fn command(&self, line: &str, account: &BTreeMap<String, String>) -> Result<Run, Broken> {
        let output = self.prepared(line, account).output();
        let output = tokio::time::timeout(PATIENCE, output)
            .await
            .map_err(|_| format!("'{line}' has not ended after {} s", PATIENCE.as_secs()))?
            .map_err(|error| format!("cannot run '{line}': {error}"))?;
        Ok(Run {
            typed: line.to_owned(),
            status: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// Waits for a state of an instance of the load balancer `web`.
    async fn wait_for(&self, instance: &str, wanted: &str) -> Result<Duration, Broken> {
        let began = Instant::now();
        let variable = |name: &str| self.tenant.get(name).cloned().unwrap_or_default();
        let client = Client::new(Settings::new(
            variable("AWS_ELB_URL"),
            variable("AWS_ACCESS_KEY_ID"),
            variable("AWS_SECRET_ACCESS_KEY"),
        ))
        .map_err(|error| error.to_string())?;
        let request = DescribeInstanceHealth {
            load_balancer_name: "web".to_owned(),
            instances: None,
        };
        loop {
            let answer = client
                .call(&request)
                .await
                .map_err(|error| error.to_string())?;
            let state = state_of(members(&answer.instance_states), instance);
            if state == wanted {
                return Ok(began.elapsed());
            }
            if began.elapsed() > PATIENCE {
                return Err(format!(
                    "{instance} is {state}, not {wanted}, after {} s",
                    PATIENCE.as_secs()
                ));
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Waits for the cloud's process to end.
    async fn ended(&mut self) -> Result<ExitStatus, Broken> {
        let process = self.cloud.as_mut().ok_or("there is no cloud")?;
        let ended = tokio::time::timeout(LAST_WORDS, &mut process.end)
            .await
            .map_err(|_| {
                format!(
                    "the cloud's process still runs after {} s",
                    LAST_WORDS.as_secs()
                )
            })?;
        self.cloud = None;
        match ended {
            Ok(Ok(status)) => Ok(status),
            Ok(Err(error)) => Err(format!("cannot wait for the cloud's process: {error}")),
            Err(error) => Err(format!("cannot wait for the cloud's process: {error}")),
        }
    }
}

/// How a person takes an account's keys. What `eulb local env` prints is not kept: it holds a secret.
fn entering(option: &str) -> Run {
    Run {
        typed: format!("eval \"$(eulb local env{option})\""),
        status: Some(0),
        ..Run::default()
    }
}

fn state_of(states: &[InstanceState], instance: &str) -> String {
    states
        .iter()
        .find(|state| state.instance_id.as_deref() == Some(instance))
        .and_then(|state| state.state.clone())
        .unwrap_or_else(|| "not registered".to_owned())
}

fn destination(seen: &Evidence, listener: usize) -> Result<Destination, Broken> {
    let url = seen
        .listeners
        .get(listener)
        .ok_or("the load balancer has no such listener")?;
    let destination = Destination::parse(url).ok_or(format!("{url} is not a URL of an address"))?;
    Ok(match &seen.dns_name {
        Some(name) => destination.named(name),
        None => destination,
    })
}

fn remember_addresses(seen: &mut Evidence) {
    for destination in seen
        .listeners
        .iter()
        .filter_map(|url| Destination::parse(url))
    {
        if !seen.addresses.contains(&destination.address) {
            seen.addresses.push(destination.address);
        }
    }
}

/// What a shell would learn from `export NAME=value` lines. Values are quoted as a shell quotes.
fn exports(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| line.trim_end_matches(';').strip_prefix("export "))
        .filter_map(|assignment| assignment.split_once('='))
        .map(|(name, value)| {
            let value = value.trim_matches(['\'', '"']);
            (name.to_owned(), value.to_owned())
        })
        .collect()
}

/// Variables that commands inherit: how to find libraries and where scratch files go, nothing that
/// could name another cloud.
fn kept_variables() -> impl Iterator<Item = (OsString, OsString)> {
    std::env::vars_os().filter(|(name, _)| {
        matches!(
            name.to_str(),
            Some("PATH" | "TMPDIR" | "LANG" | "LC_ALL" | "LD_LIBRARY_PATH")
        )
    })
}

/// Two ranges of 126 addresses in 127/8, for servos and for instances, far from those a local cloud
/// takes by default, and different for two demonstrations at a time.
fn address_ranges() -> Result<(Ipv4Addr, Ipv4Addr), Broken> {
    let mut random = [0; 2];
    getrandom::fill(&mut random).map_err(|error| format!("no random bytes: {error}"))?;
    // 127.110 to 127.239.
    let second = 110 + random[0] % 130;
    let third = random[1];
    Ok((
        Ipv4Addr::new(127, second, third, 0),
        Ipv4Addr::new(127, second, third, 128),
    ))
}

/// Whether this user may listen on port 80.
fn low_ports_are_allowed(network: Ipv4Addr) -> bool {
    let address = Ipv4Addr::from(u32::from(network) + 1);
    match TcpListener::bind(SocketAddr::new(address.into(), 80)) {
        Ok(_) => true,
        Err(error) => error.kind() != io::ErrorKind::PermissionDenied,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_are_read_as_a_shell_reads_them() {
        let read = exports("# comment\nexport A=1\nexport B='two';\nexport C=\"x=y\"\nD=4\n");
        let expected = [("A", "1"), ("B", "two"), ("C", "x=y")];
        assert_eq!(
            read,
            expected
                .map(|(name, value)| (name.into(), value.into()))
                .into()
        );
    }

    #[test]
    fn commands_hear_of_no_other_cloud() {
        let mut stage = Stage::set().unwrap();
        let command = stage.prepared("eulb-describe-lbs web", &BTreeMap::new());
        let names: Vec<_> = command
            .as_std()
            .get_envs()
            .map(|(name, _)| name.to_string_lossy().into_owned())
            .collect();
        assert!(
            names
                .iter()
                .all(|name| !name.starts_with("AWS_") && !name.starts_with("EUCA"))
        );
        assert!(names.contains(&"EULB_DATA_DIR".to_owned()));
        stage.remove_directory().unwrap();
    }
}
