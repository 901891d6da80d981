//! Advice on one unit.

use super::unit::Unit;
use crate::mix::report::{Advice, AdviceKind, Break};
use crate::mix::words;

/// The advice to ride the fader through a break.
pub(crate) fn automate(unit: &Unit<'_>, found: &Break) -> Advice {
    // Before the fader its rides are invisible, so only Trim can be judged.
    let text = words::advise_ride(found, unit.placement.sees_fader());
    Advice {
        move_db: Some(found.move_db),
        from_s: Some(found.from_s),
        to_s: Some(found.to_s),
        ..advice_for(unit, AdviceKind::Automate, text)
    }
}

/// Advice on a unit, without a move or a place.
pub(crate) fn advice_for(unit: &Unit<'_>, kind: AdviceKind, text: String) -> Advice {
    Advice { track: unit.name.to_owned(), kind, text, move_db: None, from_s: None, to_s: None }
}
