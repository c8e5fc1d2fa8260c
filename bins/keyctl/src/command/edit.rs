//! `edit`.

use crate::authority::Authority;
use crate::cli::Edit;
use crate::exit::Failure;
use crate::output::Answer;

pub(super) fn run(authority: &dyn Authority, edit: Edit) -> Result<Answer, Failure> {
    let texts = super::typed_edit(edit.texts)?;
    let key = authority.key(&edit.key)?;
    authority.edit_key(key.id, texts).map(|key| Answer::Key(Box::new(key)))
}
