//! `keel-session`: the demo's command.

use std::process::ExitCode;

use clap::Parser;
use keel_session::demo;
use keel_session::options::{Cli, Command};

fn main() -> ExitCode {
    let Command::Demo(options) = Cli::parse().command;
    demo::run(&options)
}
