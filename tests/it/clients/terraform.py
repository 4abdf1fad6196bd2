"""The calls of Terraform's `aws_elb`, in its order: apply, plan, change, destroy.

A plan reads what there is and compares it with what is wanted; after an apply there must be no
difference. Source: hashicorp/terraform-provider-aws, internal/service/elb/load_balancer.go.
"""

import json
import sys

import boto3

elb, ec2 = boto3.client("elb"), boto3.client("ec2")
name = dict(LoadBalancerName="terraform")
told = {}


def listener(port, protocol="http"):
    return {"Protocol": protocol, "LoadBalancerPort": port, "InstanceProtocol": protocol, "InstancePort": port}


def read():
    """What the state of the resource would be after a refresh."""
    [lb] = elb.describe_load_balancers(LoadBalancerNames=["terraform"])["LoadBalancerDescriptions"]
    attributes = elb.describe_load_balancer_attributes(**name)["LoadBalancerAttributes"]
    tags = elb.describe_tags(LoadBalancerNames=["terraform"])["TagDescriptions"][0]["Tags"]
    source = lb["SourceSecurityGroup"]
    [group] = ec2.describe_security_groups(Filters=[
        {"Name": "group-name", "Values": [source["GroupName"]]},
        {"Name": "vpc-id", "Values": [lb["VPCId"]]}])["SecurityGroups"]
    check = lb["HealthCheck"]
    return {
        "name": lb["LoadBalancerName"], "internal": lb["Scheme"] == "internal",
        "availability_zones": sorted(lb["AvailabilityZones"]), "subnets": sorted(lb["Subnets"]),
        "security_groups": sorted(lb["SecurityGroups"]),
        "instances": sorted(i["InstanceId"] for i in lb["Instances"]),
        # The provider compares protocols in small letters.
        "listeners": sorted(
            (l["LoadBalancerPort"], l["Protocol"].lower(), l["InstancePort"], l["InstanceProtocol"].lower())
            for l in (d["Listener"] for d in lb["ListenerDescriptions"])),
        "health_check": (check["Target"], check["Interval"], check["Timeout"],
                         check["HealthyThreshold"], check["UnhealthyThreshold"]),
        "cross_zone": attributes["CrossZoneLoadBalancing"]["Enabled"],
        "idle_timeout": attributes["ConnectionSettings"]["IdleTimeout"],
        "draining": (attributes["ConnectionDraining"]["Enabled"], attributes["ConnectionDraining"]["Timeout"]),
        "desync": [a["Value"] for a in attributes["AdditionalAttributes"]
                   if a["Key"] == "elb.http.desyncmitigationmode"],
        "tags": {t["Key"]: t["Value"] for t in tags},
        "source_security_group_id": group["GroupId"],
        "computed": all(lb[k] for k in ("DNSName", "CanonicalHostedZoneNameID")),
    }


subnets = {s["AvailabilityZone"]: s["SubnetId"] for s in ec2.describe_subnets()["Subnets"]}
zones = sorted(subnets)
instances = sys.argv[1:]

# Apply: create, then everything that the creation does not take.
elb.create_load_balancer(
    **name, Listeners=[listener(80)], Subnets=[subnets[zones[0]]], Tags=[{"Key": "Name", "Value": "terraform"}])
elb.register_instances_with_load_balancer(**name, Instances=[{"InstanceId": i} for i in instances])
elb.modify_load_balancer_attributes(**name, LoadBalancerAttributes={
    "AdditionalAttributes": [{"Key": "elb.http.desyncmitigationmode", "Value": "defensive"}],
    "CrossZoneLoadBalancing": {"Enabled": True}, "ConnectionSettings": {"IdleTimeout": 60}})
elb.modify_load_balancer_attributes(**name, LoadBalancerAttributes={"ConnectionDraining": {"Enabled": True, "Timeout": 300}})
elb.modify_load_balancer_attributes(**name, LoadBalancerAttributes={"ConnectionDraining": {"Enabled": True, "Timeout": 400}})
elb.configure_health_check(**name, HealthCheck={
    "Target": "HTTP:80/", "Interval": 30, "Timeout": 3, "HealthyThreshold": 2, "UnhealthyThreshold": 2})
told["applied"] = applied = read()
told["no difference"] = read() == applied

# A change: listeners, subnets, instances, tags.
elb.delete_load_balancer_listeners(**name, LoadBalancerPorts=[80])
elb.create_load_balancer_listeners(**name, Listeners=[listener(8080), listener(81, "tcp")])
elb.attach_load_balancer_to_subnets(**name, Subnets=[subnets[zones[1]]])
elb.detach_load_balancer_from_subnets(**name, Subnets=[subnets[zones[0]]])
elb.deregister_instances_from_load_balancer(**name, Instances=[{"InstanceId": instances[0]}])
elb.modify_load_balancer_attributes(**name, LoadBalancerAttributes={"ConnectionDraining": {"Enabled": False}})
elb.remove_tags(LoadBalancerNames=["terraform"], Tags=[{"Key": "Name"}])
elb.add_tags(LoadBalancerNames=["terraform"], Tags=[{"Key": "Stage", "Value": "test"}])
told["changed"] = read()

# Destroy: the load balancer, then what it may have left behind.
elb.delete_load_balancer(**name)
left = ec2.describe_network_interfaces(Filters=[
    {"Name": "attachment.instance-owner-id", "Values": ["amazon-elb"]},
    {"Name": "description", "Values": ["ELB terraform"]}])["NetworkInterfaces"]
told["left"] = [i["NetworkInterfaceId"] for i in left]
print(json.dumps(told))
