//! Parameters by the names that people and tests use: the stable id, or the name shown.

use std::ffi::CString;
use std::sync::mpsc::{Receiver, Sender, channel};

use clack_extensions::params::{ParamInfoBuffer, ParamInfoFlags, PluginParams};
use clack_host::events::event_types::ParamValueEvent;
use clack_host::events::{Pckn, event_types};
use clack_host::plugin::PluginMainThreadHandle;
use clack_host::prelude::*;

use super::HostError;

/// What the plugin says of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    pub id: u32,
    pub name: String,
    pub module: String,
    pub min: f64,
    pub max: f64,
    pub default: f64,
    pub stepped: bool,
    pub automatable: bool,
}

/// The number under which the framework publishes a parameter's stable id: 31-polynomial over the bytes, top bit clear.
fn number_of(stable_id: &str) -> u32 {
    stable_id.bytes().fold(0u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte))) & !(1 << 31)
}

pub(super) fn list(extension: &PluginParams, plugin: &PluginMainThreadHandle<'_>) -> Vec<Param> {
    let mut buffer = ParamInfoBuffer::new();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (0..extension.count(plugin))
        .filter_map(|index| {
            let info = extension.get_info(plugin, index, &mut buffer)?;
            Some(Param {
                id: info.id.get(),
                name: text(info.name),
                module: text(info.module),
                min: info.min_value,
                max: info.max_value,
                default: info.default_value,
                stepped: info.flags.contains(ParamInfoFlags::IS_STEPPED),
                automatable: info.flags.contains(ParamInfoFlags::IS_AUTOMATABLE),
            })
        })
        .collect()
}

/// By stable id (`trim`), else by the name shown (`Mono check`).
pub(super) fn find<'p>(params: &'p [Param], wanted: &str) -> Result<&'p Param, HostError> {
    let number = number_of(wanted);
    params
        .iter()
        .find(|param| param.id == number)
        .or_else(|| params.iter().find(|param| param.name.eq_ignore_ascii_case(wanted)))
        .ok_or_else(|| HostError::NoParam(wanted.to_owned()))
}

/// The value that the plugin reads in a text such as `+3 dB`.
pub(super) fn parse(
    extension: &PluginParams,
    plugin: &PluginMainThreadHandle<'_>,
    param: &Param,
    text: &str,
) -> Result<f64, HostError> {
    let misunderstood = || HostError::ParamText { param: param.name.clone(), text: text.to_owned() };
    let text_c = CString::new(text).map_err(|_| misunderstood())?;
    let id = ClapId::from_raw(param.id).ok_or_else(misunderstood)?;
    extension.text_to_value(plugin, id, &text_c).ok_or_else(misunderstood)
}

/// A change of a parameter on its way to the next block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    id: ClapId,
    value: f64,
}

impl Change {
    pub(super) fn new(param: &Param, value: f64) -> Result<Self, HostError> {
        let id = ClapId::from_raw(param.id).ok_or_else(|| HostError::NoParam(param.name.clone()))?;
        Ok(Self { id, value: value.clamp(param.min, param.max) })
    }

    /// As CLAP's event at frame `time` of a block.
    pub(super) fn event(&self, time: u32) -> event_types::ParamValueEvent {
        ParamValueEvent::new(time, self.id, Pckn::match_all(), self.value)
    }
}

/// From the main thread to the processor.
pub(super) type ChangeSender = Sender<Change>;
pub(super) type ChangeReceiver = Receiver<Change>;

pub(super) fn changes() -> (ChangeSender, ChangeReceiver) {
    channel()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn param(stable_id: &str, name: &str) -> Param {
        Param {
            id: number_of(stable_id),
            name: name.into(),
            module: String::new(),
            min: 0.0,
            max: 1.0,
            default: 0.0,
            stepped: false,
            automatable: true,
        }
    }

    #[test]
    fn a_parameter_is_found_by_id_and_by_name() {
        let params = [param("mono", "Mono check"), param("trim", "Trim")];
        assert_eq!(find(&params, "trim").unwrap().name, "Trim");
        assert_eq!(find(&params, "mono CHECK").unwrap().name, "Mono check");
        assert_eq!(find(&params, "gain"), Err(HostError::NoParam("gain".into())));
    }

    #[test]
    fn a_value_outside_the_range_is_held_in_it() {
        assert_eq!(Change::new(&param("trim", "Trim"), 7.0).unwrap().value, 1.0);
    }
}
