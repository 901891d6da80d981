//! The profile that the session judges by, as this instance can read it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use keel_core::mix::{FileVersion, Profile, ProfileError};

/// The built-in profile.
pub const GUIDE: &str = "guide";
/// A file that is edited is read again after this long at most, while a window or a report asks.
pub const READ_EVERY: Duration = Duration::from_secs(1);

/// A profile, kept with the file it came from.
#[derive(Debug)]
pub struct ProfileCache {
    name: String,
    version: Option<FileVersion>,
    read_at: Instant,
    profile: Arc<Profile>,
    fault: Option<String>,
}

impl Default for ProfileCache {
    fn default() -> Self {
        Self {
            name: GUIDE.into(),
            version: None,
            read_at: Instant::now(),
            profile: Arc::new(Profile::guide()),
            fault: None,
        }
    }
}

impl ProfileCache {
    /// The profile of this name or path, and a sentence where its file cannot be read as it stands: what could be read
    /// of it before holds then, else the guide's.
    pub fn get(&mut self, name: Option<&str>, now: Instant) -> (Arc<Profile>, Option<String>) {
        let name = name.unwrap_or(GUIDE);
        let is_other = name != self.name;
        if is_other || now.saturating_duration_since(self.read_at) >= READ_EVERY {
            self.read_at = now;
            let version = Profile::file_version(name);
            if is_other || version != self.version {
                self.version = version;
                self.read(name, is_other);
            }
        }
        (self.profile.clone(), self.fault.clone())
    }

    fn read(&mut self, name: &str, is_other: bool) {
        match Profile::load(name) {
            Ok(profile) => (self.profile, self.fault) = (Arc::new(profile), None),
            Err(error) if is_other => {
                self.profile = Arc::new(Profile::guide());
                self.fault = Some(fault_sentence(&error, "The guide's targets are used here until it can be read."));
            }
            Err(error) => {
                let instead =
                    if self.profile.name == GUIDE { "The guide's targets" } else { "Its targets as last read" };
                self.fault = Some(fault_sentence(&error, &format!("{instead} are used here until it can be read.")));
            }
        }
        name.clone_into(&mut self.name);
    }
}

/// What is wrong with a profile, as a sentence, and what follows.
pub fn fault_sentence(error: &ProfileError, then: &str) -> String {
    let error = error.to_string();
    let (first, rest) = error.split_at(error.chars().next().map_or(0, char::len_utf8));
    let end = if error.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{}{rest}{end} {then}", first.to_uppercase())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use keel_core::mix::Role;

    use super::*;

    #[test]
    fn a_file_is_read_anew_when_it_changes_and_a_broken_one_loses_nothing() {
        let path = std::env::temp_dir().join(format!("keel-targets-{}.toml", std::process::id()));
        let name = path.to_str().expect("text");
        let mut targets = ProfileCache::default();
        let mut now = Instant::now();
        let mut read = |name: Option<&str>| {
            now += READ_EVERY;
            let (profile, fault) = targets.get(name, now);
            (profile.target(Role::Bass).map(|target| target.low_db.0), fault.unwrap_or_default())
        };
        let guide = read(None);
        assert_eq!(guide.1, "");

        let (low, missing) = read(Some(name));
        assert!(low == guide.0 && missing.contains("cannot read") && missing.contains("guide's targets"), "{missing}");
        fs::write(&path, "[roles.bass]\nlow = -9.0\nhigh = -4.0\n").expect("a file");
        assert_eq!(read(Some(name)), (Some(-9.0), String::new()), "it is there now");
        fs::write(&path, "[roles.bass]\nlow = -9.0\nhihg = -4.0\n").expect("a file");
        let (low, fault) = read(Some(name));
        assert_eq!(low, Some(-9.0), "what was read before still holds");
        assert!(fault.starts_with("Profile keel-targets-") && fault.contains("line 3, column 1"), "{fault}");
        assert!(fault.contains("\"high\"? Its targets as last read"), "{fault}");
        fs::write(&path, "[roles.bass]\nlow = -8.0\nhigh = -4.0\n").expect("a file");
        assert_eq!(read(Some(name)), (Some(-8.0), String::new()));
        fs::remove_file(&path).expect("own file");
        assert_eq!(read(Some(name)).0, Some(-8.0));
        assert_eq!(read(Some(GUIDE)), guide);
    }
}
