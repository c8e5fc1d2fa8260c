//! `keyctl` as it is typed: arguments in; exit code, standard output and standard error out.

#![expect(clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod audit;
mod backup;
mod bulk;
mod confirm;
mod database;
mod forms;
mod import;
mod import_stopped;
mod log_in;
mod pages;
mod people;
mod profiles;
mod pty;
mod remote;
mod reporting;
mod scan;
mod secrets;
mod server;
mod support;
mod terminal;
mod usage;
mod verify;
mod whoami;
