//! The snapshots that leave the audio thread: plain values that carry all that is needed to read them.
//!
//! Powers, not decibels, before trim and fader, with the gain beside them, so that a reader can apply today's gain.

/// Hops in a cell.
pub const HOPS_PER_CELL: i64 = 10;

/// What kind of clock places a block in the song. Positions of different kinds are never compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum ClockKind {
    /// The host names no position: time since processing began.
    #[default]
    FreeRunning = 0,
    /// The host counts samples or seconds.
    Samples = 1,
    /// The host reports beats only; seconds come from beats over the tempo, wrong under tempo maps.
    Beats = 2,
}

/// Where a block lies in the song, and what else the host says of it. All positions are those of the block's first frame.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Clock {
    /// What the position counts.
    pub kind: ClockKind,
    /// Song position in frames at the analyzer's sample rate. May be negative (pre-roll).
    pub position: i64,
    /// Song time passes: cells of this block belong on the song map.
    pub playing: bool,
    /// The host records.
    pub recording: bool,
    /// Beats a minute.
    pub tempo: Option<f64>,
    /// Position in bars from the song's start, with its fraction.
    pub bar: Option<f64>,
    /// Quarter notes in a bar: 4 in 4/4, 3 in 6/8.
    pub quarters_per_bar: Option<f64>,
    /// The host's loop, in seconds of song time, where one is switched on.
    pub loop_s: Option<(f64, f64)>,
    /// Linear gain of trim that follows the measurement, as set (not as smoothed).
    pub gain: f32,
}

/// One track in 10 ms of audio. Hop `k` begins at frame `ceil(k * fs / 100)` of the song.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Hop {
    /// Place on the 10 ms grid of the song.
    pub index: i64,
    /// Frames that the hop holds; fewer than the grid's where playback began or ended inside.
    pub frames: u32,
    /// Of the audio, in hertz.
    pub sample_rate: f32,
    /// Largest absolute sample, left and right (mono: both the same channel).
    pub peak: [f32; 2],
    /// Largest interpolated magnitude (BS.1770-5, Annex 2), never under the sample peak.
    pub true_peak: [f32; 2],
    /// Sums of squares, left and right (mono: the right is 0).
    pub power: [f32; 2],
    /// Sum of left times right.
    pub cross: f32,
    /// Sum of K-weighted squares over all channels.
    pub k_power: f32,
    /// Linear gain of the trim that followed.
    pub gain: f32,
    /// Onsets since the start of the epoch: a change is a hit.
    pub onsets: u32,
    /// Grows with each locate, loop or start.
    pub epoch: u16,
    /// What holds for all of it.
    pub flags: CellFlags,
    /// Position in bars at the hop's start, NaN where unknown.
    pub bar: f32,
    /// Beats a minute, NaN where unknown.
    pub tempo: f32,
    /// The host's loop in seconds, NaN where off.
    pub loop_s: [f32; 2],
}

/// A hit: the 200 ms from an onset, or up to the next.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Hit {
    /// Hop of the song in which the onset lies.
    pub onset: i64,
    /// Largest absolute sample of any channel.
    pub peak: f32,
    /// Mean square summed over channels.
    pub power: f32,
    /// K-weighted mean square summed over channels.
    pub k_power: f32,
}

/// What is true of a hop or cell, as bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct CellFlags(pub u16);

impl CellFlags {
    /// Song time passed: the record has its place on the song map.
    pub const PLAYING: Self = Self(1);
    /// Holds every frame of its place on the grid.
    pub const COMPLETE: Self = Self(2);
    /// The track has one channel.
    pub const MONO: Self = Self(4);
    /// Non-finite samples came in and were read as silence.
    pub const NON_FINITE: Self = Self(8);
    /// The transport records.
    pub const RECORDING: Self = Self(16);
    /// [`Cell::hit`] holds a hit.
    pub const HIT: Self = Self(32);
    /// Positions come from the free-running clock.
    pub const FREE_RUNNING: Self = Self(64);
    /// Positions come from beats over the tempo.
    pub const FROM_BEATS: Self = Self(128);

    /// All of these flags are set.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The same with these flags set or cleared.
    pub fn with(self, other: Self, on: bool) -> Self {
        if on { Self(self.0 | other.0) } else { Self(self.0 & !other.0) }
    }
}

/// One track in 100 ms of audio: ten hops. Cell `k` is hops `10k..10k + 10` of the song. 64 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Cell {
    /// Place on the 100 ms grid of the song.
    pub index: i32,
    /// Frames of audio in it, 0 for none.
    pub frames: u32,
    /// Sums of squares, left and right (mono: the right is 0).
    pub power: [f32; 2],
    /// Sum of left times right.
    pub cross: f32,
    /// Sum of K-weighted squares over all channels.
    pub k_power: f32,
    /// Largest absolute sample, left and right.
    pub peak: [f32; 2],
    /// Largest true peak of any channel.
    pub true_peak: f32,
    /// Linear gain of the trim that followed, at the cell's end.
    pub gain: f32,
    /// Which stretch of unbroken playing it is from.
    pub epoch: u16,
    /// What holds for all of it.
    pub flags: CellFlags,
    /// Position in bars at the cell's start, NaN where unknown.
    pub bar: f32,
    /// Hops from the onset to the cell's first hop (positive where the onset lies before it); see [`Cell::hit`].
    pub hit_age: i16,
    /// Largest sample of the hit.
    pub hit_peak: f32,
    /// Mean square of the hit, both channels added.
    pub hit_power: f32,
    /// K-weighted mean square of the hit.
    pub hit_k_power: f32,
}

impl Cell {
    /// The hit whose window ended in this cell; never more than one, as onsets lie 100 ms apart or more.
    pub fn hit(&self) -> Option<Hit> {
        self.flags.has(CellFlags::HIT).then(|| Hit {
            onset: i64::from(self.index) * HOPS_PER_CELL - i64::from(self.hit_age),
            peak: self.hit_peak,
            power: self.hit_power,
            k_power: self.hit_k_power,
        })
    }

    /// Largest absolute sample of any channel.
    pub fn max_peak(&self) -> f32 {
        self.peak[0].max(self.peak[1])
    }
}

/// A record as 32-bit words, for a ring of atomic words.
pub trait RecordWords: Copy + Default {
    /// Words of 32 bits in a record.
    const WORDS: usize;
    /// Writes the record into as many words.
    fn write(&self, words: &mut [u32]);
    /// Reads what [`Self::write`] wrote.
    fn read(words: &[u32]) -> Self;
}

impl RecordWords for Hop {
    const WORDS: usize = 19;

    fn write(&self, w: &mut [u32]) {
        w[0] = self.index as u64 as u32;
        w[1] = (self.index as u64 >> 32) as u32;
        w[2] = self.frames;
        let floats = [
            self.sample_rate,
            self.peak[0],
            self.peak[1],
            self.true_peak[0],
            self.true_peak[1],
            self.power[0],
            self.power[1],
            self.cross,
            self.k_power,
            self.gain,
            self.bar,
            self.tempo,
            self.loop_s[0],
            self.loop_s[1],
        ];
        for (word, value) in w[3..].iter_mut().zip(floats) {
            *word = value.to_bits();
        }
        w[17] = self.onsets;
        w[18] = u32::from(self.epoch) << 16 | u32::from(self.flags.0);
    }

    fn read(w: &[u32]) -> Self {
        let f = |k: usize| f32::from_bits(w[k]);
        Self {
            index: (u64::from(w[0]) | u64::from(w[1]) << 32) as i64,
            frames: w[2],
            sample_rate: f(3),
            peak: [f(4), f(5)],
            true_peak: [f(6), f(7)],
            power: [f(8), f(9)],
            cross: f(10),
            k_power: f(11),
            gain: f(12),
            bar: f(13),
            tempo: f(14),
            loop_s: [f(15), f(16)],
            onsets: w[17],
            epoch: (w[18] >> 16) as u16,
            flags: CellFlags(w[18] as u16),
        }
    }
}

impl RecordWords for Cell {
    const WORDS: usize = 16;

    fn write(&self, w: &mut [u32]) {
        w[0] = self.index as u32;
        w[1] = self.frames;
        w[2] = u32::from(self.epoch) << 16 | u32::from(self.flags.0);
        w[3] = u32::from(self.hit_age as u16);
        let floats = [
            self.power[0],
            self.power[1],
            self.cross,
            self.k_power,
            self.peak[0],
            self.peak[1],
            self.true_peak,
            self.gain,
            self.bar,
            self.hit_peak,
            self.hit_power,
            self.hit_k_power,
        ];
        for (word, value) in w[4..].iter_mut().zip(floats) {
            *word = value.to_bits();
        }
    }

    fn read(w: &[u32]) -> Self {
        let f = |k: usize| f32::from_bits(w[k]);
        Self {
            index: w[0] as i32,
            frames: w[1],
            epoch: (w[2] >> 16) as u16,
            flags: CellFlags(w[2] as u16),
            hit_age: w[3] as u16 as i16,
            power: [f(4), f(5)],
            cross: f(6),
            k_power: f(7),
            peak: [f(8), f(9)],
            true_peak: f(10),
            gain: f(11),
            bar: f(12),
            hit_peak: f(13),
            hit_power: f(14),
            hit_k_power: f(15),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads words that all differ and writes them back: a field that two places share, or none, would show.
    fn keeps_every_word<T: RecordWords>(but: impl Fn(usize, u32) -> u32) {
        let words: Vec<u32> = (0..T::WORDS).map(|k| but(k, 0x3f80_0101 + 0x0001_0203 * k as u32)).collect();
        let mut back = vec![0; T::WORDS];
        T::read(&words).write(&mut back);
        assert_eq!(back, words);
    }

    #[test]
    fn records_keep_every_bit_as_words() {
        keeps_every_word::<Hop>(|_, word| word);
        // The hit's age is the only half word.
        keeps_every_word::<Cell>(|k, word| if k == 3 { word & 0xffff } else { word });
    }

    #[test]
    fn a_hit_tells_its_onset_from_its_age() {
        let cell = Cell { index: -3, hit_age: 12, flags: CellFlags::HIT, ..Cell::default() };
        assert_eq!(cell.hit().map(|hit| hit.onset), Some(-42));
        assert_eq!(Cell { flags: CellFlags::default(), ..cell }.hit(), None);
    }
}
