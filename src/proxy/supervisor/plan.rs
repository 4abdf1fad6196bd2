//! What to do so that what is held becomes what is desired. Pure: it opens nothing and asks no clock.
//!
//! The rules it keeps, each tested below: carrying out the steps gives what is desired; a listener
//! whose address, port and protocol are unchanged is never closed, whatever happens to the instances
//! behind it; what must be closed is closed before anything is opened, since an address may pass from
//! one servo to another within a snapshot; what has not changed between two snapshots costs nothing,
//! since they share it.

use crate::model::listener::{Port, Protocol};
use crate::model::placement::ServoId;
use crate::model::plane::{Desired, Servo};
use imbl::ordmap::DiffItem;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;

/// What is being carried: by servo, the version that is in force and the sockets that are bound.
#[derive(Clone, Debug, Default)]
pub struct Held {
    pub servos: BTreeMap<ServoId, HeldServo>,
    /// The servos among them with a listener that is not bound.
    unfinished: BTreeSet<ServoId>,
    /// What was desired when all that could be done had been done.
    settled: imbl::OrdMap<ServoId, Arc<Servo>>,
}

#[derive(Clone, Debug)]
pub struct HeldServo {
    pub servo: Arc<Servo>,
    /// By listener port, the sockets that are bound. A listener that could not be bound is missing.
    pub bound: BTreeMap<Port, Socket>,
}

/// What cannot change about a listening socket. Everything else of a listener can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Socket {
    pub address: SocketAddr,
    pub protocol: Protocol,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Stop a servo: its checks, and its listeners, whose exchanges may finish.
    Retire(ServoId),
    /// Close one listener of a servo that stays.
    Close(ServoId, Port),
    /// Take up a new version of a servo, or a new servo: its checks, and the pools and settings of
    /// the listeners that are bound.
    Adopt(Arc<Servo>),
    /// Bind a listener of a servo that has been adopted.
    Open(ServoId, Port),
}

/// The socket of a servo's listener on a port: the first one, if the control plane ever named two.
fn socket(servo: &Servo, port: Port) -> Option<Socket> {
    let listener = servo.listeners.iter().find(|l| l.port == port)?;
    // An offset past 65535 is refused when the local cloud starts; should one get here all the same,
    // no port is a better answer than a wrong one.
    let number = port.get().checked_add(servo.port_offset)?;
    Some(Socket {
        address: SocketAddr::new(servo.address, number),
        protocol: listener.protocol,
    })
}

impl Held {
    /// Notes that a step was carried out. Called for an [`Step::Open`] only if the socket is bound.
    pub fn note(&mut self, step: &Step) {
        let id = match step {
            Step::Retire(id) => {
                self.servos.remove(id);
                id
            }
            Step::Close(id, port) => {
                if let Some(held) = self.servos.get_mut(id) {
                    held.bound.remove(port);
                }
                id
            }
            Step::Adopt(servo) => {
                self.servos
                    .entry(servo.id.clone())
                    .and_modify(|held| held.servo = Arc::clone(servo))
                    .or_insert_with(|| HeldServo {
                        servo: Arc::clone(servo),
                        bound: BTreeMap::new(),
                    });
                &servo.id
            }
            Step::Open(id, port) => {
                if let Some(held) = self.servos.get_mut(id)
                    && let Some(socket) = socket(&held.servo, *port)
                {
                    held.bound.insert(*port, socket);
                }
                id
            }
        };
        if self.servos.get(id).is_none_or(HeldServo::is_serving) {
            self.unfinished.remove(id);
        } else {
            self.unfinished.insert(id.clone());
        }
    }

    /// Notes that all steps of a plan were carried out, as far as that was possible.
    pub fn settle(&mut self, desired: &Desired) {
        self.settled = desired.servos.clone();
    }

    /// Whether every listener of every servo is bound.
    pub fn is_serving(&self) -> bool {
        self.unfinished.is_empty()
    }
}

impl HeldServo {
    /// The socket that a listener of this servo is to be bound to.
    pub fn socket(&self, port: Port) -> Option<Socket> {
        socket(&self.servo, port)
    }

    /// Whether every listener is bound.
    pub fn is_serving(&self) -> bool {
        self.missing().next().is_none()
    }

    /// The listeners that are not bound.
    fn missing(&self) -> impl Iterator<Item = Port> + '_ {
        let ports = self.servo.listeners.iter().map(|listener| listener.port);
        ports.filter(|port| !self.bound.contains_key(port))
    }
}

/// Compares what is held with what is desired.
///
/// Listeners that could not be bound are planned to be opened again each time.
pub fn plan(held: &Held, desired: &Desired) -> Vec<Step> {
    let mut closing = Vec::new();
    let mut opening = Vec::new();
    let changed = held.settled.diff(&desired.servos).map(|item| match item {
        DiffItem::Add(id, _) | DiffItem::Remove(id, _) => id,
        DiffItem::Update { new: (id, _), .. } => id,
    });
    let mut looked_at: BTreeSet<&ServoId> = changed.collect();
    looked_at.extend(&held.unfinished);
    for id in looked_at {
        match (held.servos.get(id), desired.servos.get(id)) {
            (None, None) => {}
            (Some(_), None) => closing.push(Step::Retire(id.clone())),
            (Some(servo), Some(wanted)) if Arc::ptr_eq(wanted, &servo.servo) => {
                opening.extend(servo.missing().map(|port| Step::Open(id.clone(), port)));
            }
            (None, Some(wanted)) => {
                opening.push(Step::Adopt(Arc::clone(wanted)));
                open(&mut opening, wanted, &[]);
            }
            (Some(servo), Some(wanted)) => {
                let mut kept = Vec::new();
                for (port, bound) in &servo.bound {
                    if socket(wanted, *port) == Some(*bound) {
                        kept.push(*port);
                    } else {
                        closing.push(Step::Close(id.clone(), *port));
                    }
                }
                opening.push(Step::Adopt(Arc::clone(wanted)));
                open(&mut opening, wanted, &kept);
            }
        }
    }
    closing.append(&mut opening);
    closing
}

fn open(steps: &mut Vec<Step>, servo: &Servo, kept: &[Port]) {
    for (at, listener) in servo.listeners.iter().enumerate() {
        let port = listener.port;
        let repeated = servo.listeners[..at].iter().any(|l| l.port == port);
        if !repeated && !kept.contains(&port) {
            steps.push(Step::Open(servo.id.clone(), port));
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::model::attribute::DesyncMode;
    use crate::model::health::{HealthCheck, Target, Thresholds};
    use crate::model::instance::{InstanceId, Reach};
    use crate::model::listener::Listener;
    use crate::model::placement::ZoneName;
    use crate::model::plane::{Backend, BalancerLabel, Behaviour, Choice, Departure};
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use std::time::Duration;

    pub fn port(number: u16) -> Port {
        Port::new(number.into()).unwrap()
    }

    pub fn behaviour() -> Behaviour {
        Behaviour {
            forwarded_proto_and_port: false,
            reuse_instance_connections: true,
            unavailable_page: true,
            first_pass_suffices: false,
            idle_timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(1),
            desync_mode: DesyncMode::default(),
            departure: Departure::Finish,
            choice: Choice::RoundRobin,
        }
    }

    /// A servo `i-N` at `127.101.0.N` with these listeners and instances.
    pub fn servo(number: u8, listeners: &[(Protocol, u16)], instances: &[u8]) -> Servo {
        Servo {
            id: ServoId::new(format!("i-{number:08X}")),
            balancer: BalancerLabel {
                account: "000000000001".into(),
                name: "web".into(),
            },
            zone: ZoneName::new("PARTI00"),
            address: [127, 101, 0, number].into(),
            port_offset: 0,
            listeners: listeners
                .iter()
                .map(|(protocol, number)| Listener {
                    protocol: *protocol,
                    port: port(*number),
                    instance_protocol: None,
                    instance_port: port(80),
                    certificate: None,
                })
                .collect(),
            backends: instances
                .iter()
                .map(|number| Backend {
                    instance: InstanceId::new(format!("i-{number:08X}")),
                    reach: Reach {
                        address: [127, 102, 0, *number].into(),
                        ports: BTreeMap::new(),
                    },
                })
                .collect(),
            health_check: Some(HealthCheck {
                target: Target::tcp(port(80)),
                interval_seconds: 30,
                timeout_seconds: 5,
                thresholds: Thresholds {
                    healthy: 3,
                    unhealthy: 2,
                },
            }),
            behaviour: behaviour(),
            access_log: None,
            proxy_protocol: BTreeSet::new(),
            terms: BTreeMap::new(),
            cause: "request-1".into(),
        }
    }

    pub fn desired(servos: impl IntoIterator<Item = Servo>) -> Desired {
        Desired {
            servos: servos
                .into_iter()
                .map(|servo| (servo.id.clone(), Arc::new(servo)))
                .collect(),
            ..Desired::default()
        }
    }

    fn carry_out(held: &mut Held, desired: &Desired) -> Vec<Step> {
        let steps = plan(held, desired);
        for step in &steps {
            held.note(step);
        }
        held.settle(desired);
        steps
    }

    #[test]
    fn a_change_of_one_among_a_thousand_costs_one_step() {
        let many = |number: u32, instances: &[u8]| Servo {
            id: ServoId::new(format!("i-{number:08X}")),
            address: [127, 101, (number / 250) as u8, (number % 250) as u8].into(),
            ..servo(1, &[(Protocol::Http, 80)], instances)
        };
        let ten: Vec<u8> = (1..=10).collect();
        let before = desired((0..1000).map(|number| many(number, &ten)));
        let mut held = Held::default();
        assert_eq!(carry_out(&mut held, &before).len(), 2000);
        assert_eq!(carry_out(&mut held, &before), []);
        let changed = Arc::new(many(417, &ten[1..]));
        let mut after = before.clone();
        after
            .servos
            .insert(changed.id.clone(), Arc::clone(&changed));
        assert_eq!(carry_out(&mut held, &after), [Step::Adopt(changed)]);
    }

    /// The steps as words, so that a case is a line.
    fn told(steps: &[Step]) -> Vec<String> {
        let short = |id: &ServoId| id.as_str().trim_start_matches("i-0000000").to_owned();
        let tell = |step: &Step| match step {
            Step::Retire(id) => format!("retire {}", short(id)),
            Step::Close(id, port) => format!("close {}:{port}", short(id)),
            Step::Adopt(servo) => format!("adopt {}", short(&servo.id)),
            Step::Open(id, port) => format!("open {}:{port}", short(id)),
        };
        steps.iter().map(tell).collect()
    }

    #[test]
    fn a_change_asks_for_no_more_than_it_needs() {
        use Protocol::{Http, Tcp};
        let moved = || Servo {
            address: [127, 101, 9, 9].into(),
            ..servo(1, &[(Http, 80)], &[1])
        };
        #[rustfmt::skip]
        let cases: Vec<(&str, Vec<Servo>, &[&str])> = vec![
            ("a servo comes",       vec![servo(1, &[(Http, 80)], &[])],                 &["adopt 1", "open 1:80"]),
            ("an instance comes",   vec![servo(1, &[(Http, 80)], &[1])],                &["adopt 1"]),
            ("another one",         vec![servo(1, &[(Http, 80)], &[1, 2])],             &["adopt 1"]),
            ("one leaves",          vec![servo(1, &[(Http, 80)], &[2])],                &["adopt 1"]),
            ("a listener comes",    vec![servo(1, &[(Http, 80), (Tcp, 22)], &[2])],     &["adopt 1", "open 1:22"]),
            ("it changes protocol", vec![servo(1, &[(Http, 80), (Http, 22)], &[2])],    &["close 1:22", "adopt 1", "open 1:22"]),
            ("the other leaves",    vec![servo(1, &[(Http, 22)], &[2])],                &["close 1:80", "adopt 1"]),
            ("a second servo",      vec![servo(1, &[(Http, 22)], &[2]), servo(2, &[(Http, 80)], &[])], &["adopt 2", "open 2:80"]),
            ("the first leaves",    vec![servo(2, &[(Http, 80)], &[])],                 &["retire 1"]),
            ("address passes on",   vec![moved(), servo(3, &[], &[])],                  &["retire 2", "adopt 1", "open 1:80", "adopt 3"]),
            ("servo moves",         vec![servo(1, &[(Http, 80)], &[1])],                &["close 1:80", "retire 3", "adopt 1", "open 1:80"]),
            ("all leaves",          vec![],                                             &["retire 1"]),
        ];
        let mut held = Held::default();
        for (what, servos, expected) in cases {
            let steps = carry_out(&mut held, &desired(servos));
            assert_eq!(told(&steps), expected, "{what}");
        }
    }

    #[test]
    fn a_listener_that_could_not_be_bound_is_tried_again() {
        let desired = desired([servo(1, &[(Protocol::Http, 80), (Protocol::Tcp, 22)], &[])]);
        let mut held = Held::default();
        for step in plan(&held, &desired) {
            if !matches!(&step, Step::Open(_, number) if *number == port(80)) {
                held.note(&step);
            }
        }
        let servo = held.servos.values().next().unwrap();
        assert!(!servo.is_serving());
        assert_eq!(told(&carry_out(&mut held, &desired)), ["open 1:80"]);
        assert_eq!(told(&carry_out(&mut held, &desired)), [""; 0]);
        assert!(held.servos.values().next().unwrap().is_serving());
    }

    fn any_servo() -> impl Strategy<Value = Servo> {
        let protocol = prop_oneof![Just(Protocol::Http), Just(Protocol::Tcp)];
        let listeners = proptest::collection::btree_map(1u16..5, protocol, 0..4);
        let instances = proptest::collection::btree_set(1u8..6, 0..4);
        (1u8..6, listeners, instances, 0u8..2).prop_map(
            |(number, listeners, instances, elsewhere)| {
                let listeners: Vec<_> = listeners.into_iter().map(|(n, p)| (p, n)).collect();
                let instances: Vec<_> = instances.into_iter().collect();
                let mut servo = servo(number, &listeners, &instances);
                if elsewhere == 1 {
                    servo.address = [127, 101, 1, number].into();
                }
                servo
            },
        )
    }

    proptest! {
        #[test]
        fn carrying_out_the_plan_gives_what_is_desired(
            history in proptest::collection::vec(proptest::collection::vec(any_servo(), 0..5), 1..8)
        ) {
            let mut held = Held::default();
            for servos in history {
                let desired = desired(servos);
                let before = held.clone();
                let steps = carry_out(&mut held, &desired);

                // What is desired is what is held, and no step is left.
                prop_assert_eq!(held.servos.len(), desired.servos.len());
                for (id, wanted) in &desired.servos {
                    let servo = &held.servos[id];
                    prop_assert_eq!(&servo.servo, wanted);
                    prop_assert_eq!(servo.bound.len(), wanted.listeners.len());
                    for listener in &wanted.listeners {
                        prop_assert_eq!(servo.bound.get(&listener.port).copied(), socket(wanted, listener.port));
                    }
                }
                prop_assert!(plan(&held, &desired).is_empty());

                // A socket that is in both is not touched.
                for (id, servo) in &before.servos {
                    for (number, bound) in &servo.bound {
                        let stays = held.servos.get(id).and_then(|s| s.bound.get(number)) == Some(bound);
                        let closed = steps.iter().any(|step| match step {
                            Step::Retire(at) => at == id,
                            Step::Close(at, n) => at == id && n == number,
                            Step::Adopt(_) | Step::Open(..) => false,
                        });
                        prop_assert_eq!(closed, !stays);
                    }
                }

                // Nothing is closed after something was opened.
                let opens = |step: &Step| matches!(step, Step::Open(..) | Step::Adopt(_));
                let first = steps.iter().position(opens).unwrap_or(steps.len());
                prop_assert!(steps[first..].iter().all(opens));
            }
        }
    }
}
