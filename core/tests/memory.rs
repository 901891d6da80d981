//! What a track may hold: its song map for three hours, and all that an instance keeps for the audio thread.

use keel_core::dsp::{Analyzer, BANDS, Bands, Cell, CellFlags};
use keel_core::link::{Session, TrackConfig};
use keel_core::mix::SongMap;

const COMPLETE: CellFlags = CellFlags(CellFlags::PLAYING.0 | CellFlags::COMPLETE.0);

fn cell(index: i32) -> Cell {
    Cell { index, frames: 4_800, flags: COMPLETE, gain: 1.0, ..Cell::default() }
}

fn bands(index: i32, power: f64, flags: CellFlags, frames: u32) -> Bands {
    let mut bands = Bands::new(index, frames, 0, flags);
    bands.set(BANDS - 1, [power, power], power);
    bands
}

#[test]
fn three_hours_of_cells_and_bands_stay_under_8_mib_wherever_they_begin() {
    for start in [0, -631, 1_000_009] {
        let mut song = SongMap::new();
        for index in start..start + 108_000 {
            song.insert(&cell(index));
            song.insert_bands(&bands(index.div_euclid(20), 0.5, COMPLETE, 96_000));
        }
        assert_eq!(song.bounds(), Some((start, start + 107_999)));
        assert_eq!(song.cells().count(), 108_000);
        assert!(song.bands(start, start + 108_000).count() >= 5_400);
        assert!(song.heap_bytes() < 8 << 20, "{} bytes", song.heap_bytes());
        // A longer song forgets where it was longest ago, and grows no more.
        let full = song.heap_bytes();
        for index in start + 108_000..start + 140_000 {
            song.insert(&cell(index));
            song.insert_bands(&bands(index.div_euclid(20), 0.5, COMPLETE, 96_000));
        }
        assert!(song.heap_bytes() < 8 << 20 && song.heap_bytes() <= full + 200_000, "{} bytes", song.heap_bytes());
    }
}

#[test]
fn the_map_gives_the_bands_that_overlap_a_span() {
    let mut song = SongMap::new();
    for index in [-3, -2, -1, 0, 1, 31, 32, 33] {
        song.insert_bands(&bands(index, 0.5, COMPLETE, 96_000));
    }
    let places = |from, to| song.bands(from, to).map(|bands| bands.index).collect::<Vec<_>>();
    assert_eq!(places(0, 20), [0]);
    assert_eq!(places(-1, 21), [-1, 0, 1]);
    assert_eq!(places(-60, -40), [-3]);
    assert_eq!(places(639, 641), [31, 32]);
    assert_eq!(places(40, 620), [0; 0]);
    assert_eq!(places(30, 10), [0; 0], "nothing between a place and an earlier one");
    assert_eq!(places(i32::MIN, i32::MAX).len(), 8);
}

#[test]
fn a_newer_pass_wins_but_a_fragment_replaces_no_whole_record() {
    let mut song = SongMap::new();
    let mut put = |power, flags, frames| {
        song.insert_bands(&bands(0, power, flags, frames));
        song.bands(0, 20).next().map(|bands| bands.power(BANDS - 1)[0])
    };
    let close = |read: Option<f64>, expected: f64| read.is_some_and(|read| (read / expected - 1.0).abs() < 0.001);
    assert_eq!(put(0.5, CellFlags::PLAYING, 0), None, "no frames, no record");
    assert!(close(put(0.1, CellFlags::PLAYING, 400), 0.1));
    assert!(close(put(0.2, CellFlags::PLAYING, 300), 0.2));
    assert!(close(put(0.3, COMPLETE, 96_000), 0.3));
    assert!(close(put(0.4, CellFlags::PLAYING, 95_000), 0.3));
    assert!(close(put(0.5, COMPLETE, 96_000), 0.5));
}

#[test]
fn an_instance_holds_at_most_192_kib_beside_its_song_map() {
    let session = Session::new();
    let (track, _writer) = session.join(TrackConfig::default());
    for rate in [8_000.0, 44_100.0, 48_000.0, 64_000.0, 79_999.0, 96_000.0, 192_000.0, 768_000.0] {
        let bytes = track.bytes() + Analyzer::new(rate, 2).bytes();
        assert!(bytes <= 192 << 10, "{bytes} bytes at {rate} Hz");
    }
}
