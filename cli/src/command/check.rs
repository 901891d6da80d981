//! `keel check`: stems or a mixdown in, a report out.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;
use keel_cli::check::{Checked, Rules, check};
use keel_cli::compare::{Comparison, Side, as_judged};
use keel_cli::keel_toml::KeelToml;
use keel_cli::progress::Progress;
use keel_cli::stems::{Choices, Found, RoleChoice, find};
use keel_cli::unjudged::unjudged;
use keel_cli::{html, scope, table};
use keel_core::mix::{MixReport, Profile, SessionState, Verdict};
use keel_core::units::Db;

use super::{Failure, could_not, is_stdout, print, write, wrong_usage};

/// Judge the balance of stems: a folder of audio files, or the files themselves.
///
/// WAV (RF64 and BW64 too), AIFF, FLAC, MP3, OGG Vorbis, M4A (AAC, ALAC), AAC and CAF are read, mono or stereo, of any
/// rate and length, in the folders of a folder too. Of a damaged file what is there is read, and the difference told. Two
/// mono files that differ by .L and .R, or -, _ or a space in place of the point, are one track. Broadcast WAVs are placed
/// by their time stamps.
///
/// A file is called by its name without the ending, and has the role that its name says. One file alone is taken as a
/// mixdown, of which only the bus is measured, unless its name or --role gives it a role. A file keel.toml beside the
/// stems may say more: profile, reference, scope, tempo, beats-per-bar, first-bar, ignore and [roles]. What the command
/// line says goes over it.
///
/// Exit status: 0 done; 1 could not do it, or a file could not be read or lacks over a second, or --fail-on applies; 2 wrong usage.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Folders and files.
    #[arg(required_unless_present = "compare", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Show what moved between two versions of a mix, two folders of stems or two mixdowns: both are judged in what is
    /// A's loudest section.
    #[arg(long, num_args = 2, value_names = ["A", "B"], conflicts_with_all = ["paths", "html"])]
    compare: Option<Vec<PathBuf>>,
    /// Targets: a profile's name, or the path of its file [default: guide].
    #[arg(long, value_name = "NAME|FILE")]
    profile: Option<String>,
    /// Write the report as JSON; "-" writes it to standard output in place of the table.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the report as one HTML file to read in a browser or print; nothing in it leaves the page.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Give a file its role, whatever its name says; may be repeated.
    #[arg(long = "role", value_name = "FILE=ROLE")]
    roles: Vec<RoleChoice>,
    /// The file that is the kick, where names and roles do not say so.
    #[arg(long = "reference", value_name = "FILE")]
    references: Vec<String>,
    /// What to judge: the loudest section with the kick [default], the whole song, or a range, as in 45-61 or 0:45-1:01.
    #[arg(long, value_name = "loudest|song|FROM-TO", value_parser = scope::parse)]
    scope: Option<SessionState>,
    /// What the host's pan law does to one-channel files on their way to both sides, as in -3 [default: 0].
    #[arg(long, value_name = "DB", allow_negative_numbers = true, value_parser = mono_law)]
    mono_law: Option<Db>,
    /// No table.
    #[arg(long)]
    quiet: bool,
    /// End with status 1 if any track is too low, too high, or either, and if none could be judged; of two versions, of B.
    #[arg(long, value_name = "high|low|any")]
    fail_on: Option<FailOn>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
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

/// The law's range is that of a profile's `mono-law`.
fn mono_law(text: &str) -> Result<Db, String> {
    let law = text.parse().ok().filter(|law| (-6.0..=0.0).contains(law));
    law.map(Db).ok_or_else(|| "give decibels from -6 to 0; most hosts have 0 or -3".to_owned())
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    match options.compare.as_deref() {
        Some([a, b]) => compare(options, a.clone(), b.clone()),
        _ => report(options),
    }
}

/// What came out of a set of files.
struct Judged {
    report: MixReport,
    /// A report for each, where they are finished songs.
    songs: Vec<MixReport>,
    /// Files that are not in the report, as was said on standard error.
    left_out: Vec<String>,
    /// Much is missing of files that are.
    has_losses: bool,
}

impl Judged {
    fn to_table(&self) -> String {
        let style = table::Style::for_stdout();
        if self.songs.is_empty() {
            return table::render(&self.report, style);
        }
        let songs: Vec<String> = self.songs.iter().map(|song| table::render(song, style)).collect();
        let notes: String = self.report.notes.iter().map(|note| format!("{note}\n")).collect();
        songs.join("\n") + "\n" + &notes
    }

    /// The report; of finished songs each has its facts under `songs`.
    fn to_json(&self) -> String {
        match serde_json::to_value(&self.report) {
            Ok(mut json) if !self.songs.is_empty() => {
                json["songs"] = self.songs.iter().map(song_facts).collect();
                serde_json::to_string_pretty(&json).unwrap_or_default() + "\n"
            }
            _ => self.report.to_json(),
        }
    }
}

/// Name and bus of one finished song.
fn song_facts(song: &MixReport) -> serde_json::Value {
    let name = song.tracks.first().map(|track| track.name.as_str());
    serde_json::json!({ "name": name, "bus": song.bus, "density": song.density, "advice": song.advice })
}

fn report(options: &Options) -> Result<ExitCode, Failure> {
    let choices = Choices { roles: options.roles.clone(), references: options.references.clone() };
    let mut judged = judged(options, &options.paths, &choices, options.scope)?;
    let style = table::Style::for_stdout();
    let mut table = judged.to_table();
    let prints_table = !options.quiet && !options.json.as_deref().is_some_and(is_stdout);
    if let Some(sentence) = unjudged(&judged.report) {
        table.insert_str(0, &table::render_first(&sentence, style));
        if !prints_table {
            eprintln!("keel: {sentence}");
        }
        judged.report.notes.insert(0, sentence);
    }
    // The table's reader has seen these on standard error; the report's has not.
    judged.report.notes.extend(judged.left_out.iter().map(|sentence| format!("Left out: {sentence}")));
    if let Some(file) = &options.json {
        write(file, &judged.to_json())?;
    }
    if let Some(file) = &options.html {
        write(file, &html::render(&judged.report))?;
    }
    if prints_table {
        print(&table)?;
    }
    Ok(status(options, &judged.report, judged.left_out.is_empty() && !judged.has_losses))
}

fn compare(options: &Options, a: PathBuf, b: PathBuf) -> Result<ExitCode, Failure> {
    if !options.roles.is_empty() || !options.references.is_empty() {
        return Err(wrong_usage("--role and --reference say not which of the two is meant: use keel.toml"));
    }
    let before = judged(options, std::slice::from_ref(&a), &Choices::default(), options.scope)?;
    let section = options.scope.or(Some(as_judged(&before.report)));
    let after = judged(options, std::slice::from_ref(&b), &Choices::default(), section)?;
    let left_out = [before.left_out, after.left_out].concat();
    let sides = [Side { path: &a, report: &before.report }, Side { path: &b, report: &after.report }];
    let comparison = Comparison::of(&sides, &left_out);
    if let Some(file) = &options.json {
        write(file, &comparison.to_json())?;
    }
    if !options.quiet && !options.json.as_deref().is_some_and(is_stdout) {
        print(&table::render_comparison(&comparison, table::Style::for_stdout()))?;
    }
    let is_whole = left_out.is_empty() && !before.has_losses && !after.has_losses;
    Ok(status(options, &after.report, is_whole))
}

/// The report on what lies at these paths, and what is left out of it, which has been said on standard error. Without a
/// scope that of the settings holds.
fn judged(
    options: &Options,
    paths: &[PathBuf],
    choices: &Choices,
    scope: Option<SessionState>,
) -> Result<Judged, Failure> {
    let settings = KeelToml::beside(paths).map_err(could_not)?;
    let Found { stems, mut left_out, notes } =
        find(paths, choices, &settings).map_err(|astray| match astray.is_usage() {
            true => wrong_usage(astray),
            false => could_not(astray),
        })?;
    let profile = options.profile.as_ref().or(settings.profile.as_ref()).map_or("guide", String::as_str);
    let state = scope.or(settings.scope).unwrap_or_else(|| keel_cli::scope::parse("loudest").unwrap_or_default());
    let mut profile = Profile::load(profile).map_err(could_not)?;
    profile.rules.level.mono_law = options.mono_law.unwrap_or(profile.rules.level.mono_law);
    let rules = Rules { profile, state, tempo: settings.tempo };
    let progress = if options.quiet { Progress::silent() } else { Progress::on_stderr(stems.len()) };
    let Checked { mut report, songs, problems, analysed, losses } = check(&stems, &rules, &progress);
    left_out.extend(problems.iter().map(ToString::to_string));
    for sentence in left_out.iter().chain(&losses) {
        eprintln!("keel: {sentence}");
    }
    if analysed == 0 {
        let where_ = paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
        return Err(could_not(format!("there is nothing to analyse: no audio file could be read from {where_}")));
    }
    report.notes.extend(notes);
    Ok(Judged { report, songs, left_out, has_losses: !losses.is_empty() })
}

fn status(options: &Options, report: &MixReport, is_whole: bool) -> ExitCode {
    let fails = |on: FailOn| !report.judges() || report.tracks.iter().any(|track| on.applies(track.verdict));
    if options.fail_on.is_some() && !report.judges() && unjudged(report).is_none() {
        eprintln!("keel: nothing could be judged: a mixdown has no verdicts. Give the stems of its song.");
    }
    let is_fine = is_whole && !options.fail_on.is_some_and(fails);
    if is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
