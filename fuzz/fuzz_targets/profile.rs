//! Target profiles: any text is a profile or an error with its place.
#![no_main]

use keel_core::mix::Profile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(error) = Profile::parse("fuzzed", text) {
        assert!(!error.to_string().is_empty());
    }
});
