//! On which side of its band a unit breaks.

use crate::mix::profile::Target;
use crate::mix::report::Verdict;
use crate::mix::verdicts::{MixContext, deviation};
use crate::units::Db;

/// The side of the band on which an offset lies too far out.
pub(super) fn side_of(mix: &MixContext<'_>, offset: f64, target: Target) -> Option<Verdict> {
    beyond(offset, target, mix.profile.rules.breaks.beyond)
}

/// The side on which an offset lies by `beyond` or more, in whole tenths.
pub(super) fn beyond(offset: f64, target: Target, beyond: Db) -> Option<Verdict> {
    let deviation = deviation(offset, target.low_db, target.high_db);
    if deviation == 0.0 {
        return None;
    }
    let (tenths, limit) = ((deviation * 10.0).round(), (beyond.0 * 10.0).round());
    if tenths != 0.0 && tenths >= limit {
        Some(Verdict::High)
    } else if tenths != 0.0 && tenths <= -limit {
        Some(Verdict::Low)
    } else {
        None
    }
}
