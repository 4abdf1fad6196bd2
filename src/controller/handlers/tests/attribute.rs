//! Attributes.

use super::*;
use crate::model::plane::Departure;

#[tokio::test]
async fn amazon_answers_what_was_asked_about() {
    let desk = Desk::with_web(Release::Aws).await;
    desk.expect(
        &[
            "DescribeLoadBalancerAttributes LoadBalancerName=web",
            "ModifyLoadBalancerAttributes LoadBalancerName=web&LoadBalancerAttributes.CrossZoneLoadBalancing.Enabled=true",
            "ModifyLoadBalancerAttributes LoadBalancerName=web&LoadBalancerAttributes.ConnectionDraining.Enabled=true&LoadBalancerAttributes.ConnectionDraining.Timeout=60&LoadBalancerAttributes.ConnectionSettings.IdleTimeout=30",
            "ModifyLoadBalancerAttributes LoadBalancerName=web&LoadBalancerAttributes.AccessLog.Enabled=true&LoadBalancerAttributes.AccessLog.S3BucketName=my-logs&LoadBalancerAttributes.AccessLog.EmitInterval=5",
            "ModifyLoadBalancerAttributes LoadBalancerName=web&LoadBalancerAttributes.AdditionalAttributes.member.1.Key=elb.http.desyncmitigationmode&LoadBalancerAttributes.AdditionalAttributes.member.1.Value=monitor",
            "ModifyLoadBalancerAttributes LoadBalancerName=web&LoadBalancerAttributes.AdditionalAttributes.member.1.Key=colour&LoadBalancerAttributes.AdditionalAttributes.member.1.Value=red",
            "ModifyLoadBalancerAttributes LoadBalancerName=web",
            "ModifyLoadBalancerAttributes LoadBalancerName=web&LoadBalancerAttributes.ConnectionSettings.IdleTimeout=0",
            "ModifyLoadBalancerAttributes LoadBalancerName=web&LoadBalancerAttributes.AccessLog.EmitInterval=60&LoadBalancerAttributes.ConnectionDraining.Timeout=30",
            "ModifyLoadBalancerAttributes LoadBalancerName=none&LoadBalancerAttributes.CrossZoneLoadBalancing.Enabled=true",
            "DescribeLoadBalancerAttributes LoadBalancerName=web",
        ],
        expect![[r#"
            # DescribeLoadBalancerAttributes LoadBalancerName=web
            <DescribeLoadBalancerAttributesResult>
            <LoadBalancerAttributes>
            <CrossZoneLoadBalancing>
            <Enabled>false</Enabled>
            </CrossZoneLoadBalancing>
            <AccessLog>
            <Enabled>false</Enabled>
            </AccessLog>
            <ConnectionDraining>
            <Enabled>false</Enabled>
            <Timeout>300</Timeout>
            </ConnectionDraining>
            <ConnectionSettings>
            <IdleTimeout>60</IdleTimeout>
            </ConnectionSettings>
            <AdditionalAttributes>
            <member>
            <Key>elb.http.desyncmitigationmode</Key>
            <Value>defensive</Value>
            </member>
            </AdditionalAttributes>
            </LoadBalancerAttributes>
            </DescribeLoadBalancerAttributesResult>
            # ModifyLoadBalancerAttributes LoadBalancerName=web&LoadBalancerAttributes.CrossZoneLoadBalancing.Enabled=true
            <ModifyLoadBalancerAttributesResult>
            <LoadBalancerName>web</LoadBalancerName>
            <LoadBalancerAttributes>
            <CrossZoneLoadBalancing>
            <Enabled>true</Enabled>
            </CrossZoneLoadBalancing>
            </LoadBalancerAttributes>
            </ModifyLoadBalancerAttributesResult>
            # ModifyLoadBalancerAttributes LoadBalancerName=web&LoadBalancerAttributes.ConnectionDraining.Enabled=true&LoadBalancerAttributes.ConnectionDraining.Timeout=60&LoadBalancerAttributes.ConnectionSettings.IdleTimeout=30
            <ModifyLoadBalancerAttributesResult>
            <LoadBalancerName>web</LoadBalancerName>
            <LoadBalancerAttributes>
            <ConnectionDraining>
            <Enabled>true</Enabled>
            <Timeout>60</Timeout>
            </ConnectionDraining>
            <ConnectionSettings>
            <IdleTimeout>30</IdleTimeout>
            </ConnectionSettings>
            </LoadBalancerAttributes>
            </ModifyLoadBalancerAttributesResult>
            # ModifyLoadBalancerAttributes LoadBalancerName=web&LoadBalancerAttributes.AccessLog.Enabled=true&LoadBalancerAttributes.AccessLog.S3BucketName=my-logs&LoadBalancerAttributes.AccessLog.EmitInterval=5
            <ModifyLoadBalancerAttributesResult>
            <LoadBalancerName>web</LoadBalancerName>
            <LoadBalancerAttributes>
            <AccessLog>
            <Enabled>true</Enabled>
            <S3BucketName>my-logs</S3BucketName>
            <EmitInterval>5</EmitInterval>
            <S3BucketPrefix/>
            </AccessLog>
            </LoadBalancerAttributes>
            </ModifyLoadBalancerAttributesResult>
            # ModifyLoadBalancerAttributes LoadBalancerName=web&LoadBalancerAttributes.AdditionalAttributes.member.1.Key=elb.http.desyncmitigationmode&LoadBalancerAttributes.AdditionalAttributes.member.1.Value=monitor
            <ModifyLoadBalancerAttributesResult>
            <LoadBalancerName>web</LoadBalancerName>
            <LoadBalancerAttributes>
            <AdditionalAttributes>
            <member>
            <Key>elb.http.desyncmitigationmode</Key>
            <Value>monitor</Value>
            </member>
            </AdditionalAttributes>
            </LoadBalancerAttributes>
            </ModifyLoadBalancerAttributesResult>
            # ModifyLoadBalancerAttributes LoadBalancerName=web&LoadBalancerAttributes.AdditionalAttributes.member.1.Key=colour&LoadBalancerAttributes.AdditionalAttributes.member.1.Value=red
            400 LoadBalancerAttributeNotFound: The load balancer attribute colour does not exist
            # ModifyLoadBalancerAttributes LoadBalancerName=web
            400 ValidationError: 1 validation error detected: Value null at 'loadBalancerAttributes' failed to satisfy constraint: Member must not be null
            # ModifyLoadBalancerAttributes LoadBalancerName=web&LoadBalancerAttributes.ConnectionSettings.IdleTimeout=0
            400 ValidationError: ConnectionSettings.IdleTimeout must be between 1 and 4000 seconds
            # ModifyLoadBalancerAttributes LoadBalancerName=web&LoadBalancerAttributes.AccessLog.EmitInterval=60&LoadBalancerAttributes.ConnectionDraining.Timeout=30
            400 ValidationError: 2 validation errors detected: Value null at 'loadBalancerAttributes.accessLog.enabled' failed to satisfy constraint: Member must not be null; Value null at 'loadBalancerAttributes.connectionDraining.enabled' failed to satisfy constraint: Member must not be null
            # ModifyLoadBalancerAttributes LoadBalancerName=none&LoadBalancerAttributes.CrossZoneLoadBalancing.Enabled=true
            400 LoadBalancerNotFound: There is no ACTIVE Load Balancer named 'none'
            # DescribeLoadBalancerAttributes LoadBalancerName=web
            <DescribeLoadBalancerAttributesResult>
            <LoadBalancerAttributes>
            <CrossZoneLoadBalancing>
            <Enabled>true</Enabled>
            </CrossZoneLoadBalancing>
            <AccessLog>
            <Enabled>true</Enabled>
            <S3BucketName>my-logs</S3BucketName>
            <EmitInterval>5</EmitInterval>
            <S3BucketPrefix/>
            </AccessLog>
            <ConnectionDraining>
            <Enabled>true</Enabled>
            <Timeout>60</Timeout>
            </ConnectionDraining>
            <ConnectionSettings>
            <IdleTimeout>30</IdleTimeout>
            </ConnectionSettings>
            <AdditionalAttributes>
            <member>
            <Key>elb.http.desyncmitigationmode</Key>
            <Value>monitor</Value>
            </member>
            </AdditionalAttributes>
            </LoadBalancerAttributes>
            </DescribeLoadBalancerAttributesResult>
        "#]],
    )
    .await;
}

#[tokio::test]
async fn eucalyptus_answers_every_attribute_and_refuses_what_it_would_ignore() {
    let desk = Desk::with_web(Release::V4_1_0).await;
    desk.expect(
        &[
            "ModifyLoadBalancerAttributes LoadBalancerName=web&LoadBalancerAttributes.ConnectionSettings.IdleTimeout=90",
            "ModifyLoadBalancerAttributes LoadBalancerName=web&LoadBalancerAttributes.CrossZoneLoadBalancing.Enabled=true",
            "ModifyLoadBalancerAttributes LoadBalancerName=web&LoadBalancerAttributes.ConnectionDraining.Enabled=true",
        ],
        expect![[r#"
            # ModifyLoadBalancerAttributes LoadBalancerName=web&LoadBalancerAttributes.ConnectionSettings.IdleTimeout=90
            <ModifyLoadBalancerAttributesResult>
            <LoadBalancerAttributes>
            <CrossZoneLoadBalancing>
            <Enabled>false</Enabled>
            </CrossZoneLoadBalancing>
            <AccessLog>
            <Enabled>false</Enabled>
            </AccessLog>
            <ConnectionDraining>
            <Enabled>false</Enabled>
            </ConnectionDraining>
            <ConnectionSettings>
            <IdleTimeout>90</IdleTimeout>
            </ConnectionSettings>
            </LoadBalancerAttributes>
            </ModifyLoadBalancerAttributesResult>
            # ModifyLoadBalancerAttributes LoadBalancerName=web&LoadBalancerAttributes.CrossZoneLoadBalancing.Enabled=true
            400 UnsupportedOperation: CrossZoneLoadBalancing.Enabled does not work in Eucalyptus 4.1.0: a servo forwards to instances of its own zone only (from 4.2.0)
            # ModifyLoadBalancerAttributes LoadBalancerName=web&LoadBalancerAttributes.ConnectionDraining.Enabled=true
            400 UnsupportedOperation: ConnectionDraining does not work in Eucalyptus 4.1.0: every release of Eucalyptus ignores the attribute (from aws)
        "#]],
    )
    .await;
    // A client that sends everything, as it is, is not refused.
    let everything = "LoadBalancerName=web\
            &LoadBalancerAttributes.CrossZoneLoadBalancing.Enabled=false\
            &LoadBalancerAttributes.AccessLog.Enabled=false\
            &LoadBalancerAttributes.ConnectionDraining.Enabled=false\
            &LoadBalancerAttributes.ConnectionSettings.IdleTimeout=90";
    desk.ask(&format!("ModifyLoadBalancerAttributes {everything}"))
        .await
        .expect("it changes nothing");
}

#[tokio::test]
async fn attributes_reach_the_data_plane() {
    let desk = Desk::with_web(Release::Aws).await;
    let (one, two) = (
        desk.run_instance("PARTI00").await,
        desk.run_instance("PARTI01").await,
    );
    let register = format!(
        "LoadBalancerName=web&Instances.member.1.InstanceId={one}&Instances.member.2.InstanceId={two}"
    );
    desk.ask(&format!("RegisterInstancesWithLoadBalancer {register}"))
        .await
        .expect("they run");
    let seen = |desk: &Desk| -> Vec<_> {
        let desired = desk.desired();
        let servos = desired.servos.values();
        let mut seen: Vec<_> = servos
            .map(|servo| {
                let behaviour = &servo.behaviour;
                (
                    servo.backends.len(),
                    behaviour.idle_timeout,
                    behaviour.departure,
                )
            })
            .collect();
        seen.sort_unstable_by_key(|servo| servo.0);
        seen
    };
    // Without draining, Amazon cuts connections to an instance that leaves.
    assert_eq!(
        seen(&desk),
        [(1, Duration::from_secs(60), Departure::Cut); 2]
    );
    desk.ask("ModifyLoadBalancerAttributes LoadBalancerName=web&LoadBalancerAttributes.CrossZoneLoadBalancing.Enabled=true\
             &LoadBalancerAttributes.ConnectionDraining.Enabled=true\
             &LoadBalancerAttributes.ConnectionDraining.Timeout=7\
             &LoadBalancerAttributes.ConnectionSettings.IdleTimeout=90")
        .await
        .expect("all of it is in range");
    let draining = Departure::Drain(Duration::from_secs(7));
    assert_eq!(seen(&desk), [(2, Duration::from_secs(90), draining); 2]);

    // A servo of another zone checks the instance, but does not speak for it.
    let health = async |zone: &str| {
        let servo = desk
            .desired()
            .servos
            .values()
            .find(|servo| servo.zone.as_str() == zone)
            .map(|servo| servo.id.clone())
            .expect("there is one in each zone");
        let observation = Observation::Health {
            servo,
            instance: crate::model::instance::InstanceId::new(one.as_str()),
            verdict: crate::model::health::Verdict::InService,
            checked: String::new(),
        };
        let observer = desk.controller.observer();
        observer.send(observation).await.expect("the registry runs");
        // The queue is read in order: once a later revision is applied, so is what was before.
        let registry = &desk.controller.shared.registry;
        let revision = registry.snapshot().reports.applied + 1;
        observer
            .send(Observation::Applied { revision })
            .await
            .expect("the registry runs");
        while registry.snapshot().reports.applied < revision {
            tokio::task::yield_now().await;
        }
        let form = format!("LoadBalancerName=web&Instances.member.1.InstanceId={one}");
        let told = desk.tell(&format!("DescribeInstanceHealth {form}")).await;
        told.contains("<State>InService</State>")
    };
    assert!(!health("PARTI01").await);
    assert!(health("PARTI00").await);
}
