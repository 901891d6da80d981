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

use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use blocks::{active_clap, active_vst3, changes, run_clap, run_vst3};
use jail::{End, jailed};
use keel_core::link::{FOLDER_VARIABLE, HubConfig, Session, TrackConfig, session};
use keel_core::mix::LinkState;

/// How a process ends that asks for nothing. It reads the clock, which is no system call but on machines whose clock is
/// one: there the jail cannot know.
fn clean() -> End {
    let end = jailed(|| _ = std::hint::black_box(Instant::now()));
    if end != End::Done {
        println!("not tested: to read the clock is a system call on this machine ({end:?})");
    }
    end
}

/// While a view holds the session, every track's history is locked.
#[test]
fn clap_process_asks_for_nothing_even_while_the_session_is_locked() {
    let host = active_clap();
    let ids: Vec<u32> = host.params().into_iter().map(|(_, id)| id).collect();
    assert_eq!(session().view(|_, _| jailed(|| run_clap(&host, &ids))), clean());
    run_clap(&host, &ids);
    host.deactivate();
}

#[test]
fn vst3_process_asks_for_nothing_even_while_the_session_is_locked() {
    let instance = active_vst3();
    let changes = changes(&instance);
    assert_eq!(session().view(|_, _| jailed(|| run_vst3(&instance, &changes))), clean());
    run_vst3(&instance, &changes);
    instance.stop();
}

/// Set where this test's file runs again with a hub folder of its own: the link is settled once for a process.
const LINKED: &str = "KEEL_TEST_LINKED";

#[test]
fn both_ask_for_nothing_while_another_binary_reads_along() {
    let folder = std::env::temp_dir().join(format!("keel-realtime-{}", std::process::id()));
    let mut again = Command::new(std::env::current_exe().expect("this test's file"));
    again.args(["--exact", "linked", "--nocapture", "--test-threads=1"]);
    let output = again.env(LINKED, "1").env(FOLDER_VARIABLE, &folder).output().expect("this test again");
    let _ = std::fs::remove_dir_all(&folder);
    let printed = String::from_utf8_lossy(&output.stdout);
    let faults = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && printed.contains("read along"), "{printed}{faults}");
}

#[test]
fn linked() {
    if std::env::var_os(LINKED).is_none() {
        return;
    }
    // To the link another binary is another session over the same folder.
    let reader = Session::linked(Some(HubConfig::of_user().expect("the folder")));
    let (_track, _writer) = reader.join(TrackConfig::default());
    let (clap, vst3) = (active_clap(), active_vst3());
    let received = || -> Vec<usize> {
        reader.view(|tracks, _| tracks[1..].iter().map(|track| track.song.cells().count()).collect())
    };
    until("the link", || session().link().state == LinkState::Linked && received().len() == 2);
    let ids: Vec<u32> = clap.params().into_iter().map(|(_, id)| id).collect();
    let changes = changes(&vst3);
    for round in 0..3 {
        assert_eq!(session().view(|_, _| jailed(|| run_clap(&clap, &ids))), clean(), "CLAP, round {round}");
        assert_eq!(session().view(|_, _| jailed(|| run_vst3(&vst3, &changes))), clean(), "VST3, round {round}");
        // What ran in the jail went with its copy of this process.
        run_clap(&clap, &ids);
        run_vst3(&vst3, &changes);
        until("all that was played", || received().iter().all(|cells| *cells > 40));
    }
    clap.deactivate();
    vst3.stop();
    println!("read along: {:?} cells", received());
}

fn until(what: &str, reached: impl Fn() -> bool) {
    let start = Instant::now();
    while !reached() {
        assert!(start.elapsed() < Duration::from_secs(60), "waited 60 s for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
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
    let past_rust = || _ = std::hint::black_box(std::thread::current().id());
    assert_eq!(
        jailed(past_rust),
        End::TookMemory,
        "memory that the standard library takes for a thread it did not start"
    );
    assert_eq!(jailed(|| eprint!(".")), End::CalledTheSystem, "output");
    assert_eq!(jailed(|| _ = std::fs::metadata("/")), End::CalledTheSystem, "a question to the disk");
}
