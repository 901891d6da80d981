//! What the host stores with a project: the parameters, and under one key what is no parameter. Read with patience:
//! what is broken leaves its default and a note, what is unknown is kept for the version that knows it.

use std::collections::BTreeSet;

use keel_core::link::StoredSettings;
use keel_core::mix::{Certainty, Guess, Placement, Role, TrackId};
use nice_plug::plugin::ParamValue;
use serde_json::{Map, Value, json};

use super::params::MONO_ID;
use super::profile_cache::GUIDE;
use crate::editor;
use crate::host::{ParamTable, ValueRefused};

/// The key of [`Saved`] in the stored fields.
pub const STATE_KEY: &str = "keel";
/// Version of [`Saved`]. Higher ones may be read as far as they are known.
pub const STATE_VERSION: u64 = 1;

/// The user's words on where Keel listens, as they are stored.
const PLACEMENTS: [(&str, Placement); 2] = [("pre", Placement::Pre), ("post", Placement::Post)];
/// Points: no window of ours is smaller or larger.
const WINDOW_LIMITS: std::ops::RangeInclusive<f32> = 100.0..=8192.0;

/// What is stored beside the parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Saved {
    /// The user's name for the track; empty takes the host's.
    pub name: String,
    pub instance_id: Option<TrackId>,
    pub session_id: Option<String>,
    /// The code that links sessions of different programs; `None` is not stored.
    pub session_code: Option<String>,
    /// Name or path of the session's target profile.
    pub profile: String,
    /// Tracks that the session leaves out of judgement; none is not stored.
    pub ignored: BTreeSet<TrackId>,
    /// The user's word on where Keel listens; `None`, which is not stored, goes by the host.
    pub placement: Option<Placement>,
    /// The track's name, and what it said among the session's when this was stored; not stored while it has none.
    pub guess: Option<(String, Guess)>,
    /// Width and height of the window in points.
    pub window: [f32; 2],
    /// Keys of a newer version, kept as they came.
    pub unknown: Map<String, Value>,
}

impl Default for Saved {
    fn default() -> Self {
        Self {
            name: String::new(),
            instance_id: None,
            session_id: None,
            session_code: None,
            profile: GUIDE.into(),
            ignored: BTreeSet::new(),
            placement: None,
            guess: None,
            window: editor::DEFAULT_SIZE,
            unknown: Map::new(),
        }
    }
}

impl Saved {
    /// As it is stored.
    pub fn to_json(&self) -> Value {
        let mut map = self.unknown.clone();
        let version = map.get("version").and_then(Value::as_u64).map_or(STATE_VERSION, |v| v.max(STATE_VERSION));
        map.insert("version".into(), version.into());
        map.insert("name".into(), self.name.as_str().into());
        map.insert("instance_id".into(), self.instance_id.map(|id| format!("{:016x}", id.0)).into());
        map.insert("session_id".into(), self.session_id.clone().into());
        map.insert("profile".into(), self.profile.as_str().into());
        map.insert("window".into(), json!(self.window));
        if let Some(code) = &self.session_code {
            map.insert("session_code".into(), code.as_str().into());
        }
        if !self.ignored.is_empty() {
            map.insert("ignored".into(), self.ignored.iter().map(|id| format!("{:016x}", id.0)).collect());
        }
        if let Some((word, _)) = PLACEMENTS.into_iter().find(|(_, placement)| Some(*placement) == self.placement) {
            map.insert("placement".into(), word.into());
        }
        if let Some((name, guess)) = &self.guess {
            map.insert("guess".into(), guess_json(name, guess));
        }
        Value::Object(map)
    }

    /// What it holds of the session rather than of the track.
    pub fn of_session(&self) -> StoredSettings {
        StoredSettings {
            code: self.session_code.clone(),
            profile: Some(self.profile.clone()).filter(|profile| profile != GUIDE),
            ignored: self.ignored.clone(),
        }
    }

    /// Reads any version. Each value that cannot be read leaves its default and a sentence in `notes`.
    pub fn migrate(stored: Value, notes: &mut Vec<String>) -> Self {
        let mut saved = Self::default();
        let Value::Object(mut map) = stored else {
            notes.push("Keel's own settings in this project could not be read. They start from their defaults.".into());
            return saved;
        };
        match map.remove("version").map(|version| (version.as_u64(), version)) {
            Some((Some(version), whole)) if version > STATE_VERSION => {
                notes.push("This project was saved by a newer Keel. What this one does not know is kept.".into());
                saved.unknown.insert("version".into(), whole);
            }
            Some((Some(1), _)) => {}
            // Without a version: read as the first.
            _ => notes.push("The settings stored in this project name no version. They are read as version 1.".into()),
        }
        read(&mut map, "name", notes, |value| value.as_str().map(str::to_owned), &mut saved.name);
        read(&mut map, "instance_id", notes, |value| Some(Some(id(value)?)), &mut saved.instance_id);
        read(&mut map, "session_id", notes, |value| Some(Some(value.as_str()?.to_owned())), &mut saved.session_id);
        read(&mut map, "session_code", notes, |value| Some(Some(value.as_str()?.to_owned())), &mut saved.session_code);
        read(&mut map, "profile", notes, |value| value.as_str().map(str::to_owned), &mut saved.profile);
        read(&mut map, "ignored", notes, ids, &mut saved.ignored);
        read(&mut map, "placement", notes, |value| Some(Some(placement(value)?)), &mut saved.placement);
        read(&mut map, "guess", notes, |value| Some(Some(guess(value)?)), &mut saved.guess);
        read(&mut map, "window", notes, window, &mut saved.window);
        saved.unknown.append(&mut map);
        saved
    }
}

/// Notes to show, and characters in each: a broken state may hold any number of values of any length.
const MOST_NOTES: usize = 12;
const LONGEST_NOTE: usize = 240;

/// As many notes as a user will read, each in one piece of bearable length.
pub fn readable(mut notes: Vec<String>) -> Vec<String> {
    let more = notes.len().saturating_sub(MOST_NOTES);
    notes.truncate(MOST_NOTES);
    for note in &mut notes {
        if note.chars().count() > LONGEST_NOTE {
            *note = note.chars().take(LONGEST_NOTE).chain(['\u{2026}']).collect();
        }
    }
    if more > 0 {
        notes.push(format!("And {more} more stored values could not be read."));
    }
    notes
}

/// Takes one value out of `map`; null and absent leave the default.
fn read<T>(
    map: &mut Map<String, Value>,
    key: &str,
    notes: &mut Vec<String>,
    parse: impl FnOnce(&Value) -> Option<T>,
    into: &mut T,
) {
    match map.remove(key) {
        None | Some(Value::Null) => {}
        Some(value) => match parse(&value) {
            Some(value) => *into = value,
            None => notes.push(format!("The stored {} could not be read ({value}).", key.replace('_', " "))),
        },
    }
}

fn id(value: &Value) -> Option<TrackId> {
    u64::from_str_radix(value.as_str()?, 16).ok().filter(|&id| id != 0).map(TrackId)
}

fn ids(value: &Value) -> Option<BTreeSet<TrackId>> {
    value.as_array()?.iter().map(id).collect()
}

fn placement(value: &Value) -> Option<Placement> {
    let stored = value.as_str()?;
    PLACEMENTS.into_iter().find(|(word, _)| *word == stored).map(|(_, placement)| placement)
}

fn guess_json(name: &str, guess: &Guess) -> Value {
    let role = guess.role.map(Role::id);
    json!({ "name": name, "role": role, "certainty": guess.certainty, "trigger": guess.is_trigger })
}

fn guess(value: &Value) -> Option<(String, Guess)> {
    let role = match &value["role"] {
        Value::Null => None,
        id => Some(Role::from_id(id.as_str()?)?),
    };
    let certainty: Certainty = serde_json::from_value(value["certainty"].clone()).ok()?;
    let is_trigger = value["trigger"].as_bool()?;
    Some((value["name"].as_str()?.to_owned(), Guess { role, certainty, is_trigger }))
}

fn window(value: &Value) -> Option<[f32; 2]> {
    let [width, height] = value.as_array()?.as_slice() else { return None };
    let size = [width.as_f64()? as f32, height.as_f64()? as f32];
    size.iter().all(|side| WINDOW_LIMITS.contains(side)).then_some(size)
}

/// A stored parameter value that this version could not take: written back as it came until the user changed the
/// parameter.
#[derive(Clone, Debug)]
pub struct Unread {
    id: String,
    stored: Value,
    /// What the parameter stood at instead; `None` for a parameter that this version does not have.
    instead: Option<Value>,
}

/// The whole state: the framework's outer form, so that either side's files stay readable.
pub fn write(table: &ParamTable, saved: &Saved, unread: &[Unread]) -> Vec<u8> {
    let mut params: Map<String, Value> = Map::new();
    for (id, value) in table.stored().filter(|(id, _)| *id != MONO_ID) {
        params.insert(id.to_owned(), value_json(&value));
    }
    for unread in unread {
        if params.get(&unread.id) == unread.instead.as_ref() {
            params.insert(unread.id.clone(), unread.stored.clone());
        }
    }
    let fields = json!({ STATE_KEY: saved.to_json().to_string() });
    json!({ "version": env!("CARGO_PKG_VERSION"), "params": params, "fields": fields }).to_string().into_bytes()
}

/// Sets the parameters from a stored state and returns the rest of it; `None` where it is no state at all. Without a
/// place for it in the state mono check is off.
pub fn read_state(
    bytes: &[u8],
    table: &ParamTable,
    sample_rate: Option<f32>,
    notes: &mut Vec<String>,
) -> Option<(Saved, Vec<Unread>)> {
    let state: Value = match serde_json::from_slice(bytes) {
        Ok(Value::Object(state)) => Value::Object(state),
        _ => {
            notes.push("The stored settings are broken and could not be read. Nothing was changed.".into());
            return None;
        }
    };
    let mut unread = Vec::new();
    match state.get("params") {
        Some(Value::Object(params)) => {
            for (id, stored) in params.iter().filter(|(id, _)| *id != MONO_ID) {
                unread.extend(restore(table, id, stored, sample_rate, notes));
            }
        }
        _ => notes.push("The stored settings hold no parameters. Those stay as they are.".into()),
    }
    let off = table.restore(MONO_ID, &ParamValue::Bool(false), sample_rate);
    debug_assert!(off.is_ok(), "mono check is a switch");
    let saved = match state.pointer(&format!("/fields/{STATE_KEY}")).and_then(Value::as_str) {
        Some(text) => Saved::migrate(serde_json::from_str(text).unwrap_or(Value::Null), notes),
        None => Saved::migrate(Value::Null, notes),
    };
    Some((saved, unread))
}

fn restore(
    table: &ParamTable,
    id: &str,
    stored: &Value,
    sample_rate: Option<f32>,
    notes: &mut Vec<String>,
) -> Option<Unread> {
    let value: Result<ParamValue, _> = serde_json::from_value(stored.clone());
    let refused = match value {
        Ok(value) => table.restore(id, &value, sample_rate).err()?,
        Err(_) => ValueRefused::WrongType,
    };
    let instead = table.stored().find(|(entry, _)| *entry == id).map(|(_, value)| value_json(&value));
    notes.push(match refused {
        ValueRefused::UnknownParameter => format!("This Keel knows no parameter \"{id}\". Its stored value is kept."),
        ValueRefused::WrongType => {
            format!("The stored value of \"{id}\" could not be read ({stored}). It stays as it was.")
        }
        ValueRefused::UnknownChoice => format!("This Keel knows no {id} {}. It stays as it was.", plain(stored)),
    });
    Some(Unread { id: id.to_owned(), stored: stored.clone(), instead })
}

fn value_json(value: &ParamValue) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

/// The value within the framework's `{"string": value}`.
fn plain(stored: &Value) -> String {
    stored.as_object().and_then(|map| map.values().next()).unwrap_or(stored).to_string()
}

#[cfg(test)]
mod tests;
