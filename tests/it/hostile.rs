//! Services that mean harm, or know no better: the tools stay within their memory and their time,
//! say one line and steer nobody's terminal.

use crate::service::{self, Answer, Service};
use crate::tool::{Desk, Run};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;

/// A service that does as it likes with its first connection, once it has read the request.
fn raw<T: Send + 'static>(
    answer: impl FnOnce(TcpStream) -> T + Send + 'static,
) -> (String, JoinHandle<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let served = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        service::read(&stream).unwrap();
        answer(stream)
    });
    (endpoint, served)
}

fn describe(endpoint: &str) -> Run {
    Desk::calling(endpoint).run::<&str>("eulb-describe-lbs", &[])
}

/// Exit status 1, nothing on standard output, one line of the given beginning on the other.
#[track_caller]
fn assert_told(run: &Run, expected: &str) {
    assert_eq!((run.status, run.stdout.as_str()), (Some(1), ""), "{run:?}");
    let line = run.stderr.strip_prefix("eulb-describe-lbs: ").unwrap();
    assert!(line.starts_with(expected), "{run:?}");
    assert_eq!(line.lines().count(), 1, "{run:?}");
}

#[test]
fn bytes_that_are_no_document_are_told_in_one_line() {
    let bodies: [&[u8]; 4] = [
        b"\x00\xff\xfe\x1b]0;owned\x07\r\n\r\n",
        b"<html><body><h1>It works!</h1></body></html>",
        b"{\"Error\": \"this is JSON\"}",
        b"<DescribeLoadBalancersResponse>\xc3\x28</DescribeLoadBalancersResponse>",
    ];
    for body in bodies {
        let (endpoint, served) = raw(move |mut stream| {
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(body).unwrap();
        });
        assert_told(&describe(&endpoint), "error: XML parse error");
        served.join().unwrap();
    }
    let (endpoint, served) = raw(|mut stream| stream.write_all(b"\x16\x03\x01 not HTTP\r\n\r\n"));
    assert_told(&describe(&endpoint), "error: connection error (");
    served.join().unwrap().unwrap();
}

#[test]
fn a_document_of_another_content_type_is_read_as_what_it_is() {
    let service = Service::start(vec![Answer {
        headers: vec![(
            "Content-Type".to_owned(),
            "application/octet-stream".to_owned(),
        )],
        ..Answer::result(
            "DescribeLoadBalancers",
            "<LoadBalancerDescriptions><member><LoadBalancerName>web</LoadBalancerName></member></LoadBalancerDescriptions>",
        )
    }]);
    let run = describe(&service.endpoint());
    assert_eq!(
        (run.status, run.stdout.as_str()),
        (Some(0), "LOAD_BALANCER\tweb\t\t\t\n")
    );
}

/// A service that answers with these bytes under an encoding.
fn encoded(encoding: &'static str, body: Vec<u8>) -> (String, JoinHandle<()>) {
    raw(move |mut stream| {
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        // Who has read enough may leave.
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.write_all(&body);
    })
}

fn compressed(mut encoder: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    encoder.read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn answers_are_read_compressed_in_each_way_that_requests_reads() {
    let inside = "<LoadBalancerDescriptions><member><LoadBalancerName>web</LoadBalancerName></member></LoadBalancerDescriptions>";
    let answer = Answer::result("DescribeLoadBalancers", inside).body;
    let best = flate2::Compression::best();
    let text = answer.as_bytes();
    let gzip = compressed(flate2::read::GzEncoder::new(text, best));
    let zlib = compressed(flate2::read::ZlibEncoder::new(text, best));
    let bare = compressed(flate2::read::DeflateEncoder::new(text, best));
    for (encoding, body) in [("GZIP", gzip), ("deflate", zlib), ("deflate", bare)] {
        let (endpoint, served) = encoded(encoding, body);
        let run = describe(&endpoint);
        let read = (run.status, run.stdout.as_str());
        assert_eq!(
            read,
            (Some(0), "LOAD_BALANCER\tweb\t\t\t\n"),
            "{encoding}: {run:?}"
        );
        served.join().unwrap();
    }
    let (endpoint, served) = encoded("gzip", text.to_vec());
    let place = endpoint.trim_start_matches("http://");
    let told = format!("error: connection error ({place}: the answer cannot be decompressed: ");
    assert_told(&describe(&endpoint), &told);
    served.join().unwrap();
    let bomb = std::io::repeat(b' ').take(80 << 20);
    let bomb = compressed(flate2::read::GzEncoder::new(
        bomb,
        flate2::Compression::fast(),
    ));
    let (endpoint, served) = encoded("gzip", bomb);
    let told = "error: the answer is larger than 67108864 bytes";
    assert_told(&describe(&endpoint), told);
    served.join().unwrap();
}

#[test]
fn a_billion_laughs_are_not_laughed() {
    let mut body = "<!DOCTYPE lolz [<!ENTITY lol0 \"lol\">".to_owned();
    for level in 1..=9 {
        let inner = format!("&lol{};", level - 1).repeat(10);
        body.push_str(&format!("<!ENTITY lol{level} \"{inner}\">"));
    }
    body.push_str("]><lolz>&lol9;</lolz>");
    let service = Service::start(vec![Answer::ok(body)]);
    assert_told(&describe(&service.endpoint()), "error: XML parse error");
}

/// The tool runs under a limit of memory far below what is sent: it would be killed, had it no limit
/// of its own.
#[test]
fn an_endless_answer_is_given_up_within_bounds() {
    const GIGABYTE: usize = 1 << 30;
    const MEMORY_KIB: usize = 700 << 10;
    let (endpoint, served) = raw(|mut stream| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {GIGABYTE}\r\n\r\n<x>");
        stream.write_all(head.as_bytes()).unwrap();
        let piece = vec![b'a'; 1 << 20];
        let mut sent = 0;
        while sent < GIGABYTE && stream.write_all(&piece).is_ok() {
            sent += piece.len();
        }
        sent
    });
    let tool = env!("CARGO_BIN_EXE_eulb");
    let script = format!("ulimit -v {MEMORY_KIB} && exec '{tool}' describe-lbs --url {endpoint}");
    let output = Desk::calling(&endpoint)
        .command("eulb", &["--version"])
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .fold(
            &mut std::process::Command::new("/bin/sh"),
            |shell, (name, value)| shell.env(name, value),
        )
        .args(["-c", &script])
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(
        stderr.starts_with("eulb-describe-lbs: error: the answer is larger than 67108864 bytes"),
        "{stderr}"
    );
    assert!(served.join().unwrap() < GIGABYTE / 4, "it read on and on");
}

/// A byte every 20 ms is never a silence of a tenth of a second; only a limit of the whole ends it.
#[test]
fn an_answer_that_drips_is_given_up() {
    let (endpoint, served) = raw(|mut stream| {
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
        stream.write_all(head).unwrap();
        let pause = std::time::Duration::from_millis(20);
        while stream.write_all(b" ").is_ok() {
            std::thread::sleep(pause);
        }
    });
    let desk = Desk::calling(&endpoint);
    desk.write(
        "home/.euca/test.ini",
        "[global]\ntimeout = 0.1\nmax-retries = 0\n",
    );
    let run = desk.run::<&str>("eulb-describe-lbs", &[]);
    assert_told(&run, "error: request timed out");
    served.join().unwrap();
}

/// Answers that are none yet, faster than they can be read: the wait is looked at all the same.
#[test]
fn interim_answers_without_end_are_given_up() {
    const PATIENCE_BYTES: usize = 512 << 20;
    let (endpoint, served) = raw(|mut stream| {
        let piece = "HTTP/1.1 100 Continue\r\n\r\n".repeat(1 << 12);
        let mut sent = 0;
        while sent < PATIENCE_BYTES && stream.write_all(piece.as_bytes()).is_ok() {
            sent += piece.len();
        }
        sent
    });
    let desk = Desk::calling(&endpoint);
    desk.write(
        "home/.euca/test.ini",
        "[global]\ntimeout = 0.1\nmax-retries = 0\n",
    );
    let run = desk.run::<&str>("eulb-describe-lbs", &[]);
    assert_told(&run, "error: request timed out");
    assert!(served.join().unwrap() < PATIENCE_BYTES, "it read on and on");
}

#[test]
fn an_answer_that_is_cut_short_is_an_error_and_not_a_short_list() {
    let whole = "<DescribeLoadBalancersResponse><DescribeLoadBalancersResult>\
        <LoadBalancerDescriptions></LoadBalancerDescriptions></DescribeLoadBalancersResult>\
        </DescribeLoadBalancersResponse>";
    let heads = [
        format!("Content-Length: {}", whole.len() + 1),
        "Transfer-Encoding: chunked".to_owned(),
    ];
    for head in heads {
        let chunk = match head.contains("chunked") {
            true => format!("{:x}\r\n{whole}\r\n", whole.len()),
            false => whole.to_owned(),
        };
        let (endpoint, served) = raw(move |mut stream| {
            let text = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{chunk}");
            stream.write_all(text.as_bytes())
        });
        assert_told(&describe(&endpoint), "error: connection error (");
        served.join().unwrap().unwrap();
    }
}

#[test]
fn names_and_messages_cannot_steer_a_terminal() {
    // XML has no way to write ESC, but the C1 controls, among them CSI, are characters of it.
    let name = "we&#x9b;31m&#10;b&#9;&#x85;";
    let inside = format!(
        "<LoadBalancerDescriptions><member><LoadBalancerName>{name}</LoadBalancerName></member></LoadBalancerDescriptions>"
    );
    let steering = |text: &str| {
        text.trim_end()
            .chars()
            .any(|c| c.is_control() && c != '\t' && c != '\n')
    };
    for form in ["tsv", "table", "json", "yaml", "text"] {
        let service = Service::start(vec![Answer::result("DescribeLoadBalancers", &inside)]);
        let run = Desk::calling(&service.endpoint()).run("eulb-describe-lbs", &["--output", form]);
        assert_eq!(run.status, Some(0), "{form}: {}", run.stderr);
        assert!(!steering(&run.stdout), "{form}: {:?}", run.stdout);
        let arguments = ["--show-long", "--output", form];
        let run = Desk::calling(&service.endpoint()).run("eulb-describe-lbs", &arguments);
        assert_eq!(run.status, Some(0), "{form}: {}", run.stderr);
        assert!(!steering(&run.stdout), "{form}, long: {:?}", run.stdout);
    }
    let service = Service::start(vec![Answer::status(
        400,
        format!("<R><Error><Code>{name}</Code><Message>{name}</Message></Error></R>"),
    )]);
    let run = describe(&service.endpoint());
    // A message of several lines stays one, as it came.
    assert_eq!((run.status, run.stdout.as_str()), (Some(1), ""));
    assert!(run.stderr.starts_with("eulb-describe-lbs: error (we"));
    assert!(!steering(&run.stderr), "{:?}", run.stderr);
}

#[test]
fn a_certificate_for_another_host_is_refused() {
    let made = rcgen::generate_simple_self_signed(["somebody.else".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let configuration = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("https://{}", listener.local_addr().unwrap());
    // Returns what of the request was received.
    let served = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut tls = rustls::ServerConnection::new(Arc::new(configuration)).unwrap();
        let mut received = Vec::new();
        let _ = rustls::Stream::new(&mut tls, &mut stream).read_to_end(&mut received);
        received
    });
    let desk = Desk::calling(&endpoint);
    desk.write("ca.pem", &made.cert.pem());
    let run = desk.run(
        "eulb-describe-lbs",
        &["--verify-ssl", "--ca-file", "ca.pem"],
    );
    assert_told(&run, "error: connection error (");
    assert!(run.stderr.contains("certificate"), "{}", run.stderr);
    assert_eq!(served.join().unwrap(), b"");
}

/// The first try did it, and the service failed after that: the second is told of a duplicate.
#[test]
fn a_retried_create_that_meets_its_own_success_succeeds() {
    let duplicate = || {
        let message = "LoadBalancer name already exists: web";
        Answer::status(
            400,
            format!(
                "<ErrorResponse><Error><Code>400</Code><Message>{message}</Message></Error></ErrorResponse>"
            ),
        )
    };
    let found = |instance_port: u16| {
        Answer::result(
            "DescribeLoadBalancers",
            &format!(
                "<LoadBalancerDescriptions><member><LoadBalancerName>web</LoadBalancerName>\
                 <DNSName>web.lb</DNSName><ListenerDescriptions><member><Listener>\
                 <Protocol>TCP</Protocol><LoadBalancerPort>25</LoadBalancerPort>\
                 <InstanceProtocol>TCP</InstanceProtocol><InstancePort>{instance_port}</InstancePort>\
                 </Listener></member></ListenerDescriptions>\
                 <AvailabilityZones><member>A</member></AvailabilityZones></member>\
                 </LoadBalancerDescriptions>"
            ),
        )
    };
    let line = [
        "-z",
        "A",
        "-l",
        "lb-port=25,protocol=tcp,instance-port=2525",
        "web",
    ];
    let create = |answers: Vec<Answer>| {
        let service = Service::start(answers);
        Desk::calling(&service.endpoint()).run("eulb-create-lb", &line)
    };
    let failed = || Answer::status(500, "");
    let own = create(vec![failed(), duplicate(), found(2525)]);
    assert_eq!(
        (own.status, own.stdout.as_str()),
        (Some(0), "DNS_NAME\tweb.lb\n")
    );
    // Somebody else's is still a duplicate, as is one that was there before the first try.
    let others = [
        vec![failed(), duplicate(), found(80)],
        vec![duplicate(), found(2525)],
    ];
    for answers in others {
        let run = create(answers);
        assert_eq!((run.status, run.stdout.as_str()), (Some(1), ""));
        assert!(run.stderr.contains("already exists"), "{}", run.stderr);
    }
}
