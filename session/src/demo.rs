//! The demo: plays a session through real instances, shows it, and ends with the plugin's own verdicts.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use keel_cli::{html, table};
use serde_json::Value;

use crate::host::{HostError, PluginFile};
use crate::live::Live;
use crate::options::Demo;
use crate::player::{Pace, Player};
use crate::say::say;
use crate::screen::Screen;
use crate::sound;
use crate::stems::StemSet;

/// The built-in song is made at this rate.
const SONG_RATE: u32 = 48_000;
/// Song seconds granted at a time: the plugin's collector has to keep up with its 102 s of cells, and the live table lives.
const PORTION_S: f64 = 0.25;
/// Time with the transport standing after the song, so that filters and the last partial hop come out.
const TAIL_S: f64 = 0.25;
/// The main thread's pulse in real time.
const PULSE: Duration = Duration::from_millis(10);
/// Real time between two searches for a track that does not sit.
const SEARCH_EVERY: Duration = Duration::from_millis(500);

/// Runs the demo; the exit status of design: 0 done, 1 could not do it, 2 wrong usage.
pub fn run(options: &Demo) -> ExitCode {
    match try_run(options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(message) => {
            eprintln!("keel-session: {message}");
            ExitCode::from(1)
        }
    }
}

/// True when everything that was asked for was done.
fn try_run(options: &Demo) -> Result<bool, String> {
    let (set, problems) = stems(options)?;
    let set = Arc::new(set);
    for problem in &problems {
        eprintln!("keel-session: {problem}");
    }
    if let Some(name) = options.track.as_deref().filter(|name| set.stems.iter().all(|stem| stem.name != *name)) {
        let names: Vec<&str> = set.stems.iter().map(|stem| stem.name.as_str()).collect();
        return Err(format!("there is no track \"{name}\" among {}", names.join(", ")));
    }
    if let Some(folder) = &options.write_stems {
        let files = set.write_folder(folder)?;
        say(&format!("Wrote {} stems to {}", files.len(), folder.display()));
    }
    let file = match &options.plugin {
        Some(path) => PluginFile::load(path),
        None => PluginFile::beside_executable(),
    }
    .map_err(|error| error.to_string())?;
    let played = options.seconds.map_or(set.frames() as u64, |s| (s * f64::from(set.sample_rate)).ceil() as u64);
    let mut player = Player::new(&file, Arc::clone(&set), played).map_err(|error| error.to_string())?;
    let (tracks, seconds, path) = (set.stems.len(), player.end_s(), file.path().display());
    say(&format!("{tracks} tracks, {seconds:.1} s at {} Hz, through {path}", set.sample_rate));
    let json = play(options, &mut player)?;
    let report: Value = serde_json::from_str(&json).map_err(|error| format!("the plugin's report: {error}"))?;
    let table = table::render_json(&report, table::Style::for_stdout());
    say(&format!("\n{}", table.trim_end()));
    if let Some(path) = &options.json {
        std::fs::write(path, &json).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    if let Some(path) = &options.html {
        std::fs::write(path, html::render_json(&report)).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    tell_log(&mut player);
    Ok(problems.is_empty())
}

fn stems(options: &Demo) -> Result<(StemSet, Vec<String>), String> {
    let (mut set, problems) = match &options.stems {
        Some(folder) => StemSet::read_folder(folder).map_err(|error| error.to_string())?,
        None => (StemSet::demo(SONG_RATE), Vec::new()),
    };
    set.tempo = options.tempo.or(set.tempo);
    Ok((set, problems))
}

/// Plays to the end and gives the report's JSON.
fn play(options: &Demo, player: &mut Player) -> Result<String, String> {
    let block = options.block as usize;
    let played = if options.headless { play_headless(player, block) } else { play_in_time(options, player, block) };
    let stopped = player.stop();
    played.and(stopped).map_err(|error| error.to_string())?;
    player.report(options.scope.as_deref()).map_err(|error| error.to_string())
}

fn play_headless(player: &mut Player, block: usize) -> Result<(), HostError> {
    let rate = player.sample_rate();
    let mut live = Live::default();
    player.start(block, Pace::Granted)?;
    while !player.is_at_end() && !player.has_failed() {
        player.play_on((PORTION_S * rate) as u64);
        if live.is_due(player.position_s()) {
            show(&mut live, player)?;
        }
    }
    player.play_on((TAIL_S * rate) as u64);
    live.end(&mut std::io::stdout());
    Ok(())
}

fn play_in_time(options: &Demo, player: &mut Player, block: usize) -> Result<(), HostError> {
    let (_card, feed) = open_sound(options, player.sample_rate() as u32);
    let mut screen = Screen::new(options.track.clone(), !options.no_window);
    player.start(block, Pace::RealTime(feed))?;
    let played = serve(player, &mut screen);
    // Whatever happened: the editor goes before its window.
    screen.close(player);
    played
}

/// The main thread's loop in real time, until the song or the user ends it.
fn serve(player: &mut Player, screen: &mut Screen) -> Result<(), HostError> {
    let mut live = Live::default();
    let mut searched_at = Instant::now();
    let mut ended: Option<Instant> = None;
    while !player.has_failed() && !screen.serve(player) {
        player.pump();
        if searched_at.elapsed() >= SEARCH_EVERY {
            searched_at = Instant::now();
            screen.find_track(player)?;
        }
        if live.is_due(player.position_s()) {
            show(&mut live, player)?;
        }
        if player.is_at_end() {
            let tail = ended.get_or_insert_with(Instant::now);
            if tail.elapsed().as_secs_f64() >= TAIL_S && !screen.wait_for_user() {
                break;
            }
        }
        std::thread::sleep(PULSE);
    }
    live.end(&mut std::io::stdout());
    Ok(())
}

fn open_sound(options: &Demo, sample_rate: u32) -> (Option<sound::Card>, Option<sound::Feed>) {
    if options.no_sound {
        return (None, None);
    }
    match sound::open(sample_rate) {
        Ok((card, feed)) => {
            say(&format!("Sound: {}", card.name));
            (Some(card), Some(feed))
        }
        Err(why) => {
            say(&format!("No sound: {why}"));
            (None, None)
        }
    }
}

fn show(live: &mut Live, player: &mut Player) -> Result<(), HostError> {
    let json = player.report(None)?;
    let report: Value =
        serde_json::from_str(&json).map_err(|error| HostError::Refused(format!("a readable report: {error}")))?;
    live.show(&mut std::io::stdout(), player.position_s(), player.end_s(), &report);
    Ok(())
}

/// What the plugin had to say, for the terminal.
fn tell_log(player: &mut Player) {
    let mut err = std::io::stderr().lock();
    for track in player.tracks() {
        for line in track.take_log() {
            // A reader that has gone gets nothing more.
            let _ = writeln!(err, "{}: {} {}", track.name(), line.severity, line.text);
        }
    }
}
