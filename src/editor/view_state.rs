//! What the view remembers between frames: time for the eye, and what the user has begun.

use std::collections::BTreeMap;
use std::sync::Arc;

use keel_core::mix::{MixReport, TrackId};

use super::api::{Controls, Live};
use super::listen_timer::ListenTimer;
use super::shown_report::ShownReport;
use super::theme::Wear;

/// A mark covers 95 % of its way in 150 ms: three of these.
const GLIDE_S: f64 = 0.05;
/// Closer than this a mark has arrived: less than a tenth of a pixel on any scale.
const REST: f64 = 0.004;
/// The light of a hit falls to a third in this time.
const FLASH_S: f64 = 0.12;

/// So long a window waits for its first judgement without a word.
const FIRST_JUDGEMENT_S: f64 = 0.5;

/// What the view remembers between frames. One for each open window.
#[derive(Clone, Debug, Default)]
pub struct ViewState {
    /// Which palette the window wears.
    pub wear: Wear,
    pub(super) now: f64,
    dt: f64,
    shown: Option<Arc<ShownReport>>,
    /// Since when the report has been without this track.
    absent_since: Option<f64>,
    marks: BTreeMap<&'static str, f64>,
    onsets: Option<u32>,
    hit_at: Option<f64>,
    pub(super) listen: Option<ListenTimer>,
    /// The name while the user edits it.
    pub(super) name: Option<String>,
    /// The session code while the user edits it.
    pub(super) code: Option<String>,
    /// The session's page is open.
    pub(super) session: bool,
    /// The trim at the start of a drag, and the pointer's x there.
    pub(super) trim_drag: Option<(f64, f32)>,
}

impl ViewState {
    /// Opens the session's page.
    pub fn open_session(&mut self) {
        self.session = true;
    }

    /// The session's page is on show: what it lists should be fresh.
    pub fn shows_session(&self) -> bool {
        self.session
    }

    /// Brings time, what is shown, hits and listening up to this frame.
    pub(super) fn advance(&mut self, now: f64, report: &MixReport, live: &Live, me: TrackId, controls: &Controls) {
        self.dt = (now - self.now).max(0.0);
        self.now = now;
        self.renew(report, live, me, &controls.notes);
        self.watch_hits(live.reference_onsets);
        if let Some(listen) = &mut self.listen {
            listen.advance(&controls.transport, &report.scope, &report.limits);
            if listen.is_over() {
                self.listen = None;
            }
        }
    }

    /// What to show; `None` while the report does not hold this track.
    pub(super) fn shown(&self) -> Option<Arc<ShownReport>> {
        self.shown.clone()
    }

    /// The report has been without this track for longer than a first judgement takes.
    pub(super) fn is_long_absent(&self) -> bool {
        self.absent_since.is_some_and(|since| self.now - since > FIRST_JUDGEMENT_S)
    }

    /// Where a mark stands on its way to `target`; a new mark starts there.
    pub(super) fn glide(&mut self, mark: &'static str, target: f64) -> f64 {
        let share = 1.0 - (-self.dt / GLIDE_S).exp();
        let place = self.marks.entry(mark).or_insert(target);
        *place += (target - *place) * share;
        if (target - *place).abs() < REST {
            *place = target;
        }
        *place
    }

    /// Forgets a mark that has nothing to show, so that it does not glide in from an old place.
    pub(super) fn lift(&mut self, mark: &'static str) {
        self.marks.remove(mark);
    }

    /// Brightness of the hit light, 0 to 1.
    pub(super) fn flash(&self) -> f32 {
        self.hit_at.map_or(0.0, |at| (-(self.now - at) / FLASH_S).exp() as f32)
    }

    /// Half of each half second: the only thing that blinks is clipping.
    pub(super) fn blink(&self) -> bool {
        (self.now * 4.0).rem_euclid(2.0) < 1.0
    }

    /// Takes what is shown from the report, where it is time to.
    fn renew(&mut self, report: &MixReport, live: &Live, me: TrackId, notes: &[String]) {
        let Some(track) = report.track(me) else {
            self.shown = None;
            self.absent_since.get_or_insert(self.now);
            return;
        };
        self.absent_since = None;
        if let Some(shown) = ShownReport::after(self.shown.as_deref(), report, track, live.track, notes, self.now) {
            self.shown = Some(Arc::new(shown));
        }
    }

    fn watch_hits(&mut self, onsets: Option<u32>) {
        if self.onsets.is_some() && onsets.is_some_and(|onsets| onsets > 0) && onsets != self.onsets {
            self.hit_at = Some(self.now);
        }
        self.onsets = onsets;
    }
}
