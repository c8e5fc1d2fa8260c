"""A server of the pages that show every part of the web page: `crates/keys-http/src/pages/gallery.rs` makes them.

Their snapshots are answered as the product would, policy and all; what is asked of it and sent to it is kept.
"""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

CRATE = Path(__file__).resolve().parents[2] / "crates" / "keys-http"

ASSETS = {
    "/assets/pages.css": ("text/css", "pages.css"),
    "/assets/pages.js": ("text/javascript", "pages.js"),
    "/assets/htmx.js": ("text/javascript", "htmx/htmx.min.js"),
    "/assets/icon.svg": ("image/svg+xml", "icon.svg"),
}

# Any other page.
ELSEWHERE = """<!doctype html><html lang="en"><link rel="icon" href="/assets/icon.svg"><title>Elsewhere</title>
<main><h1>Elsewhere</h1></main></html>"""


def page(name):
    """The policy and the text of a page."""
    path = CRATE / "src" / "pages" / "snapshots" / f"keys_http__pages__gallery__{name}.snap"
    head, text = path.read_text(encoding="utf-8").split("---\n", 2)[2].split("\n\n", 1)
    return head.removeprefix("Content-Security-Policy: "), text


class Gallery:
    """What the name of a key says is what becomes of the form that is sent with it."""

    def __init__(self):
        self.sent = []
        # Assets that do not load.
        self.missing = set()
        gallery = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self, status, kind, text, **headers):
                body = text.encode()
                self.send_response(status)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Cache-Control", "no-store")
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(body)

            def page(self, name, status=200):
                policy, text = page(name)
                self.answer(status, "text/html", text, Content_Security_Policy=policy)

            def go(self, path):
                self.answer(303, "text/html", "", Location=path)

            def do_GET(self):
                address = urlsplit(self.path)
                query = parse_qs(address.query)
                if address.path in ASSETS and address.path not in gallery.missing:
                    kind, file = ASSETS[address.path]
                    self.answer(200, kind, (CRATE / "assets" / file).read_text(encoding="utf-8"))
                elif address.path == "/list" and query.get("search") == ["session"]:
                    self.go("/login")
                elif address.path == "/list":
                    self.page("list_none" if query.get("search") == ["nobody"] else "list")
                elif address.path in ("/add", "/others"):
                    self.page(address.path[1:])
                elif address.path in gallery.missing:
                    self.answer(404, "text/plain", "")
                else:
                    self.answer(200, "text/html", ELSEWHERE)

            def do_POST(self):
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                gallery.sent.append((self.path, form))
                wanted = form.get("name", [""])[0]
                if self.path != "/add":
                    self.page("others") if self.path.startswith("/selected") else self.go(f"/list?done={self.path[1:]}")
                elif wanted in ("wrong", "moved", "session"):
                    self.page("add_wrong", 422) if wanted == "wrong" else self.go(
                        "/others" if wanted == "moved" else "/login"
                    )
                elif wanted == "broken":
                    self.answer(500, "text/html", "<!doctype html><main><p role=alert>The disk is full.</p></main>")
                elif wanted == "lost":
                    self.close_connection = True
                else:
                    self.page("made", 201)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # A browser that goes on does not wait for the end of an answer.
        self.server.handle_error = lambda *_: None
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
