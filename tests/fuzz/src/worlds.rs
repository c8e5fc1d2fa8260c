//! Installations that nothing has changed yet: making one costs more than asking one.

use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};

use crate::furnish::Origin;
use crate::kind::Kind;
use crate::world::World;

/// Where installations come from.
pub struct Worlds {
    runtime: Arc<Runtime>,
    origins: Vec<Origin>,
    unchanged: Vec<World>,
}

impl std::fmt::Debug for Worlds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worlds").finish_non_exhaustive()
    }
}

impl Default for Worlds {
    fn default() -> Self {
        let runtime = Builder::new_current_thread().enable_time().max_blocking_threads(1).build();
        let runtime = Arc::new(runtime.expect("a runtime"));
        Self { runtime, origins: Kind::ALL.map(Origin::new).into(), unchanged: Vec::new() }
    }
}

impl Worlds {
    /// One that is run in this way.
    pub fn take(&mut self, kind: Kind) -> World {
        if let Some(at) = self.unchanged.iter().position(|world| world.kind == kind) {
            return self.unchanged.swap_remove(at);
        }
        let origin = self.origins.iter().find(|origin| origin.kind == kind).expect("each kind has one");
        World::new(origin, &self.runtime)
    }

    /// Puts one back that nothing has changed.
    pub fn put_back(&mut self, world: World) {
        self.unchanged.push(world);
    }
}
