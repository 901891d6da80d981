//! Instances come and go, and leave nothing behind.

use keel_session::host::{Instance, PluginFile, Processor, Track};

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

/// Threads that the library started, by the names they gave themselves.
#[cfg(target_os = "linux")]
fn threads_of_the_library() -> Vec<String> {
    // A thread names itself first thing, yet needs a moment to get there.
    std::thread::sleep(std::time::Duration::from_millis(20));
    let tasks = std::fs::read_dir("/proc/self/task").expect("threads");
    let names = tasks.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok());
    names.filter(|name| name.starts_with("keel-col") || name.starts_with("bg-worker")).collect()
}

/// A host unloads the library after its last instance: code of it that still ran would crash the host.
#[test]
#[cfg(target_os = "linux")]
fn the_library_goes_with_its_last_instance_and_comes_back() {
    let _turn = alone();
    let copy = std::env::temp_dir().join(format!("keel-unload-{}.clap", std::process::id()));
    std::fs::copy(plugin().path(), &copy).expect("a copy, so that no other test holds it");
    let is_loaded = || {
        let maps = std::fs::read_to_string("/proc/self/maps").expect("maps");
        maps.lines().any(|line| line.contains(&*copy.to_string_lossy()))
    };
    for round in 0..10 {
        let life = || {
            let file = PluginFile::load(&copy).expect("loaded");
            let mut pair =
                ["Kick", "Bass"].map(|name| Instance::new(&file, &Track::stem(name, 2)).expect("an instance"));
            for instance in &mut pair {
                let mut processor = instance.activate(48_000.0, 256).expect("active");
                run(&mut processor, &[noise(9_600, 1), noise(9_600, 2)], &[256]);
                instance.deactivate(processor);
            }
            let report = parse(&pair[0].report(Some("song")).expect("a report"));
            assert_eq!(report["tracks"].as_array().map(Vec::len), Some(2), "a session of its own in round {round}");
            assert!(is_loaded());
            drop(pair);
            file
        };
        // On a thread of its own: what the library keeps for a thread holds it in memory until that ends.
        let file = std::thread::scope(|scope| scope.spawn(life).join().expect("no panic"));
        let left = threads_of_the_library();
        assert!(left.is_empty(), "{left:?} outlived the last instance in round {round}");
        drop(file);
        assert!(!is_loaded(), "still in memory after round {round}");
    }
    std::fs::remove_file(&copy).expect("the copy goes");
}
