//! Processes of one program and of different ones, linked as the plugin links them. The test starts itself again as each
//! process; on systems that do not report who started whom only a code links them.
#![cfg(target_os = "linux")]

#[allow(dead_code)] // shared with the hub's own tests
#[path = "link_hub/rig.rs"]
mod rig;

use std::cell::RefCell;
use std::fs;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use keel_core::dsp::{Cell, CellFlags, Sink};
use keel_core::link::{FOLDER_VARIABLE, TrackHandle, TrackWriter, session};
use keel_core::mix::{Profile, ScopeKind};

use rig::{Folder, cell, joined, shown, until};

const PUPPET: &str = "KEEL_TEST_PUPPET";
const ANSWER: &str = "puppet: ";

/// The other process: does what comes on its standard input, line by line.
#[test]
fn puppet() {
    if std::env::var_os(PUPPET).is_none() {
        return;
    }
    let mut tracks: Vec<(TrackHandle, TrackWriter)> = Vec::new();
    for line in std::io::stdin().lines() {
        let line = line.expect("a line");
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let answer = match verb {
            "join" => {
                tracks.push(joined(session(), rest));
                tracks[0].0.session_id().to_string()
            }
            "play" => {
                let (name, peak) = rest.rsplit_once(' ').expect("a name and a peak");
                let (_, writer) = tracks.iter_mut().find(|(track, _)| *track.name() == *name).expect("the track");
                play(writer, peak.parse().expect("a number"));
                String::new()
            }
            "code" => {
                session().set_code(Some(rest));
                String::new()
            }
            "shown" => {
                let mut names = shown(session());
                names.sort();
                names.join(",")
            }
            "offsets" => offsets(),
            "die" => std::process::abort(),
            _ => return,
        };
        // On a line of its own, whatever the test harness wrote before.
        println!("\n{ANSWER}{answer}");
    }
}

/// 20 s of a hit each half second, or of a steady sound where that is no drum's.
fn play(writer: &mut TrackWriter, peak: f32) {
    for index in 0..200 {
        let hit = if index % 5 == 2 { CellFlags::HIT } else { CellFlags(0) };
        let cell = cell(index, peak);
        let flags = CellFlags(cell.flags.0 | hit.0);
        writer.cell(&Cell { flags, hit_peak: peak, hit_power: peak * peak, hit_k_power: peak * peak, ..cell });
    }
}

/// Each track's offset in thousandths of a decibel, by name.
fn offsets() -> String {
    let report = session().report(&Profile::guide(), Some(ScopeKind::Song), None);
    let offset = |track: &keel_core::mix::TrackReport| {
        let offset = track.offset_db.map_or("none".into(), |db| format!("{:.3}", db.0));
        format!("{}={offset}", track.name)
    };
    let mut all: Vec<String> = report.tracks.iter().map(offset).collect();
    all.sort();
    all.join(",")
}

struct Puppet {
    child: Child,
    input: ChildStdin,
    output: RefCell<Lines<BufReader<ChildStdout>>>,
}

impl Puppet {
    fn start(folder: &Folder, executable: &Path) -> Self {
        let mut child = Command::new(executable)
            .args(["--exact", "puppet", "--nocapture", "--test-threads=1"])
            .env(PUPPET, "1")
            .env(FOLDER_VARIABLE, &folder.path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("another process of this test");
        let input = child.stdin.take().expect("its input");
        let output = RefCell::new(BufReader::new(child.stdout.take().expect("its output")).lines());
        Self { child, input, output }
    }

    fn order(&self, order: &str) -> String {
        writeln!(&self.input, "{order}").expect("the puppet listens");
        let mut lines = self.output.borrow_mut();
        loop {
            let line = lines.next().expect("an answer").expect("a line");
            if let Some(answer) = line.strip_prefix(ANSWER) {
                return answer.to_owned();
            }
        }
    }

    fn shows(&self, names: &str) {
        until(names, || self.order("shown") == names);
    }

    fn kill(mut self) {
        self.child.kill().expect("a live process");
    }
}

impl Drop for Puppet {
    fn drop(&mut self) {
        let _ = writeln!(self.input, "quit");
        let started = Instant::now();
        while self.child.try_wait().is_ok_and(|ended| ended.is_none()) && started.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn own_executable() -> PathBuf {
    std::env::current_exe().expect("this test's file")
}

/// This test in a folder of its own, as another program.
fn installed(folder: &Path, name: &str) -> PathBuf {
    let place = folder.join(name);
    fs::create_dir_all(&place).expect("a folder");
    let executable = place.join("host");
    fs::hard_link(own_executable(), &executable)
        .or_else(|_| fs::copy(own_executable(), &executable).map(drop))
        .expect("a program of its own");
    executable
}

#[test]
fn processes_of_one_program_are_one_session() {
    let folder = Folder::new();
    let (one, other) = (Puppet::start(&folder, &own_executable()), Puppet::start(&folder, &own_executable()));
    let song = one.order("join Kick");
    one.order("join Snare");
    assert_eq!(other.order("join Bass"), song, "it joins the session of those who are there");
    one.shows("Bass,Kick,Snare");
    other.shows("Bass,Kick,Snare");
    one.order("play Kick 0.5");
    one.order("play Snare 0.4");
    other.order("play Bass 0.25");
    let expected = "Bass=-6.021,Kick=-6.021,Snare=-1.938";
    for process in [&one, &other] {
        until("the same offsets everywhere", || process.order("offsets") == expected);
    }
    // Who comes now hears all that was played.
    let late = Puppet::start(&folder, &own_executable());
    late.order("join Vox");
    until("what was played before", || late.order("offsets").starts_with(expected));
    other.kill();
    one.shows("Kick,Snare,Vox");
    late.shows("Kick,Snare,Vox");
    drop((one, late));
    assert_eq!(folder.files(), Vec::<PathBuf>::new(), "nothing is left, though one was killed");
}

#[test]
fn unrelated_programs_see_each_other_by_a_code_only() {
    let folder = Folder::new();
    let programs = std::env::temp_dir().join(format!("keel-programs-{}", std::process::id()));
    let one = Puppet::start(&folder, &installed(&programs, "one"));
    let other = Puppet::start(&folder, &installed(&programs, "other"));
    assert_ne!(one.order("join Kick"), other.order("join Bass"));
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!((one.order("shown"), other.order("shown")), ("Kick".into(), "Bass".into()));
    one.order("code band room");
    other.order("code Band Room");
    one.shows("Bass,Kick");
    other.shows("Bass,Kick");
    drop((one, other));
    fs::remove_dir_all(&programs).expect("own folder");
}
