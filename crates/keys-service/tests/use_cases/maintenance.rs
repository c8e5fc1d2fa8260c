//! What can be done without the pepper.

use std::sync::Arc;

use keys_core::{AccessControl, DenyReason, EnvironmentTransition, LifecycleState, Name, Transition};
use keys_service::{Edit, EnvironmentRequest, Maintenance, Patch};
use keys_store::KeyStore as _;

use crate::support::{House, administrator, config, environment, open};

#[test]
fn without_the_pepper_everything_but_a_new_key_can_be_changed() {
    let mut house = House::new();
    let key = house.issue(&administrator());
    house.authority.set_access_control(&administrator(), AccessControl::On).unwrap();
    let peppers = house.store.peppers().unwrap();

    let context = administrator();
    let maintenance = Maintenance::open(Arc::clone(&house.store) as _, &mut house.rng).unwrap();
    let rename = Edit { name: Patch::Set(Some(Name::new("found").unwrap())), ..Edit::default() };
    maintenance.edit_key(&context, key.id(), rename.clone()).unwrap();
    maintenance.edit_environment(&context, environment("1a5"), rename).unwrap();
    let stop = EnvironmentTransition::Deactivate;
    maintenance.transition_environment(&context, environment("1a5"), stop).unwrap();
    maintenance.create_environment(&context, EnvironmentRequest::default(), &mut house.rng).unwrap();
    maintenance.set_access_control(&context, AccessControl::Off).unwrap();
    let stopped = maintenance.transition_key(&context, key.id(), Transition::Deactivate).unwrap();
    assert_eq!(stopped.parts().lifecycle.state(), LifecycleState::Inactive);
    assert_eq!(house.store.peppers().unwrap(), peppers, "its own pepper is recorded nowhere");

    let next = House { authority: open(Arc::clone(&house.store) as _, config()), ..house };
    assert_eq!(next.authority.access_control(), AccessControl::Off);
    assert_eq!(next.verdict(&key.credential), Err(DenyReason::Inactive));
}
