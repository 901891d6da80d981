//! From an offset to a verdict and a move.

use crate::mix::{Verdict, VerdictRules};
use crate::units::Db;

/// No move is searched beyond this, in dB.
const FARTHEST_MOVE: f64 = 60.0;

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
    /// The offset after the move.
    pub lands_at: f64,
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
    let move_by = -deviation.signum() as f64 * stretches * rules.step.0;
    Judgement {
        verdict,
        edge: verdict == Verdict::Sits && deviation != 0,
        deviation: Db(deviation as f64 / 10.0),
        move_by: Db(move_by),
        lands_at: offset + move_by,
    }
}

/// The same of an offset from a mix that the track is part of, and that moves with it.
pub(crate) fn judge_offset_in_mix(offset: f64, low: Db, high: Db, rules: &VerdictRules) -> Judgement {
    let judged = judge_offset(offset, low, high, rules);
    let share = 10f64.powf(offset / 10.0).min(1.0 - 1e-6);
    let moved = |by: f64| offset + by - 10.0 * (1.0 + share * (10f64.powf(by / 10.0) - 1.0)).log10();
    let way = judged.move_by.0.signum();
    let steps = (FARTHEST_MOVE / rules.step.0) as i32;
    let mut moves = (1..=steps).map(|step| way * f64::from(step) * rules.step.0);
    let lands = |by: &f64| judge_offset(moved(*by), low, high, rules).verdict == Verdict::Sits;
    match judged.verdict {
        Verdict::Low | Verdict::High => {
            let move_by = moves.find(lands).unwrap_or(judged.move_by.0);
            Judgement { move_by: Db(move_by), lands_at: moved(move_by), ..judged }
        }
        _ => judged,
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
    fn a_move_in_a_mix_takes_the_mix_along_and_lands() {
        let rules = Profile::guide().rules.verdict;
        for tenth in -300..0 {
            let offset = f64::from(tenth) / 10.0;
            let read = judge_offset_in_mix(offset, Db(-4.9), Db(-2.3), &rules);
            // The rest stays as it is, the track's power is moved.
            let own = 10f64.powf(offset / 10.0);
            let moved = own * 10f64.powf(read.move_by.0 / 10.0);
            let lands = 10.0 * (moved / (1.0 - own + moved)).log10();
            assert!((lands - read.lands_at).abs() < 1e-3, "{offset} moved by {}: {lands}", read.move_by.0);
            let landed = judge_offset(lands, Db(-4.9), Db(-2.3), &rules).verdict;
            assert_eq!(landed, Verdict::Sits, "{offset} moved by {} dB to {lands}", read.move_by.0);
        }
        // 1.0 under the mix, 80 % of it: a pull of 3 dB leaves 66 % of what is left, 1.8 under it.
        let read = judge_offset_in_mix(-0.97, Db(-4.9), Db(-2.3), &rules);
        assert_eq!((read.verdict, read.move_by), (Verdict::High, Db(-3.0)));
        assert!((read.lands_at + 1.8).abs() < 0.1, "{}", read.lands_at);
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
