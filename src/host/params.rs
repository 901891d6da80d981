//! The parameters behind a host's numbers, set without the framework's tasks.

use std::sync::Arc;

use nice_plug::params::InternalParamMut;
use nice_plug::plugin::ParamValue;
use nice_plug::prelude::{Param, ParamPtr, Params};

/// Why a stored value was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueRefused {
    UnknownParameter,
    /// The value is of another type, or not finite.
    WrongType,
    /// No choice of the parameter has this id.
    UnknownChoice,
}

/// A change of a parameter at a frame of the block to come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimedChange {
    pub frame: u32,
    /// The parameter's place in the table.
    pub position: usize,
    /// The host adds to the value for a while, as a part of the range; else it sets the value, from 0 to 1.
    pub is_modulation: bool,
    pub value: f32,
}

/// An instance's parameters by their stable ids, in the framework's order. Setting one is a few atomic stores.
pub struct ParamTable {
    entries: Vec<(String, ParamPtr)>,
    /// Keeps what the pointers point to.
    _params: Arc<dyn Params>,
}

impl std::fmt::Debug for ParamTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ParamTable").field("entries", &self.entries).finish_non_exhaustive()
    }
}

impl ParamTable {
    pub fn new(params: Arc<dyn Params>) -> Self {
        let entries = params.param_map().into_iter().map(|(id, param, _)| (id, param)).collect();
        Self { entries, _params: params }
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Where `param` stands in the table.
    pub fn position(&self, param: ParamPtr) -> Option<usize> {
        self.entries.iter().position(|(_, entry)| *entry == param)
    }

    /// Takes a value from 0 to 1. With a sample rate the smoother starts towards it.
    pub fn set_normalized(&self, position: usize, value: f32, sample_rate: Option<f32>) -> bool {
        let Some((_, param)) = self.entries.get(position) else { return false };
        if !value.is_finite() {
            return false;
        }
        // SAFETY: `_params` keeps the parameter alive; setting is atomic stores.
        unsafe {
            if param._internal_set_normalized_value(value.clamp(0.0, 1.0))
                && let Some(sample_rate) = sample_rate
            {
                param._internal_update_smoother(sample_rate, false);
            }
        }
        true
    }

    /// Takes a change that the host sent with a block.
    pub fn apply(&self, change: &TimedChange) {
        if change.is_modulation {
            self.modulate(change.position, change.value);
        } else {
            self.set_normalized(change.position, change.value, None);
        }
    }

    /// Takes the host's modulation of a parameter, as a part of its range.
    fn modulate(&self, position: usize, amount: f32) {
        let Some((_, param)) = self.entries.get(position) else { return };
        if amount.is_finite() {
            // SAFETY: `_params` keeps the parameter alive; modulating is atomic stores.
            unsafe { param._internal_modulate_value(amount) };
        }
    }

    /// How many of CLAP's units the parameter's range has: its steps where it has any, else 1.
    pub fn clap_units(&self, position: usize) -> Option<f32> {
        // SAFETY: `_params` keeps the parameter alive.
        self.entries.get(position).map(|(_, param)| unsafe { param.step_count() }.unwrap_or(1) as f32)
    }

    /// The parameter's value from 0 to 1, without the host's modulation.
    pub fn normalized(&self, position: usize) -> Option<f32> {
        // SAFETY: `_params` keeps the parameter alive.
        self.entries.get(position).map(|(_, param)| unsafe { param.unmodulated_normalized_value() })
    }

    /// The parameter's plain value, as it is stored: without the host's modulation.
    pub fn stored(&self) -> impl Iterator<Item = (&str, ParamValue)> {
        // SAFETY: `_params` keeps the parameters alive.
        self.entries.iter().map(|(id, param)| (id.as_str(), unsafe { stored_value(*param) }))
    }

    /// Takes a stored value at once, without smoothing.
    pub fn restore(&self, id: &str, value: &ParamValue, sample_rate: Option<f32>) -> Result<(), ValueRefused> {
        let (_, param) = self.entries.iter().find(|(entry, _)| entry == id).ok_or(ValueRefused::UnknownParameter)?;
        // SAFETY: `_params` keeps the parameter alive; setting is atomic stores.
        unsafe {
            restore_value(*param, value)?;
            if let Some(sample_rate) = sample_rate {
                param._internal_update_smoother(sample_rate, true);
            }
        }
        Ok(())
    }
}

/// # Safety
/// The parameter must be alive.
unsafe fn stored_value(param: ParamPtr) -> ParamValue {
    // SAFETY: the caller's promise.
    unsafe {
        match param {
            ParamPtr::FloatParam(p) => ParamValue::F32((*p).unmodulated_plain_value()),
            ParamPtr::IntParam(p) => ParamValue::I32((*p).unmodulated_plain_value()),
            ParamPtr::BoolParam(p) => ParamValue::Bool((*p).unmodulated_plain_value()),
            ParamPtr::EnumParam(p) => match (*p).unmodulated_plain_id() {
                Some(id) => ParamValue::String(id.to_owned()),
                None => ParamValue::I32((*p).unmodulated_plain_value()),
            },
        }
    }
}

/// # Safety
/// The parameter must be alive.
unsafe fn restore_value(param: ParamPtr, value: &ParamValue) -> Result<(), ValueRefused> {
    // SAFETY: the caller's promise.
    unsafe {
        match (param, value) {
            (ParamPtr::FloatParam(p), ParamValue::F32(v)) if v.is_finite() => {
                let range = (*p).preview_plain(0.0)..=(*p).preview_plain(1.0);
                (*p)._internal_set_plain_value(v.clamp(*range.start(), *range.end()));
            }
            (ParamPtr::IntParam(p), ParamValue::I32(v)) => {
                let normalized = (*p).preview_normalized(*v);
                (*p)._internal_set_normalized_value(normalized);
            }
            (ParamPtr::BoolParam(p), ParamValue::Bool(v)) => {
                (*p)._internal_set_plain_value(*v);
            }
            (ParamPtr::EnumParam(p), ParamValue::String(id)) => {
                if !(*p).set_from_id(id) {
                    return Err(ValueRefused::UnknownChoice);
                }
            }
            _ => return Err(ValueRefused::WrongType),
        }
    }
    Ok(())
}
