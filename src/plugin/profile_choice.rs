//! The choice of a profile in a window.

use std::time::Instant;

use keel_core::mix::Profile;

use super::instance::KeelInstance;
use super::profile_cache::{GUIDE, READ_EVERY};
use crate::editor;

/// What a window offers to choose among, and what came of the last choice.
#[derive(Debug, Default)]
pub struct ProfileChoice {
    known: Option<(Instant, Vec<String>)>,
    refused: Option<String>,
}

impl ProfileChoice {
    pub fn choose(&mut self, instance: &KeelInstance, name: &str) {
        self.refused = instance.choose_profile(name).err();
    }

    /// For the window; `fault` says why the profile cannot be read. The list is read anew now and then while it `is_shown`.
    pub fn targets(&mut self, instance: &KeelInstance, is_shown: bool, fault: Option<String>) -> editor::Targets {
        let now = Instant::now();
        if !is_shown {
            (self.known, self.refused) = (None, None);
        } else if self.known.as_ref().is_none_or(|(read_at, _)| now.saturating_duration_since(*read_at) >= READ_EVERY) {
            self.known = Some((now, Profile::list()));
        }
        let chosen = instance.track().session().profile().unwrap_or_else(|| GUIDE.into());
        editor::Targets {
            from_elsewhere: chosen != instance.saved().profile,
            known: self.known.as_ref().map(|(_, names)| names.clone()).unwrap_or_default(),
            fault: self.refused.clone().or(fault),
            chosen,
        }
    }
}
