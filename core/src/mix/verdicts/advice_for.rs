//! Advice on one unit.

use super::unit::Unit;
use crate::mix::report::{Advice, AdviceKind};

/// Advice on a unit, without a move or a place.
pub(crate) fn advice_for(unit: &Unit<'_>, kind: AdviceKind, text: String) -> Advice {
    let tracks = vec![unit.name.to_owned()];
    Advice { track: unit.name.to_owned(), tracks, kind, text, move_db: None, from_s: None, to_s: None }
}
