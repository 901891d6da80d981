//! A Python of the project's own, in target/venv.

use std::path::PathBuf;
use std::process::Command;

use crate::shell::{self, Failure, run};

/// The interpreter of target/venv, with tests/requirements.txt installed.
pub fn ensure() -> Result<PathBuf, Failure> {
    let venv = shell::target().join("venv");
    let python = if cfg!(windows) { venv.join("Scripts/python.exe") } else { venv.join("bin/python") };
    if !python.is_file() {
        let system = if cfg!(windows) { "python" } else { "python3" };
        run(Command::new(system).args(["-m", "venv"]).arg(&venv))?;
    }
    let requirements = shell::root().join("tests/requirements.txt");
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
        .arg(requirements))?;
    Ok(python)
}
