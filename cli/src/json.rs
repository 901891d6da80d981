//! Reading the report's JSON: what is not there is empty.

use serde_json::Value;

pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

pub(crate) fn number(value: &Value, key: &str) -> Option<f64> {
    value[key].as_f64()
}

pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// The numbers of a list, `None` where one is null.
pub(crate) fn numbers(value: &Value, key: &str) -> Vec<Option<f64>> {
    list(value, key).iter().map(Value::as_f64).collect()
}

pub(crate) fn is(value: &Value, key: &str) -> bool {
    value[key].as_bool() == Some(true)
}
