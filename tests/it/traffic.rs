//! Traffic through a local cloud, while everything around it changes.

use crate::cloud::{Cloud, HTTP_80, Reader, Slow};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

#[test]
fn traffic_is_spread_evenly_and_instances_see_who_asked() {
    let cloud = Cloud::start();
    let instances = cloud.web_with(3);
    let listener = cloud.listener("web");
    let counts = cloud.ask(&listener, 300);
    assert_eq!(counts.failed, 0, "{counts:?}");
    for id in &instances {
        // One connection is one worker's, which takes them in turn.
        assert!(counts.of(id).abs_diff(100) <= 1, "{counts:?}");
    }
    let (status, page) = cloud.get(&listener);
    assert_eq!(status, 200);
    let page = page.to_lowercase();
    assert!(page.contains("x-forwarded-for: 127."), "{page}");
    // Not at 3.3.0: Eucalyptus adds these from 4.1.0.
    assert!(!page.contains("x-forwarded-proto"), "{page}");
}

#[test]
fn the_release_decides_what_instances_are_told() {
    let cloud = Cloud::with(&["--ephemeral", "--release=4.1.0"]);
    cloud.web_with(1);
    let (_, page) = cloud.get(&cloud.listener("web"));
    let page = page.to_lowercase();
    assert!(page.contains("x-forwarded-proto: http\n"), "{page}");
    assert!(page.contains("x-forwarded-port: 80\n"), "{page}");
}

#[test]
fn an_empty_load_balancer_answers_503() {
    let cloud = Cloud::start();
    cloud.create_web();
    let (status, page) = cloud.get(&cloud.listener("web"));
    assert_eq!(status, 503);
    // HAProxy's page, as before 4.2.0.
    assert!(page.contains("503 Service Unavailable"), "{page}");
}

#[test]
fn a_listener_is_added_and_deleted_while_another_carries_traffic() {
    let cloud = Cloud::start();
    let instances = cloud.web_with(2);
    let first = cloud.listener("web");
    let load = cloud.load(&first);
    cloud.await_answers(&load, 20);

    let second = "lb-port=8081, protocol=HTTP, instance-port=80, instance-protocol=HTTP";
    cloud.ok("eulb-create-lb-listeners", ["-l", second, "web"]);
    let both = cloud.listeners("web");
    assert_eq!(both.len(), 2, "{both:?}");
    let added = both.iter().find(|listener| **listener != first).unwrap();
    // Instances that are in service are so for the new listener at once.
    let counts = cloud.ask(added, 10);
    assert_eq!(
        (counts.of(&instances[0]), counts.of(&instances[1])),
        (5, 5),
        "{counts:?}"
    );

    cloud.ok("eulb-delete-lb-listeners", ["-l", "8081", "web"]);
    assert_eq!(cloud.listener("web"), first);
    assert!(TcpStream::connect(added.address).is_err());
    cloud.await_answers(&load, 20);
    let all = cloud.end(load);
    assert_eq!((all.failed, all.first_failure), (0, None));
}

#[test]
fn registering_keeps_the_port_open_and_a_running_exchange_whole() {
    let cloud = Cloud::start();
    let slow = Slow::start();
    slow.enrol(&cloud, "i-0000000A");
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
    cloud.check_quickly("web", "TCP:80");
    cloud.register("web", &["i-0000000A".to_owned()]);
    cloud.await_state("web", &["i-0000000A".to_owned()], "InService");

    let listener = cloud.listener("web");
    let mut reader = Reader::ask(&listener);
    let finish = slow.begun();
    reader.until("first ");

    let more = cloud.run_instances(2, "PARTI00");
    cloud.register("web", &more);
    cloud.await_state("web", &more, "InService");
    assert_eq!(cloud.listener("web"), listener);
    finish.send(()).unwrap();
    let whole = reader.whole();
    assert!(whole.starts_with("HTTP/1.1 200 OK\r\n"), "{whole}");
    assert!(whole.ends_with("4\r\nlast\r\n0\r\n\r\n"), "{whole}");
}

#[test]
fn a_deregistered_instance_finishes_what_it_is_answering() {
    let cloud = Cloud::start();
    let slow = Slow::start();
    let id = ["i-0000000B".to_owned()];
    slow.enrol(&cloud, &id[0]);
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
    cloud.check_quickly("web", "TCP:80");
    cloud.register("web", &id);
    cloud.await_state("web", &id, "InService");

    let listener = cloud.listener("web");
    let mut reader = Reader::ask(&listener);
    let finish = slow.begun();
    reader.until("first ");
    cloud.deregister("web", &id);
    // New requests do not reach it any more.
    assert_eq!(cloud.get(&listener).0, 503);
    finish.send(()).unwrap();
    let whole = reader.whole();
    assert!(whole.ends_with("4\r\nlast\r\n0\r\n\r\n"), "{whole}");
}

#[test]
fn a_deleted_load_balancer_finishes_what_it_is_carrying() {
    let cloud = Cloud::start();
    let slow = Slow::start();
    let id = ["i-0000000C".to_owned()];
    slow.enrol(&cloud, &id[0]);
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
    cloud.check_quickly("web", "TCP:80");
    cloud.register("web", &id);
    cloud.await_state("web", &id, "InService");

    let listener = cloud.listener("web");
    let mut reader = Reader::ask(&listener);
    let finish = slow.begun();
    reader.until("first ");
    cloud.ok("eulb-delete-lb", ["web"]);
    cloud.settle();
    assert!(TcpStream::connect(listener.address).is_err());
    finish.send(()).unwrap();
    let whole = reader.whole();
    assert!(whole.ends_with("4\r\nlast\r\n0\r\n\r\n"), "{whole}");
}

#[test]
fn an_instance_that_dies_costs_no_request() {
    let cloud = Cloud::start();
    let instances = cloud.web_with(3);
    let load = cloud.load(&cloud.listener("web"));
    cloud.await_answers(&load, 50);
    // Its sockets close at once; whoever was being answered, by GET, is answered by another.
    cloud.ok("eulb", ["instance", "stop", &instances[2]]);
    cloud.await_answers(&load, 100);
    let all = cloud.end(load);
    assert_eq!((all.failed, all.first_failure), (0, None));
}

#[test]
fn tcp_passes_every_byte_both_ways() {
    let cloud = Cloud::start();
    let echo = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = format!("7={}", echo.local_addr().unwrap().port());
    // The thread ends with the process; it holds nothing but its sockets.
    std::thread::spawn(move || {
        for stream in echo.incoming().map_while(Result::ok) {
            std::thread::spawn(move || {
                let mut reader = stream.try_clone().unwrap();
                let mut writer = stream;
                std::io::copy(&mut reader, &mut writer)
            });
        }
    });
    let id = ["i-0000000D".to_owned()];
    let arguments = [
        "instance",
        "add",
        &id[0],
        "--address",
        "127.0.0.1",
        "--port",
        &port,
    ];
    cloud.ok("eulb", arguments);
    let listener = "lb-port=7, protocol=TCP, instance-port=7, instance-protocol=TCP";
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", listener, "echo"]);
    cloud.check_quickly("echo", "TCP:7");
    cloud.register("echo", &id);
    cloud.await_state("echo", &id, "InService");

    let mut stream = TcpStream::connect(cloud.listener("echo").address).unwrap();
    let sent: Vec<u8> = (0..1_000_000u32).map(|n| (n % 251) as u8).collect();
    let mut writer = stream.try_clone().unwrap();
    let expected = sent.clone();
    let sending = std::thread::spawn(move || {
        writer.write_all(&sent).unwrap();
        // The end of one direction is passed on and leaves the other open.
        writer.shutdown(std::net::Shutdown::Write).unwrap();
    });
    let mut received = Vec::new();
    stream.read_to_end(&mut received).unwrap();
    sending.join().unwrap();
    assert!(received == expected, "{} bytes came back", received.len());
}

#[test]
fn many_load_balancers_listen_on_the_same_port() {
    let cloud = Cloud::start();
    let instances = cloud.run_instances(3, "PARTI00");
    let names = ["a", "b", "c"];
    for (name, id) in names.iter().zip(&instances) {
        cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, name]);
        cloud.check_quickly(name, "TCP:80");
        cloud.register(name, std::slice::from_ref(id));
    }
    for (name, id) in names.iter().zip(&instances) {
        cloud.await_state(name, std::slice::from_ref(id), "InService");
        let counts = cloud.ask(&cloud.listener(name), 3);
        assert_eq!(counts.of(id), 3, "{name}: {counts:?}");
    }
}
