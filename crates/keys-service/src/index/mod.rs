//! The verification index.
