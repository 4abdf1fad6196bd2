//! HTTPS and SSL listeners and TLS to instances: rustls and OpenSSL as clients, through the real
//! `eulb proxy`.

use crate::access_log::ended;
use crate::reading::Fault;
use crate::scripted::{Proxy, Recorder, Scripted, reply};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, HandshakeKind, ProtocolVersion,
    RootCertStore, ServerConfig, ServerConnection, SignatureScheme, StreamOwned,
    SupportedProtocolVersion,
};
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(30);

pub fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tls");
    path.join(name).to_str().unwrap().to_owned()
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// A proxy with the fixture's elliptic-curve certificate.
fn proxy(protocol: &str, instance: SocketAddr, options: &[&str]) -> Proxy {
    with_certificate(protocol, "ec.pem", "ec-pkcs8.key", instance, options)
}

fn with_certificate(
    protocol: &str,
    certificate: &str,
    key: &str,
    instance: SocketAddr,
    options: &[&str],
) -> Proxy {
    let (certificate, key) = (fixture(certificate), fixture(key));
    let mut all = vec!["--certificate", &certificate, "--key", &key];
    all.extend(options);
    Proxy::start(&[protocol], &[instance], &all)
}

/// A client that verifies who it talks to: `lb.example`, by the certificates given.
pub fn trusting(
    certificates: &[String],
    versions: &[&'static SupportedProtocolVersion],
) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    for path in certificates {
        roots
            .add(CertificateDer::from_pem_file(path).unwrap())
            .unwrap();
    }
    let config = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}

fn modern() -> Arc<ClientConfig> {
    trusting(&[fixture("ec.pem")], rustls::DEFAULT_VERSIONS)
}

pub struct Secure(StreamOwned<ClientConnection, TcpStream>);

impl Secure {
    pub fn connect(address: SocketAddr, config: &Arc<ClientConfig>) -> Secure {
        Secure::try_connect(address, config).unwrap()
    }

    fn try_connect(address: SocketAddr, config: &Arc<ClientConfig>) -> std::io::Result<Secure> {
        let name = ServerName::try_from("lb.example").unwrap();
        let session = ClientConnection::new(Arc::clone(config), name).unwrap();
        let socket = TcpStream::connect(address)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_write_timeout(Some(PATIENCE))?;
        let mut stream = StreamOwned::new(session, socket);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(Secure(stream))
    }

    fn send(&mut self, text: impl AsRef<[u8]>) {
        self.0.write_all(text.as_ref()).unwrap();
        self.0.flush().unwrap();
    }

    /// Asks for a path and reads an answer with a Content-Length; its status and body.
    pub fn get(&mut self, path: &str) -> (u16, String) {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: lb.example\r\n\r\n"));
        self.answer()
    }

    fn answer(&mut self) -> (u16, String) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.byte());
        }
        let head = String::from_utf8(head).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let length = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .map_or(0, |(_, length)| length.parse().unwrap());
        let body = (0..length).map(|_| self.byte()).collect();
        (status, String::from_utf8(body).unwrap())
    }

    fn byte(&mut self) -> u8 {
        let mut byte = [0];
        self.0.read_exact(&mut byte).unwrap();
        byte[0]
    }

    /// Reads to the end; an error is an end that is not one.
    fn rest(&mut self) -> std::io::Result<String> {
        let mut rest = String::new();
        self.0.read_to_string(&mut rest).map(|_| rest)
    }

    /// `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`
    pub fn cipher(&self) -> String {
        let suite = self.0.conn.negotiated_cipher_suite().unwrap();
        format!("{:?}", suite.suite())
    }

    fn kind(&self) -> HandshakeKind {
        self.0.conn.handshake_kind().unwrap()
    }

    /// Says goodbye and closes our side.
    fn finish(&mut self) {
        self.0.conn.send_close_notify();
        let _ = self.0.conn.complete_io(&mut self.0.sock);
        let _ = self.0.sock.shutdown(Shutdown::Write);
    }
}

// ---- listeners ---------------------------------------------------------------------------------

#[test]
fn https_ends_at_the_listener_and_instances_are_told() {
    let instance = Recorder::echoing();
    let proxy = proxy("https", instance.address(), &[]);
    let mut client = Secure::connect(proxy.address(), &modern());
    assert_eq!(client.get("/one"), (200, "GET /one".to_owned()));
    assert_eq!(client.get("/two"), (200, "GET /two".to_owned()));
    let seen = instance.request("GET /one");
    assert_eq!(seen.head.one("X-Forwarded-Proto"), Some("https"));
    let port = proxy.address().port().to_string();
    assert_eq!(seen.head.one("X-Forwarded-Port"), Some(&*port));

    // The end is said, not merely reached.
    client.send("GET /last HTTP/1.1\r\nHost: lb.example\r\nConnection: close\r\n\r\n");
    assert!(client.rest().unwrap().ends_with("GET /last"));
}

/// Cipher and protocol of a line, as OpenSSL names them.
#[test]
fn the_access_log_names_cipher_and_protocol() {
    let instance = TlsInstance::answering(OK, true);
    for protocol in ["https", "ssl"] {
        let logs = tempfile::tempdir().unwrap();
        let path = logs.path().to_str().unwrap();
        let options = ["--threads=1", "--instance-tls", "--access-log", path];
        let proxy = proxy(protocol, instance.address, &options);
        let root = [fixture("ec.pem")];
        for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
            let config = trusting(&root, &[version]);
            let mut client = Secure::connect(proxy.address(), &config);
            assert_eq!(client.get("/logged"), (200, "ok".to_owned()));
            client.finish();
            assert_eq!(client.rest().unwrap(), "");
        }
        let lines = ended(proxy, logs.path());
        let mut tls: Vec<_> = lines.iter().map(|line| line.tls.clone().unwrap()).collect();
        tls.sort();
        let expected = [
            ["ECDHE-ECDSA-AES256-GCM-SHA384", "TLSv1.2"],
            ["TLS_AES_256_GCM_SHA384", "TLSv1.3"],
        ];
        assert_eq!(tls, expected, "{protocol}");
        for line in &lines {
            let request = line.request.as_deref().unwrap();
            let (scheme, _) = request.split_once(' ').unwrap();
            let whole =
                request.starts_with("GET https://") && request.ends_with("/logged HTTP/1.1");
            assert!(whole == (protocol == "https"), "{scheme}: {request}");
        }
    }
}

/// A line of its own, in which nothing was negotiated, asked, answered or sent.
#[test]
fn a_handshake_that_fails_is_logged_as_a_session_that_reached_nobody() {
    let hello = hello();
    let stranger = {
        let mut provider = aws_lc_rs::default_provider();
        let is_rsa = |suite: rustls::CipherSuite| format!("{suite:?}").contains("_RSA_");
        provider.cipher_suites.retain(|all| is_rsa(all.suite()));
        let config = ClientConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(&[&rustls::version::TLS12])
            .unwrap()
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth();
        first_words(Arc::new(config))
    };
    for protocol in ["https", "ssl"] {
        let instance = Recorder::echoing();
        let logs = tempfile::tempdir().unwrap();
        let path = logs.path().to_str().unwrap();
        let options = ["--threads=1", "--access-log", path];
        let proxy = proxy(protocol, instance.address(), &options);
        // Each is let go, or gone, before the next one comes.
        let ask = |bytes: &[u8], leaves: bool| {
            let mut socket = TcpStream::connect(proxy.address()).unwrap();
            socket.set_read_timeout(Some(PATIENCE)).unwrap();
            socket.write_all(bytes).unwrap();
            if leaves {
                socket.shutdown(Shutdown::Write).unwrap();
            }
            let from = socket.local_addr().unwrap().to_string();
            match socket.read_to_end(&mut Vec::new()) {
                Ok(_) => {}
                Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
            }
            from
        };
        let mut told = vec![
            ask(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", false),
            ask(&stranger, false),
            ask(&hello[..hello.len() / 2], true),
            ask(&hello, true),
        ];
        // Without a word, it is a session, but no request.
        let silent = ask(b"", true);
        if protocol == "ssl" {
            told.push(silent);
        }
        let lines = ended(proxy, logs.path());
        let seen: Vec<_> = lines.iter().map(|line| line.client.clone()).collect();
        assert_eq!(seen, told, "{protocol}");
        for line in &lines {
            assert_eq!((line.statuses(), &*line.backend), (["-", "-"], "-"));
            assert_eq!((line.received, line.sent, line.times), (0, 0, [-1.0; 3]));
            let words = (line.request.as_deref(), line.agent.as_deref());
            assert_eq!(words, (Some("- - - "), Some("-")), "{protocol}");
            assert_eq!(line.tls.as_ref().unwrap(), &["-", "-"]);
        }
        assert_eq!(instance.count(), 0);
    }
}

/// What a client says first.
fn first_words(config: Arc<ClientConfig>) -> Vec<u8> {
    let name = ServerName::try_from("lb.example").unwrap();
    let mut session = ClientConnection::new(config, name).unwrap();
    let mut bytes = Vec::new();
    session.write_tls(&mut bytes).unwrap();
    bytes
}

fn hello() -> Vec<u8> {
    first_words(modern())
}

#[test]
fn every_form_of_key_is_read() {
    let instance = Recorder::echoing();
    for (certificate, key) in [
        ("rsa.pem", "rsa-pkcs8.key"),
        ("rsa.pem", "rsa-pkcs1.key"),
        ("ec.pem", "ec-pkcs8.key"),
        ("ec.pem", "ec-sec1.key"),
    ] {
        let proxy = with_certificate("https", certificate, key, instance.address(), &[]);
        for versions in [&[&rustls::version::TLS12], &[&rustls::version::TLS13]] {
            let config = trusting(&[fixture(certificate)], versions);
            let mut client = Secure::connect(proxy.address(), &config);
            assert_eq!(client.get("/key").0, 200, "{key} {versions:?}");
        }
    }
}

#[test]
fn what_cannot_be_served_is_said_at_the_start() {
    let policy = ["--security-policy", "ELBSecurityPolicy-2011-08"];
    let (ec, key, other) = (
        fixture("ec.pem"),
        fixture("ec-pkcs8.key"),
        fixture("rsa-pkcs8.key"),
    );
    let files = ["--certificate", &ec, "--key", &key];
    let cases: [(Vec<&str>, i32, &str); 6] = [
        (
            vec![],
            2,
            "a listener for https needs --certificate and --key",
        ),
        (vec!["--certificate", &ec], 2, "--key"),
        (
            vec!["--certificate", &ec, "--key", "/no/such.key"],
            1,
            "cannot read /no/such.key: No such file or directory",
        ),
        (
            vec!["--certificate", &ec, "--key", &other],
            1,
            "do not belong together",
        ),
        (
            vec!["--certificate", &key, "--key", &key],
            1,
            "there is none",
        ),
        (
            [&files[..], &policy].concat(),
            1,
            "enables no protocol that can be served: it has TLSv1, SSLv3, and only TLSv1.2",
        ),
    ];
    for (options, status, expected) in cases {
        let run = Command::new(env!("CARGO_BIN_EXE_eulb"))
            .args([
                "proxy",
                "--listen",
                "https:127.0.0.1:0",
                "--to",
                "127.0.0.1:9",
            ])
            .args(&options)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stderr);
        assert_eq!(run.status.code(), Some(status), "{options:?}: {said}");
        assert!(said.contains(expected), "{options:?}: {said}");
        assert!(!said.contains("PRIVATE"), "{said}");
    }
}

#[test]
fn the_whole_chain_is_sent() {
    let directory = tempfile::tempdir().unwrap();
    let authority = |name: &str| {
        let mut parameters = rcgen::CertificateParams::new([]).unwrap();
        parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        parameters
            .distinguished_name
            .push(rcgen::DnType::CommonName, name);
        (parameters, rcgen::KeyPair::generate().unwrap())
    };
    let (root, root_key) = authority("root");
    let root_certificate = root.self_signed(&root_key).unwrap();
    let root = rcgen::Issuer::new(root, root_key);
    let (middle, middle_key) = authority("middle");
    let middle_certificate = middle.signed_by(&middle_key, &root).unwrap();
    let middle = rcgen::Issuer::new(middle, middle_key);
    let leaf_key = rcgen::KeyPair::generate().unwrap();
    let leaf = rcgen::CertificateParams::new(["lb.example".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&leaf_key, &middle).unwrap();
    let write = |name: &str, text: String| -> String {
        let path: PathBuf = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let chain = write("chain.pem", leaf.pem() + &middle_certificate.pem());
    let key = write("leaf.key", leaf_key.serialize_pem());
    let trusted = write("root.pem", root_certificate.pem());

    let instance = Recorder::echoing();
    let options = ["--certificate", &chain, "--key", &key];
    let proxy = Proxy::start(&["https"], &[instance.address()], &options);
    let config = trusting(&[trusted], rustls::DEFAULT_VERSIONS);
    let mut client = Secure::connect(proxy.address(), &config);
    assert_eq!(client.0.conn.peer_certificates().unwrap().len(), 2);
    assert_eq!(client.get("/chain").0, 200);
}

#[test]
fn the_name_asked_for_is_ignored() {
    let instance = Recorder::echoing();
    let proxy = proxy("https", instance.address(), &[]);
    let config = unverified();
    for name in ["lb.example", "somebody.else", "127.0.0.9"] {
        let name = ServerName::try_from(name).unwrap();
        let session = ClientConnection::new(Arc::clone(&config), name).unwrap();
        let socket = TcpStream::connect(proxy.address()).unwrap();
        let mut client = Secure(StreamOwned::new(session, socket));
        assert_eq!(client.get("/name").0, 200);
    }
}

#[test]
fn sessions_are_resumed_whichever_worker_answers() {
    let instance = Recorder::echoing();
    let proxy = proxy("https", instance.address(), &["--threads", "2"]);
    for versions in [&[&rustls::version::TLS12], &[&rustls::version::TLS13]] {
        let config = trusting(&[fixture("ec.pem")], versions);
        let mut first = Secure::connect(proxy.address(), &config);
        assert_eq!(first.get("/first").0, 200);
        assert_ne!(first.kind(), HandshakeKind::Resumed);
        for _ in 0..8 {
            let mut again = Secure::connect(proxy.address(), &config);
            assert_eq!(again.get("/again").0, 200);
            assert_eq!(again.kind(), HandshakeKind::Resumed, "{versions:?}");
        }
    }
}

#[test]
fn a_policy_is_what_is_negotiated() {
    let instance = Recorder::echoing();
    let policy = ["--security-policy", "ELBSecurityPolicy-2016-08"];
    let proxy = proxy("https", instance.address(), &policy);
    let mut client = Secure::connect(proxy.address(), &modern());
    assert_eq!(client.get("/policy").0, 200);
    let session = &client.0.conn;
    assert_eq!(session.protocol_version(), Some(ProtocolVersion::TLSv1_2));
    // The order is the policy's: AES-128 first, though this client prefers AES-256.
    assert_eq!(
        session.negotiated_cipher_suite().unwrap().suite(),
        rustls::CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
    );
    // No policy of Classic Load Balancers has TLS 1.3.
    let newest = trusting(&[fixture("ec.pem")], &[&rustls::version::TLS13]);
    let refused = Secure::try_connect(proxy.address(), &newest).err().unwrap();
    assert!(refused.to_string().contains("ProtocolVersion"), "{refused}");
}

#[test]
fn a_new_certificate_is_taken_up_without_dropping_anybody() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let (certificate, key) = (at("now.pem"), at("now.key"));
    let install = |from: &str, from_key: &str| {
        std::fs::copy(fixture(from), &certificate).unwrap();
        std::fs::copy(fixture(from_key), &key).unwrap();
    };
    install("ec.pem", "ec-pkcs8.key");
    let instance = Recorder::echoing();
    let options = ["--certificate", &certificate, "--key", &key];
    let proxy = Proxy::start(&["https"], &[instance.address()], &options);
    let both = trusting(
        &[fixture("ec.pem"), fixture("rsa.pem")],
        rustls::DEFAULT_VERSIONS,
    );
    let mut old = Secure::connect(proxy.address(), &both);
    let old_certificate = old.0.conn.peer_certificates().unwrap()[0].clone();
    assert_eq!(old.get("/old").0, 200);

    // Clients come and go meanwhile, and none of them is turned away.
    let load = {
        let (both, address) = (Arc::clone(&both), proxy.address());
        let stop = Arc::new(AtomicUsize::new(0));
        let told = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut served = 0;
            while told.load(Ordering::Relaxed) == 0 || served < 20 {
                let mut client = Secure::connect(address, &both);
                assert_eq!(client.get("/load").0, 200);
                served += 1;
            }
        });
        (stop, thread)
    };
    install("rsa.pem", "rsa-pkcs8.key");
    proxy.hang_up();
    let fresh = || {
        let versions = rustls::DEFAULT_VERSIONS;
        let config = trusting(&[fixture("ec.pem"), fixture("rsa.pem")], versions);
        let mut client = Secure::connect(proxy.address(), &config);
        assert_eq!(client.get("/new").0, 200);
        client.0.conn.peer_certificates().unwrap()[0].clone()
    };
    let begun = std::time::Instant::now();
    while fresh() == old_certificate {
        assert!(begun.elapsed() < PATIENCE, "the certificate stays");
    }
    assert_eq!(old.get("/still").0, 200);
    load.0.store(1, Ordering::Relaxed);
    load.1.join().unwrap();

    // It was renewed for the same name: sessions from before go on.
    let mut resumed = Secure::connect(proxy.address(), &both);
    assert_eq!(resumed.get("/resumed").0, 200);
    assert_eq!(resumed.kind(), HandshakeKind::Resumed);

    // What cannot be read changes nothing.
    std::fs::write(&key, "no key").unwrap();
    proxy.hang_up();
    assert_eq!(Secure::connect(proxy.address(), &both).get("/kept").0, 200);
}

// ---- hostile clients ---------------------------------------------------------------------------

#[test]
fn hostile_handshakes_harm_nobody_else() {
    let instance = Recorder::echoing();
    let proxy = proxy("https", instance.address(), &["--threads", "1"]);
    let address = proxy.address();
    let hello = hello();
    let fragments: Vec<u8> = (0..4000).flat_map(|_| [22, 3, 1, 0, 1, 1]).collect();
    let attacks: [(&str, Vec<u8>); 8] = [
        ("garbage", (0..1000).map(|n| (n * 37 % 256) as u8).collect()),
        ("plain HTTP", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".to_vec()),
        ("half a hello", hello[..hello.len() / 2].to_vec()),
        (
            "a record too long",
            [&[22, 3, 3, 0xff, 0xff][..], &[0; 70_000]].concat(),
        ),
        ("an empty record", vec![22, 3, 3, 0, 0]),
        ("one byte in each record", fragments),
        ("data before the handshake", vec![23, 3, 3, 0, 2, 65, 65]),
        ("a hello twice", [&hello[..], &hello].concat()),
    ];
    let mut held = Vec::new();
    for (name, bytes) in &attacks {
        let mut socket = TcpStream::connect(address).unwrap();
        // The proxy may have closed before all was sent.
        let _ = socket.write_all(bytes);
        held.push(socket);
        let mut client = Secure::connect(address, &modern());
        assert_eq!(client.get("/served").0, 200, "after {name}");
    }
    // Whoever talks nonsense is told so, or at least let go, at once.
    for (socket, (name, _)) in held.iter_mut().zip(&attacks) {
        if *name == "half a hello" {
            continue;
        }
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut rest = Vec::new();
        match socket.read_to_end(&mut rest) {
            Ok(_) => {}
            Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{name}"),
        }
    }
    assert_eq!(instance.count(), attacks.len());
}

#[test]
fn a_client_that_does_not_read_makes_nothing_grow() {
    let body = "x".repeat(32 << 20);
    let instance = Recorder::answering(move |_| reply(200, &body).into());
    let proxy = proxy("https", instance.address(), &["--threads", "1"]);
    let clients: Vec<Secure> = (0..4)
        .map(|_| {
            let mut client = Secure::connect(proxy.address(), &modern());
            client.send("GET /large HTTP/1.1\r\nHost: lb.example\r\n\r\n");
            // The first byte: the answer is on its way.
            assert_eq!(client.byte(), b'H');
            client
        })
        .collect();
    let mut other = Secure::connect(proxy.address(), &modern());
    other.send("GET /other HTTP/1.1\r\nHost: lb.example\r\n\r\n");
    assert_eq!(other.byte(), b'H');
    assert!(proxy.resident_kib() < 64 << 10, "{}", proxy.resident_kib());
    drop(clients);
}

#[test]
fn openssl_connects_resumes_and_may_not_renegotiate() {
    let instance = Recorder::echoing();
    let proxy = proxy("https", instance.address(), &[]);
    let address = proxy.address().to_string();
    let openssl = |options: &[&str], said: &str| {
        let mut child = Command::new("openssl")
            .args(["s_client", "-connect", &address])
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .ok()?;
        child
            .stdin
            .take()
            .unwrap()
            .write_all(said.as_bytes())
            .unwrap();
        let done = child.wait_with_output().unwrap();
        let all = [done.stdout, done.stderr].concat();
        Some(String::from_utf8_lossy(&all).into_owned())
    };
    let Some(said) = openssl(&["-tls1_2", "-reconnect"], "Q\n") else {
        eprintln!("SKIPPED: openssl is not installed");
        return;
    };
    assert_eq!(said.matches("Reused, TLSv1.2").count(), 5, "{said}");
    let said = openssl(&["-tls1_2"], "R\n").unwrap();
    assert!(said.contains("RENEGOTIATING"), "{said}");
    assert!(said.contains("no renegotiation"), "{said}");
    let mut client = Secure::connect(proxy.address(), &modern());
    assert_eq!(client.get("/after").0, 200);
}

// ---- streams -----------------------------------------------------------------------------------

#[test]
fn ssl_carries_bytes_both_ways_and_each_end_is_passed_on() {
    let instance = Scripted::new();
    let proxy = proxy("ssl", instance.address(), &[]);
    let mut client = Secure::connect(proxy.address(), &modern());
    client.send("ping");
    let mut at = instance.accept();
    assert_eq!(at.line.reader.exactly(4).unwrap(), b"ping");
    at.send("pong");
    let pong: Vec<u8> = (0..4).map(|_| client.byte()).collect();
    assert_eq!(pong, b"pong");
    client.finish();
    assert_eq!(at.line.reader.until_end(), Ok(Vec::new()));
    at.send("the rest");
    at.close();
    assert_eq!(client.rest().unwrap(), "the rest");
}

#[test]
fn large_transfers_cross_each_other_whole_over_tls() {
    let instance = TlsInstance::echoing();
    let proxy = proxy("ssl", instance.address, &["--instance-tls"]);
    let bytes: Vec<u8> = (0..6_000_000_u32)
        .map(|n| (n * 7 + n / 251) as u8)
        .collect();
    let client = Secure::connect(proxy.address(), &modern());
    let StreamOwned { mut conn, mut sock } = client.0;
    sock.set_nonblocking(true).unwrap();
    let (mut sent, mut received) = (0, Vec::new());
    while received.len() < bytes.len() {
        let mut moved = false;
        if sent < bytes.len() {
            let count = conn.writer().write(&bytes[sent..]).unwrap();
            sent += count;
            moved |= count > 0;
        }
        while conn.wants_write() {
            match conn.write_tls(&mut sock) {
                Ok(_) => moved = true,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => panic!("{error}"),
            }
        }
        match conn.read_tls(&mut sock) {
            Ok(0) => panic!("ended after {} bytes", received.len()),
            Ok(_) => moved = true,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => panic!("{error}"),
        }
        conn.process_new_packets().unwrap();
        let mut part = vec![0; 65536];
        while let Ok(count @ 1..) = conn.reader().read(&mut part) {
            received.extend_from_slice(&part[..count]);
        }
        if !moved {
            std::thread::yield_now();
        }
    }
    assert!(received == bytes);
}

#[test]
fn a_client_that_is_cut_off_is_not_made_into_one_that_ended() {
    let instance = Scripted::new();
    let proxy = proxy("ssl", instance.address(), &[]);
    let mut client = Secure::connect(proxy.address(), &modern());
    client.send("half a");
    let mut at = instance.accept();
    assert_eq!(at.line.reader.exactly(6).unwrap(), b"half a");
    // Closed without close_notify: an attacker on the way can do that, too.
    client.0.sock.shutdown(Shutdown::Both).unwrap();
    assert_eq!(at.line.reader.until_end(), Err(Fault::Reset));
}

#[test]
fn an_upgraded_connection_goes_on_over_tls() {
    let instance = Scripted::new();
    let proxy = proxy("https", instance.address(), &[]);
    let mut client = Secure::connect(proxy.address(), &modern());
    client.send(
        "GET /chat HTTP/1.1\r\nHost: lb.example\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n",
    );
    let mut at = instance.accept();
    at.expect("GET /chat")
        .send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n");
    assert_eq!(client.answer().0, 101);
    client.send("hello");
    assert_eq!(at.line.reader.exactly(5).unwrap(), b"hello");
    at.send("there");
    at.close();
    assert_eq!(client.rest().unwrap(), "there");
}

// ---- instances ---------------------------------------------------------------------------------

/// Verifies nothing: for tests of what is not about that.
fn unverified() -> Arc<ClientConfig> {
    #[derive(Debug)]
    struct Anybody;
    impl ServerCertVerifier for Anybody {
        fn verify_server_cert(
            &self,
            _: &CertificateDer<'_>,
            _: &[CertificateDer<'_>],
            _: &ServerName<'_>,
            _: &[u8],
            _: UnixTime,
        ) -> Result<ServerCertVerified, rustls::Error> {
            Ok(ServerCertVerified::assertion())
        }
        fn verify_tls12_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, rustls::Error> {
            Ok(HandshakeSignatureValid::assertion())
        }
        fn verify_tls13_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, rustls::Error> {
            Ok(HandshakeSignatureValid::assertion())
        }
        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            let algorithms = provider().signature_verification_algorithms;
            algorithms.supported_schemes()
        }
    }
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody))
        .with_no_client_auth();
    Arc::new(config)
}

/// What an instance that speaks TLS does with each connection.
type Serve = dyn Fn(&mut StreamOwned<ServerConnection, TcpStream>) + Send + Sync;

/// An instance with the fixture's elliptic-curve certificate.
pub struct TlsInstance {
    pub address: SocketAddr,
    /// How each accepted connection began.
    handshakes: Arc<Mutex<Vec<HandshakeKind>>>,
}

impl TlsInstance {
    fn config() -> ServerConfig {
        let certificate = CertificateDer::from_pem_file(fixture("ec.pem")).unwrap();
        let key = PrivateKeyDer::from_pem_file(fixture("ec-pkcs8.key")).unwrap();
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        config.ticketer = aws_lc_rs::Ticketer::new().unwrap();
        config
    }

    fn new(
        serve: impl Fn(&mut StreamOwned<ServerConnection, TcpStream>) + Send + Sync + 'static,
    ) -> Self {
        let config = Arc::new(TlsInstance::config());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let handshakes = Arc::<Mutex<Vec<HandshakeKind>>>::default();
        let (kinds, serve): (_, Arc<Serve>) = (Arc::clone(&handshakes), Arc::new(serve));
        std::thread::spawn(move || {
            for socket in listener.incoming().map_while(Result::ok) {
                let (config, kinds) = (Arc::clone(&config), Arc::clone(&kinds));
                let serve = Arc::clone(&serve);
                std::thread::spawn(move || {
                    let session = ServerConnection::new(config).unwrap();
                    let mut stream = StreamOwned::new(session, socket);
                    while stream.conn.is_handshaking() {
                        if stream.conn.complete_io(&mut stream.sock).is_err() {
                            return;
                        }
                    }
                    kinds
                        .lock()
                        .unwrap()
                        .push(stream.conn.handshake_kind().unwrap());
                    serve(&mut stream);
                });
            }
        });
        TlsInstance {
            address,
            handshakes,
        }
    }

    /// Sends back what it receives, without waiting for the end.
    fn echoing() -> Self {
        TlsInstance::new(|stream| {
            let mut part = vec![0; 65536];
            while let Ok(count @ 1..) = stream.read(&mut part) {
                if stream.write_all(&part[..count]).is_err() {
                    return;
                }
            }
        })
    }

    /// Answers each request head with this.
    pub fn answering(answer: &'static str, says_goodbye: bool) -> Self {
        TlsInstance::new(move |stream| {
            let mut head = Vec::new();
            let mut byte = [0];
            while let Ok(1) = stream.read(&mut byte) {
                head.push(byte[0]);
                if head.ends_with(b"\r\n\r\n") {
                    head.clear();
                    let _ = stream.write_all(answer.as_bytes());
                    if !answer.contains("Content-Length") {
                        break;
                    }
                }
            }
            if says_goodbye {
                stream.conn.send_close_notify();
                let _ = stream.conn.complete_io(&mut stream.sock);
            }
        })
    }

    pub fn count(&self) -> usize {
        self.handshakes.lock().unwrap().len()
    }
}

pub const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[test]
fn instances_are_spoken_to_over_tls_and_their_connections_kept() {
    let instance = TlsInstance::answering(OK, true);
    let options = ["--instance-tls", "--threads", "1"];
    let proxy = proxy("https", instance.address, &options);
    let mut client = Secure::connect(proxy.address(), &modern());
    for _ in 0..5 {
        assert_eq!(client.get("/kept"), (200, "ok".to_owned()));
    }
    assert_eq!(instance.count(), 1);
    // Several at once need several connections, which resume the first one's session.
    let plain = Proxy::start(&["http"], &[instance.address], &options);
    for _ in 0..2 {
        let mut client = plain.client();
        client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assert_eq!(client.answer().status(), 200);
    }
}

#[test]
fn what_an_instance_says_unasked_over_tls_is_nobodys_answer() {
    let (poison, wait) = std::sync::mpsc::channel::<()>();
    let (said, poisoned) = std::sync::mpsc::channel();
    let wait = Mutex::new(Some(wait));
    let instance = TlsInstance::new(move |stream| {
        let mut answer = || {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte)?;
                head.push(byte[0]);
            }
            stream.write_all(OK.as_bytes())
        };
        let asked = answer();
        // The first connection only.
        let wait = wait.lock().unwrap().take();
        if let (Ok(()), Some(wait)) = (asked, wait) {
            wait.recv().unwrap();
            // Else it would wait for the proxy to acknowledge the answer, which the next request does.
            stream.sock.set_nodelay(true).unwrap();
            stream.write_all(reply(200, "poison").as_bytes()).unwrap();
            said.send(()).unwrap();
            // Until the proxy closes it.
            let _ = stream.read(&mut [0]);
        }
    });
    let options = ["--instance-tls", "--threads", "1"];
    let proxy = Proxy::start(&["http"], &[instance.address], &options);
    let mut client = proxy.client();
    client.get("/1");
    assert_eq!(client.answer().text(), "ok");
    poison.send(()).unwrap();
    poisoned.recv().unwrap();
    // The proxy has seen it once another exchange has gone through all of it.
    let mut other = proxy.client();
    other.send("GET bad\r\n\r\n");
    assert_eq!(other.answer().status(), 400);
    client.get("/2");
    assert_eq!(client.answer().text(), "ok");
    assert_eq!(instance.count(), 2);
}

/// With TLS 1.3 a server may speak in its first flight, before it has seen that the client is one.
#[test]
fn who_answers_before_the_first_request_is_not_asked_again() {
    let mut config = TlsInstance::config();
    config.send_half_rtt_data = true;
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let accept = move || {
        let (socket, _) = listener.accept().unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let session = ServerConnection::new(Arc::clone(&config)).unwrap();
        StreamOwned::new(session, socket)
    };
    let head = |stream: &mut StreamOwned<ServerConnection, TcpStream>| {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
            head.push(byte[0]);
        }
        String::from_utf8(head).unwrap()
    };
    let instance = std::thread::spawn(move || {
        let mut first = accept();
        first.conn.read_tls(&mut first.sock).unwrap();
        first.conn.process_new_packets().unwrap();
        let mut writer = first.conn.writer();
        writer.write_all(reply(200, "unasked").as_bytes()).unwrap();
        first.flush().unwrap();
        assert!(head(&mut first).starts_with("GET /1 "));
        // A second request here would be answered as the first.
        assert_eq!(head(&mut first), "");
        let mut second = accept();
        assert!(head(&mut second).starts_with("GET /2 "));
        second.write_all(reply(200, "2").as_bytes()).unwrap();
    });
    let proxy = Proxy::start(&["http"], &[address], &["--instance-tls", "--threads", "1"]);
    let mut client = proxy.client();
    client.get("/1");
    assert_eq!(client.answer().text(), "unasked");
    client.get("/2");
    assert_eq!(client.answer().text(), "2");
    instance.join().unwrap();
}

#[test]
fn only_the_trusted_key_is_asked() {
    let instance = TlsInstance::answering(OK, true);
    let directory = tempfile::tempdir().unwrap();
    let bare = directory.path().join("bare");
    let text = std::fs::read_to_string(fixture("ec.pub")).unwrap();
    let base64: Vec<_> = text.lines().filter(|line| !line.starts_with('-')).collect();
    std::fs::write(&bare, base64.concat()).unwrap();
    let (certificate, public, other) = (fixture("ec.pem"), fixture("ec.pub"), fixture("rsa.pem"));
    let bare = bare.to_str().unwrap();
    let cases: [(&[&str], u16); 5] = [
        (&[&certificate], 200),
        (&[&public], 200),
        (&[bare], 200),
        (&[&other], 503),
        (&[&other, &public], 200),
    ];
    for (keys, expected) in cases {
        let mut options = vec!["--instance-tls"];
        keys.iter()
            .for_each(|key| options.extend(["--instance-key", key]));
        let proxy = Proxy::start(&["http"], &[instance.address], &options);
        let mut client = proxy.client();
        client.get("/trusted");
        assert_eq!(client.answer().status(), expected, "{keys:?}");
    }
    // On a stream there is nothing to answer with.
    let options = ["--instance-tls", "--instance-key", &other];
    let proxy = Proxy::start(&["tcp"], &[instance.address], &options);
    let mut socket = TcpStream::connect(proxy.address()).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    assert_eq!(socket.read(&mut [0]).unwrap(), 0);
}

#[test]
fn an_instance_that_speaks_no_tls_is_not_spoken_to_plainly() {
    let instance = Recorder::echoing();
    let proxy = Proxy::start(&["http"], &[instance.address()], &["--instance-tls"]);
    let mut client = proxy.client();
    client.get("/secret");
    assert_eq!(client.answer().status(), 503);
    assert!(
        instance
            .requests()
            .iter()
            .all(|request| request.asked() != "GET /secret")
    );
}

#[test]
fn an_answer_that_was_cut_off_is_not_made_into_one_that_ended() {
    let answer = "HTTP/1.1 200 OK\r\n\r\nhalf of it";
    for (says_goodbye, whole) in [(true, true), (false, false)] {
        let instance = TlsInstance::answering(answer, says_goodbye);
        let proxy = proxy("https", instance.address, &["--instance-tls"]);
        let mut client = Secure::connect(proxy.address(), &modern());
        client.send("GET /half HTTP/1.1\r\nHost: lb.example\r\n\r\n");
        let rest = client.rest();
        assert_eq!(rest.is_ok(), whole, "{rest:?}");
    }
}
