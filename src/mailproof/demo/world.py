"""Starts and stops the servers of a scenario, and provides the profile to probe them."""

from __future__ import annotations

import logging
import secrets
import ssl
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Self

from mailproof.config import MessageSettings, Profile, RetrieveSettings, SubmitSettings
from mailproof.credentials import Credential
from mailproof.demo import zones
from mailproof.demo.dns_server import DnsServer
from mailproof.demo.hosts import Forwarder, Hop, Host, MailingList, Receiver
from mailproof.demo.imap_server import ImapServer
from mailproof.demo.keys import dkim_keys, make_certificates
from mailproof.demo.mailbox import Mailbox
from mailproof.demo.scenarios import Scenario
from mailproof.demo.submission import SubmissionServer
from mailproof.dns import LiveResolver, Resolver, ZoneResolver

USER = "ada@acme.example"
RECIPIENT = "probe@receiver.example"


class DemoWorld(AsyncExitStack):
    """DNS, submission, list, forwarder, receiver, mailbox: ``async with DemoWorld(scenario)``.

    As an exit stack it stops at the end whatever it started.
    """

    def __init__(self, scenario: Scenario, *, deadline: float = 20.0) -> None:
        super().__init__()
        self.scenario, self.deadline = scenario, deadline
        self.password = secrets.token_urlsafe(12)
        self.mailbox = Mailbox()

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self.aclose()
            raise
        return self

    async def _start(self) -> None:
        self.enter_context(_silenced_aiosmtpd())

        folder = Path(self.enter_context(tempfile.TemporaryDirectory(prefix="mailproof-demo-")))
        (folder / "submission").mkdir()
        common = make_certificates(folder, ("imap.receiver.example", "127.0.0.1"))
        # The address lets clients connect without the demo's own host name resolution.
        own_names = (self._sender().name, "127.0.0.1")
        own = make_certificates(folder / "submission", own_names, expired=self.scenario.expired)
        self.authorities = folder / "authorities.pem"
        self.authorities.write_bytes(common.authority.read_bytes() + own.authority.read_bytes())
        tls, own_tls = _server_context(common.chain, common.key), _server_context(own.chain, own.key)

        keys, published = dkim_keys(self.scenario)
        data = ZoneResolver.from_text(zones.zone_text(self.scenario, published), origin=".", file="demo.zone")
        self.dns = DnsServer(data)
        await self._run(self.dns)
        live = LiveResolver(nameservers=(self.dns.address,))
        self.push_async_callback(live.aclose)
        self.resolver: Resolver = live

        self.submission = SubmissionServer(
            self._sender(),
            own_tls,
            self.scenario,
            keys,
            (USER, self.password),
            self._next_hop(live),
            self.mailbox,
        )
        await self._run(self.submission)
        self.imap = ImapServer(self.mailbox, RECIPIENT, self.password, tls)
        await self._run(self.imap)

    def _sender(self) -> Host:
        if self.scenario.route == "esp":
            return Host("mta.esp.example", zones.ESP)
        return Host("mail.acme.example", zones.SENDER)

    def _next_hop(self, resolver: Resolver) -> Hop:
        folder = "Junk" if self.scenario.fate == "junk" else "INBOX"
        receiver = Receiver(Host("mx.receiver.example", zones.RECEIVER), resolver, self.mailbox, folder)
        if self.scenario.route == "forward":
            return Forwarder(Host("fwd.university.example", zones.FORWARDER), receiver, RECIPIENT)
        if self.scenario.route == "list":
            return MailingList(Host("lists.club.example", zones.LIST), receiver, RECIPIENT)
        return receiver

    async def _run(self, server: DnsServer | ImapServer | SubmissionServer) -> None:
        await server.start()
        self.push_async_callback(server.stop)

    async def resolve(self, _host: str) -> tuple[str, ...]:
        """Resolve any host name to loopback, where all servers are."""
        return ("127.0.0.1",)

    @property
    def profile(self) -> Profile:
        """The profile to send and retrieve messages with."""
        password = Credential.of(self.password)
        to = {"list": "club@lists.club.example", "forward": "alum@university.example"}
        return Profile(
            name=self.scenario.name,
            submit=SubmitSettings(
                host=self.submission.host.name,
                port=self.submission.port,
                security="starttls",
                username=USER,
                password=password,
                ca_file=self.authorities,
                ehlo_name="desk.acme.example",
                retry_for=0.0,
            ),
            message=MessageSettings(
                from_address=f"Ada <{USER}>",
                to_address=to.get(self.scenario.route, RECIPIENT),
                mail_from=self.scenario.return_path,
                subject="mailproof demo",
            ),
            retrieve=RetrieveSettings(
                kind="imap",
                host="imap.receiver.example",
                port=self.imap.port,
                security="tls",
                username=RECIPIENT,
                password=password,
                ca_file=self.authorities,
                deadline=self.deadline,
                remove=True,
            ),
        )


@contextmanager
def _silenced_aiosmtpd() -> Iterator[None]:
    """Silence aiosmtpd's warnings about deliberate faults (a client that disconnects, AUTH without TLS)."""
    log = logging.getLogger("mail.log")
    before = log.disabled
    log.disabled = True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            log.disabled = before


def _server_context(chain: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    return context
