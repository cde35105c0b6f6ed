"""The options for zone transfers, and the transferred zones."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from mailproof.cli.groups import option, panel
from mailproof.errors import MessageError, UsageError, ZoneFileError

if TYPE_CHECKING:
    from mailproof.dns import ZoneFile
    from mailproof.dns.inputs.axfr import TransferKey
    from mailproof.facts.stop import Stop
    from mailproof.mail.saved import SavedMessage


@panel("DNS")
class TransferOptions(NamedTuple):
    """The server to transfer from, and the key for it."""

    axfr: str | None = option(
        "--axfr ADDR[:PORT]",
        "Transfer the domains' zones from this name server, and take their records from there.",
        None,
    )
    axfr_key: str | None = option(
        "--axfr-key PLACE",
        "Where the transfer's key (TSIG), [ALGORITHM:]NAME:SECRET, is kept: env:NAME or keyring:SERVICE.",
        None,
    )


#: The most domains of saved messages whose zones are transferred.
MAX_MESSAGE_DOMAINS = 20


async def transfer_zones(
    options: TransferOptions, domains: Sequence[str], stop: Stop, *, some: bool = False
) -> tuple[ZoneFile, ...]:
    """The zones that contain the domains, each once. With ``some``, one of them is enough.

    Raises UsageError, ZoneFileError and CredentialError.
    """
    if options.axfr is None:
        if options.axfr_key is not None:
            raise UsageError("--axfr-key is the key of a transfer: give --axfr ADDR")
        return ()
    import asyncio

    from mailproof.dns.inputs.axfr import transferred
    from mailproof.dns.live.nameserver import parse_nameserver

    try:
        server = parse_nameserver(options.axfr)
    except UsageError:
        raise UsageError(f"--axfr {options.axfr}: not an IP address, with or without :PORT") from None
    if server.transport != "udp":
        raise UsageError(
            f"--axfr {options.axfr}: zones are transferred over plain TCP: give ADDR or ADDR:PORT"
        )
    key = await _key(options.axfr_key)
    zones: list[ZoneFile] = []
    fault: ZoneFileError | None = None
    for domain in domains:
        if any(domain == zone.origin or domain.endswith(f".{zone.origin}") for zone in zones):
            continue
        task = asyncio.ensure_future(transferred(server, domain, key))
        if await stop.wait_for((task,)):
            raise KeyboardInterrupt
        try:
            zones.append(task.result())
        except ZoneFileError as error:
            if not some:
                raise
            fault = fault or error
    if fault is not None and not zones:
        raise fault
    return tuple(zones)


def domains_of_messages(messages: Iterable[SavedMessage], mail_from: str | None) -> tuple[str, ...]:
    """The authors' domains of messages, and the return path's."""
    from mailproof.message.reader import read

    found: dict[str, None] = {}
    if mail_from and "@" in mail_from:
        found[mail_from.rpartition("@")[2].lower().rstrip(".")] = None
    for each in messages:
        with contextlib.suppress(MessageError):  # reported when the message is verified
            found |= dict.fromkeys(read(each.raw).author.domains)
        if len(found) >= MAX_MESSAGE_DOMAINS:
            break
    return tuple(found)[:MAX_MESSAGE_DOMAINS]


async def _key(given: str | None) -> TransferKey | None:
    if given is None:
        return None
    from mailproof.credentials import Credential, resolve_secret
    from mailproof.dns.inputs.axfr import TransferKey

    kind, _, name = given.partition(":")
    if not name or kind not in ("env", "keyring"):
        raise UsageError("--axfr-key: name where the key is kept, as env:NAME or keyring:SERVICE")
    credential = Credential("env" if kind == "env" else "keyring", (name,))
    # Only the secret is hidden: the key's name may be part of the domain's, which reports show.
    return TransferKey.of(await resolve_secret(credential, "axfr", lambda text: text.rpartition(":")[2]))
