//! Hub files: heads, tips, tables, logs, and what the rules make of them.
#![no_main]

use std::fs;
use std::path::Path;

use libfuzzer_sys::fuzz_target;

/// Sound files to begin from, where the fuzzer looks for them.
fn plant() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/hub");
    if fs::create_dir_all(&corpus).is_ok() {
        for (number, seed) in keel_core::link::seeds().iter().enumerate() {
            let _ = fs::write(corpus.join(format!("seed-{number}")), seed);
        }
    }
}

fuzz_target!(init: plant(), |bytes: &[u8]| keel_core::link::take_in(bytes));
