//! How a user's settings are found: the configuration system of euca2ools, whole.
//!
//! Options of the command line, environment variables, and files with `[global]`, `[region …]` and
//! `[user …]` sections. Every setting remembers where it came from. What the AWS tools use
//! (`AWS_ENDPOINT_URL`, `~/.aws`) is consulted last, where euca2ools would find nothing.
//!
//! Its surprises are kept where scripts may rely on them, such as `AWS_ELB_URL` beating `--region`,
//! and not where nobody can: a wildcard is never the region that signs, a section `*` is the last
//! resort, keys and tokens of several sources are never mixed.
//!
//! Source: euca2ools 3.4.1 and requestbuilder 0.7.1, as measured.

mod credentials;
pub mod environment;
mod ini;
mod lookup;
pub mod survey;

use super::settings::{
    DEFAULT_MAXIMUM_ANSWER_BYTES, DEFAULT_RETRIES, DEFAULT_TIMEOUT, Pauses, Settings, Source,
    Sourced, Verification,
};
use crate::wire::release::Release;
use environment::{Environment, set};
use lookup::{Found, Kind, Sections};
use std::path::PathBuf;
use std::time::Duration;

/// The region in the signature when nobody says one: Eucalyptus takes any.
const UNKNOWN_REGION: &str = "undefined";

/// The longest `timeout` and the largest `max-retries` that a configuration may ask for.
const MAXIMUM_TIMEOUT_SECONDS: f64 = 86_400.0;
const MAXIMUM_RETRIES: u32 = 100;

/// What the command line says; empty texts count as not given.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `-U`, `--url`: `URL` or `REGION::URL`.
    pub url: Option<String>,
    /// `--region`: `REGION`, `USER@` or `USER@REGION`.
    pub region: Option<String>,
    pub access_key: Option<String>,
    pub secret_key: Option<String>,
    pub security_token: Option<String>,
    pub release: Option<Release>,
    pub verify_ssl: Option<bool>,
    /// Certificates to check against, which implies checking.
    pub ca_file: Option<PathBuf>,
}

/// Why the settings cannot be found. Shown as what follows `eulb-x: error: `.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read {path}: {reason}")]
    Unreadable { path: String, reason: String },
    #[error("{path}, line {line}: {reason}")]
    Syntax {
        path: String,
        line: usize,
        reason: String,
    },
    #[error("{path}, [{section}] {option}: {reason}")]
    Value {
        path: String,
        section: String,
        option: String,
        reason: String,
    },
    #[error("variable {name}: {reason}")]
    Variable { name: String, reason: String },
    #[error("'{name}' is ambiguous; closest matches are {}", matches.join(", "))]
    Ambiguous { name: String, matches: Vec<String> },
    #[error("No elasticloadbalancing endpoint to connect to was given. {}", endpoint_advice(.regions))]
    NoEndpoint { regions: Vec<String> },
    #[error("missing access key ID; please supply one with -I")]
    NoAccessKey,
    #[error("missing secret key; please supply one with -S")]
    NoSecretKey,
    #[error("a security token needs the keys it belongs to; please supply them with -I and -S")]
    LoneToken,
    #[error("credentials have expired")]
    Expired,
    #[error("No such file or directory: {0}")]
    NoSuchFile(String),
}

fn endpoint_advice(regions: &[String]) -> String {
    if regions.is_empty() {
        return "elasticloadbalancing endpoints may be specified in a config file with \
                \"elasticloadbalancing-url\"."
            .to_owned();
    }
    format!(
        "Configured regions with elasticloadbalancing endpoints are: {}",
        regions.join(", ")
    )
}

/// Finds all settings.
///
/// # Errors
///
/// A file cannot be read, a name is ambiguous, or there is no endpoint or no pair of keys.
pub fn resolve(flags: &Flags, environment: &dyn Environment) -> Result<Settings, ConfigError> {
    Configuration::load(environment)?.settings(flags)
}

/// Finds the release that is addressed, for which neither endpoint nor keys are needed.
///
/// # Errors
///
/// A file cannot be read, a name is ambiguous, or the text is no release.
pub fn release(
    flags: &Flags,
    environment: &dyn Environment,
) -> Result<Sourced<Release>, ConfigError> {
    // Neither of these needs the files.
    if let Some(release) = stated_release(flags, environment)? {
        return Ok(release);
    }
    Configuration::load(environment)?.release(flags)
}

/// The release that an option or a variable names, for which no file is read.
///
/// # Errors
///
/// The variable names no release.
pub fn stated_release(
    flags: &Flags,
    environment: &dyn Environment,
) -> Result<Option<Sourced<Release>>, ConfigError> {
    if let Some(release) = flags.release {
        return Ok(Some(Sourced::new(release, Source::Flag("--release"))));
    }
    let name = "EULB_RELEASE";
    let Some(text) = set(environment, name) else {
        return Ok(None);
    };
    match text.parse() {
        Ok(release) => Ok(Some(Sourced::new(release, variable(name)))),
        Err(error) => Err(ConfigError::Variable {
            name: name.to_owned(),
            reason: format!("{error}"),
        }),
    }
}

fn variable(name: &str) -> Source {
    Source::Variable(name.to_owned())
}

fn source_of(found: &Found) -> Source {
    Source::File {
        path: found.path.clone(),
        section: found.section.clone(),
        option: found.option.clone(),
    }
}

/// The user's files, and the environment they are read in.
pub struct Configuration<'e> {
    environment: &'e dyn Environment,
    sections: Sections,
}

/// The user and the region that were chosen by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    pub region: Option<Sourced<String>>,
    pub user: Option<Sourced<String>>,
}

impl<'e> Configuration<'e> {
    /// Reads the files.
    ///
    /// # Errors
    ///
    /// A file that is there cannot be read or understood.
    pub fn load(environment: &'e dyn Environment) -> Result<Configuration<'e>, ConfigError> {
        Ok(Configuration {
            environment,
            sections: Sections::load(environment)?,
        })
    }

    /// Reads those files that can be read, and says what is wrong with the others.
    pub fn load_what_can_be_read(
        environment: &'e dyn Environment,
    ) -> (Configuration<'e>, Vec<ConfigError>) {
        let (sections, faults) = Sections::load_what_can_be_read(environment);
        let configuration = Configuration {
            environment,
            sections,
        };
        (configuration, faults)
    }

    /// Which region and which user are meant; each by itself, the first hit counts.
    ///
    /// # Errors
    ///
    /// The region's user cannot be looked up.
    pub fn selection(&self, flags: &Flags) -> Result<Selection, ConfigError> {
        let mut selection = Selection::default();
        let mut take = |text: &str, source: &Source| {
            let (user, region) = text.split_once('@').unwrap_or(("", text));
            let place = |place: &mut Option<Sourced<String>>, name: &str| {
                if place.is_none() && !name.is_empty() {
                    *place = Some(Sourced::new(name.to_owned(), source.clone()));
                }
            };
            place(&mut selection.user, user);
            place(&mut selection.region, region);
        };
        if let Some(text) = &flags.region {
            take(text, &Source::Flag("--region"));
        }
        // Only the first that is set is looked at, even if it names but one of the two.
        let names = ["EUCA_DEFAULT_REGION", "AWS_DEFAULT_REGION"];
        if let Some((name, text)) = names
            .into_iter()
            .find_map(|name| Some((name, set(self.environment, name)?)))
        {
            take(&text, &variable(name));
        }
        if let Some(found) = self.sections.global("default-region")? {
            let region = found.value.rsplit('@').next().unwrap_or_default();
            take(region, &source_of(&found));
        }
        if let (None, Some(region)) = (&selection.user, &selection.region)
            && let Some(found) = self.sections.get(Kind::Region, &region.value, "user")?
        {
            let source = source_of(&found);
            selection.user = Some(Sourced::new(found.value, source));
        }
        Ok(selection)
    }

    fn of_region(&self, selection: &Selection, option: &str) -> Result<Option<Found>, ConfigError> {
        match &selection.region {
            Some(region) => self.sections.get(Kind::Region, &region.value, option),
            None => Ok(None),
        }
    }

    /// The release: `--release`, `EULB_RELEASE`, `eulb-release` of the region, 3.3.0.
    ///
    /// # Errors
    ///
    /// The text is no release, or the region cannot be looked up.
    pub fn release(&self, flags: &Flags) -> Result<Sourced<Release>, ConfigError> {
        if let Some(release) = stated_release(flags, self.environment)? {
            return Ok(release);
        }
        match self.of_region(&self.selection(flags)?, "eulb-release")? {
            Some(found) => parsed(&found, |text| {
                text.parse::<Release>().map_err(|e| e.to_string())
            }),
            None => Ok(Sourced::default(Release::default())),
        }
    }

    /// All settings.
    ///
    /// # Errors
    ///
    /// As of [`resolve`].
    pub fn settings(&self, flags: &Flags) -> Result<Settings, ConfigError> {
        let selection = self.selection(flags)?;
        let (endpoint, signing_region) = self.endpoint(flags, &selection)?;
        let user = selection.user.as_ref().map(|user| user.value.as_str());
        let credentials = credentials::find(flags, self.environment, &self.sections, user)?;
        Ok(Settings {
            endpoint,
            signing_region,
            credentials,
            release: self.release(flags)?,
            verification: self.verification(flags, &selection)?,
            timeout: self.timeout()?,
            retries: self.retries()?,
            debug: self.debug()?,
            pauses: Pauses::default(),
            maximum_answer_bytes: DEFAULT_MAXIMUM_ANSWER_BYTES,
        })
    }

    fn timeout(&self) -> Result<Sourced<Duration>, ConfigError> {
        self.global_or("timeout", DEFAULT_TIMEOUT, |text| {
            text.parse()
                .ok()
                .filter(|seconds| (0.001..=MAXIMUM_TIMEOUT_SECONDS).contains(seconds))
                .map(Duration::from_secs_f64)
                .ok_or_else(|| format!("'{text}' is no number of seconds"))
        })
    }

    fn retries(&self) -> Result<Sourced<u32>, ConfigError> {
        self.global_or("max-retries", DEFAULT_RETRIES, |text| {
            text.parse()
                .ok()
                .filter(|retries| *retries <= MAXIMUM_RETRIES)
                .ok_or_else(|| format!("'{text}' is no number from 0 to {MAXIMUM_RETRIES}"))
        })
    }

    fn debug(&self) -> Result<Sourced<bool>, ConfigError> {
        self.global_or("debug", false, |text| match text {
            "color" => Ok(true),
            text => boolean(text),
        })
    }

    /// The endpoint and the region that signs for it.
    fn endpoint(
        &self,
        flags: &Flags,
        selection: &Selection,
    ) -> Result<(Sourced<String>, Sourced<String>), ConfigError> {
        const URL: &str = "elasticloadbalancing-url";
        let environment = self.environment;
        let of_variable = |name: &'static str| Some((set(environment, name)?, variable(name)));
        let said = flags
            .url
            .clone()
            .filter(|url| !url.is_empty())
            .map(|url| (url, Source::Flag("--url")))
            .or_else(|| of_variable("AWS_ELB_URL"));
        if let Some((text, source)) = said {
            let (region, url) = prefixed(&text);
            let region = match region {
                Some(region) => {
                    let within = Source::Within(Box::new(source.clone()));
                    Some(Sourced::new(region.to_owned(), within))
                }
                None => None,
            };
            let endpoint = Sourced::new(url.to_owned(), source);
            return Ok((endpoint, self.signing_region(region, None)));
        }
        if let Some(found) = self.of_region(selection, URL)? {
            // The section's own word, or the last part of the name, even if `use` led there. Never
            // the wildcard that a section may be named by.
            let stated = self.sections.get(Kind::Region, &found.name, "name")?;
            let region = match stated {
                Some(stated) => {
                    let source = source_of(&stated);
                    Sourced::new(stated.value, source)
                }
                None => {
                    let last = found.name.rsplit(':').next().unwrap_or_default();
                    Sourced::new(last.to_owned(), Source::Within(Box::new(source_of(&found))))
                }
            };
            let source = source_of(&found);
            return Ok((Sourced::new(found.value, source), region));
        }
        let names = [
            "AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING",
            "AWS_ENDPOINT_URL",
        ];
        let last = match names.into_iter().find_map(of_variable) {
            Some(found) => Some(found),
            None => credentials::of_aws_file(environment, false, "endpoint_url")?,
        };
        let Some((url, source)) = last else {
            return Err(ConfigError::NoEndpoint {
                regions: self.sections.regions_with(URL),
            });
        };
        let of_profile = credentials::of_aws_file(environment, false, "region")?;
        let amazon = ["AWS_REGION", "AWS_DEFAULT_REGION"]
            .into_iter()
            .find_map(of_variable)
            .or(of_profile)
            .map(|(region, source)| Sourced::new(region, source));
        Ok((Sourced::new(url, source), self.signing_region(None, amazon)))
    }

    /// The region that came with the URL, else `AWS_AUTH_REGION`, else another guess.
    fn signing_region(
        &self,
        with_url: Option<Sourced<String>>,
        guess: Option<Sourced<String>>,
    ) -> Sourced<String> {
        const NAME: &str = "AWS_AUTH_REGION";
        with_url
            .or_else(|| Some(Sourced::new(set(self.environment, NAME)?, variable(NAME))))
            .or(guess)
            .unwrap_or_else(|| Sourced::default(UNKNOWN_REGION.to_owned()))
    }

    fn verification(
        &self,
        flags: &Flags,
        selection: &Selection,
    ) -> Result<Sourced<Verification>, ConfigError> {
        if let Some(file) = &flags.ca_file {
            let source = Source::Flag("--ca-file");
            return Ok(Sourced::new(Verification::File(file.clone()), source));
        }
        let wanted = match (flags.verify_ssl, self.of_region(selection, "verify-ssl")?) {
            (Some(true), _) => Sourced::new(true, Source::Flag("--verify-ssl")),
            (Some(false), _) => Sourced::new(false, Source::Flag("--no-verify-ssl")),
            (None, Some(found)) => parsed(&found, boolean)?,
            (None, None) => Sourced::default(false),
        };
        let bundle = set(self.environment, "AWS_CA_BUNDLE");
        Ok(wanted.map(|wanted| match (wanted, bundle) {
            (false, _) => Verification::Off,
            (true, None) => Verification::System,
            (true, Some(bundle)) => Verification::File(bundle.into()),
        }))
    }

    fn global_or<T>(
        &self,
        option: &str,
        otherwise: T,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Sourced<T>, ConfigError> {
        match self.sections.global(option)? {
            Some(found) => parsed(&found, parse),
            None => Ok(Sourced::default(otherwise)),
        }
    }
}

/// Reads the value of an option, with its place in the complaint if it is none.
fn parsed<T>(
    found: &Found,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<Sourced<T>, ConfigError> {
    let source = source_of(found);
    match parse(found.value.trim()) {
        Ok(value) => Ok(Sourced::new(value, source)),
        Err(reason) => Err(ConfigError::Value {
            path: found.path.clone(),
            section: found.section.clone(),
            option: found.option.clone(),
            reason,
        }),
    }
}

fn boolean(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err(format!("'{text}' is neither true nor false")),
    }
}

/// The region in front of a URL: `west::http://…`. The colons of `http://[::1]/` are its own.
fn prefixed(text: &str) -> (Option<&str>, &str) {
    match text.split_once("::") {
        Some((region, url)) if !region.contains(['/', '[']) => {
            (Some(region).filter(|region| !region.is_empty()), url)
        }
        _ => (None, text),
    }
}

#[cfg(test)]
mod tests;
