//! Renders far faster than real time, through the built library in both formats: all of the song arrives.

#[path = "render/host.rs"]
mod host;
#[allow(dead_code)] // shared with the VST3 tests
#[path = "vst3/interfaces.rs"]
mod interfaces;
#[allow(dead_code)]
#[path = "vst3/plugin.rs"]
mod plugin;

use std::sync::{Mutex, MutexGuard, PoisonError};

use host::{Lane, assert_whole, render};
use keel_session::host::{Instance, PluginFile, Track};
use plugin::{OFFLINE, Plugin, REALTIME};
use serde_json::Value;

/// Eight tracks at once, and one that gets to the full speed.
const SESSIONS: [&[usize]; 2] = [&[64, 512, 8192, 512, 64, 8192, 1024, 256], &[512]];

/// All instances of a process share one session: tests take turns.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn file() -> PluginFile {
    PluginFile::beside_executable().unwrap_or_else(|error| panic!("{error}"))
}

fn clap(file: &PluginFile, name: &str) -> Instance {
    Instance::new(file, &Track::stem(name, 2)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn report(instance: &mut Instance) -> Value {
    serde_json::from_str(&instance.report(Some("song")).expect("a report")).expect("JSON")
}

fn name(number: usize) -> String {
    format!("Take {number}")
}

/// Renders a session in CLAP instances.
fn render_clap(blocks: &[usize], announced: bool) {
    let file = file();
    let mut instances: Vec<Instance> = (0..blocks.len()).map(|number| clap(&file, &name(number))).collect();
    let mut lanes = Vec::new();
    for (number, (instance, &block)) in instances.iter_mut().zip(blocks).enumerate() {
        instance.set_offline(announced).expect("a render mode");
        let processor = instance.activate(48_000.0, block).expect("activation");
        lanes.push(Lane::new(host::Track::Clap(processor.into()), block, number));
    }
    render(&mut lanes, !announced);
    for (instance, lane) in instances.iter_mut().zip(lanes) {
        if let host::Track::Clap(processor) = lane.track {
            instance.deactivate(*processor);
        }
    }
    let report = report(&mut instances[0]);
    (0..blocks.len()).for_each(|number| assert_whole(&report, &name(number), number));
}

/// Renders a session in VST3 instances; a CLAP instance of the same library, and so of the same session, reads along.
fn render_vst3(blocks: &[usize], announced: bool) {
    let file = file();
    let mut plugins: Vec<Plugin> = blocks.iter().map(|_| Plugin::new()).collect();
    for (number, (plugin, &block)) in plugins.iter_mut().zip(blocks).enumerate() {
        assert!(plugin.arrange(2) && plugin.set_channel_name(&name(number)));
        plugin.start(if announced { OFFLINE } else { REALTIME }, 48_000.0, block);
    }
    let lane = |(number, (plugin, &block))| Lane::new(host::Track::Vst3(plugin), block, number);
    let mut lanes: Vec<Lane<'_>> = plugins.iter().zip(blocks).enumerate().map(lane).collect();
    render(&mut lanes, !announced);
    plugins.iter().for_each(Plugin::stop);
    let report = report(&mut clap(&file, "Onlooker"));
    (0..blocks.len()).for_each(|number| assert_whole(&report, &name(number), number));
}

#[test]
fn five_minutes_announced_are_whole_in_clap() {
    let _turn = alone();
    SESSIONS.iter().for_each(|blocks| render_clap(blocks, true));
}

#[test]
fn five_minutes_without_a_word_are_whole_in_clap() {
    let _turn = alone();
    SESSIONS.iter().for_each(|blocks| render_clap(blocks, false));
}

#[test]
fn five_minutes_announced_are_whole_in_vst3() {
    let _turn = alone();
    SESSIONS.iter().for_each(|blocks| render_vst3(blocks, true));
}

#[test]
fn five_minutes_without_a_word_are_whole_in_vst3() {
    let _turn = alone();
    SESSIONS.iter().for_each(|blocks| render_vst3(blocks, false));
}
