//! Who may import whom, where `unsafe` may stand, and how long a file may be: ARCHITECTURE.md's rooms, enforced.

#[path = "layers/circles.rs"]
mod circles;
#[path = "layers/rust.rs"]
mod rust;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use circles::{Floors, Imports, circles};

/// A folder or file of the project with what its code may name of ours.
struct Room {
    place: &'static str,
    may_use: &'static [&'static str],
    /// Nor these: parts of what it may use, and libraries that the package has for its other rooms.
    barred: &'static [&'static str],
}

const fn room(place: &'static str, may_use: &'static [&'static str], barred: &'static [&'static str]) -> Room {
    Room { place, may_use, barred }
}

/// The first that matches a file's path is its room.
const ROOMS: &[Room] = &[
    room("core/src/lib.rs", &["keel_core"], &[]),
    room("core/src/units.rs", &["keel_core::units"], &[]),
    room("core/src/dsp/", &["keel_core::dsp", "keel_core::units"], &["serde", "serde_json", "toml", "etcetera"]),
    // What leaves the audio thread, and the standards' formulae over it; never the meters themselves.
    room("core/src/mix/", &["keel_core::mix", "keel_core::units", "keel_core::dsp"], METERS),
    room("core/src/link/", &["keel_core::link", "keel_core::mix", "keel_core::units", "keel_core::dsp"], METERS),
    room("core/examples/", &["keel_core"], &[]),
    room("cli/src/", &["keel_cli", "keel_core"], &[]),
    room("session/src/", &["keel_session", "keel_core", "keel_cli"], &[]),
    room("src/lib.rs", &["keel"], &[]),
    room("src/host/", &["keel::host", "keel_core"], &["egui", "nice_plug_egui"]),
    room(
        "src/editor/",
        &["keel::editor", "keel_core::units", "keel_core::mix"],
        &["nice_plug", "nice_plug_egui", "atomic_float", "crossbeam_channel", "parking_lot", "clap_sys", "vst3"],
    ),
    room("src/plugin/", &["keel::plugin", "keel::host", "keel::editor", "keel_core"], &[]),
    room("bench/src/", &["keel_bench", "keel_core", "keel_session"], &[]),
    room("bench/build.rs", &[], &[]),
    room("xtask/src/", &["xtask"], &[]),
    room("deps/xkbcommon-dl/src/", &[], &[]),
    room("fuzz/fuzz_targets/", &["keel", "keel_core", "keel_cli"], &[]),
];
/// What runs on the audio thread.
const METERS: &[&str] = &["keel_core::dsp::Analyzer", "keel_core::dsp::*"];

/// Packages of ours by folder, with the packages of ours that each may depend on, and the libraries that it must not.
const PACKAGES: &[(&str, &[&str], &[&str])] = &[
    ("core", &[], &["nice-plug", "nice-plug-egui", "egui", "symphonia", "clack-host", "cpal", "clap"]),
    ("cli", &["keel-core"], &["nice-plug", "nice-plug-egui", "egui", "clack-host", "cpal"]),
    ("session", &["keel-core", "keel-cli"], &["nice-plug", "nice-plug-egui", "egui", "symphonia"]),
    ("bench", &["keel-core", "keel-session"], &["nice-plug", "nice-plug-egui", "egui", "symphonia", "cpal"]),
    ("xtask", &[], &["nice-plug", "symphonia", "cpal"]),
];

/// The rooms inside the rules and the link.
const FLOORS: &[Floors] = &[
    Floors {
        place: "core/src/mix/",
        floors: &[
            &["assess"],
            &["breaks", "masking", "plan"],
            &["verdicts"],
            &["levels", "words"],
            &["report"],
            &["input"],
            &["profile"],
            &["roles", "song", "psychoacoustics", "exact_sum"],
        ],
    },
    Floors { place: "core/src/link/", floors: &[&["session"], &["hub"], &["members"], &["track"], &["ring", "lock"]] },
];
/// A host's extensions name the type that implements them, and its handlers hold what those hand on: Rust wants both.
const TRAITS: &[[&str; 2]] = &[["session/src/host/extensions.rs", "session/src/host/handlers.rs"]];

/// Rooms whose work is C interfaces, and the one of SIMD intrinsics.
const UNSAFE_ROOMS: &[&str] =
    &["src/host/", "session/src/host/", "bench/src/native/", "core/src/dsp/simd/", "deps/xkbcommon-dl/"];
const MAX_LINES: usize = 400;

/// What is wrong with one file of Rust.
fn violations(path: &str, text: &str) -> Vec<String> {
    let tokens = rust::tokens(text);
    let mut found = text_violations(path, text);
    if !is_test(path) {
        let code = rust::without_tests(&tokens);
        found.extend(import_violations(path, code));
        let may_be_unsafe = UNSAFE_ROOMS.iter().any(|room| path.starts_with(room));
        for token in tokens.iter().filter(|token| token.text == "unsafe" && !may_be_unsafe) {
            found.push(format!("{path}:{}: unsafe outside {UNSAFE_ROOMS:?}", token.line));
        }
    }
    let spelled: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
    for (shape, what) in [
        (["#", "[", "ignore"], "an ignored test"),
        (["todo", "!", "("], "unfinished code"),
        (["unimplemented", "!", "("], "unfinished code"),
    ] {
        for at in (0..spelled.len()).filter(|&at| spelled[at..].starts_with(&shape)) {
            found.push(format!("{path}:{}: {what}", tokens[at].line));
        }
    }
    found
}

/// What holds for files of any language.
fn text_violations(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if text.lines().count() >= MAX_LINES {
        found.push(format!("{path}: {} lines; a file stays under {MAX_LINES}", text.lines().count()));
    }
    for (number, line) in text.lines().enumerate() {
        if [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")].iter().any(|mark| line.contains(mark)) {
            found.push(format!("{path}:{}: unfinished business", number + 1));
        }
    }
    found
}

fn import_violations(path: &str, code: &[rust::Token]) -> Vec<String> {
    let Some(room) = ROOMS.iter().find(|room| path.starts_with(room.place)) else {
        return vec![format!("{path}: belongs to no room")];
    };
    let crate_name = package_of(path);
    let inside = path.split_once("src/").map_or(path, |(_, inside)| inside);
    let mut found = Vec::new();
    for (line, used) in rust::paths(code, crate_name, inside) {
        let first = used.split("::").next().unwrap_or_default();
        let is_ours = ["keel", "keel_core", "keel_cli", "keel_session", "keel_bench", "xtask"].contains(&first);
        let is_among = |paths: &[&str]| paths.iter().any(|path| is_within(&used, path));
        if is_among(room.barred) || is_ours && !is_among(room.may_use) {
            found.push(format!("{path}:{line}: {} must not use {used}", room.place));
        }
    }
    found
}

fn package_of(path: &str) -> &'static str {
    match path.split_once("src/").map(|(package, _)| package) {
        Some("core/") => "keel_core",
        Some("cli/") => "keel_cli",
        Some("session/") => "keel_session",
        Some("bench/") => "keel_bench",
        Some("xtask/") => "xtask",
        Some("deps/xkbcommon-dl/") => "xkbcommon_dl",
        _ => "keel",
    }
}

fn is_test(path: &str) -> bool {
    path.split('/').any(|part| part == "tests" || part == "tests.rs" || part == "benches")
}

fn is_within(used: &str, path: &str) -> bool {
    used.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// What is wrong with a package's dependencies.
fn manifest_violations(package: &str, manifest: &str) -> Vec<String> {
    let Some((_, ours, barred)) = PACKAGES.iter().find(|(name, ..)| *name == package) else { return Vec::new() };
    let mut is_dependencies = false;
    let mut found = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            is_dependencies = line.contains("dependencies");
        }
        let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
        let is_ours = name == "keel" || name.starts_with("keel-") || name == "xtask";
        if is_dependencies && (barred.contains(&name) || is_ours && !ours.contains(&name)) {
            found.push(format!("{package}/Cargo.toml: {package} must not depend on {name}"));
        }
    }
    found
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("target") && !path.ends_with("__pycache__") {
            files(&path, found);
        } else if path.is_file() {
            found.push(path);
        }
    }
}

#[test]
fn the_project_keeps_its_layers() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    for folder in ["core", "cli", "session", "bench", "src", "xtask", "tests", "fuzz", "deps"] {
        files(&root.join(folder), &mut all);
    }
    let mut found = Vec::new();
    let mut checked = Vec::new();
    for file in &all {
        let path = file.strip_prefix(root).expect("a file of the project").to_string_lossy().replace('\\', "/");
        let read = || fs::read_to_string(file).unwrap_or_else(|error| panic!("{path}: {error}"));
        if path.ends_with(".rs") {
            found.extend(violations(&path, &read()));
            checked.push(path);
        } else if path.ends_with(".py") {
            found.extend(text_violations(&path, &read()));
        } else if let Some(package) = path.strip_suffix("/Cargo.toml") {
            found.extend(manifest_violations(package, &read()));
        }
    }
    for room in ROOMS {
        if !checked.iter().any(|path| path.starts_with(room.place)) {
            found.push(format!("no file in room {}", room.place));
        }
    }
    assert!(found.is_empty(), "{} violations:\n{}", found.len(), found.join("\n"));
}

/// What is wrong with who imports whom.
fn arrow_violations(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, *text, package_of(path))).collect();
    let imports = Imports::of(&files);
    let arrows = imports.arrows();
    let mut found: Vec<String> = FLOORS.iter().flat_map(|floors| floors.violations(&arrows)).collect();
    found.extend(circles(&arrows, TRAITS).into_iter().map(|circle| format!("a circle of {circle:?}")));
    found
}

/// Path and text of every source in these folders but for tests.
fn sources(folders: &[&str]) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    folders.iter().for_each(|folder| files(&root.join(folder), &mut all));
    let path_of = |file: &Path| file.strip_prefix(root).expect("of the project").to_string_lossy().replace('\\', "/");
    let sources =
        all.iter().map(|file| (path_of(file), file)).filter(|(path, _)| path.ends_with(".rs") && !is_test(path));
    sources.map(|(path, file)| (path, fs::read_to_string(file).expect("a source"))).collect()
}

fn borrowed(sources: &[(String, String)]) -> Vec<(&str, &str)> {
    sources.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect()
}

#[test]
fn no_file_imports_in_a_circle_and_rooms_use_what_lies_below_them() {
    let sources = sources(&["core/src", "cli/src", "session/src", "bench/src", "src", "xtask/src"]);
    let found = arrow_violations(&borrowed(&sources));
    assert!(found.is_empty(), "{} violations:\n{}", found.len(), found.join("\n"));
}

#[test]
fn circles_and_upward_imports_are_caught() {
    let front = ("core/src/mix/mod.rs", "mod roles; mod levels; pub use roles::Role;");
    let role = ("core/src/mix/roles/role.rs", "pub enum Role {}");
    let roles = ("core/src/mix/roles/mod.rs", "mod role; pub use role::Role;");
    let cell = "core/src/mix/levels/cell.rs";
    for (files, is_fine) in [
        (vec![front, role, roles, (cell, "use crate::mix::Role;")], true),
        (vec![front, roles, ("core/src/mix/roles/role.rs", "use crate::mix::levels::cell::Cell;"), (cell, "")], false),
        (vec![("core/src/mix/words/level.rs", "pub fn f() {}"), (cell, "use crate::mix::words::level::f;")], false),
        (vec![("core/src/mix/gadgets.rs", "pub fn f() {}")], false),
        (vec![("cli/src/a.rs", "use crate::b::B;"), ("cli/src/b.rs", "fn f() { super::a::g() }")], false),
        (
            vec![
                ("cli/src/a.rs", "use crate::b::B;"),
                ("cli/src/b.rs", "use crate::c;"),
                ("cli/src/c.rs", "use super::a::*;"),
            ],
            false,
        ),
        (
            vec![
                ("cli/src/a.rs", "use crate::b::B;"),
                ("cli/src/b.rs", "#[cfg(test)]\nmod tests { use crate::a::A; }"),
            ],
            true,
        ),
        // By way of what a room hands out.
        (
            vec![
                front,
                roles,
                role,
                ("core/src/units.rs", "use crate::mix::Role;"),
                ("core/src/mix/roles/role.rs", "use crate::units::Db;"),
            ],
            false,
        ),
    ] {
        assert_eq!(arrow_violations(&files).is_empty(), is_fine, "{files:?}: {:?}", arrow_violations(&files));
    }
}

/// Type names that two of these files have.
fn names_twice(files: &[(&str, &str)]) -> Vec<String> {
    let mut places: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (path, text) in files {
        let tokens = rust::tokens(text);
        let is_type = |pair: &&[rust::Token]| ["struct", "enum", "trait"].contains(&pair[0].text.as_str());
        for pair in rust::without_tests(&tokens).windows(2).filter(is_type) {
            let name = pair[1].text.as_str();
            if name == "$" {
                continue; // a macro names it
            }
            let found = places.entry(name.to_owned()).or_default();
            // One file may have a type for each system.
            if !found.contains(path) {
                found.push(path);
            }
        }
    }
    places.into_iter().filter(|(_, files)| files.len() > 1).map(|(name, files)| format!("{name}: {files:?}")).collect()
}

#[test]
fn one_name_is_one_type_in_the_core_and_the_plug_in() {
    assert_eq!(names_twice(&borrowed(&sources(&["core/src", "src"]))), Vec::<String>::new());
    assert_eq!(names_twice(&[("a.rs", "struct A; enum B {}"), ("b.rs", "pub trait A {}")]).len(), 1);
}

#[test]
fn nothing_is_linked_with_the_sanitizer_but_its_own_tests() {
    let lock = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock")).expect("Cargo.lock");
    assert!(lock.contains("name = \"keel-sanitized\""), "the package has another name now");
    assert!(!lock.contains("\n \"keel-sanitized\""), "a package depends on keel-sanitized");
}

#[test]
fn every_kind_of_violation_is_caught() {
    for (path, text) in [
        ("core/src/dsp/peak.rs", "use crate::mix::Role;"),
        ("core/src/dsp/peak.rs", "#[cfg(test)] mod tests; use crate::mix::Role;"),
        ("core/src/dsp/peak.rs", "use crate::{dsp::Hop, units::Db, mix::{self, Role}};"),
        ("core/src/dsp/peak.rs", "use super::super::link::session;"),
        ("core/src/dsp/peak.rs", "mod inner { use super::super::super::mix::Role; }"),
        ("core/src/dsp/peak.rs", "fn f(role: crate::mix::Role) {}"),
        ("core/src/mix/level.rs", "use crate::dsp::Analyzer;"),
        ("core/src/mix/level.rs", "use crate::dsp::*;"),
        ("core/src/mix/level.rs", "use crate as keel;"),
        ("core/src/link/ring.rs", "use crate::dsp::{Hop, Analyzer};"),
        ("core/src/units.rs", "fn f() { super::dsp::peak() }"),
        ("cli/src/check.rs", "use keel_session::Host;"),
        ("session/src/lib.rs", "use keel::Keel;"),
        ("src/editor/view.rs", "use keel_core::dsp::Hop;"),
        ("src/editor/view.rs", "use keel_core as core;"),
        ("src/editor/view.rs", "use ::keel_core::link;"),
        ("src/editor/view.rs", "use crate::plugin::Params;"),
        ("src/editor/view.rs", "fn f(setter: &nice_plug::prelude::ParamSetter) {}"),
        ("src/host/clap.rs", "use crate::plugin::Keel;"),
        ("src/host/clap.rs", "use egui::Ui;"),
        ("src/plugin/mod.rs", "use keel_session::Host;"),
        ("xtask/src/main.rs", "use keel_core::units::Db;"),
        ("bench/src/meters.rs", "use keel::plugin::Keel;"),
        ("bench/src/meters.rs", "fn f() { unsafe { g() } }"),
        ("src/gadgets.rs", "pub fn f() {}"),
        ("core/src/dsp/peak.rs", "fn f() { unsafe { g() } }"),
        ("session/src/song/mod.rs", "unsafe fn f() {}"),
        ("core/src/dsp/peak.rs", "#[cfg(test)]\nmod tests { #[ignore] fn f() {} }"),
        ("core/tests/all.rs", "fn f() { todo!() }"),
        ("core/src/dsp/peak.rs", concat!("// TO", "DO: more")),
    ] {
        assert!(!violations(path, text).is_empty(), "not caught in {path}: {text}");
    }
    assert!(!violations("cli/src/long.rs", &"\n".repeat(MAX_LINES)).is_empty(), "a long file was not caught");
    assert!(!manifest_violations("session", "[dev-dependencies]\nkeel = { path = \"..\" }").is_empty());
    assert!(!manifest_violations("core", "[dependencies]\negui.workspace = true").is_empty());
    assert!(!manifest_violations("xtask", "[dependencies]\nkeel-core.workspace = true").is_empty());
}

#[test]
fn what_is_allowed_passes() {
    for (path, text) in [
        ("core/src/dsp/peak.rs", "use crate::units::Db; use super::{Hop, record::Cell}; pub(crate) fn f() {}"),
        ("core/src/dsp/peak.rs", "// use crate::mix::Role;\n/* unsafe /* nested */ crate::mix */ fn f<'a>() {}"),
        ("core/src/dsp/peak.rs", r##"const A: &str = r#"unsafe " crate::mix::Role"#; const B: char = '"'; fn f() {}"##),
        ("core/src/dsp/peak.rs", "#[cfg(test)]\nmod tests { use super::*; use crate::mix::Role; }"),
        ("core/src/mix/level.rs", "use crate::dsp::{Cell, Hop, loudness::gated_loudness}; use super::Role;"),
        ("core/src/mix/profile/file.rs", "use super::super::Role; use crate::mix::Measure;"),
        ("src/host/clap.rs", "use keel_core::mix::Placement; fn f() { unsafe { g() } }"),
        ("src/plugin/mod.rs", "use crate::{editor, host::Entry}; use keel_core::link::session;"),
        ("session/src/host/file.rs", "fn f() { unsafe { g() } }"),
        ("tests/hosted.rs", "use keel_session::Host; fn f() { unsafe { g() } }"),
    ] {
        assert_eq!(violations(path, text), Vec::<String>::new(), "in {path}: {text}");
    }
    assert!(
        manifest_violations("cli", "[dependencies]\nkeel-core.workspace = true\n[[bin]]\nname = \"keel\"").is_empty()
    );
}
