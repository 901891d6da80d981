//! Two versions of a mix side by side: what moved. Its JSON is `keel.compare/1`: fields may be added; a change of
//! meaning raises the number. Pairs are [A, B]; what cannot be measured is null.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use keel_core::mix::{Break, BusReport, MixReport, Role, ScopeReport, TrackReport, Verdict};
use serde::Serialize;

use crate::versions::{are_alike, partners};

/// Version of the comparison's meaning.
pub const SCHEMA: &str = "keel.compare/1";
/// A change of less than this is none: what a table rounds away.
const MOVED_DB: f64 = 0.1;

/// One of the two versions.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    pub path: &'a Path,
    pub report: &'a MixReport,
}

/// What moved between two versions.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    pub schema: &'static str,
    pub profile: [String; 2],
    pub paths: [String; 2],
    pub scope: [ScopeReport; 2],
    /// The reference and the peak of its hits.
    pub reference: [Option<String>; 2],
    pub hit_peak_dbfs: [Option<f64>; 2],
    pub tracks: Vec<TrackChange>,
    /// Facts of the mix bus or the mixdown; null where one side has none.
    pub bus: Option<BusChange>,
    /// Breaks of A that B has no more, and breaks of B that A had not.
    pub breaks_gone: Vec<Arc<Break>>,
    pub breaks_new: Vec<Arc<Break>>,
    pub notes: Vec<String>,
}

/// A track in both versions, or in one.
#[derive(Clone, Debug, Serialize)]
pub struct TrackChange {
    /// As B calls it, or A where B has none.
    pub name: String,
    pub names: [Option<String>; 2],
    pub role: Role,
    pub level_dbfs: [Option<f64>; 2],
    pub offset_db: [Option<f64>; 2],
    pub integrated_lufs: [Option<f64>; 2],
    pub verdict: [Option<Verdict>; 2],
    pub level_change_db: Option<f64>,
    pub offset_change_db: Option<f64>,
    pub loudness_change_lu: Option<f64>,
    /// Level, offset, loudness or verdict is another.
    pub moved: bool,
}

/// The mix bus in both versions.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct BusChange {
    pub sample_peak_dbfs: [Option<f64>; 2],
    pub true_peak_dbtp: [Option<f64>; 2],
    pub integrated_lufs: [Option<f64>; 2],
    pub loudness_range_lu: [Option<f64>; 2],
    pub correlation: [Option<f64>; 2],
    pub mono_loss_db: [Option<f64>; 2],
}

impl Comparison {
    pub fn of(sides: &[Side<'_>; 2], left_out: &[String]) -> Self {
        let [a, b] = sides.map(|side| side.report);
        let both = |fact: fn(&MixReport) -> Option<f64>| [fact(a), fact(b)];
        let notes = [("A", a), ("B", b)].into_iter().flat_map(|(side, report)| {
            report.notes.iter().map(move |note| format!("{side}: {note}")).collect::<Vec<_>>()
        });
        let tracks: Vec<_> = pairs(&a.tracks, &b.tracks).into_iter().map(|(a, b)| TrackChange::of(a, b)).collect();
        Self {
            schema: SCHEMA,
            profile: [a.profile.clone(), b.profile.clone()],
            paths: sides.map(|side| side.path.to_string_lossy().into_owned()),
            scope: [a.scope, b.scope],
            reference: [a.reference.track.clone(), b.reference.track.clone()],
            hit_peak_dbfs: both(|report| report.reference.hit_peak_dbfs.map(|level| level.0)),
            bus: a.bus.as_ref().zip(b.bus.as_ref()).map(|(a, b)| BusChange::of(a, b)),
            breaks_gone: only_in(&a.breaks, &b.breaks, |name| partner(&tracks, name, 0)),
            breaks_new: only_in(&b.breaks, &a.breaks, |name| partner(&tracks, name, 1)),
            notes: apart(&a.scope, &b.scope)
                .into_iter()
                .chain(notes)
                .chain(left_out.iter().map(|sentence| format!("Left out: {sentence}")))
                .collect(),
            tracks,
        }
    }

    /// The comparison as pretty JSON, ending in a line break.
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }
}

impl TrackChange {
    fn of(a: Option<&TrackReport>, b: Option<&TrackReport>) -> Self {
        let both = |fact: fn(&TrackReport) -> Option<f64>| [a.and_then(fact), b.and_then(fact)];
        let level_dbfs = both(|track| track.level_dbfs.map(|level| level.0));
        let offset_db = both(|track| track.offset_db.map(|offset| offset.0));
        let integrated_lufs = both(|track| track.integrated_lufs.map(|level| level.0));
        let verdict = [a, b].map(|track| track.map(|track| track.verdict));
        let changes = [level_dbfs, offset_db, integrated_lufs].map(change);
        let moved = verdict[0] != verdict[1] || changes.iter().flatten().any(|change| change.abs() >= MOVED_DB);
        let newest = b.or(a);
        Self {
            name: newest.map_or_else(String::new, |track| track.name.clone()),
            names: [a, b].map(|track| track.map(|track| track.name.clone())),
            role: newest.map_or(Role::Other, |track| track.role),
            level_dbfs,
            offset_db,
            integrated_lufs,
            verdict,
            level_change_db: changes[0],
            offset_change_db: changes[1],
            loudness_change_lu: changes[2],
            moved,
        }
    }
}

impl BusChange {
    fn of(a: &BusReport, b: &BusReport) -> Self {
        let both = |fact: fn(&BusReport) -> Option<f64>| [fact(a), fact(b)];
        Self {
            sample_peak_dbfs: both(|bus| bus.sample_peak_dbfs.map(|level| level.0)),
            true_peak_dbtp: both(|bus| bus.true_peak_dbtp.map(|level| level.0)),
            integrated_lufs: both(|bus| bus.integrated_lufs.map(|level| level.0)),
            loudness_range_lu: both(|bus| bus.loudness_range_lu.map(|range| range.0)),
            correlation: both(|bus| bus.correlation),
            mono_loss_db: both(|bus| bus.mono_loss_db.map(|loss| loss.0)),
        }
    }
}

/// B less A.
pub(crate) fn change([a, b]: [Option<f64>; 2]) -> Option<f64> {
    Some(b? - a?)
}

type Pair<'a> = (Option<&'a TrackReport>, Option<&'a TrackReport>);

/// Tracks of one name belong together, whatever version or date it has; then those that are alone with their role on
/// both sides. In A's order, what only B has at the end.
fn pairs<'a>(a: &'a [TrackReport], b: &'a [TrackReport]) -> Vec<Pair<'a>> {
    let names = |tracks: &'a [TrackReport]| tracks.iter().map(|track| track.name.as_str()).collect::<Vec<_>>();
    let mut partners = partners(&names(a), &names(b));
    let mut free: BTreeSet<usize> = (0..b.len()).filter(|k| !partners.contains(&Some(*k))).collect();
    for at in 0..a.len() {
        let role = a[at].role;
        let alone = (0..a.len()).filter(|&k| partners[k].is_none() && a[k].role == role).count() == 1;
        let mut mates = free.iter().copied().filter(|&k| b[k].role == role);
        if partners[at].is_none()
            && alone
            && let (Some(mate), None) = (mates.next(), mates.next())
        {
            partners[at] = Some(mate);
            free.remove(&mate);
        }
    }
    let of_a = a.iter().zip(&partners).map(|(track, partner)| (Some(track), partner.map(|k| &b[k])));
    of_a.chain(free.iter().map(|&k| (None, Some(&b[k])))).collect()
}

/// The breaks of one side without one of the same track and direction at the same time on the other. `partner` finds
/// the other side's name of a track.
fn only_in(one: &[Arc<Break>], other: &[Arc<Break>], partner: impl Fn(&str) -> Option<String>) -> Vec<Arc<Break>> {
    let is_known = |found: &Break| {
        let name = partner(&found.track);
        other.iter().any(|known| {
            name.as_ref().is_some_and(|name| are_alike(&known.track, name))
                && known.verdict == found.verdict
                && known.from_s.0 < found.to_s.0
                && found.from_s.0 < known.to_s.0
        })
    };
    one.iter().filter(|found| !is_known(found)).cloned().collect()
}

/// The name of a track of one side on the other; parts are called by their own name on both.
fn partner(tracks: &[TrackChange], name: &str, from: usize) -> Option<String> {
    let found = tracks.iter().find(|track| track.names[from].as_deref() == Some(name));
    found.map_or_else(|| Some(name.to_owned()), |track| track.names[1 - from].clone())
}

/// Two versions judged at places this far apart say little of each other.
const APART_S: f64 = 4.0;

fn apart(a: &ScopeReport, b: &ScopeReport) -> Option<String> {
    let (a, b) = (a.from_s?.0, b.from_s?.0);
    let note = "A and B are judged at different places of the song: give --scope to judge both at one.";
    ((a - b).abs() > APART_S).then(|| note.to_owned())
}
