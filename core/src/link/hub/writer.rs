//! This binary's hub file, written.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::backfill::Backfill;
use super::bytes::checksum;
use super::file::Own;
use super::file_layout::{Head, MOST_A_TICK, Tip};
use super::log::{Batch, Record};
use super::table::{LinkView, MOST_TRACKS, SongRow, Table, TrackRow, Want};
use crate::dsp::Hop;
use crate::link::lock::try_lock;
use crate::link::members::{Registry, SessionMembers, link_report};
use crate::link::track::{SessionId, Track};

/// Ticks between two tables while the log is read: 60 ms for a name or a trim.
const TABLE_TICKS: u64 = 3;
/// Bytes of a tick that are left for what one step of history overshoots.
const SLACK: usize = 56 * 1024;
/// Bytes of what is new in a tick; the rest waits for the next.
const MOST_NEW: usize = MOST_A_TICK - 128 * 1024 - SLACK;

#[derive(Debug)]
pub struct HubWriter {
    own: Own,
    tip: Tip,
    /// As it was last written.
    table: Vec<u8>,
    batch: Batch,
    /// Of this tick, behind all cells.
    hops: Vec<(u64, Hop)>,
    /// Some track may yet keep records for readers that are gone.
    is_exporting: bool,
    /// What the last table was made of, as far as others wait for it.
    written: (usize, Vec<Want>, u64),
    backfill: Backfill,
    /// Who reads the log, and how often each asked for history.
    readers: BTreeMap<u64, u32>,
    /// Highest peak, whether the gain is automated, and missed cells: as last seen while the track was free.
    facts: BTreeMap<u64, (Option<f32>, bool, u32)>,
}

impl HubWriter {
    pub fn create(folder: &Path, head: Head) -> io::Result<Self> {
        Ok(Self {
            own: Own::create(folder, head)?,
            tip: Tip::default(),
            table: Vec::new(),
            batch: Batch::default(),
            hops: Vec::new(),
            is_exporting: false,
            written: (0, Vec::new(), 0),
            backfill: Backfill::default(),
            readers: BTreeMap::new(),
            facts: BTreeMap::new(),
        })
    }

    pub fn path(&self) -> &Path {
        self.own.path()
    }

    /// What others read there is no longer what was written.
    pub fn is_lost(&self) -> bool {
        let tip = if self.tip.generation > 0 { self.tip.write() } else { Vec::new() };
        self.own.is_lost(&[(0, &self.own.head), (self.tip.place(), &tip), (self.tip.table_place(), &self.table)])
    }

    pub fn is_read(&self) -> bool {
        !self.readers.is_empty()
    }

    /// Writes what is new: the log for those who read it, the table where it changed, and in the end the tip.
    pub fn tick(&mut self, registry: &Registry, readers: &[(u64, u32)], wants: Vec<Want>) -> io::Result<()> {
        let tracks = registry.local();
        self.set_readers(readers);
        if self.is_read() || self.is_exporting {
            self.write_log(&tracks)?;
        }
        // A setting is written at once: the user is looking at the other window now.
        let written = (tracks.len(), wants, registry.changes_made());
        if written != self.written || !self.is_read() || self.tip.generation.is_multiple_of(TABLE_TICKS) {
            let table = self.table(registry, &tracks, written.1.clone()).write();
            self.write_table(table)?;
            self.written = written;
        }
        self.tip.generation += 1;
        self.own.write(&self.tip.write(), self.tip.place())
    }

    fn write_table(&mut self, table: Vec<u8>) -> io::Result<()> {
        if table != self.table {
            self.tip.table += 1;
            self.own.write(&table, self.tip.table_place())?;
            (self.tip.table_len, self.tip.table_sum) = (table.len() as u32, checksum(&table));
            self.table = table;
        }
        Ok(())
    }

    fn set_readers(&mut self, readers: &[(u64, u32)]) {
        let readers: BTreeMap<u64, u32> = readers.iter().copied().collect();
        if readers.iter().any(|(token, request)| self.readers.get(token) != Some(request)) {
            self.backfill.ask();
        }
        self.readers = readers;
    }

    fn write_log(&mut self, tracks: &[Arc<Track>]) -> io::Result<()> {
        self.batch.clear();
        self.hops.clear();
        self.is_exporting = self.is_read();
        for track in tracks {
            self.put_new(track);
        }
        for (uid, hop) in &self.hops {
            // What moves on the screen: where it has no room it is left out.
            if self.batch.len() < MOST_NEW {
                self.batch.put(*uid, &Record::Hop(*hop));
            }
        }
        self.backfill.send(tracks, &mut self.batch);
        if self.batch.is_empty() {
            return Ok(());
        }
        debug_assert!(self.batch.len() <= MOST_A_TICK, "{} bytes in a tick", self.batch.len());
        let bytes = self.batch.seal(self.tip.log);
        self.own.write_log(bytes, self.tip.log)?;
        self.tip.log += bytes.len() as u64;
        Ok(())
    }

    fn put_new(&mut self, track: &Track) {
        let Some(mut inbox) = try_lock(&track.inbox) else {
            // Written again at the next tick.
            self.is_exporting = true;
            return;
        };
        inbox.set_export(!self.readers.is_empty());
        let uid = track.identity.uid;
        self.hops.extend(inbox.hops_to_send().iter().map(|hop| (uid, *hop)));
        let Some(outbox) = inbox.outbox() else { return };
        while self.batch.len() < MOST_NEW
            && let Some(cell) = outbox.cells.pop_front()
        {
            self.batch.put(uid, &Record::Cell(cell));
        }
        while self.batch.len() < MOST_NEW
            && let Some(bands) = outbox.bands.pop_front()
        {
            self.batch.put(uid, &Record::Bands(bands));
        }
        if std::mem::take(&mut outbox.lost) {
            self.backfill.ask();
        }
        if self.batch.len() < MOST_NEW {
            inbox.stale_to_send().into_iter().for_each(|list| self.batch.put(uid, &Record::Stale(list)));
        }
    }

    fn table(&mut self, registry: &Registry, tracks: &[Arc<Track>], wants: Vec<Want>) -> Table {
        for track in tracks {
            if let Some(inbox) = try_lock(&track.inbox) {
                let song = inbox.song();
                let facts = (inbox.held_peak(), song.gain_is_automated(), song.missed());
                self.facts.insert(track.identity.uid, facts);
            }
        }
        if self.facts.len() > tracks.len() {
            self.facts.retain(|uid, _| tracks.iter().any(|track| track.identity.uid == *uid));
        }
        let state = registry.hub_status();
        let (settled, records) = registry.with_members(|peers, records| {
            let settled: BTreeMap<u64, SessionId> =
                peers.local.iter().map(|track| track.identity.uid).zip(peers.settled()).collect();
            let row = |members: SessionMembers| {
                let link = link_report(state.clone(), Some(&members), None);
                let view = LinkView { state: link.state, tracks: link.tracks_remote.min(u16::MAX.into()) as u16 };
                let shared = records.get(&members.session).map(|song| song.shared.clone()).unwrap_or_default();
                SongRow { session: members.session.0, shared, view }
            };
            let records: Vec<_> = peers.by_session(records).into_iter().map(row).collect();
            (settled, records)
        });
        // A track may have left since.
        let row = |track: &Arc<Track>| Some(self.row(track, *settled.get(&track.identity.uid)?));
        Table { tracks: tracks.iter().filter_map(row).take(MOST_TRACKS).collect(), records, wants }
    }

    fn row(&self, track: &Track, song: SessionId) -> TrackRow {
        let (role, role_from) = track.role();
        let identity = &track.identity;
        let (held_peak, automated, missed) = self.facts.get(&identity.uid).copied().unwrap_or_default();
        TrackRow {
            uid: identity.uid,
            id: identity.id(),
            claims: identity.claims(),
            seniority: identity.seniority(),
            session: identity.session().0,
            song: song.0,
            role,
            role_from,
            reference: track.settings.is_reference(),
            out: track.settings.is_out(),
            automated,
            format: track.settings.format(),
            measure: track.settings.measure(),
            placement: track.settings.placement(),
            gain: track.settings.gain(),
            held_peak,
            missed,
            name: track.name().to_string(),
        }
    }
}
