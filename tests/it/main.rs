//! outside tests
