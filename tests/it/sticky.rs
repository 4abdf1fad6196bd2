//! Sticky sessions end to end: policies made with the commands, followed by the data plane.

use crate::choosing::{await_share, cross};
use crate::cloud::Cloud;
use crate::scripted::Client;
use eulb::cli::demo::load::Destination;

/// The option that aims a command at a release: these commands are not for the default one.
fn at(release: &str) -> String {
    format!("--release={release}")
}

/// A load balancer `web` with instances in service.
fn web(cloud: &Cloud, count: usize) -> Vec<String> {
    let instances = cloud.run_instances(count, "PARTI00");
    let listener = "lb-port=80, protocol=HTTP, instance-port=80";
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", listener, "web"]);
    let check = "--interval 6 --timeout 5 --healthy-threshold 2 --unhealthy-threshold 2 -t";
    let check = check.split(' ').chain(["HTTP:80/health", "web"]);
    cloud.ok("eulb-configure-healthcheck", check);
    cloud.register("web", &instances);
    cloud.await_state("web", &instances, "InService");
    instances
}

/// Makes a policy with this command and puts it in force.
fn stick(cloud: &Cloud, release: &str, create: &[&str]) {
    let (command, options) = create.split_first().unwrap();
    let release = at(release);
    let options = options.iter().copied();
    cloud.ok(command, options.chain(["-p", "Stick", &release, "web"]));
    let set = "eulb-set-lb-policies-of-listener";
    cloud.ok(set, ["-l", "80", "-p", "Stick", &release, "web"]);
    cloud.settle();
}

/// A cloud of a release with a load balancer `web`, its instances in service, and a policy in force.
fn sticking(release: &str, create: &[&str], count: usize) -> (Cloud, Vec<String>) {
    let cloud = Cloud::with(&["--ephemeral", &at(release)]);
    let instances = web(&cloud, count);
    stick(&cloud, release, create);
    (cloud, instances)
}

/// One request with these lines: the answer's Set-Cookie and Cache-Control, and the page, which
/// names the instance and shows what it received.
fn ask(at: &Destination, lines: &str) -> (Vec<String>, String, String) {
    let mut client = Client::connect(at.address);
    client.send(format!(
        "GET / HTTP/1.1\r\nHost: {}\r\n{lines}\r\n",
        at.host
    ));
    let answer = client.answer();
    assert_eq!(answer.status(), 200);
    let all = |name| {
        answer
            .head
            .all(name)
            .iter()
            .map(ToString::to_string)
            .collect()
    };
    let cookies: Vec<String> = all("Set-Cookie");
    let caching: Vec<String> = all("Cache-Control");
    (cookies, caching.join(", "), answer.text())
}

/// The instance that a page is from.
fn served<'a>(page: &str, instances: &'a [String]) -> &'a str {
    let found = instances.iter().find(|id| page.contains(id.as_str()));
    found.expect("the page names its instance")
}

/// `NAME=VALUE` of a Set-Cookie.
fn pair(cookie: &str) -> &str {
    cookie.split(';').next().unwrap()
}

const LB_COOKIE: [&str; 3] = ["eulb-create-lb-cookie-stickiness-policy", "-e", "300"];

#[test]
fn at_amazon_the_client_minds_the_age_and_the_cookie_outlives_its_instance() {
    let (cloud, instances) = sticking("aws", &LB_COOKIE, 3);
    let listener = cloud.listener("web");
    let (cookies, caching, page) = ask(&listener, "");
    let first = served(&page, &instances);
    assert_eq!(cookies.len(), 1, "{cookies:?}");
    assert!(cookies[0].ends_with(";PATH=/;MAX-AGE=300"), "{cookies:?}");
    assert!(caching.contains("no-cache=\"set-cookie\""), "{caching}");
    let cookie = pair(&cookies[0]).to_owned();
    for _ in 0..9 {
        let (again, _, page) = ask(&listener, &format!("Cookie: {cookie}\r\n"));
        assert_eq!((again.len(), served(&page, &instances)), (0, first));
        assert!(
            page.contains(&cookie),
            "the instance sees the cookie: {page}"
        );
    }
    // A page of another origin gets the second cookie, which counts as well.
    let (both, _, page) = ask(&listener, "Origin: https://page.example\r\n");
    let cross = served(&page, &instances);
    assert!(both[1].ends_with(";SECURE;SAMESITE=None"), "{both:?}");
    let (_, _, page) = ask(&listener, &format!("Cookie: {}\r\n", pair(&both[1])));
    assert_eq!(served(&page, &instances), cross);

    // Its instance leaves: another takes over, with a cookie of its own, and keeps the client.
    let leaving = [first.to_owned()];
    cloud.deregister("web", &leaving);
    let (new, _, page) = ask(&listener, &format!("Cookie: {cookie}\r\n"));
    let second = served(&page, &instances);
    assert_ne!(second, first);
    assert_ne!(pair(&new[0]), cookie);
    let (none, _, page) = ask(&listener, &format!("Cookie: {}\r\n", pair(&new[0])));
    assert_eq!((none.len(), served(&page, &instances)), (0, second));

    // Without the policy nobody sticks, and no cookie is set.
    let set = "eulb-set-lb-policies-of-listener";
    cloud.ok(set, ["-l", "80", "-p", "", "--release=aws", "web"]);
    cloud.settle();
    assert!(ask(&listener, "").0.is_empty());
}

#[test]
fn at_eucalyptus_the_cookie_is_dated_and_kept_from_instances() {
    let (cloud, instances) = sticking("4.4.2", &LB_COOKIE, 3);
    let listener = cloud.listener("web");
    let (cookies, caching, page) = ask(&listener, "");
    let first = served(&page, &instances);
    assert!(cookies[0].ends_with(";PATH=/"), "{cookies:?}");
    assert!(caching.contains("no-cache=\"set-cookie\""), "{caching}");
    let cookie = pair(&cookies[0]);
    for _ in 0..6 {
        let (again, _, page) = ask(&listener, &format!("Cookie: mine=1; {cookie}\r\n"));
        assert_eq!((again.len(), served(&page, &instances)), (0, first));
        assert!(
            page.contains("mine=1") && !page.contains("AWSELB"),
            "{page}"
        );
    }
    // An old one, and one that somebody made up, are as good as none.
    let (name, _) = cookie.split_once('-').unwrap();
    for worthless in [format!("{name}-10"), "AWSELB=127.0.0.1".to_owned()] {
        let (new, ..) = ask(&listener, &format!("Cookie: {worthless}\r\n"));
        assert_eq!(new.len(), 1, "{worthless}");
    }
}

#[test]
fn the_cookie_of_the_application_is_followed() {
    let create = ["eulb-create-app-cookie-stickiness-policy", "-c", "session"];
    let (cloud, instances) = sticking("aws", &create, 2);
    // The web instances set no cookies, so nobody sticks to them.
    let listener = cloud.listener("web");
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..4 {
        let (cookies, _, page) = ask(&listener, "Cookie: session=1\r\n");
        assert!(cookies.is_empty());
        seen.insert(served(&page, &instances).to_owned());
    }
    assert_eq!(seen.len(), 2);
}

#[test]
fn a_cookie_is_understood_after_a_restart() {
    let cloud = Cloud::with(&[&at("aws")]);
    let instances = web(&cloud, 3);
    stick(&cloud, "aws", &LB_COOKIE);
    let listener = cloud.listener("web");
    let (cookies, _, page) = ask(&listener, "");
    let first = served(&page, &instances).to_owned();
    let cookie = pair(&cookies[0]).to_owned();
    let cloud = cloud.killed_and_restarted();
    cloud.await_state("web", &instances, "InService");
    let listener = cloud.listener("web");
    for _ in 0..4 {
        let (_, _, page) = ask(&listener, &format!("Cookie: {cookie}\r\n"));
        assert_eq!(served(&page, &instances), first);
    }
}

#[test]
fn a_cookie_of_one_servo_is_understood_by_the_other() {
    let cloud = Cloud::with(&["--ephemeral", &at("aws")]);
    let zones = ["PARTI00", "PARTI01"];
    let instances = zones.map(|zone| cloud.run_instances(2, zone)).concat();
    let listener = "lb-port=80, protocol=HTTP, instance-port=80";
    cloud.ok(
        "eulb-create-lb",
        ["-z", "PARTI00,PARTI01", "-l", listener, "web"],
    );
    cloud.check_quickly("web", "HTTP:80/health");
    cloud.register("web", &instances);
    cross(&cloud, true);
    stick(&cloud, "aws", &LB_COOKIE);
    let servos = cloud.listeners("web");
    assert_eq!(servos.len(), 2, "a servo in each zone");
    let ids: Vec<&str> = instances.iter().map(String::as_str).collect();
    for servo in &servos {
        await_share(&cloud, servo, &ids);
    }
    let mut homes = std::collections::BTreeSet::new();
    for turn in 0..8 {
        let (one, other) = (&servos[turn % 2], &servos[(turn + 1) % 2]);
        let (cookies, _, page) = ask(one, "");
        let home = served(&page, &instances);
        homes.insert(home);
        let line = format!("Cookie: {}\r\n", pair(&cookies[0]));
        for servo in [other, one, other] {
            let (again, _, page) = ask(servo, &line);
            assert_eq!((again.len(), served(&page, &instances)), (0, home));
        }
    }
    // Not all of them at the same instance, where they would meet by chance.
    assert!(homes.len() > 1, "{homes:?}");
}
