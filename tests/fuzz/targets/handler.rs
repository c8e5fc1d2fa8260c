//! The whole handler: requests as text in, and what holds of every answer.

#![no_main]

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use keys_fuzz::{Asked, Kind, Reply, Script, Shapes, World, hold, mutate};
use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target, fuzzer_mutate};
use tokio::runtime::Builder;

/// Installations that nothing has changed yet: making one costs more than asking one.
struct Fresh {
    runtime: Arc<tokio::runtime::Runtime>,
    shapes: Arc<Shapes>,
    worlds: Vec<World>,
}

impl Fresh {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_time().max_blocking_threads(1).build();
        let runtime = Arc::new(runtime.expect("a runtime"));
        let shapes = Arc::new(Shapes::of(&World::new(Kind::Open, &runtime)));
        Self { runtime, shapes, worlds: Vec::new() }
    }

    fn take(&mut self, kind: Kind) -> World {
        let at = self.worlds.iter().position(|world| world.kind == kind);
        at.map_or_else(|| World::new(kind, &self.runtime), |at| self.worlds.swap_remove(at))
    }
}

/// Whether to print what is asked and answered, for whoever looks into one input.
static SHOW: LazyLock<bool> = LazyLock::new(|| std::env::var_os("KEYS_FUZZ_SHOW").is_some());

fuzz_target!(|text: &[u8]| -> Corpus {
    thread_local!(static FRESH: RefCell<Fresh> = RefCell::new(Fresh::new()));
    let Some(script) = Script::parse(text) else { return Corpus::Reject };
    FRESH.with_borrow_mut(|fresh| {
        let mut world = fresh.take(script.world);
        let before = world.head();
        run(&mut world, &Arc::clone(&fresh.shapes), &script);
        // A failed log-in leaves its traces beside the store.
        if world.head() == before && !script.logs_in() {
            fresh.worlds.push(world);
        }
    });
    Corpus::Keep
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if seed.is_multiple_of(4) {
        return fuzzer_mutate(data, size, max_size);
    }
    let mutated = mutate(&data[..size], seed);
    let size = mutated.len().min(max_size);
    data[..size].copy_from_slice(&mutated[..size]);
    size
});

fn run(world: &mut World, shapes: &Shapes, script: &Script) {
    for step in &script.steps {
        let mut presented = BTreeSet::new();
        let request = step.request(|name, basic| {
            let credential = world.presented(name, basic)?;
            presented.insert(name.to_owned());
            Some(credential)
        });
        let asked = Asked::note(world, &request, &presented);
        let reply = world.send(request);
        if *SHOW {
            show(&asked, &reply);
        }
        hold(world, shapes, &asked, &reply);
    }
}

fn show(asked: &Asked, reply: &Reply) {
    eprintln!("> {} {}\n{:#?}", asked.method, asked.target, asked.headers);
    eprintln!("< {} {:#?}\n{}\n", reply.status, reply.headers, String::from_utf8_lossy(&reply.body));
}
