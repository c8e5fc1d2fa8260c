#![doc = include_str!("../README.md")]

mod documented;
mod mutate;
mod request;
mod rules;
mod tags;
mod world;

pub use mutate::mutate;
pub use request::{Script, Step};
pub use rules::{Asked, Shapes, hold};
pub use world::{Key, Kind, Reply, World};
