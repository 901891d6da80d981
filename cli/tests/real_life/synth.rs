//! Sounds to build sessions from: drums, strings, voices, noise. The same samples on every run.

use std::f64::consts::TAU;

use ebur128::{Channel, EbuR128, Mode};

pub const RATE: u32 = 32_000;

/// Samples of one channel.
pub type Signal = Vec<f32>;

pub fn amplitude(db: f64) -> f32 {
    10f64.powf(db / 20.0) as f32
}

pub fn frames(seconds: f64) -> usize {
    (seconds * f64::from(RATE)).round() as usize
}

pub fn silence(seconds: f64) -> Signal {
    vec![0.0; frames(seconds)]
}

/// White noise with peaks of 1, by xorshift.
#[derive(Clone, Debug)]
pub struct Noise(u32);

impl Noise {
    pub fn new(seed: u32) -> Self {
        Self(seed.wrapping_mul(2_654_435_761) | 1)
    }

    pub fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        (f64::from(self.0) / f64::from(u32::MAX) * 2.0 - 1.0) as f32
    }
}

pub fn hiss(seconds: f64, peak_db: f64, seed: u32) -> Signal {
    let (mut noise, peak) = (Noise::new(seed), amplitude(peak_db));
    (0..frames(seconds)).map(|_| noise.next() * peak).collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drum {
    Kick,
    Snare,
    Hat,
    Tom,
}

/// One stroke with a peak of 1. No two of a drummer's strokes are alike: the variant changes their noise.
pub fn stroke(drum: Drum, variant: u32) -> Signal {
    let mut noise = Noise::new(variant + 1);
    let mut last = 0.0;
    let mut high = move || {
        let now = noise.next();
        let difference = now - last;
        last = now;
        f64::from(difference)
    };
    let fall = |t: f64, seconds: f64| (-t / seconds).exp();
    // A head that is struck sounds higher at first.
    let head = |t: f64, hertz: f64, bend: f64| (TAU * (hertz * t + bend * (1.0 - fall(t, 0.03)))).sin();
    let length = if drum == Drum::Hat { 0.2 } else { 0.4 };
    let mut sound: Signal = (0..frames(length))
        .map(|n| {
            let t = n as f64 / f64::from(RATE);
            let now = match drum {
                Drum::Kick => head(t, 50.0, 2.5) * fall(t, 0.09) + 0.1 * high() * fall(t, 0.004),
                Drum::Snare => 0.5 * head(t, 190.0, 0.5) * fall(t, 0.05) + 0.5 * high() * fall(t, 0.06),
                Drum::Hat => high() * fall(t, 0.03),
                Drum::Tom => head(t, 110.0, 1.5) * fall(t, 0.05) + 0.1 * high() * fall(t, 0.005),
            };
            now as f32
        })
        .collect();
    to_peak(&mut sound, 0.0);
    sound
}

/// A drum alone: its strokes by moment and level against the usual one.
pub fn drum(seconds: f64, drum: Drum, dbfs: f64, strokes: impl IntoIterator<Item = (f64, f64)>) -> Signal {
    let takes = [0, 1, 2, 3].map(|take| stroke(drum, take));
    let mut sound = silence(seconds);
    for (n, (at, db)) in strokes.into_iter().enumerate() {
        lay(&mut sound, &takes[n % takes.len()], at, dbfs + db);
    }
    sound
}

/// Equal strokes from a moment on, up to half a second before the end.
pub fn every(step: f64, first: f64, seconds: f64) -> impl Iterator<Item = (f64, f64)> {
    (0..).map(move |n| (first + f64::from(n) * step, 0.0)).take_while(move |(at, _)| *at < seconds - 0.5)
}

/// Through a one-pole low-pass, as a sound that reaches a microphone from behind or through headphones; its peak as before.
pub fn muffled(sound: &[f32], hertz: f64) -> Signal {
    let (mut state, share) = (0.0, (1.0 - (-TAU * hertz / f64::from(RATE)).exp()) as f32);
    let mut dull: Signal = sound
        .iter()
        .map(|x| {
            state += share * (x - state);
            state
        })
        .collect();
    to_peak(&mut dull, 20.0 * f64::from(peak(sound)).log10());
    dull
}

/// One note: harmonics that fall by 6 dB an octave, as loud all the way. Started a quarter of a turn on they are the
/// pulses of a voice, else the saw of a string.
fn note(seconds: f64, hertz: f64, harmonics: u32, vibrato: f64, phase: f64) -> Signal {
    let turn = if vibrato > 0.0 { TAU / 4.0 } else { 0.0 };
    (0..frames(seconds))
        .map(|n| {
            let t = n as f64 / f64::from(RATE);
            let at = TAU * (hertz * t + phase) + vibrato * (TAU * 5.5 * t).sin();
            (1..=harmonics).map(|k| (at * f64::from(k) + turn).sin() / f64::from(k)).sum::<f64>() as f32
        })
        .collect()
}

/// Notes of half a second each, over and over.
fn line(seconds: f64, notes: &[f64], of: impl Fn(f64) -> Signal) -> Signal {
    let sounds: Vec<Signal> = notes.iter().map(|hertz| of(*hertz)).collect();
    sounds.concat().into_iter().cycle().take(frames(seconds)).collect()
}

/// A bass that plays through.
pub fn bass(seconds: f64) -> Signal {
    line(seconds, &[55.0, 55.0, 65.4, 55.0, 73.4, 73.4, 49.0, 49.0], |hertz| note(0.5, hertz, 5, 0.0, 0.0))
}

/// One side of chords that are held: the sides differ by their phases.
pub fn chords(seconds: f64, side: f64) -> Signal {
    line(seconds, &[220.0, 196.0, 174.6, 196.0], |root| {
        let voices = [1.0, 1.26, 1.5].map(|ratio| note(1.0, root * ratio, 6, 0.0, side * ratio));
        (0..voices[0].len()).map(|n| voices.iter().map(|voice| voice[n]).sum()).collect()
    })
}

/// A singer: half a second a syllable, each with an attack and an end.
pub fn singer(seconds: f64, notes: &[f64]) -> Signal {
    line(seconds, notes, |hertz| {
        let mut sung = note(0.5, hertz, 12, 0.6, 0.0);
        let last = sung.len() as f32 - 1.0;
        for (n, x) in sung.iter_mut().enumerate() {
            let place = n as f32 / last;
            *x *= (place * 12.0).min((1.0 - place) * 6.0).clamp(0.0, 1.0);
        }
        sung
    })
}

/// Melodies for [`singer`].
pub const LEAD: [f64; 8] = [330.0, 392.0, 440.0, 392.0, 349.2, 330.0, 293.7, 261.6];
pub const THIRDS: [f64; 8] = [261.6, 330.0, 349.2, 330.0, 293.7, 261.6, 246.9, 220.0];

pub fn peak(sound: &[f32]) -> f32 {
    sound.iter().fold(0.0, |most, x| most.max(x.abs()))
}

pub fn scale(sound: &mut [f32], db: f64) {
    let gain = amplitude(db);
    sound.iter_mut().for_each(|x| *x *= gain);
}

pub fn to_peak(sound: &mut [f32], dbfs: f64) {
    let now = 20.0 * f64::from(peak(sound)).log10();
    scale(sound, dbfs - now);
}

/// The 95th percentile of the peaks of all 400 ms windows of the channels together, in dBFS: a sustained track's level.
pub fn sustained_level(channels: &[Signal]) -> f64 {
    let cell = frames(0.1);
    let cells: Vec<f32> = (0..channels[0].len() / cell)
        .map(|n| channels.iter().map(|channel| peak(&channel[n * cell..][..cell])).fold(0.0, f32::max))
        .collect();
    let mut peaks: Vec<f64> = cells.windows(4).map(|window| 20.0 * f64::from(peak(window)).log10()).collect();
    percentile(&mut peaks, 0.95)
}

/// By linear interpolation.
pub fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = share * (values.len() - 1) as f64;
    let (low, part) = (place as usize, place.fract());
    values[low] + part * (values[(low + 1).min(values.len() - 1)] - values[low])
}

/// Sets the level of a track that plays through.
pub fn to_level(channels: &mut [Signal], dbfs: f64) {
    let now = sustained_level(channels);
    channels.iter_mut().for_each(|channel| scale(channel, dbfs - now));
}

/// Gated loudness in LUFS by the `ebur128` crate; one channel counts on both sides.
pub fn loudness(channels: &[Signal]) -> f64 {
    let mut meter = EbuR128::new(channels.len() as u32, RATE, Mode::I).expect("a meter");
    if channels.len() == 1 {
        meter.set_channel(0, Channel::DualMono).expect("a channel");
    }
    let planes: Vec<&[f32]> = channels.iter().map(Vec::as_slice).collect();
    meter.add_frames_planar_f32(&planes).expect("room for the frames");
    meter.loudness_global().expect("a loudness")
}

/// Sets the loudness of a track that plays through.
pub fn to_loudness(channels: &mut [Signal], lufs: f64) {
    let now = loudness(channels);
    channels.iter_mut().for_each(|channel| scale(channel, lufs - now));
}

/// Puts a sound into a track from a moment on; what lies past the end is lost.
pub fn lay(track: &mut [f32], sound: &[f32], at: f64, db: f64) {
    let gain = amplitude(db);
    let from = frames(at).min(track.len());
    track[from..].iter_mut().zip(sound).for_each(|(x, add)| *x += add * gain);
}

pub fn add(track: &mut [f32], sound: &[f32]) {
    lay(track, sound, 0.0, 0.0);
}

/// Silences what lies outside the spans, with 5 ms of fade inside each.
pub fn only_in(track: &mut [f32], spans: &[(f64, f64)]) {
    let fade = frames(0.005) as f32;
    for (n, x) in track.iter_mut().enumerate() {
        let inside =
            spans.iter().map(|(from, to)| (n as f32 - frames(*from) as f32).min(frames(*to) as f32 - n as f32));
        *x *= (inside.fold(f32::MIN, f32::max) / fade).clamp(0.0, 1.0);
    }
}
