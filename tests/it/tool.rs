//! The real binary under any of its names, in a folder and an environment of its own.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// A working folder with a home folder in it, and the variables that the tools will see.
pub struct Desk {
    pub folder: TempDir,
    variables: Vec<(String, String)>,
}

/// How a run ended.
#[derive(Debug)]
pub struct Run {
    /// Nothing if a signal ended it.
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Desk {
    pub fn new() -> Desk {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("home")).unwrap();
        Desk {
            folder,
            variables: Vec::new(),
        }
    }

    /// A desk at which the tools find an endpoint and keys.
    pub fn calling(endpoint: &str) -> Desk {
        Desk::new()
            .with("AWS_ELB_URL", endpoint)
            .with("AWS_ACCESS_KEY", "AKIDSAMPLE")
            .with("AWS_SECRET_KEY", "sample-secret")
    }

    pub fn with(mut self, name: &str, value: &str) -> Desk {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The command, ready to be started; nothing of the test's own environment reaches it.
    pub fn command<S: AsRef<OsStr>>(&self, name: &str, arguments: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_eulb"));
        command
            .arg0(name)
            .args(arguments)
            .env_clear()
            .env("HOME", self.folder.path().join("home"))
            .env("PATH", "/usr/bin:/bin")
            .env("LC_ALL", "C.UTF-8")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.folder.path());
        command
    }

    pub fn run<S: AsRef<OsStr>>(&self, name: &str, arguments: &[S]) -> Run {
        self.run_with_input(name, arguments, "")
    }

    pub fn run_with_input<S: AsRef<OsStr>>(&self, name: &str, arguments: &[S], input: &str) -> Run {
        let mut child = self
            .command(name, arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A tool that does not read its input may be gone already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Run {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Interrupts a command, which ends as interrupted: a shell shows 130 and stops its script.
///
/// A script's background jobs, and all that they start, ignore interrupts: if the tests run in one, the
/// command is killed and nothing is shown.
pub fn interrupt(child: &mut Child) {
    if interrupts_are_ignored() {
        eprintln!("SKIPPED: interrupts are ignored here, as in the background of a script");
        child.kill().unwrap();
        child.wait().unwrap();
        return;
    }
    let process = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(process, rustix::process::Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(2));
}

fn interrupts_are_ignored() -> bool {
    const INTERRUPT: u64 = 1 << (2 - 1);
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_some_and(|mask| mask & INTERRUPT != 0)
}
