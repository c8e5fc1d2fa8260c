//! The typed blocking client.
