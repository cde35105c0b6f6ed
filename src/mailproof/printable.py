"""Sanitizes untrusted text for a terminal or a sentence."""

import re
from collections.abc import Sequence

#: A client's credentials in the transcript of a session (RFC 4954): after AUTH, in response to an empty
#: challenge, or after "Password:". Names of mechanisms are not credentials.
_METHOD = r"\bAUTH[ =]{1,9}(?:PLAIN|LOGIN|XOAUTH2|OAUTHBEARER)"
_CLIENT = r"\s{1,9}(?:\W{0,6}(?:In|C|client)\b)?\W{0,6}"
_SIGN_IN = re.compile(
    rf"({_METHOD}[ =]{{1,9}}(?!(?:LOGIN|PLAIN)\b)"
    rf"|{_METHOD}\s{{1,9}}(?:\W{{0,6}}(?:Out|S|server)\b)?\W{{0,6}}334[ -]?(?=[\r\n]){_CLIENT}"
    rf"|\b334[ -]UGFzc3dvcmQ6{_CLIENT})(?:[A-Za-z0-9+/_-]{{4,}}={{0,2}}|[A-Za-z0-9+/_-]{{2,3}}={{1,2}})",
    re.IGNORECASE,
)


def clean(text: str | bytes, limit: int | None = None, replacement: str = "") -> str:
    """The first ``limit`` characters, with control characters and bidirectional overrides replaced.

    They become ``replacement``; if that is empty, they are removed and tabs are kept.
    """
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return "".join(
        c if c.isprintable() or (c == "\t" and not replacement) else replacement for c in plain[:limit]
    )


def without_sign_in(text: str) -> str:
    """Remove the credentials from the transcript of a session."""
    return _SIGN_IN.sub(r"\1…", text)


def one_line(text: str | bytes, limit: int | None = None) -> str:
    """The text on one line, with ``?`` for unprintable characters and ``…`` after the limit."""
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    line = clean(" ".join(plain.split()), replacement="?")
    return f"{line[:limit]}…" if limit is not None and len(line) > limit else line


def listed(names: Sequence[str], last: str = "and") -> str:
    """``a, b and c``."""
    *most, end = names or ("",)
    return f"{', '.join(most)} {last} {end}" if most else end


def first_of(names: Sequence[str], most: int) -> str:
    """``a, b and 7 more``, or ``a, b and c`` without any more."""
    more = len(names) - most
    return f"{', '.join(names[:most])} and {more:,} more" if more > 0 else listed(names)


def counted(count: float, word: str) -> str:
    """A number with its noun, in the plural unless it is one."""
    number = f"{count:,.1f}".removesuffix(".0")
    return f"{number} {word}{'s' if count != 1 else ''}"


def bracketed(host: str) -> str:
    """A host to be followed by a port: IPv6 addresses in brackets."""
    return f"[{host}]" if ":" in host else host


def host_port(host: str, port: int) -> str:
    """``host:port`` or ``[v6]:port``."""
    return f"{bracketed(host)}:{port}"


def address_literal(address: str) -> str:
    """An IP address as an address literal (RFC 5321 section 4.1.3)."""
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
