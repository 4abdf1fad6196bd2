use super::*;
use crate::model::listener::{Listener, Port, Protocol};
use proptest::prelude::*;

fn catalogue(dialect: Dialect, predefined: Predefined) -> Catalogue {
    Catalogue {
        dialect,
        kinds: Kind::ALL.into(),
        predefined,
    }
}

fn eucalyptus() -> Catalogue {
    catalogue(Dialect::Eucalyptus, Predefined::To2016)
}

fn amazon() -> Catalogue {
    catalogue(Dialect::Amazon, Predefined::To2017)
}

fn attributes(given: &[(&str, &str)]) -> Vec<Attribute> {
    given
        .iter()
        .map(|(name, value)| Attribute::new(*name, *value))
        .collect()
}

fn name(text: &str) -> PolicyName {
    PolicyName::parse(text, Dialect::Amazon).expect("the name is plain")
}

fn port(number: i64) -> Port {
    Port::new(number).expect("the port is one")
}

fn listener(front: Protocol, number: i64, back: Option<Protocol>, instance: i64) -> Listener {
    Listener {
        protocol: front,
        port: port(number),
        instance_protocol: back,
        instance_port: port(instance),
        certificate: None,
    }
}

/// Creates a policy and describes it: `NAME=VALUE …`, or the refusal.
fn described(
    catalogue: &Catalogue,
    kind: &str,
    given: &[(&str, &str)],
) -> Result<String, PolicyRefusal> {
    let policy = Policy::new(catalogue, name("p"), kind, &attributes(given))?;
    let line: Vec<_> = policy
        .attributes()
        .iter()
        .map(|one| format!("{}={}", one.name, one.value))
        .collect();
    Ok(line.join(" "))
}

#[test]
fn policies_are_read_with_every_documented_refusal() {
    use PolicyRefusal::*;
    let invalid = |text: &str| Err(AttributeInvalid(text.to_owned()));
    type Case<'a> = (
        &'a str,
        &'a [(&'a str, &'a str)],
        Result<&'a str, PolicyRefusal>,
    );
    #[rustfmt::skip]
    let cases: &[Case] = &[
        ("AppCookieStickinessPolicyType", &[("CookieName", "session")], Ok("CookieName=session")),
        ("AppCookieStickinessPolicyType", &[], Err(AttributeMissing { name: "CookieName", cardinality: "ONE" })),
        ("AppCookieStickinessPolicyType", &[("CookieName", "a"), ("CookieName", "b")], Err(AttributeRepeated { name: "CookieName", cardinality: "ONE" })),
        ("AppCookieStickinessPolicyType", &[("CookieName", "a"), ("Colour", "red")], Err(AttributeUnknown("Colour".into()))),
        ("AppCookieStickinessPolicyType", &[("CookieName", "")], invalid("")),
        ("AppCookieStickinessPolicyType", &[("CookieName", "a;b")], invalid("a;b")),
        ("LBCookieStickinessPolicyType", &[("CookieExpirationPeriod", "300")], Ok("CookieExpirationPeriod=300")),
        ("LBCookieStickinessPolicyType", &[("CookieExpirationPeriod", "0")], Ok("CookieExpirationPeriod=0")),
        ("LBCookieStickinessPolicyType", &[], Ok("")),
        ("LBCookieStickinessPolicyType", &[("CookieExpirationPeriod", "-1")], invalid("-1")),
        ("LBCookieStickinessPolicyType", &[("CookieExpirationPeriod", "9223372036854775807")], Ok("CookieExpirationPeriod=9223372036854775807")),
        ("LBCookieStickinessPolicyType", &[("CookieExpirationPeriod", "9223372036854775808")], invalid("9223372036854775808")),
        ("LBCookieStickinessPolicyType", &[("CookieExpirationPeriod", "soon")], invalid("soon")),
        ("LBCookieStickinessPolicyType", &[("CookieExpirationPeriod", "1"), ("CookieExpirationPeriod", "1")], Err(AttributeRepeated { name: "CookieExpirationPeriod", cardinality: "ZERO_OR_ONE" })),
        ("ProxyProtocolPolicyType", &[("ProxyProtocol", "True")], Ok("ProxyProtocol=true")),
        ("ProxyProtocolPolicyType", &[("ProxyProtocol", "yes")], invalid("yes")),
        ("BackendServerAuthenticationPolicyType", &[("PublicKeyPolicyName", "a"), ("PublicKeyPolicyName", "b")], Ok("PublicKeyPolicyName=a PublicKeyPolicyName=b")),
        ("BackendServerAuthenticationPolicyType", &[], Err(AttributeMissing { name: "PublicKeyPolicyName", cardinality: "ONE_OR_MORE" })),
        ("PublicKeyPolicyType", &[("PublicKey", "MIIB")], Ok("PublicKey=MIIB")),
        ("PublicKeyPolicyType", &[("PublicKey", " MIIB\nAA==\n")], Ok("PublicKey=MIIB\nAA==")),
        ("PublicKeyPolicyType", &[("PublicKey", "-----BEGIN CERTIFICATE-----\nMIIBAA==\n-----END CERTIFICATE-----")], Ok("PublicKey=-----BEGIN CERTIFICATE-----\nMIIBAA==\n-----END CERTIFICATE-----")),
        ("PublicKeyPolicyType", &[("PublicKey", "hello")], Err(PublicKeyInvalid)),
        ("PublicKeyPolicyType", &[("PublicKey", "MII!")], Err(PublicKeyInvalid)),
        ("PublicKeyPolicyType", &[("PublicKey", "MIIBA")], Err(PublicKeyInvalid)),
        ("PublicKeyPolicyType", &[("PublicKey", "")], Err(PublicKeyInvalid)),
        ("SSLNegotiationPolicyType", &[("Protocol-TLSv1.2", "true"), ("AES128-SHA", "false")], Ok("Protocol-TLSv1.2=true AES128-SHA=false")),
        ("SSLNegotiationPolicyType", &[("Protocol-TLSv1.3", "true")], Err(AttributeUnknown("Protocol-TLSv1.3".into()))),
        ("SSLNegotiationPolicyType", &[("Reference-Security-Policy", "ELBSecurityPolicy-1999-12")], Err(ReferenceNotFound("ELBSecurityPolicy-1999-12".into()))),
        ("SSLNegotiationPolicyType", &[("Reference-Security-Policy", "ELBSecurityPolicy-TLS-1-2-2017-01")], Err(ReferenceNotFound("ELBSecurityPolicy-TLS-1-2-2017-01".into()))),
        ("sslnegotiationpolicytype", &[], Err(UnknownType)),
        ("NoSuchType", &[], Err(UnknownType)),
    ];
    for (kind, given, expected) in cases {
        let read = described(&eucalyptus(), kind, given);
        assert_eq!(
            read.as_deref(),
            expected.as_ref().map(|s| *s),
            "{kind} {given:?}"
        );
    }
}

#[test]
fn refusals_have_the_documented_texts() {
    let missing = described(&eucalyptus(), "PublicKeyPolicyType", &[]);
    let absent = described(
        &eucalyptus(),
        "SSLNegotiationPolicyType",
        &[("Reference-Security-Policy", "X")],
    );
    let cases = [
        (
            missing,
            "There is no attribute PublicKey found (Cardinality: ONE)",
        ),
        (absent, "Referenced security policy X is not found"),
        (
            Err(PolicyRefusal::NotForListeners(Kind::PublicKey)),
            "PublicKeyPolicyType cannot be set to listeners",
        ),
    ];
    for (refused, expected) in cases {
        assert_eq!(refused.expect_err("it is refused").to_string(), expected);
    }
}

#[test]
fn a_type_that_is_not_on_offer_does_not_exist() {
    // Eucalyptus 4.0 and 4.1.
    let early = Catalogue {
        dialect: Dialect::Eucalyptus,
        kinds: [Kind::AppCookieStickiness, Kind::LbCookieStickiness].into(),
        predefined: Predefined::None,
    };
    let refused = described(&early, "PublicKeyPolicyType", &[("PublicKey", "MIIB")]);
    assert_eq!(refused, Err(PolicyRefusal::UnknownType));
    let names: Vec<_> = early
        .samples()
        .iter()
        .map(|policy| policy.name().to_string())
        .collect();
    assert_eq!(
        names,
        [
            "ELBSample-AppCookieStickinessPolicy",
            "ELBSample-LBCookieStickinessPolicy"
        ]
    );
    assert_eq!(early.kinds().count(), 2);
    assert_eq!(early.default_security_policy(), None);
}

#[test]
fn samples_are_those_of_the_release() {
    let names = |catalogue: &Catalogue| -> Vec<String> {
        let samples = catalogue.samples();
        samples
            .iter()
            .map(|policy| {
                let name = policy.name().as_str();
                name.trim_start_matches("ELBSecurityPolicy-").to_owned()
            })
            .collect()
    };
    let app = "ELBSample-AppCookieStickinessPolicy";
    let lb = "ELBSample-LBCookieStickinessPolicy";
    #[rustfmt::skip]
    let cases = [
        (catalogue(Dialect::Eucalyptus, Predefined::To2015), vec![app, lb, "2011-08", "2014-01", "2014-10", "2015-02", "2015-05"]),
        (eucalyptus(), vec![app, lb, "2011-08", "2014-01", "2014-10", "2015-02", "2015-03", "2015-05", "2016-08"]),
        (amazon(), vec!["TLS-1-2-2017-01", "TLS-1-1-2017-01", "2016-08", "2015-05", "2015-03", "2015-02", "2014-10", "2014-01", "2011-08", app, lb]),
    ];
    for (catalogue, expected) in cases {
        assert_eq!(names(&catalogue), expected, "{catalogue:?}");
    }
    let default = |catalogue: &Catalogue| catalogue.default_security_policy().map(|p| p.name);
    assert_eq!(
        default(&catalogue(Dialect::Eucalyptus, Predefined::To2015)),
        Some("ELBSecurityPolicy-2015-05")
    );
    assert_eq!(default(&amazon()), Some("ELBSecurityPolicy-2016-08"));
}

#[test]
fn a_reference_stands_for_the_switches_of_the_predefined_policy() {
    let given = [("Reference-Security-Policy", "ELBSecurityPolicy-2016-08")];
    let kind = "SSLNegotiationPolicyType";
    let eucalyptus = described(&eucalyptus(), kind, &given).expect("it exists");
    assert!(
        eucalyptus.starts_with(
            "Protocol-TLSv1=true Protocol-SSLv3=false Protocol-TLSv1.1=true \
             Protocol-TLSv1.2=true Server-Defined-Cipher-Order=true \
             ECDHE-ECDSA-AES128-GCM-SHA256=true"
        ),
        "{eucalyptus}"
    );
    let amazon = described(&amazon(), kind, &given).expect("it exists");
    assert_eq!(
        amazon,
        format!("Reference-Security-Policy=ELBSecurityPolicy-2016-08 {eucalyptus}")
    );
}

#[test]
fn amazon_describes_the_switches_that_were_not_given_as_off() {
    let given = [("AES128-SHA", "true")];
    let line = described(&amazon(), "SSLNegotiationPolicyType", &given).expect("it is one");
    assert_eq!(line.matches("=true").count(), 1);
    assert_eq!(line.matches("=false").count(), 5 + 87);
    assert!(line.contains(" AES128-SHA=true "));
}

#[test]
fn names_are_read_by_the_dialect() {
    use Dialect::*;
    use PolicyRefusal::*;
    let long = "a".repeat(NAME_AT_MOST + 1);
    let cases = [
        ("my-policy", Amazon, None),
        ("my_policy", Amazon, Some(NameInvalid)),
        ("my_policy", Eucalyptus, None),
        ("", Amazon, Some(NameMissing)),
        ("", Eucalyptus, Some(NameMissing)),
        ("a\u{0}", Eucalyptus, Some(NameInvalid)),
        (&long[1..], Eucalyptus, None),
        (&long, Eucalyptus, Some(NameInvalid)),
    ];
    for (text, dialect, expected) in cases {
        assert_eq!(
            PolicyName::parse(text, dialect).err(),
            expected,
            "{text} {dialect:?}"
        );
    }
}

/// A load balancer's policies with one of each kind, named by a letter.
fn stocked() -> Policies {
    let mut policies = Policies::default();
    #[rustfmt::skip]
    let stock = [
        ("app", "AppCookieStickinessPolicyType", ("CookieName", "session")),
        ("lb", "LBCookieStickinessPolicyType", ("CookieExpirationPeriod", "60")),
        ("ssl", "SSLNegotiationPolicyType", ("Protocol-TLSv1.2", "true")),
        ("ssl2", "SSLNegotiationPolicyType", ("Protocol-TLSv1.2", "true")),
        ("key", "PublicKeyPolicyType", ("PublicKey", "MIIB")),
        ("auth", "BackendServerAuthenticationPolicyType", ("PublicKeyPolicyName", "key")),
        ("proxy", "ProxyProtocolPolicyType", ("ProxyProtocol", "true")),
    ];
    for (policy, kind, attribute) in stock {
        policies
            .create(&amazon(), name(policy), kind, &attributes(&[attribute]))
            .expect("the stock is sound");
    }
    policies
}

#[test]
fn listeners_take_the_policies_that_suit_them() {
    use Dialect::*;
    use PolicyRefusal::*;
    use Protocol::*;
    #[rustfmt::skip]
    let cases: &[(Dialect, Protocol, &[&str], Option<PolicyRefusal>)] = &[
        (Eucalyptus, Http, &["app"], None),
        (Eucalyptus, Https, &["lb", "ssl"], None),
        (Eucalyptus, Http, &["lb", "lb"], None),
        (Eucalyptus, Http, &[], None),
        (Eucalyptus, Http, &["app", "lb"], Some(OneStickiness)),
        (Eucalyptus, Tcp, &["lb"], Some(StickinessNeedsHttp)),
        (Eucalyptus, Ssl, &["app"], Some(StickinessNeedsHttp)),
        (Eucalyptus, Http, &["none"], Some(NotFound)),
        (Eucalyptus, Http, &["App"], Some(NotFound)),
        (Eucalyptus, Http, &["key"], Some(NotForListeners(Kind::PublicKey))),
        (Eucalyptus, Http, &["proxy"], Some(NotForListeners(Kind::ProxyProtocol))),
        (Eucalyptus, Http, &["auth"], Some(NotForListeners(Kind::BackendServerAuthentication))),
        (Eucalyptus, Http, &["ssl", "ssl2"], None),
        (Amazon, Ssl, &["ssl"], None),
        (Amazon, Http, &["ssl"], Some(NegotiationNeedsTls)),
        (Amazon, Https, &["ssl", "ssl2"], Some(OneNegotiation)),
    ];
    for (dialect, protocol, names, expected) in cases {
        let mut policies = stocked();
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let set = policies.set_of_listener(*dialect, &listener(*protocol, 80, None, 80), &names);
        assert_eq!(
            set.err().as_ref(),
            expected.as_ref(),
            "{dialect:?} {protocol} {names:?}"
        );
    }
}

#[test]
fn instance_ports_take_the_policies_that_suit_them() {
    use Dialect::*;
    use PolicyRefusal::*;
    use Protocol::*;
    type Case<'a> = (
        Dialect,
        Protocol,
        Option<Protocol>,
        i64,
        &'a [&'a str],
        Option<PolicyRefusal>,
    );
    #[rustfmt::skip]
    let cases: &[Case] = &[
        (Eucalyptus, Http, Some(Https), 8443, &["auth"], None),
        (Eucalyptus, Tcp, Some(Ssl), 8443, &["auth"], None),
        (Eucalyptus, Http, Some(Http), 8443, &["auth"], Some(AuthenticationNeedsTls)),
        (Eucalyptus, Http, None, 8443, &["auth"], Some(AuthenticationNeedsTls)),
        (Eucalyptus, Http, Some(Https), 80, &["auth"], Some(NoListenerForBackend)),
        (Eucalyptus, Http, Some(Https), 8443, &["proxy"], Some(OnlyAuthenticationForBackends)),
        (Eucalyptus, Http, Some(Https), 8443, &["lb"], Some(OnlyAuthenticationForBackends)),
        (Eucalyptus, Http, Some(Https), 80, &["none"], Some(NotFound)),
        (Eucalyptus, Http, Some(Http), 8443, &[], None),
        (Amazon, Tcp, Some(Tcp), 8443, &["proxy"], None),
        (Amazon, Ssl, Some(Ssl), 8443, &["proxy", "auth"], None),
        (Amazon, Http, Some(Http), 8443, &["proxy"], None),
        (Amazon, Http, Some(Http), 8081, &["proxy"], None),
        (Amazon, Http, Some(Http), 8443, &["auth"], Some(AuthenticationNeedsTls)),
        (Amazon, Tcp, Some(Tcp), 8443, &["key"], Some(NotForBackends(name("key")))),
    ];
    for (dialect, front, back, instance_port, names, expected) in cases {
        let mut policies = stocked();
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let listeners = [listener(*front, 443, *back, 8443)];
        let set = policies.set_for_backend(*dialect, &listeners, port(*instance_port), &names);
        assert_eq!(
            set.err().as_ref(),
            expected.as_ref(),
            "{dialect:?} {front} {names:?}"
        );
    }
}

#[test]
fn what_is_in_force_is_seen_replaced_and_cleared() {
    let mut policies = stocked();
    let http = listener(Protocol::Http, 80, None, 8080);
    let tcp = listener(Protocol::Tcp, 25, Some(Protocol::Ssl), 2525);
    let listeners = [http.clone(), tcp.clone()];
    let set = |policies: &mut Policies, names: &[&str]| {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        policies.set_of_listener(Dialect::Amazon, &http, &names)
    };
    set(&mut policies, &["app"]).expect("it suits");
    set(&mut policies, &["lb"]).expect("it suits");
    assert_eq!(policies.of_listener(port(80)), [name("lb")]);
    let terms: Vec<_> = policies.terms_of_listener(port(80)).collect();
    let expiration_seconds = Some(60);
    assert_eq!(terms, [&Terms::LbCookieStickiness { expiration_seconds }]);

    // A refusal changes nothing.
    set(&mut policies, &["app", "none"]).expect_err("there is no such policy");
    assert_eq!(policies.of_listener(port(80)), [name("lb")]);

    let back = ["auth".to_owned(), "proxy".to_owned()];
    policies
        .set_for_backend(Dialect::Amazon, &listeners, port(2525), &back)
        .expect("they suit");
    assert!(policies.proxy_protocol_ports().eq([port(2525)]));
    assert_eq!(policies.trusted_keys(port(2525)), ["MIIB"]);
    assert_eq!(policies.trusted_keys(port(8080)), [] as [&str; 0]);

    // With a listener go its own port and, but for Amazon, the instance port that only it forwarded to.
    policies.prune(Dialect::Amazon, listeners[..1].iter());
    assert!(policies.proxy_protocol_ports().eq([port(2525)]));
    let mut cleared = policies.clone();
    let left = || &listeners[..1];
    cleared
        .set_for_backend(Dialect::Amazon, left(), port(2525), &[])
        .expect("there is something to clear");
    assert_eq!(cleared.backends().count(), 0);
    let none = policies.set_for_backend(Dialect::Eucalyptus, left(), port(2525), &[]);
    assert_eq!(none, Err(PolicyRefusal::NoListenerForBackend));
    policies.prune(Dialect::Eucalyptus, listeners[..1].iter());
    assert_eq!(policies.backends().count(), 0);
    assert_eq!(policies.of_listener(port(80)), [name("lb")]);
    set(&mut policies, &[]).expect("none is fine");
    assert_eq!(policies.of_listener(port(80)), []);
    assert_eq!(policies.iter().count(), 7);
}

#[test]
fn a_policy_in_use_stays() {
    let mut policies = stocked();
    let tcp = listener(Protocol::Tcp, 25, Some(Protocol::Ssl), 2525);
    let https = listener(Protocol::Https, 443, None, 80);
    let names = ["ssl".to_owned()];
    policies
        .set_of_listener(Dialect::Amazon, &https, &names)
        .expect("it suits");
    let names = ["auth".to_owned()];
    policies
        .set_for_backend(Dialect::Amazon, &[tcp], port(2525), &names)
        .expect("it suits");
    let cases = [
        ("ssl", Err(PolicyRefusal::UsedByListeners)),
        ("auth", Err(PolicyRefusal::UsedByBackends)),
        ("key", Err(PolicyRefusal::UsedByPolicy(name("auth")))),
        ("app", Ok(())),
        ("app", Ok(())),
        ("never-was", Ok(())),
    ];
    for (policy, expected) in cases {
        assert_eq!(policies.delete(policy), expected, "{policy}");
    }
    assert!(policies.get("app").is_none() && policies.get("key").is_some());
}

#[test]
fn creation_refuses_taken_names_dangling_references_and_too_many() {
    let mut policies = stocked();
    let app = "AppCookieStickinessPolicyType";
    let cookie = attributes(&[("CookieName", "x")]);
    let again = policies.create(&amazon(), name("lb"), app, &cookie);
    assert_eq!(again, Err(PolicyRefusal::Duplicate));
    // The same policy of the PROXY protocol once more is none more at Amazon, and a duplicate elsewhere.
    let proxy = "ProxyProtocolPolicyType";
    for (catalogue, enabled, expected) in [
        (amazon(), "true", Ok(())),
        (amazon(), "false", Err(PolicyRefusal::Duplicate)),
        (eucalyptus(), "true", Err(PolicyRefusal::Duplicate)),
    ] {
        let given = attributes(&[("ProxyProtocol", enabled)]);
        let repeated = policies.create(&catalogue, name("proxy"), proxy, &given);
        assert_eq!(repeated, expected, "{enabled}");
    }
    let auth = "BackendServerAuthenticationPolicyType";
    for absent in ["never-was", "lb"] {
        let given = attributes(&[("PublicKeyPolicyName", absent)]);
        let dangling = policies.create(&amazon(), name("new"), auth, &given);
        assert_eq!(dangling, Err(PolicyRefusal::NotFound), "{absent}");
    }
    for number in policies.iter().count()..POLICIES_AT_MOST {
        policies
            .create(&amazon(), name(&format!("p{number}")), app, &cookie)
            .expect("there is room");
    }
    let one_more = policies.create(&amazon(), name("more"), app, &cookie);
    assert_eq!(one_more, Err(PolicyRefusal::TooMany));
}

#[test]
fn a_new_secure_listener_gets_the_default_security_policy() {
    let mut policies = Policies::default();
    let https = listener(Protocol::Https, 443, None, 80);
    let ssl = listener(Protocol::Ssl, 993, None, 143);
    let http = listener(Protocol::Http, 80, None, 80);
    for one in [&https, &ssl, &http] {
        policies.secure(&amazon(), one).expect("there is room");
    }
    let default = name("ELBSecurityPolicy-2016-08");
    for secure in [443, 993] {
        assert_eq!(
            policies.of_listener(port(secure)),
            std::slice::from_ref(&default)
        );
    }
    assert_eq!(policies.of_listener(port(80)), []);
    assert_eq!(policies.iter().count(), 1);
    let Some(Terms::SslNegotiation(negotiation)) = policies.terms_of_listener(port(443)).next()
    else {
        panic!("it is an SSL negotiation policy");
    };
    assert!(negotiation.enables(Switch::Version(Version::Tls1_2)));
    assert!(!negotiation.enables(Switch::Version(Version::Ssl3)));
}

#[test]
fn policies_survive_the_store() {
    let mut policies = stocked();
    let https = listener(Protocol::Https, 443, Some(Protocol::Https), 8443);
    policies.secure(&amazon(), &https).expect("there is room");
    policies
        .set_for_backend(
            Dialect::Amazon,
            std::slice::from_ref(&https),
            port(8443),
            &["auth".to_owned()],
        )
        .expect("it suits");
    let text = serde_json::to_string(&policies).expect("it is data");
    let back: Policies = serde_json::from_str(&text).expect("it was written here");
    assert_eq!(back, policies);
}

proptest! {
    /// Whatever is accepted is described in a form that is accepted again and means the same.
    #[test]
    fn descriptions_are_read_back(
        kind in proptest::sample::select(&Kind::ALL[..]),
        amazon_rules in any::<bool>(),
        values in proptest::collection::vec(("\\PC{0,12}", "(true|false|TRUE|[0-9]{1,4}|MIIB|\\PC{0,6})"), 0..4),
        pick in proptest::collection::vec(any::<proptest::sample::Index>(), 4),
    ) {
        let catalogue = if amazon_rules { amazon() } else { eucalyptus() };
        let types = kind.attributes(catalogue.dialect);
        let given: Vec<_> = values
            .iter()
            .zip(&pick)
            .map(|((wild, value), pick)| {
                let known = types[pick.index(types.len())].name;
                let name = if wild.len() > 9 { wild.as_str() } else { known };
                Attribute::new(name, value.as_str())
            })
            .collect();
        if let Ok(policy) = Policy::new(&catalogue, name("p"), kind.as_str(), &given) {
            prop_assert_eq!(policy.kind(), kind);
            let again = Policy::new(&catalogue, name("p"), kind.as_str(), &policy.attributes());
            prop_assert_eq!(again.as_ref(), Ok(&policy));
            let text = serde_json::to_string(&policy).expect("it is data");
            let back: Policy = serde_json::from_str(&text).expect("it was written here");
            prop_assert_eq!(back, policy);
        }
    }
}
