//! A file's bytes, all the way to the report.

#![no_main]

use std::path::PathBuf;
use std::sync::OnceLock;

use keel_cli::check::{Rules, check};
use keel_cli::decode;
use keel_cli::progress::Progress;
use keel_cli::stems::Stem;
use keel_cli::{html, table};
use keel_core::mix::{Profile, Role, RoleFrom, SessionState};
use libfuzzer_sys::fuzz_target;

/// A file of this process's own, in memory where the system has such a place.
fn file() -> &'static PathBuf {
    static FILE: OnceLock<PathBuf> = OnceLock::new();
    FILE.get_or_init(|| {
        std::panic::set_hook(Box::new(|info| {
            if !decode::in_decoder() {
                eprintln!("{info}");
                std::process::abort();
            }
        }));
        let memory = PathBuf::from("/dev/shm");
        let folder = if memory.is_dir() { memory } else { std::env::temp_dir() };
        folder.join(format!("keel-fuzz-{}.mp3", std::process::id()))
    })
}

fuzz_target!(|data: &[u8]| {
    let path = file();
    if std::fs::write(path, data).is_err() {
        return;
    }
    let stem = |role| Stem {
        path: path.clone(),
        right: None,
        start_s: 0.0,
        name: "take".into(),
        role,
        role_from: RoleFrom::User,
        is_reference: false,
    };
    let rules = Rules { profile: Profile::guide(), state: SessionState::default(), tempo: None };
    let checked = check(&[stem(Role::Kick), stem(Role::MixBus)], &rules, &Progress::silent());
    assert_eq!(checked.analysed + checked.problems.len(), 2);
    let text = table::render(&checked.report, table::Style::PLAIN);
    assert!(!text.contains("NaN"));
    assert!(!checked.report.to_json().is_empty() && !html::render(&checked.report).is_empty());
});
