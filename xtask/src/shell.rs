//! Running other programs, and where the project's files lie.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why a command ends without having done its work.
#[derive(Debug)]
pub enum Failure {
    /// Exit status 2.
    Usage(String),
    /// Exit status 1.
    Failed(String),
}

impl Failure {
    pub fn new(message: impl Into<String>) -> Self {
        Self::Failed(message.into())
    }
}

/// The workspace's folder.
pub fn root() -> PathBuf {
    // Cargo sets it at run time too, which stays true when the checkout moves.
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&manifest).parent().map_or_else(|| PathBuf::from("."), Path::to_owned)
}

/// Where cargo builds.
pub fn target() -> PathBuf {
    let set = std::env::var_os("CARGO_TARGET_DIR").or_else(|| std::env::var_os("CARGO_BUILD_TARGET_DIR"));
    root().join(set.map_or_else(|| PathBuf::from("target"), PathBuf::from))
}

/// Cargo, in the workspace's folder.
pub fn cargo<S: AsRef<std::ffi::OsStr>>(args: &[S]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(args).current_dir(root());
    command
}

/// Runs a program to its end, its output shown, and fails where it fails.
pub fn run(command: &mut Command) -> Result<(), Failure> {
    let line = line_of(command);
    eprintln!("$ {line}");
    let status = command.status().map_err(|error| Failure::new(format!("cannot run `{line}`: {error}")))?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("`{line}` failed ({status})"))) }
}

/// What a program printed, where it could be run and succeeded.
pub fn output(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The program is on the PATH.
pub fn has_program(name: &str) -> bool {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(&file).is_file())
}

/// A person or a service wants every check: what cannot run is a failure, not a skip.
pub fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false" && value != "0")
}

/// A command as one would type it.
pub fn line_of(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_stem().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    let args = command.get_args().map(|arg| {
        let arg = arg.to_string_lossy();
        if arg.contains(' ') { format!("'{arg}'") } else { arg.into_owned() }
    });
    std::iter::once(name).chain(args).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_read_as_typed() {
        assert_eq!(line_of(Command::new("/usr/bin/cp").args(["a b", "c"])), "cp 'a b' c");
    }

    #[test]
    fn the_root_is_the_workspace() {
        assert!(root().join("xtask/Cargo.toml").is_file(), "{} is not the workspace", root().display());
    }

    #[test]
    fn a_failing_or_absent_program_is_a_failure() {
        assert!(run(&mut cargo(&["no-such-command"])).is_err());
        assert!(run(&mut Command::new("no-such-program-anywhere")).is_err());
        assert!(!has_program("no-such-program-anywhere"));
    }
}
