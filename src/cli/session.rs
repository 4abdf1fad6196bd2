//! One command's dealings with the service: whose settings, which release, one call.

use super::args::{Common, Secret};
use super::exit::Failure;
use crate::client::config::environment::System;
use crate::client::config::{self, Configuration, Flags};
use crate::client::{Client, Prepared};
use crate::wire::Action;
use crate::wire::release::Release;
use std::ffi::OsString;
use std::io;
use std::time::Duration;
use tokio::runtime::Runtime;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// What a command knows before it looks for an endpoint and credentials.
pub struct Session {
    flags: Flags,
    configuration: Configuration<'static>,
    release: Release,
    debugging: bool,
}

impl Session {
    /// Reads the configuration and settles which release is targeted.
    ///
    /// # Errors
    ///
    /// A configuration file cannot be read, or something names no release.
    pub fn begin(common: &Common) -> Result<Session, Failure> {
        let debugging = common.debug || common.debugger;
        if debugging {
            show_debugging_output();
            tracing::debug!(target: "eulb::cli", "options {common:?}");
        }
        let flags = flags(common);
        let configuration = Configuration::load(&System)?;
        let release = configuration.release(&flags)?;
        tracing::debug!(target: "eulb::cli", "release {} ({})", release.value, release.source);
        Ok(Session {
            flags,
            configuration,
            release: release.value,
            debugging,
        })
    }

    pub fn release(&self) -> Release {
        self.release
    }

    /// Looks for endpoint and credentials.
    ///
    /// # Errors
    ///
    /// There are none, or they cannot be used.
    pub fn caller(&self) -> Result<Caller, Failure> {
        let settings = self.configuration.settings(&self.flags)?;
        if settings.debug.value {
            show_debugging_output();
        }
        tracing::debug!(target: "eulb::cli", "endpoint {} ({})", settings.endpoint.value, settings.endpoint.source);
        tracing::debug!(target: "eulb::cli", "signing region {} ({})", settings.signing_region.value, settings.signing_region.source);
        tracing::debug!(target: "eulb::cli", "credentials {:?}", settings.credentials);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::new(format!("cannot start: {error}")))?;
        Ok(Caller {
            debugging: self.debugging || settings.debug.value,
            client: Client::new(settings)?,
            runtime,
        })
    }
}

/// What the options of every command say about settings.
pub fn flags(common: &Common) -> Flags {
    let text = |secret: &Option<Secret>| secret.as_ref().map(|secret| secret.0.clone());
    Flags {
        url: common.url.clone(),
        region: common.region.clone(),
        access_key: common.access_key_id.clone(),
        secret_key: text(&common.secret_key),
        security_token: text(&common.security_token),
        release: common.release,
        verify_ssl: match (common.verify_ssl, common.no_verify_ssl) {
            (false, false) => None,
            (verify, _) => Some(verify),
        },
        ca_file: common.ca_file.clone(),
    }
}

/// Someone who can call the service.
pub struct Caller {
    client: Client,
    /// One for all calls, since connections that are kept live on it.
    runtime: Runtime,
    debugging: bool,
}

impl Caller {
    /// Calls an operation and waits for the answer.
    ///
    /// # Errors
    ///
    /// The service refused or could not be reached.
    pub fn call<A: Action>(&self, parameters: &[(String, String)]) -> Result<A::Response, Failure> {
        let call = self.client.call_parameters::<A>(parameters);
        let answer = self.runtime.block_on(call)?;
        Ok(answer.result)
    }

    /// The request that a call would send. Nothing is sent.
    ///
    /// # Errors
    ///
    /// It cannot be signed.
    pub fn prepare(&self, parameters: &[(String, String)]) -> Result<Prepared, Failure> {
        Ok(self.client.prepare(parameters)?)
    }

    /// Waits, while what is connected is looked after.
    pub fn pause(&self, pause: Duration) {
        self.runtime
            .block_on(async { tokio::time::sleep(pause).await });
    }

    /// Whether an option or the configuration asks for debugging output.
    pub fn is_debugging(&self) -> bool {
        self.debugging
    }

    /// Whether the service is at a loopback address.
    pub fn is_on_this_machine(&self) -> bool {
        self.client.is_on_this_machine()
    }
}

/// Writes what our own rooms note to standard error, from now on. Libraries stay silent: theirs may
/// hold secrets, ours do not.
fn show_debugging_output() {
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(false);
    // Asked for twice (by an option and by the configuration), the first stays.
    let _ = tracing_subscriber::registry()
        .with(lines)
        .with(Targets::new().with_target("eulb", LevelFilter::DEBUG))
        .try_init();
}

/// The release whose marks help shows: that of `--release` or the variable, if they name one. Help
/// does not read the configuration, so that it works when a file is broken.
pub fn release_of_help(arguments: &[OsString]) -> Release {
    let texts = || arguments.iter().filter_map(|argument| argument.to_str());
    let following = texts()
        .zip(texts().skip(1))
        .find_map(|(option, value)| (option == "--release").then_some(value));
    let attached = texts().find_map(|text| text.strip_prefix("--release="));
    let flags = Flags {
        release: following.or(attached).and_then(|text| text.parse().ok()),
        ..Flags::default()
    };
    config::stated_release(&flags, &System)
        .ok()
        .flatten()
        .map(|release| release.value)
        .unwrap_or_default()
}
