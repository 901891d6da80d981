//! The figures as one table for people, 100 columns wide at most.

use std::fmt::Write;

use crate::figures::{AT_512, Figures, instances_per_core};
use crate::hub::Hub;
use crate::judging::Judging;
use crate::link::TRACKS;
use crate::meters::{BLOCKS, Kind, Meter};
use crate::plugin::{Crowd, Process};
use crate::signal::SAMPLE_RATE;

/// Columns of a row's name.
const NAME: usize = 34;

/// The whole of it.
pub fn render(figures: &Figures) -> String {
    let mut out = String::new();
    head(&mut out, figures);
    meters(&mut out, figures);
    process(&mut out, &figures.process);
    growth(&mut out, figures);
    link(&mut out, figures);
    hub(&mut out, &figures.hub);
    memory(&mut out, figures);
    out
}

/// Writes a line; strings take every write.
macro_rules! line {
    ($out:expr) => { _ = writeln!($out) };
    ($out:expr, $($what:tt)*) => { _ = writeln!($out, $($what)*) };
}

fn head(out: &mut String, figures: &Figures) {
    let machine = &figures.machine;
    line!(out, "Keel {} on {}, {} cores", machine.keel, machine.cpu, machine.cores);
    let rounds = figures.method.effort.rounds;
    line!(out, "{}, {}, 48 kHz stereo, the least of {rounds} rounds in turn", machine.rustc, machine.os);
}

fn meters(out: &mut String, figures: &Figures) {
    line!(out);
    let blocks = BLOCKS.map(|frames| format!("{frames:>9}")).concat();
    line!(
        out,
        "{:NAME$}{blocks}{:>11}{:>12}{:>15}",
        "Meters, ns a block of frames",
        "of floor",
        "ebur128 by",
        "libebur128 by"
    );
    for meter in &figures.meters {
        meter_line(out, figures, meter);
    }
    line!(out, "  (at 512 frames: times what reading every sample once takes; beats these so many times)");
}

fn meter_line(out: &mut String, figures: &Figures, meter: &Meter) {
    let name = format!("{} {}", meter.name, meter.path.name());
    let times = meter.ns.map(|ns| format!("{:>9}", count(ns.min))).concat();
    let floor = figures.floor(meter.path).map(|floor| meter.ns[AT_512].min / floor.ns[AT_512].min);
    let faster = |other| {
        if matches!(meter.kind, Kind::Floor | Kind::Kernel | Kind::WorstBlock) {
            None
        } else {
            figures.times_faster(meter, other)
        }
    };
    let [crate_ratio, library_ratio] = ["ebur128", "libebur128"].map(|other| cell(faster(other), 1));
    let (name, floor) = (name.trim_end(), cell(floor, 1));
    line!(out, "  {name:0$}{times}{floor:>11}{crate_ratio:>12}{library_ratio:>15}", NAME - 2);
}

fn process(out: &mut String, all: &[Process]) {
    line!(out);
    line!(
        out,
        "{:NAME$}{:>9}{:>9}{:>9}{:>29}",
        "One instance through a CLAP host",
        "p50",
        "p99",
        "p99.9",
        "p99.9 of the block's time"
    );
    for process in all {
        let Process { frames, p50, p99, p999, least_p50, least_p99, least_p999 } = *process;
        let mut row = |name: &str, times: [f64; 3]| {
            let share = times[2] / (frames as f64 / SAMPLE_RATE * 1e9) * 100.0;
            let times = times.map(|ns| format!("{:>9}", count(ns))).concat();
            line!(out, "  {name:0$}{times}{share:>27.3} %", NAME - 2);
        };
        row(&format!("process() of {frames} frames, ns"), [p50, p99, p999]);
        row("  each block at its least", [least_p50, least_p99, least_p999]);
    }
}

fn growth(out: &mut String, figures: &Figures) {
    line!(out);
    let counts = figures.crowds.iter().map(|crowd| format!("{:>9}", crowd.instances)).collect::<String>();
    line!(out, "{:NAME$}{counts}", "Instances in one process");
    let mut row = |name: &str, value: &dyn Fn(&Crowd) -> String| {
        let cells = figures.crowds.iter().map(|crowd| format!("{:>9}", value(crowd))).collect::<String>();
        line!(out, "  {name:0$}{cells}", NAME - 2);
    };
    row("process() of 512, each, ns", &|crowd| count(crowd.process_512_ns.min));
    row("so many fill a core", &|crowd| count(instances_per_core(crowd.process_512_ns.min)));
    row("collector, each 20 ms, µs", &|crowd| cell(crowd.collector_tick_us, 1));
    row("collector, of a core, %", &|crowd| cell(crowd.collector_core_percent, 2));
    let counts = figures.judging.iter().map(|(count, _)| format!("{count:>9}")).collect::<String>();
    line!(out, "{:NAME$}{counts}", "Tracks judged together");
    let mut row = |name: &str, value: &dyn Fn(&Judging) -> Option<f64>| {
        let cells = figures.judging.iter().map(|(_, judging)| format!("{:>9}", cell(value(judging), 3)));
        line!(out, "  {name:0$}{1}", NAME - 2, cells.collect::<String>());
    };
    row("a frame of a window, mean, ms", &|judging| Some(judging.played.frame_mean_ns * 1e-6));
    row("  the longest, ms", &|judging| Some(judging.played.frame_worst_ns * 1e-6));
    row("judge while it plays, of a core, %", &|judging| judging.played.judge_core.map(|share| share * 100.0));
    row("from judgement to judgement, s", &|judging| Some(judging.played.period_s));
    row("from a trim to its verdict, ms", &|judging| Some(judging.played.set_ms[0]));
    row("  the longest, ms", &|judging| Some(judging.played.set_ms[1]));
    row("a judgement after half a second, ms", &|judging| Some(judging.judge_ns.median * 1e-6));
    row("  after a trim alone, ms", &|judging| Some(judging.trim_ns.median * 1e-6));
    row("  of a song not read before, ms", &|judging| Some(judging.cold_ns.median * 1e-6));
}

fn link(out: &mut String, figures: &Figures) {
    let link = &figures.link;
    line!(out);
    line!(out, "From the audio thread");
    let scan = format!("scan {TRACKS} newest hops, median, µs");
    for (name, value) in [
        ("publish a hop, ns", link.publish_hop_ns.min),
        ("publish a cell, ns", link.publish_cell_ns.min),
        (&scan, link.scan_ns.median * 1e-3),
    ] {
        line!(out, "  {name:0$}{value:>9.1}", NAME - 2);
    }
}

fn hub(out: &mut String, all: &[Hub]) {
    line!(out);
    line!(out, "{:NAME$}{:>9}{:>9}{:>9}", "Between processes", "core, %", "p50, ms", "p99, ms");
    for hub in all {
        let name = format!("{} tracks, {} processes", hub.tracks, hub.processes);
        let cells = [(hub.tick_percent, 2), (hub.latency_p50_ms, 1), (hub.latency_p99_ms, 1)];
        let cells = cells.map(|(value, digits)| format!("{:>9}", cell(value, digits))).concat();
        line!(out, "  {name:0$}{cells}", NAME - 2);
    }
}

fn memory(out: &mut String, figures: &Figures) {
    let memory = &figures.memory;
    let kib = |bytes: f64| format!("{:.1}", bytes / 1024.0);
    line!(out);
    line!(out, "Memory, KiB");
    let framework = figures.keys.framework_rss_bytes.map_or("–".to_owned(), kib);
    for (name, value) in [
        ("an instance of Keel, but its song", kib((memory.analyzer + memory.track) as f64)),
        ("  the analyzer", kib(memory.analyzer as f64)),
        ("  rings and newest hops", kib(memory.track as f64)),
        ("the framework, resident, each", framework),
        ("a song of 3 hours", kib(memory.song_map_3h as f64)),
    ] {
        line!(out, "  {name:0$}{value:>9}", NAME - 2);
    }
}

/// Three digits or more.
fn count(value: f64) -> String {
    if value < 99.95 { format!("{value:.1}") } else { format!("{value:.0}") }
}

fn cell(value: Option<f64>, digits: usize) -> String {
    value.map_or("–".to_owned(), |value| format!("{value:.digits$}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::{COUNTS, Effort, Keys, Memory, Method};
    use crate::judging::Played;
    use crate::link::Link;
    use crate::machine::Machine;
    use crate::meters::Path;
    use crate::timing::Timing;

    /// The widest figures that a slow machine may give.
    fn slow() -> Figures {
        let ns = Timing { min: 1_234_567.0, median: 1_234_567.0 };
        let meter = |name, kind, path| Meter { name, kind, path, ns: [ns; 3] };
        let meters = vec![
            meter("read floor", Kind::Floor, Path::Sse2),
            meter("with spectrum", Kind::AnalyzerWithSpectrum, Path::Portable),
            meter("ebur128 crate", Kind::Other, Path::Own),
        ];
        let crowd = |instances| Crowd {
            instances,
            process_512_ns: ns,
            collector_tick_us: Some(12_345.6),
            collector_core_percent: None,
            rss_bytes: Some(1e6),
        };
        let (p50, p99, p999) = (1e6, 1e6, 1e7);
        let process = Process { frames: 512, p50, p99, p999, least_p50: p50, least_p99: p99, least_p999: p999 };
        Figures {
            schema: "keel.bench/1",
            machine: Machine::here(),
            method: Method { text: "", sample_rate: SAMPLE_RATE, channels: 2, effort: Effort::QUICK },
            keys: Keys::default(),
            meters,
            process: vec![process],
            crowds: COUNTS.map(crowd).to_vec(),
            judging: COUNTS
                .map(|count| {
                    let set_ms = [123.4, 1234.5];
                    let (frame_mean_ns, frame_worst_ns, judge_core, period_s) = (1.0, 1e9, Some(0.5), 0.5);
                    let played = Played { frame_mean_ns, frame_worst_ns, judge_core, period_s, set_ms };
                    (count, Judging { cold_ns: ns, judge_ns: ns, trim_ns: ns, played })
                })
                .to_vec(),
            link: Link { publish_hop_ns: ns, publish_cell_ns: ns, scan_ns: ns },
            hub: vec![Hub {
                tracks: 256,
                processes: 24,
                tick_percent: Some(99.99),
                latency_p50_ms: Some(1234.5),
                latency_p99_ms: None,
                file_bytes: None,
            }],
            memory: Memory { analyzer: 100_000, track: 100_000, song_map_3h: 8_000_000 },
        }
    }

    #[test]
    fn the_table_stays_within_a_hundred_columns_and_its_columns_apart() {
        let table = render(&slow());
        for line in table.lines().skip(2) {
            assert!(line.chars().count() <= 100, "{} columns: {line}", line.chars().count());
        }
        let first = table.lines().find(|line| line.contains("read floor")).expect("a row of the floor");
        assert_eq!(first.split_whitespace().filter(|word| *word == "1234567").count(), 3, "{first}");
        assert!(table.contains("ebur128 crate"), "{table}");
    }
}
