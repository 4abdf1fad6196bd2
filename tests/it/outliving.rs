//! The data plane outlives the controller: its threads are stopped one by one, as a debugger does, in
//! a process that is otherwise left alone.

use crate::clients::{first_that_runs, places};
use crate::cloud::{Cloud, GLANCE, PATIENCE};
use crate::scripted::{Recorder, reply};
use eulb::cli::demo::load::Destination;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Seizes threads with ptrace(2), says so, and lets go of them at the end of its input.
const SEIZE: &str = r#"
import ctypes, os, sys
ptrace = ctypes.CDLL(None, use_errno=True).ptrace
ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
PTRACE_SEIZE, PTRACE_INTERRUPT, ALL_THREADS = 0x4206, 0x4207, 0x40000000
for thread in map(int, sys.argv[1:]):
    for request in PTRACE_SEIZE, PTRACE_INTERRUPT:
        if ptrace(request, thread, None, None) != 0:
            sys.exit(os.strerror(ctypes.get_errno()))
    os.waitpid(thread, ALL_THREADS)
print("stopped", flush=True)
sys.stdin.read()
"#;

/// Threads of another process that stand still until this is dropped.
struct Stopped(Child);

impl Stopped {
    /// Stops the threads of the controller: the one that answers, which is the process's first, and
    /// the one that writes. Nothing if this user may not.
    fn controller_of(cloud: &Cloud) -> Option<Stopped> {
        let python = first_that_runs(places("python3"), &["-c", "import ctypes"])?;
        let process = cloud.process_id();
        let mut threads = vec![process.to_string()];
        for entry in std::fs::read_dir(format!("/proc/{process}/task")).unwrap() {
            let path = entry.unwrap().path();
            if std::fs::read_to_string(path.join("comm")).unwrap() == "registry\n" {
                threads.push(path.file_name().unwrap().to_str().unwrap().to_owned());
            }
        }
        assert_eq!(threads.len(), 2, "the writer has a thread of its own");
        let child = Command::new(python)
            .args(["-c", SEIZE])
            .args(threads)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut stopped = Stopped(child.unwrap());
        let mut line = String::new();
        let output = stopped.0.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut line).unwrap();
        (line == "stopped\n").then_some(stopped)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// Asks until all of some answers are as they should be. None of them may fail.
#[track_caller]
fn until(cloud: &Cloud, listener: &Destination, what: &str, is_so: impl Fn(&[usize; 2]) -> bool) {
    let began = Instant::now();
    loop {
        let answers: Vec<String> = (0..6)
            .map(|_| cloud.get(listener))
            .map(|(status, page)| {
                assert_eq!(status, 200, "{what}: {page}");
                page
            })
            .collect();
        let of = |name: &str| answers.iter().filter(|page| *page == name).count();
        if is_so(&[of("one"), of("two")]) {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{what}: {answers:?}");
        std::thread::sleep(GLANCE);
    }
}

#[test]
fn a_controller_that_hangs_stops_neither_traffic_nor_checks() {
    let ill: [Arc<AtomicBool>; 2] = Default::default();
    let instances: Vec<Recorder> = ["one", "two"]
        .into_iter()
        .zip(&ill)
        .map(|(name, ill)| {
            let ill = Arc::clone(ill);
            Recorder::answering(move |request| {
                let fails = request.asked() == "GET /health" && ill.load(Ordering::SeqCst);
                reply(if fails { 500 } else { 200 }, name).into()
            })
        })
        .collect();
    let cloud = Cloud::start();
    let ids = ["i-00000001", "i-00000002"].map(str::to_owned);
    for (id, instance) in ids.iter().zip(&instances) {
        let port = format!("--port=80={}", instance.address().port());
        let place = ["--address=127.0.0.1", &port, "--zone=PARTI00"];
        cloud.ok("eulb", ["instance", "add", id].into_iter().chain(place));
    }
    cloud.create_web();
    cloud.register("web", &ids);
    cloud.await_state("web", &ids, "InService");
    let listener = cloud.listener("web");

    let Some(stopped) = Stopped::controller_of(&cloud) else {
        eprintln!(
            "SKIPPED: a_controller_that_hangs_stops_neither_traffic_nor_checks: no Python 3, or other processes' threads may not be stopped here"
        );
        return;
    };
    until(&cloud, &listener, "both serve", |answers| {
        answers == &[3, 3]
    });
    // More changes than what waits for the controller may hold would take hours; here it is that a
    // first one that nobody takes delays no other.
    for _ in 0..3 {
        for (number, ill) in ill.iter().enumerate() {
            ill.store(true, Ordering::SeqCst);
            until(&cloud, &listener, "the ill one is left out", |answers| {
                answers[number] == 0
            });
            ill.store(false, Ordering::SeqCst);
            until(&cloud, &listener, "it is back", |answers| {
                answers[number] == 3
            });
        }
    }
    ill[1].store(true, Ordering::SeqCst);
    until(&cloud, &listener, "two is left out", |answers| {
        answers[1] == 0
    });
    drop(stopped);
    // It takes up what it missed.
    cloud.await_state("web", &ids[1..], "OutOfService");
    cloud.await_state("web", &ids[..1], "InService");
}
