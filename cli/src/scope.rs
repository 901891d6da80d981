//! Which part of the song to judge, as users write it.

use keel_core::mix::{ScopeKind, SessionState};

/// `loudest`, `song`, or FROM-TO in seconds or m:ss.
pub fn parse(text: &str) -> Result<SessionState, String> {
    let state = |kind, range_s| SessionState { scope: Some(kind), range_s, ..SessionState::default() };
    match text {
        "loudest" => Ok(state(ScopeKind::Loudest, None)),
        "song" => Ok(state(ScopeKind::Song, None)),
        range => {
            let (from, to) = range.split_once('-').ok_or("give loudest, song, or FROM-TO in seconds or m:ss")?;
            match (seconds(from), seconds(to)) {
                (Some(from), Some(to)) if from < to => Ok(state(ScopeKind::Range, Some((from, to)))),
                (Some(_), Some(_)) => Err("the range ends before it begins".to_owned()),
                _ => Err("give FROM-TO in seconds or m:ss, as in 45-61 or 0:45-1:01".to_owned()),
            }
        }
    }
}

/// Seconds, or minutes and seconds.
fn seconds(text: &str) -> Option<f64> {
    let (minutes, seconds) = text.split_once(':').unwrap_or(("0", text));
    let minutes: u32 = minutes.trim().parse().ok()?;
    let seconds: f64 = seconds.trim().parse().ok()?;
    (seconds.is_finite() && seconds >= 0.0).then(|| f64::from(minutes) * 60.0 + seconds)
}
