//! Operations from the request's parameters to the whole body of the answer, without sockets, disk or
//! signatures. What they have in common is here; then one file per resource.

mod attribute;
mod certificate;
mod limits;
mod network;
mod paging;
mod placement;
mod policy;
mod releases;
mod tag;

use crate::controller::operations::{self, Context};
use crate::controller::{Config, Controller, instances};
use crate::model::account::Caller;
use crate::model::balancer::LoadBalancer;
use crate::model::plane::{Desired, Observation};
use crate::model::timestamp::Timestamp;
use crate::wire::VERSION;
use crate::wire::fault::Fault;
use crate::wire::local::RunInstances;
use crate::wire::query::Parameters;
use crate::wire::release::Release;
use crate::wire::service::Service;
use expect_test::{Expect, expect};
use std::sync::Arc;
use std::time::Duration;

/// A text with the eight digits of networks' ids, which follow from the account's number, masked.
fn masked(text: String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((at, prefix)) = ["vpc-", "subnet-", "sg-", "default_elb_"]
        .into_iter()
        .filter_map(|prefix| Some((rest.find(prefix)?, prefix)))
        .min()
    {
        let (before, after) = rest.split_at(at + prefix.len());
        let of_id = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b'-';
        let digits = after.bytes().take_while(of_id).count();
        out.push_str(before);
        out.push_str(match digits {
            8 | 36 => "*",
            _ => &after[..digits],
        });
        rest = &after[digits..];
    }
    out + rest
}

/// A service with a caller: the tenant's user, unless said otherwise.
struct Desk {
    controller: Controller,
    administrator: bool,
}

/// 2013-05-15T23:31:32.806Z, the moment of the documentation's examples.
const NOW: Timestamp = Timestamp(1_368_660_692_806);

impl Desk {
    fn open(release: Release) -> Desk {
        let config = Config {
            release,
            ..Config::default()
        };
        Desk {
            controller: Controller::open(config).expect("nothing is on a disk"),
            administrator: false,
        }
    }

    /// A desk with the load balancer `web`: HTTP on 80, TCP on 25, both zones.
    async fn with_web(release: Release) -> Desk {
        let desk = Desk::open(release);
        let made = desk
            .ask(
                "CreateLoadBalancer LoadBalancerName=web&AvailabilityZones.member.1=PARTI00\
                 &AvailabilityZones.member.2=PARTI01\
                 &Listeners.member.1.Protocol=HTTP&Listeners.member.1.LoadBalancerPort=80\
                 &Listeners.member.1.InstanceProtocol=HTTP&Listeners.member.1.InstancePort=8080\
                 &Listeners.member.2.Protocol=TCP&Listeners.member.2.LoadBalancerPort=25\
                 &Listeners.member.2.InstanceProtocol=TCP&Listeners.member.2.InstancePort=2525",
            )
            .await;
        made.expect("the load balancer is sound");
        desk
    }

    fn context(&self) -> Context {
        let state = &self.controller.shared.registry.snapshot().state;
        let administrator = state.administrator().expect("it was made at the start");
        let account = if self.administrator {
            administrator
        } else {
            state.account("tenant").expect("it was made at the start")
        };
        Context {
            caller: Caller {
                account: account.id.clone(),
                user: "admin".into(),
                administrator: self.administrator,
                region: "us-east-1".into(),
                session: None,
            },
            config: self.controller.shared.config.clone(),
            now: NOW,
            request_id: "r-1".into(),
        }
    }

    /// Asks `ACTION PARAMETERS`, or `SERVICE:ACTION PARAMETERS` of a neighbouring service.
    async fn ask(&self, question: &str) -> Result<String, Fault> {
        let (action, form) = question.split_once(' ').unwrap_or((question, ""));
        let (service, action) = match action.split_once(':') {
            Some((name, action)) => (Service::signed(name).expect("a service"), action),
            None => (Service::LoadBalancing, action),
        };
        let form = format!("Action={action}&Version={VERSION}&{form}");
        let parameters = Parameters::read(form.as_bytes()).map_err(Fault::Form)?;
        let context = self.context();
        let operation = operations::find_in(service, &parameters, context.config.release)?;
        let registry = &self.controller.shared.registry;
        operations::run(operation, &parameters, context, registry).await
    }

    /// Asks and writes the answer down: the result of a success, an element a line; one line of a
    /// fault. Numbers of accounts differ from run to run and are masked.
    async fn tell(&self, question: &str) -> String {
        let release = self.controller.shared.config.release;
        let text = match self.ask(question).await {
            Ok(body) => {
                let action = question.split(' ').next().expect("an action");
                let action = action.rsplit(':').next().expect("a name");
                let from = body.find(&format!("<{action}Result")).expect("a result");
                let to = body.find("<ResponseMetadata>").expect("metadata");
                body[from..to].replace("><", ">\n<") + "\n"
            }
            Err(fault) => {
                let shown = fault.shown(release);
                format!("{} {}: {}\n", shown.status, shown.code, shown.message)
            }
        };
        let state = &self.controller.shared.registry.snapshot().state;
        let numbers = state.accounts.values().map(|account| {
            let alias = format!("({})", account.alias);
            (account.id.to_string(), alias)
        });
        masked(numbers.fold(text, |text, (number, alias)| text.replace(&number, &alias)))
    }

    /// Asks several things, `ACTION PARAMETERS` each, and expects all the answers, in order.
    async fn expect(&self, questions: &[&str], expected: Expect) {
        let mut told = String::new();
        for question in questions {
            told.push_str(&format!("# {question}\n"));
            told.push_str(&self.tell(question).await);
        }
        expected.assert_eq(&told);
    }

    fn desired(&self) -> Arc<Desired> {
        self.controller.desired().borrow().clone()
    }

    async fn run_instance(&self, zone: &str) -> String {
        let request = RunInstances {
            count: 1,
            zone: Some(zone.to_owned()),
            account: None,
            ports: Vec::new(),
            delay_milliseconds: 0,
        };
        let config = self.controller.shared.config.clone();
        let registry = &self.controller.shared.registry;
        let started = registry
            .change("r-0".into(), move |draft| {
                instances::run(&request, draft, &config)
                    .map_err(|message| Fault::Failure { message })
            })
            .await
            .expect("there is room");
        started[0].id.to_string()
    }
}

#[tokio::test]
async fn what_the_first_release_lacks_is_refused_in_words() {
    let desk = Desk::open(Release::V3_3_0);
    desk.expect(
        &[
            "DescribeLoadBalancerPolicies",
            "AddTags LoadBalancerNames.member.1=web&Tags.member.1.Key=a",
            "ModifyLoadBalancerAttributes LoadBalancerName=web",
            "DescribeAccountLimits",
        ],
        expect![[r#"
            # DescribeLoadBalancerPolicies
            400 UnsupportedOperation: DescribeLoadBalancerPolicies does not work in Eucalyptus 3.3.0: it is answered with an empty success and does nothing (from 4.0.0)
            # AddTags LoadBalancerNames.member.1=web&Tags.member.1.Key=a
            400 UnsupportedOperation: AddTags does not work in Eucalyptus 3.3.0: the operation is unknown (from 4.1.0)
            # ModifyLoadBalancerAttributes LoadBalancerName=web
            400 UnsupportedOperation: ModifyLoadBalancerAttributes does not work in Eucalyptus 3.3.0: the operation is unknown (from 4.1.0)
            # DescribeAccountLimits
            400 UnsupportedOperation: DescribeAccountLimits does not work in Eucalyptus 3.3.0: no release of Eucalyptus has it for classic load balancers (from aws)
        "#]],
    )
    .await;
}
