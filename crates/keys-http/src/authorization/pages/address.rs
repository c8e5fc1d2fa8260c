//! The addresses of places: one for each thing that they can be about.

use keys_core::{AccountId, EnvironmentId, KeyId, MemberId};

use super::rules::{self, Addresses};
use crate::authorization::rules::Thing;
use crate::authorization::world::{Owner, Target, World};
use crate::console::Place;
use crate::console::rooms::{Environments, Keys, Members, Whose};
use crate::dialect::grammar::{self, Route};

/// The environments that are asked for.
pub(super) const ENVIRONMENTS: [Owner; 6] =
    [Owner::A, Owner::B, Owner::Inactive, Owner::Removed, Owner::Administrator, Owner::Nobody];

/// An address of a place.
#[derive(Debug)]
pub(super) struct Address {
    pub(super) place: Place,
    pub(super) within: Option<Owner>,
    /// What it is about.
    pub(super) target: Option<Target>,
    /// Who of that, if it is about a member.
    pub(super) member: Option<Target>,
}

/// Everything that addresses are about.
pub(super) struct Things {
    keys: Vec<Target>,
    environments: Vec<Target>,
    members: Vec<Target>,
    accounts: Vec<Target>,
}

impl Things {
    /// What is no id of the kind leads to no place.
    pub(super) fn of(world: &World) -> Self {
        let of = |thing, is_id: fn(&str) -> bool| {
            world.targets(thing).into_iter().filter(|target| is_id(&target.id)).collect()
        };
        Self {
            keys: of(Thing::Key, |id| id.parse::<KeyId>().is_ok()),
            environments: of(Thing::Environment, |id| id.parse::<EnvironmentId>().is_ok()),
            members: of(Thing::Member, |id| id.parse::<MemberId>().is_ok()),
            accounts: of(Thing::Account, |id| id.parse::<AccountId>().is_ok()),
        }
    }
}

impl Address {
    const fn new(place: Place) -> Self {
        Self { place, within: None, target: None, member: None }
    }

    fn about(place: Place, target: &Target) -> Self {
        Self { target: Some(target.clone()), ..Self::new(place) }
    }

    /// Every address of a place.
    pub(super) fn all(addresses: &Addresses, things: &Things) -> Vec<Self> {
        match addresses {
            Addresses::One(place) => vec![Self::new(place.clone())],
            Addresses::InEach(place) => {
                each().map(|(owner, id)| Self { within: Some(owner), ..Self::new(place(id)) }).collect()
            }
            Addresses::AmongKeys(place @ Keys::Selected(_)) => Self::of_keys(things, |_| *place),
            Addresses::AmongKeys(place) => {
                let of = |(within, whose)| Self { within, ..Self::new(Place::Keys(whose, *place)) };
                whose().map(of).collect()
            }
            Addresses::OfKeys(step) => Self::of_keys(things, |key| Keys::One(key, *step)),
            Addresses::OfEnvironments(step) => {
                let of = |environment: &Target| {
                    let place = Environments::One(environment.id.parse().unwrap(), *step);
                    Self::about(Place::Environments(place), environment)
                };
                things.environments.iter().map(of).collect()
            }
            Addresses::AmongMembers(place) => {
                let of = |environment: &Target| {
                    let place = Environments::Members(environment.id.parse().unwrap(), *place);
                    Self::about(Place::Environments(place), environment)
                };
                things.environments.iter().map(of).collect()
            }
            Addresses::OfMembers(step) => {
                let of = |(environment, member): (&Target, &Target)| {
                    let place = Members::One(member.id.parse().unwrap(), *step);
                    let place = Environments::Members(environment.id.parse().unwrap(), place);
                    let about = Self::about(Place::Environments(place), environment);
                    Self { member: Some(member.clone()), ..about }
                };
                let members = |environment| things.members.iter().map(move |member| (environment, member));
                things.environments.iter().flat_map(members).map(of).collect()
            }
            Addresses::OfAccounts(place) => {
                let of = |account: &Target| Self::about(place(account.id.parse().unwrap()), account);
                things.accounts.iter().map(of).collect()
            }
        }
    }

    /// One for each key, wherever keys are.
    fn of_keys(things: &Things, place: impl Fn(KeyId) -> Keys) -> Vec<Self> {
        let of = |(within, whose)| {
            let address = |key: &Target| {
                let place = Place::Keys(whose, place(key.id.parse().unwrap()));
                Self { within, ..Self::about(place, key) }
            };
            things.keys.iter().map(address).collect::<Vec<_>>()
        };
        whose().flat_map(of).collect()
    }

    /// The path; that it means this place is asserted.
    pub(super) fn path(&self) -> String {
        let within = self.within.map(|owner| owner.id().to_owned());
        assert_eq!(rules::environment(&self.place).map(|id| id.to_string()), within);
        let named = [&self.target, &self.member].into_iter().flatten().map(|target| target.id.clone());
        let mut path = self.place.template().to_owned();
        for id in within.into_iter().chain(named) {
            path = path.replacen("{id}", &id, 1);
        }
        if self.place != Place::Home {
            assert_eq!(grammar::parse(&path).route.unwrap(), Route::Console(self.place.clone()), "{path}");
        }
        path
    }

    /// What it is about, for people.
    pub(super) fn of(&self) -> String {
        match (&self.target, &self.member) {
            (None, _) => String::new(),
            (Some(target), Some(member)) if target.owner == member.owner => member.name.to_owned(),
            (Some(target), Some(_)) if target.owner != Owner::Nobody => {
                format!("whoever is no member of {}", target.name)
            }
            (Some(target), _) => target.name.to_owned(),
        }
    }
}

/// The environments, with their ids.
fn each() -> impl Iterator<Item = (Owner, EnvironmentId)> {
    ENVIRONMENTS.into_iter().map(|owner| (owner, owner.id().parse().unwrap()))
}

/// Wherever there are keys.
fn whose() -> impl Iterator<Item = (Option<Owner>, Whose)> {
    each().map(|(owner, id)| (Some(owner), Whose::Environment(id))).chain([(None, Whose::Own)])
}
