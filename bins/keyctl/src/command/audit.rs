//! `audit`.

use keys_core::{KeyId, Timestamp};

use crate::authority::{Authority, EventFilter, KeyName};
use crate::cli::Audit;
use crate::exit::{Exit, Failure};
use crate::moment::Moment;
use crate::output::Answer;

pub(super) fn run(authority: &dyn Authority, audit: &Audit, now: Timestamp) -> Result<Answer, Failure> {
    let instant = |moment: Option<Moment>, option: &str| {
        let at = moment.map(|moment| moment.at(now)).transpose();
        at.map_err(|error| Failure::new(Exit::Usage, format!("{option}: {error}")))
    };
    // One that is not there is an error, not an empty list.
    let found = |name: &KeyName| authority.key(name).map(|key| key.id);
    let key = |name: &Option<KeyName>| name.as_ref().map(found).transpose() as Result<Option<KeyId>, Failure>;
    let filter = EventFilter {
        since: instant(audit.since, "--since")?,
        until: instant(audit.until, "--until")?,
        key: key(&audit.key)?,
        with: key(&audit.with)?,
        owner: audit.owner,
        by: audit.by,
        action: audit.action,
    };
    let most = usize::try_from(audit.limit).unwrap_or(usize::MAX);
    authority.events(&filter, most).map(Answer::Events)
}
