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
    // What can be set by a name can be read by it: in full, without its root, of a later release.
    for name in [
        "loadbalancing.loadbalancer_num_vm",
        "loadbalancer_num_vm",
        "services.loadbalancing.vm_per_zone",
        "vm_per_zone",
    ] {
        assert_eq!(
            ok(&cloud, &["admin", "properties", "get", name]),
            "PROPERTY\tloadbalancing.loadbalancer_num_vm\t1\n"
        );
    }
    assert_eq!(
        refusal(&cloud, &["admin", "properties", "get", "a&b"]),
        "eulb admin: error: there is no property 'a&b' in Eucalyptus 3.3.0; 'eulb admin properties list' shows those there are\n"
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

/// Makes a user with a key, and returns how to be that user: key id and secret.
#[track_caller]
fn new_user(cloud: &Cloud, account: &str, user: &str) -> (String, String) {
    ok(
        cloud,
        &["admin", "users", "create", "--account", account, user],
    );
    let made = ok(
        cloud,
        &[
            "admin",
            "keys",
            "create",
            "--account",
            account,
            "--user",
            user,
        ],
    );
    let cells: Vec<&str> = made.trim_end().split('\t').collect();
    assert_eq!((cells[0], cells[3]), ("ACCESS_KEY", user));
    (cells[1].to_owned(), cells[2].to_owned())
}

/// Runs a command with a key.
fn by(cloud: &Cloud, key: &(String, String), name: &str, arguments: &[&str]) -> (i32, String) {
    let mut command = cloud.command(Account::Tenant, name);
    command
        .env("AWS_ACCESS_KEY_ID", &key.0)
        .env("AWS_SECRET_ACCESS_KEY", &key.1)
        .args(arguments);
    let run = crate::cloud::run(&mut command);
    (run.status, run.stdout + &run.stderr)
}

/// Makes a policy of the tenant and attaches it to a user, or to the account.
#[track_caller]
fn attach(cloud: &Cloud, name: &str, document: &str, user: Option<&str>) {
    let file = cloud.data_directory().join(name);
    std::fs::write(&file, document).unwrap();
    ok(
        cloud,
        &["admin", "policies", "create", name, file.to_str().unwrap()],
    );
    let mut line = vec!["admin", "policies", "attach", name];
    line.extend(user.iter().flat_map(|user| ["--user", user]));
    ok(cloud, &line);
}

#[test]
fn an_inactive_key_is_as_good_as_none_until_it_is_active_again() {
    let cloud = Cloud::with(&[]);
    let key = new_user(&cloud, "tenant", "ann");
    let asked = |cloud: &Cloud| by(cloud, &key, "eulb-describe-lbs", &[]).0;
    let status = |cloud: &Cloud| {
        let listed = ok(cloud, &["admin", "keys", "list", "--user", "ann"]);
        listed.trim_end().rsplit('\t').next().unwrap().to_owned()
    };
    assert_eq!((asked(&cloud), status(&cloud).as_str()), (0, "Active"));
    ok(&cloud, &["admin", "keys", "deactivate", &key.0]);
    assert_eq!((asked(&cloud), status(&cloud).as_str()), (1, "Inactive"));
    // It is remembered.
    let cloud = cloud.killed_and_restarted();
    assert_eq!((asked(&cloud), status(&cloud).as_str()), (1, "Inactive"));
    ok(&cloud, &["admin", "keys", "activate", &key.0]);
    assert_eq!((asked(&cloud), status(&cloud).as_str()), (0, "Active"));
    let own = &cloud.environment(Account::Administrator).access_key;
    let last = cloud.eulb("eulb", ["admin", "keys", "deactivate", own]);
    assert!(
        last.status == 1 && last.stderr.contains("last key stays"),
        "{last:?}"
    );
}

#[test]
fn what_no_policy_allows_is_hidden_and_deny_beats_allow() {
    let cloud = Cloud::with(&["--ephemeral", "--release=4.1.0"]);
    for name in ["web", "db"] {
        cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, name]);
    }
    let ann = new_user(&cloud, "tenant", "ann");
    let create = ["-z", "PARTI00", "-l", HTTP_80, "new"];
    // Without a policy: nothing is seen, and everything is not found.
    assert_eq!(
        by(&cloud, &ann, "eulb-describe-lbs", &[]),
        (0, String::new())
    );
    assert_eq!(
        by(&cloud, &ann, "eulb-create-lb", &create),
        (1, "eulb-create-lb: error (InternalFailure): Not authorized to create loadbalancer by user: ann\n".to_owned())
    );
    let not_found = "The specified LoadBalancer could not be found";
    assert_eq!(
        by(&cloud, &ann, "eulb-describe-instance-health", &["web"]),
        (
            1,
            format!("eulb-describe-instance-health: error (AccessPointNotFound): {not_found}\n")
        )
    );
    assert_eq!(
        by(&cloud, &ann, "eulb-delete-lb", &["web"]),
        (
            1,
            format!("eulb-delete-lb: error (InternalFailure): {not_found}\n")
        )
    );
    assert_eq!(
        by(&cloud, &ann, "eulb-delete-lb", &["absent"]),
        (0, String::new())
    );

    let number = &cloud.environment(Account::Tenant).account;
    attach(
        &cloud,
        "see-web",
        &format!(
            r#"{{"Statement":[{{"Effect":"Allow","Action":"elasticloadbalancing:Describe*",
            "Resource":"arn:aws:elasticloadbalancing:*:{number}:loadbalancer/w*"}}]}}"#
        ),
        Some("ann"),
    );
    let (status, seen) = by(&cloud, &ann, "eulb-describe-lbs", &[]);
    assert_eq!((status, seen.lines().count()), (0, 1), "{seen}");
    assert!(seen.starts_with("LOAD_BALANCER\tweb\t"), "{seen}");
    assert_eq!(
        by(&cloud, &ann, "eulb-describe-instance-health", &["web"]).0,
        0
    );

    attach(
        &cloud,
        "no-health",
        r#"{"Statement":{"Effect":"Deny","Action":"elasticloadbalancing:describeinstancehealth","Resource":"*"}}"#,
        None,
    );
    assert_eq!(
        by(&cloud, &ann, "eulb-describe-instance-health", &["web"]).0,
        1
    );
    // What forbids the account forbids its administrator, too.
    assert_eq!(
        cloud.eulb("eulb-describe-instance-health", ["web"]).status,
        1
    );
    ok(&cloud, &["admin", "policies", "detach", "no-health"]);
    assert_eq!(
        cloud.eulb("eulb-describe-instance-health", ["web"]).status,
        0
    );
}

#[test]
fn actions_that_are_no_operation_are_taken_with_a_warning() {
    let cloud = Cloud::with(&["--ephemeral", "--release=aws"]);
    let file = cloud.data_directory().join("odd");
    let actions = r#"["elasticloadbalancing:Nonsense","elasticloadbalancing:Describe*",
        "ElasticLoadBalancing:DESCRIBETAGS","ec2:Nonsense","*"]"#;
    let document =
        format!(r#"{{"Statement":{{"Effect":"Allow","Action":{actions},"Resource":"*"}}}}"#);
    std::fs::write(&file, document).unwrap();
    let warning =
        "eulb admin: warning: 'elasticloadbalancing:nonsense' is no operation of load balancing\n";
    for words in [
        &["create", "odd", file.to_str().unwrap()][..],
        &["attach", "odd"],
    ] {
        let run = cloud.eulb("eulb", [&["admin", "policies"], words].concat());
        assert_eq!((run.status, run.stderr.as_str()), (0, warning), "{words:?}");
        assert!(run.stdout.starts_with("POLICY\todd\t"), "{run:?}");
    }
}

#[test]
fn what_is_attached_to_a_group_goes_for_whoever_is_in_it() {
    let cloud = Cloud::with(&["--release=4.4.2"]);
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
    let ann = new_user(&cloud, "tenant", "ann");
    let bob = new_user(&cloud, "tenant", "bob");
    let group = |words: &[&str]| ok(&cloud, &[&["admin", "groups"], words].concat());
    let policy = |words: &[&str]| ok(&cloud, &[&["admin", "policies"], words].concat());
    let statement = |effect: &str, action: &str| {
        format!(
            r#"{{"Statement":{{"Effect":"{effect}","Action":"elasticloadbalancing:{action}","Resource":"*"}}}}"#
        )
    };
    let write = |name: &str, document: &str| {
        let file = cloud.data_directory().join(name);
        std::fs::write(&file, document).unwrap();
        policy(&["create", name, file.to_str().unwrap()]);
    };
    let sees = |key: &(String, String)| {
        let (status, said) = by(&cloud, key, "eulb-describe-lbs", &[]);
        assert_eq!(status, 0, "{said}");
        said.contains("\tweb\t") || said.starts_with("LOAD_BALANCER\tweb")
    };
    let made = group(&["create", "readers"]);
    assert!(made.starts_with("GROUP\treaders\t"), "{made}");
    assert!(made.contains("\ttenant\tAGPA"), "{made}");
    write("look", &statement("Allow", "Describe*"));
    assert!(policy(&["attach", "look", "--group", "readers"]).ends_with("\tgroup/readers\n"));
    assert!(!sees(&ann));
    assert!(group(&["add-user", "readers", "ann"]).ends_with("\tann\tlook\n"));
    group(&["add-user", "readers", "ann"]);
    assert!(sees(&ann) && !sees(&bob));

    // A group forbids what the user's own policy allows, and the other way round.
    write("all", &statement("Allow", "*"));
    policy(&["attach", "all", "--user", "bob"]);
    write("blind", &statement("Deny", "Describe*"));
    group(&["create", "blind"]);
    policy(&["attach", "blind", "--group", "blind"]);
    assert!(sees(&bob));
    group(&["add-user", "blind", "bob"]);
    assert!(!sees(&bob));
    group(&["add-user", "blind", "admin"]);
    assert_ne!(cloud.ok("eulb-describe-lbs", ["web"]), "");

    let users = ok(&cloud, &["admin", "users", "list", "--json"]);
    let users: serde_json::Value = serde_json::from_str(&users).unwrap();
    let users = users["users"].as_array().unwrap();
    let bobs = users.iter().find(|user| user["name"] == "bob").unwrap();
    assert_eq!(bobs["groups"], serde_json::json!(["blind"]));

    for (line, says) in [
        (
            &["groups", "create", "readers"][..],
            "the account 'tenant' has a group 'readers' already",
        ),
        (
            &["groups", "create", "a/b"],
            "'a/b' cannot be the name of a group: use 1 to 64 letters, digits and +=,.@_-",
        ),
        (
            &["groups", "add-user", "readers", "eve"],
            "the account 'tenant' has no user 'eve'",
        ),
        (
            &["groups", "add-user", "writers", "ann"],
            "the account 'tenant' has no group 'writers'",
        ),
        (
            &["groups", "remove-user", "readers", "bob"],
            "the user 'bob' is not in the group 'readers'",
        ),
        (
            &["groups", "delete", "readers"],
            "the group 'readers' has 1 users and 1 policies; --recursive takes them out of it first",
        ),
        (
            &["policies", "delete", "look"],
            "the policy 'look' is attached; detach it first",
        ),
        (
            &["policies", "detach", "all", "--group", "readers"],
            "the policy 'all' is not attached there",
        ),
        (
            &["policies", "attach", "all", "--group", "writers"],
            "the account 'tenant' has no group 'writers'",
        ),
    ] {
        let line = [&["admin"], line].concat();
        assert_eq!(
            refusal(&cloud, &line),
            format!("eulb admin: error: {says}\n"),
            "{line:?}"
        );
    }
    // A quota is of an account or a user.
    write(
        "few",
        r#"{"Statement":{"Effect":"Limit","Action":"elasticloadbalancing:CreateLoadBalancer","Resource":"*",
        "Condition":{"NumericLessThanEquals":{"elasticloadbalancing:quota-loadbalancernumber":"1"}}}}"#,
    );
    let quota = ["admin", "policies", "attach", "few", "--group", "readers"];
    assert_eq!(
        refusal(&cloud, &quota),
        "eulb admin: error: the policy 'few' has a Limit, and quotas are of accounts and users, not of groups\n"
    );

    // It is remembered, and goes with whom and what it is about.
    let cloud = cloud.killed_and_restarted();
    assert!(by(&cloud, &ann, "eulb-describe-lbs", &[]).1.contains("web"));
    ok(&cloud, &["admin", "groups", "remove-user", "blind", "bob"]);
    assert!(by(&cloud, &bob, "eulb-describe-lbs", &[]).1.contains("web"));
    ok(&cloud, &["admin", "users", "delete", "--recursive", "ann"]);
    let listed = ok(&cloud, &["admin", "groups", "list", "--account", "tenant"]);
    let cells: Vec<Vec<&str>> = listed
        .lines()
        .map(|line| line.split('\t').collect())
        .collect();
    assert_eq!(cells.len(), 2, "{listed}");
    assert_eq!(
        (cells[0][1], cells[0][6], cells[0][7]),
        ("blind", "admin", "blind")
    );
    assert_eq!(
        (cells[1][1], cells[1][6], cells[1][7]),
        ("readers", "", "look")
    );
    ok(
        &cloud,
        &["admin", "groups", "delete", "--recursive", "readers"],
    );
    ok(&cloud, &["admin", "policies", "delete", "look"]);
    // A new user of the old name is in no group.
    let ann = new_user(&cloud, "tenant", "ann");
    assert_eq!(
        by(&cloud, &ann, "eulb-describe-lbs", &[]),
        (0, String::new())
    );
}

#[test]
fn a_quota_limits_an_account_and_a_user() {
    let cloud = Cloud::start();
    let limit = |number: u32| {
        format!(
            r#"{{"Statement":[{{"Effect":"Limit","Action":"elasticloadbalancing:CreateLoadBalancer","Resource":"*",
            "Condition":{{"NumericLessThanEquals":{{"elasticloadbalancing:quota-loadbalancernumber":"{number}"}}}}}}]}}"#
        )
    };
    attach(&cloud, "two", &limit(2), None);
    for name in ["a", "b"] {
        cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, name]);
    }
    let full = "eulb-create-lb: error (400): The quota for the number of LoadBalancers has already been reached.\n";
    let third = ["-z", "PARTI00", "-l", HTTP_80, "c"];
    assert_eq!(cloud.eulb("eulb-create-lb", third).stderr, full);
    ok(&cloud, &["admin", "policies", "detach", "two"]);
    let bob = new_user(&cloud, "tenant", "bob");
    attach(
        &cloud,
        "all",
        r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
        Some("bob"),
    );
    attach(&cloud, "one", &limit(1), Some("bob"));
    assert_eq!(by(&cloud, &bob, "eulb-create-lb", &third).0, 0);
    let fourth = ["-z", "PARTI00", "-l", HTTP_80, "d"];
    assert_eq!(
        by(&cloud, &bob, "eulb-create-lb", &fourth),
        (1, full.to_owned())
    );
}

#[test]
fn amazon_says_access_denied() {
    let cloud = Cloud::with(&["--ephemeral", "--release=aws"]);
    let ann = new_user(&cloud, "tenant", "ann");
    let (status, said) = by(&cloud, &ann, "eulb-describe-lbs", &[]);
    let number = &cloud.environment(Account::Tenant).account;
    assert_eq!(
        (status, said),
        (
            1,
            format!(
                "eulb-describe-lbs: error (AccessDenied): User: arn:aws:iam::{number}:user/ann is not authorized to perform: elasticloadbalancing:DescribeLoadBalancers on resource: * because no identity-based policy allows the elasticloadbalancing:DescribeLoadBalancers action\n"
            )
        )
    );
}

#[test]
fn accounts_come_and_go_with_what_they_have() {
    let cloud = Cloud::start();
    let made = ok(&cloud, &["admin", "accounts", "create", "other"]);
    let cells: Vec<&str> = made.trim_end_matches('\n').split('\t').collect();
    assert_eq!(cells[2..], ["other", "1", "0", "0", "0", ""]);
    let number = cells[1].to_owned();
    let key = ok(&cloud, &["admin", "keys", "create", "--account", "other"]);
    let cells: Vec<&str> = key.trim_end().split('\t').collect();
    let key = (cells[1].to_owned(), cells[2].to_owned());
    let (status, name) = by(
        &cloud,
        &key,
        "eulb-create-lb",
        &["-z", "PARTI00", "-l", HTTP_80, "web"],
    );
    assert_eq!(
        (status, name),
        (0, format!("DNS_NAME\tweb-{number}.lb.localhost\n"))
    );
    // Another account's load balancer of the same name is another load balancer.
    assert_eq!(cloud.ok("eulb-describe-lbs", [""; 0]), "");
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
    let verbose = cloud.eulb_as(Account::Administrator, "eulb-describe-lbs", ["verbose"]);
    assert_eq!(verbose.stdout.lines().count(), 2);
    let listed = ok(&cloud, &["admin", "keys", "list", "--account", "other"]);
    assert!(
        !listed.contains(&key.1) && listed.contains(&key.0),
        "{listed}"
    );

    for (line, said) in [
        (
            &["admin", "accounts", "create", "other"][..],
            "there is an account 'other' already",
        ),
        (
            &["admin", "accounts", "create", "No"][..],
            "'No' cannot be the name of an account: use 3 to 63 small letters, digits and hyphens",
        ),
        (
            &["admin", "accounts", "delete", "other"][..],
            "the account 'other' has 1 load balancers, 0 instances, 1 users and 1 keys; --recursive deletes them too",
        ),
        (
            &["admin", "accounts", "delete", "eucalyptus"][..],
            "the account 'eucalyptus' is the cloud's own and stays",
        ),
        (
            &["admin", "users", "create", "a/b"][..],
            "'a/b' cannot be the name of a user: use 1 to 64 letters, digits and +=,.@_-",
        ),
        (
            &["admin", "users", "delete", "ann"][..],
            "the account 'tenant' has no user 'ann'",
        ),
        (
            &["admin", "users", "delete", "admin"][..],
            "the user 'admin' stays as long as the account does",
        ),
        (
            &["admin", "keys", "delete", "AKIX"][..],
            "there is no key 'AKIX'",
        ),
        (
            &["admin", "policies", "attach", "x"][..],
            "the account 'tenant' has no policy 'x'",
        ),
    ] {
        assert_eq!(
            refusal(&cloud, line),
            format!("eulb admin: error: {said}\n"),
            "{line:?}"
        );
    }
    ok(
        &cloud,
        &["admin", "accounts", "delete", "--recursive", "other"],
    );
    let (status, said) = by(&cloud, &key, "eulb-describe-lbs", &[]);
    assert_eq!(status, 1);
    assert!(said.contains("(InvalidClientTokenId)"), "{said}");
    let verbose = cloud.eulb_as(Account::Administrator, "eulb-describe-lbs", ["verbose"]);
    assert_eq!(verbose.stdout.lines().count(), 1);
}

#[test]
fn without_an_image_the_service_is_not_ready_and_what_is_there_goes_on() {
    let cloud = Cloud::start();
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
    let state = |listed: String| listed.split('\t').nth(3).map(str::to_owned);
    let services = || ok(&cloud, &["admin", "services"]);
    assert_eq!(state(services()).as_deref(), Some("ENABLED"));
    ok(&cloud, &["admin", "properties", "set", "loadbalancer_emi="]);
    assert_eq!(state(services()).as_deref(), Some("NOTREADY"));
    // Credentials come without the URL then, as a eucarc did.
    let without = cloud.eulb("eulb", ["local", "env"]);
    assert_eq!(
        without.stderr,
        "WARN:  Load Balancing service URL is not configured.\n"
    );
    assert!(without.stdout.contains("AWS_ACCESS_KEY") && !without.stdout.contains("ELB_URL"));
    // Nothing is answered but who may not ask, and the clients of the load balancer.
    let said =
        "The service is NOTREADY: the property loadbalancing.loadbalancer_emi names no image";
    let created = cloud.eulb("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "db"]);
    let reason = "Failed to create the loadbalancer: No loadbalancer EMI is found";
    let line = format!("eulb-create-lb: error (InternalFailure): {reason}\n");
    assert_eq!((created.status, created.stderr), (1, line));
    let refused: [(Account, &str, &[&str]); 3] = [
        (Account::Tenant, "eulb-describe-lbs", &["web"]),
        (Account::Tenant, "eulb-delete-lb", &["nobodys"]),
        (Account::Administrator, "eulb-describe-lbs", &["verbose"]),
    ];
    for (account, command, arguments) in refused {
        let run = cloud.eulb_as(account, command, arguments);
        let line = format!("{command}: error (ServiceUnavailable): {said}\n");
        assert_eq!((run.status, run.stderr), (1, line), "{arguments:?}");
    }
    let stranger = crate::cloud::run(
        cloud
            .command(Account::Tenant, "eulb-describe-lbs")
            .env("AWS_SECRET_ACCESS_KEY", "wrong"),
    );
    assert!(
        stranger.stderr.contains("error (SignatureDoesNotMatch)"),
        "{stranger:?}"
    );
    assert_eq!(cloud.get(&cloud.listener("web")).0, 503);
    ok(
        &cloud,
        &[
            "admin",
            "properties",
            "set",
            "loadbalancer_emi=emi-1DF9440E",
        ],
    );
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "db"]);
    assert_eq!(cloud.ok("eulb-describe-lbs", ["web"]).lines().count(), 1);
}

#[test]
fn a_policy_that_cannot_be_read_is_refused_with_its_place() {
    let cloud = Cloud::start();
    let file = cloud.data_directory().join("policy");
    let cases = [
        (
            "{",
            "the policy cannot be read: EOF while parsing an object at line 1 column 1",
        ),
        (
            r#"{"Statement":[{"Effect":"Allow","Action":"elasticloadbalancing:*","Resource":"arn:aws:elasticloadbalancing:::loadbalancer/w"}]}"#,
            "the policy cannot be read: statement 1: Resource must be *: ARNs are not supported by this release",
        ),
    ];
    for (document, said) in cases {
        std::fs::write(&file, document).unwrap();
        let line = ["admin", "policies", "create", "p", file.to_str().unwrap()];
        assert_eq!(
            refusal(&cloud, &line),
            format!("eulb admin: error: {said}\n")
        );
    }
    // Of any size, and cut where a character is.
    for document in ["é".repeat(8193), "x".repeat(2 << 20)] {
        std::fs::write(&file, document).unwrap();
        let path = file.to_str().unwrap();
        assert_eq!(
            refusal(&cloud, &["admin", "policies", "create", "p", path]),
            format!(
                "eulb admin: error: cannot use {path}: the policy is over 16 KiB; make several \
                 policies of it\n"
            )
        );
        let upload = ["upload", "c", "--certificate", path, "--key", path];
        let refused = refusal(&cloud, &[&["admin", "certificates"][..], &upload].concat());
        assert_eq!(refused.lines().count(), 1, "{refused}");
        assert!(!refused.contains("broke off"), "{refused}");
    }
    let line = ["admin", "policies", "create", "p", "/nowhere/at/all"];
    assert!(refusal(&cloud, &line).contains("cannot read /nowhere/at/all"));
}

#[test]
fn servos_are_listed_with_their_load_and_what_was_done_to_them() {
    let cloud = Cloud::start();
    let instances = cloud.web_with(1);
    assert_eq!(instances.len(), 1);
    cloud.settle();
    assert_eq!(cloud.get(&cloud.listener("web")).0, 200);
    let listed = ok(&cloud, &["admin", "servos", "--lb", "web"]);
    let cells: Vec<&str> = listed.trim_end_matches('\n').split('\t').collect();
    let servo = cloud.status().balancers[0].servos[0].id.clone();
    assert_eq!((cells[0], cells[1], cells[2]), ("SERVO", &*servo, "web"));
    assert_eq!(
        (cells[5], cells[7], cells[8]),
        ("PARTI00", "InService", "HTTP:80")
    );
    assert_eq!(cells[10], "1", "{listed}");
    let nobodys = refusal(&cloud, &["admin", "servos", "--lb", "db"]);
    assert_eq!(
        nobodys,
        "eulb admin: error: there is no load balancer 'db'\n"
    );

    cloud.ok("eulb-delete-lb", ["web"]);
    let told = ok(&cloud, &["admin", "activities"]);
    let kinds: Vec<Vec<&str>> = told
        .lines()
        .map(|line| line.split('\t').collect())
        .collect();
    let kinds: Vec<(&str, &str, &str)> = kinds.iter().map(|one| (one[3], one[4], one[6])).collect();
    let expected = [
        ("Launch", &*servo, "web"),
        ("Serve", &*servo, "web"),
        ("Terminate", &*servo, "web"),
    ];
    assert_eq!(kinds, expected, "{told}");
}

#[test]
fn a_listing_of_what_nobody_has_is_refused_and_of_what_is_empty_is_not() {
    let cloud = Cloud::start();
    ok(&cloud, &["admin", "accounts", "create", "research"]);
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
    cloud.ok("eulb-disable-zones-for-lb", ["-z", "PARTI00", "web"]);
    cloud.settle();
    let nobody = "there is no account 'nobody'; there are ";
    let refused = [
        ("users list --account nobody", nobody),
        ("keys list --account nobody", nobody),
        ("groups list --account nobody", nobody),
        ("policies list --account nobody", nobody),
        ("certificates list --account nobody", nobody),
        ("lbs --account nobody", nobody),
        ("keys list --user nobody", "no account has a user 'nobody'"),
        (
            "keys list --account research --user nobody",
            "the account 'research' has no user 'nobody'",
        ),
        ("servos --lb nobodys", "there is no load balancer 'nobodys'"),
        (
            "activities --lb nobodys",
            "there is no load balancer 'nobodys'",
        ),
    ];
    for (line, said) in refused {
        let words: Vec<&str> = ["admin"].into_iter().chain(line.split(' ')).collect();
        let told = refusal(&cloud, &words);
        let told = told.strip_prefix("eulb admin: error: ").unwrap_or_default();
        assert!(told.starts_with(said), "{line}: {told}");
        assert_eq!(told.lines().count(), 1, "{line}: {told}");
    }
    for line in [
        "keys list --account research",
        "keys list --account research --user admin",
        "groups list --account research",
        "lbs --account research",
        "servos --lb web",
    ] {
        let words: Vec<&str> = ["admin"].into_iter().chain(line.split(' ')).collect();
        assert_eq!(ok(&cloud, &words), "", "{line}");
    }
}
