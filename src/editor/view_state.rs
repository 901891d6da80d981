//! What the view remembers between frames: time for the eye, and unfinished gestures.

/// What the view remembers between frames. One for each open window.
#[derive(Clone, Debug, Default)]
pub struct ViewState {
    now: f64,
}

impl ViewState {
    pub(super) fn advance(&mut self, now: f64) {
        self.now = now;
    }
}
