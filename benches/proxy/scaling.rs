//! What a second worker adds, where the load does not share its core: `-- --scaling 5`, so many rounds.
//!
//! With four cores or more the workers have the first two, and load and back ends the others. With
//! fewer, each worker is held to a fifth of a core of its own, so that the rest is the load's; that
//! takes a `cpu` control group of version 1 that this user may divide.

use super::process::{Contender, Place, Running};
use super::{CLOSE, DONE, median, say};
use rustix::thread::{CpuSet, sched_setaffinity};
use std::path::{Path, PathBuf};

/// What a worker may run of each period, in microseconds: short, so that nobody waits for long.
const PERIOD: u32 = 5_000;
const QUOTA: u32 = PERIOD / 5;

const GROUPS: &str = "/sys/fs/cgroup/cpu";

/// Name, `wrk` script and path.
const LOADS: [(&str, &str, &str); 3] = [
    ("small", "", "/100"),
    ("16k", "", "/16384"),
    ("close", CLOSE, "/100"),
];

/// Where each of two workers runs, and how much.
enum Room {
    Cores,
    Quotas([Group; 2]),
}

/// A control group, gone with the value.
struct Group(PathBuf);

impl Group {
    fn new(number: usize) -> Result<Group, String> {
        let path = Path::new(GROUPS).join(format!("eulb-scaling-{}-{number}", std::process::id()));
        let cannot = |error| format!("cannot hold workers to a part of a core: {GROUPS}: {error}");
        std::fs::create_dir(&path).map_err(cannot)?;
        let group = Group(path);
        for (name, value) in [("cpu.cfs_period_us", PERIOD), ("cpu.cfs_quota_us", QUOTA)] {
            std::fs::write(group.0.join(name), value.to_string()).map_err(cannot)?;
        }
        Ok(group)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir(&self.0);
    }
}

impl Room {
    fn new(cores: usize) -> Result<Room, String> {
        match cores {
            0 | 1 => Err("two workers need two cores".to_owned()),
            2 | 3 => Ok(Room::Quotas([Group::new(0)?, Group::new(1)?])),
            _ => Ok(Room::Cores),
        }
    }

    /// Gives the workers of a proxy, so many, their places.
    fn confine(&self, proxy: &Running, count: usize) -> Result<(), String> {
        let workers = proxy.threads("worker");
        if workers.len() != count {
            return Err(format!(
                "{count} workers asked for, {} found",
                workers.len()
            ));
        }
        for (number, worker) in workers.into_iter().enumerate() {
            let cannot = |error| format!("cannot place a worker: {error}");
            let mut core = CpuSet::new();
            core.set(number);
            let id = rustix::process::Pid::from_raw(worker);
            sched_setaffinity(id, &core).map_err(|error| cannot(error.into()))?;
            if let Room::Quotas(groups) = self {
                std::fs::write(groups[number].0.join("tasks"), worker.to_string())
                    .map_err(cannot)?;
            }
        }
        Ok(())
    }
}

/// Measures one worker and two in turn, and prints what the second adds.
///
/// # Errors
///
/// The machine does not allow it, or a process does not start.
pub fn measure(rounds: usize, seconds: u64, directory: &Path, program: &str) -> Result<(), String> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let room = Room::new(cores)?;
    if let Room::Cores = room {
        // What is started inherits it; the workers get places of their own.
        let mut rest = CpuSet::new();
        (2..cores).for_each(|core| rest.set(core));
        sched_setaffinity(None, &rest).map_err(|error| error.to_string())?;
    }
    let [one, two] = [1, 2].map(|count| Place::new(directory.to_owned(), count).unpinned());
    let back = one.backends()?;
    say(&format!(
        "One worker and two, {rounds} rounds of {seconds} s; {}.\n",
        match room {
            Room::Cores => "a core for each worker, the others for load and back ends",
            Room::Quotas(_) => "each worker held to a fifth of a core of its own",
        }
    ));
    say(
        "| scenario | one, per second | two, per second | ratio | CPU time of two for a request beside one |",
    );
    say("|---|---:|---:|---:|---:|");
    let eulb = Contender::eulb("eulb", program, &["proxy"])?;
    for (name, script, path) in LOADS {
        let run = |place: &Place, count| {
            let proxy = place.start(&eulb, super::Layer::Http, &back)?;
            room.confine(&proxy, count)?;
            let before = proxy.cpu();
            let script = format!("{script}{DONE}");
            let sample = place.wrk(&script, 64, seconds, proxy.address, path)?;
            let cpu = (proxy.cpu() - before) / sample.count.max(1.0);
            Ok::<_, String>((sample.per_second, cpu))
        };
        let mut pairs = Vec::new();
        for _ in 0..rounds {
            pairs.push((run(&one, 1)?, run(&two, 2)?));
        }
        let of =
            |value: fn(&((f64, f64), (f64, f64))) -> f64| median(pairs.iter().map(value).collect());
        say(&format!(
            "| {name} | {:.0} | {:.0} | {:.2} | {:.2} |",
            of(|(one, _)| one.0),
            of(|(_, two)| two.0),
            of(|(one, two)| two.0 / one.0),
            of(|(one, two)| two.1 / one.1),
        ));
    }
    say("");
    Ok(())
}
