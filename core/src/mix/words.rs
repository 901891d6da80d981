//! Sentences that the editor and the command line share.

use super::{Role, Verdict};
use crate::units::{Db, Seconds};

/// Why a track that is too loud or too quiet hurts, in the guide's words.
pub fn cause(_role: Role, verdict: Verdict) -> &'static str {
    if verdict == Verdict::High { "too loud" } else { "too quiet" }
}

/// "Pull 3 dB".
pub fn move_sentence(move_by: Db) -> String {
    format!("{} {:.0} dB", if move_by.0 < 0.0 { "Pull" } else { "Push" }, move_by.0.abs())
}

/// "+3.0 dB".
pub fn db(level: Db) -> String {
    format!("{:+.1} dB", level.0).replace('-', "\u{2212}")
}

/// "1:05".
pub fn clock(time: Seconds) -> String {
    format!("{:.0}:{:02.0}", (time.0 / 60.0).floor(), time.0.rem_euclid(60.0).floor())
}
