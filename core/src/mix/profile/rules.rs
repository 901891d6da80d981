//! The numbers of the rules that a profile may change, one line each: field, type and the range that makes sense.

use serde::Deserialize;
use toml::Spanned;

use super::number::Number;
use super::toml_error::TomlFault;
use crate::units::{Db, Dbfs, Dbtp, Seconds};

/// What a setting holds, made from the file's number.
trait Setting: Copy {
    fn from_number(number: f64) -> Self;
    fn is_whole() -> bool {
        false
    }
}

impl Setting for f64 {
    fn from_number(number: f64) -> Self {
        number
    }
}

impl Setting for usize {
    fn from_number(number: f64) -> Self {
        number as usize
    }
    fn is_whole() -> bool {
        true
    }
}

macro_rules! unit_settings {
    ($($unit:ident),*) => { $(impl Setting for $unit {
        fn from_number(number: f64) -> Self {
            Self(number)
        }
    })* };
}
unit_settings!(Db, Dbfs, Dbtp, Seconds);

/// Declares a section of the profile: the values, and the patch that a file holds of it.
macro_rules! section {
    ($(#[$doc:meta])* $name:ident, $patch:ident, { $($(#[$field_doc:meta])* $field:ident: $kind:ty, $range:expr;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Default)]
        pub struct $name { $($(#[$field_doc])* pub $field: $kind,)* }

        #[derive(Debug, Default, Deserialize)]
        #[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
        pub(super) struct $patch { $($field: Option<Spanned<Number>>,)* }

        impl $name {
            fn apply(&mut self, patch: &$patch) -> Result<(), TomlFault> {
                $(if let Some(number) = &patch.$field {
                    let whole = <$kind as Setting>::is_whole();
                    self.$field = Setting::from_number(in_range(stringify!($field), number, $range, whole)?);
                })*
                Ok(())
            }
        }

        impl $patch {
            #[cfg(test)]
            fn missing(&self) -> Vec<&'static str> {
                let mut missing = Vec::new();
                $(if self.$field.is_none() { missing.push(stringify!($field)); })*
                missing
            }
        }
    };
}

section!(
    /// From deviation to verdict and move.
    VerdictRules, VerdictPatch, {
        /// Outside the band by no more than this still sits.
        edge: Db, (0.0, 6.0);
        /// Moves are multiples of this.
        step: Db, (0.1, 12.0);
        /// A larger move comes with "check role and gain staging"; a larger push is one of gain staging.
        check_over: Db, (1.0, 60.0);
        /// No move is larger.
        reach: Db, (3.0, 60.0);
        /// Bars to listen for after a move.
        listen_bars: f64, (0.0, 64.0);
    }
);
section!(
    /// How a track's level is read.
    LevelRules, LevelPatch, {
        /// A track plays where a 400 ms window is no further than this under its usual level.
        sounding: Db, (6.0, 90.0);
        /// The usual level is the median of the windows near this percentile of all.
        usual_percentile: f64, (50.0, 100.0);
        /// No further under it than this.
        usual_range: Db, (3.0, 40.0);
        /// What the host does to one channel on its way to both sides.
        mono_law: Db, (-6.0, 0.0);
        /// The hits that count lie around this percentile.
        hit_percentile: f64, (0.0, 100.0);
        /// Hits within this of the percentile count.
        hit_range: Db, (0.0, 40.0);
        /// A hit may be bleed where it falls so close to a louder one of another drum.
        bleed_seconds: Seconds, (0.0, 0.1);
        /// It is where it lies more than this under the track's own hits.
        bleed_under: Db, (3.0, 60.0);
        /// Or within this of its usual distance from that drum.
        bleed_spread: Db, (0.0, 12.0);
        /// Which deviates by less than this,
        bleed_deviation: Db, (0.0, 12.0);
        /// at so many hits or more,
        bleed_hits: usize, (3.0, 1000.0);
        /// and is so far down at least.
        bleed_distance: Db, (0.0, 40.0);
        /// A hits role with fewer hits is read as sustained.
        min_hits: usize, (1.0, 1000.0);
        /// In so many seconds of sound.
        min_hits_seconds: Seconds, (1.0, 600.0);
        /// The windows that count lie around this percentile.
        sustained_percentile: f64, (0.0, 100.0);
    }
);
section!(
    /// When two lead vocals are one part, sung twice.
    DoubleRules, DoublePatch, {
        /// They play together for this share of what the shorter plays.
        together: f64, (0.0, 1.0);
        /// Their levels in 100 ms, in dB, correlate so far where both play.
        correlation: f64, (0.0, 1.0);
        /// That is told from so much of playing together.
        seconds: Seconds, (1.0, 600.0);
    }
);
section!(
    /// Which part of the song is judged.
    ScopeRules, ScopePatch, {
        /// The length of what is judged.
        bars: f64, (1.0, 256.0);
        /// Stands for the bars where there is no tempo.
        seconds: Seconds, (1.0, 600.0);
        /// The shortest loop of the host's that is taken as the scope.
        loop_bars: f64, (0.0, 256.0);
        /// Hits of the kick that the loudest section holds at least.
        kick_hits: usize, (1.0, 1000.0);
    }
);
section!(
    /// When the kick counts as held.
    ReferenceRules, ReferencePatch, {
        /// Bars of silence after which the kick is held.
        held_bars: f64, (1.0, 256.0);
        /// Stands for the bars where there is no tempo.
        held_seconds: Seconds, (1.0, 600.0);
        /// The kick sits where its own level lies outside its band by no more than this.
        edge: Db, (0.0, 12.0);
        /// The hits of a whole kit lie this near to its kick's.
        kit_within: Db, (0.0, 6.0);
    }
);
section!(
    /// When an offset becomes a break.
    BreakRules, BreakPatch, {
        /// Farther outside the band than this.
        beyond: Db, (0.0, 24.0);
        /// For so long at least.
        bars: f64, (0.5, 64.0);
        /// Stands for the bars where there is no tempo.
        seconds: Seconds, (1.0, 600.0);
        /// Hits that a hits role must show in that time.
        hits: usize, (1.0, 1000.0);
        /// A break may be shorter by this, as its edges are rounded.
        edge_seconds: Seconds, (0.1, 10.0);
        /// Breaks of a track with less playing between them are told together.
        near_bars: f64, (0.0, 64.0);
        /// Stands for the bars where there is no tempo.
        near_seconds: Seconds, (0.0, 600.0);
        /// No ride is larger: where more is needed the track rests, or is not what its name says.
        ride: Db, (3.0, 60.0);
    }
);
section!(
    /// The limits behind the pan rules, on the scale -1 (left) to +1 (right).
    PanRules, PanPatch, {
        /// No farther from the centre.
        centre: f64, (0.0, 1.0);
        /// The same where a little more is right.
        centre_ish: f64, (0.0, 1.0);
        /// At least so far aside.
        slight_from: f64, (0.0, 1.0);
        /// At most so far aside.
        slight_to: f64, (0.0, 1.0);
        /// At least so far out on both sides.
        wide: f64, (0.0, 1.0);
        /// A stereo track with a correlation under this is wide by itself.
        wide_correlation: f64, (-1.0, 1.0);
        /// The same of several tracks of a role.
        left_right: f64, (0.0, 1.0);
    }
);
section!(
    /// Mono loss and the side signal in the low end.
    MonoRules, MonoPatch, {
        /// Beyond what the pan explains: "thinner in mono".
        thin: Db, (0.0, 60.0);
        /// The same for one band of the bus.
        thin_band: Db, (0.0, 60.0);
        /// Loses so much that hardly anything is left.
        disappears: Db, (0.0, 60.0);
        /// The most side signal under 120 Hz, against the mid.
        low_side: Db, (-60.0, 0.0);
    }
);
section!(
    /// The upper ends of the zones at Keel's input.
    GainStagingRules, GainStagingPatch, {
        /// Under it: low.
        low: Dbfs, (-90.0, 0.0);
        /// Up to it: ok.
        ok: Dbfs, (-90.0, 0.0);
        /// Up to it: warm; over it: hot.
        warm: Dbfs, (-90.0, 0.0);
    }
);
section!(
    /// The limits of the mix bus.
    BusRules, BusPatch, {
        /// The largest sample that leaves room for mastering.
        headroom: Dbfs, (-60.0, 0.0);
        /// The highest true peak.
        true_peak: Dbtp, (-60.0, 3.0);
    }
);

section!(
    /// Masking, and the checks at other monitor levels.
    HearingRules, HearingPatch, {
        /// The monitor level at which masking is judged, dB SPL.
        normal: f64, (50.0, 100.0);
        /// A track is at risk with this part of its loudness left.
        masked: f64, (0.0, 1.0);
        /// The monitor level of the whisper test, dB SPL.
        whisper: f64, (20.0, 90.0);
        /// The loudness level in phon from which a track is audible there.
        audible: f64, (0.0, 60.0);
        /// Share of the mix between 2 and 5 kHz.
        harshness: Db, (-60.0, 0.0);
        /// A mix this far over it is harsh, this far under it dull.
        harshness_within: Db, (0.0, 30.0);
    }
);

/// Every number of the rules beside the roles' targets.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Rules {
    /// When a track sits, and by how much it is moved.
    pub verdict: VerdictRules,
    /// How levels are read.
    pub level: LevelRules,
    /// When two lead vocals are one part.
    pub doubles: DoubleRules,
    /// Which part of the song is judged.
    pub scope: ScopeRules,
    /// How long the reference holds through silence.
    pub reference: ReferenceRules,
    /// What counts as a break.
    pub breaks: BreakRules,
    /// What counts as off the centre.
    pub pan: PanRules,
    /// What counts as thin in mono.
    pub mono: MonoRules,
    /// The zones of the input peak.
    pub gain_staging: GainStagingRules,
    /// The mix bus.
    pub bus: BusRules,
    /// Masking, the whisper test and the loud check.
    pub hearing: HearingRules,
}

/// What a file says of the rules.
#[derive(Debug, Default)]
pub(super) struct RulesPatch {
    pub verdict: VerdictPatch,
    pub level: LevelPatch,
    pub doubles: DoublePatch,
    pub scope: ScopePatch,
    pub reference: ReferencePatch,
    pub breaks: BreakPatch,
    pub pan: PanPatch,
    pub mono: MonoPatch,
    pub gain_staging: GainStagingPatch,
    pub bus: BusPatch,
    pub hearing: HearingPatch,
}

impl Rules {
    /// Takes over what the file says, then checks what must hold between two numbers.
    pub(super) fn apply(&mut self, patch: &RulesPatch) -> Result<(), TomlFault> {
        self.verdict.apply(&patch.verdict)?;
        self.level.apply(&patch.level)?;
        self.doubles.apply(&patch.doubles)?;
        self.scope.apply(&patch.scope)?;
        self.reference.apply(&patch.reference)?;
        self.breaks.apply(&patch.breaks)?;
        self.pan.apply(&patch.pan)?;
        self.mono.apply(&patch.mono)?;
        self.gain_staging.apply(&patch.gain_staging)?;
        self.bus.apply(&patch.bus)?;
        self.hearing.apply(&patch.hearing)?;
        self.check_order(patch)
    }

    fn check_order(&self, patch: &RulesPatch) -> Result<(), TomlFault> {
        let (pan, zones) = (&self.pan, &self.gain_staging);
        rising(
            ("slight-from", pan.slight_from, &patch.pan.slight_from),
            ("slight-to", pan.slight_to, &patch.pan.slight_to),
        )?;
        rising(("centre", pan.centre, &patch.pan.centre), ("centre-ish", pan.centre_ish, &patch.pan.centre_ish))?;
        rising(("low", zones.low.0, &patch.gain_staging.low), ("ok", zones.ok.0, &patch.gain_staging.ok))?;
        rising(("ok", zones.ok.0, &patch.gain_staging.ok), ("warm", zones.warm.0, &patch.gain_staging.warm))?;
        let mono = (&self.mono, &patch.mono);
        rising(("thin", mono.0.thin.0, &mono.1.thin), ("disappears", mono.0.disappears.0, &mono.1.disappears))
    }
}

impl VerdictPatch {
    /// Where the file sets the step or the edge, if it does.
    pub(super) fn place(&self) -> Option<usize> {
        self.step.as_ref().or(self.edge.as_ref()).map(|number| number.span().start)
    }
}

type Named<'a> = (&'static str, f64, &'a Option<Spanned<Number>>);

/// Two settings of which the second may not be under the first; the fault points at the one that the file gives.
fn rising(lower: Named<'_>, upper: Named<'_>) -> Result<(), TomlFault> {
    if lower.1 <= upper.1 {
        return Ok(());
    }
    let place = upper.2.as_ref().or(lower.2.as_ref()).map_or(0, |number| number.span().start);
    let message = format!("{} = {} must not be over {} = {}: swap or change them", lower.0, lower.1, upper.0, upper.1);
    Err(TomlFault::at(place, message))
}

fn in_range(field: &str, number: &Spanned<Number>, (low, high): (f64, f64), whole: bool) -> Result<f64, TomlFault> {
    let value = number.get_ref().0;
    let key = field.replace('_', "-");
    if !(low..=high).contains(&value) {
        let message = format!("{key} = {value} is out of range: give a number from {low} to {high}");
        return Err(TomlFault::at(number.span().start, message));
    }
    if whole && value.fract() != 0.0 {
        return Err(TomlFault::at(number.span().start, format!("{key} = {value} is a count: give a whole number")));
    }
    Ok(value)
}

#[cfg(test)]
impl RulesPatch {
    /// Settings that the file leaves out.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        let sections = [
            self.verdict.missing(),
            self.level.missing(),
            self.doubles.missing(),
            self.scope.missing(),
            self.reference.missing(),
            self.breaks.missing(),
            self.pan.missing(),
            self.mono.missing(),
            self.gain_staging.missing(),
            self.bus.missing(),
            self.hearing.missing(),
        ];
        sections.concat()
    }
}
