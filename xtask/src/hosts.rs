//! `cargo xtask hosts`: the plug-in in hosts that are not ours.

use std::path::Path;
use std::process::Command;

use crate::bundle::{Bundles, Profile, bundle};
use crate::packages::{self, ARDOUR, PYTHON, QTRACTOR, SCREEN_HANDS, WINDOW};
use crate::shell::{self, Failure, cargo, run};
use crate::{display, python};

/// Which hosts: the Python hosts by themselves, a host with windows by its name.
pub fn hosts(args: &[String]) -> Result<(), Failure> {
    match args {
        [] => python_hosts(),
        [host] if host == "ardour" => windowed(host, ARDOUR, |bundles| &bundles.vst3),
        [host] if host == "qtractor" => windowed(host, QTRACTOR, |bundles| &bundles.clap),
        _ => Err(Failure::Usage("hosts takes one name at most: ardour or qtractor".to_owned())),
    }
}

fn python_hosts() -> Result<(), Failure> {
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
    [("pedalboard", "pedalboard_check.py"), ("minihost", "minihost_check.py")]
        .map(|(host, script)| (host, check(python, script, &bundles.vst3)))
}

fn check(python: &Path, script: &str, bundle: &Path) -> Command {
    let mut command = Command::new(python);
    command.arg(shell::root().join("tests/hosts").join(script)).arg(bundle);
    command
}

/// A host that its script starts on a display of its own; all its files lie in target/hosts.
fn windowed(host: &str, packages: &[&'static str], format: fn(&Bundles) -> &Path) -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        return Err(Failure::new(format!("hosts {host} runs on Linux alone")));
    }
    packages::require(&[PYTHON, WINDOW, SCREEN_HANDS, packages])?;
    let bundles = bundle(Profile::Debug)?;
    // `keel doctor` reads Keel from outside.
    run(&mut cargo(&["build", "--package", "keel-cli"]))?;
    let python = python::ensure()?;
    let folder = shell::target().join("hosts").join(host);
    let mut check = check(&python, &format!("{host}_check.py"), format(&bundles));
    run(check.arg(shell::target().join("debug/keel")).arg(folder))
}
