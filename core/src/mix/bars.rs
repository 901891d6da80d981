//! Bars and seconds of the song, from what the cells say.

use super::SongMap;
use super::heard::CELLS_PER_S;

/// Bars that pass in a second at most; a host that tells more has slipped.
const FASTEST: f64 = 40.0;

/// Where the bars lie: the song's own, under whatever tempo map the host has.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bars {
    /// (start of a cell in seconds, position in bars), rising in both.
    points: Vec<(f64, f64)>,
}

impl Bars {
    /// From the track that knows most bars.
    pub fn new<'a>(songs: impl Iterator<Item = &'a SongMap>) -> Self {
        let best = songs.max_by_key(|song| song.cells().filter(|cell| cell.bar.is_finite()).count());
        let mut points: Vec<(f64, f64)> = Vec::new();
        for cell in best.into_iter().flat_map(SongMap::cells).filter(|cell| cell.bar.is_finite()) {
            let point = (f64::from(cell.index) / CELLS_PER_S, f64::from(cell.bar));
            let follows = |last: &(f64, f64)| point.1 > last.1 && point.1 - last.1 <= FASTEST * (point.0 - last.0);
            if points.last().is_none_or(follows) {
                points.push(point);
            }
        }
        Self { points: if points.len() < 2 { Vec::new() } else { points } }
    }

    /// The host tells no bars.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// The position in bars, counted from 0; beyond what was heard by the tempo at that end.
    pub fn at(&self, second: f64) -> Option<f64> {
        interpolate(&self.points, second, |point| *point)
    }

    /// The second at which a bar position lies.
    pub fn second(&self, bar: f64) -> Option<f64> {
        interpolate(&self.points, bar, |&(second, bar)| (bar, second))
    }

    /// The bar as people count it, from 1.
    pub fn number(&self, second: f64) -> Option<f64> {
        self.at(second).map(|bar| ((bar + 1.0) * 100.0).round() / 100.0)
    }

    /// Whole bars within `[from_s, to_s]`, as seconds.
    pub fn starts(&self, from_s: f64, to_s: f64) -> Vec<f64> {
        let (Some(first), Some(last)) = (self.at(from_s), self.at(to_s)) else { return Vec::new() };
        let (first, last) = ((first - 0.01).ceil() as i64, (last + 0.01).floor() as i64);
        (first..=last).filter_map(|bar| self.second(bar as f64)).collect()
    }
}

fn interpolate(points: &[(f64, f64)], x: f64, axis: impl Fn(&(f64, f64)) -> (f64, f64)) -> Option<f64> {
    if points.len() < 2 {
        return None;
    }
    let after = points.partition_point(|point| axis(point).0 <= x).clamp(1, points.len() - 1);
    let (x0, y0) = axis(&points[after - 1]);
    let (x1, y1) = axis(&points[after]);
    Some(y0 + (y1 - y0) * (x - x0) / (x1 - x0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::Cell;

    #[test]
    fn a_slip_of_the_host_s_count_is_left_out() {
        let mut song = SongMap::new();
        for index in 0..80 {
            let bar = if index == 40 { 1e9 } else { index as f32 / 20.0 };
            song.insert(&Cell { index, frames: 4800, bar, ..Cell::default() });
        }
        assert_eq!(Bars::new(std::iter::once(&song)).starts(0.0, 7.9).len(), 4);
    }

    #[test]
    fn bars_follow_a_tempo_change() {
        let mut song = SongMap::new();
        for index in 0..80 {
            // 2 s a bar for two bars, then 1 s a bar.
            let bar = if index < 40 { index as f32 / 20.0 } else { 2.0 + (index - 40) as f32 / 10.0 };
            song.insert(&Cell { index, frames: 4800, bar, ..Cell::default() });
        }
        let bars = Bars::new(std::iter::once(&song));
        for (second, bar) in [(0.0, 0.0), (1.0, 0.5), (4.0, 2.0), (5.0, 3.0), (9.0, 7.0)] {
            let read = bars.at(second).unwrap();
            assert!((read - bar).abs() < 1e-3, "at {second} s expected bar {bar}, read {read}");
            let read = bars.second(bar).unwrap();
            assert!((read - second).abs() < 1e-3, "bar {bar} expected at {second} s, read {read}");
        }
        assert_eq!(bars.starts(0.0, 6.0).len(), 5);
        assert!(Bars::new(std::iter::empty()).is_empty());
    }
}
