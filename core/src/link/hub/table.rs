//! The table of a hub file: the tracks of one binary, their sessions' shared settings, and whose logs it reads.

use std::collections::BTreeSet;

use super::bytes::{In, Out};
use super::file_layout::TABLE;
use super::log::is_gain;
use crate::link::members::{MOST_IGNORED, SharedSettings};
use crate::link::track::Format;
use crate::mix::{LinkState, Measure, Placement, Role, RoleFrom, ScopeKind, TrackId};

pub const MOST_TRACKS: usize = 256;
const MOST_SONGS: usize = 8;
pub const MOST_WANTED: usize = 256;
/// More cells than a song has.
const MOST_MISSED: u32 = 1 << 23;
/// Bytes of a name, a profile's name, a code.
const NAME: usize = 120;
const PROFILE: usize = 256;

const MEASURES: [Option<Measure>; 4] = [None, Some(Measure::Peak), Some(Measure::Rms), Some(Measure::Loudness)];
/// By the byte that stands for each. The last byte is kept for a placement that is not made yet, and read as unknown.
const PLACEMENTS: [Placement; 4] = [Placement::Unknown, Placement::Pre, Placement::Post, Placement::Unknown];
const SCOPES: [Option<ScopeKind>; 5] =
    [None, Some(ScopeKind::Loudest), Some(ScopeKind::Playing), Some(ScopeKind::Song), Some(ScopeKind::Range)];

const STATES: [LinkState; 6] = [
    LinkState::Alone,
    LinkState::Linked,
    LinkState::Paused,
    LinkState::Unavailable,
    LinkState::VersionMismatch,
    LinkState::Off,
];

/// A track as other processes see it.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackRow {
    /// Names this track in the log; never stored.
    pub uid: u64,
    pub id: TrackId,
    /// The id that its project stored: another one than its own where that was taken.
    pub claims: TrackId,
    /// Of two that claim one id, the one with the higher number came later.
    pub seniority: u64,
    /// As its project stored it.
    pub session: u64,
    /// As it takes part: another one where it is alone in its own.
    pub song: u64,
    pub role: Role,
    /// Whose word the role is.
    pub role_from: RoleFrom,
    pub reference: bool,
    pub out: bool,
    pub automated: bool,
    pub format: Format,
    pub measure: Option<Measure>,
    pub placement: Placement,
    pub gain: f32,
    pub held_peak: Option<f32>,
    /// Cells that were lost to its own process, and to all.
    pub missed: u32,
    pub name: String,
}

/// The shared settings of one session.
#[derive(Clone, Debug, PartialEq)]
pub struct SongRow {
    pub session: u64,
    pub shared: SharedSettings,
    pub view: LinkView,
}

/// How a session is linked, as its tracks in this binary see it. Nothing is judged by it: it is for `keel doctor`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkView {
    /// How the session is linked.
    pub state: LinkState,
    /// Tracks of other binaries.
    pub tracks: u16,
}

/// Whose log is read: the file, and how often its history was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Want {
    pub token: u64,
    pub request: u32,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    pub tracks: Vec<TrackRow>,
    pub records: Vec<SongRow>,
    pub wants: Vec<Want>,
}

impl Table {
    /// At most [`TABLE`] bytes; tracks beyond [`MOST_TRACKS`] are left out.
    pub fn write(&self) -> Vec<u8> {
        let mut out = Out::default();
        let (tracks, records) = (self.tracks.len().min(MOST_TRACKS), self.records.len().min(MOST_SONGS));
        out.u16(tracks as u16);
        out.u16(records as u16);
        out.u16(self.wants.len().min(MOST_WANTED) as u16);
        self.wants.iter().take(MOST_WANTED).for_each(|want| {
            out.u64(want.token);
            out.u32(want.request);
        });
        self.tracks.iter().take(tracks).for_each(|track| track.write(&mut out));
        self.records.iter().take(records).for_each(|song| song.write(&mut out));
        out.pad(8);
        debug_assert!(out.0.len() <= TABLE, "{} bytes of table", out.0.len());
        out.0
    }

    /// `None` where anything in it is out of its range.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut read = In(bytes);
        let counts = [read.u16()?, read.u16()?, read.u16()?].map(usize::from);
        let [tracks, records, wants] = counts;
        if tracks > MOST_TRACKS || records > MOST_SONGS || wants > MOST_WANTED {
            return None;
        }
        let wants =
            (0..wants).map(|_| Some(Want { token: read.u64()?, request: read.u32()? })).collect::<Option<_>>()?;
        let tracks = (0..tracks).map(|_| TrackRow::read(&mut read)).collect::<Option<Vec<_>>>()?;
        let names: BTreeSet<u64> = tracks.iter().map(|track| track.uid).collect();
        // One track twice would be locked twice by a view.
        (names.len() == tracks.len()).then_some(())?;
        let records = (0..records).map(|_| SongRow::read(&mut read)).collect::<Option<_>>()?;
        Some(Self { tracks, records, wants })
    }
}

impl TrackRow {
    fn write(&self, out: &mut Out) {
        for number in [self.uid, self.id.0, self.claims.0, self.seniority, self.session, self.song] {
            out.u64(number);
        }
        out.u8(place(&Role::ALL, &self.role));
        out.u8(place(&RoleFrom::ALL, &self.role_from));
        let flags = [self.reference, self.out, self.automated];
        let flags = flags.iter().rev().fold(0, |bits, &flag| bits << 1 | u8::from(flag));
        out.u8(flags | place(&Format::ALL, &self.format) << 4);
        out.u8(place(&MEASURES, &self.measure));
        out.u8(place(&PLACEMENTS, &self.placement));
        out.f32(self.gain);
        out.f32(self.held_peak.unwrap_or(f32::NAN));
        out.u32(self.missed.min(MOST_MISSED));
        out.text(&self.name, NAME);
    }

    fn read(read: &mut In<'_>) -> Option<Self> {
        let [uid, id, claims] = [read.u64()?, read.u64()?, read.u64()?];
        let [seniority, session, song] = [read.u64()?, read.u64()?, read.u64()?];
        let role = *Role::ALL.get(usize::from(read.u8()?))?;
        let role_from = *RoleFrom::ALL.get(usize::from(read.u8()?))?;
        let flags = read.u8()?;
        let format = *Format::ALL.get(usize::from(flags >> 4))?;
        let flag = |bit: u8| flags >> bit & 1 == 1;
        let measure = *MEASURES.get(usize::from(read.u8()?))?;
        let placement = *PLACEMENTS.get(usize::from(read.u8()?))?;
        let gain = read.f32().filter(|gain| is_gain(*gain))?;
        let held_peak = read.f32().filter(|peak| peak.is_nan() || is_gain(*peak))?;
        let missed = read.u32().filter(|missed| *missed <= MOST_MISSED)?;
        (id != 0 && uid != 0 && session != 0).then_some(())?;
        Some(Self {
            uid,
            id: TrackId(id),
            claims: TrackId(claims),
            seniority,
            session,
            song,
            role,
            role_from,
            reference: flag(0),
            out: flag(1),
            automated: flag(2),
            format,
            measure,
            placement,
            gain,
            held_peak: (!held_peak.is_nan()).then_some(held_peak),
            missed,
            name: read.text(NAME)?,
        })
    }
}

impl SongRow {
    fn write(&self, out: &mut Out) {
        let shared = &self.shared;
        for number in [self.session, shared.stamp.0, shared.stamp.1, shared.stand_in.map_or(0, |stand_in| stand_in.0)] {
            out.u64(number);
        }
        out.u8(place(&SCOPES, &shared.scope));
        out.u8(u8::from(shared.mono));
        out.u8(place(&STATES, &self.view.state));
        out.u16(self.view.tracks);
        let (from, to) = shared.range_s.unwrap_or((f64::NAN, f64::NAN));
        out.f64(from);
        out.f64(to);
        out.text(shared.profile.as_deref().unwrap_or_default(), PROFILE);
        out.text(shared.code.as_deref().unwrap_or_default(), NAME);
        out.u16(shared.ignored.len().min(MOST_IGNORED) as u16);
        shared.ignored.iter().take(MOST_IGNORED).for_each(|track| out.u64(track.0));
    }

    fn read(read: &mut In<'_>) -> Option<Self> {
        let [session, counter, author, stand_in] = [read.u64()?, read.u64()?, read.u64()?, read.u64()?];
        let scope = *SCOPES.get(usize::from(read.u8()?))?;
        let mono = read.u8().filter(|mono| *mono <= 1)? == 1;
        let view = LinkView { state: *STATES.get(usize::from(read.u8()?))?, tracks: read.u16()? };
        let (from, to) = (read.f64()?, read.f64()?);
        let some = |text: String| (!text.is_empty()).then_some(text);
        let (profile, code) = (some(read.text(PROFILE)?), some(read.text(NAME)?));
        let count = read.u16().map(usize::from).filter(|count| *count <= MOST_IGNORED)?;
        let ignored = (0..count).map(|_| read.u64().map(TrackId)).collect::<Option<_>>()?;
        // A counter near its end would leave no room for an answer.
        (session != 0 && counter < 1 << 60).then_some(())?;
        let shared = SharedSettings {
            scope,
            range_s: (from < to && from.abs() < 1e9 && to.abs() < 1e9).then_some((from, to)),
            stand_in: (stand_in != 0).then_some(TrackId(stand_in)),
            mono,
            profile,
            code,
            ignored,
            stamp: (counter, author),
        };
        Some(Self { session, shared, view })
    }
}

fn place<T: PartialEq>(all: &[T], value: &T) -> u8 {
    all.iter().position(|each| each == value).unwrap_or(0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(uid: u64, name: &str) -> TrackRow {
        TrackRow {
            uid,
            id: TrackId(uid + 100),
            claims: TrackId(uid + 200),
            seniority: 3,
            session: 9,
            song: 8,
            role: Role::Bass,
            role_from: RoleFrom::Trigger,
            reference: false,
            out: true,
            automated: true,
            format: Format::Vst3,
            measure: Some(Measure::Loudness),
            placement: Placement::Post,
            gain: 0.5,
            held_peak: None,
            missed: 476,
            name: name.into(),
        }
    }

    #[test]
    fn placements_keep_their_bytes() {
        let byte = |placement| place(&PLACEMENTS, &placement);
        assert_eq!([Placement::Unknown, Placement::Pre, Placement::Post].map(byte), [0, 1, 2]);
        assert_eq!(PLACEMENTS.get(3), Some(&Placement::Unknown), "a byte that once had a name of its own");
    }

    fn full() -> Table {
        let shared = SharedSettings {
            scope: Some(ScopeKind::Range),
            range_s: Some((-1.5, 20.0)),
            stand_in: Some(TrackId(5)),
            mono: true,
            profile: Some("x".repeat(300)),
            code: Some("band room".into()),
            ignored: (1..400).map(TrackId).collect(),
            stamp: (7, 8),
        };
        let view = LinkView { state: LinkState::Paused, tracks: 300 };
        let song = |session| SongRow { session, shared: shared.clone(), view };
        Table {
            tracks: (1..300).map(|uid| row(uid, &"ü".repeat(200))).collect(),
            records: (1..20).map(song).collect(),
            wants: (0..300).map(|token| Want { token, request: 1 }).collect(),
        }
    }

    #[test]
    fn a_table_comes_back() {
        let mut table = full();
        let bytes = table.write();
        assert!(bytes.len() <= TABLE, "{} bytes", bytes.len());
        let read = Table::read(&bytes).expect("a table");
        assert_eq!((read.tracks.len(), read.records.len(), read.wants.len()), (MOST_TRACKS, MOST_SONGS, MOST_WANTED));
        table.tracks.truncate(1);
        table.tracks[0] = TrackRow { held_peak: Some(0.25), ..row(4, "Vocal Ä") };
        table.records.truncate(1);
        table.records[0].shared.profile = None;
        table.records[0].shared.ignored = [TrackId(4)].into();
        table.wants.truncate(2);
        assert_eq!(Table::read(&table.write()), Some(table));
        assert_eq!(Table::read(&Table::default().write()), Some(Table::default()));
    }

    #[test]
    fn a_table_that_is_cut_or_out_of_range_is_none() {
        let table = Table { tracks: vec![row(4, "Vocal")], records: vec![], wants: vec![] };
        let bytes = table.write();
        let end = 6 + 6 * 8 + 4 + 12 + 2 + 5;
        for len in 0..end {
            assert_eq!(Table::read(&bytes[..len]), None, "{len} bytes");
        }
        for (at, wrong) in [
            (1, 2),
            (6 + 48, 250),
            (6 + 49, 5),
            (6 + 51, 9),
            (6 + 52, 4),
            (6 + 50, 0x30),
            (6 + 50, 0xff),
            (6 + 56, 0xff),
            (6 + 64, 1),
        ] {
            let mut other = bytes.clone();
            other[at] = wrong;
            assert_eq!(Table::read(&other), None, "byte {at}");
        }
        let twins = Table { tracks: vec![row(4, "A"), row(4, "B")], ..Table::default() };
        assert_eq!(Table::read(&twins.write()), None, "one track twice");
        let nameless = Table { tracks: vec![TrackRow { id: TrackId(0), ..row(1, "") }], ..Table::default() };
        assert_eq!(Table::read(&nameless.write()), None);
    }
}
