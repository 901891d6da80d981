//! The report's JSON is a contract: every key and every word of `keel.report/2`.

mod common;

use std::collections::BTreeSet;

use common::{Track, inputs, kick};
use keel_core::mix::{
    AdviceKind, Class, GainStaging, LinkState, LoudVerdict, Measure, PanVerdict, Placement, Profile, ReferenceState,
    Role, ScopeKind, SessionState, TargetAgainst, TargetSource, Verdict, assess,
};
use keel_core::units::{Db, Dbfs};
use serde_json::{Value, json};

/// A session in which every list of the report has something in it.
fn report() -> Value {
    let pad = Track::silent("Pad", Role::Pads, 64.0).tone(0.0, 64.0, -19.0).tone(24.0, 32.0, -11.0).band(600.0, -20.0);
    let tracks = [
        kick(64.0).band(55.0, -10.0).build(),
        pad.build(),
        Track::silent("Toms", Role::Toms, 64.0).build(),
        Track::silent("FX", Role::Other, 64.0).tone(44.0, 60.0, -30.0).build(),
        Track::silent("Bass", Role::Bass, 64.0).tone(0.0, 64.0, -11.0).build(),
        Track::silent("Gtr", Role::Guitars, 64.0).tone(0.0, 64.0, -60.0).build(),
        Track::silent("Mix", Role::MixBus, 64.0)
            .tone(0.0, 64.0, -6.0)
            .stereo_band(55.0, -3.0, 0.9)
            .stereo_band(600.0, -9.0, -0.8)
            .build(),
    ];
    let report = assess(&inputs(&tracks), &Profile::guide(), &SessionState::default());
    serde_json::from_str(&report.to_json()).expect("the report is JSON")
}

/// Every key with its path; `[]` stands for the items of a list.
fn keys(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let path = format!("{path}{}{key}", if path.is_empty() { "" } else { "." });
                found.insert(path.clone());
                keys(value, &path, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| keys(item, &format!("{path}[]"), found)),
        _ => {}
    }
}

const KEYS: &[(&str, &str)] = &[
    (
        "",
        "schema profile profile_about targets_from limits scope reference tracks plan after breaks advice bus timeline link density \
          band_hz whisper loud notes",
    ),
    (
        "limits",
        "edge_db step_db listen_bars scope_bars scope_s gain_staging mono_disappears_db mono_thin_band_db low_side_db \
         whisper_db_spl",
    ),
    ("limits.gain_staging", "low_dbfs ok_dbfs warm_dbfs"),
    ("tracks[].pan_rule", "kind within beyond correlation"),
    ("scope", "kind from_s to_s from_bar to_bar"),
    ("reference", "track state hit_peak_dbfs hit_lufs last_hit_s last_hit_bar claimed_by"),
    (
        "tracks[]",
        "name role role_is_guess role_certainty is_anchor is_kit part class class_fallback scope input_peak_dbfs sample_peak_dbfs \
         true_peak_dbtp rms_dbfs integrated_lufs max_short_term_lufs hits level_dbfs level_rms_dbfs level_lufs offset_db \
         loudness_offset_lu target verdict edge deviation_db move_db lands_at_db loudness_verdict note gain_staging channels pan \
         pan_rule pan_verdict correlation mono_loss_db thin_in_mono placement is_out is_ignored non_finite_input heard_cells \
         missed_cells stale trim_db \
         crest_db loudness_range_lu low_side_db harshness_db bands masking whisper",
    ),
    ("tracks[].scope", "from_s to_s"),
    ("tracks[].target", "measure against low_db high_db source together spread_db"),
    ("plan", "steps together_db unjudged_db lowered_db true_peak_dbtp not_landed"),
    ("plan.steps[]", "track tracks kind move_db beside_together_db reason lands_at_db"),
    ("plan.not_landed[]", "track reason"),
    ("after[]", "name verdict edge offset_db deviation_db"),
    ("breaks[]", "track from_s to_s from_bar to_bar offset_db verdict beyond_db move_db harm line cause"),
    ("advice[]", "track tracks kind text move_db from_s to_s"),
    ("tracks[].bands", "level_db correlation mono_loss_db"),
    ("tracks[].masking", "by_kick by_mix at_risk band_hz masker"),
    ("tracks[].whisper", "audible phon place"),
    ("whisper", "level_db_spl order expected passes text"),
    ("loud", "harshness_db target_db verdict text"),
    ("bus.bands", "level_db correlation mono_loss_db"),
    ("bus.thin_bands[]", "from_hz to_hz loss_db"),
    ("bus.quiet_bands[]", "from_hz to_hz"),
    ("bus.tonal", "reference over_db"),
    (
        "bus",
        "sample_peak_dbfs true_peak_dbtp integrated_lufs loudness_range_lu correlation mono_loss_db low_side_db \
         crest_db harshness_db bands thin_bands quiet_bands tonal",
    ),
];

#[test]
fn the_keys_are_those_of_the_contract() {
    let mut found = BTreeSet::new();
    keys(&report(), "", &mut found);
    let dotted = |(path, keys): &(&str, &str)| -> Vec<String> {
        let dot = if path.is_empty() { "" } else { "." };
        keys.split_whitespace().map(|key| format!("{path}{dot}{key}")).collect()
    };
    let expected: BTreeSet<String> = KEYS.iter().flat_map(dotted).collect();
    let (missing, new): (Vec<_>, Vec<_>) =
        (expected.difference(&found).collect(), found.difference(&expected).collect());
    assert!(missing.is_empty() && new.is_empty(), "missing: {missing:?}, new: {new:?}");
}

#[test]
fn what_cannot_be_measured_is_null() {
    let report = report();
    let track = |name: &str| report["tracks"].as_array().unwrap().iter().find(|track| track["name"] == name).unwrap();
    let toms = track("Toms");
    for key in "input_peak_dbfs sample_peak_dbfs true_peak_dbtp rms_dbfs integrated_lufs max_short_term_lufs hits \
                level_dbfs level_rms_dbfs level_lufs offset_db loudness_offset_lu deviation_db move_db lands_at_db \
                loudness_verdict gain_staging pan correlation mono_loss_db part crest_db loudness_range_lu low_side_db \
                harshness_db bands masking whisper"
        .split_whitespace()
    {
        assert!(toms[key].is_null(), "{key} of silence is {}", toms[key]);
    }
    assert_eq!((&toms["verdict"], &toms["pan_verdict"]), (&Value::from("silent"), &Value::from("not-judged")));
    assert_eq!(toms["trim_db"], 0.0);
    assert!(track("FX")["target"].is_null() && track("FX")["move_db"].is_null());
    assert_eq!(track("Kick")["move_db"], 0.0, "what sits has a move, of nothing");
    let empty = assess(&[], &Profile::guide(), &SessionState::default()).to_json();
    let empty: Value = serde_json::from_str(&empty).unwrap();
    assert!(empty["bus"].is_null() && empty["scope"]["from_s"].is_null() && empty["reference"]["track"].is_null());
    assert_eq!(empty["reference"]["state"], "none");
    assert!(empty["whisper"].is_null() && empty["loud"].is_null(), "nothing was heard");
}

#[test]
fn the_limits_are_those_of_the_profile() {
    let text = "[verdict]\nedge = 0.25\nstep = 2.0\nlisten-bars = 6\n[gain-staging]\nlow = -24\n[mono]\ndisappears = 12\n\
                low-side = -18\n[hearing]\nwhisper = 40\n[pan]\nwide = 0.6\n[roles.bass]\npan = \"slight\"\n";
    let profile = Profile::parse("mine", text).expect("a profile");
    let tracks = [kick(64.0).build(), Track::silent("Bass", Role::Bass, 64.0).tone(0.0, 64.0, -14.0).build()];
    let report = assess(&inputs(&tracks), &profile, &SessionState::default());
    let json: Value = serde_json::from_str(&report.to_json()).expect("the report is JSON");
    let limits = &json["limits"];
    for (key, expected) in [
        ("edge_db", 0.25),
        ("step_db", 2.0),
        ("listen_bars", 6.0),
        ("scope_bars", 8.0),
        ("scope_s", 16.0),
        ("mono_disappears_db", 12.0),
        ("mono_thin_band_db", 6.0),
        ("low_side_db", -18.0),
        ("whisper_db_spl", 40.0),
    ] {
        assert_eq!(limits[key], expected, "{key}");
    }
    assert_eq!(limits["gain_staging"], json!({"low_dbfs": -24.0, "ok_dbfs": -12.0, "warm_dbfs": -6.0}));
    assert_eq!(json["tracks"][0]["pan_rule"], json!({"kind": "centre", "within": 0.1}));
    assert_eq!(json["tracks"][1]["pan_rule"], json!({"kind": "slight", "from": 0.1, "to": 0.4}));
}

#[test]
fn the_words_are_those_of_the_contract() {
    fn words<T: serde::Serialize>(values: &[T]) -> String {
        let word = |value: &T| serde_json::to_value(value).unwrap().as_str().unwrap().to_owned();
        values.iter().map(word).collect::<Vec<_>>().join("|")
    }
    use Verdict::{Conflict, Held, High, Low, NoReference, NotJudged, Silent, Sits, Waiting};
    assert_eq!(
        words(&[Low, Sits, High, Silent, Waiting, Held, NoReference, NotJudged, Conflict]),
        "low|sits|high|silent|waiting|held|no-reference|not-judged|conflict"
    );
    use ScopeKind::{Loudest, Playing, Range, Song};
    assert_eq!(words(&[Loudest, Playing, Song, Range]), "loudest|playing|song|range");
    use ReferenceState as State;
    assert_eq!(
        words(&[State::Live, State::Held, State::None, State::Virtual, State::Conflict]),
        "live|held|none|virtual|conflict"
    );
    assert_eq!(words(&[Class::Hits, Class::Sustained]), "hits|sustained");
    assert_eq!(words(&[Measure::Peak, Measure::Rms, Measure::Loudness]), "peak|rms|loudness");
    use TargetAgainst::{Bed, FullScale, Kick, LeadVocal, Mix};
    assert_eq!(words(&[Kick, FullScale, Bed, LeadVocal, Mix]), "kick|full-scale|bed|lead-vocal|mix");
    use TargetSource::{Guide, Keel, Research, User};
    assert_eq!(words(&[Guide, Keel, Research, User]), "guide|keel|research|user");
    use GainStaging as Zone;
    assert_eq!(words(&[Zone::Low, Zone::Ok, Zone::Warm, Zone::Hot, Zone::Clipping]), "low|ok|warm|hot|clipping");
    use PanVerdict as Pan;
    assert_eq!(words(&[Pan::Ok, Pan::Off, Pan::Unknown, Pan::NotJudged]), "ok|off|unknown|not-judged");
    use LoudVerdict::{Dull, Harsh, Ok, Unknown as Untold};
    assert_eq!(words(&[Ok, Harsh, Dull, Untold]), "ok|harsh|dull|unknown");
    use Placement::{Post, Pre, Unknown};
    assert_eq!(words(&[Pre, Post, Unknown]), "pre|post|unknown");
    use AdviceKind::{Automate, GainStage, Mask, Mono, MoveFader, Pan as PanAdvice};
    assert_eq!(
        words(&[MoveFader, Automate, PanAdvice, GainStage, Mask, Mono, AdviceKind::Role]),
        "move-fader|automate|pan|gain-stage|mask|mono|role"
    );
    use LinkState::{Alone, Linked, Off, Paused, Unavailable, VersionMismatch};
    assert_eq!(
        words(&[Alone, Linked, Paused, Unavailable, VersionMismatch, Off]),
        "alone|linked|paused|unavailable|version-mismatch|off"
    );
    for role in Role::ALL {
        assert_eq!(words(&[role]), role.id(), "a role is written as profiles write it");
    }
}

#[test]
fn figures_have_three_decimals_and_no_negative_zero() {
    let written = |level: f64| serde_json::to_string(&Db(level)).unwrap();
    assert_eq!(written(-4.000_49), "-4.0");
    assert_eq!(written(1.234_56), "1.235");
    assert_eq!(written(-0.000_1), "0.0");
    assert_eq!(serde_json::to_string(&Dbfs(-11.0)).unwrap(), "-11.0");
}
