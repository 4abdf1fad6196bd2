//! Every setting of the present environment at a glance: its value, where it came from, and what it
//! overrode.
//!
//! What a setting overrode is what would be in force without it. So precedence is written down once,
//! in [`Configuration`]: the survey takes away what was found, looks again, and so on to the default.

use super::environment::Environment;
use super::{ConfigError, Configuration, Flags, Sourced, credentials, ini, prefixed};
use crate::client::settings::{Credentials, Source, Verification};
use crate::model::timestamp::Timestamp;
use std::collections::BTreeMap;
use std::io;

/// Layers of one setting that are looked at: more than there are sources.
const MAXIMUM_LAYERS: usize = 32;

/// What stands for a secret.
const REDACTED: &str = "<redacted>";

/// A value and where it came from, as shown.
pub type Layer = Sourced<String>;

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub name: &'static str,
    /// What is in force; nothing if nobody says anything and there is no default. A fault is why the
    /// setting cannot be used.
    pub value: Result<Option<Layer>, ConfigError>,
    /// What would be in force without it, the first of them first.
    pub overrode: Vec<Layer>,
}

/// All settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    pub rows: Vec<Row>,
    /// Files that cannot be read or understood; the rows are made from the others.
    pub faults: Vec<ConfigError>,
}

impl Survey {
    /// Whether every file and every setting can be used.
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty() && self.rows.iter().all(|row| row.value.is_ok())
    }
}

/// The settings, in the order in which they are shown.
const SETTINGS: &[(&str, Look)] = &[
    ("release", |c, f| Ok(some(c.release(f)?))),
    ("region", |c, f| Ok(c.selection(f)?.region)),
    ("user", |c, f| Ok(c.selection(f)?.user)),
    ("endpoint", |c, f| {
        Ok(Some(c.endpoint(f, &c.selection(f)?)?.0.map(without_user)))
    }),
    ("signing-region", |c, f| {
        Ok(Some(c.endpoint(f, &c.selection(f)?)?.1))
    }),
    ("access-key-id", |c, f| {
        let keys = keys(c, f)?;
        Ok(Some(Sourced::new(keys.access_key, keys.source)))
    }),
    ("secret-key", |c, f| {
        Ok(Some(Sourced::new(REDACTED.to_owned(), keys(c, f)?.source)))
    }),
    ("security-token", |c, f| {
        let keys = keys(c, f)?;
        Ok(keys
            .session_token
            .map(|_| Sourced::new(REDACTED.to_owned(), keys.source)))
    }),
    ("verify-ssl", |c, f| {
        let verification = c.verification(f, &c.selection(f)?)?;
        Ok(Some(verification.map(|verification| match verification {
            Verification::Off => "false".to_owned(),
            Verification::System => "true".to_owned(),
            Verification::File(path) => format!("true, with {}", path.display()),
        })))
    }),
    ("timeout", |c, _| {
        let shown = |timeout: std::time::Duration| format!("{} s", timeout.as_secs_f64());
        Ok(Some(c.timeout()?.map(shown)))
    }),
    ("max-retries", |c, _| Ok(some(c.retries()?))),
    ("debug", |c, _| Ok(some(c.debug()?))),
];

type Look = fn(&Configuration<'_>, &Flags) -> Result<Option<Layer>, ConfigError>;

fn some<T: ToString>(value: Sourced<T>) -> Option<Layer> {
    Some(value.map(|value| value.to_string()))
}

fn keys(configuration: &Configuration<'_>, flags: &Flags) -> Result<Credentials, ConfigError> {
    let user = configuration.selection(flags)?.user;
    let user = user.as_ref().map(|user| user.value.as_str());
    credentials::find(
        flags,
        configuration.environment,
        &configuration.sections,
        user,
    )
}

/// A URL without the user and password that it may have, which are never sent.
fn without_user(url: String) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url;
    };
    let (place, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    match place.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://{host}{path}"),
        None => url,
    }
}

/// Looks at every setting.
pub fn survey(flags: &Flags, environment: &dyn Environment) -> Survey {
    let (configuration, faults) = Configuration::load_what_can_be_read(environment);
    let row = |(name, look): &(&'static str, Look)| {
        let value = match look(&configuration, flags) {
            // Nothing was said, which a command that needs it will complain about.
            Err(ConfigError::NoAccessKey) if *name != "access-key-id" => Ok(None),
            value => value,
        };
        let overrode = match &value {
            Ok(Some(found)) => overrode(name, *look, &found.source, flags, environment),
            _ => Vec::new(),
        };
        Row {
            name,
            value,
            overrode,
        }
    };
    Survey {
        rows: SETTINGS.iter().map(row).collect(),
        faults,
    }
}

fn overrode(
    name: &str,
    look: Look,
    found: &Source,
    flags: &Flags,
    environment: &dyn Environment,
) -> Vec<Layer> {
    let mut flags = flags.clone();
    let mut hiding = Hiding {
        environment,
        variables: BTreeMap::new(),
        options: Vec::new(),
    };
    let mut layers: Vec<Layer> = Vec::new();
    let mut source = found.clone();
    while layers.len() < MAXIMUM_LAYERS && hiding.take_away(name, &source, &mut flags) {
        let (configuration, _) = Configuration::load_what_can_be_read(&hiding);
        let Ok(Some(layer)) = look(&configuration, &flags) else {
            break;
        };
        if layer.source == source || layer.source == Source::Default {
            break;
        }
        source = layer.source.clone();
        layers.push(layer);
    }
    layers
}

/// An environment in which some things have never been said.
struct Hiding<'e> {
    environment: &'e dyn Environment,
    /// Variables that are not set, or set to something else.
    variables: BTreeMap<String, Option<String>>,
    /// Options that are not in a file: its path, the section, the option.
    options: Vec<(String, String, String)>,
}

impl Hiding<'_> {
    /// Takes away what a setting was found in; false if nothing can be.
    fn take_away(&mut self, setting: &str, source: &Source, flags: &mut Flags) -> bool {
        let is_key = matches!(setting, "access-key-id" | "secret-key" | "security-token");
        match source {
            Source::Default => return false,
            Source::Flag("--url") => flags.url = None,
            Source::Flag("--region") => flags.region = left(setting, flags.region.take()),
            Source::Flag("--access-key-id") => {
                flags.access_key = None;
                flags.secret_key = None;
                flags.security_token = None;
            }
            Source::Flag("--release") => flags.release = None,
            Source::Flag("--verify-ssl" | "--no-verify-ssl") => flags.verify_ssl = None,
            Source::Flag("--ca-file") => flags.ca_file = None,
            Source::Flag(_) => return false,
            Source::Variable(name) if is_key => {
                // A pair is taken away as a whole.
                let pair = match name.as_str() {
                    "AWS_ACCESS_KEY_ID" | "AWS_ACCESS_KEY" => {
                        ["AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY"]
                    }
                    _ => return false,
                };
                self.hide(&pair);
            }
            Source::Variable(name) => {
                let value = left(setting, self.variable(name));
                self.variables.insert(name.clone(), value);
            }
            // The file that AWS_CREDENTIAL_FILE names has no sections.
            Source::File { section, .. } if section.is_empty() => {
                self.hide(&["AWS_CREDENTIAL_FILE"]);
            }
            Source::File {
                path,
                section,
                option,
            } => {
                let place = (path.clone(), section.clone(), option.clone());
                self.options.push(place);
            }
            Source::Within(outer) => match outer.as_ref() {
                Source::Flag("--url") => flags.url = flags.url.take().map(bare),
                Source::Variable(name) => {
                    let url = self.variable(name).map(bare);
                    self.variables.insert(name.clone(), url);
                }
                _ => return false,
            },
        }
        true
    }

    fn hide(&mut self, names: &[&str]) {
        let hidden = names.iter().map(|name| ((*name).to_owned(), None));
        self.variables.extend(hidden);
    }
}

/// What is left of `USER@REGION` without the one of the two that was taken away.
fn left(setting: &str, text: Option<String>) -> Option<String> {
    let text = text?;
    match setting {
        "user" => text.split_once('@').map(|(_, region)| region.to_owned()),
        "region" => text.split_once('@').map(|(user, _)| format!("{user}@")),
        _ => None,
    }
}

/// `URL` of `REGION::URL`.
fn bare(url: String) -> String {
    prefixed(&url).1.to_owned()
}

impl Environment for Hiding<'_> {
    fn variable(&self, name: &str) -> Option<String> {
        match self.variables.get(name) {
            Some(hidden) => hidden.clone(),
            None => self.environment.variable(name),
        }
    }

    fn read(&self, path: &str) -> io::Result<String> {
        let mut text = self.environment.read(path)?;
        for (file, section, option) in &self.options {
            if file == path {
                text = ini::without(&text, section, option);
            }
        }
        Ok(text)
    }

    fn list(&self, folder: &str) -> Vec<String> {
        self.environment.list(folder)
    }

    fn now(&self) -> Timestamp {
        self.environment.now()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::Fake;
    use super::*;

    const FILE: &str = "\
[global]
default-region = west
timeout = 7
[region west]
elasticloadbalancing-url = http://west/
user = ann
eulb-release = 3.4.0
[user ann]
key-id = AKANN
secret-key = s3cr3t
";

    fn surveyed(flags: &Flags, variables: &[(&str, &str)], files: &[(&str, &str)]) -> Survey {
        let mut all = vec![("HOME", "/home/ann")];
        all.extend(variables);
        survey(flags, &Fake::new(&all, files))
    }

    /// `VALUE (SOURCE) < VALUE (SOURCE) …`
    fn shown(survey: &Survey, name: &str) -> String {
        let row = survey.rows.iter().find(|row| row.name == name).unwrap();
        let layer = |layer: &Layer| format!("{} ({})", layer.value, layer.source);
        let value = match &row.value {
            Ok(Some(value)) => layer(value),
            Ok(None) => "-".to_owned(),
            Err(error) => error.to_string(),
        };
        let all = std::iter::once(value).chain(row.overrode.iter().map(layer));
        all.collect::<Vec<_>>().join(" < ")
    }

    #[test]
    fn what_a_setting_overrode_is_what_would_be_in_force_without_it() {
        let flags = Flags {
            url: Some("east::http://user:pw@flag/x".to_owned()),
            region: Some("bob@west".to_owned()),
            ..Flags::default()
        };
        let variables = [
            ("AWS_ELB_URL", "http://variable/"),
            ("AWS_ENDPOINT_URL", "http://amazon/"),
            ("AWS_AUTH_REGION", "said"),
            ("AWS_ACCESS_KEY", "AKV"),
            ("AWS_SECRET_KEY", "hidden"),
            ("AWS_SECURITY_TOKEN", "hidden"),
            ("EULB_RELEASE", "aws"),
        ];
        let aws = "[default]\naws_access_key_id = AKP\naws_secret_access_key = hidden\n";
        let files = [
            ("/home/ann/.euca/a.ini", FILE),
            ("/home/ann/.aws/credentials", aws),
        ];
        let survey = surveyed(&flags, &variables, &files);
        let a = "/home/ann/.euca/a.ini";
        #[rustfmt::skip]
        let cases = [
            ("release",        format!("aws (variable EULB_RELEASE) < 3.4.0 ({a}, [region west] eulb-release)")),
            ("region",         format!("west (--region) < west ({a}, [global] default-region)")),
            ("user",           format!("bob (--region) < ann ({a}, [region west] user)")),
            ("endpoint",       format!("http://flag/x (--url) < http://variable/ (variable AWS_ELB_URL) < http://west/ ({a}, [region west] elasticloadbalancing-url) < http://amazon/ (variable AWS_ENDPOINT_URL)")),
            ("signing-region", "east (--url) < said (variable AWS_AUTH_REGION)".to_owned()),
            ("access-key-id",  "AKV (variable AWS_ACCESS_KEY) < AKP (/home/ann/.aws/credentials, [default] aws_access_key_id)".to_owned()),
            ("secret-key",     "<redacted> (variable AWS_ACCESS_KEY) < <redacted> (/home/ann/.aws/credentials, [default] aws_access_key_id)".to_owned()),
            ("security-token", "<redacted> (variable AWS_ACCESS_KEY)".to_owned()),
            ("verify-ssl",     "false (default)".to_owned()),
            ("timeout",        format!("7 s ({a}, [global] timeout)")),
            ("max-retries",    "2 (default)".to_owned()),
            ("debug",          "false (default)".to_owned()),
        ];
        assert_eq!(cases.len(), survey.rows.len());
        for (name, expected) in cases {
            assert_eq!(shown(&survey, name), expected, "{name}");
        }
        assert!(survey.is_sound());
        assert!(!format!("{survey:?}").contains("hidden"));
    }

    #[test]
    fn a_broken_file_is_named_and_the_others_are_read() {
        let files = [
            ("/home/ann/.euca/a.ini", FILE),
            ("/home/ann/.euca/b.ini", "[global]\ntimeout\n"),
            ("/home/ann/.euca/c.ini", "[global]\nmax-retries = many\n"),
        ];
        let survey = surveyed(&Flags::default(), &[], &files);
        let faults: Vec<String> = survey.faults.iter().map(ToString::to_string).collect();
        let line = "/home/ann/.euca/b.ini, line 2: neither a [section] nor 'key = value'";
        assert_eq!(faults, [line]);
        assert!(!survey.is_sound());
        assert!(shown(&survey, "endpoint").starts_with("http://west/ ("));
        assert_eq!(
            shown(&survey, "max-retries"),
            "/home/ann/.euca/c.ini, [global] max-retries: 'many' is no number from 0 to 100"
        );
    }

    #[test]
    fn later_files_override_earlier_ones() {
        let files = [
            ("/home/ann/.euca/a.ini", "[global]\ntimeout = 1\n"),
            ("/home/ann/.euca/b.ini", "[global]\ntimeout = 2\n"),
        ];
        let survey = surveyed(&Flags::default(), &[], &files);
        assert_eq!(
            shown(&survey, "timeout"),
            "2 s (/home/ann/.euca/b.ini, [global] timeout) < 1 s (/home/ann/.euca/a.ini, [global] timeout)"
        );
        assert_eq!(
            shown(&survey, "access-key-id"),
            "missing access key ID; please supply one with -I"
        );
        assert_eq!(shown(&survey, "secret-key"), "-");
        assert!(!survey.is_sound());
    }
}
