#![doc = include_str!("../README.md")]

mod bounds;
mod documented;
mod furnish;
mod kind;
mod mutate;
mod request;
mod rules;
mod tags;
mod world;
mod worlds;

pub use bounds::Bounds;
pub use kind::Kind;
pub use mutate::mutate;
pub use request::{Script, Step};
pub use rules::{Asked, Shapes, hold};
pub use world::{Key, Reply, World};
pub use worlds::Worlds;
