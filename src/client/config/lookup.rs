//! Finding an option of a region or a user among sections, wildcards and longer names.

use super::ConfigError;
use super::environment::{Environment, expand, glob, set};
use super::ini;
use std::collections::BTreeMap;
use std::io;

/// The files that are read when `EUCA_CONFIG_PATH` does not say otherwise.
const FILES: [&str; 3] = [
    "/etc/euca2ools/euca2ools.ini",
    "/etc/euca2ools/conf.d/*.ini",
    "~/.euca/*.ini",
];

/// Steps of `use`, and of shorter names standing for longer ones, that are followed.
const MAXIMUM_STEPS: usize = 32;

/// An option as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    /// The value, or why its references cannot be filled in.
    value: Result<String, String>,
    path: String,
}

type Options = BTreeMap<String, Entry>;

/// Which kind of section is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Region,
    User,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Kind::Region => "region",
            Kind::User => "user",
        }
    }
}

/// A value and the section that had it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub value: String,
    /// The name that was looked up when the value was found: `cloud:west` for `[region cloud:*]`.
    pub name: String,
    /// The name of the section, with its wildcards.
    pub section: String,
    pub option: String,
    pub path: String,
}

/// All files, merged key by key; later files win.
#[derive(Clone, Debug, Default)]
pub(super) struct Sections {
    global: Options,
    regions: BTreeMap<String, Options>,
    users: BTreeMap<String, Options>,
}

impl Sections {
    /// Reads the user's files.
    pub(super) fn load(environment: &dyn Environment) -> Result<Sections, ConfigError> {
        let (sections, faults) = Sections::load_what_can_be_read(environment);
        match faults.into_iter().next() {
            None => Ok(sections),
            Some(fault) => Err(fault),
        }
    }

    /// Reads those of the user's files that can be read, and says what is wrong with the others.
    pub(super) fn load_what_can_be_read(
        environment: &dyn Environment,
    ) -> (Sections, Vec<ConfigError>) {
        let mut faults = Vec::new();
        let patterns = match environment.variable("EUCA_CONFIG_PATH") {
            Some(patterns) => patterns.split(':').map(str::to_owned).collect(),
            None => FILES.map(str::to_owned).to_vec(),
        };
        let mut sections = Sections::default();
        for pattern in patterns.iter().filter(|pattern| !pattern.is_empty()) {
            if pattern.starts_with("~/") && set(environment, "HOME").is_none() {
                continue;
            }
            for path in glob(environment, &expand(environment, pattern)) {
                match environment.read(&path) {
                    Ok(text) => faults.extend(sections.merge(&path, &text).err()),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => faults.push(ConfigError::Unreadable {
                        path,
                        reason: error.to_string(),
                    }),
                }
            }
        }
        (sections, faults)
    }

    fn merge(&mut self, path: &str, text: &str) -> Result<(), ConfigError> {
        let broken = |line: usize, reason: String| ConfigError::Syntax {
            path: path.to_owned(),
            line,
            reason,
        };
        let file = ini::parse(text).map_err(|error| broken(error.line, error.reason))?;
        for (header, section) in &file.sections {
            let (kind, name) = header.split_once([' ', '\t']).unwrap_or((header, ""));
            let name = name.trim();
            let target = match kind {
                "global" if name.is_empty() => &mut self.global,
                "region" | "user" if name.is_empty() => continue,
                "region" | "user" if name.contains('@') || name.split(':').any(str::is_empty) => {
                    let reason = format!("'{name}' is no name: it has an '@' or an empty part");
                    return Err(broken(section.line, reason));
                }
                "region" => self.regions.entry(name.to_owned()).or_default(),
                "user" => self.users.entry(name.to_owned()).or_default(),
                _ => continue,
            };
            for (option, value) in ini::interpolated(&file, section) {
                let path = path.to_owned();
                target.insert(option, Entry { value, path });
            }
        }
        Ok(())
    }

    fn of(&self, kind: Kind) -> &BTreeMap<String, Options> {
        match kind {
            Kind::Region => &self.regions,
            Kind::User => &self.users,
        }
    }

    /// An option of `[global]`; empty values count as absent.
    pub(super) fn global(&self, option: &str) -> Result<Option<Found>, ConfigError> {
        match self.global.get(option) {
            Some(entry) => found(entry, "global", "", "", option).map(nonempty),
            None => Ok(None),
        }
    }

    /// The names of regions that have an option, sorted, without wildcards.
    pub(super) fn regions_with(&self, option: &str) -> Vec<String> {
        self.regions
            .iter()
            .filter(|(name, options)| !name.contains('*') && options.contains_key(option))
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// An option of a region or user; empty values count as absent.
    ///
    /// A value `use SECTION` or `use SECTION OPTION` is looked up there; in a circle the text itself
    /// is the value.
    pub(super) fn get(
        &self,
        kind: Kind,
        name: &str,
        option: &str,
    ) -> Result<Option<Found>, ConfigError> {
        let found = self.followed(kind, name, option)?;
        match &found {
            // Any option may hold a secret if another says "use" it; only where it is, is told.
            Some(Found {
                path,
                section,
                option: there,
                ..
            }) => tracing::debug!(
                target: "eulb::client",
                "[{} {name}] {option} is {there} of [{section}] in {path}", kind.as_str()
            ),
            None => tracing::debug!(
                target: "eulb::client",
                "[{} {name}] {option} is nowhere", kind.as_str()
            ),
        }
        Ok(found)
    }

    /// The value where `use SECTION OPTION` leads.
    fn followed(&self, kind: Kind, name: &str, option: &str) -> Result<Option<Found>, ConfigError> {
        let mut name = name.to_owned();
        let mut option = option.to_owned();
        let mut seen: Vec<(String, String)> = Vec::new();
        let mut last = None;
        loop {
            let here = (name.clone(), option.clone());
            if seen.contains(&here) || seen.len() > MAXIMUM_STEPS {
                return Ok(last);
            }
            seen.push(here);
            let Some(found) = self.direct(kind, &name, &option, 0)? else {
                return Ok(None);
            };
            let mut words = found.value.split_whitespace();
            let (verb, section, other) = (words.next(), words.next(), words.next());
            match (verb, section, words.next()) {
                (Some("use"), Some(section), None) => {
                    name = section.to_owned();
                    option = other.map_or(option, str::to_ascii_lowercase);
                    last = Some(found);
                }
                _ => return Ok(nonempty(found)),
            }
        }
    }

    /// The value as it is written, from the section itself, its wildcards, a longer name, or `*`.
    fn direct(
        &self,
        kind: Kind,
        name: &str,
        option: &str,
        steps: usize,
    ) -> Result<Option<Found>, ConfigError> {
        let sections = self.of(kind);
        let parts: Vec<&str> = name.split(':').collect();
        // Which parts are wildcards, the left ones weighing more: the first is the most specific.
        let fit = sections.iter().filter_map(|(section, options)| {
            let candidate: Vec<&str> = section.split(':').collect();
            let entry = options.get(option)?;
            let fits = candidate.len() == parts.len()
                && candidate
                    .iter()
                    .zip(&parts)
                    .all(|(one, part)| one == part || *one == "*");
            let wild: Vec<bool> = candidate
                .iter()
                .zip(&parts)
                .map(|(one, part)| one != part)
                .collect();
            fits.then_some((wild, section, entry))
        });
        if let Some((_, section, entry)) = fit.min_by(|(one, ..), (other, ..)| one.cmp(other)) {
            return found(entry, kind.as_str(), section, name, option).map(Some);
        }
        let tail = format!(":{name}");
        let mut longer: Vec<&String> = sections
            .keys()
            .filter(|section| section.ends_with(&tail))
            .collect();
        let length = |section: &str| section.split(':').count();
        let fewest = longer.iter().map(|section| length(section)).min();
        longer.retain(|section| Some(length(section)) == fewest);
        match longer.as_slice() {
            [] => {}
            [section] if steps < MAXIMUM_STEPS => {
                return self.direct(kind, section, option, steps + 1);
            }
            several => {
                return Err(ConfigError::Ambiguous {
                    name: name.to_owned(),
                    matches: several.iter().map(|section| (*section).clone()).collect(),
                });
            }
        }
        match sections.get("*").and_then(|options| options.get(option)) {
            Some(entry) => found(entry, kind.as_str(), "*", name, option).map(Some),
            None => Ok(None),
        }
    }
}

fn nonempty(found: Found) -> Option<Found> {
    (!found.value.is_empty()).then_some(found)
}

fn found(
    entry: &Entry,
    kind: &str,
    section: &str,
    name: &str,
    option: &str,
) -> Result<Found, ConfigError> {
    let section = format!("{kind} {section}").trim().to_owned();
    match &entry.value {
        Ok(value) => Ok(Found {
            value: value.clone(),
            name: name.to_owned(),
            section,
            option: option.to_owned(),
            path: entry.path.clone(),
        }),
        Err(reason) => Err(ConfigError::Value {
            path: entry.path.clone(),
            section,
            option: option.to_owned(),
            reason: reason.clone(),
        }),
    }
}
