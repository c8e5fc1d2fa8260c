//! The API-key authority as one binary: parse, wire, run, exit code.

mod cli;
mod clock;
mod config;
mod entropy;
mod exit;
mod housekeeper;
mod limits;
mod logging;
mod set_up;
mod signals;
mod start;
mod tls;
mod wiring;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command, ConfigCommand};
use crate::config::Config;
use crate::exit::Failure;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Some(Command::Config { command: ConfigCommand::Check }) => config::check(cli.options),
        None => Config::load(cli.options).map_err(Failure::from).and_then(wiring::run),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
