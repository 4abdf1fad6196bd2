//! Every documented condition of every operation, by signed requests over HTTP to a running cloud of
//! each of four releases: status, code, message and form of the answer.
//!
//! The rows were written from the documents (the API reference, and the sources of Eucalyptus as far
//! as they are published), not from the handlers, so that this is a second reading of both.
//!
//! An expectation is `ok`, or one of
//!
//! | notation | what is refused how |
//! |---|---|
//! | `STATUS CODE: MESSAGE` | by the operation; before 4.0.0 the code is literally 400 |
//! | `! REASON` | 409 InvalidConfigurationRequest: `Requested configuration change is invalid: REASON`, of which Amazon says the reason only |
//! | `F MESSAGE` | 400 InternalFailure in every release: what was tried, and why it failed |
//! | `V`, `V TEXT` | 400 ValidationError, at Amazon; the message has the text |
//! | `B NAME` | by the binding: a document of EC2's form that names the parameter |
//! | `NA` | 400 UnsupportedOperation: the release does not have it |
//! | `=` | as the release before |
//!
//! A row may add ` / TEXT` to `ok`: what the answer has.

use crate::cloud::{Account, Cloud};
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use eulb::wire::local::Environment;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::SystemTime;

const RELEASES: [&str; 4] = ["3.3.0", "3.4.2", "4.4.2", "aws"];

/// Who asks, the operation and its parameters, and what each release says.
type Row = (&'static str, &'static str, [&'static str; 4]);

const NOT_FOUND: [&str; 4] = [
    "400 AccessPointNotFound: The specified LoadBalancer could not be found",
    "=",
    "=",
    "400 LoadBalancerNotFound: There is no ACTIVE Load Balancer named 'nope'",
];
const NOT_FOUND_LATER: [&str; 4] = ["NA", "=", NOT_FOUND[0], NOT_FOUND[3]];

/// A listener's parameters, `{80 HTTP 8080 HTTP}` in a row.
const LISTENERS: &[(&str, &str)] = &[
    ("{80}", "80 HTTP 8080 HTTP"),
    ("{81}", "81 HTTP 8081 HTTP"),
    ("{lower}", "82 http 8082 http"),
    ("{tls}", "443 HTTPS 8443 HTTPS"),
    ("{udp}", "53 UDP 53 UDP"),
    ("{22}", "22 TCP 22 TCP"),
    ("{mixed}", "83 HTTP 8083 TCP"),
    ("{0}", "0 HTTP 8080 HTTP"),
    ("{65536}", "65536 HTTP 8080 HTTP"),
    ("{to65536}", "84 HTTP 65536 HTTP"),
    ("{gopher}", "84 HTTP 8080 GOPHER"),
    ("{other}", "80 HTTP 8089 HTTP"),
    ("{tcp}", "25 TCP 2525 TCP"),
    ("{plainport}", "444 HTTPS 8080 HTTPS"),
];

const CREATE: &str = "CreateLoadBalancer AvailabilityZones.member.1=PARTI00&LoadBalancerName=";
const HEALTH: &str = "ConfigureHealthCheck LoadBalancerName=web&HealthCheck.HealthyThreshold=2\
&HealthCheck.UnhealthyThreshold=2&HealthCheck.Interval=30&HealthCheck.Timeout=5&HealthCheck.Target=";
const TAG: &str = "LoadBalancerNames.member.1=web&Tags.member.1.Key=";
const ATTRIBUTE: &str = "ModifyLoadBalancerAttributes LoadBalancerName=web&LoadBalancerAttributes.";
const POLICY: &str = "CreateLoadBalancerPolicy LoadBalancerName=web&PolicyName=";

/// The load balancer `web` has listeners 80 (HTTP), 25 (TCP) and, where there are some, 443 (HTTPS);
/// instance `{a}` runs in its zone, `{b}` in another, `{c}` is stopped, `{d}` is another account's.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    // Nobody of that name.
    ("", "CreateLoadBalancerListeners LoadBalancerName=nope&{81}", NOT_FOUND),
    ("", "DeleteLoadBalancerListeners LoadBalancerName=nope&LoadBalancerPorts.member.1=80", NOT_FOUND),
    ("", "RegisterInstancesWithLoadBalancer LoadBalancerName=nope&Instances.member.1.InstanceId={a}", NOT_FOUND),
    ("", "DeregisterInstancesFromLoadBalancer LoadBalancerName=nope&Instances.member.1.InstanceId={a}", NOT_FOUND),
    ("", "EnableAvailabilityZonesForLoadBalancer LoadBalancerName=nope&AvailabilityZones.member.1=PARTI00", NOT_FOUND),
    ("", "DisableAvailabilityZonesForLoadBalancer LoadBalancerName=nope&AvailabilityZones.member.1=PARTI00", NOT_FOUND),
    ("", "DescribeInstanceHealth LoadBalancerName=nope", NOT_FOUND),
    ("", "ConfigureHealthCheck LoadBalancerName=nope&HealthCheck.HealthyThreshold=2&HealthCheck.UnhealthyThreshold=2&HealthCheck.Interval=30&HealthCheck.Timeout=5&HealthCheck.Target=TCP:80", NOT_FOUND),
    ("", "SetLoadBalancerListenerSSLCertificate LoadBalancerName=nope&LoadBalancerPort=443&SSLCertificateId={cert}", NOT_FOUND_LATER),
    ("", "DescribeLoadBalancerPolicies LoadBalancerName=nope", NOT_FOUND_LATER),
    ("", "SetLoadBalancerPoliciesOfListener LoadBalancerName=nope&LoadBalancerPort=80&PolicyNames.member.1=p", NOT_FOUND_LATER),
    ("", "SetLoadBalancerPoliciesForBackendServer LoadBalancerName=nope&InstancePort=80&PolicyNames.member.1=p", NOT_FOUND_LATER),
    ("", "CreateLoadBalancerPolicy LoadBalancerName=nope&PolicyName=p&PolicyTypeName=ProxyProtocolPolicyType&PolicyAttributes.member.1.AttributeName=ProxyProtocol&PolicyAttributes.member.1.AttributeValue=true", NOT_FOUND_LATER),
    ("", "CreateLBCookieStickinessPolicy LoadBalancerName=nope&PolicyName=p&CookieExpirationPeriod=60", NOT_FOUND_LATER),
    ("", "CreateAppCookieStickinessPolicy LoadBalancerName=nope&PolicyName=p&CookieName=c", NOT_FOUND_LATER),
    ("", "DeleteLoadBalancerPolicy LoadBalancerName=nope&PolicyName=p", NOT_FOUND_LATER),
    ("", "AttachLoadBalancerToSubnets LoadBalancerName=nope&Subnets.member.1={subnet}", NOT_FOUND_LATER),
    ("", "DetachLoadBalancerFromSubnets LoadBalancerName=nope&Subnets.member.1={subnet}", NOT_FOUND_LATER),
    ("", "ApplySecurityGroupsToLoadBalancer LoadBalancerName=nope&SecurityGroups.member.1=sg-11111111", NOT_FOUND_LATER),
    ("", "AddTags LoadBalancerNames.member.1=nope&Tags.member.1.Key=k", NOT_FOUND_LATER),
    ("", "RemoveTags LoadBalancerNames.member.1=nope&Tags.member.1.Key=k", NOT_FOUND_LATER),
    ("", "DescribeLoadBalancerAttributes LoadBalancerName=nope", NOT_FOUND_LATER),
    ("", "ModifyLoadBalancerAttributes LoadBalancerName=nope&LoadBalancerAttributes.ConnectionSettings.IdleTimeout=60", NOT_FOUND_LATER),
    // Eucalyptus leaves out of a list what is not there.
    ("", "DescribeLoadBalancers LoadBalancerNames.member.1=nope", ["ok / LoadBalancerDescriptions/>", "=", "=", NOT_FOUND[3]]),
    ("", "DescribeTags LoadBalancerNames.member.1=nope", ["NA", "=", "ok", NOT_FOUND[3]]),
    // A name that nothing can have. Source: the SDKs' own tests against Amazon.
    ("", "DescribeLoadBalancers LoadBalancerNames.member.1=fake_load_balancer", ["ok / LoadBalancerDescriptions/>", "=", "=", "400 ValidationError: LoadBalancer name cannot contain characters that are not letters, or digits or the dash."]),
    ("", "RegisterInstancesWithLoadBalancer LoadBalancerName=DC_TEST-1-lb&Instances.member.1.InstanceId={a}", [NOT_FOUND[0], "=", "=", "400 ValidationError: LoadBalancer name cannot contain characters that are not letters, or digits or the dash."]),
    ("", "DescribeInstanceHealth LoadBalancerName=a23456789012345678901234567890bcd", [NOT_FOUND[0], "=", "=", "400 ValidationError: LoadBalancer name cannot be longer than 32 characters"]),

    // CreateLoadBalancer
    ("", "{CREATE}web&{81}", ["400 DuplicateAccessPointName: LoadBalancer name already exists for this account. Please choose another name.", "=", "=", "400 DuplicateLoadBalancerName: Load Balancer named 'web' already exists and it is configured with different parameters."]),
    ("", "{CREATE}twice&{80}", ["ok / -{account}.lb.localhost</DNSName>", "=", "=", "="]),
    ("", "{CREATE}twice&{80}", ["400 DuplicateAccessPointName: LoadBalancer name already exists for this account. Please choose another name.", "=", "=", "ok / <DNSName>twice-"]),
    ("", "{CREATE}twice&{80}&Tags.member.1.Key=k", ["B Tags.member.1.Key", "=", "400 DuplicateAccessPointName: LoadBalancer name already exists for this account. Please choose another name.", "400 DuplicateLoadBalancerName: Load Balancer named 'twice' already exists and it is configured with different tags."]),
    ("", "{CREATE}no+space&{80}", ["! Invalid character found in the loadbalancer name", "=", "=", "400 ValidationError: LoadBalancer name cannot contain characters that are not letters, or digits or the dash."]),
    ("", "{CREATE}-edge&{80}", ["! Invalid character found in the loadbalancer name", "=", "=", "400 ValidationError: LoadBalancer name cannot contain characters that are not letters, or digits or the dash."]),
    ("", "{CREATE}a.b_c&{80}", ["ok / <DNSName>a_b_c-", "=", "! Invalid character found in the loadbalancer name", "400 ValidationError: LoadBalancer name cannot contain characters that are not letters, or digits or the dash."]),
    ("", "{CREATE}a23456789012345678901234567890bc&{80}", ["ok", "=", "=", "="]),
    ("", "{CREATE}a23456789012345678901234567890bcd&{80}", ["ok", "! Loadbalancer name must not exceed 32 characters", "=", "400 ValidationError: LoadBalancer name cannot be longer than 32 characters"]),
    ("", "CreateLoadBalancer AvailabilityZones.member.1=PARTI00&{80}", ["B LoadBalancerName", "=", "=", "V 'loadBalancerName'"]),
    ("", "CreateLoadBalancer LoadBalancerName=lost&AvailabilityZones.member.1=NOWHERE&{80}", ["! No cluster named NOWHERE is available", "=", "=", "V NOWHERE"]),
    ("", "CreateLoadBalancer LoadBalancerName=bare", ["ok", "=", "=", "V"]),
    ("", "CreateLoadBalancer LoadBalancerName=zoneless&{80}", ["ok", "=", "=", "400 ValidationError: Either AvailabilityZones or SubnetIds must be specified"]),
    ("", "{CREATE}t&{tls}", ["400 *InternalFailure: The requested protocol is not supported", "=", "! SSLCertificateId is required for HTTPS or SSL protocol", "400 ValidationError: Secure Listeners need to specify a SSLCertificateId"]),
    ("", "{CREATE}t&{tls}&Listeners.member.1.SSLCertificateId=arn:aws:iam::{account}:server-certificate/nope", ["400 *InternalFailure: The requested protocol is not supported", "=", "400 CertificateNotFoundException: The specified SSL ID does not refer to a valid SSL certificate in the AWS Identity and Access Management Service.", "400 CertificateNotFound: Server Certificate not found for the key: arn:aws:iam::{account}:server-certificate/nope"]),
    // What would come out otherwise than asked is not made; what it is anyway may be asked for.
    ("", "{CREATE}inside&{80}&Scheme=internal", ["NA", "=", "ok / <DNSName>internal-inside-", "="]),
    ("", "{CREATE}outside&{80}&Scheme=internet-facing", ["ok / <DNSName>outside-", "=", "=", "="]),
    ("", "{CREATE}odd&{80}&Scheme=public", ["NA", "=", "! Invalid scheme (public)", "400 InvalidScheme: Invalid scheme (public)"]),
    ("", "CreateLoadBalancer LoadBalancerName=net&{80}&Subnets.member.1=subnet-00000000", ["NA", "=", "400 SubnetNotFound: Invalid subnet(s)", "="]),
    ("", "{CREATE}grp&{80}&SecurityGroups.member.1=sg-00000000", ["NA", "=", "400 InvalidSecurityGroup: Invalid security group(s)", "="]),
    ("", "{CREATE}both&{80}&Tags.member.1.Key=k&Tags.member.2.Key=k", ["B Tags.member.1.Key", "=", "400 DuplicateTagKeys: Duplicate tag key (k)", "="]),

    // DescribeLoadBalancers
    ("", "DescribeLoadBalancers LoadBalancerNames.member.1=verbose", ["ok / <LoadBalancerName>web<", "=", "=", "400 LoadBalancerNotFound: There is no ACTIVE Load Balancer named 'verbose'"]),
    ("admin", "DescribeLoadBalancers ", ["ok / LoadBalancerDescriptions/>", "=", "=", "="]),
    ("admin", "DescribeLoadBalancers LoadBalancerNames.member.1=verbose&LoadBalancerNames.member.2=nope", ["ok / <LoadBalancerName>web<", "=", "=", "400 LoadBalancerNotFound: There is no ACTIVE Load Balancer named 'nope'"]),
    ("", "DescribeLoadBalancers Marker=%3Cnone%3E", ["ok / <LoadBalancerName>web<", "=", "=", "V Marker"]),
    ("", "DescribeLoadBalancers PageSize=0", ["ok", "=", "=", "V PageSize"]),
    ("", "DescribeLoadBalancers PageSize=401", ["ok", "=", "=", "V PageSize"]),
    ("", "DescribeLoadBalancers PageSize=1", ["ok", "=", "=", "ok / <NextMarker>"]),

    // DeleteLoadBalancer
    ("", "DeleteLoadBalancer LoadBalancerName=nope", ["ok", "=", "=", "="]),
    ("admin", "DeleteLoadBalancer LoadBalancerName=nope", ["F Unable to find the loadbalancer (use DNS name if you are Cloud admin)", "=", "ok", "="]),
    ("", "DeleteLoadBalancer LoadBalancerName=twice-{account}.lb.localhost", ["ok", "=", "=", "400 ValidationError: LoadBalancer name cannot contain characters that are not letters, or digits or the dash."]),
    ("", "DescribeLoadBalancers LoadBalancerNames.member.1=twice", ["ok / <LoadBalancerName>twice<", "=", "=", "="]),
    ("admin", "DeleteLoadBalancer LoadBalancerName=twice-{account}.lb.localhost", ["ok", "=", "=", "400 ValidationError: LoadBalancer name cannot contain characters that are not letters, or digits or the dash."]),
    ("", "DescribeLoadBalancers LoadBalancerNames.member.1=twice", ["ok / LoadBalancerDescriptions/>", "=", "=", "ok / <LoadBalancerName>twice<"]),
    ("", "DeleteLoadBalancer ", ["B LoadBalancerName", "=", "=", "V 'loadBalancerName'"]),

    // CreateLoadBalancerListeners
    ("", "CreateLoadBalancerListeners LoadBalancerName=web&{udp}", ["400 *InternalFailure: The requested protocol is not supported", "=", "=", "400 UnsupportedProtocol: The requested protocol is not supported"]),
    ("", "CreateLoadBalancerListeners LoadBalancerName=web&{0}", ["! Invalid listener format", "=", "=", "V"]),
    ("", "CreateLoadBalancerListeners LoadBalancerName=web&{gopher}", ["! Invalid listener format", "=", "=", "V"]),
    ("", "CreateLoadBalancerListeners LoadBalancerName=web&{65536}", ["! Invalid port range", "=", "=", "V"]),
    ("", "CreateLoadBalancerListeners LoadBalancerName=web&{to65536}", ["! Invalid port range", "=", "=", "V"]),
    ("", "CreateLoadBalancerListeners LoadBalancerName=web&Listeners.member.1.Protocol=HTTP&Listeners.member.1.LoadBalancerPort=84", ["! Invalid listener format", "=", "=", "V"]),
    ("", "CreateLoadBalancerListeners LoadBalancerName=web&Listeners.member.1.Protocol=HTTP&Listeners.member.1.InstancePort=84", ["! Invalid listener format", "=", "=", "V"]),
    ("", "CreateLoadBalancerListeners LoadBalancerName=web&Listeners.member.1.LoadBalancerPort=x", ["B Listeners.member.1.LoadBalancerPort = x", "=", "=", "V Listeners.member.1.LoadBalancerPort"]),
    ("", "CreateLoadBalancerListeners LoadBalancerName=web&{other}", ["400 DuplicateListener: A Listener already exists", "=", "=", "400 DuplicateListener: A listener already exists for web with LoadBalancerPort 80, but with a different InstancePort, Protocol, or SSLCertificateId"]),
    ("", "CreateLoadBalancerListeners LoadBalancerName=web&{80}", ["400 DuplicateListener: A Listener already exists", "=", "=", "ok"]),
    ("", "CreateLoadBalancerListeners LoadBalancerName=web&{mixed}", ["ok", "=", "=", "V"]),
    ("", "CreateLoadBalancerListeners LoadBalancerName=web&{lower}", ["ok", "=", "=", "="]),
    ("", "DescribeLoadBalancers LoadBalancerNames.member.1=web", ["ok / <InstancePort>8082<", "=", "=", "="]),
    ("", "CreateLoadBalancerListeners LoadBalancerName=web&{22}", ["ok", "500 InternalFailure: The specified port is restricted for use as a loadbalancer port", "500 InternalFailure: The specified port(s) 22, are restricted for use as a loadbalancer port.", "ok"]),
    ("", "CreateLoadBalancerListeners LoadBalancerName=web&{plainport}&Listeners.member.1.SSLCertificateId={cert}", ["400 *InternalFailure: The requested protocol is not supported", "=", "ok", "409 InvalidConfigurationRequest"]),

    // DeleteLoadBalancerListeners
    ("", "DeleteLoadBalancerListeners LoadBalancerName=web&LoadBalancerPorts.member.1=4711&LoadBalancerPorts.member.2=82", ["ok", "=", "=", "="]),
    ("", "DeleteLoadBalancerListeners LoadBalancerName=web&LoadBalancerPorts.member.1=eighty", ["B LoadBalancerPorts.member.1 = eighty", "=", "=", "V LoadBalancerPorts.member.1"]),
    ("", "DeleteLoadBalancerListeners LoadBalancerName=web", ["B LoadBalancerPorts", "=", "=", "V 'loadBalancerPorts'"]),

    // RegisterInstancesWithLoadBalancer, DeregisterInstancesFromLoadBalancer
    ("", "RegisterInstancesWithLoadBalancer LoadBalancerName=web&Instances.member.1.InstanceId=i-00000000", ["400 InvalidEndPoint: The specified EndPoint (instance) is not valid", "=", "=", "400 InvalidInstance"]),
    ("", "RegisterInstancesWithLoadBalancer LoadBalancerName=web&Instances.member.1.InstanceId={c}", ["400 InvalidEndPoint: The specified EndPoint (instance) is not valid", "=", "=", "400 InvalidInstance"]),
    ("", "RegisterInstancesWithLoadBalancer LoadBalancerName=web&Instances.member.1.InstanceId={d}", ["400 InvalidEndPoint: The specified EndPoint (instance) is not valid", "=", "=", "400 InvalidInstance"]),
    ("", "RegisterInstancesWithLoadBalancer LoadBalancerName=web&Instances.member.1.InstanceId={servo}", ["F Failed to register instances: Loadbalancer VM cannot be registered", "=", "=", "V Loadbalancer VM cannot be registered"]),
    ("", "RegisterInstancesWithLoadBalancer LoadBalancerName=web&Instances.member.1.InstanceId={b}", ["F unable to find the instance's zone", "=", "! Failed to register instances: Instance {b}'s availaibility zone is not enabled for the loadbalancer", "ok / {b}"]),
    ("", "DescribeInstanceHealth LoadBalancerName=web&Instances.member.1.InstanceId={b}", ["ok / InstanceStates/>", "=", "=", "ok / <Description>Instance is in the EC2 Availability Zone for which LoadBalancer is not configured to route traffic to.<"]),
    ("", "RegisterInstancesWithLoadBalancer LoadBalancerName=web&Instances.member.1.InstanceId={a}", ["ok / {a}", "=", "=", "="]),
    ("", "RegisterInstancesWithLoadBalancer LoadBalancerName=web&Instances.member.1.InstanceId={a}", ["ok / {a}", "=", "=", "="]),
    ("", "RegisterInstancesWithLoadBalancer LoadBalancerName=web", ["B Instances", "=", "=", "V 'instances'"]),
    ("", "DeregisterInstancesFromLoadBalancer LoadBalancerName=web&Instances.member.1.InstanceId=i-00000000", ["ok / {a}", "=", "=", "400 InvalidInstance"]),
    ("", "DeregisterInstancesFromLoadBalancer LoadBalancerName=web&Instances.member.1.InstanceId={c}", ["ok / {a}", "=", "=", "="]),
    ("", "DeregisterInstancesFromLoadBalancer LoadBalancerName=web&Instances.member.1.InstanceId={b}", ["ok / {a}", "=", "=", "="]),
    ("", "DeregisterInstancesFromLoadBalancer LoadBalancerName=web", ["B Instances", "=", "=", "V 'instances'"]),

    // DescribeInstanceHealth
    ("", "DescribeInstanceHealth LoadBalancerName=web&Instances.member.1.InstanceId=i-00000000", ["ok / InstanceStates/>", "=", "=", "400 InvalidInstance"]),
    ("", "DescribeInstanceHealth LoadBalancerName=web&Instances.member.1.InstanceId={b}", ["ok / InstanceStates/>", "=", "=", "ok / <State>OutOfService</State><ReasonCode>Instance</ReasonCode><Description>Instance is not currently registered with the LoadBalancer.<"]),
    ("admin", "DescribeInstanceHealth LoadBalancerName=web-{account}.lb.localhost", [NOT_FOUND[0], "=", "ok / {a}", "400 ValidationError: LoadBalancer name cannot contain characters that are not letters, or digits or the dash."]),

    // ConfigureHealthCheck
    ("", "ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target=TCP:80&HealthCheck.Interval=30&HealthCheck.Timeout=5&HealthCheck.UnhealthyThreshold=2", ["! Healthy tresholds must be specified", "=", "=", "V"]),
    ("", "ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target=TCP:80&HealthCheck.HealthyThreshold=2&HealthCheck.Timeout=5&HealthCheck.UnhealthyThreshold=2", ["! Interval must be specified", "=", "=", "V"]),
    ("", "ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Interval=30&HealthCheck.HealthyThreshold=2&HealthCheck.Timeout=5&HealthCheck.UnhealthyThreshold=2", ["! Target must be specified", "=", "=", "V"]),
    ("", "ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target=TCP:80&HealthCheck.HealthyThreshold=2&HealthCheck.Interval=30&HealthCheck.UnhealthyThreshold=2", ["! Timeout must be specified", "=", "=", "V"]),
    ("", "ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target=TCP:80&HealthCheck.HealthyThreshold=2&HealthCheck.Interval=30&HealthCheck.Timeout=5", ["! Unhealthy tresholds must be specified", "=", "=", "V"]),
    // Before the look for the load balancer.
    ("", "ConfigureHealthCheck LoadBalancerName=nope&HealthCheck.Target=TCP:80&HealthCheck.HealthyThreshold=2&HealthCheck.UnhealthyThreshold=2&HealthCheck.Timeout=5&HealthCheck.Interval=4", ["! Interval must be longer than 5 seconds", "=", "=", "V"]),
    ("", "ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target=TCP:80&HealthCheck.HealthyThreshold=1&HealthCheck.UnhealthyThreshold=2&HealthCheck.Timeout=5&HealthCheck.Interval=30", ["! Healthy thresholds must be larger than 2", "=", "=", "V"]),
    ("", "ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target=TCP:80&HealthCheck.HealthyThreshold=2&HealthCheck.UnhealthyThreshold=1&HealthCheck.Timeout=5&HealthCheck.Interval=30", ["! Unhealthy thresholds must be larger than 2", "=", "=", "V"]),
    // The example of Eucalyptus' own documentation.
    ("", "ConfigureHealthCheck LoadBalancerName=web&HealthCheck.Target=HTTP:80/&HealthCheck.HealthyThreshold=2&HealthCheck.UnhealthyThreshold=360&HealthCheck.Timeout=120&HealthCheck.Interval=15", ["ok / <UnhealthyThreshold>360<", "=", "=", "V"]),
    ("", "{HEALTH}FTP:21", ["F Failed to persist the health check config", "=", "! target must starts with one of HTTP, HTTPS, TCP, SSL", "V target must starts with one of HTTP, HTTPS, TCP, SSL"]),
    ("", "{HEALTH}HTTP:80", ["F Failed to persist the health check config", "=", "! Port and Path must be specified for HTTP", "400 ValidationError: HealthCheck HTTP Target must specify a port followed by a path that begins with a slash. e.g. HTTP:80/ping/this/path"]),
    ("", "{HEALTH}TCP:0", ["F Failed to persist the health check config", "=", "! Invalid target specified", "V Invalid target specified"]),
    ("", "{HEALTH}TCP:65536", ["F Failed to persist the health check config", "=", "! Invalid target specified", "V Invalid target specified"]),
    ("", "{HEALTH}tcp:80", ["F Failed to persist the health check config", "=", "ok / <Target>tcp:80<", "="]),
    ("", "{HEALTH}SSL:4711", ["ok / <Target>SSL:4711<", "=", "=", "="]),
    ("", "{HEALTH}HTTP:80/%0A", ["F Failed to persist the health check config", "=", "! Invalid target specified", "V Invalid target specified"]),

    // EnableAvailabilityZonesForLoadBalancer, DisableAvailabilityZonesForLoadBalancer
    ("", "EnableAvailabilityZonesForLoadBalancer LoadBalancerName=web&AvailabilityZones.member.1=NOWHERE", ["F Failed to enable zones: The requested zone NOWHERE is not valid", "=", "=", "V NOWHERE"]),
    ("", "EnableAvailabilityZonesForLoadBalancer LoadBalancerName=web", ["B AvailabilityZones", "=", "=", "V 'availabilityZones'"]),
    ("", "DisableAvailabilityZonesForLoadBalancer LoadBalancerName=web&AvailabilityZones.member.1=PARTI01", ["ok / PARTI00", "=", "=", "="]),
    ("", "DisableAvailabilityZonesForLoadBalancer LoadBalancerName=outside&AvailabilityZones.member.1=PARTI00", ["ok", "=", "! There must be at least one availability zone", "="]),
    ("", "DisableAvailabilityZonesForLoadBalancer LoadBalancerName=web", ["B AvailabilityZones", "=", "=", "V 'availabilityZones'"]),

    // Policies. Those of Eucalyptus are looked at in the order of its source: the request first.
    ("", "CreateLBCookieStickinessPolicy LoadBalancerName=web&PolicyName=lb&CookieExpirationPeriod=300", ["NA", "=", "ok", "="]),
    ("", "CreateAppCookieStickinessPolicy LoadBalancerName=web&PolicyName=app&CookieName=c", ["NA", "=", "ok", "="]),
    ("", "CreateAppCookieStickinessPolicy LoadBalancerName=web&PolicyName=lb&CookieName=c", ["NA", "=", "400 DuplicatePolicyName: Policy with the same name exists for this load balancer. Please choose another name.", "="]),
    ("", "CreateLBCookieStickinessPolicy LoadBalancerName=web&PolicyName=lb&CookieExpirationPeriod=1", ["NA", "=", "400 DuplicatePolicyName: Policy with the same name exists for this load balancer. Please choose another name.", "="]),
    ("", "CreateLBCookieStickinessPolicy LoadBalancerName=web&PolicyName=session&CookieExpirationPeriod=0", ["NA", "=", "! Expiration period must be bigger than 0", "ok"]),
    // Without a period the cookie is the session's, which is described as 0. Source: Terraform's acceptance tests, fog's.
    ("", "CreateLBCookieStickinessPolicy LoadBalancerName=web&PolicyName=browser", ["NA", "=", "! Expiration period must be bigger than 0", "ok"]),
    ("", "DescribeLoadBalancerPolicies LoadBalancerName=web&PolicyNames.member.1=browser", ["NA", "=", "ok / PolicyDescriptions/>", "ok / <AttributeName>CookieExpirationPeriod</AttributeName><AttributeValue>0</AttributeValue>"]),
    ("", "DescribeLoadBalancers LoadBalancerNames.member.1=web", ["ok", "=", "=", "ok / <PolicyName>browser</PolicyName><CookieExpirationPeriod>0</CookieExpirationPeriod>"]),
    ("", "CreateLBCookieStickinessPolicy LoadBalancerName=web&PolicyName=&CookieExpirationPeriod=1", ["NA", "=", "! Policy name must be specified", "409 InvalidConfigurationRequest"]),
    ("", "CreateAppCookieStickinessPolicy LoadBalancerName=web&PolicyName=p&CookieName=", ["NA", "=", "! Cookie name must be specified", "="]),
    ("", "CreateLBCookieStickinessPolicy LoadBalancerName=web&CookieExpirationPeriod=1", ["NA", "=", "B PolicyName", "V 'policyName'"]),
    ("", "{POLICY}&PolicyTypeName=ProxyProtocolPolicyType", ["NA", "=", "! policy name must be specified", "409 InvalidConfigurationRequest"]),
    ("", "{POLICY}p&PolicyTypeName=", ["NA", "=", "! policy type name must be specified", "="]),
    ("", "{POLICY}p&PolicyTypeName=NoPolicyType", ["NA", "=", "400 PolicyTypeNotFound: One or more of the specified policy types do not exist.", "="]),
    ("", "{POLICY}lb&PolicyTypeName=AppCookieStickinessPolicyType&PolicyAttributes.member.1.AttributeName=CookieName&PolicyAttributes.member.1.AttributeValue=c", ["NA", "=", "400 DuplicatePolicyName: Policy with the same name exists for this load balancer. Please choose another name.", "="]),
    ("", "{POLICY}p&PolicyTypeName=AppCookieStickinessPolicyType", ["NA", "=", "! There is no attribute CookieName found (Cardinality: ONE)", "="]),
    ("", "{POLICY}p&PolicyTypeName=BackendServerAuthenticationPolicyType", ["NA", "=", "! There is no attribute PublicKeyPolicyName found (Cardinality: ONE_OR_MORE)", "="]),
    ("", "{POLICY}p&PolicyTypeName=SSLNegotiationPolicyType&PolicyAttributes.member.1.AttributeName=Reference-Security-Policy&PolicyAttributes.member.1.AttributeValue=Mine", ["NA", "=", "! Referenced security policy Mine is not found", "400 ValidationError: Invalid Reference Security Policy: Mine"]),
    ("", "{POLICY}proxy&PolicyTypeName=ProxyProtocolPolicyType&PolicyAttributes.member.1.AttributeName=ProxyProtocol&PolicyAttributes.member.1.AttributeValue=true", ["NA", "=", "ok", "="]),
    // The same once more is none more at Amazon. Source: Kubernetes, whose controller does so at each of its rounds.
    ("", "{POLICY}proxy&PolicyTypeName=ProxyProtocolPolicyType&PolicyAttributes.member.1.AttributeName=ProxyProtocol&PolicyAttributes.member.1.AttributeValue=true", ["NA", "=", "400 DuplicatePolicyName: Policy with the same name exists for this load balancer. Please choose another name.", "ok"]),
    ("", "{POLICY}proxy&PolicyTypeName=ProxyProtocolPolicyType&PolicyAttributes.member.1.AttributeName=ProxyProtocol&PolicyAttributes.member.1.AttributeValue=false", ["NA", "=", "400 DuplicatePolicyName: Policy with the same name exists for this load balancer. Please choose another name.", "="]),
    ("", "{POLICY}key&PolicyTypeName=PublicKeyPolicyType&PolicyAttributes.member.1.AttributeName=PublicKey&PolicyAttributes.member.1.AttributeValue=MIIB", ["NA", "=", "ok", "="]),
    ("", "{POLICY}auth&PolicyTypeName=BackendServerAuthenticationPolicyType&PolicyAttributes.member.1.AttributeName=PublicKeyPolicyName&PolicyAttributes.member.1.AttributeValue=key", ["NA", "=", "ok", "="]),
    ("", "DescribeLoadBalancerPolicies ", ["NA", "=", "ok / <AttributeValue>ELBSampleCookie<", "="]),
    ("", "DescribeLoadBalancerPolicies ", ["NA", "=", "ok / <PolicyName>ELBSample-LBCookieStickinessPolicy<", "="]),
    ("", "DescribeLoadBalancerPolicies ", ["NA", "=", "ok / <PolicyName>ELBSecurityPolicy-2016-08<", "ok / <PolicyName>ELBSecurityPolicy-TLS-1-2-2017-01<"]),
    ("", "DescribeLoadBalancerPolicies LoadBalancerName=web&PolicyNames.member.1=nope", ["NA", "=", "ok", "400 PolicyNotFound: One or more specified policies were not found."]),
    ("", "DescribeLoadBalancerPolicyTypes PolicyTypeNames.member.1=NoPolicyType", ["NA", "=", "ok", "400 PolicyTypeNotFound: One or more of the specified policy types do not exist."]),
    ("", "DescribeLoadBalancerPolicyTypes ", ["NA", "=", "ok / <PolicyTypeName>ProxyProtocolPolicyType<", "="]),
    ("", "SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=80&PolicyNames.member.1=nope", ["NA", "=", "400 PolicyNotFound: One or more specified policies were not found.", "="]),
    ("", "SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=4711&PolicyNames.member.1=lb", ["NA", "=", "400 ListenerNotFound: Load balancer does not have a listener configured at the given port.", "="]),
    ("", "SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=25&PolicyNames.member.1=lb", ["NA", "=", "! Session stickiness policy can be associated with only HTTP/HTTPS", "="]),
    ("", "SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=80&PolicyNames.member.1=lb&PolicyNames.member.2=app", ["NA", "=", "! Only one cookie stickiness policy can be set", "="]),
    ("", "SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=80&PolicyNames.member.1=proxy", ["NA", "=", "! ProxyProtocolPolicyType cannot be set to listeners", "="]),
    ("", "SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=80&PolicyNames.member.1=auth", ["NA", "=", "! BackendServerAuthenticationPolicyType cannot be set to listeners", "="]),
    ("", "SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=80", ["NA", "=", "B PolicyNames", "V 'policyNames'"]),
    ("", "SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=80&PolicyNames.member.1=lb", ["NA", "=", "ok", "="]),
    ("", "DeleteLoadBalancerPolicy LoadBalancerName=web&PolicyName=lb", ["NA", "=", "! The policy is enabled for listeners", "="]),
    ("", "SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=80&PolicyNames=", ["NA", "=", "ok", "="]),
    ("", "DeleteLoadBalancerPolicy LoadBalancerName=web&PolicyName=lb", ["NA", "=", "ok", "="]),
    ("", "DeleteLoadBalancerPolicy LoadBalancerName=web&PolicyName=lb", ["NA", "=", "ok", "="]),
    ("", "SetLoadBalancerPoliciesForBackendServer LoadBalancerName=web&InstancePort=8443&PolicyNames.member.1=app", ["NA", "=", "! Only BackendServerAuthenticationPolicyType can be set to backend server", "409 InvalidConfigurationRequest"]),
    ("", "SetLoadBalancerPoliciesForBackendServer LoadBalancerName=web&InstancePort=8080&PolicyNames.member.1=auth", ["NA", "=", "! Policies of BackendServerAuthenticationPolicyType can be set to only HTTPS/SSL instance protocol", "="]),
    ("", "SetLoadBalancerPoliciesForBackendServer LoadBalancerName=web&InstancePort=4711&PolicyNames.member.1=auth", ["NA", "=", "! Listener with the specified backend instance port is not found", "ok"]),
    ("", "SetLoadBalancerPoliciesForBackendServer LoadBalancerName=web&InstancePort=4711&PolicyNames=", ["NA", "=", "! Listener with the specified backend instance port is not found", "ok"]),
    ("", "SetLoadBalancerPoliciesForBackendServer LoadBalancerName=web&InstancePort=8443&PolicyNames.member.1=nope", ["NA", "=", "400 PolicyNotFound: One or more specified policies were not found.", "="]),
    ("", "SetLoadBalancerPoliciesForBackendServer LoadBalancerName=web&InstancePort=2525&PolicyNames.member.1=proxy", ["NA", "=", "! Only BackendServerAuthenticationPolicyType can be set to backend server", "ok"]),
    // A port of HTTP takes the policy, too, which has no effect there. Source: Ansible's integration tests, fog's.
    ("", "SetLoadBalancerPoliciesForBackendServer LoadBalancerName=web&InstancePort=8080&PolicyNames.member.1=proxy", ["NA", "=", "! Only BackendServerAuthenticationPolicyType can be set to backend server", "ok"]),
    ("", "SetLoadBalancerPoliciesForBackendServer LoadBalancerName=web&InstancePort=8080&PolicyNames=", ["NA", "=", "ok", "="]),
    ("", "SetLoadBalancerPoliciesForBackendServer LoadBalancerName=web&InstancePort=8443&PolicyNames.member.1=auth", ["NA", "=", "ok", "="]),
    ("", "DeleteLoadBalancerPolicy LoadBalancerName=web&PolicyName=auth", ["NA", "=", "! The policy is enabled for backend servers", "="]),

    // SetLoadBalancerListenerSSLCertificate
    ("", "SetLoadBalancerListenerSSLCertificate LoadBalancerName=web&LoadBalancerPort=443&SSLCertificateId=", ["NA", "=", "! SSLCertificateId is not specified", "="]),
    ("", "SetLoadBalancerListenerSSLCertificate LoadBalancerName=web&LoadBalancerPort=4711&SSLCertificateId={cert}", ["NA", "=", "400 ListenerNotFound: Load balancer does not have a listener configured at the given port.", "="]),
    ("", "SetLoadBalancerListenerSSLCertificate LoadBalancerName=web&LoadBalancerPort=443&SSLCertificateId=arn:aws:iam::{account}:server-certificate/nope", ["NA", "=", "400 CertificateNotFoundException: The specified SSL ID does not refer to a valid SSL certificate in the AWS Identity and Access Management Service.", "400 CertificateNotFound: Server Certificate not found for the key: arn:aws:iam::{account}:server-certificate/nope"]),
    ("", "SetLoadBalancerListenerSSLCertificate LoadBalancerName=web&LoadBalancerPort=80&SSLCertificateId={cert}", ["NA", "=", "409 InvalidConfigurationRequest", "="]),
    ("", "SetLoadBalancerListenerSSLCertificate LoadBalancerName=web&LoadBalancerPort=443&SSLCertificateId={cert}", ["NA", "=", "ok", "="]),

    // Tags
    ("", "AddTags {TAG}k&Tags.member.2.Key=k", ["NA", "=", "400 DuplicateTagKeys: Duplicate tag key (k)", "="]),
    ("", "AddTags {TAG}aws:k", ["NA", "=", "! Invalid tag key (reserved prefix)", "V reserved prefix"]),
    ("", "AddTags {TAG}euca:k", ["NA", "=", "! Invalid tag key (reserved prefix)", "ok"]),
    ("", "AddTags {TAG}1&Tags.member.2.Key=2&Tags.member.3.Key=3&Tags.member.4.Key=4&Tags.member.5.Key=5&Tags.member.6.Key=6&Tags.member.7.Key=7&Tags.member.8.Key=8&Tags.member.9.Key=9", ["NA", "=", "ok", "="]),
    ("", "AddTags {TAG}1&Tags.member.2.Key=10&Tags.member.3.Key=11", ["NA", "=", "400 TooManyTags", "="]),
    ("", "AddTags {TAG}1&Tags.member.1.Value=new", ["NA", "=", "ok", "="]),
    ("", "DescribeTags LoadBalancerNames.member.1=web", ["NA", "=", "ok / <Value>new<", "="]),
    ("", "AddTags {TAG}%3Ck%3E", ["NA", "=", "400 ValidationError", "="]),
    ("", "AddTags LoadBalancerNames.member.1=web", ["NA", "=", "400 ValidationError", "="]),
    ("", "AddTags Tags.member.1.Key=k", ["NA", "=", "B LoadBalancerNames", "V 'loadBalancerNames'"]),
    ("", "RemoveTags {TAG}none&Tags.member.2.Key=1", ["NA", "=", "ok", "="]),
    ("", "RemoveTags {TAG}aws:k", ["NA", "=", "! Invalid tag key (reserved prefix)", "V reserved prefix"]),
    ("", "DescribeTags {21}", ["NA", "=", "400 InvalidParameterValue: Too many load balancers", "="]),

    // Attributes
    ("", "{ATTRIBUTE}ConnectionSettings.IdleTimeout=0", ["NA", "=", "400 ValidationError", "="]),
    ("", "{ATTRIBUTE}ConnectionSettings.IdleTimeout=3601", ["NA", "=", "400 ValidationError", "ok"]),
    ("", "{ATTRIBUTE}ConnectionSettings.IdleTimeout=3600", ["NA", "=", "ok / <IdleTimeout>3600<", "="]),
    ("", "{ATTRIBUTE}ConnectionSettings.IdleTimeout=long", ["NA", "=", "B LoadBalancerAttributes.ConnectionSettings.IdleTimeout = long", "V IdleTimeout"]),
    ("", "{ATTRIBUTE}CrossZoneLoadBalancing.Enabled=true", ["NA", "=", "ok", "="]),
    ("", "{ATTRIBUTE}ConnectionDraining.Enabled=true", ["NA", "=", "NA", "ok"]),
    ("", "{ATTRIBUTE}ConnectionDraining.Enabled=true&LoadBalancerAttributes.ConnectionDraining.Timeout=3601", ["NA", "=", "400 ValidationError", "V Timeout must be between"]),
    ("", "{ATTRIBUTE}ConnectionDraining.Timeout=300", ["NA", "=", "ok", "V 'loadBalancerAttributes.connectionDraining.enabled'"]),
    ("", "{ATTRIBUTE}AccessLog.Enabled=false&LoadBalancerAttributes.AccessLog.EmitInterval=4", ["NA", "=", "! Access log's emit interval must be between 5 and 60 minutes", "409 InvalidConfigurationRequest"]),
    ("", "{ATTRIBUTE}AccessLog.Enabled=false&LoadBalancerAttributes.AccessLog.EmitInterval=61", ["NA", "=", "! Access log's emit interval must be between 5 and 60 minutes", "409 InvalidConfigurationRequest"]),
    ("", "{ATTRIBUTE}AccessLog.Enabled=true", ["NA", "=", "409 InvalidConfigurationRequest", "="]),
    // Amazon remembers the place of a log that is off. Source: Terraform's acceptance tests.
    ("", "{ATTRIBUTE}AccessLog.Enabled=false&LoadBalancerAttributes.AccessLog.S3BucketName=logs-a&LoadBalancerAttributes.AccessLog.EmitInterval=5", ["NA", "=", "ok / <AccessLog><Enabled>false</Enabled></AccessLog>", "ok / <AccessLog><Enabled>false</Enabled><S3BucketName>logs-a</S3BucketName><EmitInterval>5</EmitInterval><S3BucketPrefix/></AccessLog>"]),
    ("", "{ATTRIBUTE}AdditionalAttributes.member.1.Key=elb.http.nothing&LoadBalancerAttributes.AdditionalAttributes.member.1.Value=1", ["NA", "=", "400 LoadBalancerAttributeNotFound", "="]),
    ("", "{ATTRIBUTE}AdditionalAttributes.member.1.Key=elb.http.desyncmitigationmode&LoadBalancerAttributes.AdditionalAttributes.member.1.Value=strictest", ["NA", "=", "NA", "ok"]),
    ("", "DescribeLoadBalancerAttributes LoadBalancerName=web", ["NA", "=", "ok / <ConnectionDraining><Enabled>false</Enabled></ConnectionDraining>", "ok / <ConnectionDraining><Enabled>true</Enabled><Timeout>300</Timeout></ConnectionDraining>"]),

    // Subnets and security groups
    ("", "AttachLoadBalancerToSubnets LoadBalancerName=web&Subnets.member.1=subnet-00000000", ["NA", "=", "400 SubnetNotFound: Invalid subnet(s)", "="]),
    ("", "AttachLoadBalancerToSubnets LoadBalancerName=web", ["NA", "=", "B Subnets", "V 'subnets'"]),
    ("", "DetachLoadBalancerFromSubnets LoadBalancerName=web", ["NA", "=", "B Subnets", "V 'subnets'"]),
    ("", "ApplySecurityGroupsToLoadBalancer LoadBalancerName=web", ["NA", "=", "B SecurityGroups", "V 'securityGroups'"]),
    ("", "DetachLoadBalancerFromSubnets LoadBalancerName=web&Subnets.member.1=subnet-00000000", ["NA", "=", "ok", "="]),
    ("", "DetachLoadBalancerFromSubnets LoadBalancerName=web&Subnets.member.1={subnet}", ["NA", "=", "409 InvalidConfigurationRequest", "409 InvalidConfigurationRequest: Requested configuration change for LoadBalancer \"web\" is invalid because you attempted to detach all the subnets for this LoadBalancer and a LoadBalancer cannot be attached to zero subnets in VPC."]),
    ("", "ApplySecurityGroupsToLoadBalancer LoadBalancerName=web&SecurityGroups.member.1=sg-00000000", ["NA", "=", "400 InvalidSecurityGroup: Invalid security group(s)", "="]),

    // DescribeAccountLimits
    ("", "DescribeAccountLimits ", ["NA", "=", "=", "ok / <Name>classic-load-balancers</Name><Max>20</Max>"]),
    ("", "DescribeAccountLimits PageSize=0", ["NA", "=", "=", "V PageSize"]),

    // Whoever may do nothing, and whoever may have no more than one.
    ("ann", "DescribeLoadBalancers ", ["ok / LoadBalancerDescriptions/>", "=", "=", "403 AccessDenied"]),
    ("ann", "DescribeTags ", ["NA", "=", "ok / <TagDescriptions/>", "403 AccessDenied"]),
    ("ann", "DescribeTags LoadBalancerNames.member.1=web", ["NA", "=", NOT_FOUND[0], "403 AccessDenied"]),
    ("bob", "DescribeTags ", ["NA", "=", "ok / <LoadBalancerName>web<", "V 'loadBalancerNames'"]),
    ("admin", "DescribeTags LoadBalancerNames.member.1=verbose", ["NA", "=", "ok / <LoadBalancerName>web<", "400 LoadBalancerNotFound"]),
    ("admin", "DescribeTags LoadBalancerNames.member.1=web-{account}.lb.localhost", ["NA", "=", "ok / <LoadBalancerName>web<", "400 ValidationError"]),
    ("ann", "{CREATE}anns&{80}", ["400 InternalFailure", "=", "=", "403 AccessDenied"]),
    ("ann", "DeleteLoadBalancer LoadBalancerName=web", ["F The specified LoadBalancer could not be found", "=", "=", "403 AccessDenied"]),
    ("ann", "DescribeInstanceHealth LoadBalancerName=web", [NOT_FOUND[0], "=", "=", "403 AccessDenied"]),
    ("ann", "CreateLoadBalancerListeners LoadBalancerName=web&{81}", [NOT_FOUND[0], "=", "=", "403 AccessDenied"]),
    ("bob", "{CREATE}bobs&{80}", ["ok", "=", "=", "="]),
    ("bob", "{CREATE}bobs-second&{80}", ["400 TooManyAccessPoints: The quota for the number of LoadBalancers has already been reached.", "=", "=", "ok"]),

    // What no operation sees.
    ("", "DescribeNothing ", ["400 InvalidAction", "=", "=", "="]),
    ("", "DescribeLoadBalancersByServo InstanceId={servo}", ["400 InvalidAction", "=", "=", "="]),
    ("", "DescribeLoadBalancers Marker=%zz", ["400 MalformedQueryString", "=", "=", "404 MalformedQueryString"]),
    ("", "DescribeLoadBalancers Nothing=1", ["B Nothing = 1", "=", "=", "ok"]),
];

/// What came back: the status, and either the document or what it refuses.
struct Answer {
    status: u16,
    /// The HTTP reason phrase.
    reason: String,
    text: String,
}

impl Answer {
    fn element(&self, name: &str) -> Option<String> {
        let (_, after) = self.text.split_once(&format!("<{name}>"))?;
        let (inside, _) = after.split_once(&format!("</{name}>"))?;
        let plain = [
            ("&apos;", "'"),
            ("&quot;", "\""),
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&amp;", "&"),
        ];
        let read = plain
            .iter()
            .fold(inside.to_owned(), |text, (from, to)| text.replace(from, to));
        Some(read)
    }

    /// `409 InvalidConfigurationRequest: MESSAGE`; nothing of a success.
    fn refusal(&self) -> Option<String> {
        let code = self.element("Code")?;
        let message = self.element("Message").unwrap_or_default();
        Some(format!("{} {code}: {message}", self.status))
    }

    fn root(&self) -> &str {
        let at = self
            .text
            .find("<?xml")
            .map_or(0, |_| self.text.find("?>").unwrap() + 2);
        let text = self.text[at..].trim_start().trim_start_matches('<');
        text.split([' ', '>']).next().unwrap_or_default()
    }
}

/// Signs and sends a request, on a connection of its own.
fn ask(environment: &Environment, key: (&str, &str), body: &str) -> Answer {
    let identity = Credentials::new(key.0, key.1, None, None, "test").into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region("eucalyptus")
        .name("elasticloadbalancing")
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()
        .unwrap()
        .into();
    let (address, path) = environment.endpoint["http://".len()..]
        .split_once('/')
        .unwrap();
    let form = "application/x-www-form-urlencoded";
    let headers = [("host", address), ("content-type", form)];
    let bytes = SignableBody::Bytes(body.as_bytes());
    let endpoint = environment.endpoint.clone();
    let signable = SignableRequest::new("POST", endpoint, headers.into_iter(), bytes).unwrap();
    let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
    let mut request = format!(
        "POST /{path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: {form}\r\nConnection: close\r\n\
         Content-Length: {}\r\n",
        body.len()
    );
    for (name, value) in instructions.headers() {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "{request}\r\n{body}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, text) = answer.split_once("\r\n\r\n").unwrap();
    let line = head.lines().next().unwrap();
    let mut words = line.splitn(3, ' ').skip(1);
    Answer {
        status: words.next().unwrap().parse().unwrap(),
        reason: words.next().unwrap_or_default().to_owned(),
        text: text.to_owned(),
    }
}

/// A cloud of a release with what the rows speak of.
struct Scene {
    cloud: Cloud,
    /// What stands for what in a row.
    words: Vec<(String, String)>,
    /// Keys of users, by name; the account's own without one.
    keys: Vec<(&'static str, String, String)>,
}

impl Scene {
    fn set(release: &str) -> Scene {
        let cloud = Cloud::with(&["--ephemeral", &format!("--release={release}")]);
        let tenant = cloud.environment(Account::Tenant).clone();
        let administrator = cloud.environment(Account::Administrator).clone();
        let eulb = |words: &str| cloud.ok("eulb", words.split(' '));
        let mut words: Vec<(String, String)> = Vec::new();
        for (name, text) in [
            ("CREATE", CREATE),
            ("HEALTH", HEALTH),
            ("TAG", TAG),
            ("ATTRIBUTE", ATTRIBUTE),
            ("POLICY", POLICY),
        ] {
            words.push((format!("{{{name}}}"), text.to_owned()));
        }
        for (name, text) in LISTENERS {
            let [port, protocol, instance_port, instance_protocol] =
                text.split(' ').collect::<Vec<_>>()[..]
            else {
                panic!("a listener has four parts: {text}");
            };
            let one = "Listeners.member.1.";
            let parameters = format!(
                "{one}LoadBalancerPort={port}&{one}Protocol={protocol}&\
                 {one}InstancePort={instance_port}&{one}InstanceProtocol={instance_protocol}"
            );
            words.push(((*name).to_owned(), parameters));
        }
        let many = (1..=21).map(|n| format!("LoadBalancerNames.member.{n}=web{n}"));
        words.push(("{21}".to_owned(), many.collect::<Vec<_>>().join("&")));
        let said = eulb("admin accounts list --json");
        let accounts: serde_json::Value = serde_json::from_str(&said).unwrap();
        let mut accounts = accounts["accounts"].as_array().unwrap().iter();
        let own = accounts
            .find(|account| account["alias"] == "tenant")
            .unwrap();
        let account = own["id"].as_str().unwrap().to_owned();

        for (name, zone) in [("{a}", "PARTI00"), ("{b}", "PARTI01"), ("{c}", "PARTI00")] {
            let ids = cloud.run_instances(1, zone);
            words.push((name.to_owned(), ids[0].clone()));
        }
        eulb(&format!("instance stop {}", words.last().unwrap().1));
        let foreign = eulb("instance run --account eucalyptus");
        let foreign = foreign.split('\t').nth(1).unwrap().to_owned();
        words.push(("{d}".to_owned(), foreign));

        let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tls");
        let uploaded = cloud.eulb(
            "eulb",
            [
                "admin",
                "certificates",
                "upload",
                "web",
                "--certificate",
                &format!("{fixtures}/rsa.pem"),
                "--key",
                &format!("{fixtures}/rsa-pkcs8.key"),
            ],
        );
        assert_eq!(uploaded.status, 0, "{}", uploaded.stderr);
        let certificate = format!("arn:aws:iam::{account}:server-certificate/web");
        let secure = !release.starts_with("3.");
        let mut listeners = vec![
            "lb-port=80, protocol=HTTP, instance-port=8080, instance-protocol=HTTP".to_owned(),
            "lb-port=25, protocol=TCP, instance-port=2525, instance-protocol=TCP".to_owned(),
        ];
        if secure {
            listeners.push(format!("lb-port=443, protocol=HTTPS, instance-port=8443, instance-protocol=HTTPS, cert-id={certificate}"));
        }
        let mut arguments = vec!["-z", "PARTI00", "web"];
        for listener in &listeners {
            arguments.extend(["-l", listener]);
        }
        let made = cloud
            .command(Account::Tenant, "eulb-create-lb")
            .env("EULB_RELEASE", release)
            .args(arguments)
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        let servo = cloud.status().balancers[0].servos[0].id.clone();
        words.push(("{servo}".to_owned(), servo));
        words.push(("{cert}".to_owned(), certificate));
        let described = ask(
            &tenant,
            (&tenant.access_key, &tenant.secret_key),
            "Action=DescribeLoadBalancers&Version=2012-06-01",
        );
        let subnet = described
            .text
            .split_once("<member>subnet-")
            .map_or("00000000", |(_, after)| &after[..8]);
        words.push(("{subnet}".to_owned(), format!("subnet-{subnet}")));
        words.push(("{account}".to_owned(), account));

        let mut keys = vec![
            ("", tenant.access_key.clone(), tenant.secret_key.clone()),
            (
                "admin",
                administrator.access_key.clone(),
                administrator.secret_key.clone(),
            ),
        ];
        let policy = cloud.data_directory().join("policy.json");
        let limit = match release {
            "aws" => "",
            _ => {
                r#",{"Effect":"Limit","Action":"elasticloadbalancing:CreateLoadBalancer","Resource":"*","Condition":{"NumericLessThanEquals":{"elasticloadbalancing:quota-loadbalancernumber":"1"}}}"#
            }
        };
        let document = format!(
            r#"{{"Statement":[{{"Effect":"Allow","Action":"elasticloadbalancing:*","Resource":"*"}}{limit}]}}"#
        );
        std::fs::write(&policy, document).unwrap();
        for name in ["ann", "bob"] {
            eulb(&format!("admin users create {name}"));
            let key = eulb(&format!("admin keys create --user {name}"));
            let fields: Vec<&str> = key.trim_end().split('\t').collect();
            keys.push((name, fields[1].to_owned(), fields[2].to_owned()));
        }
        eulb(&format!("admin policies create one {}", policy.display()));
        eulb("admin policies attach one --user bob");
        Scene { cloud, words, keys }
    }

    fn spelt_out(&self, text: &str) -> String {
        let words = self.words.iter();
        words.fold(text.to_owned(), |text, (word, meaning)| {
            text.replace(word, meaning)
        })
    }
}

/// What is wrong with an answer, if something is.
fn judged(release: &str, expected: &str, answer: &Answer) -> Result<(), String> {
    let refusal = answer.refusal();
    let said = refusal
        .clone()
        .unwrap_or_else(|| format!("{} {}", answer.status, answer.text));
    let must = |right: bool| if right { Ok(()) } else { Err(said.clone()) };
    let amazon = release == "aws";
    if let Some(code) = answer.element("Code") {
        // The reason phrase is the code, and at Amazon that of the status.
        let status = hyper::StatusCode::from_u16(answer.status).unwrap();
        let phrase = status.canonical_reason().unwrap().to_owned();
        let expected = if amazon { phrase } else { code };
        assert_eq!(answer.reason, expected, "{}", answer.text);
    }
    let numbered = release.starts_with("3.");
    let of_service = |right: bool| must(right && answer.root() == "ErrorResponse");
    let (kind, rest) = expected.split_once(' ').unwrap_or((expected, ""));
    match kind {
        "ok" => {
            let text = rest.trim_start_matches("/ ");
            must(refusal.is_none() && answer.status == 200 && answer.text.contains(text))
        }
        "NA" => {
            of_service(said.starts_with("400 UnsupportedOperation: ") && said.contains(release))
        }
        "B" => {
            let message = format!("Failed to bind the following fields:\n{rest}");
            let answered = answer.element("Message").unwrap_or_default();
            must(
                answer.status >= 400
                    && answer.root() == "Response"
                    && answered.starts_with(&message),
            )
        }
        "V" => of_service(said.starts_with("400 ValidationError: ") && said.contains(rest)),
        "F" => {
            let receiver = answer.text.contains("<Type>Receiver</Type>");
            of_service(said == format!("400 InternalFailure: {rest}") && receiver)
        }
        "!" => {
            let code = if numbered {
                "400"
            } else {
                "InvalidConfigurationRequest"
            };
            let lead = if amazon {
                ""
            } else {
                "Requested configuration change is invalid: "
            };
            of_service(said == format!("409 {code}: {lead}{rest}"))
        }
        status => {
            let (code, message) = match rest.split_once(": ") {
                Some((code, message)) => (code, Some(message)),
                None => (rest, None),
            };
            let always = [
                "InternalFailure",
                "ValidationError",
                "AccessDenied",
                "MalformedQueryString",
                "InvalidAction",
            ];
            let code = match code.strip_prefix('*') {
                Some(_) if numbered => "400",
                Some(code) => code,
                None if numbered && !always.contains(&code) => "400",
                None => code,
            };
            match message {
                Some(message) => of_service(said == format!("{status} {code}: {message}")),
                None => must(said.starts_with(&format!("{status} {code}: "))),
            }
        }
    }
}

#[test]
fn every_documented_condition_is_answered_as_documented_at_every_release() {
    let mut wrong = Vec::new();
    for (column, release) in RELEASES.into_iter().enumerate() {
        let scene = Scene::set(release);
        let environment = scene.cloud.environment(Account::Tenant);
        for (who, request, expected) in ROWS {
            let present = expected[..=column]
                .iter()
                .rev()
                .find(|one| **one != "=")
                .unwrap();
            let expected = scene.spelt_out(present);
            let request = scene.spelt_out(request);
            let (action, parameters) = request.split_once(' ').unwrap();
            let (_, key, secret) = scene.keys.iter().find(|(name, ..)| name == who).unwrap();
            let body = format!("Action={action}&Version=2012-06-01&{parameters}");
            let answer = ask(environment, (key, secret), body.trim_end_matches('&'));
            if let Err(said) = judged(release, &expected, &answer) {
                wrong.push(format!(
                    "{release} {who} {request}\n  should be {expected}\n  but is    {said}"
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        ROWS.len() * RELEASES.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_table_has_each_of_the_operations() {
    let named: std::collections::BTreeSet<&str> = ROWS
        .iter()
        .map(|(_, request, _)| match *request {
            request if request.starts_with("{CREATE}") => "CreateLoadBalancer",
            request if request.starts_with("{HEALTH}") => "ConfigureHealthCheck",
            request if request.starts_with("{ATTRIBUTE}") => "ModifyLoadBalancerAttributes",
            request if request.starts_with("{POLICY}") => "CreateLoadBalancerPolicy",
            request => request.split(' ').next().unwrap_or_default(),
        })
        .filter(|action| eulb::wire::release::operation(action).is_some())
        .collect();
    assert_eq!(named.len(), 29, "{named:?}");
}
