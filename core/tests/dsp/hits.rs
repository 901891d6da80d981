//! The hit gate beside its acceptance cases: where onsets are found, and what a hit holds.

use crate::cases::hits::{self, hits, level};
use crate::common::{Rng, amplitude, analyze, analyze_from};

const RATE: f64 = 48_000.0;

fn kick(tau: f64) -> Vec<f32> {
    hits::kick(RATE, tau)
}

/// A kick each `period` seconds for so many seconds, the first after `start` frames; each stops where the next begins.
fn pattern(kick: &[f32], period: f64, seconds: f64, start: usize) -> Vec<f32> {
    hits::pattern(kick, (period * RATE) as usize, (seconds * RATE) as usize, start)
}

#[test]
fn ghost_notes_from_9_to_24_db_down_move_the_level_by_1_db_at_most() {
    let clean = pattern(&kick(0.06), 1.0, 32.0, 0);
    for down in [9.0, 12.0, 15.0, 18.0, 21.0, 24.0] {
        let ghosts = pattern(&kick(0.06), 1.0 / 3.0, 32.0, 0);
        let gain = amplitude(-down) as f32;
        let both: Vec<f32> = clean.iter().zip(&ghosts).map(|(a, b)| if *a == 0.0 { gain * b } else { *a }).collect();
        let (read, expected) = (level(RATE, &both).unwrap(), level(RATE, &clean).unwrap());
        let off = [read.peak - expected.peak, read.loudness - expected.loudness];
        assert!(off.iter().all(|off| off.abs() <= 1.0), "two ghosts a hit at -{down} dB: {off:?} dB off");
    }
}

#[test]
fn each_kick_is_one_onset_in_its_own_hop() {
    let heard = analyze(RATE, &pattern(&kick(0.11), 0.5, 8.0, 4_800), None);
    let onsets: Vec<i64> = hits(&heard).iter().map(|hit| hit.onset).collect();
    let expected: Vec<i64> = (0..16).map(|k| 10 + 50 * k).collect();
    assert_eq!(onsets, expected);
    assert_eq!(heard.hops.last().unwrap().onsets, 16);
    for pair in heard.hops.windows(2) {
        let rose = pair[1].onsets != pair[0].onsets;
        assert_eq!(rose, expected.contains(&pair[1].index), "hop {}", pair[1].index);
    }
}

#[test]
fn a_hit_is_the_200_ms_from_its_onset() {
    let track = pattern(&kick(0.25), 1.0, 1.0, 0);
    let heard = analyze(RATE, &track, Some(&track));
    let hit = hits(&heard)[0];
    let window = &track[..9_600];
    let power = window.iter().map(|x| 2.0 * f64::from(*x).powi(2)).sum::<f64>() / 9_600.0;
    let peak = window.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
    assert_eq!((hit.onset, hit.peak), (0, peak));
    assert!((f64::from(hit.power) / power - 1.0).abs() < 1e-5, "power {} expected {power}", hit.power);
    let k_power: f64 = heard.hops[..20].iter().map(|hop| f64::from(hop.k_power)).sum::<f64>() / 9_600.0;
    assert!((f64::from(hit.k_power) / k_power - 1.0).abs() < 1e-5, "K {} expected {k_power}", hit.k_power);
}

#[test]
fn a_window_ends_where_the_next_hit_begins() {
    let track = pattern(&kick(0.02), 0.125, 2.0, 0);
    let heard = analyze(RATE, &track, None);
    let hits = hits(&heard);
    // Kicks at 0, 125, 250 ms...: onsets in hops 0, 12, 25, 37...
    assert_eq!(hits[..4].iter().map(|hit| hit.onset).collect::<Vec<_>>(), [0, 12, 25, 37]);
    let first = track[..12 * 480].iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / (12.0 * 480.0);
    assert!((f64::from(hits[0].power) / first - 1.0).abs() < 1e-5, "power {} expected {first}", hits[0].power);
}

#[test]
fn onsets_lie_100_ms_apart_and_a_cell_holds_one_hit() {
    let mut rng = Rng::new(11);
    let burst: Vec<f32> = (0..480).map(|_| 0.5 * rng.noise()).collect();
    let mut track = vec![0.0f32; 48_000 * 20];
    let mut at = 0;
    let mut placed = Vec::new();
    while at + 480 < track.len() {
        track[at..at + 480].copy_from_slice(&burst);
        placed.push(at / 480);
        at += 480 * (5 + rng.below(25));
    }
    let heard = analyze(RATE, &track, None);
    let hits = hits(&heard);
    assert!(hits.windows(2).all(|pair| pair[1].onset - pair[0].onset >= 10), "onsets closer than 100 ms");
    let mut expected = vec![placed[0]];
    expected.extend(
        placed
            .iter()
            .scan(placed[0], |last, &hop| {
                let counts = hop >= *last + 10;
                *last = if counts { hop } else { *last };
                Some(counts.then_some(hop))
            })
            .flatten(),
    );
    // The window of the last onset may be cut by the end.
    let found: Vec<usize> = hits.iter().map(|hit| hit.onset as usize).collect();
    assert_eq!(found, expected[..found.len()]);
    assert!(found.len() + 2 > expected.len(), "{} of {} hits", found.len(), expected.len());
}

#[test]
fn the_window_that_the_end_cuts_is_dropped_and_the_one_it_does_not_is_kept() {
    let track = pattern(&kick(0.11), 1.0, 1.2, 0);
    assert_eq!(hits(&analyze(RATE, &track, None)).len(), 2);
    assert_eq!(hits(&analyze(RATE, &track[..track.len() - 1], None)).len(), 1);
}

#[test]
fn hits_before_the_songs_start_keep_their_place() {
    let track = pattern(&kick(0.11), 0.5, 2.0, 0);
    let heard = analyze_from(-48_000, RATE, &track, None);
    assert_eq!(hits(&heard).iter().map(|hit| hit.onset).collect::<Vec<_>>(), [-100, -50, 0, 50]);
}

#[test]
fn a_steady_tone_and_silence_have_no_hits_but_the_first() {
    let tone = crate::common::sine(RATE, 100.0, 0.5, 96_000);
    assert_eq!(analyze(RATE, &tone, None).hops.last().unwrap().onsets, 1);
    assert_eq!(analyze(RATE, &vec![0.0; 96_000], None).hops.last().unwrap().onsets, 0);
}
