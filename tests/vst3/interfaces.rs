//! What a VST3 host hands to a plugin: itself, parameter changes, a stream, channel attributes.
#![allow(unsafe_code)] // COM interfaces

use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_void};

use vst3::Steinberg::Vst::{
    IAttributeList, IAttributeListTrait, IComponentHandler, IComponentHandlerTrait, IHostApplication,
    IHostApplicationTrait, IParamValueQueue, IParamValueQueueTrait, IParameterChanges, IParameterChangesTrait,
    String128, TChar,
};
use vst3::Steinberg::{IBStream, IBStreamTrait, TUID, kResultFalse, kResultOk, tresult};
use vst3::{Class, ComPtr, ComWrapper};

/// The host itself.
pub struct App;

impl Class for App {
    type Interfaces = (IHostApplication,);
}

impl IHostApplicationTrait for App {
    unsafe fn getName(&self, name: *mut String128) -> tresult {
        // SAFETY: the plugin passes room for 128 characters.
        let name = unsafe { &mut *name };
        for (to, from) in name.iter_mut().zip("Keel's VST3 test\0".encode_utf16()) {
            *to = from as TChar;
        }
        kResultOk
    }

    unsafe fn createInstance(&self, _: *mut TUID, _: *mut TUID, _: *mut *mut c_void) -> tresult {
        kResultFalse
    }
}

/// Takes edits; the tests ask for values instead.
pub struct Handler;

impl Class for Handler {
    type Interfaces = (IComponentHandler,);
}

impl IComponentHandlerTrait for Handler {
    unsafe fn beginEdit(&self, _: u32) -> tresult {
        kResultOk
    }

    unsafe fn performEdit(&self, _: u32, _: f64) -> tresult {
        kResultOk
    }

    unsafe fn endEdit(&self, _: u32) -> tresult {
        kResultOk
    }

    unsafe fn restartComponent(&self, _: i32) -> tresult {
        kResultOk
    }
}

/// One parameter's new value at the block's first frame.
pub struct Queue {
    id: u32,
    value: f64,
}

impl Class for Queue {
    type Interfaces = (IParamValueQueue,);
}

impl IParamValueQueueTrait for Queue {
    unsafe fn getParameterId(&self) -> u32 {
        self.id
    }

    unsafe fn getPointCount(&self) -> i32 {
        1
    }

    unsafe fn getPoint(&self, index: i32, offset: *mut i32, value: *mut f64) -> tresult {
        if index != 0 {
            return kResultFalse;
        }
        // SAFETY: the plugin passes room for one of each.
        unsafe { (*offset, *value) = (0, self.value) };
        kResultOk
    }

    unsafe fn addPoint(&self, _: i32, _: f64, _: *mut i32) -> tresult {
        kResultFalse
    }
}

/// The parameter changes of a block.
pub struct Changes(Vec<ComPtr<IParamValueQueue>>);

impl Changes {
    pub fn of(changes: &[(u32, f64)]) -> ComPtr<IParameterChanges> {
        let queue = |&(id, value): &(u32, f64)| {
            ComWrapper::new(Queue { id, value }).to_com_ptr::<IParamValueQueue>().expect("a queue is a queue")
        };
        ComWrapper::new(Self(changes.iter().map(queue).collect())).to_com_ptr().expect("changes are changes")
    }
}

impl Class for Changes {
    type Interfaces = (IParameterChanges,);
}

impl IParameterChangesTrait for Changes {
    unsafe fn getParameterCount(&self) -> i32 {
        self.0.len() as i32
    }

    unsafe fn getParameterData(&self, index: i32) -> *mut IParamValueQueue {
        self.0.get(index as usize).map_or(std::ptr::null_mut(), ComPtr::as_ptr)
    }

    unsafe fn addParameterData(&self, _: *const u32, _: *mut i32) -> *mut IParamValueQueue {
        std::ptr::null_mut()
    }
}

/// State in memory: the bytes, and where the next read begins.
#[derive(Default)]
pub struct Stream(pub RefCell<(Vec<u8>, usize)>);

impl Class for Stream {
    type Interfaces = (IBStream,);
}

impl IBStreamTrait for Stream {
    unsafe fn read(&self, buffer: *mut c_void, wanted: i32, read: *mut i32) -> tresult {
        let mut state = self.0.borrow_mut();
        let (bytes, at) = &mut *state;
        let count = (bytes.len() - *at).min(usize::try_from(wanted).unwrap_or(0));
        // SAFETY: the plugin passes room for `wanted` bytes, and `read` may be null.
        unsafe {
            buffer.cast::<u8>().copy_from_nonoverlapping(bytes[*at..].as_ptr(), count);
            if let Some(read) = read.as_mut() {
                *read = count as i32;
            }
        }
        *at += count;
        kResultOk
    }

    unsafe fn write(&self, buffer: *mut c_void, count: i32, written: *mut i32) -> tresult {
        // SAFETY: the plugin passes `count` bytes, and `written` may be null.
        unsafe {
            let bytes = std::slice::from_raw_parts(buffer.cast::<u8>(), usize::try_from(count).unwrap_or(0));
            self.0.borrow_mut().0.extend_from_slice(bytes);
            if let Some(written) = written.as_mut() {
                *written = count;
            }
        }
        kResultOk
    }

    unsafe fn seek(&self, to: i64, mode: i32, result: *mut i64) -> tresult {
        let mut state = self.0.borrow_mut();
        let base = [0, state.1 as i64, state.0.len() as i64][mode.clamp(0, 2) as usize];
        state.1 = (base + to).clamp(0, state.0.len() as i64) as usize;
        // SAFETY: `result` may be null.
        if let Some(result) = unsafe { result.as_mut() } {
            *result = state.1 as i64;
        }
        kResultOk
    }

    unsafe fn tell(&self, at: *mut i64) -> tresult {
        // SAFETY: `at` may be null.
        if let Some(at) = unsafe { at.as_mut() } {
            *at = self.0.borrow().1 as i64;
        }
        kResultOk
    }
}

/// A channel's name, as hosts send it by IInfoListener.
pub struct Attributes(pub String);

impl Class for Attributes {
    type Interfaces = (IAttributeList,);
}

impl IAttributeListTrait for Attributes {
    unsafe fn setInt(&self, _: *const c_char, _: i64) -> tresult {
        kResultFalse
    }

    unsafe fn getInt(&self, _: *const c_char, _: *mut i64) -> tresult {
        kResultFalse
    }

    unsafe fn setFloat(&self, _: *const c_char, _: f64) -> tresult {
        kResultFalse
    }

    unsafe fn getFloat(&self, _: *const c_char, _: *mut f64) -> tresult {
        kResultFalse
    }

    unsafe fn setString(&self, _: *const c_char, _: *const TChar) -> tresult {
        kResultFalse
    }

    unsafe fn getString(&self, id: *const c_char, to: *mut TChar, bytes: u32) -> tresult {
        // SAFETY: the plugin passes a C string and room for `bytes` bytes.
        unsafe {
            if CStr::from_ptr(id) != c"channel name" {
                return kResultFalse;
            }
            let room = (bytes as usize / size_of::<TChar>()).saturating_sub(1);
            for (at, unit) in self.0.encode_utf16().take(room).chain([0]).enumerate() {
                *to.add(at) = unit as TChar;
            }
        }
        kResultOk
    }

    unsafe fn setBinary(&self, _: *const c_char, _: *const c_void, _: u32) -> tresult {
        kResultFalse
    }

    unsafe fn getBinary(&self, _: *const c_char, _: *mut *const c_void, _: *mut u32) -> tresult {
        kResultFalse
    }
}
