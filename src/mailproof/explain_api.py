"""Explains the response of a provider's API that did not accept a message, as pasted from a log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from mailproof.data.api_errors import ApiError, api_errors
from mailproof.model import ApiCause, BounceCause, BounceReply

#: Characters of a text; longer ones are not API errors.
MAX_REPLY = 20_000
#: Causes shown if several providers use a code.
MAX_CAUSES = 3
_UNNAMED = "the provider"
_STATUS = re.compile(
    r"\bHTTP(?:/[0-9.]{1,3})?[ :]{1,3}([1-5][0-9]{2})\b|\"status(?:Code)?\"\s*:\s*([1-5][0-9]{2})\b"
)
#: Names of JSON fields that hold an error's name or number.
_CODES = frozenset(
    ("__type", "code", "name", "error", "errorcode", "errors", "reason", "status", "erroridentifier")
)
#: Patterns that identify a provider by its name or by fields that only it uses.
_SPEAKERS: dict[str, tuple[str, str]] = {
    "ses": ("Amazon SES", r"amazonses|amazonaws|\bses\b|\"__type\"|x-amzn"),
    "mailgun": ("Mailgun", r"mailgun"),
    "sendgrid": ("SendGrid", r"sendgrid"),
    "postmark": ("Postmark", r"postmark|\"ErrorCode\"\s*:\s*[0-9]"),
    "resend": ("Resend", r"\bresend(?:\.com|\b)"),
    "brevo": ("Brevo", r"brevo|sendinblue"),
    "mailjet": ("Mailjet", r"mailjet|\"ErrorIdentifier\""),
    "sparkpost": ("SparkPost", r"sparkpost"),
    "cloudflare": ("Cloudflare", r"cloudflare"),
    "graph": ("Microsoft Graph", r"graph\.microsoft|microsoftonline|AADSTS[0-9]|innerError"),
    "gmail": ("the Gmail API", r"googleapis|gmail api"),
    "postal": ("Postal", r"\bpostal\b"),
}
_SENTENCES: dict[ApiCause, tuple[str, str]] = {
    "key": ("API001", "{who} does not accept the key, or the key lacks a permission."),
    "region": ("API002", "The key or the domain is of another region, host or path of {who}."),
    "sender": ("API003", "{who} has not verified the From domain or address."),
    "sandbox": ("API004", "The account may send to few addresses only: it is in the sandbox, or a trial."),
    "quota": ("API005", "A limit of the account is reached."),
    "suppressed": ("API006", "The recipient is on the provider's own suppression list."),
    "server": ("API010", "The provider's server failed."),
    "recipient": ("API011", "{who} does not send to this recipient."),
    "content": ("API011", "{who} does not take the message or one of its fields."),
    "account": ("API013", "The account is suspended, paused or not activated."),
}


def explain_api(text: str) -> BounceReply | None:
    """Explain a provider's API response; None if it is not recognized as one."""
    if len(text) > MAX_REPLY:
        return None
    found = _STATUS.search(text)
    status = int(found[1] or found[2]) if found else 0
    data = _json(text)
    codes = frozenset(_codes(data))
    named = [kind for kind, (_, words) in _SPEAKERS.items() if re.search(words, text, re.IGNORECASE)]
    if not named and data is None:
        return None
    causes = list(_causes(text.lower(), status, codes, named, answer=data is not None))
    if not causes:
        return None
    who = causes[0].who if len({cause.who for cause in causes}) == 1 else ""
    who = "HTTP API" if who == _UNNAMED else who
    return BounceReply(text, code=status, speaker=who, causes=tuple(causes[:MAX_CAUSES]))


def _causes(
    said: str, status: int, codes: frozenset[str], named: list[str], *, answer: bool
) -> Iterator[BounceCause]:
    """Yield one cause per provider: by code or words if it is named, else by a code specific to it."""
    seen: set[str] = set()
    for each in api_errors().error:
        if each.provider in seen or (each.provider == "*" and seen):
            continue
        code = next((known for known in each.codes if known.lower() in codes), "")
        word = next((known for known in each.words if known in said), "")
        if (each.codes and not code) or (each.words and not word) or (each.statuses and not status):
            continue
        if each.statuses and status not in each.statuses:
            continue
        if each.provider == "*":
            if answer or (named and status):
                seen.add("*")
                yield _cause(each, named[0] if len(named) == 1 else "", f"HTTP {status}", certain=False)
        elif each.provider in named or (not named and code and not code.isdigit()):
            seen.add(each.provider)
            certain = each.provider in named and bool(code or word)
            phrase = f"error {code}" if code.isdigit() else code or word or f"HTTP {status}"
            yield _cause(each, each.provider, phrase, certain=certain)


def _cause(error: ApiError, provider: str, phrase: str, *, certain: bool) -> BounceCause:
    who = _SPEAKERS[provider][0] if provider else _UNNAMED
    rule, sentence = _SENTENCES[error.cause]
    cause = sentence.format(who=who)
    return BounceCause(
        id=f"api-{error.provider.replace('*', 'http')}-{error.cause}",
        who=who,
        cause=cause[0].upper() + cause[1:],
        fix=f"{error.fix}.",
        next="mailproof probe --dry-run",
        checks=(rule,),
        source=api_errors().sources[error.source],
        certain=certain,
        degree="certain" if certain else "likely",
        phrase=phrase,
    )


def _json(text: str) -> Any:
    """The first JSON object in the text, if any."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        return None
    try:
        return msgspec.json.decode(text[start : end + 1].encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        return None


def _codes(data: Any, name: str = "", depth: int = 0) -> Iterator[str]:
    """Yield the values of all fields named in ``_CODES``, in lower case."""
    if depth > 6:
        return
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _codes(value, str(key).lower(), depth + 1)
    elif isinstance(data, list):
        for value in data[:50]:
            yield from _codes(value, name, depth + 1)
    elif name in _CODES and isinstance(data, (str, int)):
        yield str(data).rpartition("#")[2].lower()
