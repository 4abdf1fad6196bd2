//! `eulb admin`: what the administrator of a local cloud sees and changes.

use crate::cloud::{Account, Cloud, HTTP_80};

/// What a command of the administrator that must succeed prints.
#[track_caller]
fn ok(cloud: &Cloud, line: &[&str]) -> String {
    let run = cloud.eulb_as(Account::Administrator, "eulb", line);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{line:?}");
    run.stdout
}

/// The line with which a command refuses.
#[track_caller]
fn refusal(cloud: &Cloud, line: &[&str]) -> String {
    let run = cloud.eulb_as(Account::Administrator, "eulb", line);
    assert_eq!((run.status, run.stdout.as_str()), (1, ""), "{line:?}");
    run.stderr
}

#[test]
fn properties_are_listed_set_and_affect_what_is_made_afterwards() {
    let cloud = Cloud::start();
    let listed = ok(
        &cloud,
        &[
            "admin",
            "properties",
            "list",
            "loadbalancing.loadbalancer_num",
        ],
    );
    assert_eq!(listed, "PROPERTY\tloadbalancing.loadbalancer_num_vm\t1\n");
    let zones = "--availability-zones=PARTI00,PARTI01";
    cloud.ok("eulb-create-lb", [zones, "-l", HTTP_80, "before"]);
    assert_eq!(
        ok(
            &cloud,
            &["admin", "properties", "set", "loadbalancer_num_vm=2"]
        ),
        "PROPERTY\tloadbalancing.loadbalancer_num_vm\t2 was 1\n"
    );
    cloud.ok("eulb-create-lb", [zones, "-l", HTTP_80, "after"]);
    let servos = |name: &str| {
        let status = cloud.status();
        let found = status.balancers.iter().find(|one| one.name == name);
        found.unwrap().servos.len()
    };
    assert_eq!((servos("before"), servos("after")), (2, 4));

    assert_eq!(
        ok(&cloud, &["admin", "properties", "reset", "vm_per_zone"]),
        "PROPERTY\tloadbalancing.loadbalancer_num_vm\t1 was 2\n"
    );
    for (pair, line) in [
        (
            "loadbalancer_num_vm=0",
            "loadbalancing.loadbalancer_num_vm takes a whole number from 1 to 64, not '0'",
        ),
        ("dns_subdomain=a..b", "Malformed domain name"),
        (
            "restricted_ports=22",
            "there is no property 'restricted_ports' in Eucalyptus 3.3.0; 'eulb admin properties list' shows those there are",
        ),
    ] {
        assert_eq!(
            refusal(&cloud, &["admin", "properties", "set", pair]),
            format!("eulb admin: error: {line}\n")
        );
    }
}

#[test]
fn a_changed_number_of_servos_reaches_existing_load_balancers_from_3_4_0() {
    let cloud = Cloud::with(&["--ephemeral", "--release=3.4.0"]);
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
    let servos = || cloud.status().balancers[0].servos.len();
    for (wanted, was) in [(3, 1), (2, 3)] {
        let pair = format!("vm_per_zone={wanted}");
        assert_eq!(
            ok(&cloud, &["admin", "properties", "set", &pair]),
            format!("PROPERTY\tloadbalancing.loadbalancer_num_vm\t{wanted} was {was}\n")
        );
        assert_eq!(servos(), wanted);
    }
    let restricted = cloud.eulb(
        "eulb-create-lb-listeners",
        ["-l", "lb-port=22, protocol=TCP, instance-port=22", "web"],
    );
    assert_eq!(restricted.status, 1);
    assert_eq!(
        restricted.stderr,
        "eulb-create-lb-listeners: error (InternalFailure): The specified port is restricted for use as a loadbalancer port\n"
    );
}

#[test]
fn the_load_balancers_of_all_accounts_are_lines() {
    let cloud = Cloud::start();
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
    let line = ok(&cloud, &["admin", "lbs"]);
    let cells: Vec<&str> = line.trim_end().split('\t').collect();
    assert_eq!(cells[..2], ["LOAD_BALANCER", "web"]);
    assert_eq!(cells[5..], ["tenant", "PARTI00", "HTTP:80", "1", "0/0"]);
    assert_eq!(ok(&cloud, &["admin", "lbs", "--account", "eucalyptus"]), "");
}
