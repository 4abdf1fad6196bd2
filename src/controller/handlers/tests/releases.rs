//! What every release says to the same questions, good and bad: codes, statuses, messages, what is
//! accepted and what is not.
//!
//! Sources: Eucalyptus 3.3.0 to 4.4.2, LoadBalancingService and the exceptions it throws; API
//! reference 2012-06-01.

use super::*;

/// `{L}` is a listener in a zone, `{Z}` the zone alone.
#[rustfmt::skip]
const QUESTIONS: &[&str] = &[
    "CreateLoadBalancer {L}&LoadBalancerName=a_b",
    "CreateLoadBalancer {L}&LoadBalancerName=a.b",
    "CreateLoadBalancer {L}&LoadBalancerName=-a",
    "CreateLoadBalancer {L}&LoadBalancerName=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "CreateLoadBalancer {L}&LoadBalancerName=web",
    "CreateLoadBalancer {L}&LoadBalancerName=web",
    "CreateLoadBalancer {Z}&LoadBalancerName=web&Listeners.member.1.Protocol=TCP&Listeners.member.1.LoadBalancerPort=81&Listeners.member.1.InstancePort=80",
    "CreateLoadBalancer LoadBalancerName=none",
    "CreateLoadBalancer LoadBalancerName=x&AvailabilityZones.member.1=MARS&Listeners.member.1.Protocol=HTTP&Listeners.member.1.LoadBalancerPort=80&Listeners.member.1.InstancePort=80",
    "CreateLoadBalancerListeners LoadBalancerName=web&Listeners.member.1.Protocol=HTTP&Listeners.member.1.LoadBalancerPort=80&Listeners.member.1.InstancePort=80",
    "CreateLoadBalancerListeners LoadBalancerName=web&Listeners.member.1.Protocol=HTTP&Listeners.member.1.LoadBalancerPort=80&Listeners.member.1.InstancePort=81",
    "CreateLoadBalancerListeners LoadBalancerName=web&Listeners.member.1.Protocol=UDP&Listeners.member.1.LoadBalancerPort=90&Listeners.member.1.InstancePort=80",
    "CreateLoadBalancerListeners LoadBalancerName=web&Listeners.member.1.Protocol=HTTP&Listeners.member.1.LoadBalancerPort=0&Listeners.member.1.InstancePort=80",
    "CreateLoadBalancerListeners LoadBalancerName=web&Listeners.member.1.Protocol=HTTP&Listeners.member.1.LoadBalancerPort=70000&Listeners.member.1.InstancePort=80",
    "CreateLoadBalancerListeners LoadBalancerName=web&Listeners.member.1.Protocol=HTTP&Listeners.member.1.LoadBalancerPort=91&Listeners.member.1.InstancePort=80&Listeners.member.1.InstanceProtocol=TCP",
    "CreateLoadBalancerListeners LoadBalancerName=web&Listeners.member.1.Protocol=tcp&Listeners.member.1.LoadBalancerPort=22&Listeners.member.1.InstancePort=22",
    "CreateLoadBalancerListeners LoadBalancerName=no&Listeners.member.1.Protocol=HTTP&Listeners.member.1.LoadBalancerPort=80&Listeners.member.1.InstancePort=80",
    "DeleteLoadBalancerListeners LoadBalancerName=web&LoadBalancerPorts.member.1=99",
    "DeleteLoadBalancerListeners LoadBalancerName=web&LoadBalancerPorts.member.1=x",
    "DeleteLoadBalancerListeners LoadBalancerName=web",
    "EnableAvailabilityZonesForLoadBalancer LoadBalancerName=web&AvailabilityZones.member.1=MARS",
    "EnableAvailabilityZonesForLoadBalancer LoadBalancerName=web&AvailabilityZones.member.1=PARTI01",
    "DisableAvailabilityZonesForLoadBalancer LoadBalancerName=web&AvailabilityZones.member.1=PARTI01&AvailabilityZones.member.2=MARS",
    "DisableAvailabilityZonesForLoadBalancer LoadBalancerName=web&AvailabilityZones.member.1=PARTI00",
    "ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target=TCP:80&HealthCheck.Interval=4&HealthCheck.Timeout=2&HealthCheck.UnhealthyThreshold=2&HealthCheck.HealthyThreshold=2",
    "ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target=TCP:80&HealthCheck.Interval=30&HealthCheck.Timeout=5&HealthCheck.UnhealthyThreshold=360&HealthCheck.HealthyThreshold=2",
    "ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target=TCP:80&HealthCheck.Interval=30&HealthCheck.Timeout=30&HealthCheck.UnhealthyThreshold=2&HealthCheck.HealthyThreshold=2",
    "ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target=TCP:80&HealthCheck.Interval=30&HealthCheck.Timeout=5&HealthCheck.UnhealthyThreshold=2&HealthCheck.HealthyThreshold=1",
    "ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target=TCP:80&HealthCheck.Interval=30&HealthCheck.Timeout=5&HealthCheck.UnhealthyThreshold=2",
    "ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target=http:80/&HealthCheck.Interval=30&HealthCheck.Timeout=5&HealthCheck.UnhealthyThreshold=2&HealthCheck.HealthyThreshold=2",
    "ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target=HTTP:80&HealthCheck.Interval=30&HealthCheck.Timeout=5&HealthCheck.UnhealthyThreshold=2&HealthCheck.HealthyThreshold=2",
    "ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target=UDP:80&HealthCheck.Interval=30&HealthCheck.Timeout=5&HealthCheck.UnhealthyThreshold=2&HealthCheck.HealthyThreshold=2",
    "ConfigureHealthCheck LoadBalancerName=no&HealthCheck.Target=TCP:80&HealthCheck.Interval=30&HealthCheck.Timeout=5&HealthCheck.UnhealthyThreshold=2&HealthCheck.HealthyThreshold=2",
    "RegisterInstancesWithLoadBalancer LoadBalancerName=web&Instances.member.1.InstanceId=i-00000000",
    "RegisterInstancesWithLoadBalancer LoadBalancerName=no&Instances.member.1.InstanceId=i-00000000",
    "DeregisterInstancesFromLoadBalancer LoadBalancerName=web&Instances.member.1.InstanceId=i-00000000",
    "DescribeInstanceHealth LoadBalancerName=web&Instances.member.1.InstanceId=i-00000000",
    "DescribeInstanceHealth LoadBalancerName=no",
    "DescribeLoadBalancers LoadBalancerNames.member.1=no",
    "DeleteLoadBalancer LoadBalancerName=no",
    "DeleteLoadBalancer",
    "DeleteLoadBalancer LoadBalancerName=no&Colour=red",
    "DeleteLoadBalancer LoadBalancerName=web&LoadBalancerName=db",
    "DescribeLoadBalancerPolicies LoadBalancerName=no",
    "DescribeTags LoadBalancerNames.member.1=no",
    "DescribeLoadBalancerAttributes LoadBalancerName=no",
    "ModifyLoadBalancerAttributes LoadBalancerName=web",
    "SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=80",
    "SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=80&PolicyNames=",
    "SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=8080&PolicyNames.member.1=p",
    "CreateLBCookieStickinessPolicy LoadBalancerName=no&PolicyName=p",
    "DescribeNothing",
];

const ZONE: &str = "AvailabilityZones.member.1=PARTI00";
const LISTENER: &str = "AvailabilityZones.member.1=PARTI00&Listeners.member.1.Protocol=HTTP&Listeners.member.1.LoadBalancerPort=80&Listeners.member.1.InstancePort=80";

/// Asks all questions in order and writes the answers down, one line each: of a success the texts in
/// its result.
async fn told(release: Release) -> String {
    let desk = Desk::open(release);
    let mut all = String::new();
    for question in QUESTIONS {
        let whole = question.replace("{L}", LISTENER).replace("{Z}", ZONE);
        let answer = desk.tell(&whole).await;
        let line = match answer.strip_prefix('<') {
            None => answer.trim_end().replace('\n', " | "),
            Some(_) => {
                let texts = answer
                    .split('<')
                    .filter_map(|part| part.split_once('>'))
                    .map(|(_, text)| text.trim())
                    .filter(|text| !text.is_empty());
                format!("200 {}", texts.collect::<Vec<_>>().join(" "))
            }
        };
        let short: String = question.chars().take(60).collect();
        all.push_str(&format!("{short}\n    {}\n", line.trim_end()));
    }
    all
}

#[tokio::test]
async fn the_answers_of_3_3_0() {
    expect![[r#"
        CreateLoadBalancer {L}&LoadBalancerName=a_b
            200 a_b-(tenant).lb.localhost
        CreateLoadBalancer {L}&LoadBalancerName=a.b
            200 a_b-(tenant).lb.localhost
        CreateLoadBalancer {L}&LoadBalancerName=-a
            409 400: Requested configuration change is invalid: Invalid character found in the loadbalancer name
        CreateLoadBalancer {L}&LoadBalancerName=aaaaaaaaaaaaaaaaaaaa
            200 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-(tenant).lb.localhost
        CreateLoadBalancer {L}&LoadBalancerName=web
            200 web-(tenant).lb.localhost
        CreateLoadBalancer {L}&LoadBalancerName=web
            400 400: LoadBalancer name already exists for this account. Please choose another name.
        CreateLoadBalancer {Z}&LoadBalancerName=web&Listeners.member
            400 400: LoadBalancer name already exists for this account. Please choose another name.
        CreateLoadBalancer LoadBalancerName=none
            200 none-(tenant).lb.localhost
        CreateLoadBalancer LoadBalancerName=x&AvailabilityZones.memb
            409 400: Requested configuration change is invalid: No cluster named MARS is available
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            400 400: A Listener already exists
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            400 400: A Listener already exists
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            400 400: The requested protocol is not supported
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            409 400: Requested configuration change is invalid: Invalid listener format
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            409 400: Requested configuration change is invalid: Invalid port range
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            200
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            200
        CreateLoadBalancerListeners LoadBalancerName=no&Listeners.me
            400 400: The specified LoadBalancer could not be found
        DeleteLoadBalancerListeners LoadBalancerName=web&LoadBalance
            200
        DeleteLoadBalancerListeners LoadBalancerName=web&LoadBalance
            400 InvalidParameterValue: Failed to bind the following fields: | LoadBalancerPorts.member.1 = x
        DeleteLoadBalancerListeners LoadBalancerName=web
            400 MissingParameter: Failed to bind the following fields: | LoadBalancerPorts
        EnableAvailabilityZonesForLoadBalancer LoadBalancerName=web&
            400 InternalFailure: Failed to enable zones: The requested zone MARS is not valid
        EnableAvailabilityZonesForLoadBalancer LoadBalancerName=web&
            200 PARTI00 PARTI01
        DisableAvailabilityZonesForLoadBalancer LoadBalancerName=web
            200 PARTI00
        DisableAvailabilityZonesForLoadBalancer LoadBalancerName=web
            200
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 400: Requested configuration change is invalid: Interval must be longer than 5 seconds
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            200 TCP:80 30 5 360 2
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            200 TCP:80 30 30 2 2
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 400: Requested configuration change is invalid: Healthy thresholds must be larger than 2
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 400: Requested configuration change is invalid: Healthy tresholds must be specified
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            400 InternalFailure: Failed to persist the health check config
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            400 InternalFailure: Failed to persist the health check config
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            400 InternalFailure: Failed to persist the health check config
        ConfigureHealthCheck LoadBalancerName=no&HealthCheck.Target=
            400 400: The specified LoadBalancer could not be found
        RegisterInstancesWithLoadBalancer LoadBalancerName=web&Insta
            400 400: The specified EndPoint (instance) is not valid
        RegisterInstancesWithLoadBalancer LoadBalancerName=no&Instan
            400 400: The specified LoadBalancer could not be found
        DeregisterInstancesFromLoadBalancer LoadBalancerName=web&Ins
            200
        DescribeInstanceHealth LoadBalancerName=web&Instances.member
            200
        DescribeInstanceHealth LoadBalancerName=no
            400 400: The specified LoadBalancer could not be found
        DescribeLoadBalancers LoadBalancerNames.member.1=no
            200
        DeleteLoadBalancer LoadBalancerName=no
            200
        DeleteLoadBalancer
            400 MissingParameter: Failed to bind the following fields: | LoadBalancerName
        DeleteLoadBalancer LoadBalancerName=no&Colour=red
            400 InvalidParameterValue: Failed to bind the following fields: | Colour = red
        DeleteLoadBalancer LoadBalancerName=web&LoadBalancerName=db
            400 InvalidParameterValue: Failed to bind the following fields: | LoadBalancerName = db | LoadBalancerName = web
        DescribeLoadBalancerPolicies LoadBalancerName=no
            400 UnsupportedOperation: DescribeLoadBalancerPolicies does not work in Eucalyptus 3.3.0: it is answered with an empty success and does nothing (from 4.0.0)
        DescribeTags LoadBalancerNames.member.1=no
            400 UnsupportedOperation: DescribeTags does not work in Eucalyptus 3.3.0: the operation is unknown (from 4.1.0)
        DescribeLoadBalancerAttributes LoadBalancerName=no
            400 UnsupportedOperation: DescribeLoadBalancerAttributes does not work in Eucalyptus 3.3.0: the operation is unknown (from 4.1.0)
        ModifyLoadBalancerAttributes LoadBalancerName=web
            400 UnsupportedOperation: ModifyLoadBalancerAttributes does not work in Eucalyptus 3.3.0: the operation is unknown (from 4.1.0)
        SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadB
            400 UnsupportedOperation: SetLoadBalancerPoliciesOfListener does not work in Eucalyptus 3.3.0: it is answered with an empty success and does nothing (from 4.0.0)
        SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadB
            400 UnsupportedOperation: SetLoadBalancerPoliciesOfListener does not work in Eucalyptus 3.3.0: it is answered with an empty success and does nothing (from 4.0.0)
        SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadB
            400 UnsupportedOperation: SetLoadBalancerPoliciesOfListener does not work in Eucalyptus 3.3.0: it is answered with an empty success and does nothing (from 4.0.0)
        CreateLBCookieStickinessPolicy LoadBalancerName=no&PolicyNam
            400 UnsupportedOperation: CreateLBCookieStickinessPolicy does not work in Eucalyptus 3.3.0: it is answered with an empty success and does nothing (from 4.0.0)
        DescribeNothing
            400 InvalidAction: Could not find operation DescribeNothing for version 2012-06-01
    "#]].assert_eq(&told(Release::V3_3_0).await);
}

#[tokio::test]
async fn the_answers_of_3_4_0() {
    expect![[r#"
        CreateLoadBalancer {L}&LoadBalancerName=a_b
            200 a_b-(tenant).lb.localhost
        CreateLoadBalancer {L}&LoadBalancerName=a.b
            200 a_b-(tenant).lb.localhost
        CreateLoadBalancer {L}&LoadBalancerName=-a
            409 400: Requested configuration change is invalid: Invalid character found in the loadbalancer name
        CreateLoadBalancer {L}&LoadBalancerName=aaaaaaaaaaaaaaaaaaaa
            409 400: Requested configuration change is invalid: Loadbalancer name must not exceed 32 characters
        CreateLoadBalancer {L}&LoadBalancerName=web
            200 web-(tenant).lb.localhost
        CreateLoadBalancer {L}&LoadBalancerName=web
            400 400: LoadBalancer name already exists for this account. Please choose another name.
        CreateLoadBalancer {Z}&LoadBalancerName=web&Listeners.member
            400 400: LoadBalancer name already exists for this account. Please choose another name.
        CreateLoadBalancer LoadBalancerName=none
            200 none-(tenant).lb.localhost
        CreateLoadBalancer LoadBalancerName=x&AvailabilityZones.memb
            409 400: Requested configuration change is invalid: No cluster named MARS is available
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            400 400: A Listener already exists
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            400 400: A Listener already exists
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            400 400: The requested protocol is not supported
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            409 400: Requested configuration change is invalid: Invalid listener format
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            409 400: Requested configuration change is invalid: Invalid port range
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            200
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            500 InternalFailure: The specified port is restricted for use as a loadbalancer port
        CreateLoadBalancerListeners LoadBalancerName=no&Listeners.me
            400 400: The specified LoadBalancer could not be found
        DeleteLoadBalancerListeners LoadBalancerName=web&LoadBalance
            200
        DeleteLoadBalancerListeners LoadBalancerName=web&LoadBalance
            400 InvalidParameterValue: Failed to bind the following fields: | LoadBalancerPorts.member.1 = x
        DeleteLoadBalancerListeners LoadBalancerName=web
            400 MissingParameter: Failed to bind the following fields: | LoadBalancerPorts
        EnableAvailabilityZonesForLoadBalancer LoadBalancerName=web&
            400 InternalFailure: Failed to enable zones: The requested zone MARS is not valid
        EnableAvailabilityZonesForLoadBalancer LoadBalancerName=web&
            200 PARTI00 PARTI01
        DisableAvailabilityZonesForLoadBalancer LoadBalancerName=web
            200 PARTI00
        DisableAvailabilityZonesForLoadBalancer LoadBalancerName=web
            200
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 400: Requested configuration change is invalid: Interval must be longer than 5 seconds
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            200 TCP:80 30 5 360 2
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            200 TCP:80 30 30 2 2
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 400: Requested configuration change is invalid: Healthy thresholds must be larger than 2
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 400: Requested configuration change is invalid: Healthy tresholds must be specified
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            400 InternalFailure: Failed to persist the health check config
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            400 InternalFailure: Failed to persist the health check config
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            400 InternalFailure: Failed to persist the health check config
        ConfigureHealthCheck LoadBalancerName=no&HealthCheck.Target=
            400 400: The specified LoadBalancer could not be found
        RegisterInstancesWithLoadBalancer LoadBalancerName=web&Insta
            400 400: The specified EndPoint (instance) is not valid
        RegisterInstancesWithLoadBalancer LoadBalancerName=no&Instan
            400 400: The specified LoadBalancer could not be found
        DeregisterInstancesFromLoadBalancer LoadBalancerName=web&Ins
            200
        DescribeInstanceHealth LoadBalancerName=web&Instances.member
            200
        DescribeInstanceHealth LoadBalancerName=no
            400 400: The specified LoadBalancer could not be found
        DescribeLoadBalancers LoadBalancerNames.member.1=no
            200
        DeleteLoadBalancer LoadBalancerName=no
            200
        DeleteLoadBalancer
            400 MissingParameter: Failed to bind the following fields: | LoadBalancerName
        DeleteLoadBalancer LoadBalancerName=no&Colour=red
            400 InvalidParameterValue: Failed to bind the following fields: | Colour = red
        DeleteLoadBalancer LoadBalancerName=web&LoadBalancerName=db
            400 InvalidParameterValue: Failed to bind the following fields: | LoadBalancerName = db | LoadBalancerName = web
        DescribeLoadBalancerPolicies LoadBalancerName=no
            400 UnsupportedOperation: DescribeLoadBalancerPolicies does not work in Eucalyptus 3.4.0: it is answered with an empty success and does nothing (from 4.0.0)
        DescribeTags LoadBalancerNames.member.1=no
            400 UnsupportedOperation: DescribeTags does not work in Eucalyptus 3.4.0: the operation is unknown (from 4.1.0)
        DescribeLoadBalancerAttributes LoadBalancerName=no
            400 UnsupportedOperation: DescribeLoadBalancerAttributes does not work in Eucalyptus 3.4.0: the operation is unknown (from 4.1.0)
        ModifyLoadBalancerAttributes LoadBalancerName=web
            400 UnsupportedOperation: ModifyLoadBalancerAttributes does not work in Eucalyptus 3.4.0: the operation is unknown (from 4.1.0)
        SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadB
            400 UnsupportedOperation: SetLoadBalancerPoliciesOfListener does not work in Eucalyptus 3.4.0: it is answered with an empty success and does nothing (from 4.0.0)
        SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadB
            400 UnsupportedOperation: SetLoadBalancerPoliciesOfListener does not work in Eucalyptus 3.4.0: it is answered with an empty success and does nothing (from 4.0.0)
        SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadB
            400 UnsupportedOperation: SetLoadBalancerPoliciesOfListener does not work in Eucalyptus 3.4.0: it is answered with an empty success and does nothing (from 4.0.0)
        CreateLBCookieStickinessPolicy LoadBalancerName=no&PolicyNam
            400 UnsupportedOperation: CreateLBCookieStickinessPolicy does not work in Eucalyptus 3.4.0: it is answered with an empty success and does nothing (from 4.0.0)
        DescribeNothing
            400 InvalidAction: Could not find operation DescribeNothing for version 2012-06-01
    "#]].assert_eq(&told(Release::V3_4_0).await);
}

#[tokio::test]
async fn the_answers_of_4_0_0() {
    expect![[r#"
        CreateLoadBalancer {L}&LoadBalancerName=a_b
            200 a_b-(tenant).lb.localhost
        CreateLoadBalancer {L}&LoadBalancerName=a.b
            200 a_b-(tenant).lb.localhost
        CreateLoadBalancer {L}&LoadBalancerName=-a
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Invalid character found in the loadbalancer name
        CreateLoadBalancer {L}&LoadBalancerName=aaaaaaaaaaaaaaaaaaaa
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Loadbalancer name must not exceed 32 characters
        CreateLoadBalancer {L}&LoadBalancerName=web
            200 web-(tenant).lb.localhost
        CreateLoadBalancer {L}&LoadBalancerName=web
            400 DuplicateAccessPointName: LoadBalancer name already exists for this account. Please choose another name.
        CreateLoadBalancer {Z}&LoadBalancerName=web&Listeners.member
            400 DuplicateAccessPointName: LoadBalancer name already exists for this account. Please choose another name.
        CreateLoadBalancer LoadBalancerName=none
            200 none-(tenant).lb.localhost
        CreateLoadBalancer LoadBalancerName=x&AvailabilityZones.memb
            409 InvalidConfigurationRequest: Requested configuration change is invalid: No cluster named MARS is available
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            400 DuplicateListener: A Listener already exists
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            400 DuplicateListener: A Listener already exists
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            400 InternalFailure: The requested protocol is not supported
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Invalid listener format
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Invalid port range
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            200
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            500 InternalFailure: The specified port is restricted for use as a loadbalancer port
        CreateLoadBalancerListeners LoadBalancerName=no&Listeners.me
            400 AccessPointNotFound: The specified LoadBalancer could not be found
        DeleteLoadBalancerListeners LoadBalancerName=web&LoadBalance
            200
        DeleteLoadBalancerListeners LoadBalancerName=web&LoadBalance
            400 InvalidParameterValue: Failed to bind the following fields: | LoadBalancerPorts.member.1 = x
        DeleteLoadBalancerListeners LoadBalancerName=web
            400 MissingParameter: Failed to bind the following fields: | LoadBalancerPorts
        EnableAvailabilityZonesForLoadBalancer LoadBalancerName=web&
            400 InternalFailure: Failed to enable zones: The requested zone MARS is not valid
        EnableAvailabilityZonesForLoadBalancer LoadBalancerName=web&
            200 PARTI00 PARTI01
        DisableAvailabilityZonesForLoadBalancer LoadBalancerName=web
            200 PARTI00
        DisableAvailabilityZonesForLoadBalancer LoadBalancerName=web
            200
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Interval must be longer than 5 seconds
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            200 TCP:80 30 5 360 2
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            200 TCP:80 30 30 2 2
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Healthy thresholds must be larger than 2
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Healthy tresholds must be specified
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 InvalidConfigurationRequest: Requested configuration change is invalid: target must starts with one of HTTP, HTTPS, TCP, SSL
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Port and Path must be specified for HTTP
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 InvalidConfigurationRequest: Requested configuration change is invalid: target must starts with one of HTTP, HTTPS, TCP, SSL
        ConfigureHealthCheck LoadBalancerName=no&HealthCheck.Target=
            400 AccessPointNotFound: The specified LoadBalancer could not be found
        RegisterInstancesWithLoadBalancer LoadBalancerName=web&Insta
            400 InvalidEndPoint: The specified EndPoint (instance) is not valid
        RegisterInstancesWithLoadBalancer LoadBalancerName=no&Instan
            400 AccessPointNotFound: The specified LoadBalancer could not be found
        DeregisterInstancesFromLoadBalancer LoadBalancerName=web&Ins
            200
        DescribeInstanceHealth LoadBalancerName=web&Instances.member
            200
        DescribeInstanceHealth LoadBalancerName=no
            400 AccessPointNotFound: The specified LoadBalancer could not be found
        DescribeLoadBalancers LoadBalancerNames.member.1=no
            200
        DeleteLoadBalancer LoadBalancerName=no
            200
        DeleteLoadBalancer
            400 MissingParameter: Failed to bind the following fields: | LoadBalancerName
        DeleteLoadBalancer LoadBalancerName=no&Colour=red
            400 InvalidParameterValue: Failed to bind the following fields: | Colour = red
        DeleteLoadBalancer LoadBalancerName=web&LoadBalancerName=db
            400 InvalidParameterValue: Failed to bind the following fields: | LoadBalancerName = db | LoadBalancerName = web
        DescribeLoadBalancerPolicies LoadBalancerName=no
            400 AccessPointNotFound: The specified LoadBalancer could not be found
        DescribeTags LoadBalancerNames.member.1=no
            400 UnsupportedOperation: DescribeTags does not work in Eucalyptus 4.0.0: the operation is unknown (from 4.1.0)
        DescribeLoadBalancerAttributes LoadBalancerName=no
            400 UnsupportedOperation: DescribeLoadBalancerAttributes does not work in Eucalyptus 4.0.0: the operation is unknown (from 4.1.0)
        ModifyLoadBalancerAttributes LoadBalancerName=web
            400 UnsupportedOperation: ModifyLoadBalancerAttributes does not work in Eucalyptus 4.0.0: the operation is unknown (from 4.1.0)
        SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadB
            400 MissingParameter: Failed to bind the following fields: | PolicyNames
        SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadB
            200
        SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadB
            400 ListenerNotFound: Load balancer does not have a listener configured at the given port.
        CreateLBCookieStickinessPolicy LoadBalancerName=no&PolicyNam
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Expiration period must be bigger than 0
        DescribeNothing
            400 InvalidAction: Could not find operation DescribeNothing for version 2012-06-01
    "#]].assert_eq(&told(Release::V4_0_0).await);
}

#[tokio::test]
async fn the_answers_of_4_1_0() {
    expect![[r#"
        CreateLoadBalancer {L}&LoadBalancerName=a_b
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Invalid character found in the loadbalancer name
        CreateLoadBalancer {L}&LoadBalancerName=a.b
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Invalid character found in the loadbalancer name
        CreateLoadBalancer {L}&LoadBalancerName=-a
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Invalid character found in the loadbalancer name
        CreateLoadBalancer {L}&LoadBalancerName=aaaaaaaaaaaaaaaaaaaa
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Loadbalancer name must not exceed 32 characters
        CreateLoadBalancer {L}&LoadBalancerName=web
            200 web-(tenant).lb.localhost
        CreateLoadBalancer {L}&LoadBalancerName=web
            400 DuplicateAccessPointName: LoadBalancer name already exists for this account. Please choose another name.
        CreateLoadBalancer {Z}&LoadBalancerName=web&Listeners.member
            400 DuplicateAccessPointName: LoadBalancer name already exists for this account. Please choose another name.
        CreateLoadBalancer LoadBalancerName=none
            200 none-(tenant).lb.localhost
        CreateLoadBalancer LoadBalancerName=x&AvailabilityZones.memb
            409 InvalidConfigurationRequest: Requested configuration change is invalid: No cluster named MARS is available
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            400 DuplicateListener: A Listener already exists
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            400 DuplicateListener: A Listener already exists
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            400 InternalFailure: The requested protocol is not supported
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Invalid listener format
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Invalid port range
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            200
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            500 InternalFailure: The specified port is restricted for use as a loadbalancer port
        CreateLoadBalancerListeners LoadBalancerName=no&Listeners.me
            400 AccessPointNotFound: The specified LoadBalancer could not be found
        DeleteLoadBalancerListeners LoadBalancerName=web&LoadBalance
            200
        DeleteLoadBalancerListeners LoadBalancerName=web&LoadBalance
            400 InvalidParameterValue: Failed to bind the following fields: | LoadBalancerPorts.member.1 = x
        DeleteLoadBalancerListeners LoadBalancerName=web
            400 MissingParameter: Failed to bind the following fields: | LoadBalancerPorts
        EnableAvailabilityZonesForLoadBalancer LoadBalancerName=web&
            400 InternalFailure: Failed to enable zones: The requested zone MARS is not valid
        EnableAvailabilityZonesForLoadBalancer LoadBalancerName=web&
            200 PARTI00 PARTI01
        DisableAvailabilityZonesForLoadBalancer LoadBalancerName=web
            200 PARTI00
        DisableAvailabilityZonesForLoadBalancer LoadBalancerName=web
            200
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Interval must be longer than 5 seconds
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            200 TCP:80 30 5 360 2
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            200 TCP:80 30 30 2 2
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Healthy thresholds must be larger than 2
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Healthy tresholds must be specified
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 InvalidConfigurationRequest: Requested configuration change is invalid: target must starts with one of HTTP, HTTPS, TCP, SSL
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Port and Path must be specified for HTTP
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 InvalidConfigurationRequest: Requested configuration change is invalid: target must starts with one of HTTP, HTTPS, TCP, SSL
        ConfigureHealthCheck LoadBalancerName=no&HealthCheck.Target=
            400 AccessPointNotFound: The specified LoadBalancer could not be found
        RegisterInstancesWithLoadBalancer LoadBalancerName=web&Insta
            400 InvalidEndPoint: The specified EndPoint (instance) is not valid
        RegisterInstancesWithLoadBalancer LoadBalancerName=no&Instan
            400 AccessPointNotFound: The specified LoadBalancer could not be found
        DeregisterInstancesFromLoadBalancer LoadBalancerName=web&Ins
            200
        DescribeInstanceHealth LoadBalancerName=web&Instances.member
            200
        DescribeInstanceHealth LoadBalancerName=no
            400 AccessPointNotFound: The specified LoadBalancer could not be found
        DescribeLoadBalancers LoadBalancerNames.member.1=no
            200
        DeleteLoadBalancer LoadBalancerName=no
            200
        DeleteLoadBalancer
            400 MissingParameter: Failed to bind the following fields: | LoadBalancerName
        DeleteLoadBalancer LoadBalancerName=no&Colour=red
            400 InvalidParameterValue: Failed to bind the following fields: | Colour = red
        DeleteLoadBalancer LoadBalancerName=web&LoadBalancerName=db
            400 InvalidParameterValue: Failed to bind the following fields: | LoadBalancerName = db | LoadBalancerName = web
        DescribeLoadBalancerPolicies LoadBalancerName=no
            400 AccessPointNotFound: The specified LoadBalancer could not be found
        DescribeTags LoadBalancerNames.member.1=no
            200
        DescribeLoadBalancerAttributes LoadBalancerName=no
            400 AccessPointNotFound: The specified LoadBalancer could not be found
        ModifyLoadBalancerAttributes LoadBalancerName=web
            400 ValidationError: at least one attribute must be specified
        SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadB
            400 MissingParameter: Failed to bind the following fields: | PolicyNames
        SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadB
            200
        SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadB
            400 ListenerNotFound: Load balancer does not have a listener configured at the given port.
        CreateLBCookieStickinessPolicy LoadBalancerName=no&PolicyNam
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Expiration period must be bigger than 0
        DescribeNothing
            400 InvalidAction: Could not find operation DescribeNothing for version 2012-06-01
    "#]].assert_eq(&told(Release::V4_1_0).await);
}

#[tokio::test]
async fn the_answers_of_4_2_0() {
    expect![[r#"
        CreateLoadBalancer {L}&LoadBalancerName=a_b
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Invalid character found in the loadbalancer name
        CreateLoadBalancer {L}&LoadBalancerName=a.b
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Invalid character found in the loadbalancer name
        CreateLoadBalancer {L}&LoadBalancerName=-a
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Invalid character found in the loadbalancer name
        CreateLoadBalancer {L}&LoadBalancerName=aaaaaaaaaaaaaaaaaaaa
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Loadbalancer name must not exceed 32 characters
        CreateLoadBalancer {L}&LoadBalancerName=web
            200 web-(tenant).lb.localhost
        CreateLoadBalancer {L}&LoadBalancerName=web
            400 DuplicateAccessPointName: LoadBalancer name already exists for this account. Please choose another name.
        CreateLoadBalancer {Z}&LoadBalancerName=web&Listeners.member
            400 DuplicateAccessPointName: LoadBalancer name already exists for this account. Please choose another name.
        CreateLoadBalancer LoadBalancerName=none
            200 none-(tenant).lb.localhost
        CreateLoadBalancer LoadBalancerName=x&AvailabilityZones.memb
            409 InvalidConfigurationRequest: Requested configuration change is invalid: No cluster named MARS is available
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            400 DuplicateListener: A Listener already exists
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            400 DuplicateListener: A Listener already exists
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            400 InternalFailure: The requested protocol is not supported
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Invalid listener format
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Invalid port range
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            200
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            500 InternalFailure: The specified port(s) 22, are restricted for use as a loadbalancer port.
        CreateLoadBalancerListeners LoadBalancerName=no&Listeners.me
            400 AccessPointNotFound: The specified LoadBalancer could not be found
        DeleteLoadBalancerListeners LoadBalancerName=web&LoadBalance
            200
        DeleteLoadBalancerListeners LoadBalancerName=web&LoadBalance
            400 InvalidParameterValue: Failed to bind the following fields: | LoadBalancerPorts.member.1 = x
        DeleteLoadBalancerListeners LoadBalancerName=web
            400 MissingParameter: Failed to bind the following fields: | LoadBalancerPorts
        EnableAvailabilityZonesForLoadBalancer LoadBalancerName=web&
            400 InternalFailure: Failed to enable zones: The requested zone MARS is not valid
        EnableAvailabilityZonesForLoadBalancer LoadBalancerName=web&
            200 PARTI00 PARTI01
        DisableAvailabilityZonesForLoadBalancer LoadBalancerName=web
            200 PARTI00
        DisableAvailabilityZonesForLoadBalancer LoadBalancerName=web
            200
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Interval must be longer than 5 seconds
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            200 TCP:80 30 5 360 2
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            200 TCP:80 30 30 2 2
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Healthy thresholds must be larger than 2
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Healthy tresholds must be specified
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            200 http:80/ 30 5 2 2
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Port and Path must be specified for HTTP
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 InvalidConfigurationRequest: Requested configuration change is invalid: target must starts with one of HTTP, HTTPS, TCP, SSL
        ConfigureHealthCheck LoadBalancerName=no&HealthCheck.Target=
            400 AccessPointNotFound: The specified LoadBalancer could not be found
        RegisterInstancesWithLoadBalancer LoadBalancerName=web&Insta
            400 InvalidEndPoint: The specified EndPoint (instance) is not valid
        RegisterInstancesWithLoadBalancer LoadBalancerName=no&Instan
            400 AccessPointNotFound: The specified LoadBalancer could not be found
        DeregisterInstancesFromLoadBalancer LoadBalancerName=web&Ins
            200
        DescribeInstanceHealth LoadBalancerName=web&Instances.member
            200
        DescribeInstanceHealth LoadBalancerName=no
            400 AccessPointNotFound: The specified LoadBalancer could not be found
        DescribeLoadBalancers LoadBalancerNames.member.1=no
            200
        DeleteLoadBalancer LoadBalancerName=no
            200
        DeleteLoadBalancer
            400 MissingParameter: Failed to bind the following fields: | LoadBalancerName
        DeleteLoadBalancer LoadBalancerName=no&Colour=red
            400 InvalidParameterValue: Failed to bind the following fields: | Colour = red
        DeleteLoadBalancer LoadBalancerName=web&LoadBalancerName=db
            400 InvalidParameterValue: Failed to bind the following fields: | LoadBalancerName = db | LoadBalancerName = web
        DescribeLoadBalancerPolicies LoadBalancerName=no
            400 AccessPointNotFound: The specified LoadBalancer could not be found
        DescribeTags LoadBalancerNames.member.1=no
            200
        DescribeLoadBalancerAttributes LoadBalancerName=no
            400 AccessPointNotFound: The specified LoadBalancer could not be found
        ModifyLoadBalancerAttributes LoadBalancerName=web
            400 ValidationError: at least one attribute must be specified
        SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadB
            400 MissingParameter: Failed to bind the following fields: | PolicyNames
        SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadB
            200
        SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadB
            400 ListenerNotFound: Load balancer does not have a listener configured at the given port.
        CreateLBCookieStickinessPolicy LoadBalancerName=no&PolicyNam
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Expiration period must be bigger than 0
        DescribeNothing
            400 InvalidAction: Could not find operation DescribeNothing for version 2012-06-01
    "#]].assert_eq(&told(Release::V4_2_0).await);
}

#[tokio::test]
async fn the_answers_of_4_4_2() {
    expect![[r#"
        CreateLoadBalancer {L}&LoadBalancerName=a_b
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Invalid character found in the loadbalancer name
        CreateLoadBalancer {L}&LoadBalancerName=a.b
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Invalid character found in the loadbalancer name
        CreateLoadBalancer {L}&LoadBalancerName=-a
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Invalid character found in the loadbalancer name
        CreateLoadBalancer {L}&LoadBalancerName=aaaaaaaaaaaaaaaaaaaa
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Loadbalancer name must not exceed 32 characters
        CreateLoadBalancer {L}&LoadBalancerName=web
            200 web-(tenant).lb.localhost
        CreateLoadBalancer {L}&LoadBalancerName=web
            400 DuplicateAccessPointName: LoadBalancer name already exists for this account. Please choose another name.
        CreateLoadBalancer {Z}&LoadBalancerName=web&Listeners.member
            400 DuplicateAccessPointName: LoadBalancer name already exists for this account. Please choose another name.
        CreateLoadBalancer LoadBalancerName=none
            200 none-(tenant).lb.localhost
        CreateLoadBalancer LoadBalancerName=x&AvailabilityZones.memb
            409 InvalidConfigurationRequest: Requested configuration change is invalid: No cluster named MARS is available
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            400 DuplicateListener: A Listener already exists
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            400 DuplicateListener: A Listener already exists
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            400 InternalFailure: The requested protocol is not supported
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Invalid listener format
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Invalid port range
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            200
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            500 InternalFailure: The specified port(s) 22, are restricted for use as a loadbalancer port.
        CreateLoadBalancerListeners LoadBalancerName=no&Listeners.me
            400 AccessPointNotFound: The specified LoadBalancer could not be found
        DeleteLoadBalancerListeners LoadBalancerName=web&LoadBalance
            200
        DeleteLoadBalancerListeners LoadBalancerName=web&LoadBalance
            400 InvalidParameterValue: Failed to bind the following fields: | LoadBalancerPorts.member.1 = x
        DeleteLoadBalancerListeners LoadBalancerName=web
            400 MissingParameter: Failed to bind the following fields: | LoadBalancerPorts
        EnableAvailabilityZonesForLoadBalancer LoadBalancerName=web&
            400 InternalFailure: Failed to enable zones: The requested zone MARS is not valid
        EnableAvailabilityZonesForLoadBalancer LoadBalancerName=web&
            200 PARTI00 PARTI01
        DisableAvailabilityZonesForLoadBalancer LoadBalancerName=web
            200 PARTI00
        DisableAvailabilityZonesForLoadBalancer LoadBalancerName=web
            409 InvalidConfigurationRequest: Requested configuration change is invalid: There must be at least one availability zone
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Interval must be longer than 5 seconds
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            200 TCP:80 30 5 360 2
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            200 TCP:80 30 30 2 2
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Healthy thresholds must be larger than 2
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Healthy tresholds must be specified
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            200 http:80/ 30 5 2 2
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Port and Path must be specified for HTTP
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            409 InvalidConfigurationRequest: Requested configuration change is invalid: target must starts with one of HTTP, HTTPS, TCP, SSL
        ConfigureHealthCheck LoadBalancerName=no&HealthCheck.Target=
            400 AccessPointNotFound: The specified LoadBalancer could not be found
        RegisterInstancesWithLoadBalancer LoadBalancerName=web&Insta
            400 InvalidEndPoint: The specified EndPoint (instance) is not valid
        RegisterInstancesWithLoadBalancer LoadBalancerName=no&Instan
            400 AccessPointNotFound: The specified LoadBalancer could not be found
        DeregisterInstancesFromLoadBalancer LoadBalancerName=web&Ins
            200
        DescribeInstanceHealth LoadBalancerName=web&Instances.member
            200
        DescribeInstanceHealth LoadBalancerName=no
            400 AccessPointNotFound: The specified LoadBalancer could not be found
        DescribeLoadBalancers LoadBalancerNames.member.1=no
            200
        DeleteLoadBalancer LoadBalancerName=no
            200
        DeleteLoadBalancer
            400 MissingParameter: Failed to bind the following fields: | LoadBalancerName
        DeleteLoadBalancer LoadBalancerName=no&Colour=red
            400 InvalidParameterValue: Failed to bind the following fields: | Colour = red
        DeleteLoadBalancer LoadBalancerName=web&LoadBalancerName=db
            400 InvalidParameterValue: Failed to bind the following fields: | LoadBalancerName = db | LoadBalancerName = web
        DescribeLoadBalancerPolicies LoadBalancerName=no
            400 AccessPointNotFound: The specified LoadBalancer could not be found
        DescribeTags LoadBalancerNames.member.1=no
            200
        DescribeLoadBalancerAttributes LoadBalancerName=no
            400 AccessPointNotFound: The specified LoadBalancer could not be found
        ModifyLoadBalancerAttributes LoadBalancerName=web
            400 ValidationError: at least one attribute must be specified
        SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadB
            400 MissingParameter: Failed to bind the following fields: | PolicyNames
        SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadB
            200
        SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadB
            400 ListenerNotFound: Load balancer does not have a listener configured at the given port.
        CreateLBCookieStickinessPolicy LoadBalancerName=no&PolicyNam
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Expiration period must be bigger than 0
        DescribeNothing
            400 InvalidAction: Could not find operation DescribeNothing for version 2012-06-01
    "#]].assert_eq(&told(Release::V4_4_2).await);
}

#[tokio::test]
async fn the_answers_of_aws() {
    expect![[r#"
        CreateLoadBalancer {L}&LoadBalancerName=a_b
            400 ValidationError: LoadBalancer name cannot contain characters that are not letters, or digits or the dash.
        CreateLoadBalancer {L}&LoadBalancerName=a.b
            400 ValidationError: LoadBalancer name cannot contain characters that are not letters, or digits or the dash.
        CreateLoadBalancer {L}&LoadBalancerName=-a
            400 ValidationError: LoadBalancer name cannot contain characters that are not letters, or digits or the dash.
        CreateLoadBalancer {L}&LoadBalancerName=aaaaaaaaaaaaaaaaaaaa
            400 ValidationError: LoadBalancer name cannot be longer than 32 characters
        CreateLoadBalancer {L}&LoadBalancerName=web
            200 web-(tenant).lb.localhost
        CreateLoadBalancer {L}&LoadBalancerName=web
            200 web-(tenant).lb.localhost
        CreateLoadBalancer {Z}&LoadBalancerName=web&Listeners.member
            400 DuplicateLoadBalancerName: Load Balancer named 'web' already exists and it is configured with different parameters.
        CreateLoadBalancer LoadBalancerName=none
            400 ValidationError: At least one listener must be specified
        CreateLoadBalancer LoadBalancerName=x&AvailabilityZones.memb
            400 ValidationError: No cluster named MARS is available
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            200
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            400 DuplicateListener: A listener already exists for web with LoadBalancerPort 80, but with a different InstancePort, Protocol, or SSLCertificateId
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            400 UnsupportedProtocol: The requested protocol is not supported
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            400 ValidationError: Invalid listener format
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            400 ValidationError: Invalid port range
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            400 ValidationError: Invalid listener format
        CreateLoadBalancerListeners LoadBalancerName=web&Listeners.m
            200
        CreateLoadBalancerListeners LoadBalancerName=no&Listeners.me
            400 LoadBalancerNotFound: There is no ACTIVE Load Balancer named 'no'
        DeleteLoadBalancerListeners LoadBalancerName=web&LoadBalance
            200
        DeleteLoadBalancerListeners LoadBalancerName=web&LoadBalance
            400 ValidationError: Failed to bind the following fields: | LoadBalancerPorts.member.1 = x
        DeleteLoadBalancerListeners LoadBalancerName=web
            400 ValidationError: 1 validation error detected: Value null at 'loadBalancerPorts' failed to satisfy constraint: Member must not be null
        EnableAvailabilityZonesForLoadBalancer LoadBalancerName=web&
            400 ValidationError: The requested zone MARS is not valid
        EnableAvailabilityZonesForLoadBalancer LoadBalancerName=web&
            200 PARTI00 PARTI01
        DisableAvailabilityZonesForLoadBalancer LoadBalancerName=web
            200 PARTI00
        DisableAvailabilityZonesForLoadBalancer LoadBalancerName=web
            409 InvalidConfigurationRequest: There must be at least one availability zone
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            400 ValidationError: HealthCheck Interval must be between 5 and 300 seconds
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            400 ValidationError: HealthCheck thresholds must be between 2 and 10
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            400 ValidationError: HealthCheck timeout must be less than interval.
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            400 ValidationError: HealthCheck thresholds must be between 2 and 10
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            400 ValidationError: 1 validation error detected: Value null at 'healthCheck.healthyThreshold' failed to satisfy constraint: Member must not be null
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            200 http:80/ 30 5 2 2
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            400 ValidationError: HealthCheck HTTP Target must specify a port followed by a path that begins with a slash. e.g. HTTP:80/ping/this/path
        ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target
            400 ValidationError: target must starts with one of HTTP, HTTPS, TCP, SSL
        ConfigureHealthCheck LoadBalancerName=no&HealthCheck.Target=
            400 LoadBalancerNotFound: There is no ACTIVE Load Balancer named 'no'
        RegisterInstancesWithLoadBalancer LoadBalancerName=web&Insta
            400 InvalidInstance: Could not find EC2 instance i-00000000.
        RegisterInstancesWithLoadBalancer LoadBalancerName=no&Instan
            400 LoadBalancerNotFound: There is no ACTIVE Load Balancer named 'no'
        DeregisterInstancesFromLoadBalancer LoadBalancerName=web&Ins
            400 InvalidInstance: Could not find EC2 instance i-00000000.
        DescribeInstanceHealth LoadBalancerName=web&Instances.member
            400 InvalidInstance: Could not find EC2 instance i-00000000.
        DescribeInstanceHealth LoadBalancerName=no
            400 LoadBalancerNotFound: There is no ACTIVE Load Balancer named 'no'
        DescribeLoadBalancers LoadBalancerNames.member.1=no
            400 LoadBalancerNotFound: There is no ACTIVE Load Balancer named 'no'
        DeleteLoadBalancer LoadBalancerName=no
            200
        DeleteLoadBalancer
            400 ValidationError: 1 validation error detected: Value null at 'loadBalancerName' failed to satisfy constraint: Member must not be null
        DeleteLoadBalancer LoadBalancerName=no&Colour=red
            200
        DeleteLoadBalancer LoadBalancerName=web&LoadBalancerName=db
            400 ValidationError: Failed to bind the following fields: | LoadBalancerName = db | LoadBalancerName = web
        DescribeLoadBalancerPolicies LoadBalancerName=no
            400 LoadBalancerNotFound: There is no ACTIVE Load Balancer named 'no'
        DescribeTags LoadBalancerNames.member.1=no
            400 LoadBalancerNotFound: There is no ACTIVE Load Balancer named 'no'
        DescribeLoadBalancerAttributes LoadBalancerName=no
            400 LoadBalancerNotFound: There is no ACTIVE Load Balancer named 'no'
        ModifyLoadBalancerAttributes LoadBalancerName=web
            400 ValidationError: 1 validation error detected: Value null at 'loadBalancerAttributes' failed to satisfy constraint: Member must not be null
        SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadB
            400 ValidationError: 1 validation error detected: Value null at 'policyNames' failed to satisfy constraint: Member must not be null
        SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadB
            200
        SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadB
            400 ListenerNotFound: Load balancer does not have a listener configured at the given port.
        CreateLBCookieStickinessPolicy LoadBalancerName=no&PolicyNam
            400 LoadBalancerNotFound: There is no ACTIVE Load Balancer named 'no'
        DescribeNothing
            400 InvalidAction: Could not find operation DescribeNothing for version 2012-06-01
    "#]].assert_eq(&told(Release::Aws).await);
}
