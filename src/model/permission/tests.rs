use super::document::glob;
use super::*;
use proptest::prelude::*;

fn read(json: &str) -> Result<Document, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

/// A document with one statement.
fn one(statement: &str) -> Arc<Document> {
    let json = format!("{{\"Statement\":[{statement}]}}");
    Arc::new(read(&json).unwrap_or_else(|error| panic!("{statement}: {error}")))
}

fn owned(documents: &[&Arc<Document>]) -> Vec<Arc<Document>> {
    documents.iter().map(|one| Arc::clone(one)).collect()
}

const CREATE: &str = "elasticloadbalancing:CreateLoadBalancer";
const DELETE: &str = "elasticloadbalancing:DeleteLoadBalancer";

#[test]
fn malformed_documents_are_refused_with_the_place() {
    #[rustfmt::skip]
    let cases = [
        (r#"[]"#, "invalid length 0, expected a policy document at line 1 column 2"),
        (r#"7"#, "invalid type: integer `7`, expected a policy document at line 1 column 1"),
        (r#"{"Statement":[7]}"#, "invalid type: integer `7`, expected a statement at line 1 column 15"),
        (r#"{"Statement":[]}"#, "there is no statement"),
        (r#"{"Version":"2011","Statement":[]}"#, "Version '2011' is neither 2008-10-17 nor 2012-10-17"),
        (r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"two","Effect":"Permit","Action":"*","Resource":"*"}]}"#, "statement 2 (two): Effect 'Permit' is not Allow, Deny or Limit"),
        (r#"{"Statement":{"Effect":"Allow","Resource":"*"}}"#, "statement 1: there is neither Action nor NotAction"),
        (r#"{"Statement":{"Effect":"Allow","Action":"*"}}"#, "statement 1: there is neither Resource nor NotResource"),
        (r#"{"Statement":{"Effect":"Allow","Action":"*","NotAction":"*","Resource":"*"}}"#, "statement 1: there are both Action and NotAction"),
        (r#"{"Statement":{"Effect":"Allow","Action":[],"Resource":"*"}}"#, "statement 1: Action is an empty list"),
        (r#"{"Statement":{"Effect":"Allow","Action":"CreateLoadBalancer","Resource":"*"}}"#, "statement 1: Action 'CreateLoadBalancer' is not SERVICE:ACTION or *"),
        (r#"{"Statement":{"Effect":"Allow","Action":"a:b c","Resource":"*"}}"#, "statement 1: Action 'a:b c' is not SERVICE:ACTION or *"),
        (r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"loadbalancer/web"}}"#, "statement 1: Resource 'loadbalancer/web' is not an ARN or *"),
        (r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${aws:username}"}}"#, "statement 1: Resource 'arn:aws:s3:::${aws:username}' has a variable, which is not supported"),
        (r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":true}}}}"#, "statement 1: Condition is supported in Limit statements only"),
        (r#"{"Statement":{"Effect":"Limit","Action":"*","Resource":"*"}}"#, "statement 1: Limit needs a Condition with a quota key"),
        (r#"{"Statement":{"Effect":"Limit","Action":"*","Resource":"*","Condition":{"StringEquals":{"a":"1"}}}}"#, "statement 1: Condition operator 'StringEquals' is not NumericLessThanEquals"),
        (r#"{"Statement":{"Effect":"Limit","Action":"*","Resource":"*","Condition":{"NumericLessThanEquals":{"a":["1","2"]}}}}"#, "statement 1: Condition 'a': '1, 2' is not one whole number"),
        (r#"{"Statement":{"Effect":"Limit","Action":"*","Resource":"*","Condition":{"NumericLessThanEquals":{"a":-1}}}}"#, "statement 1: Condition 'a': '-1' is not one whole number"),
        (r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}"#, "unknown field `Principal`, expected one of `Sid`, `Effect`, `Action`, `NotAction`, `Resource`, `NotResource`, `Condition` at line 1 column 42"),
    ];
    for (json, expected) in cases {
        assert_eq!(read(json).err().as_deref(), Some(expected), "{json}");
    }
}

#[test]
fn both_forms_of_lists_are_read() {
    let single = read(
        r#"{"Version":"2012-10-17","Id":"x","Statement":{"Effect":"Allow","Action":"ec2:*","Resource":"*"}}"#,
    );
    let lists = read(r#"{"Statement":[{"Effect":"Allow","Action":["ec2:*"],"Resource":["*"]}]}"#);
    assert_eq!(single, lists);
    assert!(single.is_ok());
}

#[test]
fn releases_refuse_what_they_do_not_understand() {
    let limit = one(
        r#"{"Effect":"Limit","Action":"*","Resource":"*","Condition":{"NumericLessThanEquals":{"k":"2"}}}"#,
    );
    let arn = one(
        r#"{"Sid":"web","Effect":"Allow","Action":"*","Resource":["*","arn:aws:elasticloadbalancing:::loadbalancer/web"]}"#,
    );
    let text = |checked: Result<(), Malformed>| checked.err().map(|error| error.to_string());
    #[rustfmt::skip]
    let cases = [
        (&limit, true, true, None),
        (&limit, false, true, Some("statement 1: Limit is not supported by this release")),
        (&limit, true, false, None),
        (&arn, true, true, None),
        (&arn, true, false, Some("statement 1 (web): Resource must be *: ARNs are not supported by this release")),
    ];
    for (document, limits, arns, expected) in cases {
        assert_eq!(text(document.check(limits, arns)).as_deref(), expected);
    }
}

#[test]
fn statements_cover_actions_without_regard_to_case() {
    #[rustfmt::skip]
    let cases = [
        (r#""Action":"*""#, CREATE, true),
        (r#""Action":"elasticloadbalancing:*""#, CREATE, true),
        (r#""Action":"elasticloadbalancing:createloadbalancer""#, CREATE, true),
        (r#""Action":"ELASTICLOADBALANCING:Create*""#, CREATE, true),
        (r#""Action":"elasticloadbalancing:Create*Listeners""#, CREATE, false),
        (r#""Action":"elasticloadbalancing:DescribeTag?""#, "elasticloadbalancing:DescribeTags", true),
        (r#""Action":"elasticloadbalancing:DescribeTags?""#, "elasticloadbalancing:DescribeTags", false),
        (r#""Action":"*:Create*""#, CREATE, true),
        (r#""Action":["ec2:*",  "elasticloadbalancing:Delete*"]"#, CREATE, false),
        (r#""Action":["ec2:*",  "elasticloadbalancing:Delete*"]"#, DELETE, true),
        (r#""NotAction":"elasticloadbalancing:Delete*""#, CREATE, true),
        (r#""NotAction":"elasticloadbalancing:Delete*""#, DELETE, false),
        (r#""NotAction":["ec2:*", "*"]"#, CREATE, false),
    ];
    for (actions, action, expected) in cases {
        let document = one(&format!(r#"{{"Effect":"Allow",{actions},"Resource":"*"}}"#));
        let covered = document.statements()[0].covers_action(action);
        assert_eq!(covered, expected, "{actions} {action}");
    }
}

#[test]
fn statements_cover_resources_by_the_parts_of_their_arn() {
    let web = Resource::load_balancer("eucalyptus", "000000000001", "web-1");
    #[rustfmt::skip]
    let cases = [
        (r#""Resource":"*""#, true, true),
        (r#""Resource":"arn:aws:elasticloadbalancing:eucalyptus:000000000001:loadbalancer/web-1""#, true, false),
        (r#""Resource":"arn:aws:elasticloadbalancing:::loadbalancer/web-*""#, true, false),
        (r#""Resource":"arn:aws:elasticloadbalancing:*:*:loadbalancer/*""#, true, false),
        (r#""Resource":"arn:aws:elasticloadbalancing:*:*:*""#, true, false),
        (r#""Resource":"arn:*:*:*:*:*""#, true, false),
        (r#""Resource":"arn:aws:elasticloadbalancing:::loadbalancer/WEB-1""#, false, false),
        (r#""Resource":"arn:aws:elasticloadbalancing:us-east-1::loadbalancer/web-1""#, false, false),
        (r#""Resource":"arn:aws:elasticloadbalancing::000000000002:loadbalancer/web-1""#, false, false),
        (r#""Resource":"arn:aws:ec2:::loadbalancer/web-1""#, false, false),
        (r#""Resource":"arn:aws:elasticloadbalancing:::web-1""#, false, false),
        (r#""NotResource":"arn:aws:elasticloadbalancing:::loadbalancer/web-1""#, false, true),
        (r#""NotResource":"arn:aws:elasticloadbalancing:::loadbalancer/db-*""#, true, true),
    ];
    for (resources, of_web, of_nothing) in cases {
        let document = one(&format!(r#"{{"Effect":"Allow","Action":"*",{resources}}}"#));
        let statement = &document.statements()[0];
        assert_eq!(statement.covers_resource(Some(&web)), of_web, "{resources}");
        assert_eq!(statement.covers_resource(None), of_nothing, "{resources}");
    }
}

#[test]
fn deny_beats_allow_and_allow_beats_nothing() {
    use Decision::*;
    use Standing::*;
    let allow = one(r#"{"Effect":"Allow","Action":"elasticloadbalancing:*","Resource":"*"}"#);
    let allow_reads =
        one(r#"{"Effect":"Allow","Action":"elasticloadbalancing:Describe*","Resource":"*"}"#);
    let deny = one(
        r#"{"Sid":"no","Effect":"Deny","Action":"elasticloadbalancing:Create*","Resource":"*"}"#,
    );
    let limit = one(
        r#"{"Effect":"Limit","Action":"*","Resource":"*","Condition":{"NumericLessThanEquals":{"k":0}}}"#,
    );
    let forbidden = Forbidden {
        sid: Some("no".to_owned()),
    };
    type Case<'a> = (
        Standing,
        &'a [&'a Arc<Document>],
        &'a [&'a Arc<Document>],
        Decision,
    );
    #[rustfmt::skip]
    let cases: &[Case] = &[
        (User, &[], &[], NotAllowed),
        (User, &[], &[&allow], Allowed),
        (User, &[], &[&allow_reads], NotAllowed),
        (User, &[], &[&allow, &deny], forbidden.clone()),
        (User, &[], &[&deny, &allow], forbidden.clone()),
        (User, &[&deny], &[&allow], forbidden.clone()),
        // What an account allows, it does not allow each of its users.
        (User, &[&allow], &[], NotAllowed),
        (User, &[], &[&limit], NotAllowed),
        (User, &[&limit], &[&allow], Allowed),
        (AccountAdministrator, &[], &[], Allowed),
        (AccountAdministrator, &[], &[&deny], Allowed),
        (AccountAdministrator, &[&deny], &[], forbidden.clone()),
        (SystemAdministrator, &[&deny], &[&deny], Allowed),
    ];
    for (standing, account, user, expected) in cases {
        let (account, user) = (owned(account), owned(user));
        let holder = Holder {
            standing: *standing,
            account: &account,
            user: &user,
        };
        let request = Request {
            action: CREATE,
            resource: None,
        };
        assert_eq!(decide(&holder, request), *expected, "{holder:?}");
    }
}

#[test]
fn the_strictest_quota_of_each_scope_holds() {
    // The documented example of a quota.
    let two = one(
        r#"{"Effect":"Limit","Action":"elasticloadbalancing:CreateLoadBalancer","Resource":"*","Condition":{"NumericLessThanEquals":{"elasticloadbalancing:quota-loadbalancernumber":"2"}}}"#,
    );
    let five = one(
        r#"{"Effect":"Limit","Action":"elasticloadbalancing:*","Resource":"*","Condition":{"numericlessthanequals":{"ElasticLoadBalancing:Quota-LoadBalancerNumber":5,"ec2:quota-vminstancenumber":1}}}"#,
    );
    let other = one(
        r#"{"Effect":"Limit","Action":"ec2:RunInstances","Resource":"*","Condition":{"NumericLessThanEquals":{"elasticloadbalancing:quota-loadbalancernumber":"1"}}}"#,
    );
    let request = Request {
        action: CREATE,
        resource: None,
    };
    let of = |standing, account: &[&Arc<Document>], user: &[&Arc<Document>]| {
        let (account, user) = (owned(account), owned(user));
        let holder = Holder {
            standing,
            account: &account,
            user: &user,
        };
        let quota = quota(&holder, request, LOAD_BALANCERS_QUOTA);
        (quota.account, quota.user)
    };
    use Standing::*;
    assert_eq!(of(User, &[], &[]), (None, None));
    assert_eq!(of(User, &[&five], &[&two]), (Some(5), Some(2)));
    assert_eq!(of(User, &[&five, &two], &[]), (Some(2), None));
    assert_eq!(of(User, &[&other], &[]), (None, None));
    assert_eq!(of(AccountAdministrator, &[&two], &[]), (Some(2), None));
    assert_eq!(of(SystemAdministrator, &[&two], &[&five]), (None, None));

    let quota = Quota {
        account: Some(5),
        user: Some(2),
    };
    assert!(quota.admits_one_more(4, 1));
    assert!(!quota.admits_one_more(5, 1));
    assert!(!quota.admits_one_more(4, 2));
    assert!(Quota::default().admits_one_more(u64::MAX, u64::MAX));
}

proptest! {
    /// The matcher agrees with the obvious, exponential definition of wildcards.
    #[test]
    fn wildcards_match_as_defined(pattern in "[ab*?]{0,8}", text in "[ab]{0,8}") {
        fn obvious(pattern: &[u8], text: &[u8]) -> bool {
            match pattern.split_first() {
                None => text.is_empty(),
                Some((b'*', rest)) => (0..=text.len()).any(|taken| obvious(rest, &text[taken..])),
                Some((byte, rest)) => text.split_first().is_some_and(|(first, others)| {
                    (*byte == b'?' || byte == first) && obvious(rest, others)
                }),
            }
        }
        prop_assert_eq!(
            glob(&pattern, text.as_bytes()),
            obvious(pattern.as_bytes(), text.as_bytes())
        );
    }

    /// A forbidding statement holds, whatever else is said and in whatever order.
    #[test]
    fn nothing_overrules_a_deny(allows in 0usize..4, at in any::<proptest::sample::Index>()) {
        let allow = one(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
        let deny = one(r#"{"Effect":"Deny","Action":"*:Create*","Resource":"*"}"#);
        let mut user = vec![allow; allows];
        user.insert(at.index(allows + 1), deny);
        let holder = Holder { standing: Standing::User, account: &[], user: &user };
        let request = |action| Request { action, resource: None };
        prop_assert!(!decide(&holder, request(CREATE)).is_allowed());
        prop_assert_eq!(decide(&holder, request(DELETE)).is_allowed(), allows > 0);
    }

    #[test]
    fn any_text_is_a_document_or_refused(text in "\\PC{0,60}") {
        let _ = read(&text);
        let _ = read(&format!("{{\"Statement\":{{\"Effect\":\"Allow\",\"Action\":{text:?},\"Resource\":{text:?}}}}}"));
    }
}
