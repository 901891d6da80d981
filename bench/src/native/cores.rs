//! Which core a thread runs on.

/// Keeps the calling thread on core `k` of those that the process may use, counted from 0 and round again. False where
/// the system takes no such request.
pub fn stay_on_core(k: usize) -> bool {
    #[cfg(target_os = "linux")]
    {
        // SAFETY: a set of cores is plain bits, and all of them zero is the empty set.
        let (mut allowed, mut chosen): (libc::cpu_set_t, libc::cpu_set_t) =
            unsafe { (std::mem::zeroed(), std::mem::zeroed()) };
        let size = size_of::<libc::cpu_set_t>();
        // SAFETY: 0 is the calling thread, and the set has `size` bytes.
        if unsafe { libc::sched_getaffinity(0, size, &raw mut allowed) } != 0 {
            return false;
        }
        let width = libc::CPU_SETSIZE as usize;
        // SAFETY: below the width of the set.
        let cores: Vec<usize> = (0..width).filter(|&core| unsafe { libc::CPU_ISSET(core, &allowed) }).collect();
        let Some(&core) = cores.get(k % cores.len().max(1)) else { return false };
        // SAFETY: as above, for both.
        unsafe {
            libc::CPU_SET(core, &mut chosen);
            libc::sched_setaffinity(0, size, &raw const chosen) == 0
        }
    }
    #[cfg(not(target_os = "linux"))]
    {
        _ = k;
        false
    }
}
