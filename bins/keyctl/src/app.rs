//! One run: arguments in; one answer on standard output or one line on standard error, and an exit code.

use std::ffi::OsString;
use std::io::{self, Read, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;
use keys_api::client::{BaseUrl, Client, Roots};
use keys_core::Timestamp;

use crate::authority::remote::Remote;
use crate::authority::{Authority, local};
use crate::cli::{Command, CommandLine, OutputFormat, Reach};
use crate::credentials::{self, Surroundings};
use crate::exit::{Exit, Failure};
use crate::output::Answer;
use crate::sessions::Sessions;
use crate::system;

/// Runs a command line.
pub(crate) fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let surroundings = Surroundings {
        variable: &|name| std::env::var_os(name),
        stdin: &|| Box::new(io::stdin()) as Box<dyn Read>,
    };
    let arguments: Vec<_> = arguments.collect();
    match CommandLine::try_parse_from(&arguments) {
        Ok(line) => {
            let format = output_format(line.output, &surroundings);
            let result = format.clone().and_then(|format| carry_out(line, format, &surroundings));
            finish(result, format.unwrap_or_default())
        }
        Err(error) => not_understood(&error, guess_format(&arguments, &surroundings)),
    }
}

/// The answer, printed.
fn carry_out(
    line: CommandLine,
    format: OutputFormat,
    surroundings: &Surroundings<'_>,
) -> Result<(), Failure> {
    let now = system::now();
    let authority = connect(line.reach, &line.command, surroundings, now)?;
    let answer = line.command.run(authority.as_ref(), surroundings, now)?;
    // Let go of the database before anybody is slow to read the answer.
    drop(authority);
    print(&answer, format, now)?;
    answer.confirm();
    Ok(())
}

/// Reaches the authority that the arguments, else the environment, name.
fn connect(
    reach: Reach,
    command: &Command,
    surroundings: &Surroundings<'_>,
    now: Timestamp,
) -> Result<Box<dyn Authority>, Failure> {
    let usage = |message: &str| Err(Failure::new(Exit::Usage, message));
    match (&reach.url, &reach.database) {
        (Some(_), Some(_)) => usage("--url and --database are two ways to one thing; use one"),
        (None, Some(_)) if reach.secret_stdin || reach.access_key.is_some() => {
            usage("--access-key and --secret-stdin are for --url: whoever holds the database needs no key")
        }
        (None, Some(_)) if reach.ca_file.is_some() => {
            usage("--ca-file is for --url: there is no server to vouch for")
        }
        (_, None) if reach.pepper_file.is_some() => {
            usage("--pepper-file is for --database: a server has its own")
        }
        (None, Some(_)) if command.is_about_session() => {
            usage("sessions are for --url, and so is a set-up: whoever holds the database needs neither")
        }
        (None, Some(database)) => {
            let need = command.need();
            Ok(Box::new(local::open(database, reach.pepper_file.as_deref(), need, now)?))
        }
        (_, None) => Ok(Box::new(connect_over_http(reach, command, surroundings, now)?)),
    }
}

fn connect_over_http(
    reach: Reach,
    command: &Command,
    surroundings: &Surroundings<'_>,
    now: Timestamp,
) -> Result<Remote, Failure> {
    let (url, source) = match reach.url {
        Some(url) => (Some(url), "--url"),
        None => (surroundings.first(&["KEYCTL_URL", "RANCHER_URL"])?, "KEYCTL_URL or RANCHER_URL"),
    };
    let url: BaseUrl = url
        .ok_or_else(no_authority)?
        .parse()
        .map_err(|error| Failure::new(Exit::Usage, format!("{source}: {error}")))?;
    let roots = roots(reach.ca_file, &url, surroundings)?;
    let access_key = reach.access_key;
    let found = if command.is_about_session() {
        None
    } else {
        credentials::find(access_key.as_deref(), reach.secret_stdin, &url, surroundings)?
    };
    let in_the_clear = !url.is_secure() && !url.is_loopback();
    if in_the_clear && (found.is_some() || command.is_about_session()) {
        warn_of_the_clear();
    }
    let ask = Box::new(move || {
        if in_the_clear && credentials::can_ask() {
            warn_of_the_clear();
        }
        credentials::ask(access_key.as_deref())
    });
    let mut client = Client::new(url);
    if let Some(roots) = &roots {
        client = client.with_roots(roots);
    }
    Remote::new(client, found.as_ref(), ask, Sessions::of(surroundings)?, now)
}

/// The certificates that vouch for the server, if others than the public authorities' shall.
fn roots(
    file: Option<PathBuf>,
    url: &BaseUrl,
    surroundings: &Surroundings<'_>,
) -> Result<Option<Roots>, Failure> {
    let (file, source) = match file {
        Some(_) if !url.is_secure() => {
            return Err(Failure::new(
                Exit::Usage,
                "--ca-file is for https://: nobody vouches for a server in the clear",
            ));
        }
        Some(file) => (file, "--ca-file"),
        None => match surroundings.text("KEYCTL_CA_FILE")? {
            Some(file) if url.is_secure() => (file.into(), "KEYCTL_CA_FILE"),
            Some(_) | None => return Ok(None),
        },
    };
    let refused = |why: String| Failure::new(Exit::Usage, format!("{source}: {} {why}", file.display()));
    let text = std::fs::read(&file).map_err(|error| refused(format!("cannot be read: {error}")))?;
    Roots::from_pem(&text).map(Some).map_err(|error| refused(format!("cannot be used: {error}")))
}

fn no_authority() -> Failure {
    Failure::new(Exit::Usage, "no authority is named").hint(
        "--url http://127.0.0.1:8080 for a running server (or KEYCTL_URL), \
         --database sqlite:keys-data/keys.sqlite3 for a database",
    )
}

fn output_format(
    given: Option<OutputFormat>,
    surroundings: &Surroundings<'_>,
) -> Result<OutputFormat, Failure> {
    match (given, surroundings.text("KEYCTL_OUTPUT")?.as_deref()) {
        (Some(format), _) => Ok(format),
        (None, None | Some("table")) => Ok(OutputFormat::Table),
        (None, Some("json")) => Ok(OutputFormat::Json),
        (None, Some(_)) => Err(Failure::new(Exit::Usage, "KEYCTL_OUTPUT is neither table nor json")),
    }
}

/// Which format was asked for on a command line that was not understood.
fn guess_format(arguments: &[OsString], surroundings: &Surroundings<'_>) -> OutputFormat {
    let words: Vec<_> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    let one_word = words.iter().any(|word| ["-ojson", "-o=json", "--output=json"].contains(word));
    let two_words = words.windows(2).any(|pair| matches!(pair, ["-o" | "--output", "json"]));
    if one_word || two_words {
        return OutputFormat::Json;
    }
    output_format(None, surroundings).unwrap_or_default()
}

/// Prints an answer in one piece. Who stops reading has seen enough; but a secret that nobody saw is a loss.
fn print(answer: &Answer, format: OutputFormat, now: Timestamp) -> Result<(), Failure> {
    let text = answer.render(format, now);
    let mut stdout = io::stdout().lock();
    let printed = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    match (printed, answer.loss()) {
        (Ok(()), _) => Ok(()),
        (Err(error), None) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        (Err(error), None) => {
            Err(Failure::new(Exit::Failure, format!("the answer could not be written: {error}")))
        }
        (Err(error), Some(loss)) => {
            Err(Failure::new(Exit::Failure, format!("the answer could not be written: {error}; {loss}"))
                .hint("deactivate and delete it, and create another"))
        }
    }
}

fn finish(result: Result<(), Failure>, format: OutputFormat) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            complain(&failure, format);
            failure.exit().into()
        }
    }
}

fn complain(failure: &Failure, format: OutputFormat) {
    let line = match format {
        OutputFormat::Table => failure.to_string(),
        OutputFormat::Json => failure.to_json(),
    };
    // Nobody is left to be told that nobody can be told.
    let _ = writeln!(io::stderr(), "{line}");
}

fn warn_of_the_clear() {
    let message = "keyctl: warning: what lets you in goes over the network in the clear; use https://";
    let _ = writeln!(io::stderr(), "{message}");
}

/// Help and version go to standard output; an error becomes one line as all others.
fn not_understood(error: &clap::Error, format: OutputFormat) -> ExitCode {
    let shown = [
        ErrorKind::DisplayHelp,
        ErrorKind::DisplayVersion,
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand,
    ];
    if shown.contains(&error.kind()) {
        let _ = error.print();
    } else {
        complain(&usage_failure(&error.to_string()), format);
    }
    if error.use_stderr() { Exit::Usage.into() } else { ExitCode::SUCCESS }
}

/// The first paragraph of what clap says, and its tip.
fn usage_failure(text: &str) -> Failure {
    let said: Vec<_> = text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
    let said = said.join(" ");
    let message = said.strip_prefix("error: ").unwrap_or(&said);
    let tip = text.lines().find_map(|line| line.trim_start().strip_prefix("tip: "));
    Failure::new(Exit::Usage, message).hint(tip.unwrap_or("keyctl --help"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_clap_says_becomes_one_line() {
        let text =
            "error: the following required arguments were not provided:\n  <KEY>...\n\nUsage: keyctl get\n";
        assert_eq!(
            usage_failure(text).to_string(),
            "keyctl: the following required arguments were not provided: <KEY>... (hint: keyctl --help)"
        );
        let text =
            "error: unexpected argument '--nme' found\n\n  tip: a similar argument exists: '--name'\n\nUsage";
        assert_eq!(
            usage_failure(text).to_string(),
            "keyctl: unexpected argument '--nme' found (hint: a similar argument exists: '--name')"
        );
    }

    #[test]
    fn the_format_of_an_error_is_guessed_from_what_was_typed() {
        let surroundings =
            Surroundings { variable: &|_| None, stdin: &|| Box::new(io::empty()) as Box<dyn Read> };
        let table = [
            (vec!["keyctl", "-o", "json", "nonsense"], OutputFormat::Json),
            (vec!["keyctl", "nonsense", "--output=json"], OutputFormat::Json),
            (vec!["keyctl", "-ojson"], OutputFormat::Json),
            (vec!["keyctl", "-o", "table", "json"], OutputFormat::Table),
            (vec!["keyctl", "json"], OutputFormat::Table),
        ];
        for (words, format) in table {
            let arguments: Vec<_> = words.iter().map(OsString::from).collect();
            assert_eq!(guess_format(&arguments, &surroundings), format, "{words:?}");
        }
    }
}
