"""The one page shown before anything else: a form for the passcode, in plain HTML without scripts."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from urllib.parse import quote

from starlette.responses import HTMLResponse

_STYLE = """
:root{color-scheme:light dark;--paper:#fbf9f6;--raised:#fff;--line:#8d857a;--ink:#211e1a;--ink-2:#5d564d;
--accent:#b4540a;--accent-ink:#fff;--bad:#b42318}
@media (prefers-color-scheme:dark){:root{--paper:#171513;--raised:#1f1c19;--line:#7d746a;--ink:#f1ece4;
--ink-2:#b8afa3;--accent:#f0a35e;--accent-ink:#241305;--bad:#fb8a7d}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px;background:var(--paper);
color:var(--ink);font:16px/1.5 "Inter Variable",Inter,system-ui,sans-serif}
main{width:100%;max-width:360px}
h1{font-size:22px;font-weight:650;letter-spacing:-.01em;margin:0 0 4px}
p{margin:0 0 20px;color:var(--ink-2)}
label{display:block;font-weight:550;margin-bottom:6px}
input{width:100%;font:inherit;color:inherit;background:var(--raised);border:1px solid var(--line);
border-radius:10px;padding:10px 12px}
button{width:100%;margin-top:14px;font:inherit;font-weight:600;color:var(--accent-ink);
background:var(--accent);border:0;border-radius:10px;padding:11px 14px;cursor:pointer}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.bad{color:var(--bad);margin:10px 0 0}
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; base-uri 'none'"
_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Lumora: log in</title><link rel="icon" href="data:,"><style>{style}</style></head>
<body><main>
<h1>Lumora</h1>
<p>This workspace is private. Enter its passcode.</p>
<form method="post" action="/login?next={next}">
<label for="passcode">Passcode</label>
<input id="passcode" name="passcode" type="password" autocomplete="current-password" required autofocus
 maxlength="1024" autocapitalize="none" spellcheck="false"{described}>
{problem}
<button type="submit">Log in</button>
</form>
</main></body></html>
"""
_BOUNCE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Lumora</title>
<meta http-equiv="refresh" content="0;url={url}"></head>
<body><a href="{url}">Continue to Lumora</a></body></html>
"""


def page(target: str, *, problem: str = "", status: int = 200) -> HTMLResponse:
    """The form; on success it leads to the path `target`. `problem` is read out to screen readers."""
    text = _PAGE.format(
        style=_STYLE,
        next=escape(quote(target, safe="/")),
        described=' aria-invalid="true" aria-describedby="problem"' if problem else "",
        problem=f'<p class="bad" id="problem" role="alert">{escape(problem)}</p>' if problem else "",
    )
    return HTMLResponse(text, status, {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"})


def bounce(url: str) -> HTMLResponse:
    """Status 401 and a page that goes on to `url` by itself.

    A browser withholds a SameSite=Strict cookie from a link on another site, through redirects too; a
    step from our own page brings it back.
    """
    return HTMLResponse(_BOUNCE.format(url=escape(url)), 401, {"Cache-Control": "no-store"})
