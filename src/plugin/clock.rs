//! The host's transport as the analyzer's clock.

use keel_core::dsp::{Clock, ClockKind};
use nice_plug::prelude::Transport;

/// Hosts give a place in the song with less accuracy than this at times: nearer is no jump.
const JUMP_S: f64 = 0.05;

/// Reads the transport, and counts where a host gives none.
#[derive(Clone, Copy, Debug, Default)]
pub struct SongClock {
    /// Frames since processing began.
    free_running: i64,
    /// The block before, and its frames.
    last: Option<(Clock, i64)>,
}

/// How a block follows on the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// Processing or the transport begins.
    Starts,
    /// The host went elsewhere in the song.
    Jumps,
    /// On from there, or back to the start of the host's loop.
    Goes,
}

fn tempo_of(clock: &Clock) -> f64 {
    clock.tempo.unwrap_or(1.0)
}

/// The clock so many frames into its block.
pub fn after(clock: &Clock, frames: usize, sample_rate: f32) -> Clock {
    let seconds = frames as f64 / f64::from(sample_rate);
    let metre = clock.quarters_per_bar.filter(|&quarters| quarters > 0.0);
    let bars = clock.tempo.zip(metre).map_or(0.0, |(tempo, metre)| seconds * tempo / 60.0 / metre);
    Clock {
        position: clock.position.saturating_add(frames as i64),
        bar: clock.bar.map(|bar| if clock.playing { bar + bars } else { bar }),
        ..*clock
    }
}

impl SongClock {
    pub fn restart(&mut self) {
        *self = Self::default();
    }

    /// How the block with this clock follows on the last one.
    pub fn motion(&self, clock: &Clock, sample_rate: f32) -> Motion {
        let Some((last, frames)) = &self.last else { return Motion::Starts };
        if clock.playing && !last.playing {
            return Motion::Starts;
        }
        if clock.kind != last.kind {
            return Motion::Jumps;
        }
        let tolerance = JUMP_S * f64::from(sample_rate);
        // Beats are given as if their tempo had held from the start: it counts what they were.
        let beat = |clock: &Clock| if clock.kind == ClockKind::Beats { tempo_of(clock) } else { 1.0 };
        let (here, unit) = (clock.position as f64 * beat(clock), beat(clock));
        let near = |position: i64| (here - position as f64 * beat(last)).abs() <= tolerance * unit;
        let end = last.position.saturating_add(*frames);
        // A transport that stands may stand still in the song, too.
        let goes_on = near(end) || (!clock.playing && near(last.position));
        let wraps = clock.loop_s.is_some_and(|(from, to)| {
            let close = |position: i64, seconds: f64| {
                let off = position as f64 - seconds * f64::from(sample_rate);
                off.abs() <= tolerance.max(*frames as f64)
            };
            close(clock.position, from) && close(end, to)
        });
        if goes_on || wraps { Motion::Goes } else { Motion::Jumps }
    }

    /// The clock at a block's first frame. `gain` is that of the trim.
    pub fn read(&self, transport: &Transport, gain: f32) -> Clock {
        let position = position(transport);
        let (kind, position, playing) = match position {
            Some((kind, position)) => (kind, position, transport.playing),
            // A host that says nothing at all plays while it processes.
            None => (ClockKind::FreeRunning, self.free_running, transport.playing || tells_nothing(transport)),
        };
        let quarters_per_bar = quarters_per_bar(transport);
        Clock {
            kind,
            position,
            playing,
            recording: transport.recording,
            tempo: tempo(transport),
            bar: bar(transport, quarters_per_bar),
            quarters_per_bar,
            loop_s: transport.loop_range_seconds().filter(|(from, to)| from < to && (to - from).is_finite()),
            gain,
        }
    }

    /// The block with this clock is done.
    pub fn advance(&mut self, clock: &Clock, frames: usize) {
        self.free_running += frames as i64;
        self.last = Some((*clock, frames as i64));
    }
}

/// Samples where the host counts them (VST3) or seconds (CLAP), else beats over the tempo.
fn position(transport: &Transport) -> Option<(ClockKind, i64)> {
    let rate = f64::from(transport.sample_rate);
    if let Some(samples) = transport.pos_samples {
        return Some((ClockKind::Samples, samples));
    }
    let seconds = |s: f64| s.is_finite().then(|| (s * rate).round() as i64);
    if let Some(position) = transport.pos_seconds.and_then(seconds) {
        return Some((ClockKind::Samples, position));
    }
    let beats = transport.pos_beats? * 60.0 / tempo(transport)?;
    seconds(beats).map(|position| (ClockKind::Beats, position))
}

/// Neither a position nor a transport: CLAP hosts that have one report pre-roll, VST3 hosts samples.
fn tells_nothing(transport: &Transport) -> bool {
    transport.preroll_active.is_none() && transport.tempo.is_none()
}

fn tempo(transport: &Transport) -> Option<f64> {
    transport.tempo.filter(|tempo| tempo.is_finite() && *tempo > 0.0)
}

fn quarters_per_bar(transport: &Transport) -> Option<f64> {
    let (numerator, denominator) = (transport.time_sig_numerator?, transport.time_sig_denominator?);
    (numerator > 0 && denominator > 0).then(|| f64::from(numerator) * 4.0 / f64::from(denominator))
}

fn bar(transport: &Transport, quarters_per_bar: Option<f64>) -> Option<f64> {
    let quarters_per_bar = quarters_per_bar?;
    let beats = transport.pos_beats?;
    let bar = match (transport.bar_number, transport.bar_start_pos_beats) {
        (Some(number), Some(start)) => f64::from(number) + (beats - start) / quarters_per_bar,
        // VST3 counts no bars: with one signature throughout they follow from the beats.
        _ => beats / quarters_per_bar,
    };
    bar.is_finite().then_some(bar)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transport() -> Transport {
        Transport::new(48_000.0)
    }

    #[test]
    fn seconds_become_samples() {
        let clap = Transport { playing: true, pos_seconds: Some(1.5), preroll_active: Some(false), ..transport() };
        let clock = SongClock::default().read(&clap, 1.0);
        assert_eq!((clock.kind, clock.position, clock.playing), (ClockKind::Samples, 72_000, true));
        let vst3 = Transport { pos_samples: Some(-480), ..transport() };
        let clock = SongClock::default().read(&vst3, 1.0);
        assert_eq!((clock.kind, clock.position, clock.playing), (ClockKind::Samples, -480, false));
    }

    #[test]
    fn beats_are_the_last_resort_and_say_so() {
        let beats = Transport { playing: true, pos_beats: Some(4.0), tempo: Some(120.0), ..transport() };
        let clock = SongClock::default().read(&beats, 1.0);
        assert_eq!((clock.kind, clock.position), (ClockKind::Beats, 96_000));
        let broken = Transport { pos_beats: Some(4.0), tempo: Some(0.0), preroll_active: Some(false), ..transport() };
        let clock = SongClock::default().read(&broken, 1.0);
        assert_eq!((clock.kind, clock.tempo, clock.playing), (ClockKind::FreeRunning, None, false));
    }

    #[test]
    fn without_a_transport_it_counts_on() {
        let mut clock = SongClock::default();
        clock.advance(&Clock::default(), 512);
        let read = clock.read(&transport(), 0.5);
        assert_eq!((read.kind, read.position, read.playing), (ClockKind::FreeRunning, 512, true));
        assert_eq!(read.gain, 0.5);
        clock.restart();
        assert_eq!(clock.read(&transport(), 1.0).position, 0);
    }

    #[test]
    fn bars_signature_and_loop() {
        let waltz = Transport {
            playing: true,
            tempo: Some(90.0),
            time_sig_numerator: Some(6),
            time_sig_denominator: Some(8),
            pos_beats: Some(7.5),
            bar_start_pos_beats: Some(6.0),
            bar_number: Some(2),
            loop_range_beats: Some((0.0, 12.0)),
            ..transport()
        };
        let clock = SongClock::default().read(&waltz, 1.0);
        assert_eq!((clock.quarters_per_bar, clock.bar), (Some(3.0), Some(2.5)));
        assert_eq!(clock.loop_s, Some((0.0, 8.0)));
        let turned = Transport { loop_range_seconds: Some((4.0, 4.0)), ..transport() };
        assert_eq!(SongClock::default().read(&turned, 1.0).loop_s, None, "an empty loop is none");
    }

    #[test]
    fn starts_jumps_and_loops_are_distinct() {
        let at = |position: i64, playing: bool| Clock {
            kind: ClockKind::Samples,
            position,
            playing,
            loop_s: Some((1.0, 5.0)),
            ..Clock::default()
        };
        let mut clock = SongClock::default();
        let mut motion = |now: Clock| {
            let motion = clock.motion(&now, 48_000.0);
            clock.advance(&now, 512);
            motion
        };
        assert_eq!(motion(at(0, false)), Motion::Starts, "the first block");
        assert_eq!(motion(at(0, false)), Motion::Goes, "it stands");
        assert_eq!(motion(at(96_000, false)), Motion::Jumps, "it is moved while it stands");
        assert_eq!(motion(at(96_000, true)), Motion::Starts);
        assert_eq!(motion(at(96_512, true)), Motion::Goes);
        assert_eq!(motion(at(97_024 + 900, true)), Motion::Goes, "a host that rounds");
        assert_eq!(motion(at(239_700, true)), Motion::Jumps, "to just before the loop's end");
        assert_eq!(motion(at(48_212, true)), Motion::Goes, "round the loop");
        assert_eq!(motion(at(52_000, true)), Motion::Jumps);
        assert_eq!(motion(at(52_512, false)), Motion::Goes, "it stops");
        // A ramp of the tempo, given in beats alone.
        let ramp = |beats: f64, tempo: f64| Clock {
            kind: ClockKind::Beats,
            position: (beats * 60.0 / tempo * 48_000.0) as i64,
            tempo: Some(tempo),
            ..at(0, true)
        };
        assert_eq!(motion(ramp(400.0, 120.0)), Motion::Starts);
        assert_eq!(motion(ramp(400.0 + 512.0 / 48_000.0 * 2.0, 121.0)), Motion::Goes);
        assert_eq!(motion(ramp(401.0, 121.0)), Motion::Jumps);
        let free = Clock { kind: ClockKind::FreeRunning, ..at(53_024, true) };
        assert_eq!(motion(free), Motion::Jumps, "another way to count");
        clock.restart();
        assert_eq!(clock.motion(&free, 48_000.0), Motion::Starts);
    }

    #[test]
    fn a_clock_moves_on_inside_its_block() {
        let waltz = Clock {
            position: 1_000,
            playing: true,
            tempo: Some(90.0),
            bar: Some(2.5),
            quarters_per_bar: Some(3.0),
            ..Clock::default()
        };
        assert_eq!(after(&waltz, 0, 48_000.0), waltz);
        let moved = after(&waltz, 48_000, 48_000.0);
        assert_eq!((moved.position, moved.bar), (49_000, Some(3.0)));
    }
}
