//! Gives a program another API key: makes one of the same name, description, owner and expiry, prints the pair once it has
//! been seen to work, and then deactivates the old one.
//!
//! ```text
//! KEYS_ACCESS_KEY=KC… KEYS_SECRET_KEY=… \
//!     cargo run -p keys-api --features client --example replace_key -- http://127.0.0.1:8080 1c7
//! ```
//!
//! The pair in the environment is that of whoever may do so; it may be the key that is replaced. What can go wrong on the
//! way is answered in the order of the steps: until the last of them the old key works.

use std::env;
use std::error::Error;

use keys_api::client::{BaseUrl, Change, Client, Credential, IdempotencyKey, IssuedApiKey, SecretText};
use keys_api::{ApiKey, ApiKeyInput};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(url), Some(old), None) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("usage: replace_key URL KEY".into());
    };
    let url: BaseUrl = url.parse()?;
    let own = Credential::new(env::var("KEYS_ACCESS_KEY")?, env::var("KEYS_SECRET_KEY")?)?;
    let client = Client::new(url.clone()).with_credential(own);

    // Made once under this name, however often the answer is lost on its way.
    let once = IdempotencyKey::new(random_word()?)?;
    let issued = client.create_key(None, &like(client.key(&old)?), &once)?;
    let IssuedApiKey { key, secret_key } = &issued;
    let access_key = key.public_value.as_deref().ok_or("a key without its access key")?;

    // The new one is tried before the old one is gone.
    let tried =
        Client::new(url).with_credential(Credential::new(access_key, secret_key.expose())?).verify()?;
    if tried != key.account_id {
        return Err("the new key is another's".into());
    }
    print_pair(access_key, secret_key);
    // It is where it belongs: nobody need be shown the secret again.
    client.confirm_receipt(None, &once)?;
    client.change_key(&old, Change::Deactivate)?;
    Ok(())
}

/// What asks for a key like another.
fn like(old: ApiKey) -> ApiKeyInput {
    let ApiKey { name, description, account_id, expires_at, .. } = old;
    ApiKeyInput { name, description, account_id, expires_at: expires_at.map(|date| date.as_str().to_owned()) }
}

#[expect(clippy::print_stdout, reason = "this is what the program is for")]
fn print_pair(access_key: &str, secret_key: &SecretText) {
    println!("{access_key} {}", secret_key.expose());
}

/// 128 random bits as text.
fn random_word() -> Result<String, Box<dyn Error>> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
