//! keys-service
