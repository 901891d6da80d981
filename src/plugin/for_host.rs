//! What the host may ask of an instance, and tracks of other instances.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use keel_core::link::{Refused, RemoteControl, StoredSettings};
use keel_core::mix::{Placement, Role};
use keel_core::units::Db;
use nice_plug::editor::dpi::NativeSize;
use nice_plug::prelude::{Param, ParamPtr, Params};

use super::instance::{AskedScope, KeelInstance};
use super::profile_cache::GUIDE;
use super::state::{self, Saved};
use super::{open_window, window};
use crate::host::{Gesture, Instance, Opening, OwnChange, PluginWindow, TimedChange};

impl Instance for KeelInstance {
    fn params(&self) -> Arc<dyn Params> {
        self.params.clone()
    }

    fn channels(&self) -> usize {
        self.channels.load(Ordering::Acquire)
    }

    fn rendering(&self, offline: bool) {
        self.offline.store(offline, Ordering::Relaxed);
    }

    fn render_announced(&self) {
        self.track.expect_render();
    }

    fn at_frame(&self, change: TimedChange) {
        self.changes.at_frame(change);
    }

    fn settle(&self) {
        self.changes.apply_rest(0);
    }

    fn take_own_change(&self) -> Option<OwnChange> {
        self.changes.take_own()
    }

    fn put_back(&self, change: &OwnChange) {
        self.changes.put_back(change);
    }

    fn track_named(&self, name: &str, role: Option<Role>) {
        self.track.set_name(name);
        self.track.set_host_role(role);
    }

    fn placed(&self, placement: Placement) {
        self.track.settings().set_placement(placement);
    }

    fn save(&self) -> Vec<u8> {
        // It may have turned out to be a copy since the last block.
        self.publish(self.track.settings());
        let StoredSettings { code, profile, ignored } = self.track.session().stored();
        let guess = self.track.guess().map(|(name, guess)| (name.to_string(), guess));
        let state = self.state.lock();
        let saved = Saved {
            guess,
            instance_id: Some(self.track.id()),
            session_id: Some(self.track.session_id().to_string()),
            session_code: code,
            profile: profile.unwrap_or_else(|| GUIDE.into()),
            ignored,
            ..state.saved.clone()
        };
        state::write(&self.changes.table, &saved, &state.unread)
    }

    fn load(&self, state: &[u8]) -> bool {
        self.load_state(state)
    }

    fn gesture(&self, param: ParamPtr, gesture: Gesture) {
        let Some(position) = self.changes.table.position(param) else { return };
        if self.host.gesture(position, gesture) {
            if let Gesture::Set(value) = gesture {
                self.changes.table.set_normalized(position, value, None);
            }
        } else {
            self.changes.gesture(position, gesture);
            self.host.request_flush();
        }
    }

    fn open_window(self: Arc<Self>, opening: Opening) -> Option<Box<dyn PluginWindow>> {
        window::open(self, opening)
    }

    fn window_size(&self, scale: Option<f64>) -> NativeSize<u32> {
        open_window::native(self.saved().window, open_window::system_scale().or(scale).unwrap_or(1.0))
    }

    fn report(&self, scope: Option<&str>) -> Option<String> {
        let scope = match scope {
            Some(text) => Some(AskedScope::parse(text)?),
            None => None,
        };
        Some(self.session_report(scope).to_json())
    }
}

impl RemoteControl for KeelInstance {
    fn set_trim(&self, trim: Db) -> Result<(), Refused> {
        let wanted = trim.0 as f32;
        let range = self.params.trim.preview_plain(0.0)..=self.params.trim.preview_plain(1.0);
        if !range.contains(&wanted) {
            return Err(Refused::Range);
        }
        if !self.host.takes_changes() {
            return Err(Refused::Host);
        }
        let value = self.params.trim.preview_normalized(wanted);
        for gesture in [Gesture::Begin, Gesture::Set(value), Gesture::End] {
            self.gesture(self.params.trim.as_ptr(), gesture);
        }
        self.publish(self.track.settings());
        Ok(())
    }
}
