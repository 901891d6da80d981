//! The audio thread of both formats, and of the meters alone, under RealtimeSanitizer.
#![cfg(target_os = "linux")]
#![allow(unsafe_code)] // A host is all pointers.

#[path = "../../realtime/blocks.rs"]
mod blocks;
#[allow(dead_code)] // shared with the entries' own tests
#[path = "../../raw_clap/mod.rs"]
mod raw_clap;
#[allow(dead_code)]
#[path = "../../raw_vst3/mod.rs"]
mod raw_vst3;

use std::hint::black_box;
use std::io::Write;
use std::sync::Mutex;

use blocks::{active_clap, active_vst3, changes, run_clap, run_vst3};
use keel_core::dsp::{Analyzer, Clock};
use keel_core::link::{Session, TrackConfig, session};
use keel_sanitized::{End, IS_THERE, sanitized};

/// The toolchain that the project pins brings the sanitizer for this system: a service that wants every check must not
/// miss it. Others that lack it are reported.
fn is_there() -> bool {
    let must_be =
        cfg!(target_arch = "x86_64") && std::env::var_os("CI").is_some_and(|ci| !ci.is_empty() && ci != "false");
    assert!(IS_THERE || !must_be, "no librustc-*_rt.rtsan.a among the toolchain's libraries");
    if !IS_THERE {
        eprintln!("skipped: this toolchain comes without RealtimeSanitizer (librustc-*_rt.rtsan.a)");
    }
    IS_THERE
}

#[test]
fn clap_process_makes_no_call_that_may_wait() {
    let host = active_clap();
    let ids: Vec<u32> = host.params().into_iter().map(|(_, id)| id).collect();
    if is_there() {
        assert_eq!(session().view(|_, _| sanitized(|| run_clap(&host, &ids))), End::Clean);
    }
    host.deactivate();
}

#[test]
fn vst3_process_makes_no_call_that_may_wait() {
    let instance = active_vst3();
    let changes = changes(&instance);
    if is_there() {
        assert_eq!(session().view(|_, _| sanitized(|| run_vst3(&instance, &changes))), End::Clean);
    }
    instance.stop();
}

/// Twenty seconds at the highest of the usual rates, with a jump in the middle.
#[test]
fn the_analyzer_and_its_rings_make_no_call_that_may_wait() {
    if !is_there() {
        return;
    }
    let own = Session::new();
    let (_handle, mut writer) = own.join(TrackConfig::default());
    let mut analyzer = Analyzer::new(192_000.0, 2);
    let noise: Vec<f32> = (0..1000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 8) as f32 / 1.7e7 - 0.5).collect();
    let run = || {
        for k in 0..3840 {
            let jump = if k < 1920 { 0 } else { 48_000_000 };
            let clock = Clock { position: jump + k * 1000, playing: true, gain: 1.0, ..Clock::default() };
            analyzer.process(&noise, Some(&noise[..]), &clock, &mut writer);
            writer.set_gain(0.5);
        }
        analyzer.flush(&mut writer);
    };
    assert_eq!(own.view(|_, _| sanitized(run)), End::Clean);
}

#[track_caller]
fn finds(call: &str, work: impl FnOnce()) {
    let End::Ended(report) = sanitized(work) else { panic!("nothing found of {call}") };
    let named = report.contains("RealtimeSanitizer") && report.contains(&format!("`{call}"));
    assert!(named, "the sanitizer does not report {call}:\n{report}");
}

/// The sanitizer sees what it is there for, by the C library's names, or how they begin (`open64`).
#[test]
fn planted_faults_are_found() {
    if !is_there() {
        return;
    }
    assert_eq!(sanitized(|| _ = black_box(1 + 1)), End::Clean);
    finds("malloc", || drop(black_box(Box::new(1))));
    let held = Vec::<u8>::with_capacity(8);
    finds("free", || drop(black_box(held)));
    let (lock, framework) = (Mutex::new(()), parking_lot::Mutex::new(()));
    let _held = (lock.lock(), framework.lock());
    finds("syscall", || drop(lock.lock()));
    // The framework's lock gives its turn away before it waits.
    finds("sched_yield", || drop(framework.lock()));
    finds("write", || _ = std::io::stderr().write_all(b"."));
    // It does not know the call that the standard library sleeps by: the filter of system calls in `tests/realtime.rs` does.
    // SAFETY: a number goes in.
    finds("usleep", || _ = unsafe { libc::usleep(1) });
    finds("open", || _ = std::fs::File::open("/dev/null"));
}
