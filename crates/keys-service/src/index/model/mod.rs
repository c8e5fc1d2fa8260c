//! The index itself, on shuttle's locks: every run is one interleaving of a writer and some requests, chosen at random.
//!
//! This is the code that production runs, over the store in memory; only the locks are others, and single rules can
//! be switched off. With all rules tens of thousands of interleavings find nothing; without one, few are needed.
//! The protocol alone, in all its states, is enumerated in `tests/index_model`.
//!
//! ```text
//! cargo test -p keys-service index::model -- --nocapture
//! ```

mod locks;
mod scenes;
mod store;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, FailurePersistence, Runner};

use self::locks::Checked;
use self::scenes::Scene;

/// Interleavings of each scene and scheduler with all rules on: 28,000 together.
const CLEAN: usize = 2_000;
/// Interleavings within which a rule switched off must be found, in one of the schedulers.
const BOUND: usize = 5_000;

#[test]
fn with_all_rules_no_interleaving_goes_wrong() {
    for scene in Scene::ALL {
        for found in
            [run(random(CLEAN), move || scene.play::<0>()), run(pct(CLEAN), move || scene.play::<0>())]
        {
            assert_eq!(found, None, "{scene:?}");
        }
    }
}

/// Each rule switched off, and the scene in which that shows.
macro_rules! switched_off {
    ($($test:ident: $number:literal in $scene:expr;)*) => {
        $(
            #[test]
            fn $test() {
                let found = run(random(BOUND), || $scene.play::<$number>())
                    .or_else(|| run(pct(BOUND), || $scene.play::<$number>()));
                let Some((interleavings, violation)) = found else {
                    panic!("nothing was found in {BOUND} interleavings");
                };
                println!("{}: {violation}, after {interleavings} interleavings", stringify!($test));
            }
        )*

        /// A rule that is added is to be switched off here as well.
        #[test]
        fn every_rule_is_switched_off_somewhere() {
            assert_eq!([$($number,)*].len(), Checked::<0>::SWITCHES);
        }
    };
}

switched_off! {
    without_hiding: 1 in Scene::ReloadRaces;
    without_the_floor: 2 in Scene::Races;
    without_landing_in_one_step: 3 in Scene::Races;
    without_joiners_using_what_landed: 4 in Scene::Races;
    without_forgetting: 5 in Scene::UnknownOutcome;
    without_telling_hidden_from_absent: 6 in Scene::CompleteWhileChanging;
    without_noticing_a_loss: 7 in Scene::CompleteWhileFull;
    without_one_snapshot: 8 in Scene::Races;
}

/// Plays until something goes wrong: after how many interleavings, and what.
fn run<S: Scheduler + 'static>(
    scheduler: S,
    play: impl Fn() + Send + Sync + 'static,
) -> Option<(usize, String)> {
    let mut config = Config::new();
    config.failure_persistence = FailurePersistence::None;
    config.silence_warnings = true;
    let played = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&played);
    let runner = Runner::new(scheduler, config);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        runner.run(move || {
            counter.fetch_add(1, Ordering::Relaxed);
            play();
        })
    }));
    outcome.err().map(|panic| {
        let words = panic.downcast::<String>().map_or_else(|_| String::from("a panic"), |words| *words);
        (played.load(Ordering::Relaxed), words)
    })
}

fn random(interleavings: usize) -> RandomScheduler {
    RandomScheduler::new_from_seed(0x6b65_7973, interleavings)
}

fn pct(interleavings: usize) -> PctScheduler {
    PctScheduler::new_from_seed(0x6b65_7973, 4, interleavings)
}
