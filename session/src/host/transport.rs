//! What the host says of the song with each block.

use clack_host::events::event_types::{TransportEvent, TransportFlags};
use clack_host::events::{EventFlags, EventHeader};
use clack_host::utils::{BeatTime, SecondsTime};

/// The transport at the first frame of a block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transport {
    /// Frames from the start of the song.
    pub position: u64,
    pub sample_rate: f64,
    pub playing: bool,
    pub recording: bool,
    /// Quarter notes a minute; without it the host has a timeline in seconds only.
    pub tempo: Option<f64>,
    /// Beats in a bar, and the note that is a beat.
    pub signature: (u16, u16),
    /// The loop in seconds, where on.
    pub loop_s: Option<(f64, f64)>,
}

impl Transport {
    pub fn new(sample_rate: f64, tempo: Option<f64>) -> Self {
        Self { position: 0, sample_rate, playing: true, recording: false, tempo, signature: (4, 4), loop_s: None }
    }

    /// The same transport at another place.
    pub fn at(self, position: u64) -> Self {
        Self { position, ..self }
    }

    /// The same transport, standing.
    pub fn stopped(self) -> Self {
        Self { playing: false, ..self }
    }

    pub fn seconds(&self) -> f64 {
        self.position as f64 / self.sample_rate
    }

    /// Quarter notes from the start of the song.
    pub fn beats(&self) -> Option<f64> {
        self.tempo.map(|tempo| self.seconds() * tempo / 60.0)
    }

    /// CLAP's event for this block.
    pub(crate) fn event(&self) -> TransportEvent {
        let tempo = self.tempo.unwrap_or(0.0);
        let beats = self.beats().unwrap_or(0.0);
        let beats_a_bar = f64::from(self.signature.0) * 4.0 / f64::from(self.signature.1);
        let bar = (beats / beats_a_bar).floor();
        let (loop_start, loop_end) = self.loop_s.unwrap_or((0.0, 0.0));
        TransportEvent {
            header: EventHeader::new_core(0, EventFlags::empty()),
            flags: self.flags(),
            song_pos_beats: BeatTime::from_float(beats),
            song_pos_seconds: SecondsTime::from_float(self.seconds()),
            tempo,
            tempo_inc: 0.0,
            loop_start_beats: BeatTime::from_float(loop_start * tempo / 60.0),
            loop_end_beats: BeatTime::from_float(loop_end * tempo / 60.0),
            loop_start_seconds: SecondsTime::from_float(loop_start),
            loop_end_seconds: SecondsTime::from_float(loop_end),
            bar_start: BeatTime::from_float(bar * beats_a_bar),
            bar_number: bar as i32,
            time_signature_numerator: self.signature.0,
            time_signature_denominator: self.signature.1,
        }
    }

    fn flags(&self) -> TransportFlags {
        let mut flags = TransportFlags::HAS_SECONDS_TIMELINE;
        let musical =
            TransportFlags::HAS_TEMPO | TransportFlags::HAS_BEATS_TIMELINE | TransportFlags::HAS_TIME_SIGNATURE;
        flags.set(musical, self.tempo.is_some());
        flags.set(TransportFlags::IS_PLAYING, self.playing);
        flags.set(TransportFlags::IS_RECORDING, self.recording);
        flags.set(TransportFlags::IS_LOOP_ACTIVE, self.loop_s.is_some());
        flags
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bar_five_of_a_waltz_begins_at_twelve_beats() {
        let transport = Transport { signature: (3, 4), ..Transport::new(48_000.0, Some(120.0)) }.at(6 * 48_000 + 4_800);
        let event = transport.event();
        assert_eq!(event.bar_number, 4);
        assert_eq!(event.bar_start.to_float(), 12.0);
        assert!((event.song_pos_beats.to_float() - 12.2).abs() < 1e-6, "{}", event.song_pos_beats.to_float());
    }

    #[test]
    fn without_tempo_there_is_only_a_timeline_in_seconds() {
        let event = Transport::new(44_100.0, None).at(44_100).event();
        assert_eq!(event.flags, TransportFlags::HAS_SECONDS_TIMELINE | TransportFlags::IS_PLAYING);
        assert_eq!(event.song_pos_seconds.to_float(), 1.0);
    }
}
