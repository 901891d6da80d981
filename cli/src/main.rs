//! The command `keel`.

mod command;

use std::process::ExitCode;

use clap::Parser;
use keel_cli::decode;

fn main() -> ExitCode {
    quiet_decoders();
    command::run(command::Cli::parse()).unwrap_or_else(|failure| {
        eprintln!("keel: {}", failure.message);
        ExitCode::from(failure.status)
    })
}

/// A decoder that panics on a broken file becomes that file's problem: the panic itself is not news.
fn quiet_decoders() {
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !decode::in_decoder() {
            default(info);
        }
    }));
}
