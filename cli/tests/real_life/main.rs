//! Sessions as they come from studios and bedrooms, synthesised: what must be read of each was written down first.

#[path = "../common/mod.rs"]
mod common;
mod sets;
mod synth;

use common::run::{check, json, stderr, track};
use common::{Folder, Sample, wav};
use serde_json::Value;
use sets::Set;

/// The report on a set, from files as they are exported.
fn report(set: &Set) -> Value {
    let folder = Folder::new();
    for track in &set.tracks {
        let frames = 0..track.channels[0].len();
        let samples: Vec<f32> = frames.flat_map(|n| track.channels.iter().map(move |channel| channel[n])).collect();
        let bytes = wav(track.channels.len(), synth::RATE, Sample::Int(24), &samples);
        folder.file(&format!("{}.wav", track.name), &bytes);
    }
    let output = check(folder.path(), &["--quiet", "--json", "-"]);
    assert!(output.status.success(), "{}", stderr(&output));
    json(&output)
}

/// What differs from the set's table, a line each.
fn differences(set: &Set, report: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for expected in &set.expected {
        let read = track(report, expected.track);
        if read["verdict"] != expected.verdict {
            found.push(format!(
                "{}: {} expected, {} read: {}",
                expected.track, expected.verdict, read["verdict"], read["note"]
            ));
        }
        let offset = read["offset_db"].as_f64();
        if offset.is_none_or(|offset| (offset - expected.offset_db).abs() > expected.within_db) {
            let (offset_db, within_db) = (expected.offset_db, expected.within_db);
            found.push(format!("{}: offset {offset_db} +-{within_db} expected, {offset:?} read", expected.track));
        }
    }
    if report["reference"]["state"] != "live" {
        found.push(format!("the reference is {}", report["reference"]));
    }
    for one in report["breaks"].as_array().expect("breaks") {
        let [from, to, offset] = ["from_s", "to_s", "offset_db"].map(|key| &one[key]);
        found.push(format!("no break expected: {} {} from {from} to {to} s, {offset}", one["track"], one["verdict"]));
    }
    let at_the_fader = |kind: &Value| ["move-fader", "automate", "role"].iter().any(|of_fader| kind == of_fader);
    for one in report["advice"].as_array().expect("advice").iter().filter(|one| at_the_fader(&one["kind"])) {
        if set.expected.iter().any(|expected| one["track"] == expected.track) {
            found.push(format!("no move expected: {}", one["text"]));
        }
    }
    found
}

/// A test for each set, of its name.
macro_rules! read_as_written {
    ($($kind:ident: $($set:ident),+;)+) => {
        $($(
            #[test]
            fn $set() {
                let set = sets::$kind::$set();
                let found = differences(&set, &report(&set));
                assert!(found.is_empty(), "\n{}", found.join("\n"));
            }
        )+)+
    };
}

read_as_written! {
    kit: steady_accents_of_a_drum_machine, bleed_12_db_under, bleed_18_db_under, bleed_24_db_under;
    sparse: a_backing_vocal_with_headphone_bleed, toms_in_three_fills;
    rests: a_resting_bass, resting_guitars, a_resting_singer, a_singer_who_rests_where_it_is_loudest;
    channels: one_channel, the_same_in_two;
}

#[test]
fn one_channel_is_judged_as_the_same_sound_in_two() {
    let [one, two] = [sets::channels::one_channel(), sets::channels::the_same_in_two()].map(|set| report(&set));
    for read in one["tracks"].as_array().expect("tracks") {
        let name = read["name"].as_str().expect("a name");
        let other = track(&two, name);
        assert_eq!(read["verdict"], other["verdict"], "{name}");
        for key in ["offset_db", "level_dbfs", "level_lufs", "loudness_offset_lu"] {
            let [read, other] = [read, other].map(|track| track[key].as_f64());
            let near = read.zip(other).map_or(read == other, |(read, other)| (read - other).abs() <= 0.01);
            assert!(near, "{name}, {key}: {read:?} in one channel, {other:?} in two");
        }
        let is_mono = sets::channels::OF_ONE_CHANNEL.contains(&name);
        assert_eq!(
            (&read["channels"], &other["channels"]),
            (&if is_mono { 1.into() } else { 2.into() }, &2.into()),
            "{name}"
        );
        // The standard's own measure stays as the standard has it.
        let [read_lufs, other_lufs] = [read, other].map(|track| track["integrated_lufs"].as_f64().expect("a loudness"));
        let expected = if is_mono { 3.01 } else { 0.0 };
        assert!((other_lufs - read_lufs - expected).abs() <= 0.01, "{name}: {read_lufs} and {other_lufs} LUFS");
        if is_mono {
            assert_eq!(
                (&read["pan"], read["pan_verdict"] == "ok"),
                (&Value::Null, false),
                "{name}: where it is panned nobody knows"
            );
        }
    }
    let of_pan = |advice: &&Value| {
        advice["kind"] == "pan" && sets::channels::OF_ONE_CHANNEL.iter().any(|name| advice["track"] == *name)
    };
    let advice = one["advice"].as_array().expect("advice");
    assert_eq!(advice.iter().find(of_pan), None);
}
