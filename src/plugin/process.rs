//! The audio thread's part of an instance.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use keel_core::dsp::{Analyzer, Clock};
use keel_core::link::TrackWriter;
use keel_core::mix::Role;
use nice_plug::prelude::Transport;

use super::clock::SongClock;
use super::gain::{self, Ramp};
use super::mono::MonoCheck;
use super::shared::Shared;
use crate::host::Instance;

/// Rates that the analyzer can measure at.
const SAMPLE_RATES: std::ops::RangeInclusive<f32> = 8_000.0..=768_000.0;

/// One plugin instance: measures its input, then trims it.
#[derive(Debug)]
pub struct Keel {
    shared: Arc<Shared>,
    writer: TrackWriter,
    analyzer: Option<Analyzer>,
    /// Counts the instances, so that their transforms do not fall in the same block.
    number: u32,
    clock: SongClock,
    trim: Ramp,
    mono: MonoCheck,
    /// A fault in the meters: from here on they stand.
    has_failed: bool,
}

impl Default for Keel {
    fn default() -> Self {
        static INSTANCES: AtomicU32 = AtomicU32::new(0);
        let (shared, writer) = Shared::join();
        Self {
            shared,
            writer,
            analyzer: None,
            number: INSTANCES.fetch_add(1, Ordering::Relaxed),
            clock: SongClock::default(),
            trim: Ramp::new(48_000.0, 1.0),
            mono: MonoCheck::new(48_000.0),
            has_failed: false,
        }
    }
}

impl Keel {
    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Everything is allocated here. False for a rate or layout that cannot be measured.
    pub(super) fn prepare(&mut self, channels: usize, sample_rate: f32, offline: bool) -> bool {
        if !(1..=2).contains(&channels) || !SAMPLE_RATES.contains(&sample_rate) {
            return false;
        }
        let same = self.analyzer.as_ref().is_some_and(|analyzer| {
            analyzer.channels() == channels && analyzer.sample_rate() == f64::from(sample_rate)
        });
        if !same || self.has_failed {
            self.analyzer = Some(Analyzer::new(f64::from(sample_rate), channels).with_stagger(self.number));
            self.trim = Ramp::new(sample_rate, 1.0);
            self.mono = MonoCheck::new(sample_rate);
        }
        self.has_failed = false;
        self.shared.meters_failed(false);
        self.shared.rendering(offline);
        self.writer.begin(offline);
        self.restart();
        self.shared.activated(channels, sample_rate);
        true
    }

    /// The stream breaks here.
    pub(super) fn restart(&mut self) {
        self.contained(|analyzer, _| analyzer.reset());
        self.clock.restart();
        self.trim.snap(self.shared.keel_params().gain());
        self.mono.reset();
    }

    /// The stream ends here: what waits for more frames is given out as it is.
    pub(super) fn release(&mut self) {
        self.contained(Analyzer::flush);
        self.shared.activated(0, 0.0);
    }

    /// One block.
    pub(super) fn run(&mut self, left: &mut [f32], right: Option<&mut [f32]>, transport: &Transport) {
        let clock = self.clock.read(transport, self.shared.keel_params().gain());
        self.shared.publish(self.writer.settings());
        self.contained(|analyzer, writer| analyzer.process(left, right.as_deref(), &clock, writer));
        self.process(left, right, &clock);
        self.clock.advance(left.len());
    }

    /// A panic would end the host at the border to it. It ends the measuring instead, until the next activation; the
    /// audio goes on as it did.
    fn contained(&mut self, measure: impl FnOnce(&mut Analyzer, &mut TrackWriter)) {
        let Self { analyzer: Some(analyzer), writer, has_failed: false, .. } = self else { return };
        self.has_failed = catch_unwind(AssertUnwindSafe(|| measure(analyzer, writer))).is_err();
        if self.has_failed {
            self.shared.meters_failed(true);
        }
    }

    /// What the ear and the next plugin get. With no trim and no check the samples stay as they are.
    fn process(&mut self, left: &mut [f32], mut right: Option<&mut [f32]>, clock: &Clock) {
        self.trim.set_target(clock.gain);
        gain::apply(&mut self.trim, left, right.as_deref_mut());
        let mono = self.mono_wanted(clock.recording);
        if self.shared.is_offline() {
            // At once: not even its fade gets into a render.
            self.mono.reset();
        } else if let Some(right) = right {
            self.mono.process(mono, left, right);
        }
    }

    /// Never in a recording, ten minutes at most.
    fn mono_wanted(&self, recording: bool) -> bool {
        let is_bus = self.writer.settings().judged_role().0 == Role::MixBus;
        if recording || self.mono.expired() {
            self.shared.end_mono_check();
            if is_bus {
                self.writer.end_bus_mono();
            }
            return false;
        }
        let params = self.shared.keel_params();
        let asked = params.mono.value() || (is_bus && self.writer.bus_mono_wanted());
        asked && !params.bypass.value()
    }
}

#[cfg(test)]
mod tests {
    use keel_core::link::session;
    use nice_plug::plugin::ParamValue;

    use super::*;
    use crate::host::ParamTable;

    /// A second through it; returns the output's last frame and the highest peak that the session heard of.
    fn run(keel: &mut Keel, level: f32) -> ((f32, f32), f32) {
        let (mut left, mut right) = ([level; 48_000], [-level; 48_000]);
        keel.run(&mut left, Some(&mut right), &Transport::new(48_000.0));
        let id = keel.shared.track().id();
        let heard = session().view(|tracks, _| {
            let me = tracks.iter().find(|track| track.id == id).expect("this track");
            me.held_peak.unwrap_or(0.0)
        });
        ((left[47_999], right[47_999]), heard)
    }

    #[test]
    fn a_fault_in_the_meters_leaves_the_audio_as_it_was() {
        let mut keel = Keel::default();
        ParamTable::new(keel.shared.params()).restore("trim", &ParamValue::F32(6.0), None).expect("a trim");
        let gain = keel.shared.keel_params().gain();
        assert!(keel.prepare(2, 48_000.0, false));
        let before = run(&mut keel, 0.25);
        assert_eq!(before.0, (0.25 * gain, -0.25 * gain));

        keel.contained(|_, _| panic!("a fault on purpose"));
        let failed = run(&mut keel, 0.4);
        assert_eq!(failed, ((0.4 * gain, -0.4 * gain), before.1), "trimmed as before, and nothing new is heard");
        assert!(keel.shared.notes().iter().any(|note| note.contains("meters")), "{:?}", keel.shared.notes());
        keel.restart();
        keel.release();

        assert!(keel.prepare(2, 48_000.0, false));
        assert!(run(&mut keel, 0.4).1 > before.1, "the next activation measures again");
        assert_eq!(keel.shared.notes(), [""; 0]);
    }
}
