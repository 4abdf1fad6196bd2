//! The recorded behaviour of euca2ools: how a command is started, what the service answers, what is
//! sent and printed. `tests/fixtures/euca2ools-cases/README.md` explains the cases.
//!
//! For target `aws` every case holds. For the default target, 3.3.0, so does every case that needs
//! nothing 3.3.0 lacks; the others send nothing and end with 69.

use crate::service::{Answer, Received, Refusing, Service};
use crate::tool::{Desk, Run};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The cases whose command 3.3.0 has, but not an option or a protocol they use.
const GATED_BY_OPTION: &[&str] = &["load-balancers/create-in-subnet", "listeners/create"];

/// Commands without the tag `na330`, because 3.3.0 does not even know their operations.
const UNKNOWN_AT_330: &[&str] = &[
    "eulb-create-tags",
    "eulb-delete-tags",
    "eulb-describe-tags",
    "eulb-describe-lb-attributes",
    "eulb-modify-lb-attributes",
    "eulb-apply-security-groups-to-lb",
];

fn cases(folder: &Path) -> Vec<Value> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let list: Vec<Value> = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        cases.extend(list);
    }
    assert!(cases.len() > 60, "the cases are there");
    cases
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// A case under way: what its texts stand for.
struct Places {
    host: String,
    scheme: &'static str,
    folder: PathBuf,
}

impl Places {
    fn fill(&self, text: &str) -> String {
        text.replace("{ENDPOINT}", &format!("{}://{}", self.scheme, self.host))
            .replace("{HOSTPORT}", &self.host)
            .replace("{TMP}", &self.folder.to_string_lossy())
            .replace("{HOME}", &self.folder.join("home").to_string_lossy())
    }
}

/// What a case did: the run, and the requests that arrived.
struct Outcome {
    run: Run,
    received: Vec<Received>,
    places: Places,
}

fn play(case: &Value, release: Option<&str>) -> Outcome {
    let server = &case["server"];
    let answers: Vec<Answer> = list(server, "responses").iter().map(answer).collect();
    let (service, refusing) = match text(server, "type") {
        "none" => (None, Some(Refusing::new())),
        "" | "http" => (Some(Service::start(answers)), None),
        other => panic!("{}: no service of type {other}", case["name"]),
    };
    let address = service
        .as_ref()
        .map(|service| service.address)
        .or(refusing.as_ref().map(|refusing| refusing.address));
    let mut desk = Desk::new();
    let places = Places {
        host: address.unwrap().to_string(),
        scheme: "http",
        folder: desk.path().to_owned(),
    };
    for (path, text) in case["files"].as_object().into_iter().flatten() {
        desk.write(path, &places.fill(text.as_str().unwrap()));
    }
    for (name, value) in case["env"].as_object().unwrap() {
        desk = desk.with(name, &places.fill(value.as_str().unwrap()));
    }
    if let Some(release) = release {
        desk = desk.with("EULB_RELEASE", release);
    }
    let argv: Vec<String> = list(case, "argv")
        .iter()
        .map(|word| places.fill(word.as_str().unwrap()))
        .collect();
    let run = desk.run_with_input(&argv[0], &argv[1..], text(case, "stdin"));
    let received = service.map(|service| service.received());
    Outcome {
        run,
        received: received.unwrap_or_default(),
        places,
    }
}

fn answer(response: &Value) -> Answer {
    for unused in ["delay", "gzip", "chunked"] {
        assert!(response[unused].is_null(), "the service cannot {unused}");
    }
    let headers = response["headers"].as_object().into_iter().flatten();
    Answer {
        status: response["status"]
            .as_u64()
            .and_then(|status| u16::try_from(status).ok())
            .unwrap_or(200),
        reason: text(response, "reason").to_owned(),
        body: text(response, "body").to_owned(),
        headers: headers
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .collect(),
        dropped: response["drop"].as_bool() == Some(true),
    }
}

/// Where an outcome differs from what is expected; empty if nowhere.
fn differences(outcome: &Outcome, expected: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let run = &outcome.run;
    if run.status.map(i64::from) != expected["exit"].as_i64() {
        found.push(format!("exit {:?}, not {}", run.status, expected["exit"]));
    }
    for (stream, shown) in [("stdout", &run.stdout), ("stderr", &run.stderr)] {
        let recorded = outcome.places.fill(text(expected, stream));
        let same = match text(expected, &format!("{stream}_match")) {
            "" | "exact" => *shown == recorded,
            "nonempty" => !shown.is_empty(),
            _ => true,
        };
        if !same {
            found.push(format!("{stream} {shown:?}, not {recorded:?}"));
        }
        let small = shown.to_lowercase();
        let occurs = |word: &Value| small.contains(&word.as_str().unwrap().to_lowercase());
        for wanted in list(expected, &format!("{stream}_contains")) {
            let there = match wanted.as_array() {
                Some(any) => any.iter().any(occurs),
                None => occurs(wanted),
            };
            if !there {
                found.push(format!("{stream} {shown:?} lacks {wanted}"));
            }
        }
        for unwanted in list(expected, &format!("{stream}_excludes")) {
            if occurs(unwanted) {
                found.push(format!("{stream} {shown:?} has {unwanted}"));
            }
        }
    }
    let prefix = outcome.places.fill(text(expected, "stderr_prefix"));
    if !run.stderr.starts_with(&prefix) {
        found.push(format!(
            "stderr {:?} does not begin with {prefix:?}",
            run.stderr
        ));
    }
    let requests = list(expected, "requests");
    if requests.len() != outcome.received.len() {
        found.push(format!(
            "{} requests, not {}",
            outcome.received.len(),
            requests.len()
        ));
    }
    for (received, wanted) in outcome.received.iter().zip(requests) {
        found.extend(request_differences(received, wanted, &outcome.places));
    }
    found
}

fn request_differences(received: &Received, wanted: &Value, places: &Places) -> Vec<String> {
    let mut found = Vec::new();
    let mut check = |what: &str, is: &str, should_be: &str| {
        if is != should_be {
            found.push(format!("{what} {is:?}, not {should_be:?}"));
        }
    };
    check("method", &received.method, text(wanted, "method"));
    check(
        "target",
        &received.target,
        &places.fill(text(wanted, "target")),
    );
    let host = received.header("host").unwrap_or_default();
    check("host", host, &places.fill(text(wanted, "host")));
    let content_type = received.header("content-type").unwrap_or_default();
    let bare_type = content_type.split(';').next().unwrap_or_default();
    check(
        "content type",
        bare_type,
        "application/x-www-form-urlencoded",
    );
    let parameters: BTreeMap<String, String> = wanted["params"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.clone(), places.fill(value.as_str().unwrap())))
        .collect();
    if received.parameters() != parameters {
        found.push(format!(
            "parameters {:?}, not {parameters:?}",
            received.parameters()
        ));
    }
    let signature = &wanted["sigv4"];
    match received.verified(text(signature, "secret_key")) {
        Err(refusal) => found.push(format!("signature refused: {refusal}")),
        Ok(claim) => {
            let is = (
                claim.access_key.as_str(),
                claim.scope.service.as_str(),
                received.header("x-amz-security-token"),
            );
            let should_be = (
                text(signature, "access_key"),
                text(signature, "service"),
                signature["security_token"].as_str(),
            );
            if is != should_be {
                found.push(format!("signed by {is:?}, not {should_be:?}"));
            }
            if let Some(region) = signature["region"].as_str()
                && region != claim.scope.region
            {
                found.push(format!("region {}, not {region}", claim.scope.region));
            }
        }
    }
    found
}

/// The differences from the closest of the outcomes that conform.
fn verdict(case: &Value, outcome: &Outcome) -> Vec<String> {
    let mut found = differences(outcome, &case["expect"]);
    for also in list(case, "accept") {
        let mut expected = case["expect"].clone();
        for (name, value) in also.as_object().unwrap() {
            expected[name] = value.clone();
        }
        let others = differences(outcome, &expected);
        if others.len() < found.len() {
            found = others;
        }
    }
    found
}

fn is_gated(case: &Value) -> bool {
    let command = case["argv"][0].as_str().unwrap();
    let tagged = list(case, "tags").iter().any(|tag| tag == "na330");
    // Usage errors come first, whatever the release.
    case["expect"]["exit"] != 2
        && (tagged
            || UNKNOWN_AT_330.contains(&command)
            || GATED_BY_OPTION.contains(&text(case, "name")))
}

fn play_all(folder: &Path) {
    let mut faults = Vec::new();
    for case in cases(folder) {
        let name = text(&case, "name");
        for difference in verdict(&case, &play(&case, Some("aws"))) {
            faults.push(format!("{name}, target aws: {difference}"));
        }
        let outcome = play(&case, None);
        if is_gated(&case) {
            if outcome.run.status != Some(69) || !outcome.received.is_empty() {
                faults.push(format!("{name} must be declined: {:?}", outcome.run));
            }
            continue;
        }
        for difference in verdict(&case, &outcome) {
            faults.push(format!("{name}, target 3.3.0: {difference}"));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn commands_behave_as_recorded() {
    play_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/euca2ools-cases"));
}

/// The collection that the fixtures were taken from may have grown.
#[test]
fn commands_behave_as_the_shared_collection_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/euca2ools-cases");
    if folder.is_dir() {
        play_all(&folder);
    } else {
        eprintln!("SKIPPED: there is no {}", folder.display());
    }
}
