//! Second passes: what goes stale, and what hears it fresh again. 20 cells are a bar.

use super::*;

const WHOLE: CellFlags = CellFlags(CellFlags::PLAYING.0 | CellFlags::COMPLETE.0);
const FRAMES: u32 = 4_800;

fn cell(index: i32, epoch: u16, peak_db: f32) -> Cell {
    let peak = 10f32.powf(peak_db / 20.0);
    let power = peak * peak / 2.0 * FRAMES as f32;
    Cell {
        index,
        frames: FRAMES,
        power: [power; 2],
        cross: power,
        k_power: 2.0 * power,
        peak: [peak; 2],
        true_peak: peak,
        gain: 1.0,
        epoch,
        flags: WHOLE,
        bar: index as f32 / 20.0,
        ..Cell::default()
    }
}

/// A track that is played, pass by pass. Its sound goes up and down by 6 dB.
#[derive(Clone, Default)]
struct Player {
    song: SongMap,
    epoch: u16,
}

impl Player {
    fn sound(index: i32) -> f32 {
        -20.0 + 3.0 * (index as f32 * 0.7).sin()
    }

    /// BarMap `[from, to)`, this much louder than ever.
    fn play(&mut self, from: f32, to: f32, louder: f32) -> &mut Self {
        self.play_as(from, to, |cell| change(cell, louder))
    }

    fn play_as(&mut self, from: f32, to: f32, with: impl Fn(Cell) -> Cell) -> &mut Self {
        self.epoch += 1;
        self.go_on(from, to, with)
    }

    fn go_on(&mut self, from: f32, to: f32, with: impl Fn(Cell) -> Cell) -> &mut Self {
        let (from, to) = ((from * 20.0).round() as i32, (to * 20.0).round() as i32);
        for index in from..to {
            self.song.insert(&with(cell(index, self.epoch, Self::sound(index))));
            // A record of bands comes a little after its last cell.
            if index > from && index % 20 == 0 {
                self.bands(index / 20 - 1, ((index - from) as u32).min(20));
            }
        }
        self
    }

    fn bands(&mut self, index: i32, cells: u32) {
        let flags = WHOLE.with(CellFlags::COMPLETE, cells == 20);
        let mut bands = Bands::new(index, cells * FRAMES, self.epoch, flags);
        bands.set(5, [0.1, 0.1], 0.1);
        self.song.insert_bands(&bands);
    }

    /// What holds, in bars.
    fn fresh(&self) -> Vec<(f32, f32)> {
        bars(self.song.fresh_spans())
    }

    fn stale(&self) -> Vec<(f32, f32)> {
        bars(self.song.stale_spans())
    }

    fn changed_by(&self) -> Option<f64> {
        self.song.changed_by().map(|by| (by.0 * 100.0).round() / 100.0)
    }
}

fn bars(spans: Vec<(i32, i32)>) -> Vec<(f32, f32)> {
    spans.into_iter().map(|(from, to)| (from as f32 / 20.0, to as f32 / 20.0)).collect()
}

fn change(cell: Cell, db: f32) -> Cell {
    let (amplitude, power) = (10f32.powf(db / 20.0), 10f32.powf(db / 10.0));
    Cell {
        power: cell.power.map(|sum| sum * power),
        k_power: cell.k_power * power,
        peak: cell.peak.map(|peak| peak * amplitude),
        ..cell
    }
}

#[test]
fn a_second_pass_at_another_level_leaves_the_rest_stale_until_it_is_heard_again() {
    let mut track = Player::default();
    track.play(0.0, 16.0, 0.0).play(4.0, 8.0, 3.0);
    assert_eq!(track.fresh(), [(4.0, 8.0)]);
    assert_eq!(track.stale(), [(0.0, 4.0), (8.0, 16.0)]);
    assert_eq!((track.changed_by(), track.song.stale_count()), (Some(3.0), 240));
    assert_eq!(track.song.bounds(), Some((80, 159)));
    assert_eq!((track.song.get(79), track.song.get(160)), (None, None));
    assert!(track.song.get(80).is_some_and(|cell| cell.epoch == 2));
    assert!(track.song.cells().all(|cell| cell.epoch == 2) && track.song.range(0, 320).count() == 80);
    assert_eq!(track.song.bands(0, 320).map(|bands| bands.index).collect::<Vec<_>>(), [4, 5, 6]);
    assert_eq!(track.song.known_bars(), 80);
    track.play(8.0, 12.0, 3.0);
    assert_eq!((track.fresh(), track.stale()), (vec![(4.0, 12.0)], vec![(0.0, 4.0), (12.0, 16.0)]));
    track.play(0.0, 16.0, 3.0);
    assert_eq!((track.fresh(), track.stale(), track.changed_by()), (vec![(0.0, 16.0)], vec![], None));
}

#[test]
fn a_pass_that_proves_nothing_leaves_everything_as_it_is() {
    let unchanged = |track: &Player| assert_eq!((track.fresh(), track.stale()), (vec![(0.0, 16.0)], vec![]));
    let mut first = Player::default();
    first.play(0.0, 16.0, 0.0);
    unchanged(first.clone().play(4.0, 5.5, 6.0));
    unchanged(first.clone().play(4.0, 12.0, 0.99));
    unchanged(first.clone().play(4.0, 12.0, -0.99));
    // Silent in one of the passes: muted, or not yet there.
    unchanged(first.clone().play(4.0, 12.0, -120.0));
    unchanged(first.clone().play_as(4.0, 12.0, |cell| Cell { gain: 4.0, ..cell }));
    unchanged(first.clone().play_as(4.0, 12.0, |cell| change(cell, if cell.index % 5 < 2 { 20.0 } else { 0.2 })));
    unchanged(first.clone().play_as(4.0, 12.0, |cell| {
        change(Cell { flags: cell.flags.with(CellFlags::FREE_RUNNING, true), ..cell }, 6.0)
    }));
    unchanged(first.clone().play_as(4.0, 12.0, |cell| change(Cell { flags: CellFlags::PLAYING, ..cell }, 6.0)));
    // 300 ms of sound in 2 bars are too little to go by.
    let sparse = |cell: Cell, louder| change(cell, if cell.index % 40 < 3 { louder } else { -120.0 });
    let mut hits = Player::default();
    unchanged(hits.play_as(0.0, 16.0, |cell| sparse(cell, 0.0)).play_as(4.0, 12.0, |cell| sparse(cell, 6.0)));
}

#[test]
fn any_measure_of_the_level_may_show_the_change() {
    let changes: [fn(Cell) -> Cell; 3] = [
        |cell| Cell { peak: cell.peak.map(|peak| peak * 0.7), ..cell },
        |cell| Cell { power: cell.power.map(|power| power * 2.0), ..cell },
        |cell| Cell { k_power: cell.k_power * 0.5, ..cell },
    ];
    for (change, by) in changes.into_iter().zip([-3.1, 3.01, -3.01]) {
        let mut track = Player::default();
        track.play(0.0, 8.0, 0.0).play_as(2.0, 4.0, change);
        assert_eq!((track.fresh(), track.changed_by()), (vec![(2.0, 4.0)], Some(by)));
    }
    // A mono channel in place of two alike has the same level by peak and RMS, and half the loudness.
    let mut track = Player::default();
    track.play(0.0, 8.0, 0.0).play_as(2.0, 4.0, |cell| Cell {
        power: [cell.power[0], 0.0],
        flags: cell.flags.with(CellFlags::MONO, true),
        ..cell
    });
    assert_eq!(track.stale(), []);
}

#[test]
fn the_quiet_between_the_notes_tells_nothing() {
    // Hits with a tail, 45 dB down, that a gate takes 20 dB off.
    let hits = |tail: f32| move |cell: Cell| change(cell, if cell.index % 5 < 2 { 10.0 } else { tail });
    let mut track = Player::default();
    track.play_as(0.0, 8.0, hits(-35.0)).play_as(2.0, 6.0, hits(-15.0));
    assert_eq!(track.stale(), [], "what rises from under 40 dB was not heard before");
    track.play_as(0.0, 8.0, hits(-35.0)).play_as(2.0, 6.0, hits(-55.0));
    assert_eq!(track.stale(), []);
}

#[test]
fn two_bars_are_counted_by_the_host_s_bars_else_four_seconds() {
    let shown_after = |bars_in_cell: f32| {
        let mut track = Player::default();
        let slow = |cell: Cell| Cell { bar: cell.index as f32 * bars_in_cell, ..cell };
        track.play_as(0.0, 30.0, slow).play_as(4.0, 4.0, slow);
        (1..400).find(|cells| {
            let at = 4.0 + (*cells as f32 - 1.0) / 20.0;
            track.go_on(at, at + 0.05, |cell| change(slow(cell), 3.0));
            track.song.stale_count() > 0
        })
    };
    // Both ends of 2 bars lie inside cells: what is whole of them is enough.
    assert_eq!(shown_after(0.05), Some(39), "120 bpm in four");
    assert_eq!(shown_after(0.025), Some(79), "60 bpm");
    assert_eq!(shown_after(f32::NAN), Some(39));
}

#[test]
fn what_a_pass_heard_holds_even_where_the_level_changes_within_it() {
    let mut track = Player::default();
    track.play(0.0, 16.0, 0.0).play(2.0, 6.0, 0.0).go_on(6.0, 10.0, |cell| change(cell, -4.0));
    assert_eq!((track.fresh(), track.changed_by()), (vec![(2.0, 10.0)], Some(-4.0)));
    assert!(track.song.bands(0, 320).all(|bands| (2..10).contains(&bands.index)));
    let mut early = Player::default();
    early.play(0.0, 16.0, 0.0).play(2.0, 2.5, 0.0).go_on(2.5, 6.0, |cell| change(cell, -4.0));
    assert_eq!(early.fresh(), [(2.0, 6.0)]);
    // A whole pass that is otherwise in each section leaves nothing stale.
    let mut whole = Player::default();
    whole.play(0.0, 16.0, 0.0).play(0.0, 4.0, 3.0).go_on(4.0, 8.0, |cell| change(cell, -3.0));
    whole.go_on(8.0, 12.0, |cell| cell).go_on(12.0, 16.0, |cell| change(cell, 6.0));
    assert_eq!((whole.fresh(), whole.stale()), (vec![(0.0, 16.0)], vec![]));
    // New ground counts to what follows on it.
    let mut ahead = Player::default();
    ahead.play(8.0, 16.0, 0.0).play(4.0, 12.0, 2.0);
    assert_eq!(ahead.fresh(), [(4.0, 12.0)]);
}

#[test]
fn a_loop_tells_by_the_round_before() {
    let mut track = Player::default();
    track.play(0.0, 32.0, 0.0);
    for louder in [0.0, 3.0, 3.0, 3.0] {
        track.play(8.0, 12.0, louder);
    }
    assert_eq!((track.fresh(), track.changed_by()), (vec![(8.0, 12.0)], Some(3.0)));
    // Turned on and off again in the loop.
    track.play(8.0, 12.0, 0.0).play(8.0, 12.0, 0.0);
    assert_eq!((track.fresh(), track.changed_by()), (vec![(8.0, 12.0)], Some(-3.0)));
    track.play(0.0, 8.0, 0.0);
    assert_eq!(track.fresh(), [(0.0, 12.0)], "as the stale cells had it");
}

#[test]
fn stale_bars_that_sound_as_foretold_or_as_before_tell_nothing_new() {
    let mut track = Player::default();
    track.play(0.0, 16.0, 0.0).play(8.0, 12.0, 3.0);
    assert_eq!(track.clone().play(0.0, 4.0, 3.0).fresh(), [(0.0, 4.0), (8.0, 12.0)], "changed everywhere alike");
    assert_eq!(track.clone().play(0.0, 4.0, 0.0).fresh(), [(0.0, 4.0), (8.0, 12.0)], "a new take of bars 8 to 12");
    // Neither: it changed once more, and what was heard between is stale, too.
    let mut again = track.clone();
    again.play(0.0, 4.0, 6.0);
    assert_eq!((again.fresh(), again.changed_by()), (vec![(0.0, 4.0)], Some(3.0)));
    again.play(8.0, 12.0, 6.0).play(12.0, 16.0, 6.0).play(4.0, 8.0, 6.0);
    assert_eq!((again.fresh(), again.stale()), (vec![(0.0, 16.0)], vec![]), "each as foretold by one change or two");
    // A take that is played here and there in turn goes on holding.
    for _ in 0..3 {
        track.play(0.0, 4.0, 0.0).play(8.0, 12.0, 3.0);
        assert_eq!(track.fresh(), [(0.0, 4.0), (8.0, 12.0)]);
    }
}

#[test]
fn a_fragment_stands_in_for_stale_cells_and_old_bands_never_do() {
    let mut track = Player::default();
    track.play(0.0, 8.0, 0.0).bands(7, 20);
    track.play(0.0, 4.0, 3.0);
    let fragment = Cell { frames: 100, flags: CellFlags::PLAYING, ..cell(100, 9, -10.0) };
    track.song.insert(&fragment);
    assert_eq!(track.song.get(100), Some(&fragment));
    // All cells of the record are heard anew, but of its bands only a fragment comes.
    track.play(7.0, 8.0, 3.0);
    assert_eq!(track.song.bands(140, 160).count(), 0);
    track.bands(7, 19);
    assert_eq!(track.song.bands(140, 160).map(|bands| bands.frames).collect::<Vec<_>>(), [19 * FRAMES]);
}

#[test]
fn cells_that_were_lost_in_the_pass_that_shows_the_change_are_stale() {
    let mut track = Player::default();
    track.play(0.0, 8.0, 0.0).play(2.0, 3.0, 3.0).go_on(3.5, 6.0, |cell| change(cell, 3.0));
    assert_eq!(track.fresh(), [(2.0, 3.0), (3.5, 6.0)]);
}

/// A song of bars 0 to 16 and 14 bars of silence after it, rewound.
fn song_and_silence() -> Player {
    let mut track = Player::default();
    track.play(0.0, 16.0, 0.0).go_on(16.0, 30.0, |cell| change(cell, -120.0));
    track.bands(29, 20);
    track
}

#[test]
fn silence_past_the_song_s_end_is_never_stale() {
    let mut track = song_and_silence();
    track.play(8.0, 16.0, 3.0);
    assert_eq!((track.fresh(), track.stale()), (vec![(8.0, 30.0)], vec![(0.0, 8.0)]), "from the middle");
    let bands = |track: &Player| track.song.bands(0, 600).map(|bands| bands.index).collect::<Vec<_>>();
    assert_eq!(bands(&track), (8..30).filter(|index| *index != 15).collect::<Vec<_>>(), "15 ends in another pass");
    track.play(0.0, 8.0, 3.0);
    assert_eq!((track.stale(), track.changed_by()), (vec![], None), "the song is heard again, its silence is not");
    // With the silence, too.
    let mut again = song_and_silence();
    again.play(0.0, 16.0, -5.0).go_on(16.0, 30.0, |cell| change(cell, -120.0));
    assert_eq!((again.fresh(), again.changed_by()), (vec![(0.0, 30.0)], None));
}

#[test]
fn silence_in_front_and_long_rests_hold_and_short_ones_go_with_their_notes() {
    // Sound in bars 4 to 8 and 10 to 14, and in the first half of bars 20 to 24.
    let sounds = |bar: f32| (4.0..8.0).contains(&bar) || (10.0..14.0).contains(&bar) || (20.0..24.0).contains(&bar);
    let part = |cell: Cell| {
        let is_rest = !sounds(cell.bar) || (cell.bar >= 20.0 && cell.bar.fract() >= 0.5);
        change(cell, if is_rest { -120.0 } else { 0.0 })
    };
    let mut track = Player::default();
    track.play_as(0.0, 30.0, part).play_as(4.0, 6.5, |cell| change(part(cell), 4.0));
    assert_eq!(track.stale(), [(6.5, 8.0), (10.0, 14.0), (20.0, 23.5)]);
    assert_eq!(track.fresh(), [(0.0, 6.5), (8.0, 10.0), (14.0, 20.0), (23.5, 30.0)]);
    let short = |cell: Cell| Cell { index: cell.index - i32::from(cell.bar >= 10.0), ..part(cell) };
    let mut track = Player::default();
    track.play_as(0.0, 30.0, short).play_as(4.0, 6.5, |cell| change(short(cell), 4.0));
    assert_eq!(track.stale()[0], (6.5, 13.95), "a cell less than 2 bars");
}

#[test]
fn a_track_that_fell_silent_has_nothing_stale_there() {
    let mut track = Player::default();
    track.play(0.0, 16.0, 0.0).play_as(8.0, 16.0, |cell| change(cell, -120.0)).play(0.0, 4.0, 3.0);
    assert_eq!((track.fresh(), track.stale()), (vec![(0.0, 4.0), (8.0, 16.0)], vec![(4.0, 8.0)]));
}

#[test]
fn another_map_takes_over_what_holds() {
    let mut track = Player::default();
    track.play(0.0, 40.0, 0.0);
    // One that was there from the start, and one that comes late.
    let (mut early, mut other) = (SongMap::new(), SongMap::new());
    track.song.cells().for_each(|cell| early.insert_remote(cell));
    track.song.bands(0, 1_000).for_each(|bands| early.insert_bands(bands));
    track.play(20.0, 34.0, -2.5);
    track.song.range(400, 680).for_each(|cell| early.insert_remote(cell));
    track.song.bands(400, 680).for_each(|bands| early.insert_bands(bands));
    assert_eq!(early.stale_count(), 0);
    early.set_stale(&track.song.stale_list());
    other.set_stale(&track.song.stale_list());
    track.song.all(0, 1_000).for_each(|cell| other.restore(cell));
    track.song.bands(0, 1_000).for_each(|bands| other.insert_bands(bands));
    for other in [&early, &other] {
        assert!(other.cells().eq(track.song.cells()) && other.bands(0, 800).eq(track.song.bands(0, 800)));
        assert_eq!((other.bounds(), other.stale_spans()), (track.song.bounds(), track.song.stale_spans()));
        assert!(other.changed_by().is_some_and(|by| (by.0 + 2.5).abs() < 1e-3));
    }
    let version = early.changes().version();
    early.set_stale(&track.song.stale_list());
    assert_eq!(early.changes().version(), version, "nothing new");
    // It takes what comes, and finds nothing by itself.
    track.epoch += 1;
    for index in 400..480 {
        other.insert_remote(&change(cell(index, track.epoch, Player::sound(index)), 6.0));
    }
    assert_eq!(other.stale_spans(), track.song.stale_spans());
    // Places where it heard nothing.
    other.set_stale(&StaleList { by: 1.0, spans: vec![(i32::MIN, 400), (900, i32::MAX)] });
    assert_eq!((other.bounds(), other.cells().count()), (Some((400, 799)), 400));
}

#[test]
fn what_is_heard_in_too_many_places_stays_stale_and_its_bounds_are_kept() {
    let mut track = Player::default();
    track.play(0.0, 160.0, 0.0).play(100.0, 104.0, 3.0);
    for index in (1..2_000).step_by(2).rev() {
        track.epoch += 1;
        let before = track.song.changes().version();
        track.song.insert(&change(cell(index, track.epoch, Player::sound(index)), 3.0));
        let (first, last) = track.song.bounds().expect("what holds");
        let is_within = |from, to| assert!(first <= from && to <= last + 1, "{from} to {to} at {index}");
        assert!(track.song.changes().since(before, is_within));
    }
    assert_eq!(track.song.stale_count(), 3_120 - 511);
    track.play(0.0, 160.0, 3.0);
    assert_eq!(track.fresh(), [(0.0, 160.0)]);
}

#[test]
fn three_hours_with_all_that_passes_need_stay_under_8_mib() {
    let mut song = SongMap::new();
    let mut bands = Bands::new(0, 96_000, 1, WHOLE);
    for pass in 1..=3 {
        for index in -631..107_369 {
            song.insert(&change(cell(index, pass, -20.0), 3.0 * f32::from(pass)));
            bands.index = index.div_euclid(20);
            song.insert_bands(&bands);
        }
    }
    // Here and there, so that as many runs are foretold as there can be.
    for at in 0..2_000 {
        song.insert(&cell(at * 50, 4 + at as u16, -11.0));
    }
    for index in 0..500 {
        song.insert(&Cell { bar: index as f32 / 1e6, ..cell(index, 5_000, -40.0) });
    }
    assert!(song.stale_count() > 100_000 && song.heap_bytes() < 8 << 20, "{} bytes", song.heap_bytes());
    println!("{} bytes", song.heap_bytes());
}
