//! `cargo xtask validate`: the validators of the two formats, where they are installed.

use std::process::Command;

use crate::bundle::{Bundles, Profile, bundle};
use crate::shell::{Failure, has_program, run};

const ADVICE: &str = "no validator is on the PATH; get
    clap-validator  https://github.com/free-audio/clap-validator/releases
    validator       the VST3 SDK's, built from https://github.com/steinbergmedia/vst3sdk
    pluginval       https://github.com/Tracktion/pluginval/releases";

pub fn validate(profile: Profile) -> Result<(), Failure> {
    let found: Vec<_> =
        ["clap-validator", "validator", "pluginval"].into_iter().filter(|name| has_program(name)).collect();
    if found.is_empty() {
        return Err(Failure::new(ADVICE));
    }
    let bundles = bundle(profile)?;
    // Every validator runs before the first failure is reported.
    let results: Vec<_> = found.iter().map(|name| run(&mut validator(name, &bundles))).collect();
    results.into_iter().collect()
}

fn validator(name: &str, bundles: &Bundles) -> Command {
    let mut command = Command::new(name);
    match name {
        "clap-validator" => command.args(["validate", "--only-failed"]).arg(&bundles.clap),
        "validator" => command.args(["-e", "-q"]).arg(&bundles.vst3),
        _ => command.args(["--strictness-level", "10", "--skip-gui-tests", "--validate"]).arg(&bundles.vst3),
    };
    command
}
