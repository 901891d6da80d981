//! What hosts, projects and scripts have stored or rely on. None of it ever changes; a new version migrates.

use keel::host::Instance;
use keel::host::clap::{PLACEMENT_EXTENSION, REPORT_EXTENSION};
use keel::plugin::{Keel, KeelInstance, KeelParams, STATE_KEY, STATE_VERSION, Saved};
use keel_core::mix::{Certainty, Guess, Placement, Role};
use nice_plug::params::enums::Enum;
use nice_plug::prelude::*;
use serde_json::{Value, json};

/// A project saved by the first version, as it lies on the disk.
const VERSION_1: &str = r#"{
  "version": "0.1.0",
  "params": {
    "bypass": {"bool": false}, "trim": {"f32": -2.5}, "role": {"string": "lead-vocal"},
    "reference": {"bool": false}, "measure": {"string": "loudness"}, "out": {"bool": true}
  },
  "fields": {
    "keel": "{\"version\":1,\"name\":\"Vox\",\"instance_id\":\"00c0ffee00c0ffee\",\"session_id\":null,\"profile\":\"guide\",\"window\":[500,700]}"
  }
}"#;

#[test]
fn plugin_ids() {
    assert_eq!(Keel::CLAP_ID, "org.keelaudio.keel");
    assert_eq!(Keel::VST3_CLASS_ID, *b"KeelBalanceMeter");
    assert_eq!((Keel::NAME, Keel::VENDOR), ("Keel", "Keel Audio"));
    assert_eq!(REPORT_EXTENSION, c"org.keelaudio.report/1");
    assert_eq!(PLACEMENT_EXTENSION, c"org.keelaudio.placement/1");
}

#[test]
fn parameter_ids_in_their_order() {
    let ids: Vec<String> = KeelParams::default().param_map().into_iter().map(|(id, _, _)| id).collect();
    assert_eq!(ids, ["bypass", "trim", "mono", "role", "reference", "measure", "out"]);
}

#[test]
fn choices_are_stored_by_id() {
    let roles = keel::plugin::RoleChoice::ids().expect("ids");
    assert_eq!(roles[0], "auto");
    assert_eq!(roles[1..], Role::ALL.map(Role::id));
    assert_eq!(keel::plugin::MeasureChoice::ids(), Some(&["auto", "peak", "rms", "loudness"][..]));
}

#[test]
fn trim_goes_from_minus_to_plus_24_db() {
    let trim = KeelParams::default().trim;
    assert_eq!((trim.preview_plain(0.0), trim.preview_plain(1.0), trim.value()), (-24.0, 24.0, 0.0));
}

#[test]
fn state_keys() {
    assert_eq!((STATE_KEY, STATE_VERSION), ("keel", 1));
    let saved = Saved::default().to_json();
    let keys: Vec<&str> = saved.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(keys, ["instance_id", "name", "profile", "session_id", "version", "window"]);
    let said = Saved { placement: Some(Placement::Post), ..Saved::default() }.to_json();
    assert_eq!((said["version"].as_u64(), &said["placement"]), (Some(1), &json!("post")), "optional: no new version");
    let guess = Guess { role: Some(Role::Sub808), certainty: Certainty::Likely, is_trigger: false };
    let said = Saved { guess: Some(("Boom".into(), guess)), ..Saved::default() }.to_json();
    let stored = json!({ "name": "Boom", "role": "808", "certainty": "likely", "trigger": false });
    assert_eq!((said["version"].as_u64(), &said["guess"]), (Some(1), &stored), "optional: no new version");
    let (instance, _writer) = KeelInstance::join();
    let state: Value = serde_json::from_slice(&instance.save()).expect("JSON");
    let params: Vec<&str> = state["params"].as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(params, ["bypass", "measure", "out", "reference", "role", "trim"], "mono check is never stored");
    assert!(state["fields"]["keel"].is_string(), "JSON within JSON, as the framework has it");
}

#[test]
fn the_first_version_is_read_as_it_was_meant() {
    let (instance, _writer) = KeelInstance::join();
    assert!(instance.load(VERSION_1.as_bytes()));
    assert_eq!(instance.notes(), Vec::<String>::new());
    let params = instance.keel_params();
    assert_eq!(params.trim.value(), -2.5);
    assert_eq!(params.role.value().0, Some(Role::LeadVocal));
    assert!(params.out.value());
    assert_eq!(instance.track().id().0, 0x00c0_ffee_00c0_ffee);
    assert_eq!(&*instance.track().name(), "Vox");
    assert_eq!(instance.saved().placement, None, "it goes by what the host says");
    let stored: Value = serde_json::from_slice(&instance.save()).expect("JSON");
    let first: Value = serde_json::from_str(VERSION_1).expect("JSON");
    assert_eq!(stored["params"], first["params"]);
    let inner = |state: &Value| -> Value {
        serde_json::from_str(state["fields"]["keel"].as_str().expect("text")).expect("JSON")
    };
    assert_eq!(inner(&stored)["window"], json!([500.0, 700.0]));
    assert_eq!(inner(&stored)["instance_id"], inner(&first)["instance_id"]);
}

#[test]
fn the_users_word_on_the_placement_is_reported_stored_and_taken_back() {
    let (instance, _writer) = KeelInstance::join();
    let reported = |instance: &KeelInstance| {
        let report = instance.session_report(None);
        report.track(instance.track().id()).expect("the track").placement
    };
    instance.placed(Placement::Pre);
    instance.choose_placement(Some(Placement::Post));
    assert_eq!(reported(&instance), Placement::Post);
    let state = instance.save();
    instance.choose_placement(None);
    assert_eq!(reported(&instance), Placement::Pre, "auto is the host's word");
    let silent = instance.save();
    let (other, _other_writer) = KeelInstance::join();
    assert!(other.load(&state));
    other.placed(Placement::Unknown);
    assert_eq!(reported(&other), Placement::Post, "whichever comes first, the user's word stands");
    assert!(other.load(&silent));
    assert_eq!(reported(&other), Placement::Unknown, "a project without the word goes by the host");
}

/// What the names of a session said is the project's: neither other names nor a later vocabulary change it.
#[test]
fn a_stored_guess_holds_for_its_name() {
    let own_id = VERSION_1.replace("00c0ffee00c0ffee", "0000000000facade");
    let stored = own_id.replace("lead-vocal", "auto").replace(
        r#"\"name\":\"Vox\""#,
        r#"\"name\":\"\",\"guess\":{\"name\":\"Bass Culture\",\"role\":\"snare\",\"certainty\":\"sure\",\"trigger\":false}"#,
    );
    let (instance, _writer) = KeelInstance::join();
    instance.track_named("Bass Culture", None);
    assert_eq!(instance.track().role(), (Role::Bass, true));
    assert!(instance.load(stored.as_bytes()));
    assert_eq!(instance.notes(), Vec::<String>::new());
    assert_eq!((instance.track().role(), instance.track().is_guess_settled()), ((Role::Snare, true), true));
    let saved = instance.save();
    instance.track_named("Gtr", None);
    assert_eq!(instance.track().role(), (Role::Guitars, true), "renamed since");
    let (other, _other_writer) = KeelInstance::join();
    assert!(other.load(&saved));
    other.track_named("Bass Culture", None);
    assert_eq!(other.track().role(), (Role::Snare, true), "whichever comes first, name or state");
}

#[test]
fn a_copy_takes_an_id_of_its_own_and_is_not_the_reference() {
    let stored = VERSION_1
        .replace("00c0ffee00c0ffee", "00000000deadbeef")
        .replace(r#""reference": {"bool": false}"#, r#""reference": {"bool": true}"#);
    let (first, _first_writer) = KeelInstance::join();
    let (copy, _copy_writer) = KeelInstance::join();
    assert!(first.load(stored.as_bytes()) && copy.load(stored.as_bytes()));
    assert_eq!(first.track().id().0, 0xdead_beef);
    assert_ne!(copy.track().id(), first.track().id());
    assert!(first.keel_params().reference.value());
    assert!(!copy.keel_params().reference.value(), "two references from one copy");
    assert!(!copy.track().settings().is_reference());
}

#[test]
fn broken_state_and_profile_are_told_in_the_report() {
    let (instance, _writer) = KeelInstance::join();
    assert!(!instance.load(b"{\"params\":"), "the host is to know that nothing was read");
    let report: Value = serde_json::from_str(&instance.report(None).expect("a report")).expect("JSON");
    let notes = report["notes"].to_string();
    assert!(notes.contains("could not be read"), "{notes}");
    let missing =
        VERSION_1.replace("\\\"guide\\\"", "\\\"no such profile\\\"").replace("00c0ffee00c0ffee", "00000000feedbeef");
    assert!(instance.load(missing.as_bytes()));
    let report: Value = serde_json::from_str(&instance.report(Some("song")).expect("a report")).expect("JSON");
    let notes = report["notes"].to_string();
    assert!(notes.contains("no such profile") && notes.contains("guide"), "{notes}");
    assert!(instance.report(Some("chorus")).is_none(), "no such scope");
}
