//! `keel.toml`: any text is settings or an error with its place, and the patterns of `ignore` end on any name.
#![no_main]

use std::path::Path;

use keel_cli::keel_toml::KeelToml;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match KeelToml::parse(Path::new("song/keel.toml"), text) {
        Ok(settings) => _ = settings.ignores("01 Kick in.wav"),
        Err(error) => assert!(error.to_string().contains("line")),
    }
});
