//! The host's events, kept from the framework, and what Keel changed itself.

use std::ops::Range;

use clap_sys::events::{
    CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_PARAM_GESTURE_BEGIN, CLAP_EVENT_PARAM_GESTURE_END, CLAP_EVENT_PARAM_MOD,
    CLAP_EVENT_PARAM_VALUE, CLAP_EVENT_TRANSPORT, clap_event_header, clap_event_param_gesture, clap_event_param_mod,
    clap_event_param_value, clap_event_transport, clap_input_events, clap_output_events,
};
use clap_sys::plugin::clap_plugin;

use super::super::{OwnChange, TimedChange};
use super::wrapped_plugin::WrappedPlugin;

/// `clap_plugin_params.flush`: changes that count at once, and what Keel has to report.
pub unsafe extern "C" fn flush_params(
    plugin: *const clap_plugin,
    incoming: *const clap_input_events,
    outgoing: *const clap_output_events,
) {
    // SAFETY: the host passes what it was given, and lists that it lends for this call.
    unsafe {
        if let Some(wrapped) = WrappedPlugin::of(plugin) {
            take_changes(wrapped, incoming, 0..u32::MAX);
            wrapped.instance.settle();
            report_own_changes(wrapped, outgoing);
        }
    }
}

/// Hands the plugin the changes of parameters whose times lie in this part of the block, each for its frame in the part.
///
/// # Safety
/// `list` is null or the host's.
pub unsafe fn take_changes(wrapped: &WrappedPlugin, list: *const clap_input_events, part: Range<u32>) {
    // SAFETY: the caller's promise; an event is null or as large as its kind says.
    unsafe {
        for event in (0..size(list)).map(|index| get(list, index)).filter(|event| !event.is_null()) {
            let (param_id, value, is_modulation) = match change(event) {
                Some(CLAP_EVENT_PARAM_VALUE) => {
                    let event = &*event.cast::<clap_event_param_value>();
                    (event.param_id, event.value, false)
                }
                Some(_) => {
                    let event = &*event.cast::<clap_event_param_mod>();
                    (event.param_id, event.amount, true)
                }
                None => continue,
            };
            let time = (*event).time.min(u32::MAX - 1);
            let position = wrapped.position(param_id).filter(|_| part.contains(&time));
            let Some((position, units)) = position.and_then(|at| Some((at, wrapped.table.clap_units(at)?))) else {
                continue;
            };
            let (frame, value) = (time - part.start, value as f32 / units);
            wrapped.instance.at_frame(TimedChange { frame, position, is_modulation, value });
        }
    }
}

/// The newest transport that the list has for this frame.
///
/// # Safety
/// `list` is null or the host's.
pub unsafe fn transport_at(list: *const clap_input_events, frame: u32) -> Option<*const clap_event_transport> {
    // SAFETY: the caller's promise.
    let newest = unsafe { transports(list) }.filter(|(time, _)| *time == frame).last();
    newest.map(|(_, transport)| transport)
}

/// The first frame after this one that has a transport of its own.
///
/// # Safety
/// `list` is null or the host's.
pub unsafe fn next_transport(list: *const clap_input_events, frame: u32) -> Option<u32> {
    // SAFETY: the caller's promise.
    unsafe { transports(list) }.map(|(time, _)| time).filter(|time| *time > frame).min()
}

/// # Safety
/// `list` is null or the host's, lent as long as the iterator lives.
unsafe fn transports(list: *const clap_input_events) -> impl Iterator<Item = (u32, *const clap_event_transport)> {
    // SAFETY: the caller's promise; an event is null or a header.
    (0..unsafe { size(list) }).filter_map(move |index| unsafe {
        let event = get(list, index);
        let header = event.as_ref()?;
        let is_transport = (header.space_id, header.type_) == (CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_TRANSPORT);
        let is_whole = header.size as usize >= size_of::<clap_event_transport>();
        (is_transport && is_whole).then(|| (header.time, event.cast()))
    })
}

/// More than any host sends with a block: a list without end must not hold the audio up.
const MOST_EVENTS: u32 = 1 << 16;

/// The kind of change that an event is, if it is one of a parameter.
///
/// # Safety
/// `event` is null or a header.
unsafe fn change(event: *const clap_event_header) -> Option<u16> {
    // SAFETY: the caller's promise.
    let event = unsafe { event.as_ref() }?;
    let least = match event.type_ {
        CLAP_EVENT_PARAM_VALUE => size_of::<clap_event_param_value>(),
        CLAP_EVENT_PARAM_MOD => size_of::<clap_event_param_mod>(),
        _ => return None,
    };
    (event.space_id == CLAP_CORE_EVENT_SPACE_ID && event.size as usize >= least).then_some(event.type_)
}

/// # Safety
/// `list` is null or a list of events.
unsafe fn size(list: *const clap_input_events) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { list.as_ref().and_then(|host| host.size).map_or(0, |size| size(list)).min(MOST_EVENTS) }
}

/// # Safety
/// `list` is null or a list of events.
unsafe fn get(list: *const clap_input_events, index: u32) -> *const clap_event_header {
    // SAFETY: the caller's promise.
    unsafe { list.as_ref().and_then(|host| host.get).map_or(std::ptr::null(), |get| get(list, index)) }
}

/// # Safety
/// `list` is null or the host's.
pub unsafe fn report_own_changes(wrapped: &WrappedPlugin, list: *const clap_output_events) {
    // SAFETY: the caller's promise.
    let Some(try_push) = (unsafe { list.as_ref() }).and_then(|list| list.try_push) else { return };
    // SAFETY: each event is as large as its header says.
    let push = |event: &clap_event_header| unsafe { try_push(list, event) };
    while let Some(mut change) = wrapped.instance.take_own_change() {
        if !report(wrapped, &mut change, push) {
            // The host has no room: the next block has.
            wrapped.instance.put_back(&change);
            return;
        }
    }
}

/// True where the host took it all; else what it took is struck from the change.
fn report(wrapped: &WrappedPlugin, change: &mut OwnChange, push: impl Fn(&clap_event_header) -> bool) -> bool {
    let Some(param_id) = wrapped.param_id(change.position) else { return true };
    let begin = gesture(CLAP_EVENT_PARAM_GESTURE_BEGIN, param_id);
    let end = gesture(CLAP_EVENT_PARAM_GESTURE_END, param_id);
    let units = wrapped.table.clap_units(change.position).unwrap_or(1.0);
    if change.begins && !push(&begin.header) {
        return false;
    }
    change.begins = false;
    if change.value.is_some_and(|normalized| !push(&value(normalized * units, param_id).header)) {
        return false;
    }
    change.value = None;
    !change.ends || push(&end.header)
}

fn header<T>(type_: u16) -> clap_event_header {
    let size = size_of::<T>() as u32;
    clap_event_header { size, time: 0, space_id: CLAP_CORE_EVENT_SPACE_ID, type_, flags: 0 }
}

fn gesture(type_: u16, param_id: u32) -> clap_event_param_gesture {
    clap_event_param_gesture { header: header::<clap_event_param_gesture>(type_), param_id }
}

fn value(value: f32, param_id: u32) -> clap_event_param_value {
    clap_event_param_value {
        header: header::<clap_event_param_value>(CLAP_EVENT_PARAM_VALUE),
        param_id,
        cookie: std::ptr::null_mut(),
        note_id: -1,
        port_index: -1,
        channel: -1,
        key: -1,
        value: f64::from(value),
    }
}
