//! Which processes belong together without a word from the user: those that one program of one installation started.

use std::path::{Path, PathBuf};

use crate::link::track::hash;

/// This process, and the program that it is part of, as numbers that all its binaries agree on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessScope {
    pub process: u64,
    /// The first ancestor from the same installation.
    pub program: u64,
}

impl ProcessScope {
    /// Of this process.
    pub fn own() -> Self {
        let mut processes = Processes;
        let own = process(&mut processes, std::process::id());
        match own {
            Some(own) => Self { process: own.number(), program: program(&mut processes, own).number() },
            // Where the system does not say who started whom, a process belongs to itself only.
            None => {
                let number = hash(&[&std::process::id().to_string()]);
                Self { process: number, program: number }
            }
        }
    }
}

/// A running process. A number is given to another process some day, a number with a start time is not.
#[derive(Clone, Debug, PartialEq)]
struct Process {
    id: u32,
    parent: u32,
    /// Of the system's clock ticks, for comparison only.
    started: u64,
    executable: PathBuf,
    /// Numbers are of the container that the process lives in.
    namespace: String,
}

impl Process {
    fn number(&self) -> u64 {
        hash(&[&self.namespace, &self.id.to_string(), &self.started.to_string()])
    }
}

/// Which processes run, as the system reports; tests have their own.
trait Running {
    fn process(&mut self, id: u32) -> Option<Process>;
}

fn process(running: &mut impl Running, id: u32) -> Option<Process> {
    running.process(id)
}

/// Generations of processes within one program: a host, its engine, its sandboxes.
const MOST_ANCESTORS: usize = 8;

fn program(running: &mut impl Running, own: Process) -> Process {
    let mut oldest = own;
    for _ in 0..MOST_ANCESTORS {
        match running.process(oldest.parent) {
            // A younger parent is a stranger with a dead parent's number.
            Some(parent) if parent.started <= oldest.started && is_one_installation(&parent, &oldest) => {
                oldest = parent
            }
            _ => break,
        }
    }
    oldest
}

fn is_one_installation(parent: &Process, child: &Process) -> bool {
    let folders = (installation(&parent.executable), installation(&child.executable));
    matches!(folders, (Some(one), Some(other)) if one == other) && parent.namespace == child.namespace
}

/// Folders within an installation.
const INNER: &[&str] = &["bin", "lib", "libexec", "plugins", "macos", "contents", "x86_64", "x64", "arm64", "aarch64"];
/// Folders in which programs lie that have nothing to do with each other.
const SHARED: &[&str] =
    &["/", "/bin", "/sbin", "/usr", "/usr/local", "/opt", "/home", "/root", "/tmp", "/var/tmp", "/snap"];

/// The folder that a program was installed into; `None` where all users' programs lie together.
fn installation(executable: &Path) -> Option<PathBuf> {
    let mut folder = executable.parent()?;
    while let Some(name) = folder.file_name().and_then(|name| name.to_str())
        && INNER.contains(&name.to_lowercase().as_str())
    {
        folder = folder.parent()?;
    }
    let is_home = std::env::home_dir().is_some_and(|home| home == folder || home.join(".local") == folder);
    let is_shared = SHARED.iter().any(|shared| Path::new(shared) == folder);
    (!is_home && !is_shared && folder.is_absolute()).then(|| folder.to_owned())
}

struct Processes;

#[cfg(target_os = "linux")]
impl Running for Processes {
    fn process(&mut self, id: u32) -> Option<Process> {
        let folder = PathBuf::from(format!("/proc/{id}"));
        let (parent, started) = parent_and_start(&std::fs::read_to_string(folder.join("stat")).ok()?)?;
        let executable = std::fs::read_link(folder.join("exe")).ok()?;
        let namespace = std::fs::read_link(folder.join("ns/pid")).unwrap_or_default().to_string_lossy().into_owned();
        Some(Process { id, parent, started, executable, namespace })
    }
}

#[cfg(not(target_os = "linux"))]
impl Running for Processes {
    fn process(&mut self, _id: u32) -> Option<Process> {
        None
    }
}

/// Fields 4 and 22 of proc_pid_stat(5); the second field may hold spaces and brackets of its own.
#[cfg(any(target_os = "linux", test))]
fn parent_and_start(stat: &str) -> Option<(u32, u64)> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let parent = fields.nth(1)?.parse().ok()?;
    Some((parent, fields.nth(17)?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    struct FakeProcesses(BTreeMap<u32, Process>);

    impl Running for FakeProcesses {
        fn process(&mut self, id: u32) -> Option<Process> {
            self.0.get(&id).cloned()
        }
    }

    /// (number, parent, start, executable).
    fn processes(processes: &[(u32, u32, u64, &str)]) -> FakeProcesses {
        let process = |&(id, parent, started, executable): &(u32, u32, u64, &str)| {
            let process = Process { id, parent, started, executable: executable.into(), namespace: "pid:[1]".into() };
            (id, process)
        };
        FakeProcesses(processes.iter().map(process).collect())
    }

    fn linked(processes: &mut FakeProcesses, one: u32, other: u32) -> bool {
        let mut number = |id| {
            let own = processes.process(id).expect("a process");
            program(processes, own).number()
        };
        number(one) == number(other)
    }

    #[test]
    fn sandboxes_of_one_host_belong_together() {
        let mut bitwig = processes(&[
            (1, 0, 1, "/usr/lib/systemd/systemd"),
            (10, 1, 100, "/opt/bitwig-studio/BitwigStudio"),
            (11, 10, 110, "/opt/bitwig-studio/bin/BitwigAudioEngine"),
            (12, 11, 120, "/opt/bitwig-studio/bin/BitwigPluginHost"),
            (13, 11, 121, "/opt/bitwig-studio/bin/BitwigPluginHost"),
            (20, 1, 90, "/opt/bitwig-studio/bin/BitwigPluginHost"),
        ]);
        assert!(linked(&mut bitwig, 12, 13), "siblings");
        assert!(linked(&mut bitwig, 10, 12) && linked(&mut bitwig, 11, 13), "ancestors");
        assert!(!linked(&mut bitwig, 12, 20), "of the same folder, but started by the system");
    }

    #[test]
    fn what_a_service_manager_or_a_shell_starts_does_not() {
        let mut others = processes(&[
            (1, 0, 1, "/usr/lib/systemd/systemd"),
            (2, 1, 5, "/usr/bin/bash"),
            (10, 1, 100, "/opt/REAPER/reaper"),
            (11, 1, 110, "/opt/REAPER/reaper"),
            (12, 2, 120, "/usr/bin/qtractor"),
            (13, 2, 121, "/usr/bin/ardour"),
            (14, 10, 130, "/opt/other/bridge"),
        ]);
        assert!(!linked(&mut others, 10, 11), "two projects of one host");
        assert!(!linked(&mut others, 12, 13) && !linked(&mut others, 12, 2), "everybody's programs lie there");
        assert!(!linked(&mut others, 10, 14), "of another installation");
    }

    #[test]
    fn a_stranger_with_a_dead_parents_number_is_no_parent() {
        let mut reused = processes(&[(10, 1, 500, "/opt/host/host"), (12, 10, 120, "/opt/host/sandbox")]);
        assert!(!linked(&mut reused, 10, 12));
    }

    #[test]
    fn the_start_is_found_behind_any_name() {
        let stat = "7 (a) b) S 42 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1 2";
        assert_eq!(parent_and_start(stat), Some((42, 987_654)));
        assert_eq!(parent_and_start("7 (a) S 42"), None);
    }

    #[test]
    fn this_process_is_the_same_at_every_look() {
        assert_eq!(ProcessScope::own(), ProcessScope::own());
        let installed = |path: &str| installation(Path::new(path)).map(|path| path.display().to_string());
        assert_eq!(installed("/opt/REAPER/Plugins/reaper_host"), Some("/opt/REAPER".into()));
        assert_eq!(installed("/Applications/Live.app/Contents/MacOS/Live"), Some("/Applications/Live.app".into()));
        assert_eq!(installed("/usr/bin/carla"), None);
    }
}
