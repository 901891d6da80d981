//! How a session is linked, in words.

use super::hub_status::HubStatus;
use super::members::SessionMembers;
use crate::mix::{LinkReport, LinkState};

const OFF: &str = "The link to other processes is switched off: KEEL_HUB_DIR is empty.";
const PAUSED: &str = "Two copies of this song are open. Their tracks are kept apart until one of them is closed.";

pub(crate) fn link_report(hub: HubStatus, members: Option<&SessionMembers>, code: Option<String>) -> LinkReport {
    let (peers, remote) = members.map_or((0, 0), |members| (members.peers, members.remote));
    let (state, text) = match hub {
        _ if members.is_some_and(|members| members.is_paused) => (LinkState::Paused, Some(PAUSED.to_owned())),
        // A user who switched it off knows; one who typed a code must be reminded.
        HubStatus::Off => (LinkState::Off, code.is_some().then(|| OFF.to_owned())),
        HubStatus::Unavailable(why) => (LinkState::Unavailable, Some(format!("No link to other processes. {why}"))),
        HubStatus::On { other_version, unreadable } => {
            let mismatch = other_version
                .map(|version| format!("Another Keel of version {version} is running: update both to link them."));
            let broken = unreadable.then(|| {
                "A file of another Keel cannot be read, and its tracks are missing: keel doctor says which.".to_owned()
            });
            let state = match (&mismatch, &broken, remote) {
                (_, _, 1..) => LinkState::Linked,
                (Some(_), _, 0) => LinkState::VersionMismatch,
                (None, Some(_), 0) => LinkState::Unavailable,
                (None, None, 0) => LinkState::Alone,
            };
            (state, mismatch.or(broken))
        }
    };
    LinkReport { state, peers, tracks_remote: remote, session_code: code, text }
}
