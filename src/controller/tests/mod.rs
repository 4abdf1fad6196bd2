//! The operations as a client sees them, without sockets: request in, whole answer out.

mod durability;
mod health;

use super::operations::{self, Context};
use super::store::{Change, Place, Row, Table};
use super::*;
use crate::clock::Clock;
use crate::model::account::Caller;
use crate::model::balancer::{BalancerKey, BalancerName, LoadBalancer, RegistrationState};
use crate::model::health::Verdict;
use crate::model::instance::InstanceId;
use crate::model::placement::ServoId;
use crate::model::plane::BalancerLabel;
use crate::wire::VERSION;
use crate::wire::fault::Fault;
use crate::wire::local::{AddInstance, ChangeInstances, InstanceChange, RunInstances};
use crate::wire::query::Parameters;
use crate::wire::release::Release;
use expect_test::expect;

struct Cloud {
    config: Arc<Config>,
    registry: Registry,
}

/// 2013-05-15T23:31:32.806Z
const NOW: Timestamp = Timestamp(1_368_660_692_806);

impl Cloud {
    fn of(config: Config) -> Cloud {
        Cloud::with_rows(config, &[])
    }

    fn with_rows(config: Config, rows: &[Row]) -> Cloud {
        let config = Arc::new(config);
        let state = State::restore(rows, config.servo_cidr, config.instance_cidr).unwrap();
        let mut store = MemoryStore;
        let state = first_start(state, &mut store, NOW).unwrap();
        let registry = Registry::start(Box::new(store), state, config.clone()).unwrap();
        Cloud { config, registry }
    }

    fn new() -> Cloud {
        Cloud::of(Config::default())
    }

    fn release(release: &str) -> Cloud {
        Cloud::of(Config {
            release: release.parse().unwrap(),
            ..Config::default()
        })
    }

    fn account(&self, alias: &str) -> AccountId {
        let snapshot = self.registry.snapshot();
        snapshot.state.account(alias).unwrap().id.clone()
    }

    fn context(&self, alias: &str) -> Context {
        Context {
            caller: Caller {
                account: self.account(alias),
                user: "admin".into(),
                administrator: alias == Account::ADMINISTRATOR,
                region: "us-east-1".into(),
                session: None,
            },
            config: self.config.clone(),
            now: NOW,
            request_id: "r".into(),
        }
    }

    async fn try_ask(&self, alias: &str, request: &str) -> Result<String, Fault> {
        let form = format!("Version={VERSION}&Action={request}");
        let parameters = Parameters::read(form.as_bytes()).map_err(Fault::Form)?;
        let operation = operations::find(&parameters, self.config.release)?;
        operations::run(operation, &parameters, self.context(alias), &self.registry).await
    }

    /// The answer to a request, one element a line for the eye, account numbers named.
    async fn ask(&self, alias: &str, request: &str) -> String {
        let text = match self.try_ask(alias, request).await {
            Ok(body) => body,
            Err(fault) => {
                let shown = fault.shown(self.config.release);
                format!("{} {}: {}\n", shown.status, shown.code, shown.message)
            }
        };
        let mut lines = text.replace("><", ">\n<");
        for alias in [Account::ADMINISTRATOR, TENANT] {
            let name = format!("[{}]", alias.to_uppercase());
            lines = lines.replace(self.account(alias).as_str(), &name);
        }
        lines
    }

    async fn tenant(&self, request: &str) -> String {
        self.ask(TENANT, request).await
    }

    /// Expects a success with nothing in it to look at.
    async fn done(&self, request: &str) {
        if let Err(fault) = self.try_ask(TENANT, request).await {
            panic!("{request}: {fault:?}");
        }
    }

    async fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Draft, &Config) -> Result<T, String> + Send + 'static,
    ) -> Result<T, String> {
        let config = self.config.clone();
        let made = self.registry.change("r".into(), move |draft| {
            change(draft, &config).map_err(|message| Fault::Failure { message })
        });
        made.await.map_err(|fault| match fault {
            Fault::Failure { message } => message,
            other => panic!("{other:?}"),
        })
    }

    async fn add(&self, id: &str, zone: &str) {
        self.add_for(id, zone, TENANT).await.unwrap();
    }

    async fn add_for(&self, id: &str, zone: &str, account: &str) -> Result<(), String> {
        let request = AddInstance {
            id: id.to_owned(),
            address: Ipv4Addr::LOCALHOST.into(),
            zone: Some(zone.to_owned()),
            account: Some(account.to_owned()),
            ports: vec![(80, 8080)],
        };
        self.change(move |draft, config| instances::add(&request, draft, config).map(|_| ()))
            .await
    }

    async fn instance(&self, id: &str, change: InstanceChange) -> Result<(), String> {
        let request = ChangeInstances {
            ids: vec![id.to_owned()],
            change,
        };
        self.change(move |draft, config| instances::change(&request, draft, config).map(|_| ()))
            .await
    }

    fn servos(&self) -> Vec<(ServoId, String, IpAddr, Vec<String>)> {
        let desired = self.registry.desired();
        let desired = desired.borrow();
        let servo = |servo: &Arc<crate::model::plane::Servo>| {
            let backends = servo.backends.iter().map(|b| b.instance.to_string());
            let zone = servo.zone.to_string();
            (servo.id.clone(), zone, servo.address, backends.collect())
        };
        let mut servos: Vec<_> = desired.servos.values().map(servo).collect();
        servos.sort_by_key(|servo| servo.2);
        servos
    }

    /// Tells what the data plane saw and waits until it is published.
    async fn observe(&self, observation: Observation) {
        let applied = self.registry.snapshot().reports.applied + 1;
        let observer = self.registry.observer();
        observer.send(observation).await.unwrap();
        let mark = Observation::Applied { revision: applied };
        observer.send(mark).await.unwrap();
        let mut snapshots = self.registry.subscribe();
        let published = snapshots.wait_for(|snapshot| snapshot.reports.applied >= applied);
        published.await.unwrap();
    }

    async fn verdict(&self, instance: &str, verdict: Verdict) {
        let servo = self.servos()[0].0.clone();
        self.observe(Observation::Health {
            servo,
            instance: InstanceId::new(instance),
            verdict,
            checked: "HTTP:80/ answered 200 in 1 ms".to_owned(),
        })
        .await;
    }

    async fn health(&self, name: &str) -> String {
        let request = format!("DescribeInstanceHealth&LoadBalancerName={name}");
        let text = self.tenant(&request).await;
        let from = text.find("<InstanceStates").unwrap();
        let to = text.find("</DescribeInstanceHealthResult").unwrap();
        text[from..to].to_owned()
    }
}

use crate::model::account::AccountId;

const WEB: &str = "CreateLoadBalancer&LoadBalancerName=web&AvailabilityZones.member.1=PARTI00\
&Listeners.member.1.Protocol=http&Listeners.member.1.LoadBalancerPort=80\
&Listeners.member.1.InstanceProtocol=http&Listeners.member.1.InstancePort=8080";

#[tokio::test]
async fn a_load_balancer_is_made_described_and_deleted() {
    let cloud = Cloud::new();
    expect![[r#"
        <CreateLoadBalancerResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/">
        <CreateLoadBalancerResult>
        <DNSName>web-[TENANT].lb.localhost</DNSName>
        </CreateLoadBalancerResult>
        <ResponseMetadata>
        <RequestId>r</RequestId>
        </ResponseMetadata>
        </CreateLoadBalancerResponse>"#]].assert_eq(&cloud.tenant(WEB).await);
    expect![[r#"
        <DescribeLoadBalancersResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/">
        <DescribeLoadBalancersResult>
        <LoadBalancerDescriptions>
        <member>
        <LoadBalancerName>web</LoadBalancerName>
        <DNSName>web-[TENANT].lb.localhost</DNSName>
        <ListenerDescriptions>
        <member>
        <Listener>
        <Protocol>HTTP</Protocol>
        <LoadBalancerPort>80</LoadBalancerPort>
        <InstanceProtocol>HTTP</InstanceProtocol>
        <InstancePort>8080</InstancePort>
        </Listener>
        </member>
        </ListenerDescriptions>
        <AvailabilityZones>
        <member>PARTI00</member>
        </AvailabilityZones>
        <Instances/>
        <HealthCheck>
        <Target>TCP:8080</Target>
        <Interval>30</Interval>
        <Timeout>5</Timeout>
        <UnhealthyThreshold>2</UnhealthyThreshold>
        <HealthyThreshold>3</HealthyThreshold>
        </HealthCheck>
        <SourceSecurityGroup>
        <OwnerAlias>[EUCALYPTUS]</OwnerAlias>
        <GroupName>euca-internal-[TENANT]-web</GroupName>
        </SourceSecurityGroup>
        <CreatedTime>2013-05-15T23:31:32.806Z</CreatedTime>
        </member>
        </LoadBalancerDescriptions>
        </DescribeLoadBalancersResult>
        <ResponseMetadata>
        <RequestId>r</RequestId>
        </ResponseMetadata>
        </DescribeLoadBalancersResponse>"#]].assert_eq(&cloud.tenant("DescribeLoadBalancers").await);
    expect![[r#"
        <DeleteLoadBalancerResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/">
        <DeleteLoadBalancerResult/>
        <ResponseMetadata>
        <RequestId>r</RequestId>
        </ResponseMetadata>
        </DeleteLoadBalancerResponse>"#]].assert_eq(&cloud.tenant("DeleteLoadBalancer&LoadBalancerName=web").await);
    expect![[r#"
        <DescribeLoadBalancersResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/">
        <DescribeLoadBalancersResult>
        <LoadBalancerDescriptions/>
        </DescribeLoadBalancersResult>
        <ResponseMetadata>
        <RequestId>r</RequestId>
        </ResponseMetadata>
        </DescribeLoadBalancersResponse>"#]].assert_eq(&cloud.tenant("DescribeLoadBalancers").await);
    assert_eq!(cloud.servos(), []);
}

#[tokio::test]
async fn a_load_balancer_may_have_nothing() {
    let cloud = Cloud::new();
    cloud.done("CreateLoadBalancer&LoadBalancerName=bare").await;
    expect![[r#"
        <DescribeLoadBalancersResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/">
        <DescribeLoadBalancersResult>
        <LoadBalancerDescriptions>
        <member>
        <LoadBalancerName>bare</LoadBalancerName>
        <DNSName>bare-[TENANT].lb.localhost</DNSName>
        <ListenerDescriptions/>
        <Instances/>
        <SourceSecurityGroup>
        <OwnerAlias>[EUCALYPTUS]</OwnerAlias>
        <GroupName>euca-internal-[TENANT]-bare</GroupName>
        </SourceSecurityGroup>
        <CreatedTime>2013-05-15T23:31:32.806Z</CreatedTime>
        </member>
        </LoadBalancerDescriptions>
        </DescribeLoadBalancersResult>
        <ResponseMetadata>
        <RequestId>r</RequestId>
        </ResponseMetadata>
        </DescribeLoadBalancersResponse>"#]].assert_eq(&cloud.tenant("DescribeLoadBalancers").await);
}

#[tokio::test]
async fn refusals_are_those_of_the_first_release() {
    let cloud = Cloud::new();
    cloud.add("i-1", "PARTI00").await;
    cloud.add("i-2", "PARTI01").await;
    cloud.add_for("i-3", "PARTI00", "eucalyptus").await.unwrap();
    cloud.add("i-4", "PARTI00").await;
    cloud.instance("i-4", InstanceChange::Stop).await.unwrap();
    cloud.done(WEB).await;
    let servo = cloud.servos()[0].0.to_string();
    let listener = |protocol: &str, port: &str, instance_port: &str| {
        format!(
            "CreateLoadBalancerListeners&LoadBalancerName=web&Listeners.member.1.Protocol={protocol}\
             &Listeners.member.1.LoadBalancerPort={port}&Listeners.member.1.InstancePort={instance_port}"
        )
    };
    let check = |target: &str, interval: &str, timeout: &str, healthy: &str, unhealthy: &str| {
        format!(
            "ConfigureHealthCheck&LoadBalancerName=web&HealthCheck.Target={target}\
             &HealthCheck.Interval={interval}&HealthCheck.Timeout={timeout}\
             &HealthCheck.HealthyThreshold={healthy}&HealthCheck.UnhealthyThreshold={unhealthy}"
        )
    };
    let register = |id: &str| {
        format!(
            "RegisterInstancesWithLoadBalancer&LoadBalancerName=web&Instances.member.1.InstanceId={id}"
        )
    };
    const INVALID: &str = "409 400: Requested configuration change is invalid: ";
    const MISSING: &str = "400 400: The specified LoadBalancer could not be found\n";
    let invalid = |reason: &str| format!("{INVALID}{reason}\n");
    let cases: Vec<(String, String)> = vec![
        (WEB.to_owned(), "400 400: LoadBalancer name already exists for this account. Please choose another name.\n".to_owned()),
        ("CreateLoadBalancer&LoadBalancerName=a%20b".to_owned(), invalid("Invalid character found in the loadbalancer name")),
        ("CreateLoadBalancer&LoadBalancerName=x&AvailabilityZones.member.1=NOWHERE".to_owned(), invalid("No cluster named NOWHERE is available")),
        (WEB.replace("=web", "=x").replace("=http&Listeners.member.1.LoadBalancerPort", "=https&Listeners.member.1.LoadBalancerPort"), "400 400: The requested protocol is not supported\n".to_owned()),
        (listener("SSL", "443", "443"), "400 400: The requested protocol is not supported\n".to_owned()),
        (listener("gopher", "443", "443"), "400 400: The requested protocol is not supported\n".to_owned()),
        (listener("HTTP", "0", "80"), invalid("Invalid listener format")),
        (listener("HTTP", "81", "-1"), invalid("Invalid listener format")),
        (listener("HTTP", "65536", "80"), invalid("Invalid port range")),
        (listener("HTTP", "81", "65536"), invalid("Invalid port range")),
        ("CreateLoadBalancerListeners&LoadBalancerName=web&Listeners.member.1.LoadBalancerPort=1".to_owned(), invalid("Invalid listener format")),
        (listener("HTTP", "80", "8080"), "400 400: A Listener already exists\n".to_owned()),
        (listener("HTTP", "81", "80").replace("=web", "=no"), MISSING.to_owned()),
        ("DeleteLoadBalancerListeners&LoadBalancerName=no&LoadBalancerPorts.member.1=1".to_owned(), MISSING.to_owned()),
        (register("i-9"), "400 400: The specified EndPoint (instance) is not valid\n".to_owned()),
        (register("i-3"), "400 400: The specified EndPoint (instance) is not valid\n".to_owned()),
        (register("i-4"), "400 400: The specified EndPoint (instance) is not valid\n".to_owned()),
        (register("i-2"), "400 InternalFailure: unable to find the instance's zone\n".to_owned()),
        (register(&servo), "400 InternalFailure: Failed to register instances: Loadbalancer VM cannot be registered\n".to_owned()),
        (register("i-1").replace("=web", "=no"), MISSING.to_owned()),
        ("DeregisterInstancesFromLoadBalancer&LoadBalancerName=no".to_owned(), MISSING.to_owned()),
        ("DescribeInstanceHealth&LoadBalancerName=no".to_owned(), MISSING.to_owned()),
        ("EnableAvailabilityZonesForLoadBalancer&LoadBalancerName=no".to_owned(), MISSING.to_owned()),
        ("EnableAvailabilityZonesForLoadBalancer&LoadBalancerName=web&AvailabilityZones.member.1=NO".to_owned(), "400 InternalFailure: Failed to enable zones: The requested zone NO is not valid\n".to_owned()),
        ("DisableAvailabilityZonesForLoadBalancer&LoadBalancerName=no".to_owned(), MISSING.to_owned()),
        (check("TCP:80", "4", "5", "2", "2"), invalid("Interval must be longer than 5 seconds")),
        (check("TCP:80", "4", "5", "2", "2").replace("=web", "=no"), invalid("Interval must be longer than 5 seconds")),
        (check("TCP:80", "5", "5", "2", "2").replace("=web", "=no"), MISSING.to_owned()),
        (check("HTTP:80", "5", "5", "2", "2"), "400 InternalFailure: Failed to persist the health check config\n".to_owned()),
        (check("tcp:80", "5", "5", "2", "2"), "400 InternalFailure: Failed to persist the health check config\n".to_owned()),
        ("ConfigureHealthCheck&LoadBalancerName=web".to_owned(), invalid("Healthy tresholds must be specified")),
        ("ConfigureHealthCheck".to_owned(), "400 MissingParameter: Failed to bind the following fields:\nLoadBalancerName\n".to_owned()),
        ("DeleteLoadBalancer&LoadBalancerName=web&Colour=red".to_owned(), "400 InvalidParameterValue: Failed to bind the following fields:\nColour = red\n".to_owned()),
        ("Dance".to_owned(), "400 InvalidAction: Could not find operation Dance for version 2012-06-01\n".to_owned()),
        ("AddTags".to_owned(), "400 UnsupportedOperation: AddTags does not work in Eucalyptus 3.3.0: the operation is unknown (from 4.1.0)\n".to_owned()),
        ("CreateLBCookieStickinessPolicy".to_owned(), "400 UnsupportedOperation: CreateLBCookieStickinessPolicy does not work in Eucalyptus 3.3.0: it is answered with an empty success and does nothing (from 4.0.0)\n".to_owned()),
    ];
    let before = cloud.registry.snapshot().revision;
    for (request, expected) in cases {
        assert_eq!(cloud.tenant(&request).await, expected, "{request}");
    }
    // None of them left anything.
    assert_eq!(cloud.registry.snapshot().revision, before);
    assert_eq!(cloud.registry.snapshot().state.balancers.len(), 1);
}

#[tokio::test]
async fn what_is_absent_or_there_already_is_no_mistake() {
    let cloud = Cloud::new();
    cloud.add("i-1", "PARTI00").await;
    cloud.done(WEB).await;
    for request in [
        "DeleteLoadBalancer&LoadBalancerName=no",
        "DeleteLoadBalancerListeners&LoadBalancerName=web&LoadBalancerPorts.member.1=81",
        "DescribeLoadBalancers&LoadBalancerNames.member.1=no",
        "RegisterInstancesWithLoadBalancer&LoadBalancerName=web&Instances.member.1.InstanceId=i-1",
        "RegisterInstancesWithLoadBalancer&LoadBalancerName=web&Instances.member.1.InstanceId=i-1",
        "DeregisterInstancesFromLoadBalancer&LoadBalancerName=web&Instances.member.1.InstanceId=i-9",
        "DescribeInstanceHealth&LoadBalancerName=web&Instances.member.1.InstanceId=i-9",
        "EnableAvailabilityZonesForLoadBalancer&LoadBalancerName=web&AvailabilityZones.member.1=PARTI00",
        "DisableAvailabilityZonesForLoadBalancer&LoadBalancerName=web&AvailabilityZones.member.1=PARTI01",
        "CreateLoadBalancer&LoadBalancerName=usual&Scheme=internet-facing&Subnets=&SecurityGroups=",
        // HTTP in front of TCP or HTTPS, port 22, small letters.
        "CreateLoadBalancerListeners&LoadBalancerName=web&Listeners.member.1.Protocol=HTTP\
         &Listeners.member.1.LoadBalancerPort=22&Listeners.member.1.InstancePort=22\
         &Listeners.member.1.InstanceProtocol=tcp",
        "ConfigureHealthCheck&LoadBalancerName=web&HealthCheck.Target=HTTPS:443/x\
         &HealthCheck.Interval=30&HealthCheck.Timeout=120&HealthCheck.HealthyThreshold=2\
         &HealthCheck.UnhealthyThreshold=360",
    ] {
        cloud.done(request).await;
    }
}

#[tokio::test]
async fn accounts_do_not_see_each_other_but_the_administrator_may() {
    let cloud = Cloud::new();
    let admin = async |request: &'static str| cloud.ask("eucalyptus", request).await;
    cloud.done(WEB).await;
    assert!(!admin("DescribeLoadBalancers").await.contains("web"));
    let named = "DescribeLoadBalancers&LoadBalancerNames.member.1=web";
    assert!(!admin(named).await.contains("web-"));
    let verbose = "DescribeLoadBalancers&LoadBalancerNames.member.1=verbose";
    assert!(admin(verbose).await.contains("web-[TENANT].lb.localhost"));
    // To a tenant the word means nothing: its own are listed.
    admin("CreateLoadBalancer&LoadBalancerName=of-admin").await;
    let own = cloud.tenant(verbose).await;
    assert!(
        own.contains("web-[TENANT]") && !own.contains("of-admin"),
        "{own}"
    );
    // The same name in another account is another load balancer.
    assert!(admin(WEB).await.contains("web-[EUCALYPTUS].lb.localhost"));
    cloud.done("DeleteLoadBalancer&LoadBalancerName=web").await;
    assert!(admin(named).await.contains("web-[EUCALYPTUS]"));
    // An administrator deletes others' by DNS name; a tenant does not, and is not told.
    cloud.done(WEB).await;
    let tenant = cloud.account(TENANT);
    let dns = format!("DeleteLoadBalancer&LoadBalancerName=web-{tenant}.lb.localhost");
    let of_admin = cloud.account("eucalyptus");
    let foreign = format!("DeleteLoadBalancer&LoadBalancerName=web-{of_admin}.lb.localhost");
    cloud.done(&foreign).await;
    assert!(admin(named).await.contains("web-[EUCALYPTUS]"));
    // As DNS compares names, and the whole of it.
    let part = format!("DeleteLoadBalancer&LoadBalancerName=web-{tenant}.lb");
    assert!(cloud.try_ask("eucalyptus", &part).await.is_err());
    let dns = dns.replace("lb.localhost", "LB.localhost");
    assert!(cloud.try_ask("eucalyptus", &dns).await.is_ok());
    assert!(!cloud.tenant("DescribeLoadBalancers").await.contains("web"));
    assert_eq!(
        cloud.ask("eucalyptus", &dns).await,
        "400 InternalFailure: Unable to find the loadbalancer (use DNS name if you are Cloud admin)\n"
    );
    let later = Cloud::release("4.1.1");
    let gone = "DeleteLoadBalancer&LoadBalancerName=gone";
    assert!(later.try_ask("eucalyptus", gone).await.is_ok());
}

#[tokio::test]
async fn zones_have_servos_of_their_own_and_only_their_instances() {
    let cloud = Cloud::with_rows(
        Config::default(),
        &[Row {
            table: Table::Properties,
            key: "loadbalancing.loadbalancer_num_vm".to_owned(),
            value: b"\"2\"".to_vec(),
        }],
    );
    cloud.add("i-1", "PARTI00").await;
    cloud.add("i-2", "PARTI01").await;
    cloud.done(WEB).await;
    expect![[r#"
        <EnableAvailabilityZonesForLoadBalancerResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/">
        <EnableAvailabilityZonesForLoadBalancerResult>
        <AvailabilityZones>
        <member>PARTI00</member>
        <member>PARTI01</member>
        </AvailabilityZones>
        </EnableAvailabilityZonesForLoadBalancerResult>
        <ResponseMetadata>
        <RequestId>r</RequestId>
        </ResponseMetadata>
        </EnableAvailabilityZonesForLoadBalancerResponse>"#]].assert_eq(
        &cloud
            .tenant("EnableAvailabilityZonesForLoadBalancer&LoadBalancerName=web&AvailabilityZones.member.1=PARTI01")
            .await,
    );
    cloud
        .done("RegisterInstancesWithLoadBalancer&LoadBalancerName=web&Instances.member.1.InstanceId=i-1&Instances.member.2.InstanceId=i-2")
        .await;
    let seen = |cloud: &Cloud| -> Vec<(String, String, Vec<String>)> {
        let servos = cloud.servos().into_iter();
        servos
            .map(|(_, zone, address, ids)| (zone, address.to_string(), ids))
            .collect()
    };
    let servo = |zone: &str, address: &str, id: &str| {
        (zone.to_owned(), address.to_owned(), vec![id.to_owned()])
    };
    assert_eq!(
        seen(&cloud),
        [
            servo("PARTI00", "127.101.0.1", "i-1"),
            servo("PARTI00", "127.101.0.2", "i-1"),
            servo("PARTI01", "127.101.0.3", "i-2"),
            servo("PARTI01", "127.101.0.4", "i-2"),
        ]
    );
    let kept = cloud.servos()[2].clone();
    expect![[r#"
        <DisableAvailabilityZonesForLoadBalancerResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/">
        <DisableAvailabilityZonesForLoadBalancerResult>
        <AvailabilityZones>
        <member>PARTI01</member>
        </AvailabilityZones>
        </DisableAvailabilityZonesForLoadBalancerResult>
        <ResponseMetadata>
        <RequestId>r</RequestId>
        </ResponseMetadata>
        </DisableAvailabilityZonesForLoadBalancerResponse>"#]].assert_eq(
        &cloud
            .tenant("DisableAvailabilityZonesForLoadBalancer&LoadBalancerName=web&AvailabilityZones.member.1=PARTI00")
            .await,
    );
    expect![[r#"
        <InstanceStates>
        <member>
        <InstanceId>i-1</InstanceId>
        <State>OutOfService</State>
        <ReasonCode>ELB</ReasonCode>
        <Description>Zone disabled</Description>
        </member>
        <member>
        <InstanceId>i-2</InstanceId>
        <State>OutOfService</State>
        <ReasonCode>ELB</ReasonCode>
        <Description>Instance registration is still in progress.</Description>
        </member>
        </InstanceStates>
    "#]]
    .assert_eq(&cloud.health("web").await);
    // What is left is what it was; the lowest addresses are free for the next.
    assert_eq!(cloud.servos().len(), 2);
    assert_eq!(cloud.servos()[0], kept);
    cloud.done(&WEB.replace("=web", "=next")).await;
    assert_eq!(seen(&cloud)[0].1, "127.101.0.1");
    // All zones may be disabled at 3.3.0; the element is then there and empty.
    cloud
        .done("DisableAvailabilityZonesForLoadBalancer&LoadBalancerName=web&AvailabilityZones.member.1=PARTI01")
        .await;
    let described = cloud
        .tenant("DescribeLoadBalancers&LoadBalancerNames.member.1=web")
        .await;
    assert!(described.contains("<AvailabilityZones/>"), "{described}");
}

#[tokio::test]
async fn addresses_run_out_with_a_word_and_nothing_is_left_behind() {
    let cloud = Cloud::of(Config {
        servo_cidr: "127.101.0.0/30".parse().unwrap(),
        ..Config::default()
    });
    let both = |name: &str| {
        WEB.replace("=web", &format!("={name}")) + "&AvailabilityZones.member.2=PARTI01"
    };
    cloud.done(WEB).await;
    assert_eq!(
        cloud.tenant(&both("two")).await,
        "400 InternalFailure: Failed to create the loadbalancer: Not enough resources in PARTI01\n"
    );
    cloud.done("DeleteLoadBalancer&LoadBalancerName=web").await;
    cloud.done(&both("two")).await;
    assert_eq!(cloud.servos().len(), 2);
}

#[tokio::test]
async fn a_change_touches_only_the_servos_of_its_load_balancer() {
    let cloud = Cloud::new();
    cloud.add("i-1", "PARTI00").await;
    for name in ["one", "two", "three"] {
        cloud.done(&WEB.replace("=web", &format!("={name}"))).await;
    }
    let before = cloud.registry.desired().borrow().clone();
    cloud
        .done("RegisterInstancesWithLoadBalancer&LoadBalancerName=two&Instances.member.1.InstanceId=i-1")
        .await;
    let after = cloud.registry.desired().borrow().clone();
    assert_eq!(after.revision, before.revision + 1);
    let same = before
        .servos
        .iter()
        .filter(|(id, servo)| Arc::ptr_eq(servo, &after.servos[*id]));
    assert_eq!(same.count(), 2);
    // What changes nothing for the data plane publishes nothing to it.
    cloud.verdict("i-1", Verdict::InService).await;
    cloud
        .done("DeleteLoadBalancerListeners&LoadBalancerName=two&LoadBalancerPorts.member.1=99")
        .await;
    assert!(Arc::ptr_eq(&after, &cloud.registry.desired().borrow()));
}

#[tokio::test]
async fn web_instances_run_behave_and_end() {
    let cloud = Cloud::of(Config {
        web_port_offset: 10_000,
        ..Config::default()
    });
    let request = RunInstances {
        count: 2,
        zone: None,
        account: None,
        ports: vec![80, 8080],
        delay_milliseconds: 0,
    };
    let run = cloud.change(move |draft, config| instances::run(&request, draft, config));
    let started = run.await.unwrap();
    let addresses: Vec<_> = started
        .iter()
        .map(|i| i.reach.address.to_string())
        .collect();
    assert_eq!(addresses, ["127.102.0.1", "127.102.0.2"]);
    let at = |number| started[0].reach.at(port(number)).port();
    assert_eq!((at(80), at(8080)), (10_080, 8080));
    let id = started[0].id.to_string();
    let wanted = || {
        let desired = cloud.registry.desired().borrow().clone();
        let web = desired.web_instances.get(&InstanceId::new(id.as_str()));
        web.map(|web| (web.settings.failing, web.settings.delay_milliseconds))
    };
    assert_eq!(wanted(), Some((false, 0)));
    cloud.instance(&id, InstanceChange::Fail).await.unwrap();
    let slow = InstanceChange::Delay { milliseconds: 20 };
    cloud.instance(&id, slow).await.unwrap();
    assert_eq!(wanted(), Some((true, 20)));
    cloud.instance(&id, InstanceChange::Restore).await.unwrap();
    assert_eq!(wanted(), Some((false, 20)));
    cloud.instance(&id, InstanceChange::Stop).await.unwrap();
    assert_eq!(wanted(), None);
    cloud.instance(&id, InstanceChange::Start).await.unwrap();
    assert_eq!(wanted(), Some((false, 20)));
    cloud
        .instance(&id, InstanceChange::Terminate)
        .await
        .unwrap();
    assert_eq!(wanted(), None);
    cloud
        .instance(&id, InstanceChange::Terminate)
        .await
        .unwrap();
    assert_eq!(
        cloud.instance(&id, InstanceChange::Start).await,
        Err(format!("instance {id} is terminated"))
    );
    cloud.add("i-1", "PARTI00").await;
    for (id, change, words) in [
        ("i-1", InstanceChange::Fail, "is a server of yours"),
        ("i-9", InstanceChange::Stop, "there is no instance i-9"),
    ] {
        let refused = cloud.instance(id, change).await.unwrap_err();
        assert!(refused.contains(words), "{refused}");
    }
    for (id, zone, words) in [
        ("i-1", "PARTI00", "there is an instance i-1 already"),
        ("web", "PARTI00", "'web' is not an instance id"),
        (
            "i-2",
            "NOWHERE",
            "there is no zone NOWHERE; there are PARTI00, PARTI01",
        ),
    ] {
        let refused = cloud.add_for(id, zone, TENANT).await.unwrap_err();
        assert!(refused.contains(words), "{refused}");
    }
}

fn port(number: u16) -> crate::model::listener::Port {
    crate::model::listener::Port::new(number.into()).unwrap()
}

#[tokio::test]
async fn later_releases_are_rows_of_the_table() {
    let request = |name: &str, more: &str| {
        format!(
            "CreateLoadBalancer&LoadBalancerName={name}&AvailabilityZones.member.1=PARTI00{more}"
        )
    };
    let long = "a".repeat(33);
    #[rustfmt::skip]
    let cases = [
        ("3.4.0", request(&long, ""), "409 400: Requested configuration change is invalid: Loadbalancer name must not exceed 32 characters\n"),
        ("4.1.0", request("a.b", ""), "409 InvalidConfigurationRequest: Requested configuration change is invalid: Invalid character found in the loadbalancer name\n"),
        ("4.4.2", request("a", "&Subnets.member.1=subnet-1"), "400 SubnetNotFound: Invalid subnet(s)\n"),
        ("3.3.0", request("a", "&Tags.member.1.Key=k"), "400 InvalidParameterValue: Failed to bind the following fields:\nTags.member.1.Key = k\n"),
        ("aws", "CreateLoadBalancer&LoadBalancerName=a".to_owned(), "400 ValidationError: At least one listener must be specified\n"),
        ("aws", "CreateLoadBalancer&LoadBalancerName=a&Listeners.member.1.Protocol=TCP&Listeners.member.1.LoadBalancerPort=80&Listeners.member.1.InstancePort=80".to_owned(), "400 ValidationError: Either AvailabilityZones or SubnetIds must be specified\n"),
        ("aws", "DescribeLoadBalancers&LoadBalancerNames.member.1=no".to_owned(), "400 LoadBalancerNotFound: There is no ACTIVE Load Balancer named 'no'\n"),
        ("aws", "AttachLoadBalancerToSubnets".to_owned(), "400 ValidationError: 1 validation error detected: Value null at 'loadBalancerName' failed to satisfy constraint: Member must not be null\n"),
    ];
    for (release, request, expected) in cases {
        let cloud = Cloud::release(release);
        assert_eq!(
            cloud.tenant(&request).await,
            expected,
            "{release}: {request}"
        );
    }
    let aws = Cloud::release("aws");
    aws.done(WEB).await;
    aws.done(WEB).await;
    let late = Cloud::release("4.4.1");
    late.done(WEB).await;
    let last = "DisableAvailabilityZonesForLoadBalancer&LoadBalancerName=web&AvailabilityZones.member.1=PARTI00";
    assert!(
        late.tenant(last)
            .await
            .contains("There must be at least one availability zone")
    );
    assert_eq!(late.servos().len(), 1);
}

#[tokio::test]
async fn a_user_without_permissions_may_ask_who_it_is_and_for_a_session() {
    use crate::wire::service::Service;
    let cloud = Cloud::new();
    let mut context = cloud.context(TENANT);
    context.caller.user = "ann".into();
    let state = &cloud.registry.snapshot().state;
    let nothing = Parameters::read(b"").unwrap();
    let admitted =
        |service, action| permission::admit(service, action, &nothing, &context, state).is_ok();
    for (service, action, expected) in [
        (Service::Tokens, "GetCallerIdentity", true),
        (Service::Tokens, "GetSessionToken", true),
        (Service::Tokens, "AssumeRole", false),
        (Service::Iam, "ListServerCertificates", false),
        (Service::Compute, "DescribeInstances", false),
    ] {
        assert_eq!(admitted(service, action), expected, "{action}");
    }
}
