//! A place where the processor may be used and nothing else.

use std::ffi::c_void;
use std::ptr::{null, null_mut};

use libc::{SIGSYS, SYS_exit_group, c_int, sock_filter, sock_fprog};
use nice_assert_no_alloc::assert_no_alloc;

/// How a visit to the jail ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The work was done with neither memory asked for nor the system called.
    Done,
    /// It called the system: to wait for a lock, to read, to write, or to report memory asked for.
    CalledTheSystem,
    /// It took memory from the C library past Rust's allocator, as the standard library does for a thread's name.
    TookMemory,
    /// Anything else, as `waitpid` reports it.
    Other(c_int),
}

/// Does `work` in a copy of this process that the kernel ends at its first system call, and whose allocator ends it at
/// its first allocation; on a thread that Rust did not start, as a host's audio thread is.
pub fn jailed<W: FnOnce()>(work: W) -> End {
    struct Visit<F>(Option<F>, Option<End>);

    extern "C" fn start<F: FnOnce()>(visit: *mut c_void) -> *mut c_void {
        // SAFETY: the visit lives until this thread was joined, and is not read before.
        let visit = unsafe { &mut *visit.cast::<Visit<F>>() };
        visit.1 = visit.0.take().map(jailed_here);
        null_mut()
    }

    let mut visit = Visit(Some(work), None);
    // SAFETY: the thread is given what `start` expects, and is joined before that goes.
    unsafe {
        let mut thread = std::mem::zeroed();
        assert_eq!(libc::pthread_create(&raw mut thread, null(), start::<W>, (&raw mut visit).cast()), 0);
        assert_eq!(libc::pthread_join(thread, null_mut()), 0);
    }
    visit.1.expect("the work was taken")
}

/// Only this thread is in the copy: a lock that any other held stays locked there.
fn jailed_here(work: impl FnOnce()) -> End {
    // SAFETY: the copy makes no call that needs another thread of it, and ends without running destructors.
    let child = unsafe { libc::fork() };
    assert!(child >= 0, "no copy of this process");
    if child == 0 {
        forbid_system_calls();
        let before = memory_in_use();
        // Twice, so that what the framework permits itself is found out, too.
        assert_no_alloc(|| assert_no_alloc(work));
        let taken = memory_in_use() != before;
        // SAFETY: the one call that is allowed.
        unsafe { libc::_exit(if taken { TOOK_MEMORY } else { 0 }) };
    }
    let mut status = 0;
    // SAFETY: the child is ours, and is waited for here alone.
    assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
    if libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0 {
        End::Done
    } else if libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == TOOK_MEMORY {
        End::TookMemory
    } else if libc::WIFSIGNALED(status) && libc::WTERMSIG(status) == SIGSYS {
        End::CalledTheSystem
    } else {
        End::Other(status)
    }
}

const TOOK_MEMORY: c_int = 3;

/// Bytes that the C library has given out in all its arenas; what was given back may still count for some time.
fn memory_in_use() -> c_int {
    // SAFETY: it reads the arenas, whose locks this only thread of the copy is free to take.
    unsafe { libc::mallinfo() }.uordblks
}

/// From here on every system call but the one that ends the process kills it.
fn forbid_system_calls() {
    let instruction = |code: u32, yes: u8, no: u8, k: u32| sock_filter { code: code as u16, jt: yes, jf: no, k };
    let mut filter = [
        // The number of the call is the first word of what the filter is shown.
        instruction(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, 0),
        instruction(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, 0, 1, SYS_exit_group as u32),
        instruction(libc::BPF_RET | libc::BPF_K, 0, 0, libc::SECCOMP_RET_ALLOW),
        instruction(libc::BPF_RET | libc::BPF_K, 0, 0, libc::SECCOMP_RET_KILL_PROCESS),
    ];
    let program = sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    // SAFETY: the program lives through the calls, which copy it.
    let is_set = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
            && libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program, null_mut::<u8>(), 0)
                == 0
    };
    if !is_set {
        // SAFETY: ends the copy only; the caller reads it as neither of the two ends it knows.
        unsafe { libc::_exit(2) };
    }
}
