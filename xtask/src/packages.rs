//! System packages: Debian and Ubuntu are served by apt-get, elsewhere nothing is searched for.

use std::process::Command;

use crate::shell::{Failure, has_program, output, run};

/// Builds and plays sound (ALSA's headers).
pub const SOUND: &[&str] = &["libasound2-dev", "pkg-config"];
/// Shows the editor: loaded at run time, nothing is linked.
pub const WINDOW: &[&str] = &["libegl1", "libgl1-mesa-dri", "libxcb1", "libxkbcommon0", "libxkbcommon-x11-0"];
/// A display for tests, and a Vulkan that draws without a card.
pub const SCREENS: &[&str] = &["xvfb", "libvulkan1", "mesa-vulkan-drivers"];
/// A screen that is clicked into and photographed.
pub const SCREEN_HANDS: &[&str] = &["xvfb", "openbox", "xdotool", "imagemagick"];
pub const ARDOUR: &[&str] = &["ardour"];
/// Its sound server, and gcc for a sequencer where the kernel has none.
pub const QTRACTOR: &[&str] = &["qtractor", "jackd2", "gcc"];
/// The Python hosts and the numeric oracle.
pub const PYTHON: &[&str] = &["python3-venv"];
/// Counts instructions.
pub const VALGRIND: &[&str] = &["valgrind"];
/// Another meter to compare with.
pub const EBUR128: &[&str] = &["libebur128-1"];

/// Installs what is wanted but can be done without; where it cannot be installed, says so.
pub fn want(groups: &[&[&'static str]]) {
    if let Err(Failure::Failed(message) | Failure::Usage(message)) = require(groups) {
        eprintln!("xtask: {message}xtask: going on without");
    }
}

/// Sees to it that the packages are there: installs them as root, else names the exact command and fails.
pub fn require(groups: &[&[&'static str]]) -> Result<(), Failure> {
    if !(cfg!(target_os = "linux") && has_program("apt-get") && has_program("dpkg-query")) {
        return Ok(());
    }
    let missing = missing(groups, is_installed);
    if missing.is_empty() {
        return Ok(());
    }
    if output("id", &["-u"]).as_deref() != Some("0") {
        return Err(Failure::new(advice(&missing)));
    }
    let apt = |args: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(args).env("DEBIAN_FRONTEND", "noninteractive");
        run(&mut command)
    };
    apt(&["update", "-q"])?;
    apt(&[&["install", "-y", "-q", "--no-install-recommends"], missing.as_slice()].concat())
}

fn is_installed(package: &str) -> bool {
    // With the architecture after the status, so that another architecture's package does not count twice.
    output("dpkg-query", &["-W", "-f", "${Status}\n", package])
        .is_some_and(|status| status.lines().any(|line| line == "install ok installed"))
}

fn missing(groups: &[&[&'static str]], is_installed: impl Fn(&str) -> bool) -> Vec<&'static str> {
    groups.concat().into_iter().filter(|package| !is_installed(package)).collect()
}

fn advice(missing: &[&str]) -> String {
    format!(
        "this needs system packages that are not installed; run\n\n    sudo apt-get update && sudo apt-get install {}\n",
        missing.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_absent_is_asked_for() {
        let missing = missing(&[SOUND, PYTHON], |package| package == "pkg-config");
        assert_eq!(missing, ["libasound2-dev", "python3-venv"]);
        assert!(
            advice(&missing)
                .ends_with("\n    sudo apt-get update && sudo apt-get install libasound2-dev python3-venv\n")
        );
    }
}
