//! Which load balancers of an answer are shown: names with wildcards, and `--filter KEY=VALUE`.
//!
//! The service knows neither, so both select from what it answered, before anything is printed.

use crate::wire::balancer::LoadBalancerDescription;
use crate::wire::listener::Listener;
use crate::wire::members;
use std::str::FromStr;

/// Whether a name stands for several: no load balancer may have such a character in its name.
pub fn is_pattern(name: &str) -> bool {
    name.contains(['*', '?'])
}

/// Whether a text is as a pattern says: `*` stands for any characters, `?` for one.
pub fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    // The last star, and up to where it has been stretched: no other needs to be taken back, so
    // that a pattern full of stars costs no more than the product of the lengths.
    let mut star = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((at, reached)) = star else {
                    return false;
                };
                star = Some((at, reached + 1));
                p = at + 1;
                t = reached + 1;
            }
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// A condition that a load balancer must fulfil to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// One of the values of a property is as one of the patterns says.
    Is(Property, Vec<String>),
    /// It was created at this moment or later; as [`moment`] writes moments.
    CreatedAfter(String),
    /// It was created before this moment.
    CreatedBefore(String),
}

/// What a filter looks at. Some properties have several values: one that matches is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    Name,
    DnsName,
    Zone,
    Subnet,
    SecurityGroup,
    Vpc,
    Instance,
    Scheme,
    ListenerPort,
    InstancePort,
    Protocol,
    HealthCheck,
}

const PROPERTIES: [(&str, Property); 12] = [
    ("name", Property::Name),
    ("dns-name", Property::DnsName),
    ("zone", Property::Zone),
    ("subnet", Property::Subnet),
    ("security-group", Property::SecurityGroup),
    ("vpc", Property::Vpc),
    ("instance", Property::Instance),
    ("scheme", Property::Scheme),
    ("listener-port", Property::ListenerPort),
    ("instance-port", Property::InstancePort),
    ("protocol", Property::Protocol),
    ("health-check", Property::HealthCheck),
];

/// Why a text is no filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    #[error("'{0}' must have form KEY=VALUE")]
    NotAPair(String),
    #[error("unknown key '{0}' (choose from {keys}, created-after, created-before)", keys = PROPERTIES.map(|(key, _)| key).join(", "))]
    UnknownKey(String),
    #[error("'{0}' is no moment: it must be like 2026-11-23 or 2026-11-23T10:30:00Z")]
    NotAMoment(String),
}

impl FromStr for Filter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Filter, FilterError> {
        let (key, value) = text
            .split_once('=')
            .ok_or_else(|| FilterError::NotAPair(text.to_owned()))?;
        let (key, value) = (key.trim(), value.trim());
        let read = || moment(value).ok_or_else(|| FilterError::NotAMoment(value.to_owned()));
        match key {
            "created-after" => return Ok(Filter::CreatedAfter(read()?)),
            "created-before" => return Ok(Filter::CreatedBefore(read()?)),
            _ => {}
        }
        let (_, property) = PROPERTIES
            .into_iter()
            .find(|(known, _)| *known == key)
            .ok_or_else(|| FilterError::UnknownKey(key.to_owned()))?;
        let patterns = value.split(',').map(|pattern| pattern.trim().to_owned());
        Ok(Filter::Is(property, patterns.collect()))
    }
}

impl Filter {
    /// Whether the load balancer is to be shown.
    pub fn admits(&self, balancer: &LoadBalancerDescription) -> bool {
        let created = || balancer.created_time.as_deref().and_then(moment);
        match self {
            Filter::Is(property, patterns) => property.values(balancer).iter().any(|value| {
                patterns
                    .iter()
                    .any(|pattern| property.is_as(pattern, value))
            }),
            Filter::CreatedAfter(limit) => created().is_some_and(|moment| moment >= *limit),
            Filter::CreatedBefore(limit) => created().is_some_and(|moment| moment < *limit),
        }
    }
}

impl Property {
    fn values(self, balancer: &LoadBalancerDescription) -> Vec<String> {
        let listeners = |part: fn(&Listener) -> Vec<Option<String>>| {
            members(&balancer.listener_descriptions)
                .iter()
                .filter_map(|described| described.listener.as_ref())
                .flat_map(part)
                .flatten()
                .collect()
        };
        let one = |value: &Option<String>| value.iter().cloned().collect();
        match self {
            Property::Name => one(&balancer.load_balancer_name),
            Property::DnsName => one(&balancer.dns_name),
            Property::Zone => members(&balancer.availability_zones).to_vec(),
            Property::Subnet => members(&balancer.subnets).to_vec(),
            Property::SecurityGroup => members(&balancer.security_groups).to_vec(),
            Property::Vpc => one(&balancer.vpc_id),
            Property::Instance => members(&balancer.instances)
                .iter()
                .filter_map(|instance| instance.instance_id.clone())
                .collect(),
            Property::Scheme => one(&balancer.scheme),
            Property::ListenerPort => {
                listeners(|listener| vec![listener.load_balancer_port.map(|port| port.to_string())])
            }
            Property::InstancePort => {
                listeners(|listener| vec![listener.instance_port.map(|port| port.to_string())])
            }
            Property::Protocol => listeners(|listener| {
                vec![
                    listener.protocol.clone(),
                    listener.instance_protocol.clone(),
                ]
            }),
            Property::HealthCheck => balancer
                .health_check
                .iter()
                .filter_map(|check| check.target.clone())
                .collect(),
        }
    }

    /// Protocols and DNS names are the same in any case.
    fn is_as(self, pattern: &str, value: &str) -> bool {
        match self {
            Property::Protocol | Property::DnsName => {
                matches(&pattern.to_ascii_lowercase(), &value.to_ascii_lowercase())
            }
            _ => matches(pattern, value),
        }
    }
}

/// A date or a moment of UTC, without its `Z`, so that the order of texts is the order of time: a
/// date is before every moment of the day, and fractions of a second compare as decimals do.
fn moment(text: &str) -> Option<String> {
    const SHAPE: &[u8] = b"0000-00-00T00:00:00";
    /// Where a moment may end: after the day, the minute, the second.
    const ENDS: [usize; 3] = [10, 16, 19];
    let text = text.strip_suffix('Z').unwrap_or(text);
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let shaped = whole.bytes().zip(SHAPE).all(|(byte, shape)| match shape {
        b'0' => byte.is_ascii_digit(),
        mark => byte == *mark,
    });
    let ended = match fraction {
        Some(fraction) => whole.len() == SHAPE.len() && digits(fraction) && !fraction.is_empty(),
        None => ENDS.contains(&whole.len()),
    };
    (shaped && ended).then(|| match fraction.map(|text| text.trim_end_matches('0')) {
        Some("") | None => whole.to_owned(),
        Some(fraction) => format!("{whole}.{fraction}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Members;
    use crate::wire::balancer::InstanceRef;
    use crate::wire::instance::HealthCheck;
    use crate::wire::listener::ListenerDescription;

    fn web() -> LoadBalancerDescription {
        let some = |text: &str| Some(text.to_owned());
        let list = |items: &[&str]| {
            Some(Members::from_iter(
                items.iter().map(|item| (*item).to_owned()),
            ))
        };
        let listener = |port: i64, protocol: &str| ListenerDescription {
            listener: Some(Listener {
                protocol: some(protocol),
                load_balancer_port: Some(port),
                instance_protocol: some(protocol),
                instance_port: Some(port + 8000),
                ssl_certificate_id: None,
            }),
            policy_names: None,
        };
        LoadBalancerDescription {
            load_balancer_name: some("web-1"),
            dns_name: some("web-1-0123.lb.localhost"),
            listener_descriptions: Some(Members::from(vec![
                listener(80, "HTTP"),
                listener(25, "TCP"),
            ])),
            availability_zones: list(&["PARTI00", "PARTI01"]),
            instances: Some(Members::from(vec![InstanceRef::new("i-1DF9440E")])),
            health_check: Some(HealthCheck {
                target: some("HTTP:80/health"),
                ..HealthCheck::default()
            }),
            created_time: some("2013-05-15T23:31:32.8Z"),
            scheme: some("internal"),
            ..LoadBalancerDescription::default()
        }
    }

    #[test]
    fn patterns_match_whole_texts() {
        let cases = [
            ("*", "", true),
            ("*", "web", true),
            ("web-*", "web-1", true),
            ("web-*", "web", false),
            ("*-1", "web-11", false),
            ("*1", "web-11", true),
            ("w?b", "web", true),
            ("w?b", "wb", false),
            ("?", "é", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("", "", true),
            ("", "a", false),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
        // What makes a matcher that tries everything run for years.
        let stars = "a*".repeat(40) + "b";
        assert!(!matches(&stars, &"a".repeat(4_000)));
    }

    #[test]
    fn filters_look_at_what_their_key_names() {
        let cases = [
            ("name=web-*", true),
            ("name=WEB-1", false),
            ("dns-name=*.LB.localhost", true),
            ("zone=PARTI01", true),
            ("zone=PARTI02, PARTI00", true),
            ("zone=PARTI02", false),
            ("instance=i-1DF9440E", true),
            ("instance=i-2", false),
            ("scheme=internal", true),
            ("vpc=*", false),
            ("subnet=*", false),
            ("security-group=*", false),
            ("listener-port=25", true),
            ("listener-port=8080", false),
            ("instance-port=8080", true),
            ("protocol=tcp", true),
            ("protocol=https", false),
            ("health-check=HTTP:*/health", true),
            ("created-after=2013-05-15", true),
            ("created-after=2013-05-15T23:31:32.80Z", true),
            ("created-after=2013-05-15T23:31:32.801", false),
            ("created-before=2013-05-15T23:31:32.8Z", false),
            ("created-before=2013-05-15T23:31:33Z", true),
            ("created-before=2013-05-15T23:31", false),
            ("created-before=2013-05-16", true),
        ];
        for (text, expected) in cases {
            let filter: Filter = text.parse().unwrap();
            assert_eq!(filter.admits(&web()), expected, "{text}");
        }
        // A service that tells no time has no load balancer from before or after.
        let timeless = LoadBalancerDescription::default();
        for text in ["created-after=2000-01-01", "created-before=2100-01-01"] {
            assert!(!text.parse::<Filter>().unwrap().admits(&timeless));
        }
    }

    #[test]
    fn what_is_no_filter_is_named() {
        let cases = [
            ("web", "'web' must have form KEY=VALUE"),
            ("colour=red", "unknown key 'colour' (choose from name, "),
            ("created-after=yesterday", "'yesterday' is no moment"),
            ("created-after=2013-05", "'2013-05' is no moment"),
            ("created-after=2013-05-15T23:31.5", "is no moment"),
            ("created-before=", "'' is no moment"),
        ];
        for (text, expected) in cases {
            let message = text.parse::<Filter>().unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
    }
}
