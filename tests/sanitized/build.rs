//! Links RealtimeSanitizer's run-time library, which comes with the Rust toolchain, where it does.

use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

fn main() {
    println!("cargo:rustc-check-cfg=cfg(sanitizer)");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=RUSTC");
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux")
        && let Some(library) = library()
        && let (Some(folder), Some(name)) = (library.parent(), library.file_stem().and_then(|name| name.to_str()))
        && let Some(name) = name.strip_prefix("lib")
    {
        println!("cargo:rustc-link-search=native={}", folder.display());
        println!("cargo:rustc-link-lib=static={name}");
        println!("cargo:rustc-cfg=sanitizer");
    }
}

/// `librustc-stable_rt.rtsan.a`, or as the toolchain's channel calls it.
fn library() -> Option<PathBuf> {
    let target = env::var("TARGET").ok()?;
    let rustc = env::var_os("RUSTC")?;
    let output = Command::new(rustc).args(["--print", "target-libdir", "--target", &target]).output().ok()?;
    let folder = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    let files = fs::read_dir(folder).ok()?.flatten().map(|file| file.path());
    files.into_iter().find(|file| file.to_str().is_some_and(|file| file.ends_with("_rt.rtsan.a")))
}
