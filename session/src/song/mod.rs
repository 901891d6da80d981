//! The demo song: nine tracks and their bus, by plain arithmetic, the same samples on every run.
//!
//! It plays as a session does, and some of its tracks are out of balance on purpose: [`INTENT`] and [`INTENDED_BREAKS`]
//! say which, and by how much. Each stem is set to its line of that table when it is made.

mod arrangement;
pub mod drums;
mod intent;
pub mod level;
pub mod notes;
pub mod osc;
pub mod voice;
mod write;

pub use intent::{INTENDED_BREAKS, INTENT, IntendedBreak, Intent, KICK_DBFS, TOLERANCE_DB};
pub use write::{write_stems, write_wav};

use arrangement::Part;
use osc::{amplitude, scale};

/// Beats a minute; the song is in 4/4 throughout.
pub const TEMPO: f64 = 120.0;

/// One track after fader and pan: one channel or two.
#[derive(Clone, Debug, PartialEq)]
pub struct Stem {
    pub name: String,
    pub channels: Vec<Vec<f32>>,
}

/// All stems of the demo song, in the order of [`INTENT`], the sum of all last.
pub fn demo(sample_rate: u32) -> Vec<Stem> {
    let rate = f64::from(sample_rate);
    let chorus = Part::Chorus.span();
    let by_hits = |mut channels: Vec<Vec<f32>>, strokes: arrangement::Strokes, dbfs: f64| {
        let times: Vec<f64> = strokes.into_iter().map(|(at, _)| at).collect();
        let now = level::hit_peak(&channels, rate, &times, &chorus);
        gain(&mut channels, dbfs - now);
        channels
    };
    let sustained = |mut channels: Vec<Vec<f32>>, dbfs: f64| {
        let now = level::sustained_peak(&channels, rate, &chorus);
        gain(&mut channels, dbfs - now);
        channels
    };
    let peak_of = |track: &str| KICK_DBFS + intended(track);

    let kick = by_hits(arrangement::kick(rate), arrangement::kick_strokes(), KICK_DBFS);
    let snare = by_hits(arrangement::snare_track(rate), arrangement::snare_strokes(), peak_of("Snare"));
    let hats = by_hits(arrangement::hats(rate), arrangement::hat_strokes(), peak_of("Hats"));
    let bass = sustained(arrangement::bass(rate), peak_of("Bass"));
    let silent = vec![0.0; kick[0].len()];
    let left = sustained(vec![arrangement::guitar(rate, 1_000), silent.clone()], peak_of("Gtr L"));
    let right = sustained(vec![silent, arrangement::guitar(rate, 2_000)], peak_of("Gtr R"));
    let pad = sustained(arrangement::pad(rate), peak_of("Pad"));
    let (vocal, lead) = leads(rate, &[&left, &right], &pad);

    let tracks = [kick, snare, hats, bass, left, right, pad, lead, vocal];
    let names = INTENT.iter().map(|intent| intent.track.to_owned());
    let mut stems: Vec<Stem> = names.zip(tracks).map(|(name, channels)| Stem { name, channels }).collect();
    let mix = Stem { name: "Mix".to_owned(), channels: sum(&stems) };
    stems.push(mix);
    stems
}

/// Offset of a track in the written table.
fn intended(track: &str) -> f64 {
    INTENT.iter().find(|intent| intent.track == track).and_then(|intent| intent.offset_db).unwrap_or(0.0)
}

/// The vocal, set over the louder bed, and the lead synth, set under the vocal: in LU, where both sound.
fn leads(rate: f64, guitars: &[&Vec<Vec<f32>>], pad: &[Vec<f32>]) -> (Vec<Vec<f32>>, Vec<Vec<f32>>) {
    let chorus = Part::Chorus.span();
    // One channel is heard from both sides.
    let sides = |channels: &[Vec<f32>]| 2.0 / channels.len() as f64;
    let powers = |channels: &[Vec<f32>]| -> Vec<f64> {
        level::block_powers(channels, rate, &chorus).iter().map(|power| power * sides(channels)).collect()
    };
    let (mut vocal, mut lead) = (arrangement::vocal(rate), arrangement::lead(rate));
    let sung = powers(&vocal);
    let floor = sung.iter().copied().fold(0.0, f64::max) * 1e-4;
    let where_sung = |all: &[f64]| -> Vec<f64> {
        all.iter().zip(&sung).filter(|(_, sung)| **sung > floor).map(|(power, _)| *power).collect()
    };
    let halves: Vec<Vec<f64>> = guitars.iter().map(|side| powers(side)).collect();
    let both: Vec<f64> = halves[0].iter().zip(&halves[1]).map(|(l, r)| l + r).collect();
    let bed = level::gated_loudness(&where_sung(&both)).max(level::gated_loudness(&where_sung(&powers(pad))));
    let vocal_lufs = bed + intended("Lead Vox");
    gain(&mut vocal, vocal_lufs - level::gated_loudness(&where_sung(&sung)));
    let lead_lufs = level::gated_loudness(&where_sung(&powers(&lead)));
    gain(&mut lead, vocal_lufs + intended("Lead") - lead_lufs);
    (vocal, lead)
}

fn gain(channels: &mut [Vec<f32>], db: f64) {
    channels.iter_mut().for_each(|channel| scale(channel, amplitude(db)));
}

/// Left and right of all stems; a single channel goes to both sides as it is.
fn sum(stems: &[Stem]) -> Vec<Vec<f32>> {
    let frames = stems.iter().map(|stem| stem.channels[0].len()).max().unwrap_or(0);
    [0, 1]
        .map(|side| {
            let mut mix = vec![0.0; frames];
            for stem in stems {
                let channel = &stem.channels[side.min(stem.channels.len() - 1)];
                mix.iter_mut().zip(channel).for_each(|(sum, x)| *sum += x);
            }
            mix
        })
        .into()
}
