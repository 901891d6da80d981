//! `cargo xtask hosts`: the VST3 in hosts that are not ours.

use std::path::Path;
use std::process::Command;

use crate::bundle::{Bundles, Profile, bundle};
use crate::packages::{self, PYTHON, WINDOW};
use crate::shell::{self, Failure, run};
use crate::{display, python};

pub fn hosts() -> Result<(), Failure> {
    packages::require(&[PYTHON, WINDOW, &["xvfb"]])?;
    let bundles = bundle(Profile::Debug)?;
    let display = display::ensure()?;
    let python = python::ensure()?;
    for (_, mut check) in checks(&python, &bundles) {
        if let Some(display) = &display {
            check.env("DISPLAY", &display.name);
        }
        run(&mut check)?;
    }
    Ok(())
}

/// One script a host, by name.
pub fn checks(python: &Path, bundles: &Bundles) -> [(&'static str, Command); 2] {
    [("pedalboard", "pedalboard_check.py"), ("minihost", "minihost_check.py")].map(|(host, script)| {
        let mut command = Command::new(python);
        command.arg(shell::root().join("tests/hosts").join(script)).arg(&bundles.vst3);
        (host, command)
    })
}
