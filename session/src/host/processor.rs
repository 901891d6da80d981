//! The audio thread's side of an instance.

use clack_host::events::io::EventBuffer;
use clack_host::prelude::*;

use super::handlers::{KeelHost, as_audio_thread};
use super::params::ChangeReceiver;
use super::{HostError, Transport};

/// Runs the plugin block by block. Goes to the audio thread; comes back to [`super::Instance::deactivate`].
pub struct Processor {
    pub(super) started: StartedPluginAudioProcessor<KeelHost>,
    changes: ChangeReceiver,
    input: Vec<Vec<f32>>,
    input_ports: AudioPorts,
    output_ports: AudioPorts,
    events: EventBuffer,
    out_events: EventBuffer,
    steady: u64,
    max_frames: usize,
}

impl std::fmt::Debug for Processor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Processor").field("channels", &self.channels()).field("max_frames", &self.max_frames).finish()
    }
}

impl Processor {
    pub(super) fn new(
        started: StartedPluginAudioProcessor<KeelHost>,
        changes: ChangeReceiver,
        channels: usize,
        max_frames: usize,
    ) -> Self {
        Self {
            started,
            changes,
            input: vec![vec![0.0; max_frames]; channels],
            input_ports: AudioPorts::with_capacity(channels, 1),
            output_ports: AudioPorts::with_capacity(channels, 1),
            events: EventBuffer::with_capacity(64),
            out_events: EventBuffer::with_capacity(64),
            steady: 0,
            max_frames,
        }
    }

    pub fn channels(&self) -> usize {
        self.input.len()
    }

    pub fn max_frames(&self) -> usize {
        self.max_frames
    }

    /// One block: `input` through the plugin into `output`, one slice a channel, all of one length.
    pub fn process(
        &mut self,
        input: &[&[f32]],
        output: &mut [&mut [f32]],
        transport: Option<&Transport>,
    ) -> Result<(), HostError> {
        let frames = input.first().map_or(0, |channel| channel.len());
        let fits = frames <= self.max_frames
            && input.len() == self.channels()
            && output.len() == self.channels()
            && input.iter().all(|channel| channel.len() == frames)
            && output.iter().all(|channel| channel.len() == frames);
        if !fits {
            return Err(HostError::Block { channels: input.len(), frames });
        }
        for (to, from) in self.input.iter_mut().zip(input) {
            to[..frames].copy_from_slice(from);
        }
        self.take_changes();
        let event = transport.map(Transport::event);
        let inputs = self.input_ports.with_input_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_input_only(
                self.input.iter_mut().map(|channel| InputChannel::variable(&mut channel[..frames])),
            ),
        }]);
        let mut outputs = self.output_ports.with_output_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_output_only(output.iter_mut().map(|channel| &mut **channel)),
        }]);
        let (events, steady) = (self.events.as_input(), Some(self.steady));
        let mut out_events = self.out_events.as_output();
        let started = &mut self.started;
        as_audio_thread(|| started.process(&inputs, &mut outputs, &events, &mut out_events, steady, event.as_ref()))
            .map_err(|error| HostError::Refused(format!("to process a block: {error}")))?;
        self.steady += frames as u64;
        Ok(())
    }

    /// Clears the plugin's tails and filters, as a host does on a jump with the transport stopped.
    pub fn reset(&mut self) {
        let started = &mut self.started;
        as_audio_thread(|| started.reset());
        self.steady = 0;
    }

    fn take_changes(&mut self) {
        self.events.clear();
        self.out_events.clear();
        while let Ok(change) = self.changes.try_recv() {
            self.events.push(&change.event(0));
        }
    }
}
