//! What happens at once.

use std::num::NonZeroUsize;
use std::sync::Arc;

use keys_core::{EnvironmentTransition, Transition};
use keys_store::fault::{Call, Calls, Fault};
use shuttle::thread;

use super::world::World;

/// A writer and some requests.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scene {
    /// A key is deactivated, activated and deactivated while requests come.
    Races,
    /// A key is deactivated while the index is filled and requests come.
    FillingRaces,
    /// A key is deactivated while it is read anew, as after a slow proof.
    ReloadRaces,
    /// The environment is deactivated, activated and deactivated.
    OwnerRaces,
    /// The outcome of the deactivation is unknown; it happened.
    UnknownOutcome,
    /// The index is complete, or being filled, while the key is edited.
    CompleteWhileChanging,
    /// The index has room for one key, and is filled while another is issued.
    CompleteWhileFull,
}

impl Scene {
    pub(super) const ALL: [Self; 7] = [
        Self::Races,
        Self::FillingRaces,
        Self::ReloadRaces,
        Self::OwnerRaces,
        Self::UnknownOutcome,
        Self::CompleteWhileChanging,
        Self::CompleteWhileFull,
    ];

    /// Plays the scene once, in the interleaving the scheduler chooses. Panics when something is wrong.
    pub(super) fn play<const OFF: usize>(self) {
        match self {
            Self::Races => perform(World::<OFF>::new(None), &[races_writer, twice, twice, ask]),
            Self::FillingRaces => perform(World::<OFF>::new(None), &[deactivator, filler, twice]),
            Self::ReloadRaces => perform(World::<OFF>::new(None), &[deactivator, anew, anew, anew]),
            Self::OwnerRaces => perform(World::<OFF>::new(None), &[owner_writer, twice, twice]),
            Self::UnknownOutcome => {
                let world = World::<OFF>::new(None);
                let unknown = Fault::Unknown { happened: true };
                world.store.faults().inject(Calls::Only(Call::Commit), 0, unknown);
                perform(world, &[unknown_writer, twice, twice]);
            }
            Self::CompleteWhileChanging => {
                perform(World::<OFF>::new(None), &[editor, filler, twice]);
            }
            Self::CompleteWhileFull => {
                perform(World::<OFF>::new(NonZeroUsize::new(1)), &[issuer, filler, twice]);
            }
        }
    }
}

type Task<const OFF: usize> = fn(&World<OFF>);

fn perform<const OFF: usize>(world: World<OFF>, tasks: &[Task<OFF>]) {
    let world = Arc::new(world);
    let tasks: Vec<_> = tasks
        .iter()
        .map(|task| {
            let (world, task) = (Arc::clone(&world), *task);
            thread::spawn(move || task(&world))
        })
        .collect();
    for task in tasks {
        task.join().unwrap();
    }
    // What is left behind must be right as well.
    world.verify();
}

fn races_writer<const OFF: usize>(world: &World<OFF>) {
    for transition in [Transition::Deactivate, Transition::Activate, Transition::Deactivate] {
        world.move_key(transition);
    }
}

fn deactivator<const OFF: usize>(world: &World<OFF>) {
    world.move_key(Transition::Deactivate);
}

fn owner_writer<const OFF: usize>(world: &World<OFF>) {
    use EnvironmentTransition::{Activate, Deactivate};
    for transition in [Deactivate, Activate, Deactivate] {
        world.move_environment(transition);
    }
}

fn unknown_writer<const OFF: usize>(world: &World<OFF>) {
    world.move_key(Transition::Deactivate);
    world.ask_again();
    world.verify();
}

fn editor<const OFF: usize>(world: &World<OFF>) {
    world.edit_key();
    world.edit_key();
}

fn issuer<const OFF: usize>(world: &World<OFF>) {
    world.issue_another();
    world.edit_key();
}

fn filler<const OFF: usize>(world: &World<OFF>) {
    world.index.fill(&world.store).unwrap();
}

fn ask<const OFF: usize>(world: &World<OFF>) {
    world.ask_again();
    world.verify();
}

fn anew<const OFF: usize>(world: &World<OFF>) {
    world.verify_key_anew();
    world.verify_key();
}

fn twice<const OFF: usize>(world: &World<OFF>) {
    world.verify();
    world.verify();
}
