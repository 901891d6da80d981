//! What an instance may ask of its host, from outside the audio thread.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap_sys::host::clap_host;
use keel_core::link::Format;
use nice_plug::wrapper::vst3::vst3::ComPtr;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{
    IComponentHandler, IComponentHandler2, IComponentHandler2Trait, IComponentHandlerTrait,
};
use parking_lot::Mutex;

use super::Instance;
use super::clap::host_callback;
use super::vst3::MainThread;

thread_local! {
    /// On its way to the plugin whose `Default` the framework is about to call.
    static NEXT: RefCell<Option<Arc<HostHandle>>> = const { RefCell::new(None) };
}

/// A parameter is touched, moved or let go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Gesture {
    Begin,
    /// To a value from 0 to 1.
    Set(f32),
    End,
}

/// The way from an instance to its host, and at birth from the entry to the instance.
#[derive(Default)]
pub struct HostHandle {
    /// Whose entry made it.
    format: Format,
    host: Mutex<AnyHost>,
    instance: Mutex<Option<Arc<dyn Instance>>>,
    /// A CLAP host is to learn of an unsaved change at its next call on the main thread.
    dirty: AtomicBool,
    /// The way to a VST3 host's main thread, while a window is open.
    main_thread: Mutex<Option<Arc<MainThread>>>,
}

#[derive(Clone, Default)]
enum AnyHost {
    #[default]
    Absent,
    Clap(ClapHost),
    Vst3 {
        handler: ComPtr<IComponentHandler>,
        /// The host's numbers of the parameters, in the order of the table.
        ids: Arc<[u32]>,
    },
}

/// `clap_host_params.request_flush`.
pub(super) type RequestFlush = unsafe extern "C" fn(host: *const clap_host);

#[derive(Clone, Copy)]
struct ClapHost(*const clap_host, Option<RequestFlush>);

// SAFETY: only `clap_host.request_callback` and `clap_host_params.request_flush` are called through it, which CLAP
// allows on any thread (the latter but the audio thread).
unsafe impl Send for ClapHost {}

impl std::fmt::Debug for HostHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let host = match *self.host.lock() {
            AnyHost::Absent => "absent",
            AnyHost::Clap(_) => "CLAP",
            AnyHost::Vst3 { .. } => "VST3",
        };
        f.debug_struct("HostHandle").field("host", &host).finish_non_exhaustive()
    }
}

impl HostHandle {
    pub(super) fn new(format: Format) -> Self {
        Self { format, ..Self::default() }
    }

    pub fn format(&self) -> Format {
        self.format
    }

    /// Makes `build` run with a handle waiting for the plugin that it creates; returns what it built and what attached.
    pub(super) fn around<T>(handle: &Arc<Self>, build: impl FnOnce() -> T) -> (T, Option<Arc<dyn Instance>>) {
        NEXT.with(|next| *next.borrow_mut() = Some(handle.clone()));
        let built = build();
        NEXT.with(|next| next.borrow_mut().take());
        (built, handle.instance.lock().take())
    }

    /// For the plugin's `Default`: the handle that its entry left, or one without a host.
    pub fn take() -> Arc<Self> {
        NEXT.with(|next| next.borrow_mut().take()).unwrap_or_default()
    }

    /// For the plugin's `Default`: hands its instance to the entry.
    pub fn attach(&self, instance: Arc<dyn Instance>) {
        *self.instance.lock() = Some(instance);
    }

    pub(super) fn set_clap(&self, host: *const clap_host) {
        *self.host.lock() = AnyHost::Clap(ClapHost(host, None));
    }

    pub(super) fn set_request_flush(&self, request_flush: Option<RequestFlush>) {
        if let AnyHost::Clap(host) = &mut *self.host.lock() {
            host.1 = request_flush;
        }
    }

    /// Asks the host to take over what another than itself changed; false where it has no way to be asked. Main thread
    /// or a window's.
    pub fn request_flush(&self) -> bool {
        // The lock is not held during the call: the host may call back at once.
        let AnyHost::Clap(ClapHost(host, Some(request_flush))) = self.host.lock().clone() else { return false };
        // SAFETY: the handle holds the host's pointer only while the plugin lives.
        unsafe { request_flush(host) };
        true
    }

    /// The host can be asked for [`Self::request_flush`].
    pub fn takes_changes(&self) -> bool {
        matches!(*self.host.lock(), AnyHost::Clap(ClapHost(_, Some(_))))
    }

    pub(super) fn set_vst3(&self, handler: Option<ComPtr<IComponentHandler>>, ids: Arc<[u32]>) {
        *self.host.lock() = match handler {
            Some(handler) => AnyHost::Vst3 { handler, ids },
            None => AnyHost::Absent,
        };
    }

    /// The host is about to go.
    pub(super) fn clear(&self) {
        *self.host.lock() = AnyHost::Absent;
    }

    /// Informs the host that something it does not know as a parameter has changed, so that it offers to save.
    /// From the window's thread or the main thread.
    pub fn mark_dirty(&self) {
        // The lock is not held during the call: the host may call back at once.
        let host = self.host.lock().clone();
        match host {
            AnyHost::Absent => {}
            AnyHost::Clap(host) => {
                self.dirty.store(true, Ordering::Release);
                host_callback(host.0);
            }
            AnyHost::Vst3 { .. } => match self.main_thread.lock().clone() {
                Some(main_thread) => main_thread.mark_dirty(),
                None => self.mark_dirty_here(),
            },
        }
    }

    /// The same to a VST3 host at once, on the calling thread.
    pub(super) fn mark_dirty_here(&self) {
        let AnyHost::Vst3 { handler, .. } = self.host.lock().clone() else { return };
        if let Some(handler) = handler.cast::<IComponentHandler2>() {
            // SAFETY: a live reference to the host's handler.
            unsafe { handler.setDirty(1) };
        }
    }

    pub(super) fn take_dirty(&self) -> bool {
        self.dirty.swap(false, Ordering::AcqRel)
    }

    pub(super) fn set_main_thread(&self, main_thread: Arc<MainThread>) {
        *self.main_thread.lock() = Some(main_thread);
    }

    /// A view's way to the main thread ends; another view's stays.
    pub(super) fn leave_main_thread(&self, left: &Arc<MainThread>) {
        self.main_thread.lock().take_if(|own| Arc::ptr_eq(own, left));
    }

    /// Informs a VST3 host of a gesture on the parameter at this position of the table, on its main thread where there is a
    /// way to it. False in CLAP hosts, which learn of it with the next block or flush.
    pub fn gesture(&self, position: usize, gesture: Gesture) -> bool {
        if self.format != Format::Vst3 {
            return false;
        }
        match self.main_thread.lock().clone() {
            Some(main_thread) => main_thread.gesture(position, gesture),
            None => self.perform(position, gesture),
        }
        true
    }

    /// The same at once, on the calling thread.
    pub(super) fn perform(&self, position: usize, gesture: Gesture) {
        let AnyHost::Vst3 { handler, ids } = self.host.lock().clone() else { return };
        let Some(&id) = ids.get(position) else { return };
        // SAFETY: a live reference to the host's handler.
        unsafe {
            match gesture {
                Gesture::Begin => handler.beginEdit(id),
                Gesture::Set(value) => handler.performEdit(id, f64::from(value)),
                Gesture::End => handler.endEdit(id),
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::ptr::null;

    use clap_sys::version::CLAP_VERSION;

    use super::*;

    unsafe extern "C" fn count(host: *const clap_host) {
        // SAFETY: the host's data is the test's counter.
        let calls = unsafe { &*(*host).host_data.cast::<Cell<u32>>() };
        calls.set(calls.get() + 1);
    }

    #[test]
    fn an_unsaved_change_asks_a_clap_host_for_its_main_thread() {
        let mut calls = Cell::new(0u32);
        let host = clap_host {
            clap_version: CLAP_VERSION,
            host_data: (&raw mut calls).cast(),
            name: null(),
            vendor: null(),
            url: null(),
            version: null(),
            get_extension: None,
            request_restart: None,
            request_process: None,
            request_callback: Some(count),
        };
        let handle = HostHandle::default();
        handle.mark_dirty();
        assert!(!handle.take_dirty(), "no host to inform");
        handle.set_clap(&raw const host);
        handle.mark_dirty();
        handle.mark_dirty();
        assert_eq!(calls.get(), 2);
        assert!(handle.take_dirty() && !handle.take_dirty(), "once");
        handle.clear();
        handle.mark_dirty();
        assert_eq!(calls.get(), 2, "the host is gone");
    }

    #[test]
    fn the_slot_reaches_the_plugin_that_is_being_made() {
        let handle = Arc::new(HostHandle::new(Format::Vst3));
        let (taken, instance) = HostHandle::around(&handle, HostHandle::take);
        assert!(Arc::ptr_eq(&handle, &taken) && instance.is_none() && taken.format() == Format::Vst3);
        assert!(!Arc::ptr_eq(&handle, &HostHandle::take()), "only once");
    }
}
