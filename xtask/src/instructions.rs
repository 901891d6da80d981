//! `cargo xtask instructions`: counts the hot paths' instructions under valgrind and holds them to their limits.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::packages::{self, VALGRIND};
use crate::shell::{self, Failure, cargo, has_program, line_of, output, run};

/// What a limit lies over the count that it was set by: compilers and C libraries differ by less.
const HEADROOM: f64 = 1.03;
const RUNNER: &str = "gungraun-runner";

/// Why the instructions cannot be counted here, if they cannot.
pub fn ready() -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        return Err(Failure::new("valgrind counts on Linux only"));
    }
    packages::require(&[VALGRIND])?;
    if !has_program("valgrind") {
        return Err(Failure::new("valgrind is not installed"));
    }
    install_runner()
}

/// Counts, and fails where a limit is passed. To renew writes the limits by what was counted.
pub fn count(renew: bool) -> Result<(), Failure> {
    let bench = ["bench", "--package", "keel-instructions", "--bench", "instructions"];
    // What does not build is not over a limit.
    run(cargo(&bench).arg("--no-run"))?;
    let mut command = on_one_core(&cargo(&bench));
    command.env("PATH", path_with_tools()).stdout(Stdio::piped());
    let line = line_of(&command);
    eprintln!("$ {line}");
    let cannot = |error: std::io::Error| Failure::new(format!("cannot run `{line}`: {error}"));
    let mut child = command.spawn().map_err(cannot)?;
    let mut counts = Counts::default();
    for line in child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines()) {
        let line = line.map_err(cannot)?;
        println!("{line}");
        counts.read(&line);
    }
    let status = child.wait().map_err(cannot)?;
    if renew && !counts.found.is_empty() {
        return write_limits(&counts);
    }
    let advice = "more instructions than tests/instructions/limits.txt allows; if the change is worth them, \
        `cargo xtask instructions --renew`";
    if status.success() { Ok(()) } else { Err(Failure::new(format!("`{line}` failed ({status}): {advice}"))) }
}

/// Work that several cores would share is done by one thread there, and so all of it is counted.
fn on_one_core(command: &Command) -> Command {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut alone = Command::new("taskset");
    alone.args(["-c", first_core(&status).unwrap_or("0")]).arg(command.get_program()).args(command.get_args());
    command.get_current_dir().map(|folder| alone.current_dir(folder));
    alone
}

/// The first core that a process may use, as Linux lists it: `Cpus_allowed_list: 2-5,8`.
fn first_core(status: &str) -> Option<&str> {
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?.trim();
    list.split(['-', ',']).next().filter(|core| !core.is_empty())
}

fn write_limits(counts: &Counts) -> Result<(), Failure> {
    let path = shell::root().join("tests/instructions/limits.txt");
    fs::write(&path, counts.limits())
        .map_err(|error| Failure::new(format!("cannot write {}: {error}", path.display())))?;
    println!("wrote {}", path.display());
    Ok(())
}

/// What the runner printed of instructions.
#[derive(Debug, Default)]
struct Counts {
    case: Option<String>,
    found: Vec<(String, u64)>,
}

impl Counts {
    /// Reads `instructions::hot_paths::two_seconds avx2_64:(Avx2, 64)`, then `  Instructions:   123|N/A   (…)`.
    fn read(&mut self, line: &str) {
        if let Some(name) = line.strip_prefix("instructions::") {
            // The arguments follow, and hold anything.
            let case = name.split(":(").next().unwrap_or(name);
            self.case = case.rsplit("::").next().map(str::to_owned);
        } else if let Some(count) = line.trim_start().strip_prefix("Instructions:")
            && let Some(case) = self.case.take()
        {
            let digits: String = count.trim_start().chars().take_while(char::is_ascii_digit).collect();
            self.found.extend(digits.parse().ok().map(|count| (case, count)));
        }
    }

    fn limits(&self) -> String {
        let line = |(case, count): &(String, u64)| format!("{case} {:.0}\n", (*count as f64 * HEADROOM).ceil());
        self.found.iter().map(line).collect()
    }
}

fn tools() -> PathBuf {
    shell::target().join("tools")
}

fn path_with_tools() -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(tools().join("bin")).chain(std::env::split_paths(&path));
    std::env::join_paths(folders).unwrap_or(path)
}

/// The runner must be of the library's own version.
fn install_runner() -> Result<(), Failure> {
    let lock = fs::read_to_string(shell::root().join("Cargo.lock")).unwrap_or_default();
    let version = locked(&lock, "gungraun").ok_or_else(|| Failure::new("Cargo.lock knows no gungraun"))?;
    let own = tools().join("bin").join(RUNNER);
    let is_right = |program: &str| {
        output(program, &["--version"]).is_some_and(|answer| answer.split(' ').next_back() == Some(version.as_str()))
    };
    if own.to_str().is_some_and(is_right) || !own.is_file() && is_right(RUNNER) {
        return Ok(());
    }
    let mut install =
        cargo(&["install", RUNNER, "--version", &format!("={version}"), "--locked", "--force", "--debug"]);
    run(install.arg("--root").arg(tools()))
}

/// A package's version as Cargo.lock has it.
fn locked(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let version = lock.lines().skip_while(|line| *line != name).nth(1)?;
    Some(version.strip_prefix("version = \"")?.trim_end_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_and_get_headroom() {
        let mut counts = Counts::default();
        for line in [
            "instructions::hot_paths::two_seconds avx2_64:(Avx2, 64)",
            "  Instructions:                      100000|N/A                  (*********)",
            "instructions::hot_paths::publish hops:(hop_ring().0, Hop :: default())",
            "  Instructions:                        2000|1000                 (+100.000%) [+2.00000x]",
        ] {
            counts.read(line);
        }
        assert_eq!(counts.limits(), "two_seconds avx2_64 103000\npublish hops 2060\n");
    }

    #[test]
    fn one_core_is_one_that_may_be_used() {
        assert_eq!(first_core("Name:\tcargo\nCpus_allowed_list:\t2-5,8\n"), Some("2"));
        assert_eq!(first_core("Cpus_allowed_list:\t0\n"), Some("0"));
        assert_eq!(first_core("Cpus_allowed_list:\t\n"), None);
    }

    #[test]
    fn the_runner_is_of_the_version_that_is_locked() {
        let lock = "[[package]]\nname = \"gungraun-runner\"\nversion = \"2.0.0\"\n\n[[package]]\nname = \"gungraun\"\nversion = \"1.2.3\"\n";
        assert_eq!(locked(lock, "gungraun").as_deref(), Some("1.2.3"));
        let path = shell::root().join("Cargo.lock");
        assert!(locked(&fs::read_to_string(path).expect("Cargo.lock"), "gungraun").is_some());
    }
}
