//! Metrics where others read them: CloudWatch's three protocols, `eulb stats`, Prometheus.

use crate::clients::{client, find_aws, find_python, skipped};
use crate::cloud::{Account, Cloud, HTTP_80, PATIENCE, Slow};
use crate::scripted::Client;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// A cloud with a load balancer that has answered so many requests, at a release.
fn busy(release: &str, requests: u32) -> Cloud {
    let cloud = Cloud::with(&["--ephemeral", &format!("--release={release}")]);
    let instances = cloud.run_instances(1, "PARTI00");
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
    // Amazon's timeout must be below the interval.
    let quick = "--interval 5 --timeout 4 --healthy-threshold 2 --unhealthy-threshold 2 -t HTTP:80/health web";
    cloud.ok("eulb-configure-healthcheck", quick.split(' '));
    cloud.register("web", &instances);
    cloud.await_state("web", &instances, "InService");
    let counts = cloud.ask(&cloud.listener("web"), requests);
    assert_eq!(counts.failed, 0, "{counts:?}");
    cloud
}

fn stats(cloud: &Cloud, more: &[&str]) -> Value {
    let arguments = ["stats", "web", "--output", "json"].iter().chain(more);
    serde_json::from_str(&cloud.ok("eulb", arguments)).unwrap()
}

/// The sum of a metric over everything that is known of it.
fn total(stats: &Value, metric: &str) -> f64 {
    let series = stats["metrics"].as_array().unwrap().iter();
    let points = series
        .filter(|series| series["metric"] == metric)
        .flat_map(|series| series["points"].as_array().unwrap());
    points.map(|point| point["sum"].as_f64().unwrap()).sum()
}

/// Waits for the report of a minute, which on this clock is a second.
#[track_caller]
fn await_total(cloud: &Cloud, metric: &str, wanted: f64) -> Value {
    let began = Instant::now();
    loop {
        let stats = stats(cloud, &[]);
        if (total(&stats, metric) - wanted).abs() < 1e-9 {
            return stats;
        }
        assert!(began.elapsed() < PATIENCE, "{metric} {wanted}: {stats:#}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn requests_are_in_the_metrics_once_and_in_the_form_of_the_release() {
    let cloud = busy("3.3.0", 25);
    let told = await_total(&cloud, "RequestCount", 25.0);
    assert!(
        (total(&told, "HTTPCode_Backend_2XX") - 25.0).abs() < 1e-9,
        "{told:#}"
    );
    let names: Vec<&str> = told["metrics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|series| series["metric"].as_str().unwrap())
        .collect();
    // No zero counts, and nothing of Amazon's.
    assert_eq!(
        names,
        [
            "HTTPCode_Backend_2XX",
            "HealthyHostCount",
            "Latency",
            "RequestCount"
        ]
    );
    let text = cloud.ok("eulb", ["stats", "web"]);
    assert!(
        text.contains("RequestCount               sum                25 Count\n"),
        "{text}"
    );
    let csv = cloud.ok(
        "eulb",
        ["stats", "web", "--metric", "RequestCount", "--output=csv"],
    );
    assert!(csv.starts_with("metric,unit,time,"), "{csv}");
    let sums: f64 = csv
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(4).unwrap().parse::<f64>().unwrap())
        .sum();
    assert!((sums - 25.0).abs() < 1e-9, "{csv}");
    let absent = cloud.eulb("eulb", ["stats", "web", "--metric", "SurgeQueueLength"]);
    assert_eq!(
        (absent.status, absent.stderr.as_str()),
        (
            1,
            "eulb stats: error: there are no values of SurgeQueueLength; there are some of HTTPCode_Backend_2XX, HealthyHostCount, Latency, RequestCount\n"
        )
    );
}

#[test]
fn amazon_has_more_metrics_and_zero_counts() {
    let cloud = busy("aws", 5);
    let told = await_total(&cloud, "RequestCount", 5.0);
    let names: BTreeSet<&str> = told["metrics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|series| series["metric"].as_str().unwrap())
        .collect();
    for name in [
        "SurgeQueueLength",
        "UnHealthyHostCount",
        "HealthyHostCount",
        "Latency",
    ] {
        assert!(names.contains(name), "{names:?}");
    }
}

/// Lets this process open as many files as it may, which must be so many.
fn may_open(count: u64) -> bool {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    maximum.is_none_or(|maximum| maximum >= count) && setrlimit(Resource::Nofile, raised).is_ok()
}

#[test]
fn a_full_surge_queue_spills_over_and_both_are_measured() {
    const QUEUE: usize = 1024;
    if !may_open(4000) {
        return skipped("a limit of 4000 open files");
    }
    let options = ["--release=aws", "--threads=1", "--instance-connections=1"];
    let cloud = Cloud::with(&[&["--ephemeral"][..], &options].concat());
    let instance = Slow::start();
    instance.enrol(&cloud, "i-51000000");
    cloud.ok("eulb-create-lb", ["-z", "PARTI00", "-l", HTTP_80, "web"]);
    // An hour, which on this clock is more than a minute.
    let patient = "ConnectionSettings.IdleTimeout=3600";
    let modify = "eulb-modify-lb-attributes";
    cloud.ok(modify, ["--release=aws", "web", patient]);
    cloud.check_quickly("web", "TCP:80");
    let ids = ["i-51000000".to_owned()];
    cloud.register("web", &ids);
    cloud.await_state("web", &ids, "InService");
    let listener = cloud.listener("web");
    let asking = || {
        let mut client = Client::connect(listener.address);
        client.get("/");
        client
    };

    // One is with the instance, as many as the queue holds wait for it.
    let mut clients = vec![asking()];
    let mut running = instance.begun();
    clients.extend((0..QUEUE).map(|_| asking()));
    let waiting = || cloud.traffic().listeners[0].surge_queue;
    let began = Instant::now();
    while waiting() < QUEUE as u64 {
        assert!(began.elapsed() < PATIENCE, "{} wait", waiting());
        std::thread::sleep(Duration::from_millis(10));
    }
    for _ in 0..3 {
        assert_eq!(asking().answer().status(), 503);
    }
    let told = await_total(&cloud, "SpilloverCount", 3.0);
    let longest = |stats: &Value| {
        let series = stats["metrics"].as_array().unwrap().iter();
        series
            .filter(|series| series["metric"] == "SurgeQueueLength")
            .flat_map(|series| series["points"].as_array().unwrap())
            .map(|point| point["maximum"].as_f64().unwrap())
            .fold(0.0, f64::max)
    };
    assert!((longest(&told) - QUEUE as f64).abs() < 1e-9, "{told:#}");

    // Nobody who waited is forgotten.
    for _ in 0..QUEUE {
        running.send(()).unwrap();
        running = instance.begun();
    }
    running.send(()).unwrap();
    for client in &mut clients {
        assert_eq!(client.answer().text(), "first last");
    }
    assert_eq!(waiting(), 0);
}

#[test]
fn requests_that_do_not_comply_are_a_metric_of_amazon_alone() {
    for (release, non_compliant) in [("aws", 2.0), ("4.4.2", 0.0)] {
        let cloud = busy(release, 3);
        let web = cloud.listener("web");
        for _ in 0..2 {
            let mut client = TcpStream::connect(web.address).unwrap();
            let head =
                "GET / HTTP/1.1\r\nHost: web\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n";
            client.write_all(head.as_bytes()).unwrap();
            let mut answer = String::new();
            client.read_to_string(&mut answer).unwrap();
            assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        }
        // Both are in the same report.
        let told = await_total(&cloud, "HTTPCode_ELB_4XX", 2.0);
        let counted = total(&told, "DesyncMitigationMode_NonCompliant_Request_Count");
        assert!(
            (counted - non_compliant).abs() < 1e-9,
            "{release}: {told:#}"
        );
    }
}

#[test]
fn the_last_requests_of_a_load_balancer_and_metrics_survive_its_end_and_a_restart() {
    let cloud = Cloud::with(&[]);
    cloud.web_with(1);
    cloud.ask(&cloud.listener("web"), 7);
    cloud.ok("eulb-delete-lb", ["web"]);
    cloud.settle();
    let account = cloud.environment(Account::Tenant).account.clone();
    let began = Instant::now();
    let known = |cloud: &Cloud| total(&stats(cloud, &["--account", &account]), "RequestCount");
    while (known(&cloud) - 7.0).abs() > 1e-9 {
        assert!(began.elapsed() < PATIENCE, "{} are known", known(&cloud));
        std::thread::sleep(Duration::from_millis(50));
    }
    let cloud = cloud.killed_and_restarted();
    assert!((known(&cloud) - 7.0).abs() < 1e-9);
}

/// What a plain GET of the endpoint is answered: status, headers, body.
fn get(cloud: &Cloud, path: &str, header: &str) -> (u16, String, String) {
    let endpoint = &cloud.environment(Account::Tenant).endpoint;
    let host = endpoint
        .trim_start_matches("http://")
        .split('/')
        .next()
        .unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{header}Connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_ascii_lowercase(), body.to_owned())
}

/// The faults that `promtool check metrics` would name, and a few more.
fn lint(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut kinds: BTreeMap<&str, &str> = BTreeMap::new();
    let mut helped = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for line in text.lines() {
        let mut fault = |what: &str| faults.push(format!("{what}: {line}"));
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').unwrap_or((rest, ""));
            if !helped.insert(name) || help.is_empty() {
                fault("help twice, or none");
            }
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap_or((rest, ""));
            if kinds.insert(name, kind).is_some() || !helped.contains(name) {
                fault("type twice, or before help");
            }
            if (kind == "counter") != name.ends_with("_total") {
                fault("a counter ends in _total, and nothing else does");
            }
            if name.contains("millisecond")
                || name.contains("microsecond")
                || name.contains("kilobyte")
            {
                fault("base units only");
            }
            if name.chars().any(|of| of.is_ascii_uppercase()) {
                fault("small letters only");
            }
        } else if !line.is_empty() {
            let (sample, value) = line.rsplit_once(' ').unwrap();
            if value.parse::<f64>().is_err() {
                fault("no number");
            }
            if !seen.insert(sample) {
                fault("twice");
            }
            let name = sample.split('{').next().unwrap();
            let family = ["_bucket", "_sum", "_count"]
                .iter()
                .filter_map(|ending| name.strip_suffix(ending))
                .find(|family| kinds.get(family) == Some(&"histogram"))
                .unwrap_or(name);
            if !kinds.contains_key(family) {
                fault("no type");
            }
        }
    }
    faults
}

#[test]
fn prometheus_reads_what_docs_name_and_the_lint_passes() {
    let cloud = busy("3.3.0", 9);
    let (status, head, text) = get(&cloud, "/metrics", "");
    assert_eq!(status, 200);
    assert!(
        head.contains("content-type: text/plain; version=0.0.4"),
        "{head}"
    );
    assert_eq!(lint(&text), Vec::<String>::new(), "{text}");
    let account = &cloud.environment(Account::Tenant).account;
    let place = format!("account=\"{account}\",balancer=\"web\",zone=\"PARTI00\",port=\"80\"");
    for sample in [
        format!("eulb_requests_total{{{place}}} 9\n"),
        format!("eulb_responses_total{{{place},made_by=\"instance\",class=\"2xx\"}} 9\n"),
        format!("eulb_latency_seconds_count{{{place}}} 9\n"),
        format!("eulb_latency_seconds_bucket{{{place},le=\"+Inf\"}} 9\n"),
        format!(
            "eulb_registered_instances{{account=\"{account}\",balancer=\"web\",zone=\"PARTI00\",state=\"InService\"}} 1\n"
        ),
    ] {
        assert!(text.contains(&sample), "{sample} is not in\n{text}");
    }

    // Documentation, dashboard and scrape configuration name what there is, and all of it.
    let kinds: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
        .collect();
    let read = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("docs")
            .join(name);
        std::fs::read_to_string(path).unwrap()
    };
    let documented: BTreeSet<String> = names(&read("metrics.md"));
    for name in &kinds {
        assert!(documented.contains(*name), "docs/metrics.md lacks {name}");
    }
    for (file, text) in [
        ("metrics.md", read("metrics.md")),
        ("grafana-dashboard.json", read("grafana-dashboard.json")),
    ] {
        for name in names(&text) {
            let family = ["_bucket", "_sum", "_count"]
                .iter()
                .filter_map(|ending| name.strip_suffix(ending))
                .find(|family| kinds.contains(family))
                .unwrap_or(&name);
            assert!(
                kinds.contains(family),
                "docs/{file} names {name}, which is not there"
            );
        }
    }
    let dashboard: Value = serde_json::from_str(&read("grafana-dashboard.json")).unwrap();
    assert!(dashboard["panels"].as_array().unwrap().len() > 5);
    assert!(read("prometheus.yml").contains("metrics_path: /metrics"));
}

/// The names of metrics in a text.
fn names(text: &str) -> BTreeSet<String> {
    text.split(|of: char| !of.is_ascii_alphanumeric() && of != '_')
        .filter(|word| word.starts_with("eulb_"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_lint_finds_faults() {
    let faults = lint(
        "# HELP a_total A.\n# TYPE a_total gauge\na_total 1\na_total 2\nb x\n# HELP c\n# TYPE c counter\n",
    );
    assert_eq!(faults.len(), 6, "{faults:#?}");
}

#[test]
fn pages_of_others_read_no_metrics() {
    let cloud = Cloud::start();
    let (status, _, _) = get(&cloud, "/metrics", "Origin: http://evil.example\r\n");
    assert_eq!(status, 403);
    let secret = &cloud.environment(Account::Administrator).secret_key;
    let (_, _, text) = get(&cloud, "/metrics", "");
    assert!(!text.contains(secret.as_str()) && text.contains("eulb_build_info"));
}

/// A request to CloudWatch, signed by curl.
fn curl(cloud: &Cloud, arguments: &[&str]) -> Option<(u16, String)> {
    let keys = cloud.environment(Account::Tenant);
    let signs = Command::new("curl")
        .arg("--help")
        .arg("all")
        .output()
        .ok()?;
    if !String::from_utf8_lossy(&signs.stdout).contains("--aws-sigv4") {
        return None;
    }
    let output = Command::new("curl")
        .args([
            "-s",
            "-w",
            "\n%{http_code}",
            "--aws-sigv4",
            "aws:amz:eucalyptus:monitoring",
            "--user",
        ])
        .arg(format!("{}:{}", keys.access_key, keys.secret_key))
        .args(arguments)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).unwrap();
    let (body, status) = text.rsplit_once('\n').unwrap();
    Some((status.parse().unwrap(), body.to_owned()))
}

#[test]
fn cloudwatch_speaks_query_and_json() {
    let cloud = busy("3.3.0", 3);
    await_total(&cloud, "RequestCount", 3.0);
    let base = cloud
        .environment(Account::Tenant)
        .endpoint
        .replace("/services/LoadBalancing", "");
    let service = format!("{base}/services/CloudWatch");
    let form = "Action=ListMetrics&Version=2010-08-01&MetricName=RequestCount&Dimensions.member.1.Name=AvailabilityZone&Dimensions.member.1.Value=PARTI00";
    let Some((status, xml)) = curl(&cloud, &["-d", form, &service]) else {
        return skipped("curl with --aws-sigv4");
    };
    assert_eq!(status, 200, "{xml}");
    assert!(xml.starts_with(r#"<ListMetricsResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"><ListMetricsResult><Metrics><member><Namespace>AWS/ELB</Namespace><MetricName>RequestCount</MetricName><Dimensions><member><Name>AvailabilityZone</Name><Value>PARTI00</Value></member></Dimensions></member>"#), "{xml}");

    // At the root, by the service that the signature names.
    let json = r#"{"Namespace":"AWS/ELB","MetricName":"RequestCount","StartTime":"2013-05-15T00:00:00Z","EndTime":"2013-05-15T01:00:00Z","Period":60,"Statistics":["Sum"]}"#;
    let target = "X-Amz-Target: GraniteServiceVersion20100801.GetMetricStatistics";
    let kind = "Content-Type: application/x-amz-json-1.0";
    let (status, told) = curl(
        &cloud,
        &["-H", target, "-H", kind, "-d", json, &format!("{base}/")],
    )
    .unwrap();
    assert_eq!(
        (status, told.as_str()),
        (200, r#"{"Label":"RequestCount","Datapoints":[]}"#)
    );

    let bad = "Action=GetMetricStatistics&Version=2010-08-01&Namespace=AWS%2FELB&MetricName=Latency&StartTime=2013-05-15&EndTime=2013-05-16&Period=7&Statistics.member.1=Sum";
    let (status, xml) = curl(&cloud, &["-d", bad, &service]).unwrap();
    assert_eq!(status, 400);
    assert!(xml.contains("<Code>InvalidParameterValue</Code><Message>The parameter Period must be a multiple of 60 (it is 7)</Message>"), "{xml}");
    let unknown = "Action=PutMetricAlarm&Version=2010-08-01";
    let (status, xml) = curl(&cloud, &["-d", unknown, &service]).unwrap();
    assert_eq!(status, 400);
    assert!(xml.contains("<Code>InvalidAction</Code>"), "{xml}");
}

const BOTO3: &str = r#"
import boto3, datetime, json, sys
from botocore.exceptions import ClientError
cw = boto3.client("cloudwatch", endpoint_url=sys.argv[1])
told = {"protocol": cw.meta.service_model.resolved_protocol}
now = datetime.datetime.now(datetime.timezone.utc)
span = dict(StartTime=now - datetime.timedelta(minutes=30), EndTime=now + datetime.timedelta(minutes=2))
dimensions = [{"Name": "LoadBalancerName", "Value": "web"}]
told["listed"] = sorted({m["MetricName"] for m in cw.get_paginator("list_metrics").paginate(Namespace="AWS/ELB").search("Metrics[]")})
points = cw.get_metric_statistics(Namespace="AWS/ELB", MetricName="RequestCount", Dimensions=dimensions, Period=60, Statistics=["Sum"], **span)["Datapoints"]
told["requests"] = sum(p["Sum"] for p in points)
told["moment"] = all(p["Timestamp"].tzinfo is not None for p in points)
latency = cw.get_metric_statistics(Namespace="AWS/ELB", MetricName="Latency", Dimensions=dimensions, Period=3600, ExtendedStatistics=["p99"], **span)["Datapoints"]
told["p99"] = all(0 < p["ExtendedStatistics"]["p99"] < 30 for p in latency) and len(latency) > 0
cw.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "Sales", "Values": [1.5, 2.5], "Unit": "Count", "Timestamp": now}])
data = cw.get_metric_data(MetricDataQueries=[{"Id": "m1", "MetricStat": {"Metric": {"Namespace": "Shop", "MetricName": "Sales"}, "Period": 60, "Stat": "Sum"}}], **span)
result = data["MetricDataResults"][0]
told["sales"] = [result["Values"], result["StatusCode"], result["Timestamps"][0].year == now.year]
# Compressed from 10 KiB on.
bulk = [{"MetricName": f"Large{n}", "Value": n, "Dimensions": [{"Name": "Padding", "Value": "x" * 200}]} for n in range(100)]
cw.put_metric_data(Namespace="Bulk", MetricData=bulk)
told["bulk"] = len({m["MetricName"] for m in cw.get_paginator("list_metrics").paginate(Namespace="Bulk").search("Metrics[]")})
try:
    cw.put_metric_data(Namespace="AWS/ELB", MetricData=[{"MetricName": "Latency", "Value": 1}])
except ClientError as error:
    told["refused"] = [error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]]
print(json.dumps(told))
"#;

#[test]
fn boto3_reads_and_writes_metrics() {
    let Some(python) = find_python() else {
        return skipped("Python with boto3");
    };
    let cloud = busy("3.3.0", 4);
    await_total(&cloud, "RequestCount", 4.0);
    let base = cloud
        .environment(Account::Tenant)
        .endpoint
        .replace("/services/LoadBalancing", "");
    for endpoint in [base.clone(), format!("{base}/services/CloudWatch")] {
        let told = crate::clients::json(client(&cloud, &python).args(["-c", BOTO3, &endpoint]));
        assert!(
            told["listed"]
                .as_array()
                .unwrap()
                .contains(&"RequestCount".into()),
            "{told}"
        );
        assert_eq!(told["requests"], 4.0, "{told}");
        assert_eq!(
            (&told["moment"], &told["p99"]),
            (&true.into(), &true.into()),
            "{told}"
        );
        assert_eq!(
            told["refused"],
            serde_json::json!(["InvalidParameterValue", 400]),
            "{told}"
        );
        assert_eq!(told["sales"][1], "Complete", "{told}");
        assert_eq!(told["sales"][2], true, "{told}");
        assert_eq!(told["bulk"], 100, "{told}");
    }
}

#[test]
fn the_aws_cli_reads_metrics() {
    let Some(aws) = find_aws() else {
        return skipped("the AWS CLI");
    };
    let cloud = busy("3.3.0", 2);
    await_total(&cloud, "RequestCount", 2.0);
    let base = cloud
        .environment(Account::Tenant)
        .endpoint
        .replace("/services/LoadBalancing", "");
    let told = crate::clients::json(client(&cloud, &aws).args([
        "--endpoint-url",
        &base,
        "--output",
        "json",
        "cloudwatch",
        "list-metrics",
        "--metric-name",
        "RequestCount",
    ]));
    // Each subset of the load balancer's name and its zone.
    assert_eq!(told["Metrics"].as_array().unwrap().len(), 4, "{told}");
}
