//! What the host stores, and what comes back from it.

use super::common::*;

const SAVED: [(&str, &str); 6] = [
    ("trim", "-4.5"),
    ("role", "Snare"),
    ("reference", "On"),
    ("measure", "Loudness"),
    ("out", "On"),
    ("bypass", "On"),
];

#[test]
fn every_stored_parameter_comes_back() {
    let _turn = alone();
    let mut first = instance("Track 1", 2);
    for (param, text) in SAVED {
        first.set_param_text(param, text).unwrap_or_else(|error| panic!("{param}: {error}"));
    }
    let state = first.save().expect("saved");
    let wanted: Vec<f64> = SAVED.iter().map(|(param, _)| first.param(param).expect("a value")).collect();
    drop(first);
    let mut second = instance("Track 1", 2);
    second.load(&state).expect("loaded");
    let got: Vec<f64> = SAVED.iter().map(|(param, _)| second.param(param).expect("a value")).collect();
    assert_eq!(got, wanted, "{SAVED:?}");
    assert_eq!(second.save().expect("saved"), state, "saved again it is the same");
}

#[test]
fn state_loaded_while_active_takes_effect() {
    let _turn = alone();
    let mut first = instance("Bass", 2);
    first.set_param_text("trim", "-6").expect("trim");
    let state = first.save().expect("saved");
    drop(first);
    let mut second = instance("Bass", 2);
    let mut processor = second.activate(48_000.0, 512).expect("active");
    let input = [sine(100.0, -6.0, 0.5), sine(100.0, -6.0, 0.5)];
    run(&mut processor, &input, &[512]);
    second.load(&state).expect("loaded");
    let output = run(&mut processor, &input, &[512]);
    let peak = output[0][12_000..].iter().fold(0.0f32, |max, x| max.max(x.abs()));
    near("peak after the load", 20.0 * f64::from(peak).log10(), -12.0, 0.01);
    second.deactivate(processor);
}

/// The framework's envelope: a length, then JSON.
fn envelope(json: &str) -> Vec<u8> {
    let mut bytes = (json.len() as u64).to_le_bytes().to_vec();
    bytes.extend(json.as_bytes());
    bytes
}

#[test]
fn broken_state_is_survived_and_loses_nothing() {
    let _turn = alone();
    let mut instance = instance("Bass", 2);
    instance.set_param_text("trim", "3").expect("trim");
    instance.set_param_text("role", "Bass").expect("role");
    let good = instance.save().expect("saved");
    let (trim, role) = (instance.param("trim").expect("trim"), instance.param("role").expect("role"));
    let mut flipped = good.clone();
    flipped[good.len() / 2] ^= 0x55;
    let deep = deep_array();
    let broken: [(&str, Vec<u8>); 10] = [
        ("empty", Vec::new()),
        ("three bytes", vec![1, 2, 3]),
        ("noise", noise(64, 3).iter().flat_map(|x| x.to_le_bytes()).collect()),
        ("cut short", good[..good.len() / 2].to_vec()),
        ("no JSON", envelope("abcde")),
        ("an endless length", [&(1u64 << 40).to_le_bytes()[..], b"{}"].concat()),
        ("100 MB", vec![b' '; 100 << 20]),
        ("arrays in arrays", envelope(&deep)),
        ("the same within", envelope(&format!(r#"{{"version":"1","params":{{"trim":{deep}"#))),
        ("200 MB announced", [&200_000_000u64.to_le_bytes()[..], b"{}"].concat()),
    ];
    for (what, state) in broken {
        let loaded = instance.load(&state);
        assert!(loaded.is_err(), "{what}: taken for a state");
        assert_eq!(instance.param("trim").expect("trim"), trim, "{what}: the trim was lost");
        assert_eq!(instance.param("role").expect("role"), role, "{what}: the role was lost");
    }
    // Readable, but with holes: taken or not, what is missing stays as it was.
    for holes in [r#"{"version":"9.9.9","fields":{}}"#, r#"{"version":"9","params":{"trim":{"f32":null}},"fields":{}}"#]
    {
        let _ = instance.load(&envelope(holes));
        assert_eq!(instance.param("trim").expect("trim"), trim, "{holes}: the trim was lost");
        assert_eq!(instance.param("role").expect("role"), role, "{holes}: the role was lost");
    }
    // Flipped bits may still be JSON: then whatever comes of it must be in range.
    let _ = instance.load(&flipped);
    let trim_after = instance.param("trim").expect("trim");
    assert!((0.0..=1.0).contains(&trim_after), "{trim_after}");
    instance.load(&good).expect("a good state still loads");
    assert_eq!(instance.param("trim").expect("trim"), trim);
}

#[test]
fn values_out_of_range_and_unknown_roles_leave_the_rest_in_place() {
    let _turn = alone();
    let mut instance = instance("Bass", 2);
    let state = r#"{"version":"9","params":{"trim":{"f32":1e30},"role":{"string":"theremin"},"out":{"bool":true},
        "stray":{"bool":true}},"fields":{"keel":"not json","other":"1"}}"#;
    instance.load(&envelope(state)).expect("what can be read is taken");
    let trim = instance.param("trim").expect("trim");
    assert!((0.0..=1.0).contains(&trim), "trim {trim} is out of its range");
    assert_eq!(instance.param("role").expect("role"), 0.0, "an unknown role reads as Auto");
    assert_eq!(instance.param("out").expect("out"), 1.0);
}

#[test]
fn a_name_of_half_a_megabyte_is_shown_in_part() {
    let _turn = alone();
    let mut instance = instance("Bass", 2);
    let inner = format!(r#"{{"version":1,"name":"{}","window":[1e300,-4]}}"#, "Ä".repeat(250_000));
    let state = serde_json::json!({ "version": "1", "params": {}, "fields": { "keel": inner } }).to_string();
    instance.load(&envelope(&state)).expect("the rest is taken");
    let report = parse(&instance.report(Some("song")).expect("a report"));
    let name = report["tracks"][0]["name"].as_str().expect("a name");
    assert!(name.starts_with('Ä') && name.chars().count() <= 256, "{} characters", name.chars().count());
    let keel =
        envelope(&serde_json::json!({ "version": "1", "params": {}, "fields": { "keel": deep_array() } }).to_string());
    instance.load(&keel).expect("the rest is taken");
}

/// JSON within JSON that would overflow a stack.
fn deep_array() -> String {
    "[".repeat(300_000)
}

#[test]
fn a_parameter_change_reaches_an_inactive_plugin() {
    let _turn = alone();
    let mut instance = instance("Bass", 1);
    instance.set_param_text("trim", "+3 dB").expect("trim");
    assert!(instance.param_text("trim").expect("trim").starts_with("3.0"), "{:?}", instance.param_text("trim"));
    assert!(instance.set_param_text("trim", "loud").is_err());
    assert!(instance.set_param("volume", 1.0).is_err());
}
