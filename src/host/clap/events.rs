//! Parameter events outside the framework's `process`, and what Keel changed itself.

use clap_sys::events::{
    CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_PARAM_GESTURE_BEGIN, CLAP_EVENT_PARAM_GESTURE_END, CLAP_EVENT_PARAM_MOD,
    CLAP_EVENT_PARAM_VALUE, clap_event_header, clap_event_param_gesture, clap_event_param_mod, clap_event_param_value,
    clap_input_events, clap_output_events,
};
use clap_sys::plugin::clap_plugin;

use super::super::OwnChange;
use super::carrier::Carrier;

/// `clap_plugin_params.flush`: the framework's, and what Keel has to tell.
pub unsafe extern "C" fn flush_params(
    plugin: *const clap_plugin,
    incoming: *const clap_input_events,
    outgoing: *const clap_output_events,
) {
    // SAFETY: the host passes what it was given, and lists that it lends for this call.
    unsafe {
        if let Some(carrier) = Carrier::of(plugin) {
            flush(carrier, incoming, outgoing);
            tell_own_changes(carrier, outgoing);
        }
    }
}

/// Parameter changes count even where there is no audio.
///
/// # Safety
/// Both lists are null or the host's.
pub unsafe fn flush(carrier: &Carrier, incoming: *const clap_input_events, outgoing: *const clap_output_events) {
    // SAFETY: the caller's promise; only complete event lists are handed on.
    unsafe {
        let Some(flush) = carrier.inner_params().and_then(|params| params.flush) else { return };
        let takes = incoming.as_ref().is_some_and(|list| list.size.is_some() && list.get.is_some());
        let gives = outgoing.as_ref().is_some_and(|list| list.try_push.is_some());
        if takes {
            // The framework's flush has a use for no other event.
            take_changes(carrier, incoming);
        }
        let outgoing = if gives { outgoing } else { std::ptr::null() };
        flush(carrier.plugin(), std::ptr::null(), outgoing);
    }
}

/// Applies the changes of parameters, and gives the list without them, good as long as the host's is. Each parameter's
/// last change counts: trim has a ramp of its own, and the rest are switches. The framework would tell its window of each
/// and ask for that which thread it is on, which allocates in hosts without `clap.thread-check`.
///
/// # Safety
/// `list` is the host's, with both of its functions.
pub unsafe fn take_changes(carrier: &Carrier, list: *const clap_input_events) -> clap_input_events {
    // SAFETY: the caller's promise; an event is null or as large as its kind says.
    unsafe {
        for index in 0..size(list) {
            let event = get(list, index);
            match change(event) {
                Some(CLAP_EVENT_PARAM_VALUE) => {
                    let event = &*event.cast::<clap_event_param_value>();
                    let position = carrier.position(event.param_id);
                    _ = position.is_some_and(|position| carrier.table.set_clap(position, event.value));
                }
                Some(_) => {
                    let event = &*event.cast::<clap_event_param_mod>();
                    let position = carrier.position(event.param_id);
                    _ = position.is_some_and(|position| carrier.table.modulate_clap(position, event.amount));
                }
                None => {}
            }
        }
    }
    clap_input_events { ctx: list.cast_mut().cast(), size: Some(rest_size), get: Some(rest_event) }
}

/// The kind of change that an event is, if it is one of a parameter.
///
/// # Safety
/// `event` is null or a header.
unsafe fn change(event: *const clap_event_header) -> Option<u16> {
    // SAFETY: the caller's promise.
    let event = unsafe { event.as_ref() }?;
    let is_change = matches!(event.type_, CLAP_EVENT_PARAM_VALUE | CLAP_EVENT_PARAM_MOD);
    (event.space_id == CLAP_CORE_EVENT_SPACE_ID && is_change).then_some(event.type_)
}

/// # Safety
/// `list` is a list of events.
unsafe fn size(list: *const clap_input_events) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { (*list).size.map_or(0, |size| size(list)) }
}

/// # Safety
/// `list` is a list of events.
unsafe fn get(list: *const clap_input_events, index: u32) -> *const clap_event_header {
    // SAFETY: the caller's promise.
    unsafe { (*list).get.map_or(std::ptr::null(), |get| get(list, index)) }
}

unsafe extern "C" fn rest_size(list: *const clap_input_events) -> u32 {
    // SAFETY: the context is the host's list, see `take_changes`.
    unsafe { size((*list).ctx.cast()) }
}

/// Null in the place of what is applied already: the framework's `process` passes over that.
unsafe extern "C" fn rest_event(list: *const clap_input_events, index: u32) -> *const clap_event_header {
    // SAFETY: as above.
    unsafe {
        let event = get((*list).ctx.cast(), index);
        if change(event).is_some() { std::ptr::null() } else { event }
    }
}

/// # Safety
/// `list` is null or the host's.
pub unsafe fn tell_own_changes(carrier: &Carrier, list: *const clap_output_events) {
    // SAFETY: the caller's promise.
    let Some(try_push) = (unsafe { list.as_ref() }).and_then(|list| list.try_push) else { return };
    while let Some(change) = carrier.instance.take_own_change() {
        let Some(param_id) = carrier.param_id(change.position) else { continue };
        let begin = gesture(CLAP_EVENT_PARAM_GESTURE_BEGIN, param_id);
        let set = value(&change, param_id);
        let end = gesture(CLAP_EVENT_PARAM_GESTURE_END, param_id);
        // SAFETY: each event is as large as its header says.
        unsafe {
            if change.is_gesture {
                try_push(list, &raw const begin.header);
            }
            try_push(list, &raw const set.header);
            if change.is_gesture {
                try_push(list, &raw const end.header);
            }
        }
    }
}

fn header<T>(type_: u16) -> clap_event_header {
    let size = size_of::<T>() as u32;
    clap_event_header { size, time: 0, space_id: CLAP_CORE_EVENT_SPACE_ID, type_, flags: 0 }
}

fn gesture(type_: u16, param_id: u32) -> clap_event_param_gesture {
    clap_event_param_gesture { header: header::<clap_event_param_gesture>(type_), param_id }
}

fn value(change: &OwnChange, param_id: u32) -> clap_event_param_value {
    clap_event_param_value {
        header: header::<clap_event_param_value>(CLAP_EVENT_PARAM_VALUE),
        param_id,
        cookie: std::ptr::null_mut(),
        note_id: -1,
        port_index: -1,
        channel: -1,
        key: -1,
        value: f64::from(change.value),
    }
}
