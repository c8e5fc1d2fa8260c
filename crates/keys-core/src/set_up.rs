//! The first administrator of an installation that others can reach.
//!
//! Such a server answers nothing until somebody who can read its files has said who administers it: they present a
//! **set-up token**, which the server has left in a file for its user alone. There is no password to begin with, and none
//! to forget to change.

use core::fmt;
use core::str::FromStr;
use core::time::Duration;

use rand_core::TryCryptoRng;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::base64url;
use crate::display::pad;
use crate::hex::{self, Hex};
use crate::rng::{self, RngError};
use crate::session::{ParseTokenError, ParseTokenHashError, token};

token! {
    /// What makes its holder the first administrator: 256 random bits, good for [`LIFETIME`](Self::LIFETIME) and for one
    /// use.
    ///
    /// Text form, for ever: as that of a [`SessionToken`](crate::SessionToken).
    ///
    /// ```
    /// use keys_core::SetUpToken;
    ///
    /// let token = SetUpToken::generate(&mut getrandom::SysRng)?;
    /// assert!(token.hash().is_of(&token.expose_text().parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    SetUpToken,
    /// What is kept of a [`SetUpToken`]: SHA-256 of `keys-core/set-up/1` and its 32 bytes. Text form as that of a
    /// [`SessionHash`](crate::SessionHash).
    SetUpHash, b"keys-core/set-up/1", "SetUpToken(…)", "SetUpHash(…)"
}

impl SetUpToken {
    /// How long it is good for.
    pub const LIFETIME: Duration = Duration::from_secs(30 * 60);
}

impl SetUpHash {
    /// Whether it is the hash of this token, in a time that does not depend on how much of it is right.
    #[must_use]
    pub fn is_of(&self, token: &SetUpToken) -> bool {
        self.as_bytes().ct_eq(token.hash().as_bytes()).into()
    }
}
