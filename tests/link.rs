//! Real instances in both formats and in several processes: one session. The test starts itself again as each process.
#![cfg(target_os = "linux")] // Elsewhere processes do not say who started whom.

#[allow(dead_code)] // shared with the tests of renders
#[path = "render/host.rs"]
mod host;
#[allow(dead_code)] // shared with the VST3 tests
#[path = "vst3/interfaces.rs"]
mod interfaces;
#[allow(dead_code, unused_imports)]
#[path = "vst3/plugin.rs"]
mod plugin;
#[path = "link/signals.rs"]
mod signals;
#[path = "link/puppet.rs"]
mod the_puppet;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use keel_core::link::{Format, LinkView, PATIENCE, survey};
use keel_core::mix::LinkState;
use serde_json::{Value, json};
use the_puppet::Puppet;

#[test]
fn puppet() {
    the_puppet::obey();
}

/// A folder with the plugin as CLAP and as VST3 (two libraries to the system), and a place for hub files.
struct Place {
    folder: PathBuf,
    libraries: [PathBuf; 2],
}

impl Place {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("keel-link-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let file = keel_session::host::PluginFile::beside_executable().unwrap_or_else(|error| panic!("{error}"));
        let libraries = ["Keel.clap", "Keel.so"].map(|name| folder.join(name));
        for library in &libraries {
            fs::copy(file.path(), library).expect("a copy");
        }
        Self { folder, libraries }
    }

    fn hub(&self) -> PathBuf {
        self.folder.join("hub")
    }

    fn start(&self, executable: &Path) -> Puppet {
        Puppet::start(&self.hub(), executable, &self.libraries)
    }

    /// This test's file in a folder of its own: another program.
    fn installed(&self, name: &str) -> PathBuf {
        let place = self.folder.join(name);
        fs::create_dir_all(&place).expect("a folder");
        let own = own_executable();
        let executable = place.join("host");
        fs::hard_link(&own, &executable).or_else(|_| fs::copy(&own, &executable).map(drop)).expect("a program");
        executable
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn own_executable() -> PathBuf {
    std::env::current_exe().expect("this test's file")
}

fn until(what: &str, reached: impl Fn() -> bool) {
    let start = Instant::now();
    while !reached() {
        assert!(start.elapsed() < Duration::from_secs(60), "waited 60 s for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Offsets by name from a puppet's report.
fn offsets(report: &str) -> Vec<(String, f64)> {
    let tracks = report.split('|').next().unwrap_or_default().split_whitespace();
    let offset = |track: &str| {
        let (name, offset) = track.split_once('=')?;
        Some((name.to_owned(), offset.parse().ok()?))
    };
    tracks.filter_map(offset).collect()
}

#[test]
fn clap_and_vst3_in_two_processes_are_one_session() {
    let place = Place::new("formats");
    let all = ["Kick", "Snare", "Bass", "Pads"];
    let expected = {
        let alone = place.start(&place.installed("alone"));
        all.iter().for_each(|name| _ = alone.send(&format!("clap {name}")));
        all.iter().for_each(|name| _ = alone.send(&format!("play {name}")));
        offsets(&alone.send("report"))
    };
    assert_eq!(expected.len(), 4, "{expected:?}");

    let (one, other) = (place.start(&own_executable()), place.start(&own_executable()));
    one.send("clap Kick");
    one.send("vst3 Snare");
    other.send("clap Bass");
    other.send("vst3 Pads");
    one.send("play Kick");
    other.send("play Bass");
    one.send("play Snare");
    other.send("play Pads");
    for process in [&one, &other] {
        until("every track with its whole song", || {
            let read = offsets(&process.send("report"));
            let near = |((name, read), (wanted, offset)): (&(String, f64), &(String, f64))| {
                name == wanted && (read - offset).abs() <= 0.01
            };
            read.len() == 4 && read.iter().zip(&expected).all(near)
        });
        assert!(process.send("report").ends_with("| linked"), "{}", process.send("report"));
    }
    let song = one.state("Kick")["session_id"].clone();
    for (process, track) in [(&one, "Snare"), (&other, "Bass"), (&other, "Pads")] {
        assert_eq!(process.state(track)["session_id"], song, "{track}");
    }
    // Who reads along from outside knows which plug-in each file is, and how its own instances see the link.
    let seen = survey(&place.hub(), PATIENCE);
    assert_eq!(seen.files.len(), 4, "{seen:?}");
    for track in seen.files.iter().flat_map(|file| &file.tracks) {
        let format = if ["Kick", "Bass"].contains(&track.name.as_str()) { Format::Clap } else { Format::Vst3 };
        let view = Some(LinkView { state: LinkState::Linked, tracks: 3 });
        assert_eq!((track.format, track.view), (format, view), "{}", track.name);
    }
    // A VST3 instance knows of CLAP tracks: with the state of one it is its copy.
    one.send("copy Snare");
    let (kick, copy) = (one.state("Kick"), one.state("Snare"));
    assert_ne!(kick["instance_id"], copy["instance_id"]);
    drop((one, other));
    assert_eq!(fs::read_dir(place.hub()).expect("the hub's folder").count(), 0, "nothing is left");
}

/// Two processes, both formats: what the one renders is whole in the other, at the first pass and after another.
#[test]
fn five_minutes_rendered_in_one_process_are_whole_in_another() {
    let place = Place::new("render");
    let (here, there) = (place.start(&own_executable()), place.start(&own_executable()));
    let tracks = ["clap Take 0", "vst3 Take 1", "clap Take 2", "vst3 Take 3"];
    tracks.iter().for_each(|track| _ = here.send(track));
    there.send("clap Reader");
    let report = || -> Value { serde_json::from_str(&there.send("whole-report")).expect("JSON") };
    until("the link", || report()["tracks"].as_array().is_some_and(|tracks| tracks.len() == 5));
    for (order, first) in [("render", 0), ("render-announced", 3)] {
        here.send(&format!("{order} {first}"));
        let fault = || (0..4).find_map(|number| host::fault(&report(), &format!("Take {number}"), first + number));
        let start = Instant::now();
        while let Some(fault) = fault() {
            assert!(start.elapsed() < Duration::from_secs(60), "after 60 s: {fault}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

#[test]
fn hosts_of_different_folders_see_each_other_by_a_code_only() {
    let place = Place::new("hosts");
    let (one, other) = (place.start(&place.installed("one")), place.start(&place.installed("other")));
    one.send("clap Kick");
    other.send("clap Bass");
    std::thread::sleep(Duration::from_secs(1));
    for (process, name) in [(&one, "Kick"), (&other, "Bass")] {
        let report = process.send("report");
        assert!(report.starts_with(&format!("{name}=")) && report.ends_with("| alone"), "{report}");
        assert_eq!(report.matches('=').count(), 1, "{report}");
    }
    assert_ne!(one.state("Kick")["session_id"], other.state("Bass")["session_id"]);
    one.send("code band room");
    other.send("code Band Room");
    for process in [&one, &other] {
        until("the link by code", || {
            let report = process.send("report");
            report.contains("Bass=") && report.contains("Kick=") && report.ends_with("| linked")
        });
    }
    assert_eq!(one.state("Kick")["session_code"], "band room");
}

/// A state with something else in Keel's own part.
fn with(state: &Value, key: &str, value: Value) -> Value {
    let (mut state, mut own) = (state.clone(), own_part(state));
    own[key] = value;
    state["fields"]["keel"] = own.to_string().into();
    state
}

fn own_part(state: &Value) -> Value {
    serde_json::from_str(state["fields"]["keel"].as_str().expect("text")).expect("JSON")
}

/// A track of a report.
fn track<'r>(report: &'r Value, name: &str) -> &'r Value {
    let mut tracks = report["tracks"].as_array().expect("tracks").iter();
    tracks.find(|track| track["name"] == name).unwrap_or(&Value::Null)
}

const BAND: [&str; 4] = ["Kick", "Snare", "Bass", "Pads"];

/// Opens one part of the band in each of two processes, a CLAP and a VST3 in both.
fn open_band(place: &Place) -> [Puppet; 2] {
    let processes = [place.start(&own_executable()), place.start(&own_executable())];
    for (name, (process, format)) in BAND.iter().zip([(0, "clap"), (0, "vst3"), (1, "clap"), (1, "vst3")]) {
        processes[process].send(&format!("{format} {name}"));
    }
    until("the four to see each other", || processes.iter().all(|process| tracks_seen(process) == 4));
    processes
}

fn tracks_seen(process: &Puppet) -> usize {
    process.json()["tracks"].as_array().map_or(0, Vec::len)
}

fn process_of<'p>(processes: &'p [Puppet; 2], name: &str) -> &'p Puppet {
    &processes[usize::from(["Bass", "Pads"].contains(&name))]
}

#[test]
fn targets_and_ignored_tracks_reach_every_instance_and_come_back_with_the_project() {
    let place = Place::new("requests");
    let targets = place.folder.join("loud.toml");
    fs::write(&targets, "[roles.bass]\nlow = -9.0\nhigh = -4.0\n").expect("a file");
    let path = targets.to_str().expect("text");
    let holds = |processes: &[Puppet; 2], ignored: &str| {
        let stored = |name: &&str| {
            let own = process_of(processes, name).state(name);
            own["profile"] == path && own["ignored"] == json!([ignored])
        };
        let shown = |process: &Puppet| {
            let report = process.json();
            report["profile"] == "loud"
                && track(&report, "Bass")["target"]["low_db"] == json!(-9.0)
                && track(&report, "Pads")["is_ignored"] == true
                && track(&report, "Kick")["is_ignored"] == false
        };
        BAND.iter().all(stored) && processes.iter().all(shown)
    };
    let processes = open_band(&place);
    let pads = processes[1].state("Pads")["instance_id"].as_str().expect("an id").to_owned();
    let chosen = with(&with(&processes[0].saved("Kick"), "profile", path.into()), "ignored", json!([pads]));
    processes[0].load("Kick", &chosen);
    until("every instance to judge and store alike", || holds(&processes, &pads));
    let says = |process: &Puppet, words: &str| process.json()["notes"].to_string().contains(words);
    assert!(processes.iter().all(|process| says(process, "Ignored in this session: Pads.")));

    // A file that gets broken, or goes, is said everywhere, and what was read of it holds.
    fs::write(&targets, "[roles.bass]\nlow = -9.0\nhihg = -4.0\n").expect("a file");
    until("the fault to be said", || processes.iter().all(|process| says(process, "line 3, column 1")));
    assert!(holds(&processes, &pads), "what was read before still holds");
    fs::remove_file(&targets).expect("own file");
    until("the loss to be said", || processes.iter().all(|process| says(process, "cannot read")));
    assert!(holds(&processes, &pads));

    let project: Vec<Value> = BAND.iter().map(|name| process_of(&processes, name).saved(name)).collect();
    drop(processes);
    let again = open_band(&place);
    let open = |state: &Value, name: &&str| process_of(&again, name).load(name, state);
    project.iter().zip(&BAND).for_each(|(state, name)| open(state, name));
    // Without its file a profile is named as it was, and the guide holds until it is back.
    until("the project's word on a file that is gone", || again.iter().all(|process| says(process, "cannot read")));
    assert!(again.iter().all(|process| process.json()["profile"] == "guide"));
    fs::write(&targets, "[roles.bass]\nlow = -9.0\nhigh = -4.0\n").expect("a file");
    until("all of it to come back", || holds(&again, &pads));
}

#[test]
fn of_two_references_with_one_id_the_later_gives_up_tag_and_id() {
    let place = Place::new("copies");
    // Of two programs, so that neither knows of the other when it loads.
    let (one, other) = (place.start(&place.installed("one")), place.start(&place.installed("two")));
    one.send("clap Kick");
    other.send("clap Kick");
    let mut tagged = one.saved("Kick");
    tagged["params"]["reference"] = json!({ "bool": true });
    for process in [&one, &other] {
        process.load("Kick", &tagged);
        assert_eq!(process.state("Kick")["params"]["reference"], json!({ "bool": true }));
    }
    assert_eq!(one.state("Kick")["instance_id"], other.state("Kick")["instance_id"], "one song, opened twice");
    one.send("code room");
    other.send("code room");
    until("one of them to give way", || {
        let states = [one.state("Kick"), other.state("Kick")];
        let tags = states.iter().filter(|state| state["params"]["reference"] == json!({ "bool": true })).count();
        states[0]["instance_id"] != states[1]["instance_id"] && tags == 1
    });
    for process in [&one, &other] {
        until("one reference without a conflict", || {
            let report = process.json();
            report["tracks"].as_array().map(Vec::len) == Some(2) && report["reference"]["state"] == "live"
        });
    }
}

#[test]
fn two_copies_of_a_song_are_kept_apart_until_one_is_closed() {
    let place = Place::new("twice");
    let open = |states: Option<&[Value]>| {
        let process = place.start(&own_executable());
        for (index, name) in BAND.iter().enumerate() {
            process.send(&format!("{} {name}", if index % 2 == 0 { "clap" } else { "vst3" }));
        }
        states.into_iter().flatten().zip(&BAND).for_each(|(state, name)| process.load(name, state));
        process
    };
    let state = |process: &Puppet| process.json()["link"]["state"].as_str().unwrap_or_default().to_owned();
    let one = open(None);
    until("one song of both formats", || tracks_seen(&one) == 4);
    let project: Vec<Value> = BAND.iter().map(|name| one.saved(name)).collect();
    let other = open(Some(&project));
    until("the pause", || [&one, &other].into_iter().all(|process| state(process) == "paused"));
    for process in [&one, &other] {
        assert!(process.json()["notes"].to_string().contains("Two copies of this song are open"));
    }
    let ids = |process: &Puppet| BAND.map(|name| process.state(name)["instance_id"].to_string());
    assert!(ids(&one).iter().all(|id| !ids(&other).contains(id)), "what the copy stores is its own");
    until("who reads along to be informed by both formats", || {
        let seen = survey(&place.hub(), PATIENCE);
        let mut tracks = seen.files.iter().flat_map(|file| &file.tracks);
        seen.files.len() == 4 && tracks.all(|track| track.view.is_some_and(|view| view.state == LinkState::Paused))
    });
    drop(other);
    until("the end of the pause", || state(&one) != "paused" && tracks_seen(&one) == 4);
}
