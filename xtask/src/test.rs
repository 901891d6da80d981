//! `cargo xtask test`: every test there is, in the order in which failures are cheapest to find.

use std::env::consts::EXE_SUFFIX;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use crate::bundle::{Profile, bundle_built};
use crate::display::{self, Display};
use crate::packages::{self, PYTHON, SCREENS, SOUND, WINDOW};
use crate::shell::{self, Failure, cargo, in_ci, line_of, run};
use crate::{demo, hosts, instructions, python};

/// Beats a minute of the demo song: the loudest section begins on its bars.
const DEMO_TEMPO: &str = "120";

pub fn test() -> Result<ExitCode, Failure> {
    packages::require(&[SOUND, WINDOW, SCREENS, PYTHON])?;
    let started = Instant::now();
    let display = display::ensure()?;
    let mut tally = Tally::default();
    tally.step("formatting", run(&mut cargo(&["fmt", "--all", "--check"])));
    // Not quietly: a first run takes minutes.
    let lints = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    tally.step("lints", run(&mut cargo(&lints)));
    // With all targets, features resolve as in `cargo test`, so that nothing is built twice.
    let built = run(&mut cargo(&["build", "--workspace", "--all-targets"]));
    let is_built = built.is_ok();
    tally.step("build", built);
    if is_built {
        tally.cargo_tests(shown(cargo(&["test", "--workspace", "--no-fail-fast"]), display.as_ref()));
        demo_and_python(&mut tally, display.as_ref());
        match instructions::ready() {
            Ok(()) => tally.step("instructions", instructions::count(false)),
            Err(error) if in_ci() => tally.step("instructions", Err(error)),
            Err(error) => tally.skip("the count of instructions", error),
        }
    }
    let minutes = started.elapsed().as_secs_f64() / 60.0;
    for name in &tally.failures {
        println!("failed: {name}");
    }
    println!("all in {minutes:.1} min");
    println!("{} passed, {} failed, {} skipped", tally.passed, tally.failed, tally.skipped);
    Ok(if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The demo through the real plug-in, its report against an independent reading and against `keel check` on the same
/// stems, then the plug-in in other hosts.
fn demo_and_python(tally: &mut Tally, display: Option<&Display>) {
    let files = Reports::new();
    let played = files.play();
    let checked = files.check();
    let are_there = played.is_ok() && checked.is_ok();
    tally.step("demo", played);
    tally.step("keel check", checked);
    match python::ensure() {
        Ok(python) => {
            if are_there {
                tally.step("oracle", run(&mut files.oracle(&python)));
                tally.step("demo and keel check agree", run(&mut files.agree(&python)));
            }
            match bundle_built(Profile::Debug) {
                Ok(bundles) => {
                    for (host, check) in hosts::checks(&python, &bundles) {
                        tally.step(host, run(&mut shown(check, display)));
                    }
                }
                Err(error) => tally.step("bundle", Err(error)),
            }
        }
        Err(error) if in_ci() => tally.step("Python packages", Err(error)),
        Err(error) => tally.skip("oracle, pedalboard and minihost", error),
    }
}

/// The demo song's stems, and what was said of them.
struct Reports {
    folder: PathBuf,
}

impl Reports {
    fn new() -> Self {
        Self { folder: shell::target().join("oracle") }
    }

    fn stems(&self) -> PathBuf {
        self.folder.join("stems")
    }

    fn played(&self) -> PathBuf {
        self.folder.join("demo.json")
    }

    fn checked(&self) -> PathBuf {
        self.folder.join("check.json")
    }

    fn play(&self) -> Result<(), Failure> {
        let cannot = |error: std::io::Error| Failure::new(format!("cannot make {}: {error}", self.folder.display()));
        if self.folder.is_dir() {
            // An old report must not stand in for one that was not written.
            std::fs::remove_dir_all(&self.folder).map_err(cannot)?;
        }
        std::fs::create_dir_all(&self.folder).map_err(cannot)?;
        let mut session = demo::session(&["--headless".to_owned()]);
        session.arg("--json").arg(self.played()).arg("--write-stems").arg(self.stems());
        run(session.stdout(Stdio::null()))
    }

    fn check(&self) -> Result<(), Failure> {
        let mut command = Command::new(shell::target().join("debug").join(format!("keel{EXE_SUFFIX}")));
        run(command.arg("check").arg(self.stems()).arg("--quiet").arg("--json").arg(self.checked()))
    }

    fn oracle(&self, python: &Path) -> Command {
        let mut command = script(python, "oracle.py");
        command.arg(self.stems()).arg("--report").arg(self.played()).args(["--tempo", DEMO_TEMPO]);
        command
    }

    fn agree(&self, python: &Path) -> Command {
        let mut command = script(python, "agree.py");
        command.arg(self.played()).arg(self.checked());
        command
    }
}

fn script(python: &Path, name: &str) -> Command {
    let mut command = Command::new(python);
    command.arg(shell::root().join("tests/oracle").join(name));
    command
}

fn shown(mut command: Command, display: Option<&Display>) -> Command {
    if let Some(display) = display {
        command.env("DISPLAY", &display.name);
    }
    command
}

/// What passed and what did not.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    skipped: usize,
    failures: Vec<String>,
}

impl Tally {
    fn step(&mut self, name: &str, result: Result<(), Failure>) {
        match result {
            Ok(()) => self.passed += 1,
            Err(Failure::Failed(message) | Failure::Usage(message)) => {
                eprintln!("xtask: {message}");
                self.failed += 1;
                self.failures.push(name.to_owned());
            }
        }
    }

    fn skip(&mut self, name: &str, why: Failure) {
        let (Failure::Failed(message) | Failure::Usage(message)) = why;
        eprintln!("xtask: skipped {name}: {message}");
        self.skipped += 1;
    }

    /// Runs `cargo test`, showing and counting its tests.
    fn cargo_tests(&mut self, mut command: Command) {
        let line = line_of(&command);
        eprintln!("$ {line}");
        let failed_before = self.failed;
        let mut targets = Vec::new();
        let ended = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().and_then(|mut child| {
            let errors = child.stderr.take().map(|errors| std::thread::spawn(|| pass_on(errors)));
            for line in child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines()) {
                let line = line?;
                println!("{line}");
                self.count(&line);
            }
            targets = errors.and_then(|errors| errors.join().ok()).unwrap_or_default();
            child.wait()
        });
        let is_sound = ended.as_ref().is_ok_and(|status| status.success());
        // A test binary that crashed prints no result of its own, but cargo names it.
        if !is_sound && self.failed == failed_before {
            let how = ended.map_or_else(|error| error.to_string(), |status| status.to_string());
            let name = if targets.is_empty() { line.clone() } else { format!("{line}: {}", targets.join(", ")) };
            self.step(&name, Err(Failure::new(format!("`{line}` failed ({how})"))));
        }
    }

    /// Reads `test result: ok. 12 passed; 0 failed; …` and the names of tests that failed.
    fn count(&mut self, line: &str) {
        if let Some(name) = line.strip_prefix("test ").and_then(|line| line.strip_suffix(" ... FAILED")) {
            self.failures.push(name.to_owned());
        }
        let Some(result) = line.strip_prefix("test result: ") else { return };
        let figures = result.split(['.', ';']).filter_map(|part| part.trim().split_once(' '));
        for (figure, what) in figures {
            let figure = figure.parse().unwrap_or(0);
            match what {
                "passed" => self.passed += figure,
                "failed" => self.failed += figure,
                "ignored" => self.skipped += figure,
                _ => {}
            }
        }
    }
}

/// Shows what cargo says, and returns the targets that it names as failed.
fn pass_on(errors: impl Read) -> Vec<String> {
    let mut failed = Vec::new();
    for line in BufReader::new(errors).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        eprintln!("{line}");
        failed.extend(failed_target(&line).map(str::to_owned));
    }
    failed
}

/// What cargo lists at its end: "    `-p keel --test window`".
fn failed_target(line: &str) -> Option<&str> {
    line.strip_prefix("    `")?.strip_suffix('`').filter(|target| target.starts_with("-p "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_cargo_test_are_counted() {
        let mut tally = Tally::default();
        for line in [
            "running 14 tests",
            "test level::a_level ... ok",
            "test level::another ... FAILED",
            "test result: FAILED. 12 passed; 1 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.10s",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
        ] {
            tally.count(line);
        }
        assert_eq!((tally.passed, tally.failed, tally.skipped), (15, 1, 1));
        assert_eq!(tally.failures, ["level::another"]);
    }

    #[test]
    fn targets_that_failed_are_named() {
        let said =
            "error: 2 targets failed:\n    `-p keel --test window`\n    `-p keel-core --lib`\n    `x`\nerror: done";
        assert_eq!(pass_on(said.as_bytes()), ["-p keel --test window", "-p keel-core --lib"]);
    }

    #[test]
    fn a_cargo_test_that_crashes_is_a_failure() {
        let mut tally = Tally::default();
        tally.cargo_tests(cargo(&["no-such-command"]));
        assert_eq!((tally.passed, tally.failed), (0, 1));
    }
}
