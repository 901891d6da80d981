//! What the host's clock does to hops and cells: locates, loops, stops, pre-roll, imprecise clocks, bars.

use keel_core::dsp::{Analyzer, CellFlags, Clock, ClockKind, hop_start};

use crate::common::{Heard, playing_at, sine};

const RATE: f64 = 48_000.0;
const BLOCK: usize = 480;

/// An analyzer that is fed a steady tone, block by block.
struct Player {
    analyzer: Analyzer,
    heard: Heard,
    tone: Vec<f32>,
}

impl Player {
    fn new() -> Self {
        let tone = sine(RATE, 1_000.0, 0.5, 96_000);
        Self { analyzer: Analyzer::new(RATE, 1), heard: Heard::default(), tone }
    }

    fn play(&mut self, frames: usize, clock: Clock) {
        self.analyzer.process(&self.tone[..frames], None, &clock, &mut self.heard);
    }

    /// Plays on from a frame of the song in whole blocks.
    fn play_from(&mut self, position: i64, blocks: usize) {
        for block in 0..blocks {
            self.play(BLOCK, playing_at(position + (block * BLOCK) as i64));
        }
    }

    fn epochs(&self) -> Vec<u16> {
        let mut epochs: Vec<u16> = self.heard.hops.iter().map(|hop| hop.epoch).collect();
        epochs.dedup();
        epochs
    }
}

#[test]
fn a_locate_gives_out_what_is_at_hand_and_begins_an_epoch() {
    let mut player = Player::new();
    player.play(480 * 25 + 100, playing_at(0));
    player.play(480 * 12, playing_at(960_007));
    let cut = player.heard.hops[25];
    assert_eq!((cut.index, cut.frames, cut.epoch), (25, 100, 0));
    assert!(!cut.flags.has(CellFlags::COMPLETE));
    let first = player.heard.hops[26];
    assert_eq!((first.index, first.frames, first.epoch), (2_000, 473, 1));
    let cells: Vec<_> = player.heard.cells.iter().map(|cell| (cell.index, cell.frames, cell.epoch)).collect();
    assert_eq!(cells, [(0, 4_800, 0), (1, 4_800, 0), (2, 2_500, 0), (200, 4_793, 1)]);
    let complete: Vec<_> = player.heard.cells.iter().map(|cell| cell.flags.has(CellFlags::COMPLETE)).collect();
    assert_eq!(complete, [true, true, false, false]);
}

#[test]
fn a_loop_passes_the_same_places_in_new_epochs() {
    let mut player = Player::new();
    for _ in 0..3 {
        player.play_from(48_000, 20);
    }
    let places: Vec<_> = player.heard.cells.iter().map(|cell| (cell.index, cell.epoch)).collect();
    assert_eq!(places, [(10, 0), (11, 0), (10, 1), (11, 1), (10, 2), (11, 2)]);
}

#[test]
fn a_loop_inside_one_hop_gives_a_fragment_each_time() {
    let mut player = Player::new();
    for _ in 0..5 {
        player.play(100, playing_at(50));
    }
    player.analyzer.flush(&mut player.heard);
    let fragments: Vec<_> = player.heard.hops.iter().map(|hop| (hop.index, hop.frames, hop.epoch)).collect();
    assert_eq!(fragments, [(0, 100, 0), (0, 100, 1), (0, 100, 2), (0, 100, 3), (0, 100, 4)]);
    assert_eq!(player.heard.cells.len(), 5);
}

#[test]
fn the_hit_gate_restarts_with_the_epoch_and_drops_its_window() {
    let mut player = Player::new();
    player.play_from(0, 15);
    assert_eq!(player.heard.hops[14].onsets, 1);
    player.play_from(480_000, 25);
    assert_eq!(player.heard.hops[15].onsets, 1, "the first sound of the new epoch");
    let hits: Vec<i64> = player.heard.cells.iter().filter_map(|cell| cell.hit()).map(|hit| hit.onset).collect();
    assert_eq!(hits, [1_000], "the window that the locate cut gives no hit");
}

#[test]
fn a_host_that_rounds_its_samples_does_not_jump() {
    let mut player = Player::new();
    for block in 0..40i64 {
        player.play(BLOCK, playing_at(block * 480 + [0, 2, -2, 1][block as usize % 4]));
    }
    assert_eq!(player.epochs(), [0]);
    assert!(player.heard.hops.iter().all(|hop| hop.flags.has(CellFlags::COMPLETE)));
    player.play(BLOCK, playing_at(40 * 480 + 3));
    player.play(BLOCK, playing_at(41 * 480 + 3));
    assert_eq!(player.epochs(), [0, 1]);
}

#[test]
fn a_clock_of_beats_may_be_1_ms_off_and_no_more() {
    let beats = |position| Clock { kind: ClockKind::Beats, ..playing_at(position) };
    let mut player = Player::new();
    for block in 0..40i64 {
        player.play(BLOCK, beats(block * 480 + if block % 2 == 0 { 48 } else { 0 }));
    }
    assert_eq!(player.epochs(), [0]);
    assert!(player.heard.hops.iter().all(|hop| hop.flags.has(CellFlags::FROM_BEATS)));
    player.play(BLOCK, beats(40 * 480 + 48 + 49));
    player.play(BLOCK, beats(41 * 480 + 48 + 49));
    assert_eq!(player.epochs(), [0, 1]);
}

#[test]
fn a_change_of_clock_is_a_jump_even_at_the_same_position() {
    let mut player = Player::new();
    player.play(BLOCK, playing_at(0));
    player.play(BLOCK, Clock { kind: ClockKind::Beats, ..playing_at(480) });
    assert_eq!(player.epochs(), [0, 1]);
}

#[test]
fn a_stopped_transport_stands_still_while_hops_go_on() {
    let mut player = Player::new();
    player.play_from(96_000, 10);
    for _ in 0..20 {
        player.play(BLOCK, Clock { playing: false, ..playing_at(96_000) });
    }
    player.play_from(96_000, 10);
    let indices: Vec<i64> = player.heard.hops.iter().map(|hop| hop.index).collect();
    let expected: Vec<i64> = (200..210).chain(10..30).chain(200..210).collect();
    assert_eq!(indices, expected, "stopped hops count the time since processing began");
    for (k, hop) in player.heard.hops.iter().enumerate() {
        let stopped = (10..30).contains(&k);
        assert_eq!(hop.flags.has(CellFlags::PLAYING), !stopped);
        assert_eq!(hop.flags.has(CellFlags::FREE_RUNNING), stopped);
    }
    assert_eq!(player.epochs(), [0, 1, 2]);
}

#[test]
fn without_a_position_time_runs_from_the_start() {
    let mut player = Player::new();
    for _ in 0..12 {
        player.play(BLOCK, Clock { kind: ClockKind::FreeRunning, position: 77, ..playing_at(0) });
    }
    assert_eq!(player.heard.hops.iter().map(|hop| hop.index).collect::<Vec<_>>(), (0..12).collect::<Vec<_>>());
    assert!(player.heard.hops.iter().all(|hop| hop.flags.has(CellFlags::FREE_RUNNING)));
    assert_eq!(player.epochs(), [0]);
}

#[test]
fn a_start_is_an_epoch_without_a_position_too() {
    let mut player = Player::new();
    let free = Clock { kind: ClockKind::FreeRunning, playing: false, ..playing_at(0) };
    player.play(BLOCK * 3 + 100, free);
    player.play(BLOCK * 3, Clock { playing: true, ..free });
    let frames: Vec<_> = player.heard.hops.iter().map(|hop| (hop.index, hop.frames, hop.epoch)).collect();
    let expected = [(0, 480, 0), (1, 480, 0), (2, 480, 0), (3, 100, 0), (3, 380, 1), (4, 480, 1), (5, 480, 1)];
    assert_eq!(frames, expected);
}

#[test]
fn a_pre_roll_lies_before_the_song() {
    let mut player = Player::new();
    player.play_from(-480 * 13, 20);
    assert_eq!(player.heard.hops[0].index, -13);
    let cells: Vec<_> = player.heard.cells.iter().map(|cell| (cell.index, cell.frames)).collect();
    assert_eq!(cells, [(-2, 1_440), (-1, 4_800)]);
}

#[test]
fn epochs_wrap() {
    let mut player = Player::new();
    for jump in 0..70_000i64 {
        player.heard = Heard::default();
        player.play(1, playing_at(if jump % 2 == 0 { 0 } else { 9_600 }));
    }
    assert_eq!(player.heard.hops[0].epoch, (69_998 % 65_536) as u16);
}

#[test]
fn absurd_positions_neither_panic_nor_wrap() {
    for position in [i64::MIN, i64::MIN + 1, i64::MAX - 1, i64::MAX, 1 << 53] {
        let mut player = Player::new();
        for _ in 0..30 {
            player.play(BLOCK, playing_at(position));
        }
        player.analyzer.flush(&mut player.heard);
        assert!(player.heard.cells.iter().all(|cell| cell.index.signum() == position.signum() as i32));
    }
}

fn in_bars(position: i64) -> Clock {
    // 120 in 6/8: a bar of three quarters lasts 1.5 s.
    let bar = position as f64 / RATE / 1.5;
    Clock { tempo: Some(120.0), quarters_per_bar: Some(3.0), bar: Some(bar), ..playing_at(position) }
}

#[test]
fn bars_are_carried_on_inside_a_block() {
    let mut player = Player::new();
    player.play(48_000, in_bars(36_000));
    for hop in &player.heard.hops {
        let expected = hop_start(hop.index, RATE) as f64 / RATE / 1.5;
        assert!((f64::from(hop.bar) - expected).abs() < 1e-6, "hop {}: bar {}, not {expected}", hop.index, hop.bar);
        assert_eq!(hop.tempo, 120.0);
    }
    let bar = player.heard.cells[3].bar;
    assert!((f64::from(bar) - 1.0 / 1.5).abs() < 1e-6, "the cell at 1 s of the song: bar {bar}");
}

#[test]
fn a_new_tempo_starts_a_new_line_of_bars() {
    let mut player = Player::new();
    player.play(4_800, in_bars(0));
    let slower = Clock { tempo: Some(60.0), ..in_bars(4_800) };
    player.play(4_800, slower);
    let expected = 0.1 / 1.5 + 0.05 / 3.0;
    assert!((f64::from(player.heard.hops[15].bar) - expected).abs() < 1e-6, "{}", player.heard.hops[15].bar);
    assert_eq!(player.epochs(), [0], "a change of tempo is no jump");
}

#[test]
fn what_the_host_does_not_tell_is_nan() {
    let mut player = Player::new();
    player.play_from(0, 10);
    let hop = player.heard.hops[0];
    assert!(hop.bar.is_nan() && hop.tempo.is_nan() && hop.loop_s.iter().all(|edge| edge.is_nan()));
    assert!(player.heard.cells[0].bar.is_nan());
}

#[test]
fn what_the_host_tells_is_on_the_hop() {
    let mut player = Player::new();
    let clock = Clock { recording: true, loop_s: Some((4.0, 8.0)), gain: 0.25, ..playing_at(0) };
    player.play(4_700, Clock { gain: 1.0, ..clock });
    player.play(100, Clock { position: 4_700, ..clock });
    let hop = player.heard.hops[0];
    assert!(hop.flags.has(CellFlags::RECORDING) && hop.flags.has(CellFlags::PLAYING));
    assert_eq!((hop.loop_s, hop.gain, hop.sample_rate), ([4.0, 8.0], 1.0, 48_000.0));
    let cell = player.heard.cells[0];
    assert_eq!(cell.gain, 0.25, "the gain at the cell's end");
    assert!(cell.flags.has(CellFlags::RECORDING) && cell.flags.has(CellFlags::PLAYING));
}

#[test]
fn flush_gives_out_the_rest_and_starts_anew() {
    let mut player = Player::new();
    player.play(480 * 12 + 30, playing_at(0));
    player.analyzer.flush(&mut player.heard);
    let last = player.heard.hops[12];
    assert_eq!((last.index, last.frames), (12, 30));
    assert_eq!(player.heard.cells.last().map(|cell| (cell.index, cell.frames)), Some((1, 990)));
    player.analyzer.flush(&mut player.heard);
    assert_eq!((player.heard.hops.len(), player.heard.cells.len()), (13, 2), "nothing is left");
    player.play(480 * 10, playing_at(480 * 12 + 30));
    assert_eq!(player.heard.hops[13].epoch, 1, "what follows a file is another");
}

#[test]
fn flush_reads_the_peak_between_the_last_samples() {
    // fs/4 from 45 degrees peaks between its samples only, 3 dB above them.
    let tone: Vec<f32> = (0..960).map(|k| if k % 4 < 2 { 0.5 } else { -0.5 }).collect();
    let ends = |frames: usize| {
        let mut loud = vec![0.0; frames];
        let from = frames - 6;
        loud[from..].copy_from_slice(&tone[..6]);
        loud
    };
    for frames in [960, 1_000] {
        let heard = crate::common::analyze(RATE, &ends(frames), None);
        let last = heard.hops.last().unwrap();
        let expected = if frames == 960 { (2, 8) } else { (2, 40) };
        assert_eq!((last.index, last.frames), expected, "a file of {frames} frames");
        assert!(last.true_peak[0] > 0.55, "a file of {frames} frames: {}", last.true_peak[0]);
        assert_eq!(heard.cells[0].true_peak, last.true_peak[0]);
    }
}

#[test]
fn a_file_that_fades_out_on_the_grid_has_no_hop_beyond_it() {
    let mut tone = sine(RATE, 12_000.0, 0.5, 4_800);
    tone.iter_mut().enumerate().for_each(|(k, sample)| *sample *= 1.0 - k as f32 / 4_800.0);
    let heard = crate::common::analyze(RATE, &tone, None);
    assert_eq!((heard.hops.len(), heard.cells.len()), (10, 1));
}

#[test]
fn a_reset_forgets_the_audio_but_goes_on_with_the_epoch() {
    let mut player = Player::new();
    player.play(480 * 5 + 77, playing_at(0));
    player.analyzer.reset();
    player.analyzer.reset();
    player.heard = Heard::default();
    player.play(480 * 10, playing_at(0));
    let mut fresh = Player::new();
    fresh.play(480 * 10, playing_at(0));
    assert_eq!(player.epochs(), [1]);
    let plain = |heard: &Heard| heard.hops.iter().map(|hop| (hop.index, hop.power, hop.k_power)).collect::<Vec<_>>();
    assert_eq!(plain(&player.heard), plain(&fresh.heard));
}
