//! What the plugin may ask of the host, by thread.

use std::cell::{Cell, RefCell};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::thread::ThreadId;

use clack_extensions::gui::{GuiSize, HostGui, HostGuiImpl};
use clack_extensions::latency::{HostLatency, HostLatencyImpl};
use clack_extensions::log::{HostLog, HostLogImpl, LogSeverity};
use clack_extensions::params::{
    HostParams, HostParamsImplMainThread, HostParamsImplShared, ParamClearFlags, ParamRescanFlags,
};
use clack_extensions::state::{HostState, HostStateImpl};
use clack_extensions::thread_check::{HostThreadCheck, HostThreadCheckImpl};
use clack_host::prelude::*;
use keel_core::mix::Placement;

use super::extensions::{HostPlacement, HostTrackInfo};

/// Lines kept of what the plugin logs; older ones make room.
const LOG_LINES: usize = 256;

thread_local! {
    /// This thread is inside a plugin's process call: CLAP's audio thread is a role, not a fixed thread.
    static IN_PROCESS: Cell<bool> = const { Cell::new(false) };
}

/// Runs `f` as the audio thread.
pub(super) fn as_audio_thread<R>(f: impl FnOnce() -> R) -> R {
    let before = IN_PROCESS.replace(true);
    let result = f();
    IN_PROCESS.set(before);
    result
}

/// The set of handlers that clack ties together.
pub(super) struct KeelHost;

impl HostHandlers for KeelHost {
    type Shared<'a> = Shared;
    type MainThread<'a> = Main;
    type AudioProcessor<'a> = ();

    fn declare_extensions(builder: &mut HostExtensions<'_, Self>, _: &Self::Shared<'_>) {
        builder
            .register::<HostGui>()
            .register::<HostParams>()
            .register::<HostState>()
            .register::<HostLatency>()
            .register::<HostLog>()
            .register::<HostThreadCheck>()
            .register::<HostTrackInfo>()
            .register::<HostPlacement>();
    }
}

/// A line that the plugin logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    pub severity: String,
    pub text: String,
}

/// Called from any thread.
#[derive(Debug)]
pub(super) struct Shared {
    main_thread: ThreadId,
    placement: AtomicU32,
    pub(super) callback: AtomicBool,
    pub(super) flush: AtomicBool,
    pub(super) closed: AtomicBool,
    /// A size asked for by the editor, packed; 0 for none.
    resize: AtomicU64,
    log: Mutex<Vec<LogLine>>,
}

impl Shared {
    pub(super) fn new(placement: Placement) -> Self {
        let code = match placement {
            Placement::Pre => 1,
            Placement::Post => 2,
            Placement::Unknown => 0,
        };
        Self {
            main_thread: std::thread::current().id(),
            placement: AtomicU32::new(code),
            callback: AtomicBool::new(false),
            flush: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            resize: AtomicU64::new(0),
            log: Mutex::new(Vec::new()),
        }
    }

    /// 0 unknown, 1 before, 2 after the fader.
    pub(super) fn placement(&self) -> u32 {
        self.placement.load(Ordering::Relaxed)
    }

    pub(super) fn take_resize(&self) -> Option<GuiSize> {
        match self.resize.swap(0, Ordering::AcqRel) {
            0 => None,
            packed => Some(GuiSize::unpack_from_u64(packed)),
        }
    }

    pub(super) fn take_log(&self) -> Vec<LogLine> {
        std::mem::take(&mut *self.log.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }
}

impl SharedHandler<'_> for Shared {
    /// The session never changes what a restart would pick up (latency, ports), so there is nothing to restart for.
    fn request_restart(&self) {}

    /// Every instance is processed all the time.
    fn request_process(&self) {}

    fn request_callback(&self) {
        self.callback.store(true, Ordering::Release);
    }
}

impl HostGuiImpl for Shared {
    fn resize_hints_changed(&self) {}

    fn request_resize(&self, size: GuiSize) -> Result<(), HostError> {
        self.resize.store(size.pack_to_u64(), Ordering::Release);
        Ok(())
    }

    fn request_show(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn request_hide(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn closed(&self, _was_destroyed: bool) {
        self.closed.store(true, Ordering::Release);
    }
}

impl HostParamsImplShared for Shared {
    fn request_flush(&self) {
        self.flush.store(true, Ordering::Release);
    }
}

impl HostLogImpl for Shared {
    fn log(&self, severity: LogSeverity, message: &str) {
        let mut log = self.log.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if log.len() == LOG_LINES {
            log.remove(0);
        }
        log.push(LogLine { severity: severity.to_string(), text: message.to_owned() });
    }
}

impl HostThreadCheckImpl for Shared {
    fn is_main_thread(&self) -> bool {
        std::thread::current().id() == self.main_thread && !IN_PROCESS.get()
    }

    fn is_audio_thread(&self) -> bool {
        IN_PROCESS.get()
    }
}

/// Called from the main thread.
#[derive(Debug)]
pub(super) struct Main {
    name: RefCell<String>,
    channels: Cell<u32>,
    /// The plugin has something to save since the last save.
    pub(super) dirty: Cell<bool>,
}

impl Main {
    pub(super) fn new(name: String, channels: u32) -> Self {
        Self { name: RefCell::new(name), channels: Cell::new(channels), dirty: Cell::new(false) }
    }

    pub(super) fn name(&self) -> String {
        self.name.borrow().clone()
    }

    pub(super) fn set_name(&self, name: &str) {
        name.clone_into(&mut self.name.borrow_mut());
    }

    pub(super) fn channels(&self) -> u32 {
        self.channels.get()
    }
}

impl MainThreadHandler<'_> for Main {}

impl HostParamsImplMainThread for Main {
    /// Values are asked for when they are needed; the list of parameters is fixed.
    fn rescan(&self, _: ParamRescanFlags) {}

    /// Nothing here refers to a parameter: no automation, no modulation.
    fn clear(&self, _: ClapId, _: ParamClearFlags) {}
}

impl HostLatencyImpl for Main {
    /// Stems play side by side with the plugin's latency left in: Keel has none.
    fn changed(&self) {}
}

impl HostStateImpl for Main {
    fn mark_dirty(&self) {
        self.dirty.set(true);
    }
}
