//! Stems as a session receives them: each through an analyzer of its own into a song map.

use keel_core::dsp::{Analyzer, Bands, Cell, Clock, ClockKind, Hop, Sink};
use keel_core::mix::{
    Certainty, MixReport, Placement, Profile, Role, RoleFrom, SessionState, SongMap, TrackId, TrackInput, TrackReport,
    assess, detect,
};
use keel_session::song::{Stem, TEMPO};

/// A track with all that was received of it.
#[derive(Clone)]
pub struct MeasuredTrack {
    pub name: String,
    pub role: Role,
    pub is_out: bool,
    pub placement: Placement,
    map: SongMap,
}

#[derive(Default)]
struct Map(SongMap);

impl Sink for Map {
    fn hop(&mut self, _: &Hop) {}

    fn cell(&mut self, cell: &Cell) {
        self.0.insert(cell);
    }

    fn bands(&mut self, bands: &Bands) {
        self.0.insert_bands(bands);
    }
}

impl MeasuredTrack {
    /// Plays a stem from the song's start, in blocks, with bars and tempo as a host gives them.
    pub fn new(stem: &Stem, role: Role, sample_rate: u32) -> Self {
        assert_eq!(detect(&stem.name), Some(role), "the role that the name {} says", stem.name);
        let rate = f64::from(sample_rate);
        let mut analyzer = Analyzer::new(rate, stem.channels.len());
        let mut map = Map::default();
        let bars_a_frame = TEMPO / 60.0 / 4.0 / rate;
        for at in (0..stem.channels[0].len()).step_by(512) {
            let end = (at + 512).min(stem.channels[0].len());
            let clock = Clock {
                kind: ClockKind::Samples,
                position: at as i64,
                playing: true,
                tempo: Some(TEMPO),
                bar: Some(at as f64 * bars_a_frame),
                quarters_per_bar: Some(4.0),
                gain: 1.0,
                ..Clock::default()
            };
            let right = stem.channels.get(1).map(|channel| &channel[at..end]);
            analyzer.process(&stem.channels[0][at..end], right, &clock, &mut map);
        }
        analyzer.flush(&mut map);
        Self { name: stem.name.clone(), role, is_out: false, placement: Placement::Post, map: map.0 }
    }
}

/// What the rules say of the tracks.
pub fn judge(tracks: &[MeasuredTrack], state: &SessionState) -> MixReport {
    let inputs: Vec<TrackInput<'_>> = tracks
        .iter()
        .zip(1..)
        .map(|(track, id)| TrackInput {
            id: TrackId(id),
            name: &track.name,
            role: track.role,
            role_from: RoleFrom::Name(Certainty::Sure),
            is_reference: false,
            is_out: track.is_out,
            placement: track.placement,
            measure: None,
            gain: 1.0,
            song: &track.map,
            held_peak: None,
        })
        .collect();
    assess(&inputs, &Profile::guide(), state)
}

/// The line of one track.
pub fn line<'a>(report: &'a MixReport, name: &str) -> &'a TrackReport {
    report.tracks.iter().find(|track| track.name == name).unwrap_or_else(|| panic!("no line for {name}"))
}
