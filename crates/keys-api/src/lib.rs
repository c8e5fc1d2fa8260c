//! keys-api
