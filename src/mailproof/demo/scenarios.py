"""The common failures that the demo can show, each with the rule that mailproof must report first."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Route = Literal["direct", "esp", "list", "forward"]


class Scenario(Struct, frozen=True):
    """One world to probe.

    ``finding`` is the rule that must come first ("" for none); ``spf``, ``dmarc`` replace acme.example's
    records; ``sign_with`` is the DKIM domain and selector the submission server signs with ("" for none).
    ``revoked``: its DKIM key; ``expired``: its certificate; ``refuse``: its reply to RCPT.
    """

    name: str
    title: str
    finding: str = ""
    spf: tuple[str, ...] = ("v=spf1 ip4:192.0.2.25 mx -all",)
    dmarc: str = "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example"
    extra_zone: str = ""
    sign_with: tuple[tuple[str, str], ...] = (("acme.example", "s2026"), ("acme.example", "e2026"))
    revoked: bool = False
    route: Route = "direct"
    return_path: str = "bounce@acme.example"
    expired: bool = False
    starttls: bool = True
    password_right: bool = True
    refuse: str = ""
    fate: Literal["inbox", "junk", "lost", "bounce"] = "inbox"


#: The selector whose key is not in the DNS.
UNPUBLISHED = "old2019"

_TOO_MANY = "\n".join(
    f"spf{number}.acme.example. 300 IN TXT "
    f'"v=spf1 a:h1.acme.example a:h2.acme.example ip4:192.0.2.{number} ~all"'
    for number in range(1, 5)
)

SCENARIOS: tuple[Scenario, ...] = (
    Scenario("healthy", "no faults: SPF, DKIM and DMARC pass and are aligned"),
    Scenario(
        "unaligned-esp",
        "a mail service sends with its own return path and its own DKIM domain",
        finding="AUTH013",
        route="esp",
        sign_with=(("esp.example", "k1"),),
        return_path="bounce+acme@bounce.esp.example",
    ),
    Scenario(
        "two-spf-records",
        "two v=spf1 records at one name: receivers use neither",
        finding="SPF002",
        spf=("v=spf1 ip4:192.0.2.25 -all", "v=spf1 mx ~all"),
    ),
    Scenario(
        "too-many-lookups",
        "an SPF record that needs more than 10 DNS lookups",
        finding="SPF003",
        spf=(
            "v=spf1 include:spf1.acme.example include:spf2.acme.example include:spf3.acme.example "
            "include:spf4.acme.example ip4:192.0.2.25 -all",
        ),
        extra_zone=_TOO_MANY,
    ),
    Scenario(
        "void-lookups",
        "an SPF record that names hosts that no longer exist",
        finding="SPF005",
        spf=("v=spf1 a:old1.acme.example a:old2.acme.example a:old3.acme.example ip4:192.0.2.25 -all",),
    ),
    Scenario(
        "wrong-selector",
        "mail is signed with a selector whose key is not published",
        finding="DKIM001",
        sign_with=(("acme.example", UNPUBLISHED),),
    ),
    Scenario(
        "revoked-key",
        "the DKIM key was revoked while the server still signs with it",
        "AUTH003",
        revoked=True,
    ),
    Scenario(
        "footer",
        "a mailing list adds a footer and a subject tag, which breaks the DKIM signature",
        finding="AUTH007",
        route="list",
    ),
    Scenario(
        "forwarded",
        "a forwarder keeps the return path: SPF fails, DKIM saves the message",
        "AUTH009",
        route="forward",
    ),
    Scenario(
        "p-none",
        "the DMARC policy is none: receivers may deliver forged mail from the domain",
        finding="DMARC011",
        dmarc="v=DMARC1; p=none; rua=mailto:dmarc@acme.example",
    ),
    Scenario(
        "no-dmarc",
        "there is no DMARC record: large receivers refuse bulk mail from the domain",
        "DMARC001",
        dmarc="",
    ),
    Scenario(
        "spf-fail",
        "the sending host is not in the SPF record, and the message is not signed",
        finding="AUTH010",
        spf=("v=spf1 ip4:198.51.100.200 -all",),
        sign_with=(),
    ),
    Scenario(
        "expired-certificate",
        "the submission server's certificate has expired",
        "SMTP008",
        expired=True,
    ),
    Scenario("no-starttls", "the submission server offers no STARTTLS", "SMTP005", starttls=False),
    Scenario("wrong-password", "the submission server refuses the password", "SMTP016", password_right=False),
    Scenario(
        "refused",
        "the server refuses the recipient with Gmail's words for unauthenticated mail",
        finding="SMTP019",
        refuse="550 5.7.26 This mail has been blocked because the sender is unauthenticated",
    ),
    Scenario("junk", "the message arrives, but in the Junk folder", "RECV002", fate="junk"),
    Scenario("lost", "the server takes the message, which never arrives", "RECV001", fate="lost"),
    Scenario("bounce", "the message is accepted and then bounces", "RECV003", fate="bounce"),
)


def scenario(name: str) -> Scenario:
    """The scenario of that name. Raises UsageError."""
    from mailproof.errors import UsageError

    for each in SCENARIOS:
        if each.name == name:
            return each
    raise UsageError(f"no scenario {name!r}: choose one of {', '.join(s.name for s in SCENARIOS)}")
