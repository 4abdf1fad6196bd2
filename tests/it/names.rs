//! Names of the cloud's domain: asked by a resolver that is not ours, by `dig`, and by enemies.

use crate::cloud::{Cloud, GLANCE, HTTP_80, PATIENCE};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RecordType;
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::Command;
use std::time::Instant;

/// A domain that no resolver answers by itself, as many do with names below `localhost`.
const DOMAIN: &str = "--domain=cloud.test";

/// How a resolver of its own asks the cloud.
#[derive(Clone, Copy)]
enum By {
    Udp,
    Tcp,
}

/// What a resolver found: addresses in the order of the answer and their life, or a kind of no.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Addresses(Vec<IpAddr>, u32),
    NoSuchName,
    NoSuchRecord,
    Refused(String),
}

fn lookup(server: SocketAddr, by: By, name: &str, wanted: RecordType) -> Said {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut connection = match by {
        By::Udp => ConnectionConfig::udp(),
        By::Tcp => ConnectionConfig::tcp(),
    };
    connection.port = server.port();
    let server = NameServerConfig::new(server.ip(), true, vec![connection]);
    let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
    let mut options = ResolverOpts::default();
    options.timeout = PATIENCE;
    options.attempts = 1;
    options.preserve_intermediates = true;
    options.use_hosts_file = hickory_resolver::config::ResolveHosts::Never;
    let provider = TokioRuntimeProvider::default();
    runtime.block_on(async {
        let resolver: TokioResolver = TokioResolver::builder_with_config(config, provider)
            .with_options(options)
            .build()
            .unwrap();
        match resolver.lookup(format!("{name}."), wanted).await {
            Ok(found) => {
                let records = found.answers();
                let addresses = records.iter().filter_map(|record| record.data.ip_addr());
                let ttl = records.iter().map(|record| record.ttl).min().unwrap_or(0);
                Said::Addresses(addresses.collect(), ttl)
            }
            Err(error) if error.is_nx_domain() => Said::NoSuchName,
            Err(error) if error.is_no_records_found() => match &error {
                NetError::Dns(no) if no.to_string().contains("Refused") => {
                    Said::Refused(no.to_string())
                }
                _ => Said::NoSuchRecord,
            },
            Err(error) => Said::Refused(error.to_string()),
        }
    })
}

fn server(cloud: &Cloud) -> SocketAddr {
    cloud.status().dns.expect("names are answered")
}

/// The addresses that a resolver finds, whatever their order.
fn addresses(server: SocketAddr, name: &str) -> BTreeSet<IpAddr> {
    match lookup(server, By::Udp, name, RecordType::A) {
        Said::Addresses(addresses, _) => addresses.into_iter().collect(),
        Said::NoSuchName | Said::NoSuchRecord => BTreeSet::new(),
        Said::Refused(why) => panic!("{name}: {why}"),
    }
}

fn dns_name(cloud: &Cloud, balancer: &str) -> String {
    let status = cloud.status();
    let found = status.balancers.iter().find(|known| known.name == balancer);
    found.unwrap().dns_name.clone()
}

#[test]
fn a_name_has_the_addresses_of_the_servos_in_service() {
    let cloud = Cloud::with(&["--ephemeral", DOMAIN]);
    let dns = server(&cloud);
    let create = ["-z", "PARTI00,PARTI01", "-l", HTTP_80, "Web"];
    let said = cloud.ok("eulb-create-lb", create);
    let name = said.trim().trim_start_matches("DNS_NAME\t").to_owned();
    assert!(name.ends_with(".lb.cloud.test"), "{said}");
    cloud.settle();

    // eulb resolve and the resolver agree.
    let told = cloud.ok("eulb", ["resolve", "--addresses", "Web"]);
    let told: BTreeSet<IpAddr> = told.lines().map(|line| line.parse().unwrap()).collect();
    assert_eq!(told.len(), 2);
    assert_eq!(addresses(dns, &name), told);
    assert_eq!(
        addresses(dns, &name.to_uppercase()),
        told,
        "in any case of letters"
    );

    // By TCP too, in rotation, kept for a day at 3.3.0.
    let first = |by| match lookup(dns, by, &name, RecordType::A) {
        Said::Addresses(addresses, 86_400) => addresses[0],
        other => panic!("{other:?}"),
    };
    let firsts: Vec<IpAddr> = (0..4).map(|_| first(By::Tcp)).collect();
    assert!(firsts[0] != firsts[1] && firsts[0] == firsts[2] && firsts[1] == firsts[3]);

    // A zone that is disabled takes its servo's address along, a deleted load balancer its name.
    cloud.ok("eulb-disable-zones-for-lb", ["-z", "PARTI00", "Web"]);
    cloud.settle();
    let left = addresses(dns, &name);
    assert_eq!(left.len(), 1);
    assert!(left.is_subset(&told));
    cloud.ok("eulb-delete-lb", ["Web"]);
    assert_eq!(lookup(dns, By::Udp, &name, RecordType::A), Said::NoSuchName);
    let log = cloud.said();
    let added = log
        .matches("registered new ipaddress with dns A record")
        .count();
    let removed = log
        .matches("removed IP address from the dns A record")
        .count();
    assert_eq!((added, removed), (2, 2), "{log}");
}

#[test]
fn what_is_not_the_clouds_is_refused_and_what_is_not_there_is_denied_with_a_limit() {
    let cloud = Cloud::with(&["--ephemeral", "--release=4.4.2", DOMAIN]);
    let dns = server(&cloud);
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
    cloud.settle();
    let name = dns_name(&cloud, "web");
    let endpoint = Said::Addresses(vec![IpAddr::from([127, 0, 0, 1])], 20);
    let one = addresses(dns, &name).into_iter().collect();
    let cases = [
        (&*name, RecordType::A, Said::Addresses(one, 60)),
        (&*name, RecordType::AAAA, Said::NoSuchRecord),
        (&*name, RecordType::TXT, Said::NoSuchRecord),
        ("lb.cloud.test", RecordType::A, Said::NoSuchRecord),
        ("loadbalancing.cloud.test", RecordType::A, endpoint),
        (
            "web-000000000000.lb.cloud.test",
            RecordType::A,
            Said::NoSuchName,
        ),
        ("ec2.cloud.test", RecordType::A, Said::NoSuchName),
        ("cloud.test", RecordType::A, Said::NoSuchRecord),
    ];
    for (name, wanted, expected) in cases {
        assert_eq!(
            lookup(dns, By::Udp, name, wanted),
            expected,
            "{name} {wanted}"
        );
    }
    // The administrator's properties: how long, and whether at all.
    let set = |words: [&str; 4]| {
        let run = cloud.eulb_as(crate::cloud::Account::Administrator, "eulb", words);
        assert_eq!((run.status, &*run.stderr), (0, ""));
    };
    set(["admin", "properties", "set", "dns_ttl=7"]);
    let said = lookup(dns, By::Udp, &name, RecordType::A);
    assert!(matches!(said, Said::Addresses(_, 7)), "{said:?}");
    set(["admin", "properties", "set", "dns_resolver_enabled=false"]);
    let said = lookup(dns, By::Udp, &name, RecordType::A);
    assert_eq!(said, Said::NoSuchName);
    for foreign in ["example.com", "localhost.example", "test"] {
        let said = lookup(dns, By::Udp, foreign, RecordType::A);
        assert!(matches!(said, Said::Refused(_)), "{foreign}: {said:?}");
    }
}

#[test]
fn a_port_that_another_program_holds_takes_the_servo_out_of_dns_until_it_is_free() {
    let cloud = Cloud::with(&["--ephemeral", DOMAIN]);
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
    let dns = server(&cloud);
    cloud.settle();
    let name = dns_name(&cloud, "web");
    let before = addresses(dns, &name);
    let [address] = before.iter().collect::<Vec<_>>()[..] else {
        panic!("{before:?}");
    };
    let held = TcpListener::bind((*address, 18_080)).unwrap();
    let offset = cloud.status().port_offset;
    let port = (18_080 - offset).to_string();
    let listener = format!("lb-port={port}, protocol=TCP, instance-port=80");
    cloud.ok("eulb-create-lb-listeners", ["-l", &listener, "web"]);
    let await_addresses = |wanted: &BTreeSet<IpAddr>| {
        let began = Instant::now();
        while addresses(dns, &name) != *wanted {
            assert!(began.elapsed() < PATIENCE, "{:?}", cloud.status());
            std::thread::sleep(GLANCE);
        }
    };
    await_addresses(&BTreeSet::new());
    let run = cloud.eulb("eulb", ["resolve", "--addresses", "web"]);
    assert_eq!((run.status, &*run.stdout), (1, ""));
    assert!(run.stderr.contains("is Error"), "{}", run.stderr);
    drop(held);
    await_addresses(&before);
}

#[test]
fn dig_agrees() {
    let cloud = Cloud::with(&["--ephemeral"]);
    cloud.ok(
        "eulb-create-lb",
        ["-z", "PARTI00,PARTI01", "-l", HTTP_80, "web"],
    );
    cloud.settle();
    let dns = server(&cloud);
    let dig = |words: &[&str]| {
        let mut command = Command::new("dig");
        command.arg(format!("@{}", dns.ip()));
        command
            .args(["-p", &dns.port().to_string()])
            .args(words)
            .output()
    };
    let short = |words: &[&str]| match dig(words) {
        Ok(output) => Some(String::from_utf8(output.stdout).unwrap()),
        Err(error) => {
            eprintln!("SKIPPED: dig cannot be run: {error}");
            None
        }
    };
    let name = dns_name(&cloud, "web");
    for how in ["+notcp", "+tcp"] {
        let Some(said) = short(&["+short", how, &name]) else {
            return;
        };
        let mut found: Vec<&str> = said.lines().collect();
        found.sort_unstable();
        let told = cloud.ok("eulb", ["resolve", "--addresses", "web"]);
        let mut told: Vec<&str> = told.lines().collect();
        told.sort_unstable();
        assert_eq!(found, told);
    }
    for (question, status, flags) in [
        (&*name, "NOERROR", "qr aa rd"),
        ("none.lb.localhost", "NXDOMAIN", "qr aa rd"),
        ("example.com", "REFUSED", "qr rd"),
    ] {
        let said = short(&[question]).unwrap();
        assert!(said.contains(&format!("status: {status}")), "{said}");
        assert!(said.contains(&format!("flags: {flags};")), "{said}");
        assert!(
            said.contains("recursion requested but not available"),
            "{said}"
        );
    }
    let said = short(&["none.lb.localhost"]).unwrap();
    assert!(said.contains("SOA\tloadbalancing.localhost."), "{said}");
}

#[test]
fn hostile_packets_leave_it_answering() {
    let cloud = Cloud::with(&["--ephemeral", DOMAIN]);
    let dns = server(&cloud);
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut packet = vec![0u8; 1400];
    for length in [0, 1, 2, 3, 11, 12, 13, 40, 512, 1400] {
        for fill in [0x00, 0x01, 0x40, 0x7f, 0x80, 0xc0, 0xff] {
            packet[..length].fill(fill);
            socket.send_to(&packet[..length], dns).unwrap();
        }
    }
    // A name that points to itself, and one that claims more records than there are.
    let mut looping = vec![0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1];
    socket.send_to(&looping, dns).unwrap();
    looping[6..12].fill(0xff);
    socket.send_to(&looping, dns).unwrap();
    // Clients of TCP that say half a word, lie about the length, or say nothing.
    let mut idle = Vec::new();
    for said in [
        &b""[..],
        b"\0",
        b"\xff\xff\0\0",
        b"\0\0",
        b"\0\x0c\0\0\x80\0\0\0\0\0\0\0\0\0",
    ] {
        let mut stream = TcpStream::connect(dns).unwrap();
        stream.write_all(said).unwrap();
        idle.push(stream);
    }
    // An answer gets no answer: the connection is closed.
    let mut rest = Vec::new();
    idle.pop().unwrap().read_to_end(&mut rest).unwrap();
    assert_eq!(rest, [0u8; 0]);
    for by in [By::Udp, By::Tcp] {
        let said = lookup(dns, by, "loadbalancing.cloud.test", RecordType::A);
        assert!(matches!(said, Said::Addresses(..)), "{said:?}");
    }
}

#[test]
fn names_can_be_off_or_elsewhere() {
    let off = Cloud::with(&["--ephemeral", "--dns=off"]);
    assert_eq!(off.status().dns, None);
    assert!(
        off.ok("eulb", ["local", "status"])
            .contains("dns          off\n")
    );
    assert!(!off.ok("eulb", ["local", "env"]).contains("EULB_DNS"));
    let on = Cloud::with(&["--ephemeral"]);
    let at = server(&on);
    assert!(
        on.ok("eulb", ["local", "env"])
            .contains(&format!("export EULB_DNS='{at}'\n"))
    );
    let taken = format!("--dns={at}");
    let run = on.eulb(
        "eulb",
        [
            "local",
            "start",
            "--ephemeral",
            "--listen=127.0.0.1:0",
            &taken,
            "--data-dir=elsewhere",
        ],
    );
    let expected = format!(
        "eulb local: error: cannot listen on {at}: the port is in use by another program: \
         stop that program, or choose another port with --dns\n"
    );
    assert_eq!((run.status, run.stderr), (1, expected));
}
