//! Instances come and go, and leave nothing behind.

use keel_session::host::{Instance, Processor};

use super::common::*;

fn count(folder: &str) -> usize {
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

/// Threads and open files of this process. A thread that has been joined may linger in the kernel for a moment.
fn threads_and_files() -> (usize, usize) {
    std::thread::sleep(std::time::Duration::from_millis(100));
    (count("/proc/self/task"), count("/proc/self/fd"))
}

fn cycle(k: usize) {
    let channels = 1 + k as u32 % 2;
    let mut instance = instance(&format!("Track {k}"), channels);
    let mut processor = instance.activate(48_000.0, 64).expect("active");
    run(&mut processor, &vec![noise(640, k as u32); channels as usize], &[64]);
    instance.deactivate(processor);
}

/// Other tests of this process wait for their turn; their threads are there before and after.
#[test]
fn a_thousand_cycles_leave_threads_and_files_as_they_were() {
    let _turn = alone();
    (0..20).for_each(cycle);
    let before = threads_and_files();
    (0..1_000).for_each(cycle);
    let after = threads_and_files();
    assert!(
        after.0 <= before.0 + test_threads_that_may_come_and_go(),
        "threads: {} before, {} after",
        before.0,
        after.0
    );
    assert_eq!(after.1, before.1, "open files");
}

/// The test runner starts a thread for each test as others end: none of ours may be among more than these.
fn test_threads_that_may_come_and_go() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[test]
fn sixteen_instances_leave_in_any_order() {
    let _turn = alone();
    let mut rig: Vec<(Instance, Processor)> = (0..16)
        .map(|k| {
            let mut instance = instance(&format!("Track {k}"), 2);
            let processor = instance.activate(48_000.0, 256).expect("active");
            (instance, processor)
        })
        .collect();
    let audio = [noise(2_560, 1), noise(2_560, 2)];
    for step in [5, 3, 7, 2, 1] {
        for (_, processor) in &mut rig {
            run(processor, &audio, &[256]);
        }
        let at = step % rig.len();
        let (mut instance, processor) = rig.remove(at);
        instance.deactivate(processor);
        drop(instance);
        let tracks = parse(&rig[0].0.report(Some("song")).expect("a report"))["tracks"].as_array().map_or(0, Vec::len);
        assert_eq!(tracks, rig.len(), "the session knows who is left");
    }
    for (mut instance, processor) in rig {
        instance.deactivate(processor);
    }
}

#[test]
fn an_instance_is_activated_again_at_another_rate() {
    let _turn = alone();
    let mut instance = instance("Bass", 2);
    for (rate, block) in [(44_100.0, 512), (96_000.0, 64), (8_000.0, 1), (48_000.0, 4_096)] {
        let mut processor = instance.activate(rate, block).expect("active");
        let input = [noise(9_000, 1), noise(9_000, 2)];
        assert!(bits(&run(&mut processor, &input, &[block])) == bits(&input), "{rate} Hz");
        instance.deactivate(processor);
    }
    assert_eq!(instance.latency(), 0);
}
