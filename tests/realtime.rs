//! What the audio thread may not do: process asks for no memory, waits for no lock, reads and writes nothing. Both
//! entries are run from the outside, Keel's guards and the framework's part included.
#![cfg(target_os = "linux")] // The kernel's filter of system calls is the witness.
#![allow(unsafe_code)] // A host is all pointers.

#[path = "realtime/jail.rs"]
mod jail;
#[allow(dead_code)] // shared with the entries' own tests
mod raw_clap;
#[allow(dead_code)]
mod raw_vst3;

use std::ptr::{null, null_mut};
use std::sync::Mutex;

use clap_sys::events::{CLAP_EVENT_TRANSPORT, CLAP_TRANSPORT_IS_PLAYING, CLAP_TRANSPORT_IS_RECORDING};
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process};
use jail::{End, jailed};
use keel_core::link::session;
use nice_plug::wrapper::vst3::vst3::ComWrapper;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::ProcessContext_::StatesAndFlags_::{
    kPlaying, kRecording, kTempoValid,
};
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{IParameterChanges, ProcessContext};
use nice_plug::wrapper::vst3::vst3::Steinberg::kResultOk;
use raw_vst3::Changes;

const FRAMES: usize = raw_clap::FRAMES;
/// About eight seconds: the ring of hops is written round three times, cells come by the dozen.
const BLOCKS: usize = 1_600;

/// The song's place at block `k`: it jumps now and then, and once goes back.
fn place(k: usize) -> usize {
    let jump = [0, 960_000, 48_000, 4_800_000][k / 100 % 4];
    jump + k * FRAMES
}

fn is_recording(k: usize) -> bool {
    k % 300 > 280
}

fn frames(k: usize) -> usize {
    match k % 11 {
        3 => 0,
        5 => 1,
        7 => 100,
        _ => FRAMES,
    }
}

/// Fills a block with all sorts of numbers.
fn fill(samples: &mut [f32; FRAMES], k: usize) {
    for (n, sample) in samples.iter_mut().enumerate() {
        *sample = match (n + k) % 97 {
            0 => f32::NAN,
            1 => f32::INFINITY,
            2 => 1e-42,
            n => (n as f32 - 48.0) / 40.0,
        };
    }
}

fn active_clap() -> Box<raw_clap::Host> {
    let host = raw_clap::Host::new(Vec::new());
    host.activate();
    // The test host's own memory, for what the plugin tells it.
    host.out.borrow_mut().reserve(64);
    host
}

/// Blocks of all sorts: automation of every parameter, unknown ones, transport that turns within the block, in place
/// and apart, channels that are missing.
fn run_clap(host: &raw_clap::Host, ids: &[u32]) {
    use raw_clap::{Event, block, buffer, header, song, value};

    let [mut left, mut right, mut far_left, mut far_right] = [[0.0f32; FRAMES]; 4];
    for k in 0..BLOCKS {
        fill(&mut left, k);
        fill(&mut right, k + 31);
        let mut inputs = [left.as_mut_ptr(), if k % 23 == 4 { null_mut() } else { right.as_mut_ptr() }];
        let apart = [far_left.as_mut_ptr(), far_right.as_mut_ptr()];
        let mut outputs = if k % 2 == 0 { apart } else { [left.as_mut_ptr(), right.as_mut_ptr()] };
        let flags = CLAP_TRANSPORT_IS_PLAYING | if is_recording(k) { CLAP_TRANSPORT_IS_RECORDING } else { 0 };
        let playing = song(flags, place(k));
        let mut turn = song(flags, place(k + 1_000));
        turn.header = header::<clap_sys::events::clap_event_transport>(CLAP_EVENT_TRANSPORT, 64);
        let changed = value(ids[k % ids.len()], (k / ids.len() % 2) as f64);
        let events = [changed, value(42, 0.5), value(ids[1], f64::NAN), Event { transport: turn }];
        let count = if k % 13 == 0 && frames(k) > 64 { 4 } else { 3 };
        let (input, mut output) = (buffer(&mut inputs), buffer(&mut outputs));
        let block = clap_process {
            transport: if k % 17 == 0 { null() } else { &raw const playing },
            ..block(&input, &mut output, frames(k))
        };
        assert_ne!(host.process_raw(block, &events[..count]), CLAP_PROCESS_ERROR);
    }
}

fn run_vst3(instance: &raw_vst3::Instance, changes: &[ComWrapper<Changes>]) {
    use raw_vst3::{bus, data};

    // SAFETY: all fields are numbers.
    let mut context: ProcessContext = unsafe { std::mem::zeroed() };
    context.sampleRate = 48_000.0;
    context.tempo = 120.0;
    let [mut left, mut right, mut far_left, mut far_right] = [[0.0f32; FRAMES]; 4];
    for k in 0..BLOCKS {
        fill(&mut left, k);
        fill(&mut right, k + 31);
        let mut inputs = [left.as_mut_ptr(), if k % 23 == 4 { null_mut() } else { right.as_mut_ptr() }];
        let apart = [far_left.as_mut_ptr(), far_right.as_mut_ptr()];
        let mut outputs = if k % 2 == 0 { apart } else { [left.as_mut_ptr(), right.as_mut_ptr()] };
        #[allow(clippy::unnecessary_cast)] // Signed on Windows.
        let flags = (kPlaying | kTempoValid | if is_recording(k) { kRecording } else { 0 }) as u32;
        context.state = flags;
        context.projectTimeSamples = place(k) as i64;
        let (mut input, mut output) = (bus(&mut inputs), bus(&mut outputs));
        let mut data = data(&mut input, &mut output, frames(k));
        data.processMode = if k % 200 > 190 { raw_vst3::OFFLINE } else { raw_vst3::REALTIME };
        data.processContext = if k % 17 == 0 { null_mut() } else { &raw mut context };
        let change = changes[k % changes.len()].as_com_ref::<IParameterChanges>();
        data.inputParameterChanges = change.map_or(null_mut(), |change| change.as_ptr());
        assert_eq!(instance.process_raw(&mut data), kResultOk);
    }
}

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
    let instance = raw_vst3::Instance::new();
    instance.set_up(raw_vst3::REALTIME);
    instance.start();
    let ids = instance.ids();
    let unknown = [(42, 0.5), (ids[1], f64::NAN)];
    let change = |&id: &u32, value: f64| Changes::new(&[&[(id, value)], &unknown[..]].concat());
    let changes: Vec<_> = ids.iter().map(|id| change(id, 1.0)).chain(ids.iter().map(|id| change(id, 0.0))).collect();
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
