//! Manual pages: of all of keyctl, or of one command.
//!
//! What is typed comes from the definition of the command line, everything else from the README, so that neither can
//! say what the other does not know.

mod commands;
mod markdown;

use std::io;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::cli::CommandLine;
use crate::command::fields_by_answer;
use crate::exit::{Exit, Failure};

const README: &str = include_str!("../README.md");

/// The page about a command, or about all of them.
///
/// # Errors
///
/// [`Exit::Usage`] when there is no such command.
pub(crate) fn page(words: &[String]) -> Result<String, Failure> {
    let root = built();
    if words.is_empty() {
        return whole(&root).map_err(|error| not_written(&error));
    }
    let mut command = &root;
    for word in words {
        command = command.find_subcommand(word).ok_or_else(|| {
            Failure::new(Exit::Usage, format!("there is no command {}", words.join(" ")))
                .hint("keyctl --help lists them")
        })?;
    }
    about_one(command).map_err(|error| not_written(&error))
}

/// Writes the pages of all commands into a folder; their paths.
///
/// # Errors
///
/// [`Exit::Failure`] when one cannot be written.
pub(crate) fn write_all(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let root = built();
    let mut pages = vec![(Man::new(root.clone()).get_filename(), whole(&root))];
    pages.extend(
        commands::all(&root).map(|command| (Man::new(command.clone()).get_filename(), about_one(command))),
    );
    let mut paths = Vec::new();
    for (name, text) in pages {
        let path = folder.join(name);
        text.and_then(|text| std::fs::write(&path, text)).map_err(|error| {
            Failure::new(Exit::Failure, format!("{} cannot be written: {error}", path.display()))
                .hint("does the folder exist?")
        })?;
        paths.push(path);
    }
    Ok(paths)
}

/// The command line with everything filled in: what holds for all commands, and their full names.
fn built() -> Command {
    let mut root = CommandLine::command();
    root.build();
    root
}

/// The page about all of keyctl.
fn whole(root: &Command) -> io::Result<String> {
    let man = Man::new(root.clone());
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]).text(commands::synopsis(root));
    page.extend(roff.to_roff().into_bytes());
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    let mut roff = Roff::new();
    for section in markdown::sections(README) {
        if section.heading == "Commands" {
            roff.control("SH", ["COMMANDS"]);
            commands::describe(root, &mut roff);
            section.write_without_tables(&mut roff);
        } else {
            roff.control("SH", [section.heading.to_uppercase().as_str()]);
            section.write(&mut roff);
        }
    }
    write_fields(&mut roff);
    see_also(&["curl(1)", "git-log(1)", "netrc(5)"], &mut roff);
    page.extend(roff.to_roff().into_bytes());
    text(page)
}

/// The page about one command.
fn about_one(command: &Command) -> io::Result<String> {
    let source = concat!("keyctl ", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command.clone()).source(source);
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]).text(commands::synopsis(command));
    page.extend(roff.to_roff().into_bytes());
    man.render_description_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    man.render_options_section(&mut page)?;
    let mut roff = Roff::new();
    for section in markdown::sections(README).filter(|section| section.heading == "Exit status") {
        roff.control("SH", [section.heading.to_uppercase().as_str()]);
        section.write(&mut roff);
    }
    see_also(&["keyctl(1)"], &mut roff);
    page.extend(roff.to_roff().into_bytes());
    text(page)
}

/// The names that `--field` takes, by what the answer is about.
fn write_fields(roff: &mut Roff) {
    roff.control("SH", ["FIELDS"]);
    for (answer, fields) in fields_by_answer() {
        roff.control("TP", []).text([roman(*answer)]);
        let mut names = Vec::new();
        for (at, field) in fields.iter().enumerate() {
            if at > 0 {
                names.push(roman(", "));
            }
            names.push(bold(*field));
        }
        roff.text(names);
    }
}

fn see_also(pages: &[&str], roff: &mut Roff) {
    roff.control("SH", ["SEE ALSO"]);
    roff.text([roman(pages.join(", "))]);
}

/// The page in ASCII, which every formatter reads: other characters by their numbers.
fn text(page: Vec<u8>) -> io::Result<String> {
    let page = String::from_utf8(page).map_err(io::Error::other)?;
    let mut text = String::with_capacity(page.len());
    for character in page.chars() {
        if character.is_ascii() {
            text.push(character);
        } else {
            text.push_str(&format!("\\[u{:04X}]", u32::from(character)));
        }
    }
    Ok(text)
}

fn not_written(error: &io::Error) -> Failure {
    Failure::new(Exit::Failure, format!("the page could not be written: {error}"))
}
