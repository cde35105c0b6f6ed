"""The demo's receiving server: verifies, adds Authentication-Results, delivers."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from typing import Any

from mailproof.demo.mailbox import Mailbox
from mailproof.demo.relay import Host
from mailproof.demo.scenarios import Scenario
from mailproof.demo.smtp_hop import SmtpHop
from mailproof.dns import MemoResolver, Resolver
from mailproof.model import MessageFacts


class ReceivingServer(SmtpHop):
    """Delivers everything, and says in Authentication-Results what it found.

    A real receiver would refuse or quarantine what DMARC asks to; this one is there to show the message.
    """

    def __init__(
        self, host: Host, tls: ssl.SSLContext, scenario: Scenario, resolver: Resolver, mailbox: Mailbox
    ) -> None:
        super().__init__(host, tls)
        self.scenario, self.resolver, self.mailbox = scenario, resolver, mailbox

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Verify, add a receiving server's headers, and deliver (aiosmtpd hook)."""
        from mailproof.facts.message import collect_message

        content = self.received(server, session, envelope) + envelope.content
        facts = await collect_message(
            content,
            MemoResolver(self.resolver),
            ip=self.client_address(server),
            helo=session.host_name or "",
            mail_from=envelope.mail_from or "",
            trust=self.host.name,
            now=datetime.now(UTC),
        )
        head = f"Return-Path: <{envelope.mail_from or ''}>\r\n{authentication_results(self.host.name, facts)}"
        await self.mailbox.deliver(
            head.encode() + content, "Junk" if self.scenario.fate == "junk" else "INBOX"
        )
        return f"250 2.0.0 Ok: queued as {envelope.queue_id}"


def authentication_results(authserv_id: str, facts: MessageFacts) -> str:
    """The header field for what was found (RFC 8601 section 2.2), with CRLF at its end."""
    parts = []
    if facts.spf is not None:
        identity = "smtp.helo" if facts.spf.scope == "helo" else "smtp.mailfrom"
        value = facts.envelope.mail_from or facts.envelope.helo
        parts.append(f"spf={facts.spf.result} {identity}={value}")
    for verdict in facts.dkim:
        reason = f' reason="{verdict.code}"' if verdict.result != "pass" and verdict.code else ""
        parts.append(f"dkim={verdict.result}{reason} header.d={verdict.domain} header.s={verdict.selector}")
    if not facts.dkim:
        parts.append("dkim=none")
    if facts.dmarc is not None:
        policy = f" (p={facts.dmarc.policy})" if facts.dmarc.policy else ""
        parts.append(f"dmarc={facts.dmarc.result}{policy} header.from={facts.dmarc.domain}")
    return f"Authentication-Results: {authserv_id};\r\n\t" + ";\r\n\t".join(parts) + "\r\n"
