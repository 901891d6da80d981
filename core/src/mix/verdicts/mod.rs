//! One verdict for each unit: who is judged together, over which scope, against what, and where the offset lies.

mod advice_for;
mod band;
mod class;
mod context;
mod doubles;
mod finding;
mod grouping;
mod lead_and_bed;
mod mix_sum;
mod pan;
mod reference;
pub(crate) mod scope;
mod spread;
mod unit;
mod verdict;

pub(crate) use advice_for::advice_for;
pub(crate) use band::{deviation, judge_offset, sits_by};
pub(crate) use class::fallback_note;
pub(crate) use context::MixContext;
pub(crate) use doubles::Doubles;
pub(crate) use finding::Finding;
pub(crate) use grouping::{Group, Grouping};
pub(crate) use lead_and_bed::{Hierarchy, Rivals, are_comparable};
pub(crate) use mix_sum::mix_shares;
pub(crate) use pan::{Sides, pan_verdict};
pub(crate) use reference::ReferenceUnit;
pub(crate) use scope::{Loudest, Scope};
pub(crate) use unit::Unit;
pub(crate) use verdict::{KeptReadings, UnitVerdict, judge_unit};
