//! `cargo xtask demo`: builds the plug-in and the session host, then plays.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::packages::{self, SOUND, WINDOW};
use crate::shell::{self, Failure, cargo, line_of, run};

/// Builds what the demo needs and runs it with the options given; its exit status is ours.
pub fn demo(args: &[String]) -> Result<ExitCode, Failure> {
    let has = |option: &str| args.iter().any(|arg| arg == option);
    let is_headless = ["--headless", "--help", "-h"].iter().any(|option| has(option));
    let wants_sound = !is_headless && !has("--no-sound");
    let has_display = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    let wants_window = !is_headless && !has("--no-window") && has_display;
    packages::require(&[if wants_sound { SOUND } else { &[] }, if wants_window { WINDOW } else { &[] }])?;

    // Not quietly: a first build takes minutes.
    let mut build = vec!["build", "--package", "keel", "--package", "keel-session"];
    if !wants_sound {
        // Without sound nothing but Rust and a linker is needed.
        build.push("--no-default-features");
    }
    run(&mut cargo(&build))?;
    let mut session = session(args);
    // Paths among the options are the user's, from where the user stands.
    let status =
        session.status().map_err(|error| Failure::new(format!("cannot run `{}`: {error}", line_of(&session))))?;
    Ok(status.code().map_or(ExitCode::FAILURE, |code| ExitCode::from(code.clamp(0, 255) as u8)))
}

/// The built session host with the built plug-in, ready to run.
pub fn session(args: &[String]) -> Command {
    let built = shell::target().join("debug");
    let mut command = Command::new(built.join(format!("keel-session{}", std::env::consts::EXE_SUFFIX)));
    command.arg("demo").arg("--plugin").arg(library(&built)).args(args);
    command
}

/// The plug-in's library as cargo builds it.
pub fn library(built: &Path) -> PathBuf {
    built.join(format!("{}keel{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX))
}
