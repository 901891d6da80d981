//! `keel.toml` beside the stems: what the user knows of them, so that it need not be said again on each command line.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use keel_core::mix::{Role, SessionState, TomlFault};
use serde::Deserialize;
use toml::Spanned;

use crate::scope;

/// The file's name.
pub const FILE_NAME: &str = "keel.toml";
/// Far more than any list of stems.
const MAX_BYTES: u64 = 1 << 20;
/// Tempi that music has, with room on both sides.
const TEMPI: (f64, f64) = (10.0, 1000.0);

/// What a `keel.toml` says; whatever it leaves out comes from the command line and the names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeelToml {
    /// Where it lies; empty where there is none.
    pub path: PathBuf,
    /// A profile's name, or the path of its file.
    pub profile: Option<String>,
    /// The file that is the kick.
    pub reference: Option<String>,
    pub scope: Option<SessionState>,
    pub tempo: Option<Tempo>,
    /// Patterns of file names that are no stems of the set.
    pub ignore: Vec<String>,
    /// Roles by file.
    pub roles: BTreeMap<String, Role>,
}

/// A tempo that holds for the whole song: it turns seconds into bars.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tempo {
    pub beats_per_minute: f64,
    /// Quarter notes in a bar.
    pub beats_per_bar: f64,
    /// Where the first bar begins, in seconds.
    pub first_bar_s: f64,
}

/// Why a `keel.toml` cannot be used.
#[derive(Clone, Debug, PartialEq)]
pub struct KeelTomlError(String);

impl fmt::Display for KeelTomlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for KeelTomlError {}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct File {
    profile: Option<String>,
    reference: Option<String>,
    scope: Option<Spanned<String>>,
    tempo: Option<Spanned<f64>>,
    beats_per_bar: Option<Spanned<f64>>,
    first_bar: Option<Spanned<f64>>,
    ignore: Vec<String>,
    roles: BTreeMap<String, Role>,
}

impl KeelToml {
    /// The file beside what the user named: in a folder, or in the folder of a file. None is as good as an empty one;
    /// two are one too many, for they could disagree.
    pub fn beside(paths: &[PathBuf]) -> Result<Self, KeelTomlError> {
        let folder = |path: &PathBuf| if path.is_dir() { path.clone() } else { parent(path) };
        let mut found: Vec<PathBuf> = paths.iter().map(|path| folder(path).join(FILE_NAME)).collect();
        found.retain(|path| path.is_file());
        found.sort();
        found.dedup_by_key(|path| fs::canonicalize(&*path).unwrap_or_else(|_| path.clone()));
        match &found[..] {
            [] => Ok(Self::default()),
            [one] => Self::load(one),
            [one, other, ..] => {
                let (one, other) = (one.display(), other.display());
                Err(KeelTomlError(format!("{one} and {other} would both apply: check one folder at a time")))
            }
        }
    }

    fn load(path: &Path) -> Result<Self, KeelTomlError> {
        let unread = |why: &str| KeelTomlError(format!("{}: {why}", path.display()));
        let size = fs::metadata(path).map_err(|error| unread(&error.to_string()))?.len();
        if size > MAX_BYTES {
            return Err(unread("is too large for a list of stems"));
        }
        let bytes = fs::read(path).map_err(|error| unread(&error.to_string()))?;
        let text = String::from_utf8(bytes).map_err(|_| unread("is not UTF-8 text: save it as plain text"))?;
        Self::parse(path, &text)
    }

    /// The settings in this text, of a file at this path.
    pub fn parse(path: &Path, text: &str) -> Result<Self, KeelTomlError> {
        Self::read(path, text).map_err(|fault| {
            let (line, column) = fault.place(text);
            KeelTomlError(format!("{}, line {line}, column {column}: {}", path.display(), fault.message()))
        })
    }

    fn read(path: &Path, text: &str) -> Result<Self, TomlFault> {
        let file: File = toml::from_str(text).map_err(|error| TomlFault::from_toml(&error, text))?;
        let scope = file
            .scope
            .as_ref()
            .map(|scope| scope::parse(scope.get_ref()).map_err(|message| TomlFault::at(scope.span().start, message)));
        let tempo = tempo(&file)?;
        Ok(Self {
            path: path.to_owned(),
            profile: file.profile.map(|profile| beside_file(path, profile)),
            reference: file.reference,
            scope: scope.transpose()?,
            tempo,
            ignore: file.ignore,
            roles: file.roles,
        })
    }

    /// The file's name matches a pattern of `ignore`.
    pub fn ignores(&self, name: &str) -> bool {
        let name: Vec<char> = name.to_lowercase().chars().collect();
        self.ignore.iter().any(|pattern| matches(&pattern.to_lowercase().chars().collect::<Vec<_>>(), &name))
    }
}

impl Tempo {
    /// The place of a second in bars, from 0.
    pub fn bar_at(&self, seconds: f64) -> f64 {
        (seconds - self.first_bar_s) * self.beats_per_minute / 60.0 / self.beats_per_bar
    }
}

fn parent(path: &Path) -> PathBuf {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

/// A profile's path is meant from where the file lies; its name stays.
fn beside_file(path: &Path, profile: String) -> String {
    let is_path = profile.ends_with(".toml") || profile.contains(['/', '\\']);
    if is_path { parent(path).join(profile).to_string_lossy().into_owned() } else { profile }
}

fn tempo(file: &File) -> Result<Option<Tempo>, TomlFault> {
    let within = |given: &Option<Spanned<f64>>, key: &str, (low, high): (f64, f64), absent: f64| {
        let Some(number) = given else { return Ok(absent) };
        let message = || format!("{key} = {} is out of range: give a number from {low} to {high}", number.get_ref());
        let fault = || TomlFault::at(number.span().start, message());
        if (low..=high).contains(number.get_ref()) { Ok(*number.get_ref()) } else { Err(fault()) }
    };
    let beats_per_bar = within(&file.beats_per_bar, "beats-per-bar", (0.5, 64.0), 4.0)?;
    let first_bar_s = within(&file.first_bar, "first-bar", (-3600.0, 86_400.0), 0.0)?;
    let beats_per_minute = within(&file.tempo, "tempo", TEMPI, 0.0)?;
    if file.tempo.is_some() {
        return Ok(Some(Tempo { beats_per_minute, beats_per_bar, first_bar_s }));
    }
    match file.beats_per_bar.as_ref().or(file.first_bar.as_ref()) {
        Some(idle) => Err(TomlFault::at(idle.span().start, "this means nothing without tempo, in beats a minute")),
        None => Ok(None),
    }
}

/// `*` stands for anything, `?` for one character.
fn matches(pattern: &[char], name: &[char]) -> bool {
    let (mut at, mut in_name) = (0, 0);
    // The last star, and how much of the name it stands for so far.
    let mut star = None;
    while in_name < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, in_name));
                at += 1;
            }
            Some(&c) if c == '?' || c == name[in_name] => {
                at += 1;
                in_name += 1;
            }
            _ => {
                let Some((star_at, covered)) = star else { return false };
                star = Some((star_at, covered + 1));
                at = star_at + 1;
                in_name = covered + 1;
            }
        }
    }
    pattern[at..].iter().all(|&c| c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use keel_core::mix::ScopeKind;

    fn parse(text: &str) -> Result<KeelToml, String> {
        KeelToml::parse(Path::new("song/keel.toml"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn everything_it_may_say_is_read() {
        let text = "profile = \"rock.toml\"\nreference = \"Kick In\"\nscope = \"0:10-0:20\"\ntempo = 120\n\
                    beats-per-bar = 3\nfirst-bar = 0.5\nignore = [\"*bounce*\", \"ref?.wav\"]\n\
                    [roles]\n\"Audio 07\" = \"bass\"\n";
        let read = parse(text).expect("sound settings");
        assert_eq!(Path::new(read.profile.as_deref().unwrap_or_default()), Path::new("song").join("rock.toml"));
        assert_eq!(read.reference.as_deref(), Some("Kick In"));
        assert_eq!(
            read.scope.map(|scope| (scope.scope, scope.range_s)),
            Some((Some(ScopeKind::Range), Some((10.0, 20.0))))
        );
        assert_eq!(read.tempo.map(|tempo| tempo.bar_at(3.5)), Some(2.0));
        assert_eq!(read.roles.get("Audio 07"), Some(&Role::Bass));
        for (name, ignored) in [("Song BOUNCE 2.wav", true), ("ref1.wav", true), ("ref12.wav", false), ("a", false)] {
            assert_eq!(read.ignores(name), ignored, "{name}");
        }
        assert_eq!(parse("").map(|read| read.profile), Ok(None));
    }

    #[test]
    fn what_is_wrong_is_told_by_line_and_column_with_advice() {
        for (text, expected) in [
            (
                "tempo = 120\nrefrence = \"kick\"\n",
                "keel.toml, line 2, column 1: unknown key \"refrence\": did you mean \"reference\"?",
            ),
            ("[roles]\n\"Audio 07\" = \"base\"\n", "line 2, column 14: unknown role \"base\": did you mean \"bass\"?"),
            ("scope = \"chorus\"\n", "line 1, column 9: give loudest, song"),
            ("tempo = 5\n", "line 1, column 9: tempo = 5 is out of range"),
            ("first-bar = 2.0\n", "line 1, column 13: this means nothing without tempo"),
            ("tempo = \"fast\"\n", "line 1, column 9: invalid type"),
            ("tempo 120\n", "line 1, column 7"),
        ] {
            let error = parse(text).expect_err("broken settings");
            assert!(error.contains(expected), "{text:?}: {error}");
        }
    }

    #[test]
    fn patterns_end() {
        let stars = "*a".repeat(40) + "b";
        let long = KeelToml { ignore: vec![stars], ..KeelToml::default() };
        assert!(!long.ignores(&"a".repeat(200)));
    }
}
