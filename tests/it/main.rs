//! The whole system from outside.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "this is test code: a test that cannot go on panics"
)]

mod api_ui;
mod bad_input;
mod browser;
mod canary;
mod clients;
mod contract;
mod curl;
mod environments;
mod first_steps;
mod go_rancher;
mod hosts;
mod installation;
mod keyctl;
mod kill;
mod library;
mod lost_answers;
mod openapi;
mod outage;
mod pages;
mod python;
mod readme;
mod refusals;
mod set_up;
mod shutdown;
mod start;
mod tidy;
mod tls;
mod walk;
