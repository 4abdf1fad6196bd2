//! What provisioning tools ask of EC2 beside load balancers: routes, attributes, rules by themselves.

use super::*;

/// The text of the first element of a name.
fn text(body: &str, name: &str) -> String {
    let (_, rest) = body
        .split_once(&format!("<{name}>"))
        .unwrap_or_else(|| panic!("{name} in {body}"));
    rest.split_once('<').unwrap().0.to_owned()
}

impl Desk {
    async fn made(&self, question: &str, name: &str) -> String {
        text(&self.ask(question).await.unwrap(), name)
    }

    async fn code(&self, question: &str) -> String {
        let release = self.controller.shared.config.release;
        let fault = self.ask(question).await.expect_err(question);
        fault.shown(release).code.to_owned()
    }
}

#[tokio::test]
async fn a_vpc_has_routes_by_its_tables() {
    let desk = Desk::open(Release::Aws);
    let vpc = desk
        .made("ec2:CreateVpc CidrBlock=10.0.0.0/16", "vpcId")
        .await;
    let subnet = format!("ec2:CreateSubnet VpcId={vpc}&CidrBlock=10.0.1.0/24");
    let subnet = desk.made(&subnet, "subnetId").await;
    let main = format!(
        "ec2:DescribeRouteTables Filter.1.Name=association.main&Filter.1.Value.1=true\
         &Filter.2.Name=vpc-id&Filter.2.Value.1={vpc}"
    );
    let main = desk.ask(&main).await.unwrap();
    assert_eq!(text(&main, "gatewayId"), "local");
    assert_eq!(text(&main, "destinationCidrBlock"), "10.0.0.0/16");
    let main = text(&main, "routeTableId");
    let table = format!(
        "ec2:CreateRouteTable VpcId={vpc}&TagSpecification.1.ResourceType=route-table&TagSpecification.1.Tag.1.Key=a&TagSpecification.1.Tag.1.Value=b"
    );
    let table = desk.made(&table, "routeTableId").await;
    let route = |gateway: &str| {
        format!(
            "ec2:CreateRoute RouteTableId={table}&DestinationCidrBlock=0.0.0.0/0&GatewayId={gateway}"
        )
    };
    assert_eq!(
        desk.code(&route("igw-9")).await,
        "InvalidGatewayID.NotFound"
    );
    let gateway = desk
        .made("ec2:CreateInternetGateway", "internetGatewayId")
        .await;
    // It is not attached yet.
    assert_eq!(desk.code(&route(&gateway)).await, "InvalidParameterValue");
    desk.ask(&format!(
        "ec2:AttachInternetGateway InternetGatewayId={gateway}&VpcId={vpc}"
    ))
    .await
    .unwrap();
    desk.ask(&route(&gateway)).await.unwrap();
    assert_eq!(desk.code(&route(&gateway)).await, "RouteAlreadyExists");
    let associate =
        |table: &str| format!("ec2:AssociateRouteTable RouteTableId={table}&SubnetId={subnet}");
    let association = desk.made(&associate(&table), "associationId").await;
    assert_eq!(
        desk.code(&associate(&main)).await,
        "Resource.AlreadyAssociated"
    );
    let of_subnet = format!(
        "ec2:DescribeRouteTables Filter.1.Name=association.subnet-id&Filter.1.Value.1={subnet}"
    );
    let told = desk.ask(&of_subnet).await.unwrap();
    assert_eq!(text(&told, "routeTableId"), table);
    assert_eq!(text(&told, "routeTableAssociationId"), association);
    assert_eq!(text(&told, "key"), "a");
    for refused in [
        format!("ec2:DeleteRouteTable RouteTableId={table}"),
        format!("ec2:DeleteRouteTable RouteTableId={main}"),
        format!("ec2:DeleteVpc VpcId={vpc}"),
    ] {
        assert_eq!(
            desk.code(&refused).await,
            "DependencyViolation",
            "{refused}"
        );
    }
    // A gateway may go; the route that led to it leads nowhere.
    for (deed, state) in [("Detach", "blackhole"), ("Attach", "active")] {
        desk.ask(&format!(
            "ec2:{deed}InternetGateway InternetGatewayId={gateway}&VpcId={vpc}"
        ))
        .await
        .unwrap();
        let such = format!(
            "{of_subnet}&Filter.2.Name=route.state&Filter.2.Value.1={state}\
             &Filter.3.Name=route.gateway-id&Filter.3.Value.1={gateway}"
        );
        let told = desk.ask(&such).await.unwrap();
        let (_, routes) = told.split_once(&gateway).unwrap();
        assert_eq!(text(routes, "state"), state, "{told}");
    }
    for question in [
        format!("ec2:DisassociateRouteTable AssociationId={association}"),
        format!("ec2:DeleteRoute RouteTableId={table}&DestinationCidrBlock=0.0.0.0/0"),
    ] {
        desk.ask(&question).await.unwrap();
        assert!(desk.ask(&question).await.is_err(), "{question}");
    }
    let told = desk
        .ask(&format!("ec2:DescribeRouteTables RouteTableId.1={table}"))
        .await
        .unwrap();
    assert!(
        !told.contains(&gateway) && !told.contains(&subnet),
        "{told}"
    );
    for question in [
        format!("ec2:DeleteRouteTable RouteTableId={table}"),
        format!("ec2:DeleteSubnet SubnetId={subnet}"),
        format!("ec2:DetachInternetGateway InternetGatewayId={gateway}&VpcId={vpc}"),
        format!("ec2:DeleteVpc VpcId={vpc}"),
    ] {
        desk.ask(&question).await.unwrap();
    }
    assert_eq!(
        desk.code(&format!("ec2:DescribeRouteTables RouteTableId.1={main}"))
            .await,
        "InvalidRouteTableID.NotFound"
    );
}

#[tokio::test]
async fn a_subnet_that_goes_leaves_its_table() {
    let desk = Desk::open(Release::Aws);
    let vpc = desk
        .made("ec2:CreateVpc CidrBlock=10.0.0.0/16", "vpcId")
        .await;
    let subnet = format!("ec2:CreateSubnet VpcId={vpc}&CidrBlock=10.0.1.0/24");
    let subnet = desk.made(&subnet, "subnetId").await;
    let table = desk
        .made(&format!("ec2:CreateRouteTable VpcId={vpc}"), "routeTableId")
        .await;
    let associate = format!("ec2:AssociateRouteTable RouteTableId={table}&SubnetId={subnet}");
    desk.ask(&associate).await.unwrap();
    desk.ask(&format!("ec2:DeleteSubnet SubnetId={subnet}"))
        .await
        .unwrap();
    desk.ask(&format!("ec2:DeleteRouteTable RouteTableId={table}"))
        .await
        .unwrap();
}

#[tokio::test]
async fn attributes_are_what_they_were_set_to() {
    let desk = Desk::open(Release::Aws);
    let vpc = desk
        .made("ec2:CreateVpc CidrBlock=10.0.0.0/16", "vpcId")
        .await;
    let default = desk
        .made(
            "ec2:DescribeVpcs Filter.1.Name=is-default&Filter.1.Value.1=true",
            "vpcId",
        )
        .await;
    let value = async |vpc: &str, attribute: &str| {
        let question = format!("ec2:DescribeVpcAttribute VpcId={vpc}&Attribute={attribute}");
        desk.made(&question, "value").await
    };
    #[rustfmt::skip]
    let before = [
        (&vpc, "enableDnsSupport", "true"), (&vpc, "enableDnsHostnames", "false"),
        (&default, "enableDnsSupport", "true"), (&default, "enableDnsHostnames", "true"),
        (&vpc, "enableNetworkAddressUsageMetrics", "false"),
    ];
    for (vpc, attribute, expected) in before {
        assert_eq!(value(vpc, attribute).await, expected, "{attribute}");
    }
    for set in [
        "EnableDnsHostnames.Value=true",
        "EnableDnsSupport.Value=false",
    ] {
        desk.ask(&format!("ec2:ModifyVpcAttribute VpcId={vpc}&{set}"))
            .await
            .unwrap();
    }
    assert_eq!(value(&vpc, "enableDnsHostnames").await, "true");
    assert_eq!(value(&vpc, "enableDnsSupport").await, "false");
    assert_eq!(
        desk.code(&format!(
            "ec2:DescribeVpcAttribute VpcId={vpc}&Attribute=color"
        ))
        .await,
        "InvalidParameterValue"
    );
    let subnet = format!("ec2:CreateSubnet VpcId={vpc}&CidrBlock=10.0.1.0/24");
    let subnet = desk.made(&subnet, "subnetId").await;
    let public = format!("ec2:DescribeSubnets SubnetId.1={subnet}");
    assert_eq!(desk.made(&public, "mapPublicIpOnLaunch").await, "false");
    desk.ask(&format!(
        "ec2:ModifySubnetAttribute SubnetId={subnet}&MapPublicIpOnLaunch.Value=true"
    ))
    .await
    .unwrap();
    assert_eq!(desk.made(&public, "mapPublicIpOnLaunch").await, "true");
    let lists = format!("ec2:DescribeNetworkAcls Filter.1.Name=vpc-id&Filter.1.Value.1={vpc}");
    let lists = desk.ask(&lists).await.unwrap();
    assert_eq!(text(&lists, "default"), "true");
    assert_eq!(text(&lists, "subnetId"), subnet);
}

#[tokio::test]
async fn a_rule_is_known_by_its_id() {
    let desk = Desk::open(Release::Aws);
    let group = desk
        .made(
            "ec2:CreateSecurityGroup GroupName=web&GroupDescription=web",
            "groupId",
        )
        .await;
    let authorize = format!(
        "ec2:AuthorizeSecurityGroupIngress GroupId={group}&IpPermissions.1.IpProtocol=tcp\
         &IpPermissions.1.FromPort=80&IpPermissions.1.ToPort=80&IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0/8\
         &IpPermissions.1.IpRanges.1.Description=inside\
         &TagSpecification.1.ResourceType=security-group-rule&TagSpecification.1.Tag.1.Key=k"
    );
    let rule = desk.made(&authorize, "securityGroupRuleId").await;
    let describe = format!("ec2:DescribeSecurityGroupRules SecurityGroupRuleId.1={rule}");
    let told = desk.ask(&describe).await.unwrap();
    for (name, expected) in [
        ("groupId", group.as_str()),
        ("isEgress", "false"),
        ("ipProtocol", "tcp"),
        ("fromPort", "80"),
        ("cidrIpv4", "10.0.0.0/8"),
        ("description", "inside"),
        ("key", "k"),
    ] {
        assert_eq!(text(&told, name), expected, "{told}");
    }
    let all =
        format!("ec2:DescribeSecurityGroupRules Filter.1.Name=group-id&Filter.1.Value.1={group}");
    let all = desk.ask(&all).await.unwrap();
    assert_eq!(
        all.matches("<securityGroupRuleId>").count(),
        2,
        "with the one out: {all}"
    );
    let revoke = format!("RevokeSecurityGroupIngress GroupId={group}&SecurityGroupRuleId.1={rule}");
    desk.ask(&format!("ec2:{revoke}")).await.unwrap();
    for gone in [format!("ec2:{revoke}"), describe] {
        assert_eq!(
            desk.code(&gone).await,
            "InvalidSecurityGroupRuleId.NotFound"
        );
    }
}

#[tokio::test]
async fn an_instance_tells_its_attributes() {
    let desk = Desk::open(Release::Aws);
    let id = desk
        .made(
            "ec2:RunInstances ImageId=ami-0000e01b&MinCount=1&MaxCount=1&InstanceType=t3.micro\
             &HibernationOptions.Configured=false&Placement.AvailabilityZone=",
            "instanceId",
        )
        .await;
    let hibernating = "ec2:RunInstances ImageId=ami-0000e01b&MinCount=1&MaxCount=1\
                       &HibernationOptions.Configured=true";
    assert_eq!(
        desk.code(hibernating).await,
        "UnsupportedHibernationConfiguration"
    );
    let attribute =
        |name: &str| format!("ec2:DescribeInstanceAttribute InstanceId={id}&Attribute={name}");
    for (name, expected) in [
        ("instanceType", "t3.micro"),
        ("disableApiTermination", "false"),
        ("sourceDestCheck", "true"),
        ("instanceInitiatedShutdownBehavior", "stop"),
    ] {
        assert_eq!(
            desk.made(&attribute(name), "value").await,
            expected,
            "{name}"
        );
    }
    assert_eq!(
        desk.code(&attribute("color")).await,
        "InvalidParameterValue"
    );
    let types = desk
        .ask("ec2:DescribeInstanceTypes InstanceType.1=m5.large")
        .await
        .unwrap();
    assert_eq!(text(&types, "instanceType"), "m5.large");
    let credits = desk
        .ask(&format!(
            "ec2:DescribeInstanceCreditSpecifications InstanceId.1={id}"
        ))
        .await
        .unwrap();
    assert_eq!(text(&credits, "cpuCredits"), "standard");
    let volumes = desk.ask("ec2:DescribeVolumes").await.unwrap();
    assert!(volumes.contains("<volumeSet"), "{volumes}");
    let group = desk
        .made(
            "ec2:CreateSecurityGroup GroupName=g&GroupDescription=g",
            "groupId",
        )
        .await;
    let change = format!("ec2:ModifyInstanceAttribute InstanceId={id}&GroupId.1={group}");
    desk.ask(&change).await.unwrap();
    assert_eq!(desk.made(&attribute("groupSet"), "groupId").await, group);
    let resize = format!("ec2:ModifyInstanceAttribute InstanceId={id}&InstanceType.Value=m1.large");
    assert_eq!(desk.code(&resize).await, "IncorrectInstanceState");
    for id in ["i-99999999", "verbose"] {
        let others = format!("ec2:DescribeInstanceAttribute InstanceId={id}&Attribute=userData");
        assert_eq!(desk.code(&others).await, "InvalidInstanceID.NotFound");
    }
}

#[tokio::test]
async fn a_load_balancer_without_listeners_is_eucalyptus_s() {
    let question =
        "CreateLoadBalancer LoadBalancerName=lb&Listeners=&AvailabilityZones.member.1=PARTI00";
    let aws = Desk::open(Release::Aws);
    assert_eq!(aws.code(question).await, "ValidationError");
    Desk::open(Release::V4_4_2).ask(question).await.unwrap();
}

#[tokio::test]
async fn groups_of_servos_are_the_cloud_administrators_and_follow_the_listeners() {
    let mut desk = Desk::with_web(Release::V3_3_0).await;
    let described = desk.ask("DescribeLoadBalancers").await.unwrap();
    let name = text(&described, "GroupName");
    let groups = "ec2:DescribeSecurityGroups";
    assert!(!desk.ask(groups).await.unwrap().contains(&name));
    desk.administrator = true;
    let named = format!("{groups} GroupName.1={name}");
    let told = desk.ask(&named).await.unwrap();
    assert_eq!(text(&told, "ownerId"), text(&described, "OwnerAlias"));
    let description = text(&told, "groupDescription");
    assert_eq!(description, "group for loadbalancer web");
    for rule in [
        "<fromPort>25<",
        "<toPort>25<",
        "<fromPort>80<",
        "<toPort>80<",
    ] {
        assert!(told.contains(rule), "{rule} in {told}");
    }
    assert_eq!(told.matches("<cidrIp>0.0.0.0/0<").count(), 2, "{told}");
    let id = text(&told, "groupId");
    for question in [
        format!("{groups} GroupId.1={id}"),
        format!("{groups} Filter.1.Name=tag:Name&Filter.1.Value.1=loadbalancer-resources"),
        format!("{groups} Filter.1.Name=ip-permission.from-port&Filter.1.Value.1=25"),
    ] {
        assert_eq!(desk.ask(&question).await.unwrap(), told, "{question}");
    }
    let rules =
        format!("ec2:DescribeSecurityGroupRules Filter.1.Name=group-id&Filter.1.Value.1={id}");
    let rules = desk.ask(&rules).await.unwrap();
    assert_eq!(rules.matches("<securityGroupRuleId>").count(), 2);
    // Beside the administrator's own.
    let all = desk.ask(groups).await.unwrap();
    assert_eq!(all.matches("<groupName>").count(), 2, "{all}");

    // It is the load balancer's, and nobody changes it.
    let rule = format!("GroupName={name}&IpProtocol=tcp&FromPort=22&ToPort=22&CidrIp=0.0.0.0/0");
    for (question, code) in [
        (
            format!("ec2:AuthorizeSecurityGroupIngress {rule}"),
            "UnsupportedOperation",
        ),
        (
            format!("ec2:RevokeSecurityGroupIngress {rule}"),
            "UnsupportedOperation",
        ),
        (
            format!("ec2:DeleteSecurityGroup GroupId={id}"),
            "UnsupportedOperation",
        ),
        (
            format!("ec2:CreateSecurityGroup GroupName={name}&GroupDescription=x"),
            "InvalidGroup.Duplicate",
        ),
    ] {
        assert_eq!(desk.code(&question).await, code, "{question}");
    }
    desk.administrator = false;
    let port = "LoadBalancerPorts.member.1=25";
    desk.ask(&format!(
        "DeleteLoadBalancerListeners LoadBalancerName=web&{port}"
    ))
    .await
    .unwrap();
    desk.administrator = true;
    assert!(!desk.ask(&named).await.unwrap().contains("<fromPort>25<"));
    desk.administrator = false;
    desk.ask("DeleteLoadBalancer LoadBalancerName=web")
        .await
        .unwrap();
    desk.administrator = true;
    assert_eq!(desk.code(&named).await, "InvalidGroup.NotFound");

    // From 4.2.0 on they belong to an account of the system.
    for (release, expected) in [
        (Release::V4_1_2, true),
        (Release::V4_2_0, false),
        (Release::Aws, false),
    ] {
        let mut desk = Desk::with_web(release).await;
        desk.administrator = true;
        let told = desk.ask(groups).await.unwrap();
        assert_eq!(
            told.contains("euca-internal-"),
            expected,
            "{release}: {told}"
        );
    }
}
