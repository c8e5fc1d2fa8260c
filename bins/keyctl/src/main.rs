//! keyctl
fn main() {}
