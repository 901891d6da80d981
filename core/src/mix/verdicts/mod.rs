//! One verdict for each unit: who is judged together, over which scope, against what, and where the offset lies.

mod band;
mod context;
mod grouping;
mod lead_and_bed;
mod reference;
pub(crate) mod scope;
mod verdict;

pub(crate) use band::{deviation, judge_offset};
pub(crate) use context::{Mixture, Unit};
pub(crate) use grouping::{Layout, Voice};
pub(crate) use lead_and_bed::Hierarchy;
pub(crate) use reference::Reference;
pub(crate) use scope::{Loudest, Scope};
pub(crate) use verdict::{Judged, Own, judge_unit};
