//! How a session is linked, as the report has it.

use serde::Serialize;

use super::MixReport;

/// Whether tracks of other processes are in the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkState {
    /// No other process has tracks of this session.
    Alone,
    /// With tracks of other processes.
    Linked,
    /// Two copies of the song are open: their tracks are kept apart.
    Paused,
    /// The link does not work; the text says why.
    Unavailable,
    /// Another version of Keel is running, which this one cannot read.
    VersionMismatch,
    /// Switched off by the user.
    Off,
}

/// How the session is linked to other binaries and processes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LinkReport {
    /// How it is linked.
    pub state: LinkState,
    /// Other processes, and the other plug-in format in this one, that have tracks of the session.
    pub peers: usize,
    /// Their tracks.
    pub tracks_remote: usize,
    /// The code that the user typed, as it is compared.
    pub session_code: Option<String>,
    /// What the user must know, in a sentence.
    pub text: Option<String>,
}

impl LinkReport {
    /// Puts it into the session's report.
    pub(crate) fn write_into(self, report: &mut MixReport) {
        report.notes.extend(self.text.clone());
        report.link = Some(self);
    }
}
