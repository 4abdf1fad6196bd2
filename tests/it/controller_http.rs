//! The service behind real sockets: framing, limits, signatures, administration.

use crate::cloud::{Account, Cloud, PATIENCE};
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use eulb::client::local::LocalClient;
use eulb::client::{CallError, Client, Settings};
use eulb::controller::{Config, Controller};
use eulb::wire::balancer::{CreateLoadBalancer, DescribeLoadBalancers};
use eulb::wire::listener::{CreateLoadBalancerListeners, Listener};
use eulb::wire::local::{Done, Environment, Health, Instances, RunInstances, Status};
use eulb::wire::members;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixListener};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A controller that serves both its sockets inside this process.
pub struct Served {
    pub controller: Controller,
    pub address: SocketAddr,
    pub local: LocalClient,
    shutdown: CancellationToken,
    serving: JoinHandle<()>,
}

impl Served {
    pub async fn start(config: Config, socket: &Path) -> Served {
        let controller = Controller::open(config).unwrap();
        let public = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = public.local_addr().unwrap();
        let local = UnixListener::bind(socket).unwrap();
        let shutdown = CancellationToken::new();
        let serving = tokio::spawn({
            let (controller, shutdown) = (controller.clone(), shutdown.clone());
            async move { controller.serve(public, Some(local), shutdown).await }
        });
        Served {
            controller,
            address,
            local: LocalClient::at(socket),
            shutdown,
            serving,
        }
    }

    pub async fn environment(&self, account: &str) -> Environment {
        let route = format!("/_eulb/env?account={account}");
        self.local.get(&route).await.unwrap()
    }

    /// Runs so many web instances of the tenant; returns their ids.
    pub async fn run_instances(&self, count: u32) -> Vec<String> {
        let run = RunInstances {
            count,
            zone: None,
            account: None,
            ports: Vec::new(),
            delay_milliseconds: 0,
        };
        let made: Instances = self.local.post("/_eulb/instances/run", &run).await.unwrap();
        let ids = made.instances.iter();
        ids.map(|one| one.id.to_string()).collect()
    }

    pub async fn client(&self, account: &str) -> Client {
        let environment = self.environment(account).await;
        client(&environment)
    }

    pub async fn stop(self) {
        self.shutdown.cancel();
        self.serving.await.unwrap();
    }

    /// Sends bytes on a connection of their own and returns all that comes back.
    async fn raw(&self, request: impl AsRef<[u8]>) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        // A server that has heard enough may close before it has read everything.
        let _ = stream.write_all(request.as_ref()).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// A request with a signature, as bytes.
    fn signed(&self, environment: &Environment, sent: &Sent) -> Vec<u8> {
        let key = &environment.access_key;
        let identity = Credentials::new(key, &environment.secret_key, None, None, "test").into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region("eucalyptus")
            .name(sent.service)
            .time(sent.time)
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let url = format!("http://{}{}", sent.host, sent.path);
        let body = SignableBody::Bytes(sent.body.as_bytes());
        let signable = SignableRequest::new(sent.method, url, std::iter::empty(), body).unwrap();
        let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
        let mut text = format!(
            "{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n{}",
            sent.method,
            sent.path,
            sent.host,
            sent.body.len(),
            sent.headers
        );
        for (name, value) in instructions.headers() {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        (text + "\r\n" + sent.body).into_bytes()
    }
}

/// What is signed and sent.
struct Sent<'a> {
    method: &'a str,
    path: &'a str,
    host: &'a str,
    /// The service in the scope of the signature.
    service: &'a str,
    /// Lines that are not signed.
    headers: &'a str,
    body: &'a str,
    time: SystemTime,
}

impl Sent<'_> {
    fn post(path: &'static str, body: &'static str) -> Sent<'static> {
        Sent {
            method: "POST",
            path,
            host: "127.0.0.1",
            service: "elasticloadbalancing",
            headers: "Content-Type: application/x-www-form-urlencoded\r\n",
            body,
            time: SystemTime::now(),
        }
    }
}

pub fn client(environment: &Environment) -> Client {
    let settings = Settings::new(
        environment.endpoint.as_str(),
        environment.access_key.as_str(),
        environment.secret_key.as_str(),
    );
    Client::new(settings).unwrap()
}

/// A load balancer with a listener.
pub fn create(name: &str) -> CreateLoadBalancer {
    CreateLoadBalancer {
        load_balancer_name: name.to_owned(),
        listeners: Some(vec![listener(80)].into()),
        availability_zones: Some(vec!["PARTI00".to_owned()].into()),
        ..CreateLoadBalancer::default()
    }
}

fn listener(port: i64) -> Listener {
    Listener {
        protocol: Some("HTTP".to_owned()),
        load_balancer_port: Some(port),
        instance_port: Some(80),
        ..Listener::default()
    }
}

pub async fn names(client: &Client) -> Vec<String> {
    let answer = client.call(&DescribeLoadBalancers::default()).await;
    members(&answer.unwrap().load_balancer_descriptions)
        .iter()
        .filter_map(|balancer| balancer.load_balancer_name.clone())
        .collect()
}

async fn served() -> (Served, tempfile::TempDir) {
    served_at("3.3.0").await
}

async fn served_at(release: &str) -> (Served, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let config = Config {
        release: release.parse().unwrap(),
        ..Config::default()
    };
    let served = Served::start(config, &directory.path().join("socket")).await;
    (served, directory)
}

fn first_line(answer: &str) -> &str {
    answer.lines().next().unwrap_or_default()
}

#[tokio::test]
async fn signed_calls_are_answered_per_account() {
    let (served, _directory) = served().await;
    let tenant = served.client("tenant").await;
    let administrator = served.client("eucalyptus").await;
    tenant.call(&create("web")).await.unwrap();
    assert_eq!(names(&tenant).await, ["web"]);
    assert_eq!(names(&administrator).await, [] as [String; 0]);
    let status: Status = served.local.get("/_eulb/status").await.unwrap();
    assert_eq!(status.balancers.len(), 1);
    assert_eq!(status.balancers[0].servos[0].state, "Pending");
    assert_eq!((status.revision, status.applied_revision), (2, 0));
    // The data plane's word is in the status.
    let observer = served.controller.observer();
    let applied = eulb::model::plane::Observation::Applied { revision: 2 };
    observer.send(applied).await.unwrap();
    while served
        .local
        .get::<Status>("/_eulb/status")
        .await
        .unwrap()
        .applied_revision
        < 2
    {
        tokio::task::yield_now().await;
    }
    served.stop().await;
}

#[tokio::test]
async fn the_reason_phrase_is_the_code() {
    let (served, _directory) = served().await;
    let environment = served.environment("tenant").await;
    let path = "/services/LoadBalancing";
    let action = "Version=2012-06-01&Action=DescribeInstanceHealth&LoadBalancerName=no";
    let answer = served
        .raw(served.signed(&environment, &Sent::post(path, action)))
        .await;
    assert_eq!(first_line(&answer), "HTTP/1.1 400 400");
    assert!(
        answer.contains("content-type: application/xml; charset=UTF-8"),
        "{answer}"
    );
    assert!(
        answer.contains("<Code>400</Code><Message>The specified LoadBalancer could not be found")
    );
    // The id of the request is the same in the head and in the body.
    let head = answer.split("x-amzn-requestid: ").nth(1).unwrap();
    let id = head.lines().next().unwrap();
    assert!(
        answer.contains(&format!("<RequestId>{id}</RequestId>")),
        "{answer}"
    );
    // The last is where libcloud asks.
    for path in ["/", "/services/LoadBalancing/", "/2012-06-01/"] {
        let good = "Version=2012-06-01&Action=DescribeLoadBalancers";
        let answer = served
            .raw(served.signed(&environment, &Sent::post(path, good)))
            .await;
        assert_eq!(first_line(&answer), "HTTP/1.1 200 OK", "{path}");
    }
    let query = Sent {
        method: "GET",
        ..Sent::post("/?Version=2012-06-01&Action=DescribeLoadBalancers", "")
    };
    let answer = served.raw(served.signed(&environment, &query)).await;
    assert_eq!(first_line(&answer), "HTTP/1.1 200 OK");
    served.stop().await;
}

#[tokio::test]
async fn who_cannot_prove_it_is_refused() {
    let (served, _directory) = served().await;
    let right = served.environment("tenant").await;
    let body = "Version=2012-06-01&Action=DescribeLoadBalancers";
    let unsigned = format!(
        "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    assert_eq!(
        first_line(&served.raw(unsigned).await),
        "HTTP/1.1 403 MissingAuthenticationToken"
    );
    let mut wrong = right.clone();
    wrong.secret_key.push('x');
    let answer = served
        .raw(served.signed(&wrong, &Sent::post("/", body)))
        .await;
    assert_eq!(first_line(&answer), "HTTP/1.1 403 SignatureDoesNotMatch");
    let mut unknown = right.clone();
    unknown.access_key = "AKIAAAAAAAAAAAAAAAAA".to_owned();
    let answer = served
        .raw(served.signed(&unknown, &Sent::post("/", body)))
        .await;
    assert_eq!(first_line(&answer), "HTTP/1.1 403 InvalidClientTokenId");
    let late = Sent {
        time: SystemTime::now() - Duration::from_secs(3600),
        ..Sent::post("/", body)
    };
    let answer = served.raw(served.signed(&right, &late)).await;
    assert!(first_line(&answer).starts_with("HTTP/1.1 4"), "{answer}");
    // What was signed cannot be replaced.
    let bytes = served.signed(&right, &Sent::post("/", body));
    let changed = String::from_utf8(bytes)
        .unwrap()
        .replace("DescribeLoad", "DescribeGoad");
    let answer = served.raw(changed).await;
    assert_eq!(first_line(&answer), "HTTP/1.1 403 SignatureDoesNotMatch");
    served.stop().await;
}

/// boto 2 signs for the first part of the host; any other service is not this one.
#[tokio::test]
async fn the_host_may_name_the_service_in_the_scope_of_a_signature() {
    for release in ["3.3.0", "aws"] {
        let (served, _directory) = served_at(release).await;
        let right = served.environment("tenant").await;
        let body = "Version=2012-06-01&Action=DescribeLoadBalancers";
        for (service, status) in [("127", "200"), ("s3", "403")] {
            let sent = Sent {
                service,
                ..Sent::post("/services/LoadBalancing", body)
            };
            let answer = served.raw(served.signed(&right, &sent)).await;
            let line = first_line(&answer);
            assert_eq!(&line[9..12], status, "{release} {service}: {answer}");
        }
        served.stop().await;
    }
}

#[tokio::test]
async fn who_looks_for_a_service_that_is_not_here_is_told_in_his_protocol() {
    let (served, _folder) = served().await;
    let request = "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
        Content-Type: application/x-amz-json-1.1\r\nX-Amz-Target: CertificateManager.RequestCertificate\r\n\
        Authorization: AWS4-HMAC-SHA256 Credential=AKI/20260101/us-east-1/acm/aws4_request, \
        SignedHeaders=host, Signature=0\r\nContent-Length: 2\r\n\r\n{}";
    let answer = served.raw(request).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(first_line(head).contains("404"), "{answer}");
    let told: serde_json::Value = serde_json::from_str(body).unwrap();
    let message = told["message"].as_str().unwrap();
    assert!(message.starts_with("the service 'acm' is not in this local cloud; there are "));
    assert!(message.contains("Elastic Load Balancing"), "{message}");
    served.stop().await;
}

/// A form signed by Version 2, as euca2ools 3.0 sends it.
fn signed_by_version_2(environment: &Environment, host: &str, path: &str, action: &str) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use hmac::{Hmac, KeyInit, Mac};
    let now = time::OffsetDateTime::now_utc();
    let now = now.replace_nanosecond(0).unwrap();
    let moment = now
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap();
    let parameters = [
        ("AWSAccessKeyId", environment.access_key.as_str()),
        ("Action", action),
        ("SignatureMethod", "HmacSHA256"),
        ("SignatureVersion", "2"),
        ("Timestamp", moment.as_str()),
        ("Version", "2012-06-01"),
    ];
    let form = eulb::wire::query::form(parameters);
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(environment.secret_key.as_bytes()).unwrap();
    mac.update(format!("POST\n{host}\n{path}\n{form}").as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    let form = format!(
        "{form}&{}",
        eulb::wire::query::form([("Signature", signature)])
    );
    format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
}

#[tokio::test]
async fn version_2_of_signatures_is_taken_where_eucalyptus_took_it() {
    let action = "DescribeLoadBalancers";
    for (release, expected) in [
        ("3.3.0", "HTTP/1.1 200 OK"),
        ("4.4.2", "HTTP/1.1 200 OK"),
        ("aws", "HTTP/1.1 400 Bad Request"),
    ] {
        let (served, _directory) = served_at(release).await;
        let right = served.environment("tenant").await;
        let host = served.address.to_string();
        for path in ["/", "/services/LoadBalancing"] {
            let sent = signed_by_version_2(&right, &host, path, action);
            let answer = served.raw(sent).await;
            assert_eq!(first_line(&answer), expected, "{release} {path}");
            let kind = match release {
                "aws" => "text/xml",
                _ => "application/xml; charset=UTF-8",
            };
            let kind = format!("content-type: {kind}\r\n");
            assert!(answer.contains(&kind), "{release} {path}: {answer}");
        }
        if release == "3.3.0" {
            let sent = signed_by_version_2(&right, &host, "/", action);
            let changed = sent.replace("DescribeLoad", "DescribeGoad");
            let answer = served.raw(changed).await;
            assert_eq!(first_line(&answer), "HTTP/1.1 403 SignatureDoesNotMatch");
            let mut unknown = right.clone();
            unknown.access_key = "AKIAAAAAAAAAAAAAAAAA".to_owned();
            let answer = served
                .raw(signed_by_version_2(&unknown, &host, "/", action))
                .await;
            assert_eq!(first_line(&answer), "HTTP/1.1 403 InvalidClientTokenId");
        }
        served.stop().await;
    }
}

#[tokio::test]
async fn administration_is_the_administrators() {
    let (served, _directory) = served().await;
    let tenant = served.environment("tenant").await;
    let administrator = served.environment("eucalyptus").await;
    let plain = "GET /_eulb/health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    let answer = served.raw(plain).await;
    assert!(
        answer.ends_with(r#"{"status":"ok","version":"0.1.0","release":"3.3.0"}"#),
        "{answer}"
    );
    let routes = ["status", "env?account=eucalyptus", "instances"];
    for route in routes {
        let bare =
            format!("GET /_eulb/{route} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
        let answer = served.raw(bare).await;
        assert_eq!(first_line(&answer), "HTTP/1.1 403 Forbidden", "{route}");
        assert!(!answer.contains(&administrator.secret_key));
    }
    let reset = || Sent::post("/_eulb/reset", "");
    let by = async |who: &Environment, sent: Sent<'_>| {
        let answer = served.raw(served.signed(who, &sent)).await;
        first_line(&answer).to_owned()
    };
    assert_eq!(by(&tenant, reset()).await, "HTTP/1.1 403 Forbidden");
    let page = Sent {
        headers: "Origin: http://evil.example\r\n",
        ..reset()
    };
    assert_eq!(by(&administrator, page).await, "HTTP/1.1 403 Forbidden");
    let rebound = Sent {
        host: "evil.example",
        ..reset()
    };
    assert_eq!(by(&administrator, rebound).await, "HTTP/1.1 403 Forbidden");
    served
        .client("tenant")
        .await
        .call(&create("web"))
        .await
        .unwrap();
    assert_eq!(by(&administrator, reset()).await, "HTTP/1.1 200 OK");
    assert_eq!(
        names(&served.client("tenant").await).await,
        [] as [String; 0]
    );
    let wrong = Sent::post("/_eulb/nothing", "");
    assert_eq!(by(&administrator, wrong).await, "HTTP/1.1 404 Not Found");
    let stop = served.controller.stop_requested();
    let health: Health = served.local.get("/_eulb/health").await.unwrap();
    assert_eq!(health.status, "ok");
    assert!(!stop.is_cancelled());
    let _: Done = served.local.post("/_eulb/stop", &Done {}).await.unwrap();
    assert!(stop.is_cancelled());
    served.stop().await;
}

#[tokio::test]
async fn hostile_requests_get_their_status_and_harm_nobody() {
    let (served, _directory) = served().await;
    let environment = served.environment("tenant").await;
    let close = "Host: x\r\nConnection: close\r\n";
    let form = |body: &str| {
        format!(
            "POST / HTTP/1.1\r\n{close}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let head = "h: ".to_owned() + &"x".repeat(70 << 10);
    let parameters: String = (0..30_000).map(|n| format!("a{n}=1&")).collect();
    let cases = [
        (
            format!("GET / HTTP/1.1\r\n{close}{head}\r\n\r\n"),
            "HTTP/1.1 431",
        ),
        (
            format!("POST / HTTP/1.1\r\n{close}Content-Length: 9999999999\r\n\r\n"),
            "HTTP/1.1 413 RequestEntityTooLarge",
        ),
        (
            format!(
                "POST / HTTP/1.1\r\n{close}Transfer-Encoding: chunked\r\n\r\n{}",
                "FFFF\r\n".to_owned() + &("x".repeat(0xFFFF) + "\r\nFFFF\r\n").repeat(17)
            ),
            "HTTP/1.1 413",
        ),
        (
            form("Action=%FF%FE&Version=2012-06-01"),
            "HTTP/1.1 400 MalformedQueryString",
        ),
        (form("Action=%4"), "HTTP/1.1 400 MalformedQueryString"),
        (form(&parameters), "HTTP/1.1 400 MalformedQueryString"),
        (
            format!(
                "POST / HTTP/1.1\r\n{close}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"
            ),
            "HTTP/1.1 415",
        ),
        (format!("DELETE / HTTP/1.1\r\n{close}\r\n"), "HTTP/1.1 405"),
        (
            format!("GET /nothing HTTP/1.1\r\n{close}\r\n"),
            "HTTP/1.1 404",
        ),
        (
            format!("GET /_eulb/../_eulb/status HTTP/1.1\r\n{close}\r\n"),
            "HTTP/1.1 403",
        ),
        (
            format!("GET /services/../_eulb/status HTTP/1.1\r\n{close}\r\n"),
            "HTTP/1.1 404",
        ),
        (
            format!("GET /%5feulb/status HTTP/1.1\r\n{close}\r\n"),
            "HTTP/1.1 404",
        ),
        (
            format!("GET //_eulb/status HTTP/1.1\r\n{close}\r\n"),
            "HTTP/1.1 404",
        ),
        (
            format!("GET /services/LoadBalancing/../Euare HTTP/1.1\r\n{close}\r\n"),
            "HTTP/1.1 404",
        ),
        (
            format!("GET http://evil.example/_eulb/status HTTP/1.1\r\n{close}\r\n"),
            "HTTP/1.1 403",
        ),
        (
            format!("GET /_eulb/status HTTP/1.1\r\nOrigin: null\r\n{close}\r\n"),
            "HTTP/1.1 403",
        ),
        (
            format!(
                "POST / HTTP/1.1\r\n{close}Content-Type: text/plain\r\nContent-Length: 8\r\n\r\nAction=x"
            ),
            "HTTP/1.1 415",
        ),
        (
            format!(
                "POST / HTTP/1.1\r\n{close}Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 0\r\n\r\n"
            ),
            "HTTP/1.1 415",
        ),
        (format!("GET / HTTP/3.9\r\n{close}\r\n"), "HTTP/1.1 400"),
        (
            format!("CONNECT x:1 HTTP/1.1\r\n{close}\r\n"),
            "HTTP/1.1 405",
        ),
        ("nonsense\r\n\r\n".to_owned(), "HTTP/1.1 400"),
        (
            format!("POST / HTTP/1.1\r\n{close}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
            "HTTP/1.1 400",
        ),
    ];
    for (request, expected) in cases {
        let answer = served.raw(&request).await;
        let start: String = request.chars().take(60).collect();
        assert!(
            first_line(&answer).starts_with(expected),
            "{start:?}: {}",
            first_line(&answer)
        );
    }
    // A body that two readers could end differently ends the connection (RFC 9112, section 6.1): what
    // follows it is nobody's request.
    for both in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
    ] {
        let request = format!(
            "POST /nothing HTTP/1.1\r\nHost: x\r\n{both}\r\n\r\n0\r\n\r\nGET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"
        );
        let answer = served.raw(&request).await;
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{both}: {answer}");
        assert!(
            first_line(&answer).starts_with("HTTP/1.1 404"),
            "{both}: {answer}"
        );
    }
    // What is too large is refused in the form that its reader reads.
    for (path, said) in [
        (
            "/services/LoadBalancing",
            "<Code>RequestEntityTooLarge</Code>",
        ),
        (
            "/services/Euare",
            "<Message>the body is over 1 MiB</Message>",
        ),
        (
            "/_eulb/reset",
            r#"{"error":"/_eulb/reset: the body is over 1 MiB"}"#,
        ),
        ("/nothing", "\r\n\r\nthe body is over 1 MiB\n"),
    ] {
        let request = format!("POST {path} HTTP/1.1\r\n{close}Content-Length: 1048577\r\n\r\n");
        let answer = served.raw(&request).await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{path}: {answer}");
        assert!(answer.contains(said), "{path}: {answer}");
    }
    // Numbers that are too large are the binding's to refuse, not the server's to allocate.
    for body in [
        "Version=2012-06-01&Action=DescribeLoadBalancers&LoadBalancerNames.member.999999999999=x",
        "Version=2012-06-01&Action=DescribeLoadBalancers&LoadBalancerNames.member.99999999999999999999999=x",
        "Version=2012-06-01&Action=DescribeLoadBalancers&LoadBalancerNames.member.-1=x",
        "Version=2012-06-01&Action=DeleteLoadBalancer&LoadBalancerName=a&LoadBalancerName=b",
        "Version=2012-06-01&Action=DescribeLoadBalancers&Action=DeleteLoadBalancer",
        "Version=2012-06-01&Version=2011-11-15&Action=DescribeLoadBalancers",
        "Version=2012-06-01&Action=CreateLoadBalancerListeners&LoadBalancerName=x&Listeners.member.1.InstancePort=99999999999999999999",
    ] {
        let answer = served
            .raw(served.signed(&environment, &Sent::post("/", body)))
            .await;
        assert!(
            answer.contains("Failed to bind the following fields"),
            "{answer}"
        );
    }
    served
        .client("tenant")
        .await
        .call(&create("web"))
        .await
        .unwrap();
    served.stop().await;
}

/// Time is paused while only slow clients are there, so that their 30 seconds pass at once.
#[tokio::test]
async fn slow_heads_and_bodies_are_given_up() {
    let (served, _directory) = served().await;
    let form = "POST / HTTP/1.1\r\nHost: x\r\n";
    for (sent, answered) in [
        ("", ""),
        ("POST / HTTP/1.1\r\nHo", ""),
        (
            &*format!("{form}Content-Length: 10\r\n\r\nAction=D"),
            "HTTP/1.1 408 RequestTimeout",
        ),
        (
            &*format!("{form}Transfer-Encoding: chunked\r\n\r\n5\r\nAct"),
            "HTTP/1.1 408 RequestTimeout",
        ),
    ] {
        let mut stream = TcpStream::connect(served.address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        tokio::time::pause();
        let began = tokio::time::Instant::now();
        let mut answer = Vec::new();
        // The clock runs ahead while the kernel carries bytes, so that only real time bounds this.
        let patience = async {
            let began = std::time::Instant::now();
            while began.elapsed() < PATIENCE {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        };
        tokio::select! {
            _ = stream.read_to_end(&mut answer) => {}
            () = patience => panic!("{sent:?} is never given up"),
        }
        let waited = began.elapsed();
        tokio::time::resume();
        let answer = String::from_utf8_lossy(&answer);
        assert_eq!(first_line(&answer), answered, "{sent:?}");
        assert!(
            waited >= Duration::from_secs(29),
            "{sent:?} after {waited:?}"
        );
    }
    // Others are served as before.
    let tenant = served.client("tenant").await;
    tenant.call(&create("web")).await.unwrap();
    served.stop().await;
}

#[test]
fn thousands_who_only_wait_keep_nobody_out() {
    use std::io::{Read, Write};
    const CROWD: usize = 2500;
    let cloud = Cloud::start();
    let environment = cloud.environment(Account::Tenant);
    let endpoint = environment.endpoint.trim_start_matches("http://");
    let address = endpoint.split('/').next().unwrap();
    let resident = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", cloud.process_id()));
        let status = status.unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().nth(1));
        kib.unwrap().parse::<u64>().unwrap()
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let before = resident();
    // Who came before all of them, by the socket that is the administrator's alone.
    let socket = cloud.data_directory().join("eulb.sock");
    let mut administrator = std::os::unix::net::UnixStream::connect(&socket).unwrap();
    let half_a_body =
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\nAction=".to_owned();
    let half_a_body = half_a_body + &"x".repeat(4000);
    let kinds = ["", "POST / HTTP/1.1\r\nHost: x\r\nA: ", &half_a_body];
    let mut crowd = Vec::with_capacity(CROWD);
    for number in 0..CROWD {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream.write_all(kinds[number % 3].as_bytes()).unwrap();
        crowd.push(stream);
        if number % 100 == 0 {
            // Each time by a connection of its own, at once and without a second try.
            let client = client(environment);
            runtime.block_on(names(&client));
        }
    }
    let grown = resident().saturating_sub(before);
    assert!(grown < 64 << 10, "{grown} KiB for {CROWD} who wait");
    // Those who came first have left for those who came last.
    let mut byte = [0];
    let first = crowd[0].read(&mut byte);
    assert!(!matches!(first, Ok(1..)), "{first:?}");
    let last = crowd.last().unwrap();
    last.set_nonblocking(true).unwrap();
    let last = { last }.read(&mut byte).unwrap_err();
    assert_eq!(last.kind(), std::io::ErrorKind::WouldBlock);
    // The places of the Unix socket are its own: nobody there had to leave for them.
    let ask = b"GET /_eulb/status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    administrator.write_all(ask).unwrap();
    let mut answer = String::new();
    administrator.read_to_string(&mut answer).unwrap();
    assert_eq!(first_line(&answer), "HTTP/1.1 200 OK");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_clients_at_once_lose_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let config = Config {
        data_directory: Some(directory.path().join("data")),
        ..Config::default()
    };
    let served = Served::start(config, &directory.path().join("socket")).await;
    let environment = served.environment("tenant").await;
    let tasks: Vec<_> = (0..64)
        .map(|number| {
            let client = client(&environment);
            tokio::spawn(async move {
                let own = create(&format!("own-{number:02}"));
                client.call(&own).await.unwrap();
                // All want the same name; one gets it.
                client.call(&create("shared")).await
            })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => won += 1,
            Err(CallError::Service(refused)) => {
                assert!(refused.message.contains("already exists"), "{refused:?}");
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(won, 1);
    let tenant = client(&environment);
    assert_eq!(names(&tenant).await.len(), 65);
    // No two servos have the same address.
    let status: Status = served.local.get("/_eulb/status").await.unwrap();
    let servos = status
        .balancers
        .iter()
        .flat_map(|balancer| &balancer.servos);
    let addresses: std::collections::BTreeSet<_> = servos.map(|servo| servo.address).collect();
    assert_eq!(addresses.len(), 65);
    // Changes of one load balancer do not overwrite each other.
    let tasks: Vec<_> = (0..32)
        .map(|number| {
            let client = client(&environment);
            tokio::spawn(async move {
                let request = CreateLoadBalancerListeners {
                    load_balancer_name: "shared".to_owned(),
                    listeners: Some(vec![listener(1000 + number)].into()),
                };
                client.call(&request).await.unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let asked = DescribeLoadBalancers {
        load_balancer_names: Some(vec!["shared".to_owned()].into()),
        ..DescribeLoadBalancers::default()
    };
    let answer = tenant.call(&asked).await.unwrap();
    let shared = &members(&answer.load_balancer_descriptions)[0];
    assert_eq!(members(&shared.listener_descriptions).len(), 33);
    served.stop().await;
}
