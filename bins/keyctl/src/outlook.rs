//! What would become of things: the answer of `--dry-run`.

use std::fmt;

use crate::exit::Failure;

/// What would become of each, and how that would end.
#[derive(Debug)]
pub(crate) struct Rehearsed {
    /// Each, in the order it would be done in.
    pub(crate) outlooks: Vec<Outlook>,
    /// Why it would fail, if it would.
    pub(crate) refusal: Option<Failure>,
}

/// What would become of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outlook {
    /// Which.
    pub(crate) id: String,
    /// What it is called.
    pub(crate) name: Option<String>,
    /// How it is.
    pub(crate) state: String,
    /// How it would be.
    pub(crate) becomes: String,
    /// Why it would stay as it is, if it would be refused.
    pub(crate) refusal: Option<String>,
}

impl Outlook {
    /// A thing as it is, of which nothing would become.
    pub(crate) fn of(id: impl fmt::Display, name: Option<&str>, state: impl fmt::Display) -> Self {
        let state = state.to_string();
        let name = name.map(str::to_owned);
        Self { id: id.to_string(), name, becomes: state.clone(), state, refusal: None }
    }

    /// It would become this.
    #[must_use]
    pub(crate) fn becoming(self, state: impl fmt::Display) -> Self {
        Self { becomes: state.to_string(), ..self }
    }

    /// It would stay, because of this.
    #[must_use]
    fn staying(self, why: &str) -> Self {
        let own = format!("{}: ", self.id);
        let why = why.strip_prefix(&own).unwrap_or(why).to_owned();
        Self { refusal: Some(why), ..self }
    }
}

impl Rehearsed {
    /// One after the other, as they would be changed, until one is refused. What is so already is none of these where it
    /// counts as done.
    pub(crate) fn each<T>(
        things: &[T],
        idempotent: bool,
        as_it_is: impl Fn(&T) -> Outlook,
        foresee: impl Fn(&T) -> Result<String, Failure>,
    ) -> Self {
        let mut rehearsed = Self { outlooks: Vec::with_capacity(things.len()), refusal: None };
        for thing in things {
            let outlook = as_it_is(thing);
            rehearsed.outlooks.push(match (&rehearsed.refusal, foresee(thing)) {
                (Some(_), _) => outlook.staying("not reached"),
                (None, Ok(state)) => outlook.becoming(state),
                (None, Err(refusal)) if refusal.is_already_so() && idempotent => outlook,
                (None, Err(refusal)) => {
                    let outlook = outlook.staying(refusal.message());
                    rehearsed.refusal = Some(refusal.and("this was a --dry-run, which changes nothing"));
                    outlook
                }
            });
        }
        rehearsed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;

    fn rehearse(idempotent: bool) -> Rehearsed {
        let foresee = |thing: &u8| match thing {
            1 => Ok("inactive".to_owned()),
            2 => Err(Failure::already_so("1c2: the key is already inactive")),
            _ => Err(Failure::new(Exit::Conflict, "1c3: cannot")),
        };
        Rehearsed::each(&[1, 2, 3, 1], idempotent, |n| Outlook::of(format!("1c{n}"), None, "active"), foresee)
    }

    #[test]
    fn it_goes_on_until_one_is_refused() {
        let rehearsed = rehearse(false);
        let whys: Vec<_> = rehearsed
            .outlooks
            .iter()
            .map(|outlook| (&*outlook.becomes, outlook.refusal.as_deref()))
            .collect();
        assert_eq!(
            whys,
            [
                ("inactive", None),
                ("active", Some("the key is already inactive")),
                ("active", Some("not reached")),
                ("active", Some("not reached")),
            ]
        );
        assert!(rehearsed.refusal.is_some_and(|refusal| refusal.exit() == Exit::Conflict));
    }

    #[test]
    fn what_is_so_already_may_count_as_done() {
        let rehearsed = rehearse(true);
        let whys: Vec<_> = rehearsed.outlooks.iter().map(|outlook| outlook.refusal.as_deref()).collect();
        assert_eq!(whys, [None, None, Some("cannot"), Some("not reached")]);
    }
}
