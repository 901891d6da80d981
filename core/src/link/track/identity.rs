//! Who a track is, in its session and among all that are open.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::mix::TrackId;

/// A number that nothing of this process has, and by all odds nothing of another.
pub(crate) fn new_number() -> u64 {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    static RANDOM: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    let mut hasher = RANDOM.build_hasher();
    hasher.write_u64(COUNT.fetch_add(1, Ordering::Relaxed));
    hasher.finish().max(1)
}

/// Names a session, in every project that belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub u64);

impl SessionId {
    /// As a project stored it: 16 hexadecimal digits, or what another version made of it. An empty text is none.
    pub fn stored(text: &str) -> Option<Self> {
        let number = u64::from_str_radix(text, 16).ok().filter(|&number| number != 0 && text.len() == 16);
        (!text.is_empty()).then(|| Self(number.unwrap_or_else(|| hash(&[text]))))
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Who a track is. Changes only under the lock of the session's tracks.
#[derive(Debug)]
pub(crate) struct Identity {
    /// Names the track as long as it lives; never stored.
    pub uid: u64,
    id: AtomicU64,
    /// The id that its project stored: another than its own where that was taken.
    claims: AtomicU64,
    /// Of two tracks that claim one id, the one with the higher number came later.
    seniority: AtomicU64,
    session: AtomicU64,
}

impl Identity {
    pub fn new(uid: u64, id: TrackId, claims: TrackId, seniority: u64, session: SessionId) -> Self {
        let (id, claims) = (AtomicU64::new(id.0), AtomicU64::new(claims.0));
        Self { uid, id, claims, seniority: AtomicU64::new(seniority), session: AtomicU64::new(session.0) }
    }

    pub fn id(&self) -> TrackId {
        TrackId(self.id.load(Ordering::Relaxed))
    }

    pub fn claims(&self) -> TrackId {
        TrackId(self.claims.load(Ordering::Relaxed))
    }

    pub fn is_copy(&self) -> bool {
        self.id() != self.claims()
    }

    pub fn seniority(&self) -> u64 {
        self.seniority.load(Ordering::Relaxed)
    }

    pub fn session(&self) -> SessionId {
        SessionId(self.session.load(Ordering::Relaxed))
    }

    pub fn set(&self, id: TrackId, claims: TrackId, seniority: u64) {
        self.id.store(id.0, Ordering::Relaxed);
        self.claims.store(claims.0, Ordering::Relaxed);
        self.seniority.store(seniority, Ordering::Relaxed);
    }

    pub fn set_session(&self, session: SessionId) {
        self.session.store(session.0, Ordering::Relaxed);
    }
}

/// FNV-1a: the same in every build, as processes of different builds compare it. Never 0.
pub(crate) fn hash(texts: &[&str]) -> u64 {
    let bytes = texts.iter().flat_map(|text| text.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |sum: u64, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_stored_in_16_digits() {
        let id = SessionId(0xbead);
        assert_eq!((id.to_string().as_str(), SessionId::stored(&id.to_string())), ("000000000000bead", Some(id)));
        assert_eq!(SessionId::stored(""), None);
        let other = SessionId::stored("a song of a later version");
        assert!(other.is_some() && other == SessionId::stored("a song of a later version"));
        assert_ne!(other, SessionId::stored("0000000000000000"), "no number names it, and yet it is one");
    }
}
