"""Fetching back through Gmail's API and Microsoft Graph, from fake and from hostile servers."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mailproof.config import Credential, RetrieveSettings
from mailproof.config.settings import RetrievalKind
from mailproof.errors import CredentialError
from mailproof.mail.login import login_of
from mailproof.mail.mailboxes.catch import Catch
from mailproof.mail.retrieve import Watch
from mailproof.model import RetrievalFacts
from mailproof.structs import replace
from tests.support.api_server import Reply
from tests.support.mail_apis import TOKEN as ACCESS
from tests.support.mail_apis import Kept, MailApi, mail_api
from tests.support.retrieving import BOUNCE, OTHER, PROBE, TOKEN
from tests.support.tls import Authority

KINDS: tuple[RetrievalKind, ...] = ("gmail", "graph")
SECRET = "s3cret-of-the-client"


def settings(kind: RetrievalKind, api: MailApi, **more: Any) -> RetrieveSettings:
    base = RetrieveSettings(
        kind=kind,
        username="b@b.example",
        url=api.url,
        token_url=f"{api.url}/token",
        account="tenant",
        key_id="client",
        key=Credential.of(SECRET),
        refresh_token=Credential.of("refresh-1") if kind == "gmail" else None,
        deadline=5.0,
        poll_interval=0.05,
        timeout=2.0,
    )
    return replace(base, **more)


async def watched(chosen: RetrieveSettings) -> Watch:
    watch = Watch(chosen, await login_of(chosen), Catch(TOKEN))
    await watch.open()
    return watch


async def fetched(
    chosen: RetrieveSettings, api: MailApi, *new: Kept, old: tuple[Kept, ...] = ()
) -> tuple[RetrievalFacts, bytes | None]:
    api.messages.update({f"old{number}": each for number, each in enumerate(old)})
    watch = await watched(chosen)
    api.messages.update({f"new{number}": each for number, each in enumerate(new)})
    try:
        return await watch.wait()
    finally:
        await watch.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_the_probe_is_found_and_removed(kind: RetrievalKind) -> None:
    when = datetime.now(UTC) + timedelta(seconds=1)
    async with mail_api() as api:
        own = Kept(PROBE, labels=("SENT",), folder="sentitems")
        probe = Kept(PROBE, ("INBOX", "CATEGORY_PROMOTIONS"), focus="other", when=when)
        chosen = settings(kind, api, remove=True)
        facts, raw = await fetched(chosen, api, own, Kept(OTHER), probe, old=(Kept(PROBE),))
        assert sorted(api.messages) == ["new0", "new1", "old0"]
    assert (facts.result, facts.junk, facts.removed) == ("found", False, True)
    assert raw == PROBE
    if kind == "gmail":
        expected = ("INBOX", "Promotions", "internalDate")
    else:
        expected = ("Posteingang", "Other", "receivedDateTime")
    assert (facts.folder, facts.tab, facts.arrived_by) == expected
    assert facts.arrived_s is not None


@pytest.mark.parametrize("kind", KINDS)
async def test_junk_and_a_folder_of_ones_own(kind: RetrievalKind) -> None:
    async with mail_api() as api:
        junk, _ = await fetched(settings(kind, api), api, Kept(PROBE, ("SPAM",), folder="junkemail"))
        api.messages.clear()
        moved, _ = await fetched(settings(kind, api), api, Kept(PROBE, ("Label_1",), folder="x1"))
    assert (junk.junk, junk.folder) == (True, "Spam" if kind == "gmail" else "Junk-E-Mail")
    assert (moved.junk, moved.folder) == (False, "All Mail" if kind == "gmail" else "Kunden")
    assert (junk.tab, moved.tab) == ("", "")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_bounce(kind: RetrievalKind) -> None:
    async with mail_api() as api:
        facts, _ = await fetched(settings(kind, api), api, Kept(BOUNCE))
    assert facts.result == "bounced"
    assert facts.bounce is not None
    assert facts.bounce.status == "5.1.1"


@pytest.mark.parametrize("kind", KINDS)
async def test_only_new_messages_are_read_and_each_once(kind: RetrievalKind) -> None:
    async with mail_api() as api:
        facts, _ = await fetched(
            settings(kind, api, deadline=0.5), api, Kept(OTHER), old=(Kept(OTHER), Kept(OTHER))
        )
        read = [each.target for each in api.asked if "/old" in each.target]
        new = [each.target for each in api.asked if "new0" in each.target]
    assert facts.result == "deadline"
    assert not read
    assert len(new) == 1


async def test_how_a_token_is_asked_for() -> None:
    async with mail_api() as api:
        await watched(settings("graph", api))
        await watched(settings("gmail", api))
        bodies = [each.body.decode() for each in api.asked if each.target == "/token"]
        assert "grant_type=client_credentials" in bodies[0]
        assert f"client_secret={SECRET}" in bodies[0]
        assert "grant_type=refresh_token" in bodies[1]
        api.asked.clear()
        given = settings("gmail", api, key=None, refresh_token=None, token=Credential.of(ACCESS))
        assert (await watched(given)).error is None
        assert not [each for each in api.asked if each.target == "/token"]


async def test_a_token_that_ran_out_is_renewed_once() -> None:
    async with mail_api() as api:
        watch = await watched(settings("gmail", api))
        api.messages["new"] = Kept(PROBE)
        api.once["/messages"] = Reply(401, {"error": {"message": "expired"}})
        facts, _ = await watch.wait()
        assert facts.result == "found"
        assert len([each for each in api.asked if each.target == "/token"]) == 2


@pytest.mark.parametrize("kind", KINDS)
async def test_the_api_may_ask_to_wait(kind: RetrievalKind) -> None:
    async with mail_api() as api:
        watch = await watched(settings(kind, api))
        api.messages["new"] = Kept(PROBE)
        api.once["/messages"] = Reply(429, {"error": {"message": "slow down"}}, {"Retry-After": "0"})
        facts, _ = await watch.wait()
    assert facts.result == "found"


@pytest.mark.parametrize("path", ["/mailFolders/inbox", "/mailFolders/id-x1", "/messages", "/messages/new"])
async def test_the_api_may_ask_to_wait_at_any_step(path: str) -> None:
    async with mail_api() as api:
        api.once[path] = Reply(429, b"", {"Retry-After": "0"})
        facts, _ = await fetched(settings("graph", api), api, Kept(PROBE, folder="x1"))
        assert path not in api.once
    assert (facts.result, facts.folder) == ("found", "Kunden")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_pause_beyond_the_deadline_leaves_open_what_came(kind: RetrievalKind) -> None:
    async with mail_api() as api:
        watch = await watched(settings(kind, api, deadline=0.3))
        api.odd["/messages"] = Reply(503, b"", {"Retry-After": "60"})
        facts, _ = await watch.wait()
        late = await watched(settings(kind, api))
        api.odd["/messages"] = Reply(503, b"", {"Retry-After": "Fri, 31 Dec 2199 23:59:59 GMT"})
        dated = await watched(settings(kind, api))
    assert (facts.result, facts.kind) == ("error", "connect")
    assert late.error is not None
    assert "asks to wait 60 s" in late.error.reason
    assert dated.error is not None
    assert "asks to wait 86400 s" in dated.error.reason


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("path", "reply", "trouble", "words"),
    [
        ("/token", Reply(400, {"error": "denied", "error_description": "x"}), "login", "denied x"),
        ("/token", Reply(200, {"no": "token"}), "protocol", "the reply has no access_token"),
        ("/token", Reply(200, b"<html>"), "protocol", "no OAuth token"),
        ("essages", Reply(403, {"error": {"code": "Denied", "message": "no"}}), "login", "HTTP 403: no"),
        ("essages", Reply(500, b"oops"), "protocol", "HTTP 500: oops"),
        ("essages", Reply(200, b"[" * 100_000), "protocol", "not answer with a JSON object"),
        ("essages", Reply(200, b"[]"), "protocol", "not answer with a JSON object"),
        ("essages", Reply(200, {"messages": {}, "value": None}), "protocol", "does not list the messages"),
        ("essages", Reply(302, b"", {"Location": "https://evil.example/"}), "protocol", "redirects"),
        ("essages", Reply(200, b" " * 3_000_000), "protocol", "larger than"),
        ("essages", Reply(200, b"", {"Content-Length": "100000000"}), "protocol", "larger than"),
        ("essages", Reply(pieces=(b"HTTP/1.1 200 OK\r\nContent-Le",)), "protocol", "cut off"),
        ("essages", Reply(pieces=(b"220 ESMTP\r\n",)), "protocol", "does not speak HTTP"),
        ("essages", Reply(200, {"messages": [{"id": "../?"}], "value": [{"id": "../?"}]}), "protocol", "id"),
    ],
)  # fmt: skip
async def test_hostile_servers(
    kind: RetrievalKind, path: str, reply: Reply, trouble: str, words: str
) -> None:
    async with mail_api() as api:
        api.odd[path] = reply
        watch = await watched(settings(kind, api))
        facts, raw = await watch.wait()
    assert raw is None
    assert (facts.result, facts.kind) == ("error", trouble)
    assert words in facts.reason
    assert SECRET not in facts.reason


@pytest.mark.parametrize("kind", KINDS)
async def test_a_drip_is_cut_off(kind: RetrievalKind) -> None:
    async with mail_api() as api:
        api.odd["/messages"] = Reply(pieces=(b"HTTP/1.1 200 OK\r\n", *(b"X: y\r\n",) * 100), pause=0.05)
        watch = await watched(settings(kind, api, timeout=0.5))
    assert watch.error is not None
    assert "no complete reply within 0.5 s" in watch.error.reason


async def test_a_message_that_is_no_base64() -> None:
    async with mail_api() as api:
        watch = await watched(settings("gmail", api, deadline=0.1))
        api.messages["new"] = Kept(PROBE)
        answer = api.gmail

        def broken(asked: Any, path: str, query: Any) -> Reply:
            return (
                Reply(body={"raw": "%%%"}) if query.get("format") == ["raw"] else answer(asked, path, query)
            )

        api.gmail = broken  # type: ignore[method-assign]
        facts, _ = await watch.wait()
    assert (facts.result, facts.kind) == ("error", "protocol")
    assert "not base64" in facts.reason


async def test_the_keys_are_in_no_error_even_where_they_are_echoed() -> None:
    from mailproof.redaction import hide, own_secrets

    with own_secrets():
        async with mail_api() as api:
            api.odd["/messages"] = Reply(403, {"error": {"message": f"bad token {ACCESS} of {SECRET}"}})
            watch = await watched(settings("graph", api))
        assert watch.error is not None
        shown = hide(watch.error.reason)
    assert ACCESS not in shown
    assert SECRET not in shown


async def test_a_token_that_no_header_field_carries_is_in_no_error() -> None:
    async with mail_api() as api:
        api.odd["/token"] = Reply(body={"access_token": "token-canary "})
        watch = await watched(settings("graph", api))
    assert watch.error is not None
    assert "ends with a space" in watch.error.reason
    assert "canary" not in repr(watch.error)


@pytest.mark.parametrize("kind", KINDS)
async def test_tls_and_its_certificate(kind: RetrievalKind, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with mail_api(authority.issue("127.0.0.1").context()) as api:
        trusting = settings(kind, api, ca_file=authority.ca_file)
        assert (await watched(trusting)).error is None
        distrusting = await watched(settings(kind, api))
    assert distrusting.error is not None
    assert distrusting.error.kind == "tls"


@pytest.mark.parametrize("kind", KINDS)
async def test_the_providers_own_name_is_not_followed_to_a_private_address(kind: RetrievalKind) -> None:
    async def resolve(host: str) -> tuple[str, ...]:
        return ("127.0.0.1",)

    chosen = RetrieveSettings(kind=kind, token=Credential.of(ACCESS), timeout=1.0)
    watch = Watch(chosen, await login_of(chosen), Catch(TOKEN), resolve=resolve)
    await watch.open()
    assert watch.error is not None
    assert "no address on the public Internet" in watch.error.reason


async def test_a_service_account_signs(rsa_account: str) -> None:
    async with mail_api() as api:
        chosen = settings("gmail", api, refresh_token=None, key=Credential.of(rsa_account))
        assert (await watched(chosen)).error is None
        [token] = [each for each in api.asked if each.target == "/token"]
    assert b"jwt-bearer" in token.body


@pytest.mark.parametrize("key", ['{"client_email": "x"}', "just a secret"])
async def test_a_key_that_cannot_be_used_is_known_before_anything_is_sent(key: str) -> None:
    async with mail_api() as api:
        chosen = settings("gmail", api, refresh_token=None, key=Credential.of(key))
        with pytest.raises(CredentialError):
            Watch(chosen, await login_of(chosen), Catch(TOKEN))
        assert not api.asked


@pytest.fixture(scope="module")
def rsa_account() -> str:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return json.dumps({"client_email": "p@x.iam", "private_key": pem, "private_key_id": "1"})


async def test_a_cancelled_wait_ends_at_once() -> None:
    async with mail_api() as api:
        watch = await watched(settings("graph", api, poll_interval=60.0))
        task = asyncio.create_task(watch.wait())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
