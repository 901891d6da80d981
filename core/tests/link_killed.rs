//! Processes that are killed at random moments: nothing of theirs is ever shown wrong, their tracks go, the others stay.
#![cfg(unix)]

#[path = "link_hub/rig.rs"]
#[allow(dead_code, reason = "each test file uses its part")]
mod rig;

use std::collections::BTreeSet;
use std::env;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use keel_core::dsp::{Bands, Cell, CellFlags, Hop, Sink};
use keel_core::link::{HubConfig, Session};
use keel_core::mix::TrackInput;

use rig::{Folder, joined, until};

/// Names the folder to a process that is there to be killed.
const VICTIM: &str = "KEEL_TEST_VICTIM";
/// Processes killed in a run: so many, or what this variable says.
const KILLS: &str = "KEEL_TEST_KILLS";
const USUAL_KILLS: usize = 100;
/// Processes at a time, and tracks of each.
const AT_ONCE: usize = 5;
const TRACKS: u32 = 3;

/// xorshift64 (Marsaglia, 2003).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }
}

/// A level that only this track has at this place.
fn level(name: &str, place: i64) -> f32 {
    let seed = name.bytes().fold(place as u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    Dice(seed | 1).roll(1 << 20) as f32 / (1 << 20) as f32
}

fn playing() -> CellFlags {
    CellFlags::PLAYING.with(CellFlags::COMPLETE, true)
}

fn cell_of(name: &str, index: i32) -> Cell {
    let peak = level(name, index.into());
    Cell {
        index,
        frames: 4_800,
        power: [peak * 2.0, peak * 3.0],
        cross: -peak,
        k_power: peak * 4.0,
        peak: [peak, peak / 2.0],
        true_peak: peak,
        gain: 1.0,
        epoch: 1,
        flags: playing(),
        ..Cell::default()
    }
}

fn bands_of(name: &str, index: i32) -> Bands {
    let mut bands = Bands::new(index, 96_000, 1, playing());
    let power = f64::from(level(name, index.into()));
    bands.set(index.unsigned_abs() as usize % 39, [power, power / 2.0], power / 4.0);
    bands
}

fn hop_of(name: &str, index: i64) -> Hop {
    let peak = level(name, index);
    Hop {
        index,
        frames: 480,
        peak: [peak; 2],
        power: [peak; 2],
        gain: 1.0,
        flags: CellFlags::PLAYING,
        ..Hop::default()
    }
}

/// What a victim does until it is killed: nothing without a folder, so that it is a test that passes.
#[test]
fn victim() {
    let Some(folder) = env::var_os(VICTIM) else { return };
    let id = std::process::id();
    let session = Session::linked(Some(HubConfig::apart(Path::new(&folder), id.into(), 1)));
    let mut tracks: Vec<_> = (0..TRACKS)
        .map(|track| {
            let name = format!("{id}/{track}");
            let (handle, writer) = joined(&session, &name);
            (name, handle, writer)
        })
        .collect();
    let end = Instant::now() + Duration::from_secs(120);
    for index in 0.. {
        for (name, _, writer) in &mut tracks {
            (0..10).for_each(|hop| writer.hop(&hop_of(name, i64::from(index) * 10 + hop)));
            writer.cell(&cell_of(name, index));
            if index % 20 == 19 {
                writer.bands(&bands_of(name, index / 20));
            }
        }
        thread::sleep(Duration::from_millis(1));
        if Instant::now() > end {
            return;
        }
    }
}

fn start(folder: &Folder) -> Child {
    let program = env::current_exe().expect("this program");
    let mut command = Command::new(program);
    command.args(["--exact", "victim", "--nocapture"]).env(VICTIM, &folder.path);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a process of this program")
}

/// Compares all that is shown of a track with what its name says it must be; returns its cells.
fn checked(track: &TrackInput<'_>) -> usize {
    let name = track.name;
    for cell in track.song.cells() {
        assert_eq!(*cell, cell_of(name, cell.index), "{name}");
    }
    for bands in track.song.bands(0, 1 << 20) {
        assert_eq!(*bands, bands_of(name, bands.index), "{name}");
    }
    assert!(track.held_peak.is_none_or(|peak| (0.0..=1.0).contains(&peak)), "{name}: {:?}", track.held_peak);
    track.song.cells().count()
}

/// Two sessions of this process, which watch while others are killed.
struct Survivors {
    sessions: [Session; 2],
    seen: BTreeSet<String>,
    cells: usize,
}

impl Survivors {
    fn compare(&mut self) {
        for session in &self.sessions {
            let shown = session.view(|tracks, _| {
                let names: Vec<&str> = tracks.iter().map(|track| track.name).collect();
                assert!(names.contains(&"Here") && names.contains(&"There"), "a survivor was disturbed: {names:?}");
                for track in tracks {
                    self.cells += checked(track);
                    self.seen.insert(track.name.to_owned());
                }
                tracks.iter().map(|track| (track.id, track.name.to_owned())).collect::<Vec<_>>()
            });
            for (id, name) in shown {
                for hop in session.newest_hops(id) {
                    assert_eq!(hop, hop_of(&name, hop.index), "{name}");
                }
            }
        }
    }
}

#[test]
fn a_hundred_processes_killed_at_random_moments_leave_nothing_wrong() {
    let kills = env::var(KILLS).ok().and_then(|kills| kills.parse().ok()).unwrap_or(USUAL_KILLS);
    let folder = Folder::new();
    let (here, there) = (folder.session(1, 1), folder.session(2, 1));
    let (_here, mut writer) = joined(&here, "Here");
    let (_there, _there_writer) = joined(&there, "There");
    until("the survivors to be linked", || [&here, &there].iter().all(|session| rig::shown(session).len() == 2));
    let mut survivors = Survivors { sessions: [here, there], seen: BTreeSet::new(), cells: 0 };
    let mut dice = Dice(0x6b69_6c6c);
    let mut running: Vec<Child> = Vec::new();
    let mut index = 0;
    for _ in 0..kills {
        while running.len() < AT_ONCE {
            running.push(start(&folder));
        }
        // From a process that has not yet begun to one that has been writing for a while.
        let mut victim = running.swap_remove(dice.roll(AT_ONCE as u64) as usize);
        let end = Instant::now() + Duration::from_millis(dice.roll(100));
        while Instant::now() < end {
            writer.cell(&cell_of("Here", index));
            index += 1;
            survivors.compare();
            thread::sleep(Duration::from_millis(2));
        }
        victim.kill().expect("a process of ours");
        victim.wait().expect("a process of ours");
    }
    for mut victim in running {
        victim.kill().expect("a process of ours");
        victim.wait().expect("a process of ours");
    }
    survivors.compare();
    until("all the dead to be gone", || {
        survivors.sessions.iter().all(|session| rig::shown(session).len() == 2) && folder.files().len() == 2
    });
    until("the survivor's song to be whole", || {
        survivors.sessions[1].view(|tracks, _| {
            let here = tracks.iter().find(|track| track.name == "Here").expect("a survivor");
            checked(here) == index as usize
        })
    });
    let victims: BTreeSet<&str> = survivors.seen.iter().filter_map(|name| Some(name.split_once('/')?.0)).collect();
    println!("{kills} killed, {} of them seen at work, {} cells compared", victims.len(), survivors.cells);
    assert!(victims.len() >= kills / 10, "only {} processes were ever seen: nothing was tried", victims.len());
}
