//! The demo's window: the live editor of the track that needs it most. X11 only; elsewhere it says that there is none.

use std::io::IsTerminal;

use serde_json::Value;

use crate::host::{EditorSize, HostError};
use crate::player::Player;
use crate::say::say;

#[cfg(not(target_os = "linux"))]
use self::no_window::EditorWindow;
#[cfg(target_os = "linux")]
use crate::window::EditorWindow;
use crate::window_event::WindowEvent;

/// After this much of the song the window opens on whatever there is.
const LATEST_S: f64 = 6.0;

/// A window with one track's editor, opened as soon as a track is found that does not sit.
#[derive(Debug)]
pub struct Screen {
    wanted: Option<String>,
    /// A window may still be opened.
    is_expected: bool,
    /// The song has ended and the user knows that the window stays.
    is_told: bool,
    open: Option<(EditorWindow, String)>,
}

impl Screen {
    /// `wanted` names the track; without it the first that does not sit is shown.
    pub fn new(wanted: Option<String>, allowed: bool) -> Self {
        let is_expected = allowed && EditorWindow::has_display();
        if allowed && !is_expected {
            say("No window: there is no display");
        }
        Self { wanted, is_expected, is_told: false, open: None }
    }

    /// Finds the track to show, and opens its editor.
    pub fn find_track(&mut self, player: &mut Player) -> Result<(), HostError> {
        if !self.is_expected {
            return Ok(());
        }
        let late = player.position_s() >= LATEST_S.min(player.end_s() / 2.0);
        let name = match &self.wanted {
            Some(name) => Some(name.clone()),
            None => worst(&player.report(None)?, late),
        };
        if let Some(name) = name {
            self.is_expected = false;
            self.open(player, name)?;
        }
        Ok(())
    }

    fn open(&mut self, player: &mut Player, name: String) -> Result<(), HostError> {
        let unknown = || HostError::Window(format!("there is no track \"{name}\" to open a window for"));
        let track = player.track(&name).ok_or_else(unknown)?;
        let size = track.create_editor(None)?;
        let window = EditorWindow::open(&format!("Keel: {name}"), size)?;
        track.show_editor(window.id())?;
        self.open = Some((window, name));
        Ok(())
    }

    /// Serves the window; true when the user closed it.
    pub fn serve(&mut self, player: &mut Player) -> bool {
        let Some((window, name)) = &mut self.open else { return false };
        let Some(track) = player.track(name) else { return false };
        if let Some(size) = track.take_resize_request() {
            window.resize(size);
        }
        for event in window.events() {
            match event {
                WindowEvent::Close => return true,
                WindowEvent::Resized(size) => follow(window, size, track.resize_editor(size)),
            }
        }
        track.editor_was_closed()
    }

    /// At the song's end the window stays for a user at the terminal.
    pub fn wait_for_user(&mut self) -> bool {
        let waits = self.open.is_some() && std::io::stdin().is_terminal();
        if waits && !std::mem::replace(&mut self.is_told, true) {
            say("\nThe song has ended. Close the window, or press q in it, to end.");
        }
        waits
    }

    pub fn close(&mut self, player: &mut Player) {
        // The editor first: it draws in the window.
        if let Some((window, name)) = self.open.take() {
            if let Some(track) = player.track(&name) {
                track.close_editor();
            }
            drop(window);
        }
    }
}

/// An editor that takes only some sizes leads the window.
fn follow(window: &mut EditorWindow, wanted: EditorSize, taken: Option<EditorSize>) {
    if let Some(size) = taken.filter(|&size| size != wanted) {
        window.resize(size);
    }
}

/// The first track that does not sit; when it is `late`, the first that is not the reference.
fn worst(report: &str, late: bool) -> Option<String> {
    let report: Value = serde_json::from_str(report).ok()?;
    let tracks = report["tracks"].as_array()?;
    let name = |track: &Value| track["name"].as_str().map(str::to_owned);
    let off = |track: &&Value| matches!(track["verdict"].as_str(), Some("low" | "high"));
    let other = |track: &&Value| track["name"] != report["reference"]["track"];
    let off_others = tracks.iter().filter(other).find(off);
    off_others
        .or_else(|| tracks.iter().find(other).filter(|_| late))
        .or_else(|| tracks.first().filter(|_| late))
        .and_then(name)
}

#[cfg(not(target_os = "linux"))]
mod no_window {
    use super::{EditorSize, HostError, WindowEvent};

    /// Embedding is done for X11 so far.
    #[derive(Debug)]
    pub enum EditorWindow {}

    impl EditorWindow {
        pub fn has_display() -> bool {
            false
        }

        pub fn open(_: &str, _: EditorSize) -> Result<Self, HostError> {
            Err(HostError::Missing("window on this system"))
        }

        pub fn id(&self) -> u32 {
            match *self {}
        }

        pub fn resize(&mut self, _: EditorSize) {}

        pub fn events(&mut self) -> Vec<WindowEvent> {
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = r#"{"reference": {"track": "Kick"}, "tracks": [{"name": "Kick", "verdict": "high"},
        {"name": "Snare", "verdict": "sits"}, {"name": "Bass", "verdict": "low"}]}"#;

    #[test]
    fn the_first_track_that_does_not_sit_is_shown() {
        assert_eq!(worst(REPORT, false).as_deref(), Some("Bass"));
    }

    #[test]
    fn where_all_sit_the_first_beside_the_kick_is_shown_when_it_gets_late() {
        let all_sit = REPORT.replace("low", "sits");
        assert_eq!(worst(&all_sit, false), None);
        assert_eq!(worst(&all_sit, true).as_deref(), Some("Snare"));
    }
}
