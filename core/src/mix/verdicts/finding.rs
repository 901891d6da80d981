//! All that was found out about a unit.

use std::borrow::Cow;

use super::unit::Unit;
use super::verdict::UnitVerdict;
use crate::mix::levels::TrackSummary;
use crate::mix::report::PanVerdict;

/// One unit with all that was found out about it.
#[derive(Debug)]
pub(crate) struct Finding<'a> {
    pub unit: &'a Unit<'a>,
    pub judged: &'a UnitVerdict,
    /// Of each member.
    pub summaries: Cow<'a, [TrackSummary]>,
    pub pan: PanVerdict,
}
