//! The guard before the framework's `process`.

use std::ops::Range;

use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::events::clap_event_transport;
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{CLAP_PROCESS_CONTINUE, CLAP_PROCESS_ERROR, clap_process, clap_process_status};

use super::super::blocks::{self, Channels, Port};
use super::events;
use super::wrapped_plugin::WrappedPlugin;

/// Calls the framework with buffers that fit its layout; deals with all others here.
pub unsafe extern "C" fn process(plugin: *const clap_plugin, process: *const clap_process) -> clap_process_status {
    // SAFETY: the host passes what it was given, and a process block that it lends for this call.
    unsafe {
        let (Some(wrapped), Some(block)) = (WrappedPlugin::of(plugin), process.as_ref()) else {
            return CLAP_PROCESS_ERROR;
        };
        let input = port(block.audio_inputs, block.audio_inputs_count);
        let output = port(block.audio_outputs, block.audio_outputs_count);
        let layout = wrapped.instance.channels();
        let status = match blocks::prepare(layout, input, output, block.frames_count as usize) {
            Some(channels) => run(wrapped, block, &channels, layout),
            None => {
                events::take_changes(wrapped, block.in_events, 0..u32::MAX);
                wrapped.instance.settle();
                CLAP_PROCESS_CONTINUE
            }
        };
        events::report_own_changes(wrapped, block.out_events);
        status
    }
}

/// More transports than any host sends with a block; what comes beyond goes with the last.
const MOST_PARTS: usize = 64;

/// Runs the block in parts, each with one transport. The framework gets no events: it would take changes of parameters at
/// the block's start, and read past the end for a transport beyond it.
///
/// # Safety
/// The channels hold the block's frames, and `layout` says how many they are.
unsafe fn run(
    wrapped: &WrappedPlugin,
    block: &clap_process,
    channels: &Channels,
    layout: usize,
) -> clap_process_status {
    let mut transport = block.transport;
    let mut status = CLAP_PROCESS_CONTINUE;
    let mut start = 0;
    let mut parts = 0;
    while start < block.frames_count {
        parts += 1;
        // SAFETY: the host's list, lent for this call.
        let part = unsafe {
            if let Some(newer) = events::transport_at(block.in_events, start) {
                transport = newer;
            }
            let next = events::next_transport(block.in_events, start).filter(|_| parts < MOST_PARTS);
            let end = next.unwrap_or(u32::MAX).min(block.frames_count);
            let events_end = if end == block.frames_count { u32::MAX } else { end };
            events::take_changes(wrapped, block.in_events, start..events_end);
            start..end
        };
        start = part.end;
        // SAFETY: the part lies in the block.
        status = unsafe { run_part(wrapped, block, transport, channels, layout, part) };
        wrapped.instance.settle();
    }
    status
}

/// # Safety
/// As [`run`]; `transport` is null or the host's.
unsafe fn run_part(
    wrapped: &WrappedPlugin,
    block: &clap_process,
    transport: *const clap_event_transport,
    channels: &Channels,
    layout: usize,
    part: Range<u32>,
) -> clap_process_status {
    let mut channels = *channels;
    for channel in channels.input.iter_mut().chain(&mut channels.output).filter(|channel| !channel.is_null()) {
        // SAFETY: the caller's promise.
        *channel = unsafe { channel.add(part.start as usize) };
    }
    let inputs = buffer(channels.input.as_mut_ptr(), layout);
    let mut outputs = buffer(channels.output.as_mut_ptr(), layout);
    let fitted = clap_process {
        frames_count: part.end - part.start,
        transport,
        audio_inputs: &raw const inputs,
        audio_outputs: &raw mut outputs,
        audio_inputs_count: 1,
        audio_outputs_count: 1,
        in_events: std::ptr::null(),
        out_events: std::ptr::null(),
        ..*block
    };
    // SAFETY: the framework's own function, with a plugin of its own and buffers that fit its layout.
    wrapped.inner.process.map_or(CLAP_PROCESS_ERROR, |process| unsafe { process(wrapped.plugin(), &raw const fitted) })
}

/// # Safety
/// `buffers` is null or points to `count` buffers.
unsafe fn port(buffers: *const clap_audio_buffer, count: u32) -> Port {
    if count == 0 {
        return Port::ABSENT;
    }
    // SAFETY: the caller's promise.
    unsafe { buffers.as_ref() }.map_or(Port::ABSENT, |buffer| Port {
        single: buffer.data32,
        double: buffer.data64,
        channels: buffer.channel_count as usize,
    })
}

fn buffer(channels: *mut *mut f32, count: usize) -> clap_audio_buffer {
    clap_audio_buffer {
        data32: channels,
        data64: std::ptr::null_mut(),
        channel_count: count as u32,
        latency: 0,
        constant_mask: 0,
    }
}
