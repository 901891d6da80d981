//! Real instances in both formats and in several processes: one session. The test starts itself again as each process.
#![cfg(target_os = "linux")] // Elsewhere processes do not tell who started whom.

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

use serde_json::Value;
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
        all.iter().for_each(|name| _ = alone.tell(&format!("clap {name}")));
        all.iter().for_each(|name| _ = alone.tell(&format!("play {name}")));
        offsets(&alone.tell("report"))
    };
    assert_eq!(expected.len(), 4, "{expected:?}");

    let (one, other) = (place.start(&own_executable()), place.start(&own_executable()));
    one.tell("clap Kick");
    one.tell("vst3 Snare");
    other.tell("clap Bass");
    other.tell("vst3 Pads");
    one.tell("play Kick");
    other.tell("play Bass");
    one.tell("play Snare");
    other.tell("play Pads");
    for process in [&one, &other] {
        until("every track with its whole song", || {
            let read = offsets(&process.tell("report"));
            let near = |((name, read), (wanted, offset)): (&(String, f64), &(String, f64))| {
                name == wanted && (read - offset).abs() <= 0.01
            };
            read.len() == 4 && read.iter().zip(&expected).all(near)
        });
        assert!(process.tell("report").ends_with("| linked"), "{}", process.tell("report"));
    }
    let song = one.state("Kick")["session_id"].clone();
    for (process, track) in [(&one, "Snare"), (&other, "Bass"), (&other, "Pads")] {
        assert_eq!(process.state(track)["session_id"], song, "{track}");
    }
    // A VST3 instance knows of CLAP tracks: with the state of one it is its copy.
    one.tell("copy Snare");
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
    tracks.iter().for_each(|track| _ = here.tell(track));
    there.tell("clap Onlooker");
    let report = || -> Value { serde_json::from_str(&there.tell("whole-report")).expect("JSON") };
    until("the link", || report()["tracks"].as_array().is_some_and(|tracks| tracks.len() == 5));
    for (order, first) in [("render", 0), ("render-announced", 3)] {
        here.tell(&format!("{order} {first}"));
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
    one.tell("clap Kick");
    other.tell("clap Bass");
    std::thread::sleep(Duration::from_secs(1));
    for (process, name) in [(&one, "Kick"), (&other, "Bass")] {
        let report = process.tell("report");
        assert!(report.starts_with(&format!("{name}=")) && report.ends_with("| alone"), "{report}");
        assert_eq!(report.matches('=').count(), 1, "{report}");
    }
    assert_ne!(one.state("Kick")["session_id"], other.state("Bass")["session_id"]);
    one.tell("code band room");
    other.tell("code Band Room");
    for process in [&one, &other] {
        until("the link by code", || {
            let report = process.tell("report");
            report.contains("Bass=") && report.contains("Kick=") && report.ends_with("| linked")
        });
    }
    assert_eq!(one.state("Kick")["session_code"], "band room");
}
