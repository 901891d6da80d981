//! A process of its own that hosts Keel in both formats, each a library of its own, and does what it is sent.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use keel_session::host::{Instance, PluginFile, Track, Transport};
use serde_json::Value;

use super::host::{self, Lane};
use super::plugin::{Buffers, MODULE_VARIABLE, OFFLINE, Plugin, REALTIME};
use super::signals;

const PUPPET: &str = "KEEL_TEST_PUPPET";
const CLAP: &str = "KEEL_TEST_CLAP";
const ANSWER: &str = "puppet: ";
const BLOCK: usize = 512;

enum Any {
    Clap(Box<Instance>),
    Vst3(Plugin),
}

impl Any {
    fn state(&mut self) -> Vec<u8> {
        match self {
            // CLAP's own length goes before the text.
            Self::Clap(instance) => instance.save().expect("a state")[8..].to_vec(),
            Self::Vst3(plugin) => plugin.save(),
        }
    }

    /// The report, of a format that hands it out.
    fn json(&mut self) -> Option<Value> {
        let Self::Clap(instance) = self else { return None };
        Some(serde_json::from_str(&instance.report(Some("song")).expect("a report")).expect("JSON"))
    }

    fn play(&mut self, input: &[Vec<f32>]) {
        match self {
            Self::Clap(instance) => play_clap(instance, input),
            Self::Vst3(plugin) => {
                plugin.start(REALTIME, 48_000.0, BLOCK);
                plugin.run(input, BLOCK, Buffers::Apart, &[]);
                plugin.stop();
            }
        }
    }
}

fn play_clap(instance: &mut Instance, input: &[Vec<f32>]) {
    let mut processor = instance.activate(48_000.0, BLOCK).expect("activation");
    let song = Transport::new(48_000.0, Some(120.0));
    for at in (0..input[0].len()).step_by(BLOCK) {
        let end = input[0].len().min(at + BLOCK);
        let from: Vec<&[f32]> = input.iter().map(|channel| &channel[at..end]).collect();
        let mut output = [[0.0f32; BLOCK]; 2];
        let mut to: Vec<&mut [f32]> = output.iter_mut().map(|channel| &mut channel[..end - at]).collect();
        processor.process(&from, &mut to, Some(&song.at(at as u64))).expect("a block");
    }
    instance.deactivate(processor);
}

/// What the process does, where it was started as a puppet.
pub fn obey() {
    if std::env::var_os(PUPPET).is_none() {
        return;
    }
    let library = PluginFile::load(Path::new(&std::env::var_os(CLAP).expect("a library"))).expect("the library");
    let mut tracks: Vec<(String, Any)> = Vec::new();
    for line in std::io::stdin().lines() {
        let line = line.expect("a line");
        let (verb, name) = line.split_once(' ').unwrap_or((&line, ""));
        let find =
            |tracks: &mut Vec<(String, Any)>| tracks.iter().position(|(other, _)| other == name).expect("a track");
        let answer = match verb {
            "clap" => {
                let instance = Instance::new(&library, &Track::stem(name, 2)).expect("an instance");
                tracks.push((name.into(), Any::Clap(Box::new(instance))));
                String::new()
            }
            "vst3" => {
                let plugin = Plugin::new();
                assert!(plugin.arrange(2) && plugin.set_channel_name(name));
                tracks.push((name.into(), Any::Vst3(plugin)));
                String::new()
            }
            "play" => {
                let at = find(&mut tracks);
                tracks[at].1.play(&signals::of(name));
                String::new()
            }
            "state" => {
                let at = find(&mut tracks);
                String::from_utf8(tracks[at].1.state()).expect("text").replace('\n', " ")
            }
            // The state of the first track goes into this one: a copy of it.
            "copy" => {
                let (at, state) = (find(&mut tracks), tracks[0].1.state());
                match &mut tracks[at].1 {
                    Any::Vst3(plugin) => assert!(plugin.load(&state)),
                    Any::Clap(_) => panic!("a VST3 instance takes copies"),
                }
                String::new()
            }
            // A state as a project has it, behind the track's name.
            "load" => {
                let (name, state) = name.split_once(' ').expect("a name and a state");
                let at = tracks.iter().position(|(other, _)| other == name).expect("a track");
                match &mut tracks[at].1 {
                    Any::Clap(instance) => instance.load(&enveloped(state)).expect("the state"),
                    Any::Vst3(plugin) => assert!(plugin.load(state.as_bytes())),
                }
                String::new()
            }
            "json" => {
                let json = tracks.iter_mut().find_map(|(_, any)| any.json()).expect("a CLAP instance");
                json.to_string()
            }
            // As a project that was saved with a session code.
            "code" => {
                let state = with_code(&tracks[0].1.state(), name);
                match &mut tracks[0].1 {
                    Any::Clap(instance) => instance.load(&state).expect("the state"),
                    Any::Vst3(_) => panic!("the first track is CLAP's"),
                }
                String::new()
            }
            // Five minutes of all tracks at once, the sound of each by its number and the one given.
            "render" | "render-announced" => {
                render(&mut tracks, name.parse().expect("a number"), verb == "render-announced");
                String::new()
            }
            "whole-report" => whole_report(&mut tracks).replace('\n', " "),
            "report" => tracks.iter_mut().find_map(|(_, any)| report(any)).expect("a CLAP instance"),
            _ => return,
        };
        println!("\n{ANSWER}{answer}");
    }
}

fn render(tracks: &mut [(String, Any)], first: usize, announced: bool) {
    const BLOCKS: [usize; 4] = [64, 512, host::LARGEST, 1024];
    let mut lanes = Vec::new();
    for (number, (_, any)) in tracks.iter_mut().enumerate() {
        let block = BLOCKS[number % BLOCKS.len()];
        if let Any::Clap(instance) = any {
            instance.set_offline(announced).expect("a render mode");
            let processor = instance.activate(48_000.0, block).expect("activation");
            lanes.push(Lane::new(host::Track::Clap(processor.into()), block, first + number));
        } else if let Any::Vst3(plugin) = any {
            plugin.start(if announced { OFFLINE } else { REALTIME }, 48_000.0, block);
            lanes.push(Lane::new(host::Track::Vst3(plugin), block, first + number));
        }
    }
    host::render(&mut lanes, !announced);
    let processor = |lane: Lane<'_>| if let host::Track::Clap(processor) = lane.track { Some(processor) } else { None };
    let processors: Vec<_> = lanes.into_iter().map(processor).collect();
    for ((_, any), processor) in tracks.iter_mut().zip(processors) {
        match any {
            Any::Clap(instance) => instance.deactivate(*processor.expect("its processor")),
            Any::Vst3(plugin) => plugin.stop(),
        }
    }
}

/// The report of the first CLAP instance.
fn whole_report(tracks: &mut [(String, Any)]) -> String {
    let clap = tracks.iter_mut().find_map(|(_, any)| if let Any::Clap(instance) = any { Some(instance) } else { None });
    clap.expect("a CLAP instance").report(Some("song")).expect("a report")
}

fn with_code(state: &[u8], code: &str) -> Vec<u8> {
    let mut state: Value = serde_json::from_slice(state).expect("JSON");
    let mut own: Value = serde_json::from_str(state["fields"]["keel"].as_str().expect("text")).expect("JSON");
    own["session_code"] = code.into();
    state["fields"]["keel"] = own.to_string().into();
    enveloped(&state.to_string())
}

/// As CLAP stores it: its length goes before the text.
fn enveloped(state: &str) -> Vec<u8> {
    [&(state.len() as u64).to_le_bytes()[..], state.as_bytes()].concat()
}

/// Names, offsets and the link, in one line.
fn report(any: &mut Any) -> Option<String> {
    let report = any.json()?;
    let mut line = String::new();
    let mut tracks: Vec<&Value> = report["tracks"].as_array().expect("tracks").iter().collect();
    tracks.sort_by_key(|track| track["name"].to_string());
    for track in tracks {
        write!(line, "{}={} ", track["name"].as_str().expect("a name"), track["offset_db"]).expect("memory");
    }
    write!(line, "| {}", report["link"]["state"].as_str().expect("a word")).expect("memory");
    Some(line)
}

/// The other end: a puppet of this test's own file, or of a copy of it elsewhere.
pub struct Puppet {
    child: Child,
    input: ChildStdin,
    output: RefCell<Lines<BufReader<ChildStdout>>>,
}

impl Puppet {
    pub fn start(hub: &Path, executable: &Path, libraries: &[PathBuf; 2]) -> Self {
        let mut child = Command::new(executable)
            .args(["--exact", "puppet", "--nocapture", "--test-threads=1"])
            .env(PUPPET, "1")
            .env(CLAP, &libraries[0])
            .env(MODULE_VARIABLE, &libraries[1])
            .env("KEEL_HUB_DIR", hub)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("another process of this test");
        let input = child.stdin.take().expect("its input");
        let output = RefCell::new(BufReader::new(child.stdout.take().expect("its output")).lines());
        Self { child, input, output }
    }

    pub fn send(&self, order: &str) -> String {
        writeln!(&self.input, "{order}").expect("the puppet listens");
        let mut lines = self.output.borrow_mut();
        loop {
            let line = lines.next().expect("an answer").expect("a line");
            if let Some(answer) = line.strip_prefix(ANSWER) {
                return answer.to_owned();
            }
        }
    }

    /// The report of the process' first CLAP instance.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.send("json")).expect("JSON")
    }

    /// A track's whole state, as a project stores it.
    pub fn saved(&self, track: &str) -> Value {
        serde_json::from_str(&self.send(&format!("state {track}"))).expect("JSON")
    }

    pub fn load(&self, track: &str, state: &Value) {
        self.send(&format!("load {track} {state}"));
    }

    /// Keel's own part of a track's state.
    pub fn state(&self, track: &str) -> Value {
        let state = self.saved(track);
        let mut own: Value = serde_json::from_str(state["fields"]["keel"].as_str().expect("text")).expect("JSON");
        own["params"] = state["params"].clone();
        own
    }
}

impl Drop for Puppet {
    fn drop(&mut self) {
        let _ = writeln!(self.input, "quit");
        let started = Instant::now();
        while self.child.try_wait().is_ok_and(|ended| ended.is_none()) && started.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
