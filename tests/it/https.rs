//! HTTPS on the whole cloud: a certificate uploaded to its IAM, a listener that takes it, traffic
//! through it, and another certificate in its place.

use crate::cloud::{Account, Cloud, HTTP_80};
use crate::tls::{OK, Secure, TlsInstance, fixture, trusting};
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::SystemTime;

/// Uploads a certificate of the fixtures as an IAM client would; returns its ARN.
fn upload(cloud: &Cloud, name: &str, certificate: &str, key: &str) -> String {
    let read = |file| std::fs::read_to_string(fixture(file)).unwrap();
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let body = format!(
        "Action=UploadServerCertificate&Version=2010-05-08&ServerCertificateName={name}\
         &CertificateBody={}&PrivateKey={}",
        encoded(&read(certificate)),
        encoded(&read(key))
    );
    let environment = cloud.environment(Account::Tenant);
    let authority = environment.endpoint.trim_start_matches("http://");
    let authority = authority.split('/').next().unwrap();
    let (key, secret) = (&environment.access_key, &environment.secret_key);
    let identity = Credentials::new(key, secret, None, None, "test").into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region("eucalyptus")
        .name("iam")
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()
        .unwrap()
        .into();
    let url = format!("http://{authority}/");
    let signable = SignableBody::Bytes(body.as_bytes());
    let signable = SignableRequest::new("POST", url, std::iter::empty(), signable).unwrap();
    let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
    let headers: String = instructions
        .headers()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let mut stream = TcpStream::connect(authority).unwrap();
    let request = format!(
        "POST / HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let arn = answer
        .split_once("<Arn>")
        .unwrap_or_else(|| panic!("{answer}"));
    arn.1.split('<').next().unwrap().to_owned()
}

/// Where the HTTPS listener of `web` is.
fn address(cloud: &Cloud) -> SocketAddr {
    let urls = cloud.ok("eulb", ["resolve", "web"]);
    let url = urls.lines().find_map(|url| url.strip_prefix("https://"));
    let authority = url.unwrap().trim_end_matches('/');
    authority
        .parse()
        .unwrap_or_else(|_| SocketAddr::new(authority.parse().unwrap(), 443))
}

/// A policy is described in full; what of it is in force is asked of `eulb explain`.
#[test]
fn explain_tells_what_of_a_security_policy_is_served() {
    let cloud = Cloud::with(&["--release=aws", "--ephemeral"]);
    let arn = upload(&cloud, "first", "rsa.pem", "rsa-pkcs8.key");
    let line = |listener: &str| format!("{listener}, instance-port=80, cert-id={arn}");
    let (https, ssl) = (
        line("lb-port=443, protocol=HTTPS"),
        line("lb-port=444, protocol=SSL"),
    );
    let zone = ["--release=aws", "-z", "PARTI00"];
    let listeners = ["-l", &https, "-l", &ssl, "-l", HTTP_80, "web"];
    cloud.ok("eulb-create-lb", [&zone[..], &listeners].concat());
    let policy = "-n narrow -t SSLNegotiationPolicyType -A Protocol-TLSv1.2=true,Protocol-TLSv1.1=true,\
                  ECDHE-RSA-AES128-GCM-SHA256=true,AES128-SHA=true,DES-CBC3-SHA=false web";
    let policy = policy.split_whitespace();
    cloud.ok(
        "eulb-create-lb-policy",
        ["--release=aws"].into_iter().chain(policy),
    );
    let set = |port: &str, policy: &str| {
        let line = ["--release=aws", "-l", port, "-p", policy, "web"];
        cloud.ok("eulb-set-lb-policies-of-listener", line);
        cloud.settle();
    };
    set("443", "narrow");
    set("444", "");
    let arguments = ["explain", "--lb", "web"];
    let told = cloud.ok("eulb", arguments);
    let expected = "\nHTTPS on port 443: security policy narrow\n  \
        serves          TLSv1.2, ECDHE-RSA-AES128-GCM-SHA256\n  \
        does not serve  TLSv1.1, AES128-SHA\n  \
        clients that have nothing but what is not served are refused\n\
        \nSSL on port 444: no security policy; TLS 1.2 and 1.3 with every cipher that there is\n";
    assert!(told.contains(expected), "{told}");
    assert!(!told.contains("on port 80"), "{told}");
    // What is told is what a client meets.
    let versions = &[&rustls::version::TLS12];
    let mut client = Secure::connect(address(&cloud), &trusting(&[fixture("rsa.pem")], versions));
    assert_eq!(client.get("/").0, 503);
    assert_eq!(client.cipher(), "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
}

#[test]
fn a_listener_serves_the_certificate_of_the_clouds_iam_and_then_another() {
    let cloud = Cloud::with(&["--release=4.4.2"]);
    let first = upload(&cloud, "first", "ec.pem", "ec-pkcs8.key");
    let listener = format!("lb-port=443, protocol=HTTPS, instance-port=80, cert-id={first}");
    cloud.ok(
        "eulb-create-lb",
        ["--release=4.4.2", "-z", "PARTI00", "-l", &listener, "web"],
    );
    cloud.check_quickly("web", "TCP:80");
    let instances = cloud.run_instances(1, "PARTI00");
    cloud.register("web", &instances);
    cloud.await_state("web", &instances, "InService");

    // The policy of a new listener names no TLS 1.3.
    let versions = &[&rustls::version::TLS12];
    let (first_only, second_only) = (
        trusting(&[fixture("ec.pem")], versions),
        trusting(&[fixture("rsa.pem")], versions),
    );
    let mut kept = Secure::connect(address(&cloud), &first_only);
    let (status, page) = kept.get("/headers");
    assert_eq!(status, 200);
    assert!(page.contains(&instances[0]), "{page}");
    assert!(
        page.to_lowercase().contains("x-forwarded-proto: https"),
        "{page}"
    );

    let second = upload(&cloud, "second", "rsa.pem", "rsa-pkcs8.key");
    cloud.ok(
        "eulb-set-lb-listener-ssl-cert",
        ["--release=4.4.2", "-l", "443", "-c", &second, "web"],
    );
    cloud.settle();
    assert_eq!(
        Secure::connect(address(&cloud), &second_only).get("/").0,
        200
    );
    // Who was connected before is served on.
    assert_eq!(kept.get("/").0, 200);
}

#[test]
fn an_instance_with_another_key_than_the_trusted_ones_is_not_asked() {
    let cloud = Cloud::with(&["--release=aws"]);
    let instance = TlsInstance::answering(OK, true);
    let ids = ["i-51000000".to_owned()];
    let port = format!("443={}", instance.address.port());
    let address = instance.address.ip().to_string();
    let words = ["instance", "add", &ids[0], "--zone", "PARTI00"];
    let where_it_is = ["--address", &address, "--port", &port];
    cloud.ok("eulb", words.into_iter().chain(where_it_is));
    let listener = "lb-port=80, protocol=HTTP, instance-port=443, instance-protocol=HTTPS";
    cloud.ok(
        "eulb-create-lb",
        ["--release=aws", "-z", "PARTI00", "-l", listener, "web"],
    );
    // A check that asks no key: what is shown is that traffic does.
    cloud.check_quickly("web", "TCP:443");
    cloud.register("web", &ids);
    cloud.await_state("web", &ids, "InService");
    let listener = cloud.listener("web");
    assert_eq!(cloud.get(&listener), (200, "ok".to_owned()), "no key asked");

    let trust = |name: &str, key: &str| {
        let key = std::fs::read_to_string(fixture(key)).unwrap();
        let key: String = key.lines().filter(|line| !line.starts_with('-')).collect();
        let (key, policy) = (format!("PublicKey={key}"), format!("trust-{name}"));
        let create = |name: &str, kind: &str, attribute: &str| {
            let words = [
                "--release=aws",
                "-n",
                name,
                "-t",
                kind,
                "-a",
                attribute,
                "web",
            ];
            cloud.ok("eulb-create-lb-policy", words);
        };
        let (attribute, value) = key.split_once('=').unwrap();
        create(
            name,
            "PublicKeyPolicyType",
            &format!("name={attribute}, value={value}"),
        );
        let kind = "BackendServerAuthenticationPolicyType";
        create(
            &policy,
            kind,
            &format!("name=PublicKeyPolicyName, value={name}"),
        );
    };
    trust("other", "rsa.pub");
    trust("own", "ec.pub");
    let handshakes = instance.count();
    let set = |policies: &str| {
        let words = ["--release=aws", "-i", "443", "-p", policies, "web"];
        cloud.ok("eulb-set-lb-policies-for-backend-server", words);
        cloud.settle();
    };
    for (policies, status) in [
        ("trust-other", 503),
        ("trust-own", 200),
        ("trust-other,trust-own", 200),
        ("trust-other", 503),
        ("", 200),
    ] {
        set(policies);
        assert_eq!(cloud.get(&listener).0, status, "{policies}");
    }
    assert!(
        instance.count() > handshakes,
        "other connections than before"
    );
}

#[test]
fn the_administrator_uploads_lists_and_deletes_certificates_of_any_account() {
    let cloud = Cloud::with(&["--release=4.4.2", "--log-level=trace"]);
    let certificates =
        |words: &[&str]| cloud.eulb("eulb", [&["admin", "certificates"], words].concat());
    let (pem, key) = (fixture("ec.pem"), fixture("ec-pkcs8.key"));
    let upload = |name: &str, pem: &str, key: &str, more: &[&str]| {
        let words = ["upload", name, "--certificate", pem, "--key", key];
        certificates(&[&words[..], more].concat())
    };

    let kept = upload("web", &pem, &key, &["--account", "eucalyptus"]);
    assert_eq!(kept.status, 0, "{}", kept.stderr);
    let kept = upload("web", &pem, &key, &[]);
    let fields: Vec<&str> = kept.stdout.trim_end_matches('\n').split('\t').collect();
    assert_eq!(
        (fields[0], fields[2], fields[4], fields[6]),
        ("SERVER_CERTIFICATE", "web", "tenant", "")
    );
    let listener = format!(
        "lb-port=443, protocol=HTTPS, instance-port=80, cert-id={}",
        fields[1]
    );
    cloud.ok(
        "eulb-create-lb",
        ["--release=4.4.2", "-z", "PARTI00", "-l", &listener, "shop"],
    );
    let listed = certificates(&["list", "--account", "tenant"]).stdout;
    assert_eq!(
        listed,
        format!("{}shop\n", kept.stdout.trim_end_matches('\n'))
    );
    assert_eq!(certificates(&["list"]).stdout.lines().count(), 2);

    let other = fixture("rsa-pkcs8.key");
    #[rustfmt::skip]
    let refused = [
        (upload("web", &pem, &key, &[]), "already exists"),
        (upload("b", &key, &key, &[]), "Unable to parse certificate"),
        (upload("b", &pem, &pem, &[]), "private key"),
        (upload("b", &pem, &other, &[]), "match"),
        (upload("b", "/nowhere.pem", &key, &[]), "cannot read /nowhere.pem: No such file"),
        (upload("b!", &pem, &key, &[]), "name"),
        (upload("b", &pem, &key, &["--account", "nobody"]), "there is no account 'nobody'"),
        (certificates(&["delete", "web"]), "in use by the load balancer shop"),
        (certificates(&["delete", "b"]), "cannot be found"),
    ];
    for (run, expected) in refused {
        assert_eq!((run.status, run.stdout.as_str()), (1, ""), "{expected}");
        assert!(run.stderr.contains(expected), "{expected}: {}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    }
    cloud.ok(
        "eulb",
        [
            "admin",
            "certificates",
            "delete",
            "--account",
            "eucalyptus",
            "web",
        ],
    );
    assert_eq!(certificates(&["list"]).stdout.lines().count(), 1);
    let secret = std::fs::read_to_string(fixture("ec-pkcs8.key")).unwrap();
    let log = std::fs::read_to_string(cloud.data_directory().join("eulb.log")).unwrap();
    assert!(!log.contains(secret.lines().nth(1).unwrap()));
}
