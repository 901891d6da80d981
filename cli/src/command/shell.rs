//! What makes the command at home in a shell: completions and manual pages, written from the options themselves.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, Failure, could_not, print};

/// Print completions for a shell.
///
/// For example: keel completions bash > ~/.local/share/bash-completion/completions/keel
#[derive(Debug, clap::Args)]
pub(super) struct Completions {
    shell: Shell,
}

/// Print the manual page, or write those of all commands to a folder.
///
/// For example: keel man ~/.local/share/man/man1
#[derive(Debug, clap::Args)]
pub(super) struct Man {
    /// Where keel.1, keel-check.1 and the others go; it is made if it is not there.
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

pub(super) fn completions(options: &Completions) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Cli::command(), "keel", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn man(options: &Man) -> Result<ExitCode, Failure> {
    let command = Cli::command();
    match &options.folder {
        Some(folder) => {
            let unwritten = |error| could_not(format!("{}: cannot be written: {error}", folder.display()));
            std::fs::create_dir_all(folder).map_err(unwritten)?;
            clap_mangen::generate_to(command, folder).map_err(unwritten)?;
        }
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page).map_err(could_not)?;
            print(&String::from_utf8_lossy(&page))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
