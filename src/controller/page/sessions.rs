//! Tokens that open the status page once, and the sessions they open. Nothing of it is kept on disk.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use subtle::ConstantTimeEq;

/// How long a link is good for: as long as it takes to copy it into a browser.
const OFFER: Duration = Duration::from_secs(60);

/// How long a session lasts: a working day.
pub const SESSION: Duration = Duration::from_secs(12 * 60 * 60);

/// Links and sessions at a time; the oldest makes room.
const MOST: usize = 16;

/// Random bytes of a secret: 128 bits cannot be guessed.
const SECRET_BYTES: usize = 16;

/// A random word.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands for a word where there are no random bytes; nothing that is allowed by it exists.
    pub fn nothing() -> Secret {
        Secret("none".to_owned())
    }
}

/// A new random word.
///
/// # Errors
///
/// The system has no random bytes.
pub fn random() -> Result<Secret, getrandom::Error> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(Secret(hex::encode(bytes)))
}

/// Words and until when each is good.
type Words = Vec<(Secret, Instant)>;

#[derive(Default)]
struct Known {
    offers: Words,
    sessions: Words,
}

/// Everybody who may see the page. A `std` mutex: nothing waits while holding it.
#[derive(Default)]
pub struct Sessions(Mutex<Known>);

fn place(words: &Words, asked: &str, now: Instant) -> Option<usize> {
    // Every word is compared, in constant time: how long it takes tells nothing.
    let mut found = None;
    for (index, (word, until)) in words.iter().enumerate() {
        let same = bool::from(word.0.as_bytes().ct_eq(asked.as_bytes()));
        if same && now < *until {
            found = Some(index);
        }
    }
    found
}

fn keep(words: &mut Words, word: Secret, until: Instant, now: Instant) {
    words.retain(|(_, until)| now < *until);
    if words.len() >= MOST {
        words.remove(0);
    }
    words.push((word, until));
}

impl Sessions {
    fn known(&self) -> MutexGuard<'_, Known> {
        // What is behind it is whole after any panic: words are added and removed in one step.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A token that opens one session.
    ///
    /// # Errors
    ///
    /// The system has no random bytes.
    pub fn offer(&self, now: Instant) -> Result<String, getrandom::Error> {
        let token = random()?;
        keep(&mut self.known().offers, token.clone(), now + OFFER, now);
        Ok(token.0)
    }

    /// The session that a token opens; a token opens one only.
    pub fn redeem(&self, token: &str, now: Instant) -> Option<Secret> {
        let mut known = self.known();
        let at = place(&known.offers, token, now)?;
        known.offers.remove(at);
        let session = random().ok()?;
        keep(&mut known.sessions, session.clone(), now + SESSION, now);
        Some(session)
    }

    /// Whether a session is open.
    pub fn knows(&self, session: &str, now: Instant) -> bool {
        place(&self.known().sessions, session, now).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_one_session_within_its_time() {
        let sessions = Sessions::default();
        let now = Instant::now();
        let token = sessions.offer(now).unwrap();
        assert!(sessions.redeem("", now).is_none());
        assert!(!sessions.knows(&token, now), "a token is no session");
        let session = sessions.redeem(&token, now).unwrap();
        assert!(sessions.redeem(&token, now).is_none(), "used");
        assert!(sessions.knows(session.as_str(), now));
        assert!(!sessions.knows(session.as_str(), now + SESSION));
        let late = sessions.offer(now).unwrap();
        assert!(sessions.redeem(&late, now + OFFER).is_none(), "too late");
    }

    #[test]
    fn the_oldest_makes_room() {
        let sessions = Sessions::default();
        let now = Instant::now();
        let tokens: Vec<String> = (0..=MOST).map(|_| sessions.offer(now).unwrap()).collect();
        assert!(sessions.redeem(&tokens[0], now).is_none());
        assert!(sessions.redeem(&tokens[MOST], now).is_some());
    }
}
