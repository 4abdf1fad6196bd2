//! What becomes of an instance's health: by verdicts, by time, and by who leaves.

use super::*;

#[tokio::test]
async fn health_goes_from_registration_to_error() {
    let cloud = Cloud::new();
    cloud.add("i-1", "PARTI00").await;
    cloud.done(WEB).await;
    cloud
        .done("RegisterInstancesWithLoadBalancer&LoadBalancerName=web&Instances.member.1.InstanceId=i-1")
        .await;
    expect![[r#"
        <InstanceStates>
        <member>
        <InstanceId>i-1</InstanceId>
        <State>OutOfService</State>
        <ReasonCode>ELB</ReasonCode>
        <Description>Instance registration is still in progress.</Description>
        </member>
        </InstanceStates>
    "#]]
    .assert_eq(&cloud.health("web").await);
    cloud.verdict("i-1", Verdict::InService).await;
    expect![[r#"
        <InstanceStates>
        <member>
        <InstanceId>i-1</InstanceId>
        <State>InService</State>
        <Description/>
        </member>
        </InstanceStates>
    "#]]
    .assert_eq(&cloud.health("web").await);
    cloud.verdict("i-1", Verdict::OutOfService).await;
    expect![[r#"
        <InstanceStates>
        <member>
        <InstanceId>i-1</InstanceId>
        <State>OutOfService</State>
        <ReasonCode>Instance</ReasonCode>
        <Description>Instance has failed at least the UnhealthyThreshold number of health checks consecutively.</Description>
        </member>
        </InstanceStates>
    "#]].assert_eq(&cloud.health("web").await);
    cloud.instance("i-1", InstanceChange::Stop).await.unwrap();
    expect![[r#"
        <InstanceStates>
        <member>
        <InstanceId>i-1</InstanceId>
        <State>Error</State>
        <Description>Instance has failed at least the UnhealthyThreshold number of health checks consecutively.</Description>
        </member>
        </InstanceStates>
    "#]].assert_eq(&cloud.health("web").await);
    // Terminal at 3.3.0: neither a start nor a verdict brings it back, and no servo has it.
    cloud.instance("i-1", InstanceChange::Start).await.unwrap();
    cloud.verdict("i-1", Verdict::InService).await;
    assert!(cloud.health("web").await.contains("<State>Error</State>"));
    assert_eq!(cloud.servos()[0].3, [] as [String; 0]);
    cloud
        .done("DeregisterInstancesFromLoadBalancer&LoadBalancerName=web&Instances.member.1.InstanceId=i-1")
        .await;
    cloud
        .done("RegisterInstancesWithLoadBalancer&LoadBalancerName=web&Instances.member.1.InstanceId=i-1")
        .await;
    assert_eq!(cloud.servos()[0].3, ["i-1"]);
}

#[tokio::test]
async fn a_verdict_holds_for_an_instance_that_came_back_unseen() {
    let registration = "LoadBalancer&LoadBalancerName=web&Instances.member.1.InstanceId=i-1";
    let (register, deregister) = (
        format!("RegisterInstancesWith{registration}"),
        format!("DeregisterInstancesFrom{registration}"),
    );
    // Whether the data plane looked while the instance was gone, and then began anew.
    for looked in [false, true] {
        let cloud = Cloud::new();
        let apply = async || {
            let revision = cloud.registry.snapshot().revision;
            let observer = cloud.registry.observer();
            let applied = Observation::Applied { revision };
            observer.send(applied).await.unwrap();
            let mut snapshots = cloud.registry.subscribe();
            let seen = snapshots.wait_for(|snapshot| snapshot.reports.applied == revision);
            seen.await.unwrap();
        };
        cloud.add("i-1", "PARTI00").await;
        cloud.done(WEB).await;
        cloud.done(&register).await;
        apply().await;
        let servo = cloud.servos()[0].0.clone();
        let verdict = Observation::Health {
            servo,
            instance: InstanceId::new("i-1"),
            verdict: Verdict::InService,
            checked: String::new(),
        };
        cloud.registry.observer().send(verdict).await.unwrap();
        let mut snapshots = cloud.registry.subscribe();
        let in_service = |snapshot: &Arc<registry::Snapshot>| {
            let balancers = snapshot.state.balancers.values();
            let mut states = balancers.flat_map(|b| b.instances.values().map(|r| r.state));
            states.any(|state| state.as_str() == "InService")
        };
        snapshots.wait_for(in_service).await.unwrap();
        cloud.done(&deregister).await;
        if looked {
            apply().await;
        }
        cloud.done(&register).await;
        let fresh = "Instance registration is still in progress.";
        assert!(cloud.health("web").await.contains(fresh));
        apply().await;
        assert_eq!(cloud.health("web").await.contains(fresh), looked);
    }
}

#[tokio::test]
async fn a_terminated_instance_stays_listed_until_release_4_1() {
    for (release, stays) in [("3.3.0", true), ("4.1.0", false)] {
        let cloud = Cloud::release(release);
        cloud.add("i-1", "PARTI00").await;
        cloud.done(WEB).await;
        cloud
            .done("RegisterInstancesWithLoadBalancer&LoadBalancerName=web&Instances.member.1.InstanceId=i-1")
            .await;
        cloud
            .instance("i-1", InstanceChange::Terminate)
            .await
            .unwrap();
        assert_eq!(
            cloud.health("web").await.contains("i-1"),
            stays,
            "{release}"
        );
    }
}

#[test]
fn verdicts_in_one_draft_cost_one_copy_of_their_load_balancer() {
    let ids = ["i-1", "i-2"].map(InstanceId::new);
    let zone = ZoneName::new("PARTI00");
    let name = BalancerName::new("web");
    let mut web = LoadBalancer::new(AccountId::new("1"), name, "lb".to_owned(), NOW);
    web.enable_zone(&zone);
    for id in &ids {
        web.register(id, &zone).unwrap();
    }
    let empty = State::restore(&[], Cidr::SERVOS, Cidr::INSTANCES).unwrap();
    let mut draft = Draft::new(empty);
    draft
        .scale_servos(&mut web, &zone, Release::V3_3_0)
        .unwrap();
    let servo = web.servos.keys().next().unwrap().clone();
    draft.put_balancer(web);
    let published = draft.finish().state;

    let mut draft = Draft::new(published.clone());
    let mut copies = Vec::new();
    for id in &ids {
        assert!(draft.observe(&servo, id, Verdict::InService));
        copies.push(Arc::as_ptr(draft.state().carried_by(&servo).unwrap()));
    }
    assert!(!draft.observe(&servo, &ids[0], Verdict::InService));
    assert_eq!(copies[0], copies[1]);
    let finished = draft.finish();
    assert_eq!(finished.touched.len(), 1);
    for (state, expected) in [
        (&published, RegistrationState::OutOfService),
        (&finished.state, RegistrationState::InService),
    ] {
        let instances = &state.carried_by(&servo).unwrap().instances;
        assert!(instances.values().all(|of| of.state == expected));
    }
    // The same again is no change, and not even a copy.
    let shared = Arc::as_ptr(finished.state.carried_by(&servo).unwrap());
    let mut draft = Draft::new(finished.state.clone());
    assert!(!draft.observe(&servo, &ids[0], Verdict::InService));
    assert_eq!(
        Arc::as_ptr(draft.state().carried_by(&servo).unwrap()),
        shared
    );
    assert!(draft.finish().touched.is_empty());
}

#[tokio::test]
async fn a_lost_servo_lets_health_grow_old() {
    let cloud = Cloud::new();
    cloud.add("i-1", "PARTI00").await;
    cloud.done(WEB).await;
    cloud
        .done("RegisterInstancesWithLoadBalancer&LoadBalancerName=web&Instances.member.1.InstanceId=i-1")
        .await;
    cloud.verdict("i-1", Verdict::InService).await;
    let servo = cloud.servos()[0].0.clone();
    cloud
        .observe(Observation::ServoReplaced {
            servo: servo.clone(),
            reason: "its tasks ended".to_owned(),
        })
        .await;
    let report = cloud.registry.snapshot().reports.servos[&servo].clone();
    assert_eq!(
        (report.state(), report.reason().as_deref()),
        ("Pending", Some("its tasks ended"))
    );
    // The loss was noted at the real time, which is long after the moment of these requests.
    assert!(
        cloud
            .health("web")
            .await
            .contains("<State>InService</State>")
    );
    let mut context = cloud.context(TENANT);
    let lost = cloud.config.clock.now();
    let form = format!("Version={VERSION}&Action=DescribeInstanceHealth&LoadBalancerName=web");
    for (age_seconds, stale) in [(200, false), (400, true)] {
        context.now = Timestamp(lost.0 + age_seconds * 1000);
        let parameters = Parameters::read(form.as_bytes()).unwrap();
        let operation = operations::find(&parameters, cloud.config.release).unwrap();
        let answer = operations::run(operation, &parameters, context.clone(), &cloud.registry);
        let text = "Internal error: instance health not updated for extended period of time";
        assert_eq!(answer.await.unwrap().contains(text), stale, "{age_seconds}");
        let snapshot = cloud.registry.snapshot();
        let scene = explain::Scene {
            state: &snapshot.state,
            reports: &snapshot.reports,
            revision: snapshot.revision,
            config: &cloud.config,
            checks: Vec::new(),
            now: context.now,
        };
        let explained = scene.instance("i-1").unwrap().findings;
        let signatures: Vec<_> = explained.iter().map(|of| of.signature.as_str()).collect();
        let expected: &[&str] = if stale { &["health-not-updated"] } else { &[] };
        assert_eq!(signatures, expected, "{age_seconds}");
    }
}

#[tokio::test]
async fn amazon_knows_no_state_of_error() {
    let cloud = Cloud::release("aws");
    cloud.add("i-1", "PARTI00").await;
    cloud.done(WEB).await;
    cloud
        .done("RegisterInstancesWithLoadBalancer&LoadBalancerName=web&Instances.member.1.InstanceId=i-1")
        .await;
    cloud.verdict("i-1", Verdict::InService).await;
    cloud.instance("i-1", InstanceChange::Stop).await.unwrap();
    expect![[r#"
        <InstanceStates>
        <member>
        <InstanceId>i-1</InstanceId>
        <State>OutOfService</State>
        <ReasonCode>Instance</ReasonCode>
        <Description>Instance is in stopped state.</Description>
        </member>
        </InstanceStates>
    "#]]
    .assert_eq(&cloud.health("web").await);
    cloud.instance("i-1", InstanceChange::Start).await.unwrap();
    let told = cloud.health("web").await;
    assert!(
        told.contains("Instance registration is still in progress."),
        "{told}"
    );
}

#[tokio::test]
async fn a_departure_ends_by_the_data_plane_s_newest_word_or_by_its_time() {
    let registration = "LoadBalancer&LoadBalancerName=web&Instances.member.1.InstanceId=i-1";
    let (register, deregister) = (
        format!("RegisterInstancesWith{registration}"),
        format!("DeregisterInstancesFrom{registration}"),
    );
    let leaving = "Instance deregistration currently in progress.";
    let gone = "Instance is not currently registered with the LoadBalancer.";
    let named = "web&Instances.member.1.InstanceId=i-1";
    let cloud = Cloud::of(Config {
        release: Release::Aws,
        clock: Clock::scaled(0.001),
        ..Config::default()
    });
    cloud.add("i-1", "PARTI00").await;
    cloud.done(WEB).await;
    cloud
        .done(
            "ModifyLoadBalancerAttributes&LoadBalancerName=web\
             &LoadBalancerAttributes.ConnectionDraining.Enabled=true\
             &LoadBalancerAttributes.ConnectionDraining.Timeout=3600",
        )
        .await;
    let drained = async |revision| {
        let balancer = BalancerLabel {
            account: cloud.account(TENANT).as_str().into(),
            name: "web".into(),
        };
        cloud
            .observe(Observation::Drained {
                balancer,
                servo: cloud.servos()[0].0.clone(),
                instance: InstanceId::new("i-1"),
                revision,
            })
            .await;
    };
    // Out of service, it has nothing that a health of InService could be told of.
    cloud.done(&register).await;
    cloud.done(&deregister).await;
    assert!(cloud.health(named).await.contains(gone));

    cloud.done(&register).await;
    cloud.verdict("i-1", Verdict::InService).await;
    cloud.done(&deregister).await;
    let first = cloud.registry.snapshot().revision;
    assert!(cloud.health(named).await.contains(leaving));
    assert!(cloud.health("web").await.contains(leaving));
    cloud.done(&register).await;
    assert!(!cloud.health("web").await.contains(leaving));
    cloud.verdict("i-1", Verdict::InService).await;
    cloud.done(&deregister).await;
    let second = cloud.registry.snapshot().revision;
    // The end of the first departure comes late, and is not that of the second.
    drained(first).await;
    assert!(cloud.health(named).await.contains(leaving));
    drained(second).await;
    assert!(cloud.health(named).await.contains(gone));
    assert!(!cloud.health("web").await.contains("i-1"));

    // A word that is lost: 3600 s are 3.6 s here, and then it is over in any case.
    cloud.done(&register).await;
    cloud.verdict("i-1", Verdict::InService).await;
    cloud.done(&deregister).await;
    assert!(cloud.health(named).await.contains(leaving));
    let later = Timestamp(cloud.config.clock.now().0 + 3_601);
    let snapshot = cloud.registry.snapshot();
    let key = BalancerKey {
        account: cloud.account(TENANT),
        name: BalancerName::new("web"),
    };
    assert_eq!(
        snapshot.state.draining_of(&key, later),
        [] as [&InstanceId; 0]
    );

    // The next of the name has nothing of it.
    cloud.done("DeleteLoadBalancer&LoadBalancerName=web").await;
    cloud.done(WEB).await;
    assert!(cloud.health(named).await.contains(gone));
}
