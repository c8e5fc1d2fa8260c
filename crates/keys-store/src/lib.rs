//! keys-store
