//! The shell that api-ui is put into: a page whose script is somebody else's and shows the document by itself.
//!
//! Rancher v1 answered browsers with it always; here it takes the place of our own pages once the setting
//! `api.ui.js.url` is put. What api-ui 1.0.4 needs of the page, and so of the policy, is in
//! `docs/decisions/0023-another-api-page.md`.

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keys_service::ApiUi;
use serde_json::Value;

use super::View;
use super::assets::Asset;
use super::script::Script;
use crate::ports::Entropy;

/// What the script calls whoever presents a pair: a text for a shell, never a pair.
const CURL_USER: &str = "${CATTLE_ACCESS_KEY}:${CATTLE_SECRET_KEY}";

/// The page to be shown in place of ours.
#[derive(Debug, Clone)]
pub(crate) struct Shell {
    ui: ApiUi,
    /// Marks the one script of this answer that stands in the page itself.
    nonce: String,
}

#[derive(Template)]
#[template(path = "shell.html")]
struct Page<'a> {
    script: &'a str,
    stylesheet: Option<&'a str>,
    icon: String,
    nonce: &'a str,
    globals: Script,
    json: Option<String>,
}

impl Shell {
    /// The shell of one answer; `None` when the random source fails, and then our own pages are shown.
    pub(crate) fn new(ui: ApiUi, entropy: &dyn Entropy) -> Option<Self> {
        let mut bytes = [0; 16];
        entropy.fill(&mut bytes).ok()?;
        Some(Self { ui, nonce: STANDARD.encode(bytes) })
    }

    /// Writes the page of a document; `None` when the request named no host, so that no address can be given.
    pub(super) fn page(&self, view: &View, body: &[u8]) -> Option<String> {
        let document = Script::json(std::str::from_utf8(body).ok()?);
        let page = Page {
            script: self.ui.script.as_str(),
            stylesheet: self.ui.stylesheet.as_ref().map(|url| url.as_str()),
            icon: Asset::Icon.path(),
            nonce: &self.nonce,
            globals: self.globals(view, &document)?,
            json: view.raw(),
        };
        page.render().ok()
    }

    /// The variables the script looks for.
    fn globals(&self, view: &View, document: &Script) -> Option<Script> {
        let text = |text: &str| Script::value(&Value::from(text));
        let mut globals = Script::default();
        globals.assign("schemas", &text(&view.schemas()?));
        globals.assign("user", &view.name().map_or_else(|| Script::value(&Value::Null), text));
        globals.assign("curlUser", &text(CURL_USER));
        if let Some(descriptions) = view.descriptions() {
            globals.assign("docJson", &text(&descriptions));
        }
        globals.assign("bootstrap", &Script::value(&self.bootstrap(view)));
        globals.assign("data", document);
        Some(globals)
    }

    /// Where api-ui 1.0.4 finds Bootstrap, which it takes from a public host unless told otherwise: beside the script,
    /// where later versions look for it by themselves. From the page's own origin it would run it by `eval`, which the
    /// policy refuses; there the script must bring Bootstrap along.
    fn bootstrap(&self, view: &View) -> Value {
        let origin = self.ui.script.origin();
        match origin.filter(|origin| !view.is_at(origin)) {
            Some(_) => Value::from(self.ui.script.folder()),
            None => Value::from(false),
        }
    }

    /// What the page may load and run: the script, the stylesheet and what is beside them on their hosts, the script in
    /// the page itself, and the handlers in attributes that every button of api-ui is made of. It speaks to this server
    /// only.
    pub(super) fn policy(&self) -> String {
        let script = self.ui.script.origin().unwrap_or("'self'");
        let stylesheet = self.ui.stylesheet.as_ref().map(|url| url.origin().unwrap_or("'self'"));
        let looks = match stylesheet {
            Some(stylesheet) if stylesheet != script => format!("{script} {stylesheet}"),
            Some(_) | None => script.to_owned(),
        };
        let nonce = &self.nonce;
        format!(
            "default-src 'none'; script-src 'nonce-{nonce}' {script}; script-src-attr 'unsafe-inline'; \
             style-src {looks}; style-src-attr 'unsafe-inline'; font-src {looks}; img-src 'self' {looks}; \
             connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
    }
}
