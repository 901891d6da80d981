//! Blocks of all sorts, for both formats: automation of every parameter, unknown ones, transport that jumps and turns
//! within the block, buffers in place and apart, channels that are missing, numbers that are none.

use std::ptr::{null, null_mut};

use clap_sys::events::{CLAP_EVENT_TRANSPORT, CLAP_TRANSPORT_IS_PLAYING, CLAP_TRANSPORT_IS_RECORDING};
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process};
use nice_plug::wrapper::vst3::vst3::ComWrapper;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::ProcessContext_::StatesAndFlags_::{
    kPlaying, kRecording, kTempoValid,
};
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{IParameterChanges, ProcessContext};
use nice_plug::wrapper::vst3::vst3::Steinberg::kResultOk;

use crate::raw_vst3::Changes;
use crate::{raw_clap, raw_vst3};

const FRAMES: usize = raw_clap::FRAMES;
/// Some six seconds, the last five of them in one piece: the ring of hops is written round twice, cells come by the
/// dozen, and so do transforms.
const BLOCKS: usize = 1_600;
/// Until then the transport breaks off time and again.
const BROKEN: usize = 300;

/// The song's place at the first frame of block `k`, which follows on `position`: it jumps at first, and once goes back.
fn place(k: usize, position: usize) -> usize {
    match k {
        100 => 960_000,
        200 => 48_000,
        BROKEN => 4_800_000,
        _ => position,
    }
}

/// The host says nothing of the song.
fn is_silent(k: usize) -> bool {
    k < BROKEN && k.is_multiple_of(17)
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

pub fn active_clap() -> Box<raw_clap::Host> {
    let host = raw_clap::Host::new(Vec::new());
    host.activate();
    // The test host's own memory, for what the plugin sends it.
    host.out.borrow_mut().reserve(64);
    host
}

/// All of them through a CLAP, with changes of these parameters.
pub fn run_clap(host: &raw_clap::Host, ids: &[u32]) {
    use raw_clap::{Event, block, buffer, header, song, value};

    let [mut left, mut right, mut far_left, mut far_right] = [[0.0f32; FRAMES]; 4];
    let mut position = 0;
    for k in 0..BLOCKS {
        position = place(k, position);
        fill(&mut left, k);
        fill(&mut right, k + 31);
        let mut inputs = [left.as_mut_ptr(), if k % 23 == 4 { null_mut() } else { right.as_mut_ptr() }];
        let apart = [far_left.as_mut_ptr(), far_right.as_mut_ptr()];
        let mut outputs = if k % 2 == 0 { apart } else { [left.as_mut_ptr(), right.as_mut_ptr()] };
        let flags = CLAP_TRANSPORT_IS_PLAYING | if is_recording(k) { CLAP_TRANSPORT_IS_RECORDING } else { 0 };
        let playing = song(flags, position);
        let mut turn = song(flags, position + 256_000);
        turn.header = header::<clap_sys::events::clap_event_transport>(CLAP_EVENT_TRANSPORT, 64);
        let changed = value(ids[k % ids.len()], (k / ids.len() % 2) as f64);
        let events = [changed, value(42, 0.5), value(ids[1], f64::NAN), Event { transport: turn }];
        let turns = k < BROKEN && k.is_multiple_of(13) && frames(k) > 64;
        let (input, mut output) = (buffer(&mut inputs), buffer(&mut outputs));
        let block = clap_process {
            transport: if is_silent(k) { null() } else { &raw const playing },
            ..block(&input, &mut output, frames(k))
        };
        assert_ne!(host.process_raw(block, &events[..if turns { 4 } else { 3 }]), CLAP_PROCESS_ERROR);
        position += frames(k);
    }
}

pub fn active_vst3() -> raw_vst3::Instance {
    let instance = raw_vst3::Instance::new();
    instance.set_up(raw_vst3::REALTIME);
    instance.start();
    instance
}

/// Changes of every parameter to its ends, unknown ones and nonsense beside them.
pub fn changes(instance: &raw_vst3::Instance) -> Vec<ComWrapper<Changes>> {
    let ids = instance.ids();
    let unknown = [(42, 0.5), (ids[1], f64::NAN)];
    let change = |&id: &u32, value: f64| Changes::new(&[&[(id, value)], &unknown[..]].concat());
    ids.iter().map(|id| change(id, 1.0)).chain(ids.iter().map(|id| change(id, 0.0))).collect()
}

/// All of them through a VST3, with these changes.
pub fn run_vst3(instance: &raw_vst3::Instance, changes: &[ComWrapper<Changes>]) {
    use raw_vst3::{bus, data};

    // SAFETY: all fields are numbers.
    let mut context: ProcessContext = unsafe { std::mem::zeroed() };
    context.sampleRate = 48_000.0;
    context.tempo = 120.0;
    let [mut left, mut right, mut far_left, mut far_right] = [[0.0f32; FRAMES]; 4];
    let mut position = 0;
    for k in 0..BLOCKS {
        position = place(k, position);
        fill(&mut left, k);
        fill(&mut right, k + 31);
        let mut inputs = [left.as_mut_ptr(), if k % 23 == 4 { null_mut() } else { right.as_mut_ptr() }];
        let apart = [far_left.as_mut_ptr(), far_right.as_mut_ptr()];
        let mut outputs = if k % 2 == 0 { apart } else { [left.as_mut_ptr(), right.as_mut_ptr()] };
        #[allow(clippy::unnecessary_cast)] // Signed on Windows.
        let flags = (kPlaying | kTempoValid | if is_recording(k) { kRecording } else { 0 }) as u32;
        context.state = flags;
        context.projectTimeSamples = position as i64;
        let (mut input, mut output) = (bus(&mut inputs), bus(&mut outputs));
        let mut data = data(&mut input, &mut output, frames(k));
        data.processMode = if k % 200 > 190 { raw_vst3::OFFLINE } else { raw_vst3::REALTIME };
        data.processContext = if is_silent(k) { null_mut() } else { &raw mut context };
        let change = changes[k % changes.len()].as_com_ref::<IParameterChanges>();
        data.inputParameterChanges = change.map_or(null_mut(), |change| change.as_ptr());
        assert_eq!(instance.process_raw(&mut data), kResultOk);
        position += frames(k);
    }
}
