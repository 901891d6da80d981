//! A session as sessions are: ghost notes, bleed, two kick mics, doubled guitars, a drum bus and a parallel bus, a
//! breakdown without kick, two leads, an 808, a muted track. The table says what each verdict may be, and why.

use std::ops::Range;
use std::sync::LazyLock;

use keel_core::mix::Verdict::{self, Held, High, Low, NotJudged, Silent, Sits};
use keel_core::mix::{
    MixReport, PanVerdict, Placement, ReferenceState, Role, ScopeKind, SessionState, SessionTransport,
};
use keel_session::song::Stem;
use keel_session::song::drums::{Kick, hat, snare, tom};
use keel_session::song::level::{block_powers, gated_loudness};
use keel_session::song::notes::{self, Strum};
use keel_session::song::osc::{Lane, amplitude, scale};
use keel_session::song::voice::{Sung, Vowel, sing};

use crate::measured::{MeasuredTrack, judge, line};

const RATE: u32 = 32_000;
const FS: f64 = RATE as f64;
const BEAT: f64 = 0.5;
const SECONDS: f64 = 50.0;
/// The band plays in both; between them 9 bars without kick.
const BAND: [Range<f64>; 2] = [0.0..16.0, 34.0..50.0];
const KICK_DBFS: f64 = -11.0;

/// What a track's verdict may be in the loudest section.
struct Line {
    track: &'static str,
    may: &'static [Verdict],
    move_db: Option<f64>,
    why: &'static str,
}

const fn one(track: &'static str, may: &'static [Verdict], why: &'static str) -> Line {
    Line { track, may, move_db: None, why }
}

/// Written before any meter read the set.
const TABLE: &[Line] = &[
    one("Kick In", &[Sits], "the louder of the two kick mics is at -11 dBFS: one reference, no conflict"),
    one("Kick Out", &[Sits], "4 dB lower, but a member of the same kick"),
    one("Snare", &[Sits], "backbeats 3 dB under the kick; ghost notes 20 dB lower and kick bleed do not count"),
    one("Hats", &[Sits], "10 dB under the kick; the snare bleeds in only 3 dB lower, on two strokes of eight"),
    one("Toms", &[Sits], "a fill 4 dB under the kick; all bar long the mics hear the kick 24 dB below that"),
    one("Drum Bus", &[NotJudged], "carries tracks that are judged themselves"),
    one("Drum Parallel", &[NotJudged], "so does a parallel bus"),
    one("808", &[Sits], "4.5 dB under the kick: with a kick there it is the bass; louder only in the breakdown"),
    one("Gtr L", &[Sits], "8 dB under the kick"),
    one("Gtr R", &[Sits], "alone it would be 1 dB too low; the part is as loud as its loudest member"),
    one("Pad", &[NotJudged, Silent], "muted, far too loud: no word on it, and the vocal is not measured against it"),
    one("Keys", &[Silent], "an empty track"),
    one("Lead 1", &[Sits], "3 LU under the vocal"),
    Line {
        move_db: Some(6.0),
        ..one("Lead 2", &[Low], "12 LU under the vocal; not a double of Lead 1: leads are never a part")
    },
    one("Lead Vox", &[Sits], "3 LU over the guitars"),
    one("Mix", &[NotJudged], "the sum"),
];

fn lane() -> Lane {
    Lane::new(FS, SECONDS)
}

/// Starts of the bars in which the band plays.
fn bars() -> impl Iterator<Item = f64> {
    BAND.into_iter().flat_map(|span| (0..8).map(move |bar| span.start + f64::from(bar) * 4.0 * BEAT))
}

/// Lays one sound on the given beats of each bar; level in dBFS peak.
fn beats(lane: &mut Lane, sound: &[f32], at: &[f64], dbfs: f64) {
    for bar in bars() {
        at.iter().for_each(|beat| lane.add(bar + beat * BEAT, sound, amplitude(dbfs)));
    }
}

const FOUR: &[f64] = &[0.0, 1.0, 2.0, 3.0];
const BACKBEAT: &[f64] = &[1.0, 3.0];
const EIGHTHS: &[f64] = &[0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5];

struct Kit {
    kick_in: Vec<f32>,
    kick_out: Vec<f32>,
    snare: Vec<f32>,
    hats: Vec<f32>,
    toms: Vec<f32>,
}

fn kit() -> Kit {
    let inner = Kick::default().hit(FS);
    let outer = Kick { shell_hz: 46.0, beater_hz: 120.0, tau_s: 0.12, click: 0.05 }.hit(FS);
    let (stroke, closed) = (snare(FS, 3), hat(FS, 0.025, 5));
    let [mut kick_in, mut kick_out, mut snares, mut hats, mut toms] = [0; 5].map(|_| lane());
    beats(&mut kick_in, &inner, FOUR, KICK_DBFS);
    beats(&mut kick_in, &stroke, BACKBEAT, KICK_DBFS - 27.0);
    beats(&mut kick_out, &outer, FOUR, KICK_DBFS - 4.0);
    beats(&mut kick_out, &stroke, BACKBEAT, KICK_DBFS - 24.0);
    beats(&mut snares, &stroke, BACKBEAT, KICK_DBFS - 3.0);
    beats(&mut snares, &snare(FS, 4), &[0.75, 1.75, 2.25, 2.75, 3.75], KICK_DBFS - 23.0);
    beats(&mut snares, &inner, FOUR, KICK_DBFS - 26.0);
    beats(&mut hats, &closed, EIGHTHS, KICK_DBFS - 10.0);
    beats(&mut hats, &stroke, BACKBEAT, KICK_DBFS - 13.0);
    beats(&mut toms, &outer, FOUR, KICK_DBFS - 28.0);
    for fill in BAND.map(|span| span.end - 2.0) {
        for (n, hz) in [190.0, 190.0, 150.0, 150.0, 115.0, 115.0, 90.0, 90.0].into_iter().enumerate() {
            toms.add(fill + n as f64 * 0.25, &tom(FS, hz, n as u32 + 1), amplitude(KICK_DBFS - 4.0));
        }
    }
    let [kick_in, kick_out, snare, hats, toms] = [kick_in, kick_out, snares, hats, toms].map(|lane| lane.samples);
    Kit { kick_in, kick_out, snare, hats, toms }
}

/// Eighths with the band; in the breakdown long notes, 8 dB louder.
fn sub() -> Vec<f32> {
    let mut lane = lane();
    for bar in bars() {
        for (beat, midi) in [(0.0, 29.0), (1.5, 29.0), (2.5, 32.0)] {
            lane.add(bar + beat * BEAT, &notes::sub_808(FS, midi, 0.48), amplitude(KICK_DBFS - 4.5));
        }
    }
    for at in [18.0, 22.0, 26.0, 30.0] {
        lane.add(at, &notes::sub_808(FS, 27.0, 3.5), amplitude(KICK_DBFS + 3.5));
    }
    lane.samples
}

fn guitar(seed: u32, dbfs: f64) -> Vec<f32> {
    let mut lane = lane();
    for (n, bar) in bars().enumerate() {
        for (k, beat) in [0.0, 1.0, 1.5, 2.5, 3.0].into_iter().enumerate() {
            let seed = seed + (n * 8 + k) as u32;
            let strum = Strum { seconds: 0.24, t60_s: 2.0, stagger_s: 0.006, drive: 1.2, seed };
            lane.add(bar + beat * BEAT, &notes::guitar(FS, &[45.0, 52.0, 57.0, 60.0], strum), amplitude(dbfs));
        }
    }
    lane.samples
}

fn pad(dbfs: f64) -> Vec<Vec<f32>> {
    let mut lanes = [lane(), lane()];
    for at in (0..25).map(|bar| f64::from(bar) * 2.0) {
        let sides = notes::pad(FS, &[57.0, 60.0, 64.0], 2.0, 7);
        lanes.iter_mut().zip(&sides).for_each(|(lane, side)| lane.add(at, side, amplitude(dbfs)));
    }
    lanes.map(|lane| lane.samples).into()
}

fn lead(up: f64) -> Vec<f32> {
    let mut lane = lane();
    for bar in bars() {
        for (beat, midi) in [(0.0, 69.0), (1.0, 72.0), (2.0, 76.0), (3.0, 72.0)] {
            lane.add(bar + beat * BEAT, &notes::lead(FS, midi + up, 0.9 * BEAT), 0.5);
        }
    }
    lane.samples
}

/// Phrases with a beat's rest; sings on, alone, in the breakdown.
fn vocal() -> Vec<f32> {
    let mut lane = lane();
    for bar in bars().chain([20.0, 24.0, 28.0]) {
        for (beat, beats, midi, vowel) in
            [(0.0, 1.5, 69.0, Vowel::A), (1.5, 0.5, 67.0, Vowel::E), (2.0, 1.2, 64.0, Vowel::O)]
        {
            let note = Sung { midi, seconds: beats * BEAT, vowel, from_midi: midi - 1.0 };
            lane.add(bar + beat * BEAT, &sing(FS, note, 9), 1.0);
        }
    }
    lane.samples
}

/// Power of 400 ms blocks in the first stretch of the band.
fn powers(channels: &[&Vec<f32>]) -> Vec<f64> {
    let channels: Vec<Vec<f32>> = channels.iter().map(|channel| (*channel).clone()).collect();
    block_powers(&channels, FS, &BAND[0])
}

/// Brings a voice to `lufs` where the vocal sounds.
fn to_loudness(samples: &mut [f32], own: &[f64], sounds: &[bool], lufs: f64) {
    let heard: Vec<f64> = own.iter().zip(sounds).filter(|(_, on)| **on).map(|(power, _)| *power).collect();
    scale(samples, amplitude(lufs - gated_loudness(&heard)));
}

fn mono(name: &str, samples: Vec<f32>) -> Stem {
    Stem { name: name.to_owned(), channels: vec![samples] }
}

fn sum(of: &[&Vec<f32>], shape: impl Fn(f32) -> f32) -> Vec<f32> {
    (0..of[0].len()).map(|n| shape(of.iter().map(|samples| samples[n]).sum())).collect()
}

/// All tracks with their roles, in the table's order.
fn session() -> Vec<MeasuredTrack> {
    static SESSION: LazyLock<Vec<MeasuredTrack>> = LazyLock::new(play);
    SESSION.clone()
}

fn play() -> Vec<MeasuredTrack> {
    let kit = kit();
    let drums = [&kit.kick_in, &kit.kick_out, &kit.snare, &kit.hats, &kit.toms];
    let (drum_bus, parallel) = (sum(&drums, |x| x), sum(&drums, |x| 0.5 * (6.0 * x).tanh()));
    let (left, right) = (guitar(1_000, KICK_DBFS - 8.0), guitar(2_000, KICK_DBFS - 11.0));
    let (mut vocal, mut first, mut second) = (vocal(), lead(0.0), lead(12.0));
    let sung = powers(&[&vocal]);
    let loudest = sung.iter().copied().fold(0.0, f64::max);
    let sounds: Vec<bool> = sung.iter().map(|power| *power > loudest * 1e-4).collect();
    let bed = powers(&[&left, &right]);
    let bed: Vec<f64> = bed.into_iter().zip(&sounds).filter(|(_, on)| **on).map(|(power, _)| power).collect();
    let vocal_lufs = gated_loudness(&bed) + 3.0;
    to_loudness(&mut vocal, &sung, &sounds, vocal_lufs);
    let (own_first, own_second) = (powers(&[&first]), powers(&[&second]));
    to_loudness(&mut first, &own_first, &sounds, vocal_lufs - 3.0);
    to_loudness(&mut second, &own_second, &sounds, vocal_lufs - 12.0);
    let sub = sub();
    let mix = sum(&[&drum_bus, &parallel, &sub, &left, &right, &first, &second, &vocal], |x| x);
    let Kit { kick_in, kick_out, snare, hats, toms } = kit;
    let stems = [
        (mono("Kick In", kick_in), Role::Kick),
        (mono("Kick Out", kick_out), Role::Kick),
        (mono("Snare", snare), Role::Snare),
        (mono("Hats", hats), Role::Hats),
        (mono("Toms", toms), Role::Toms),
        (mono("Drum Bus", drum_bus), Role::Group),
        (mono("Drum Parallel", parallel), Role::Group),
        (mono("808", sub), Role::Sub808),
        (mono("Gtr L", left), Role::Guitars),
        (mono("Gtr R", right), Role::Guitars),
        (Stem { name: "Pad".to_owned(), channels: pad(KICK_DBFS + 4.0) }, Role::Pads),
        (mono("Keys", lane().samples), Role::Pads),
        (mono("Lead 1", first), Role::LeadSynth),
        (mono("Lead 2", second), Role::LeadSynth),
        (mono("Lead Vox", vocal), Role::LeadVocal),
        (mono("Mix", mix), Role::MixBus),
    ];
    let mut tracks: Vec<MeasuredTrack> =
        stems.iter().map(|(stem, role)| MeasuredTrack::new(stem, *role, RATE)).collect();
    tracks.iter_mut().for_each(|track| track.is_out = track.name == "Pad");
    tracks
}

/// At rest: judged over the loudest section.
fn at_rest() -> MixReport {
    judge(&session(), &SessionState::default())
}

#[test]
fn no_verdict_on_the_messy_set_contradicts_its_table() {
    let report = at_rest();
    assert_eq!(report.tracks.len(), TABLE.len());
    let contradictions: Vec<String> = TABLE
        .iter()
        .filter_map(|Line { track, may, move_db, why }| {
            let read = line(&report, track);
            let moved = read.move_db.map(|db| db.0).filter(|db| *db != 0.0);
            let agrees = may.contains(&read.verdict) && moved == *move_db;
            let said = || format!("{track}: {:?}, offset {:?}, move {moved:?}; {why}", read.verdict, read.offset_db);
            (!agrees).then(said)
        })
        .collect();
    assert!(contradictions.is_empty(), "\n{}", contradictions.join("\n"));
}

#[test]
fn two_kick_mics_are_one_live_anchor() {
    let reference = at_rest().reference;
    assert_eq!(reference.state, ReferenceState::Live, "{reference:?}");
    assert_eq!(reference.track.as_deref().map(|name| name.starts_with("Kick")), Some(true), "{reference:?}");
    let peak = reference.hit_peak_dbfs.expect("a hit peak").0;
    assert!((peak - KICK_DBFS).abs() < 0.3, "hit peak {peak}, expected the louder mic's {KICK_DBFS}");
}

#[test]
fn parts_join_doubles_and_mics_but_never_two_leads() {
    let report = at_rest();
    let part = |name| line(&report, name).part.clone();
    assert!(part("Gtr L").is_some() && part("Gtr L") == part("Gtr R"), "{:?} {:?}", part("Gtr L"), part("Gtr R"));
    assert!(part("Kick In").is_some() && part("Kick In") == part("Kick Out"));
    assert_eq!((part("Lead 1"), part("Lead 2")), (None, None));
}

#[test]
fn nothing_breaks_where_the_kick_does_not_hit() {
    let report = at_rest();
    let breakdown = BAND[0].end..BAND[1].start;
    for one in &report.breaks {
        let inside = one.from_s.0 < breakdown.end - 0.3 && one.to_s.0 > breakdown.start + 0.3;
        assert!(!inside, "a break in the breakdown: {one:?}");
        assert_eq!(one.track, "Lead 2", "only Lead 2 is off by 3 dB or more: {one:?}");
    }
}

#[test]
fn ahead_of_the_faders_the_kick_s_own_band_and_all_pans_are_unknown() {
    let mut tracks = session();
    tracks.iter_mut().for_each(|track| track.placement = Placement::Pre);
    let report = judge(&tracks, &SessionState::default());
    for Line { track, may, .. } in TABLE {
        let read = line(&report, track);
        let expected: &[Verdict] = if track.starts_with("Kick") { &[NotJudged] } else { may };
        assert!(expected.contains(&read.verdict), "{track}: {:?}; {:?}", read.verdict, read.note);
    }
    for name in ["Gtr L", "Gtr R"] {
        let read = line(&report, name);
        assert_eq!((read.pan_verdict, read.pan), (PanVerdict::Unknown, None), "{name}");
    }
}

#[test]
fn the_kick_is_held_through_the_breakdown() {
    let transport = SessionTransport { playing: true, position_s: 33.9, tempo: Some(120.0), loop_s: None };
    let state = SessionState { transport, scope: Some(ScopeKind::Playing), ..SessionState::default() };
    let report = judge(&session(), &state);
    assert_eq!(report.reference.state, ReferenceState::Held);
    let peak = report.reference.hit_peak_dbfs.expect("the last level stands").0;
    assert!((peak - KICK_DBFS).abs() < 0.3, "held at {peak}");
    assert_eq!(line(&report, "808").verdict, Held, "it sounds in the breakdown");
    for track in &report.tracks {
        assert!(!matches!(track.verdict, Low | High), "{}: {:?} with no kick for 8 bars", track.name, track.verdict);
        assert!(track.move_db.is_none_or(|db| db.0 == 0.0), "{}: a move with no kick for 8 bars", track.name);
    }
    assert!(report.breaks.iter().all(|one| one.to_s.0 <= BAND[0].end + 0.3 || one.from_s.0 >= BAND[1].start - 0.3));
}

#[test]
fn without_a_kick_the_808_is_the_anchor() {
    let tracks: Vec<MeasuredTrack> =
        session().into_iter().filter(|track| track.role != Role::Kick && !track.role.is_bus()).collect();
    let report = judge(&tracks, &SessionState::default());
    assert_eq!(report.reference.track.as_deref(), Some("808"), "{:?}", report.reference);
    assert!(
        !matches!(report.reference.state, ReferenceState::None | ReferenceState::Conflict),
        "{:?}",
        report.reference
    );
    let snare = line(&report, "Snare");
    assert!(matches!(snare.verdict, Low | Sits | High), "the snare is judged against the 808: {:?}", snare.verdict);
}
