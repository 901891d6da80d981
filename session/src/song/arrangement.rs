//! The demo song: verse, chorus, a breakdown without drums, last chorus. 120 beats a minute, 4/4, A minor.

use std::ops::Range;

use super::drums::{Kick, hat, snare};
use super::notes::{self, Strum};
use super::osc::{Lane, Noise, amplitude};
use super::voice::{Sung, Vowel, sing};

pub const BEAT_S: f64 = 0.5;
pub const BAR_S: f64 = 4.0 * BEAT_S;
/// 34 bars and one to ring out.
pub const SECONDS: f64 = 35.0 * BAR_S;

/// A part of the form, by the seconds it spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Verse,
    Chorus,
    /// Ten bars without kick, snare or guitars.
    Breakdown,
    LastChorus,
}

impl Part {
    pub const FORM: [Self; 4] = [Self::Verse, Self::Chorus, Self::Breakdown, Self::LastChorus];

    pub fn span(self) -> Range<f64> {
        match self {
            Self::Verse => 0.0..16.0,
            Self::Chorus => 16.0..32.0,
            Self::Breakdown => 32.0..52.0,
            Self::LastChorus => 52.0..68.0,
        }
    }

    pub fn bars(self) -> usize {
        let span = self.span();
        ((span.end - span.start) / BAR_S) as usize
    }

    fn is_chorus(self) -> bool {
        matches!(self, Self::Chorus | Self::LastChorus)
    }

    /// Bass note and the triad above it.
    fn chord(self, bar: usize) -> (f64, [f64; 3]) {
        const AM: (f64, [f64; 3]) = (33.0, [57.0, 60.0, 64.0]);
        const F: (f64, [f64; 3]) = (29.0, [53.0, 57.0, 60.0]);
        const C: (f64, [f64; 3]) = (36.0, [55.0, 60.0, 64.0]);
        const G: (f64, [f64; 3]) = (31.0, [55.0, 59.0, 62.0]);
        const DM: (f64, [f64; 3]) = (38.0, [57.0, 62.0, 65.0]);
        match self {
            Self::Verse => [AM, F, C, G][bar % 4],
            Self::Chorus | Self::LastChorus => [F, G, AM, C][bar % 4],
            Self::Breakdown => [F, F, AM, AM, DM, DM, C, C, G, G][bar % 10],
        }
    }
}

/// Every bar of the song with its part, its number within the part and its start in seconds.
fn bars() -> impl Iterator<Item = (Part, usize, f64)> {
    Part::FORM
        .into_iter()
        .flat_map(|part| (0..part.bars()).map(move |bar| (part, bar, part.span().start + bar as f64 * BAR_S)))
}

/// Strokes of a drum: seconds and level in dB.
pub type Strokes = Vec<(f64, f64)>;

/// The drums' strokes, from patterns of (beat, dB) for each bar.
fn strokes(pattern: impl Fn(Part, usize) -> Vec<(f64, f64)>) -> Strokes {
    bars()
        .flat_map(|(part, bar, start)| {
            pattern(part, bar).into_iter().map(move |(beat, db)| (start + beat * BEAT_S, db))
        })
        .collect()
}

pub fn kick_strokes() -> Strokes {
    strokes(|part, bar| {
        let last_bar = bar + 1 == part.bars();
        let mut beats = match part {
            Part::Breakdown => vec![],
            Part::Verse => vec![0.0, 1.5, 2.0],
            Part::Chorus | Part::LastChorus => vec![0.0, 1.0, 2.0, 3.0],
        };
        // A push into what follows, so that the kick reaches the section's end.
        if part != Part::Breakdown && last_bar {
            beats.push(3.5);
        }
        beats.into_iter().map(|beat| (beat, 0.0)).collect()
    })
}

/// Backbeats, and ghost notes 19 dB under them.
pub fn snare_strokes() -> Strokes {
    const GHOST_DB: f64 = -19.0;
    strokes(|part, _| match part {
        Part::Breakdown => vec![],
        Part::LastChorus => vec![(1.0, -5.5), (1.75, -5.5 + GHOST_DB), (3.0, -5.5)],
        _ => vec![(1.0, 0.0), (1.75, GHOST_DB), (2.25, GHOST_DB), (3.0, 0.0), (3.75, GHOST_DB)],
    })
}

/// The strokes between the beats lie far enough under the others not to count as the hats' level.
pub fn hat_strokes() -> Strokes {
    strokes(|part, bar| match part {
        Part::Breakdown if bar < 6 => vec![],
        Part::Verse | Part::Breakdown => (0..8).map(|k| (f64::from(k) * 0.5, [0.0, -9.5][k as usize % 2])).collect(),
        _ => (0..16).map(|k| (f64::from(k) * 0.25, [0.0, -11.0][k as usize % 2])).collect(),
    })
}

pub fn kick(rate: f64) -> Vec<Vec<f32>> {
    let hit = Kick::default().hit(rate);
    vec![lay_strokes(rate, &kick_strokes(), |_, _| hit.clone())]
}

pub fn snare_track(rate: f64) -> Vec<Vec<f32>> {
    vec![lay_strokes(rate, &snare_strokes(), |n, _| snare(rate, 100 + n as u32 % 5))]
}

/// Dead centre on purpose: one channel twice.
pub fn hats(rate: f64) -> Vec<Vec<f32>> {
    let offbeat = |at: f64| (at / BEAT_S).fract() > 0.4 && (at / BEAT_S).fract() < 0.6;
    let lane =
        lay_strokes(rate, &hat_strokes(), |n, at| hat(rate, if offbeat(at) { 0.05 } else { 0.02 }, 200 + n as u32 % 7));
    vec![lane.clone(), lane]
}

fn lay_strokes(rate: f64, strokes: &Strokes, hit: impl Fn(usize, f64) -> Vec<f32>) -> Vec<f32> {
    let mut lane = Lane::new(rate, SECONDS);
    for (n, (at, db)) in strokes.iter().enumerate() {
        lane.add(*at, &hit(n, *at), amplitude(*db));
    }
    lane.samples
}

/// Eighths on the root, with the octave answering in the choruses; long roots in the breakdown's second half.
pub fn bass(rate: f64) -> Vec<Vec<f32>> {
    let mut lane = Lane::new(rate, SECONDS);
    for (part, bar, start) in bars() {
        let (root, _) = part.chord(bar);
        let notes: Vec<(f64, f64, f64)> = match part {
            Part::Breakdown if bar < 4 => vec![],
            Part::Breakdown => vec![(0.0, 4.0, 0.0)],
            Part::Verse => vec![(0.0, 1.0, 0.0), (1.5, 0.5, 0.0), (2.0, 1.5, 0.0), (3.5, 0.5, 12.0)],
            _ => [0.0, 0.0, 12.0, 0.0, 0.0, 12.0, 0.0, 7.0]
                .iter()
                .enumerate()
                .map(|(k, up)| (k as f64 * 0.5, 0.5, *up))
                .collect(),
        };
        for (beat, beats, up) in notes {
            lane.add(start + beat * BEAT_S, &notes::bass(rate, root + up, beats * BEAT_S), 1.0);
        }
    }
    vec![lane.samples]
}

/// One of the two guitars: `seed` makes the other performance. Palm-muted eighths, open strums in the choruses.
pub fn guitar(rate: f64, seed: u32) -> Vec<f32> {
    let mut lane = Lane::new(rate, SECONDS);
    let mut hand = Noise::new(seed);
    for (n, (part, bar, start)) in bars().enumerate() {
        let (root, triad) = part.chord(bar);
        let open = [root + 12.0, root + 19.0, triad[0], triad[1], triad[2]];
        let (chord, pattern, t60_s): (&[f64], &[(f64, f64)], f64) = match part {
            Part::Breakdown => (&[], &[], 0.0),
            Part::Verse => (
                &open[..2],
                &[(0.0, 0.5), (0.5, 0.5), (1.0, 0.5), (1.5, 0.5), (2.0, 0.5), (2.5, 0.5), (3.0, 0.5), (3.5, 0.5)],
                0.8,
            ),
            _ => (&open, &[(0.0, 1.0), (1.0, 0.5), (1.5, 1.0), (2.5, 0.5), (3.0, 0.5), (3.5, 0.5)], 3.0),
        };
        for (k, (beat, beats)) in pattern.iter().enumerate() {
            let late = 0.004 + 0.004 * hand.next_value();
            let strum = Strum {
                seconds: beats * BEAT_S - late,
                t60_s,
                stagger_s: 0.006,
                drive: if t60_s < 1.0 { 1.6 } else { 1.2 },
                seed: seed + (n * 8 + k) as u32,
            };
            lane.add(start + beat * BEAT_S + late, &notes::guitar(rate, chord, strum), 1.0);
        }
    }
    lane.samples
}

/// One chord a bar, wide; 6.5 dB lower in the verse than in the choruses.
pub fn pad(rate: f64) -> Vec<Vec<f32>> {
    let mut lanes = [Lane::new(rate, SECONDS), Lane::new(rate, SECONDS)];
    for (part, bar, start) in bars() {
        let (_, [low, middle, high]) = part.chord(bar);
        let sides = notes::pad(rate, &[low, middle, high, low + 12.0], BAR_S, 300 + bar as u32);
        let gain = if part == Part::Verse { amplitude(-6.5) } else { 1.0 };
        lanes.iter_mut().zip(&sides).for_each(|(lane, side)| lane.add(start, side, gain));
    }
    lanes.map(|lane| lane.samples).into()
}

/// An arpeggio in the choruses, a slow tune in the breakdown; a dotted-eighth echo goes from side to side.
pub fn lead(rate: f64) -> Vec<Vec<f32>> {
    let mut lanes = [Lane::new(rate, SECONDS), Lane::new(rate, SECONDS)];
    let mut play = |at: f64, midi: f64, seconds: f64| {
        let note = notes::lead(rate, midi, seconds);
        for (echo, sides) in [[0.8, 0.8], [0.05, 0.24], [0.12, 0.03]].into_iter().enumerate() {
            let at = at + echo as f64 * 0.75 * BEAT_S;
            lanes.iter_mut().zip(sides).for_each(|(lane, gain)| lane.add(at, &note, gain));
        }
    };
    for (part, bar, start) in bars() {
        let (_, triad) = part.chord(bar);
        if part.is_chorus() {
            for (k, tone) in [0, 1, 2, 1, 0, 2, 1, 2].into_iter().enumerate() {
                play(start + k as f64 * 0.5 * BEAT_S, triad[tone] + 12.0, 0.45 * BEAT_S);
            }
        } else if part == Part::Breakdown && bar % 2 == 0 {
            for (beat, beats, tone) in [(0.0, 3.0, 2), (3.0, 1.0, 1), (4.0, 2.0, 0), (6.0, 1.0, 1)] {
                play(start + beat * BEAT_S, triad[tone] + 12.0, beats * BEAT_S * 0.95);
            }
        }
    }
    lanes.map(|lane| lane.samples).into()
}

/// A sung line: beat within the phrase, beats, MIDI note, vowel.
type Line = &'static [(f64, f64, f64, Vowel)];

/// Four bars, sung twice a section.
const VERSE_LINE: Line = {
    use Vowel::{A, E, O, U};
    &[
        (0.5, 0.5, 64.0, A),
        (1.0, 0.5, 64.0, E),
        (1.5, 1.0, 67.0, A),
        (2.5, 1.0, 64.0, O),
        (4.5, 0.5, 65.0, U),
        (5.0, 0.5, 65.0, A),
        (5.5, 1.0, 64.0, E),
        (6.5, 1.0, 60.0, A),
        (8.5, 0.5, 64.0, O),
        (9.0, 0.5, 67.0, A),
        (9.5, 1.5, 67.0, E),
        (11.0, 0.5, 64.0, A),
        (12.5, 0.5, 62.0, A),
        (13.0, 1.0, 62.0, O),
        (14.0, 1.5, 59.0, A),
    ]
};

const CHORUS_LINE: Line = {
    use Vowel::{A, E, O, U};
    &[
        (0.0, 1.5, 69.0, A),
        (1.5, 0.5, 67.0, E),
        (2.0, 1.0, 65.0, O),
        (3.0, 1.0, 69.0, A),
        (4.0, 2.0, 71.0, A),
        (6.0, 0.5, 69.0, E),
        (6.5, 1.0, 67.0, O),
        (8.0, 1.5, 72.0, A),
        (9.5, 0.5, 71.0, E),
        (10.0, 1.0, 69.0, U),
        (11.0, 1.0, 64.0, A),
        (12.0, 1.5, 67.0, O),
        (13.5, 0.5, 67.0, A),
        (14.0, 1.5, 64.0, A),
    ]
};

const BREAKDOWN_LINE: Line = {
    use Vowel::{A, O, U};
    &[
        (0.0, 3.0, 69.0, O),
        (3.0, 1.0, 67.0, A),
        (4.0, 3.5, 65.0, U),
        (8.0, 2.0, 64.0, A),
        (10.0, 1.0, 67.0, O),
        (11.0, 4.5, 69.0, A),
    ]
};

pub fn vocal(rate: f64) -> Vec<Vec<f32>> {
    let mut lane = Lane::new(rate, SECONDS);
    let mut phrase = |start: f64, line: Line, db: f64| {
        let mut from_midi = line[0].2 - 2.0;
        for (n, (beat, beats, midi, vowel)) in line.iter().enumerate() {
            let note = Sung { midi: *midi, seconds: beats * BEAT_S, vowel: *vowel, from_midi };
            lane.add(start + beat * BEAT_S, &sing(rate, note, 400 + n as u32), amplitude(db));
            from_midi = *midi;
        }
    };
    for part in Part::FORM {
        let start = part.span().start;
        match part {
            Part::Verse => [0.0, 8.0].iter().for_each(|at| phrase(start + at, VERSE_LINE, -4.0)),
            Part::Breakdown => phrase(start + 8.0, BREAKDOWN_LINE, -2.0),
            Part::Chorus => [0.0, 8.0].iter().for_each(|at| phrase(start + at, CHORUS_LINE, 0.0)),
            // The last four bars belong to the band.
            Part::LastChorus => phrase(start, CHORUS_LINE, 0.0),
        }
    }
    vec![lane.samples]
}
