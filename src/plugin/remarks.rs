//! What the audio thread has to say to the user.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use atomic_float::AtomicF32;

/// What stands after a panic, until the next activation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Meters = 1,
    /// All that Keel does: the sound passes as it comes.
    All = 2,
}

const METERS_FAILED: &str =
    "A fault stopped this track's meters; its sound goes on as it was. Restart the audio engine to measure again.";
const ALL_FAILED: &str =
    "A fault stopped Keel on this track; its sound goes on without the trim. Restart the audio engine to go on.";
const RENDER_FOUND: &str =
    "The mono check was switched off: audio came faster than it is played, as it does in a render.";

/// Set on the audio thread, read by windows and reports.
#[derive(Debug, Default)]
pub struct Remarks {
    fault: AtomicU8,
    render: AtomicBool,
    /// The rate at hand where it cannot be measured, else 0.
    unmeasured_hz: AtomicF32,
}

impl Remarks {
    pub fn set_fault(&self, fault: Option<Fault>) {
        self.fault.store(fault.map_or(0, |fault| fault as u8), Ordering::Relaxed);
    }

    /// A render without an announcement ended a check, or a check sounds again.
    pub fn set_render(&self, found: bool) {
        if self.render.load(Ordering::Relaxed) != found {
            self.render.store(found, Ordering::Relaxed);
        }
    }

    /// The rate where it cannot be measured.
    pub fn set_unmeasured(&self, hz: Option<f32>) {
        self.unmeasured_hz.store(hz.unwrap_or(0.0), Ordering::Relaxed);
    }

    pub fn sentences(&self) -> impl Iterator<Item = String> + use<> {
        let fault = match self.fault.load(Ordering::Relaxed) {
            0 => None,
            1 => Some(METERS_FAILED.to_owned()),
            _ => Some(ALL_FAILED.to_owned()),
        };
        let render = self.render.load(Ordering::Relaxed).then(|| RENDER_FOUND.to_owned());
        let hz = self.unmeasured_hz.load(Ordering::Relaxed);
        let rate = (hz > 0.0).then(|| {
            format!("Not measured at {hz} Hz: Keel measures from 8 to 768 kHz. The sound passes as it comes.")
        });
        fault.into_iter().chain(render).chain(rate)
    }
}
