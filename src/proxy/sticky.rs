//! Stickiness: a client's later requests go to the instance that answered its first, because a
//! cookie, `AWSELB`, names it.
//!
//! The name says nothing to a client: it is a digest of the load balancer and the instance, and it is
//! only ever looked up among the instances that are in service. So every servo of a load balancer
//! understands it, a restart does not change it, and no value that a client makes up leads anywhere
//! but to an instance its requests could reach anyway.
//!
//! | | Eucalyptus 4.0.0 to 4.4.2 (HAProxy) | Amazon |
//! |---|---|---|
//! | who minds the age | the load balancer, by a date in the cookie | the client, by Max-Age |
//! | the instance sees the cookie | no (`indirect`) | yes |
//! | requests with an Origin | | get `AWSELBCORS` as well |
//!
//! An application's cookie is followed by Amazon's rules at every release: `AWSELB` comes and goes
//! with it. HAProxy's `appsession` kept a table instead, which a restart emptied and the other servo
//! did not have. Sources: "Configure sticky sessions for your Classic Load Balancer"; Eucalyptus servo
//! 1.0.4 and 1.1.0.

use super::listener::Target;
use crate::model::instance::InstanceId;
use crate::model::plane::{BalancerLabel, Stickiness};
use memchr::memmem::Finder;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::sync::{Arc, LazyLock};
use std::time::SystemTime;

/// The load balancer's own cookie, and its second for requests from other origins.
const COOKIE: &[u8] = b"AWSELB";
const CORS_COOKIE: &[u8] = b"AWSELBCORS";

/// Bytes of a digest that make a name: no two instances of a load balancer share one.
const NAME_BYTES: usize = 16;

/// How one listener sticks, with the names of the instances in service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sticky {
    rules: Stickiness,
    names: Vec<(Box<str>, InstanceId)>,
}

impl Sticky {
    /// For the instances that are in service.
    pub fn new(rules: &Stickiness, balancer: &BalancerLabel, in_service: &[Target]) -> Sticky {
        let named = |target: &Target| {
            let instance = target.instance.clone();
            (name(balancer, &instance), instance)
        };
        Sticky {
            rules: rules.clone(),
            names: in_service.iter().map(named).collect(),
        }
    }

    /// The instance that a value of the cookie names, if it is in service and the value not too old.
    fn named(&self, value: &[u8], now: u64) -> Option<&InstanceId> {
        let value = std::str::from_utf8(value).ok()?;
        let (name, issued) = match value.split_once('-') {
            Some((name, issued)) => (name, u64::from_str_radix(issued, 16).ok()),
            None => (value, None),
        };
        if let (true, Some(lifetime)) = (self.rules.dated, self.rules.lifetime) {
            let age = now.checked_sub(issued?)?;
            if age > lifetime.as_secs() {
                return None;
            }
        }
        let mut names = self.names.iter();
        names.find_map(|(known, instance)| (**known == *name).then_some(instance))
    }
}

/// The name of an instance in the cookies of a load balancer.
fn name(balancer: &BalancerLabel, instance: &InstanceId) -> Box<str> {
    let mut digest = Sha256::new();
    for part in [&*balancer.account, &*balancer.name, instance.as_str()] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    let mut text = String::with_capacity(2 * NAME_BYTES);
    for byte in &digest.finalize()[..NAME_BYTES] {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02X}");
    }
    text.into()
}

/// Seconds since 1970, for the dates in cookies. Real ones: clients count those, too.
pub fn now() -> u64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// One request to a listener that sticks.
#[derive(Debug)]
pub struct Visit {
    sticky: Arc<Sticky>,
    /// The instance that the request's cookie names.
    wanted: Option<InstanceId>,
    /// The request had a cookie of ours, good or not.
    had_cookie: bool,
    /// The request comes from a page of another origin, as far as browsers tell.
    cors: bool,
}

impl Visit {
    /// Reads what a request head says of stickiness.
    pub fn new(sticky: Arc<Sticky>, head: &[u8], now: u64) -> Visit {
        let (mut value, mut followed) = (None, false);
        let follows = sticky.rules.follows.as_deref().map(str::as_bytes);
        for (name, one) in fields(head, b"cookie").flat_map(pairs) {
            if name == COOKIE || (name == CORS_COOKIE && value.is_none()) {
                value = Some(one);
            }
            followed |= Some(name) == follows;
        }
        // A session of the application that is over takes its stickiness along.
        let counts = follows.is_none() || followed;
        let good = value.filter(|_| counts);
        let wanted = good.and_then(|value| sticky.named(value, now).cloned());
        Visit {
            wanted,
            had_cookie: good.is_some(),
            cors: sticky.rules.cors && fields(head, b"origin").next().is_some(),
            sticky,
        }
    }

    /// The instance to ask before any other.
    pub fn wanted(&self) -> Option<&InstanceId> {
        self.wanted.as_ref()
    }

    /// Takes our cookie out of a head that is going to an instance, where that is the rule.
    pub fn hide(&self, head: &mut Vec<u8>) {
        if self.sticky.rules.hidden && self.had_any(head) {
            *head = without_cookie(head);
        }
    }

    fn had_any(&self, head: &[u8]) -> bool {
        /// Made once: making one costs more than a search through a head.
        static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(COOKIE));
        self.had_cookie || FINDER.find(head).is_some()
    }

    /// Adds to a head that is going to the client what makes it come back to the instance that
    /// answered: before the empty line, and only if it would not do so already.
    pub fn answer(&self, received: &[u8], served: &InstanceId, now: u64, head: &mut Vec<u8>) {
        let stays = self.wanted.as_ref() == Some(served);
        let life = match &self.sticky.rules.follows {
            None if stays => return,
            None => None,
            Some(follows) => match life_of(received, follows.as_bytes()) {
                // As long as the application's own.
                Some(life) => Some(life),
                // It went to another instance, because the one it named is gone.
                None if self.had_cookie && !stays => None,
                None => return,
            },
        };
        let mut names = self.sticky.names.iter();
        let Some((name, _)) = names.find(|(_, instance)| instance == served) else {
            // It left while it was answering.
            return;
        };
        let rules = &self.sticky.rules;
        let mut value = name.to_string();
        if rules.dated {
            let _ = write!(value, "-{now:x}");
        }
        let mut life = life.unwrap_or_default();
        if let (false, None, Some(lifetime)) = (rules.dated, &rules.follows, rules.lifetime) {
            life = format!(";MAX-AGE={}", lifetime.as_secs());
        }
        head.truncate(head.len() - 2);
        let mut lines = format!("Set-Cookie: AWSELB={value};PATH=/{life}\r\n");
        if self.cors {
            let _ = write!(
                lines,
                "Set-Cookie: AWSELBCORS={value};PATH=/{life};SECURE;SAMESITE=None\r\n"
            );
        }
        let _ = write!(lines, "Cache-Control: {}\r\n\r\n", rules.cache_control);
        head.extend_from_slice(lines.as_bytes());
    }
}

/// The lines of a head after its first, without the empty one.
fn lines(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    head.split(|byte| *byte == b'\n')
        .skip(1)
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .take_while(|line| !line.is_empty())
}

/// The value of a line, if it is the field of this name, in lower case.
fn value_of<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (field, value) = line.split_at_checked(name.len())?;
    let value = value.strip_prefix(b":")?;
    field.eq_ignore_ascii_case(name).then(|| value.trim_ascii())
}

fn fields<'a>(head: &'a [u8], name: &'static [u8]) -> impl Iterator<Item = &'a [u8]> {
    lines(head).filter_map(move |line| value_of(line, name))
}

/// The pairs of a Cookie field (RFC 6265 §4.2.1).
fn pairs(value: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    value.split(|byte| *byte == b';').filter_map(pair)
}

fn pair(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(b'=', text)?;
    Some((text[..at].trim_ascii(), text[at + 1..].trim_ascii()))
}

/// What the last Set-Cookie of a name says of its life, ready for a Set-Cookie of ours.
fn life_of(head: &[u8], name: &[u8]) -> Option<String> {
    let mut found = None;
    for value in fields(head, b"set-cookie") {
        let mut parts = value.split(|byte| *byte == b';');
        if parts.next().and_then(pair).map(|(name, _)| name) != Some(name) {
            continue;
        }
        // Of an attribute that comes twice the last one counts (RFC 6265 §5.3).
        let (mut age, mut date) = (None, None);
        for (attribute, value) in parts.filter_map(pair) {
            if attribute.eq_ignore_ascii_case(b"max-age") {
                age = age_of(value).or(age);
            } else if attribute.eq_ignore_ascii_case(b"expires") {
                date = date_of(value).or(date);
            }
        }
        let mut life = String::new();
        if let Some(age) = age {
            let _ = write!(life, ";MAX-AGE={age}");
        }
        if let Some(date) = date {
            let _ = write!(life, ";EXPIRES={date}");
        }
        found = Some(life);
    }
    found
}

/// The value of Max-Age, unless clients would not heed it: seconds, negative for what is over.
fn age_of(value: &[u8]) -> Option<&str> {
    let digits = value.strip_prefix(b"-").unwrap_or(value);
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let fits = is_number && value.len() <= LONGEST_AGE;
    std::str::from_utf8(value).ok().filter(|_| fits)
}

/// The value of Expires, as far as it may be a date.
fn date_of(value: &[u8]) -> Option<&str> {
    let is_text = |byte: &u8| matches!(byte, b' '..=b'~');
    let fits = value.len() <= LONGEST_DATE && value.iter().all(is_text);
    std::str::from_utf8(value).ok().filter(|_| fits)
}

/// Bytes of the values that are repeated: our cookies must fit before a head whose place they take.
/// The longest date of RFC 9110 §5.6.7 has 33, and an age beyond 64 bits is no age.
const LONGEST_DATE: usize = 48;
const LONGEST_AGE: usize = 20;

/// A head without our cookies in its Cookie fields.
fn without_cookie(head: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(head.len());
    for line in head.split_inclusive(|byte| *byte == b'\n') {
        let bare = line.strip_suffix(b"\r\n").unwrap_or(line);
        let Some(value) = value_of(bare, b"cookie") else {
            kept.extend_from_slice(line);
            continue;
        };
        let ours = |part: &&[u8]| {
            pair(part).is_some_and(|(name, _)| name == COOKIE || name == CORS_COOKIE)
        };
        let others: Vec<_> = value
            .split(|byte| *byte == b';')
            .filter(|part| !ours(part))
            .collect();
        let others = others.join(&b';');
        if !others.trim_ascii().is_empty() {
            kept.extend_from_slice(b"Cookie: ");
            kept.extend_from_slice(others.trim_ascii());
            kept.extend_from_slice(b"\r\n");
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const NOW: u64 = 0x6000_0000;

    fn balancer(name: &str) -> BalancerLabel {
        BalancerLabel {
            account: "000000000001".into(),
            name: name.into(),
        }
    }

    fn targets(names: &str) -> Vec<Target> {
        names
            .chars()
            .map(|name| Target {
                instance: InstanceId::new(format!("i-{name}")),
                address: ([127, 0, 0, 1], 80).into(),
                tls: None,
            })
            .collect()
    }

    /// Amazon's rules or HAProxy's, for a cookie of 60 seconds or that follows another.
    fn rules(amazon: bool, follows: Option<&str>) -> Stickiness {
        Stickiness {
            follows: follows.map(Arc::from),
            lifetime: follows.is_none().then_some(Duration::from_secs(60)),
            dated: !amazon,
            cache_control: "no-cache=\"set-cookie\"",
            cors: amazon,
            hidden: !amazon,
        }
    }

    fn sticky(rules: &Stickiness, in_service: &str) -> Arc<Sticky> {
        Arc::new(Sticky::new(rules, &balancer("web"), &targets(in_service)))
    }

    fn id(name: char) -> InstanceId {
        InstanceId::new(format!("i-{name}"))
    }

    fn value(name: char) -> String {
        super::name(&balancer("web"), &id(name)).into()
    }

    fn visit(sticky: &Arc<Sticky>, lines: &str) -> Visit {
        let head = format!("GET / HTTP/1.1\r\nHost: x\r\n{lines}\r\n");
        Visit::new(Arc::clone(sticky), head.as_bytes(), NOW)
    }

    /// The lines added to an answer with these.
    fn added(visit: &Visit, served: char, lines: &str) -> String {
        let received = format!("HTTP/1.1 200 OK\r\n{lines}\r\n");
        let mut head = received.clone().into_bytes();
        visit.answer(received.as_bytes(), &id(served), NOW, &mut head);
        let text = String::from_utf8(head).unwrap();
        let added = text.strip_prefix(received.strip_suffix("\r\n").unwrap());
        added.unwrap().strip_suffix("\r\n").unwrap().to_owned()
    }

    #[test]
    fn a_cookie_leads_to_the_instance_it_names_while_that_is_in_service() {
        let (a, b) = (value('a'), value('b'));
        let other = name(&balancer("other"), &id('a'));
        let old = format!("{a}-{:x}", NOW - 61);
        let edge = format!("{a}-{:x}", NOW - 60);
        let future = format!("{a}-{:x}", NOW + 1);
        let cases = [
            // Amazon's: the client minds the age.
            (true, format!("Cookie: AWSELB={a}\r\n"), Some('a')),
            (true, format!("cookie:x=1;AWSELB={b} ; y=2\r\n"), Some('b')),
            (
                true,
                format!("Cookie: x=1\r\nCookie: AWSELB={b}\r\n"),
                Some('b'),
            ),
            (true, format!("Cookie: AWSELBCORS={b}\r\n"), Some('b')),
            (
                true,
                format!("Cookie: AWSELB={a}; AWSELBCORS={b}\r\n"),
                Some('a'),
            ),
            (
                true,
                format!("Cookie: AWSELBCORS={b}; AWSELB={a}\r\n"),
                Some('a'),
            ),
            (true, format!("Cookie: AWSELB={old}\r\n"), Some('a')),
            // Not in service, of another load balancer, made up, not ours.
            (true, format!("Cookie: AWSELB={}\r\n", value('c')), None),
            (true, format!("Cookie: AWSELB={other}\r\n"), None),
            (true, "Cookie: AWSELB=i-a\r\n".to_owned(), None),
            (true, "Cookie: AWSELB=127.0.0.1\r\n".to_owned(), None),
            (true, "Cookie: AWSELB=\r\n".to_owned(), None),
            (true, format!("Cookie: awselb={a}\r\n"), None),
            (true, format!("Cookie: XAWSELB={a}\r\n"), None),
            (true, format!("X-Cookie: AWSELB={a}\r\n"), None),
            (true, String::new(), None),
            // HAProxy's: the date in the cookie decides.
            (false, format!("Cookie: AWSELB={edge}\r\n"), Some('a')),
            (false, format!("Cookie: AWSELB={old}\r\n"), None),
            (false, format!("Cookie: AWSELB={future}\r\n"), None),
            (false, format!("Cookie: AWSELB={a}\r\n"), None),
            (false, format!("Cookie: AWSELB={a}-zz\r\n"), None),
        ];
        for (amazon, lines, expected) in cases {
            let visit = visit(&sticky(&rules(amazon, None), "ab"), &lines);
            assert_eq!(visit.wanted(), expected.map(id).as_ref(), "{lines}");
        }
    }

    #[test]
    fn an_answer_sets_the_cookie_when_the_client_has_no_good_one() {
        let (a, b) = (value('a'), value('b'));
        let cache = "Cache-Control: no-cache=\"set-cookie\"\r\n";
        let set = format!("Set-Cookie: AWSELB={b};PATH=/;MAX-AGE=60\r\n");
        let cases = [
            (true, String::new(), format!("{set}{cache}")),
            // It stays: set once, never refreshed.
            (true, format!("Cookie: AWSELB={b}\r\n"), String::new()),
            // It was led elsewhere, since what it named is gone.
            (
                true,
                format!("Cookie: AWSELB={a}\r\n"),
                format!("{set}{cache}"),
            ),
            (
                true,
                "Origin: https://page.example\r\n".to_owned(),
                format!(
                    "{set}Set-Cookie: AWSELBCORS={b};PATH=/;MAX-AGE=60;SECURE;SAMESITE=None\r\n{cache}"
                ),
            ),
            (
                false,
                "Origin: https://page.example\r\n".to_owned(),
                format!("Set-Cookie: AWSELB={b}-60000000;PATH=/\r\n{cache}"),
            ),
        ];
        for (amazon, lines, expected) in cases {
            let visit = visit(&sticky(&rules(amazon, None), "ab"), &lines);
            assert_eq!(added(&visit, 'b', ""), expected, "{lines}");
        }
        // Without an age it is the browser's session.
        let session = Stickiness {
            lifetime: None,
            ..rules(true, None)
        };
        let added = added(&visit(&sticky(&session, "b"), ""), 'b', "");
        assert!(added.starts_with(&format!("Set-Cookie: AWSELB={b};PATH=/\r\n")));
    }

    #[test]
    fn the_cookie_follows_that_of_the_application() {
        let (a, b) = (value('a'), value('b'));
        let cache = "Cache-Control: no-cache=\"set-cookie\"\r\n";
        let set = |life: &str| format!("Set-Cookie: AWSELB={b};PATH=/{life}\r\n{cache}");
        let cases = [
            ("", "", None, String::new()),
            ("", "Set-Cookie: other=1\r\n", None, String::new()),
            ("", "Set-Cookie: app=1\r\n", None, set("")),
            (
                "",
                "set-cookie: app=1; Path=/x; max-age=5; HttpOnly\r\n",
                None,
                set(";MAX-AGE=5"),
            ),
            (
                "",
                "Set-Cookie: app=; Expires=Thu, 01 Jan 1970 00:00:00 GMT\r\n",
                None,
                set(";EXPIRES=Thu, 01 Jan 1970 00:00:00 GMT"),
            ),
            // What is no age and no date is not repeated, however long and in whatever letters.
            (
                "",
                &*format!(
                    "Set-Cookie: app=1; Max-Age=4; Max-Age=5; Max-Age={}; Max-Age=1e3\r\n",
                    "1\u{e9}".repeat(99)
                ),
                None,
                set(";MAX-AGE=5"),
            ),
            (
                "",
                &*format!(
                    "Set-Cookie: app=1; Expires={}; Max-Age=-1; Expires={}\r\n",
                    "\u{e9}".repeat(20),
                    "x".repeat(49)
                ),
                None,
                set(";MAX-AGE=-1"),
            ),
            // Together they stick; when the application's is gone, ours counts no more.
            (
                &*format!("Cookie: app=1; AWSELB={b}\r\n"),
                "",
                Some('b'),
                String::new(),
            ),
            (&*format!("Cookie: AWSELB={b}\r\n"), "", None, String::new()),
            ("Cookie: app=1\r\n", "", None, String::new()),
            // The instance that it named did not answer: it sticks to the one that did.
            (
                &*format!("Cookie: app=1; AWSELB={a}\r\n"),
                "",
                Some('a'),
                set(""),
            ),
            (
                &*format!("Cookie: app=1; AWSELB={}\r\n", value('c')),
                "",
                None,
                set(""),
            ),
        ];
        for (asked, answered, wanted, expected) in cases {
            let visit = visit(&sticky(&rules(true, Some("app")), "ab"), asked);
            assert_eq!(visit.wanted(), wanted.map(id).as_ref(), "{asked}");
            assert_eq!(added(&visit, 'b', answered), expected, "{asked}{answered}");
        }
    }

    #[test]
    fn instances_do_not_see_the_cookie_where_it_is_hidden() {
        let a = value('a');
        let cases = [
            (format!("Cookie: AWSELB={a}-1\r\nA: b\r\n"), "A: b\r\n"),
            (
                format!("A: b\r\nCookie: x=1; AWSELB={a}; y=2\r\n"),
                "A: b\r\nCookie: x=1; y=2\r\n",
            ),
            (format!("Cookie: AWSELB={a}; y=2\r\n"), "Cookie: y=2\r\n"),
            (
                format!("Cookie: x=1; AWSELBCORS={a}\r\n"),
                "Cookie: x=1\r\n",
            ),
            (
                "Cookie: AWSELB=forged; x=1\r\n".to_owned(),
                "Cookie: x=1\r\n",
            ),
            (
                "Cookie: x=AWSELB; AWSELB2=1\r\n".to_owned(),
                "Cookie: x=AWSELB; AWSELB2=1\r\n",
            ),
            ("A: AWSELB=1\r\n".to_owned(), "A: AWSELB=1\r\n"),
        ];
        for (lines, expected) in cases {
            for (amazon, expected) in [(false, expected), (true, &*lines)] {
                let visit = visit(&sticky(&rules(amazon, None), "a"), &lines);
                let mut head = format!("GET / HTTP/1.1\r\n{lines}\r\n").into_bytes();
                visit.hide(&mut head);
                let expected = format!("GET / HTTP/1.1\r\n{expected}\r\n");
                assert_eq!(String::from_utf8(head).unwrap(), expected);
            }
        }
    }
}
