//! The plug-in as it ships, through a CLAP host: the release library, real instances.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use keel_session::host::{HostError, Instance, PluginFile, Processor, Track, Transport};
use serde::Serialize;

use crate::machine;
use crate::signal::{SAMPLE_RATE, Signal};
use crate::timing::{Stopwatch, Timing, clock_cost, nanoseconds, percentile};

/// Largest block that instances are activated for.
const MAX_FRAMES: usize = 512;
/// Audio in one sample of a sweep: 30 blocks of 512, whole hops and cells and some ten transforms.
const BLOCKS_IN_SAMPLE: usize = 30;
/// How often the plug-in's collector runs, in seconds.
const TICK_S: f64 = 0.020;
/// Blocks of 64 and of 512 frames divide it.
const PERIOD_S: f64 = 4.0;
const SETTLE_S: f64 = 0.2;

/// One call of process(), in nanoseconds, the host's part included. Each figure is the least of several rounds, so that
/// what is left is the plug-in's own unevenness.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Process {
    pub frames: usize,
    pub p50: f64,
    pub p99: f64,
    pub p999: f64,
    /// The same over the blocks of four seconds, each at the least it took in several passes: what the plug-in asks for
    /// by itself, without the machine's other work.
    pub least_p50: f64,
    pub least_p99: f64,
    pub least_p999: f64,
}

/// Instances in one process, and what each costs.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Crowd {
    pub instances: usize,
    /// One block of 512 of one of them, all others run since its last.
    pub process_512_ns: Timing,
    /// Processor time of the plug-in's own threads while all instances play in real time.
    pub collector_tick_us: Option<f64>,
    pub collector_core_percent: Option<f64>,
    /// Resident memory of the process over that without instances, for each of them.
    pub rss_bytes: Option<f64>,
}

/// Instances that play the same sound.
struct Band {
    file: PluginFile,
    instances: Vec<(Instance, Processor)>,
    signal: Signal,
    output: [Vec<f32>; 2],
    transport: Transport,
    block: usize,
}

impl Band {
    fn new(file: &Path) -> Result<Self, HostError> {
        Ok(Self {
            file: PluginFile::load(file)?,
            instances: Vec::new(),
            signal: Signal::new(),
            output: [vec![0.0; MAX_FRAMES], vec![0.0; MAX_FRAMES]],
            transport: Transport::new(SAMPLE_RATE, Some(120.0)),
            block: 0,
        })
    }

    fn grow_to(&mut self, count: usize) -> Result<(), HostError> {
        while self.instances.len() < count {
            let name =
                if self.instances.is_empty() { "Kick".to_owned() } else { format!("Gtr {}", self.instances.len()) };
            let mut instance = Instance::new(&self.file, &Track::stem(&name, 2))?;
            let processor = instance.activate(SAMPLE_RATE, MAX_FRAMES)?;
            self.instances.push((instance, processor));
        }
        Ok(())
    }

    /// One block of every instance.
    fn sweep(&mut self, frames: usize) -> Result<(), HostError> {
        let (left, right) = self.signal.block(self.block, frames);
        let [out_left, out_right] = &mut self.output;
        for (_, processor) in &mut self.instances {
            let output: &mut [&mut [f32]] = &mut [&mut out_left[..frames], &mut out_right[..frames]];
            processor.process(&[left, right], output, Some(&self.transport))?;
        }
        self.block += 1;
        self.transport.position += frames as u64;
        Ok(())
    }

    /// As the host's main thread does now and then.
    fn pump(&mut self) {
        self.instances.iter_mut().for_each(|(instance, _)| instance.pump());
    }
}

impl Drop for Band {
    fn drop(&mut self) {
        for (mut instance, processor) in self.instances.drain(..) {
            instance.deactivate(processor);
        }
    }
}

/// Times single calls of one instance.
pub fn process(file: &Path, frames: usize, rounds: usize, calls: usize) -> Result<Process, HostError> {
    let mut band = Band::new(file)?;
    band.grow_to(1)?;
    let clock = clock_cost();
    let mut plain = [f64::INFINITY; 3];
    // Hops, cells, transforms and records come again alike after so many blocks.
    let mut least = vec![f64::INFINITY; (PERIOD_S * SAMPLE_RATE) as usize / frames];
    for _ in 0..rounds {
        let mut times = Vec::with_capacity(calls);
        for _ in 0..calls {
            let place = band.block % least.len();
            let start = Instant::now();
            band.sweep(frames)?;
            let took = (nanoseconds(start) - clock).max(0.0);
            least[place] = least[place].min(took);
            times.push(took);
        }
        band.pump();
        for (plain, read) in plain.iter_mut().zip(percentiles(times)) {
            *plain = plain.min(read);
        }
    }
    least.retain(|time| time.is_finite());
    let ([p50, p99, p999], [least_p50, least_p99, least_p999]) = (plain, percentiles(least));
    Ok(Process { frames, p50, p99, p999, least_p50, least_p99, least_p999 })
}

fn percentiles(mut times: Vec<f64>) -> [f64; 3] {
    times.sort_unstable_by(f64::total_cmp);
    [0.5, 0.99, 0.999].map(|part| percentile(&times, part))
}

/// Times growing crowds, the smaller ones first.
pub fn crowds(file: &Path, counts: &[usize], rounds: usize, seconds: f64) -> Result<Vec<Crowd>, HostError> {
    let mut band = Band::new(file)?;
    band.sweep(MAX_FRAMES)?;
    let rss = machine::resident_bytes();
    counts.iter().map(|&count| crowd(&mut band, count, rss, rounds, seconds)).collect()
}

fn crowd(band: &mut Band, count: usize, empty: Option<f64>, rounds: usize, seconds: f64) -> Result<Crowd, HostError> {
    band.grow_to(count)?;
    let mut samples = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let watch = Stopwatch::start();
        for _ in 0..BLOCKS_IN_SAMPLE {
            band.sweep(MAX_FRAMES)?;
        }
        samples.push(watch.nanoseconds() / (BLOCKS_IN_SAMPLE * count) as f64);
        band.pump();
    }
    let rss = machine::resident_bytes().zip(empty).map(|(now, empty)| (now - empty) / count as f64);
    let core = collector_share(band, seconds)?;
    Ok(Crowd {
        instances: count,
        process_512_ns: Timing::of(samples),
        collector_tick_us: core.map(|share| share * TICK_S * 1e6),
        collector_core_percent: core.map(|share| share * 100.0),
        rss_bytes: rss,
    })
}

/// The part of a core that the plug-in's threads take while all instances play for so long in real time.
fn collector_share(band: &mut Band, seconds: f64) -> Result<Option<f64>, HostError> {
    // What was played faster than that is to be collected before.
    play(band, SETTLE_S)?;
    let before = machine::other_threads_seconds();
    let elapsed = play(band, seconds)?;
    let used = machine::other_threads_seconds().zip(before).map(|(after, before)| after - before);
    Ok(used.map(|used| used / elapsed))
}

/// All instances play in real time; returns how long it took, in seconds.
fn play(band: &mut Band, seconds: f64) -> Result<f64, HostError> {
    let block = Duration::from_secs_f64(MAX_FRAMES as f64 / SAMPLE_RATE);
    let start = Instant::now();
    let mut due = start;
    while start.elapsed().as_secs_f64() < seconds {
        band.sweep(MAX_FRAMES)?;
        due += block;
        thread::sleep(due.saturating_duration_since(Instant::now()));
    }
    Ok(start.elapsed().as_secs_f64())
}
