//! What a project stored with the plug-in: any JSON gives settings, and those come back from what is stored of them.
#![no_main]

use keel::plugin::Saved;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|text: &str| {
    let Ok(stored) = serde_json::from_str::<Value>(text) else { return };
    let saved = Saved::migrate(stored, &mut Vec::new());
    let mut notes = Vec::new();
    assert_eq!(Saved::migrate(saved.to_json(), &mut notes), saved, "{notes:?}");
});
