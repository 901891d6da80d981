//! RealtimeSanitizer: from [`nonblocking`] no call of the C library may come that can wait or ask for memory.
//!
//! The library stands in for malloc, locks, files, sleeping and the like in the whole program; within [`nonblocking`]
//! it ends the program at the first of them, with the stack that led there.
#![cfg(target_os = "linux")]
#![allow(unsafe_code)] // the sanitizer's own interface, and fork

use std::io::Read;
use std::os::fd::{FromRawFd, OwnedFd};

/// The sanitizer is linked: the toolchain came with it.
pub const IS_THERE: bool = cfg!(sanitizer);

#[cfg(sanitizer)]
mod runtime {
    unsafe extern "C" {
        pub safe fn __rtsan_ensure_initialized();
        pub safe fn __rtsan_realtime_enter();
        pub safe fn __rtsan_realtime_exit();
    }
}

/// Does `work` as the audio thread must.
pub fn nonblocking(work: impl FnOnce()) {
    #[cfg(sanitizer)]
    runtime::__rtsan_realtime_enter();
    work();
    #[cfg(sanitizer)]
    runtime::__rtsan_realtime_exit();
}

/// How work ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Nothing was found.
    Clean,
    /// It ended early, with this said: the sanitizer's report, where that was why.
    Ended(String),
}

/// Does `work` under the sanitizer in a copy of this process, which the sanitizer may end.
pub fn sanitized(work: impl FnOnce()) -> End {
    #[cfg(sanitizer)]
    runtime::__rtsan_ensure_initialized();
    let mut ends = [0; 2];
    // SAFETY: two places for descriptors, which are ours alone then.
    let (reads, writes) = unsafe {
        assert_eq!(libc::pipe(ends.as_mut_ptr()), 0, "no pipe");
        (OwnedFd::from_raw_fd(ends[0]), OwnedFd::from_raw_fd(ends[1]))
    };
    // SAFETY: the copy makes no call that needs another thread of it, and ends without running destructors.
    let child = unsafe { libc::fork() };
    assert!(child >= 0, "no copy of this process");
    if child == 0 {
        // SAFETY: the report goes to the pipe; the copy ends here.
        unsafe { libc::dup2(ends[1], libc::STDERR_FILENO) };
        nonblocking(work);
        // SAFETY: as above.
        unsafe { libc::_exit(0) };
    }
    drop(writes);
    let mut report = Vec::new();
    std::fs::File::from(reads).read_to_end(&mut report).expect("the copy's words");
    let mut status = 0;
    // SAFETY: the child is ours, and is waited for here alone.
    assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
    let is_clean = libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0;
    if is_clean { End::Clean } else { End::Ended(String::from_utf8_lossy(&report).into_owned()) }
}
