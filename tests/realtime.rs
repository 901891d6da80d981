//! What the audio thread may not do: process asks for no memory, waits for no lock, reads and writes nothing. Both
//! entries are run from the outside, Keel's guards and the framework's part included.
#![cfg(target_os = "linux")] // The kernel's filter of system calls is the witness.
#![allow(unsafe_code)] // A host is all pointers.

#[path = "realtime/blocks.rs"]
mod blocks;
#[path = "realtime/jail.rs"]
mod jail;
#[allow(dead_code)] // shared with the entries' own tests
mod raw_clap;
#[allow(dead_code)]
mod raw_vst3;

use std::sync::Mutex;

use blocks::{active_clap, active_vst3, changes, run_clap, run_vst3};
use jail::{End, jailed};
use keel_core::link::session;

/// While somebody looks at the session, every track's history is locked.
#[test]
fn clap_process_asks_for_nothing_even_while_the_session_is_locked() {
    let host = active_clap();
    let ids: Vec<u32> = host.params().into_iter().map(|(_, id)| id).collect();
    assert_eq!(session().view(|_, _| jailed(|| run_clap(&host, &ids))), End::Done);
    run_clap(&host, &ids);
    host.deactivate();
}

#[test]
fn vst3_process_asks_for_nothing_even_while_the_session_is_locked() {
    let instance = active_vst3();
    let changes = changes(&instance);
    assert_eq!(session().view(|_, _| jailed(|| run_vst3(&instance, &changes))), End::Done);
    run_vst3(&instance, &changes);
    instance.stop();
}

/// The witnesses see what they are there for.
#[test]
fn memory_a_taken_lock_and_output_are_found_out() {
    assert_eq!(jailed(|| {}), End::Done);
    assert_eq!(jailed(|| drop(std::hint::black_box(Box::new(1)))), End::CalledTheSystem, "memory");
    let permitted = || nice_plug::util::permit_alloc(|| drop(std::hint::black_box(Box::new(1))));
    assert_eq!(jailed(permitted), End::CalledTheSystem, "memory that the framework permits itself");
    let (lock, framework) = (Mutex::new(()), parking_lot::Mutex::new(()));
    let _held = (lock.lock(), framework.lock());
    assert_eq!(jailed(|| drop(lock.lock())), End::CalledTheSystem, "a lock that another holds");
    assert_eq!(jailed(|| drop(framework.lock())), End::CalledTheSystem, "a lock that another holds");
    assert_eq!(jailed(|| eprint!(".")), End::CalledTheSystem, "output");
    assert_eq!(jailed(|| _ = std::fs::metadata("/")), End::CalledTheSystem, "a look at the disk");
}
