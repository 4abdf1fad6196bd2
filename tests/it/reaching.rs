//! Ways to an endpoint: proxies, IPv6, certificates that nobody vouches for.

use crate::service::{Answer, Service};
use crate::tool::{Desk, Run};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;

const EMPTY: &str =
    "<DescribeLoadBalancersResponse><DescribeLoadBalancersResult/></DescribeLoadBalancersResponse>";

fn describe(desk: &Desk, options: &[&str]) -> Run {
    desk.run("eulb-describe-lbs", options)
}

#[track_caller]
fn succeeds(run: &Run) {
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""), "{run:?}");
}

#[test]
fn proxies_of_the_environment_are_used_and_their_exceptions_heeded() {
    let proxy = Service::start(vec![Answer::ok(EMPTY)]);
    let address = proxy.endpoint();
    // A name that no resolver knows: only the proxy can be asked for it.
    let elsewhere = || Desk::calling("http://elb.invalid/services");
    for variable in ["http_proxy", "all_proxy", "ALL_PROXY"] {
        succeeds(&describe(&elsewhere().with(variable, &address), &[]));
        let request = proxy.received().pop().unwrap();
        assert_eq!(request.target, "http://elb.invalid/services", "{variable}");
        // The signature is for the service, not for the proxy.
        assert_eq!(request.header("host"), Some("elb.invalid"));
    }
    let asked = proxy.received().len();
    for exception in ["elb.invalid", ".invalid", "other, elb.invalid", "*"] {
        for variable in ["no_proxy", "NO_PROXY"] {
            let desk = elsewhere().with("http_proxy", &address);
            let run = describe(&desk.with(variable, exception), &[]);
            assert_eq!(run.status, Some(1), "{variable}={exception}: {run:?}");
            assert!(
                run.stderr.contains("connection error (elb.invalid: "),
                "{run:?}"
            );
        }
    }
    assert_eq!(proxy.received().len(), asked);

    // To a service that speaks TLS, a proxy only makes the connection.
    let tunnel = Service::start(vec![Answer::status(403, "")]);
    let desk = Desk::calling("https://elb.invalid/").with("https_proxy", &tunnel.endpoint());
    let run = describe(&desk, &[]);
    assert_eq!(run.status, Some(1));
    assert!(
        run.stderr
            .starts_with("eulb-describe-lbs: error: connection error (elb.invalid: "),
        "{run:?}"
    );
    let request = tunnel.received().pop().unwrap();
    assert_eq!(
        (request.method.as_str(), request.target.as_str()),
        ("CONNECT", "elb.invalid:443")
    );

    // A proxy that is not there is told as such.
    let desk = elsewhere().with("http_proxy", "http://127.0.0.1:1/");
    let run = describe(&desk, &[]);
    assert_eq!(run.status, Some(1));
    assert!(run.stderr.contains("refused"), "{run:?}");
}

/// Reads a request and answers it, on anything that is a stream.
fn answer(stream: &mut (impl Read + Write)) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    if stream.read_exact(&mut body).is_ok() {
        let length = EMPTY.len();
        let _ = write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{EMPTY}"
        );
        let _ = stream.flush();
    }
    head
}

#[test]
fn an_endpoint_may_have_an_address_of_ipv6() {
    let listener = match TcpListener::bind("[::1]:0") {
        Ok(listener) => listener,
        Err(error) => return eprintln!("SKIPPED: no IPv6 here: {error}"),
    };
    let address = listener.local_addr().unwrap();
    let served = std::thread::spawn(move || answer(&mut listener.accept().unwrap().0));
    succeeds(&describe(
        &Desk::calling(&format!("http://{address}/x")),
        &[],
    ));
    let head = served.join().unwrap();
    assert!(head.contains(&format!("\r\nhost: {address}\r\n")), "{head}");
}

#[test]
fn certificates_are_verified_where_that_is_asked_for() {
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let configuration = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let configuration = Arc::new(configuration);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("https://{}", listener.local_addr().unwrap());
    // The thread ends with the process; it holds nothing but its sockets.
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut tls = rustls::ServerConnection::new(configuration.clone()).unwrap();
            let mut stream = rustls::Stream::new(&mut tls, &mut stream);
            answer(&mut stream);
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    let desk = Desk::calling(&endpoint);
    desk.write("ca.pem", &made.cert.pem());
    desk.write("nothing.pem", "not a certificate\n");
    // As the original: clouds of one's own rarely have certificates that anybody vouches for.
    succeeds(&describe(&desk, &[]));
    succeeds(&describe(&desk, &["--ca-file", "ca.pem"]));
    succeeds(&describe(&desk, &["--verify-ssl", "--ca-file=ca.pem"]));
    succeeds(&describe(&desk, &["--verify-ssl", "--no-verify-ssl"]));
    #[rustfmt::skip]
    let refused: [(&[&str], &str); 3] = [
        (&["--verify-ssl"], "certificate"),
        (&["--ca-file", "none.pem"], "cannot load certificates from none.pem: "),
        (&["--ca-file", "nothing.pem"], "cannot load certificates from nothing.pem: there are none in it"),
    ];
    for (options, expected) in refused {
        let run = describe(&desk, options);
        assert_eq!(
            (run.status, run.stdout.as_str()),
            (Some(1), ""),
            "{options:?}"
        );
        assert!(run.stderr.contains(expected), "{options:?}: {run:?}");
        assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    }
    // A region may ask for it, and the command line may say otherwise.
    desk.write(
        "home/.euca/a.ini",
        &format!("[global]\ndefault-region = here\n[region here]\nelasticloadbalancing-url = {endpoint}\nverify-ssl = true\n"),
    );
    let run = describe(&desk, &[]);
    assert_eq!(run.status, Some(1));
    assert!(run.stderr.contains("certificate"), "{run:?}");
    succeeds(&describe(&desk, &["--no-verify-ssl"]));
}
