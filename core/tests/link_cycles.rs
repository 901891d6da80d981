//! A thousand instances that come and go leave nothing: no file, no thread, no descriptor.
#![cfg(target_os = "linux")]

#[path = "link_hub/rig.rs"]
#[allow(dead_code, reason = "each test file uses its part")]
mod rig;

use std::fs;

use keel_core::dsp::Sink;

use rig::{Folder, cell, joined, shown, until};

fn count(folder: &str) -> usize {
    fs::read_dir(folder).expect("a folder of this process").count()
}

#[test]
fn a_thousand_instances_leave_no_file_no_thread_and_no_descriptor() {
    let folder = Folder::new();
    let stays = folder.session(1, 1);
    let (_stays, _writer) = joined(&stays, "Stays");
    let other = folder.session(2, 1);
    let cycle = |linked: bool| {
        let (_handle, mut writer) = joined(&other, "Goes");
        writer.cell(&cell(0, 0.5));
        if linked {
            until("the link", || shown(&stays) == ["Stays", "Goes"] && shown(&other) == ["Goes", "Stays"]);
        }
    };
    cycle(true);
    until("the first to be gone", || shown(&stays) == ["Stays"]);
    let before = [count("/proc/self/fd"), count("/proc/self/task")];
    // Linking takes a quarter of a second: ten times of a thousand.
    (0..1_000).for_each(|round| cycle(round % 100 == 50));
    until("the last to be gone", || shown(&stays) == ["Stays"] && folder.files().len() == 1);
    let after = || [count("/proc/self/fd"), count("/proc/self/task")];
    until("threads and descriptors to be as before", || after() == before);
    drop((_stays, _writer));
    until("the folder to be empty", || folder.files().is_empty());
    until("the collectors to be gone", || count("/proc/self/task") == before[1] - 1);
}
