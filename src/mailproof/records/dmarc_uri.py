"""The report destinations of a DMARC record: ``rua`` and ``ruf`` (RFC 9989 sections 4.6 and 4.8)."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from mailproof.model import DmarcUri, Tag, TagProblem
from mailproof.records.tags import WSP, value_span

MAX_URIS = 50
_SCHEMES = ("mailto", "https", "http")
_SIZE = re.compile(r"![0-9]+[kmgtKMGT]?\Z")
#: Characters that no URI has as they are (RFC 3986 section 2).
_NOT_ALLOWED = re.compile(r"[^!-~]|[\"<>\\^`{|}]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
#: The local part of an address, in quotation marks or not (RFC 5322 section 3.4.1, RFC 6532).
_LOCAL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+|\".*\"")
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\Z")


def parse_uris(tag: Tag | None) -> tuple[tuple[DmarcUri, ...], tuple[TagProblem, ...]]:
    """The URIs of ``rua`` or ``ruf`` in order, and their problems. Never raises.

    A URI with a ``problem`` is syntactically invalid and is ignored by receivers. None of the problems is
    fatal: ``bad-uri``, ``unsupported-scheme`` (valid, but receivers need only support mailto),
    ``obsolete-size`` (``!10m``, ignored), ``too-many-uris``.
    """
    if tag is None:
        return (), ()
    uris: list[DmarcUri] = []
    problems: list[TagProblem] = []
    position, stop = value_span(tag)
    for part in tag.value.split(",", MAX_URIS):
        start = position + len(part) - len(part.lstrip(WSP))
        text = part.strip(WSP)
        position += len(part) + 1
        if len(uris) == MAX_URIS:
            message = f"{tag.name}= lists more than {MAX_URIS} destinations"
            problems.append(TagProblem("too-many-uris", message, start, stop, False))
            break
        uri, size = _parse_uri(text, start)
        uris.append(uri)
        if uri.problem:
            end = max(uri.end, start)
            message = f"the {tag.name}= destination {text[:60]!r} is invalid: {uri.problem}"
            problems.append(TagProblem("bad-uri", message, start, end, False))
        elif uri.scheme not in _SCHEMES:
            message = f"receivers need not support {uri.scheme}: in {tag.name}="
            problems.append(TagProblem("unsupported-scheme", message, start, uri.end, False))
        if size:
            message = f"the size limit {size} in {tag.name}= was removed by RFC 9989 and is ignored"
            problems.append(TagProblem("obsolete-size", message, uri.end, uri.end + len(size), False))
    return tuple(uris), tuple(problems)


def uri_domain(uri: DmarcUri) -> str:
    """The host that receives the reports, in lower case; "" for an invalid URI or an unknown scheme."""
    if uri.problem or uri.scheme not in _SCHEMES:
        return ""
    host = uri.address.rpartition("@")[2] if uri.scheme == "mailto" else uri.address
    return host.lower().rstrip(".")


def _parse_uri(text: str, start: int) -> tuple[DmarcUri, str]:
    size = ""
    if match := _SIZE.search(text):
        size = match.group()
        text = text[: match.start()]
    end = start + len(text)
    match = _SCHEME.match(text)
    if match is None:
        problem = "it is empty" if not text else "it has no scheme such as mailto:"
        return DmarcUri(text, "", "", start, end, problem), size
    scheme = match.group(1).lower()
    rest = text[match.end() :]
    if "!" in text:
        problem = "an exclamation mark must be written as %21"
    elif _NOT_ALLOWED.search(text):
        problem = "it contains a space or another character that is not allowed in a URI"
    elif scheme == "mailto":
        written = rest.partition("?")[0]
        address = unquote(written)
        problem = _address_problem(address if "@" in written else written)
        return DmarcUri(text, scheme, address, start, end, problem), size
    elif scheme in ("https", "http"):
        host = _host(text)
        return DmarcUri(text, scheme, host, start, end, "" if host else "it names no host"), size
    else:
        problem = "" if rest else "nothing follows the scheme"
    return DmarcUri(text, scheme, rest, start, end, problem), size


def _address_problem(address: str) -> str:
    local, at, domain = address.rpartition("@")
    if not at or not local:
        return "it is not an e-mail address"
    if address.lower().startswith("mailto:"):
        return "mailto: appears twice"
    if local.startswith("//"):
        return "there is // between mailto: and the address"
    if "@" in local and not local.startswith('"'):
        return "it has two @ signs"
    if not _LOCAL.fullmatch(local):
        return f"{local[:60]!r} is not the name of a mailbox"
    if domain.endswith("."):
        return "a domain has no dot at its end here"
    labels = domain.split(".")
    if len(domain) > 253 or not all(_LABEL.match(label) for label in labels):
        return f"{domain[:60]!r} is not a domain name"
    return ""


def _host(text: str) -> str:
    try:
        return (urlsplit(text).hostname or "").lower()
    except ValueError:
        return ""
