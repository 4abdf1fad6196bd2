//! What many listeners cost the process, and what they may not take from everybody else.

use crate::cloud::Cloud;
use rustix::process::{Pid, Resource, Rlimit, prlimit};

/// Descriptors that the cloud may have in the test: it has about forty when it is idle.
const FILES: u64 = 120;

fn descriptors(process: u32) -> usize {
    let open = std::fs::read_dir(format!("/proc/{process}/fd"));
    open.expect("the process is there").count()
}

#[test]
fn a_listener_costs_one_descriptor_and_leaves_some_for_others() {
    let cloud = Cloud::with(&[]);
    cloud.create_web();
    let process = cloud.process_id();
    let before = descriptors(process);
    let listeners: Vec<String> = (0..20)
        .flat_map(|number| {
            let port = 20_000 + number;
            let listener = format!("lb-port={port},protocol=TCP,instance-port=80");
            ["-l".to_owned(), listener]
        })
        .chain(["web".to_owned()])
        .collect();
    cloud.ok("eulb-create-lb-listeners", &listeners);
    cloud.settle();
    // The connection that asked may still be there.
    assert!(descriptors(process) <= before + 22, "{before}");

    let pid = i32::try_from(process).ok().and_then(Pid::from_raw);
    let limit = Rlimit {
        current: Some(FILES),
        maximum: Some(FILES),
    };
    prlimit(pid, Resource::Nofile, limit).expect("the process is ours");
    let listener = "lb-port=80,protocol=TCP,instance-port=80";
    for number in 0..100 {
        let name = format!("lb-{number}");
        cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", listener, &name]);
    }
    // Those that got no descriptor say why, and whoever asks is still answered.
    let status = cloud.settle();
    let problems: Vec<&String> = (status.balancers.iter())
        .flat_map(|balancer| &balancer.servos)
        .flat_map(|servo| &servo.listeners)
        .filter_map(|listener| listener.error.as_ref())
        .collect();
    assert!(!problems.is_empty());
    for problem in problems {
        let advice = "too many files are open: raise the limit with 'ulimit -n'";
        assert!(problem.contains(advice), "{problem}");
    }
    let described = cloud.ok("eulb-describe-lbs", ["lb-0"]);
    assert!(
        described.starts_with("LOAD_BALANCER\tlb-0\t"),
        "{described}"
    );
    let listener = cloud.listener("lb-0");
    assert!(std::net::TcpStream::connect(listener.address).is_ok());
}
