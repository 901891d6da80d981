//! `cargo xtask bundle` and `install`: the library as hosts expect it, a CLAP and a VST3.

use std::fs;
use std::path::{Path, PathBuf};

use crate::demo::library;
use crate::shell::{self, Failure, cargo, run};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Profile {
    Debug,
    Release,
}

/// What was bundled.
#[derive(Debug)]
pub struct Bundles {
    pub clap: PathBuf,
    pub vst3: PathBuf,
}

/// Builds the library and lays out both bundles in target/bundled.
pub fn bundle(profile: Profile) -> Result<Bundles, Failure> {
    let mut args = vec!["build", "--package", "keel", "--lib"];
    if profile == Profile::Release {
        args.push("--release");
    }
    run(&mut cargo(&args))?;
    bundle_built(profile)
}

/// Lays out both bundles of a library that is already built.
pub fn bundle_built(profile: Profile) -> Result<Bundles, Failure> {
    let folder = if profile == Profile::Release { "release" } else { "debug" };
    let library = library(&shell::target().join(folder));
    let bundles = lay_out(&library, &shell::target().join("bundled"), &name()?, System::HERE)?;
    println!("{}\n{}", bundles.clap.display(), bundles.vst3.display());
    Ok(bundles)
}

/// Bundles, then copies both to the user's own plug-in folders.
pub fn install(profile: Profile) -> Result<(), Failure> {
    let bundles = bundle(profile)?;
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let folders = System::HERE.plugin_folders(&variable).ok_or_else(|| Failure::new("no home folder is set"))?;
    for (bundle, folder) in [(&bundles.clap, &folders.0), (&bundles.vst3, &folders.1)] {
        let installed = folder.join(bundle.file_name().unwrap_or_default());
        replace(bundle, &installed).map_err(|error| cannot("install", &installed, error))?;
        println!("installed {}", installed.display());
    }
    Ok(())
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum System {
    Linux,
    MacOs,
    Windows,
}

impl System {
    const HERE: Self = if cfg!(windows) {
        Self::Windows
    } else if cfg!(target_os = "macos") {
        Self::MacOs
    } else {
        Self::Linux
    };

    /// The library's place in a VST3 bundle: the VST 3 SDK's names of systems and processors.
    fn library_in_vst3(self, name: &str) -> PathBuf {
        let processor = if cfg!(target_arch = "aarch64") { "aarch64" } else { "x86_64" };
        let windows = if cfg!(target_arch = "aarch64") { "arm64-win" } else { "x86_64-win" };
        let contents = Path::new("Contents");
        match self {
            Self::Linux => contents.join(format!("{processor}-linux")).join(format!("{name}.so")),
            Self::MacOs => contents.join("MacOS").join(name),
            Self::Windows => contents.join(windows).join(format!("{name}.vst3")),
        }
    }

    /// Folders for CLAP and VST3 that need no administrator, where the system has any.
    fn plugin_folders(self, variable: &dyn Fn(&str) -> Option<PathBuf>) -> Option<(PathBuf, PathBuf)> {
        match self {
            Self::Linux => variable("HOME").map(|home| (home.join(".clap"), home.join(".vst3"))),
            Self::MacOs => {
                let folder = variable("HOME")?.join("Library/Audio/Plug-Ins");
                Some((folder.join("CLAP"), folder.join("VST3")))
            }
            Self::Windows => {
                let folder = variable("LOCALAPPDATA")?.join("Programs").join("Common");
                Some((folder.join("CLAP"), folder.join("VST3")))
            }
        }
    }
}

fn lay_out(library: &Path, to: &Path, name: &str, system: System) -> Result<Bundles, Failure> {
    let bundles = Bundles { clap: to.join(format!("{name}.clap")), vst3: to.join(format!("{name}.vst3")) };
    for bundle in [&bundles.clap, &bundles.vst3] {
        remove(bundle).map_err(|error| cannot("replace", bundle, error))?;
    }
    let clap_library = match system {
        System::MacOs => bundles.clap.join(System::MacOs.library_in_vst3(name)),
        System::Linux | System::Windows => bundles.clap.clone(),
    };
    for place in [clap_library, bundles.vst3.join(system.library_in_vst3(name))] {
        copy(library, &place).map_err(|error| cannot("write", &place, error))?;
    }
    if system == System::MacOs {
        for bundle in [&bundles.clap, &bundles.vst3] {
            describe_for_macos(bundle, name).map_err(|error| cannot("write", bundle, error))?;
        }
    }
    Ok(bundles)
}

fn cannot(what: &str, path: &Path, error: std::io::Error) -> Failure {
    Failure::new(format!("cannot {what} {}: {error}", path.display()))
}

/// What Finder and hosts on macOS read of a bundle, and the signature without which Apple processors load nothing.
fn describe_for_macos(bundle: &Path, name: &str) -> std::io::Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    let entry = |key: &str, value: &str| format!("  <key>{key}</key><string>{value}</string>\n");
    let entries = [
        entry("CFBundleExecutable", name),
        entry("CFBundleIdentifier", &format!("org.keelaudio.{}", name.to_lowercase())),
        entry("CFBundleName", name),
        entry("CFBundleDisplayName", name),
        entry("CFBundlePackageType", "BNDL"),
        entry("CFBundleSignature", "????"),
        entry("CFBundleShortVersionString", version),
        entry("CFBundleVersion", version),
    ];
    let doctype =
        "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">";
    let plist = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{doctype}\n<plist version=\"1.0\">\n<dict>\n{}</dict>\n</plist>\n",
        entries.concat()
    );
    fs::write(bundle.join("Contents/PkgInfo"), "BNDL????")?;
    fs::write(bundle.join("Contents/Info.plist"), plist)?;
    if cfg!(target_os = "macos") {
        let signed = run(std::process::Command::new("codesign").args(["--force", "--sign", "-"]).arg(bundle));
        if let Err(Failure::Failed(message) | Failure::Usage(message)) = signed {
            eprintln!("xtask: {message}; Macs with Apple processors will not load it");
        }
    }
    Ok(())
}

/// The bundles' name, from bundler.toml's `[keel] name = "…"`.
fn name() -> Result<String, Failure> {
    let path = shell::root().join("bundler.toml");
    let text = fs::read_to_string(&path).map_err(|error| cannot("read", &path, error))?;
    name_in(&text).ok_or_else(|| Failure::new("bundler.toml names no bundle: [keel] name = \"…\""))
}

fn name_in(text: &str) -> Option<String> {
    let section = text.lines().skip_while(|line| line.trim() != "[keel]").skip(1);
    let mut entries = section.take_while(|line| !line.starts_with('[')).filter_map(|line| line.split_once('='));
    let (_, value) = entries.find(|(key, _)| key.trim() == "name")?;
    Some(value.trim().trim_matches('"').to_owned()).filter(|name| !name.is_empty())
}

fn remove(path: &Path) -> std::io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Copies to a new file, never into the old one: a host may have that mapped.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).map(|_| ())
}

fn replace(from: &Path, to: &Path) -> std::io::Result<()> {
    remove(to)?;
    copy_all(from, to)
}

fn copy_all(from: &Path, to: &Path) -> std::io::Result<()> {
    if !from.is_dir() {
        return copy(from, to);
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy_all(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundled(test: &str, system: System) -> (PathBuf, Bundles) {
        let folder = std::env::temp_dir().join(format!("keel-xtask-{}-{test}-{system:?}", std::process::id()));
        fs::create_dir_all(&folder).expect("a temporary folder");
        let library = folder.join("library");
        fs::write(&library, "the library").expect("a file");
        let bundles = lay_out(&library, &folder.join("bundled"), "Keel", system).expect("bundles");
        (folder, bundles)
    }

    #[test]
    fn every_system_gets_its_own_layout() {
        let library = |path: PathBuf| fs::read_to_string(path).is_ok_and(|text| text == "the library");
        for (system, clap) in [(System::Linux, ""), (System::Windows, ""), (System::MacOs, "Contents/MacOS/Keel")] {
            let (folder, bundles) = bundled("layout", system);
            assert!(library(bundles.clap.components().chain(Path::new(clap).components()).collect()), "{system:?}");
            assert!(library(bundles.vst3.join(system.library_in_vst3("Keel"))), "{system:?}");
            assert_eq!(bundles.vst3.join("Contents/Info.plist").is_file(), system == System::MacOs);
            fs::remove_dir_all(folder).expect("the temporary folder removed");
        }
    }

    #[test]
    fn installing_replaces_what_was_there() {
        let (folder, bundles) = bundled("installing", System::Linux);
        let installed = folder.join("home/.vst3/Keel.vst3");
        fs::create_dir_all(installed.join("Contents/old")).expect("an old bundle");
        replace(&bundles.vst3, &installed).expect("installed");
        assert!(!installed.join("Contents/old").exists());
        assert!(installed.join(System::Linux.library_in_vst3("Keel")).is_file());
        fs::remove_dir_all(folder).expect("the temporary folder removed");
    }

    #[test]
    fn plugin_folders_are_the_users_own() {
        let home = |name: &str| (name == "HOME").then(|| PathBuf::from("/home/ada"));
        let folders = System::Linux.plugin_folders(&home).expect("folders");
        assert_eq!(folders, (PathBuf::from("/home/ada/.clap"), PathBuf::from("/home/ada/.vst3")));
        assert!(System::MacOs.plugin_folders(&home).expect("folders").1.ends_with("Library/Audio/Plug-Ins/VST3"));
        assert!(System::Windows.plugin_folders(&home).is_none());
    }

    #[test]
    fn the_bundler_names_the_bundle() {
        assert_eq!(name_in("[other]\nname = \"No\"\n\n[keel]\nname = \"Keel\"\n").as_deref(), Some("Keel"));
        assert_eq!(name_in("[keel]\n[other]\nname = \"No\"\n"), None);
    }
}
