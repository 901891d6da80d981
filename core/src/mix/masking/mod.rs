//! What a listener makes of the session over the scope: masking, the whisper test, the loud check, facts by bands.
//!
//! Masking is between the units that count in sums. A unit's spectrum is the mean over the scope after today's gain; its level is that of
//! its hits, or where it sounds, as its verdict's is. The others mask it with what they are on average.

mod advice;
mod band_levels;
mod units;

use std::sync::Arc;

pub(crate) use self::advice::advice;
use self::band_levels::{BandLevels, TrackBands, records_of};
use self::units::{Audibilities, SoundingUnits, UnitLoudnesses};
use crate::dsp::BANDS;
use crate::mix::psychoacoustics::audibility::{self, Audibility};
use crate::mix::psychoacoustics::stereo::StereoBands;
use crate::mix::psychoacoustics::{BandPowers, tonal};
use crate::mix::report::centre;
use crate::mix::roles::Role;
use crate::mix::verdicts::{MixContext, UnitVerdict};
use crate::mix::{
    BandsReport, BusHearing, HearingRules, LoudReport, LoudVerdict, Masking, MixHearing, QuietBand, ThinBand,
    TonalBalance, TrackHearing, TrackWhisper, WhisperReport, words,
};
use crate::units::Db;

/// Two units closer than this share a place, in phon: a decibel is the least that is noticed.
const SAME_PLACE: f64 = 1.0;
/// A band of the bus farther than this under its loudest is too faint to be missed in mono.
const THIN_RANGE: Db = Db(40.0);

/// What was heard of all tracks.
#[derive(Debug, Default)]
pub(crate) struct HearingFacts {
    /// In the order of the tracks.
    pub tracks: Vec<TrackHearing>,
    pub mix: MixHearing,
    pub bus: BusHearing,
    /// Side against mid in the low end of the bus.
    pub bus_low_side: Option<Db>,
    /// The bands of the bus.
    on_bus: Option<BandPowers>,
}

/// Listens to one session again and again.
#[derive(Debug, Default)]
pub(crate) struct Listener {
    bands: BandLevels,
    levels: UnitLoudnesses,
    /// Something is other than what was listened to.
    is_new: bool,
    /// What was heard last.
    last: HearingFacts,
}

/// One unit at both monitor levels.
#[derive(Clone, Copy, Debug)]
struct UnitAudibility {
    normal: Audibility,
    whisper: Audibility,
    by_kick: Option<f64>,
}

impl Listener {
    /// Names, roles, switches or rules are other than they were.
    pub fn forget(&mut self) {
        self.is_new = true;
    }

    /// Listens to the scope.
    pub fn listen(&mut self, mix: &MixContext<'_>, judged: &[UnitVerdict]) -> &HearingFacts {
        let Some(scope) = &mix.scope else {
            let tracks = vec![TrackHearing::default(); mix.tracks.len()];
            *self = Self { last: HearingFacts { tracks, ..HearingFacts::default() }, is_new: true, ..Self::default() };
            return &self.last;
        };
        let records = records_of(scope);
        for (unit, judged) in mix.units.iter().zip(judged) {
            self.is_new |= self.levels.read(mix, unit, judged, records);
        }
        self.is_new |= self.bands.read(mix, records);
        if std::mem::take(&mut self.is_new) {
            self.last = listen(mix, &self.levels, self.bands.all());
        }
        &self.last
    }

    /// Bytes held on the heap.
    pub fn heap_bytes(&self) -> usize {
        let tracks = self.last.tracks.len() * size_of::<TrackHearing>();
        tracks + self.bands.heap_bytes() + self.levels.heap_bytes()
    }
}

fn listen(mix: &MixContext<'_>, levels: &UnitLoudnesses, bands: &[TrackBands]) -> HearingFacts {
    let mut hearing = of_each(mix, bands);
    let units = SoundingUnits::new(mix, levels, bands);
    if let Some(units) = &units {
        let audible = Audibilities::new(units, &mix.profile.rules.hearing).of_all();
        write_audible(mix, units, &audible, &mut hearing);
    }
    hearing.set_loudness(mix, units.as_ref());
    hearing
}

/// What each track's bands say by themselves.
fn of_each(mix: &MixContext<'_>, bands: &[TrackBands]) -> HearingFacts {
    let tracks = bands.iter().map(|kept| kept.facts.clone()).collect();
    let mut hearing = HearingFacts { tracks, ..HearingFacts::default() };
    let bus = mix.tracks.iter().position(|track| track.role == Role::MixBus && !track.is_out);
    if let Some((index, bands)) = bus.and_then(|index| Some((index, bands[index].bands.as_ref()?))) {
        hearing.bus = bus_facts(mix, bands, mix.levels[index].channels);
        hearing.bus_low_side = bands.low_side();
        hearing.on_bus = Some(bands.powers());
    }
    hearing
}

impl HearingFacts {
    /// The loud check, of the bus, else of all that counts in sums.
    fn set_loudness(&mut self, mix: &MixContext<'_>, units: Option<&SoundingUnits>) {
        let whole = self.on_bus.or(units.map(|units| units.total));
        self.mix.loud = whole.map(|powers| loud(&powers, &mix.profile.rules.hearing));
    }
}

/// What one track's bands say by themselves.
fn facts(bands: &StereoBands, channels: u8) -> TrackHearing {
    if bands.powers().iter().sum::<f64>() <= 0.0 {
        return TrackHearing::default();
    }
    TrackHearing {
        low_side_db: bands.low_side().filter(|_| channels == 2),
        harshness_db: tonal::harshness(&bands.powers()),
        bands: Some(bands_report(bands, channels).into()),
        ..TrackHearing::default()
    }
}

fn bands_report(bands: &StereoBands, channels: u8) -> BandsReport {
    let is_stereo = channels == 2;
    BandsReport {
        level_db: (0..BANDS).map(|band| bands.level(band, channels)).collect(),
        correlation: (0..BANDS).map(|band| bands.correlation(band).filter(|_| is_stereo).map(thousandths)).collect(),
        mono_loss_db: (0..BANDS).map(|band| bands.mono_loss(band).filter(|_| is_stereo)).collect(),
    }
}

fn bus_facts(mix: &MixContext<'_>, bands: &StereoBands, channels: u8) -> BusHearing {
    let (rules, powers) = (&mix.profile.rules, bands.powers());
    let thin = bands.thin(rules.mono.thin_band, THIN_RANGE).into_iter().filter(|_| channels == 2);
    let hertz = |hz: f64| (hz * 10.0).round() / 10.0;
    let quiet = audibility::quiet_bands(&powers, rules.hearing.whisper);
    let over = |over: [Option<Db>; BANDS]| TonalBalance { reference: tonal::REFERENCE, over_db: over.into() };
    BusHearing {
        crest_db: None,
        harshness_db: tonal::harshness(&powers),
        bands: (powers.iter().sum::<f64>() > 0.0).then(|| bands_report(bands, channels).into()),
        thin_bands: thin
            .map(|thin| ThinBand { from_hz: hertz(thin.from_hz), to_hz: hertz(thin.to_hz), loss_db: thin.loss })
            .collect(),
        quiet_bands: quiet.into_iter().map(|(from, to)| QuietBand { from_hz: hertz(from), to_hz: hertz(to) }).collect(),
        tonal: tonal::balance(&powers).map(over),
    }
}

/// Masking and the whisper test of all units.
fn write_audible(mix: &MixContext<'_>, units: &SoundingUnits, audible: &[UnitAudibility], hearing: &mut HearingFacts) {
    let rules = &mix.profile.rules.hearing;
    let order = order(audible.iter().map(|audible| audible.whisper.phon), rules.audible);
    let loudest = units.loudest();
    for (one, audible) in audible.iter().enumerate() {
        let masker = loudest[audible.normal.most_lost].into_iter().flatten().find(|other| *other != one);
        let name = masker.map(|other| units.name(mix, other));
        let masking = masking(audible, name, units.list.len(), rules).map(Arc::new);
        let place = order.iter().position(|other| *other == one).map(|place| place + 1);
        let whisper = TrackWhisper { audible: place.is_some(), phon: audible.whisper.phon.map(tenths), place };
        let unit = &mix.units[units.list[one].unit];
        for &index in unit.members {
            hearing.tracks[index].masking = masking.clone();
            hearing.tracks[index].whisper = Some(whisper);
        }
    }
    hearing.mix.whisper = Some(whisper_report(mix, units, &order, audible, rules));
}

fn masking(audible: &UnitAudibility, masker: Option<String>, units: usize, rules: &HearingRules) -> Option<Masking> {
    let by_mix = audible.normal.ratio.filter(|_| units > 1)?;
    let is_low = |ratio: f64| ratio <= rules.masked;
    Some(Masking {
        by_kick: audible.by_kick.map(thousandths),
        by_mix: Some(thousandths(by_mix)),
        at_risk: is_low(by_mix) || audible.by_kick.is_some_and(is_low),
        band_hz: Some(centre(audible.normal.most_lost)),
        masker,
    })
}

/// The audible units, the most audible first; of equals the first in the session.
fn order(phons: impl Iterator<Item = Option<f64>>, audible: f64) -> Vec<usize> {
    let mut audible: Vec<(usize, f64)> =
        phons.enumerate().filter_map(|(one, phon)| Some((one, phon.filter(|phon| *phon >= audible)?))).collect();
    audible.sort_by(|a, b| b.1.total_cmp(&a.1));
    audible.into_iter().map(|(one, _)| one).collect()
}

/// Kick, snare, bass and lead against their order at the normal level: a unit that another overtakes as the monitor is
/// turned down has lost its place in the balance.
fn whisper_report(
    mix: &MixContext<'_>,
    units: &SoundingUnits,
    order: &[usize],
    audible: &[UnitAudibility],
    rules: &HearingRules,
) -> WhisperReport {
    let normal = |one: usize| audible[one].normal.phon.unwrap_or(f64::NEG_INFINITY);
    let mut four = units.four(mix, normal);
    four.sort_by(|a, b| normal(*b).total_cmp(&normal(*a)));
    let left: Vec<usize> = order.iter().copied().filter(|one| four.contains(one)).collect();
    let names = |list: &[usize]| -> Vec<String> { list.iter().map(|one| units.name(mix, *one)).collect() };
    let phon = |one: &usize| audible[*one].whisper.phon.unwrap_or(f64::NEG_INFINITY);
    let overtakes = |first: usize, then: &usize| phon(then) > phon(&four[first]) + SAME_PLACE;
    let keeps = (0..four.len()).all(|first| !four[first + 1..].iter().any(|then| overtakes(first, then)));
    let lost: Vec<usize> = four.iter().copied().filter(|one| !left.contains(one)).collect();
    WhisperReport {
        level_db_spl: rules.whisper,
        order: names(order),
        expected: names(&four),
        passes: (four.len() > 1).then_some(lost.is_empty() && keeps),
        text: words::whisper(rules.whisper, &names(&four), &names(&left), &names(&lost), keeps),
    }
}

fn loud(powers: &BandPowers, rules: &HearingRules) -> LoudReport {
    let harshness = tonal::harshness(powers);
    let verdict = match harshness.map(|share| share.0 - rules.harshness.0) {
        None => LoudVerdict::Unknown,
        Some(over) if over > rules.harshness_within.0 => LoudVerdict::Harsh,
        Some(over) if over < -rules.harshness_within.0 => LoudVerdict::Dull,
        Some(_) => LoudVerdict::Ok,
    };
    let text = words::loud(verdict, harshness, rules.harshness);
    LoudReport { harshness_db: harshness, target_db: rules.harshness, verdict, text }
}

fn thousandths(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0 + 0.0
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0 + 0.0
}
