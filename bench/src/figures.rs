//! All figures of one run, as `--json` writes them.

use std::path::Path as FilePath;

use keel_core::dsp::{Analyzer, Bands, CELLS_PER_BANDS, Cell, CellFlags};
use keel_core::link::{Session, TrackConfig};
use keel_core::mix::SongMap;
use keel_session::host::HostError;
use serde::Serialize;

use crate::hub::{self, Hub};
use crate::judging::{self, Judging};
use crate::link::{self, Link};
use crate::machine::Machine;
use crate::meters::{self, BLOCKS, Kind, Meter, Path};
use crate::native::heap_bytes;
use crate::plugin::{self, Crowd, Process};
use crate::signal::SAMPLE_RATE;

/// Sizes of session by which growth is read.
pub const COUNTS: [usize; 4] = [1, 10, 100, 300];
/// The same for judging, where a session of 30 is an everyday one.
pub const JUDGED: [usize; 4] = [1, 30, 100, 300];
const METHOD: &str = "Times are the thread's own where the system reports them, but for single calls. Meters: each sample is \
    2 s of audio, all meters in turn, rounds after rounds; the least is shown. process(): percentiles over single calls, \
    each the least of several rounds. Instances: 30 sweeps over all of them a sample, the least sample. \
    The worst block: the most of what each block of 2 s took at least in several passes. \
    Scans: median.";

/// How long to measure.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Effort {
    pub rounds: usize,
    pub process_rounds: usize,
    pub process_calls: usize,
    pub crowd_rounds: usize,
    pub crowd_seconds: f64,
    pub judge_rounds: usize,
    pub hub_seconds: f64,
}

impl Effort {
    pub const FULL: Self = Self {
        rounds: 100,
        process_rounds: 12,
        process_calls: 20_000,
        crowd_rounds: 20,
        crowd_seconds: 3.0,
        judge_rounds: 7,
        hub_seconds: 5.0,
    };
    pub const QUICK: Self = Self {
        rounds: 10,
        process_rounds: 3,
        process_calls: 4_000,
        crowd_rounds: 4,
        crowd_seconds: 0.5,
        judge_rounds: 2,
        hub_seconds: 1.5,
    };
}

#[derive(Clone, Debug, Serialize)]
pub struct Method {
    pub text: &'static str,
    pub sample_rate: f64,
    pub channels: u32,
    pub effort: Effort,
}

/// Bytes.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Memory {
    /// An analyzer, its heap included.
    pub analyzer: usize,
    /// A track of the session: rings, newest hops, names; without its song.
    pub track: usize,
    /// A song map of 3 hours.
    pub song_map_3h: usize,
}

impl Memory {
    fn measure() -> Self {
        // What the first of them makes for all is not counted: each is the second of its kind.
        let _first = Analyzer::new(SAMPLE_RATE, 2);
        let (_analyzer, analyzer) = heap_bytes(|| Analyzer::new(SAMPLE_RATE, 2));
        let session = Session::new();
        let _other = session.join(TrackConfig::default());
        let (joined, track) = heap_bytes(|| session.join(TrackConfig::default()));
        let (_song, song_map_3h) = heap_bytes(song_of_3_hours);
        Self { analyzer: size_of::<Analyzer>() + analyzer, track: size_of_val(&joined) + track, song_map_3h }
    }
}

fn song_of_3_hours() -> SongMap {
    let mut song = SongMap::new();
    for index in 0..3 * 36_000 {
        song.insert(&Cell { index, frames: 4800, flags: CellFlags::PLAYING, ..Cell::default() });
    }
    for index in 0..3 * 36_000 / CELLS_PER_BANDS {
        song.insert_bands(&Bands::new(index, 96_000, 0, CellFlags::PLAYING));
    }
    song
}

/// What one run read; `None` where this machine has no answer.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    pub schema: &'static str,
    pub machine: Machine,
    pub method: Method,
    #[serde(flatten)]
    pub keys: Keys,
    pub meters: Vec<Meter>,
    pub process: Vec<Process>,
    pub crowds: Vec<Crowd>,
    pub judging: Vec<(usize, Judging)>,
    pub link: Link,
    pub hub: Vec<Hub>,
    pub memory: Memory,
}

/// The figures that others go by: names that stay.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Keys {
    pub ratio_ebur128_512_avx2: Option<f64>,
    pub ratio_ebur128_512_sse2: Option<f64>,
    pub ratio_libebur128_512: Option<f64>,
    pub instances_per_core_512: Option<f64>,
    pub bytes_per_instance: Option<f64>,
    pub song_map_3h_bytes: Option<f64>,
    pub framework_rss_bytes: Option<f64>,
    pub process_64_p50_ns: Option<f64>,
    pub process_64_p99_ns: Option<f64>,
    pub process_64_p999_ns: Option<f64>,
    pub process_64_least_p999_ns: Option<f64>,
    pub process_512_p50_ns: Option<f64>,
    pub process_512_p99_ns: Option<f64>,
    pub process_512_p999_ns: Option<f64>,
    pub process_512_least_p999_ns: Option<f64>,
    /// A window's share of a frame while 300 tracks play: the newest judgement and two tracks' live meters.
    pub window_frame_300_ms: Option<f64>,
    pub window_frame_300_worst_ms: Option<f64>,
    /// Share of a core that judging takes while the song plays.
    pub judge_300_core: Option<f64>,
    pub judge_30_core: Option<f64>,
    /// From one judgement to the next.
    pub judge_period_300_s: Option<f64>,
    /// From a trim to the judgement that shows it, at the longest.
    pub set_300_worst_ms: Option<f64>,
    pub judge_300_ms: Option<f64>,
    pub judge_300_cold_ms: Option<f64>,
    pub publish_ns: Option<f64>,
    pub scan_256_us: Option<f64>,
    pub tick_64_percent: Option<f64>,
    pub latency_p50_ms: Option<f64>,
}

/// Measures everything; `plugin` is the release library.
pub fn measure(plugin: &FilePath, effort: Effort) -> Result<Figures, HostError> {
    let step = |what: &str| eprintln!("bench: {what}");
    step("memory");
    let memory = Memory::measure();
    step("the plug-in, single calls");
    let process: Result<_, _> = [64, 512]
        .map(|frames| plugin::process(plugin, frames, effort.process_rounds, effort.process_calls))
        .into_iter()
        .collect();
    step("the plug-in, many instances");
    let crowds = plugin::crowds(plugin, &COUNTS, effort.crowd_rounds, effort.crowd_seconds)?;
    step("meters");
    let meters = meters::measure(effort.rounds);
    step("rings");
    let link = link::measure(effort.rounds);
    step("processes");
    let hub = hub::measure(effort.hub_seconds);
    step("judging");
    let judging = JUDGED.map(|count| (count, judging::measure(count, effort.judge_rounds))).to_vec();
    let method = Method { text: METHOD, sample_rate: SAMPLE_RATE, channels: 2, effort };
    let schema = "keel.bench/1";
    let machine = Machine::here();
    let keys = Keys::default();
    let mut figures =
        Figures { schema, machine, method, keys, meters, process: process?, crowds, judging, link, hub, memory };
    figures.keys = Keys::of(&figures);
    Ok(figures)
}

impl Figures {
    pub fn meter(&self, kind: Kind, path: Option<Path>) -> Option<&Meter> {
        self.meters.iter().find(|meter| meter.kind == kind && path.is_none_or(|path| meter.path == path))
    }

    /// The floor that a meter of this path stands on.
    pub fn floor(&self, path: Path) -> Option<&Meter> {
        let path = if path == Path::Avx2 || path == Path::Own { Path::Avx2 } else { Path::Sse2 };
        self.meter(Kind::Floor, Some(path)).or_else(|| self.meter(Kind::Floor, None))
    }

    pub fn other(&self, name: &str) -> Option<&Meter> {
        self.meters.iter().find(|meter| meter.name.starts_with(name))
    }

    /// How many times faster a meter of ours is than this other at 512 frames.
    pub fn times_faster(&self, meter: &Meter, other: &str) -> Option<f64> {
        self.other(other).map(|other| other.ns[AT_512].min / meter.ns[AT_512].min)
    }
}

/// Of [`BLOCKS`].
pub const AT_512: usize = 1;
const _: () = assert!(BLOCKS[AT_512] == 512);

impl Keys {
    fn of(figures: &Figures) -> Self {
        let analyzer = |path| figures.meter(Kind::Analyzer, path);
        let ratio = |path, other| analyzer(path).and_then(|meter| figures.times_faster(meter, other));
        let process = |frames| figures.process.iter().find(move |process| process.frames == frames);
        let crowd = figures.crowds.last();
        let judged = |count| figures.judging.iter().find(move |(of, _)| *of == count).map(|(_, judging)| judging);
        let most = judged(300);
        let hub = figures.hub.iter().find(|hub| (hub.tracks, hub.processes) == (64, 2));
        let own_bytes = (figures.memory.analyzer + figures.memory.track) as f64;
        Self {
            ratio_ebur128_512_avx2: ratio(Some(Path::Avx2), "ebur128"),
            ratio_ebur128_512_sse2: ratio(Some(Path::Sse2), "ebur128"),
            ratio_libebur128_512: ratio(None, "libebur128"),
            instances_per_core_512: crowd.map(|crowd| instances_per_core(crowd.process_512_ns.min)),
            bytes_per_instance: Some(own_bytes),
            song_map_3h_bytes: Some(figures.memory.song_map_3h as f64),
            framework_rss_bytes: crowd.and_then(|crowd| crowd.rss_bytes).map(|bytes| bytes - own_bytes),
            process_64_p50_ns: process(64).map(|process| process.p50),
            process_64_p99_ns: process(64).map(|process| process.p99),
            process_64_p999_ns: process(64).map(|process| process.p999),
            process_64_least_p999_ns: process(64).map(|process| process.least_p999),
            process_512_p50_ns: process(512).map(|process| process.p50),
            process_512_p99_ns: process(512).map(|process| process.p99),
            process_512_p999_ns: process(512).map(|process| process.p999),
            process_512_least_p999_ns: process(512).map(|process| process.least_p999),
            window_frame_300_ms: most.map(|judging| judging.played.frame_mean_ns * 1e-6),
            window_frame_300_worst_ms: most.map(|judging| judging.played.frame_worst_ns * 1e-6),
            judge_300_core: most.and_then(|judging| judging.played.judge_core),
            judge_30_core: judged(30).and_then(|judging| judging.played.judge_core),
            judge_period_300_s: most.map(|judging| judging.played.period_s),
            set_300_worst_ms: most.map(|judging| judging.played.set_ms[1]),
            judge_300_ms: most.map(|judging| judging.judge_ns.median * 1e-6),
            judge_300_cold_ms: most.map(|judging| judging.cold_ns.median * 1e-6),
            publish_ns: Some(figures.link.publish_hop_ns.min),
            scan_256_us: Some(figures.link.scan_ns.median * 1e-3),
            tick_64_percent: hub.and_then(|hub| hub.tick_percent),
            latency_p50_ms: hub.and_then(|hub| hub.latency_p50_ms),
        }
    }
}

/// Instances that fill a core at 512 frames, from what one block of one costs.
pub fn instances_per_core(block_ns: f64) -> f64 {
    512.0 / SAMPLE_RATE * 1e9 / block_ns
}
