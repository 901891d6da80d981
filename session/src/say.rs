//! Lines on the standard output.

use std::io::Write;

/// A reader that has gone (`| head`) is no reason to leave the rest undone.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
