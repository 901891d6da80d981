//! The plugin: parameters, state, process and window.

mod change_timeline;
mod clock;
mod for_host;
mod gain;
mod instance;
mod mono;
mod open_window;
mod pace;
mod param_changes;
mod params;
mod process;
mod profile_cache;
mod profile_choice;
mod remarks;
mod state;
mod window;

use std::num::NonZeroU32;

use nice_plug::prelude::*;

use crate::host::Instance;

pub use instance::KeelInstance;
pub use params::{KeelParams, MeasureChoice, RoleChoice};
pub use process::Keel;
pub use state::{STATE_KEY, STATE_VERSION, Saved};

/// A layout of as many channels in as out. No sidechain: one more route for the user, and the framework reads out of
/// bounds where a host leaves its port out.
const fn layout(channels: u32, name: &'static str) -> AudioIOLayout {
    AudioIOLayout {
        main_input_channels: NonZeroU32::new(channels),
        main_output_channels: NonZeroU32::new(channels),
        names: PortNames { layout: Some(name), ..PortNames::const_default() },
        ..AudioIOLayout::const_default()
    }
}

impl Plugin for Keel {
    const NAME: &'static str = "Keel";
    const VENDOR: &'static str = "Keel Audio";
    const URL: &'static str = "https://keelaudio.org";
    const EMAIL: &'static str = "";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] = &[layout(2, "Stereo"), layout(1, "Mono")];

    /// Keel's entries open its window themselves (see [`crate::host`]).
    type Editor = ();
    type SysExMessage = ();
    /// None is ever sent: the framework's worker does not survive an instance dropped with a task in its queue.
    type BackgroundTask = ();

    fn params(&self) -> std::sync::Arc<dyn Params> {
        self.instance().params()
    }

    fn activate(&mut self, layout: &AudioIOLayout, config: &BufferConfig, _: &mut impl ActivateContext<Self>) -> bool {
        let channels = layout.main_input_channels.map_or(0, NonZeroU32::get);
        self.prepare(channels as usize, config.sample_rate, config.process_mode == ProcessMode::Offline)
    }

    fn reset(&mut self) {
        self.restart();
    }

    fn process(
        &mut self,
        buffer: &mut Buffer<'_>,
        _aux: &mut AuxiliaryBuffers<'_>,
        context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
        match buffer.as_slice() {
            [only] => self.run(only, None, context.transport()),
            [left, right] => self.run(left, Some(right), context.transport()),
            _ => {}
        }
        ProcessStatus::Normal
    }

    fn stop_processing(&mut self) {
        self.pause();
    }

    fn deactivate(&mut self) {
        self.release();
    }
}

impl ClapPlugin for Keel {
    const CLAP_ID: &'static str = "org.keelaudio.keel";
    const CLAP_DESCRIPTION: Option<&'static str> =
        Some("Mix-balance meter: every track against its target offset from the kick");
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] = &[
        ClapFeature::AudioEffect,
        ClapFeature::Analyzer,
        ClapFeature::Mixing,
        ClapFeature::Utility,
        ClapFeature::Stereo,
        ClapFeature::Mono,
    ];

    fn remote_controls(&self, context: &mut impl RemoteControlsContext) {
        let params = self.instance().keel_params();
        context.add_section("Keel", |section| {
            section.add_page("Track", |page| {
                page.add_param(&params.trim);
                page.add_param(&params.mono);
                page.add_param(&params.role);
                page.add_param(&params.reference);
                page.add_param(&params.measure);
                page.add_param(&params.out);
                page.add_param(&params.bypass);
            });
        });
    }
}

impl Vst3Plugin for Keel {
    const VST3_CLASS_ID: [u8; 16] = *b"KeelBalanceMeter";
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] =
        &[Vst3SubCategory::Fx, Vst3SubCategory::Analyzer, Vst3SubCategory::Tools];
}

impl crate::host::Hosted for Keel {}
