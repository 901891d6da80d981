//! All that a reader does with bytes of another process, without a file between: for fuzzing (fuzz/), and for a short
//! round of it in every run of the tests. Checksums are put right before, as an attacker would.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::bytes::checksum;
use super::file_layout::{FILE, HEAD, Head, LOG_AT, TIP, Tip};
use super::log::{self, BATCH_HEAD, Batch, Record};
use super::peer::{born, take_record, update_track};
use super::table::{LinkView, SongRow, Table, TrackRow, Want};
use crate::dsp::{Bands, Cell, CellFlags, Hop};
use crate::link::members::{Members, Remote, SharedSettings};
use crate::link::track::{Format, Identity, Inbox, SessionId, Track, TrackConfig};
use crate::mix::{
    Assessor, Certainty, LinkState, Measure, Placement, Profile, Role, RoleFrom, ScopeKind, SessionState, StaleList,
    TrackId, TrackInput, assess, timeline,
};

/// The first byte says which part of a file the rest is. Panics where a reader would be misled.
pub fn take_in(bytes: &[u8]) {
    let Some((part, bytes)) = bytes.split_first() else { return };
    match part % 5 {
        0 => heads(bytes),
        1 => tips(bytes),
        2 => tables(bytes),
        3 => _ = logs(bytes),
        _ => judged(bytes),
    }
}

/// The bytes with their checksum behind, as long as the part is.
fn sealed(bytes: &[u8], len: usize) -> Vec<u8> {
    let mut part = bytes.to_vec();
    part.resize(len - 8, 0);
    part.extend(checksum(&part).to_le_bytes());
    part
}

fn heads(bytes: &[u8]) {
    for bytes in [bytes.to_vec(), sealed(bytes, HEAD)] {
        if let Some(version) = Head::version(&bytes) {
            assert!(version.len() <= 16 && !version.contains(char::is_control), "{version:?}");
        }
        if let Ok(head) = Head::read(&bytes) {
            assert_eq!(Head::read(&head.write()), Ok(head));
        }
    }
}

fn tips(bytes: &[u8]) {
    for bytes in [bytes.to_vec(), [sealed(bytes, TIP), sealed(bytes.get(TIP..).unwrap_or(&[]), TIP)].concat()] {
        if let Some(tip) = Tip::newest(&bytes) {
            assert!(tip.table_place() + u64::from(tip.table_len) <= LOG_AT && tip.place() < FILE, "{tip:?}");
            assert_eq!(Tip::read(&tip.write()), Some(tip));
        }
    }
}

fn tables(bytes: &[u8]) {
    let Some(table) = Table::read(bytes) else { return };
    assert_eq!(Table::read(&table.write()).as_ref(), Some(&table));
    let remote = table.tracks.iter().map(|row| {
        let track = born(row);
        update_track(&track, row);
        assert!(!row.name.contains(char::is_control) && row.gain.is_finite(), "{row:?}");
        Remote { track, token: 7, in_scope: row.uid % 2 == 0, code: None }
    });
    let identity = Identity::new(1, TrackId(2), TrackId(3), 4, SessionId(5));
    let local = Arc::new(Track::new(identity, 1, TrackConfig::default(), Inbox::remote()));
    let mut peers = Members::default();
    peers.local.push(Arc::clone(&local));
    peers.remote.extend(remote);
    let mut records: BTreeMap<SessionId, crate::link::members::SessionRecord> = BTreeMap::new();
    for row in &table.records {
        records.entry(SessionId(row.session)).or_default().learn(&row.shared);
    }
    peers.settle(&records);
    let members = peers.members(Some(&local), &records).expect("one's own session");
    assert!(members.tracks.iter().any(|track| Arc::ptr_eq(track, &local)), "one's own track is always there");
    for (at, track) in members.tracks.iter().enumerate() {
        assert!(!members.tracks[..at].iter().any(|other| Arc::ptr_eq(other, track)), "a view would lock it twice");
    }
}

/// A track that heard what the log says; `None` where the log is refused.
fn logs(bytes: &[u8]) -> Option<Inbox> {
    let mut whole = 0u64.to_le_bytes().to_vec();
    whole.extend((bytes.len() as u64).to_le_bytes());
    whole.extend(checksum(bytes).to_le_bytes());
    whole.extend(bytes);
    let mut inbox = Inbox::remote();
    let mut records = Vec::new();
    let read = log::read(&whole, 0, |_, record| records.push(record));
    assert!(read.is_ok() || records.is_empty(), "part of a log that is refused was handed over");
    for record in records {
        let levels = match &record {
            Record::Hop(hop) => [hop.power, hop.peak, hop.true_peak, [hop.k_power, hop.gain]],
            Record::Cell(cell) | Record::History(cell) => {
                [cell.power, cell.peak, [cell.true_peak, cell.k_power], [cell.hit_peak, cell.gain]]
            }
            Record::Stale(list) => [[list.by.abs(); 2]; 4],
            Record::Bands(bands) => [0, 12, 25, 38].map(|band| bands.power(band).map(|power| power as f32)),
        };
        assert!(levels.as_flattened().iter().all(|level| level.is_finite() && *level >= 0.0), "{record:?}");
        take_record(&mut inbox, record);
    }
    read.ok().map(|()| inbox)
}

/// What the rules make of it, beside a sound kick.
fn judged(bytes: &[u8]) {
    let Some((scope, bytes)) = bytes.split_first() else { return };
    let Some(inbox) = logs(bytes) else { return };
    let mut kick = Inbox::remote();
    (0..40).for_each(|index| kick.take_cell(&cell(index)));
    let tracks = [input(1, Role::Kick, &kick), input(2, Role::Bass, &inbox)];
    let scopes = [ScopeKind::Loudest, ScopeKind::Playing, ScopeKind::Song, ScopeKind::Range];
    let state = SessionState {
        scope: scopes.get(usize::from(scope % 5)).copied(),
        range_s: Some((f64::from(*scope) - 10.0, 60.0)),
        ..SessionState::default()
    };
    let mut report = assess(&tracks, &Profile::guide(), &state);
    let mut kept = Assessor::new();
    kept.assess(&tracks[..1], &Profile::guide(), &state);
    assert_eq!(kept.assess(&tracks, &Profile::guide(), &state), report, "kept and fresh differ");
    report.timeline = timeline(&tracks);
    assert!(report.to_json().len() > 2);
}

fn input<'a>(id: u64, role: Role, inbox: &'a Inbox) -> TrackInput<'a> {
    TrackInput {
        id: TrackId(id),
        name: "Track",
        role,
        role_from: RoleFrom::Name(Certainty::Likely),
        is_reference: false,
        is_out: false,
        placement: Placement::Post,
        measure: None,
        gain: 1.0,
        song: inbox.song(),
        held_peak: inbox.held_peak(),
    }
}

fn cell(index: i32) -> Cell {
    let flags = CellFlags::PLAYING.with(CellFlags::COMPLETE, true);
    let power = [1_200.0; 2];
    Cell { index, frames: 4_800, power, k_power: 2_000.0, peak: [0.5; 2], gain: 1.0, flags, ..Cell::default() }
}

/// Sound bytes of each part, to begin from.
pub fn seeds() -> Vec<Vec<u8>> {
    let head = Head { process: 1, scope: 2, token: 3 }.write();
    let tip = |generation| Tip { generation, table: 4, table_len: 80, table_sum: 5, log: 64 }.write();
    let mut log = Batch::default();
    let hop = |index| Hop { index, frames: 480, peak: [0.5; 2], gain: 1.0, tempo: 120.0, ..Hop::default() };
    let bands = |index| {
        let mut bands = Bands::new(index, 96_000, 0, CellFlags::PLAYING);
        bands.set(7, [0.5, 0.25], 0.1);
        Record::Bands(bands)
    };
    for index in 0..5 {
        log.put(6, &Record::Hop(hop(index.into())));
        log.put(6, &Record::Cell(cell(index)));
    }
    log.put(6, &bands(0));
    log.put(7, &Record::Stale(StaleList { by: -3.5, spans: vec![(1, 2), (4, 5), (21, 22), (24, 25)] }));
    (20..25).for_each(|index| log.put(7, &Record::History(cell(index))));
    log.put(7, &bands(1));
    let log = log.seal(0)[BATCH_HEAD..].to_vec();
    let parts = [(0, head), (1, [tip(8), tip(9)].concat()), (2, table().write()), (3, log.clone())];
    let judged = (0..5).map(|scope| (4, [vec![scope], log.clone()].concat()));
    parts.into_iter().chain(judged).map(|(part, bytes)| [vec![part], bytes].concat()).collect()
}

fn table() -> Table {
    let track = |uid: u64| TrackRow {
        uid,
        id: TrackId(uid + 10),
        claims: TrackId(3),
        seniority: 3,
        session: 5,
        song: 5,
        role: Role::Bass,
        role_from: RoleFrom::Name(Certainty::Likely),
        reference: uid == 8,
        out: false,
        automated: true,
        format: Format::Clap,
        measure: Some(Measure::Loudness),
        placement: Placement::Post,
        gain: 0.5,
        held_peak: Some(0.25),
        missed: 0,
        name: "Bass Ä".into(),
    };
    let shared = SharedSettings {
        scope: Some(ScopeKind::Range),
        range_s: Some((-1.5, 20.0)),
        stand_in: Some(TrackId(5)),
        mono: true,
        profile: Some("guide".into()),
        code: Some("band room".into()),
        ignored: [TrackId(4)].into(),
        stamp: (7, 8),
    };
    Table {
        tracks: (8..11).map(track).collect(),
        records: vec![SongRow { session: 5, shared, view: LinkView { state: LinkState::Linked, tracks: 2 } }],
        wants: vec![Want { token: 7, request: 1 }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Inputs of the short round.
    const INPUTS: usize = 100_000;

    /// xorshift64 (Marsaglia, 2003): the same numbers in every run.
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self, sides: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 >> 11) as usize % sides
        }
    }

    /// One to eight changes as files suffer them, and as an attacker makes them.
    fn mutated(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
        let mut bytes = seed.to_vec();
        for _ in 0..=dice.roll(8) {
            let at = 1 + dice.roll(bytes.len() - 1);
            let odd = [0, 1, 0x7f, 0x80, 0xff][dice.roll(5)];
            match dice.roll(6) {
                0 => bytes[at] ^= 1 << dice.roll(8),
                1 => bytes[at] = odd,
                2 => bytes.iter_mut().skip(at).take(4).for_each(|byte| *byte = odd),
                3 => bytes.truncate(at + 1),
                4 => bytes.extend_from_within(at..),
                _ => bytes[at] = dice.roll(256) as u8,
            }
            bytes.truncate(16 * 1024);
            if bytes.len() < 2 {
                break;
            }
        }
        bytes
    }

    #[test]
    fn bytes_of_any_kind_mislead_no_reader() {
        let (seeds, mut dice) = (seeds(), Dice(0x4b65_656c));
        seeds.iter().for_each(|seed| take_in(seed));
        for input in 0..INPUTS {
            // What is judged costs the most: one input in 128.
            let seed = if input % 128 == 0 { 4 + dice.roll(seeds.len() - 4) } else { dice.roll(4) };
            take_in(&mutated(&seeds[seed], &mut dice));
        }
    }

    #[test]
    fn the_seeds_are_sound() {
        let seeds = seeds();
        assert!(Table::read(&seeds[2][1..]).is_some());
        let inbox = logs(&seeds[3][1..]).expect("a log");
        let song = inbox.song();
        assert_eq!((song.cells().count(), song.stale_count()), (6, 4));
        assert_eq!(song.bands(0, 100).map(|bands| bands.index).collect::<Vec<_>>(), [1], "bands of stale cells went");
    }
}
