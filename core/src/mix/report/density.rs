//! How dense a mix is along the song: how loud, how far its peaks stand out, and how much of the hearing range sounds.

use serde::Serialize;

use crate::dsp::{BANDS, CELLS_PER_BANDS, Cell, CellFlags};
use crate::mix::TrackInput;
use crate::mix::song::CELLS_PER_S;
use crate::units::{Db, Dbfs, Lufs, Seconds};

/// Steps that a song has at most.
const MAX_STEPS: i32 = 60;
/// A band sounds within this of the loudest band of the whole song: the 40 dB by which tracks sound.
const SOUNDING: f64 = 1e-4;

/// A mix along the song in equal steps.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Density {
    /// Where the first step begins.
    pub from_s: Seconds,
    /// Length of a step: a multiple of the 2 s that a record of bands covers.
    pub step_s: Seconds,
    /// One after the other, all of the same length.
    pub steps: Vec<DensityStep>,
}

/// One step. What was not heard is null, as is what silence has not.
#[derive(Clone, Copy, Debug, PartialEq, Default, Serialize)]
pub struct DensityStep {
    /// K-weighted loudness (BS.1770-5, ungated).
    pub lufs: Option<Lufs>,
    /// Largest sample over the RMS of the step, 3.01 for a sine: small where a limiter works or much plays at once.
    pub crest_db: Option<Db>,
    /// Share of the 39 ERB bands that sound, 0 to 1: within 40 dB of the song's loudest band in any 2 s.
    pub bands: Option<f64>,
}

/// Reads a bus or a mixdown step by step; `None` where nothing was heard.
pub fn density(track: &TrackInput<'_>) -> Option<Density> {
    let (first, last) = track.song.bounds()?;
    let first = first.div_euclid(CELLS_PER_BANDS) * CELLS_PER_BANDS;
    let step = CELLS_PER_BANDS * (last - first).div_euclid(CELLS_PER_BANDS * MAX_STEPS).saturating_add(1);
    let loudest = records(track, first, last + 1).flatten().fold(0.0, f64::max);
    let count = (last - first) / step + 1;
    let read = |k: i32| {
        let (from, to) = (first + k * step, first + (k + 1) * step);
        let bands = if loudest > 0.0 { share(track, from, to, loudest) } else { None };
        DensityStep { bands, ..levels(track, from, to) }
    };
    let seconds = |cells: i32| Seconds(f64::from(cells) / CELLS_PER_S);
    Some(Density { from_s: seconds(first), step_s: seconds(step), steps: (0..count).map(read).collect() })
}

/// The power of each band in the records of a span.
fn records<'a>(track: &'a TrackInput<'_>, from: i32, to: i32) -> impl Iterator<Item = [f64; BANDS]> + 'a {
    track.song.bands(from, to).map(|record| std::array::from_fn(|band| record.power(band).into_iter().sum()))
}

/// The share of bands that sound, in the mean of the span's records.
fn share(track: &TrackInput<'_>, from: i32, to: i32, loudest: f64) -> Option<f64> {
    let mut count = 0usize;
    let mut sums = [0.0; BANDS];
    for record in records(track, from, to) {
        count += 1;
        sums.iter_mut().zip(record).for_each(|(sum, power)| *sum += power);
    }
    let sounds = |sum: &&f64| **sum >= loudest * SOUNDING * count as f64;
    (count > 0).then(|| sums.iter().filter(sounds).count() as f64 / BANDS as f64)
}

/// Loudness and crest of a span, with the gain as it stands now; where trim is automated each cell keeps its own.
fn levels(track: &TrackInput<'_>, from: i32, to: i32) -> DensityStep {
    let automated = track.song.gain_is_automated();
    let (mut frames, mut k_power, mut power, mut peak) = (0.0, 0.0, 0.0, 0.0f64);
    for cell in track.song.range(from, to) {
        let gain = f64::from(if automated { cell.gain } else { track.gain });
        frames += f64::from(cell.frames);
        k_power += f64::from(cell.k_power) * gain * gain;
        power += mean_of_channels(cell) * gain * gain;
        peak = peak.max(f64::from(cell.peak[0].max(cell.peak[1])) * gain);
    }
    if frames == 0.0 {
        return DensityStep::default();
    }
    let crest_db = Dbfs::from_peak(peak).zip(Db::from_power(power / frames)).map(|(peak, rms)| Db(peak.0 - rms.0));
    DensityStep { lufs: Lufs::from_power(k_power / frames), crest_db, bands: None }
}

/// Sum of squares, a stereo cell's halved.
fn mean_of_channels(cell: &Cell) -> f64 {
    let sum = f64::from(cell.power[0]) + f64::from(cell.power[1]);
    if cell.flags.has(CellFlags::MONO) { sum } else { sum / 2.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::Bands;
    use crate::mix::{Placement, Role, RoleFrom, SongMap, TrackId};

    const FRAMES: u32 = 4_800;

    /// A mono mix of 2 s records: peak, mean square, and how many bands sound.
    fn song(records: &[(f32, f32, usize)]) -> SongMap {
        let flags = CellFlags::COMPLETE.with(CellFlags::PLAYING, true).with(CellFlags::MONO, true);
        let mut song = SongMap::new();
        for (k, &(peak, power, sounding)) in records.iter().enumerate() {
            let k = k as i32;
            for index in k * CELLS_PER_BANDS..(k + 1) * CELLS_PER_BANDS {
                let power = [power * FRAMES as f32, 0.0];
                let (peak, k_power) = ([peak; 2], power[0]);
                song.insert(&Cell { index, frames: FRAMES, peak, power, k_power, gain: 1.0, flags, ..Cell::default() });
            }
            let mut bands = Bands::new(k, FRAMES * CELLS_PER_BANDS as u32, 0, flags);
            // The others lie 43 dB under them.
            (0..BANDS).for_each(|band| bands.set(band, [if band < sounding { 1e-2 } else { 5e-7 }, 0.0], 0.0));
            song.insert_bands(&bands);
        }
        song
    }

    fn read(song: &SongMap, gain: f32) -> Option<Density> {
        density(&TrackInput {
            id: TrackId(1),
            name: "Mix",
            role: Role::MixBus,
            role_from: RoleFrom::User,
            is_reference: false,
            is_out: false,
            placement: Placement::Post,
            measure: None,
            gain,
            song,
            held_peak: None,
        })
    }

    #[test]
    fn a_step_tells_loudness_crest_and_bands() {
        let read = read(&song(&[(0.5, 0.125, 39), (0.1, 0.0001, 13)]), 2.0).expect("a density");
        assert_eq!((read.from_s, read.step_s, read.steps.len()), (Seconds(0.0), Seconds(2.0), 2));
        let [first, second] = [read.steps[0], read.steps[1]];
        let close = |read: Option<f64>, expected: f64| read.is_some_and(|read| (read - expected).abs() < 1e-3);
        // 10 log10(0.125 * 2^2) - 0.691; a sine's crest; every band.
        assert!(
            close(first.lufs.map(|lufs| lufs.0), -3.701) && close(first.crest_db.map(|db| db.0), 3.0103),
            "{first:?}"
        );
        assert_eq!((first.bands, second.bands), (Some(1.0), Some(1.0 / 3.0)));
        assert!(close(second.crest_db.map(|db| db.0), 20.0), "{second:?}");
    }

    #[test]
    fn long_songs_have_longer_steps_and_silence_no_crest() {
        let long = read(&song(&[(0.5, 0.125, 39); 130]), 1.0).expect("a density");
        assert_eq!((long.step_s, long.steps.len()), (Seconds(6.0), 44));
        let silent = read(&song(&[(0.0, 0.0, 0)]), 1.0).expect("a density");
        assert_eq!((silent.steps[0].lufs, silent.steps[0].crest_db), (None, None));
        assert_eq!(read(&SongMap::new(), 1.0), None);
    }
}
