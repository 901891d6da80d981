//! A display for tests on machines that have none.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::shell::Failure;

/// A virtual X display of its own, ended when this is dropped.
pub struct Display {
    server: Child,
    /// The value of DISPLAY.
    pub name: String,
}

/// A display where the environment has none and the system can start one; `None` where none is needed.
pub fn ensure() -> Result<Option<Display>, Failure> {
    let is_shown = std::env::var_os("DISPLAY").is_some_and(|display| !display.is_empty());
    if !cfg!(target_os = "linux") || is_shown { Ok(None) } else { start().map(Some) }
}

fn start() -> Result<Display, Failure> {
    // The server picks a free number itself and prints it once it listens.
    let mut server = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1600x1200x24", "-nolisten", "tcp"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| Failure::new(format!("cannot start Xvfb: {error}")))?;
    let mut number = String::new();
    if let Some(stdout) = server.stdout.take() {
        let _ = BufReader::new(stdout).read_line(&mut number);
    }
    let display = Display { server, name: format!(":{}", number.trim()) };
    if number.trim().is_empty() { Err(Failure::new("Xvfb started but opened no display")) } else { Ok(display) }
}

impl Drop for Display {
    fn drop(&mut self) {
        // Asked to end, it takes its lock file with it; killed, it would not.
        let asked = Command::new("kill").arg(self.server.id().to_string()).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
    }
}
