//! Where stems begin. Broadcast WAV says where its project has a file (TimeReference); stems that were not exported from
//! the song's start are placed by it.

use super::Stem;
use crate::decode::Reader;

/// References nearer than this are alike.
const ALIKE_S: f64 = 0.001;

/// Gives each stem its start where the references of the set differ, and says so in a sentence. References that leave
/// the stems without a common time are the hours at which they were recorded, and place nothing.
pub(super) fn place(stems: &mut [Stem]) -> Option<String> {
    let known: Vec<Option<(f64, f64)>> = stems.iter().map(reference).collect();
    let first = known.iter().flatten().map(|&(from, _)| from).fold(f64::INFINITY, f64::min);
    let starts: Vec<f64> = known.iter().map(|known| known.map_or(0.0, |(from, _)| from - first)).collect();
    let placed: Vec<usize> = (0..stems.len()).filter(|&at| starts[at] > ALIKE_S).collect();
    if placed.is_empty() {
        return None;
    }
    let mut spans: Vec<(f64, f64)> = starts
        .iter()
        .zip(&known)
        .filter_map(|(&from, known)| known.map(|(_, seconds)| (from, from + seconds)))
        .collect();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut end = 0.0f64;
    for (from, to) in spans {
        if from > end {
            return Some(
                "The files' time stamps (TimeReference) are hours of recording, not places in one song: all are taken \
                 to begin together."
                    .to_owned(),
            );
        }
        end = end.max(to);
    }
    for &at in &placed {
        stems[at].start_s = starts[at];
    }
    let names: Vec<String> = placed.iter().map(|&at| format!("{} at {}", stems[at].name, clock(starts[at]))).collect();
    Some(format!("Placed by their time stamps (TimeReference): {}.", names.join(", ")))
}

/// A file's reference and its length, in seconds.
fn reference(stem: &Stem) -> Option<(f64, f64)> {
    let reader = Reader::open(&stem.path).ok()?;
    let seconds = reader.expected_frames()? as f64 / f64::from(reader.sample_rate());
    reader.time_reference().map(|from| (from, seconds))
}

fn clock(seconds: f64) -> String {
    let tenths = (seconds * 10.0).round() as u64;
    format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}
