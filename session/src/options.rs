//! What the command line can ask for.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(
    name = "keel-session",
    version,
    about = "Plays stems through real Keel instances",
    arg_required_else_help = true
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Plays a session and ends with the verdicts, asked from the plugin
    Demo(Demo),
}

#[derive(Clone, Debug, Args)]
pub struct Demo {
    /// One stem a file (WAV, FLAC) from this folder; without it the built-in demo song
    #[arg(long, value_name = "DIR")]
    pub stems: Option<PathBuf>,
    /// Play this much of the song
    #[arg(long, value_name = "N", value_parser = seconds)]
    pub seconds: Option<f64>,
    /// Judge over this part of the song: loudest, song, or FROM-TO in seconds
    #[arg(long, value_name = "S", value_parser = scope)]
    pub scope: Option<String>,
    /// Write the plugin's report to this file
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write the plugin's report as one HTML file
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// No window and no sound: as fast as it can
    #[arg(long)]
    pub headless: bool,
    /// Write the stems as WAV files to this folder before playing them
    #[arg(long, value_name = "DIR")]
    pub write_stems: Option<PathBuf>,
    /// The plugin's file; without it the one next to this program
    #[arg(long, value_name = "PATH")]
    pub plugin: Option<PathBuf>,
    /// Frames in a block
    #[arg(long, value_name = "N", default_value_t = 512, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub block: u32,
    /// The track whose editor is opened; without it the first that does not sit
    #[arg(long, value_name = "NAME")]
    pub track: Option<String>,
    /// Quarter notes a minute that the transport gives
    #[arg(long, value_name = "BPM", value_parser = tempo)]
    pub tempo: Option<f64>,
    /// Play in real time, but silently
    #[arg(long)]
    pub no_sound: bool,
    /// Play in real time, but without a window
    #[arg(long)]
    pub no_window: bool,
}

fn positive(text: &str, what: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number > 0.0 => Ok(number),
        _ => Err(format!("{what} must be a number over 0")),
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    positive(text, "seconds")
}

fn tempo(text: &str) -> Result<f64, String> {
    positive(text, "the tempo")
}

fn scope(text: &str) -> Result<String, String> {
    let range = || {
        let (from, to) = text.split_once('-')?;
        let (from, to) = (from.parse::<f64>().ok()?, to.parse::<f64>().ok()?);
        (from >= 0.0 && to > from && to.is_finite()).then_some(())
    };
    let known = ["loudest", "song", "playing"].contains(&text) || range().is_some();
    if known {
        Ok(text.to_owned())
    } else {
        Err("a scope is loudest, song, or FROM-TO in seconds, such as 12.5-28".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demo(args: &[&str]) -> Result<Demo, clap::Error> {
        let args = ["keel-session", "demo"].iter().chain(args);
        Cli::try_parse_from(args).map(|Cli { command: Command::Demo(demo) }| demo)
    }

    #[test]
    fn scopes_are_words_or_ranges() {
        for good in ["loudest", "song", "0-16", "12.5-28"] {
            assert_eq!(demo(&["--scope", good]).unwrap().scope.as_deref(), Some(good));
        }
        for bad in ["", "chorus", "16-12", "4-", "-4", "nan-inf"] {
            let argument = format!("--scope={bad}");
            assert_eq!(demo(&[&argument]).unwrap_err().exit_code(), 2, "{bad}");
        }
    }

    #[test]
    fn wrong_numbers_are_wrong_usage() {
        for bad in ["--seconds=0", "--seconds=-1", "--seconds=soon", "--block=0", "--tempo=inf"] {
            assert_eq!(demo(&[bad]).unwrap_err().exit_code(), 2, "{bad}");
        }
    }
}
