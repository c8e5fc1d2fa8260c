//! A new pair as other programs want it.
//!
//! Nothing here needs quoting: access keys and secret keys are letters and digits, and an endpoint has only
//! characters that mean nothing to a shell, to JSON or to `.netrc` (checked where it is read).

use keys_core::Credential;
use zeroize::Zeroizing;

use crate::cli::SecretFormat;
use crate::model::IssuedKey;

/// The pair in this form.
pub(super) fn render(issued: &IssuedKey, form: SecretFormat) -> Zeroizing<String> {
    let access_key = issued.key.access_key;
    let secret_key = issued.secret_key.expose();
    let endpoint = issued.endpoint.of_owner(issued.owner);
    Zeroizing::new(match form {
        SecretFormat::Netrc => {
            format!("machine {} login {access_key} password {secret_key}\n", issued.endpoint.host)
        }
        SecretFormat::Curl => format!("curl -u {access_key}:{secret_key} {endpoint}\n"),
        SecretFormat::Env => format!(
            "export KEYCTL_URL={endpoint}\n\
             export KEYCTL_ACCESS_KEY={access_key}\n\
             export KEYCTL_SECRET_KEY={secret_key}\n\
             export RANCHER_URL={endpoint}\n\
             export RANCHER_ACCESS_KEY={access_key}\n\
             export RANCHER_SECRET_KEY={secret_key}\n"
        ),
        // The file that a container sees holds the pair and nothing else.
        SecretFormat::DockerSecret => format!("{}{access_key}_{secret_key}", Credential::JOINED_PREFIX),
        SecretFormat::Json => format!(
            "{{\"accessKey\":\"{access_key}\",\"secretKey\":\"{secret_key}\",\"url\":\"{endpoint}\"}}\n"
        ),
    })
}
