//! The lessons as data: the use cases of `eulb-usecases(7)`, each with what goes on behind it.
//!
//! `{1}` is the id of the first instance that was started, as in the demonstration. The load balancer
//! is `web`.

use crate::cli::demo::steps::Act::{
    self, Ask, Await, BecomeAdministrator, Enter, LoadOff, LoadOn, Look, StartCloud, Type,
    TypeAsAdministrator, Watch,
};

/// One lesson.
pub struct Lesson {
    pub title: &'static str,
    /// What it is about, in a few sentences.
    pub told: &'static str,
    pub acts: &'static [Act],
}

/// The lessons in order; each builds on those before.
pub const LESSONS: &[Lesson] = &[
    Lesson {
        title: "A cloud",
        told: "A local cloud is one process: the service that answers the commands, and the servos that carry the traffic. It listens on loopback only. Its clocks run ten times as fast here.",
        acts: &[StartCloud, Enter, Type("eulb local status")],
    },
    Lesson {
        title: "Web servers behind a load balancer",
        told: "Three web servers, then a load balancer with a listener on port 80 in their zone. It answers 503 until instances are registered and their checks have passed: healthy is who answers /health with 200 twice in a row.",
        acts: &[
            Type("eulb instance run --count 3"),
            Type(
                "eulb-create-lb -z PARTI00 -l \"lb-port=80, protocol=HTTP, instance-port=80, instance-protocol=HTTP\" web",
            ),
            Type("eulb local wait web"),
            Type("eulb resolve web"),
            Look(0),
            Type(
                "eulb-configure-healthcheck -t HTTP:80/health --interval 5 --timeout 2 --healthy-threshold 2 --unhealthy-threshold 2 web",
            ),
            Type("eulb-register-instances-with-lb --instances {1},{2},{3} web"),
            Type("eulb-describe-instance-health --show-long web"),
            Type("eulb local wait web"),
            Type("eulb-describe-instance-health web"),
            Ask {
                listener: 0,
                times: 30,
            },
        ],
    },
    Lesson {
        title: "Adding and removing a listener",
        told: "A load balancer has a listener for each port. Adding one binds its port on every servo; no socket of the others is touched. Removing one that is not there succeeds.",
        acts: &[
            Type(
                "eulb-create-lb-listeners -l \"lb-port=8080, protocol=TCP, instance-port=80, instance-protocol=TCP\" web",
            ),
            Type("eulb local wait web"),
            Type("eulb resolve web"),
            Type("eulb-delete-lb-listeners -l 8080 web"),
            Type("eulb-describe-lbs --show-long web"),
        ],
    },
    Lesson {
        title: "Maintenance of an instance",
        told: "Deregister it, and no request goes there any more; what runs, finishes. Registered again, it must pass its checks first. Eight clients keep asking all the while.",
        acts: &[
            LoadOn,
            Type("eulb-deregister-instances-from-lb --instances {2} web"),
            Type("eulb local wait"),
            Watch,
            Type("eulb-register-instances-with-lb --instances {2} web"),
            Await {
                instance: "{2}",
                state: "InService",
            },
            Watch,
            LoadOff,
        ],
    },
    Lesson {
        title: "A failing instance",
        told: "The instance's /health answers 500. Two failed checks, and the servo stops choosing it and tells the service, which shows why. Restored, it comes back by itself.",
        acts: &[
            LoadOn,
            Type("eulb instance fail {1}"),
            Await {
                instance: "{1}",
                state: "OutOfService",
            },
            Type("eulb-describe-instance-health --show-long web"),
            Watch,
            Type("eulb instance restore {1}"),
            Await {
                instance: "{1}",
                state: "InService",
            },
            LoadOff,
        ],
    },
    Lesson {
        title: "Two zones",
        told: "Each zone of a load balancer has a servo with an address of its own, and DNS gives all of them in turn. At 3.3.0 a servo forwards to instances of its own zone only.",
        acts: &[
            Type("eulb instance run --zone PARTI01"),
            Type("eulb-enable-zones-for-lb -z PARTI01 web"),
            Type("eulb-register-instances-with-lb --instances {4} web"),
            Await {
                instance: "{4}",
                state: "InService",
            },
            Type("eulb resolve --addresses web"),
            Type("eulb-disable-zones-for-lb -z PARTI00 web"),
            Type("eulb-describe-instance-health --show-long web"),
            Type("eulb-enable-zones-for-lb -z PARTI00 web"),
            Type("eulb local wait web"),
        ],
    },
    Lesson {
        title: "What this release does not have",
        told: "Eucalyptus 3.3.0 answers some actions with an empty success and does nothing. The commands say so instead, send nothing, and exit with 69, a status used for nothing else.",
        acts: &[
            Type("eulb-create-lb-cookie-stickiness-policy -e 60 -p sticky web"),
            Type("eulb --list"),
        ],
    },
    Lesson {
        title: "The administrator",
        told: "A load balancer belongs to an account. The cloud's administrator may ask for everybody's, and may look at the properties that rule all of them.",
        acts: &[
            BecomeAdministrator,
            TypeAsAdministrator("eulb-describe-lbs"),
            TypeAsAdministrator("eulb-describe-lbs verbose"),
            TypeAsAdministrator("eulb admin properties list"),
        ],
    },
    Lesson {
        title: "When something does not work",
        told: "The status shows every servo and what could not be bound; the log has a line for each thing a component did, with the request that led to it; eulb doctor looks for what is wrong and names the command that mends it.",
        acts: &[Type("eulb local status"), Type("eulb doctor")],
    },
    Lesson {
        title: "Deleting",
        told: "The service forgets the load balancer, its name leaves DNS, and the servos let exchanges finish and close their ports. Deleting succeeds whether it is there or not.",
        acts: &[
            Type("eulb-delete-lb web"),
            Type("eulb local wait"),
            Type("eulb-describe-lbs"),
        ],
    },
];
