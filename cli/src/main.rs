//! The command `keel`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use keel_cli::check::{Checked, check};
use keel_cli::progress::Progress;
use keel_cli::stems::{Found, RoleChoice, find};
use keel_cli::{decode, html, table};
use keel_core::mix::{Profile, ScopeKind, SessionState, Verdict};

/// Keel measures a mix against its kick.
#[derive(Parser)]
#[command(name = "keel", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Check(Check),
}

/// Judge the balance of stems: a folder of audio files, or the files themselves.
///
/// WAV (RF64 and BW64 too), AIFF, FLAC, MP3, OGG Vorbis, M4A (AAC, ALAC), AAC and CAF are read, mono or stereo, of any
/// rate and length.
///
/// A file is called by its name without the ending, and has the role that its name tells. One file alone is taken as a
/// mixdown, of which only the bus is measured, unless its name or --role gives it a role.
///
/// Exit status: 0 done; 1 could not do it, or a file could not be read, or --fail-on applies; 2 wrong usage.
#[derive(clap::Args)]
struct Check {
    /// Folders and files.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Targets: a profile's name, or the path of its file.
    #[arg(long, value_name = "NAME|FILE", default_value = "guide")]
    profile: String,
    /// Write the report as JSON; "-" writes it to standard output in place of the table.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the report as one HTML file to read in a browser or print; nothing in it leaves the page.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Give a file its role, whatever its name says; may be repeated.
    #[arg(long = "role", value_name = "FILE=ROLE")]
    roles: Vec<RoleChoice>,
    /// What to judge: the loudest section with the kick, the whole song, or a range, as in 45-61 or 0:45-1:01.
    #[arg(long, value_name = "loudest|song|FROM-TO", default_value = "loudest", value_parser = scope)]
    scope: SessionState,
    /// No table.
    #[arg(long)]
    quiet: bool,
    /// End with status 1 if any track is too low, too high, or either.
    #[arg(long, value_name = "high|low|any")]
    fail_on: Option<FailOn>,
}

#[derive(Clone, Copy, ValueEnum)]
enum FailOn {
    High,
    Low,
    Any,
}

impl FailOn {
    fn applies(self, verdict: Verdict) -> bool {
        match self {
            Self::High => verdict == Verdict::High,
            Self::Low => verdict == Verdict::Low,
            Self::Any => matches!(verdict, Verdict::High | Verdict::Low),
        }
    }
}

fn main() -> ExitCode {
    quiet_decoders();
    let Command::Check(options) = Cli::parse().command;
    run(&options).unwrap_or_else(|Failure { status, message }| {
        eprintln!("keel: {message}");
        ExitCode::from(status)
    })
}

/// Why nothing was done.
struct Failure {
    status: u8,
    message: String,
}

fn could_not(message: impl ToString) -> Failure {
    Failure { status: 1, message: message.to_string() }
}

fn run(options: &Check) -> Result<ExitCode, Failure> {
    let Found { stems, mut left_out } =
        find(&options.paths, &options.roles).map_err(|error| Failure { status: 2, message: error.to_string() })?;
    let profile = Profile::load(&options.profile).map_err(could_not)?;
    let progress = if options.quiet { Progress::silent() } else { Progress::on_stderr(stems.len()) };
    let Checked { mut report, problems, analysed } = check(&stems, &profile, &options.scope, &progress);
    left_out.extend(problems.iter().map(ToString::to_string));
    for sentence in &left_out {
        eprintln!("keel: {sentence}");
    }
    if analysed == 0 {
        return Err(could_not("there is nothing to analyse: no audio file could be read"));
    }
    let table = table::render(&report, table::Style::for_stdout());
    // The table's reader has seen these on standard error; the report's has not.
    report.notes.extend(left_out.iter().map(|sentence| format!("Left out: {sentence}")));
    let to_stdout = options.json.as_deref() == Some(Path::new("-"));
    match &options.json {
        Some(_) if to_stdout => print(&report.to_json())?,
        Some(file) => std::fs::write(file, report.to_json())
            .map_err(|error| could_not(format!("{}: cannot be written: {error}", file.display())))?,
        None => {}
    }
    if let Some(file) = &options.html {
        std::fs::write(file, html::render(&report))
            .map_err(|error| could_not(format!("{}: cannot be written: {error}", file.display())))?;
    }
    if !options.quiet && !to_stdout {
        print(&table)?;
    }
    let failing =
        options.fail_on.map_or(0, |on| report.tracks.iter().filter(|track| on.applies(track.verdict)).count());
    Ok(if left_out.is_empty() && failing == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
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

/// A decoder that panics on a broken file becomes that file's problem: the panic itself is not news.
fn quiet_decoders() {
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !decode::in_decoder() {
            default(info);
        }
    }));
}

fn scope(text: &str) -> Result<SessionState, String> {
    let state = |kind, range_s| SessionState { scope: Some(kind), range_s, ..SessionState::default() };
    match text {
        "loudest" => Ok(state(ScopeKind::Loudest, None)),
        "song" => Ok(state(ScopeKind::Song, None)),
        range => {
            let (from, to) = range.split_once('-').ok_or("give loudest, song, or FROM-TO in seconds or m:ss")?;
            match (seconds(from), seconds(to)) {
                (Some(from), Some(to)) if from < to => Ok(state(ScopeKind::Range, Some((from, to)))),
                (Some(_), Some(_)) => Err("the range ends before it begins".to_owned()),
                _ => Err("give FROM-TO in seconds or m:ss, as in 45-61 or 0:45-1:01".to_owned()),
            }
        }
    }
}

/// Seconds, or minutes and seconds.
fn seconds(text: &str) -> Option<f64> {
    let (minutes, seconds) = text.split_once(':').unwrap_or(("0", text));
    let minutes: u32 = minutes.trim().parse().ok()?;
    let seconds: f64 = seconds.trim().parse().ok()?;
    (seconds.is_finite() && seconds >= 0.0).then(|| f64::from(minutes) * 60.0 + seconds)
}
