//! Access control, switched off and on until the server is killed.

use std::sync::mpsc::channel;
use std::thread;

use keys_core::Action;
use keys_tests::TestServer;
use rand_chacha::ChaCha8Rng;
use serde_json::json;

use super::Moment;
use super::belief::Belief;
use super::journal::Journal;
use super::session::{NoAnswer, Session};

const SETTING: &str = "/v1/settings/api.security.enabled";
const TARGET: &str = "setting/api.security.enabled";

/// Switches access control off and on until the server is killed. Returns what may be believed of it.
pub(super) fn switch_until_killed(
    session: &Session,
    server: TestServer,
    rng: &mut ChaCha8Rng,
    journal: &mut Journal,
) -> Belief<bool> {
    let moment = Moment::choose(rng);
    let (acknowledged, heard) = channel();
    let mut on = Belief::new(true);
    thread::scope(|scope| {
        scope.spawn(|| {
            // The sender goes with the thread, so that the killer does not wait for a worker that is gone.
            let acknowledged = acknowledged;
            while switch(session, &mut on, journal).is_ok() {
                let _ = acknowledged.send(());
            }
        });
        moment.wait(&heard);
        server.kill();
    });
    on
}

fn switch(session: &Session, on: &mut Belief<bool>, journal: &mut Journal) -> Result<(), NoAnswer> {
    let next = !on.certain().expect("a worker stops at what is unknown");
    on.ask(next);
    let body = json!({ "value": next.to_string() });
    session.noted(journal, (Action::ChangeSetting, TARGET), "PUT", SETTING, &body)?;
    on.acknowledge();
    assert_eq!(session.accepts_strangers()?, !next, "access control after it was acknowledged as {next}");
    Ok(())
}

/// Compares, and switches access control on again.
pub(super) fn check(session: &Session, mut on: Belief<bool>, journal: &mut Journal) {
    let enforced = !session.accepts_strangers().expect("an answer");
    on.settle(enforced).unwrap_or_else(|lost| panic!("lost: access control: {lost}"));
    journal.compared();
    if !enforced {
        switch(session, &mut on, journal).expect("an answer");
    }
}
