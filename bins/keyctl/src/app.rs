//! One run: arguments in; one answer on standard output or one line on standard error, and an exit code.

use std::ffi::OsString;
use std::io::{self, Read, Write as _};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Parser as _, ValueEnum as _};
use keys_core::Timestamp;

use crate::cli::{Command, CommandLine, OutputFormat, Printing};
use crate::connect::{check_imports, connect};
use crate::credentials::{self, Said, Surroundings};
use crate::exit::{Exit, Failure, public};
use crate::misunderstood;
use crate::output::{Answer, Form, json};
use crate::pairs;
use crate::profiles::{self, Chosen};
use crate::system;

/// Runs a command line.
pub(crate) fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let surroundings = Surroundings {
        variable: &|name| std::env::var_os(name),
        stdin: &|| Box::new(io::stdin()) as Box<dyn Read>,
    };
    let arguments = misunderstood::as_options(arguments.collect());
    match CommandLine::try_parse_from(&arguments) {
        Ok(line) => {
            // A command that asks no authority needs nothing of what is kept of one.
            let alone = matches!(line.command, Command::Alone(_));
            let chosen = if alone { Ok(None) } else { profiles::chosen(&line.reach, &surroundings) };
            let form = form(&line.printing, chosen.as_ref().ok().and_then(Option::as_ref), &surroundings);
            let for_programs = form.as_ref().is_ok_and(Form::is_for_programs);
            let carried_out = form.and_then(|form| carry_out(line, &form, chosen?.as_ref(), &surroundings));
            finish(carried_out, for_programs)
        }
        Err(error) => not_understood(&error, &arguments, &surroundings),
    }
}

/// The answer, printed.
fn carry_out(
    mut line: CommandLine,
    form: &Form,
    chosen: Option<&Chosen>,
    surroundings: &Surroundings<'_>,
) -> Result<(), Failure> {
    let now = system::now();
    if let Command::Alone(alone) = &line.command {
        alone.check_alone(&line.reach, &line.printing)?;
    }
    check_shows(form, &line.command)?;
    line.command.check_can_ask()?;
    if let Some(chosen) = chosen {
        chosen.fill(&mut line.reach, surroundings)?;
    }
    if let Command::Verify(verify) = &mut line.command {
        let file = verify.file.as_deref();
        verify.presented = credentials::to_verify(file, &Said::by(&line.reach), surroundings)?;
    }
    let quiet = line.printing.quiet;
    let warn = if quiet { |_: &str| {} } else { warn };
    if let Command::Import(import) = &mut line.command {
        check_imports(&line.reach)?;
        import.pairs = Some(pairs::read(import, surroundings, warn)?);
        import.watched = !quiet;
    }
    let answer = if let Command::Alone(alone) = line.command {
        alone.run(&line.reach, surroundings, warn)?
    } else {
        // It is let go of here, before anybody is slow to read the answer.
        let authority = connect(line.reach, chosen, &line.command, surroundings, warn, now)?;
        line.command.run(authority.as_ref(), surroundings, now)?
    };
    print(&answer, form, now)?;
    if let Some(summary) = answer.summary(form) {
        let _ = writeln!(io::stderr(), "keyctl: {summary}");
    }
    let verdict = answer.verdict();
    answer.confirm();
    verdict
}

/// The form that was asked for: on the command line, by the environment, or by the profile, which goes before the environment
/// if it was chosen on the command line.
fn form(
    printing: &Printing,
    chosen: Option<&Chosen>,
    surroundings: &Surroundings<'_>,
) -> Result<Form, Failure> {
    let kept = |is_first: bool| {
        chosen.filter(|chosen| chosen.is_first == is_first).and_then(|chosen| chosen.profile.output)
    };
    if let Some(field) = &printing.field {
        return Ok(Form::Field(field.clone()));
    }
    let format = match printing.output {
        _ if printing.quiet => OutputFormat::Name,
        Some(format) => format,
        None if let Some(format) = kept(true) => format,
        None => match surroundings.text("KEYCTL_OUTPUT")? {
            Some(word) => OutputFormat::from_str(&word, false).map_err(|_| {
                Failure::new(Exit::Usage, "KEYCTL_OUTPUT is none of table, json, yaml and name")
            })?,
            None => kept(false).unwrap_or(OutputFormat::Table),
        },
    };
    Ok(match format {
        OutputFormat::Table => Form::Table { header: !printing.no_header },
        OutputFormat::Json => Form::Json,
        OutputFormat::Yaml => Form::Yaml,
        OutputFormat::Name => Form::Name,
    })
}

/// Refuses, before anything is done, a form that has nothing to show of the answer, or not the secret that is shown once.
fn check_shows(form: &Form, command: &Command) -> Result<(), Failure> {
    let fields = command.fields();
    if let Form::Field(field) = form
        && !fields.contains(&field.as_str())
    {
        return Err(Failure::new(Exit::Usage, format!("--field: the answer has no field {field}"))
            .hint(format!("one of {}", fields.join(", "))));
    }
    let shows_secret = match form {
        Form::Table { .. } | Form::Json | Form::Yaml => true,
        Form::Name => false,
        Form::Field(field) => field == json::SECRET_KEY,
    };
    if matches!(command, Command::Create(create) if create.format.is_none()) && !shows_secret {
        return Err(Failure::new(Exit::Usage, "the secret of the new key would be lost, so none was made")
            .hint("it is shown this once: -o json, --field secretKey, or --format"));
    }
    Ok(())
}

/// Whether programs were to read the answer of a command line that was not understood.
fn guess_for_programs(arguments: &[OsString], surroundings: &Surroundings<'_>) -> bool {
    let words: Vec<_> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    let is_format = |word: &str| matches!(word, "json" | "yaml");
    let one_word = words.iter().any(|word| {
        let format = ["--output=", "-o=", "-o"].iter().find_map(|option| word.strip_prefix(option));
        format.is_some_and(is_format)
    });
    let two_words =
        words.windows(2).any(|pair| matches!(pair, ["-o" | "--output", format] if is_format(format)));
    one_word
        || two_words
        || form(&Printing::default(), None, surroundings).as_ref().is_ok_and(Form::is_for_programs)
}

/// Prints an answer in one piece. Who stops reading has seen enough; but a secret that nobody saw is a loss.
fn print(answer: &Answer, form: &Form, now: Timestamp) -> Result<(), Failure> {
    let text = answer.render(form, now);
    let mut stdout = io::stdout().lock();
    let printed = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    match (printed, answer.loss()) {
        (Ok(()), _) => Ok(()),
        (Err(error), None) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        (Err(error), None) => Err(unwritten(&error)),
        (Err(error), Some(loss)) => {
            Err(unwritten(&error).and(loss).hint("deactivate and delete it, and create another"))
        }
    }
}

fn unwritten(error: &io::Error) -> Failure {
    Failure::new(Exit::Failure, format!("the answer could not be written: {error}"))
}

fn finish(result: Result<(), Failure>, for_programs: bool) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            complain(&failure, for_programs);
            failure.exit().into()
        }
    }
}

fn complain(failure: &Failure, for_programs: bool) {
    let line = if for_programs { failure.to_json() } else { failure.to_string() };
    // Nobody is left to be told that nobody can be told.
    let _ = writeln!(io::stderr(), "{line}");
}

fn warn(message: &str) {
    let _ = writeln!(io::stderr(), "keyctl: warning: {}", public(message));
}

/// Help and version go to standard output; an error becomes one line as all others.
fn not_understood(error: &clap::Error, arguments: &[OsString], surroundings: &Surroundings<'_>) -> ExitCode {
    let shown = [
        ErrorKind::DisplayHelp,
        ErrorKind::DisplayVersion,
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand,
    ];
    if shown.contains(&error.kind()) {
        if let Err(failed) = error.print()
            && failed.kind() != io::ErrorKind::BrokenPipe
        {
            return finish(Err(unwritten(&failed)), false);
        }
    } else {
        let for_programs = guess_for_programs(arguments, surroundings);
        complain(&misunderstood::failure(error, arguments), for_programs);
    }
    if error.use_stderr() { Exit::Usage.into() } else { ExitCode::SUCCESS }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_of_an_error_is_guessed_from_what_was_typed() {
        let surroundings =
            Surroundings { variable: &|_| None, stdin: &|| Box::new(io::empty()) as Box<dyn Read> };
        let table = [
            (vec!["keyctl", "-o", "json", "nonsense"], true),
            (vec!["keyctl", "nonsense", "--output=json"], true),
            (vec!["keyctl", "-ojson"], true),
            (vec!["keyctl", "-o", "yaml", "nonsense"], true),
            (vec!["keyctl", "-o=yaml"], true),
            (vec!["keyctl", "-o", "table", "json"], false),
            (vec!["keyctl", "-o", "name"], false),
            (vec!["keyctl", "json"], false),
        ];
        for (words, for_programs) in table {
            let arguments: Vec<_> = words.iter().map(OsString::from).collect();
            assert_eq!(guess_for_programs(&arguments, &surroundings), for_programs, "{words:?}");
        }
    }
}
