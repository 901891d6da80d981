//! Under X11 a window lives on a thread of its own. This is its way to the host's main thread: a socket that the host's
//! main loop listens to. Elsewhere the window is on the main thread already.

#[cfg(target_os = "linux")]
pub use linux::MainThread;

/// The main loop of a host on a system where none is needed.
#[cfg(not(target_os = "linux"))]
#[derive(Debug)]
pub enum MainThread {}

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use std::sync::Arc;

    use nice_plug::wrapper::vst3::vst3::ComPtr;
    use nice_plug::wrapper::vst3::vst3::Steinberg::IPlugFrame;

    use super::super::super::window::WindowPlace;
    use super::super::super::{Gesture, HostHandle};
    use super::MainThread;

    impl MainThread {
        pub fn of(_: &ComPtr<IPlugFrame>, _: &Arc<WindowPlace>, _: &Arc<HostHandle>) -> Option<Arc<Self>> {
            None
        }

        pub fn wake(&self) {}

        pub fn gesture(&self, _position: usize, _gesture: Gesture) {}

        pub fn mark_dirty(&self) {}

        pub fn leave(&self) {}
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::VecDeque;
    use std::io::{Read, Write};
    use std::os::fd::AsRawFd;
    use std::os::unix::net::UnixStream;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, Weak};

    use nice_plug::wrapper::vst3::vst3::Steinberg::Linux::{
        FileDescriptor, IEventHandler, IEventHandlerTrait, IRunLoop, IRunLoopTrait,
    };
    use nice_plug::wrapper::vst3::vst3::Steinberg::{IPlugFrame, kResultOk};
    use nice_plug::wrapper::vst3::vst3::{Class, ComPtr, ComWrapper};
    use parking_lot::Mutex;

    use super::super::super::window::WindowPlace;
    use super::super::super::{Gesture, HostHandle, contained};

    /// A host's main loop in service. [`Self::leave`] ends that.
    pub struct MainThread {
        run_loop: ComPtr<IRunLoop>,
        handler: ComWrapper<Handler>,
        /// The end that wakes the loop.
        waker: UnixStream,
        has_left: AtomicBool,
    }

    // SAFETY: the run loop is called in `of` and `leave` only, both on the host's main thread; the rest may go from thread
    // to thread.
    unsafe impl Send for MainThread {}
    // SAFETY: as above.
    unsafe impl Sync for MainThread {}

    impl MainThread {
        /// The main loop that the host's frame offers. Main thread.
        pub fn of(
            frame: &ComPtr<IPlugFrame>,
            window: &Arc<WindowPlace>,
            handle: &Arc<HostHandle>,
        ) -> Option<Arc<Self>> {
            let run_loop: ComPtr<IRunLoop> = frame.cast()?;
            // Ardour's main loop listens to sockets only.
            let (waker, socket) = UnixStream::pair().ok()?;
            waker.set_nonblocking(true).ok()?;
            socket.set_nonblocking(true).ok()?;
            let descriptor = socket.as_raw_fd();
            let work = PostedWork {
                socket,
                gestures: Mutex::default(),
                is_dirty: AtomicBool::new(false),
                window: Arc::downgrade(window),
                handle: Arc::downgrade(handle),
            };
            let handler = ComWrapper::new(Handler(Arc::new(work)));
            let pointer = handler.as_com_ref::<IEventHandler>()?.as_ptr();
            // SAFETY: a live object of ours; the host counts its reference.
            let is_taken = unsafe { run_loop.registerEventHandler(pointer, descriptor) } == kResultOk;
            is_taken.then(|| Arc::new(Self { run_loop, handler, waker, has_left: AtomicBool::new(false) }))
        }

        /// Lets the main loop run what waits. Any thread.
        pub fn wake(&self) {
            // Full means that the loop has been woken and has not come yet.
            _ = (&self.waker).write(&[1]);
        }

        /// Informs the host of a gesture, on its main thread. Any thread.
        pub fn gesture(&self, position: usize, gesture: Gesture) {
            self.handler.0.gestures.lock().push_back((position, gesture));
            self.wake();
        }

        /// Informs the host of an unsaved change, on its main thread. Any thread.
        pub fn mark_dirty(&self) {
            self.handler.0.is_dirty.store(true, Ordering::Release);
            self.wake();
        }

        /// Does what still waits, and leaves the host's loop. Main thread.
        pub fn leave(&self) {
            if !self.has_left.swap(true, Ordering::AcqRel) {
                self.handler.0.run();
                if let Some(handler) = self.handler.as_com_ref::<IEventHandler>() {
                    // SAFETY: as in `of`.
                    unsafe { self.run_loop.unregisterEventHandler(handler.as_ptr()) };
                }
            }
        }
    }

    /// What the host's loop calls.
    struct Handler(Arc<PostedWork>);

    impl Class for Handler {
        type Interfaces = (IEventHandler,);
    }

    /// What waits for the main thread.
    struct PostedWork {
        socket: UnixStream,
        gestures: Mutex<VecDeque<(usize, Gesture)>>,
        is_dirty: AtomicBool,
        window: Weak<WindowPlace>,
        handle: Weak<HostHandle>,
    }

    impl PostedWork {
        fn run(&self) {
            let mut bytes = [0; 64];
            while matches!((&self.socket).read(&mut bytes), Ok(1..)) {}
            if let Some(handle) = self.handle.upgrade() {
                while let Some((position, gesture)) = self.next() {
                    handle.perform(position, gesture);
                }
                if self.is_dirty.swap(false, Ordering::AcqRel) {
                    handle.mark_dirty_here();
                }
            }
            if let Some(window) = self.window.upgrade() {
                window.run_callbacks();
            }
        }

        /// The lock is not held while a gesture is performed.
        fn next(&self) -> Option<(usize, Gesture)> {
            self.gestures.lock().pop_front()
        }
    }

    impl IEventHandlerTrait for Handler {
        unsafe fn onFDIsSet(&self, _: FileDescriptor) {
            // The host may close the window from within, and this handler with it.
            let work = self.0.clone();
            contained((), || work.run());
        }
    }
}
