"""Authentication-Results (RFC 8601) and Received-SPF (RFC 7208 section 9.1), in every dialect seen so far."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mailproof.model import AuthenticationResults, AuthMethod, AuthProperty
from mailproof.records.header_text import Token, decode_words, tokenize
from mailproof.structs import replace

#: More methods than this in one header are not read.
MAX_METHODS = 200
_INSTANCE = re.compile(r"i\s*=\s*\d{1,4}\Z")
_PROPERTY = re.compile(r"(?:(?:header|smtp|policy|body)\.[a-z-]{1,40}|from)=", re.IGNORECASE)
_ID_AND_PROPERTY = re.compile(
    r"([\w-]{1,63}(?:\.[\w-]{1,63}){1,20}) (?=(?:(?:header|smtp)\.[a-z-]{1,40}|from)=)", re.IGNORECASE
)
_ENCODED = re.compile(r"(?:\s*=\?[^?\s]{1,60}\?[bq]\?[^?\s]{0,2000}\?=)+\s*", re.IGNORECASE)
_SPF_KEYS = {
    "client-ip": ("policy", "client-ip"),
    "envelope-from": ("smtp", "mailfrom"),
    "helo": ("smtp", "helo"),
    "receiver": ("policy", "receiver"),
    "identity": ("policy", "identity"),
}


def parse_authentication_results(value: str) -> AuthenticationResults:
    """Parse the value of an Authentication-Results or ARC-Authentication-Results header.

    ``trusted`` is left False: the header can't say who is trusted. A missing authserv-id (as in Microsoft's)
    becomes "" and a problem. Never raises.
    """
    authserv_id, problem, segments = _head(_segments(tokenize(_plain_text(value), ";", literals=False)))
    loose: list[AuthProperty] = []
    methods: list[AuthMethod] = []
    for segment in segments[:MAX_METHODS]:
        plain = _plain(segment)
        if plain.lower() in ("", "none"):
            continue
        if _PROPERTY.match(plain):
            loose += _properties(_pairs(_words(segment)))[:20]
            continue
        method = _method(segment)
        if method is None:
            problem = problem or f"{plain[:60]!r} is not a result (method=result)"
            continue
        if method.method in _SPF_KEYS and methods and methods[-1].method == "spf":
            # Amazon writes the keys of Received-SPF after ";".
            key = AuthProperty(*_SPF_KEYS[method.method], method.result)
            methods[-1] = replace(methods[-1], properties=(*methods[-1].properties, key))
            continue
        if loose and not method.properties:
            method = replace(method, properties=tuple(loose))
            loose = []
        methods.append(method)
    return AuthenticationResults(
        authserv_id=authserv_id, trusted=False, methods=tuple(methods), raw=value, problem=problem
    )


def _head(segments: list[list[Token]]) -> tuple[str, str, list[list[Token]]]:
    """The authserv-id, what is wrong with it, and the segments of results."""
    head = _plain(segments[0])
    if _INSTANCE.match(head):
        segments = segments[1:]  # the i= of ARC (RFC 8617 section 4.1.1)
        head = _plain(segments[0]) if segments else ""
    if found := _ID_AND_PROPERTY.match(head):
        # Yahoo's older form: the signature's properties come before its result.
        return found[1], "", [_words(segments[0])[1:], *segments[1:]]
    if "=" in head and not any(token.kind == "quoted" for token in segments[0][:1]):
        return "", "there is no authserv-id, so the results can't be attributed to a server", segments
    if not head:
        return "", "there is no authserv-id", segments[1:]
    name, *version = [token.text for token in _words(segments[0])]
    problem = ""
    if version and version[0] != "1":
        problem = f"{' '.join(version)[:60]!r} after the authserv-id is not a known version"
    return name, problem, segments[1:]


def parse_received_spf(value: str) -> AuthenticationResults:
    """Parse a Received-SPF header into a single SPF result. ``receiver=`` becomes the authserv-id."""
    tokens = tokenize(_plain_text(value), ";", literals=False)
    words = _words(tokens)
    comment = next((token.text for token in tokens if token.kind == "comment"), "")
    if not words:
        return AuthenticationResults("", False, raw=value, problem="there is no result in it")
    properties: list[AuthProperty] = []
    authserv_id = ""
    for key, text in _pairs([token for token in words[1:] if token.text != ";" or token.kind != "special"]):
        ptype, name = _SPF_KEYS.get(key.lower(), ("policy", key.lower()))
        properties.append(AuthProperty(ptype, name, text))
        if key.lower() == "receiver":
            authserv_id = text
    method = AuthMethod("spf", words[0].text.lower(), properties=tuple(properties), comment=comment)
    return AuthenticationResults(authserv_id, False, (method,), raw=value)


def _plain_text(value: str) -> str:
    """The value, decoded if it consists of encoded words only (Microsoft, for non-ASCII domains)."""
    return decode_words(value) if _ENCODED.fullmatch(value) else value


def _segments(tokens: tuple[Token, ...]) -> list[list[Token]]:
    segments: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind == "special":
            segments.append([])
        else:
            segments[-1].append(token)
    return segments


def _words(tokens: Iterable[Token]) -> list[Token]:
    """The tokens that are not comments."""
    return [token for token in tokens if token.kind != "comment"]


def _plain(segment: list[Token]) -> str:
    return " ".join([token.text for token in _words(segment)])


def _method(segment: list[Token]) -> AuthMethod | None:
    """One ``method=result [reason=…] [ptype.property=value …]``."""
    pairs = _pairs(_words(segment))
    if not pairs or not pairs[0][0] or not pairs[0][1]:
        return None
    (name, result), rest = pairs[0], pairs[1:]
    reasons = [value for key, value in rest if key.lower() == "reason"]
    properties = _properties([pair for pair in rest if pair[0].lower() != "reason"] if reasons else rest)
    comment = " ".join([token.text for token in segment if token.kind == "comment"])
    return AuthMethod(
        method=name.partition("/")[0].lower(),
        result=result.lower(),
        reason=reasons[0] if reasons else "",
        properties=tuple(properties),
        comment=comment,
    )


def _properties(pairs: list[tuple[str, str]]) -> list[AuthProperty]:
    properties: list[AuthProperty] = []
    for key, value in pairs:
        if key:
            key = key.lower()
            ptype, dot, prop = key.partition(".")
            if key == "from":  # Yahoo's older form
                ptype, prop = "header", "from"
            elif not dot:
                ptype, prop = _SPF_KEYS.get(ptype, ("", ptype))
            properties.append(AuthProperty(ptype, prop, value))
    return properties


def _pairs(tokens: list[Token]) -> list[tuple[str, str]]:
    """``key=value`` pairs; white space (left by comments) is allowed around ``=``, ``.`` and ``/``.

    A word outside any pair becomes ``("", word)``.
    """
    pairs: list[tuple[str, str]] = []
    index, count = 0, len(tokens)
    while index < count:
        text = tokens[index].text
        index += 1
        if tokens[index - 1].kind == "quoted":
            pairs.append(("", text))
            continue
        while "=" not in text and index < count and tokens[index].kind == "word":
            following = tokens[index].text
            if following[0] not in "=./" and text[-1] not in "./":
                break
            text += following
            index += 1
        key, equals, value = text.partition("=")
        if not equals:
            pairs.append(("", text))
            continue
        if index < count and not value and _is_value(tokens[index]):
            value = tokens[index].text
            index += 1
        if (
            index < count
            and tokens[index].start == tokens[index - 1].end
            and tokens[index - 1].kind != tokens[index].kind
        ):
            value += tokens[index].text  # a quoted local part: "a b"@acme.example
            index += 1
        pairs.append((key, value))
    return pairs


def _is_value(token: Token) -> bool:
    """Whether a token can be the value of the preceding key rather than the next key."""
    return token.kind == "quoted" or "=" not in token.text or "@" in token.text
