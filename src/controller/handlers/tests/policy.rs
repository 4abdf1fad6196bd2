//! Policies.

use super::*;

#[tokio::test]
async fn stickiness_is_created_put_on_a_listener_described_and_deleted() {
    let desk = Desk::with_web(Release::V4_4_2).await;
    desk.expect(
        &[
            "CreateLBCookieStickinessPolicy LoadBalancerName=web&PolicyName=lb&CookieExpirationPeriod=300",
            "CreateAppCookieStickinessPolicy LoadBalancerName=web&PolicyName=app&CookieName=test-cookie",
            "SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=80&PolicyNames.member.1=lb",
            "DescribeLoadBalancerPolicies LoadBalancerName=web",
            "DescribeLoadBalancerPolicies LoadBalancerName=web&PolicyNames.member.1=app&PolicyNames.member.2=none",
            "DeleteLoadBalancerPolicy LoadBalancerName=web&PolicyName=lb",
            "SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=80&PolicyNames=",
            "DeleteLoadBalancerPolicy LoadBalancerName=web&PolicyName=lb",
            "DeleteLoadBalancerPolicy LoadBalancerName=web&PolicyName=lb",
        ],
        expect![[r#"
            # CreateLBCookieStickinessPolicy LoadBalancerName=web&PolicyName=lb&CookieExpirationPeriod=300
            <CreateLBCookieStickinessPolicyResult/>
            # CreateAppCookieStickinessPolicy LoadBalancerName=web&PolicyName=app&CookieName=test-cookie
            <CreateAppCookieStickinessPolicyResult/>
            # SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=80&PolicyNames.member.1=lb
            <SetLoadBalancerPoliciesOfListenerResult/>
            # DescribeLoadBalancerPolicies LoadBalancerName=web
            <DescribeLoadBalancerPoliciesResult>
            <PolicyDescriptions>
            <member>
            <PolicyName>lb</PolicyName>
            <PolicyTypeName>LBCookieStickinessPolicyType</PolicyTypeName>
            <PolicyAttributeDescriptions>
            <member>
            <AttributeName>CookieExpirationPeriod</AttributeName>
            <AttributeValue>300</AttributeValue>
            </member>
            </PolicyAttributeDescriptions>
            </member>
            <member>
            <PolicyName>app</PolicyName>
            <PolicyTypeName>AppCookieStickinessPolicyType</PolicyTypeName>
            <PolicyAttributeDescriptions>
            <member>
            <AttributeName>CookieName</AttributeName>
            <AttributeValue>test-cookie</AttributeValue>
            </member>
            </PolicyAttributeDescriptions>
            </member>
            </PolicyDescriptions>
            </DescribeLoadBalancerPoliciesResult>
            # DescribeLoadBalancerPolicies LoadBalancerName=web&PolicyNames.member.1=app&PolicyNames.member.2=none
            <DescribeLoadBalancerPoliciesResult>
            <PolicyDescriptions>
            <member>
            <PolicyName>app</PolicyName>
            <PolicyTypeName>AppCookieStickinessPolicyType</PolicyTypeName>
            <PolicyAttributeDescriptions>
            <member>
            <AttributeName>CookieName</AttributeName>
            <AttributeValue>test-cookie</AttributeValue>
            </member>
            </PolicyAttributeDescriptions>
            </member>
            </PolicyDescriptions>
            </DescribeLoadBalancerPoliciesResult>
            # DeleteLoadBalancerPolicy LoadBalancerName=web&PolicyName=lb
            409 InvalidConfigurationRequest: Requested configuration change is invalid: The policy is enabled for listeners
            # SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=80&PolicyNames=
            <SetLoadBalancerPoliciesOfListenerResult/>
            # DeleteLoadBalancerPolicy LoadBalancerName=web&PolicyName=lb
            <DeleteLoadBalancerPolicyResult/>
            # DeleteLoadBalancerPolicy LoadBalancerName=web&PolicyName=lb
            <DeleteLoadBalancerPolicyResult/>
        "#]],
    )
    .await;
}

#[tokio::test]
async fn refusals_of_eucalyptus_are_worded_as_documented() {
    let desk = Desk::with_web(Release::V4_4_2).await;
    let key = "LoadBalancerName=web&PolicyName=key&PolicyTypeName=PublicKeyPolicyType\
                   &PolicyAttributes.member.1.AttributeName=PublicKey\
                   &PolicyAttributes.member.1.AttributeValue=MIIB";
    let ssl = "LoadBalancerName=web&PolicyName=ssl&PolicyTypeName=SSLNegotiationPolicyType\
                   &PolicyAttributes.member.1.AttributeName=Reference-Security-Policy\
                   &PolicyAttributes.member.1.AttributeValue=ELBSecurityPolicy-1999-12";
    desk.expect(
        &[
            "CreateLBCookieStickinessPolicy LoadBalancerName=web&PolicyName=lb",
            "CreateLBCookieStickinessPolicy LoadBalancerName=web&PolicyName=lb&CookieExpirationPeriod=0",
            "CreateLBCookieStickinessPolicy LoadBalancerName=web&PolicyName=&CookieExpirationPeriod=1",
            "CreateLBCookieStickinessPolicy LoadBalancerName=none&PolicyName=lb&CookieExpirationPeriod=1",
            "CreateAppCookieStickinessPolicy LoadBalancerName=web&PolicyName=app&CookieName=",
            "CreateLoadBalancerPolicy LoadBalancerName=web&PolicyName=&PolicyTypeName=x",
            "CreateLoadBalancerPolicy LoadBalancerName=web&PolicyName=x&PolicyTypeName=",
            "CreateLoadBalancerPolicy LoadBalancerName=web&PolicyName=x&PolicyTypeName=x",
            "CreateLoadBalancerPolicy LoadBalancerName=web&PolicyName=x&PolicyTypeName=PublicKeyPolicyType",
            &format!("CreateLoadBalancerPolicy {ssl}"),
            &format!("CreateLoadBalancerPolicy {key}"),
            &format!("CreateLoadBalancerPolicy {key}"),
            "SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=80&PolicyNames.member.1=key",
            "SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=80&PolicyNames.member.1=none",
            "SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=81&PolicyNames.member.1=key",
            "SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=0&PolicyNames.member.1=key",
            "SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=65536&PolicyNames.member.1=key",
            "SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=80",
            "SetLoadBalancerPoliciesForBackendServer LoadBalancerName=web&InstancePort=8080&PolicyNames.member.1=key",
            "SetLoadBalancerPoliciesForBackendServer LoadBalancerName=web&InstancePort=9&PolicyNames=",
        ],
        expect![[r#"
            # CreateLBCookieStickinessPolicy LoadBalancerName=web&PolicyName=lb
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Expiration period must be bigger than 0
            # CreateLBCookieStickinessPolicy LoadBalancerName=web&PolicyName=lb&CookieExpirationPeriod=0
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Expiration period must be bigger than 0
            # CreateLBCookieStickinessPolicy LoadBalancerName=web&PolicyName=&CookieExpirationPeriod=1
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Policy name must be specified
            # CreateLBCookieStickinessPolicy LoadBalancerName=none&PolicyName=lb&CookieExpirationPeriod=1
            400 AccessPointNotFound: The specified LoadBalancer could not be found
            # CreateAppCookieStickinessPolicy LoadBalancerName=web&PolicyName=app&CookieName=
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Cookie name must be specified
            # CreateLoadBalancerPolicy LoadBalancerName=web&PolicyName=&PolicyTypeName=x
            409 InvalidConfigurationRequest: Requested configuration change is invalid: policy name must be specified
            # CreateLoadBalancerPolicy LoadBalancerName=web&PolicyName=x&PolicyTypeName=
            409 InvalidConfigurationRequest: Requested configuration change is invalid: policy type name must be specified
            # CreateLoadBalancerPolicy LoadBalancerName=web&PolicyName=x&PolicyTypeName=x
            400 PolicyTypeNotFound: One or more of the specified policy types do not exist.
            # CreateLoadBalancerPolicy LoadBalancerName=web&PolicyName=x&PolicyTypeName=PublicKeyPolicyType
            409 InvalidConfigurationRequest: Requested configuration change is invalid: There is no attribute PublicKey found (Cardinality: ONE)
            # CreateLoadBalancerPolicy LoadBalancerName=web&PolicyName=ssl&PolicyTypeName=SSLNegotiationPolicyType&PolicyAttributes.member.1.AttributeName=Reference-Security-Policy&PolicyAttributes.member.1.AttributeValue=ELBSecurityPolicy-1999-12
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Referenced security policy ELBSecurityPolicy-1999-12 is not found
            # CreateLoadBalancerPolicy LoadBalancerName=web&PolicyName=key&PolicyTypeName=PublicKeyPolicyType&PolicyAttributes.member.1.AttributeName=PublicKey&PolicyAttributes.member.1.AttributeValue=MIIB
            <CreateLoadBalancerPolicyResult/>
            # CreateLoadBalancerPolicy LoadBalancerName=web&PolicyName=key&PolicyTypeName=PublicKeyPolicyType&PolicyAttributes.member.1.AttributeName=PublicKey&PolicyAttributes.member.1.AttributeValue=MIIB
            400 DuplicatePolicyName: Policy with the same name exists for this load balancer. Please choose another name.
            # SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=80&PolicyNames.member.1=key
            409 InvalidConfigurationRequest: Requested configuration change is invalid: PublicKeyPolicyType cannot be set to listeners
            # SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=80&PolicyNames.member.1=none
            400 PolicyNotFound: One or more specified policies were not found.
            # SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=81&PolicyNames.member.1=key
            400 ListenerNotFound: Load balancer does not have a listener configured at the given port.
            # SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=0&PolicyNames.member.1=key
            400 ListenerNotFound: Load balancer does not have a listener configured at the given port.
            # SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=65536&PolicyNames.member.1=key
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Invalid port number specified
            # SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=80
            400 MissingParameter: Failed to bind the following fields:
            PolicyNames
            # SetLoadBalancerPoliciesForBackendServer LoadBalancerName=web&InstancePort=8080&PolicyNames.member.1=key
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Only BackendServerAuthenticationPolicyType can be set to backend server
            # SetLoadBalancerPoliciesForBackendServer LoadBalancerName=web&InstancePort=9&PolicyNames=
            409 InvalidConfigurationRequest: Requested configuration change is invalid: Listener with the specified backend instance port is not found
        "#]],
    )
    .await;
}

#[tokio::test]
async fn amazon_differs_where_it_does() {
    let desk = Desk::with_web(Release::Aws).await;
    let proxy = "LoadBalancerName=web&PolicyName=proxy&PolicyTypeName=ProxyProtocolPolicyType\
                     &PolicyAttributes.member.1.AttributeName=ProxyProtocol\
                     &PolicyAttributes.member.1.AttributeValue=true";
    desk.expect(
        &[
            "CreateLBCookieStickinessPolicy LoadBalancerName=web&PolicyName=lb",
            "CreateLBCookieStickinessPolicy LoadBalancerName=web&PolicyName=lb",
            "CreateLBCookieStickinessPolicy LoadBalancerName=web&PolicyName=a_b",
            &format!("CreateLoadBalancerPolicy {proxy}"),
            "SetLoadBalancerPoliciesForBackendServer LoadBalancerName=web&InstancePort=8080&PolicyNames.member.1=proxy",
            "SetLoadBalancerPoliciesForBackendServer LoadBalancerName=web&InstancePort=2525&PolicyNames.member.1=proxy",
            "SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=25&PolicyNames.member.1=lb",
            "SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=80&PolicyNames.member.1=lb",
            "DeleteLoadBalancerPolicy LoadBalancerName=web&PolicyName=proxy",
            "DescribeLoadBalancerPolicies LoadBalancerName=web",
            "DescribeLoadBalancerPolicies LoadBalancerName=web&PolicyNames.member.1=none",
            "DescribeLoadBalancerPolicies PolicyNames.member.1=ELBSample-LBCookieStickinessPolicy",
            "DescribeLoadBalancerPolicies PolicyNames.member.1=none",
            "DescribeLoadBalancerPolicyTypes PolicyTypeNames.member.1=none",
            "DescribeLoadBalancerPolicies LoadBalancerName=none",
        ],
        expect![[r#"
            # CreateLBCookieStickinessPolicy LoadBalancerName=web&PolicyName=lb
            <CreateLBCookieStickinessPolicyResult/>
            # CreateLBCookieStickinessPolicy LoadBalancerName=web&PolicyName=lb
            400 DuplicatePolicyName: Policy with the same name exists for this load balancer. Please choose another name.
            # CreateLBCookieStickinessPolicy LoadBalancerName=web&PolicyName=a_b
            400 ValidationError: policy names are made of letters, digits and hyphens
            # CreateLoadBalancerPolicy LoadBalancerName=web&PolicyName=proxy&PolicyTypeName=ProxyProtocolPolicyType&PolicyAttributes.member.1.AttributeName=ProxyProtocol&PolicyAttributes.member.1.AttributeValue=true
            <CreateLoadBalancerPolicyResult/>
            # SetLoadBalancerPoliciesForBackendServer LoadBalancerName=web&InstancePort=8080&PolicyNames.member.1=proxy
            <SetLoadBalancerPoliciesForBackendServerResult/>
            # SetLoadBalancerPoliciesForBackendServer LoadBalancerName=web&InstancePort=2525&PolicyNames.member.1=proxy
            <SetLoadBalancerPoliciesForBackendServerResult/>
            # SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=25&PolicyNames.member.1=lb
            409 InvalidConfigurationRequest: Session stickiness policy can be associated with only HTTP/HTTPS
            # SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=80&PolicyNames.member.1=lb
            <SetLoadBalancerPoliciesOfListenerResult/>
            # DeleteLoadBalancerPolicy LoadBalancerName=web&PolicyName=proxy
            409 InvalidConfigurationRequest: The policy is enabled for backend servers
            # DescribeLoadBalancerPolicies LoadBalancerName=web
            <DescribeLoadBalancerPoliciesResult>
            <PolicyDescriptions>
            <member>
            <PolicyName>lb</PolicyName>
            <PolicyTypeName>LBCookieStickinessPolicyType</PolicyTypeName>
            <PolicyAttributeDescriptions>
            <member>
            <AttributeName>CookieExpirationPeriod</AttributeName>
            <AttributeValue>0</AttributeValue>
            </member>
            </PolicyAttributeDescriptions>
            </member>
            <member>
            <PolicyName>proxy</PolicyName>
            <PolicyTypeName>ProxyProtocolPolicyType</PolicyTypeName>
            <PolicyAttributeDescriptions>
            <member>
            <AttributeName>ProxyProtocol</AttributeName>
            <AttributeValue>true</AttributeValue>
            </member>
            </PolicyAttributeDescriptions>
            </member>
            </PolicyDescriptions>
            </DescribeLoadBalancerPoliciesResult>
            # DescribeLoadBalancerPolicies LoadBalancerName=web&PolicyNames.member.1=none
            400 PolicyNotFound: One or more specified policies were not found.
            # DescribeLoadBalancerPolicies PolicyNames.member.1=ELBSample-LBCookieStickinessPolicy
            <DescribeLoadBalancerPoliciesResult>
            <PolicyDescriptions>
            <member>
            <PolicyName>ELBSample-LBCookieStickinessPolicy</PolicyName>
            <PolicyTypeName>LBCookieStickinessPolicyType</PolicyTypeName>
            <PolicyAttributeDescriptions>
            <member>
            <AttributeName>CookieExpirationPeriod</AttributeName>
            <AttributeValue>100</AttributeValue>
            </member>
            </PolicyAttributeDescriptions>
            </member>
            </PolicyDescriptions>
            </DescribeLoadBalancerPoliciesResult>
            # DescribeLoadBalancerPolicies PolicyNames.member.1=none
            400 PolicyNotFound: One or more specified policies were not found.
            # DescribeLoadBalancerPolicyTypes PolicyTypeNames.member.1=none
            400 PolicyTypeNotFound: One or more of the specified policy types do not exist.
            # DescribeLoadBalancerPolicies LoadBalancerName=none
            400 LoadBalancerNotFound: There is no ACTIVE Load Balancer named 'none'
        "#]],
    )
    .await;
}

#[tokio::test]
async fn policy_types_are_those_of_the_release() {
    let desk = Desk::open(Release::V4_1_0);
    desk.expect(
        &[
            "DescribeLoadBalancerPolicyTypes",
            "DescribeLoadBalancerPolicyTypes PolicyTypeNames.member.1=PublicKeyPolicyType",
            "DescribeLoadBalancerPolicies PolicyNames.member.1=ignored",
        ],
        expect![[r#"
            # DescribeLoadBalancerPolicyTypes
            <DescribeLoadBalancerPolicyTypesResult>
            <PolicyTypeDescriptions>
            <member>
            <PolicyTypeName>AppCookieStickinessPolicyType</PolicyTypeName>
            <Description>Stickiness policy with session lifetimes controlled by the lifetime of the application-generated cookie. This policy can be associated only with HTTP/HTTPS listeners.</Description>
            <PolicyAttributeTypeDescriptions>
            <member>
            <AttributeName>CookieName</AttributeName>
            <AttributeType>String</AttributeType>
            <Cardinality>ONE</Cardinality>
            </member>
            </PolicyAttributeTypeDescriptions>
            </member>
            <member>
            <PolicyTypeName>LBCookieStickinessPolicyType</PolicyTypeName>
            <Description>Stickiness policy with session lifetimes controlled by the browser (user-agent) or a specified expiration period. This policy can be associated only with HTTP/HTTPS listeners.</Description>
            <PolicyAttributeTypeDescriptions>
            <member>
            <AttributeName>CookieExpirationPeriod</AttributeName>
            <AttributeType>Long</AttributeType>
            <Cardinality>ZERO_OR_ONE</Cardinality>
            </member>
            </PolicyAttributeTypeDescriptions>
            </member>
            </PolicyTypeDescriptions>
            </DescribeLoadBalancerPolicyTypesResult>
            # DescribeLoadBalancerPolicyTypes PolicyTypeNames.member.1=PublicKeyPolicyType
            <DescribeLoadBalancerPolicyTypesResult>
            <PolicyTypeDescriptions/>
            </DescribeLoadBalancerPolicyTypesResult>
            # DescribeLoadBalancerPolicies PolicyNames.member.1=ignored
            <DescribeLoadBalancerPoliciesResult>
            <PolicyDescriptions>
            <member>
            <PolicyName>ELBSample-AppCookieStickinessPolicy</PolicyName>
            <PolicyTypeName>AppCookieStickinessPolicyType</PolicyTypeName>
            <PolicyAttributeDescriptions>
            <member>
            <AttributeName>CookieName</AttributeName>
            <AttributeValue>ELBSampleCookie</AttributeValue>
            </member>
            </PolicyAttributeDescriptions>
            </member>
            <member>
            <PolicyName>ELBSample-LBCookieStickinessPolicy</PolicyName>
            <PolicyTypeName>LBCookieStickinessPolicyType</PolicyTypeName>
            <PolicyAttributeDescriptions>
            <member>
            <AttributeName>CookieExpirationPeriod</AttributeName>
            <AttributeValue>100</AttributeValue>
            </member>
            </PolicyAttributeDescriptions>
            </member>
            </PolicyDescriptions>
            </DescribeLoadBalancerPoliciesResult>
        "#]],
    )
    .await;
    for (release, types, samples) in [
        (Release::V4_0_0, 2, 2),
        (Release::V4_2_0, 6, 7),
        (Release::V4_4_0, 6, 9),
        (Release::Aws, 6, 11),
    ] {
        let desk = Desk::open(release);
        let told = desk.tell("DescribeLoadBalancerPolicyTypes").await;
        assert_eq!(told.matches("<PolicyTypeName>").count(), types, "{release}");
        let told = desk.tell("DescribeLoadBalancerPolicies").await;
        assert_eq!(told.matches("<PolicyName>").count(), samples, "{release}");
    }
}

#[tokio::test]
async fn describe_load_balancers_has_the_fields_of_the_release() {
    for (release, fields) in [
        (Release::V3_3_0, [false; 4]),
        (Release::V4_0_0, [true, true, false, false]),
        (Release::V4_1_0, [true, true, false, true]),
        (Release::V4_2_0, [true; 4]),
        (Release::Aws, [true; 4]),
    ] {
        let told = Desk::with_web(release)
            .await
            .tell("DescribeLoadBalancers")
            .await;
        let names = [
            "<Policies>",
            "<PolicyNames",
            "<BackendServerDescriptions",
            "<Scheme>",
        ];
        let found = names.map(|name| told.contains(name));
        assert_eq!(found, fields, "{release}\n{told}");
    }
    let desk = Desk::with_web(Release::Aws).await;
    let proxy = "LoadBalancerName=web&PolicyName=proxy&PolicyTypeName=ProxyProtocolPolicyType\
                     &PolicyAttributes.member.1.AttributeName=ProxyProtocol\
                     &PolicyAttributes.member.1.AttributeValue=true";
    for question in [
        &format!("CreateLoadBalancerPolicy {proxy}"),
        "CreateLBCookieStickinessPolicy LoadBalancerName=web&PolicyName=lb",
        "CreateAppCookieStickinessPolicy LoadBalancerName=web&PolicyName=app&CookieName=sid",
        "SetLoadBalancerPoliciesOfListener LoadBalancerName=web&LoadBalancerPort=80&PolicyNames.member.1=app",
        "SetLoadBalancerPoliciesForBackendServer LoadBalancerName=web&InstancePort=2525&PolicyNames.member.1=proxy",
    ] {
        desk.ask(question).await.expect(question);
    }
    desk.expect(
        &[
            "DescribeLoadBalancers",
            // With a listener go its instance port's policies; the policies stay.
            "DeleteLoadBalancerListeners LoadBalancerName=web&LoadBalancerPorts.member.1=25",
            "DeleteLoadBalancerPolicy LoadBalancerName=web&PolicyName=proxy",
        ],
        expect![[r#"
            # DescribeLoadBalancers
            <DescribeLoadBalancersResult>
            <LoadBalancerDescriptions>
            <member>
            <LoadBalancerName>web</LoadBalancerName>
            <DNSName>web-(tenant).lb.localhost</DNSName>
            <CanonicalHostedZoneName>web-(tenant).lb.localhost</CanonicalHostedZoneName>
            <CanonicalHostedZoneNameID>ZEULBLOCALHOST</CanonicalHostedZoneNameID>
            <ListenerDescriptions>
            <member>
            <Listener>
            <Protocol>TCP</Protocol>
            <LoadBalancerPort>25</LoadBalancerPort>
            <InstanceProtocol>TCP</InstanceProtocol>
            <InstancePort>2525</InstancePort>
            </Listener>
            <PolicyNames/>
            </member>
            <member>
            <Listener>
            <Protocol>HTTP</Protocol>
            <LoadBalancerPort>80</LoadBalancerPort>
            <InstanceProtocol>HTTP</InstanceProtocol>
            <InstancePort>8080</InstancePort>
            </Listener>
            <PolicyNames>
            <member>app</member>
            </PolicyNames>
            </member>
            </ListenerDescriptions>
            <Policies>
            <AppCookieStickinessPolicies>
            <member>
            <PolicyName>app</PolicyName>
            <CookieName>sid</CookieName>
            </member>
            </AppCookieStickinessPolicies>
            <LBCookieStickinessPolicies>
            <member>
            <PolicyName>lb</PolicyName>
            <CookieExpirationPeriod>0</CookieExpirationPeriod>
            </member>
            </LBCookieStickinessPolicies>
            <OtherPolicies>
            <member>proxy</member>
            </OtherPolicies>
            </Policies>
            <BackendServerDescriptions>
            <member>
            <InstancePort>2525</InstancePort>
            <PolicyNames>
            <member>proxy</member>
            </PolicyNames>
            </member>
            </BackendServerDescriptions>
            <AvailabilityZones>
            <member>PARTI00</member>
            <member>PARTI01</member>
            </AvailabilityZones>
            <Subnets>
            <member>subnet-*</member>
            <member>subnet-*</member>
            </Subnets>
            <VPCId>vpc-*</VPCId>
            <Instances/>
            <HealthCheck>
            <Target>TCP:8080</Target>
            <Interval>30</Interval>
            <Timeout>5</Timeout>
            <UnhealthyThreshold>2</UnhealthyThreshold>
            <HealthyThreshold>10</HealthyThreshold>
            </HealthCheck>
            <SourceSecurityGroup>
            <OwnerAlias>(tenant)</OwnerAlias>
            <GroupName>default_elb_*</GroupName>
            </SourceSecurityGroup>
            <SecurityGroups>
            <member>sg-*</member>
            </SecurityGroups>
            <CreatedTime>2013-05-15T23:31:32.806Z</CreatedTime>
            <Scheme>internet-facing</Scheme>
            </member>
            </LoadBalancerDescriptions>
            </DescribeLoadBalancersResult>
            # DeleteLoadBalancerListeners LoadBalancerName=web&LoadBalancerPorts.member.1=25
            <DeleteLoadBalancerListenersResult/>
            # DeleteLoadBalancerPolicy LoadBalancerName=web&PolicyName=proxy
            409 InvalidConfigurationRequest: The policy is enabled for backend servers
        "#]],
    )
    .await;
}

#[tokio::test]
async fn administrators_describe_by_dns_name_from_4_1_1() {
    for (release, found) in [
        (Release::V4_1_0, false),
        (Release::V4_1_1, true),
        (Release::Aws, false),
    ] {
        let mut desk = Desk::with_web(release).await;
        let tenant = desk.context().caller.account;
        let form = format!("LoadBalancerName=web-{tenant}.lb.localhost");
        let own = desk
            .ask(&format!("DescribeLoadBalancerPolicies {form}"))
            .await;
        assert_eq!(own.is_ok(), found, "{release}: the owner");
        desk.administrator = true;
        let of_another = desk
            .ask(&format!("DescribeLoadBalancerAttributes {form}"))
            .await;
        assert_eq!(of_another.is_ok(), found, "{release}: the administrator");
        let by_name = desk
            .ask("DescribeLoadBalancerPolicies LoadBalancerName=web")
            .await;
        assert!(
            by_name.is_err(),
            "{release}: a name is looked for in the own account"
        );
    }
}
