//! What the steps claim, judged by what was seen. Pure: each takes the evidence and tells what shows
//! the claim, or what was expected and what came.

use super::evidence::{Claim, Evidence, Mismatch, Run};
use super::load::Counts;
use super::steps::REQUESTS;

/// What DescribeInstanceHealth says of an instance that failed its checks. Source: Eucalyptus 3.3.0.
const FAILED_CHECKS: &str =
    "Instance has failed at least the UnhealthyThreshold number of health checks consecutively.";

/// What it says of one that has not been judged yet. Source: Eucalyptus 3.3.0.
const IN_PROGRESS: &str = "Instance registration is still in progress.";

/// `EX_UNAVAILABLE`: the release has no such thing.
const NOT_AVAILABLE: i32 = 69;

/// How far a server's part of the requests may be from an even one, in percent: workers take turns
/// each for themselves.
const UNEVENNESS_PERCENT: u64 = 10;

/// Every command of the step must have succeeded before anything else is judged.
fn all_succeeded(seen: &Evidence) -> Result<(), Mismatch> {
    match seen.runs.iter().find(|run| run.status != Some(0)) {
        None => Ok(()),
        Some(run) => Err(Mismatch::new(
            format!("'{}' succeeds", run.typed),
            ending(run),
        )),
    }
}

fn ending(run: &Run) -> String {
    let status = match run.status {
        Some(status) => format!("exit status {status}"),
        None => "it was killed".to_owned(),
    };
    match run.stderr.trim() {
        "" => status,
        said => format!("{status}, and it said: {said}"),
    }
}

fn run<'a>(seen: &'a Evidence, typed: &str) -> Result<&'a Run, Mismatch> {
    seen.runs
        .iter()
        .rev()
        .find(|run| run.typed.starts_with(typed))
        .ok_or_else(|| Mismatch::new(format!("'{typed}' has been run"), "it has not"))
}

fn instance(seen: &Evidence, number: usize) -> Result<&str, Mismatch> {
    seen.instances
        .get(number - 1)
        .map(String::as_str)
        .ok_or_else(|| {
            Mismatch::new(
                format!("{number} instances"),
                format!("{}", seen.instances.len()),
            )
        })
}

fn chart(seen: &Evidence, number: usize) -> Result<&Counts, Mismatch> {
    seen.charts
        .get(number)
        .map(|chart| &chart.counts)
        .ok_or_else(|| Mismatch::new("traffic", "none was sent"))
}

fn none_failed(counts: &Counts) -> Result<(), Mismatch> {
    if counts.total() == 0 {
        return Err(Mismatch::new("requests", "none was sent"));
    }
    match counts.failed {
        0 => Ok(()),
        failed => Err(Mismatch::new(
            "no failed request",
            format!(
                "{failed} of {} failed; the first: {}",
                counts.total(),
                counts.first_failure.as_deref().unwrap_or("unknown")
            ),
        )),
    }
}

pub fn cloud_is_ready(seen: &Evidence) -> Claim {
    all_succeeded(seen)?;
    let Some(cloud) = &seen.cloud else {
        return Err(Mismatch::new("a cloud that is ready", "there is none"));
    };
    let [tenant, administrator] = &cloud.access_keys;
    if tenant.is_empty() || administrator.is_empty() || tenant == administrator {
        return Err(Mismatch::new(
            "two accounts with keys of their own",
            format!("access keys '{tenant}' and '{administrator}'"),
        ));
    }
    Ok(format!(
        "ready {} ms after it was started; emulates Eucalyptus {}",
        cloud.ready.as_millis(),
        cloud.release
    ))
}

pub fn three_instances_run(seen: &Evidence) -> Claim {
    all_succeeded(seen)?;
    let started = run(seen, "eulb instance run")?;
    let running = started
        .stdout
        .lines()
        .filter(|line| line.contains("running"))
        .count();
    if seen.instances.len() == 3 && running == 3 {
        Ok(seen.instances.join(", "))
    } else {
        Err(Mismatch::new(
            "three running instances",
            format!("{running} running: {}", seen.instances.join(", ")),
        ))
    }
}

pub fn empty_balancer_answers_503(seen: &Evidence) -> Claim {
    all_succeeded(seen)?;
    let Some(dns_name) = &seen.dns_name else {
        return Err(Mismatch::new("a DNS name", "none was printed"));
    };
    match (&seen.listeners[..], seen.answers.first()) {
        ([listener], Some(answer)) if answer.status == 503 => {
            Ok(format!("{dns_name} is {listener}"))
        }
        ([_], Some(answer)) => Err(Mismatch::new(
            "status 503",
            format!("status {}", answer.status),
        )),
        (listeners, _) => Err(Mismatch::new(
            "one listener that answers",
            format!("{} listeners: {}", listeners.len(), listeners.join(", ")),
        )),
    }
}

pub fn checks_bring_instances_into_service(seen: &Evidence) -> Claim {
    all_succeeded(seen)?;
    let before = run(seen, "eulb-describe-instance-health --show-long")?;
    for record in before.records() {
        // On a slow machine a check may be faster than the command.
        let told = match record[..] {
            ["INSTANCE", _, "InService", ..] => true,
            ["INSTANCE", _, "OutOfService", why, ..] => why == IN_PROGRESS,
            _ => false,
        };
        if !told {
            return Err(Mismatch::new(
                format!("OutOfService: {IN_PROGRESS}"),
                record.join(" "),
            ));
        }
    }
    let after = run(seen, "eulb-describe-instance-health web")?;
    let mut serving: Vec<&str> = after
        .records()
        .filter_map(|record| match record[..] {
            ["INSTANCE", id, "InService"] => Some(id),
            _ => None,
        })
        .collect();
    let mut registered: Vec<&str> = seen.instances.iter().map(String::as_str).collect();
    serving.sort_unstable();
    registered.sort_unstable();
    if serving != registered || before.records().count() != 3 {
        return Err(Mismatch::new(
            "three instances, all InService",
            after.stdout.trim().replace('\n', "; "),
        ));
    }
    let took: u128 = seen.waits.iter().map(|(_, took)| took.as_millis()).sum();
    Ok(format!("in service after {took} ms of checks"))
}

pub fn traffic_is_spread_evenly(seen: &Evidence) -> Claim {
    let Some(page) = seen.answers.first() else {
        return Err(Mismatch::new("a page", "nothing"));
    };
    if page.status != 200 || !page.body.to_lowercase().contains("x-forwarded-for: ") {
        return Err(Mismatch::new(
            "a page with status 200 that shows X-Forwarded-For",
            format!("status {}: {}", page.status, page.body.trim()),
        ));
    }
    let counts = chart(seen, 0)?;
    none_failed(counts)?;
    let even = u64::from(REQUESTS) / 3;
    let slack = even * UNEVENNESS_PERCENT / 100;
    for number in 1..=3 {
        let id = instance(seen, number)?;
        let got = counts.of(id);
        if got.abs_diff(even) > slack {
            return Err(Mismatch::new(
                format!("{} to {} requests for {id}", even - slack, even + slack),
                format!("{got}"),
            ));
        }
    }
    Ok(format!("{} answers, none failed", counts.total()))
}

pub fn failed_instance_is_taken_out(seen: &Evidence) -> Claim {
    all_succeeded(seen)?;
    let failed = instance(seen, 2)?;
    let health = run(seen, "eulb-describe-instance-health --show-long")?;
    let expected = [
        "INSTANCE",
        failed,
        "OutOfService",
        FAILED_CHECKS,
        "Instance",
    ];
    if !health.records().any(|record| record == expected) {
        return Err(Mismatch::new(
            expected.join(" "),
            health.stdout.trim().replace('\n', "; "),
        ));
    }
    let counts = chart(seen, 0)?;
    none_failed(counts)?;
    match counts.of(failed) {
        0 => Ok(format!(
            "{} requests in a second without it, none failed",
            counts.total()
        )),
        got => Err(Mismatch::new(
            format!("no requests for {failed} while it is out of service"),
            format!("{got} of {}", counts.total()),
        )),
    }
}

pub fn restored_instance_serves_again(seen: &Evidence) -> Claim {
    all_succeeded(seen)?;
    let after = chart(seen, 0)?;
    for number in 1..=3 {
        let id = instance(seen, number)?;
        if after.of(id) == 0 {
            return Err(Mismatch::new(format!("requests for {id}"), "none"));
        }
    }
    let whole = chart(seen, 1)?;
    none_failed(whole)?;
    Ok(format!(
        "{} requests while it failed, was out and came back: none lost",
        whole.total()
    ))
}

pub fn second_zone_serves_its_own(seen: &Evidence) -> Claim {
    all_succeeded(seen)?;
    let local = instance(seen, 4)?;
    if seen.listeners.len() != 2 || seen.listeners[0] == seen.listeners[1] {
        return Err(Mismatch::new(
            "two listeners, one for each zone",
            seen.listeners.join(", "),
        ));
    }
    let counts = chart(seen, 0)?;
    none_failed(counts)?;
    if counts.of(local) != counts.total() {
        return Err(Mismatch::new(
            format!("answers of {local} only"),
            format!("{} of {}", counts.of(local), counts.total()),
        ));
    }
    Ok(format!("{} and {}", seen.listeners[0], seen.listeners[1]))
}

pub fn gated_commands_decline(seen: &Evidence) -> Claim {
    for run in &seen.runs {
        if run.status != Some(NOT_AVAILABLE) || !run.stdout.is_empty() || !run.stderr.contains("NA")
        {
            return Err(Mismatch::new(
                format!("'{}' says NA and exits {NOT_AVAILABLE}", run.typed),
                ending(run),
            ));
        }
    }
    match seen.runs.len() {
        0 => Err(Mismatch::new("commands", "none was run")),
        count => Ok(format!(
            "{count} commands, exit status {NOT_AVAILABLE} each"
        )),
    }
}

pub fn accounts_are_separate(seen: &Evidence) -> Claim {
    all_succeeded(seen)?;
    let dns_name = seen.dns_name.as_deref().unwrap_or_default();
    let verbose = run(seen, "eulb-describe-lbs verbose")?;
    let own = seen
        .runs
        .iter()
        .find(|run| run.typed == "eulb-describe-lbs")
        .ok_or_else(|| Mismatch::new("'eulb-describe-lbs' has been run", "it has not"))?;
    if !own.stdout.is_empty() {
        return Err(Mismatch::new("no load balancer", own.stdout.trim()));
    }
    let shown = verbose
        .records()
        .any(|record| record.starts_with(&["LOAD_BALANCER", "web", dns_name]));
    if dns_name.is_empty() || !shown {
        return Err(Mismatch::new(
            format!("LOAD_BALANCER web {dns_name}"),
            verbose.stdout.trim(),
        ));
    }
    Ok("nothing without asking, everything with 'verbose'".to_owned())
}

pub fn deleted_balancer_is_gone(seen: &Evidence) -> Claim {
    all_succeeded(seen)?;
    let described = run(seen, "eulb-describe-lbs")?;
    if !described.stdout.is_empty() {
        return Err(Mismatch::new("no load balancer", described.stdout.trim()));
    }
    if let Some(address) = seen.accepted.first() {
        return Err(Mismatch::new(
            format!("nobody at {address}"),
            "a connection was accepted",
        ));
    }
    match seen.addresses.len() {
        0 => Err(Mismatch::new("addresses to try", "none is known")),
        count => Ok(format!("{count} addresses refuse connections")),
    }
}

pub fn nothing_is_left(seen: &Evidence) -> Claim {
    all_succeeded(seen)?;
    match seen.ended {
        Some((Some(0), true)) => Ok("exit status 0, nothing left".to_owned()),
        Some((Some(0), false)) => Err(Mismatch::new("no directory", "it is still there")),
        Some((status, _)) => Err(Mismatch::new(
            "exit status 0 of the cloud's process",
            status.map_or("a signal ended it".to_owned(), |status| {
                format!("exit status {status}")
            }),
        )),
        None => Err(Mismatch::new("the end of the process", "it runs")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::demo::evidence::Chart;
    use crate::cli::demo::load::Answer;

    fn run(typed: &str, status: i32, stdout: &str) -> Run {
        Run {
            typed: typed.into(),
            status: Some(status),
            stdout: stdout.into(),
            stderr: String::new(),
        }
    }

    fn chart(counts: &[(&str, u64)], failed: u64) -> Chart {
        let answered = counts.iter().map(|(id, count)| ((*id).into(), *count));
        Chart {
            title: String::new(),
            counts: Counts {
                answered: answered.collect(),
                failed,
                first_failure: (failed > 0).then(|| "status 502".into()),
            },
        }
    }

    fn four() -> Evidence {
        Evidence {
            instances: ["i-1", "i-2", "i-3", "i-4"].map(String::from).into(),
            listeners: ["http://127.1.0.1/", "http://127.1.0.2/"]
                .map(String::from)
                .into(),
            dns_name: Some("web-1.lb.localhost".into()),
            ..Evidence::default()
        }
    }

    #[test]
    fn a_lost_request_makes_the_claim_untrue() {
        let back = [("i-1", 5), ("i-2", 5), ("i-3", 5)];
        let seen = |failed| Evidence {
            charts: vec![chart(&back, 0), chart(&back, failed)],
            ..four()
        };
        assert!(restored_instance_serves_again(&seen(0)).is_ok());
        let mismatch = restored_instance_serves_again(&seen(1)).unwrap_err();
        assert_eq!(mismatch.came, "1 of 16 failed; the first: status 502",);
        // Without any traffic nothing has been shown.
        let idle = Evidence {
            charts: vec![chart(&back, 0), chart(&[], 0)],
            ..four()
        };
        assert!(restored_instance_serves_again(&idle).is_err());
        let missing = Evidence {
            charts: vec![chart(&back[..2], 0), chart(&back, 0)],
            ..four()
        };
        assert!(restored_instance_serves_again(&missing).is_err());
    }

    #[test]
    fn the_failed_instance_must_be_out_with_its_reason_and_get_nothing() {
        let health = |state: &str| {
            run(
                "eulb-describe-instance-health --show-long web",
                0,
                &format!("INSTANCE\ti-1\tInService\t\t\nINSTANCE\ti-2\t{state}\n"),
            )
        };
        let out = format!("OutOfService\t{FAILED_CHECKS}\tInstance");
        let seen = |state: &str, counts: &[(&str, u64)]| Evidence {
            runs: vec![health(state)],
            charts: vec![chart(counts, 0)],
            ..four()
        };
        type Counted<'a> = &'a [(&'a str, u64)];
        let cases: [(&str, Counted, bool); 4] = [
            (&out, &[("i-1", 9)], true),
            (&out, &[("i-1", 9), ("i-2", 1)], false),
            ("OutOfService\tother\tInstance", &[("i-1", 9)], false),
            ("InService\t\t", &[("i-1", 9)], false),
        ];
        for (state, counts, holds) in cases {
            let claim = failed_instance_is_taken_out(&seen(state, counts));
            assert_eq!(claim.is_ok(), holds, "{state}");
        }
    }

    #[test]
    fn an_uneven_spread_is_noticed() {
        let page = Answer {
            status: 200,
            instance: None,
            body: "X-Forwarded-For: 127.0.0.1".into(),
        };
        let seen = |counts: [u64; 3]| Evidence {
            answers: vec![page.clone()],
            charts: vec![chart(
                &[("i-1", counts[0]), ("i-2", counts[1]), ("i-3", counts[2])],
                0,
            )],
            ..four()
        };
        assert!(traffic_is_spread_evenly(&seen([100, 100, 100])).is_ok());
        assert!(traffic_is_spread_evenly(&seen([110, 90, 100])).is_ok());
        assert!(traffic_is_spread_evenly(&seen([111, 89, 100])).is_err());
        assert!(traffic_is_spread_evenly(&seen([150, 150, 0])).is_err());
        let hidden = Evidence {
            answers: vec![Answer {
                body: "nothing".into(),
                ..page.clone()
            }],
            ..seen([100, 100, 100])
        };
        assert!(traffic_is_spread_evenly(&hidden).is_err());
    }

    #[test]
    fn registration_is_told_truly() {
        let seen = |before: &str, after: &str| Evidence {
            runs: vec![
                run("eulb-describe-instance-health --show-long web", 0, before),
                run("eulb-describe-instance-health web", 0, after),
            ],
            instances: ["i-1", "i-2", "i-3"].map(String::from).into(),
            ..Evidence::default()
        };
        let waiting: String = (1..=3)
            .map(|n| format!("INSTANCE\ti-{n}\tOutOfService\t{IN_PROGRESS}\tELB\n"))
            .collect();
        let serving: String = (1..=3)
            .map(|n| format!("INSTANCE\ti-{n}\tInService\n"))
            .collect();
        assert!(checks_bring_instances_into_service(&seen(&waiting, &serving)).is_ok());
        assert!(checks_bring_instances_into_service(&seen(&waiting, "")).is_err());
        assert!(checks_bring_instances_into_service(&seen("", &serving)).is_err());
        let other = waiting.replace(IN_PROGRESS, "");
        assert!(checks_bring_instances_into_service(&seen(&other, &serving)).is_err());
    }

    #[test]
    fn a_gated_command_must_exit_69_and_print_nothing() {
        let na = |status, stdout: &str, stderr: &str| Evidence {
            runs: vec![Run {
                stderr: stderr.into(),
                ..run("eulb-attach-lb-to-subnets", status, stdout)
            }],
            ..four()
        };
        assert!(gated_commands_decline(&na(69, "", "NA, VPC only")).is_ok());
        assert!(gated_commands_decline(&na(0, "", "NA, VPC only")).is_err());
        assert!(gated_commands_decline(&na(69, "SUBNETS", "NA, VPC only")).is_err());
        assert!(gated_commands_decline(&na(69, "", "no")).is_err());
        assert!(gated_commands_decline(&four()).is_err());
    }

    #[test]
    fn a_command_that_fails_is_named_with_what_it_said() {
        let seen = Evidence {
            runs: vec![Run {
                stderr: "eulb-delete-lb: error (400): no\n".into(),
                ..run("eulb-delete-lb web", 1, "")
            }],
            ..four()
        };
        assert_eq!(
            deleted_balancer_is_gone(&seen),
            Err(Mismatch::new(
                "'eulb-delete-lb web' succeeds",
                "exit status 1, and it said: eulb-delete-lb: error (400): no"
            ))
        );
    }

    #[test]
    fn what_is_gone_must_be_gone() {
        let gone = Evidence {
            runs: vec![run("eulb-describe-lbs", 0, "")],
            addresses: vec!["127.1.0.1:80".parse().unwrap()],
            ..four()
        };
        assert!(deleted_balancer_is_gone(&gone).is_ok());
        let answers = Evidence {
            accepted: gone.addresses.clone(),
            ..gone.clone()
        };
        assert!(deleted_balancer_is_gone(&answers).is_err());
        let listed = Evidence {
            runs: vec![run("eulb-describe-lbs", 0, "LOAD_BALANCER\tweb\n")],
            ..gone
        };
        assert!(deleted_balancer_is_gone(&listed).is_err());

        let ended = |ended| Evidence { ended, ..four() };
        assert!(nothing_is_left(&ended(Some((Some(0), true)))).is_ok());
        for bad in [
            None,
            Some((Some(1), true)),
            Some((None, true)),
            Some((Some(0), false)),
        ] {
            assert!(nothing_is_left(&ended(bad)).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn zones_and_accounts_keep_to_themselves() {
        let zone = |counts: &[(&str, u64)]| Evidence {
            charts: vec![chart(counts, 0)],
            ..four()
        };
        assert!(second_zone_serves_its_own(&zone(&[("i-4", 30)])).is_ok());
        assert!(second_zone_serves_its_own(&zone(&[("i-4", 29), ("i-1", 1)])).is_err());

        let accounts = |own: &str, all: &str| Evidence {
            runs: vec![
                run("eulb-describe-lbs", 0, own),
                run("eulb-describe-lbs verbose", 0, all),
            ],
            ..four()
        };
        let line = "LOAD_BALANCER\tweb\tweb-1.lb.localhost\t2026\t\n";
        assert!(accounts_are_separate(&accounts("", line)).is_ok());
        assert!(accounts_are_separate(&accounts(line, line)).is_err());
        assert!(accounts_are_separate(&accounts("", "")).is_err());
    }
}
