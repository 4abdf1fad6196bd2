//! What the data plane survives: instances that are real processes and are stopped, continued and
//! killed, instances that are all down for a while, a process without free descriptors, a client that
//! leaves while it waits.

use crate::reading::Fault;
use crate::scripted::{Act, Down, Proxy, Recorder, Scripted, reply};
use rustix::process::Signal;
use std::time::Duration;

/// An instance that is a process of its own: a proxy in front of what really answers.
fn process_before(instance: &Recorder) -> Proxy {
    Proxy::with_one_worker(&[instance.address()])
}

#[test]
fn a_stopped_process_costs_its_own_requests_and_serves_again_when_continued() {
    let behind = Recorder::echoing();
    let process = process_before(&behind);
    let proxy = Proxy::start(
        &["http"],
        &[process.address()],
        &["--threads", "1", "--idle-timeout", "1"],
    );
    let mut client = proxy.client();
    client.get("/before");
    assert_eq!(client.answer().text(), "GET /before");
    process.signal(Signal::STOP);
    // It still accepts, as far as the kernel goes, and says nothing.
    client.get("/during");
    assert_eq!(client.answer().status(), 504);
    process.signal(Signal::CONT);
    let mut client = proxy.client();
    for turn in 0..5 {
        client.get(&format!("/after/{turn}"));
        assert_eq!(client.answer().text(), format!("GET /after/{turn}"));
    }
}

#[test]
fn the_answer_of_a_process_that_is_killed_in_it_is_visibly_cut_and_others_serve_on() {
    const LENGTH: usize = 64 << 20;
    let behind = Recorder::answering(|request| match request.asked() {
        "GET /large" => {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {LENGTH}\r\n\r\n");
            let mut answer = head.into_bytes();
            answer.resize(answer.len() + LENGTH, b'y');
            Act::Send(answer)
        }
        _ => reply(200, request.asked()).into(),
    });
    let other = Recorder::echoing();
    let process = process_before(&behind);
    let proxy = Proxy::with_one_worker(&[process.address(), other.address()]);
    // Whichever has the turn: one of two requests meets the process.
    let mut clients = [proxy.client(), proxy.client()];
    for client in &mut clients {
        client.get("/large");
        client.line.reader.some().unwrap();
    }
    process.signal(Signal::KILL);
    let answers = clients.map(|mut client| client.try_answer());
    let cut = |answer: &Result<_, Fault>| matches!(answer, Err(Fault::Cut | Fault::Reset));
    assert_eq!(
        answers.iter().filter(|answer| cut(answer)).count(),
        1,
        "one was cut, one was not"
    );
    let mut client = proxy.client();
    for turn in 0..6 {
        client.post(&format!("/{turn}"), "body");
        assert_eq!(client.answer().text(), format!("POST /{turn}"));
    }
    drop(process);
}

#[test]
fn with_all_instances_down_and_back_the_same_client_is_served_again() {
    let down = Down::new();
    let address = down.address();
    let proxy = Proxy::with_one_worker(&[address]);
    let mut client = proxy.client();
    client.get("/down");
    assert_eq!(client.answer().status(), 503);
    drop(down);
    // Its place is taken by one that listens.
    let instance = Scripted::at(address);
    let mut client = proxy.client();
    client.get("/back");
    instance.accept().expect("GET /back").reply(200, "back");
    assert_eq!(client.answer().text(), "back");
}

#[test]
fn every_instance_in_service_is_asked_before_a_request_is_given_up() {
    let downs: Vec<Down> = (0..8).map(|_| Down::new()).collect();
    let instance = Recorder::echoing();
    let mut addresses: Vec<_> = downs.iter().map(Down::address).collect();
    addresses.push(instance.address());
    let proxy = Proxy::with_one_worker(&addresses);
    let mut client = proxy.client();
    for turn in 0..20 {
        client.post(&format!("/{turn}"), "body");
        assert_eq!(client.answer().text(), format!("POST /{turn}"));
    }
}

#[test]
fn without_descriptors_new_clients_are_refused_and_old_ones_served_until_there_are_some_again() {
    let instance = Recorder::echoing();
    let proxy = Proxy::with_open_files(40, &[instance.address()]);
    let mut old = proxy.client();
    old.get("/old");
    assert_eq!(old.answer().text(), "GET /old");
    let mut held = Vec::new();
    let refused = loop {
        let mut client = proxy.client();
        client.line.offer("GET /new HTTP/1.1\r\nHost: x\r\n\r\n");
        match client.answer().status() {
            200 => held.push(client),
            status => break status,
        }
        assert!(held.len() < 40, "there is no limit");
    };
    assert_eq!(refused, 503);
    assert!(held.len() > 3, "{} clients at most", held.len());
    for turn in 0..5 {
        old.get(&format!("/{turn}"));
        assert_eq!(old.answer().text(), format!("GET /{turn}"));
    }
    drop(held);
    // Once the proxy has noticed that they left, the next one is served.
    for _ in 0..1000 {
        let mut client = proxy.client();
        client.line.offer("GET /new HTTP/1.1\r\nHost: x\r\n\r\n");
        if client.answer().status() == 200 {
            return;
        }
        std::thread::park_timeout(Duration::from_millis(10));
    }
    panic!("nobody is served any more");
}

#[test]
fn a_client_that_leaves_while_it_waits_ends_its_request() {
    let instance = Scripted::new();
    let proxy = Proxy::with_one_worker(&[instance.address()]);
    let mut client = proxy.client();
    client.get("/slow");
    let mut at = instance.accept();
    at.expect("GET /slow");
    client.line.reset();
    // Nobody waits for the answer any more: the instance is told so at once, long before the idle
    // timeout.
    at.line.closed();
}

#[test]
fn a_client_that_only_ends_its_side_is_still_answered() {
    let instance = Scripted::new();
    let proxy = Proxy::with_one_worker(&[instance.address()]);
    let mut client = proxy.client();
    client.get("/slow");
    let mut at = instance.accept();
    at.expect("GET /slow");
    client.line.finish();
    // The proxy has seen the end once it has answered somebody who came later.
    let mut other = proxy.client();
    other.send("GET bad\r\n\r\n");
    assert_eq!(other.answer().status(), 400);
    at.reply(200, "at last");
    assert_eq!(client.answer().text(), "at last");
}

#[test]
fn a_body_that_trickles_is_given_up_and_one_that_flows_is_not() {
    let instance = Recorder::echoing();
    let proxy = Proxy::start(&["http"], &[instance.address()], &["--idle-timeout", "1"]);
    let mut slow = proxy.client();
    slow.send("POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
    let mut steady = proxy.client();
    steady.send("POST /steady HTTP/1.1\r\nHost: x\r\nContent-Length: 400000\r\n\r\n");
    let trickle = |mut line: std::net::TcpStream, bytes: usize| {
        std::thread::spawn(move || {
            for _ in 0..300 {
                if std::io::Write::write_all(&mut line, &vec![b'b'; bytes]).is_err() {
                    return;
                }
                std::thread::park_timeout(Duration::from_millis(100));
            }
        })
    };
    // Neither is ever silent for the idle timeout.
    let trickling = trickle(slow.line.second_hand(), 1);
    let flowing = trickle(steady.line.second_hand(), 10_000);
    assert_eq!(slow.answer().status(), 408);
    slow.line.closed();
    assert_eq!(steady.answer().text(), "POST /steady");
    drop((slow, steady));
    trickling.join().unwrap();
    flowing.join().unwrap();
}
