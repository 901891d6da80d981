//! From an offset to a verdict and a move.

use crate::mix::{Verdict, VerdictRules};
use crate::units::Db;

/// What an offset means against a band.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Judgement {
    /// Low, sits or high.
    pub verdict: Verdict,
    /// Sits only thanks to the margin at the band's edge.
    pub edge: bool,
    /// Outside the band by this much, positive above, rounded to 0.1 dB.
    pub deviation: Db,
    /// The smallest multiple of the step that lands in the band with its margin; 0 where it sits.
    pub move_by: Db,
}

/// Judges an offset. Works in whole tenths, so that 0.5 dB outside is 0.5 whatever the rounding of binary fractions.
pub(crate) fn judge_offset(offset: f64, low: Db, high: Db, rules: &VerdictRules) -> Judgement {
    // Two ways to the same number must round alike.
    let offset = (offset * 1e6).round() / 1e6;
    let deviation = tenths(deviation(offset, low, high));
    let edge = tenths(rules.edge.0);
    let verdict = match deviation {
        outside if outside > edge => Verdict::High,
        outside if outside < -edge => Verdict::Low,
        _ => Verdict::Sits,
    };
    let excess = (deviation.abs() - edge).max(0) as f64 / 10.0;
    let stretches = (excess / rules.step.0 - 1e-9).ceil().max(0.0);
    Judgement {
        verdict,
        edge: verdict == Verdict::Sits && deviation != 0,
        deviation: Db(deviation as f64 / 10.0),
        move_by: Db(-deviation.signum() as f64 * stretches * rules.step.0),
    }
}

/// Outside its band by no more than an edge.
pub(crate) fn sits_by(deviation: Db, edge: Db) -> bool {
    tenths(deviation.0).abs() <= tenths(edge.0)
}

/// Outside the band by this much, positive above, 0 within.
pub(crate) fn deviation(offset: f64, low: Db, high: Db) -> f64 {
    if offset > high.0 {
        offset - high.0
    } else if offset < low.0 {
        offset - low.0
    } else {
        0.0
    }
}

fn tenths(db: f64) -> i64 {
    (db * 10.0).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mix::Profile;

    fn bass(offset: f64) -> Judgement {
        judge_offset(offset, Db(-6.0), Db(-3.0), &Profile::guide().rules.verdict)
    }

    #[test]
    fn band_edge_and_moves_follow_the_rules() {
        for (offset, verdict, edge, move_by) in [
            (-4.5, Verdict::Sits, false, 0.0),
            (-3.0, Verdict::Sits, false, 0.0),
            (-2.96, Verdict::Sits, false, 0.0),
            (-2.5, Verdict::Sits, true, 0.0),
            (-2.46, Verdict::Sits, true, 0.0),
            (-2.44, Verdict::High, false, -3.0),
            (-0.2, Verdict::High, false, -3.0),
            (0.5, Verdict::High, false, -3.0),
            (0.6, Verdict::High, false, -6.0),
            (-6.5, Verdict::Sits, true, 0.0),
            (-6.6, Verdict::Low, false, 3.0),
            (-16.0, Verdict::Low, false, 12.0),
        ] {
            let read = bass(offset);
            assert_eq!((read.verdict, read.edge, read.move_by.0), (verdict, edge, move_by), "at {offset} dB");
        }
    }

    #[test]
    fn every_move_lands_and_none_smaller_does() {
        for tenth in -400..400 {
            let offset = f64::from(tenth) / 10.0;
            let read = bass(offset);
            let landed = bass(offset + read.move_by.0);
            assert_eq!(landed.verdict, Verdict::Sits, "{offset} moved by {} dB", read.move_by.0);
            if read.move_by.0 != 0.0 {
                let smaller = bass(offset + read.move_by.0 - 3.0 * read.move_by.0.signum());
                assert_ne!(smaller.verdict, Verdict::Sits, "a smaller move than {} lands too", read.move_by.0);
            }
        }
    }

    #[test]
    fn steps_of_any_size_land() {
        for step in [0.25, 0.5, 1.0, 1.5, 2.25] {
            let rules = VerdictRules { step: Db(step), ..Profile::guide().rules.verdict };
            for tenth in -200..200 {
                let offset = f64::from(tenth) / 10.0;
                let move_by = judge_offset(offset, Db(-6.0), Db(-3.0), &rules).move_by.0;
                let landed = judge_offset(offset + move_by, Db(-6.0), Db(-3.0), &rules).verdict;
                assert_eq!(landed, Verdict::Sits, "{offset} moved by {move_by} dB in steps of {step} dB");
            }
        }
    }

    #[test]
    fn a_guides_narrowest_band_can_always_be_hit() {
        let rules = Profile::guide().rules.verdict;
        for tenth in -200..200 {
            let offset = f64::from(tenth) / 10.0;
            let move_by = judge_offset(offset, Db(-4.0), Db(-2.0), &rules).move_by.0;
            assert_eq!(
                judge_offset(offset + move_by, Db(-4.0), Db(-2.0), &rules).verdict,
                Verdict::Sits,
                "at {offset}"
            );
        }
    }
}
