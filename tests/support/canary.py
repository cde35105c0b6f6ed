"""A secret that servers repeat, its encodings, and a search for it that is independent of the redactor."""

from __future__ import annotations

import base64
import html
import json
import quopri
import re
import urllib.parse
from collections.abc import Callable

USER = "ada@acme.example"
#: Contains characters that every encoding writes differently.
CANARY = 'cAnary&+%7/"Xq9=wZ'

#: The length of the pieces of an encoded secret, and the distance between their starts.
PIECE, STEP = 9, 3


def b64(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


PLAIN = f"\0{USER}\0{CANARY}"
XOAUTH2 = f"user={USER}\x01auth=Bearer {CANARY}\x01\x01"
OAUTHBEARER = f"n,a={USER},\x01host=127.0.0.1\x01port=587\x01auth=Bearer {CANARY}\x01\x01"

#: The secret in the forms that a server may write, by name.
FORMS: dict[str, Callable[[], str]] = {
    "plain": lambda: CANARY,
    "upper": CANARY.upper,
    "lower": CANARY.lower,
    "base64": lambda: b64(CANARY),
    "base64-unpadded": lambda: b64(CANARY + "!").rstrip("="),
    "base64-offset-1": lambda: b64("x" + CANARY),
    "base64-offset-2": lambda: b64("xy" + CANARY + "z"),
    "base64-url": lambda: base64.urlsafe_b64encode(("?>" + CANARY).encode()).decode(),
    "base64-upper": lambda: b64(CANARY).upper(),
    "base64-twice": lambda: b64(b64(PLAIN)),
    "sasl-plain": lambda: b64(PLAIN),
    "sasl-xoauth2": lambda: b64(XOAUTH2),
    "sasl-oauthbearer": lambda: b64(OAUTHBEARER),
    "url": lambda: urllib.parse.quote(CANARY, safe=""),
    "url-all": lambda: "".join(f"%{ord(each):02x}" for each in CANARY),
    "quoted-printable": lambda: quopri.encodestring(CANARY.encode(), quotetabs=True).decode(),
    "quoted-printable-all": lambda: "".join(f"={ord(each):02X}" for each in CANARY),
    "hex": lambda: CANARY.encode().hex(),
    "hex-colons": lambda: CANARY.encode().hex(":").upper(),
    "json": lambda: json.dumps({"error": CANARY}),
    "json-base64": lambda: json.dumps(b64(PLAIN)).replace("/", "\\/"),
    "json-u": lambda: "".join(f"\\u{ord(each):04x}" for each in CANARY),
    "c": lambda: "".join(f"\\x{ord(each):02x}" for each in CANARY),
    "python": lambda: repr(CANARY + "'"),
    "zone-file": lambda: "".join(f"\\{ord(each):03d}" for each in CANARY),
    "html": lambda: html.escape(CANARY),
    "encoded-word": lambda: f"=?utf-8?B?{b64(CANARY)}?=",
    "folded": lambda: f"{CANARY[:9]}\t {CANARY[9:]}",
    "base64-folded": lambda: f"{b64(PLAIN)[:16]} {b64(PLAIN)[16:]}",
}


def _pieces(form: str) -> set[str]:
    flat = re.sub(r"\s", "", form).lower()
    return {flat[at : at + PIECE] for at in range(0, max(1, len(flat) - PIECE + 1), STEP)}


#: Pieces of the encoded secret, independent of the surrounding text.
TRACES = frozenset(
    piece
    for text in (
        CANARY,
        b64(CANARY)[:-3],
        b64(b"\0" + CANARY.encode())[2:-3],
        b64(b"\0\0" + CANARY.encode())[3:-3],
        b64(b64(PLAIN))[30:-4],
        CANARY.encode().hex(),
        *(FORMS[name]() for name in ("url", "url-all", "quoted-printable-all", "json-u", "c", "zone-file")),
    )
    for piece in _pieces(text)
)
#: Encodings that are undone before searching.
_LOOKED_THROUGH: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    urllib.parse.unquote,
    html.unescape,
    lambda text: text.replace('\\"', '"').replace("\\/", "/"),
    lambda text: text.replace(":", ""),
)


def traces(output: str) -> set[str]:
    """The pieces of the secret in an output, in any form, across line ends and indentation."""
    found = set()
    for flat in {"".join(look(output).split()).lower() for look in _LOOKED_THROUGH}:
        found |= {piece for piece in TRACES if piece in flat}
    return found
