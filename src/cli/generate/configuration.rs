//! `eulb-config(5)`: the configuration files, the sources of each setting, and their order.

use super::Page;
use super::man::{DATE, MANUAL_OF_FILES, definitions, examples, section, tidy};
use crate::cli::exit::Failure;
use clap_mangen::roff::{Roff, bold, roman};
use std::path::PathBuf;

/// Files in the order in which they are read.
pub(super) const FILES: &[(&str, &str)] = &[
    (
        "/etc/euca2ools/euca2ools.ini",
        "The machine's configuration.",
    ),
    (
        "/etc/euca2ools/conf.d/*.ini",
        "More of it, in the order of the names.",
    ),
    (
        "~/.euca/*.ini",
        "The user's configuration, in the order of the names. What a later file says of an option overrides what an earlier one said.",
    ),
    (
        "~/.aws/config, ~/.aws/credentials",
        "The files of the AWS tools, looked at last. AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name others, AWS_PROFILE the profile.",
    ),
];

const OPTIONS_OF_GLOBAL: &[(&str, &str)] = &[
    (
        "default-region",
        "The region whose section is used if nothing else names one.",
    ),
    (
        "timeout",
        "Seconds after which a silent connection is given up, 30 if absent.",
    ),
    (
        "max-retries",
        "How often a request is tried again that met a status of 500 or 503 or silence, from 0 to 100, 2 if absent.",
    ),
    ("debug", "true or color to always show what --debug shows."),
];

const OPTIONS_OF_REGION: &[(&str, &str)] = &[
    (
        "elasticloadbalancing-url",
        "The endpoint of the region's load balancing service.",
    ),
    ("user", "The user section whose keys are used."),
    (
        "name",
        "The region's name in signatures, if it is not that of the section.",
    ),
    (
        "verify-ssl",
        "Whether the certificate of an https endpoint is verified: true or false, false if absent.",
    ),
    (
        "eulb-release",
        "The release that is targeted: 3.3.0 (the default) to 4.4.2, or aws.",
    ),
];

const OPTIONS_OF_USER: &[(&str, &str)] = &[
    ("key-id", "The access key ID."),
    ("secret-key", "The secret key that belongs to it."),
];

/// Each setting and its sources, the first of which counts.
const PRECEDENCE: &[(&str, &str)] = &[
    (
        "release",
        "--release; EULB_RELEASE; eulb-release of the region; 3.3.0.",
    ),
    (
        "region",
        "--region; EUCA_DEFAULT_REGION, or if that is not set AWS_DEFAULT_REGION; default-region.",
    ),
    (
        "user",
        "--region with USER@; the same variables with USER@; user of the region.",
    ),
    (
        "endpoint",
        "--url; AWS_ELB_URL; elasticloadbalancing-url of the region; AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING; AWS_ENDPOINT_URL; endpoint_url of the profile. So --region does not change the endpoint where AWS_ELB_URL is set.",
    ),
    (
        "signing-region",
        "REGION of --url or AWS_ELB_URL if that is REGION::URL, else AWS_AUTH_REGION. With an endpoint of a region's section: name of that section, else its own name. With an endpoint of the AWS variables or files: AWS_AUTH_REGION, AWS_REGION, AWS_DEFAULT_REGION, region of the profile.",
    ),
    (
        "access-key-id, secret-key",
        "-I with -S; AWS_ACCESS_KEY_ID or AWS_ACCESS_KEY with AWS_SECRET_ACCESS_KEY or AWS_SECRET_KEY; the file of AWS_CREDENTIAL_FILE; key-id with secret-key of the user; the profile in ~/.aws/credentials, then in ~/.aws/config. The first source with both halves counts, halves of two sources are never put together.",
    ),
    (
        "security-token",
        "That of the same source as the keys: --security-token; AWS_SECURITY_TOKEN or AWS_SESSION_TOKEN; aws_session_token of the profile. AWS_CREDENTIAL_EXPIRATION is the moment from which keys of the environment are refused.",
    ),
    (
        "verify-ssl",
        "--ca-file; --verify-ssl or --no-verify-ssl, the later of the two; verify-ssl of the region; false. AWS_CA_BUNDLE names the authorities if certificates are verified.",
    ),
    (
        "timeout, max-retries, debug",
        "The option of the global section; 30 seconds, 2, false.",
    ),
];

const EXAMPLE: &[&str] = &[
    "[global]",
    "default-region = west",
    "",
    "[region west]",
    "elasticloadbalancing-url = https://elb.west.example.com:8773/services/LoadBalancing",
    "user = ann",
    "verify-ssl = true",
    "eulb-release = 4.4.2",
    "",
    "[user ann]",
    "key-id = AKIDEXAMPLE",
    "secret-key = wJalrXUtnFEMIEXAMPLEKEY",
];

/// The page.
///
/// # Errors
///
/// It cannot be rendered.
pub fn page() -> Result<Page, Failure> {
    let mut roff = Roff::new();
    roff.control(
        "TH",
        [
            "EULB-CONFIG",
            "5",
            DATE,
            concat!("eulb ", env!("CARGO_PKG_VERSION")),
            MANUAL_OF_FILES,
        ],
    );
    section(
        &mut roff,
        "NAME",
        "eulb-config - configuration of the eulb commands",
    );
    section(
        &mut roff,
        "DESCRIPTION",
        "The eulb commands read the configuration files of euca2ools, and find every setting in an order of sources. eulb config prints the settings of the present environment, where each came from, and what it overrode; eulb doctor tries them.",
    );
    for paragraph in [
        "A file has sections, [global], [region NAME] and [user NAME], and in them lines KEY = VALUE or KEY: VALUE. Keys are read without regard to case. A line that begins with # or ; is a comment, and so is the rest of a line after a blank and a semicolon. An indented line continues the value above it. [DEFAULT] supplies defaults to every section of its file, and %(KEY)s stands for another value of the section.",
        "Sections of the same name in several files are one. Other sections are ignored. A file that cannot be understood is an error that names the line.",
    ] {
        roff.control("PP", []);
        roff.text([roman(paragraph)]);
    }
    for (heading, options) in [
        ("SECTION [GLOBAL]", OPTIONS_OF_GLOBAL),
        ("SECTIONS [REGION NAME]", OPTIONS_OF_REGION),
        ("SECTIONS [USER NAME]", OPTIONS_OF_USER),
    ] {
        roff.control("SH", [heading]);
        definitions(&mut roff, options);
    }
    section(
        &mut roff,
        "NAMES",
        "A name may have parts between colons. An option of cloud:west is looked for in the section cloud:west, then in those with wildcards, cloud:*, *:west and *:*. If none has it and there is one longer name that ends in :NAME, that one is looked up; several are an error. The section named * is the last resort. A value use SECTION or use SECTION OPTION goes on there.",
    );
    section(
        &mut roff,
        "PRECEDENCE",
        "Sources of each setting, by the names that eulb config shows; the first that has it counts. An empty value counts as none.",
    );
    definitions(&mut roff, PRECEDENCE);
    roff.control("SH", ["ENVIRONMENT"]);
    definitions(
        &mut roff,
        &[(
            "EUCA_CONFIG_PATH",
            "Configuration files, separated by colons, instead of the usual ones; with ~, $VARIABLE and the wildcards of the shell.",
        )],
    );
    roff.control("SH", ["FILES"]);
    definitions(&mut roff, FILES);
    roff.control("SH", ["EXAMPLES"]);
    roff.text([roman("A region with its user:")]);
    block(&mut roff, EXAMPLE);
    roff.control("PP", []);
    roff.text([roman("What is in force here, and why:")]);
    examples(&mut roff, &["eulb config", "eulb config --output json"]);
    roff.control("SH", ["SEE ALSO"]);
    let mut line = Vec::new();
    for (index, name) in ["eulb", "eulb-config", "eulb-doctor"].iter().enumerate() {
        line.push(roman(if index == 0 { "" } else { ", " }));
        line.extend([bold(*name), roman("(1)")]);
    }
    roff.text(line);
    Ok((PathBuf::from("eulb-config.5"), tidy(&roff.render())))
}

/// Lines that stay as they are.
fn block(roff: &mut Roff, lines: &[&str]) {
    roff.control("PP", []);
    roff.control("nf", []);
    for line in lines {
        roff.text([roman(*line)]);
    }
    roff.control("fi", []);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::config::environment::Environment;
    use crate::client::config::{Flags, resolve, survey};
    use crate::model::timestamp::Timestamp;
    use std::io;

    /// A machine with nothing but the file of the page.
    struct Documented;

    impl Environment for Documented {
        fn variable(&self, name: &str) -> Option<String> {
            (name == "EUCA_CONFIG_PATH").then(|| "/example.ini".to_owned())
        }

        fn read(&self, path: &str) -> io::Result<String> {
            match path {
                "/example.ini" => Ok(EXAMPLE.join("\n")),
                _ => Err(io::ErrorKind::NotFound.into()),
            }
        }

        fn list(&self, _folder: &str) -> Vec<String> {
            Vec::new()
        }

        fn now(&self) -> Timestamp {
            Timestamp(0)
        }
    }

    #[test]
    fn every_setting_that_eulb_config_shows_has_its_order_of_sources() {
        let documented: Vec<&str> = PRECEDENCE
            .iter()
            .flat_map(|(names, _)| names.split(", "))
            .collect();
        let shown = survey::survey(&Flags::default(), &Documented).rows;
        let shown: Vec<&str> = shown.iter().map(|row| row.name).collect();
        assert_eq!(documented, shown);
    }

    #[test]
    fn the_documented_file_is_a_whole_configuration() {
        let settings = resolve(&Flags::default(), &Documented).unwrap();
        assert_eq!(
            settings.endpoint.value,
            "https://elb.west.example.com:8773/services/LoadBalancing"
        );
        assert_eq!(settings.signing_region.value, "west");
        assert_eq!(settings.credentials.access_key, "AKIDEXAMPLE");
        assert_eq!(settings.release.value.to_string(), "4.4.2");
    }
}
