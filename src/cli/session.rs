//! One command's dealings with the service: whose settings, which release, one call.

use super::args::Common;
use super::exit::Failure;
use crate::client::settings::{Source, Sourced};
use crate::client::{Client, Settings};
use crate::wire::Action;
use crate::wire::release::Release;
use std::ffi::OsString;

/// The variable that sets the targeted release.
const RELEASE_VARIABLE: &str = "EULB_RELEASE";

/// What a command knows before it has read any credentials.
pub struct Session<'a> {
    common: &'a Common,
    release: Release,
}

impl<'a> Session<'a> {
    /// Settles which release is targeted.
    ///
    /// # Errors
    ///
    /// The variable names no release.
    pub fn begin(common: &'a Common) -> Result<Session<'a>, Failure> {
        let release = match (common.release, variable(&[RELEASE_VARIABLE])) {
            (Some(release), _) => release,
            (None, Some(text)) => text
                .parse()
                .map_err(|error| Failure::new(format!("{RELEASE_VARIABLE}: {error}")))?,
            (None, None) => Release::default(),
        };
        Ok(Session { common, release })
    }

    pub fn release(&self) -> Release {
        self.release
    }

    /// Looks for endpoint and credentials.
    ///
    /// # Errors
    ///
    /// There are none.
    pub fn caller(&self) -> Result<Caller, Failure> {
        let common = self.common;
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let url = given(&common.url)
            .or_else(|| variable(&["AWS_ELB_URL"]))
            .ok_or_else(|| Failure::new("No elasticloadbalancing endpoint to connect to was given. elasticloadbalancing endpoints may be specified in a config file with \"elasticloadbalancing-url\"."))?;
        let access_key = given(&common.access_key_id)
            .or_else(|| variable(&["AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY"]))
            .ok_or_else(|| Failure::new("missing access key ID; please supply one with -I"))?;
        let secret_key = given(&common.secret_key)
            .or_else(|| variable(&["AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY"]))
            .ok_or_else(|| Failure::new("missing secret key; please supply one with -S"))?;
        let (region, url) = match url.split_once("::") {
            Some((region, url)) => (Some(region.to_owned()), url.to_owned()),
            None => (None, url),
        };
        let mut settings = Settings::new(url, access_key, secret_key);
        settings.credentials.session_token = given(&common.security_token);
        if let Some(region) = region {
            settings.signing_region = Sourced::new(region, Source::Default);
        }
        Ok(Caller {
            client: Client::new(settings)?,
        })
    }
}

fn variable(names: &[&str]) -> Option<String> {
    names
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
}

/// Someone who can call the service.
pub struct Caller {
    client: Client,
}

impl Caller {
    /// Calls an operation and waits for the answer, on a runtime of this thread.
    ///
    /// # Errors
    ///
    /// The service refused or could not be reached.
    pub fn call<A: Action>(&self, parameters: &[(String, String)]) -> Result<A::Response, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::new(format!("cannot start: {error}")))?;
        let answer = runtime.block_on(self.client.call_parameters::<A>(parameters))?;
        Ok(answer.result)
    }
}

/// The release whose marks help shows: that of `--release` or the variable, if they name one.
pub fn release_of_help(arguments: &[OsString]) -> Release {
    let texts = || arguments.iter().filter_map(|argument| argument.to_str());
    let following = texts()
        .zip(texts().skip(1))
        .find_map(|(option, value)| (option == "--release").then(|| value.to_owned()));
    let attached = texts().find_map(|text| Some(text.strip_prefix("--release=")?.to_owned()));
    following
        .or(attached)
        .or_else(|| variable(&[RELEASE_VARIABLE]))
        .and_then(|text| text.parse().ok())
        .unwrap_or_default()
}
