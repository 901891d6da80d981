//! `cargo xtask bench` runs this on the release library.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use keel_bench::figures::{Effort, measure};
use keel_bench::hub::{PEER_VARIABLE, be_peer};
use keel_bench::native::Counting;
use keel_bench::table::render;
use keel_session::host::PLUGIN_FILE_NAME;

/// Counts what an instance holds.
#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Measures what Keel costs, and prints it as one table.
#[derive(Parser)]
#[command(name = "keel-bench", version)]
struct Options {
    /// The plug-in's library, as built for release; by default the one beside this program.
    #[arg(long, value_name = "FILE")]
    plugin: Option<PathBuf>,
    /// Write the figures as JSON, too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// A few rounds only: whether it works, not how fast.
    #[arg(long)]
    quick: bool,
}

fn main() -> ExitCode {
    if let Ok(order) = std::env::var(PEER_VARIABLE) {
        be_peer(&order);
        return ExitCode::SUCCESS;
    }
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("bench: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), String> {
    let beside = || std::env::current_exe().ok().map(|exe| exe.with_file_name(PLUGIN_FILE_NAME));
    let plugin = options.plugin.clone().or_else(beside).ok_or("name the library with --plugin")?;
    let effort = if options.quick { Effort::QUICK } else { Effort::FULL };
    let figures = measure(&plugin, effort).map_err(|error| error.to_string())?;
    print!("{}", render(&figures));
    if let Some(path) = &options.json {
        let json = serde_json::to_string_pretty(&figures).map_err(|error| error.to_string())?;
        std::fs::write(path, json + "\n").map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    Ok(())
}
