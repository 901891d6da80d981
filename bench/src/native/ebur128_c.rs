//! libebur128 in C, as the system has it, loaded at run time.

use std::ffi::{c_float, c_int, c_uint, c_ulong};
use std::sync::Arc;

use libloading::Library;

/// Momentary, short-term, integrated, sample peak and true peak (ebur128.h, `enum mode`).
const MODE: c_int = (1 << 0) | (1 << 1) | (1 << 2) | (1 << 4) | (1 << 5);
const NAMES: &[&str] =
    if cfg!(target_os = "macos") { &["libebur128.1.dylib"] } else { &["libebur128.so.1", "ebur128.dll"] };

/// The C library's meter: `ebur128_state`, opaque here.
#[repr(C)]
struct RawState {
    _private: [u8; 0],
}

type Init = unsafe extern "C" fn(c_uint, c_ulong, c_int) -> *mut RawState;
type Destroy = unsafe extern "C" fn(*mut *mut RawState);
type AddFrames = unsafe extern "C" fn(*mut RawState, *const c_float, usize) -> c_int;
type Version = unsafe extern "C" fn(*mut c_int, *mut c_int, *mut c_int);

/// The library, loaded.
#[derive(Clone, Debug)]
pub struct LibEbur128 {
    functions: Arc<Functions>,
}

#[derive(Debug)]
struct Functions {
    init: Init,
    destroy: Destroy,
    add_frames: AddFrames,
    version: Version,
    /// Last: what the pointers above point into.
    _library: Library,
}

impl LibEbur128 {
    /// `None` where the system has no such library.
    pub fn load() -> Option<Self> {
        // SAFETY: libebur128 has no initialisers; the types are those of ebur128.h, version 1.2.
        let functions = unsafe {
            let library = NAMES.iter().find_map(|name| Library::new(*name).ok())?;
            Functions {
                init: *library.get(b"ebur128_init\0").ok()?,
                destroy: *library.get(b"ebur128_destroy\0").ok()?,
                add_frames: *library.get(b"ebur128_add_frames_float\0").ok()?,
                version: *library.get(b"ebur128_get_version\0").ok()?,
                _library: library,
            }
        };
        Some(Self { functions: Arc::new(functions) })
    }

    pub fn version(&self) -> String {
        let [mut major, mut minor, mut patch] = [0; 3];
        // SAFETY: three places for numbers.
        unsafe { (self.functions.version)(&raw mut major, &raw mut minor, &raw mut patch) };
        format!("{major}.{minor}.{patch}")
    }

    /// A stereo meter of everything that Keel is compared by; `None` without memory.
    pub fn stereo(&self, sample_rate: u32) -> Option<State> {
        // SAFETY: numbers within what the library documents.
        let raw = unsafe { (self.functions.init)(2, sample_rate.into(), MODE) };
        (!raw.is_null()).then(|| State { raw, library: self.clone() })
    }
}

/// One meter of the C library.
#[derive(Debug)]
pub struct State {
    raw: *mut RawState,
    library: LibEbur128,
}

impl State {
    /// Feeds interleaved stereo. False where the library refuses, as it does without memory.
    pub fn add(&mut self, interleaved: &[f32]) -> bool {
        // SAFETY: the state is alive; the frames are as many as there are pairs.
        unsafe { (self.library.functions.add_frames)(self.raw, interleaved.as_ptr(), interleaved.len() / 2) == 0 }
    }
}

impl Drop for State {
    fn drop(&mut self) {
        // SAFETY: the state is alive and ends here.
        unsafe { (self.library.functions.destroy)(&raw mut self.raw) };
    }
}
