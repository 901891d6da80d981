//! One instance of the plugin on one track: the main thread's side.

use std::io::Cursor;
use std::sync::atomic::Ordering;

use clack_extensions::audio_ports::{AudioPortInfoBuffer, PluginAudioPorts};
use clack_extensions::audio_ports_config::{AudioPortsConfigBuffer, PluginAudioPortsConfig};
use clack_extensions::gui::PluginGui;
use clack_extensions::latency::PluginLatency;
use clack_extensions::params::PluginParams;
use clack_extensions::render::{PluginRender, RenderMode};
use clack_extensions::state::PluginState;
use clack_extensions::track_info::PluginTrackInfo;
use clack_host::events::io::EventBuffer;
use clack_host::prelude::*;
use keel_core::mix::Placement;

use super::extensions::PluginReport;
use super::handlers::{KeelHost, LogLine, Main, Shared};
use super::params::{self, Change, ChangeSender, Param};
use super::processor::Processor;
use super::{HostError, PluginFile};

/// What the host knows of a track before an instance is put on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    pub name: String,
    /// 1 or 2.
    pub channels: u32,
    /// Where on the channel the instance sits; stems are after the fader.
    pub placement: Placement,
}

impl Track {
    /// A stem of this name.
    pub fn stem(name: &str, channels: u32) -> Self {
        Self { name: name.to_owned(), channels, placement: Placement::Post }
    }
}

/// The plugin's extensions, asked for once.
pub(super) struct Extensions {
    params: Option<PluginParams>,
    state: Option<PluginState>,
    pub(super) gui: Option<PluginGui>,
    render: Option<PluginRender>,
    track_info: Option<PluginTrackInfo>,
    ports: Option<PluginAudioPorts>,
    configs: Option<PluginAudioPortsConfig>,
    latency: Option<PluginLatency>,
    report: Option<PluginReport>,
}

/// One instance of the plugin. Deactivate its [`Processor`] before dropping it: clack keeps the plugin alive otherwise.
pub struct Instance {
    pub(super) inner: PluginInstance<KeelHost>,
    pub(super) extensions: Extensions,
    params: Vec<Param>,
    /// To the processor, while there is one.
    changes: Option<ChangeSender>,
    channels: u32,
    pub(super) editor_is_open: bool,
}

impl std::fmt::Debug for Instance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Instance").field("track", &self.name()).field("channels", &self.channels).finish()
    }
}

impl Instance {
    /// Makes an instance and selects the ports for the track's channels.
    pub fn new(file: &PluginFile, track: &Track) -> Result<Self, HostError> {
        let refused = |what: String| HostError::Refused(what);
        let info = HostInfo::new("Keel session", "Keel Audio", "https://keelaudio.org", env!("CARGO_PKG_VERSION"))
            .map_err(|error| refused(error.to_string()))?;
        let (name, channels, placement) = (track.name.clone(), track.channels, track.placement);
        let mut inner = PluginInstance::<KeelHost>::new(
            move |_| Shared::new(placement),
            move |_| Main::new(name, channels),
            &file.entry,
            &file.plugin_id,
            &info,
        )
        .map_err(|error| refused(format!("to be made: {error}")))?;
        let extensions = Extensions::of(&mut inner);
        let params = match &extensions.params {
            Some(extension) => params::list(extension, &inner.plugin_handle()),
            None => Vec::new(),
        };
        let mut instance = Self { inner, extensions, params, changes: None, channels, editor_is_open: false };
        instance.select_channels(channels)?;
        instance.pump();
        Ok(instance)
    }

    pub fn name(&self) -> String {
        self.inner.access_handler(|main| main.name())
    }

    /// Renames the track, as a user does in the host.
    pub fn set_name(&mut self, name: &str) {
        self.inner.access_handler(|main| main.set_name(name));
        if let Some(track_info) = self.extensions.track_info {
            track_info.changed(&self.inner.plugin_handle());
        }
        self.pump();
    }

    pub fn channels(&self) -> u32 {
        self.channels
    }

    pub fn latency(&mut self) -> u32 {
        self.extensions.latency.map_or(0, |latency| latency.get(&self.inner.plugin_handle()))
    }

    /// Activates and starts the plugin. The processor may go to any other thread.
    pub fn activate(&mut self, sample_rate: f64, max_frames: usize) -> Result<Processor, HostError> {
        let configuration = PluginAudioConfiguration {
            sample_rate,
            min_frames_count: 1,
            max_frames_count: u32::try_from(max_frames).unwrap_or(u32::MAX),
        };
        let stopped = self
            .inner
            .activate(|_, _| (), configuration)
            .map_err(|error| HostError::Refused(format!("to be activated: {error}")))?;
        let started = stopped.start_processing().map_err(|error| HostError::Refused(error.to_string()))?;
        let (sender, receiver) = params::changes();
        self.changes = Some(sender);
        Ok(Processor::new(started, receiver, self.channels as usize, max_frames))
    }

    pub fn deactivate(&mut self, processor: Processor) {
        self.changes = None;
        self.inner.deactivate(processor.started.stop_processing());
        self.pump();
    }

    /// Announces a render (or the end of one), as a host does before an export.
    pub fn set_offline(&mut self, offline: bool) -> Result<(), HostError> {
        let render = self.extensions.render.ok_or(HostError::Missing("render mode"))?;
        let mode = if offline { RenderMode::Offline } else { RenderMode::Realtime };
        render.set(&self.inner.plugin_handle(), mode).map_err(|error| HostError::Refused(error.to_string()))
    }

    pub fn params(&self) -> &[Param] {
        &self.params
    }

    /// The value as the plugin has it now, by stable id or name.
    pub fn param(&mut self, param: &str) -> Result<f64, HostError> {
        let extension = self.extensions.params.ok_or(HostError::Missing("parameters"))?;
        let param = params::find(&self.params, param)?;
        let missing = || HostError::NoParam(param.name.clone());
        let id = ClapId::from_raw(param.id).ok_or_else(missing)?;
        extension.get_value(&self.inner.plugin_handle(), id).ok_or_else(missing)
    }

    /// The value as the plugin words it.
    pub fn param_text(&mut self, param: &str) -> Result<String, HostError> {
        let value = self.param(param)?;
        let extension = self.extensions.params.ok_or(HostError::Missing("parameters"))?;
        let param = params::find(&self.params, param)?;
        let missing = || HostError::NoParam(param.name.clone());
        let id = ClapId::from_raw(param.id).ok_or_else(missing)?;
        let mut buffer = [0u8; 256];
        let text =
            extension.value_to_text(&self.inner.plugin_handle(), id, value, &mut buffer).map_err(|_| missing())?;
        Ok(String::from_utf8_lossy(text).into_owned())
    }

    /// Sets a parameter: with the next block while the plugin processes, else by a flush.
    pub fn set_param(&mut self, param: &str, value: f64) -> Result<(), HostError> {
        let change = Change::new(params::find(&self.params, param)?, value)?;
        if let Some(changes) = &self.changes
            && changes.send(change).is_ok()
        {
            return Ok(());
        }
        let mut events = EventBuffer::with_capacity(1);
        events.push(&change.event(0));
        self.flush(&events)
    }

    /// Sets a parameter by the text a user would type, such as `+3 dB` or `snare`.
    pub fn set_param_text(&mut self, param: &str, text: &str) -> Result<(), HostError> {
        let extension = self.extensions.params.ok_or(HostError::Missing("parameters"))?;
        let found = params::find(&self.params, param)?;
        let value = params::parse(&extension, &self.inner.plugin_handle(), found, text)?;
        self.set_param(param, value)
    }

    pub fn save(&mut self) -> Result<Vec<u8>, HostError> {
        let state = self.extensions.state.ok_or(HostError::Missing("state"))?;
        let mut bytes = Vec::new();
        state.save(&self.inner.plugin_handle(), &mut bytes).map_err(|_| HostError::State)?;
        self.inner.access_handler(|main| main.dirty.set(false));
        Ok(bytes)
    }

    pub fn load(&mut self, bytes: &[u8]) -> Result<(), HostError> {
        let state = self.extensions.state.ok_or(HostError::Missing("state"))?;
        let loaded = state.load(&self.inner.plugin_handle(), &mut Cursor::new(bytes)).map_err(|_| HostError::State);
        self.pump();
        loaded
    }

    /// The plugin said that its state has changed since the last save.
    pub fn is_dirty(&self) -> bool {
        self.inner.access_handler(|main| main.dirty.get())
    }

    /// The session's report as JSON, judged by the plugin: over `loudest`, `playing`, `song`, `FROM-TO`, or what it would show.
    pub fn report(&mut self, scope: Option<&str>) -> Result<String, HostError> {
        let report = self.extensions.report.ok_or(HostError::Missing("report extension (org.keelaudio.report/1)"))?;
        let unknown = || HostError::Refused(format!("a report over \"{}\"", scope.unwrap_or("the present scope")));
        report.ask(&self.inner.plugin_handle(), scope).ok_or_else(unknown)
    }

    /// Does what the plugin asked of the main thread. Call it often.
    pub fn pump(&mut self) {
        if self.inner.access_shared_handler(|shared| shared.callback.swap(false, Ordering::AcqRel)) {
            self.inner.call_on_main_thread_callback();
        }
        let flush = self.inner.access_shared_handler(|shared| shared.flush.swap(false, Ordering::AcqRel));
        if flush && self.changes.is_none() {
            // A plugin without parameters asks for no flush.
            let _ = self.flush(&EventBuffer::new());
        }
    }

    /// What the plugin logged since the last call.
    pub fn take_log(&self) -> Vec<LogLine> {
        self.inner.access_shared_handler(|shared| shared.take_log())
    }

    fn flush(&mut self, events: &EventBuffer) -> Result<(), HostError> {
        let extension = self.extensions.params.ok_or(HostError::Missing("parameters"))?;
        let active = || HostError::Refused("a flush while its processor is on its way".into());
        let mut inactive = self.inner.inactive_plugin_handle().ok_or_else(active)?;
        extension.flush(&mut inactive, &events.as_input(), &mut EventBuffer::new().as_output());
        Ok(())
    }

    /// Selects the configuration whose main ports have this many channels; ports that fit already stay.
    fn select_channels(&mut self, channels: u32) -> Result<(), HostError> {
        let ports = self.extensions.ports.ok_or(HostError::Missing("audio ports"))?;
        let plugin = self.inner.plugin_handle();
        let main_port = |plugin: &_| {
            let mut buffer = AudioPortInfoBuffer::new();
            ports.get(plugin, 0, true, &mut buffer).map(|port| port.channel_count)
        };
        if main_port(&plugin) == Some(channels) {
            return Ok(());
        }
        let configs = self.extensions.configs.ok_or(HostError::Missing("choice of audio ports"))?;
        let fitting = (0..configs.count(&plugin)).find_map(|index| {
            let mut buffer = AudioPortsConfigBuffer::new();
            let config = configs.get(&plugin, index, &mut buffer)?;
            (config.main_input?.channel_count == channels).then_some(config.id)
        });
        let refused = || HostError::Refused(format!("{channels} channels"));
        configs.select(&plugin, fitting.ok_or_else(refused)?).map_err(|_| refused())?;
        if main_port(&plugin) == Some(channels) { Ok(()) } else { Err(refused()) }
    }
}

impl Extensions {
    fn of(inner: &mut PluginInstance<KeelHost>) -> Self {
        let plugin = inner.plugin_handle();
        Self {
            params: plugin.get_extension(),
            state: plugin.get_extension(),
            gui: plugin.get_extension(),
            render: plugin.get_extension(),
            track_info: plugin.get_extension(),
            ports: plugin.get_extension(),
            configs: plugin.get_extension(),
            latency: plugin.get_extension(),
            report: plugin.get_extension(),
        }
    }
}
