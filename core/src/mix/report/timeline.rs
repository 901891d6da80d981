//! How loud each track is along the song: what a report draws behind the breaks.

use serde::Serialize;

use crate::dsp::Cell;
use crate::mix::TrackInput;
use crate::mix::song::CELLS_PER_S;
use crate::units::{Lufs, Seconds};

/// Steps that a lane may have: a song of 10 minutes by its seconds.
const MAX_STEPS: i32 = 600;
/// Cells in the shortest step: 1 s.
const STEP: i32 = 10;

/// The loudness of each track in equal steps of the song.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Timeline {
    /// Where the first step begins.
    pub from_s: Seconds,
    /// Length of a step, whole seconds.
    pub step_s: Seconds,
    /// In the order of the tracks.
    pub lanes: Vec<Lane>,
}

/// One track along the song.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lane {
    /// The track's name.
    pub track: String,
    /// K-weighted loudness of each step (BS.1770-5, ungated); `None` where nothing was heard, or digital silence.
    pub lufs: Vec<Option<Lufs>>,
    /// The same of what was heard before the level changed; to be drawn otherwise. Empty where there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stale_lufs: Vec<Option<Lufs>>,
}

/// Reads every track step by step; `None` where nothing was heard at all.
pub fn timeline(tracks: &[TrackInput<'_>]) -> Option<Timeline> {
    let bounds = || tracks.iter().filter_map(|track| track.song.extent());
    let (first, last) = (bounds().map(|(first, _)| first).min()?, bounds().map(|(_, last)| last).max()?);
    let first = first.div_euclid(STEP) * STEP;
    let step = STEP * (last - first).div_euclid(STEP * MAX_STEPS).saturating_add(1);
    let lanes = tracks.iter().map(|track| {
        let lane = |cells: &mut dyn Iterator<Item = &Cell>| lane(track, cells, first, last, step);
        let is_stale = track.song.changed_by().is_some();
        let stale_lufs = is_stale.then(|| lane(&mut track.song.stale_range(first, last + 1)));
        Lane {
            track: track.name.to_owned(),
            lufs: lane(&mut track.song.range(first, last + 1)),
            stale_lufs: stale_lufs.unwrap_or_default(),
        }
    });
    let seconds = |cells: i32| Seconds(f64::from(cells) / CELLS_PER_S);
    Some(Timeline { from_s: seconds(first), step_s: seconds(step), lanes: lanes.collect() })
}

fn lane(
    track: &TrackInput<'_>,
    cells: &mut dyn Iterator<Item = &Cell>,
    first: i32,
    last: i32,
    step: i32,
) -> Vec<Option<Lufs>> {
    let steps = (last - first) / step + 1;
    let mut sums = vec![(0.0, 0.0); steps as usize];
    let automated = track.song.gain_is_automated();
    for cell in cells {
        let gain = f64::from(if automated { cell.gain } else { track.gain });
        let (power, frames) = &mut sums[((cell.index - first) / step) as usize];
        *power += f64::from(cell.k_power) * gain * gain;
        *frames += f64::from(cell.frames);
    }
    sums.into_iter().map(|(power, frames)| (frames > 0.0).then(|| Lufs::from_power(power / frames))?).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::CellFlags;
    use crate::mix::{Measure, Placement, Role, RoleFrom, SongMap, TrackId};

    fn song(cells: impl Iterator<Item = (i32, f32)>) -> SongMap {
        let mut song = SongMap::new();
        for (index, k_power) in cells {
            let flags = CellFlags::COMPLETE.with(CellFlags::PLAYING, true);
            song.insert(&Cell {
                index,
                frames: 4_800,
                k_power: k_power * 4_800.0,
                gain: 1.0,
                flags,
                ..Cell::default()
            });
        }
        song
    }

    fn read(song: &SongMap, gain: f32) -> Option<Timeline> {
        timeline(&[TrackInput {
            id: TrackId(1),
            name: "Pad",
            role: Role::Pads,
            role_from: RoleFrom::User,
            is_reference: false,
            is_out: false,
            placement: Placement::Post,
            measure: None::<Measure>,
            gain,
            song,
            held_peak: None,
        }])
    }

    #[test]
    fn a_lane_holds_the_loudness_of_each_second_after_the_gain() {
        let cells = (-5..20).filter(|k| !(0..10).contains(k)).map(|k| (k, if k < 0 { 0.1 } else { 0.01 }));
        let read = read(&song(cells), 2.0).expect("a timeline");
        assert_eq!((read.from_s, read.step_s), (Seconds(-1.0), Seconds(1.0)));
        let lufs: Vec<_> =
            read.lanes[0].lufs.iter().map(|lufs| lufs.map(|lufs| (lufs.0 * 100.0).round() / 100.0)).collect();
        // 10 log10(0.1 * 2^2) - 0.691, nothing in the second that was not heard, and a tenth of the power after it.
        assert_eq!(lufs, [Some(-4.67), None, Some(-14.67)]);
        assert!(read.lanes[0].stale_lufs.is_empty());
    }

    #[test]
    fn what_is_stale_lies_beside_the_lane() {
        let flags = CellFlags::COMPLETE.with(CellFlags::PLAYING, true);
        let mut song = SongMap::new();
        for (epoch, cells, level) in [(1, 0..100, 0.1f32), (2, 0..50, 0.2)] {
            for index in cells {
                let power = level * level * 4_800.0;
                let levels = Cell { power: [power; 2], k_power: power, peak: [level; 2], ..Cell::default() };
                song.insert(&Cell { index, frames: 4_800, gain: 1.0, epoch, flags, ..levels });
            }
        }
        let lane = &read(&song, 1.0).expect("a timeline").lanes[0];
        let rounded = |lufs: &[Option<Lufs>]| -> Vec<Option<f64>> {
            lufs.iter().map(|lufs| lufs.map(|lufs| (lufs.0 * 10.0).round() / 10.0)).collect()
        };
        assert_eq!(rounded(&lane.lufs), [[Some(-14.7); 5], [None; 5]].concat());
        assert_eq!(rounded(&lane.stale_lufs), [[None; 5], [Some(-20.7); 5]].concat());
    }

    #[test]
    fn a_long_song_has_longer_steps_and_an_empty_one_no_lanes() {
        let read_long = read(&song((0..108_000).map(|k| (k, 0.01))), 1.0).expect("a timeline");
        assert_eq!((read_long.step_s, read_long.lanes[0].lufs.len()), (Seconds(18.0), 600));
        assert_eq!(read(&SongMap::new(), 1.0), None);
    }
}
