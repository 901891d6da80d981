//! The audio thread's part of an instance.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use keel_core::dsp::{Analyzer, Clock};
use keel_core::link::TrackWriter;
use keel_core::mix::Role;
use nice_plug::prelude::Transport;

use super::clock::{Motion, SongClock, after};
use super::gain::{self, Ramp};
use super::instance::KeelInstance;
use super::mono::MonoCheck;
use super::pace::{Pace, PaceState};
use super::remarks::Fault;
use crate::host::Instance;

/// Rates that the analyzer can measure at.
const SAMPLE_RATES: std::ops::RangeInclusive<f32> = 8_000.0..=768_000.0;

/// One plugin instance: measures its input, then trims it.
#[derive(Debug)]
pub struct Keel {
    instance: Arc<KeelInstance>,
    writer: TrackWriter,
    /// `None` at a rate that cannot be measured.
    analyzer: Option<Analyzer>,
    /// Counts the instances, so that their transforms do not fall in the same block.
    number: u32,
    clock: SongClock,
    trim: Ramp,
    mono: MonoCheck,
    pace: Pace,
    /// What stands from here on, until the next activation.
    fault: Option<Fault>,
}

impl Default for Keel {
    fn default() -> Self {
        static INSTANCES: AtomicU32 = AtomicU32::new(0);
        let (instance, writer) = KeelInstance::join();
        Self {
            instance,
            writer,
            analyzer: None,
            number: INSTANCES.fetch_add(1, Ordering::Relaxed),
            clock: SongClock::default(),
            trim: Ramp::new(48_000.0, 1.0),
            mono: MonoCheck::new(48_000.0),
            pace: Pace::new(48_000.0),
            fault: None,
        }
    }
}

impl Keel {
    pub(super) fn instance(&self) -> &Arc<KeelInstance> {
        &self.instance
    }

    /// Everything is allocated here. At a rate that cannot be measured the sound still passes and is trimmed. False for
    /// what is no rate, and for a layout that is none of Keel's.
    pub(super) fn prepare(&mut self, channels: usize, sample_rate: f32, offline: bool) -> bool {
        let is_rate = sample_rate.is_finite() && sample_rate > 0.0;
        // A fault ends here, or it would keep this activation away, too.
        let had_fault = self.fault.take().is_some();
        is_rate
            && (1..=2).contains(&channels)
            && self.whole(false, |keel| keel.begin(channels, sample_rate, offline, had_fault))
    }

    fn begin(&mut self, channels: usize, sample_rate: f32, offline: bool, anew: bool) -> bool {
        let measured = SAMPLE_RATES.contains(&sample_rate);
        let same = self.analyzer.as_ref().is_some_and(|analyzer| {
            analyzer.channels() == channels && analyzer.sample_rate() == f64::from(sample_rate)
        });
        if !same || anew {
            let new = || Analyzer::new(f64::from(sample_rate), channels).with_stagger(self.number);
            self.analyzer = measured.then(new);
            self.trim = Ramp::new(sample_rate, 1.0);
            self.mono = MonoCheck::new(sample_rate);
        }
        self.pace = Pace::new(sample_rate);
        self.instance.remarks.set_fault(None);
        self.instance.remarks.set_render(false);
        self.instance.rendering(offline);
        self.writer.begin(offline);
        self.begin_stream();
        self.instance.remarks.set_unmeasured((!measured).then_some(sample_rate));
        self.instance.activated(channels, sample_rate);
        true
    }

    /// The stream breaks here.
    pub(super) fn restart(&mut self) {
        self.whole((), Self::begin_stream);
    }

    fn begin_stream(&mut self) {
        self.measured(|analyzer, _| analyzer.reset());
        self.clock.restart();
        self.pace.start();
        self.trim.snap(self.instance.keel_params().gain());
        self.mono.silence();
    }

    /// The host calls no more for a while, or for good: what waits for more frames is given out as it is.
    pub(super) fn pause(&mut self) {
        self.whole((), |keel| keel.measured(Analyzer::flush));
    }

    /// The stream ends here.
    pub(super) fn release(&mut self) {
        self.pause();
        self.instance.activated(0, 0.0);
    }

    /// One block.
    pub(super) fn run(&mut self, left: &mut [f32], right: Option<&mut [f32]>, transport: &Transport) {
        self.whole((), |keel| keel.block(left, right, transport));
    }

    fn block(&mut self, left: &mut [f32], mut right: Option<&mut [f32]>, transport: &Transport) {
        let frames = left.len();
        let clock = self.clock.read(transport, self.instance.keel_params().gain());
        let pace_state = self.pace_state(&clock, frames, transport.sample_rate);
        let (mut at, mut changes) = (0, 0);
        while at < frames {
            changes = self.instance.changes.apply_due(changes, at as u32);
            let end = self.instance.changes.next_frame(changes).map_or(frames, |frame| (frame as usize).min(frames));
            let right = right.as_deref_mut().map(|right| &mut right[at..end]);
            let clock = Clock { gain: self.instance.keel_params().gain(), ..after(&clock, at, transport.sample_rate) };
            self.stretch(&mut left[at..end], right, &clock, pace_state);
            at = end;
        }
        self.instance.changes.apply_rest(changes);
        self.clock.advance(&clock, frames);
    }

    /// What of a block lies between two changes of parameters.
    fn stretch(&mut self, left: &mut [f32], right: Option<&mut [f32]>, clock: &Clock, pace_state: PaceState) {
        self.instance.publish(self.writer.settings());
        self.measured(|analyzer, writer| analyzer.process(left, right.as_deref(), clock, writer));
        self.process(left, right, clock, pace_state);
    }

    fn pace_state(&mut self, clock: &Clock, frames: usize, sample_rate: f32) -> PaceState {
        match self.clock.motion(clock, sample_rate) {
            Motion::Starts => {
                self.pace.start();
                self.instance.remarks.set_render(false);
            }
            Motion::Jumps => self.pace.jump(),
            Motion::Goes => {}
        }
        self.pace.block(frames, Instant::now())
    }

    /// A panic would end the host at the border to it. It ends Keel's work instead, until the next activation; what it
    /// did not get to goes on as it came.
    fn whole<T>(&mut self, otherwise: T, work: impl FnOnce(&mut Self) -> T) -> T {
        if self.fault == Some(Fault::All) {
            return otherwise;
        }
        match catch_unwind(AssertUnwindSafe(|| work(self))) {
            Ok(done) => done,
            Err(_) => {
                self.failed(Fault::All);
                otherwise
            }
        }
    }

    /// The same for the meters alone: the audio goes on as it did.
    fn measured(&mut self, measure: impl FnOnce(&mut Analyzer, &mut TrackWriter)) {
        let Self { analyzer: Some(analyzer), writer, fault: None, .. } = self else { return };
        if catch_unwind(AssertUnwindSafe(|| measure(analyzer, writer))).is_err() {
            self.failed(Fault::Meters);
        }
    }

    fn failed(&mut self, fault: Fault) {
        self.fault = Some(fault);
        self.instance.remarks.set_fault(Some(fault));
    }

    /// What the ear and the next plugin get. With no trim and no check the samples stay as they are.
    fn process(&mut self, left: &mut [f32], mut right: Option<&mut [f32]>, clock: &Clock, pace_state: PaceState) {
        self.trim.set_target(clock.gain);
        gain::apply(&mut self.trim, left, right.as_deref_mut());
        let mono = self.mono_wanted(clock.recording, pace_state);
        if self.instance.is_offline() || pace_state != PaceState::InStep {
            // At once: not even its fade gets into a render.
            self.mono.pass(mono, left.len());
        } else if let Some(right) = right {
            self.mono.process(mono, left, right);
        }
        if mono && pace_state == PaceState::InStep {
            self.instance.remarks.set_render(false);
        }
    }

    /// Never in a recording or a render, ten minutes at most.
    fn mono_wanted(&self, recording: bool, pace_state: PaceState) -> bool {
        let is_bus = self.writer.settings().judged_role().0 == Role::MixBus;
        let params = self.instance.keel_params();
        let asked = params.mono.value() || (is_bus && self.writer.bus_mono_wanted());
        let is_render = pace_state == PaceState::Ahead && !self.instance.is_offline();
        if recording || self.mono.expired() || (asked && is_render) {
            self.instance.end_mono_check();
            if is_bus || (asked && is_render) {
                self.writer.end_bus_mono();
            }
            if asked && is_render {
                self.instance.remarks.set_render(true);
            }
            return false;
        }
        asked && !params.bypass.value()
    }
}

#[cfg(test)]
mod tests {
    use keel_core::link::session;
    use nice_plug::plugin::ParamValue;

    use super::*;
    use crate::host::ParamTable;

    /// A second through it; returns the output's last frame and the highest peak that the session has.
    fn run(keel: &mut Keel, level: f32) -> ((f32, f32), f32) {
        let (mut left, mut right) = ([level; 48_000], [-level; 48_000]);
        keel.run(&mut left, Some(&mut right), &Transport::new(48_000.0));
        let id = keel.instance.track().id();
        let peak = session().view(|tracks, _| {
            let me = tracks.iter().find(|track| track.id == id).expect("this track");
            me.held_peak.unwrap_or(0.0)
        });
        ((left[47_999], right[47_999]), peak)
    }

    #[test]
    fn a_fault_in_the_meters_leaves_the_audio_as_it_was() {
        let mut keel = Keel::default();
        ParamTable::new(keel.instance.params()).restore("trim", &ParamValue::F32(6.0), None).expect("a trim");
        let gain = keel.instance.keel_params().gain();
        assert!(keel.prepare(2, 48_000.0, false));
        let before = run(&mut keel, 0.25);
        assert_eq!(before.0, (0.25 * gain, -0.25 * gain));

        keel.measured(|_, _| panic!("a fault on purpose"));
        let failed = run(&mut keel, 0.4);
        assert_eq!(failed, ((0.4 * gain, -0.4 * gain), before.1), "trimmed as before, and nothing new is measured");
        assert!(keel.instance.notes().iter().any(|note| note.contains("meters")), "{:?}", keel.instance.notes());
        keel.restart();
        keel.release();

        assert!(keel.prepare(2, 48_000.0, false));
        assert!(run(&mut keel, 0.4).1 > before.1, "the next activation measures again");
        assert_eq!(keel.instance.notes(), [""; 0]);

        keel.whole((), |_| panic!("a fault on purpose"));
        assert_eq!(run(&mut keel, 0.3).0, (0.3, -0.3), "the sound passes as it came");
        assert!(
            keel.instance.notes().iter().any(|note| note.contains("without the trim")),
            "{:?}",
            keel.instance.notes()
        );
        assert!(keel.prepare(2, 48_000.0, false), "the next activation is none of that fault's");
        assert_eq!(run(&mut keel, 0.4).0, (0.4 * gain, -0.4 * gain));
        assert_eq!(keel.instance.notes(), [""; 0]);
    }
}
