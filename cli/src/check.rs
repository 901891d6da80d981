//! Files through the same meters and rules as in the plug-in: decode, analyse, assess.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::Mutex;

use keel_core::dsp::{Analyzer, Bands, Cell, Clock, ClockKind, Hop, Sink};
use keel_core::mix::{
    MixReport, Placement, Profile, Role, SessionState, SongMap, TrackId, TrackInput, assess, density, timeline,
};

use crate::decode::{DecodeError, Reader, work_of};
use crate::keel_toml::Tempo;
use crate::progress::Progress;
use crate::stems::Stem;

/// Frames of silence that pad a short file, at a time.
const PAD: usize = 4096;

/// A report, and the files that are not in it.
#[derive(Debug)]
pub struct Checked {
    pub report: MixReport,
    pub problems: Vec<DecodeError>,
    /// Stems that were analysed.
    pub analysed: usize,
}

/// What to judge by.
#[derive(Clone, Debug)]
pub struct Rules {
    pub profile: Profile,
    pub state: SessionState,
    /// Turns seconds into bars, where it is known.
    pub tempo: Option<Tempo>,
}

/// Analyses the stems, pads them to the longest, and judges them together.
pub fn check(stems: &[Stem], rules: &Rules, progress: &Progress) -> Checked {
    let mut tracks = Vec::new();
    let mut problems = Vec::new();
    for (stem, result) in stems.iter().zip(analyse(stems, rules.tempo, progress)) {
        match result {
            Ok(track) => tracks.push((stem, track)),
            Err(problem) => problems.push(problem),
        }
    }
    let longest = tracks.iter().map(|(_, track)| track.seconds()).fold(0.0, f64::max);
    in_parallel(tracks.iter_mut().collect(), |(_, track)| track.pad(longest));
    let tracks: Vec<_> = tracks.iter().map(|(stem, track)| (*stem, track)).collect();
    Checked { report: judge(&tracks, &rules.profile, &rules.state), problems, analysed: tracks.len() }
}

/// What the rules say of stems that were analysed.
pub fn judge(tracks: &[(&Stem, &Track)], profile: &Profile, state: &SessionState) -> MixReport {
    let inputs: Vec<TrackInput<'_>> =
        tracks.iter().zip(1..).map(|((stem, track), id)| input(TrackId(id), stem, &track.song)).collect();
    let mut report = assess(&inputs, profile, state);
    report.timeline = timeline(&inputs);
    report.density = inputs.iter().find(|track| track.role == Role::MixBus).and_then(density);
    report.notes.extend(names_used_twice(tracks));
    report
}

/// A stem is what its track sends to the mix: after fader and pan.
fn input<'a>(id: TrackId, stem: &'a Stem, song: &'a SongMap) -> TrackInput<'a> {
    TrackInput {
        id,
        name: &stem.name,
        role: stem.role,
        role_from: stem.role_from,
        is_reference: stem.is_reference,
        is_out: false,
        placement: Placement::Post,
        measure: None,
        gain: 1.0,
        song,
        held_peak: None,
    }
}

fn names_used_twice(tracks: &[(&Stem, &Track)]) -> Vec<String> {
    let mut count = BTreeMap::new();
    for (stem, _) in tracks {
        *count.entry(stem.name.as_str()).or_insert(0) += 1;
    }
    let used_twice = count.into_iter().filter(|&(_, count)| count > 1);
    used_twice
        .map(|(name, count)| format!("{count} files are called {name}; they stand as tracks of one name."))
        .collect()
}

/// Measures each file, a block at a time, as many files at a time as the machine has cores. What takes longest comes
/// first, so that no core waits long for another's last file.
pub fn analyse(stems: &[Stem], tempo: Option<Tempo>, progress: &Progress) -> Vec<Result<Track, DecodeError>> {
    let mut order: Vec<usize> = (0..stems.len()).collect();
    order.sort_by_cached_key(|&at| std::cmp::Reverse(work_of(&stems[at].path)));
    let mut results = in_parallel(order, |at| (at, Track::read(&stems[at], tempo, progress)));
    progress.finish();
    results.sort_by_key(|&(at, _)| at);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Does the work on all cores, each taking the next piece when it is done with one. The results come in any order.
fn in_parallel<T: Send, R: Send>(pieces: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get).min(pieces.len());
    let pieces = Mutex::new(pieces.into_iter());
    let take = || pieces.lock().ok().and_then(|mut pieces| pieces.next());
    std::thread::scope(|scope| {
        let all = || std::iter::from_fn(take).map(&work).collect::<Vec<_>>();
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(all)).collect();
        let done = workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)));
        done.flatten().collect()
    })
}

/// One file as the meters read it.
#[derive(Debug)]
pub struct Track {
    analyzer: Analyzer,
    song: SongMap,
    frames: i64,
    tempo: Option<Tempo>,
}

impl Track {
    fn read(stem: &Stem, tempo: Option<Tempo>, progress: &Progress) -> Result<Self, DecodeError> {
        let mut reader = Reader::open(&stem.path)?;
        let rate = f64::from(reader.sample_rate());
        let mut shown = progress.file(&stem.name, reader.expected_frames().map(|frames| frames as f64 / rate));
        let analyzer = Analyzer::new(rate, reader.channels());
        let mut track = Self { analyzer, song: SongMap::new(), frames: 0, tempo };
        while let Some(block) = reader.next_block()? {
            track.feed(&block[0], block.get(1).map(Vec::as_slice));
            shown.advance(block[0].len() as f64 / rate);
        }
        Ok(track)
    }

    pub fn seconds(&self) -> f64 {
        self.frames as f64 / self.analyzer.sample_rate()
    }

    fn feed(&mut self, left: &[f32], right: Option<&[f32]>) {
        let seconds = self.seconds();
        let clock = Clock {
            kind: ClockKind::Samples,
            position: self.frames,
            playing: true,
            gain: 1.0,
            tempo: self.tempo.map(|tempo| tempo.beats_per_minute),
            bar: self.tempo.map(|tempo| tempo.bar_at(seconds)),
            quarters_per_bar: self.tempo.map(|tempo| tempo.beats_per_bar),
            ..Clock::default()
        };
        self.analyzer.process(left, right, &clock, &mut Cells(&mut self.song));
        self.frames += left.len() as i64;
    }

    /// Silence up to the end of the longest file, then what the filters still hold.
    pub fn pad(&mut self, seconds: f64) {
        let end = (seconds * self.analyzer.sample_rate()).round() as i64;
        let silence = [0.0; PAD];
        while self.frames < end {
            let length = PAD.min((end - self.frames) as usize);
            let right = (self.analyzer.channels() == 2).then_some(&silence[..length]);
            self.feed(&silence[..length], right);
        }
        self.analyzer.flush(&mut Cells(&mut self.song));
    }
}

/// Puts cells and bands on the song map; hops are for what moves on a screen.
struct Cells<'a>(&'a mut SongMap);

impl Sink for Cells<'_> {
    fn hop(&mut self, _hop: &Hop) {}

    fn cell(&mut self, cell: &Cell) {
        self.0.insert(cell);
    }

    fn bands(&mut self, bands: &Bands) {
        self.0.insert_bands(bands);
    }
}
