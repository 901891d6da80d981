//! State over the host's streams, by Keel's own reading and writing.

use std::ffi::c_void;

use nice_plug::wrapper::vst3::vst3::ComRef;
use nice_plug::wrapper::vst3::vst3::Steinberg::{
    IBStream, IBStreamTrait, kInvalidArgument, kResultFalse, kResultOk, tresult,
};

use super::super::{Hosted, contained};
use super::component::Component;

/// More than any state of ours: a broken stream must not fill the memory.
const MAX_BYTES: usize = 1 << 20;

impl<P: Hosted> Component<P> {
    /// # Safety
    /// `stream` is null or the host's.
    pub(super) unsafe fn save_state(&self, stream: *mut IBStream) -> tresult {
        self.settle();
        let Some(state) = contained(None, || Some(self.instance.save())) else { return kResultFalse };
        let mut rest = state.as_slice();
        // SAFETY: the caller's promise; the slice is as long as given. Hosts only read from the buffer.
        unsafe {
            let Some(stream) = ComRef::from_raw(stream) else { return kInvalidArgument };
            while !rest.is_empty() {
                let mut written = 0;
                let bytes = rest.as_ptr().cast_mut().cast::<c_void>();
                stream.write(bytes, rest.len() as i32, &raw mut written);
                let Some(left) = usize::try_from(written).ok().filter(|&n| n > 0).and_then(|n| rest.get(n..)) else {
                    return kResultFalse;
                };
                rest = left;
            }
        }
        kResultOk
    }

    /// Reads to the stream's end: hosts put headers of their own before a state, never behind it.
    ///
    /// # Safety
    /// `stream` is null or the host's.
    pub(super) unsafe fn load_state(&self, stream: *mut IBStream) -> tresult {
        let mut state = Vec::new();
        let mut piece = [0u8; 4096];
        // SAFETY: the caller's promise; the buffer is as long as given.
        unsafe {
            let Some(stream) = ComRef::from_raw(stream) else { return kInvalidArgument };
            loop {
                let mut count = 0;
                // The result is not read: some hosts answer false at the end of what they did read.
                stream.read(piece.as_mut_ptr().cast::<c_void>(), piece.len() as i32, &raw mut count);
                match usize::try_from(count).ok().filter(|&count| count > 0).and_then(|count| piece.get(..count)) {
                    Some(bytes) => state.extend_from_slice(bytes),
                    None => break,
                }
                if state.len() > MAX_BYTES {
                    return kResultFalse;
                }
            }
        }
        self.pending.clear();
        if contained(false, || self.instance.load(&state)) { kResultOk } else { kResultFalse }
    }
}
