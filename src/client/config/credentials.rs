//! Where keys come from: the first source with both halves.

use super::environment::{Environment, expand, set};
use super::lookup::{Kind, Sections};
use super::{ConfigError, Flags, ini, source_of};
use crate::client::settings::{Credentials, Source};
use std::io;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Finds the keys of `user`, the selected `[user]` section.
///
/// Sources in order: the command line, the environment, the file that `AWS_CREDENTIAL_FILE` names,
/// the configuration, and last `~/.aws`. Halves of two sources are never put together.
pub(super) fn find(
    flags: &Flags,
    environment: &dyn Environment,
    sections: &Sections,
    user: Option<&str>,
) -> Result<Credentials, ConfigError> {
    let given = |flag: &Option<String>| flag.clone().filter(|text| !text.is_empty());
    match (given(&flags.access_key), given(&flags.secret_key)) {
        (Some(access_key), Some(secret_key)) => {
            return Ok(Credentials {
                access_key,
                secret_key,
                session_token: given(&flags.security_token),
                source: Source::Flag("--access-key-id"),
            });
        }
        (None, Some(_)) => return Err(ConfigError::NoAccessKey),
        (Some(_), None) => return Err(ConfigError::NoSecretKey),
        (None, None) if given(&flags.security_token).is_some() => {
            return Err(ConfigError::LoneToken);
        }
        (None, None) => {}
    }
    // An access key without its secret, in whatever source: the better of the two complaints.
    let mut half = false;
    if let Some(credentials) = of_variables(environment, &mut half)? {
        return Ok(credentials);
    }
    if let Some(credentials) = of_file(environment, &mut half)? {
        return Ok(credentials);
    }
    if let Some(user) = user {
        let key = sections.get(Kind::User, user, "key-id")?;
        let secret = sections.get(Kind::User, user, "secret-key")?;
        match (key, secret) {
            (Some(key), Some(secret)) => {
                return Ok(Credentials {
                    source: source_of(&key),
                    access_key: key.value,
                    secret_key: secret.value,
                    session_token: None,
                });
            }
            (key, _) => half |= key.is_some(),
        }
    }
    if let Some(credentials) = of_profile(environment, &mut half)? {
        return Ok(credentials);
    }
    Err(if half {
        ConfigError::NoSecretKey
    } else {
        ConfigError::NoAccessKey
    })
}

fn of_variables(
    environment: &dyn Environment,
    half: &mut bool,
) -> Result<Option<Credentials>, ConfigError> {
    let first = |names: [&str; 2]| {
        names
            .into_iter()
            .find_map(|name| Some((name.to_owned(), set(environment, name)?)))
    };
    let key = first(["AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY"]);
    let secret = first(["AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY"]);
    let ((name, access_key), secret_key) = match (key, secret) {
        (Some(key), Some((_, secret))) => (key, secret),
        (key, _) => {
            *half |= key.is_some();
            return Ok(None);
        }
    };
    // A moment that cannot be read is no reason to refuse the keys.
    let expires = set(environment, "AWS_CREDENTIAL_EXPIRATION")
        .and_then(|text| OffsetDateTime::parse(text.trim(), &Rfc3339).ok());
    if let Some(expires) = expires
        && expires.unix_timestamp_nanos() / 1_000_000 <= i128::from(environment.now().0)
    {
        return Err(ConfigError::Expired);
    }
    Ok(Some(Credentials {
        access_key,
        secret_key,
        session_token: first(["AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN"]).map(|(_, token)| token),
        source: Source::Variable(name),
    }))
}

/// The file that `AWS_CREDENTIAL_FILE` names: `AWSAccessKeyId=…` and `AWSSecretKey=…`.
fn of_file(
    environment: &dyn Environment,
    half: &mut bool,
) -> Result<Option<Credentials>, ConfigError> {
    let Some(path) = set(environment, "AWS_CREDENTIAL_FILE") else {
        return Ok(None);
    };
    let path = expand(environment, &path);
    let text = environment
        .read(&path)
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => ConfigError::NoSuchFile(path.clone()),
            _ => ConfigError::Unreadable {
                path: path.clone(),
                reason: error.to_string(),
            },
        })?;
    // Comments may stand anywhere, the first occurrence counts, and case matters.
    let value = |name: &str| {
        text.lines()
            .map(|line| line.split('#').next().unwrap_or(""))
            .filter_map(|line| line.split_once('='))
            .find(|(known, _)| known.trim() == name)
            .map(|(_, value)| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    };
    match (value("AWSAccessKeyId"), value("AWSSecretKey")) {
        (Some(access_key), Some(secret_key)) => Ok(Some(Credentials {
            access_key,
            secret_key,
            session_token: None,
            source: Source::File {
                path,
                section: String::new(),
                option: "AWSAccessKeyId".to_owned(),
            },
        })),
        (key, _) => {
            *half |= key.is_some();
            Ok(None)
        }
    }
}

/// An option of the profile in force, from one of the files of the AWS tools.
pub(super) fn of_aws_file(
    environment: &dyn Environment,
    shared: bool,
    option: &str,
) -> Result<Option<(String, Source)>, ConfigError> {
    let (variable, usual) = if shared {
        ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")
    } else {
        ("AWS_CONFIG_FILE", "~/.aws/config")
    };
    let path = set(environment, variable).unwrap_or_else(|| usual.to_owned());
    let path = expand(environment, &path);
    if path.starts_with('~') {
        return Ok(None); // Nobody's home.
    }
    let Ok(text) = environment.read(&path) else {
        return Ok(None);
    };
    let file = ini::parse(&text).map_err(|error| ConfigError::Syntax {
        path: path.clone(),
        line: error.line,
        reason: error.reason,
    })?;
    let profile = set(environment, "AWS_PROFILE").unwrap_or_else(|| "default".to_owned());
    let names = [format!("profile {profile}"), profile];
    let section = names
        .into_iter()
        .find_map(|name| Some((file.sections.get(&name)?, name)));
    let Some((section, name)) = section else {
        return Ok(None);
    };
    let value = section
        .options
        .get(option)
        .filter(|value| !value.is_empty());
    Ok(value.map(|value| {
        let source = Source::File {
            path,
            section: name,
            option: option.to_owned(),
        };
        (value.clone(), source)
    }))
}

fn of_profile(
    environment: &dyn Environment,
    half: &mut bool,
) -> Result<Option<Credentials>, ConfigError> {
    for shared in [true, false] {
        let value = |option: &str| of_aws_file(environment, shared, option);
        match (value("aws_access_key_id")?, value("aws_secret_access_key")?) {
            (Some((access_key, source)), Some((secret_key, _))) => {
                return Ok(Some(Credentials {
                    access_key,
                    secret_key,
                    session_token: value("aws_session_token")?.map(|(token, _)| token),
                    source,
                }));
            }
            (key, _) => *half |= key.is_some(),
        }
    }
    Ok(None)
}
