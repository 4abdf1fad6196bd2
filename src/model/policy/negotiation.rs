//! What TLS of a listener may negotiate: protocols, ciphers, and the predefined security policies.
//!
//! Sources of the table: the seven policy files that Eucalyptus installs below
//! `etc/eucalyptus/elb-security-policy` (`tools/elb-security-policy/*.json`, 4.4.2), which repeat what
//! Amazon described at the time; "Predefined SSL security policies for Classic Load Balancers" for the
//! two of 2017. Names are OpenSSL's.
//!
//! A policy is kept and described in full, whatever the TLS library of the data plane can speak of it;
//! [`Cipher::served`] and [`Version::served`] say what that is.

use serde::{Deserialize, Serialize};

/// A version of SSL or TLS that a policy may switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Version {
    Ssl2,
    Ssl3,
    Tls1,
    Tls1_1,
    Tls1_2,
}

impl Version {
    /// The order in which policies and the policy type list the versions.
    pub const ALL: [Version; 5] = [
        Version::Ssl2,
        Version::Tls1,
        Version::Ssl3,
        Version::Tls1_1,
        Version::Tls1_2,
    ];

    /// The attribute that switches the version.
    pub fn attribute(self) -> &'static str {
        match self {
            Version::Ssl2 => "Protocol-SSLv2",
            Version::Ssl3 => "Protocol-SSLv3",
            Version::Tls1 => "Protocol-TLSv1",
            Version::Tls1_1 => "Protocol-TLSv1.1",
            Version::Tls1_2 => "Protocol-TLSv1.2",
        }
    }

    /// `TLSv1.2`
    pub fn name(self) -> &'static str {
        let attribute = self.attribute();
        attribute.strip_prefix("Protocol-").unwrap_or(attribute)
    }

    /// Whether the data plane can speak it: rustls has nothing older than TLS 1.2, by design.
    pub fn served(self) -> bool {
        self == Version::Tls1_2
    }
}

/// The attribute that names a predefined policy to follow.
pub const REFERENCE: &str = "Reference-Security-Policy";

/// The attribute that lets the order of the load balancer's ciphers decide, not the client's.
pub const SERVER_ORDER: &str = "Server-Defined-Cipher-Order";

/// One thing that an SSL negotiation policy turns on or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Switch {
    Version(Version),
    ServerOrder,
    Cipher(Cipher),
}

impl Switch {
    /// Every switch, in the order in which a policy lists them.
    pub fn all() -> impl Iterator<Item = Switch> {
        Version::ALL
            .into_iter()
            .map(Switch::Version)
            .chain([Switch::ServerOrder])
            .chain(Cipher::all().map(Switch::Cipher))
    }

    /// The switch that an attribute names; nothing if there is none.
    pub fn named(attribute: &str) -> Option<Switch> {
        Switch::all().find(|switch| switch.attribute() == attribute)
    }

    pub fn attribute(self) -> &'static str {
        match self {
            Switch::Version(version) => version.attribute(),
            Switch::ServerOrder => SERVER_ORDER,
            Switch::Cipher(cipher) => cipher.name(),
        }
    }
}

/// A cipher suite of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cipher(u8);

impl Cipher {
    /// Every cipher, in the order of preference.
    pub fn all() -> impl Iterator<Item = Cipher> {
        (0..CIPHERS.len()).map(|index| Cipher(index as u8))
    }

    pub fn name(self) -> &'static str {
        CIPHERS[usize::from(self.0)].0
    }

    /// Whether the data plane can speak it: rustls has forward-secret AEAD suites only.
    pub fn served(self) -> bool {
        SERVED.contains(&self.name())
    }
}

/// The suites that rustls (aws-lc-rs) shares with the table; its CHACHA20 suites and those of TLS 1.3
/// are younger than the table.
const SERVED: [&str; 4] = [
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
];

/// A predefined policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecurityPolicy {
    pub name: &'static str,
    versions: &'static [Version],
    server_order: bool,
    /// Its column in [`CIPHERS`].
    column: usize,
    /// Whether SSL 2 is mentioned (as off) where the type has that switch.
    mentions_ssl2: bool,
}

impl SecurityPolicy {
    /// Whether the policy turns the switch on.
    pub fn enables(&self, switch: Switch) -> bool {
        match switch {
            Switch::Version(version) => self.versions.contains(&version),
            Switch::ServerOrder => self.server_order,
            Switch::Cipher(cipher) => {
                CIPHERS[usize::from(cipher.0)].1.as_bytes().get(self.column) == Some(&b'x')
            }
        }
    }

    /// Every switch with its position, in order. Whether SSL 2 is among them is `ssl2`'s to say.
    pub fn switches(&self, ssl2: bool) -> impl Iterator<Item = (Switch, bool)> {
        let mentioned = ssl2 && self.mentions_ssl2;
        Switch::all()
            .filter(move |switch| mentioned || *switch != Switch::Version(Version::Ssl2))
            .map(|switch| (switch, self.enables(switch)))
    }
}

const fn predefined(
    name: &'static str,
    versions: &'static [Version],
    server_order: bool,
    column: usize,
    mentions_ssl2: bool,
) -> SecurityPolicy {
    SecurityPolicy {
        name,
        versions,
        server_order,
        column,
        mentions_ssl2,
    }
}

/// The predefined policies, oldest first.
#[rustfmt::skip]
pub const SECURITY_POLICIES: [SecurityPolicy; 9] = {
    use Version::{Ssl3, Tls1, Tls1_1, Tls1_2};
    [
        predefined("ELBSecurityPolicy-2011-08", &[Tls1, Ssl3], false, 0, true),
        predefined("ELBSecurityPolicy-2014-01", &[Tls1, Ssl3, Tls1_1, Tls1_2], true, 1, true),
        predefined("ELBSecurityPolicy-2014-10", &[Tls1, Tls1_1, Tls1_2], true, 2, true),
        predefined("ELBSecurityPolicy-2015-02", &[Tls1, Tls1_1, Tls1_2], true, 3, true),
        predefined("ELBSecurityPolicy-2015-03", &[Tls1, Tls1_1, Tls1_2], true, 4, true),
        predefined("ELBSecurityPolicy-2015-05", &[Tls1, Tls1_1, Tls1_2], true, 5, true),
        predefined("ELBSecurityPolicy-2016-08", &[Tls1, Tls1_1, Tls1_2], true, 6, false),
        predefined("ELBSecurityPolicy-TLS-1-1-2017-01", &[Tls1_1, Tls1_2], true, 7, false),
        predefined("ELBSecurityPolicy-TLS-1-2-2017-01", &[Tls1_2], true, 8, false),
    ]
};

/// The predefined policy of a name.
pub fn security_policy(name: &str) -> Option<&'static SecurityPolicy> {
    SECURITY_POLICIES.iter().find(|policy| policy.name == name)
}

/// Each cipher, and by columns the predefined policies that enable it (`x`): 2011-08, 2014-01,
/// 2014-10, 2015-02, 2015-03, 2015-05, 2016-08, TLS-1-1-2017-01, TLS-1-2-2017-01.
#[rustfmt::skip]
const CIPHERS: [(&str, &str); 88] = [
    ("ECDHE-ECDSA-AES128-GCM-SHA256", ".xxxxxxxx"), // rustls
    ("ECDHE-RSA-AES128-GCM-SHA256",   ".xxxxxxxx"), // rustls
    ("ECDHE-ECDSA-AES128-SHA256",     ".xxxxxxxx"),
    ("ECDHE-RSA-AES128-SHA256",       ".xxxxxxxx"),
    ("ECDHE-ECDSA-AES128-SHA",        ".xxxxxxx."),
    ("ECDHE-RSA-AES128-SHA",          ".xxxxxxx."),
    ("DHE-RSA-AES128-SHA",            "xxxxx...."),
    ("ECDHE-ECDSA-AES256-GCM-SHA384", ".xxxxxxxx"), // rustls
    ("ECDHE-RSA-AES256-GCM-SHA384",   ".xxxxxxxx"), // rustls
    ("ECDHE-ECDSA-AES256-SHA384",     ".xxxxxxxx"),
    ("ECDHE-RSA-AES256-SHA384",       ".xxxxxxxx"),
    ("ECDHE-RSA-AES256-SHA",          ".xxxxxxx."),
    ("ECDHE-ECDSA-AES256-SHA",        ".xxxxxxx."),
    ("AES128-GCM-SHA256",             ".xxxxxxxx"),
    ("AES128-SHA256",                 ".xxxxxxxx"),
    ("AES128-SHA",                    "xxxxxxxx."),
    ("AES256-GCM-SHA384",             ".xxxxxxxx"),
    ("AES256-SHA256",                 ".xxxxxxxx"),
    ("AES256-SHA",                    "xxxxxxxx."),
    ("DHE-DSS-AES128-SHA",            "xxxxx...."),
    ("CAMELLIA128-SHA",               "x........"),
    ("EDH-RSA-DES-CBC3-SHA",          "x........"),
    ("DES-CBC3-SHA",                  "x...xx..."),
    ("ECDHE-RSA-RC4-SHA",             ".xx......"),
    ("RC4-SHA",                       "xxx......"),
    ("ECDHE-ECDSA-RC4-SHA",           "........."),
    ("DHE-DSS-AES256-GCM-SHA384",     "........."),
    ("DHE-RSA-AES256-GCM-SHA384",     "........."),
    ("DHE-RSA-AES256-SHA256",         "........."),
    ("DHE-DSS-AES256-SHA256",         "........."),
    ("DHE-RSA-AES256-SHA",            "x........"),
    ("DHE-DSS-AES256-SHA",            "x........"),
    ("DHE-RSA-CAMELLIA256-SHA",       "x........"),
    ("DHE-DSS-CAMELLIA256-SHA",       "x........"),
    ("CAMELLIA256-SHA",               "x........"),
    ("EDH-DSS-DES-CBC3-SHA",          "x........"),
    ("DHE-DSS-AES128-GCM-SHA256",     "........."),
    ("DHE-RSA-AES128-GCM-SHA256",     "........."),
    ("DHE-RSA-AES128-SHA256",         "........."),
    ("DHE-DSS-AES128-SHA256",         "........."),
    ("DHE-RSA-CAMELLIA128-SHA",       "x........"),
    ("DHE-DSS-CAMELLIA128-SHA",       "x........"),
    ("ADH-AES128-GCM-SHA256",         "........."),
    ("ADH-AES128-SHA",                "........."),
    ("ADH-AES128-SHA256",             "........."),
    ("ADH-AES256-GCM-SHA384",         "........."),
    ("ADH-AES256-SHA",                "........."),
    ("ADH-AES256-SHA256",             "........."),
    ("ADH-CAMELLIA128-SHA",           "........."),
    ("ADH-CAMELLIA256-SHA",           "........."),
    ("ADH-DES-CBC3-SHA",              "........."),
    ("ADH-DES-CBC-SHA",               "........."),
    ("ADH-RC4-MD5",                   "........."),
    ("ADH-SEED-SHA",                  "........."),
    ("DES-CBC-SHA",                   "........."),
    ("DHE-DSS-SEED-SHA",              "........."),
    ("DHE-RSA-SEED-SHA",              "........."),
    ("EDH-DSS-DES-CBC-SHA",           "........."),
    ("EDH-RSA-DES-CBC-SHA",           "........."),
    ("IDEA-CBC-SHA",                  "........."),
    ("RC4-MD5",                       "........."),
    ("SEED-SHA",                      "........."),
    ("DES-CBC3-MD5",                  "........."),
    ("DES-CBC-MD5",                   "........."),
    ("RC2-CBC-MD5",                   "........."),
    ("PSK-AES256-CBC-SHA",            "........."),
    ("PSK-3DES-EDE-CBC-SHA",          "........."),
    ("KRB5-DES-CBC3-SHA",             "........."),
    ("KRB5-DES-CBC3-MD5",             "........."),
    ("PSK-AES128-CBC-SHA",            "........."),
    ("PSK-RC4-SHA",                   "........."),
    ("KRB5-RC4-SHA",                  "........."),
    ("KRB5-RC4-MD5",                  "........."),
    ("KRB5-DES-CBC-SHA",              "........."),
    ("KRB5-DES-CBC-MD5",              "........."),
    ("EXP-EDH-RSA-DES-CBC-SHA",       "........."),
    ("EXP-EDH-DSS-DES-CBC-SHA",       "........."),
    ("EXP-ADH-DES-CBC-SHA",           "........."),
    ("EXP-DES-CBC-SHA",               "........."),
    ("EXP-RC2-CBC-MD5",               "........."),
    ("EXP-KRB5-RC2-CBC-SHA",          "........."),
    ("EXP-KRB5-DES-CBC-SHA",          "........."),
    ("EXP-KRB5-RC2-CBC-MD5",          "........."),
    ("EXP-KRB5-DES-CBC-MD5",          "........."),
    ("EXP-ADH-RC4-MD5",               "........."),
    ("EXP-RC4-MD5",                   "........."),
    ("EXP-KRB5-RC4-SHA",              "........."),
    ("EXP-KRB5-RC4-MD5",              "........."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_whole_and_named_once() {
        for (index, (name, columns)) in CIPHERS.iter().enumerate() {
            assert_eq!(columns.len(), SECURITY_POLICIES.len(), "{name}");
            assert!(columns.bytes().all(|mark| b".x".contains(&mark)), "{name}");
            assert!(CIPHERS[..index].iter().all(|(other, _)| other != name));
        }
        for (index, policy) in SECURITY_POLICIES.iter().enumerate() {
            assert_eq!(policy.column, index, "{}", policy.name);
        }
        for name in SERVED {
            assert!(CIPHERS.iter().any(|(cipher, _)| *cipher == name), "{name}");
        }
        for switch in Switch::all() {
            assert_eq!(Switch::named(switch.attribute()), Some(switch));
        }
        assert_eq!(Switch::named(REFERENCE), None);
    }

    #[test]
    fn predefined_policies_enable_what_was_published() {
        // Protocols, server order, number of ciphers, and the ciphers that tell neighbours apart.
        #[rustfmt::skip]
        let cases = [
            ("ELBSecurityPolicy-2011-08", "TLSv1 SSLv3", false, 16, ["RC4-SHA", "CAMELLIA256-SHA"], ["ECDHE-RSA-AES128-SHA", "RC4-MD5"]),
            ("ELBSecurityPolicy-2014-01", "TLSv1 SSLv3 TLSv1.1 TLSv1.2", true, 22, ["RC4-SHA", "ECDHE-RSA-RC4-SHA"], ["DES-CBC3-SHA", "ECDHE-ECDSA-RC4-SHA"]),
            ("ELBSecurityPolicy-2014-10", "TLSv1 TLSv1.1 TLSv1.2", true, 22, ["RC4-SHA", "DHE-DSS-AES128-SHA"], ["DES-CBC3-SHA", "CAMELLIA128-SHA"]),
            ("ELBSecurityPolicy-2015-02", "TLSv1 TLSv1.1 TLSv1.2", true, 20, ["DHE-RSA-AES128-SHA", "AES256-SHA"], ["RC4-SHA", "DES-CBC3-SHA"]),
            ("ELBSecurityPolicy-2015-03", "TLSv1 TLSv1.1 TLSv1.2", true, 21, ["DHE-RSA-AES128-SHA", "DES-CBC3-SHA"], ["RC4-SHA", "EDH-RSA-DES-CBC3-SHA"]),
            ("ELBSecurityPolicy-2015-05", "TLSv1 TLSv1.1 TLSv1.2", true, 19, ["DES-CBC3-SHA", "AES128-SHA"], ["DHE-RSA-AES128-SHA", "DHE-DSS-AES128-SHA"]),
            ("ELBSecurityPolicy-2016-08", "TLSv1 TLSv1.1 TLSv1.2", true, 18, ["AES128-SHA", "AES256-SHA"], ["DES-CBC3-SHA", "DHE-RSA-AES128-SHA"]),
            ("ELBSecurityPolicy-TLS-1-1-2017-01", "TLSv1.1 TLSv1.2", true, 18, ["AES128-SHA", "AES256-SHA"], ["DES-CBC3-SHA", "DHE-RSA-AES128-SHA"]),
            ("ELBSecurityPolicy-TLS-1-2-2017-01", "TLSv1.2", true, 12, ["AES128-SHA256", "AES256-GCM-SHA384"], ["AES128-SHA", "ECDHE-RSA-AES256-SHA"]),
        ];
        for (name, versions, server_order, ciphers, on, off) in cases {
            let policy = security_policy(name).expect(name);
            let on_versions: Vec<_> = Version::ALL
                .into_iter()
                .filter(|version| policy.enables(Switch::Version(*version)))
                .map(|version| version.attribute().trim_start_matches("Protocol-"))
                .collect();
            assert_eq!(on_versions.join(" "), versions, "{name}");
            assert_eq!(policy.enables(Switch::ServerOrder), server_order, "{name}");
            let enabled = |cipher: &Cipher| policy.enables(Switch::Cipher(*cipher));
            assert_eq!(Cipher::all().filter(enabled).count(), ciphers, "{name}");
            let has = |wanted: &str| Switch::named(wanted).is_some_and(|s| policy.enables(s));
            assert!(on.iter().all(|cipher| has(cipher)), "{name}");
            assert!(!off.iter().any(|cipher| has(cipher)), "{name}");
        }
        assert_eq!(security_policy("ELBSecurityPolicy-2013-01"), None);
    }

    #[test]
    fn ssl_2_is_mentioned_by_old_policies_where_the_switch_exists() {
        let ssl2 = Switch::Version(Version::Ssl2);
        let mentions = |name: &str, ssl2_exists| {
            let policy = security_policy(name).expect(name);
            policy
                .switches(ssl2_exists)
                .any(|(switch, _)| switch == ssl2)
        };
        assert!(mentions("ELBSecurityPolicy-2015-05", true));
        assert!(!mentions("ELBSecurityPolicy-2015-05", false));
        assert!(!mentions("ELBSecurityPolicy-2016-08", true));
    }

    #[test]
    fn what_the_data_plane_speaks_is_marked() {
        let served: Vec<_> = Cipher::all().filter(|cipher| cipher.served()).collect();
        assert_eq!(served.len(), SERVED.len());
        // Every policy since 2014 leaves something in common with the data plane; 2011-08 does not.
        for policy in &SECURITY_POLICIES {
            let common = served.iter().any(|c| policy.enables(Switch::Cipher(*c)))
                && policy.enables(Switch::Version(Version::Tls1_2));
            assert_eq!(common, policy.name != "ELBSecurityPolicy-2011-08");
        }
    }
}
