//! A change of a parameter inside a block acts at its frame, in both formats.

#![allow(unsafe_code)] // A host is all pointers.

#[allow(dead_code)] // shared with the entries' own tests
mod raw_clap;
#[allow(dead_code)]
mod raw_vst3;

use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::IParameterChanges;
use raw_clap::{Event, Host};
use raw_vst3::{Changes, Instance};

const BLOCK: usize = 4096;
/// The trim's ramp at 48 kHz.
const RAMP: usize = 960;
/// Trim at 0 dB and at 12, from 0 to 1.
const PLAIN: f64 = 0.5;
const LOUD: f64 = 0.75;

/// Something that trims a block, with changes of the trim at frames of it.
trait Trimmer {
    fn run(&self, input: &[f32], changes: &[(usize, f64)]) -> Vec<f32>;
}

impl Trimmer for Host {
    fn run(&self, input: &[f32], changes: &[(usize, f64)]) -> Vec<f32> {
        let trim = self.id("Trim");
        let event = |&(frame, to): &(usize, f64)| {
            let mut event = raw_clap::value(trim, to);
            event.value.header.time = frame as u32;
            event
        };
        let events: Vec<Event> = changes.iter().map(event).collect();
        let mut left = input.to_vec();
        let mut right = input.to_vec();
        let mut out = [vec![9.0f32; input.len()], vec![9.0f32; input.len()]];
        let mut inputs = [left.as_mut_ptr(), right.as_mut_ptr()];
        let mut outputs = out.each_mut().map(|channel| channel.as_mut_ptr());
        let (input, mut output) = (raw_clap::buffer(&mut inputs), raw_clap::buffer(&mut outputs));
        self.process_raw(raw_clap::block(&input, &mut output, left.len()), &events);
        assert!(out[0] == out[1]);
        out[0].clone()
    }
}

impl Trimmer for Instance {
    fn run(&self, input: &[f32], changes: &[(usize, f64)]) -> Vec<f32> {
        let trim = self.ids()[1];
        let changes: Vec<_> = changes.iter().map(|&(frame, to)| (trim, frame as i32, to)).collect();
        let changes = Changes::at(&changes).to_com_ptr::<IParameterChanges>().expect("a list");
        let mut left = input.to_vec();
        let mut right = input.to_vec();
        let mut out = [vec![9.0f32; input.len()], vec![9.0f32; input.len()]];
        let mut inputs = [left.as_mut_ptr(), right.as_mut_ptr()];
        let mut outputs = out.each_mut().map(|channel| channel.as_mut_ptr());
        let (mut input, mut output) = (raw_vst3::bus(&mut inputs), raw_vst3::bus(&mut outputs));
        let mut data = raw_vst3::data(&mut input, &mut output, left.len());
        data.inputParameterChanges = changes.as_ptr();
        self.process_raw(&mut data);
        assert!(out[0] == out[1]);
        out[0].clone()
    }
}

fn both(check: impl Fn(&dyn Trimmer)) {
    let host = Host::new(Vec::new());
    host.activate();
    check(&*host);
    host.deactivate();
    let instance = Instance::new();
    instance.set_up(raw_vst3::REALTIME);
    instance.start();
    check(&instance);
    instance.stop();
}

#[test]
fn a_step_begins_at_its_frame() {
    let input = vec![0.1f32; BLOCK + RAMP];
    both(|trimmer| {
        for frame in (0..BLOCK).step_by(97) {
            let up = trimmer.run(&input, &[(frame, LOUD)]);
            assert!(up[..frame].iter().all(|&sample| sample == 0.1), "before frame {frame}");
            assert!(up[frame] > 0.1 && up[frame] < 0.102, "at frame {frame}: {}", up[frame]);
            let settled = up[frame + RAMP - 1];
            assert!((settled / 0.1 - 3.981).abs() < 0.001, "20 ms after frame {frame}: {settled}");
            assert!(up[frame + RAMP - 1..].iter().all(|&sample| sample == settled));
            let down = trimmer.run(&input, &[(frame, PLAIN)]);
            assert!(down[..frame].iter().all(|&sample| sample == settled) && down[frame] < settled);
            assert_eq!(down.last(), Some(&0.1), "back at 0 dB to the bit");
        }
    });
}

#[test]
fn steps_in_one_block_are_as_steps_between_blocks() {
    let input: Vec<f32> = (0..BLOCK).map(|n| (n as f32 * 0.01).sin() * 0.3).collect();
    let changes: Vec<(usize, f64)> =
        (0..BLOCK).step_by(97).enumerate().map(|(k, frame)| (frame, 0.3 + 0.1 * (k % 5) as f64)).collect();
    both(|trimmer| {
        let together = trimmer.run(&input, &changes);
        trimmer.run(&vec![0.0; 2 * RAMP], &[(0, PLAIN)]);
        let mut apart = Vec::new();
        for (k, &(frame, to)) in changes.iter().enumerate() {
            let end = changes.get(k + 1).map_or(BLOCK, |next| next.0);
            apart.extend(trimmer.run(&input[frame..end], &[(0, to)]));
        }
        assert!(together == apart, "the same to the bit");
        trimmer.run(&vec![0.0; 2 * RAMP], &[(0, PLAIN)]);
    });
}
