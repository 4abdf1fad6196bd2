//! The PROXY line: the first bytes of each connection to an instance, once, and nobody else's client
//! on that connection.

use crate::cloud::Cloud;
use crate::reading::latin1;
use crate::scripted::{Client, Conversation, Down, Proxy, Scripted};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;

fn line(family: &str, client: SocketAddr, proxy: SocketAddr) -> String {
    let (from, to) = (client.ip(), proxy.ip());
    format!(
        "PROXY {family} {from} {to} {} {}\r\n",
        client.port(),
        proxy.port()
    )
}

/// The first bytes of a connection must be these.
fn begins_with(at: &mut Conversation, expected: &str) {
    let first = at.line.reader.exactly(expected.len()).unwrap();
    assert_eq!(latin1(&first), expected);
}

#[test]
fn a_session_begins_with_the_line_on_both_families() {
    for (listen, family) in [("tcp:127.0.0.1:0", "TCP4"), ("tcp:[::1]:0", "TCP6")] {
        let instance = Scripted::new();
        let proxy = Proxy::start_at(&[listen], &[instance.address()], &["--proxy-protocol"]);
        let mut client = proxy.client();
        // Before the client has said anything: there are protocols in which the server speaks first.
        let mut at = instance.accept();
        begins_with(&mut at, &line(family, client.address(), proxy.address()));
        at.send("220 ready\r\n");
        assert_eq!(client.line.reader.exactly(11).unwrap(), b"220 ready\r\n");
        client.send("EHLO x\r\n");
        assert_eq!(at.line.reader.exactly(8).unwrap(), b"EHLO x\r\n");
        drop(client);
        // Once, and nothing after what the client sent.
        at.line.closed();
    }
}

#[test]
fn each_request_has_a_connection_of_its_clients_own() {
    let instance = Scripted::new();
    let options = ["--threads", "1", "--proxy-protocol"];
    let proxy = Proxy::start(&["http"], &[instance.address()], &options);
    let mut clients = [proxy.client(), proxy.client()];
    for turn in 0..4 {
        let client = &mut clients[turn % 2];
        client.get(&format!("/{turn}"));
        let mut at = instance.accept();
        begins_with(&mut at, &line("TCP4", client.address(), proxy.address()));
        let request = at.request();
        assert_eq!(request.asked(), format!("GET /{turn}"));
        // The instance is told that nothing follows, and nothing does, whatever it says itself.
        assert_eq!(request.head.list("connection"), ["close"]);
        at.reply(200, "kept?");
        assert_eq!(client.answer().text(), "kept?");
        at.line.closed();
    }
}

#[test]
fn the_line_comes_first_when_another_instance_is_tried() {
    let (down, instance) = (Down::new(), Scripted::new());
    for protocol in ["http", "tcp"] {
        let addresses = [down.address(), instance.address(), down.address()];
        let proxy = Proxy::start(&[protocol], &addresses, &["--proxy-protocol"]);
        for _ in 0..3 {
            let mut client = proxy.client();
            client.post("/", "body");
            let mut at = instance.accept();
            begins_with(&mut at, &line("TCP4", client.address(), proxy.address()));
            assert_eq!(at.request().text(), "body");
            at.reply(200, "ok");
            assert_eq!(client.answer().text(), "ok");
        }
    }
}

#[test]
fn without_the_option_there_is_no_line() {
    let instance = Scripted::new();
    let proxy = Proxy::tcp(&[instance.address()]);
    let mut client = proxy.client();
    client.send("hello");
    let mut at = instance.accept();
    assert_eq!(at.line.reader.exactly(5).unwrap(), b"hello");
}

/// Answers every connection that says something with "ok", and tells its first line.
fn telling() -> (SocketAddr, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, tell) = (stream.unwrap(), tell.clone());
            std::thread::spawn(move || {
                let mut text = Vec::new();
                let mut byte = [0];
                // A health check connects and says nothing.
                while !text.ends_with(b"\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
                    text.push(byte[0]);
                }
                if !text.is_empty() && tell.send(latin1(&text)).is_ok() {
                    let _ = stream.write_all(b"ok");
                }
            });
        }
    });
    (address, told)
}

#[test]
fn a_policy_on_the_instance_port_switches_it_on_and_off() {
    let cloud = Cloud::with(&["--ephemeral", "--release=aws"]);
    let (server, told) = telling();
    let aws = "--release=aws";
    let listener = "lb-port=2525, protocol=TCP, instance-port=25, instance-protocol=TCP";
    cloud.ok(
        "eulb-create-lb",
        [aws, "-z", "PARTI00", "-l", listener, "mail"],
    );
    cloud.check_quickly("mail", "TCP:25");
    let port = format!("25={}", server.port());
    let add = [
        "instance",
        "add",
        "i-0000AAAA",
        "--address",
        "127.0.0.1",
        "--port",
        &*port,
    ];
    cloud.ok("eulb", add);
    let instance = ["i-0000AAAA".to_owned()];
    cloud.register("mail", &instance);
    cloud.await_state("mail", &instance, "InService");
    let create = "eulb-create-lb-policy";
    let arguments = [
        aws,
        "-n",
        "tell",
        "-t",
        "ProxyProtocolPolicyType",
        "-a",
        "name=ProxyProtocol, value=true",
        "mail",
    ];
    cloud.ok(create, arguments);
    let address = cloud.listener("mail").address;
    let first_line = |cloud: &Cloud, policies: Option<&[&str]>| {
        if let Some(policies) = policies {
            let mut arguments = vec![aws, "-i", "25"];
            arguments.extend(policies);
            arguments.push("mail");
            cloud.ok("eulb-set-lb-policies-for-backend-server", arguments);
            cloud.settle();
        }
        let mut client = Client::connect(address);
        client.send("hello\r\n");
        assert_eq!(client.line.reader.exactly(2).unwrap(), b"ok");
        (told.recv().unwrap(), client.address())
    };
    assert_eq!(first_line(&cloud, None).0, "hello\r\n");
    let (said, from) = first_line(&cloud, Some(&["-p", "tell"]));
    assert_eq!(said, line("TCP4", from, address));
    assert_eq!(first_line(&cloud, Some(&["-p", ""])).0, "hello\r\n");
}
