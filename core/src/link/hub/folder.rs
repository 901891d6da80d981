//! The folder of the hub files: the user's own, closed to others.

use std::env;
use std::fs::{self, DirBuilder};
use std::path::{Path, PathBuf};

/// Names another folder; empty, it switches the link between processes off.
pub const FOLDER_VARIABLE: &str = "KEEL_HUB_DIR";

/// Where this user's hub files lie; `None` where the link between processes is switched off.
pub fn folder() -> Option<PathBuf> {
    match env::var_os(FOLDER_VARIABLE) {
        Some(named) if named.is_empty() => None,
        Some(named) => Some(named.into()),
        None => Some(usual()),
    }
}

fn absolute(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute())
}

#[cfg(windows)]
fn usual() -> PathBuf {
    absolute("LOCALAPPDATA").unwrap_or_else(env::temp_dir).join("Keel").join("link")
}

#[cfg(target_os = "macos")]
fn usual() -> PathBuf {
    let home = absolute("HOME").map(|home| home.join("Library/Caches"));
    home.unwrap_or_else(env::temp_dir).join("org.keelaudio.keel")
}

#[cfg(all(unix, not(target_os = "macos")))]
fn usual() -> PathBuf {
    let named_after_user = || env::temp_dir().join(format!("keel-{}", user().unwrap_or_default()));
    absolute("XDG_RUNTIME_DIR").map_or_else(named_after_user, |folder| folder.join("keel"))
}

/// The number of the user that this process runs as.
#[cfg(unix)]
pub(super) fn user() -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    // The kernel's view of this process, else what the user owns at home.
    let own = ["/proc/self".into(), env::var_os("HOME").unwrap_or_else(|| "/".into())];
    own.iter().find_map(|path| Some(fs::metadata(path).ok()?.uid()))
}

/// Makes the folder where it is missing, and makes sure that no one else can read or write in it. The error is a
/// sentence for the user.
pub fn secure(folder: &Path) -> Result<(), String> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let shown = folder.display();
    builder.create(folder).map_err(|error| format!("The folder {shown} cannot be made ({error})."))?;
    check(folder)
}

/// Makes sure that no one else can read or write in the folder. The error is a sentence for the user.
pub fn check(folder: &Path) -> Result<(), String> {
    let shown = folder.display();
    let found =
        fs::symlink_metadata(folder).map_err(|error| format!("The folder {shown} cannot be read ({error})."))?;
    if !found.is_dir() {
        return Err(format!("{shown} is not a folder."));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if user().is_some_and(|user| user != found.uid()) {
            return Err(format!("The folder {shown} belongs to another user."));
        }
        if found.mode() & 0o077 != 0 {
            return Err(format!("The folder {shown} is open to other users: close it by chmod 700."));
        }
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_folder_that_others_can_enter_or_steer_is_refused() {
        let root = env::temp_dir().join(format!("keel-folder-{}", std::process::id()));
        let own = root.join("own");
        assert_eq!(secure(&own), Ok(()));
        assert_eq!(fs::metadata(&own).expect("a folder").permissions().mode() & 0o777, 0o700);
        assert_eq!(secure(&own), Ok(()), "again");
        fs::set_permissions(&own, fs::Permissions::from_mode(0o750)).expect("own folder");
        assert!(secure(&own).is_err_and(|why| why.contains("open to other users")));
        fs::set_permissions(&own, fs::Permissions::from_mode(0o700)).expect("own folder");
        symlink(&own, root.join("link")).expect("a link");
        assert!(secure(&root.join("link")).is_err(), "a link may lead anywhere tomorrow");
        fs::write(root.join("file"), "").expect("a file");
        assert!(secure(&root.join("file")).is_err());
        fs::remove_dir_all(&root).expect("own folder");
    }
}
