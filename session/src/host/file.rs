//! The plugin's file: found, loaded, never linked.
#![allow(unsafe_code)] // the one call that runs the library's initialisers

use std::ffi::CString;
use std::path::{Path, PathBuf};

use clack_host::prelude::PluginEntry;

use super::HostError;

/// The library as cargo names it on this system.
pub const PLUGIN_FILE_NAME: &str = if cfg!(target_os = "windows") {
    "keel.dll"
} else if cfg!(target_os = "macos") {
    "libkeel.dylib"
} else {
    "libkeel.so"
};

/// A loaded plugin file. The library stays loaded as long as this or an instance of it lives.
#[derive(Clone)]
pub struct PluginFile {
    pub(super) entry: PluginEntry,
    pub(super) plugin_id: CString,
    path: PathBuf,
}

impl std::fmt::Debug for PluginFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PluginFile").field("path", &self.path).field("id", &self.plugin_id).finish()
    }
}

impl PluginFile {
    /// Loads the file's first plugin.
    pub fn load(path: &Path) -> Result<Self, HostError> {
        if !path.exists() {
            return Err(HostError::NotFound(vec![path.to_owned()]));
        }
        let refused = |why: String| HostError::Load { path: path.to_owned(), why };
        // SAFETY: the user names Keel's own library (or another plugin) to be run as code; CLAP's contract for the
        // `clap_entry` symbol is all that a host can go by.
        let entry = unsafe { PluginEntry::load(path) }.map_err(|error| refused(error.to_string()))?;
        let factory = entry.get_plugin_factory().ok_or_else(|| refused("it has no plugin factory".into()))?;
        let descriptor = factory.plugin_descriptor(0).ok_or_else(|| refused("it holds no plugin".into()))?;
        let plugin_id = descriptor.id().ok_or_else(|| refused("its plugin has no id".into()))?.to_owned();
        Ok(Self { entry, plugin_id, path: path.to_owned() })
    }

    /// The plugin that was built together with the running program: next to it, or one folder up from cargo's `deps`.
    pub fn beside_executable() -> Result<Self, HostError> {
        Self::load(&find_beside_executable()?)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn plugin_id(&self) -> String {
        self.plugin_id.to_string_lossy().into_owned()
    }
}

fn find_beside_executable() -> Result<PathBuf, HostError> {
    let folder = std::env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_owned));
    let mut places: Vec<PathBuf> = folder.iter().map(|folder| folder.join(PLUGIN_FILE_NAME)).collect();
    let deps = folder.filter(|folder| folder.ends_with("deps"));
    places.extend(deps.and_then(|folder| Some(folder.parent()?.join(PLUGIN_FILE_NAME))));
    places.iter().find(|path| path.exists()).cloned().ok_or(HostError::NotFound(places))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_is_named() {
        let error = PluginFile::load(Path::new("/nowhere/keel.clap")).unwrap_err();
        assert!(error.to_string().contains("/nowhere/keel.clap"), "{error}");
    }

    #[test]
    fn a_file_that_is_no_plugin_is_refused_with_a_reason() {
        let path = std::env::temp_dir().join(format!("keel-not-a-plugin-{}.clap", std::process::id()));
        std::fs::write(&path, "no library").unwrap();
        let error = PluginFile::load(&path).unwrap_err();
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(&error, HostError::Load { .. }), "{error:?}");
        assert!(error.to_string().contains("cannot be loaded as a CLAP plugin"), "{error}");
    }
}
