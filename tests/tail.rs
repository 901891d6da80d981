//! Keel has no tail: one without end would keep every track awake, and stretch exports.

#![allow(unsafe_code)] // A host is all pointers.

#[allow(dead_code, reason = "this file uses a part of it")]
mod raw_clap;
#[allow(dead_code, reason = "this file uses a part of it")]
mod raw_vst3;

use clap_sys::ext::tail::{CLAP_EXT_TAIL, clap_plugin_tail};
use clap_sys::process::CLAP_PROCESS_CONTINUE_IF_NOT_QUIET;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::IAudioProcessorTrait;

/// Sound, then silence.
const LEVELS: [f32; 4] = [0.5, 0.5, 0.0, 0.0];

#[test]
fn a_clap_lets_its_host_cease_to_call_once_it_is_quiet() {
    let host = raw_clap::Host::new(Vec::new());
    host.activate();
    for level in LEVELS {
        let (mut left, mut right) = ([level; raw_clap::FRAMES], [level; raw_clap::FRAMES]);
        let mut outputs = [[9.0f32; raw_clap::FRAMES]; 2];
        let mut inputs = [left.as_mut_ptr(), right.as_mut_ptr()];
        let mut outputs = outputs.each_mut().map(|channel| channel.as_mut_ptr());
        let (input, mut output) = (raw_clap::buffer(&mut inputs), raw_clap::buffer(&mut outputs));
        let status = host.process_raw(raw_clap::block(&input, &mut output, raw_clap::FRAMES), &[]);
        assert_eq!(status, CLAP_PROCESS_CONTINUE_IF_NOT_QUIET);
        let tail = host.extension::<clap_plugin_tail>(CLAP_EXT_TAIL);
        // SAFETY: the plugin is alive.
        let frames = tail.and_then(|tail| tail.get).map_or(0, |get| unsafe { get(host.plugin) });
        assert_eq!(frames, 0);
    }
    host.deactivate();
}

#[test]
fn a_vst3_tells_of_no_tail() {
    let instance = raw_vst3::Instance::new();
    // SAFETY: the instance is alive.
    let tail = || unsafe { instance.processor.getTailSamples() };
    instance.set_up(raw_vst3::REALTIME);
    assert_eq!(tail(), 0);
    instance.start();
    for level in LEVELS {
        let channel = [level; raw_vst3::FRAMES];
        instance.process(&channel, &channel, raw_vst3::REALTIME);
        assert_eq!(tail(), 0);
    }
    instance.stop();
    assert_eq!(tail(), 0);
}
