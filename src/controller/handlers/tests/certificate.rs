//! Server certificates, and the secure listeners that need them.

use super::*;
use crate::wire::query::form;

/// A certificate of a host with its key, both in PEM.
fn pair(host: &str) -> (String, String) {
    let made = rcgen::generate_simple_self_signed([host.to_owned()]).unwrap();
    (made.cert.pem(), made.signing_key.serialize_pem())
}

fn upload(name: &str, certificate: &str, key: &str) -> String {
    let parameters = form([
        ("ServerCertificateName", name),
        ("CertificateBody", certificate),
        ("PrivateKey", key),
    ]);
    format!("iam:UploadServerCertificate {parameters}")
}

/// A question about a listener on 443, HTTPS unless said otherwise.
fn listener(action: &str, rest: &str) -> String {
    let protocol = if rest.contains(".Protocol") {
        ""
    } else {
        "&Listeners.member.1.Protocol=HTTPS"
    };
    format!(
        "{action} LoadBalancerName=safe&Listeners.member.1.LoadBalancerPort=443\
         &Listeners.member.1.InstancePort=80{protocol}{rest}"
    )
}

impl Desk {
    async fn arn(&self, name: &str) -> String {
        let (certificate, key) = pair("web.example.org");
        let answer = self.ask(&upload(name, &certificate, &key)).await.unwrap();
        let (_, rest) = answer.split_once("<Arn>").unwrap();
        rest.split_once("</Arn>").unwrap().0.to_owned()
    }

    async fn refusal(&self, question: &str) -> String {
        let text = self.tell(question).await;
        assert!(!text.starts_with('<'), "{text}");
        text.trim_end().to_owned()
    }
}

#[tokio::test]
async fn certificates_are_kept_listed_renamed_and_deleted() {
    let desk = Desk::open(Release::V4_4_2);
    let arn = desk.arn("web").await;
    let account = desk.context().caller.account.clone();
    assert_eq!(
        arn,
        format!("arn:aws:iam::{account}:server-certificate/web")
    );
    desk.arn("api").await;
    let listed = desk.tell("iam:ListServerCertificates MaxItems=1").await;
    assert!(
        listed.contains("<IsTruncated>true</IsTruncated>"),
        "{listed}"
    );
    assert!(listed.contains("<ServerCertificateName>api<"), "{listed}");
    let (_, marker) = listed.split_once("<Marker>").unwrap();
    let marker = marker.split_once('<').unwrap().0;
    let marker = marker.replace("(tenant)", account.as_str());
    let rest = desk
        .tell(&format!("iam:ListServerCertificates Marker={marker}"))
        .await;
    assert!(rest.contains("<IsTruncated>false</IsTruncated>"), "{rest}");
    assert!(rest.contains(">web<") && !rest.contains(">api<"), "{rest}");
    desk.ask(
        "iam:UpdateServerCertificate ServerCertificateName=web&NewServerCertificateName=www\
         &NewPath=/prod/",
    )
    .await
    .unwrap();
    let renamed = desk
        .tell("iam:GetServerCertificate ServerCertificateName=www")
        .await;
    assert!(
        renamed.contains("server-certificate/prod/www</Arn>"),
        "{renamed}"
    );
    assert!(renamed.contains("-----BEGIN CERTIFICATE-----"), "{renamed}");
    assert!(!renamed.contains("PRIVATE KEY"), "{renamed}");
    for question in [
        "iam:GetServerCertificate ServerCertificateName=web",
        "iam:DeleteServerCertificate ServerCertificateName=web",
        "iam:UpdateServerCertificate ServerCertificateName=web",
    ] {
        assert_eq!(
            desk.refusal(question).await,
            "404 NoSuchEntity: The Server Certificate with name web cannot be found."
        );
    }
    assert_eq!(
        desk.refusal(
            "iam:UpdateServerCertificate ServerCertificateName=www&NewServerCertificateName=api"
        )
        .await,
        "409 EntityAlreadyExists: The Server Certificate with name api already exists."
    );
    desk.ask("iam:DeleteServerCertificate ServerCertificateName=www")
        .await
        .unwrap();
    let left = desk.tell("iam:ListServerCertificates PathPrefix=/").await;
    assert!(!left.contains(">www<") && left.contains(">api<"), "{left}");
}

#[tokio::test]
async fn what_is_no_certificate_or_not_its_key_is_refused() {
    let desk = Desk::open(Release::Aws);
    let (certificate, key) = pair("web.example.org");
    let (other, other_key) = pair("other.example.org");
    let two = format!("{certificate}{other}");
    let broken = certificate.replace("MII", "AAA");
    let cases = [
        (
            upload("web", "hello", &key),
            "400 MalformedCertificate: Unable to parse certificate. Please ensure",
        ),
        (
            upload("web", &broken, &key),
            "400 MalformedCertificate: Unable to parse certificate. Please ensure",
        ),
        (
            upload("web", &two, &key),
            "400 MalformedCertificate: The certificate body must hold one certificate",
        ),
        (
            upload("web", &certificate, "hello"),
            "400 MalformedCertificate: Unable to parse key",
        ),
        (
            upload("web", &certificate, &other_key),
            "400 KeyPairMismatch: Private key does not match",
        ),
        (
            upload("a b", &certificate, &key),
            "400 ValidationError: the name of a server certificate",
        ),
        (
            upload("web", &certificate, &key) + "&Path=prod",
            "400 ValidationError: a path begins and ends with /",
        ),
        (
            upload("web", &certificate, &key) + "&CertificateChain=hello",
            "400 MalformedCertificate: Unable to parse certificate chain",
        ),
        (
            upload("web", &certificate, &"k".repeat(20_000)),
            "400 ValidationError: privateKey must have length less than or equal to 16384",
        ),
        (
            "iam:ListRoles".to_owned(),
            "400 InvalidAction: The action ListRoles is not one that IAM of this local cloud",
        ),
    ];
    for (question, expected) in cases {
        let text = desk.refusal(&question).await;
        assert!(text.starts_with(expected), "{expected}: {text}");
    }
    desk.ask(&upload("web", &certificate, &key)).await.unwrap();
    assert_eq!(
        desk.refusal(&upload("web", &other, &other_key)).await,
        "409 EntityAlreadyExists: The Server Certificate with name web already exists."
    );
}

#[tokio::test]
async fn secure_listeners_need_a_certificate_of_the_account() {
    let new = "CreateLoadBalancer";
    let zone = "&AvailabilityZones.member.1=PARTI00";
    let absent = "&Listeners.member.1.SSLCertificateId=arn:aws:iam::1:server-certificate/x";
    #[rustfmt::skip]
    let cases = [
        (Release::V3_4_3, "", "400 400: The requested protocol is not supported"),
        (Release::V4_0_0, "", "409 InvalidConfigurationRequest: Requested configuration change is invalid: SSLCertificateId is required for HTTPS or SSL protocol"),
        (Release::Aws, "", "400 ValidationError: Secure Listeners need to specify a SSLCertificateId"),
        (Release::V4_0_0, absent, "400 CertificateNotFoundException: The specified SSL ID does not refer to a valid SSL certificate in the AWS Identity and Access Management Service."),
        (Release::Aws, absent, "400 CertificateNotFound: Server Certificate not found for the key: arn:aws:iam::1:server-certificate/x"),
    ];
    for (release, rest, expected) in cases {
        let desk = Desk::open(release);
        let question = listener(new, &format!("{zone}{rest}"));
        assert_eq!(desk.refusal(&question).await, expected, "{release}");
    }
    // Another account's certificate is as good as none.
    let mut desk = Desk::open(Release::V4_4_2);
    let arn = desk.arn("web").await;
    desk.administrator = true;
    let foreign = listener(
        new,
        &format!("{zone}&Listeners.member.1.SSLCertificateId={arn}"),
    );
    assert!(
        desk.refusal(&foreign)
            .await
            .starts_with("400 CertificateNotFoundException")
    );
}

#[tokio::test]
async fn a_secure_listener_is_described_with_certificate_and_policy() {
    for (release, policy) in [
        (Release::V4_0_0, None),
        (Release::V4_2_0, Some("ELBSecurityPolicy-2015-05")),
        (Release::V4_4_0, Some("ELBSecurityPolicy-2016-08")),
        (Release::Aws, Some("ELBSecurityPolicy-2016-08")),
    ] {
        let desk = Desk::open(release);
        let arn = desk.arn("web").await;
        let certified = format!("&Listeners.member.1.SSLCertificateId={arn}");
        let zone = "&AvailabilityZones.member.1=PARTI00";
        let made = listener("CreateLoadBalancer", &format!("{certified}{zone}"));
        desk.ask(&made).await.unwrap();
        // The same listener again: with a certificate, every release takes it.
        desk.ask(&listener("CreateLoadBalancerListeners", &certified))
            .await
            .unwrap();
        let described = desk.ask("DescribeLoadBalancers").await.unwrap();
        assert!(
            described.contains(&format!("<SSLCertificateId>{arn}</SSLCertificateId>")),
            "{described}"
        );
        let shown = policy.map_or("<PolicyNames/>".to_owned(), |name| {
            format!("<PolicyNames><member>{name}</member></PolicyNames>")
        });
        assert!(described.contains(&shown), "{release}: {described}");

        let other = desk.arn("other").await;
        desk.ask(&format!(
            "SetLoadBalancerListenerSSLCertificate LoadBalancerName=safe&LoadBalancerPort=443\
             &SSLCertificateId={other}"
        ))
        .await
        .unwrap();
        desk.ask("iam:DeleteServerCertificate ServerCertificateName=web")
            .await
            .unwrap();
        let used = desk
            .refusal("iam:DeleteServerCertificate ServerCertificateName=other")
            .await;
        assert!(used.starts_with("409 DeleteConflict: "), "{used}");
        // A rename takes the listener along.
        desk.ask(
            "iam:UpdateServerCertificate ServerCertificateName=other&NewServerCertificateName=new",
        )
        .await
        .unwrap();
        let described = desk.ask("DescribeLoadBalancers").await.unwrap();
        assert!(
            described.contains("server-certificate/new</SSLCertificateId>"),
            "{described}"
        );
    }
}

#[tokio::test]
async fn a_certificate_is_set_where_there_is_a_secure_listener() {
    let desk = Desk::with_web(Release::V4_4_2).await;
    let arn = desk.arn("web").await;
    let set = |port: &str, arn: &str| {
        format!(
            "SetLoadBalancerListenerSSLCertificate LoadBalancerName=web&LoadBalancerPort={port}\
             &SSLCertificateId={arn}"
        )
    };
    #[rustfmt::skip]
    let cases = [
        (set("443", &arn), "400 ListenerNotFound: Load balancer does not have a listener configured at the given port."),
        (set("0", &arn), "400 ListenerNotFound: Load balancer does not have a listener configured at the given port."),
        (set("80", &arn), "409 InvalidConfigurationRequest: Requested configuration change is invalid: SSLCertificateId can be specified for HTTPS or SSL listeners only"),
        (set("80", ""), "409 InvalidConfigurationRequest: Requested configuration change is invalid: SSLCertificateId is not specified"),
        (set("80", "x"), "400 CertificateNotFoundException: The specified SSL ID does not refer to a valid SSL certificate in the AWS Identity and Access Management Service."),
        (set("80", &arn).replace("=web", "=no"), "400 AccessPointNotFound: The specified LoadBalancer could not be found"),
    ];
    for (question, expected) in cases {
        assert_eq!(desk.refusal(&question).await, expected);
    }
}

#[tokio::test]
async fn a_certificate_has_tags_of_its_own() {
    let desk = Desk::open(Release::Aws);
    let (certificate, key) = pair("web.example.org");
    let uploaded = format!(
        "{}&Tags.member.1.Key=stage&Tags.member.1.Value=test",
        upload("web", &certificate, &key)
    );
    desk.ask(&uploaded).await.unwrap();
    let name = "ServerCertificateName=web";
    let told = desk
        .ask(&format!("iam:GetServerCertificate {name}"))
        .await
        .unwrap();
    assert!(
        told.contains("<Key>stage</Key><Value>test</Value>"),
        "{told}"
    );
    // As it was uploaded, but without the end of the last line.
    let body = format!(
        "<CertificateBody>{}</CertificateBody>",
        certificate.trim_end()
    );
    assert!(told.replace("&#10;", "\n").contains(&body), "{told}");
    desk.ask(&format!(
        "iam:TagServerCertificate {name}&Tags.member.1.Key=a&Tags.member.1.Value=b"
    ))
    .await
    .unwrap();
    desk.ask(&format!(
        "iam:UntagServerCertificate {name}&TagKeys.member.1=stage"
    ))
    .await
    .unwrap();
    let list = format!("iam:ListServerCertificateTags {name}");
    let tags = desk.ask(&list).await.unwrap();
    assert!(
        tags.contains("<Key>a</Key>") && !tags.contains("stage"),
        "{tags}"
    );
    // EC2 lists the tags of what is EC2's.
    let others = desk.ask("ec2:DescribeTags").await.unwrap();
    assert!(!others.contains("<key>a</key>"), "{others}");
    desk.ask(&format!("iam:DeleteServerCertificate {name}"))
        .await
        .unwrap();
    desk.ask(&upload("web", &certificate, &key)).await.unwrap();
    let tags = desk.ask(&list).await.unwrap();
    assert!(
        !tags.contains("<Key>"),
        "the next of the name has none: {tags}"
    );
}
