//! One request, one answer.

use std::error::Error;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use ureq::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderName, HeaderValue};
use ureq::http::{Method, Request, Response};
use ureq::tls::TlsConfig;
use ureq::{Agent, Body};
use zeroize::Zeroizing;

use super::base_url::BaseUrl;
use super::credential::Credential;
use super::error::{ClientError, Refusal};
use super::resources::id;
use super::roots::Roots;
use crate::{ErrorObject, ProblemDetails};

/// A client of one server, with or without a credential. See the [module](super).
///
/// A proxy is taken from the environment as usual (`HTTPS_PROXY`, `NO_PROXY`), but never for this machine.
#[derive(Debug, Clone)]
pub struct Client {
    agent: Agent,
    url: BaseUrl,
    credential: Option<Credential>,
    within: Option<String>,
}

/// The most bytes of an answer that are read: a page of the longest keys has fewer.
const LONGEST_ANSWER: u64 = 64 * 1024 * 1024;
const TIME_TO_CONNECT: Duration = Duration::from_secs(10);
const TIME_TO_ANSWER: Duration = Duration::from_secs(60);

/// An answer below status 400.
pub(super) struct Answer<T> {
    pub(super) body: T,
    /// `X-API-Account-Id`: whom the server took the caller for.
    pub(super) account_id: Option<String>,
    /// `X-API-Secret-Available: false`: what was made before is told of without its secret.
    pub(super) secret_is_gone: bool,
    /// `ETag`: what tells this state of the document from others.
    pub(super) tag: Option<HeaderValue>,
}

impl Client {
    /// A client that presents no credential.
    #[must_use]
    pub fn new(url: BaseUrl) -> Self {
        Self { agent: agent(&url, TlsConfig::default()), url, credential: None, within: None }
    }

    /// The client, trusting servers that these certificates vouch for, and no others; without it, those that a public
    /// certificate authority vouches for.
    #[must_use]
    pub fn with_roots(self, roots: &Roots) -> Self {
        let tls = TlsConfig::builder().root_certs(roots.certificates()).build();
        Self { agent: agent(&self.url, tls), ..self }
    }

    /// The client, presenting this credential with every request.
    #[must_use]
    pub fn with_credential(self, credential: Credential) -> Self {
        Self { credential: Some(credential), ..self }
    }

    /// The client, asking for keys inside this environment: a person sees the keys of an environment there, and elsewhere
    /// its own.
    ///
    /// # Errors
    ///
    /// [`ClientError::InvalidId`].
    pub fn inside(&self, project: &str) -> Result<Self, ClientError> {
        Ok(Self { within: Some(id(project)?.to_owned()), ..self.clone() })
    }

    /// Where keys are asked for, below `/v1`.
    pub(super) fn apikeys(&self) -> String {
        match &self.within {
            Some(project) => format!("/projects/{project}/apikeys"),
            None => "/apikeys".to_owned(),
        }
    }

    /// The address of the server.
    #[must_use]
    pub const fn url(&self) -> &BaseUrl {
        &self.url
    }

    pub(super) fn get<T: DeserializeOwned>(&self, path: &str) -> Result<Answer<T>, ClientError> {
        self.exchange(Method::GET, path, &[], None)
    }

    pub(super) fn delete<T: DeserializeOwned>(&self, path: &str) -> Result<Answer<T>, ClientError> {
        self.exchange(Method::DELETE, path, &[], None)
    }

    pub(super) fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<Answer<T>, ClientError> {
        self.exchange(Method::POST, path, &[], Some(to_json(body)))
    }

    pub(super) fn put<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<Answer<T>, ClientError> {
        self.exchange(Method::PUT, path, &[], Some(to_json(body)))
    }

    /// Gets a path beside `/v1`.
    pub(super) fn get_beside<T: DeserializeOwned>(&self, path: &str) -> Result<Answer<T>, ClientError> {
        self.exchange_at(Method::GET, format!("{}{path}", self.url), &[], None)
    }

    /// As [`get_beside`](Self::get_beside), inside the environment of the client.
    pub(super) fn get_beside_inside<T: DeserializeOwned>(
        &self,
        path: &str,
    ) -> Result<Answer<T>, ClientError> {
        self.exchange_at(Method::GET, format!("{}{path}", self.url), &self.environment()?, None)
    }

    /// As [`post_beside`](Self::post_beside), inside the environment of the client.
    pub(super) fn post_beside_inside<T: DeserializeOwned>(
        &self,
        path: &str,
        body: Vec<u8>,
    ) -> Result<Answer<T>, ClientError> {
        self.exchange_at(Method::POST, format!("{}{path}", self.url), &self.environment()?, Some(body))
    }

    /// What names the environment where no path does.
    fn environment(&self) -> Result<Vec<(HeaderName, HeaderValue)>, ClientError> {
        let Some(project) = &self.within else { return Ok(Vec::new()) };
        let value = HeaderValue::from_str(project).map_err(|_| ClientError::InvalidId)?;
        Ok(vec![(HeaderName::from_static("x-api-project-id"), value)])
    }

    /// Posts to a path beside `/v1`.
    pub(super) fn post_beside<T: DeserializeOwned>(
        &self,
        path: &str,
        body: Vec<u8>,
    ) -> Result<Answer<T>, ClientError> {
        self.exchange_at(Method::POST, format!("{}{path}", self.url), &[], Some(body))
    }

    /// Sends one request for a path below `/v1` and reads its answer.
    pub(super) fn exchange<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        headers: &[(HeaderName, HeaderValue)],
        body: Option<Vec<u8>>,
    ) -> Result<Answer<T>, ClientError> {
        self.exchange_at(method, format!("{}{path}", self.url.api()), headers, body)
    }

    fn exchange_at<T: DeserializeOwned>(
        &self,
        method: Method,
        url: String,
        headers: &[(HeaderName, HeaderValue)],
        body: Option<Vec<u8>>,
    ) -> Result<Answer<T>, ClientError> {
        let response = self.send(method, url, headers, body)?;
        let status = response.status().as_u16();
        let said = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        let account_id = said("x-api-account-id").map(str::to_owned);
        let tag = response.headers().get(ETAG).cloned();
        let secret_is_gone = said("x-api-secret-available") == Some("false");
        if (300..400).contains(&status) {
            return Err(ClientError::not_the_authority(Some(status), "a redirect"));
        }
        let body = read(response)?;
        if status >= 400 {
            return Err(self.refusal(status, &body));
        }
        match serde_json::from_slice(&body) {
            Ok(body) => Ok(Answer { body, account_id, secret_is_gone, tag }),
            Err(_) => Err(ClientError::not_the_authority(Some(status), "another kind of document")),
        }
    }

    /// Sends one request whose answer says nothing but that it was carried out.
    pub(super) fn command(
        &self,
        method: Method,
        url: String,
        headers: &[(HeaderName, HeaderValue)],
        body: Option<Vec<u8>>,
    ) -> Result<(), ClientError> {
        let response = self.send(method, url, headers, body)?;
        match response.status().as_u16() {
            204 => Ok(()),
            status if status >= 400 => Err(self.refusal(status, &read(response)?)),
            status => Err(ClientError::not_the_authority(Some(status), "an answer of another kind")),
        }
    }

    fn send(
        &self,
        method: Method,
        url: String,
        headers: &[(HeaderName, HeaderValue)],
        body: Option<Vec<u8>>,
    ) -> Result<Response<Body>, ClientError> {
        let mut request = Request::builder().method(method).uri(url).header(ACCEPT, "application/json");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        if let Some(credential) = &self.credential {
            let mut value = HeaderValue::from_str(&credential.authorization())
                .map_err(|error| ClientError::Unreachable(error.into()))?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        let sent = match body {
            Some(body) => request
                .header(CONTENT_TYPE, "application/json")
                .body(body)
                .map_err(ureq::Error::from)
                .and_then(|request| self.agent.run(request)),
            None => request.body(()).map_err(ureq::Error::from).and_then(|request| self.agent.run(request)),
        };
        sent.map_err(transport_error)
    }

    /// What an answer of status 400 or above means.
    fn refusal(&self, status: u16, body: &[u8]) -> ClientError {
        let object =
            serde_json::from_slice::<ErrorObject>(body).ok().filter(|error| error.type_name == "error");
        let refusal = object.map(Refusal::from);
        // Beside the dialect.
        let refusal =
            refusal.or_else(|| serde_json::from_slice::<ProblemDetails>(body).ok().map(Refusal::from));
        match refusal {
            Some(_) if status == 401 => ClientError::Unauthenticated { presented: self.credential.is_some() },
            Some(refusal) => ClientError::Refused(Box::new(Refusal { status, ..refusal })),
            None => ClientError::not_the_authority(Some(status), "an error of another kind"),
        }
    }
}

fn agent(url: &BaseUrl, tls: TlsConfig) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_idle_connections(0)
        .timeout_connect(Some(TIME_TO_CONNECT))
        .timeout_global(Some(TIME_TO_ANSWER))
        .tls_config(tls)
        .user_agent(concat!("keys-api/", env!("CARGO_PKG_VERSION")));
    let config = if url.is_loopback() { config.proxy(None) } else { config };
    config.build().into()
}

pub(super) fn to_json(body: &impl Serialize) -> Vec<u8> {
    // Inputs are structs of optional texts: they have no way to fail.
    serde_json::to_vec(body).unwrap_or_default()
}

fn read(mut response: Response<Body>) -> Result<Zeroizing<Vec<u8>>, ClientError> {
    let body = response.body_mut().with_config().limit(LONGEST_ANSWER).read_to_vec();
    match body {
        Ok(body) => Ok(Zeroizing::new(body)),
        Err(ureq::Error::BodyExceedsLimit(_)) => {
            Err(ClientError::not_the_authority(None, "an answer without an end"))
        }
        Err(error) => Err(ClientError::NoAnswer(cause(error))),
    }
}

/// Whether the request may have reached the server decides what a caller may conclude.
fn transport_error(error: ureq::Error) -> ClientError {
    if matches!(error, ureq::Error::Protocol(_)) {
        ClientError::not_the_authority(None, "something that is not HTTP")
    } else if never_sent(&error) {
        ClientError::Unreachable(cause(error))
    } else {
        ClientError::NoAnswer(cause(error))
    }
}

/// What happened, without the words of the library between.
fn cause(error: ureq::Error) -> Box<dyn Error + Send + Sync> {
    if let ureq::Error::Io(error) = error { error.into() } else { error.into() }
}

/// Whether TLS failed before anything was sent: the certificate is not good, or the other side speaks no TLS.
///
/// The library gives these as texts inside an I/O error. A text that is not known here is taken for a failure that may
/// have come later, which is the safe side.
fn is_failed_handshake(error: &std::io::Error) -> bool {
    let text = error.to_string();
    error.kind() == std::io::ErrorKind::InvalidData
        && ["invalid peer certificate", "received corrupt message of type InvalidContentType"]
            .iter()
            .any(|known| text.starts_with(known))
}

/// Whether the server's name has no address. The standard library has no kind for it, and a text of its own.
fn is_failed_lookup(error: &std::io::Error) -> bool {
    error.to_string().starts_with("failed to lookup address information")
}

fn never_sent(error: &ureq::Error) -> bool {
    use std::io::ErrorKind::{AddrNotAvailable, ConnectionRefused, HostUnreachable, NetworkUnreachable};

    if let ureq::Error::Timeout(timeout) = error {
        return matches!(timeout, ureq::Timeout::Resolve | ureq::Timeout::Connect);
    }
    if let ureq::Error::Io(error) = error {
        let kinds = [ConnectionRefused, HostUnreachable, NetworkUnreachable, AddrNotAvailable];
        return kinds.contains(&error.kind()) || is_failed_lookup(error) || is_failed_handshake(error);
    }
    matches!(
        error,
        ureq::Error::HostNotFound
            | ureq::Error::ConnectionFailed
            | ureq::Error::ConnectProxyFailed(_)
            | ureq::Error::InvalidProxyUrl
            | ureq::Error::Tls(_)
            | ureq::Error::Rustls(_)
            | ureq::Error::BadUri(_)
            | ureq::Error::Http(_)
    )
}
