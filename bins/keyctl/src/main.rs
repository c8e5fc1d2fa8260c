//! `keyctl`: creates and manages API keys, over HTTP or on a database. What a run does begins in [`app`].

mod app;
mod authority;
mod cli;
mod command;
mod connect;
mod credentials;
mod deadline;
mod exit;
mod expires;
mod imported;
mod man;
mod misunderstood;
mod model;
mod moment;
mod netrc;
mod outlook;
mod output;
mod pairs;
mod private_file;
mod profiles;
mod progress;
mod scan;
mod sessions;
mod span;
mod system;

fn main() -> std::process::ExitCode {
    app::run(std::env::args_os())
}
