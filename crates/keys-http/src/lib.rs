//! keys-http
