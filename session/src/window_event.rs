//! What can happen to a window.

use crate::host::EditorSize;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowEvent {
    Resized(EditorSize),
    /// The close button, Escape or q.
    Close,
}
