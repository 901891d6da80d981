//! The profiles that Keel brings along.

use super::GUIDE;

/// Name and file of each, the guide first.
const ALL: [(&str, &str); 5] = [
    (GUIDE, include_str!("../../../../assets/targets/guide.toml")),
    ("stems", include_str!("../../../../assets/targets/stems.toml")),
    ("research-pop", include_str!("../../../../assets/targets/research-pop.toml")),
    ("research-rock", include_str!("../../../../assets/targets/research-rock.toml")),
    ("research-edm", include_str!("../../../../assets/targets/research-edm.toml")),
];

pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ALL.into_iter().map(|(name, _)| name)
}

/// The file of a built-in profile.
pub(super) fn text(name: &str) -> Option<&'static str> {
    ALL.into_iter().find(|(own, _)| *own == name).map(|(_, text)| text)
}
