//! Calls against a scripted service: what is sent, what is made of the answers.

use super::settings::{Pauses, Verification};
use super::*;
use crate::wire::balancer::{DeleteLoadBalancer, DeleteLoadBalancerResponse};
use crate::wire::listener::{Listener, ListenerDescription};
use crate::wire::sigv4;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

/// A service that answers connections in order with these bytes; the last answer is repeated.
struct Scripted {
    address: SocketAddr,
    /// Heads and bodies as they came.
    asked: Arc<Mutex<Vec<String>>>,
}

/// An answer that never comes.
const SILENCE: &str = "";

async fn scripted(answers: Vec<impl Into<Vec<u8>>>) -> Scripted {
    let answers: Vec<Vec<u8>> = answers.into_iter().map(Into::into).collect();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let record = asked.clone();
    tokio::spawn(async move {
        let mut held = Vec::new();
        for turn in 0.. {
            let (mut stream, _) = listener.accept().await.unwrap();
            let request = exchange(&mut stream, &answers[turn.min(answers.len() - 1)]).await;
            record.lock().unwrap().push(request);
            held.push(stream);
        }
    });
    Scripted { address, asked }
}

/// Reads one request and answers it.
async fn exchange(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), answer: &[u8]) -> String {
    let mut request = String::new();
    loop {
        let mut piece = vec![0; 8192];
        let length = stream.read(&mut piece).await.unwrap();
        request.push_str(std::str::from_utf8(&piece[..length]).unwrap());
        let complete = request.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let due = head.to_ascii_lowercase();
            let due = due.split("content-length: ").nth(1).unwrap();
            body.len() >= due.lines().next().unwrap().parse().unwrap()
        });
        if complete || length == 0 {
            break;
        }
    }
    // What is left unread by the client may fail; that is its own affair.
    let _ = stream.write_all(answer).await;
    let _ = stream.flush().await;
    request
}

fn http(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn created(name: &str) -> String {
    let response = CreateLoadBalancerResponse {
        dns_name: Some(name.to_owned()),
    };
    http(
        "200 OK",
        &xml::response::<CreateLoadBalancer>(&response, "r").unwrap(),
    )
}

fn deleted() -> String {
    http(
        "200 OK",
        &xml::response::<DeleteLoadBalancer>(&DeleteLoadBalancerResponse {}, "r").unwrap(),
    )
}

fn settings(address: SocketAddr, path: &str) -> Settings {
    let mut settings = Settings::new(
        format!("http://{address}{path}"),
        "AKIDSAMPLE",
        "sample-secret",
    );
    settings.pauses = Pauses::NONE;
    settings
}

fn delete() -> DeleteLoadBalancer {
    DeleteLoadBalancer {
        load_balancer_name: "web".to_owned(),
    }
}

async fn outcome(service: &Scripted) -> String {
    let client = Client::new(settings(service.address, "/")).unwrap();
    match client.call(&delete()).await {
        Ok(_) => "ok".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_request_is_one_signed_form() {
    let service = scripted(vec![deleted()]).await;
    let mut settings = settings(service.address, "/services/LoadBalancing?a=b%20c");
    settings.credentials.session_token = Some("tok".to_owned());
    settings.signing_region.value = "there".to_owned();
    Client::new(settings)
        .unwrap()
        .call(&delete())
        .await
        .unwrap();
    let asked = service.asked.lock().unwrap()[0].clone();
    let (head, body) = asked.split_once("\r\n\r\n").unwrap();
    assert!(
        head.starts_with("POST /services/LoadBalancing?a=b%20c HTTP/1.1\r\n"),
        "{head}"
    );
    assert_eq!(
        body,
        "Action=DeleteLoadBalancer&Version=2012-06-01&LoadBalancerName=web"
    );
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        let found = lines.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.to_owned()).unwrap_or_default()
    };
    assert_eq!(header("host"), service.address.to_string());
    assert_eq!(header("content-type"), "application/x-www-form-urlencoded");
    assert_eq!(header("x-amz-security-token"), "tok");
    assert_eq!(header("x-amz-content-sha256").len(), 64);
    assert!(header("user-agent").starts_with("eulb/"), "{head}");
    let authorization = header("authorization");
    assert!(
        authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKIDSAMPLE/"),
        "{authorization}"
    );
    assert!(
        authorization.contains("/there/elasticloadbalancing/aws4_request"),
        "{authorization}"
    );
    // The signature is good by our own verification.
    let headers: Vec<(&str, &[u8])> = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name, value.as_bytes()))
        .collect();
    let request = sigv4::Request {
        method: "POST",
        path: "/services/LoadBalancing",
        query: "a=b%20c",
        headers: &headers,
        body: body.as_bytes(),
    };
    let now = crate::clock::Clock::real().now();
    let claim = sigv4::claim(&request, &[crate::wire::SERVICE], now).unwrap();
    assert_eq!(claim.session_token.as_deref(), Some("tok"));
    let key = claim.derive("sample-secret");
    assert_eq!(claim.verify(&request, &key), Ok(()));
    // Every header that was sent is signed, but for the three that cannot be.
    let mut sent: Vec<String> = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(':'))
        .map(|(name, _)| name.to_ascii_lowercase())
        .filter(|name| !matches!(name.as_str(), "user-agent" | "connection" | "authorization"))
        .collect();
    sent.sort();
    let signed = authorization.split("SignedHeaders=").nth(1).unwrap();
    assert_eq!(signed.split(',').next().unwrap(), sent.join(";"));
}

#[tokio::test]
async fn answers_become_results_or_messages() {
    let error = "<ErrorResponse xmlns='u'><Error><Type>Sender</Type><Code>400</Code><Message>No &lt;way&gt;</Message></Error><RequestId>r</RequestId></ErrorResponse>";
    let late = format!("<?xml version='1.0'?><!--{}-->\n{error}", "-x".repeat(2000));
    #[rustfmt::skip]
    let cases = [
        (http("200 OK", &late),                       "error (400): No <way>"),
        (deleted(),                                   "ok"),
        (http("202 Accepted", "<a/>"),                "ok"),
        (http("200 OK", "It works!"),                 "error: XML parse error"),
        (http("200 OK", ""),                          "error: XML parse error"),
        (http("400 400", error),                      "error (400): No <way>"),
        (http("200 OK", error),                       "error (400): No <way>"),
        (http("404 Not Found", "nothing here\n"),     "error (404): nothing here"),
        (http("404 Gone Fishing", ""),                "error (404): Gone Fishing"),
        (http("400 Bad", "<html><body/></html>"),     "error (400): Bad"),
        (http("400 Bad", "<Response><Errors><Error><Code>X</Code></Error></Errors></Response>"), "error (X): Bad"),
        (http("304 Not Modified", ""),                "error (304): Not Modified"),
        (http("302 Found", ""),                       "error (302): Found"),
    ];
    for (answer, expected) in cases {
        let service = scripted(vec![answer.clone()]).await;
        assert_eq!(outcome(&service).await, expected, "{answer}");
        assert_eq!(service.asked.lock().unwrap().len(), 1, "{answer}");
    }
}

#[tokio::test]
async fn compressed_and_chunked_answers_are_understood_up_to_a_size() {
    // `<a><DNSName>zipped</DNSName>`, 150 blanks and `</a>`, compressed by gzip.
    #[rustfmt::skip]
    let zipped: &[u8] = &[0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xb3, 0x49, 0xb4, 0xb3, 0x71, 0xf1, 0x0b, 0xf6, 0x4b, 0xcc, 0x4d, 0xb5, 0xab, 0xca, 0x2c, 0x28, 0x48, 0x4d, 0xb1, 0xd1, 0x87, 0xf1, 0x15, 0x06, 0x25, 0xb0, 0xd1, 0x4f, 0xb4, 0x03, 0x00, 0x00, 0x6b, 0x74, 0xac, 0xb6, 0x00, 0x00, 0x00];
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        zipped.len()
    )
    .into_bytes();
    answer.extend_from_slice(zipped);
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n\
                   10\r\n<a><DNSName>chun\r\n11\r\nked</DNSName></a>\r\n0\r\n\r\n";
    for (answer, expected) in [(answer.clone(), "zipped"), (chunked.into(), "chunked")] {
        let service = scripted(vec![answer]).await;
        let client = Client::new(settings(service.address, "/")).unwrap();
        let created = client.call(&create()).await.unwrap();
        assert_eq!(created.dns_name.as_deref(), Some(expected));
    }
    // The limit is on what it becomes, not on what is sent.
    let service = scripted(vec![answer]).await;
    let mut settings = settings(service.address, "/");
    settings.maximum_answer_bytes = 120;
    assert!(zipped.len() < settings.maximum_answer_bytes);
    let outcome = Client::new(settings).unwrap().call(&create()).await;
    assert_eq!(outcome, Err(CallError::TooLong { maximum_bytes: 120 }));
}

#[tokio::test]
async fn passing_failures_are_tried_again_and_others_are_not() {
    let failed = || http("500 Oops", "");
    let busy = || http("503 Busy", "");
    #[rustfmt::skip]
    let cases = [
        (vec![failed(), deleted()],                   "ok", 2),
        (vec![busy(), failed(), deleted()],           "ok", 3),
        (vec![busy()],                                "error (503): Busy", 3),
        (vec![http("502 Bad", ""), deleted()],        "error (502): Bad", 1),
        (vec![http("504 Late", ""), deleted()],       "error (504): Late", 1),
        (vec![http("429 Many", ""), deleted()],       "error (429): Many", 1),
        (vec![http("400 Throttling", ""), deleted()], "error (400): Throttling", 1),
    ];
    for (answers, expected, tries) in cases {
        let service = scripted(answers).await;
        assert_eq!(outcome(&service).await, expected);
        let asked = service.asked.lock().unwrap();
        assert_eq!(asked.len(), tries, "{expected}");
    }
}

#[tokio::test]
async fn silence_is_a_timeout_and_tried_again() {
    let service = scripted(vec![SILENCE.to_owned(), deleted()]).await;
    let mut settings = settings(service.address, "/");
    settings.timeout.value = Duration::from_millis(50);
    let client = Client::new(settings.clone()).unwrap();
    client.call(&delete()).await.unwrap();
    assert_eq!(service.asked.lock().unwrap().len(), 2);

    let service = scripted(vec![SILENCE.to_owned()]).await;
    settings.endpoint.value = format!("http://{}", service.address);
    settings.retries.value = 0;
    let client = Client::new(settings).unwrap();
    assert_eq!(client.call(&delete()).await, Err(CallError::Timeout));
}

#[tokio::test]
async fn redirects_keep_method_and_body_and_are_signed_anew() {
    let target = scripted(vec![deleted()]).await;
    for status in ["301 A", "302 B", "307 C", "308 D"] {
        let away = format!(
            "HTTP/1.1 {status}\r\nLocation: http://{}/there?x=1\r\nContent-Length: 0\r\n\r\n",
            target.address
        );
        let service = scripted(vec![away]).await;
        assert_eq!(outcome(&service).await, "ok", "{status}");
    }
    let asked = target.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 4);
    for request in asked {
        assert!(
            request.starts_with("POST /there?x=1 HTTP/1.1\r\n"),
            "{request}"
        );
        assert!(request.ends_with("LoadBalancerName=web"), "{request}");
        assert!(
            request.contains(&format!("host: {}\r\n", target.address)),
            "{request}"
        );
    }
    let circle =
        "HTTP/1.1 307 Round\r\nLocation: /again\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let service = scripted(vec![circle.to_owned()]).await;
    let message = outcome(&service).await;
    assert!(
        message.starts_with("error: redirected more than 5 times"),
        "{message}"
    );
    assert_eq!(service.asked.lock().unwrap().len(), 6);
}

#[tokio::test]
async fn a_dropped_or_refused_connection_is_an_error_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = Client::new(settings(address, "/")).unwrap();
    let message = client.call(&delete()).await.unwrap_err().to_string();
    let expected = format!("error: connection error ({address}: Connection refused");
    assert!(message.starts_with(&expected), "{message}");

    let truncated = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n<a>";
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        exchange(&mut stream, truncated.as_bytes()).await;
    });
    let client = Client::new(settings(address, "/")).unwrap();
    let message = client.call(&delete()).await.unwrap_err().to_string();
    assert!(
        message.starts_with("error: connection error ("),
        "{message}"
    );
}

fn create() -> CreateLoadBalancer {
    CreateLoadBalancer {
        load_balancer_name: "web".to_owned(),
        listeners: Some(Members::from(vec![Listener {
            protocol: Some("http".to_owned()),
            load_balancer_port: Some(80),
            instance_port: Some(8080),
            ..Listener::default()
        }])),
        availability_zones: Some(Members::from(vec!["PARTI00".to_owned()])),
        ..CreateLoadBalancer::default()
    }
}

fn described(port: i64) -> String {
    let listener = Listener {
        protocol: Some("HTTP".to_owned()),
        load_balancer_port: Some(port),
        instance_port: Some(8080),
        instance_protocol: Some("HTTP".to_owned()),
        ..Listener::default()
    };
    let description = LoadBalancerDescription {
        load_balancer_name: Some("web".to_owned()),
        dns_name: Some("web-1.lb.localhost".to_owned()),
        listener_descriptions: Some(Members::from(vec![ListenerDescription {
            listener: Some(listener),
            policy_names: None,
        }])),
        availability_zones: Some(Members::from(vec!["PARTI00".to_owned()])),
        ..LoadBalancerDescription::default()
    };
    let response = crate::wire::balancer::DescribeLoadBalancersResponse {
        load_balancer_descriptions: Some(Members::from(vec![description])),
        next_marker: None,
    };
    http(
        "200 OK",
        &xml::response::<DescribeLoadBalancers>(&response, "r").unwrap(),
    )
}

#[tokio::test]
async fn a_create_that_meets_its_own_success_succeeds() {
    let taken = |code: &str| {
        http(
            "400 X",
            &format!(
                "<ErrorResponse><Error><Code>{code}</Code><Message>LoadBalancer name already exists for this account. Please choose another name.</Message></Error></ErrorResponse>"
            ),
        )
    };
    let failed = http("500 Oops", "");
    let own = Ok(Some("web-1.lb.localhost".to_owned()));
    let duplicate = |code: &str| {
        Err(format!(
            "error ({code}): LoadBalancer name already exists for this account. Please choose another name."
        ))
    };
    let aws = "DuplicateLoadBalancerName";
    #[rustfmt::skip]
    let cases = [
        (vec![failed.clone(), taken("400"), described(80)], own.clone(), 3),
        (vec![failed.clone(), taken(aws), described(80)],   own.clone(), 3),
        // Somebody else's: not as asked.
        (vec![failed.clone(), taken("400"), described(81)], duplicate("400"), 3),
        // A first try that is a duplicate is one.
        (vec![taken(aws), described(80)],                   duplicate(aws), 1),
        (vec![failed.clone(), created("web-2")],            Ok(Some("web-2".to_owned())), 2),
    ];
    for (answers, expected, requests) in cases {
        let service = scripted(answers).await;
        let client = Client::new(settings(service.address, "/")).unwrap();
        let outcome = client.call(&create()).await;
        let outcome = outcome
            .map(|done| done.dns_name)
            .map_err(|error| error.to_string());
        assert_eq!(outcome, expected);
        assert_eq!(service.asked.lock().unwrap().len(), requests);
    }
}

#[tokio::test]
async fn endpoints_that_cannot_be_posted_to_are_refused_before_anything_is_sent() {
    for (text, expected) in [
        (
            "nonsense",
            "error: 'nonsense' is no endpoint: relative URL without a base",
        ),
        (
            "ftp://x/",
            "error: 'ftp://x/' is no endpoint: its scheme is neither http nor https",
        ),
        ("http://", "error: 'http://' is no endpoint: empty host"),
    ] {
        let error = Client::new(Settings::new(text, "a", "b")).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    let mut settings = Settings::new("https://127.0.0.1:1/", "a", "b");
    settings.verification.value = Verification::File("/nonexistent.pem".into());
    let error = Client::new(settings).unwrap_err().to_string();
    assert!(
        error.starts_with("error: cannot load certificates from /nonexistent.pem: "),
        "{error}"
    );
}

/// A certificate for 127.0.0.1 and a service behind it, which answers one connection.
async fn secure(answer: String) -> (SocketAddr, String) {
    let certified = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let key =
        rustls::pki_types::PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let server = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(server));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            if let Ok(mut stream) = acceptor.accept(stream).await {
                exchange(&mut stream, answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        }
    });
    (address, certified.cert.pem())
}

#[tokio::test]
async fn certificates_are_checked_only_when_asked() {
    let (address, pem) = secure(deleted()).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, pem).unwrap();
    let mut settings = settings(address, "/");
    settings.endpoint.value = format!("https://{address}/");
    let client = Client::new(settings.clone()).unwrap();
    client.call(&delete()).await.unwrap();
    settings.verification.value = Verification::File(file);
    let client = Client::new(settings.clone()).unwrap();
    client.call(&delete()).await.unwrap();

    let (_, other) = secure(deleted()).await;
    let file = folder.path().join("other.pem");
    std::fs::write(&file, other).unwrap();
    settings.verification.value = Verification::File(file);
    let client = Client::new(settings).unwrap();
    let message = client.call(&delete()).await.unwrap_err().to_string();
    assert!(
        message.starts_with("error: connection error ("),
        "{message}"
    );
    assert!(message.contains("certificate"), "{message}");
}
