//! The examples of the manual pages, typed as they stand there.

use crate::cloud::{Account, Cloud, Run, run};
use eulb::cli::commands::COMMANDS;
use std::process::Command;

/// Examples whose resources (subnets, groups, certificates) are of the reader's own cloud, and which
/// therefore are refused here, by the service and not by the command.
const OF_OTHER_CLOUDS: [&str; 4] = [
    "eulb-apply-security-groups-to-lb",
    "eulb-attach-lb-to-subnets",
    "eulb-detach-lb-from-subnets",
    "eulb-set-lb-listener-ssl-cert",
];

/// The instances that the examples name; a cloud names its own.
const NAMED: [&str; 2] = ["i-1DF9440E", "i-50683D12"];

/// A public key of which nobody has the private one any more.
const KEY: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEh433FQhY7XxGPAm2PvyC60HHTVB4mzqQ3G6xT6rptmALRxQnqBDmWpIDUyOok9MawZlVBJ1V06pPmIZvHg1Xjg==";

#[test]
fn every_example_of_the_manual_does_what_it_says() {
    let cloud = Cloud::with(&["--ephemeral", "--release=4.4.2"]);
    let links = tempfile::tempdir().unwrap();
    let folder = links.path().to_str().unwrap();
    cloud.ok("eulb", ["links", folder]);
    let path = format!("{folder}:{}", std::env::var("PATH").unwrap_or_default());
    let instances = cloud.run_instances(2, "PARTI00");
    let typed = |line: &str| -> Run {
        let mut line = line.to_owned();
        for (named, own) in NAMED.iter().zip(&instances) {
            line = line.replace(named, own);
        }
        // In the environment of the cloud's user, whose target is the cloud's release.
        let user = cloud.command(Account::Tenant, "eulb");
        let mut shell = Command::new("sh");
        shell.args(["-c", &line]).env_clear();
        for (name, value) in user.get_envs() {
            shell.env(name, value.unwrap_or_default());
        }
        run(shell.env("PATH", &path).env("EULB_RELEASE", "4.4.2"))
    };
    // What the examples find: made anew for each, so that they do not depend on their order.
    let prepare = |name: &str| {
        for line in ["eulb-delete-lb MyLB", "eulb-delete-lb Mail"] {
            assert_eq!(typed(line).status, 0, "{line}");
        }
        if name == "eulb-create-lb" {
            return;
        }
        let zones = match name {
            "eulb-enable-zones-for-lb" => "PARTI00",
            _ => "PARTI00,PARTI01",
        };
        let mut lines = vec![
            format!(
                "eulb-create-lb -z {zones} -l lb-port=80,protocol=http,instance-port=80 -l lb-port=4443,protocol=tcp,instance-port=443,instance-protocol=ssl MyLB"
            ),
            "eulb-create-tags -t stage=alpha MyLB".to_owned(),
            format!("eulb-create-lb-policy -n key -t PublicKeyPolicyType -A PublicKey={KEY} MyLB"),
            "eulb-create-lb-policy -n trusted -t BackendServerAuthenticationPolicyType -A PublicKeyPolicyName=key MyLB"
                .to_owned(),
        ];
        if name != "eulb-create-lb-cookie-stickiness-policy" {
            let policy = "eulb-create-lb-cookie-stickiness-policy -e 300 -p five-minutes MyLB";
            lines.push(policy.to_owned());
        }
        if name == "eulb-delete-lb-listeners" {
            let more = "eulb-create-lb-listeners -l lb-port=8080,protocol=http,instance-port=80 -l lb-port=2222,protocol=tcp,instance-port=22 MyLB";
            lines.push(more.to_owned());
        }
        if name != "eulb-register-instances-with-lb" {
            let register = format!(
                "eulb-register-instances-with-lb --instances {},{} MyLB",
                NAMED[0], NAMED[1]
            );
            lines.push(register);
        }
        for line in lines {
            let run = typed(&line);
            assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{line}");
        }
    };
    for row in COMMANDS {
        for example in row.examples {
            prepare(row.name);
            let run = typed(example);
            if OF_OTHER_CLOUDS.contains(&row.name) && run.status != 0 {
                let refused = format!("{}: error (", row.name);
                assert!(run.stderr.starts_with(&refused), "{example}: {run:?}");
                continue;
            }
            assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{example}");
            // "Nothing." is printed by the commands whose manual says so, and by no other; what is
            // listed may be an empty list.
            let prints = row.output != "Nothing.";
            let may_be_empty = example.contains("--filter");
            assert!(
                run.stdout.is_empty() != prints || may_be_empty,
                "{example}: {run:?}"
            );
        }
    }
}
