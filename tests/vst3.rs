//! The built library as a VST3 module, under a host that does what hosts do, in the orders that hosts do it in.

#[path = "vst3/interfaces.rs"]
mod interfaces;
#[path = "vst3/plugin.rs"]
mod plugin;

use std::sync::{Mutex, MutexGuard, PoisonError};

use plugin::{Buffers, OFFLINE, Plugin, REALTIME, SETTLED_S};
use vst3::Steinberg::kResultOk;

/// All instances of a process share one session: tests take turns.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn noise(frames: usize, seed: u32) -> Vec<f32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1u32 << 23) as f32 - 1.0
    };
    let mut samples: Vec<f32> = (0..frames).map(|_| next()).collect();
    let odd = [f32::NAN, f32::INFINITY, 1e-42, -0.0, 3.0];
    for (k, sample) in samples.iter_mut().enumerate().filter(|(k, _)| k % 17 == 3) {
        *sample = odd[k % odd.len()];
    }
    samples
}

fn audio(channels: usize, frames: usize) -> Vec<Vec<f32>> {
    (0..channels).map(|channel| noise(frames, channel as u32 + 1)).collect()
}

fn sines() -> Vec<Vec<f32>> {
    let sine = |hz: f32| (0..24_000).map(|n| (n as f32 * hz * std::f32::consts::TAU / 48_000.0).sin() * 0.5).collect();
    vec![sine(50.0), sine(75.0)]
}

fn bits(audio: &[Vec<f32>]) -> Vec<Vec<u32>> {
    audio.iter().map(|channel| channel.iter().map(|sample| sample.to_bits()).collect()).collect()
}

#[test]
fn the_module_holds_keel() {
    assert_eq!(plugin::class_name(), "Keel");
}

#[test]
fn mono_and_stereo_pass_bit_for_bit_at_any_block_size() {
    let _turn = alone();
    for channels in [1, 2] {
        for block in [1, 7, 64, 512, 8192] {
            for buffers in [Buffers::Apart, Buffers::InPlace] {
                let mut plugin = Plugin::new();
                assert!(plugin.arrange(channels), "{channels} channels");
                plugin.start(REALTIME, 48_000.0, block);
                let input = audio(channels, (3 * block).max(10_000));
                let output = plugin.run(&input, block, buffers, &[]);
                assert!(bits(&output) == bits(&input), "{channels} channels, blocks of {block}, {buffers:?}: changed");
                plugin.stop();
            }
        }
    }
}

#[test]
fn what_is_neither_mono_nor_stereo_is_refused_and_stereo_stays() {
    let _turn = alone();
    let mut plugin = Plugin::new();
    assert!(!plugin.takes_surround(), "5.1 was taken");
    plugin.start(REALTIME, 48_000.0, 256);
    let input = audio(2, 2_560);
    assert!(bits(&plugin.run(&input, 256, Buffers::Apart, &[])) == bits(&input));
    plugin.stop();
}

/// With so much silence before it that a check sounds.
fn played(input: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let silence = vec![0.0; (SETTLED_S * 48_000.0) as usize];
    input.iter().map(|channel| [&silence[..], channel].concat()).collect()
}

/// The framework learns of a render one set-up late; a host may give just one.
#[test]
fn the_very_first_render_is_untouched_with_the_mono_check_on() {
    let _turn = alone();
    for check_by in ["controller", "first block"] {
        let mut plugin = Plugin::new();
        assert!(plugin.arrange(2));
        let changes: &[(&str, f64)] = if check_by == "controller" { &[] } else { &[("mono", 1.0)] };
        if check_by == "controller" {
            plugin.set_param("mono", 1.0);
        }
        plugin.start(OFFLINE, 48_000.0, 512);
        let input = sines();
        let output = plugin.run(&input, 512, Buffers::Apart, changes);
        assert!(bits(&output) == bits(&input), "mono check by {check_by} is in the first render");
        plugin.stop();

        plugin.start(REALTIME, 48_000.0, 512);
        plugin.pacing.play(true);
        let output = plugin.run(&played(&input), 512, Buffers::Apart, &[("mono", 1.0)]);
        plugin.pacing.play(false);
        assert_eq!(output[0][36_000..], output[1][36_000..], "in real time the check sounds ({check_by})");
        plugin.stop();

        plugin.start(OFFLINE, 48_000.0, 512);
        let output = plugin.run(&input, 512, Buffers::Apart, &[]);
        assert!(bits(&output) == bits(&input), "and the next render is untouched, too ({check_by})");
        plugin.stop();
    }
}

#[test]
fn the_mono_check_makes_both_sides_equal_without_a_click() {
    let _turn = alone();
    let mut plugin = Plugin::new();
    assert!(plugin.arrange(2));
    plugin.start(REALTIME, 48_000.0, 64);
    let input = sines();
    plugin.pacing.play(true);
    let output = plugin.run(&played(&input), 64, Buffers::InPlace, &[("mono", 1.0)]);
    let from = (SETTLED_S * 48_000.0) as usize;
    assert_eq!(output[0][from + 4_800..], output[1][from + 4_800..]);
    let allowed = 0.5 * std::f32::consts::TAU * 75.0 / 48_000.0 + 1.0 / 240.0;
    for side in &output {
        let jump = side.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0f32, f32::max);
        assert!(jump <= allowed, "a jump of {jump}, the signal and a fade allow {allowed}");
    }
    plugin.stop();
}

/// Carla's discovery activates before it sets up; others set up twice, or start over without stopping.
#[test]
fn set_up_and_activation_come_in_any_order() {
    let _turn = alone();
    let input = audio(2, 4_096);
    let orders: [&[&str]; 6] = [
        &["setup", "active", "processing"],
        &["active", "setup", "active", "processing"],
        &["setup", "setup", "active", "processing"],
        &["setup", "processing", "active", "processing"],
        &["setup", "active", "inactive", "setup", "active", "processing"],
        &["inactive", "setup", "active", "active", "processing"],
    ];
    for order in orders {
        let mut plugin = Plugin::new();
        assert!(plugin.arrange(2));
        for step in order {
            match *step {
                "setup" => assert!(plugin.setup(REALTIME, 48_000.0, 512), "{order:?}"),
                "active" => _ = plugin.set_active(true),
                "inactive" => _ = plugin.set_active(false),
                _ => _ = plugin.set_processing(true),
            }
        }
        let output = plugin.run(&input, 512, Buffers::Apart, &[]);
        assert!(bits(&output) == bits(&input), "{order:?}: changed");
        plugin.stop();
    }
}

#[test]
fn blocks_without_buffers_are_survived() {
    let _turn = alone();
    let mut plugin = Plugin::new();
    assert!(plugin.arrange(2));
    plugin.start(REALTIME, 48_000.0, 256);
    let (mut left, mut right) = (vec![0.5f32; 256], vec![0.25f32; 256]);
    let null = std::ptr::null_mut::<f32>();
    let mut whole = [left.as_mut_ptr(), right.as_mut_ptr()];
    let mut none = [null, null];
    let mut half = [left.as_mut_ptr(), null];
    let mut one = [left.as_mut_ptr()];

    plugin.process(None, Some(&mut whole), 256, 0, &[]);
    plugin.process(Some(&mut whole), None, 256, 256, &[]);
    plugin.process(None, None, 256, 512, &[]);
    plugin.process(Some(&mut none), Some(&mut whole), 256, 768, &[]);
    plugin.process(Some(&mut whole), Some(&mut none), 256, 1_024, &[]);
    plugin.process(Some(&mut half.clone()), Some(&mut half), 256, 1_280, &[]);
    plugin.process(Some(&mut one.clone()), Some(&mut one), 256, 1_536, &[]);
    plugin.process_buses(None, None, 256, 1_792, &[]);
    // A flush of parameters: no frames, no buses.
    assert_eq!(plugin.process_buses(None, None, 0, 2_048, &[(plugin::number_of("trim"), 0.75)]), kResultOk);
    assert!((plugin.param("trim") - 0.75).abs() < 1e-6, "{}", plugin.param("trim"));
    plugin.process_buses(None, None, 0, 2_048, &[(plugin::number_of("trim"), 0.5)]);

    let input = audio(2, 4_800);
    plugin.run(&input, 256, Buffers::Apart, &[]);
    assert!(bits(&plugin.run(&input, 256, Buffers::Apart, &[])) == bits(&input), "after all that the audio passes");
    plugin.stop();
}

/// One channel in a plugin that was arranged for two: what crashed the framework in pedalboard.
#[test]
fn a_mono_bus_into_a_stereo_plugin_is_survived() {
    let _turn = alone();
    let mut plugin = Plugin::new();
    assert!(plugin.arrange(2));
    plugin.start(REALTIME, 48_000.0, 256);
    let mut only = vec![0.5f32; 256];
    let mut output = vec![9.0f32; 256];
    for k in 0..20 {
        let (mut from, mut to) = ([only.as_mut_ptr()], [output.as_mut_ptr()]);
        plugin.process(Some(&mut from), Some(&mut to), 256, k * 256, &[]);
    }
    assert!(output == only || output == vec![9.0; 256] || output == vec![0.0; 256], "passed, untouched or silent");
    plugin.stop();
}

#[test]
fn state_comes_back_without_the_mono_check() {
    let _turn = alone();
    let first = Plugin::new();
    for (id, value) in [("trim", 0.6), ("reference", 1.0), ("out", 1.0), ("mono", 1.0)] {
        first.set_param(id, value);
    }
    let state = first.save();
    let saved = ["trim", "reference", "out"].map(|id| (id, first.param(id)));
    // Loaded beside its original it would be a duplicate, which drops the reference tag.
    drop(first);
    let second = Plugin::new();
    assert!(second.load(&state));
    for (id, value) in saved {
        assert!((second.param(id) - value).abs() < 1e-6, "{id}: {} for {value}", second.param(id));
    }
    assert_eq!(second.param("mono"), 0.0, "checks are never saved");
}

#[test]
fn broken_state_is_survived_and_loses_nothing() {
    let _turn = alone();
    let plugin = Plugin::new();
    plugin.set_param("trim", 0.6);
    let good = plugin.save();
    for broken in [&b""[..], b"abc", b"{}", &good[..good.len() / 2], &[0xff; 64]] {
        plugin.load(broken);
        assert!((plugin.param("trim") - 0.6).abs() < 1e-6, "{:?} lost the trim", String::from_utf8_lossy(broken));
    }
    assert!(plugin.load(&good));
}

#[test]
fn the_channel_name_is_taken() {
    let _turn = alone();
    let plugin = Plugin::new();
    assert!(plugin.set_channel_name("Bäss 808"), "IInfoListener");
    assert!(plugin.set_channel_name(""), "hosts send empty names");
}

#[test]
fn instances_come_and_go_with_threads_and_files_flat() {
    let _turn = alone();
    let count = |folder: &str| std::fs::read_dir(folder).map_or(0, Iterator::count);
    let now = || {
        std::thread::sleep(std::time::Duration::from_millis(100));
        (count("/proc/self/task"), count("/proc/self/fd"))
    };
    let input = audio(2, 1_024);
    let cycle = || {
        let mut plugin = Plugin::new();
        assert!(plugin.arrange(2));
        plugin.start(REALTIME, 48_000.0, 256);
        plugin.run(&input, 256, Buffers::Apart, &[("trim", 0.4)]);
        plugin.stop();
    };
    (0..10).for_each(|_| cycle());
    let before = now();
    (0..200).for_each(|_| cycle());
    let after = now();
    let runner = std::thread::available_parallelism().map_or(1, usize::from);
    assert!(after.0 <= before.0 + runner, "threads: {} before, {} after", before.0, after.0);
    assert_eq!(after.1, before.1, "open files");
}

#[test]
fn a_value_set_while_no_block_follows_is_shown_and_saved() {
    let _turn = alone();
    let mut plugin = Plugin::new();
    plugin.start(REALTIME, 48_000.0, 512);
    plugin.run(&audio(2, 1_024), 512, Buffers::Apart, &[]);
    plugin.set_param("trim", 0.6);
    assert!((plugin.param("trim") - 0.6).abs() < 1e-6, "shown: {}", plugin.param("trim"));
    plugin.set_param("trim", 0.7);
    let state = plugin.save();
    let copy = Plugin::new();
    assert!(copy.load(&state));
    assert!((copy.param("trim") - 0.7).abs() < 1e-6, "saved: {}", copy.param("trim"));
    // What a block says is newer than what the controller got before it.
    plugin.set_param("trim", 0.9);
    plugin.run(&audio(2, 512), 512, Buffers::Apart, &[("trim", 0.5)]);
    assert!((plugin.param("trim") - 0.5).abs() < 1e-6, "after a block: {}", plugin.param("trim"));
    plugin.stop();
}
