//! A new user: the account of a person, and how it logs in.

use askama::Template;
use http::StatusCode;
use keys_core::{AccountKind, LoginName};
use keys_service::{AccountError, AccountRequest, FirstLogIn, Once, PersonRequest};

use super::{back, list, log_in};
use crate::console::form::{Field, Secret, Texts};
use crate::console::frame::{Frame, Section};
use crate::console::notice::Notice;
use crate::console::visit::Visit;
use crate::dialect::handlers::Answer;
use crate::ports::EntropyRng;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/user_add.html")]
struct AddPage {
    frame: Frame,
    list: String,
    typed: Typed,
    once: Option<String>,
    problem: Option<&'static str>,
}

/// What was typed.
struct Typed {
    texts: Texts,
    login: Field,
    password: Secret,
    administrator: bool,
}

impl Typed {
    fn read(visit: &Visit<'_>) -> Result<Self, Problem> {
        Ok(Self {
            texts: Texts::typed(visit)?,
            login: Field::typed(visit, "login")?,
            password: Secret::default(),
            administrator: visit.ticked("administrator")?,
        })
    }

    /// The person, if nothing is wrong, and whether the password was made just now. Without a log-in name there is no
    /// log-in; without a password it is one that nobody chose.
    fn wishes(&mut self, visit: &Visit<'_>) -> Result<Option<(PersonRequest, bool)>, Problem> {
        let texts = self.texts.read();
        let login = self.login.read(|text| text.parse::<LoginName>());
        if self.login.value.is_empty() && !self.password.is_empty() {
            self.login.refuse("a password goes with a log-in name");
        }
        let generates = self.password.is_empty();
        let password = if generates { Some(log_in::generated(visit)?) } else { self.password.read() };
        let (Some((name, description)), Some(password), None) = (texts, password, &self.login.error) else {
            return Ok(None);
        };
        let kind = if self.administrator { AccountKind::Admin } else { AccountKind::User };
        let account = AccountRequest { name, description, kind };
        let log_in = login.map(|login| FirstLogIn { login, password });
        Ok(Some((PersonRequest { account, log_in }, generates)))
    }
}

/// The form. What its address suggests stands in it already.
pub(super) fn page(visit: &Visit<'_>) -> Result<Answer, Problem> {
    form(visit, StatusCode::OK, Typed::read(visit)?, None)
}

fn form(
    visit: &Visit<'_>,
    status: StatusCode,
    typed: Typed,
    problem: Option<&'static str>,
) -> Result<Answer, Problem> {
    let page = AddPage {
        frame: Frame::new(visit, Section::Users, "Add user")?,
        list: list(visit),
        typed,
        once: visit.forms.once.clone(),
        problem,
    };
    Answer::page(status, page.render())
}

/// Makes the account and its log-in in one step, once for each time the form was shown.
pub(super) fn create(visit: &Visit<'_>) -> Result<Answer, Problem> {
    let mut typed = Typed { password: Secret::typed(visit, "password")?, ..Typed::read(visit)? };
    let Some((request, generates)) = typed.wishes(visit)? else {
        return form(visit, StatusCode::UNPROCESSABLE_ENTITY, typed, None);
    };
    let (key, rng) = (visit.call.idempotency.key()?, &mut EntropyRng(visit.call.entropy));
    match visit.call.authority.add_person(visit.outside, &request, key, rng) {
        Ok(Once { made, replayed }) => match request.log_in {
            Some(FirstLogIn { login, password }) if generates => {
                // Sent again, it has made nothing: what was shown then is not known any more.
                let password = Some(password).filter(|_| !replayed);
                log_in::shown(visit, &made, &login, password.as_ref(), StatusCode::CREATED)
            }
            Some(_) | None => Ok(back(visit, Notice::USER_ADDED, Some(made.parts().id))),
        },
        Err(AccountError::NameTaken) => {
            typed.login.refuse(log_in::TAKEN);
            form(visit, StatusCode::UNPROCESSABLE_ENTITY, typed, None)
        }
        // The form was shown once, sent, and changed: it is another request, and gets another name.
        Err(AccountError::AnotherRequest(_)) => form(visit, StatusCode::CONFLICT, typed, Some(ANOTHER)),
        Err(error) => Err(error.into()),
    }
}

const ANOTHER: &str = "A user was added with this form already, and the form was changed since. Nobody was added now: look \
     at the list, and send this form if you want one more.";
