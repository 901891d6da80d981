//! What every part of the view reads.

use egui::Color32;
use keel_core::mix::{LiveMeters, TrackReport};

use super::api::Controls;
use super::listen_timer::ListenTimer;
use super::shown_report::ShownReport;
use super::standing::Tone;
use super::theme::Theme;
use super::track_view_model::TrackViewModel;

/// One frame's worth.
pub struct Cx<'a> {
    pub theme: Theme,
    pub controls: &'a Controls,
    /// What numbers and words are taken from, renewed a few times a second.
    pub shown: &'a ShownReport,
    /// This track as the newest report has it.
    pub track: &'a TrackReport,
    /// What moves with every frame.
    pub live: LiveMeters,
    pub model: TrackViewModel,
    pub listen: Option<ListenTimer>,
    /// Brightness of the hit light.
    pub flash: f32,
}

impl Cx<'_> {
    /// The colour of the mark and of the words about it.
    pub fn tone(&self) -> Color32 {
        let palette = self.theme.palette;
        match self.model.tone {
            Tone::Sits => palette.sits,
            Tone::High => palette.high,
            Tone::Low => palette.low,
            Tone::Quiet => palette.secondary,
            Tone::Caution => palette.caution,
        }
    }
}
