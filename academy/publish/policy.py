"""The Content-Security-Policy, the same bytes on every page.

Instant navigation keeps the first page's policy, so a page's own hashes would not be enough: every page carries the
sorted union of the hashes of all inline scripts of the site, and that of the sandbox frame, which inherits it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable

# The script type decides whether the browser runs it; JSON blocks are data and need no hash.
_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.IGNORECASE | re.DOTALL)
_TYPE = re.compile(r"""\btype\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_SOURCE = re.compile(r"\bsrc\s*=", re.IGNORECASE)
_EXECUTABLE = {"", "module", "text/javascript", "application/javascript"}
_HEAD = re.compile(r"<head\b[^>]*>\s*(<meta charset=[^>]*>)?", re.IGNORECASE)


def script_hash(source: str) -> str:
    """The source expression that allows one inline script (CSP level 3, section 2.3.1)."""
    return "'sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode() + "'"


def inline_scripts(html: str) -> Iterable[str]:
    """The sources of the scripts that the browser would run from the page itself."""
    for attributes, source in _SCRIPT.findall(html):
        kind = _TYPE.search(attributes)
        if not _SOURCE.search(attributes) and (kind.group(1).lower() if kind else "") in _EXECUTABLE:
            yield source


def policy(hashes: Iterable[str]) -> str:
    """The policy of every page. Material and KaTeX write style attributes, hence 'unsafe-inline' for styles only."""
    scripts = " ".join(["'self'", "'wasm-unsafe-eval'", *sorted(set(hashes))])
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "frame-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
        ]
    )


def with_policy(html: str, content: str) -> str:
    """The page with the policy as the first thing in its head that acts (the character set stays before it)."""
    tag = f'<meta http-equiv="Content-Security-Policy" content="{content}">'
    found = _HEAD.search(html)
    if not found:
        raise ValueError("no <head> to put the policy into")
    return html[: found.end()] + tag + html[found.end() :]
