//! Keel's development commands: `cargo xtask help`. Uses the standard library alone, so that it builds where nothing
//! but Rust and a linker is installed, and sees to the rest from there.

mod bench;
mod bundle;
mod demo;
mod display;
mod hosts;
mod instructions;
mod packages;
mod python;
mod shell;
mod test;
mod validate;

use std::process::ExitCode;

use shell::Failure;

const HELP: &str = "\
Usage: cargo xtask COMMAND [OPTIONS]

  demo [OPTIONS]      build Keel and play a session through it; see `cargo xtask demo --help`
  test                every test: formatting, lints, unit and hosted tests, oracle, other hosts
  cases               the standards' cases: what is expected and what the meters read, at every rate
  bundle [--debug]    build the CLAP and the VST3 into target/bundled
  install [--debug]   bundle, then copy both to your plug-in folders
  validate [--debug]  bundle, then run clap-validator, Steinberg's validator and pluginval on it
  hosts [HOST]        bundle, then load the VST3 in the Python hosts pedalboard and minihost; HOST `ardour`: the
                      VST3 in Ardour; HOST `qtractor`: the CLAP in qtractor; both with windows and renders (Linux)
  bench [OPTIONS]     what Keel costs, against other meters; --json FILE, --quick
  instructions        count the hot paths' instructions, held to limits; --renew writes the limits anew
  help                this text

Missing system packages are installed by apt-get on Debian and Ubuntu as root; otherwise the exact command is named.
Exit status: 0 done, 1 could not do it or a test failed, 2 wrong usage.";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_else(|| "help".to_owned());
    let args: Vec<String> = args.collect();
    match run(&command, &args) {
        Ok(code) => code,
        Err(Failure::Usage(message)) => {
            eprintln!("xtask: {message}\n\n{HELP}");
            ExitCode::from(2)
        }
        Err(Failure::Failed(message)) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &str, args: &[String]) -> Result<ExitCode, Failure> {
    match command {
        "demo" => return demo::demo(args),
        "test" => {
            no_options(command, args)?;
            return test::test();
        }
        "bundle" => bundle::bundle(profile(command, args)?).map(|_| ()),
        "install" => bundle::install(profile(command, args)?),
        "validate" => validate::validate(profile(command, args)?),
        "hosts" => hosts::hosts(args),
        "cases" => {
            no_options(command, args)?;
            shell::run(&mut shell::cargo(&["run", "--quiet", "--package", "keel-core", "--example", "cases"]))
        }
        "bench" => bench::bench(args),
        "instructions" => {
            let renew = args.first().is_some_and(|arg| arg == "--renew");
            no_options(command, &args[usize::from(renew)..])?;
            instructions::ready()?;
            instructions::count(renew)
        }
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        unknown => Err(Failure::Usage(format!("no command `{unknown}`"))),
    }?;
    Ok(ExitCode::SUCCESS)
}

fn no_options(command: &str, args: &[String]) -> Result<(), Failure> {
    match args.first() {
        Some(option) => Err(Failure::Usage(format!("{command} has no option `{option}`"))),
        None => Ok(()),
    }
}

fn profile(command: &str, args: &[String]) -> Result<bundle::Profile, Failure> {
    match args {
        [] => Ok(bundle::Profile::Release),
        [only] if only == "--debug" => Ok(bundle::Profile::Debug),
        [only] if only == "--release" => Ok(bundle::Profile::Release),
        _ => Err(Failure::Usage(format!("{command} takes --debug at most"))),
    }
}
