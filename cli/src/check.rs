//! Files through the same meters and rules as in the plug-in: decode, analyse, assess.

mod songs;

use std::collections::BTreeMap;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::Mutex;

use keel_core::dsp::{Analyzer, Bands, Cell, Clock, ClockKind, Hop, Sink};
use keel_core::mix::{
    MixReport, Placement, Profile, Role, SessionState, SongMap, TrackId, TrackInput, assess, density, timeline,
};

use crate::decode::{DecodeError, Reader, Remark, work_of};
use crate::keel_toml::Tempo;
use crate::progress::Progress;
use crate::stems::Stem;
use crate::sums::{self, Sketch};

/// Frames of silence that pad a short file, at a time.
const PAD: usize = 4096;

/// A report, and the files that are not in it.
#[derive(Debug)]
pub struct Checked {
    pub report: MixReport,
    /// Where the files are finished songs, a report on each alone.
    pub songs: Vec<MixReport>,
    pub problems: Vec<DecodeError>,
    /// Stems that were analysed.
    pub analysed: usize,
    /// Files of which much is missing, a sentence each; what is there is in the report.
    pub losses: Vec<String>,
}

/// What to judge by.
#[derive(Clone, Debug)]
pub struct Rules {
    pub profile: Profile,
    pub state: SessionState,
    /// Turns seconds into bars, where it is known.
    pub tempo: Option<Tempo>,
}

/// Analyses the stems, pads them to the longest, takes sums of others as buses, and judges all together.
pub fn check(stems: &[Stem], rules: &Rules, progress: &Progress) -> Checked {
    let heard = Heard::new(stems, rules.tempo, progress);
    let mut report = heard.judge(&rules.profile, &rules.state);
    let songs = heard.songs(&rules.profile, &rules.state);
    if !songs.is_empty() {
        // No song speaks for the others.
        (report.bus, report.density) = (None, None);
    }
    let (losses, notes) = remarks(&heard.tracks);
    report.notes.extend(losses.iter().cloned().chain(notes));
    Checked { report, songs, analysed: heard.tracks.len(), problems: heard.problems, losses }
}

/// Stems as the meters read them, as long as the longest, to be judged by one profile or several.
#[derive(Debug)]
pub struct Heard<'a> {
    tracks: Vec<(&'a Stem, Track)>,
    /// Seconds of each.
    lengths: Vec<f64>,
    pub problems: Vec<DecodeError>,
}

impl<'a> Heard<'a> {
    pub fn new(stems: &'a [Stem], tempo: Option<Tempo>, progress: &Progress) -> Self {
        let mut heard = Self { tracks: Vec::new(), lengths: Vec::new(), problems: Vec::new() };
        for (stem, result) in stems.iter().zip(analyse(stems, tempo, progress)) {
            match result {
                Ok(track) => heard.tracks.push((stem, track)),
                Err(problem) => heard.problems.push(problem),
            }
        }
        heard.lengths = heard.tracks.iter().map(|(_, track)| track.seconds()).collect();
        let longest = heard.lengths.iter().copied().fold(0.0, f64::max);
        in_parallel(heard.tracks.iter_mut().collect(), |(_, track)| track.pad(longest));
        heard
    }

    /// Takes sums of others as buses, and finished songs as mixes; judges all together.
    pub fn judge(&self, profile: &Profile, state: &SessionState) -> MixReport {
        let (stems, notes) = self.taken_as();
        let tracks: Vec<_> = stems.iter().zip(&self.tracks).map(|(stem, (_, track))| (stem, track)).collect();
        let mut report = judge(&tracks, profile, state);
        report.notes.extend(notes);
        report
    }

    /// A sentence on each file that lacks much.
    pub fn losses(&self) -> Vec<String> {
        remarks(&self.tracks).0
    }

    /// A report for each, where they are finished songs.
    fn songs(&self, profile: &Profile, state: &SessionState) -> Vec<MixReport> {
        let (stems, album) = songs::of_an_album(&self.tracks, &self.lengths);
        let all = stems.iter().zip(&self.tracks).filter(|_| album.is_some());
        all.map(|(stem, (_, track))| judge(&[(stem, track)], profile, state)).collect()
    }

    /// The stems in the roles that their sound gives them, and a sentence on each of those.
    fn taken_as(&self) -> (Vec<Stem>, Vec<String>) {
        if let (stems, Some(note)) = songs::of_an_album(&self.tracks, &self.lengths) {
            return (stems, vec![note]);
        }
        let files: Vec<_> = self.tracks.iter().map(|(stem, track)| track.as_file(stem)).collect();
        sums::take_as_buses(&files)
    }
}

/// What is to be said of files that are not what they say: a sentence for each that lacks much, and one for each kind of
/// lesser difference.
fn remarks(tracks: &[(&Stem, Track)]) -> (Vec<String>, Vec<String>) {
    let all = || tracks.iter().flat_map(|(stem, track)| track.remarks.iter().map(move |remark| (*stem, remark)));
    let losses = all().filter(|(_, remark)| remark.is_loss());
    let losses = losses.map(|(stem, remark)| format!("{}: {remark}", stem.path.display())).collect();
    let mut kinds: Vec<(&Remark, Vec<&str>)> = Vec::new();
    for (stem, remark) in all().filter(|(_, remark)| !remark.is_loss()) {
        let alike =
            |(first, _): &&mut (&Remark, Vec<&str>)| std::mem::discriminant(*first) == std::mem::discriminant(remark);
        match kinds.iter_mut().find(alike) {
            Some((_, names)) => names.push(&stem.name),
            None => kinds.push((remark, vec![&stem.name])),
        }
    }
    let sentence = |(remark, names): (&Remark, Vec<&str>)| match names[..] {
        [name] => format!("{name} {remark}."),
        _ => format!("{} files {}: {}.", names.len(), remark.of_several(), names.join(", ")),
    };
    (losses, kinds.into_iter().map(sentence).collect())
}

/// What the rules say of stems that were analysed.
pub fn judge(tracks: &[(&Stem, &Track)], profile: &Profile, state: &SessionState) -> MixReport {
    let inputs: Vec<TrackInput<'_>> =
        tracks.iter().zip(1..).map(|((stem, track), id)| input(TrackId(id), stem, &track.song)).collect();
    let mut report = assess(&inputs, profile, &SessionState { printed: true, ..*state });
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

/// One stem as the meters read it.
#[derive(Debug)]
pub struct Track {
    analyzer: Analyzer,
    song: SongMap,
    sketch: Sketch,
    frames: i64,
    tempo: Option<Tempo>,
    remarks: Vec<Remark>,
}

impl Track {
    fn read(stem: &Stem, tempo: Option<Tempo>, progress: &Progress) -> Result<Self, DecodeError> {
        let mut reader = Reader::open(&stem.path)?;
        let mut right = stem.right.as_ref().map(|path| Reader::open(path)).transpose()?.map(Side::new);
        let rate = f64::from(reader.sample_rate());
        let mut shown = progress.file(&stem.name, reader.expected_frames().map(|frames| frames as f64 / rate));
        let channels = if right.is_some() { 2 } else { reader.channels() };
        let (analyzer, sketch) = (Analyzer::new(rate, channels), Sketch::new(channels));
        let mut track = Self { analyzer, song: SongMap::new(), sketch, frames: 0, tempo, remarks: Vec::new() };
        track.silence_until(stem.start_s);
        while let Some(block) = reader.next_block()? {
            let other = right.as_mut().map(|side| side.take(block[0].len())).transpose()?;
            track.feed(&block[0], other.or(block.get(1).map(Vec::as_slice)));
            shown.advance(block[0].len() as f64 / rate);
        }
        track.remarks = reader.remarks();
        Ok(track)
    }

    /// What was heard, by song position.
    pub fn song(&self) -> &SongMap {
        &self.song
    }

    /// One or two.
    pub fn channels(&self) -> usize {
        self.analyzer.channels()
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
        self.sketch.push(left, right);
        self.frames += left.len() as i64;
    }

    fn as_file<'a>(&'a self, stem: &'a Stem) -> sums::File<'a> {
        sums::File { stem, sketch: &self.sketch, sample_rate: self.analyzer.sample_rate() }
    }

    /// Silence up to the end of the longest file, then what the filters still hold.
    pub fn pad(&mut self, seconds: f64) {
        self.silence_until(seconds);
        self.analyzer.flush(&mut Cells(&mut self.song));
    }

    fn silence_until(&mut self, seconds: f64) {
        let end = (seconds * self.analyzer.sample_rate()).round() as i64;
        let silence = [0.0; PAD];
        while self.frames < end {
            let length = PAD.min((end - self.frames) as usize);
            let right = (self.analyzer.channels() == 2).then_some(&silence[..length]);
            self.feed(&silence[..length], right);
        }
    }
}

/// The right side of a split stem, given out in blocks as long as the left's.
struct Side {
    reader: Reader,
    waiting: Vec<f32>,
    given: usize,
}

impl Side {
    fn new(reader: Reader) -> Self {
        Self { reader, waiting: Vec::new(), given: 0 }
    }

    /// The next frames; silence where the file has ended.
    fn take(&mut self, frames: usize) -> Result<&[f32], DecodeError> {
        self.waiting.drain(..self.given);
        while self.waiting.len() < frames {
            match self.reader.next_block()? {
                Some(block) => self.waiting.extend_from_slice(&block[0]),
                None => self.waiting.resize(frames, 0.0),
            }
        }
        self.given = frames;
        Ok(&self.waiting[..frames])
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
