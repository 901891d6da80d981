//! A set of stems built exactly to the guide's own numbers: all of it sits, nothing breaks, nothing is to be done to a
//! fader. And a deviation planted in it is found where it was put, and nowhere else.

mod common;

use common::Folder;
use common::run::{check, json, status, track};
use serde_json::Value;

const RATE: u32 = 16_000;
const SECONDS: u32 = 40;
/// The kick's peak, in the middle of its band.
const KICK_DBFS: f64 = -11.0;
/// Where roles lie against the kick, in the middle of the guide's bands, in dB.
const HITS: [(&str, f64, u32); 5] =
    [("kick", 0.0, 2), ("snare", -3.0, 1), ("hats", -10.0, 4), ("toms", -4.0, 1), ("perc", -4.0, 2)];
const SUSTAINED: [(&str, f64); 4] = [("bass", -4.5), ("guitars", -8.0), ("pads", -8.0), ("cymbals", -9.0)];
/// Vocals and leads in LU: the lead vocal over the bed, the others under the vocal. Tones of one pitch differ in loudness as in
/// level, so the bed lies 8 dB under the kick here, too.
const VOCALS: [(&str, f64); 3] =
    [("lead vocal", -8.0 + 3.0), ("lead synth", -8.0 + 3.0 - 3.5), ("bgv", -8.0 + 3.0 - 4.0)];

fn amplitude(offset_db: f64) -> f64 {
    10f64.powf((KICK_DBFS + offset_db) / 20.0)
}

/// Decaying strokes, so many a second.
fn strokes(offset_db: f64, a_second: u32) -> Vec<f32> {
    let stroke = |n: u32| {
        let t = f64::from(n % (RATE / a_second)) / f64::from(RATE);
        (amplitude(offset_db) * (-t * 40.0).exp() * (t * 200.0 * std::f64::consts::TAU).cos()) as f32
    };
    (0..RATE * SECONDS).map(stroke).collect()
}

/// A tone whose level may change along the song: decibels at each second.
fn tone(offset_db: f64, change_db: impl Fn(f64) -> f64) -> Vec<f32> {
    let sample = |n: u32| {
        let t = f64::from(n) / f64::from(RATE);
        (amplitude(offset_db + change_db(t)) * (t * 1_000.0 * std::f64::consts::TAU).sin()) as f32
    };
    (0..RATE * SECONDS).map(sample).collect()
}

fn set() -> Folder {
    let folder = Folder::new();
    for (name, offset_db, a_second) in HITS {
        folder.wav(&format!("{name}.wav"), 1, RATE, &strokes(offset_db, a_second));
    }
    for (name, offset_db) in SUSTAINED.into_iter().chain(VOCALS) {
        folder.wav(&format!("{name}.wav"), 1, RATE, &tone(offset_db, |_| 0.0));
    }
    folder
}

fn moves(report: &Value) -> Vec<&Value> {
    let advice = report["advice"].as_array().expect("advice");
    advice.iter().filter(|advice| advice["kind"] == "move-fader" || advice["kind"] == "automate").collect()
}

#[test]
fn a_set_to_the_guides_own_numbers_sits() {
    let folder = set();
    for scope in ["loudest", "song"] {
        let output = check(folder.path(), &["--json", "-", "--scope", scope, "--fail-on", "any"]);
        let report = json(&output);
        let tracks = report["tracks"].as_array().expect("tracks");
        assert_eq!(tracks.len(), HITS.len() + SUSTAINED.len() + VOCALS.len());
        for track in tracks {
            assert_eq!((&track["verdict"], &track["edge"]), (&"sits".into(), &false.into()), "{scope}: {track}");
        }
        assert_eq!((status(&output), &report["breaks"], moves(&report).len()), (0, &Value::Array(Vec::new()), 0));
    }
}

#[test]
fn a_planted_deviation_is_found_where_it_was_put() {
    for (name, offset_db, change_db, verdict) in
        [("bass", -4.5, 9.0, "high"), ("pads", -8.0, -9.0, "low"), ("guitars", -8.0, 7.0, "high")]
    {
        let folder = set();
        let (from, to) = (22.0, 30.0);
        let planted = tone(offset_db, |t| if (from..to).contains(&t) { change_db } else { 0.0 });
        folder.wav(&format!("{name}.wav"), 1, RATE, &planted);
        // What else sounds there makes the beginning the loudest section, where nothing is off.
        let riser = tone(-8.0, |t| if t < 16.0 { 0.0 } else { -120.0 });
        folder.wav("riser.wav", 1, RATE, &riser);
        let report = json(&check(folder.path(), &["--json", "-"]));
        let of_name = |found: &&Value| found["track"] == name;
        let breaks: Vec<_> = report["breaks"].as_array().expect("breaks").iter().filter(of_name).collect();
        let [found] = breaks[..] else { panic!("one break of {name}, read {}", report["breaks"]) };
        let near = |key: &str, expected: f64| found[key].as_f64().is_some_and(|at| (at - expected).abs() <= 0.3);
        assert!(near("from_s", from) && near("to_s", to) && found["verdict"] == verdict, "{found}");
        assert!((found["offset_db"].as_f64().expect("an offset") - offset_db - change_db).abs() < 0.1, "{found}");
        let elsewhere = json(&check(folder.path(), &["--json", "-", "--scope", "0-16"]));
        assert_eq!(track(&elsewhere, name)["verdict"], "sits", "it sits where it was left alone");
        assert!(moves(&report).iter().any(|advice| advice["track"] == name && advice["kind"] == "automate"), "{name}");
    }
}
