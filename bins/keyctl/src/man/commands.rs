//! Every command of a command line: what is typed, and what it does.

use clap::builder::PossibleValue;
use clap::{Arg, Command};
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};

/// Every command below this one, those that only group others included.
pub(super) fn all(command: &Command) -> Box<dyn Iterator<Item = &Command> + '_> {
    let below = command.get_subcommands().filter(|below| !below.is_hide_set());
    Box::new(below.flat_map(|below| std::iter::once(below).chain(all(below))))
}

/// Describes every command that does something.
pub(super) fn describe(root: &Command, roff: &mut Roff) {
    for command in all(root).filter(|command| !command.has_subcommands()) {
        roff.control("SS", [name(command)]).text(synopsis(command)).control("PP", []);
        let about = command.get_long_about().or(command.get_about()).map(ToString::to_string);
        for paragraph in about.unwrap_or_default().split("\n\n") {
            roff.text([roman(paragraph)]).control("PP", []);
        }
        for argument in own_arguments(command) {
            roff.control("TP", []).text(typed(argument));
            roff.text([roman(help(argument))]);
        }
    }
}

/// What is typed of a command: its name and its own arguments.
pub(super) fn synopsis(command: &Command) -> Vec<Inline> {
    let mut line = vec![bold(name(command))];
    for argument in own_arguments(command) {
        let (begin, end) = if argument.is_required_set() { ("", "") } else { ("[", "]") };
        line.push(roman(format!(" {begin}")));
        line.extend(typed(argument));
        line.push(roman(end));
    }
    if command.has_subcommands() {
        line.extend([roman(" "), italic("COMMAND")]);
    }
    line.push(roman(" [options]"));
    line
}

/// With those of the commands that it is below of.
fn name(command: &Command) -> &str {
    command.get_bin_name().unwrap_or_else(|| command.get_name())
}

/// The arguments that only this command has.
fn own_arguments(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|argument| {
        let is_of_all =
            argument.is_global_set() || argument.get_id() == "help" || argument.get_id() == "version";
        !is_of_all && !argument.is_hide_set()
    })
}

/// An argument as it is typed.
fn typed(argument: &Arg) -> Vec<Inline> {
    let mut typed = Vec::new();
    typed.extend(argument.get_long().map(|long| bold(format!("--{long}"))));
    let many = argument.get_num_args().is_some_and(|count| count.max_values() > 1);
    if argument.get_action().takes_values() {
        let names = argument.get_value_names().unwrap_or_default();
        let names: Vec<_> = names.iter().map(|name| name.as_str()).collect();
        if !typed.is_empty() {
            typed.push(roman(" "));
        }
        typed.push(italic(format!("{}{}", names.join(" "), if many { "…" } else { "" })));
    }
    typed
}

/// What is said of an argument, its values and what it is when it is left out.
fn help(argument: &Arg) -> String {
    let mut help =
        argument.get_long_help().or(argument.get_help()).map(ToString::to_string).unwrap_or_default();
    let values: Vec<_> = argument.get_possible_values().iter().map(value).collect();
    if !values.is_empty() && argument.get_action().takes_values() {
        help.push_str(&format!(". One of: {}", values.join("; ")));
    }
    let defaults: Vec<_> =
        argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    if !defaults.is_empty() && argument.get_action().takes_values() {
        help.push_str(&format!(" [default: {}]", defaults.join(" ")));
    }
    help
}

fn value(value: &PossibleValue) -> String {
    match value.get_help() {
        Some(help) => format!("{} ({help})", value.get_name()),
        None => value.get_name().to_owned(),
    }
}
