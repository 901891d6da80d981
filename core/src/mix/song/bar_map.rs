//! Bars and seconds of the song, from what the cells say.

use super::cell_span::CELLS_PER_S;
use super::change_log::ChangeLog;
use crate::dsp::Cell;
use crate::mix::SongMap;

/// Bars that pass in a second at most; a host that reports more has slipped.
const FASTEST: f64 = 40.0;

/// Where the bars lie: the song's own, under whatever tempo map the host has.
#[derive(Clone, Debug, Default)]
pub(crate) struct BarMap {
    /// (start of a cell in seconds, position in bars), rising in both.
    points: Vec<(f64, f64)>,
    /// The pages of the song that were read: the first cell of each, and the mark of its bars.
    pages: Vec<(i32, u64)>,
    /// The song that was read last, and its version.
    song: (u64, u64),
    /// After these cells places are other than they were, up to the end.
    changes: ChangeLog,
    work: u64,
}

impl BarMap {
    /// Reads what is new, from the track that knows most bars.
    pub fn update<'a>(&mut self, songs: impl Iterator<Item = &'a SongMap>) {
        let best = songs.map(|song| (song.known_bars(), song)).max_by_key(|(count, _)| *count);
        let best = best.filter(|(count, _)| *count > 0).map(|(_, song)| song);
        let pages: Vec<(i32, u64)> = best.into_iter().flat_map(SongMap::bar_pages).collect();
        let alike = pages.iter().zip(&self.pages).take_while(|(a, b)| a == b).count();
        if alike == pages.len() && alike == self.pages.len() {
            return;
        }
        let ends = [pages.get(alike), self.pages.get(alike)];
        let mut from = ends.into_iter().flatten().map(|(first, _)| *first).min().unwrap_or(i32::MIN);
        if let Some(song) = best {
            let mut first = i32::MAX;
            let is_same = song.id() == self.song.0;
            if is_same && song.changes().since(self.song.1, |from, _| first = first.min(from)) {
                from = from.max(first);
            }
            self.song = (song.id(), song.changes().version());
        }
        self.pages = pages;
        let kept = self.points.partition_point(|(second, _)| *second < f64::from(from) / CELLS_PER_S);
        let old = self.points.split_off(kept);
        let end = best.and_then(SongMap::bounds).map_or(from, |(_, last)| last + 1);
        for cell in best.into_iter().flat_map(|song| song.range(from, end)) {
            self.work += 1;
            self.read(cell);
        }
        let alike = kept + old.iter().zip(&self.points[kept..]).take_while(|(a, b)| a == b).count();
        match alike {
            same if same == self.points.len() && same == kept + old.len() => {}
            // Between two points goes a line, and beyond the last it goes on.
            0 | 1 => self.changes.note_all(),
            _ => {
                let after = (self.points[alike - 1].0 * CELLS_PER_S).round() as i32;
                self.changes.note(after, after + 1);
            }
        }
    }

    fn read(&mut self, cell: &Cell) {
        if !cell.bar.is_finite() {
            return;
        }
        let point = (f64::from(cell.index) / CELLS_PER_S, f64::from(cell.bar));
        let follows = |last: &(f64, f64)| point.1 > last.1 && point.1 - last.1 <= FASTEST * (point.0 - last.0);
        if self.points.last().is_none_or(follows) {
            self.points.push(point);
        }
    }

    /// After which cells a place in bars may be other than it was at a version.
    pub fn changes(&self) -> &ChangeLog {
        &self.changes
    }

    pub fn work(&self) -> u64 {
        self.work
    }

    /// The host reports no bars.
    pub fn is_empty(&self) -> bool {
        self.points.len() < 2
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

    fn bars(song: &SongMap) -> BarMap {
        let mut bars = BarMap::default();
        bars.update(std::iter::once(song));
        bars
    }

    #[test]
    fn a_slip_of_the_host_s_count_is_left_out() {
        let mut song = SongMap::new();
        for index in 0..80 {
            let bar = if index == 40 { 1e9 } else { index as f32 / 20.0 };
            song.insert(&Cell { index, frames: 4800, bar, ..Cell::default() });
        }
        assert_eq!(bars(&song).starts(0.0, 7.9).len(), 4);
    }

    #[test]
    fn bars_follow_a_tempo_change() {
        let mut song = SongMap::new();
        for index in 0..80 {
            // 2 s a bar for two bars, then 1 s a bar.
            let bar = if index < 40 { index as f32 / 20.0 } else { 2.0 + (index - 40) as f32 / 10.0 };
            song.insert(&Cell { index, frames: 4800, bar, ..Cell::default() });
        }
        let bars = bars(&song);
        for (second, bar) in [(0.0, 0.0), (1.0, 0.5), (4.0, 2.0), (5.0, 3.0), (9.0, 7.0)] {
            let read = bars.at(second).unwrap();
            assert!((read - bar).abs() < 1e-3, "at {second} s expected bar {bar}, read {read}");
            let read = bars.second(bar).unwrap();
            assert!((read - second).abs() < 1e-3, "bar {bar} expected at {second} s, read {read}");
        }
        assert_eq!(bars.starts(0.0, 6.0).len(), 5);
        assert!(BarMap::default().is_empty());
    }
}
