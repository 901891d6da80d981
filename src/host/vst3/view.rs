//! `IPlugView`: the host's calls to the window, each checked.

use std::error::Error;
use std::ffi::{CStr, c_void};
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

use nice_plug::editor::dpi::{NativeSize, Size};
use nice_plug::editor::{HostCallbacks, HostMainThreadCaller, HostMethods};
use nice_plug::wrapper::vst3::vst3::Steinberg::{
    FIDString, IPlugFrame, IPlugFrameTrait, IPlugView, IPlugViewContentScaleSupport,
    IPlugViewContentScaleSupport_::ScaleFactor, IPlugViewContentScaleSupportTrait, IPlugViewTrait, TBool, ViewRect,
    char16, int16, kInvalidArgument, kNotImplemented, kPlatformTypeHWND, kPlatformTypeNSView,
    kPlatformTypeX11EmbedWindowID, kResultFalse, kResultOk, tresult,
};
use nice_plug::wrapper::vst3::vst3::{Class, ComPtr, ComRef, ComWrapper};
use parking_lot::Mutex;

use super::super::window::{System, WindowPlace, parent};
use super::super::{HostHandle, Instance};
use super::main_thread::MainThread;

/// A view that the host holds. It keeps what it needs of the instance, however long the host keeps it.
pub struct View {
    instance: Arc<dyn Instance>,
    handle: Arc<HostHandle>,
    window: Arc<WindowPlace>,
    frame: Mutex<Option<ComPtr<IPlugFrame>>>,
    main_thread: Mutex<Option<Arc<MainThread>>>,
    /// This view as the host knows it; null once it is gone.
    this: Arc<AtomicPtr<IPlugView>>,
}

impl Class for View {
    type Interfaces = (IPlugView, IPlugViewContentScaleSupport);
}

const SYSTEMS: [(FIDString, System); 3] = [
    (kPlatformTypeX11EmbedWindowID, System::X11),
    (kPlatformTypeNSView, System::Cocoa),
    (kPlatformTypeHWND, System::Win32),
];

/// # Safety
/// `name` is null or a C string.
unsafe fn system(name: FIDString) -> Option<System> {
    if name.is_null() {
        return None;
    }
    // SAFETY: the caller's promise; the names are the format's own.
    unsafe {
        let name = CStr::from_ptr(name);
        SYSTEMS.into_iter().find(|(other, _)| CStr::from_ptr(*other) == name).map(|(_, system)| system)
    }
}

fn as_result(done: bool) -> tresult {
    if done { kResultOk } else { kResultFalse }
}

impl View {
    /// For `createView`: a view with one reference, the host's.
    pub fn create(instance: Arc<dyn Instance>, handle: Arc<HostHandle>) -> *mut IPlugView {
        let view = ComWrapper::new(Self {
            instance,
            handle,
            window: Arc::default(),
            frame: Mutex::new(None),
            main_thread: Mutex::new(None),
            this: Arc::default(),
        });
        let pointer = view.to_com_ptr::<IPlugView>().map_or(std::ptr::null_mut(), ComPtr::into_raw);
        view.this.store(pointer, Ordering::Release);
        pointer
    }

    /// Takes the host's main loop into service, or leaves it.
    fn use_main_thread(&self, main_thread: Option<Arc<MainThread>>) {
        if let Some(main_thread) = &main_thread {
            self.handle.set_main_thread(main_thread.clone());
        }
        let before = std::mem::replace(&mut *self.main_thread.lock(), main_thread);
        // Without the lock: the host may call back.
        if let Some(before) = before {
            self.handle.leave_main_thread(&before);
            before.leave();
        }
    }

    /// # Safety
    /// `rect` is null or the host's.
    unsafe fn size_of(rect: *const ViewRect) -> Option<NativeSize<u32>> {
        // SAFETY: the caller's promise.
        let rect = unsafe { rect.as_ref() }?;
        let side = |from: i32, to: i32| u32::try_from(i64::from(to) - i64::from(from)).ok().filter(|&side| side > 0);
        Some(NativeSize::new(side(rect.left, rect.right)?, side(rect.top, rect.bottom)?))
    }
}

/// The window goes before the host's main loop and frame do.
impl Drop for View {
    fn drop(&mut self) {
        self.window.close();
        self.use_main_thread(None);
        self.this.store(std::ptr::null_mut(), Ordering::Release);
    }
}

impl IPlugViewTrait for View {
    unsafe fn isPlatformTypeSupported(&self, name: FIDString) -> tresult {
        // SAFETY: the host passes a C string or null.
        as_result(unsafe { system(name) } == Some(System::OWN))
    }

    unsafe fn attached(&self, window: *mut c_void, name: FIDString) -> tresult {
        // SAFETY: the host passes a C string or null.
        let Some(parent) = (unsafe { system(name) }).and_then(|system| parent(system, window)) else {
            return kInvalidArgument;
        };
        if self.window.is_open() {
            return kResultFalse;
        }
        let frame = self.frame.lock().clone();
        let main_thread = frame.as_ref().and_then(|frame| MainThread::of(frame, &self.window, &self.handle));
        let host = Vst3WindowHost { frame, view: self.this.clone() };
        let caller = Caller(main_thread.clone());
        let methods = HostMethods { callbacks: Box::new(host), main_thread_caller: Box::new(caller) };
        self.use_main_thread(main_thread);
        let is_open = self.window.open(&self.instance, Some(parent), methods);
        if is_open && self.window.show() {
            return kResultOk;
        }
        self.window.close();
        self.use_main_thread(None);
        kResultFalse
    }

    unsafe fn removed(&self) -> tresult {
        let was_open = self.window.close();
        self.use_main_thread(None);
        as_result(was_open)
    }

    // The window takes the mouse and the keys from the system.

    unsafe fn onWheel(&self, _distance: f32) -> tresult {
        kNotImplemented
    }

    unsafe fn onKeyDown(&self, _key: char16, _code: int16, _modifiers: int16) -> tresult {
        kResultFalse
    }

    unsafe fn onKeyUp(&self, _key: char16, _code: int16, _modifiers: int16) -> tresult {
        kResultFalse
    }

    unsafe fn getSize(&self, rect: *mut ViewRect) -> tresult {
        // SAFETY: the host passes a rectangle to be written, or null.
        let Some(rect) = (unsafe { rect.as_mut() }) else { return kInvalidArgument };
        let Some(size) = self.window.size(&self.instance) else { return kResultFalse };
        *rect = ViewRect { left: 0, top: 0, right: size.width as i32, bottom: size.height as i32 };
        kResultOk
    }

    unsafe fn onSize(&self, rect: *mut ViewRect) -> tresult {
        // SAFETY: the host's rectangle, or null.
        let Some(size) = (unsafe { Self::size_of(rect) }) else { return kInvalidArgument };
        as_result(self.window.resize(size))
    }

    unsafe fn onFocus(&self, _state: TBool) -> tresult {
        kNotImplemented
    }

    unsafe fn setFrame(&self, frame: *mut IPlugFrame) -> tresult {
        // SAFETY: the host's frame, or null.
        let frame = unsafe { ComRef::from_raw(frame) }.map(|frame| frame.to_com_ptr());
        if frame.is_none() {
            self.use_main_thread(None);
        }
        // As above: the one before is dropped without the lock.
        let before = std::mem::replace(&mut *self.frame.lock(), frame);
        drop(before);
        kResultOk
    }

    unsafe fn canResize(&self) -> tresult {
        kResultOk
    }

    unsafe fn checkSizeConstraint(&self, rect: *mut ViewRect) -> tresult {
        // SAFETY: the host's rectangle, or null.
        let (Some(size), Some(rect)) = (unsafe { (Self::size_of(rect), rect.as_mut()) }) else {
            return kInvalidArgument;
        };
        let Some(fitting) = self.window.fitting(size) else { return kResultFalse };
        rect.right = rect.left.saturating_add(fitting.width as i32);
        rect.bottom = rect.top.saturating_add(fitting.height as i32);
        kResultOk
    }
}

impl IPlugViewContentScaleSupportTrait for View {
    unsafe fn setContentScaleFactor(&self, factor: ScaleFactor) -> tresult {
        as_result(self.window.set_scale(f64::from(factor)))
    }
}

/// What the window asks of its host, on the main thread.
struct Vst3WindowHost {
    frame: Option<ComPtr<IPlugFrame>>,
    view: Arc<AtomicPtr<IPlugView>>,
}

impl HostCallbacks for Vst3WindowHost {
    fn request_resize(&mut self, new_size: Size, scale_factor: f64) -> Result<(), Box<dyn Error>> {
        let size: NativeSize<u32> = NativeSize::from_size(new_size, scale_factor);
        let mut rect = ViewRect { left: 0, top: 0, right: size.width as i32, bottom: size.height as i32 };
        let view = self.view.load(Ordering::Acquire);
        let Some(frame) = self.frame.as_ref().filter(|_| !view.is_null()) else {
            return Err("the host cannot be asked".into());
        };
        // SAFETY: live objects, on the host's main thread.
        let granted = unsafe { frame.resizeView(view, &raw mut rect) } == kResultOk;
        if granted { Ok(()) } else { Err("the host keeps its window's size".into()) }
    }

    /// VST3 has no word for it.
    fn destroyed(&mut self) {}
}

/// Asks the host for a call on its main thread; without a main loop of the host's none comes.
struct Caller(Option<Arc<MainThread>>);

impl HostMainThreadCaller for Caller {
    fn call_main_thread(&mut self) {
        if let Some(main_thread) = &self.0 {
            main_thread.wake();
        }
    }
}
