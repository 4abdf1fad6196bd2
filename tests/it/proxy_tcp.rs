//! TCP listeners: bytes both ways, and the end of each direction by itself.

use crate::reading::{Fault, pattern};
use crate::scripted::{Down, Proxy, Scripted};
use rustix::process::Signal;

fn one() -> (Scripted, Proxy) {
    let instance = Scripted::new();
    let proxy = Proxy::tcp(&[instance.address()]);
    (instance, proxy)
}

#[test]
fn bytes_go_both_ways_unread_and_unchanged() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    // What would be refused on an HTTP listener is nobody's business here.
    let up = b"\0\x01GET / HTTP/9.9\n\n\xff";
    client.send(up);
    let mut at = instance.accept();
    assert_eq!(at.line.reader.exactly(up.len()).unwrap(), up);
    for turn in 0..200 {
        let down = format!("{turn}");
        at.send(&down);
        assert_eq!(
            client.line.reader.exactly(down.len()).unwrap(),
            down.as_bytes()
        );
        client.send(&down);
        assert_eq!(at.line.reader.exactly(down.len()).unwrap(), down.as_bytes());
    }
}

#[test]
fn an_instance_may_speak_first() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    let mut at = instance.accept();
    at.send("220 ready\r\n");
    assert_eq!(client.line.reader.exactly(11).unwrap(), b"220 ready\r\n");
}

#[test]
fn the_client_may_end_first_and_still_read() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    client.send("question").line.finish();
    let mut at = instance.accept();
    assert_eq!(at.line.reader.until_end().unwrap(), b"question");
    at.send("answer, ").send("in two parts");
    at.close();
    assert_eq!(
        client.line.reader.until_end().unwrap(),
        b"answer, in two parts"
    );
}

#[test]
fn the_instance_may_end_first_and_still_read() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    let mut at = instance.accept();
    at.send("all I have").line.finish();
    assert_eq!(client.line.reader.until_end().unwrap(), b"all I have");
    client.send("thanks").send(", really").line.finish();
    assert_eq!(at.line.reader.until_end().unwrap(), b"thanks, really");
}

#[test]
fn large_transfers_cross_each_other_whole() {
    let (instance, proxy) = one();
    let client = proxy.client();
    let (up, down) = (pattern(32_000_000), pattern(20_000_001));
    let sending_up = client.line.send_meanwhile(up.clone());
    let mut at = instance.accept();
    let sending_down = at.line.send_meanwhile(down.clone());
    let length = up.len();
    let reading = std::thread::spawn(move || at.line.reader.exactly(length).unwrap() == up);
    let mut client = client;
    let read = client.line.reader.exactly(down.len()).unwrap();
    assert!(read == down, "what came down is what was sent");
    assert!(reading.join().unwrap(), "what went up is what was sent");
    assert!(sending_up.join().unwrap() && sending_down.join().unwrap());
}

#[test]
fn bulk_goes_through_a_pipe_that_is_given_back_and_exchanges_follow_it() {
    let (instance, proxy) = one();
    let before = proxy.pipes();
    let mut client = proxy.client();
    client.send("go");
    let mut at = instance.accept();
    assert_eq!(at.line.reader.exactly(2).unwrap(), b"go");
    // More than all buffers on the way: while nobody reads, some of it is in the pipe.
    let bulk = pattern(64_000_000);
    let sending = at.line.send_meanwhile(bulk.clone());
    // Reading all the while: what stalls before it has proved to be bulk is never spliced.
    let mut read = Vec::new();
    while proxy.pipes() == before {
        read.extend(client.line.reader.exactly(100_000).unwrap());
    }
    assert!(
        proxy.resident_kib() < 64 << 10,
        "{} KiB",
        proxy.resident_kib()
    );
    let rest = bulk.len() - read.len();
    read.extend(client.line.reader.exactly(rest).unwrap());
    assert!(read == bulk, "what came is what was sent");
    assert!(sending.join().unwrap());
    for turn in 0..50 {
        let word = format!("{turn}");
        client.send(&word);
        assert_eq!(at.line.reader.exactly(word.len()).unwrap(), word.as_bytes());
        at.send(&word);
        assert_eq!(
            client.line.reader.exactly(word.len()).unwrap(),
            word.as_bytes()
        );
    }
    at.send("bye").line.finish();
    assert_eq!(client.line.reader.until_end().unwrap(), b"bye");
}

#[test]
fn bulk_that_is_cut_short_is_not_made_into_a_clean_end() {
    let (instance, proxy) = one();
    let before = proxy.pipes();
    let mut client = proxy.client();
    let at = instance.accept();
    let sending = at.line.send_meanwhile(pattern(64_000_000));
    // As above.
    while proxy.pipes() == before {
        client.line.reader.exactly(100_000).unwrap();
    }
    // The instance dies amid what it had to say.
    at.line.finish_abruptly();
    let _ = sending.join();
    assert_eq!(client.line.reader.until_end(), Err(Fault::Reset));
}

#[test]
fn a_reset_is_not_made_into_a_clean_end() {
    let (instance, proxy) = one();
    let mut client = proxy.client();
    let mut at = instance.accept();
    at.send("half");
    client.line.reader.some().unwrap();
    at.reset();
    assert_eq!(client.line.reader.until_end(), Err(Fault::Reset));

    let mut client = proxy.client();
    let mut at = instance.accept();
    client.send("half");
    at.line.reader.some().unwrap();
    client.line.reset();
    assert_eq!(at.line.reader.until_end(), Err(Fault::Reset));
}

#[test]
fn connections_go_round_the_instances_and_around_the_one_that_is_down() {
    let (one, two, down) = (Scripted::new(), Scripted::new(), Down::new());
    let proxy = Proxy::start(
        &["tcp"],
        &[one.address(), down.address(), two.address()],
        &["--threads", "1"],
    );
    let mut clients: Vec<_> = (0..12).map(|_| proxy.client()).collect();
    for client in &mut clients {
        client.send("x");
    }
    // All of them are connected before the shares are counted.
    let mut shares = [0, 0];
    while shares.iter().sum::<usize>() < clients.len() {
        shares[0] += one.waiting().len();
        shares[1] += two.waiting().len();
        std::thread::yield_now();
    }
    assert!(shares[0] >= 4 && shares[1] >= 4, "{shares:?}");
}

#[test]
fn what_was_said_before_the_connection_was_accepted_reaches_an_instance_that_is_up() {
    let (up, down) = (Scripted::new(), Down::new());
    let proxy = Proxy::start(
        &["tcp"],
        &[down.address(), up.address()],
        &["--threads", "1"],
    );
    // More than a buffer, and for an instance that takes it in small pieces.
    up.receive_little();
    for length in [1, 40_000, 200_000] {
        let said = pattern(length);
        proxy.signal(Signal::STOP);
        let mut client = proxy.client();
        let saying = client.line.send_meanwhile(said.clone());
        proxy.signal(Signal::CONT);
        let mut at = up.accept();
        assert_eq!(at.line.reader.exactly(length).unwrap(), said);
        assert!(saying.join().unwrap());
        at.send("heard");
        assert_eq!(client.line.reader.exactly(5).unwrap(), b"heard");
        client.send("more");
        assert_eq!(at.line.reader.exactly(4).unwrap(), b"more");
    }
}

#[test]
fn without_an_instance_the_connection_ends_at_once() {
    let down = Down::new();
    let proxy = Proxy::tcp(&[down.address()]);
    let mut client = proxy.client();
    client.line.closed();
}

#[test]
fn silence_on_both_sides_ends_the_connection_and_a_trickle_keeps_it() {
    let instance = Scripted::new();
    let proxy = Proxy::start(&["tcp"], &[instance.address()], &["--idle-timeout", "1"]);
    let mut silent = proxy.client();
    let mut at_silent = instance.accept();
    let mut busy = proxy.client();
    let mut at_busy = instance.accept();
    // One direction alone is enough to stay: an exchange every fraction of the limit, until the
    // silent connection has been ended beside it.
    let ended = std::thread::spawn(move || {
        silent.line.closed();
        at_silent.line.closed();
    });
    while !ended.is_finished() {
        at_busy.send("tick");
        assert_eq!(busy.line.reader.exactly(4).unwrap(), b"tick");
        std::thread::park_timeout(std::time::Duration::from_millis(100));
    }
    ended.join().unwrap();
    at_busy.send("tock");
    assert_eq!(busy.line.reader.exactly(4).unwrap(), b"tock");
}
