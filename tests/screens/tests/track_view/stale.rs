//! Tracks of which something was received before their level changed.

use keel::editor::Controls;
use keel_core::mix::{MixReport, Span, StaleReport, Verdict};
use keel_core::units::{Db, Seconds};

use super::fixture::{bass, judged, with};

/// The middle holds.
pub fn stale() -> (MixReport, Controls) {
    let mut me = judged(bass(), -0.2, Verdict::High, 2.8, -3.0);
    me.stale = Some(parts(&[(0.0, 48.0), (64.0, 212.0)], &[(48.0, 64.0)], 196.0, 3.2));
    with(me)
}

pub fn stale_in_places() -> (MixReport, Controls) {
    let mut me = judged(bass(), -4.4, Verdict::Sits, 0.0, 0.0);
    let (stale, received) = ([(8.0, 9.0), (40.0, 64.0), (90.0, 90.4)], [(0.0, 8.0), (20.0, 40.0), (64.0, 90.0)]);
    me.stale = Some(parts(&stale, &received, 25.4, -1.4));
    with(me)
}

fn parts(stale: &[(f64, f64)], received: &[(f64, f64)], seconds: f64, by: f64) -> StaleReport {
    let spans = |parts: &[(f64, f64)]| {
        parts.iter().map(|(from, to)| Span { from_s: Seconds(*from), to_s: Seconds(*to) }).collect()
    };
    StaleReport { seconds: Seconds(seconds), changed_by_db: Db(by), spans: spans(stale), heard: spans(received) }
}
