//! Which file imports which: the rooms inside a room, and circles of files.

use std::collections::{BTreeMap, BTreeSet};

use crate::rust::{self, Token};

/// A file, its module and its imports.
#[derive(Debug)]
struct File<'a> {
    path: &'a str,
    module: String,
    imports: Vec<String>,
}

/// Every file of the project's packages by module, so that a path in the code finds the file that it means.
#[derive(Debug, Default)]
pub struct Imports<'a> {
    files: Vec<File<'a>>,
    /// The file of a module.
    modules: BTreeMap<String, usize>,
    /// What a module hands out of another: `keel_core::mix::Role` stands for `keel_core::mix::roles::Role`.
    exports: BTreeMap<String, String>,
}

impl<'a> Imports<'a> {
    /// Of files by path and text, each with the name of its package.
    pub fn of(files: &[(&'a str, &'a str, &str)]) -> Self {
        let mut imports = Self::default();
        for (path, text, package) in files {
            let inside = path.split_once("src/").map_or(*path, |(_, inside)| inside);
            let tokens = rust::tokens(text);
            let code = rust::without_tests(&tokens);
            let module = rust::modules_of(package, inside).join("::");
            let exports = exported(code, package, inside);
            let mut used: Vec<String> = rust::paths(code, package, inside).into_iter().map(|(_, path)| path).collect();
            if is_front(path) {
                // A front's re-exports are no imports: who uses them means the file behind.
                used.retain(|path| !exports.iter().any(|(_, of)| of == path));
            }
            imports.exports.extend(exports.into_iter().map(|(name, of)| (format!("{module}::{name}"), of)));
            imports.modules.insert(module.clone(), imports.files.len());
            imports.files.push(File { path, module, imports: used });
        }
        imports
    }

    /// `roles::Role` in a module that has `roles`, from its package down; any other path as it is.
    fn absolute(&self, module: &str, path: &str) -> String {
        let first = path.split("::").next().unwrap_or_default();
        let is_own = self.modules.contains_key(&format!("{module}::{first}"));
        if is_own { format!("{module}::{path}") } else { path.to_owned() }
    }

    /// The file that a path means, found through what modules hand out.
    fn file_of(&self, path: &str) -> Option<usize> {
        let parts: Vec<&str> = path.split("::").collect();
        for length in (1..=parts.len()).rev() {
            let (module, rest) = (parts[..length].join("::"), &parts[length..]);
            let Some(&file) = self.modules.get(&module) else { continue };
            let Some(first) = rest.first() else { return (!is_front(self.files[file].path)).then_some(file) };
            return match self.exports.get(&format!("{module}::{first}")) {
                Some(of) if *of != path => {
                    let of = self.absolute(&module, of);
                    self.file_of(&[&[of.as_str()], &rest[1..]].concat().join("::"))
                }
                _ if *first == "*" && is_front(self.files[file].path) => None,
                _ => Some(file),
            };
        }
        None
    }

    /// A file is the module that another's lies in.
    fn holds(outer: &File<'_>, inner: &File<'_>) -> bool {
        inner.module.strip_prefix(&outer.module).is_some_and(|rest| rest.starts_with("::"))
    }

    /// From a file to those that it imports.
    pub fn arrows(&self) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
        let of = |(place, file): (usize, &File<'a>)| {
            let paths = file.imports.iter().map(|path| self.absolute(&file.module, path));
            // What it takes of the module that holds it is no arrow: the two are one thing in several files.
            let is_apart = |other: &usize| *other != place && !Self::holds(&self.files[*other], file);
            let others = paths.filter_map(|path| self.file_of(&path)).filter(is_apart);
            (file.path, others.map(|other| self.files[other].path).collect())
        };
        self.files.iter().enumerate().map(of).collect()
    }
}

/// Only holds a room's modules together.
fn is_front(path: &str) -> bool {
    path.ends_with("/mod.rs") || path.ends_with("/lib.rs")
}

/// The names that a module hands out of others, with the paths that they stand for.
fn exported(code: &[Token], package: &str, inside: &str) -> Vec<(String, String)> {
    let is_public = |at: usize| {
        let before: Vec<&str> = code[..at].iter().rev().map(|token| token.text.as_str()).take(4).collect();
        before.first() == Some(&"pub") || (before.first() == Some(&")") && before.get(3) == Some(&"pub"))
    };
    let uses = (0..code.len()).filter(|&at| code[at].text == "use" && is_public(at));
    let statements = uses.map(|at| {
        let end = code[at..].iter().position(|token| token.text == ";").map_or(code.len(), |length| at + length);
        &code[at..end]
    });
    let paths = statements.flat_map(|statement| rust::paths(statement, package, inside));
    paths.filter_map(|(_, path)| Some((path.rsplit("::").next()?.to_owned(), path))).collect()
}

/// Circles among files, each by the names of those in it; a pair that `may` stand is left out.
pub fn circles<'a>(arrows: &BTreeMap<&'a str, BTreeSet<&'a str>>, may: &[[&str; 2]]) -> Vec<BTreeSet<&'a str>> {
    let is_barred = |from: &str, to: &str| may.iter().any(|pair| pair == &[from, to]);
    let reach = |start: &'a str| {
        let (mut found, mut waiting) = (BTreeSet::new(), vec![start]);
        while let Some(file) = waiting.pop() {
            let others = arrows.get(file).into_iter().flatten().filter(|to| !is_barred(file, to));
            waiting.extend(others.filter(|other| found.insert(**other)));
        }
        found
    };
    let reached: BTreeMap<&str, BTreeSet<&str>> = arrows.keys().map(|file| (*file, reach(file))).collect();
    let mut found: Vec<BTreeSet<&str>> = Vec::new();
    for (file, others) in reached.iter().filter(|(file, others)| others.contains(*file)) {
        let circle: BTreeSet<&str> = others.iter().copied().filter(|other| reached[other].contains(file)).collect();
        if !found.contains(&circle) {
            found.push(circle);
        }
    }
    found
}

/// The rooms inside a room from the top down: each may use those below it, and none beside it.
#[derive(Debug)]
pub struct Floors {
    pub place: &'static str,
    pub floors: &'static [&'static [&'static str]],
}

impl Floors {
    /// The floor of a file's room, and its name; `None` of the room's own front.
    fn of(&self, path: &str) -> Option<(Option<usize>, String)> {
        let inside = path.strip_prefix(self.place)?;
        let room = inside.split(['/', '.']).next().filter(|room| !["mod", "tests"].contains(room))?;
        Some((self.floors.iter().position(|floor| floor.contains(&room)), room.to_owned()))
    }

    pub fn violations(&self, arrows: &BTreeMap<&str, BTreeSet<&str>>) -> Vec<String> {
        let mut found = Vec::new();
        for (from, others) in arrows {
            let Some((floor, room)) = self.of(from) else { continue };
            let Some(floor) = floor else {
                found.push(format!("{from}: {room} is no room of {}", self.place));
                continue;
            };
            for (to, below, other) in
                others.iter().filter_map(|to| self.of(to).map(|(below, other)| (to, below, other)))
            {
                if other != room && below.is_none_or(|below| below <= floor) {
                    found.push(format!("{from}: {room} must not use {other} ({to})"));
                }
            }
        }
        found
    }
}
