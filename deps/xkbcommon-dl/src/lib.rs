//! The part of xkbcommon that baseview 0.4.2 uses, loaded where it is installed.
//!
//! baseview makes a keyboard map for each window, hands it to [`x11::XkbCommonX11::xkb_x11_state_new_from_device`] and never
//! gives its own reference back: 54 KiB an opening. Here that function takes the reference over. With a baseview that gives
//! it back this crate must go: the versions are pinned together, and a test counts what an opening leaves behind.
#![cfg(target_os = "linux")]
#![allow(non_camel_case_types, missing_debug_implementations)] // Names and types of the C library.
#![allow(unsafe_code)] // Functions of the C library.

use std::ffi::{c_char, c_int};
use std::sync::OnceLock;

use libloading::Library;

pub type xkb_keycode_t = u32;

/// What the library alone looks into.
pub enum xkb_context {}
/// As above.
pub enum xkb_keymap {}
/// As above.
pub enum xkb_state {}

#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum xkb_context_flags {
    XKB_CONTEXT_NO_FLAGS = 0,
}

#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum xkb_keymap_compile_flags {
    XKB_KEYMAP_COMPILE_NO_FLAGS = 0,
}

#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum xkb_key_direction {
    XKB_KEY_UP = 0,
    XKB_KEY_DOWN = 1,
}

/// Functions of libxkbcommon, loaded for good.
pub struct XkbCommon {
    pub xkb_context_new: unsafe extern "C" fn(xkb_context_flags) -> *mut xkb_context,
    pub xkb_context_unref: unsafe extern "C" fn(*mut xkb_context),
    pub xkb_keymap_unref: unsafe extern "C" fn(*mut xkb_keymap),
    pub xkb_state_key_get_utf8: unsafe extern "C" fn(*mut xkb_state, xkb_keycode_t, *mut c_char, usize) -> c_int,
    pub xkb_state_update_key: unsafe extern "C" fn(*mut xkb_state, xkb_keycode_t, xkb_key_direction) -> c_int,
    pub xkb_state_unref: unsafe extern "C" fn(*mut xkb_state),
}

/// `None` where the library is not installed: then keys are read as on an American keyboard.
pub fn xkbcommon_option() -> Option<&'static XkbCommon> {
    static LOADED: OnceLock<Option<XkbCommon>> = OnceLock::new();
    LOADED.get_or_init(|| load(&["libxkbcommon.so.0", "libxkbcommon.so"], XkbCommon::from)).as_ref()
}

impl XkbCommon {
    fn from(library: &Library) -> Result<Self, libloading::Error> {
        // SAFETY: the types are those of the library's header.
        unsafe {
            Ok(Self {
                xkb_context_new: *library.get(c"xkb_context_new")?,
                xkb_context_unref: *library.get(c"xkb_context_unref")?,
                xkb_keymap_unref: *library.get(c"xkb_keymap_unref")?,
                xkb_state_key_get_utf8: *library.get(c"xkb_state_key_get_utf8")?,
                xkb_state_update_key: *library.get(c"xkb_state_update_key")?,
                xkb_state_unref: *library.get(c"xkb_state_unref")?,
            })
        }
    }
}

fn load<T>(names: &[&str], from: impl Fn(&Library) -> Result<T, libloading::Error>) -> Option<T> {
    // SAFETY: the system's own library; its initialisers do no harm.
    let library = names.iter().find_map(|name| unsafe { Library::new(*name) }.ok())?;
    let functions = from(&library).ok()?;
    // The functions are used as long as the process runs.
    std::mem::forget(library);
    Some(functions)
}

pub mod x11 {
    //! Keyboard maps of an X server.

    use std::ffi::c_void;
    use std::sync::OnceLock;

    use libloading::Library;

    use super::{load, xkb_context, xkb_keymap, xkb_keymap_compile_flags, xkb_state, xkbcommon_option};

    pub type xcb_connection_t = c_void;

    type StateNew = unsafe extern "C" fn(*mut xkb_keymap, *mut xcb_connection_t, i32) -> *mut xkb_state;

    /// Functions of libxkbcommon-x11, loaded for good.
    pub struct XkbCommonX11 {
        pub xkb_x11_get_core_keyboard_device_id: unsafe extern "C" fn(*mut xcb_connection_t) -> i32,
        pub xkb_x11_keymap_new_from_device: unsafe extern "C" fn(
            *mut xkb_context,
            *mut xcb_connection_t,
            i32,
            xkb_keymap_compile_flags,
        ) -> *mut xkb_keymap,
        /// Takes the caller's reference to the keyboard map over: the state holds its own.
        pub xkb_x11_state_new_from_device: StateNew,
    }

    static STATE_NEW: OnceLock<StateNew> = OnceLock::new();

    /// `None` where the library is not installed.
    pub fn xkbcommon_x11_option() -> Option<&'static XkbCommonX11> {
        static LOADED: OnceLock<Option<XkbCommonX11>> = OnceLock::new();
        LOADED.get_or_init(|| load(&["libxkbcommon-x11.so.0", "libxkbcommon-x11.so"], XkbCommonX11::from)).as_ref()
    }

    impl XkbCommonX11 {
        fn from(library: &Library) -> Result<Self, libloading::Error> {
            // SAFETY: the types are those of the library's header.
            unsafe {
                let state_new = *library.get(c"xkb_x11_state_new_from_device")?;
                STATE_NEW.get_or_init(|| state_new);
                Ok(Self {
                    xkb_x11_get_core_keyboard_device_id: *library.get(c"xkb_x11_get_core_keyboard_device_id")?,
                    xkb_x11_keymap_new_from_device: *library.get(c"xkb_x11_keymap_new_from_device")?,
                    xkb_x11_state_new_from_device: state_of_keymap,
                })
            }
        }
    }

    unsafe extern "C" fn state_of_keymap(
        keymap: *mut xkb_keymap,
        connection: *mut xcb_connection_t,
        device: i32,
    ) -> *mut xkb_state {
        let Some(state_new) = STATE_NEW.get() else { return std::ptr::null_mut() };
        // SAFETY: the caller's promise: a keyboard map of its own, or null, and a live connection.
        unsafe {
            if keymap.is_null() {
                return std::ptr::null_mut();
            }
            let state = state_new(keymap, connection, device);
            if let Some(common) = xkbcommon_option() {
                (common.xkb_keymap_unref)(keymap);
            }
            state
        }
    }
}
