"""One attempt to submit a message: connect, TLS, login, envelope, data. Its stages are the evidence.

RFC 5321 (SMTP), 3207 (STARTTLS), 4954 (AUTH), 6409 (submission), 1870, 6152 and 6531 (extensions).
"""

from __future__ import annotations

import asyncio
import base64

from mailproof.config.settings import SubmitSettings
from mailproof.mail import sasl
from mailproof.mail.connect import CLOUD_BLOCK, Trouble, as_refused, look, open_wire, secure
from mailproof.mail.login import Means
from mailproof.mail.senders.dialogue import Dialogue, Ended
from mailproof.mail.senders.smtp_conversation import Conversation
from mailproof.mail.senders.smtp_envelope import FINAL_DOT, Outgoing, queue_id
from mailproof.mail.smtp_reply import Reply, ReplyError, own_name, parameters, read_reply
from mailproof.mail.tls import TlsSettings
from mailproof.mail.wire import ConnectionEnded, Wire
from mailproof.model import TlsFacts
from mailproof.printable import clean
from mailproof.structs import replace


class Attempt(Conversation):
    """The state of one attempt. After ``run``, which raises nothing, the attributes show what happened."""

    def __init__(
        self, settings: SubmitSettings, login: sasl.Login | None, dialogue: Dialogue, means: Means
    ) -> None:
        super().__init__(settings, dialogue)
        self.login, self._means = login, means
        self.address = self.greeting = self.ehlo_name = self.auth_mechanism = self.queue_id = ""
        self.extensions: tuple[str, ...] = ()
        self.tls: TlsFacts | None = None
        self.accepted = self.authenticated = self.dry_run = False
        self.in_doubt = False  # the final dot was sent, but not answered

    @property
    def temporary(self) -> bool:
        """Whether a retry may help: every failure (but for QUIT) was a 4yz reply."""
        failed = [s for s in self.stages if not s.ok and s.stage != "quit"]
        return bool(failed) and all(s.kind == "deferred" for s in failed)

    async def run(self, outgoing: Outgoing | None, *, dry_run: bool = False) -> None:
        """Go through all stages, as far as the server permits.

        Without a message: up to the login; as a dry run: up to the recipients.
        """
        self.dry_run = dry_run
        try:
            await self._open()
            await self._hello()
            await self._upgrade()
            await self._authenticate()
            if outgoing is not None:
                await self._send(outgoing)
        except Ended:
            pass
        except asyncio.CancelledError:
            if self.in_doubt:
                self.dialogue.note(
                    "interrupted after the final dot: the server may or may not have accepted the message"
                )
            await self._close()
            raise
        await self._quit()

    # -- stages

    async def _open(self) -> None:
        settings = self.settings
        port, timeout = settings.effective_port, settings.timeout
        self.begin()
        self.dialogue.note(f"connect to {settings.host} port {port}")
        try:
            self._wire, self.address = await open_wire(
                settings.host,
                port,
                timeout=timeout,
                resolve=self._means.resolve,
                source_address=settings.source_address,
            )
        except Trouble as trouble:
            hint = f". {CLOUD_BLOCK}" if trouble.kind == "timeout" and port in (25, 465, 587) else ""
            self.fail("connect", trouble.kind, trouble.reason + hint)
        self.passed("connect", text=self.address)
        if settings.effective_security == "tls":
            await self._handshake()
        self.begin()
        try:
            reply = await self._read("greeting")
        except Ended:
            await self._explain_silence()
            raise
        self.greeting = reply.text
        self._require("greeting", reply, expected=reply.code == 220)

    async def _explain_silence(self) -> None:
        """If there was no greeting in plain text, find out whether the port speaks implicit TLS."""
        failed = self.stages[-1]
        if self._wire is None or self._wire.encrypted or failed.kind not in ("timeout", "protocol"):
            return
        tls = await self._look(implicit=True)
        if tls is not None:
            self.tls = tls
            words = (
                "the port speaks TLS from the first byte (implicit TLS), and STARTTLS was expected: "
                'set security = "tls"'
            )
            self.stages[-1] = replace(failed, kind="wrong-mode", reason=words)
            self.dialogue.note(words)

    async def _hello(self) -> None:
        self.ehlo_name = self.settings.ehlo_name or own_name(self._wire.local_address if self._wire else "")
        self.begin()
        reply = await self._exchange("ehlo", f"EHLO {self.ehlo_name}")
        if reply.code in (500, 502):
            reply = await self._exchange("ehlo", f"HELO {self.ehlo_name}")
            self._require("ehlo", reply)
            self.extensions = ()
            return
        self._require("ehlo", reply)
        self.extensions = reply.extensions

    async def _upgrade(self) -> None:
        settings = self.settings
        if settings.effective_security == "tls":
            return
        if settings.effective_security == "plain" and not settings.opportunistic:
            return
        if not self._offers("STARTTLS"):
            if settings.opportunistic:
                return
            self.begin()
            self.fail(
                "starttls",
                "unsupported",
                "the server does not offer STARTTLS: nothing was sent, to keep passwords off plain text",
            )
        self.begin()
        reply = await self._exchange("starttls", "STARTTLS")
        self._require("starttls", reply, expected=reply.code == 220)
        assert self._wire is not None
        if self._wire.pending:  # RFC 3207 section 4.2, and CVE-2011-0411: not from the TLS peer
            self._wire.discard_pending()
            self.fail(
                "starttls",
                "protocol",
                "the server sent more after its answer to STARTTLS, before TLS began: someone on the path "
                "may be injecting replies",
            )
        await self._handshake()
        await self._hello()

    async def _handshake(self) -> None:
        assert self._wire is not None
        self.begin()
        try:
            tls = await secure(
                self._wire, self._tls_settings(), timeout=self.settings.timeout, now=self._means.now
            )
        except Trouble as trouble:
            self.tls = trouble.tls
            self.dialogue.note(f"TLS failed: {trouble.reason}")
            elapsed = self.elapsed()
            reason = trouble.reason
            if trouble.kind == "certificate" and trouble.tls is not None:
                self.tls = as_refused(await self._look(), trouble.tls)
            elif trouble.kind == "tls":
                old = await self._look(legacy=True)
                if old is not None:
                    self.tls = replace(old, verified=False)
                    reason += f"; at best it speaks {old.version} with {old.cipher}"
            self.fail("tls", trouble.kind, reason, elapsed=elapsed)
        self.tls = tls
        self.dialogue.note(f"TLS: {tls.version}, {tls.cipher}")
        self.passed("tls", text=f"{tls.version} {tls.cipher}")

    async def _look(self, *, implicit: bool | None = None, legacy: bool = False) -> TlsFacts | None:
        """Close, and use a second connection to see what the server speaks."""
        await self._close()
        settings = self.settings
        implicit = settings.effective_security == "tls" if implicit is None else implicit
        return await look(
            self.address,
            settings.effective_port,
            replace(self._tls_settings(), legacy=legacy),
            timeout=settings.timeout,
            now=self._means.now,
            before=None if implicit else self._to_starttls,
            source_address=settings.source_address,
        )

    async def _to_starttls(self, wire: Wire, limit: float) -> bool:
        try:
            await read_reply(wire, limit)
            await wire.write(f"EHLO {self.ehlo_name or 'localhost'}\r\n".encode(), limit)
            await read_reply(wire, limit)
            await wire.write(b"STARTTLS\r\n", limit)
            return (await read_reply(wire, limit)).code == 220 and not wire.pending
        except (ReplyError, ConnectionEnded, TimeoutError):
            return False

    async def _authenticate(self) -> None:
        if self.login is None:
            return
        self.begin()
        offered = self.auth_offered
        wanted = self.settings.mechanism
        if not offered:
            encrypted = self._wire is not None and self._wire.encrypted
            hint = "" if encrypted else " (many servers do so only under TLS)"
            self.fail("auth", "unsupported", f"the server does not offer AUTH here{hint}")
        name = sasl.choose(offered, self.login, wanted)
        if name is None:
            ours = wanted or ("OAUTHBEARER or XOAUTH2" if self.login.token else "any for a password")
            self.fail(
                "auth",
                "unsupported",
                f"no common mechanism: the server offers {', '.join(offered)}; ours: {ours}",
            )
        assert self._wire is not None
        if not self._wire.encrypted and not self.settings.allow_plaintext_auth:
            self.fail(
                "auth",
                "local",
                "the connection is not encrypted, so that the credentials were not sent "
                "(allow_plaintext_auth = true would send them)",
            )
        self.auth_mechanism = name
        await self._sasl(sasl.Mechanism(name, self.login))

    async def _sasl(self, mechanism: sasl.Mechanism) -> None:
        try:
            first = mechanism.initial()
        except sasl.SaslError as error:
            self.fail("auth", "local", f"{mechanism.name} cannot be used: {error}")
        line = f"AUTH {mechanism.name}"
        shown = line
        if first is not None:
            line += " " + (base64.b64encode(first).decode() or "=")
            shown += " ***"
        reply = await self._exchange("auth", line, shown=shown, secret=True)
        said = ""
        for _ in range(sasl.MAX_AUTH_STEPS):
            if reply.code != 334:
                break
            challenge = "".join(reply.lines)
            try:
                if mechanism.name in ("XOAUTH2", "OAUTHBEARER"):
                    text = base64.b64decode(challenge[: sasl.MAX_CHALLENGE])
                    said = clean(text)[:300]
                answer = sasl.answer(mechanism, challenge).decode()
            except (sasl.SaslError, ValueError) as error:
                await self._exchange("auth", "*", secret=True)
                self.fail("auth", "protocol", f"{mechanism.name} failed: {error}")
            reply = await self._exchange("auth", answer, shown="***", secret=True)
        self._require("auth", reply, expected=reply.code == 235, reason=said)
        try:
            mechanism.verify_success()
        except sasl.SaslError as error:
            self.stages.pop()
            self.fail("auth", "protocol", str(error))
        self.authenticated = True

    async def _send(self, outgoing: Outgoing) -> None:
        self.begin()
        refusal = outgoing.unsupported(self._offers, (parameters(self.extensions, "SIZE") or [""])[0])
        if not refusal and outgoing.require_tls and (self._wire is None or not self._wire.encrypted):
            refusal = (
                "the message must be sent with TLS all the way (require_tls), and this connection has none"
            )
        if refusal:
            self.fail("mail", "unsupported", refusal)
        reply = await self._exchange("mail", outgoing.mail_command(self._offers))
        self._require("mail", reply)
        taken = 0
        for recipient in outgoing.recipients:
            self.begin()
            reply = await self._exchange("rcpt", outgoing.rcpt_command(recipient, self._offers))
            taken += self._record("rcpt", reply, ok=reply.positive)
        self.accepted = self.dry_run and taken > 0
        if not taken or self.dry_run:
            raise Ended
        self.begin()
        reply = await self._exchange("data", "DATA")
        self._require("data", reply, expected=reply.code == 354, silent=True)
        self.dialogue.client(f"(the message, {len(outgoing.message)} octets)")
        reply = await self._end_of_data(outgoing.wire_form())
        self._require("data", reply)
        self.queue_id = queue_id(reply.text)
        self.accepted = True

    async def _end_of_data(self, body: bytes) -> Reply:
        """Send the message and its final dot. After the dot the server has it, whether or not it replies."""
        await self._pour("data", body.removesuffix(FINAL_DOT))
        if early := await self._early("data"):
            return early
        self.in_doubt = True
        limit = self.settings.timeout * 3  # RFC 5321 section 4.5.3.2.6: a server may take its time here
        try:
            reply = await self._exchange("data", FINAL_DOT, shown=".", timeout=limit)
            if 300 <= reply.code < 400:
                self.fail("data", "protocol", f"the server neither accepts nor refuses it: {reply.code}")
        except Ended:
            failed = self.stages[-1]
            words = "after the final dot: the server may or may not have accepted the message"
            self.stages[-1] = replace(failed, reason=f"{failed.reason} ({words})")
            raise
        self.in_doubt = False
        return reply

    async def _quit(self) -> None:
        try:
            if self._wire is not None and (self.accepted or self.stages[-1].code):
                self.begin()
                await self._wire.write(b"QUIT\r\n", 2.0)
                self.dialogue.client("QUIT")
                reply = await read_reply(self._wire, min(2.0, self.settings.timeout))
                self.dialogue.server(*reply.shown)
                self._record("quit", reply, ok=reply.positive)
        except (ConnectionEnded, ReplyError, TimeoutError):
            self.dialogue.note("the server ended the conversation without a good-bye")
        finally:
            await self._close()

    # -- helpers

    @property
    def auth_offered(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(word.upper() for word in parameters(self.extensions, "AUTH") or ()))

    def _offers(self, keyword: str) -> bool:
        return parameters(self.extensions, keyword) is not None

    def _tls_settings(self) -> TlsSettings:
        return TlsSettings.of(self.settings, self.settings.host)
