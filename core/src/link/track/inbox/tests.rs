use super::*;
use crate::dsp::CellFlags;
use crate::link::ring::{CELL_RING, Writer, bands_ring, cell_ring, hop_ring};

struct Rig {
    hops: Writer<Hop>,
    cells: Writer<Cell>,
    bands: Writer<Bands>,
    inbox: Inbox,
}

fn rig() -> Rig {
    let (hops, hop_reader) = hop_ring();
    let (cells, cell_reader) = cell_ring();
    let (bands, bands_reader) = bands_ring();
    Rig { hops, cells, bands, inbox: Inbox::new(hop_reader, cell_reader, bands_reader) }
}

fn hop(index: i64, peak: f32, gain: f32) -> Hop {
    Hop { index, frames: 480, peak: [0.0, peak], gain, ..Hop::default() }
}

fn cell(index: i32, peak: f32, flags: CellFlags) -> Cell {
    Cell { index, frames: 4800, peak: [peak, 0.0], gain: 1.0, flags, ..Cell::default() }
}

#[test]
fn only_cells_that_played_enter_the_song() {
    let mut rig = rig();
    rig.cells.push(&cell(0, 0.5, CellFlags(0)));
    rig.cells.push(&cell(1, 0.5, CellFlags::PLAYING));
    rig.cells.push(&cell(2, 0.5, CellFlags::RECORDING));
    rig.inbox.collect();
    let places: Vec<_> = rig.inbox.song().cells().map(|cell| cell.index).collect();
    assert_eq!(places, [1]);
}

#[test]
fn a_host_without_a_transport_is_heard_by_time() {
    let mut rig = rig();
    rig.cells.push(&cell(3, 0.5, CellFlags::PLAYING.with(CellFlags::FREE_RUNNING, true)));
    rig.inbox.collect();
    assert!(rig.inbox.song().get(3).is_some());
}

#[test]
fn positions_of_different_clocks_do_not_mix() {
    let mut rig = rig();
    let free = CellFlags::PLAYING.with(CellFlags::FREE_RUNNING, true);
    let beats = CellFlags::PLAYING.with(CellFlags::FROM_BEATS, true);
    for (index, flags) in [(1, free), (2, beats), (3, free), (4, CellFlags::PLAYING), (5, beats), (6, free)] {
        rig.cells.push(&cell(index, 0.5, flags));
    }
    rig.inbox.collect();
    let places: Vec<_> = rig.inbox.song().cells().map(|cell| cell.index).collect();
    assert_eq!(places, [4], "the samples' clock is the best of the three");
}

#[test]
fn bands_enter_the_song_by_the_same_clocks() {
    let mut rig = rig();
    let free = CellFlags::PLAYING.with(CellFlags::FREE_RUNNING, true);
    let beats = CellFlags::PLAYING.with(CellFlags::FROM_BEATS, true);
    let sent = [(1, free), (2, beats), (3, free), (4, CellFlags::PLAYING), (5, beats), (6, CellFlags(0))];
    for (index, flags) in sent {
        rig.bands.push(&Bands::new(index, 96_000, 0, flags));
    }
    rig.inbox.collect();
    let places: Vec<_> = rig.inbox.song().bands(0, 1_000).map(|bands| bands.index).collect();
    assert_eq!(places, [4]);
}

#[test]
fn the_held_peak_is_the_maximum_after_the_trim_of_its_time() {
    let mut rig = rig();
    assert_eq!(rig.inbox.held_peak(), None);
    rig.hops.push(&hop(0, 0.5, 1.0));
    rig.hops.push(&hop(1, 0.25, 4.0));
    rig.hops.push(&hop(2, 0.5, 0.5));
    // The cell knows only the last gain: louder than any moment was.
    rig.cells.push(&Cell { gain: 4.0, ..cell(0, 0.5, CellFlags(0)) });
    rig.inbox.collect();
    assert_eq!(rig.inbox.held_peak(), Some(1.0));
    rig.inbox.reset_held_peak();
    assert_eq!(rig.inbox.held_peak(), None);
    rig.hops.push(&hop(3, 0.125, 1.0));
    rig.inbox.collect();
    assert_eq!(rig.inbox.held_peak(), Some(0.125));
}

#[test]
fn cells_stand_in_for_hops_that_a_render_overran() {
    let mut rig = rig();
    for index in 0..1000 {
        rig.hops.push(&hop(index, if index == 42 { 0.75 } else { 0.1 }, 1.0));
        if index % 10 == 9 {
            let peak = if index == 49 { 0.75 } else { 0.1 };
            rig.cells.push(&cell(index as i32 / 10, peak, CellFlags(0)));
        }
    }
    rig.inbox.collect();
    assert_eq!(rig.inbox.held_peak(), Some(0.75));
}

#[test]
fn cells_that_were_overrun_are_counted_and_missing() {
    let mut rig = rig();
    for index in 0..CELL_RING as i32 + 76 {
        rig.cells.push(&cell(index, 0.5, CellFlags::PLAYING));
    }
    rig.inbox.collect();
    assert_eq!(rig.inbox.song().missed(), 76);
    assert_eq!(rig.inbox.song().get(75), None);
    assert_eq!(rig.inbox.song().bounds(), Some((76, CELL_RING as i32 + 75)));
}

#[test]
fn places_of_lost_cells_are_missed_until_they_are_heard() {
    let lost = |before, next| lost_places(10, before, next);
    assert_eq!(lost(Some(89), Some(100)), Some(90..100), "the song ran on");
    assert_eq!(lost(None, Some(100)), Some(90..100), "or began in between");
    assert_eq!(lost(None, Some(4)), Some(0..4), "at the song's start at the earliest");
    assert_eq!(lost(None, Some(-4)), Some(-14..-4), "or in its pre-roll");
    assert_eq!(lost(Some(7), None), Some(8..18), "the transport stopped in between");
    assert_eq!((lost(None, None), lost_places(0, Some(1), Some(2))), (None, None));

    let mut rig = rig();
    let mut play = |from: i32, to: i32, flags: CellFlags| {
        (from..to).for_each(|index| rig.cells.push(&cell(index, 0.5, flags)));
        rig.inbox.collect();
        (rig.inbox.song().missed(), rig.inbox.song().heard())
    };
    assert_eq!(play(0, 20, CellFlags::PLAYING), (0, 20));
    let ring = CELL_RING as i32;
    assert_eq!(play(20, 50 + ring, CellFlags::PLAYING), (30, 20 + CELL_RING));
    assert_eq!(play(10, 30, CellFlags::PLAYING), (20, 30 + CELL_RING), "the first part is played again");
    assert_eq!(play(30, 45, CellFlags(0)), (20, 30 + CELL_RING), "what has no place fills none");
    assert_eq!(play(30, 60, CellFlags::PLAYING), (0, 50 + CELL_RING));
    assert_eq!(play(60, 60 + 2 * ring, CellFlags::PLAYING.with(CellFlags::FREE_RUNNING, true)), (0, 50 + CELL_RING));
}

#[test]
fn a_render_without_a_word_gets_longer_rings_once_many_cells_wait() {
    let mut rig = rig();
    let usual = rig.inbox.heap_bytes();
    let play = |rig: &mut Rig, from: i32, to: i32| {
        for index in from..to {
            rig.cells.push(&cell(index, 0.5, CellFlags::PLAYING));
            if index % 20 == 0 {
                let whole = CellFlags::PLAYING.with(CellFlags::COMPLETE, true);
                rig.bands.push(&Bands::new(index / 20, 96_000, 0, whole));
            }
        }
    };
    let many = MANY_CELLS as i32;
    play(&mut rig, 0, many);
    rig.inbox.collect();
    assert_eq!(rig.inbox.heap_bytes(), usual, "a collector that comes late now and then");
    play(&mut rig, many, 2 * many + 1);
    rig.inbox.collect();
    assert!(rig.inbox.heap_bytes() > usual + 64 * RENDER_CELL_RING);
    let end = 2 * many + 1 + RENDER_CELL_RING as i32;
    play(&mut rig, 2 * many + 1, end);
    rig.inbox.collect();
    assert_eq!((rig.inbox.song().missed(), rig.inbox.song().heard()), (0, end as usize));
    assert_eq!(rig.inbox.song().bands(0, end).count(), end as usize / 20 + 1);

    // Real time takes the longer rings back, and loses nothing of what they hold.
    play(&mut rig, end, end + 500);
    (rig.cells, rig.bands) = rig.inbox.renew_rings();
    assert_eq!((rig.inbox.heap_bytes(), rig.inbox.song().heard()), (usual, end as usize + 500));
    play(&mut rig, end + 500, end + 520);
    rig.inbox.collect();
    assert_eq!((rig.inbox.song().missed(), rig.inbox.song().heard()), (0, end as usize + 520));
}

#[test]
fn newest_hops_are_kept_and_end_when_the_host_no_longer_calls() {
    let mut rig = rig();
    for index in 0..700 {
        rig.hops.push(&hop(index, 0.5, 1.0));
        if index % 7 == 0 {
            rig.inbox.tick();
        }
    }
    rig.inbox.collect();
    let indices: Vec<_> = rig.inbox.newest_hops().iter().map(|hop| hop.index).collect();
    assert_eq!(indices, (636..700).collect::<Vec<_>>());
    for tick in 0..IDLE_TICKS {
        assert_eq!(rig.inbox.newest_hops().len(), 64, "tick {tick}");
        rig.inbox.tick();
    }
    assert!(rig.inbox.newest_hops().is_empty());
    let pulse = rig.inbox.pulse().expect("the last sign of life stays");
    assert_eq!((pulse.hop.index, pulse.idle_ticks), (699, IDLE_TICKS));
}

#[test]
fn hops_are_told_once_the_newest_where_there_are_too_many() {
    let mut rig = rig();
    let sent = |rig: &mut Rig, hops: std::ops::Range<i64>| -> Vec<i64> {
        hops.for_each(|index| rig.hops.push(&hop(index, 0.5, 1.0)));
        rig.inbox.tick();
        rig.inbox.hops_to_send().iter().map(|hop| hop.index).collect()
    };
    assert_eq!(sent(&mut rig, 0..3), [0; 0], "no process listens");
    rig.inbox.set_export(true);
    assert_eq!(sent(&mut rig, 3..5), [3, 4]);
    assert_eq!(sent(&mut rig, 5..5), [0; 0]);
    let newest = 205 - MOST_HOPS_OUT as i64..205;
    assert_eq!(sent(&mut rig, 5..205), newest.collect::<Vec<_>>());
    rig.hops.push(&hop(205, 0.5, 1.0));
    rig.inbox.tick();
    (0..IDLE_TICKS).for_each(|_| rig.inbox.tick());
    assert_eq!(sent(&mut rig, 206..207), [206], "what was not fetched went with the rest when the host stopped");
}
