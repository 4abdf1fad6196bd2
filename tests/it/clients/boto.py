"""Every operation of the API, every waiter and every paginator, as botocore knows them.

Arguments: the certificate, its key, the file that the second client's session is told in.
Environment: that of `eval "$(eulb local env)"` on a cloud of release aws.
"""

import json
import os
import sys

import boto3
from botocore.exceptions import ClientError

certificate, key = (open(path).read() for path in sys.argv[1:3])
elb, ec2 = boto3.client("elb"), boto3.client("ec2")
iam, sts = boto3.client("iam"), boto3.client("sts")
called = set()
elb.meta.events.register("before-call.elastic-load-balancing", lambda model, **_: called.add(model.name))
told = {}


def code(call, **parameters):
    """The code of the error that a call ends with."""
    try:
        call(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


# Who is asking, and a place to be.
identity = sts.get_caller_identity()
account = identity["Account"]
told["arn"] = identity["Arn"].replace(account, "ACCOUNT")
told["user"] = iam.get_user()["User"]["UserName"]
zones = [zone["ZoneName"] for zone in ec2.describe_availability_zones()["AvailabilityZones"]]
[vpc] = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
subnets = {s["AvailabilityZone"]: s["SubnetId"] for s in ec2.describe_subnets()["Subnets"]}
told["zones"] = zones
told["subnets"] = sorted(subnets)
group = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc["VpcId"])["GroupId"]
ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
    {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
[image] = ec2.describe_images()["Images"]
launched = ec2.run_instances(
    ImageId=image["ImageId"], MinCount=2, MaxCount=2, SubnetId=subnets[zones[0]],
    TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "web"}]}])
ids = sorted(instance["InstanceId"] for instance in launched["Instances"])
ec2.get_waiter("instance_running").wait(InstanceIds=ids)
ec2.get_waiter("instance_status_ok").wait(InstanceIds=ids)
told["launched"] = [
    (i["State"]["Name"], i["Placement"]["AvailabilityZone"], i["Tags"])
    for page in ec2.get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 5})
    for reservation in page["Reservations"] for i in reservation["Instances"]]
arn = iam.upload_server_certificate(
    ServerCertificateName="web", CertificateBody=certificate, PrivateKey=key,
)["ServerCertificateMetadata"]["Arn"]
told["certificates"] = [
    m["ServerCertificateName"] for page in iam.get_paginator("list_server_certificates").paginate()
    for m in page["ServerCertificateMetadataList"]]

# A load balancer, made twice.
name = dict(LoadBalancerName="boto")
new = dict(
    name, Listeners=[
        {"Protocol": "HTTPS", "LoadBalancerPort": 443, "InstancePort": 80, "SSLCertificateId": arn},
        {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}],
    Subnets=[subnets[zones[0]]], SecurityGroups=[group], Tags=[{"Key": "a", "Value": "1"}])
told["same"] = elb.create_load_balancer(**new)["DNSName"] == elb.create_load_balancer(**new)["DNSName"]
told["other"] = code(elb.create_load_balancer, **dict(new, Listeners=new["Listeners"][:1]))

# Listeners.
tcp = {"Protocol": "TCP", "LoadBalancerPort": 81, "InstancePort": 81}
elb.create_load_balancer_listeners(**name, Listeners=[tcp])
elb.create_load_balancer_listeners(**name, Listeners=[tcp])
elb.set_load_balancer_listener_ssl_certificate(**name, LoadBalancerPort=443, SSLCertificateId=arn)

# Places.
told["attached"] = len(elb.attach_load_balancer_to_subnets(**name, Subnets=[subnets[zones[1]]])["Subnets"])
told["detached"] = len(elb.detach_load_balancer_from_subnets(**name, Subnets=[subnets[zones[1]]])["Subnets"])
told["groups"] = elb.apply_security_groups_to_load_balancer(**name, SecurityGroups=[group])["SecurityGroups"] == [group]
told["enabled"] = sorted(elb.enable_availability_zones_for_load_balancer(
    **name, AvailabilityZones=zones)["AvailabilityZones"])
told["disabled"] = elb.disable_availability_zones_for_load_balancer(
    **name, AvailabilityZones=zones[1:])["AvailabilityZones"]

# Instances and their health.
elb.configure_health_check(**name, HealthCheck={
    "Target": "HTTP:80/health", "Interval": 5, "Timeout": 2, "HealthyThreshold": 2, "UnhealthyThreshold": 2})
instances = [{"InstanceId": id} for id in ids]
quickly = {"Delay": 1, "MaxAttempts": 60}
elb.register_instances_with_load_balancer(**name, Instances=instances)
for waiter in ("any_instance_in_service", "instance_in_service"):
    elb.get_waiter(waiter).wait(**name, Instances=instances, WaiterConfig=quickly)
told["health"] = sorted({s["State"] for s in elb.describe_instance_health(**name)["InstanceStates"]})
elb.deregister_instances_from_load_balancer(**name, Instances=instances[:1])
elb.get_waiter("instance_deregistered").wait(**name, Instances=instances[:1], WaiterConfig=quickly)

# Policies.
elb.create_lb_cookie_stickiness_policy(**name, PolicyName="lb", CookieExpirationPeriod=60)
elb.create_app_cookie_stickiness_policy(**name, PolicyName="app", CookieName="sid")
elb.create_load_balancer_policy(
    **name, PolicyName="proxy", PolicyTypeName="ProxyProtocolPolicyType",
    PolicyAttributes=[{"AttributeName": "ProxyProtocol", "AttributeValue": "true"}])
elb.set_load_balancer_policies_of_listener(**name, LoadBalancerPort=80, PolicyNames=["lb"])
elb.set_load_balancer_policies_for_backend_server(**name, InstancePort=81, PolicyNames=["proxy"])
told["policies"] = sorted(
    p["PolicyName"] for p in elb.describe_load_balancer_policies(**name)["PolicyDescriptions"])
told["types"] = len(elb.describe_load_balancer_policy_types()["PolicyTypeDescriptions"])
elb.set_load_balancer_policies_of_listener(**name, LoadBalancerPort=80, PolicyNames=[])
elb.delete_load_balancer_policy(**name, PolicyName="app")

# Attributes and tags.
elb.modify_load_balancer_attributes(**name, LoadBalancerAttributes={
    "CrossZoneLoadBalancing": {"Enabled": True}, "ConnectionDraining": {"Enabled": True, "Timeout": 5}})
attributes = elb.describe_load_balancer_attributes(**name)["LoadBalancerAttributes"]
told["attributes"] = [attributes["CrossZoneLoadBalancing"], attributes["ConnectionDraining"]]
elb.add_tags(LoadBalancerNames=["boto"], Tags=[{"Key": "b", "Value": "2"}])
elb.remove_tags(LoadBalancerNames=["boto"], Tags=[{"Key": "a"}])
told["tags"] = elb.describe_tags(LoadBalancerNames=["boto"])["TagDescriptions"][0]["Tags"]

# Lists, page by page.
told["limits"] = [
    limit["Name"] for page in elb.get_paginator("describe_account_limits").paginate() for limit in page["Limits"]]
for number in range(4):
    elb.create_load_balancer(
        LoadBalancerName=f"page-{number}", Listeners=[dict(tcp, LoadBalancerPort=9000)], AvailabilityZones=zones)
pages = [
    [b["LoadBalancerName"] for b in page["LoadBalancerDescriptions"]]
    for page in elb.get_paginator("describe_load_balancers").paginate(PaginationConfig={"PageSize": 2})]
told["pages"] = pages
[described] = elb.describe_load_balancers(LoadBalancerNames=["boto"])["LoadBalancerDescriptions"]
told["described"] = {
    "vpc": described["VPCId"] == vpc["VPCId" if "VPCId" in vpc else "VpcId"],
    "subnets": described["Subnets"] == [subnets[zones[0]]],
    "scheme": described["Scheme"],
    "ports": sorted(l["Listener"]["LoadBalancerPort"] for l in described["ListenerDescriptions"]),
    "policy": [l["PolicyNames"] for l in described["ListenerDescriptions"]
               if l["Listener"]["LoadBalancerPort"] == 443],
    "group": described["SourceSecurityGroup"]["GroupName"],
}
told["interfaces"] = len(ec2.describe_network_interfaces(
    Filters=[{"Name": "description", "Values": ["ELB boto"]}])["NetworkInterfaces"])

# Credentials for a while.
lent = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/admin", RoleSessionName="tests")["Credentials"]
session = dict(
    aws_access_key_id=lent["AccessKeyId"], aws_secret_access_key=lent["SecretAccessKey"],
    aws_session_token=lent["SessionToken"])
told["role"] = boto3.client("sts", **session).get_caller_identity()["Arn"].replace(account, "ACCOUNT")
told["lent"] = len(boto3.client("elb", **session).describe_load_balancers()["LoadBalancerDescriptions"])
told["stale"] = code(boto3.client("elb", **dict(session, aws_session_token="x")).describe_load_balancers)

# At the root of the endpoint, the scope of a signature says which service is meant.
root = os.environ["AWS_ENDPOINT_URL_STS"].rsplit("/services/", 1)[0] + "/"
told["root"] = [
    boto3.client("sts", endpoint_url=root).get_caller_identity()["Account"] == account,
    boto3.client("iam", endpoint_url=root).get_user()["User"]["UserName"],
    len(boto3.client("ec2", endpoint_url=root).describe_availability_zones()["AvailabilityZones"]),
    len(boto3.client("elb", endpoint_url=root).describe_load_balancers()["LoadBalancerDescriptions"]),
    code(boto3.client("ec2", aws_secret_access_key="x", endpoint_url=root, aws_access_key_id="y").describe_vpcs),
]

# What is used stays.
told["in use"] = [
    code(iam.delete_server_certificate, ServerCertificateName="web"),
    code(ec2.delete_security_group, GroupId=group),
    code(ec2.create_volume, AvailabilityZone=zones[0], Size=1),
]
elb.delete_load_balancer_listeners(**name, LoadBalancerPorts=[81, 443])
for balancer in elb.describe_load_balancers()["LoadBalancerDescriptions"]:
    elb.delete_load_balancer(LoadBalancerName=balancer["LoadBalancerName"])
iam.delete_server_certificate(ServerCertificateName="web")
ec2.delete_security_group(GroupId=group)
ec2.terminate_instances(InstanceIds=ids)
ec2.get_waiter("instance_terminated").wait(InstanceIds=ids)
told["left"] = elb.describe_load_balancers()["LoadBalancerDescriptions"]
told["never called"] = sorted(set(elb.meta.service_model.operation_names) - called)
told["waiters"] = sorted(elb.waiter_names)
print(json.dumps(told))
