//! How the audio keeps pace with the wall clock. A render that no host announces runs ahead of it, and gives itself away.

use std::time::{Duration, Instant};

/// More audio than wall time passed by this, and two blocks, is a render. Hosts that prepare audio in advance stay under
/// it: REAPER by 200 ms.
const MOST_AHEAD: Duration = Duration::from_millis(250);
/// So long after a start or a jump the pace is not known yet.
const SETTLING: Duration = Duration::from_millis(300);
/// So long the surplus must have reached no new height.
const STANDING: Duration = Duration::from_millis(100);
/// A new height is one by this or by a block, whichever is less: in 100 ms that is 1.1 times real time.
const RISE: Duration = Duration::from_millis(10);
/// A host that sends no block for so long begins anew with the next one.
const PAUSE: Duration = Duration::from_secs(1);
/// After a render the stream counts as a new one once it has kept pace for so long.
const RETURNED: Duration = Duration::from_secs(1);
/// An audio interface's clock and the machine's differ: by less than this part, which no render is slow enough to hide in.
const DRIFT: f64 = 0.001;

/// What the pace says of the block at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaceState {
    /// Too early to know a render from playing.
    Settling,
    /// The audio is played as it is processed.
    InStep,
    /// The audio is rendered.
    Ahead,
}

/// Compares audio with wall time, block by block. Takes no time of its own: whoever calls reads the clock.
#[derive(Clone, Debug)]
pub struct Pace {
    sample_rate: f64,
    /// Seconds of audio beyond the wall time passed, never under 0.
    surplus: f64,
    last: Option<Instant>,
    /// The longest block since the last start, in seconds.
    longest: f64,
    /// Of the wall clock, since the last start or jump.
    since: Duration,
    /// The greatest surplus since then, and when it was reached.
    height: f64,
    risen: Duration,
    /// The pace has been found to be that of playing: a late callback that catches up raises no doubt.
    is_settled: bool,
    /// The next block is the first since the start or jump.
    is_first: bool,
}

impl Pace {
    pub fn new(sample_rate: f32) -> Self {
        Self {
            sample_rate: f64::from(sample_rate),
            surplus: 0.0,
            last: None,
            longest: 0.0,
            since: Duration::ZERO,
            height: 0.0,
            risen: Duration::ZERO,
            is_settled: false,
            is_first: true,
        }
    }

    /// The transport starts, or processing does: nothing is ahead of it.
    pub fn start(&mut self) {
        (self.surplus, self.longest) = (0.0, 0.0);
        self.jump();
    }

    /// The transport jumps: what runs from here on may be a render.
    pub fn jump(&mut self) {
        self.is_first = true;
    }

    /// A block is about to be processed.
    pub fn block(&mut self, frames: usize, now: Instant) -> PaceState {
        let passed = self.last.map_or(Duration::ZERO, |last| now.saturating_duration_since(last));
        self.last = Some(now);
        let block = frames as f64 / self.sample_rate;
        self.longest = self.longest.max(block);
        self.surplus = (self.surplus - passed.as_secs_f64() * (1.0 + DRIFT)).max(0.0);
        self.since += passed;
        if self.is_first || passed.as_secs_f64() > PAUSE.as_secs_f64() + 2.0 * self.longest {
            // The time that passed before it says nothing of how fast it goes on.
            (self.since, self.risen, self.height) = (Duration::ZERO, Duration::ZERO, self.surplus);
            (self.is_first, self.is_settled) = (false, false);
        }
        self.surplus += block;
        if self.surplus > self.height + RISE.as_secs_f64().min(self.longest) {
            self.height = self.surplus;
            self.risen = self.since;
        }
        self.is_settled |= self.since >= SETTLING && self.since - self.risen >= STANDING;
        let state = self.state();
        if state == PaceState::Ahead && self.since - self.risen >= RETURNED {
            self.start();
            return PaceState::Settling;
        }
        state
    }

    fn state(&self) -> PaceState {
        if self.surplus > MOST_AHEAD.as_secs_f64() + 2.0 * self.longest {
            PaceState::Ahead
        } else if self.is_settled {
            PaceState::InStep
        } else {
            PaceState::Settling
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f64 = 48_000.0;

    /// A stream whose callbacks the test places on the wall clock.
    struct Stream {
        pace: Pace,
        origin: Instant,
        /// Seconds of the wall clock.
        wall: f64,
        frames: usize,
    }

    impl Stream {
        fn new(frames: usize) -> Self {
            Self { pace: Pace::new(RATE as f32), origin: Instant::now(), wall: 0.0, frames }
        }

        fn block(&self) -> f64 {
            self.frames as f64 / RATE
        }

        /// `seconds` of audio at `speed` times real time; the states of all blocks.
        fn run(&mut self, seconds: f64, speed: f64) -> Vec<PaceState> {
            let blocks = (seconds / self.block()).ceil() as usize;
            (0..blocks).map(|_| self.after(self.block() / speed)).collect()
        }

        /// One block after so much wall time.
        fn after(&mut self, wait: f64) -> PaceState {
            self.wall += wait;
            self.pace.block(self.frames, self.origin + Duration::from_secs_f64(self.wall))
        }
    }

    fn audio_in_step(states: &[PaceState], block: f64) -> f64 {
        states.iter().filter(|&&state| state == PaceState::InStep).count() as f64 * block
    }

    const BLOCKS: [usize; 6] = [16, 64, 512, 1024, 4096, 8192];

    #[test]
    fn playing_settles_and_stays_in_step_for_ten_minutes() {
        for frames in BLOCKS {
            // Either clock may be the faster one.
            for speed in [1.0, 1.0003, 0.9997] {
                let mut stream = Stream::new(frames);
                let states = stream.run(600.0, speed);
                let first = states.iter().position(|&state| state == PaceState::InStep).expect("in step");
                let settled = first as f64 * stream.block();
                assert!((0.29..0.3 + 2.0 * stream.block()).contains(&settled), "{frames} at {speed}: {settled} s");
                assert!(states[first..].iter().all(|&state| state == PaceState::InStep), "{frames} at {speed}");
            }
        }
    }

    #[test]
    fn a_render_from_a_start_is_never_in_step() {
        for frames in BLOCKS {
            for speed in [1.12, 1.5, 2.0, 3.0, 10.0, 100.0, 1000.0] {
                let mut stream = Stream::new(frames);
                stream.run(5.0, 1.0);
                stream.pace.start();
                let states = stream.run(60.0, speed);
                assert!(states.iter().all(|&state| state != PaceState::InStep), "{frames} at {speed}");
                assert_eq!(states.last(), Some(&PaceState::Ahead), "{frames} at {speed}");
            }
        }
    }

    #[test]
    fn a_render_that_begins_while_playing_is_found_within_a_quarter_second_and_two_blocks() {
        for frames in BLOCKS {
            for speed in [50.0, 100.0, 1000.0] {
                let mut stream = Stream::new(frames);
                stream.run(5.0, 1.0);
                let states = stream.run(60.0, speed);
                let let_through = audio_in_step(&states, stream.block());
                // At 50 times, a fiftieth of it passes on the wall clock, too.
                let most = (0.25 + 2.0 * stream.block()) * speed / (speed - 1.0);
                assert!(let_through <= most, "{frames} at {speed}: {let_through} s of {most}");
            }
            let mut stream = Stream::new(frames);
            stream.run(5.0, 1.0);
            stream.pace.jump();
            assert!(audio_in_step(&stream.run(60.0, 100.0), stream.block()) == 0.0, "{frames} after a jump");
            // The host paused before the render: by a start, by a jump, and without a word.
            for begins in [Pace::start, Pace::jump, |_: &mut Pace| ()] {
                let mut stream = Stream::new(frames);
                stream.run(5.0, 1.0);
                stream.wall += 4.0;
                begins(&mut stream.pace);
                assert!(audio_in_step(&stream.run(60.0, 100.0), stream.block()) == 0.0, "{frames} after a pause");
            }
        }
    }

    #[test]
    fn a_host_that_renders_ahead_of_what_is_played_keeps_the_check() {
        for frames in [64, 512, 4096] {
            let mut stream = Stream::new(frames);
            stream.run(0.2, 200.0);
            let states = stream.run(600.0, 1.0);
            let first = states.iter().position(|&state| state == PaceState::InStep).expect("in step");
            assert!(first as f64 * stream.block() < 0.3 + 2.0 * stream.block(), "{frames}");
            assert!(states[first..].iter().all(|&state| state == PaceState::InStep), "{frames}");
        }
    }

    #[test]
    fn late_callbacks_that_catch_up_keep_the_check() {
        for frames in BLOCKS {
            let mut stream = Stream::new(frames);
            stream.run(2.0, 1.0);
            // Callbacks come when they are due, or up to 80 ms late: then as fast as they can until they have caught up.
            let (start, mut seed) = (stream.wall, 1u32);
            for block in 1..=(120.0 / stream.block()) as usize {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let due = start + block as f64 * stream.block();
                let late = if seed >> 24 < 8 { f64::from(seed >> 16 & 0xff) / 256.0 * 0.08 } else { 0.0 };
                let wait = (due + late - stream.wall).max(0.0);
                assert_eq!(stream.after(wait), PaceState::InStep, "{frames}, {} s in", due - start);
            }
        }
    }

    #[test]
    fn a_device_that_is_fed_in_bursts_is_played_too() {
        // 4,096 frames of a device by 64 at once.
        let mut stream = Stream::new(64);
        let mut states = Vec::new();
        for _ in 0..200 {
            states.push(stream.after(4096.0 / RATE));
            states.extend((1..64).map(|_| stream.after(0.0)));
        }
        let first = states.iter().position(|&state| state == PaceState::InStep).expect("in step");
        assert!((first as f64) < 0.6 * RATE / 64.0 && !states[first..].contains(&PaceState::Ahead));
    }

    #[test]
    fn a_stall_and_a_machine_that_slept_leave_no_trace() {
        let mut stream = Stream::new(512);
        stream.run(2.0, 1.0);
        assert_eq!(stream.after(0.9), PaceState::InStep);
        assert_eq!(stream.after(3_600.0), PaceState::Settling, "it begins anew");
        let states = stream.run(10.0, 1.0);
        assert!(!states.contains(&PaceState::Ahead) && states.last() == Some(&PaceState::InStep));
    }

    #[test]
    fn playing_after_a_render_settles_again() {
        let mut stream = Stream::new(512);
        stream.run(2.0, 1.0);
        stream.run(300.0, 100.0);
        let states = stream.run(3.0, 1.0);
        assert_eq!(states.first(), Some(&PaceState::Ahead));
        assert_eq!(states.last(), Some(&PaceState::InStep));
    }
}
