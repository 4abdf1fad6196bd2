//! Settings from invented environments: what is found, and where it says it found it.

use super::*;
use crate::client::settings::Credentials;
use crate::model::timestamp::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

/// Variables and files that exist only here.
pub(super) struct Fake {
    variables: BTreeMap<String, String>,
    files: BTreeMap<String, String>,
}

impl Fake {
    pub(super) fn new(variables: &[(&str, &str)], files: &[(&str, &str)]) -> Fake {
        let owned = |pairs: &[(&str, &str)]| {
            let pairs = pairs
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
            pairs.collect()
        };
        Fake {
            variables: owned(variables),
            files: owned(files),
        }
    }
}

impl Environment for Fake {
    fn variable(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    fn read(&self, path: &str) -> io::Result<String> {
        match self.files.get(path) {
            Some(text) if text == "<forbidden>" => Err(io::ErrorKind::PermissionDenied.into()),
            Some(text) => Ok(text.clone()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let start = format!("{}/", folder.trim_end_matches('/'));
        let names = self
            .files
            .keys()
            .filter_map(|path| path.strip_prefix(&start));
        let names: BTreeSet<&str> = names.filter_map(|rest| rest.split('/').next()).collect();
        names.into_iter().map(str::to_owned).collect()
    }

    fn now(&self) -> Timestamp {
        Timestamp(1_371_211_200_000) // 2013-06-14T12:00:00Z
    }
}

/// Names and texts: variables and their values, paths and their contents.
type Pairs<'a> = &'a [(&'a str, &'a str)];

const HOME: (&str, &str) = ("HOME", "/home/ann");
const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY", "AK"), ("AWS_SECRET_KEY", "SK")];

/// Settings from flags, variables and the text of `~/.euca/a.ini`.
fn settings(flags: &Flags, variables: &[(&str, &str)], file: &str) -> Result<Settings, String> {
    let mut all = vec![HOME];
    all.extend(KEYS);
    all.extend(variables);
    let environment = Fake::new(&all, &[("/home/ann/.euca/a.ini", file)]);
    resolve(flags, &environment).map_err(|error| error.to_string())
}

fn region(name: &str) -> Flags {
    Flags {
        region: Some(name.to_owned()),
        ..Flags::default()
    }
}

/// `ENDPOINT signing for REGION`, or the complaint.
fn endpoint(flags: &Flags, variables: &[(&str, &str)], file: &str) -> String {
    match settings(flags, variables, file) {
        Ok(settings) => format!(
            "{} for {}",
            settings.endpoint.value, settings.signing_region.value
        ),
        Err(error) => error,
    }
}

#[test]
fn the_endpoint_comes_from_the_option_the_variable_or_the_region() {
    let file = "[region west]\nelasticloadbalancing-url = http://w/\n";
    let elb: [(&str, &str); 1] = [("AWS_ELB_URL", "http://v/")];
    let url = |text: &str| Flags {
        url: Some(text.to_owned()),
        ..region("west")
    };
    #[rustfmt::skip]
    let cases: [(Flags, Pairs, &str); 13] = [
        (url("http://u/"),              &elb, "http://u/ for undefined"),
        (url("here::http://u/"),        &elb, "http://u/ for here"),
        (url("http://[::1]:8773/"),     &elb, "http://[::1]:8773/ for undefined"),
        (url("here::http://[::1]/"),    &elb, "http://[::1]/ for here"),
        (url(""),                       &elb, "http://v/ for undefined"),
        // A classic surprise of the original, which scripts rely on.
        (region("west"),                &elb, "http://v/ for undefined"),
        (region("west"),                &[],  "http://w/ for west"),
        (region("west"),                &[("AWS_AUTH_REGION", "auth")], "http://w/ for west"),
        (url("http://u/"),              &[("AWS_AUTH_REGION", "auth")], "http://u/ for auth"),
        (Flags::default(),              &[("AWS_ENDPOINT_URL", "http://e/"), ("AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING", "http://s/")], "http://s/ for undefined"),
        (Flags::default(),              &[("AWS_ENDPOINT_URL", "http://e/"), ("AWS_REGION", "r")], "http://e/ for r"),
        (Flags::default(),              &[],  "No elasticloadbalancing endpoint to connect to was given. Configured regions with elasticloadbalancing endpoints are: west"),
        (region("none"),                &[("AWS_ELB_URL", "")], "No elasticloadbalancing endpoint to connect to was given. Configured regions with elasticloadbalancing endpoints are: west"),
    ];
    for (flags, variables, expected) in cases {
        assert_eq!(
            endpoint(&flags, variables, file),
            expected,
            "{flags:?} {variables:?}"
        );
    }
    assert_eq!(
        endpoint(
            &Flags::default(),
            &[],
            "[region cloud:*]\nelasticloadbalancing-url = x"
        ),
        "No elasticloadbalancing endpoint to connect to was given. elasticloadbalancing endpoints may be specified in a config file with \"elasticloadbalancing-url\"."
    );
}

#[test]
fn sections_are_found_by_wildcards_and_by_the_ends_of_their_names() {
    #[rustfmt::skip]
    let cases = [
        ("a:b", "[region a:b]\nU=1\n[region a:*]\nU=2\n[region *:b]\nU=3\n[region *:*]\nU=4", "1 for b"),
        ("a:c", "[region a:b]\nU=1\n[region a:*]\nU=2\n[region *:c]\nU=3\n[region *:*]\nU=4", "2 for c"),
        ("x:b", "[region a:b]\nU=1\n[region a:*]\nU=2\n[region *:b]\nU=3\n[region *:*]\nU=4", "3 for b"),
        ("x:y", "[region a:b]\nU=1\n[region a:*]\nU=2\n[region *:b]\nU=3\n[region *:*]\nU=4", "4 for y"),
        // The first that has the option decides.
        ("a:b", "[region a:b]\nname=n\n[region a:*]\nU=2",                  "2 for n"),
        ("b",   "[region a:b]\nU=1",                                        "1 for b"),
        ("b",   "[region x:a:b]\nU=2\n[region a:b]\nU=1",                   "1 for b"),
        ("b",   "[region a:b]\nname=n\n[region a:*]\nU=2",                  "2 for n"),
        ("b",   "[region a:b]\nU=1\n[region c:b]\nU=2",                     "'b' is ambiguous; closest matches are a:b, c:b"),
        // The end of a name is whole parts.
        ("b",   "[region xb]\nU=1\n[region *]\nU=9",                        "9 for b"),
        ("q",   "[region *]\nU=9",                                          "9 for q"),
        ("a",   "[region a]\nU=use b\n[region b]\nU=2",                     "2 for b"),
        ("a",   "[region a]\nU=use b other\n[region b]\nother=2\nname=n",   "2 for n"),
        ("a",   "[region a]\nU=use b\n[region b]\nU=use c\n[region c]\nU=3", "3 for c"),
        ("a",   "[region a]\nU=use b\n[region b]\nU=use a",                 "use a for b"),
        ("a",   "[DEFAULT]\nhost=h\n[region a]\nU=http://%(host)s/",        "http://h/ for a"),
        ("a",   "[region a]\nU=%(no)s",                                     "/home/ann/.euca/a.ini, [region a] elasticloadbalancing-url: %(no)s refers to an option that is not there"),
        ("a",   "[region a]\nU=1\n[region b@c]\n",                          "/home/ann/.euca/a.ini, line 3: 'b@c' is no name: it has an '@' or an empty part"),
        ("a",   "[region a]\nU=1\n[user b::c]\n",                           "/home/ann/.euca/a.ini, line 3: 'b::c' is no name: it has an '@' or an empty part"),
        ("a",   "[region a]\nU=1\n[something else]\nx=%(y)s",               "1 for a"),
        ("a",   "[region a\nU=1",                                           "/home/ann/.euca/a.ini, line 1: a section without ']'"),
    ];
    for (name, file, expected) in cases {
        let file = file.replace("U=", "elasticloadbalancing-url=");
        assert_eq!(
            endpoint(&region(name), &[], &file),
            expected,
            "{name}\n{file}"
        );
    }
}

#[test]
fn region_and_user_are_chosen_each_by_itself() {
    let file = "[global]\ndefault-region = g\n[region r]\nuser = ru\n[region g]\nuser = gu\n";
    let chosen = |flags: &Flags, variables: &[(&str, &str)]| {
        let mut all = vec![HOME];
        all.extend(variables);
        let environment = Fake::new(&all, &[("/home/ann/.euca/a.ini", file)]);
        let selection = Configuration::load(&environment)
            .unwrap()
            .selection(flags)
            .unwrap();
        let name = |one: Option<Sourced<String>>| one.map_or("-".to_owned(), |one| one.value);
        format!("{}@{}", name(selection.user), name(selection.region))
    };
    #[rustfmt::skip]
    let cases: [(&str, Pairs, &str); 9] = [
        ("",    &[],                                   "gu@g"),
        ("r",   &[],                                   "ru@r"),
        ("u@r", &[],                                   "u@r"),
        ("u@",  &[],                                   "u@g"),
        ("u@",  &[("EUCA_DEFAULT_REGION", "v@r")],     "u@r"),
        ("r",   &[("EUCA_DEFAULT_REGION", "v@w")],     "v@r"),
        ("",    &[("EUCA_DEFAULT_REGION", "v@"), ("AWS_DEFAULT_REGION", "a")], "v@g"),
        ("",    &[("EUCA_DEFAULT_REGION", ""), ("AWS_DEFAULT_REGION", "a@r")], "a@r"),
        ("n",   &[],                                   "-@n"),
    ];
    for (flag, variables, expected) in cases {
        assert_eq!(
            chosen(&region(flag), variables),
            expected,
            "{flag} {variables:?}"
        );
    }
}

/// `KEY/SECRET/TOKEN from SOURCE`, or the complaint.
fn keys(flags: &Flags, variables: &[(&str, &str)], files: &[(&str, &str)]) -> String {
    let mut all = vec![HOME, ("AWS_ELB_URL", "http://v/")];
    all.extend(variables);
    match resolve(flags, &Fake::new(&all, files)) {
        Ok(settings) => {
            let Credentials {
                access_key,
                secret_key,
                session_token,
                source,
            } = settings.credentials;
            format!(
                "{access_key}/{secret_key}/{} from {source}",
                session_token.unwrap_or_default()
            )
        }
        Err(error) => error.to_string(),
    }
}

#[test]
fn keys_come_from_the_first_source_that_has_both() {
    let flags = |key: &str, secret: &str, token: &str| {
        let some = |text: &str| Some(text.to_owned());
        Flags {
            access_key: some(key),
            secret_key: some(secret),
            security_token: some(token),
            ..region("u@")
        }
    };
    let none = || flags("", "", "");
    let config = (
        "/home/ann/.euca/a.ini",
        "[user u]\nkey-id = CK\nsecret-key = CS\n[user half]\nkey-id = HK",
    );
    let file = (
        "/home/ann/cred",
        "# AWSAccessKeyId=no\nAWSAccessKeyId = FK # c\nawssecretkey=no\nAWSSecretKey=FS\nAWSSecretKey=later\n",
    );
    let aws = (
        "/home/ann/.aws/credentials",
        "[default]\naws_access_key_id = DK\naws_secret_access_key = DS\n[p]\naws_access_key_id = PK\naws_secret_access_key = PS\naws_session_token = PT\n",
    );
    let env = [
        ("AWS_ACCESS_KEY_ID", "EK"),
        ("AWS_SECRET_KEY", "ES"),
        ("AWS_SECURITY_TOKEN", "ET"),
    ];
    let named = ("AWS_CREDENTIAL_FILE", "~/cred");
    let expiring = |moment| [env[0], env[1], ("AWS_CREDENTIAL_EXPIRATION", moment)];
    let session = [env[0], env[1], ("AWS_SESSION_TOKEN", "ST")];
    type Owned<'a> = Vec<(&'a str, &'a str)>;
    #[rustfmt::skip]
    let cases: Vec<(Flags, Owned, Owned, &str)> = vec![
        (flags("K", "S", "T"), env.to_vec(), vec![],                     "K/S/T from --access-key-id"),
        (flags("K", "S", ""),  env.to_vec(), vec![],                     "K/S/ from --access-key-id"),
        (flags("K", "", ""),   env.to_vec(), vec![],                     "missing secret key; please supply one with -S"),
        (flags("", "S", ""),   env.to_vec(), vec![],                     "missing access key ID; please supply one with -I"),
        (flags("", "", "T"),   env.to_vec(), vec![],                     "a security token needs the keys it belongs to; please supply them with -I and -S"),
        (none(), [&env[..], &[named]].concat(), vec![config, aws],       "EK/ES/ET from variable AWS_ACCESS_KEY_ID"),
        (none(), session.to_vec(), vec![],                               "EK/ES/ST from variable AWS_ACCESS_KEY_ID"),
        (none(), expiring("2013-06-14T11:59:59Z").to_vec(), vec![],      "credentials have expired"),
        (none(), expiring("2013-06-14T12:00:00.5Z").to_vec(), vec![],    "EK/ES/ from variable AWS_ACCESS_KEY_ID"),
        (none(), expiring("soon").to_vec(), vec![],                      "EK/ES/ from variable AWS_ACCESS_KEY_ID"),
        // Half a source is none.
        (none(), vec![env[0], named], vec![file, config, aws],           "FK/FS/ from /home/ann/cred, [] AWSAccessKeyId"),
        (none(), vec![named], vec![config],                              "No such file or directory: /home/ann/cred"),
        (none(), vec![named], vec![("/home/ann/cred", "AWSSecretKey=x"), config], "CK/CS/ from /home/ann/.euca/a.ini, [user u] key-id"),
        (none(), vec![], vec![config, aws],                              "CK/CS/ from /home/ann/.euca/a.ini, [user u] key-id"),
        (region("half@"), vec![], vec![config, aws],                     "DK/DS/ from /home/ann/.aws/credentials, [default] aws_access_key_id"),
        (region("half@"), vec![], vec![config],                          "missing secret key; please supply one with -S"),
        (Flags::default(), vec![("AWS_PROFILE", "p")], vec![config, aws], "PK/PS/PT from /home/ann/.aws/credentials, [p] aws_access_key_id"),
        // No user selected: none used.
        (Flags::default(), vec![], vec![config],                         "missing access key ID; please supply one with -I"),
        (Flags::default(), vec![env[1]], vec![],                         "missing access key ID; please supply one with -I"),
    ];
    for (flags, variables, files, expected) in cases {
        assert_eq!(
            keys(&flags, &variables, &files),
            expected,
            "{flags:?} {variables:?}"
        );
    }
}

#[test]
fn files_are_merged_key_by_key_and_the_later_wins() {
    let files = [
        (
            "/etc/euca2ools/euca2ools.ini",
            "[region r]\nelasticloadbalancing-url = 1\nname = one\n",
        ),
        (
            "/etc/euca2ools/conf.d/b.ini",
            "[region r]\nelasticloadbalancing-url = 3\n",
        ),
        (
            "/etc/euca2ools/conf.d/a.ini",
            "[region r]\nelasticloadbalancing-url = 2\n",
        ),
        ("/home/ann/.euca/z.ini", "[region r]\nverify-ssl = Yes\n"),
        ("/home/ann/.euca/z.txt", "broken"),
        ("/srv/x.ini", "[region r]\nelasticloadbalancing-url = 9\n"),
    ];
    let outcome = |variables: &[(&str, &str)]| {
        let mut all = vec![HOME];
        all.extend(KEYS);
        all.extend(variables);
        match resolve(&region("r"), &Fake::new(&all, &files)) {
            Ok(found) => format!(
                "{} {} {:?}",
                found.endpoint.value, found.signing_region.value, found.verification.value
            ),
            Err(error) => error.to_string().chars().take(40).collect(),
        }
    };
    #[rustfmt::skip]
    let cases: [(Pairs, &str); 5] = [
        (&[],                                                    "3 one System"),
        (&[("AWS_CA_BUNDLE", "/ca.pem")],                        "3 one File(\"/ca.pem\")"),
        (&[("EUCA_CONFIG_PATH", "/etc/euca2ools/e*.ini:$S/*.ini"), ("S", "/srv")], "9 one Off"),
        (&[("EUCA_CONFIG_PATH", "/none/*.ini:~/.euca/nothing")], "No elasticloadbalancing endpoint to conn"),
        (&[("EUCA_CONFIG_PATH", "")],                            "No elasticloadbalancing endpoint to conn"),
    ];
    for (variables, expected) in cases {
        assert_eq!(outcome(variables), expected, "{variables:?}");
    }
    let secret = Fake::new(&[HOME], &[("/home/ann/.euca/a.ini", "<forbidden>")]);
    let error = resolve(&Flags::default(), &secret).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot read /home/ann/.euca/a.ini: permission denied"
    );
}

#[test]
fn numbers_switches_and_the_release_are_read() {
    let file = |text: &str| {
        format!("[global]\ndefault-region = r\n{text}\n[region r]\nelasticloadbalancing-url = u\n")
    };
    let read = |text: &str| {
        settings(&Flags::default(), &[], &file(text)).map(|found| {
            (
                found.timeout.value.as_millis(),
                found.retries.value,
                found.debug.value,
            )
        })
    };
    assert_eq!(read(""), Ok((30_000, 2, false)));
    assert_eq!(
        read("timeout = 1.5\nmax-retries = 0\ndebug = color"),
        Ok((1500, 0, true))
    );
    for bad in [
        "timeout = soon",
        "timeout = 0",
        "timeout = inf",
        "max-retries = -1",
        "max-retries = x",
        "debug = maybe",
    ] {
        let option = bad.split(' ').next().unwrap();
        let error = read(bad).unwrap_err();
        assert!(
            error.starts_with(&format!("/home/ann/.euca/a.ini, [global] {option}: '")),
            "{error}"
        );
    }
    let bad = settings(
        &Flags::default(),
        &[],
        &format!("{}verify-ssl = perhaps", file("")),
    );
    assert_eq!(
        bad.unwrap_err(),
        "/home/ann/.euca/a.ini, [region r] verify-ssl: 'perhaps' is neither true nor false"
    );

    let release_of = |flags: &Flags, variables: &[(&str, &str)]| {
        let mut all = vec![HOME];
        all.extend(variables);
        let text = format!("{}eulb-release = 4.4", file(""));
        let environment = Fake::new(&all, &[("/home/ann/.euca/a.ini", &text)]);
        release(flags, &environment)
            .map(|found| found.value.to_string())
            .map_err(|error| error.to_string())
    };
    let stated = Flags {
        release: Some(Release::Aws),
        ..Flags::default()
    };
    #[rustfmt::skip]
    let cases: [(&Flags, Pairs, &str); 4] = [
        (&stated,           &[("EULB_RELEASE", "4.0.0")], "aws"),
        (&Flags::default(), &[("EULB_RELEASE", "4.0.0")], "4.0.0"),
        (&Flags::default(), &[],                          "4.4.2"),
        (&region("other"),  &[],                          "3.3.0"),
    ];
    for (flags, variables, expected) in cases {
        assert_eq!(release_of(flags, variables).as_deref(), Ok(expected));
    }
    let wrong = release_of(&Flags::default(), &[("EULB_RELEASE", "9")]).unwrap_err();
    assert!(
        wrong.starts_with("variable EULB_RELEASE: '9' is not a release"),
        "{wrong}"
    );
}
