use std::sync::Arc;

use super::*;
use crate::plugin::KeelParams;
use crate::plugin::params::{MeasureChoice, RoleChoice};
use keel_core::mix::{Certainty, Guess, Measure, Placement, Role};
use nice_plug::params::enums::Enum;

struct Bench {
    params: Arc<KeelParams>,
    table: ParamTable,
}

impl Bench {
    fn new() -> Self {
        let params = Arc::new(KeelParams::default());
        Self { table: ParamTable::new(params.clone()), params }
    }

    fn set(&self, id: &str, value: ParamValue) {
        self.table.restore(id, &value, None).expect("a value that fits");
    }

    fn load(&self, bytes: &[u8]) -> (Option<(Saved, Vec<Unread>)>, Vec<String>) {
        let mut notes = Vec::new();
        (read_state(bytes, &self.table, None, &mut notes), notes)
    }
}

fn state(params: &str, keel: &str) -> Vec<u8> {
    json!({
        "version": "0.1.0",
        "params": serde_json::from_str::<Value>(params).expect("JSON"),
        "fields": { "keel": keel },
    })
    .to_string()
    .into_bytes()
}

#[test]
fn everything_comes_back_but_the_mono_check() {
    let from = Bench::new();
    from.set("trim", ParamValue::F32(3.3));
    from.set("mono", ParamValue::Bool(true));
    from.set("role", ParamValue::String("lead-vocal".into()));
    from.set("measure", ParamValue::String("rms".into()));
    from.set("reference", ParamValue::Bool(true));
    let saved = Saved {
        name: "Vöx".into(),
        instance_id: Some(TrackId(u64::MAX)),
        session_id: Some("s".into()),
        session_code: Some("band room".into()),
        profile: "mine".into(),
        ignored: [TrackId(7), TrackId(u64::MAX)].into(),
        placement: Some(Placement::Post),
        guess: Some((
            "Vöx".into(),
            Guess { role: Some(Role::LeadVocal), certainty: Certainty::Likely, is_trigger: false },
        )),
        window: [500.0, 700.5],
        unknown: Map::new(),
    };
    let bytes = write(&from.table, &saved, &[]);
    assert!(!String::from_utf8(bytes.clone()).expect("text").contains("mono"), "a monitor check is never stored");

    let to = Bench::new();
    to.set("mono", ParamValue::Bool(true));
    let (read, notes) = to.load(&bytes);
    let (read, unread) = read.expect("a state of our own");
    assert_eq!((read, notes), (saved, Vec::<String>::new()));
    assert!(unread.is_empty());
    assert_eq!(to.params.trim.value(), 3.3);
    assert_eq!(to.params.role.value(), RoleChoice(Some(Role::LeadVocal)));
    assert_eq!(to.params.measure.value(), MeasureChoice(Some(Measure::Rms)));
    assert!(to.params.reference.value());
    assert!(!to.params.mono.value(), "loading turns it off");
    assert_eq!(write(&to.table, &read_again(&to, &bytes), &[]), bytes, "stored again it is the same");
}

fn read_again(bench: &Bench, bytes: &[u8]) -> Saved {
    bench.load(bytes).0.expect("a state of our own").0
}

#[test]
fn a_stored_mono_check_is_not_taken() {
    let bench = Bench::new();
    let (read, _) = bench.load(&state(r#"{"mono":{"bool":true}}"#, r#"{"version":1}"#));
    assert!(read.is_some());
    assert!(!bench.params.mono.value());
}

#[test]
fn broken_text_changes_nothing_and_says_so() {
    let bench = Bench::new();
    bench.set("trim", ParamValue::F32(6.0));
    for broken in [&b"{\"params\": {\"trim\""[..], b"", b"\xff\xfe", b"[1, 2]", b"null"] {
        let (read, notes) = bench.load(broken);
        assert!(read.is_none());
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert_eq!(bench.params.trim.value(), 6.0);
    }
}

#[test]
fn wrong_types_leave_the_value_and_the_rest_is_read() {
    let bench = Bench::new();
    let params = r#"{"trim":"loud","out":{"f32":1.0},"reference":{"bool":true},"measure":null}"#;
    let (read, notes) = bench.load(&state(
        params,
        r#"{"version":1,"name":7,"window":["a",2],"ignored":["7",8],"guess":{"role":"harp"},"profile":"mine"}"#,
    ));
    let (saved, _) = read.expect("a state");
    assert_eq!(bench.params.trim.value(), 0.0);
    assert!(bench.params.reference.value(), "what can be read is read");
    assert_eq!(saved, Saved { profile: "mine".into(), ..Saved::default() });
    for word in ["trim", "out", "measure", "name", "window", "ignored", "guess"] {
        assert!(notes.iter().any(|note| note.contains(word)), "no word of {word} in {notes:?}");
    }
}

#[test]
fn an_unknown_role_is_kept_until_the_user_picks_one() {
    let bench = Bench::new();
    let (read, notes) = bench.load(&state(r#"{"role":{"string":"harp"},"glow":{"f32":0.5}}"#, r#"{"version":1}"#));
    let (saved, unread) = read.expect("a state");
    assert_eq!(bench.params.role.value(), RoleChoice(None));
    assert!(notes.iter().any(|note| note.contains("role \"harp\"")), "{notes:?}");
    let stored =
        |bench: &Bench| -> Value { serde_json::from_slice(&write(&bench.table, &saved, &unread)).expect("JSON") };
    assert_eq!(stored(&bench)["params"]["role"], json!({ "string": "harp" }));
    assert_eq!(stored(&bench)["params"]["glow"], json!({ "f32": 0.5 }));
    bench.set("role", ParamValue::String("bass".into()));
    assert_eq!(stored(&bench)["params"]["role"], json!({ "string": "bass" }));
}

#[test]
fn a_placement_is_stored_only_where_the_user_has_said_it() {
    let stored = |placement| Saved { placement, ..Saved::default() }.to_json().get("placement").cloned();
    assert_eq!(stored(None), None, "absent goes by the host");
    let mut notes = Vec::new();
    for (word, side) in [("pre", Placement::Pre), ("post", Placement::Post)] {
        assert_eq!(stored(Some(side)), Some(json!(word)));
        let read = Saved::migrate(json!({ "version": 1, "placement": word }), &mut notes);
        assert_eq!(read, Saved { placement: Some(side), ..Saved::default() });
    }
    for silent in [json!({ "version": 1 }), json!({ "version": 1, "placement": null })] {
        assert_eq!(Saved::migrate(silent, &mut notes), Saved::default());
    }
    assert_eq!(notes, Vec::<String>::new());
    for unread in [json!("sideways"), json!("computed"), json!("unknown"), json!(2)] {
        notes.clear();
        let stored = json!({ "version": 1, "name": "Kick", "placement": unread });
        assert_eq!(Saved::migrate(stored, &mut notes), Saved { name: "Kick".into(), ..Saved::default() });
        assert!(matches!(&notes[..], [note] if note.contains("placement")), "{unread}: {notes:?}");
    }
}

#[test]
fn a_newer_version_is_read_as_far_as_known_and_kept_whole() {
    let mut notes = Vec::new();
    let stored = json!({ "version": 9, "name": "Kick", "colour": "red", "window": [600, 700] });
    let saved = Saved::migrate(stored, &mut notes);
    assert_eq!((saved.name.as_str(), saved.window), ("Kick", [600.0, 700.0]));
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert_eq!(saved.to_json()["colour"], "red");
    assert_eq!(saved.to_json()["version"], 9);
}

#[test]
fn without_a_version_or_not_at_all() {
    let mut notes = Vec::new();
    let saved = Saved::migrate(json!({ "name": "Kick" }), &mut notes);
    assert_eq!((saved.name.as_str(), notes.len()), ("Kick", 1));
    assert_eq!(Saved::migrate(Value::Null, &mut notes), Saved::default());
    assert_eq!(notes.len(), 2, "{notes:?}");
}

#[test]
fn values_beyond_the_range_are_held_in_it() {
    let bench = Bench::new();
    bench.load(&state(r#"{"trim":{"f32":90.0}}"#, r#"{"version":1}"#));
    assert_eq!(bench.params.trim.value(), 24.0);
    bench.load(&state(r#"{"role":{"i32":3}}"#, r#"{"version":1}"#));
    assert_eq!(bench.params.role.value().to_index(), 0, "choices go by id only");
}

#[test]
fn notes_stay_readable_however_broken_a_state_is() {
    let notes: Vec<String> = (0..100_000).map(|k| format!("{k} ").repeat(200)).collect();
    let shown = readable(notes);
    assert_eq!(shown.len(), MOST_NOTES + 1);
    assert!(shown.iter().all(|note| note.chars().count() <= LONGEST_NOTE + 1));
    assert!(shown[MOST_NOTES].contains("99988 more"), "{}", shown[MOST_NOTES]);
    assert_eq!(readable(vec!["short".into()]), ["short"]);
}
