//! `cargo xtask bench`: builds the release plug-in and keel-bench, and runs the one on the other.

use std::process::Command;

use crate::demo::library;
use crate::packages::{self, EBUR128};
use crate::shell::{self, Failure, cargo, run};

pub fn bench(args: &[String]) -> Result<(), Failure> {
    packages::want(&[EBUR128]);
    let built = shell::target().join("release");
    // One after the other: built together, each would get the features of the other's dependencies.
    run(&mut cargo(&["build", "--release", "--package", "keel", "--lib"]))?;
    run(&mut cargo(&["build", "--release", "--package", "keel-bench", "--bin", "keel-bench"]))?;
    let mut command = Command::new(built.join(format!("keel-bench{}", std::env::consts::EXE_SUFFIX)));
    run(command.arg("--plugin").arg(library(&built)).args(args))
}
