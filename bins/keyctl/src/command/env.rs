//! `env create`, `env list`, `env edit`.

use crate::authority::Authority;
use crate::cli::{EnvCreate, EnvEdit};
use crate::exit::Failure;
use crate::output::Answer;

pub(super) fn create(authority: &dyn Authority, create: EnvCreate) -> Result<Answer, Failure> {
    let name = create.name.map(super::name).transpose()?.flatten();
    let description = create.description.map(super::description).transpose()?.flatten();
    authority.create_environment(name, description).map(|made| Answer::Environment(Box::new(made)))
}

pub(super) fn list(authority: &dyn Authority) -> Result<Answer, Failure> {
    authority.environments().map(Answer::Environments)
}

pub(super) fn edit(authority: &dyn Authority, edit: EnvEdit) -> Result<Answer, Failure> {
    let texts = super::typed_edit(edit.texts)?;
    // Asked for first, so that a missing one is said in the same words everywhere.
    let environment = authority.environment(edit.environment)?;
    authority.edit_environment(environment.id, texts).map(|edited| Answer::Environment(Box::new(edited)))
}
