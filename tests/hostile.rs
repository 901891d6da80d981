//! Hosts that get it wrong, each in a process of its own: none ends it, none hangs, and sound that must pass still passes.
#![cfg(target_os = "linux")]
#![allow(unsafe_code)] // A host is all pointers.

#[path = "hostile/clap.rs"]
mod clap;
#[path = "hostile/clap_blocks.rs"]
mod clap_blocks;
#[path = "hostile/clap_extensions.rs"]
mod clap_extensions;
#[allow(dead_code)] // shared with the entries' own tests
mod raw_clap;
#[allow(dead_code)]
mod raw_vst3;
#[path = "hostile/vst3.rs"]
mod vst3;
#[path = "hostile/vst3_blocks.rs"]
mod vst3_blocks;
#[path = "hostile/windows.rs"]
mod windows;
#[path = "hostile/windows_threads.rs"]
mod windows_threads;
#[path = "hostile/windows_vst3.rs"]
mod windows_vst3;

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A host's slip by its name.
type Case = (&'static str, fn());

const CLAP: &[&[Case]] = &[clap::CASES, clap_blocks::CASES, clap_extensions::CASES];
const VST3: &[&[Case]] = &[vst3::CASES, vst3_blocks::CASES];
const WINDOWS: &[&[Case]] = &[windows::CASES, windows_threads::CASES, windows_vst3::CASES];

/// Set to the case that this test's file is to run.
const CASE: &str = "KEEL_TEST_HOSTILE";
/// A hang, even on a machine that is busy with something else.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn slips_of_clap_hosts() {
    assert_survived(CLAP);
}

#[test]
fn slips_of_vst3_hosts() {
    assert_survived(VST3);
}

#[test]
fn slips_with_windows() {
    // Xvfb starts over when its last client leaves, and turns away who comes meanwhile: one client stays.
    let Ok(_stays) = x11rb::connect(None) else {
        println!("skipped: no X11 display");
        return;
    };
    assert_survived(WINDOWS);
}

/// What the tests above run, each case in a process of its own.
#[test]
fn a_case() {
    let Ok(name) = std::env::var(CASE) else { return };
    let mut all = [CLAP, VST3, WINDOWS].into_iter().flatten().copied().flatten();
    let (_, run) = all.find(|(other, _)| *other == name).expect("a case of that name");
    run();
    println!("survived");
}

fn assert_survived(cases: &[&[Case]]) {
    let cases: Vec<Case> = cases.concat();
    let mut faults = Vec::new();
    for (name, _) in &cases {
        if let Some(fault) = fault(name) {
            faults.push(format!("{name}: {fault}"));
        }
    }
    assert!(faults.is_empty(), "{} of {} cases:\n{}", faults.len(), cases.len(), faults.join("\n"));
}

fn fault(case: &str) -> Option<String> {
    let mut again = Command::new(std::env::current_exe().expect("this test's file"));
    again.args(["--exact", "a_case", "--nocapture", "--test-threads=1"]).env(CASE, case);
    let mut child = again.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("this test again");
    if !ends(&mut child) {
        child.kill().expect("own process");
        child.wait().expect("own process");
        return Some("hangs".to_owned());
    }
    let output = child.wait_with_output().expect("its output");
    let survived = output.status.success() && String::from_utf8_lossy(&output.stdout).contains("survived");
    let last: Vec<_> = String::from_utf8_lossy(&output.stderr).lines().take(6).map(str::to_owned).collect();
    (!survived).then(|| format!("{}\n    {}", output.status, last.join("\n    ")))
}

fn ends(child: &mut Child) -> bool {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if child.try_wait().expect("own process").is_some() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    false
}

/// A tone with all sorts of numbers in it, for both sides.
fn tone() -> [Vec<f32>; 2] {
    let mut left: Vec<f32> = (0..3_000).map(|n| (n as f32 * 0.03).sin() * 0.5).collect();
    let right = left.iter().map(|sample| -sample * 0.7).collect();
    for (at, odd) in [(3, 1e-42), (4, f32::NAN), (5, -0.0), (6, f32::INFINITY)] {
        left[at] = odd;
    }
    [left, right]
}

fn assert_untouched(out: &[Vec<f32>; 2]) {
    let bits = |channels: &[Vec<f32>; 2]| channels.clone().map(|c| c.iter().map(|s| s.to_bits()).collect::<Vec<_>>());
    assert!(bits(out) == bits(&tone()), "the sound does not pass bit for bit");
}
