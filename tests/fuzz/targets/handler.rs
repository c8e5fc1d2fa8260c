//! The whole handler: requests as text in, and what holds of every answer.

#![no_main]

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use keys_fuzz::{Asked, Kind, Reply, Script, Shapes, World, Worlds, hold, mutate};
use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target, fuzzer_mutate};

/// Whether to print what is asked and answered, for whoever looks into one input.
static SHOW: LazyLock<bool> = LazyLock::new(|| std::env::var_os("KEYS_FUZZ_SHOW").is_some());

fuzz_target!(|text: &[u8]| -> Corpus {
    thread_local!(static WORLDS: RefCell<(Worlds, Option<Shapes>)> = RefCell::default());
    let Some(script) = Script::parse(text) else { return Corpus::Reject };
    WORLDS.with_borrow_mut(|(worlds, shapes)| {
        let shapes = shapes.get_or_insert_with(|| Shapes::of(&worlds.take(Kind::Open)));
        let mut world = worlds.take(script.world);
        let before = world.head();
        run(&mut world, shapes, &script);
        // A failed log-in leaves its traces beside the store.
        if world.head() == before && !script.logs_in() {
            worlds.put_back(world);
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
