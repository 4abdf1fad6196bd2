//! The supervisor with real workers and sockets; only the instances' answers to checks are scripted.

use super::plan::tests::{desired, port, servo};
use super::*;
use crate::model::health::{HealthCheck, Outcome, Target as HealthTarget, Thresholds};
use crate::model::instance::Reach;
use crate::proxy::probe::Seen;
use crate::proxy::worker::Limits;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What scripted checks do with an instance, by its address.
#[derive(Clone, Copy, PartialEq)]
enum Script {
    Pass,
    Fail,
    Panic,
}

type Scripts = Arc<Mutex<BTreeMap<SocketAddr, Script>>>;

struct Rig {
    publish: watch::Sender<Arc<Desired>>,
    seen: mpsc::Receiver<Observation>,
    applied: watch::Receiver<u64>,
    scripts: Scripts,
    terminate: mpsc::Sender<ServoId>,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
    revision: u64,
}

impl Rig {
    fn start() -> Rig {
        Rig::with_queue(64)
    }

    /// With a queue of so many observations.
    fn with_queue(length: usize) -> Rig {
        let (publish, desired) = watch::channel(Arc::new(Desired::default()));
        let (observations, seen) = mpsc::channel(length);
        let (applied, now_applied) = watch::channel(0);
        let (terminate, terminations) = mpsc::channel(1);
        let scripts = Scripts::default();
        let asked = Arc::clone(&scripts);
        let probe: Probe = Arc::new(move |target, address, _| {
            let script = asked.lock().unwrap().get(&address).copied();
            Box::pin(async move {
                assert!(script != Some(Script::Panic), "as the test wants");
                let passed = script == Some(Script::Pass);
                Seen {
                    outcome: if passed {
                        Outcome::Passed
                    } else {
                        Outcome::Failed
                    },
                    checked: format!("{target} was asked"),
                }
            })
        });
        let stop = CancellationToken::new();
        let links = Links {
            desired,
            observations,
            applied,
            checks: CheckLog::default(),
            terminations,
        };
        let workers = Workers::start(2, Limits::default()).unwrap();
        // A nominal second is a millisecond, so that checks follow each other at once.
        let clock = Clock::scaled(0.001);
        let task = tokio::spawn(serve(links, workers, clock, probe, stop.clone()));
        Rig {
            publish,
            seen,
            applied: now_applied,
            scripts,
            terminate,
            stop,
            task,
            revision: 0,
        }
    }

    /// Publishes these servos and waits until they are in force.
    async fn publish(&mut self, servos: impl IntoIterator<Item = Servo>) {
        self.revision += 1;
        let revision = self.revision;
        self.publish.send_replace(Arc::new(Desired {
            revision,
            ..desired(servos)
        }));
        self.applied.wait_for(|now| *now == revision).await.unwrap();
    }

    fn script(&self, instance: &Instance, script: Script) {
        self.scripts
            .lock()
            .unwrap()
            .insert(instance.address, script);
    }

    /// Waits for an observation, passing over others and repeated verdicts.
    async fn see(&mut self, wanted: impl Fn(&Observation) -> bool) -> Observation {
        loop {
            let observation = self.seen.recv().await.expect("the supervisor runs");
            if wanted(&observation) {
                return observation;
            }
        }
    }

    async fn see_verdict(&mut self, number: u8, wanted: Verdict) -> String {
        let id = InstanceId::new(format!("i-{number:08X}"));
        let seen = self
            .see(|observation| {
                matches!(observation, Observation::Health { instance, verdict, .. }
                    if *instance == id && *verdict == wanted)
            })
            .await;
        match seen {
            Observation::Health { checked, .. } => checked,
            _ => unreachable!("only health was wanted"),
        }
    }

    async fn end(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

/// An instance that says its number and then echoes.
struct Instance {
    number: u8,
    address: SocketAddr,
}

impl Instance {
    async fn start(number: u8) -> Instance {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                tokio::spawn(async move {
                    client.write_all(&[number]).await.unwrap();
                    let (mut from, mut to) = client.split();
                    let _ = tokio::io::copy(&mut from, &mut to).await;
                });
            }
        });
        Instance { number, address }
    }
}

/// A servo at a loopback address of its own, with TCP listeners for instance port 80.
fn balancer(address: Ipv4Addr, ports: &[u16], instances: &[&Instance]) -> Servo {
    let listeners: Vec<_> = ports.iter().map(|port| (Protocol::Tcp, *port)).collect();
    Servo {
        address: address.into(),
        backends: instances
            .iter()
            .map(|instance| Backend {
                instance: InstanceId::new(format!("i-{:08X}", instance.number)),
                reach: Reach {
                    address: instance.address.ip(),
                    ports: BTreeMap::from([(port(80), port(instance.address.port()))]),
                },
            })
            .collect(),
        ..servo(1, &listeners, &[])
    }
}

/// An address nobody else uses, with ports that are free there.
fn free(ports: usize) -> (Ipv4Addr, Vec<u16>) {
    let mut bytes = [0; 2];
    getrandom::fill(&mut bytes).unwrap();
    let address = Ipv4Addr::new(127, 211, bytes[0], bytes[1].clamp(1, 254));
    let held: Vec<_> = (0..ports)
        .map(|_| std::net::TcpListener::bind((address, 0)).unwrap())
        .collect();
    let port = |listener: &std::net::TcpListener| listener.local_addr().unwrap().port();
    (address, held.iter().map(port).collect())
}

/// Connects through the balancer; the instance's number, or nothing if nobody is in service.
async fn call(address: Ipv4Addr, port: u16) -> Option<(u8, TcpStream)> {
    let mut stream = TcpStream::connect((address, port)).await.unwrap();
    let mut number = [0];
    stream.read_exact(&mut number).await.ok()?;
    Some((number[0], stream))
}

async fn answering(address: Ipv4Addr, port: u16) -> BTreeSet<u8> {
    let mut numbers = BTreeSet::new();
    for _ in 0..12 {
        if let Some((number, _)) = call(address, port).await {
            numbers.insert(number);
        }
    }
    numbers
}

#[tokio::test]
async fn instances_come_and_go_and_a_running_exchange_notices_nothing() {
    let (address, ports) = free(1);
    let (first, second) = (Instance::start(1).await, Instance::start(2).await);
    let mut rig = Rig::start();
    rig.script(&first, Script::Pass);

    // Bound at once, empty until a check says otherwise.
    rig.publish([balancer(address, &ports, &[])]).await;
    let serving = |seen: &Observation| matches!(seen, Observation::ServoServing { .. });
    rig.see(serving).await;
    assert!(call(address, ports[0]).await.is_none());

    rig.publish([balancer(address, &ports, &[&first])]).await;
    let checked = rig.see_verdict(1, Verdict::InService).await;
    assert_eq!(checked, "TCP:80 was asked");
    let (number, mut running) = call(address, ports[0]).await.unwrap();
    assert_eq!(number, 1);

    // A second one, which fails its checks at first.
    rig.script(&second, Script::Fail);
    rig.publish([balancer(address, &ports, &[&first, &second])])
        .await;
    rig.see_verdict(2, Verdict::OutOfService).await;
    assert_eq!(answering(address, ports[0]).await, BTreeSet::from([1]));
    rig.script(&second, Script::Pass);
    rig.see_verdict(2, Verdict::InService).await;
    assert_eq!(answering(address, ports[0]).await, BTreeSet::from([1, 2]));

    // The first is taken out by its checks, put back, and removed; its client goes on.
    rig.script(&first, Script::Fail);
    rig.see_verdict(1, Verdict::OutOfService).await;
    assert_eq!(answering(address, ports[0]).await, BTreeSet::from([2]));
    rig.script(&first, Script::Pass);
    rig.see_verdict(1, Verdict::InService).await;
    assert_eq!(answering(address, ports[0]).await, BTreeSet::from([1, 2]));
    rig.publish([balancer(address, &ports, &[&second])]).await;
    assert_eq!(answering(address, ports[0]).await, BTreeSet::from([2]));
    running.write_all(b"still").await.unwrap();
    let mut echo = [0; 5];
    running.read_exact(&mut echo).await.unwrap();
    assert_eq!(&echo, b"still");
    drop(running);

    rig.end().await;
}

#[tokio::test]
async fn a_changed_health_check_keeps_the_pool_until_there_is_a_verdict() {
    let (address, ports) = free(1);
    let instance = Instance::start(1).await;
    let mut rig = Rig::start();
    rig.script(&instance, Script::Pass);
    rig.publish([balancer(address, &ports, &[&instance])]).await;
    rig.see_verdict(1, Verdict::InService).await;

    // A check that will not be made for a long time: what was known still holds.
    let mut changed = balancer(address, &ports, &[&instance]);
    changed.health_check = Some(HealthCheck {
        target: HealthTarget::tcp(port(80)),
        interval_seconds: 3_600_000,
        timeout_seconds: 5,
        thresholds: Thresholds {
            healthy: 10,
            unhealthy: 10,
        },
    });
    rig.publish([changed]).await;
    assert_eq!(answering(address, ports[0]).await, BTreeSet::from([1]));
    rig.end().await;
}

#[tokio::test]
async fn a_listener_that_cannot_be_bound_is_told_and_the_others_serve() {
    let (address, ports) = free(2);
    let instance = Instance::start(1).await;
    let mut rig = Rig::start();
    rig.script(&instance, Script::Pass);
    let squatter = std::net::TcpListener::bind((address, ports[0])).unwrap();
    rig.publish([balancer(address, &ports, &[&instance])]).await;
    let failed = rig
        .see(|seen| matches!(seen, Observation::BindFailed { .. }))
        .await;
    let reason = format!(
        "cannot listen on {address}:{}: the port is in use by another program: stop that program, \
         or start the local cloud with --port-offset or another --servo-cidr",
        ports[0]
    );
    assert_eq!(
        failed,
        Observation::BindFailed {
            servo: ServoId::new("i-00000001"),
            port: ports[0],
            reason,
        }
    );
    rig.see_verdict(1, Verdict::InService).await;
    assert_eq!(answering(address, ports[1]).await, BTreeSet::from([1]));

    // Tried again with the next change, at the latest after the pause.
    drop(squatter);
    rig.publish([balancer(address, &ports, &[&instance])]).await;
    assert_eq!(answering(address, ports[0]).await, BTreeSet::from([1]));

    // Closing frees the address at once: another servo may take it within the same snapshot.
    let other = Servo {
        id: ServoId::new("i-00000002"),
        ..balancer(address, &ports, &[])
    };
    rig.publish([other]).await;
    assert!(call(address, ports[0]).await.is_none());
    let taken = std::net::TcpListener::bind((address, ports[0]));
    assert_eq!(taken.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
    rig.publish([]).await;
    std::net::TcpListener::bind((address, ports[0])).unwrap();
    rig.end().await;
}

/// Waits until these instances answer, and no others.
async fn answered_by(address: Ipv4Addr, port: u16, wanted: &[u8]) {
    let wanted = BTreeSet::from_iter(wanted.iter().copied());
    let so = async {
        while answering(address, port).await != wanted {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), so).await;
    assert!(waited.is_ok(), "not {wanted:?}");
}

/// The control plane has died, or has stopped to listen to what is observed: traffic goes on, checks
/// still take instances out and back, and all ends in order.
#[tokio::test]
async fn without_a_control_plane_traffic_and_checks_go_on() {
    for listens in [false, true] {
        let (address, ports) = free(1);
        let (first, second) = (Instance::start(1).await, Instance::start(2).await);
        let mut rig = Rig::with_queue(1);
        rig.script(&first, Script::Pass);
        rig.script(&second, Script::Pass);
        rig.publish.send_replace(Arc::new(desired([balancer(
            address,
            &ports,
            &[&first, &second],
        )])));
        rig.see_verdict(1, Verdict::InService).await;
        answered_by(address, ports[0], &[1, 2]).await;
        let (number, mut running) = call(address, ports[0]).await.unwrap();

        let hung = listens.then(|| (rig.publish.clone(), rig.terminate.clone()));
        let (closed, nobody) = mpsc::channel(1);
        drop(closed);
        let unheard = std::mem::replace(&mut rig.seen, nobody);
        let unheard = listens.then_some(unheard);
        rig.publish = watch::channel(Arc::default()).0;
        rig.terminate = mpsc::channel(1).0;
        for _ in 0..2 {
            rig.script(&first, Script::Fail);
            answered_by(address, ports[0], &[2]).await;
            rig.script(&first, Script::Pass);
            answered_by(address, ports[0], &[1, 2]).await;
        }
        running.write_all(b"still").await.unwrap();
        let mut echo = [0; 5];
        running.read_exact(&mut echo).await.unwrap();
        assert_eq!((&echo, number > 0), (b"still", true));
        drop(running);
        rig.end().await;
        drop((hung, unheard));
    }
}

#[tokio::test]
async fn checks_that_die_are_started_anew_and_traffic_goes_on() {
    let (address, ports) = free(1);
    let (first, second) = (Instance::start(1).await, Instance::start(2).await);
    let mut rig = Rig::start();
    rig.script(&first, Script::Pass);
    rig.script(&second, Script::Pass);
    rig.publish([balancer(address, &ports, &[&first, &second])])
        .await;
    rig.see_verdict(1, Verdict::InService).await;
    rig.see_verdict(2, Verdict::InService).await;

    rig.script(&first, Script::Panic);
    let replaced = |seen: &Observation| matches!(seen, Observation::ServoReplaced { .. });
    rig.see(replaced).await;
    assert_eq!(answering(address, ports[0]).await, BTreeSet::from([1, 2]));
    rig.script(&first, Script::Fail);
    rig.see_verdict(1, Verdict::OutOfService).await;
    assert_eq!(answering(address, ports[0]).await, BTreeSet::from([2]));
    rig.end().await;
}

#[tokio::test]
async fn a_servo_that_is_terminated_is_replaced_and_traffic_goes_on() {
    let (address, ports) = free(1);
    let instance = Instance::start(1).await;
    let mut rig = Rig::start();
    rig.script(&instance, Script::Pass);
    rig.publish([balancer(address, &ports, &[&instance])]).await;
    rig.see_verdict(1, Verdict::InService).await;
    let servo = rig.publish.borrow().servos.keys().next().unwrap().clone();
    // One that nobody carries is passed over.
    rig.terminate.send(ServoId::new("i-none")).await.unwrap();
    rig.terminate.send(servo.clone()).await.unwrap();
    let replaced = |seen: &Observation| {
        assert!(
            !matches!(seen, Observation::ServoReplaced { servo, .. } if *servo == ServoId::new("i-none"))
        );
        matches!(seen, Observation::ServoReplaced { servo: lost, .. } if *lost == servo)
    };
    rig.see(replaced).await;
    // Its sockets never closed, so that its address comes back into the name.
    rig.see(|seen| matches!(seen, Observation::ServoServing { servo: back } if *back == servo))
        .await;
    assert_eq!(answering(address, ports[0]).await, BTreeSet::from([1]));
    rig.see_verdict(1, Verdict::InService).await;
    rig.end().await;
}

#[test]
fn draining_is_measured_by_the_clock_of_the_cloud() {
    let mut servo = servo(1, &[(Protocol::Http, 80)], &[1]);
    servo.behaviour.departure = Departure::Drain(Duration::from_secs(300));
    let clock = Clock::scaled(0.1);
    let told = spec(&servo, port(80), &mut Carried::default(), clock).unwrap();
    let expected = Duration::from_secs(30);
    assert_eq!(told.behaviour.departure, Departure::Drain(expected));
    assert_eq!(closing_time(&servo, clock), Some(expected));
    servo.behaviour.departure = Departure::Cut;
    assert_eq!(closing_time(&servo, clock), None);
}

/// What a reload costs: `cargo test --release --lib reload_of -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "a measurement, of a release build"]
async fn reload_of_a_thousand_load_balancers() {
    let many = |number: u32, idle_seconds: u64| {
        let instances: Vec<u8> = (1..=10).collect();
        let mut servo = servo(1, &[(Protocol::Http, 80)], &instances);
        servo.id = ServoId::new(format!("i-{number:08X}"));
        servo.address = [127, 113, (number / 250) as u8, (number % 250) as u8 + 1].into();
        servo.port_offset = 18_000;
        servo.behaviour.idle_timeout = Duration::from_secs(idle_seconds);
        servo
    };
    let opened = desired((0..1000).map(|number| many(number, 60)));
    let changed = desired((0..1000).map(|number| many(number, 61)));
    let mut one_changed = changed.clone();
    let one = Arc::new(many(417, 62));
    one_changed.servos.insert(one.id.clone(), one);

    let (publish, desired) = watch::channel(Arc::new(Desired::default()));
    let (observations, mut seen) = mpsc::channel(1024);
    let (applied, mut now_applied) = watch::channel(0);
    let control_plane = tokio::spawn(async move { while seen.recv().await.is_some() {} });
    let probe: Probe = Arc::new(|_, _, _| {
        Box::pin(std::future::ready(Seen {
            outcome: Outcome::Passed,
            checked: String::new(),
        }))
    });
    let stop = CancellationToken::new();
    let links = Links {
        desired,
        observations,
        applied,
        checks: CheckLog::default(),
        terminations: mpsc::channel(1).1,
    };
    let workers = Workers::start(2, Limits::default()).unwrap();
    let clock = Clock::real();
    let task = tokio::spawn(serve(links, workers, clock, probe, stop.clone()));
    let cases = [
        ("1,000 load balancers with 10,000 instances opened", opened),
        ("all of them changed", changed.clone()),
        ("one of them changed", one_changed),
    ];
    for (revision, (what, desired)) in (1..).zip(cases) {
        let begun = std::time::Instant::now();
        publish.send_replace(Arc::new(Desired {
            revision,
            ..desired
        }));
        now_applied.wait_for(|now| *now == revision).await.unwrap();
        eprintln!("{what}: {:?}", begun.elapsed());
    }
    stop.cancel();
    task.await.unwrap();
    control_plane.await.unwrap();
}

/// The same servo, where instances that leave have an hour to finish.
fn patient(servo: Servo) -> Servo {
    let nominal = Duration::from_secs(3_600_000);
    Servo {
        behaviour: Behaviour {
            departure: Departure::Drain(nominal),
            ..servo.behaviour.clone()
        },
        ..servo
    }
}

#[tokio::test]
async fn the_end_of_a_departure_is_told_once_whatever_listeners_and_returns_there_were() {
    let (address, ports) = free(2);
    let instance = Instance::start(1).await;
    let mut rig = Rig::start();
    rig.script(&instance, Script::Pass);
    let with = || patient(balancer(address, &ports, &[&instance]));
    let without = || patient(balancer(address, &ports, &[]));
    let drained = |seen: &Observation| matches!(seen, Observation::Drained { .. });
    let of_revision = |revision: u64| Observation::Drained {
        balancer: without().balancer,
        servo: without().id,
        instance: InstanceId::new("i-00000001"),
        revision,
    };

    // Nothing under way: at once.
    rig.publish([with()]).await;
    rig.see_verdict(1, Verdict::InService).await;
    rig.publish([without()]).await;
    assert_eq!(rig.see(drained).await, of_revision(2));

    // An exchange at each of two listeners; the instance comes back and leaves again meanwhile.
    rig.publish([with()]).await;
    rig.see_verdict(1, Verdict::InService).await;
    let (_, one) = call(address, ports[0]).await.unwrap();
    let (_, other) = call(address, ports[1]).await.unwrap();
    rig.publish([without()]).await;
    drop(one);
    rig.publish([with()]).await;
    rig.see_verdict(1, Verdict::InService).await;
    let (_, third) = call(address, ports[0]).await.unwrap();
    rig.publish([without()]).await;
    assert_eq!(rig.revision, 6);
    drop(other);
    drop(third);
    assert_eq!(rig.see(drained).await, of_revision(6));

    // A listener that is closed, or moves to another port of its instance, before the instance
    // leaves: what it carries still counts.
    rig.publish([with()]).await;
    rig.see_verdict(1, Verdict::InService).await;
    let (_, one) = call(address, ports[0]).await.unwrap();
    let (_, other) = call(address, ports[1]).await.unwrap();
    let changed = |instances: &[&Instance]| {
        let mut servo = patient(balancer(address, &ports[1..], instances));
        servo.listeners[0].instance_port = port(81);
        servo
    };
    rig.publish([changed(&[&instance])]).await;
    rig.publish([changed(&[])]).await;
    drop(one);
    rig.publish([changed(&[])]).await;
    assert_eq!(rig.revision, 10);
    drop(other);
    assert_eq!(rig.see(drained).await, of_revision(9));

    // It was told once: what comes next is of the next departure. An instance that is cut at once,
    // or may take all the time it needs, is none of it.
    rig.publish([balancer(address, &ports, &[&instance])]).await;
    rig.see_verdict(1, Verdict::InService).await;
    rig.publish([balancer(address, &ports, &[])]).await;
    rig.publish([with()]).await;
    rig.see_verdict(1, Verdict::InService).await;
    let (_, last) = call(address, ports[0]).await.unwrap();
    // With the servo all of its instances leave.
    rig.publish([]).await;
    rig.publish([with()]).await;
    assert_eq!(rig.revision, 15);
    drop(last);
    assert_eq!(rig.see(drained).await, of_revision(14));
    rig.see_verdict(1, Verdict::InService).await;
    rig.publish([without()]).await;
    assert_eq!(rig.see(drained).await, of_revision(16));
    rig.end().await;
}
