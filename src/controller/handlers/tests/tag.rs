//! Tags.

use super::*;

#[tokio::test]
async fn tags_are_added_described_and_removed() {
    for release in [Release::V4_4_2, Release::Aws] {
        let desk = Desk::with_web(release).await;
        desk.ask("AddTags LoadBalancerNames.member.1=web&Tags.member.1.Key=empty")
            .await
            .expect("a tag may have no value");
        let told = desk
            .tell("DescribeTags LoadBalancerNames.member.1=web")
            .await;
        assert!(told.contains("<Key>empty</Key>"), "{told}");
        // Eucalyptus leaves an empty value out.
        assert_eq!(told.contains("<Value/>"), release == Release::Aws, "{told}");
        desk.ask("RemoveTags LoadBalancerNames.member.1=web&Tags.member.1.Key=empty")
            .await
            .expect("it is there");
        desk.expect(
            &[
                "AddTags LoadBalancerNames.member.1=web&Tags.member.1.Key=project&Tags.member.1.Value=lima&Tags.member.2.Key=bare",
                "AddTags LoadBalancerNames.member.1=web&Tags.member.1.Key=project&Tags.member.1.Value=quito",
                "RemoveTags LoadBalancerNames.member.1=web&Tags.member.1.Key=bare&Tags.member.2.Key=none",
                "DescribeTags LoadBalancerNames.member.1=web",
            ],
            expect![[r#"
                # AddTags LoadBalancerNames.member.1=web&Tags.member.1.Key=project&Tags.member.1.Value=lima&Tags.member.2.Key=bare
                <AddTagsResult/>
                # AddTags LoadBalancerNames.member.1=web&Tags.member.1.Key=project&Tags.member.1.Value=quito
                <AddTagsResult/>
                # RemoveTags LoadBalancerNames.member.1=web&Tags.member.1.Key=bare&Tags.member.2.Key=none
                <RemoveTagsResult/>
                # DescribeTags LoadBalancerNames.member.1=web
                <DescribeTagsResult>
                <TagDescriptions>
                <member>
                <LoadBalancerName>web</LoadBalancerName>
                <Tags>
                <member>
                <Key>project</Key>
                <Value>quito</Value>
                </member>
                </Tags>
                </member>
                </TagDescriptions>
                </DescribeTagsResult>
            "#]],
        )
        .await;
    }
}

#[tokio::test]
async fn refusals_name_the_rule() {
    let desk = Desk::with_web(Release::Aws).await;
    let eleven: String = (1..=11)
        .map(|n| format!("&Tags.member.{n}.Key=k{n}"))
        .collect();
    desk.expect(
        &[
            "AddTags LoadBalancerNames.member.1=web&Tags.member.1.Key=a&Tags.member.2.Key=a",
            "AddTags LoadBalancerNames.member.1=web&Tags.member.1.Key=aws:x",
            "AddTags LoadBalancerNames.member.1=web&Tags.member.1.Value=x",
            "AddTags LoadBalancerNames.member.1=web",
            "AddTags LoadBalancerNames.member.1=web&LoadBalancerNames.member.2=db&Tags.member.1.Key=a",
            "AddTags LoadBalancerNames.member.1=none&Tags.member.1.Key=a",
            "AddTags Tags.member.1.Key=a",
            &format!("AddTags LoadBalancerNames.member.1=web{eleven}"),
            "DescribeTags",
            "DescribeTags LoadBalancerNames.member.1=none",
        ],
        expect![[r#"
            # AddTags LoadBalancerNames.member.1=web&Tags.member.1.Key=a&Tags.member.2.Key=a
            400 DuplicateTagKeys: Duplicate tag key (a)
            # AddTags LoadBalancerNames.member.1=web&Tags.member.1.Key=aws:x
            400 ValidationError: Invalid tag key (reserved prefix)
            # AddTags LoadBalancerNames.member.1=web&Tags.member.1.Value=x
            400 ValidationError: a tag has no key
            # AddTags LoadBalancerNames.member.1=web
            400 ValidationError: at least one tag must be specified
            # AddTags LoadBalancerNames.member.1=web&LoadBalancerNames.member.2=db&Tags.member.1.Key=a
            400 InvalidParameterValue: Too many load balancers
            # AddTags LoadBalancerNames.member.1=none&Tags.member.1.Key=a
            400 LoadBalancerNotFound: There is no ACTIVE Load Balancer named 'none'
            # AddTags Tags.member.1.Key=a
            400 ValidationError: 1 validation error detected: Value null at 'loadBalancerNames' failed to satisfy constraint: Member must not be null
            # AddTags LoadBalancerNames.member.1=web&Tags.member.1.Key=k1&Tags.member.2.Key=k2&Tags.member.3.Key=k3&Tags.member.4.Key=k4&Tags.member.5.Key=k5&Tags.member.6.Key=k6&Tags.member.7.Key=k7&Tags.member.8.Key=k8&Tags.member.9.Key=k9&Tags.member.10.Key=k10&Tags.member.11.Key=k11
            400 TooManyTags: The quota for the number of tags has already been reached
            # DescribeTags
            400 ValidationError: 1 validation error detected: Value null at 'loadBalancerNames' failed to satisfy constraint: Member must not be null
            # DescribeTags LoadBalancerNames.member.1=none
            400 LoadBalancerNotFound: There is no ACTIVE Load Balancer named 'none'
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_new_load_balancer_may_have_tags() {
    let create = "LoadBalancerName=db&AvailabilityZones.member.1=PARTI00\
            &Listeners.member.1.Protocol=TCP&Listeners.member.1.LoadBalancerPort=3306\
            &Listeners.member.1.InstancePort=3306&Tags.member.1.Key=team&Tags.member.1.Value=";
    for (release, other_value_is_fine) in [(Release::V4_4_2, false), (Release::Aws, false)] {
        let desk = Desk::open(release);
        let made = desk.ask(&format!("CreateLoadBalancer {create}red")).await;
        made.expect("the release has tags");
        let told = desk
            .tell("DescribeTags LoadBalancerNames.member.1=db")
            .await;
        assert!(
            told.contains("<Key>team</Key>\n<Value>red</Value>"),
            "{told}"
        );
        let same = desk.ask(&format!("CreateLoadBalancer {create}red")).await;
        assert_eq!(same.is_ok(), release == Release::Aws, "{release}");
        let other = desk.ask(&format!("CreateLoadBalancer {create}blue")).await;
        assert_eq!(other.is_ok(), other_value_is_fine, "{release}");
    }
}

#[tokio::test]
async fn eucalyptus_describes_all_and_the_administrator_everything() {
    let mut desk = Desk::with_web(Release::V4_4_2).await;
    let count = async |desk: &Desk, form: &str| {
        let told = desk.tell(&format!("DescribeTags {form}")).await;
        told.matches("<LoadBalancerName>").count()
    };
    assert_eq!(count(&desk, "").await, 1);
    assert_eq!(count(&desk, "LoadBalancerNames.member.1=none").await, 0);
    assert_eq!(count(&desk, "LoadBalancerNames.member.1=verbose").await, 1);
    desk.administrator = true;
    assert_eq!(count(&desk, "").await, 0);
    assert_eq!(count(&desk, "LoadBalancerNames.member.1=verbose").await, 1);
}
