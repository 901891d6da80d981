//! `keel doctor`.

use std::path::PathBuf;
use std::process::ExitCode;

use keel_cli::doctor::{Diagnosis, render};
use keel_cli::table::Style;
use keel_core::link::{HubConfig, PATIENCE, survey};

use super::{Failure, is_stdout, print, write};

/// Say which instances see each other, and what to do where they do not.
///
/// Reads the files by which plug-ins of different hosts, formats and sandboxes find each other, and changes nothing.
/// Ends with status 0 where all is well, with 1 where something is to be done.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Write the diagnosis as JSON (keel.doctor/1); - for standard output.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let survey = HubConfig::of_user().map(|config| survey(config.folder(), PATIENCE));
    let diagnosis = Diagnosis::of(survey.as_ref());
    if let Some(file) = &options.json {
        write(file, &diagnosis.to_json())?;
    }
    if !options.json.as_deref().is_some_and(is_stdout) {
        print(&render(&diagnosis, Style::for_stdout()))?;
    }
    Ok(if diagnosis.is_fine() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
