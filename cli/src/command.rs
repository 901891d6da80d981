//! What the command understands, and how it ends.

mod check;
mod doctor;
mod shell;
mod targets;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Keel measures a mix against its kick.
#[derive(Debug, Parser)]
#[command(name = "keel", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(Box<check::Options>),
    Doctor(doctor::Options),
    Targets(targets::Options),
    Completions(shell::Completions),
    Man(shell::Man),
}

/// Why nothing was done, and the status that says so.
#[derive(Debug)]
pub(crate) struct Failure {
    pub status: u8,
    pub message: String,
}

/// Something could not be done: status 1.
fn could_not(message: impl ToString) -> Failure {
    Failure { status: 1, message: message.to_string() }
}

/// The user asked for what makes no sense: status 2.
fn wrong_usage(message: impl ToString) -> Failure {
    Failure { status: 2, message: message.to_string() }
}

pub(crate) fn run(cli: Cli) -> Result<ExitCode, Failure> {
    match cli.command {
        Command::Check(options) => check::run(&options),
        Command::Doctor(options) => doctor::run(&options),
        Command::Targets(options) => targets::run(&options),
        Command::Completions(options) => shell::completions(&options),
        Command::Man(options) => shell::man(&options),
    }
}

/// A reader that has seen enough, as `head`, is no error.
fn print(text: &str) -> Result<(), Failure> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(could_not(format!("cannot write: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes a file, or standard output for "-".
fn write(file: &Path, text: &str) -> Result<(), Failure> {
    if is_stdout(file) {
        return print(text);
    }
    std::fs::write(file, text).map_err(|error| could_not(format!("{}: cannot be written: {error}", file.display())))
}

fn is_stdout(file: &Path) -> bool {
    file == Path::new("-")
}
