//! The story as data: what is typed, which component does what, and what must be true afterwards.
//!
//! `{1}` is the id of the first instance that was started, `{2}` of the second, and so on.

use super::claims;
use super::evidence::{Claim, Evidence};

/// One step of the demonstration.
pub struct Step {
    pub title: &'static str,
    /// What which component is doing, for people who want to know.
    pub behind: &'static str,
    pub acts: &'static [Act],
    /// What is claimed, in words.
    pub claim: &'static str,
    /// Whether it is true, judged by what was seen in this step.
    pub holds: fn(&Evidence) -> Claim,
}

/// Something done in a step. Each leaves its trace in the [`Evidence`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Starts the cloud, as a process of its own, and waits until it is ready.
    StartCloud,
    /// Takes the endpoint and the keys of both accounts from `eulb local env`.
    Enter,
    /// Runs a command as the tenant.
    Type(&'static str),
    /// Shows how the keys of the cloud administrator's account are taken.
    BecomeAdministrator,
    /// Runs a command as the cloud administrator.
    TypeAsAdministrator(&'static str),
    /// Waits until the load balancer `web` holds an instance to be in this state.
    Await {
        instance: &'static str,
        state: &'static str,
    },
    /// Asks the listener of this number for a page, once, and shows it if it is one of an instance.
    Look(usize),
    /// Asks the listener of this number many times in turn, and draws who answered.
    Ask { listener: usize, times: u32 },
    /// Starts a steady load on the first listener.
    LoadOn,
    /// Lets the steady load go on for a second, and draws who answered; failures are those since it
    /// was started.
    Watch,
    /// Ends the steady load, and draws who answered in all.
    LoadOff,
    /// Tries to connect to every listener there ever was.
    Knock,
    /// Waits for the cloud's process to end by itself, and removes what it left.
    Leave,
}

use Act::{
    Ask, Await, BecomeAdministrator, Enter, Knock, Leave, LoadOff, LoadOn, Look, StartCloud, Type,
    TypeAsAdministrator, Watch,
};

/// Requests that are drawn as a bar chart.
pub const REQUESTS: u32 = 300;

/// The story, in the order it is told.
pub const STEPS: &[Step] = &[
    Step {
        title: "A cloud of one's own",
        behind: "The daemon makes two accounts and their keys, binds the API, and starts a data plane that has nothing to do yet.",
        acts: &[StartCloud, Enter],
        claim: "the API answers, and each account has keys of its own",
        holds: claims::cloud_is_ready,
    },
    Step {
        title: "Three web servers",
        behind: "Instances that run inside the cloud's process, each on a loopback address of its own. They answer with their id.",
        acts: &[Type("eulb instance run --count 3 --zone PARTI00")],
        claim: "three instances are running",
        holds: claims::three_instances_run,
    },
    Step {
        title: "A load balancer",
        behind: "The controller verifies the signature, stores the load balancer, and publishes what must be serving. The supervisor starts a servo for the zone and binds port 80 on the servo's own address.",
        acts: &[
            Type(
                "eulb-create-lb -z PARTI00 -l \"lb-port=80, protocol=HTTP, instance-port=80, instance-protocol=HTTP\" web",
            ),
            Type("eulb local wait web"),
            Type("eulb resolve web"),
            Look(0),
        ],
        claim: "it has a DNS name, and its port answers at once: 503, since nothing is registered",
        holds: claims::empty_balancer_answers_503,
    },
    Step {
        title: "Registration, and health checks",
        behind: "Registering does not send traffic. The servo asks each instance for /health; two passes in a row bring it into service. (The clocks run ten times as fast here: 5 seconds take half a second.)",
        acts: &[
            Type(
                "eulb-configure-healthcheck -t HTTP:80/health --interval 5 --timeout 2 --healthy-threshold 2 --unhealthy-threshold 2 web",
            ),
            Type("eulb-register-instances-with-lb --instances {1},{2},{3} web"),
            Type("eulb-describe-instance-health --show-long web"),
            Await {
                instance: "{1}",
                state: "InService",
            },
            Await {
                instance: "{2}",
                state: "InService",
            },
            Await {
                instance: "{3}",
                state: "InService",
            },
            Type("eulb-describe-instance-health web"),
        ],
        claim: "the three are out of service until their checks have passed, then in service",
        holds: claims::checks_bring_instances_into_service,
    },
    Step {
        title: "Traffic",
        behind: "The servo reads each request strictly, picks the next instance in turn, adds X-Forwarded-For, and passes the answer back.",
        acts: &[
            Look(0),
            Ask {
                listener: 0,
                times: REQUESTS,
            },
        ],
        claim: "300 requests are answered, each server gets its third, and servers see who asked",
        holds: claims::traffic_is_spread_evenly,
    },
    Step {
        title: "One server fails",
        behind: "Eight clients keep asking while the instance's /health answers 500. After two failed checks the servo stops choosing it and tells the controller why.",
        acts: &[
            LoadOn,
            Type("eulb instance fail {2}"),
            Await {
                instance: "{2}",
                state: "OutOfService",
            },
            Watch,
            Type("eulb-describe-instance-health --show-long web"),
        ],
        claim: "it is taken out of service, gets no more requests, and not one request is lost",
        holds: claims::failed_instance_is_taken_out,
    },
    Step {
        title: "It recovers",
        behind: "The checks never stopped. Two passes, and the servo chooses it again; the clients have been asking all along.",
        acts: &[
            Type("eulb instance restore {2}"),
            Await {
                instance: "{2}",
                state: "InService",
            },
            Watch,
            LoadOff,
        ],
        claim: "it serves again, and of all requests since before the failure none was lost",
        holds: claims::restored_instance_serves_again,
    },
    Step {
        title: "A second zone",
        behind: "The supervisor starts another servo, with an address of its own. At this release a servo forwards to the instances of its zone only; clients find both through DNS.",
        acts: &[
            Type("eulb instance run --zone PARTI01"),
            Type("eulb-enable-zones-for-lb -z PARTI01 web"),
            Type("eulb-register-instances-with-lb --instances {4} web"),
            Await {
                instance: "{4}",
                state: "InService",
            },
            Type("eulb resolve web"),
            Ask {
                listener: 1,
                times: 30,
            },
        ],
        claim: "the new zone has a listener of its own, which asks the zone's instance alone",
        holds: claims::second_zone_serves_its_own,
    },
    Step {
        title: "What this release does not have",
        behind: "The tools know what Eucalyptus 3.3.0 answers and what it only pretends to. They say NA and send nothing; exit status 69 is used for nothing else.",
        acts: &[
            Type("eulb-create-lb-cookie-stickiness-policy -e 60 -p sticky web"),
            Type("eulb-set-lb-listener-ssl-cert -l 443 -c arn:aws:iam::1:server-certificate/c web"),
            Type("eulb-attach-lb-to-subnets -s subnet-1 web"),
        ],
        claim: "each is refused with its reason and exit status 69",
        holds: claims::gated_commands_decline,
    },
    Step {
        title: "Two accounts",
        behind: "Every request is signed, and a load balancer belongs to the account of whoever created it. The cloud administrator may ask for everybody's.",
        acts: &[
            BecomeAdministrator,
            TypeAsAdministrator("eulb-describe-lbs"),
            TypeAsAdministrator("eulb-describe-lbs verbose"),
        ],
        claim: "another account does not see the load balancer, the administrator does by asking",
        holds: claims::accounts_are_separate,
    },
    Step {
        title: "Delete",
        behind: "The controller forgets the load balancer; the supervisor lets exchanges finish and closes the ports.",
        acts: &[
            Type("eulb-delete-lb web"),
            Type("eulb local wait"),
            Type("eulb-describe-lbs"),
            Knock,
        ],
        claim: "it is gone, and nobody answers where it was",
        holds: claims::deleted_balancer_is_gone,
    },
    Step {
        title: "Everything gone",
        behind: "The daemon stops taking requests, lets running ones finish, and ends.",
        acts: &[Type("eulb local stop"), Leave],
        claim: "the cloud's process has ended by itself, and its directory is removed",
        holds: claims::nothing_is_left,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_explains_itself_in_one_line() {
        for step in STEPS {
            assert!(!step.acts.is_empty(), "{}", step.title);
            for text in [step.title, step.behind, step.claim] {
                assert!(!text.is_empty() && !text.contains('\n'), "{text}");
            }
            assert!(step.behind.ends_with(['.', ')']), "{}", step.behind);
            assert!(!step.claim.ends_with('.'), "{}", step.claim);
        }
    }

    #[test]
    fn a_load_that_was_started_is_ended() {
        let acts = || STEPS.iter().flat_map(|step| step.acts);
        let count = |wanted: Act| acts().filter(|act| **act == wanted).count();
        assert_eq!(count(LoadOn), 1);
        assert_eq!(count(LoadOff), 1);
    }
}
