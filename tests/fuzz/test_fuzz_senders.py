"""No API response and no message makes reading or writing fail in an undocumented way."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproof.config import Credential
from mailproof.credentials import Secret
from mailproof.data.api_errors import api_error
from mailproof.errors import CredentialError, UsageError
from mailproof.mail.http_exchange import Response
from mailproof.mail.senders.api import Api, Keys, Mail, Unreadable
from mailproof.mail.senders.catalogue import api_of
from mailproof.mail.senders.oauth import token_of
from tests.support.providers import CASES, FROM, MESSAGE, TO, Case
from tests.support.providers_more import MORE

#: Field names of the APIs' responses, and others.
NAMES = st.sampled_from(
    (
        *("message", "Message", "id", "errors", "code", "description", "ErrorCode", "MessageID", "MessageId"),
        *("Messages", "Status", "To", "Errors", "success", "result", "permanent_bounces", "status", "data"),
        *("message_id", "results", "total_accepted_recipients", "error", "reason", "messageId", "field"),
        *("ErrorMessage", "access_token", "name", "__type"),
    )
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=12,
)
BODIES = JSON.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=60)
STATUSES = st.sampled_from((200, 201, 202, 204, 299, 400, 401, 403, 404, 422, 429, 500, 503))
ALL = (*CASES, *MORE)


def api(case: Case) -> Api:
    chosen = case.settings("https://api.example")
    keys = Keys(
        *(Secret("key") if isinstance(each, Credential) else None for each in (chosen.key, chosen.token))
    )
    return api_of(case.kind)(chosen, keys)


def mail(raw: bytes) -> Mail:
    return Mail(raw, FROM, (TO,), datetime(2026, 11, 26, tzinfo=UTC))


@pytest.mark.parametrize("case", ALL, ids=[case.kind for case in ALL])
@given(status=STATUSES, body=BODIES)
@settings(max_examples=25)
def test_a_reply_is_read_or_unreadable(case: Case, status: int, body: bytes) -> None:
    with suppress(Unreadable):
        answer = api(case).answer(Response(status, {"x-message-id": "\x1b[0m"}, body), mail(MESSAGE))
        assert len(answer.words) < 5000
        assert all(text.isprintable() for text in (answer.provider_id, answer.code))
        if status >= 400:
            assert not answer.accepted
        api_error(case.kind, status, answer.code, answer.words)


@given(status=STATUSES, body=BODIES)
def test_a_token_is_read_or_not(status: int, body: bytes) -> None:
    with suppress(Unreadable):
        token, answer = token_of(Response(status, {}, body))
        assert bool(token) == answer.accepted


@pytest.mark.parametrize("case", ALL, ids=[case.kind for case in ALL])
@given(
    head=st.lists(st.binary(max_size=40) | st.sampled_from(MESSAGE.split(b"\r\n")), max_size=8),
    body=st.binary(max_size=80),
)
@settings(max_examples=12)
def test_any_message_is_a_request_or_a_usage_error(case: Case, head: list[bytes], body: bytes) -> None:
    with suppress(UsageError, CredentialError):
        request = api(case).request(mail(b"\r\n".join(head) + b"\r\n\r\n" + body))
        assert request.url.startswith("https://api.example/")
        assert all("\n" not in value for _, value in request.fields)
