"""What other people's test suites expect of Amazon's classic load balancers, asked of the local cloud.

Each function has the calls and the expectations of one suite that its authors run against Amazon, or of a
controller that people run there. Prints how much was asked and what came out otherwise, as JSON.
Environment: that of `eval "$(eulb local env)"` on a cloud of release aws.
"""

import json

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

# Requests go out as they are: what is wrong with them is for the service to say.
CONFIG = Config(parameter_validation=False, retries={"max_attempts": 0})
elb, ec2 = boto3.client("elb", config=CONFIG), boto3.client("ec2", config=CONFIG)
ZONES = ["PARTI00"]
CHECK = {"HealthyThreshold": 10, "Interval": 30, "Target": "TCP:80", "Timeout": 5, "UnhealthyThreshold": 2}
asked, differences = 0, []


def same(what, got, expected):
    global asked
    asked += 1
    if got != expected:
        differences.append(f"{what}: {got!r} instead of {expected!r}")


def refused(what, code, message, call, **parameters):
    """What a call is refused with; the message matters only where one is named."""
    try:
        said = call(**parameters)
    except ClientError as error:
        said = error.response["Error"]["Code"], error.response["Error"]["Message"] if message else None
    same(what, said, (code, message))


def listener(port, instance_port, protocol="HTTP", **more):
    return {"Protocol": protocol, "LoadBalancerPort": port, "InstancePort": instance_port, **more}


def create(name, *listeners, **more):
    place = {} if "Subnets" in more else {"AvailabilityZones": ZONES}
    return elb.create_load_balancer(LoadBalancerName=name, Listeners=listeners, **place, **more)


def attributes(pairs):
    return [{"AttributeName": name, "AttributeValue": value} for name, value in pairs.items()]


def policy(name, called, kind, pairs):
    parameters = {"PolicyName": called, "PolicyTypeName": kind, "PolicyAttributes": attributes(pairs)}
    elb.create_load_balancer_policy(LoadBalancerName=name, **parameters)


def proxy_protocol(name, called):
    policy(name, called, "ProxyProtocolPolicyType", {"ProxyProtocol": "true"})


def of_listener(name, port, *policies):
    where = {"LoadBalancerName": name, "LoadBalancerPort": port}
    elb.set_load_balancer_policies_of_listener(PolicyNames=policies, **where)


def of_instances(name, port, *policies):
    where = {"LoadBalancerName": name, "InstancePort": port}
    elb.set_load_balancer_policies_for_backend_server(PolicyNames=policies, **where)


def described(name):
    return elb.describe_load_balancers(LoadBalancerNames=[name])["LoadBalancerDescriptions"][0]


def policy_attributes(name, called):
    answer = elb.describe_load_balancer_policies(LoadBalancerName=name, PolicyNames=[called])
    return answer["PolicyDescriptions"][0]["PolicyAttributeDescriptions"]


def modified(name, **changed):
    elb.modify_load_balancer_attributes(LoadBalancerName=name, LoadBalancerAttributes=changed)
    return elb.describe_load_balancer_attributes(LoadBalancerName=name)["LoadBalancerAttributes"]


def goamz():
    """goamz, elb/elbi_test.go."""
    create("goamz", listener(80, 80, "http", InstanceProtocol="http"))
    balancer = described("goamz")
    same("goamz: the first check", balancer["HealthCheck"], CHECK)
    same("goamz: the scheme", balancer["Scheme"], "internet-facing")
    told = listener(80, 80, InstanceProtocol="HTTP")
    same("goamz: the listener", balancer["ListenerDescriptions"], [{"Listener": told, "PolicyNames": []}])
    only = "Only one of SubnetIds or AvailabilityZones may be specified"
    both = {"AvailabilityZones": ZONES, "Subnets": ["subnet-1"], "Listeners": [listener(80, 80)]}
    refused("goamz: both", "ValidationError", only, elb.create_load_balancer, LoadBalancerName="both", **both)
    absent = {"LoadBalancerName": "goamz", "Instances": [{"InstanceId": "i-foo"}]}
    none = "Could not find EC2 instance i-foo."
    refused("goamz: no instance", "InvalidInstance", none, elb.describe_instance_health, **absent)
    pathless = {"LoadBalancerName": "goamz", "HealthCheck": {**CHECK, "Target": "HTTP:80"}}
    path = (
        "HealthCheck HTTP Target must specify a port followed by a path that begins with a slash. "
        "e.g. HTTP:80/ping/this/path"
    )
    refused("goamz: no path", "ValidationError", path, elb.configure_health_check, **pathless)


def software_development_kits():
    """The SDKs for Go, Java, JavaScript and Ruby, their features of elasticloadbalancing."""
    letters = "LoadBalancer name cannot contain characters that are not letters, or digits or the dash."
    names = ["fake_load_balancer"]
    refused("SDKs: a name", "ValidationError", letters, elb.describe_load_balancers, LoadBalancerNames=names)
    long = "LoadBalancer name cannot be longer than 32 characters"
    balancer = {"AvailabilityZones": ZONES, "Listeners": [listener(80, 80)]}
    name = "verylongelasticloadbalancername-1"
    refused("SDKs: long", "ValidationError", long, elb.create_load_balancer, LoadBalancerName=name, **balancer)


def fog():
    """fog-aws, tests/requests/elb."""
    create("fog", listener(80, 80))
    elb.create_app_cookie_stickiness_policy(LoadBalancerName="fog", PolicyName="app", CookieName="cookie")
    elb.create_lb_cookie_stickiness_policy(LoadBalancerName="fog", PolicyName="timed", CookieExpirationPeriod=300)
    elb.create_lb_cookie_stickiness_policy(LoadBalancerName="fog", PolicyName="session")
    policy("fog", "key", "PublicKeyPolicyType", {"PublicKey": "MIIB"})
    for called, pairs in [
        ("app", {"CookieName": "cookie"}),
        ("timed", {"CookieExpirationPeriod": "300"}),
        ("session", {"CookieExpirationPeriod": "0"}),
        ("key", {"PublicKey": "MIIB"}),
    ]:
        same(f"fog: the policy {called}", policy_attributes("fog", called), attributes(pairs))
    all_of_it = {
        "AppCookieStickinessPolicies": [{"PolicyName": "app", "CookieName": "cookie"}],
        # fog leaves the 0 of a session out of its hashes; Ansible compares with it.
        "LBCookieStickinessPolicies": [
            {"PolicyName": called, "CookieExpirationPeriod": seconds} for called, seconds in [("timed", 300), ("session", 0)]
        ],
        "OtherPolicies": ["key"],
    }
    same("fog: all policies", described("fog")["Policies"], all_of_it)
    of_listener("fog", 80, "timed")
    of_listener("fog", 80)
    # The port speaks HTTP.
    proxy_protocol("fog", "proxy")
    of_instances("fog", 80, "proxy")
    same("fog: PROXY", described("fog")["BackendServerDescriptions"], [{"InstancePort": 80, "PolicyNames": ["proxy"]}])
    mixed = {"LoadBalancerName": "fog", "Listeners": [listener(81, 81, InstanceProtocol="TCP")]}
    refused("fog: layers", "ValidationError", None, elb.create_load_balancer_listeners, **mixed)
    elb.delete_load_balancer_listeners(LoadBalancerName="fog", LoadBalancerPorts=[80, 443])
    secure = [listener(80, 80, InstanceProtocol="HTTPS")]
    elb.create_load_balancer_listeners(LoadBalancerName="fog", Listeners=secure)
    elb.delete_load_balancer(LoadBalancerName="non-existent")


def boto():
    """boto, tests/integration/ec2/elb."""
    create("boto", listener(80, 8000))
    proxy_protocol("boto", "proxy")
    # No listener forwards to this port.
    of_instances("boto", 8081, "proxy")
    there = [{"InstancePort": 8081, "PolicyNames": ["proxy"]}]
    same("boto: a port", described("boto")["BackendServerDescriptions"], there)
    of_instances("boto", 8081)
    same("boto: cleared", described("boto")["BackendServerDescriptions"], [])
    for enabled, seconds in [(True, 128), (True, 256), (False, 256), (True, 64)]:
        draining = {"Enabled": enabled, **({"Timeout": seconds} if enabled else {})}
        told = modified("boto", ConnectionDraining=draining)["ConnectionDraining"]
        same("boto: draining", told, {"Enabled": enabled, "Timeout": seconds})


def terraform():
    """hashicorp/aws, acceptance tests in internal/service/elb, and what its code waits for."""
    create("tf", listener(80, 8000))
    policy("tf", "lb", "LBCookieStickinessPolicyType", {})
    same("Terraform: a bare cookie", len(policy_attributes("tf", "lb")), 1)
    policy("tf", "bare", "SSLNegotiationPolicyType", {})
    same("Terraform: bare TLS", policy_attributes("tf", "bare") != [], True)
    wanted = {"Protocol-TLSv1.1": "true", "DHE-RSA-AES256-SHA256": "true"}
    policy("tf", "custom", "SSLNegotiationPolicyType", wanted)
    on = {one["AttributeName"] for one in policy_attributes("tf", "custom") if one["AttributeValue"] == "true"}
    same("Terraform: TLS", on, set(wanted))
    log = {"Enabled": False, "S3BucketName": "logs", "EmitInterval": 5, "S3BucketPrefix": ""}
    same("Terraform: a log that is off", modified("tf", AccessLog=log)["AccessLog"], log)
    absent = "arn:aws:iam::123456789012:server-certificate/absent"
    message = f"Server Certificate not found for the key: {absent}"
    tls = {"LoadBalancerName": "tf", "Listeners": [listener(443, 80, "HTTPS", SSLCertificateId=absent)]}
    refused("Terraform: no certificate", "CertificateNotFound", message, elb.create_load_balancer_listeners, **tls)
    bare = {"LoadBalancerName": "tf", "Listeners": [listener(443, 80, "HTTPS")]}
    message = "Secure Listeners need to specify a SSLCertificateId"
    refused("Terraform: bare HTTPS", "ValidationError", message, elb.create_load_balancer_listeners, **bare)
    nowhere = {"LoadBalancerName": "nowhere", "Listeners": [listener(80, 80)]}
    message = "Either AvailabilityZones or SubnetIds must be specified"
    refused("Terraform: nowhere", "ValidationError", message, elb.create_load_balancer, **nowhere)


def kubernetes():
    """cloud-provider-aws, the calls of a service of type LoadBalancer and of its rounds."""
    subnets = sorted(subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"])
    name, called = "a0123456789012345678901234567890", "k8s-proxyprotocol-enabled"
    refused("Kubernetes: not yet", "LoadBalancerNotFound", None, elb.describe_load_balancers, LoadBalancerNames=[name])
    tags = [{"Key": "kubernetes.io/service-name", "Value": "default/web"}]
    create(name, listener(80, 30080, "TCP", InstanceProtocol="TCP"), Subnets=subnets[:1], Tags=tags)
    # It makes the policy at each of its rounds.
    proxy_protocol(name, called)
    proxy_protocol(name, called)
    of_instances(name, 30080, called)
    elb.delete_load_balancer_listeners(LoadBalancerName=name, LoadBalancerPorts=[80])
    later = [listener(80, 30081, "TCP", InstanceProtocol="TCP")]
    elb.create_load_balancer_listeners(LoadBalancerName=name, Listeners=later)
    old, new = ({"InstancePort": port, "PolicyNames": [called]} for port in (30080, 30081))
    same("Kubernetes: policies stay", described(name)["BackendServerDescriptions"], [old])
    of_instances(name, 30081, called)
    of_instances(name, 30080)
    same("Kubernetes: and go", described(name)["BackendServerDescriptions"], [new])
    reference = {"Reference-Security-Policy": "k8s-SSLNegotiationPolicy-test"}
    unknown = {"PolicyName": "tls", "PolicyTypeName": "SSLNegotiationPolicyType", "PolicyAttributes": attributes(reference)}
    message = "Invalid Reference Security Policy: k8s-SSLNegotiationPolicy-test"
    refused("Kubernetes: TLS", "ValidationError", message, elb.create_load_balancer_policy, LoadBalancerName=name, **unknown)
    elb.attach_load_balancer_to_subnets(LoadBalancerName=name, Subnets=subnets[1:])
    elb.detach_load_balancer_from_subnets(LoadBalancerName=name, Subnets=subnets[:1])
    message = (
        f'Requested configuration change for LoadBalancer "{name}" is invalid because you attempted to detach all '
        "the subnets for this LoadBalancer and a LoadBalancer cannot be attached to zero subnets in VPC."
    )
    last = {"LoadBalancerName": name, "Subnets": subnets[1:]}
    code = "InvalidConfigurationRequest"
    refused("Kubernetes: the last subnet", code, message, elb.detach_load_balancer_from_subnets, **last)


for suite in (goamz, software_development_kits, fog, boto, terraform, kubernetes):
    suite()
for one in elb.describe_load_balancers()["LoadBalancerDescriptions"]:
    elb.delete_load_balancer(LoadBalancerName=one["LoadBalancerName"])
print(json.dumps({"asked": asked, "differences": differences}))
