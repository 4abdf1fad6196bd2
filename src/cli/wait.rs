//! `eulb wait`, and `--wait` of the commands: asking again and again until something is so.
//!
//! Whether it is so is a pure function of what the service last said ([`Wanted::is_so`]); the rest
//! asks, pauses and shows progress. Instances are never named to the service, since releases differ
//! in what they say of one that is not registered; they are looked for in what it lists.

use super::args::{Common, List};
use super::exit::Failure;
use super::progress::Progress;
use super::report::{self, visible};
use super::session::{Caller, Session};
use crate::client::CallError;
use crate::wire::balancer::DescribeLoadBalancers;
use crate::wire::instance::{DescribeInstanceHealth, InstanceRef, InstanceState};
use crate::wire::{Action, Members, members, query};
use clap::{CommandFactory, FromArgMatches, Parser, ValueEnum};
use std::fmt::Write;
use std::str::FromStr;
use std::time::{Duration, Instant};

/// Pause between two questions to a service elsewhere. Source: the waiters of the AWS CLI.
const INTERVAL: Duration = Duration::from_secs(15);
/// Pause between two questions to a service on this machine, which costs nobody anything.
const LOCAL_INTERVAL: Duration = Duration::from_millis(200);
/// Time after which waiting is given up. Source: 40 questions of the waiters of the AWS CLI.
const TIMEOUT: Duration = Duration::from_secs(600);
/// The longest time that can be asked for: a week.
const MAXIMUM_SECONDS: f64 = 604_800.0;

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Condition {
    /// At least one of the instances is InService
    AnyInstanceInService,
    /// All of the instances, and at least one, are InService
    InstancesInService,
    /// None of the instances is InService
    InstancesOutOfService,
    /// None of the instances is registered with the load balancer
    InstanceDeregistered,
    /// There is no such load balancer
    LbDeleted,
    /// There is such a load balancer: what `--wait` of eulb-create-lb waits for
    #[value(skip)]
    LbExists,
}

/// A number of seconds, with or without a fraction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seconds(pub Duration);

impl FromStr for Seconds {
    type Err = String;

    fn from_str(text: &str) -> Result<Seconds, String> {
        text.trim()
            .parse()
            .ok()
            .filter(|seconds| (0.0..=MAXIMUM_SECONDS).contains(seconds))
            .map(|seconds| Seconds(Duration::from_secs_f64(seconds)))
            .ok_or_else(|| {
                format!("'{text}' is no number of seconds between 0 and {MAXIMUM_SECONDS}")
            })
    }
}

/// The options of the commands that can wait for their effect.
#[derive(Clone, Debug, Default, clap::Args)]
#[group(skip)]
pub struct Waiting {
    /// Wait until it has taken effect; see eulb-wait(1)
    #[arg(long, display_order = 910)]
    wait: bool,
    /// Seconds after which --wait gives up: 600, if not given
    #[arg(long, value_name = "SECONDS", requires = "wait", display_order = 911)]
    wait_timeout: Option<Seconds>,
}

impl Waiting {
    /// What the command waits for, if it was asked to.
    pub fn wanted(
        &self,
        condition: Condition,
        balancer: &str,
        instances: &Option<Members<InstanceRef>>,
    ) -> Option<Wanted> {
        let ids = members(instances).iter();
        self.wait.then(|| Wanted {
            condition,
            balancer: balancer.to_owned(),
            instances: ids
                .filter_map(|instance| instance.instance_id.clone())
                .collect(),
            timeout: self.wait_timeout.map(|seconds| seconds.0),
            interval: None,
        })
    }
}

/// Wait until instances of a load balancer are in a state
///
/// The service is asked again and again. Nothing is printed on standard output. On a terminal, the
/// states are shown on standard error while they change; when time is up, they are shown there in
/// any case, and the exit status is 1.
#[derive(Debug, Parser)]
#[command(name = "wait", next_help_heading = "Common options")]
struct Wait {
    #[command(flatten)]
    common: Common,
    /// What to wait for: any-instance-in-service, instances-in-service, instances-out-of-service,
    /// instance-deregistered or lb-deleted (required)
    ///
    /// any-instance-in-service is so when at least one of the instances is InService,
    /// instances-in-service when all are, and there is one; instances-out-of-service when none is
    /// InService; instance-deregistered when none of those named is registered with the load
    /// balancer, or still finishes what it had under way (aws, connection draining); lb-deleted when
    /// there is no such load balancer. All but the last end at once with an error if there is no
    /// such load balancer.
    // The list of values that the parser would add is too long for a line of usage.
    #[arg(value_name = "CONDITION", help_heading = None, hide_possible_values = true)]
    condition: Condition,
    /// Name of the load balancer (required)
    #[arg(value_name = "ELB", help_heading = None)]
    balancer: String,
    /// Look at these instances only, instead of all that are registered
    #[arg(long, value_name = "INSTANCE1,INSTANCE2,...", help_heading = None)]
    instances: Option<List>,
    /// Seconds after which to give up: 600, if not given
    #[arg(long, value_name = "SECONDS", help_heading = None)]
    timeout: Option<Seconds>,
    /// Seconds between two questions: 15, if not given, or 0.2 if the service is on this machine
    #[arg(long, value_name = "SECONDS", help_heading = None)]
    interval: Option<Seconds>,
}

/// The options of `eulb wait`.
pub fn describe() -> clap::Command {
    Wait::command()
}

/// Waits as the options say.
///
/// # Errors
///
/// The time is up, or the service refuses or cannot be reached.
pub fn run(matches: &clap::ArgMatches) -> Result<(), Failure> {
    let wait = Wait::from_arg_matches(matches).map_err(Failure::usage)?;
    let wanted = Wanted {
        condition: wait.condition,
        balancer: wait.balancer,
        instances: wait.instances.unwrap_or_default().0,
        timeout: wait.timeout.map(|seconds| seconds.0),
        interval: wait.interval.map(|seconds| seconds.0),
    };
    if wanted.condition == Condition::InstanceDeregistered && wanted.instances.is_empty() {
        return Err(Failure::usage(
            "instance-deregistered needs --instances: those that are to be gone",
        ));
    }
    let caller = Session::begin(&wait.common)?.caller()?;
    wanted.wait(&caller)
}

/// What is waited for, and how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    condition: Condition,
    balancer: String,
    /// None: all that are registered.
    instances: Vec<String>,
    timeout: Option<Duration>,
    interval: Option<Duration>,
}

/// What the service said last.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Seen {
    NoBalancer,
    /// The states of its instances, if they matter.
    Balancer(Vec<InstanceState>),
}

impl Wanted {
    /// Asks until it is so.
    ///
    /// # Errors
    ///
    /// The time is up, or the service refuses or cannot be reached.
    pub fn wait(&self, caller: &Caller) -> Result<(), Failure> {
        let usual = match caller.is_on_this_machine() {
            true => LOCAL_INTERVAL,
            false => INTERVAL,
        };
        let interval = self.interval.unwrap_or(usual);
        let timeout = self.timeout.unwrap_or(TIMEOUT);
        let begun = Instant::now();
        let mut progress = Progress::begin();
        loop {
            let seen = self.look(caller)?;
            if self.is_so(&seen) {
                progress.end();
                return Ok(());
            }
            let left = timeout.saturating_sub(begun.elapsed());
            if left.is_zero() {
                progress.end();
                for line in self.lines(&seen) {
                    report::note(&line);
                }
                return Err(Failure::new(format!(
                    "{} is not so of '{}' after {} seconds; its last states are above",
                    self.name(),
                    visible(&self.balancer),
                    timeout.as_secs_f64()
                )));
            }
            progress.show(&format!(
                "waiting for {} of {}: {}",
                self.name(),
                self.balancer,
                self.lines(&seen).join(", ").replace('\t', " ")
            ));
            caller.pause(interval.min(left));
        }
    }

    fn look(&self, caller: &Caller) -> Result<Seen, Failure> {
        match self.condition {
            Condition::LbDeleted | Condition::LbExists => {
                let question = DescribeLoadBalancers {
                    load_balancer_names: Some(Members::from(vec![self.balancer.clone()])),
                    ..DescribeLoadBalancers::default()
                };
                match asked(caller, &question) {
                    Ok(answer) => {
                        let found = answer.load_balancer_descriptions.unwrap_or_default();
                        Ok(match found.member.is_empty() {
                            true => Seen::NoBalancer,
                            false => Seen::Balancer(Vec::new()),
                        })
                    }
                    Err(Failure::Call(error)) if is_not_found(&error) => Ok(Seen::NoBalancer),
                    Err(failure) => Err(failure),
                }
            }
            _ => {
                let question = DescribeInstanceHealth {
                    load_balancer_name: self.balancer.clone(),
                    instances: None,
                };
                let answer = asked(caller, &question)?;
                Ok(Seen::Balancer(
                    answer.instance_states.unwrap_or_default().member,
                ))
            }
        }
    }

    fn is_so(&self, seen: &Seen) -> bool {
        let states = match (self.condition, seen) {
            (Condition::LbDeleted, seen) => return *seen == Seen::NoBalancer,
            (Condition::LbExists, seen) => return *seen != Seen::NoBalancer,
            (_, Seen::NoBalancer) => return false,
            (_, Seen::Balancer(states)) => states,
        };
        let registered = |id: &String| {
            let mut states = states.iter();
            states.find(|state| state.instance_id.as_ref() == Some(id))
        };
        let looked_at: Vec<Option<&InstanceState>> = match self.instances.is_empty() {
            true => states.iter().map(Some).collect(),
            false => self.instances.iter().map(registered).collect(),
        };
        let in_service = |state: &Option<&InstanceState>| {
            state.is_some_and(|state| state.state.as_deref() == Some("InService"))
        };
        match self.condition {
            Condition::AnyInstanceInService => looked_at.iter().any(in_service),
            Condition::InstancesInService => {
                !looked_at.is_empty() && looked_at.iter().all(in_service)
            }
            Condition::InstancesOutOfService => !looked_at.iter().any(in_service),
            Condition::InstanceDeregistered => looked_at.iter().all(Option::is_none),
            Condition::LbDeleted | Condition::LbExists => false,
        }
    }

    /// What was seen of that which is waited for, in lines as eulb-describe-instance-health has them.
    fn lines(&self, seen: &Seen) -> Vec<String> {
        let states = match seen {
            Seen::NoBalancer => return vec!["no such load balancer".to_owned()],
            Seen::Balancer(_) if self.condition == Condition::LbDeleted => {
                return vec![format!("LOAD_BALANCER\t{}", visible(&self.balancer))];
            }
            Seen::Balancer(states) => states,
        };
        let mut lines: Vec<String> = states
            .iter()
            .filter(|state| {
                let id = state.instance_id.clone().unwrap_or_default();
                self.instances.is_empty() || self.instances.contains(&id)
            })
            .map(|state| {
                let mut line = "INSTANCE".to_owned();
                for field in [&state.instance_id, &state.state, &state.description] {
                    // Writing to a String cannot fail.
                    let _ = write!(line, "\t{}", visible(field.as_deref().unwrap_or_default()));
                }
                line
            })
            .collect();
        if lines.is_empty() {
            lines.push("no instance is registered".to_owned());
        }
        lines
    }

    fn name(&self) -> String {
        let value = self.condition.to_possible_value();
        value.map_or_else(
            || "its creation".to_owned(),
            |value| value.get_name().to_owned(),
        )
    }
}

fn asked<A: Action>(caller: &Caller, question: &A) -> Result<A::Response, Failure> {
    let parameters = query::parameters(question).map_err(Failure::new)?;
    caller.call::<A>(&parameters)
}

/// Whether the service says that there is no such load balancer, in the words of any release.
fn is_not_found(error: &CallError) -> bool {
    let CallError::Service(error) = error else {
        return false;
    };
    match error.code.as_str() {
        "AccessPointNotFound" | "LoadBalancerNotFound" => true,
        // Eucalyptus before 4.0.0 gives no other hint than its message.
        "400" => error.message.contains("could not be found"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(condition: Condition, instances: &[&str]) -> Wanted {
        Wanted {
            condition,
            balancer: "web".to_owned(),
            instances: instances.iter().map(|id| (*id).to_owned()).collect(),
            timeout: None,
            interval: None,
        }
    }

    fn seen(states: &[(&str, &str)]) -> Seen {
        Seen::Balancer(
            states
                .iter()
                .map(|(id, state)| InstanceState {
                    instance_id: Some((*id).to_owned()),
                    state: Some((*state).to_owned()),
                    ..InstanceState::default()
                })
                .collect(),
        )
    }

    #[test]
    fn conditions_are_judged_by_what_is_registered() {
        use Condition::*;
        let up = ("i-1", "InService");
        let down = ("i-2", "OutOfService");
        let cases: [(Condition, &[&str], &[(&str, &str)], bool); 19] = [
            (AnyInstanceInService, &[], &[down, up], true),
            (AnyInstanceInService, &[], &[down], false),
            (AnyInstanceInService, &[], &[], false),
            (AnyInstanceInService, &["i-2"], &[down, up], false),
            (InstancesInService, &[], &[up], true),
            (InstancesInService, &[], &[down, up], false),
            (InstancesInService, &[], &[], false),
            (InstancesInService, &["i-1"], &[down, up], true),
            (InstancesInService, &["i-1", "i-3"], &[up], false),
            (InstancesOutOfService, &[], &[down], true),
            (InstancesOutOfService, &[], &[down, up], false),
            (InstancesOutOfService, &[], &[], true),
            (InstancesOutOfService, &["i-2"], &[down, up], true),
            (InstancesOutOfService, &["i-3"], &[up], true),
            (InstanceDeregistered, &["i-2"], &[up], true),
            (InstanceDeregistered, &["i-2"], &[down], false),
            (InstanceDeregistered, &["i-2", "i-1"], &[up], false),
            (LbDeleted, &[], &[], false),
            (LbExists, &[], &[], true),
        ];
        for (condition, instances, states, expected) in cases {
            let is_so = wanted(condition, instances).is_so(&seen(states));
            assert_eq!(is_so, expected, "{condition:?} {instances:?} {states:?}");
        }
        assert!(wanted(LbDeleted, &[]).is_so(&Seen::NoBalancer));
        assert!(!wanted(LbExists, &[]).is_so(&Seen::NoBalancer));
    }

    #[test]
    fn seconds_have_fractions_and_an_end() {
        for (text, expected) in [
            ("0", Some(0)),
            ("1.5", Some(1_500)),
            ("604800", Some(604_800_000)),
            ("604801", None),
            ("-1", None),
            ("nan", None),
            ("inf", None),
            ("soon", None),
        ] {
            let read = text.parse::<Seconds>().ok();
            let milliseconds = read.map(|seconds| seconds.0.as_millis());
            assert_eq!(milliseconds, expected, "{text}");
        }
    }
}
