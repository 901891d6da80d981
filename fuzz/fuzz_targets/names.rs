//! Names of tracks, a line each: one guess a name, the same every time, and each word in its place.
#![no_main]

use keel_core::mix::{detect, guess};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let names: Vec<&str> = text.lines().take(64).collect();
    let guesses = guess(&names);
    assert_eq!(guesses.len(), names.len());
    assert_eq!(guesses, guess(&names));
    for (name, guess) in names.iter().zip(guesses) {
        let is_lone = names.len() == 1;
        assert!(!is_lone || detect(name) == guess.role);
    }
});
