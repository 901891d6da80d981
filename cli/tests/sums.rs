//! Files that are sums of others, and files that are none: which are taken as buses, and what is said of them.

mod common;

use std::f32::consts::TAU;

use common::Folder;
use common::run::{RATE, SECONDS, check, json, kick, stderr, stdout, track};
use serde_json::Value;

/// Two channels.
type Sound = [Vec<f32>; 2];

fn frames() -> usize {
    (RATE * SECONDS) as usize
}

fn sound(sample: impl Fn(f32, usize) -> [f32; 2]) -> Sound {
    let samples: Vec<[f32; 2]> = (0..frames()).map(|n| sample(n as f32 / RATE as f32, n)).collect();
    [0, 1].map(|side| samples.iter().map(|sample| sample[side]).collect())
}

fn both(sample: impl Fn(f32, usize) -> f32) -> Sound {
    sound(|t, n| [sample(t, n); 2])
}

/// White noise from the place alone.
fn noise(n: usize, seed: u32) -> f32 {
    let mut mixed = (n as u32).wrapping_mul(0x9e37_79b9) ^ seed.wrapping_mul(0x85eb_ca6b);
    mixed = (mixed ^ mixed >> 16).wrapping_mul(0x7feb_352d);
    mixed = (mixed ^ mixed >> 15).wrapping_mul(0x846c_a68b);
    (mixed ^ mixed >> 16) as f32 / 2f32.powi(31) - 1.0
}

fn stem(name: &str) -> Sound {
    let tone = |t: f32, hertz: f32| (t * hertz * TAU).sin();
    match name {
        "Kick" => [kick(0.28), kick(0.28)],
        "Bass" => both(|t, _| 0.15 * tone(t, 55.0 * (1.0 + (t * 2.0).floor() % 3.0 / 4.0))),
        "Hats" => sound(|t, n| [0.6, 0.4].map(|side| side * 0.1 * noise(n, 1) * (-(t * 4.0).fract() * 12.0).exp())),
        "Gtr" => sound(|t, n| [(0, 220.0), (1, 331.0)].map(|(side, hz)| 0.05 * (tone(t, hz) + noise(n, 2 + side)))),
        "Vox" => both(|t, _| 0.12 * tone(t, 440.0 + 3.0 * tone(t, 5.0)) * (0.6 + 0.4 * tone(t, 0.7))),
        "Shaker" => both(|t, n| 0.004 * noise(n, 9) * (t * 8.0).fract()),
        _ => unreachable!("no stem is called {name}"),
    }
}

const STEMS: [&str; 6] = ["Kick", "Bass", "Hats", "Gtr", "Vox", "Shaker"];

fn scaled(sound: &Sound, gain: f32) -> Sound {
    sound.each_ref().map(|side| side.iter().map(|sample| gain * sample).collect())
}

fn sum(sounds: &[Sound]) -> Sound {
    [0, 1].map(|side| (0..frames()).map(|n| sounds.iter().map(|sound| sound[side][n]).sum()).collect())
}

fn sum_of(names: &[&str]) -> Sound {
    sum(&names.iter().map(|name| stem(name)).collect::<Vec<_>>())
}

fn all_but(name: &str) -> Vec<&'static str> {
    STEMS.into_iter().filter(|stem| *stem != name).collect()
}

/// Peaks are held this much lower, with no attack and 100 ms of release.
fn limited(sound: &Sound, by_db: f32) -> Sound {
    let peak = |n: usize| sound[0][n].abs().max(sound[1][n].abs());
    let ceiling = (0..frames()).map(peak).fold(0.0, f32::max) * 10f32.powf(-by_db / 20.0);
    let mut gain = 1.0;
    let gains: Vec<f32> = (0..frames())
        .map(|n| {
            gain = f32::min(gain + (1.0 - gain) * 10.0 / RATE as f32, ceiling / peak(n).max(1e-9)).min(1.0);
            gain
        })
        .collect();
    sound.each_ref().map(|side| side.iter().zip(&gains).map(|(sample, gain)| sample * gain).collect())
}

fn write(folder: &Folder, name: &str, sound: &Sound) {
    let interleaved: Vec<f32> = sound[0].iter().zip(&sound[1]).flat_map(|(left, right)| [*left, *right]).collect();
    folder.file(&format!("{name}.wav"), &common::wav(2, RATE, common::Sample::Float, &interleaved));
}

fn set(names: &[&str], guest: &str, sound: &Sound) -> Folder {
    let folder = Folder::new();
    names.iter().for_each(|name| write(&folder, name, &stem(name)));
    write(&folder, guest, sound);
    folder
}

fn report(folder: &Folder, args: &[&str]) -> Value {
    let output = check(folder.path(), &[&["--json", "-"], args].concat());
    assert_eq!(stderr(&output), "", "{}", stdout(&output));
    json(&output)
}

fn notes(report: &Value) -> Vec<&str> {
    let notes = report["notes"].as_array().expect("notes");
    notes.iter().filter_map(Value::as_str).filter(|note| note.contains("is the sum of")).collect()
}

/// What lies in the folder beside the guest, the guest, and what it must be taken as.
struct Case {
    what: &'static str,
    stems: Vec<&'static str>,
    guest: &'static str,
    sound: Sound,
    role: &'static str,
    said: Option<&'static str>,
}

const MIX: Option<&str> = Some("Night Drive.wav is the sum of the others: taken as the mix.");

fn cases() -> Vec<Case> {
    let case = |what, stems: &[&'static str], guest, sound, role, said| Case {
        what,
        stems: stems.to_vec(),
        guest,
        sound,
        role,
        said,
    };
    let gained: Vec<Sound> =
        STEMS.iter().zip([0.7, 1.2, 1.0, 0.5, 1.4, 1.0]).map(|(n, g)| scaled(&stem(n), g)).collect();
    let middle = sum_of(&STEMS);
    let middle: Vec<f32> = middle[0].iter().zip(&middle[1]).map(|(left, right)| (left + right) / 2.0).collect();
    // The verses rest at the level of their sum, the choruses are held 3 dB lower.
    let ridden = sum_of(&STEMS).map(|side| {
        side.iter()
            .enumerate()
            .map(|(n, sample)| if (n / (RATE as usize * 5)).is_multiple_of(2) { *sample } else { 0.708 * sample })
            .collect()
    });
    let faded = sum_of(&STEMS).map(|side| {
        side.iter().enumerate().map(|(n, sample)| sample * (1.0 - n as f32 / frames() as f32).min(0.5) * 2.0).collect()
    });
    let short = sum_of(&STEMS).map(|side| side.into_iter().take(frames() * 2 / 3).collect());
    let delayed = sum_of(&STEMS).map(|side| [vec![0.0; RATE as usize / 100], side].concat());
    let pair = sum_of(&["Kick", "Hats"]);
    vec![
        case("the exact sum", &STEMS, "Night Drive", sum_of(&STEMS), "mix-bus", MIX),
        case(
            "whatever its name",
            &STEMS,
            "Strings 1",
            sum_of(&STEMS),
            "mix-bus",
            Some("Strings 1.wav is the sum of the others: taken as the mix."),
        ),
        case("with other gains", &STEMS, "Night Drive", sum(&gained), "mix-bus", MIX),
        case("behind 3 dB of limiting", &STEMS, "Night Drive", limited(&sum_of(&STEMS), 3.0), "mix-bus", MIX),
        case("3 dB lower in its choruses", &STEMS, "Night Drive", ridden, "mix-bus", MIX),
        case("faded out", &STEMS, "Night Drive", faded, "mix-bus", MIX),
        case("the first two thirds", &STEMS, "Night Drive", short, "mix-bus", MIX),
        case("in one channel", &STEMS, "Night Drive", [middle.clone(), middle], "mix-bus", MIX),
        case(
            "without the vocal",
            &STEMS,
            "Night Drive",
            sum_of(&all_but("Vox")),
            "group",
            Some("Night Drive.wav is the sum of Bass, Gtr, Hats, Kick and Shaker: taken as a group."),
        ),
        case("without the shaker, 30 dB under it", &STEMS, "Night Drive", sum_of(&all_but("Shaker")), "mix-bus", MIX),
        case("the folder lacks the vocal", &all_but("Vox"), "Night Drive", sum_of(&STEMS), "other", None),
        case("the folder lacks the shaker", &all_but("Shaker"), "Night Drive", sum_of(&STEMS), "mix-bus", MIX),
        case(
            "a group beside its members",
            &STEMS,
            "Idea 3",
            pair.clone(),
            "group",
            Some("Idea 3.wav is the sum of Hats and Kick: taken as a group."),
        ),
        case("a group whose name says so", &STEMS, "Drum Bus", pair, "group", None),
        case("a mix whose name says so", &STEMS, "Mix", sum_of(&STEMS), "mix-bus", None),
        case("a copy", &STEMS, "Vox 2", stem("Vox"), "lead-vocal", None),
        case("a copy with another gain", &STEMS, "Vox 2", scaled(&stem("Vox"), 0.3), "lead-vocal", None),
        case("a copy behind a limiter", &STEMS, "Vox 2", limited(&stem("Vox"), 3.0), "lead-vocal", None),
        case("a copy upside down", &STEMS, "Vox 2", scaled(&stem("Vox"), -1.0), "lead-vocal", None),
        case("10 ms late", &STEMS, "Night Drive", delayed, "other", None),
        case("silence", &STEMS, "Night Drive", both(|_, _| 0.0), "other", None),
    ]
}

#[test]
fn sums_of_others_are_buses_and_nothing_else_is() {
    for Case { what, stems, guest, sound, role, said } in cases() {
        let folder = set(&stems, guest, &sound);
        let report = report(&folder, &[]);
        assert_eq!(track(&report, guest)["role"], role, "{what}: {}", report["notes"]);
        assert_eq!(notes(&report), said.into_iter().collect::<Vec<_>>(), "{what}");
        for name in stems {
            let role = track(&report, name)["role"].as_str().unwrap_or_default();
            assert!(!["group", "mix-bus"].contains(&role), "{what}: {name} is a {role}");
        }
    }
}

#[test]
fn a_sum_changes_nothing_of_the_others() {
    let alone = report(&set(&STEMS[1..], "Kick", &stem("Kick")), &[]);
    let with_mix = report(&set(&STEMS, "Night Drive", &sum_of(&STEMS)), &[]);
    for name in STEMS {
        assert_eq!(track(&alone, name), track(&with_mix, name), "{name}");
    }
    assert_eq!((&alone["bus"], &track(&with_mix, "Night Drive")["verdict"]), (&Value::Null, &"not-judged".into()));
    let peak = with_mix["bus"]["sample_peak_dbfs"].as_f64().expect("the sum is the bus");
    let loudest = sum_of(&STEMS).iter().flatten().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    assert!((peak - 20.0 * f64::from(loudest).log10()).abs() < 0.01, "the bus peaks at {peak}");
}

#[test]
fn sums_of_sums_are_told_by_their_stems() {
    let folder = set(&STEMS, "no_vocals", &sum_of(&all_but("Vox")));
    write(&folder, "Night Drive", &sum_of(&STEMS));
    write(&folder, "Night Drive loud", &limited(&sum_of(&STEMS), 3.0));
    let report = report(&folder, &[]);
    let expected = [("no_vocals", "group"), ("Night Drive", "mix-bus"), ("Night Drive loud", "mix-bus")];
    for (name, role) in expected {
        assert_eq!(track(&report, name)["role"], role, "{name}");
    }
    // That the third is a group its name says.
    assert_eq!(
        notes(&report),
        [
            "Night Drive loud.wav is the sum of the others: taken as the mix.",
            "Night Drive.wav is the sum of the others: taken as the mix.",
        ]
    );
    let folder = set(&["Vox"], "no_vocals", &sum_of(&all_but("Vox")));
    write(&folder, "Night Drive", &sum_of(&STEMS));
    assert_eq!(notes(&self::report(&folder, &[])), ["Night Drive.wav is the sum of the others: taken as the mix."]);
}

#[test]
fn the_users_word_stands() {
    let folder = set(&STEMS, "Night Drive", &sum_of(&STEMS));
    let chosen = report(&folder, &["--role", "Night Drive=pads"]);
    assert_eq!((&track(&chosen, "Night Drive")["role"], notes(&chosen)), (&"pads".into(), vec![]));
    let kick = report(&folder, &["--reference", "Night Drive"]);
    assert_eq!((&kick["reference"]["track"], notes(&kick)), (&"Night Drive".into(), vec![]));
    folder.file("keel.toml", b"[roles]\n\"Night Drive\" = \"pads\"\n");
    let written = report(&folder, &[]);
    assert_eq!((&track(&written, "Night Drive")["role"], notes(&written)), (&"pads".into(), vec![]));
}
