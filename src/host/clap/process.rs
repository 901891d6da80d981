//! The guard before the framework's `process`.

use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::events::{CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_TRANSPORT, clap_input_events};
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{CLAP_PROCESS_CONTINUE, CLAP_PROCESS_ERROR, clap_process, clap_process_status};

use super::super::blocks::{self, Port};
use super::carrier::Carrier;
use super::events;

/// Calls the framework with buffers that fit its layout; deals with all others here.
pub unsafe extern "C" fn process(plugin: *const clap_plugin, process: *const clap_process) -> clap_process_status {
    // SAFETY: the host passes what it was given, and a process block that it lends for this call.
    unsafe {
        let (Some(carrier), Some(block)) = (Carrier::of(plugin), process.as_ref()) else {
            return CLAP_PROCESS_ERROR;
        };
        let input = port(block.audio_inputs, block.audio_inputs_count);
        let output = port(block.audio_outputs, block.audio_outputs_count);
        let layout = carrier.instance.channels();
        let Some(mut channels) = blocks::prepare(layout, input, output, block.frames_count as usize) else {
            events::flush(carrier, block.in_events, block.out_events);
            return CLAP_PROCESS_CONTINUE;
        };
        let mut rest = None;
        if !events_fit(block.in_events, block.frames_count) {
            events::flush(carrier, block.in_events, block.out_events);
        } else if !block.in_events.is_null() {
            rest = Some(events::take_changes(carrier, block.in_events));
        }
        let inputs = buffer(channels.input.as_mut_ptr(), layout);
        let mut outputs = buffer(channels.output.as_mut_ptr(), layout);
        let fitted = clap_process {
            audio_inputs: &raw const inputs,
            audio_outputs: &raw mut outputs,
            audio_inputs_count: 1,
            audio_outputs_count: 1,
            in_events: rest.as_ref().map_or(std::ptr::null(), std::ptr::from_ref),
            ..*block
        };
        let status = carrier.inner.process.map_or(CLAP_PROCESS_ERROR, |process| process(plugin, &raw const fitted));
        events::tell_own_changes(carrier, block.out_events);
        status
    }
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

/// The framework splits the block at each transport event, and reads out of bounds at one beyond the block's end.
///
/// # Safety
/// `events` is null or the host's list.
unsafe fn events_fit(events: *const clap_input_events, frames: u32) -> bool {
    // SAFETY: the caller's promise; an event is null or a header.
    unsafe {
        let Some(list) = events.as_ref() else { return true };
        let (Some(size), Some(get)) = (list.size, list.get) else { return false };
        (0..size(events)).all(|index| {
            get(events, index).as_ref().is_none_or(|event| {
                let transport = event.space_id == CLAP_CORE_EVENT_SPACE_ID && event.type_ == CLAP_EVENT_TRANSPORT;
                !transport || event.time < frames
            })
        })
    }
}
