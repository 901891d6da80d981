//! `keel targets`: the profiles that there are, what is in one, and a new one learnt from songs.

use std::path::PathBuf;
use std::process::ExitCode;

use keel_cli::check::Heard;
use keel_cli::keel_toml::KeelToml;
use keel_cli::learn::{Offsets, Yardsticks, learn};
use keel_cli::progress::Progress;
use keel_cli::stems::{Choices, find};
use keel_cli::{scope, table};
use keel_core::mix::Profile;

use super::{Failure, could_not, is_stdout, print, write};

/// List target profiles, show one, or learn one from songs.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the profiles that --profile knows by name, and the folder of your own.
    List,
    /// Show a profile: each role's band, what it is counted from, and whose number it is.
    Show {
        /// A profile's name, or the path of its file.
        #[arg(value_name = "NAME|FILE", default_value = "guide")]
        profile: String,
    },
    Learn(Learn),
}

/// Learn a profile from the stems of songs that you like: one folder a song.
///
/// A role's band is the median of its offsets and their spread to both sides; the file says how many songs it comes
/// from. Offsets count from the kick where every song has one, else from the mix. Use it with keel check --profile FILE. A keel.toml in a folder counts for its song.
#[derive(Debug, clap::Args)]
struct Learn {
    /// Folders of stems, one a song.
    #[arg(required = true, value_name = "DIR")]
    songs: Vec<PathBuf>,
    /// Write the profile here, not to standard output.
    #[arg(long, short, value_name = "FILE", default_value = "-")]
    output: PathBuf,
    /// No progress bars.
    #[arg(long)]
    quiet: bool,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    match &options.command {
        Command::List => list(),
        Command::Show { profile } => {
            let profile = Profile::load(profile).map_err(could_not)?;
            print(&table::render_profile(&profile, table::Style::for_stdout()))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Learn(options) => learnt(options),
    }
}

fn list() -> Result<ExitCode, Failure> {
    let mut text: String = Profile::list().into_iter().map(|name| name + "\n").collect();
    if let Some(folder) = Profile::config_dir() {
        text.push_str(&format!("Your own profiles go in {}\n", folder.display()));
    }
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn learnt(options: &Learn) -> Result<ExitCode, Failure> {
    let yardsticks = Yardsticks::default();
    let mut songs = Vec::new();
    let mut all_read = true;
    for folder in &options.songs {
        let (offsets, is_whole) = song(folder, &yardsticks, options.quiet)?;
        all_read &= is_whole;
        if offsets.iter().all(Offsets::is_empty) {
            all_read = false;
            eprintln!("keel: {}: nothing to learn: no track that the guide judges sounds in it", folder.display());
        } else {
            songs.push((folder.display().to_string(), offsets));
        }
    }
    if songs.is_empty() {
        return Err(could_not("there is nothing to learn from"));
    }
    let lesson = learn(songs);
    if let Some(warning) = lesson.warning() {
        eprintln!("keel: {warning}");
    }
    write(&options.output, &lesson.to_toml(&yardsticks))?;
    if !is_stdout(&options.output) && !options.quiet {
        let mut lines = lesson.lines(&yardsticks);
        lines.push(format!("Use it: keel check PATH --profile {}", options.output.display()));
        print(&(lines.join("\n") + "\n"))?;
    }
    Ok(if all_read { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The offsets of one song by each yardstick, and whether all its files could be read.
fn song(folder: &PathBuf, yardsticks: &Yardsticks, quiet: bool) -> Result<([Offsets; 3], bool), Failure> {
    let paths = std::slice::from_ref(folder);
    let settings = KeelToml::beside(paths).map_err(could_not)?;
    let found = find(paths, &Choices::default(), &settings).map_err(could_not)?;
    let state = settings.scope.unwrap_or_else(|| scope::parse("loudest").unwrap_or_default());
    let progress = if quiet { Progress::silent() } else { Progress::on_stderr(found.stems.len()) };
    let heard = Heard::new(&found.stems, settings.tempo, &progress);
    let unread = heard.problems.iter().map(ToString::to_string);
    for sentence in found.left_out.iter().cloned().chain(unread).chain(heard.losses()) {
        eprintln!("keel: {sentence}");
    }
    let offsets = yardsticks.offsets(|profile| heard.judge(profile, &state));
    Ok((offsets, found.left_out.is_empty() && heard.problems.is_empty()))
}
