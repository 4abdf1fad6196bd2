//! Load balancers in VPCs: subnets, security groups, schemes; and EC2, which tells of them.

use super::*;

/// The texts of all elements of a name.
fn texts(body: &str, name: &str) -> Vec<String> {
    let open = format!("<{name}>");
    body.split(&open)
        .skip(1)
        .filter_map(|rest| rest.split_once('<').map(|(text, _)| text.to_owned()))
        .collect()
}

impl Desk {
    async fn text(&self, question: &str, name: &str) -> String {
        let body = self.ask(question).await.unwrap();
        texts(&body, name)
            .first()
            .unwrap_or_else(|| panic!("{name} in {body}"))
            .clone()
    }

    async fn refused(&self, question: &str) -> String {
        let release = self.controller.shared.config.release;
        let fault = self.ask(question).await.unwrap_err();
        let shown = fault.shown(release);
        format!("{} {}: {}", shown.status, shown.code, shown.message)
    }

    /// Another VPC with two subnets in the first zone and one in the second, and a group.
    async fn other_vpc(&self) -> [String; 5] {
        let vpc = self
            .text("ec2:CreateVpc CidrBlock=10.0.0.0/16", "vpcId")
            .await;
        let mut ids = vec![vpc.clone()];
        for (block, zone) in [("0", "PARTI00"), ("1", "PARTI00"), ("2", "PARTI01")] {
            let question = format!(
                "ec2:CreateSubnet VpcId={vpc}&CidrBlock=10.0.{block}.0/24&AvailabilityZone={zone}"
            );
            ids.push(self.text(&question, "subnetId").await);
        }
        let group = format!(
            "ec2:CreateSecurityGroup VpcId={vpc}&GroupName=web&GroupDescription=for%20the%20web"
        );
        ids.push(self.text(&group, "groupId").await);
        ids.try_into().unwrap()
    }

    async fn subnets(&self) -> Vec<String> {
        let body = self.ask("ec2:DescribeSubnets").await.unwrap();
        texts(&body, "subnetId")
    }
}

const LISTENER: &str = "Listeners.member.1.Protocol=HTTP&Listeners.member.1.LoadBalancerPort=80\
                        &Listeners.member.1.InstancePort=80";

fn create(rest: &str) -> String {
    format!("CreateLoadBalancer LoadBalancerName=lb&{LISTENER}&{rest}")
}

/// Source: security groups for your Classic Load Balancer, Amazon's guide.
#[tokio::test]
async fn load_balancers_of_the_default_vpc_share_a_group_unless_they_name_one() {
    let desk = Desk::open(Release::Aws);
    let zone = "AvailabilityZones.member.1=PARTI00";
    desk.ask(&create(zone)).await.unwrap();
    // The same again is the same.
    desk.ask(&create(zone)).await.unwrap();
    let other = create(zone)
        .replace("LoadBalancerName=lb", "LoadBalancerName=other")
        .replace("LoadBalancerPort=80", "LoadBalancerPort=8080");
    desk.ask(&other).await.unwrap();
    let described = desk.ask("DescribeLoadBalancers").await.unwrap();
    let names = texts(&described, "GroupName");
    assert_eq!(names.len(), 2, "{described}");
    assert!(
        names[0] == names[1] && names[0].starts_with("default_elb_"),
        "{names:?}"
    );
    // It is the account's, is open as the first one needs it, and outlives both.
    for name in ["lb", "other"] {
        desk.ask(&format!("DeleteLoadBalancer LoadBalancerName={name}"))
            .await
            .unwrap();
    }
    let group = format!(
        "ec2:DescribeSecurityGroups Filter.1.Name=group-name&Filter.1.Value.1={}",
        names[0]
    );
    let told = desk.ask(&group).await.unwrap();
    assert_eq!(told.matches("<groupName>default_elb_").count(), 1, "{told}");
    assert!(told.contains("<fromPort>80</fromPort>"), "{told}");
    assert!(!told.contains("<fromPort>8080</fromPort>"), "{told}");
}

#[tokio::test]
async fn zones_become_default_subnets_where_there_is_a_vpc() {
    for (release, groups) in [(Release::V4_4_2, 0), (Release::Aws, 1)] {
        let desk = Desk::open(release);
        desk.ask(&create("AvailabilityZones.member.1=PARTI01"))
            .await
            .unwrap();
        let described = desk.ask("DescribeLoadBalancers").await.unwrap();
        assert_eq!(texts(&described, "Scheme"), ["internet-facing"]);
        let vpc = desk.text("ec2:DescribeVpcs", "vpcId").await;
        assert_eq!(texts(&described, "VPCId"), [vpc]);
        let (_, subnets) = described.split_once("<Subnets>").unwrap();
        assert_eq!(
            texts(subnets.split_once("</Subnets>").unwrap().0, "member").len(),
            1
        );
        assert_eq!(described.matches(">sg-").count(), groups, "{described}");
        // Both ways to say it stay in step.
        desk.ask(
            "EnableAvailabilityZonesForLoadBalancer LoadBalancerName=lb\
             &AvailabilityZones.member.1=PARTI00",
        )
        .await
        .unwrap();
        let described = desk.ask("DescribeLoadBalancers").await.unwrap();
        assert_eq!(described.matches(">subnet-").count(), 2, "{described}");
        desk.ask(
            "DisableAvailabilityZonesForLoadBalancer LoadBalancerName=lb\
             &AvailabilityZones.member.1=PARTI01",
        )
        .await
        .unwrap();
        let described = desk.ask("DescribeLoadBalancers").await.unwrap();
        assert_eq!(described.matches(">subnet-").count(), 1, "{described}");
    }
    // Before there were VPCs, what would come out otherwise is refused, and nothing is told of them.
    let desk = Desk::open(Release::V3_3_0);
    for (asked, option) in [
        ("Subnets.member.1=subnet-1", "subnets"),
        ("Scheme=internal", "scheme"),
        ("SecurityGroups.member.1=sg-1", "security groups"),
    ] {
        let refused = desk.refused(&create(asked)).await;
        let lead = format!("400 UnsupportedOperation: {option} does not work in Eucalyptus 3.3.0");
        assert!(refused.starts_with(&lead), "{refused}");
    }
    desk.ask(&create("Subnets=&Scheme=internet-facing"))
        .await
        .unwrap();
    let described = desk.ask("DescribeLoadBalancers").await.unwrap();
    assert!(!described.contains("Scheme"), "{described}");
    assert!(!described.contains("VPCId"), "{described}");
}

#[tokio::test]
async fn a_load_balancer_is_created_in_subnets_and_moved_between_them() {
    let desk = Desk::open(Release::Aws);
    let [vpc, one, two, three, group] = desk.other_vpc().await;
    let dns = desk
        .text(
            &create(&format!(
                "Scheme=internal&Subnets.member.1={one}&SecurityGroups.member.1={group}"
            )),
            "DNSName",
        )
        .await;
    assert!(dns.starts_with("internal-lb-"), "{dns}");
    let described = desk.ask("DescribeLoadBalancers").await.unwrap();
    for (name, expected) in [
        ("Scheme", "internal"),
        ("VPCId", vpc.as_str()),
        ("GroupName", "web"),
    ] {
        assert_eq!(texts(&described, name), [expected], "{described}");
    }
    assert_eq!(desk.desired().servos.len(), 1);
    // The same again changes nothing; another subnet is another load balancer.
    let again = format!("Scheme=internal&Subnets.member.1={one}&SecurityGroups.member.1={group}");
    assert_eq!(desk.text(&create(&again), "DNSName").await, dns);
    let other = create(&again.replace(&one, &three));
    assert!(
        desk.refused(&other)
            .await
            .contains("DuplicateLoadBalancerName")
    );

    let attach = |subnet: &str| {
        format!("AttachLoadBalancerToSubnets LoadBalancerName=lb&Subnets.member.1={subnet}")
    };
    let detach = |subnet: &str| {
        format!("DetachLoadBalancerFromSubnets LoadBalancerName=lb&Subnets.member.1={subnet}")
    };
    let attached = desk.ask(&attach(&three)).await.unwrap();
    assert_eq!(texts(&attached, "member").len(), 2);
    assert_eq!(desk.desired().servos.len(), 2);
    // Twice is no mistake.
    desk.ask(&attach(&three)).await.unwrap();
    let interfaces = desk
        .ask("ec2:DescribeNetworkInterfaces Filter.1.Name=description&Filter.1.Value.1=ELB%20lb")
        .await
        .unwrap();
    assert_eq!(texts(&interfaces, "networkInterfaceId").len(), 2);
    assert_eq!(
        desk.refused(&attach(&two)).await,
        "409 InvalidConfigurationRequest: ELB cannot be attached to multiple subnets in the same AZ."
    );
    let left = desk.ask(&detach(&one)).await.unwrap();
    assert_eq!(texts(&left, "member"), std::slice::from_ref(&three));
    assert_eq!(desk.desired().servos.len(), 1);
    assert_eq!(
        desk.refused(&detach(&three)).await,
        "409 InvalidConfigurationRequest: Requested configuration change for LoadBalancer \"lb\" is \
         invalid because you attempted to detach all the subnets for this LoadBalancer and a \
         LoadBalancer cannot be attached to zero subnets in VPC."
    );
    for question in [
        format!("ec2:DeleteSubnet SubnetId={three}"),
        format!("ec2:DeleteSecurityGroup GroupId={group}"),
        format!("ec2:DeleteVpc VpcId={vpc}"),
    ] {
        let refusal = desk.refused(&question).await;
        assert!(
            refusal.starts_with("400 DependencyViolation: "),
            "{refusal}"
        );
    }
    desk.ask("DeleteLoadBalancer LoadBalancerName=lb")
        .await
        .unwrap();
    for question in [
        format!("ec2:DeleteSubnet SubnetId={one}"),
        format!("ec2:DeleteSubnet SubnetId={two}"),
        format!("ec2:DeleteSubnet SubnetId={three}"),
        format!("ec2:DeleteSecurityGroup GroupId={group}"),
        format!("ec2:DeleteVpc VpcId={vpc}"),
    ] {
        desk.ask(&question).await.unwrap();
    }
    assert_eq!(desk.subnets().await.len(), 2);
}

#[tokio::test]
async fn places_that_do_not_go_together_are_refused() {
    let desk = Desk::open(Release::V4_4_2);
    let [vpc, one, two, _, group] = desk.other_vpc().await;
    let default = desk
        .text(
            "ec2:DescribeSubnets Filter.1.Name=default-for-az&Filter.1.Value.1=true",
            "subnetId",
        )
        .await;
    let invalid = "409 InvalidConfigurationRequest: Requested configuration change is invalid: ";
    #[rustfmt::skip]
    let cases = [
        ("Subnets.member.1=subnet-9".to_owned(), "400 SubnetNotFound: Invalid subnet(s)".to_owned()),
        (format!("Subnets.member.1={one}"), format!("400 InvalidSubnet: VPC {vpc} has no internet gateway")),
        (format!("Scheme=internal&Subnets.member.1={one}&Subnets.member.2={two}"), format!("{invalid}Multiple subnets for zone (PARTI00)")),
        (format!("Scheme=internal&Subnets.member.1={one}&Subnets.member.2={default}"), format!("{invalid}Subnets must belong to the same VPC")),
        (format!("Scheme=internal&AvailabilityZones.member.1=PARTI01&Subnets.member.1={one}"), format!("{invalid}Availability zones and subnets are inconsistent")),
        (format!("AvailabilityZones.member.1=PARTI01&SecurityGroups.member.1={group}"), "400 InvalidSecurityGroup: Invalid security group(s)".to_owned()),
        ("AvailabilityZones.member.1=PARTI01&Scheme=public".to_owned(), format!("{invalid}Invalid scheme (public)")),
        ("AvailabilityZones.member.1=MARS".to_owned(), format!("{invalid}No cluster named MARS is available")),
    ];
    for (rest, expected) in cases {
        assert_eq!(desk.refused(&create(&rest)).await, expected, "{rest}");
    }
    let amazon = Desk::open(Release::Aws);
    let [_, first, second, ..] = amazon.other_vpc().await;
    let both = format!("Scheme=internal&Subnets.member.1={first}&Subnets.member.2={second}");
    assert_eq!(
        amazon.refused(&create(&both)).await,
        "409 InvalidConfigurationRequest: ELB cannot be attached to multiple subnets in the same AZ."
    );
    // A gateway makes the other VPC a public one.
    let gateway = desk
        .text("ec2:CreateInternetGateway", "internetGatewayId")
        .await;
    desk.ask(&format!(
        "ec2:AttachInternetGateway InternetGatewayId={gateway}&VpcId={vpc}"
    ))
    .await
    .unwrap();
    desk.ask(&create(&format!("Subnets.member.1={one}")))
        .await
        .unwrap();
    // Groups of the VPC may be applied, others not.
    let apply = |group: &str| {
        format!(
            "ApplySecurityGroupsToLoadBalancer LoadBalancerName=lb&SecurityGroups.member.1={group}"
        )
    };
    let applied = desk.ask(&apply(&group)).await.unwrap();
    assert_eq!(texts(&applied, "member"), [group]);
    assert_eq!(
        desk.refused(&apply("sg-9")).await,
        "400 InvalidSecurityGroup: Invalid security group(s)"
    );
}

#[tokio::test]
async fn a_load_balancer_of_an_older_release_is_in_no_vpc() {
    // What it was before the release was changed.
    let desk = Desk::open(Release::V4_4_2);
    desk.ask(&create("AvailabilityZones.member.1=PARTI00"))
        .await
        .unwrap();
    let registry = &desk.controller.shared.registry;
    registry
        .change("r-0".into(), |draft| {
            let key = draft.state().balancers.keys().next().unwrap().clone();
            let mut balancer = LoadBalancer::clone(&draft.state().balancers[&key]);
            balancer.network = None;
            draft.put_balancer(balancer);
            Ok(())
        })
        .await
        .unwrap();
    let invalid = "409 InvalidConfigurationRequest: Requested configuration change is invalid: ";
    let subnet = desk.subnets().await[0].clone();
    #[rustfmt::skip]
    let cases = [
        (format!("AttachLoadBalancerToSubnets LoadBalancerName=lb&Subnets.member.1={subnet}"), "Subnets should not be specified for EC2-Classic platform"),
        (format!("DetachLoadBalancerFromSubnets LoadBalancerName=lb&Subnets.member.1={subnet}"), "Subnets should not be specified for EC2-Classic platform"),
        ("ApplySecurityGroupsToLoadBalancer LoadBalancerName=lb&SecurityGroups.member.1=sg-1".to_owned(), "Security groups should not be specified for EC2-Classic platform"),
    ];
    for (question, expected) in cases {
        assert_eq!(
            desk.refused(&question).await,
            format!("{invalid}{expected}")
        );
    }
    let described = desk.ask("DescribeLoadBalancers").await.unwrap();
    assert!(!described.contains("VPCId"), "{described}");
    desk.ask(
        "EnableAvailabilityZonesForLoadBalancer LoadBalancerName=lb\
         &AvailabilityZones.member.1=PARTI01",
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn instances_are_launched_told_of_and_ended() {
    let desk = Desk::open(Release::Aws);
    let image = desk.text("ec2:DescribeImages", "imageId").await;
    let run = format!(
        "ec2:RunInstances ImageId={image}&MinCount=2&MaxCount=2&ClientToken=once\
         &Placement.AvailabilityZone=PARTI01&TagSpecification.1.ResourceType=instance\
         &TagSpecification.1.Tag.1.Key=Name&TagSpecification.1.Tag.1.Value=web"
    );
    let mut started = texts(&desk.ask(&run).await.unwrap(), "instanceId");
    started.sort();
    assert_eq!(started.len(), 2);
    assert_eq!(desk.desired().web_instances.len(), 2);
    // The same token: the same launch.
    assert_eq!(texts(&desk.ask(&run).await.unwrap(), "instanceId"), started);
    assert_eq!(desk.desired().web_instances.len(), 2);
    let described = desk
        .ask("ec2:DescribeInstances Filter.1.Name=tag:Name&Filter.1.Value.1=w*")
        .await
        .unwrap();
    assert_eq!(texts(&described, "reservationId").len(), 1, "{described}");
    assert_eq!(texts(&described, "instanceId").len(), 2);
    assert_eq!(
        texts(&described, "availabilityZone"),
        ["PARTI01", "PARTI01"]
    );
    for (filter, value, count) in [
        ("instance-state-name", "running", 2),
        ("instance-state-name", "stopped", 0),
        ("availability-zone", "PARTI00", 0),
        ("instance-id", started[0].as_str(), 1),
    ] {
        let question =
            format!("ec2:DescribeInstances Filter.1.Name={filter}&Filter.1.Value.1={value}");
        let found = desk.ask(&question).await.unwrap();
        assert_eq!(texts(&found, "instanceId").len(), count, "{filter}={value}");
    }
    let first = &started[0];
    for (action, before, after) in [
        ("Stop", "running", "stopped"),
        ("Start", "stopped", "running"),
        ("Terminate", "running", "terminated"),
        ("Terminate", "terminated", "terminated"),
    ] {
        let question = format!("ec2:{action}Instances InstanceId.1={first}");
        let changed = texts(&desk.ask(&question).await.unwrap(), "name");
        assert_eq!(changed, [after, before], "{action}");
    }
    assert_eq!(desk.desired().web_instances.len(), 1);
    let mut stranger = desk;
    let start = format!("ec2:StartInstances InstanceId.1={first}");
    let refusal = stranger.refused(&start).await;
    assert!(
        refusal.starts_with("400 IncorrectInstanceState: "),
        "{refusal}"
    );
    stranger.administrator = true;
    assert_eq!(
        stranger.refused(&start).await,
        format!("400 InvalidInstanceID.NotFound: The instance ID '{first}' does not exist")
    );
}

#[tokio::test]
async fn what_ec2_here_does_not_have_is_refused_in_words() {
    let desk = Desk::open(Release::Aws);
    let old = Desk::open(Release::V3_3_0);
    let image = desk.text("ec2:DescribeImages", "imageId").await;
    #[rustfmt::skip]
    let cases = [
        (&desk, "ec2:CreateVolume".to_owned(), "400 InvalidAction: The action CreateVolume is not one that EC2 of this local cloud answers. It answers RunInstances, "),
        (&desk, "ec2:RunInstances ImageId=ami-1&MinCount=1&MaxCount=1".to_owned(), "400 InvalidAMIID.NotFound: The image id '[ami-1]' does not exist; this local cloud has one, "),
        (&desk, format!("ec2:RunInstances ImageId={image}&MinCount=2&MaxCount=1"), "400 InvalidParameterValue: MinCount"),
        (&desk, format!("ec2:RunInstances ImageId={image}&MinCount=1&MaxCount=1000"), "400 InstanceLimitExceeded: cannot run 1000 instances"),
        (&desk, format!("ec2:RunInstances ImageId={image}&MinCount=1&MaxCount=1&Placement.AvailabilityZone=MARS"), "400 InvalidParameterValue: Invalid availability zone: [MARS]"),
        (&desk, format!("ec2:RunInstances ImageId={image}&MinCount=1&MaxCount=1&DryRun=true"), "412 DryRunOperation: Request would have succeeded"),
        (&desk, "ec2:DescribeInstances Filter.1.Name=owner-id&Filter.1.Value.1=1".to_owned(), "200"),
        (&desk, "ec2:DescribeSubnets Filter.1.Name=colour&Filter.1.Value.1=red".to_owned(), "400 InvalidParameterValue: The filter 'colour' is invalid"),
        (&desk, "ec2:DescribeInstances MaxResults=1".to_owned(), "400 InvalidParameterValue: Value ( 1 ) for parameter maxResults is invalid."),
        (&desk, "ec2:CreateVpc CidrBlock=10.0.0.0/8".to_owned(), "400 InvalidVpc.Range: "),
        (&desk, "ec2:CreateTags ResourceId.1=vol-1&Tag.1.Key=a".to_owned(), "400 InvalidID: The ID 'vol-1' is not valid"),
        (&old, "ec2:DescribeVpcs".to_owned(), "400 UnsupportedOperation: VPCs do not work in Eucalyptus 3.3.0"),
        (&old, "ec2:DescribeInstances Filter.1.Name=tag:a&Filter.1.Value.1=b".to_owned(), "200"),
    ];
    for (desk, question, expected) in cases {
        let told = match desk.ask(&question).await {
            Ok(_) => "200".to_owned(),
            Err(fault) => {
                let shown = fault.shown(Release::Aws);
                format!("{} {}: {}", shown.status, shown.code, shown.message)
            }
        };
        assert!(told.starts_with(expected), "{question}: {told}");
    }
    // Nothing of what was only tried is there.
    assert_eq!(desk.desired().web_instances.len(), 0);
}

#[tokio::test]
async fn rules_of_groups_are_added_once_and_taken_away() {
    let desk = Desk::open(Release::V4_4_2);
    let group = desk
        .text(
            "ec2:CreateSecurityGroup GroupName=web&GroupDescription=web",
            "groupId",
        )
        .await;
    let rule = |action: &str| {
        format!(
            "ec2:{action} GroupId={group}&IpPermissions.1.IpProtocol=tcp\
             &IpPermissions.1.FromPort=80&IpPermissions.1.ToPort=80\
             &IpPermissions.1.IpRanges.1.CidrIp=0.0.0.0/0\
             &IpPermissions.1.Groups.1.GroupName=default"
        )
    };
    desk.ask(&rule("AuthorizeSecurityGroupIngress"))
        .await
        .unwrap();
    assert_eq!(
        desk.refused(&rule("AuthorizeSecurityGroupIngress")).await,
        "400 InvalidPermission.Duplicate: the specified rule already exists"
    );
    let described = desk
        .ask("ec2:DescribeSecurityGroups Filter.1.Name=group-name&Filter.1.Value.1=web")
        .await
        .unwrap();
    assert_eq!(texts(&described, "fromPort"), ["80"], "{described}");
    assert_eq!(texts(&described, "cidrIp"), ["0.0.0.0/0", "0.0.0.0/0"]);
    desk.ask(&rule("RevokeSecurityGroupIngress")).await.unwrap();
    assert_eq!(
        desk.refused(&rule("RevokeSecurityGroupIngress")).await,
        "400 InvalidPermission.NotFound: The specified rule does not exist in this security group."
    );
    // The older form, of clients of that time.
    desk.ask(
        "ec2:AuthorizeSecurityGroupIngress GroupName=web&IpProtocol=tcp&FromPort=22&ToPort=22\
         &CidrIp=10.0.0.0/8",
    )
    .await
    .unwrap();
    let refusal = desk
        .refused("ec2:DeleteSecurityGroup GroupName=default")
        .await;
    assert!(refusal.starts_with("400 CannotDelete: "), "{refusal}");
}

#[tokio::test]
async fn temporary_credentials_are_for_ones_own_account() {
    let mut desk = Desk::open(Release::V4_4_2);
    let identity = desk.ask("sts:GetCallerIdentity").await.unwrap();
    let account = texts(&identity, "Account")[0].clone();
    assert_eq!(
        texts(&identity, "Arn"),
        [format!("arn:aws:iam::{account}:user/admin")]
    );
    let token = desk.ask("sts:GetSessionToken").await.unwrap();
    assert!(texts(&token, "AccessKeyId")[0].starts_with("ASIA"));
    let assume = |account: &str, role: &str| {
        format!("sts:AssumeRole RoleSessionName=tests&RoleArn=arn:aws:iam::{account}:role/{role}")
    };
    let assumed = desk.ask(&assume(&account, "admin")).await.unwrap();
    assert_eq!(
        texts(&assumed, "Arn"),
        [format!("arn:aws:sts::{account}:assumed-role/admin/tests")]
    );
    for question in [
        assume(&account, "other"),
        assume("000000000000", "admin"),
        "sts:GetSessionToken SerialNumber=x&TokenCode=123456".to_owned(),
    ] {
        let refusal = desk.refused(&question).await;
        assert!(refusal.starts_with("403 AccessDenied: "), "{refusal}");
    }
    for question in [
        "sts:GetSessionToken DurationSeconds=60".to_owned(),
        assume(&account, "admin") + "&DurationSeconds=86400",
        assume(&account, "admin").replace("=tests", "=a%20b"),
    ] {
        let refusal = desk.refused(&question).await;
        assert!(refusal.starts_with("400 ValidationError: "), "{refusal}");
    }
    // The cloud's administrator may act in every account.
    desk.administrator = true;
    desk.ask(&assume(&account, "admin")).await.unwrap();
}

#[tokio::test]
async fn amazon_takes_instances_of_other_zones_and_none_of_other_vpcs() {
    let desk = Desk::open(Release::Aws);
    desk.ask(&create("AvailabilityZones.member.1=PARTI00"))
        .await
        .unwrap();
    let here = desk.run_instance("PARTI00").await;
    let there = desk.run_instance("PARTI01").await;
    let register = |id: &str| {
        format!(
            "RegisterInstancesWithLoadBalancer LoadBalancerName=lb&Instances.member.1.InstanceId={id}"
        )
    };
    desk.ask(&register(&here)).await.unwrap();
    desk.ask(&register(&there)).await.unwrap();
    let description = async || {
        let health = format!(
            "DescribeInstanceHealth LoadBalancerName=lb&Instances.member.1.InstanceId={there}"
        );
        let body = desk.ask(&health).await.unwrap();
        let told = ["State", "ReasonCode", "Description"].map(|name| texts(&body, name).concat());
        told.join(" ")
    };
    assert_eq!(
        description().await,
        "OutOfService ELB Instance is in the EC2 Availability Zone for which LoadBalancer is not \
         configured to route traffic to."
    );
    let behind = || -> Vec<String> {
        let desired = desk.desired();
        let backends = desired.servos.values().flat_map(|servo| &servo.backends);
        backends.map(|one| one.instance.to_string()).collect()
    };
    assert_eq!(behind(), [here.as_str()]);
    let zone =
        "AvailabilityZonesForLoadBalancer LoadBalancerName=lb&AvailabilityZones.member.1=PARTI01";
    desk.ask(&format!("Enable{zone}")).await.unwrap();
    assert!(!description().await.contains("not configured"));
    assert_eq!(behind().len(), 2);
    // A zone that was disabled is told in the same words.
    desk.ask(&format!("Disable{zone}")).await.unwrap();
    assert!(description().await.contains("not configured"));

    let [_, subnet, ..] = desk.other_vpc().await;
    let run =
        format!("ec2:RunInstances ImageId=ami-0000e01b&MinCount=1&MaxCount=1&SubnetId={subnet}");
    let stranger = desk.text(&run, "instanceId").await;
    assert_eq!(
        desk.refused(&register(&stranger)).await,
        format!("400 InvalidInstance: EC2 instance {stranger} is not in the same VPC as ELB.")
    );
}

#[tokio::test]
async fn an_instance_that_is_forgotten_leaves_no_tags() {
    let desk = Desk::open(Release::V4_4_2);
    let id = desk.run_instance("PARTI00").await;
    let tag = format!("ec2:CreateTags ResourceId.1={id}&Tag.1.Key=a&Tag.1.Value=b");
    desk.ask(&tag).await.unwrap();
    let registry = &desk.controller.shared.registry;
    let tagged = || {
        let state = registry.snapshot().state.clone();
        let tags = crate::controller::store::Table::ResourceTags;
        state.rows().iter().filter(|row| row.table == tags).count()
    };
    assert_eq!(tagged(), 1);
    let forgotten = crate::model::instance::InstanceId::new(id.as_str());
    let removed = registry.change("r".into(), move |draft| {
        draft.remove_instance(&forgotten);
        Ok(())
    });
    removed.await.unwrap();
    assert_eq!(tagged(), 0);
}
