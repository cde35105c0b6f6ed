"""Servers, mailboxes and filters that repeat the secret they receive, and a probe through them."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from mailproof.config import (
    Credential,
    FilterSettings,
    MessageSettings,
    Profile,
    RetrieveSettings,
    RspamdSettings,
    SpamAssassinSettings,
    SubmitSettings,
)
from mailproof.engine.probe import probe
from mailproof.engine.session import Session
from mailproof.model import Report
from mailproof.render.formats import FORMATS
from mailproof.render.look import Look
from mailproof.structs import replace
from tests.support.canary import CANARY, USER, b64, traces
from tests.support.echoing import EchoingImap, EchoingPop3, EchoingSmtp
from tests.support.filter_servers import filter_server, rspamd
from tests.support.mail_servers import talking
from tests.support.resolvers import zone

ZONE = '$ORIGIN acme.example.\n@ 60 IN TXT "v=spf1 -all"\n@ 60 IN MX 0 .\n'
DSN = """From: <>
To: news@acme.example
Subject: failure
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

It failed: {0}
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.r.example

Final-Recipient: rfc822; probe@r.example
Action: failed
Status: 5.7.1
Diagnostic-Code: smtp; 550 5.7.1 not for {0}
--b
Content-Type: message/rfc822

{1}
--b--
"""


@dataclass
class World:
    """The servers of a probe, and changes to the message in transit."""

    smtp: EchoingSmtp = field(default_factory=EchoingSmtp)
    mailbox: EchoingImap | EchoingPop3 | None = None
    on_the_way: Callable[[bytes], bytes] = lambda raw: raw
    filters: Callable[[str], bytes] | None = None
    spamd: bytes = b""
    token: bool = False
    tls: ssl.SSLContext | None = None


@asynccontextmanager
async def running(world: World, retry: bool = False) -> AsyncIterator[tuple[Profile, FilterSettings]]:
    credential = {("token" if world.token else "password"): Credential.of(CANARY), "username": USER}
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(talking(world.smtp.talk, tls=world.tls))
        submit = SubmitSettings(
            host="127.0.0.1",
            port=port,
            security="tls" if world.tls else "plain",
            allow_plaintext_auth=True,
            timeout=2.0,
            retry_for=0.3 if retry else 0.0,
            retry_interval=0.05,
            **credential,  # type: ignore[arg-type]
        )
        retrieve = None
        if (box := world.mailbox) is not None:
            world.smtp.deliver = lambda raw: box.arrived.append(world.on_the_way(raw))
            retrieve = RetrieveSettings(
                kind="imap" if isinstance(box, EchoingImap) else "pop3",
                host="127.0.0.1",
                port=await stack.enter_async_context(talking(box.talk)),
                security="plain",
                allow_plaintext_auth=True,
                timeout=1.0,
                deadline=0.3,
                poll_interval=0.05,
                remove=True,
                **credential,  # type: ignore[arg-type]
            )
        filters = FilterSettings()
        if world.filters is not None:
            server = await stack.enter_async_context(filter_server(world.filters("")))
            url = f"http://127.0.0.1:{server.port}"
            filters = replace(filters, rspamd=RspamdSettings(url, Credential.of(CANARY), timeout=2.0))
        if world.spamd:
            server = await stack.enter_async_context(filter_server(world.spamd))
            filters = replace(
                filters, spamassassin=SpamAssassinSettings("127.0.0.1", server.port, timeout=2.0)
            )
        message = MessageSettings("News <news@acme.example>", "probe@r.example")
        yield Profile("test", submit, message, retrieve), filters


async def probed(world: World, retry: bool = False) -> tuple[Report, list[str]]:
    """Run the probe; returns the report and the progress messages."""
    told: list[str] = []
    async with running(world, retry) as (profile, filters), Session(zone(ZONE)) as session:
        report = await probe(
            profile, session, progress=lambda event, left: told.append(event), filters=filters
        )
    return report, told


#: SVG has the same lines as the text; one test of the command line covers it.
ALL_FORMS = tuple(form.name for form in FORMATS if form.name != "svg")


def assert_silent(report: Report, told: list[str], forms: Sequence[str] = ALL_FORMS) -> None:
    """Assert that neither the report nor any output format has the secret."""
    shown = [form.render((report,), Look(verbose=2)) for form in FORMATS if form.name in forms]
    for output in (repr(report), *told, *shown):
        assert traces(output) == set(), output


S = b64(f"\0{USER}\0{CANARY}")
JSON = b64(f'{{"status":"401","token":"{CANARY}","again":"{S}"}}')


def smtp(**says: tuple[str, ...]) -> World:
    return World(EchoingSmtp(dict(says)))


def imap(message: bool = True, folder: str = "INBOX", **says: tuple[str, ...]) -> World:
    box = EchoingImap(dict(says), folder=folder)
    return World(mailbox=box, on_the_way=lambda raw: raw if message else b"")


def pop3(**says: tuple[str, ...]) -> World:
    return World(mailbox=EchoingPop3(dict(says)))


def arriving(change: Callable[[bytes], bytes]) -> World:
    return World(mailbox=EchoingImap(), on_the_way=change)


def asking(answer: bytes, spamd: bytes = b"") -> World:
    return World(mailbox=EchoingImap(), filters=(lambda _: answer) if answer else None, spamd=spamd)


def fields(*lines: str) -> Callable[[bytes], bytes]:
    return lambda raw: "".join(f"{line}\r\n" for line in lines).encode() + raw


CLEAN = '{"action":"no action","score":1,"required_score":15,"symbols":{%s}}'
WORLDS: dict[str, Callable[[], World]] = {
    "smtp-greeting": lambda: smtp(greeting=(f"220 {CANARY} ready",)),
    "smtp-greeting-refused": lambda: smtp(greeting=(f"554 {S} go away",)),
    "smtp-not-smtp": lambda: smtp(greeting=(f"HTTP/1.1 400 {CANARY}",)),
    "smtp-ehlo-name": lambda: smtp(EHLO=(f"250-{CANARY}", "250 AUTH PLAIN")),
    "smtp-ehlo-extension": lambda: smtp(EHLO=("250-a", f"250-X-{CANARY} {S}", "250 AUTH PLAIN")),
    "smtp-ehlo-auth": lambda: smtp(EHLO=("250-a", f"250 AUTH PLAIN {CANARY} X-{S}")),
    "smtp-ehlo-no-common-auth": lambda: smtp(EHLO=("250-a", f"250 AUTH {CANARY}")),
    "smtp-ehlo-refused": lambda: smtp(EHLO=(f"550 {CANARY}",)),
    "smtp-auth-folded": lambda: smtp(
        AUTH=(f"535-5.7.8 bad {S[:20]}", f"535-5.7.8 {S[20:]} or", f"535 5.7.8 {CANARY[:8]}" + CANARY[8:])
    ),
    "smtp-auth-folded-plain": lambda: smtp(AUTH=(f"535-5.7.8 {CANARY[:9]}", f"535 5.7.8 {CANARY[9:]} no")),
    "smtp-auth-challenge": lambda: smtp(challenge=(f"334 {S}",), AUTH=("535 no",)),
    "smtp-auth-challenge-broken": lambda: smtp(challenge=(f"334 {CANARY}",), AUTH=("501 no",)),
    "smtp-auth-no-reply": lambda: smtp(AUTH=(f"{CANARY} {S}",)),
    "smtp-auth-two-codes": lambda: smtp(AUTH=("535-no", f"550 {CANARY}")),
    "smtp-auth-cut-off": lambda: smtp(AUTH=(f"535 {'x' * 480}{S}",)),
    "smtp-auth-cut-off-again": lambda: smtp(AUTH=(f"535 {'x' * 987}{CANARY}",)),
    "smtp-mail": lambda: smtp(MAIL=(f"550 5.7.1 {CANARY} may not",)),
    "smtp-rcpt": lambda: smtp(RCPT=(f"550 5.1.1 no {S}",)),
    "smtp-data": lambda: smtp(DATA=(f"554 5.7.1 {CANARY}",)),
    "smtp-refused-message": lambda: smtp(message=(f"552 5.7.0 {CANARY} in it",)),
    "smtp-queue-id": lambda: smtp(message=(f"250 2.0.0 Ok: queued as {CANARY}",)),
    "smtp-queue-id-base64": lambda: smtp(message=(f"250 2.0.0 Ok: queued as {b64(CANARY).rstrip('=')}",)),
    "smtp-quit": lambda: smtp(QUIT=(f"221 {CANARY} bye",)),
    "xoauth2-error": lambda: World(
        EchoingSmtp({"challenge": (f"334 {JSON}",), "AUTH": ("535 no",)}, auth="XOAUTH2"), token=True
    ),
    "oauthbearer-error": lambda: World(
        EchoingSmtp({"challenge": (f"334 {JSON}",), "AUTH": (f"535 {JSON}",)}, auth="OAUTHBEARER"), token=True
    ),
    "imap-greeting": lambda: imap(greeting=(f"* BYE {CANARY}",)),
    "imap-not-imap": lambda: imap(greeting=(f"220 {S}",)),
    "imap-capability": lambda: imap(greeting=(f"* OK [CAPABILITY IMAP4rev1 AUTH={CANARY}] {S}",)),
    "imap-login": lambda: imap(AUTHENTICATE=(f"TAG NO [AUTHENTICATIONFAILED] {CANARY} is wrong",)),
    "imap-login-base64": lambda: imap(AUTHENTICATE=(f"TAG BAD {S[:-3]}",)),
    "imap-bye": lambda: imap(LIST=(f"* BYE {CANARY}",)),
    "imap-list": lambda: imap(LIST=(f"TAG NO {CANARY}",)),
    "imap-folder": lambda: imap(folder=CANARY.replace('"', "")[:4] + CANARY.replace('"', '\\"')),
    "imap-folder-base64": lambda: imap(folder=f"Junk/{S}"),
    "imap-examine": lambda: imap(EXAMINE=(f"TAG NO {CANARY}",)),
    "imap-remove": lambda: imap(SELECT=(f"TAG NO may not {CANARY}",)),
    "pop3-greeting": lambda: pop3(greeting=(f"-ERR {CANARY}",)),
    "pop3-not-pop3": lambda: pop3(greeting=(f"* OK {S}",)),
    "pop3-login": lambda: pop3(PASS=(f"-ERR [AUTH] {CANARY} is wrong",)),
    "pop3-listing": lambda: pop3(UIDL=(f"-ERR {CANARY}",), LIST=(f"-ERR {S}",)),
    "pop3-capabilities": lambda: pop3(CAPA=("+OK", f"SASL {CANARY}", ".")),
    "pop3-remove": lambda: pop3(DELE=(f"-ERR {CANARY}",)),
    "bounce": lambda: arriving(lambda raw: DSN.format(CANARY, raw.decode()).replace("\n", "\r\n").encode()),
    "bounce-base64": lambda: arriving(lambda raw: DSN.format(S, raw.decode()).replace("\n", "\r\n").encode()),
    "message-received": lambda: arriving(
        fields(
            f"Received: from {CANARY} by mx.r.example (auth {S}) id {CANARY}; Mon, 23 Nov 2026 12:00:00 +0000"
        )
    ),
    "message-results": lambda: arriving(
        fields(f"Authentication-Results: mx.r.example; spf=fail ({CANARY}) smtp.mailfrom=acme.example")
    ),
    "message-spam-header": lambda: arriving(fields(f"X-Spam-Status: Yes, score=9 tests={S},{CANARY}")),
    "message-subject": lambda: arriving(
        lambda raw: raw.replace(b"Subject: ", f"Subject: {CANARY} ".encode(), 1)
    ),
    "message-body": lambda: arriving(lambda raw: raw + f"\r\n{CANARY} {S}\r\n".encode()),
    "rspamd-status": lambda: asking(rspamd("", f"403 {CANARY}")),
    "rspamd-redirect": lambda: asking(
        rspamd("", "302 Found", f"Location: http://127.0.0.1/?password={CANARY}")
    ),
    "rspamd-not-http": lambda: asking(f"550 {CANARY}\r\n\r\n".encode()),
    "rspamd-header": lambda: asking(f"HTTP/1.1 200 OK\r\n{CANARY}\r\n\r\n".encode()),
    "rspamd-coding": lambda: asking(rspamd("{}", "200 OK", f"Content-Encoding: {S}")),
    "rspamd-error": lambda: asking(rspamd(f'{{"error":"{b64(CANARY)}"}}')),
    "rspamd-action": lambda: asking(
        rspamd(f'{{"action":"{S}","score":1,"required_score":2,"symbols":{{}}}}')
    ),
    "rspamd-symbols": lambda: asking(
        rspamd(CLEAN % f'"{S}":{{"score":3,"description":"{S}","options":["password={S}"]}}')
    ),
    "spamd-error": lambda: World(
        EchoingSmtp(), EchoingImap(), spamd=f"SPAMD/1.1 76 {CANARY}\r\n\r\n".encode()
    ),
    "spamd-symbols": lambda: World(
        EchoingSmtp(),
        EchoingImap(),
        spamd=f"SPAMD/1.1 0 EX_OK\r\nSpam: True ; 9 / 5\r\n\r\n 9.0 {S} said {CANARY}\n".encode(),
    ),
}
