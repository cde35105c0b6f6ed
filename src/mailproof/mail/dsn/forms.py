"""The forms of notifications, as data: how lines name recipients, where the copy begins, what marks a report.

No form is known by its maker's name: what notifications have in common is how a line names a recipient. The
kinds of such lines are FORMS, the strictest first; a form counts where no stricter one has found any.
"""

from __future__ import annotations

import re

from msgspec import Struct


class Form(Struct, frozen=True):
    """A way in which a line names a recipient. ``above`` where the reasons come before it, not after."""

    name: str
    tier: int
    pattern: re.Pattern[str]
    above: bool = False


def _any(*alternatives: str, before: str = "", after: str = "") -> re.Pattern[str]:
    return re.compile(f"{before}(?:{'|'.join(alternatives)}){after}", re.I)


def _form(name: str, tier: int, *parts: str, above: bool = False) -> Form:
    return Form(name, tier, re.compile("".join(parts), re.I), above)


_LOCAL = r"(?:\"[^\"\s<>]{1,100}\"|[^\s<>\"'(),;:\[\]\\=]{1,100})"
_PLAIN = rf"[\"']?(?P<b>{_LOCAL}@[A-Za-z0-9][A-Za-z0-9._-]{{0,254}})[\"']?"
_ADDRESS = rf"(?:<{_PLAIN.replace('<b>', '<a>')}>|{_PLAIN})"
#: The address repeated, as Exchange writes it.
_AGAIN = r"(?:\s{0,3}(?:<mailto:[^>\s]{1,320}>|<[^<>\s]{1,320}>|\([^()\s]{1,320}@[^()\s]{1,320}\)))*"
_MARGIN = r"\A[>\s*\"\[-]{0,12}"
_LABELS = "|".join(
    (
        "final-recipient",
        "original-recipient",
        "recipients?(?:'s)?(?: (?:e-?mail )?address)?",
        "addressed to",
        "addressee",
        "address",
        r"delivery (?:failed|failure|to)(?: \d{1,4} attempts)?",
        r"(?:unknown|invalid|bad|failed|undeliverable|unreachable)[\w -]{0,25}",
        "user",
        "mailbox",
        "envelope-to",
        "failed to deliver to",
        "generated (?:from|by)",
    )
)
FORMS = (
    # Exim, qmail, Gmail, Exchange, Sendmail's list: the address alone, or with something in brackets.
    _form(
        "alone",
        1,
        rf"{_MARGIN}{_ADDRESS}{_AGAIN}\"?[\s:.;,]{{0,4}}",
        r"(?:[(\[][^@]{1,400}[)\]]|on \w{3},.{0,60}|\[[^\]]{1,300}\])?\.?\s*\Z",
    ),
    # Postfix, OpenSMTPD, MXLogic, amavis, McAfee: the address, then why.
    _form(
        "with a reason",
        1,
        rf"{_MARGIN}{_ADDRESS}{_AGAIN}[\"\]]?",
        r"(?:\s{0,3}[:;,]\s|\s{1,3}[(\[]|\s{1,3}-+\s|\s{2,20}(?=\w)|\t|\s?\.\.\.\s)",
    ),
    _form(
        "labelled",
        1,
        rf"\A(?!.{{0,20}}(?:rcpt|mail)[ _])\W{{0,12}}(?:[\w ]{{0,30}}\b)?(?:{_LABELS})",
        rf"\s{{0,3}}[:=]\s{{0,3}}(?:rfc822\s?;\s{{0,2}})?'?{_ADDRESS}",
    ),
    # Exchange: a name, and the address that it leads to.
    _form(
        "with a name", 1, rf"{_MARGIN}[^<>()@:]{{1,80}}(?:\([^()\s]{{1,320}}\))?\s?<mailto:(?P<a>)?{_PLAIN}>"
    ),
    _form("status list", 1, rf"\[Status: \w{{1,20}}, Address: {_ADDRESS}"),
    # Sendmail's transcript: ``550 5.1.1 <bob@b.example>... User unknown``.
    _form(
        "transcript",
        2,
        r"\A\s{0,4}[245]\d\d[ -](?:[245]\.\d{1,3}\.\d{1,3} )?",
        rf"{_ADDRESS}\.\.\. ?\S",
        above=True,
    ),
    _form("command", 2, rf"\bRCPT(?:[ _]TO)?:\s{{0,3}}{_ADDRESS}"),
    _form(
        "sentence",
        3,
        r"(?:deliver\w{0,5}|sent|sends?|relay\w{0,3}|reach(?:ed)?|message|e?-?mail|recipients?|address|user|account",
        rf"|mailbox|reject\w{{0,3}}|group|list|generated (?:from|by))\b[^@]{{0,100}}?{_ADDRESS}",
    ),
    _form(
        "sentence after",
        3,
        rf"{_ADDRESS}.{{0,60}}\b(?:could ?n.t|was ?n.t|not|un\w+|no longer|failed|rejected|is full",
        r"|does ?n.t)\b",
    ),
    # The header of the message, quoted.
    _form("to", 3, rf"\A\W{{0,12}}to:\s{{0,10}}{_ADDRESS}"),
    _form("anywhere", 4, _ADDRESS),
    # GroupWise's names of users, where nothing has an address.
    _form("name", 5, r"\A\t(?P<b>\w[\w. -]{0,80}?)(?P<a>)? \((?=[^()]{4,300}\)\s*\Z)"),
)

#: Lines that name those who help, or the sender, not a recipient.
OTHERS = _any(
    *("contact", "assistance", "help", r"questions?", "support", "postmaster", "administrator"),
    *("problem report", r"forward(?:ed)? this", "reply to", r"e?mail (?:us|me) at", "sent by", "sender"),
    *(r"(?:mail|message) from", r"(?:mail )?from:?", "on behalf", "envelope.sender", "write to", "subscribe"),
    *("message-id", "reporting", "invoked", r"http\S{0,200}", "<<<"),
    before=r"\b",
)
OTHER_LINES = _any(
    *(
        "<<<",
        ">>> MAIL",
        "from ",
        "(?:message-)?id:",
        "message-id",
        "return-path",
        "received",
        "reporting",
        "x-",
    ),
    before=r"\A\s*",
)
#: Lines of a notification that quote the message: no words of its own.
QUOTED = _any(
    *("subject", "sujet", "oggetto", "betreff", "asunto", "onderwerp", "message-id", "sent", "date", "cc"),
    before=r"\A[\s>*|-]{0,12}",
    after=r"\s?:",
)
#: The line above the copy of the message.
CUT = _any(
    r"[-=*_~ ]{2,80}.{0,30}\b(?:original|returned|unsent|undelivered|copy of|message header|message text"
    r"|header of)\b.{0,60}",
    r"(?:(?:this|below|here|enclosed|attached|included|following)\b.{0,40}|\W{0,10})\b(?:is|are) (?:a |the )?"
    r"(?:copy|original|first \d+|header|full|beginning).{0,80}",
    r"(?:the )?(?:original|returned|undelivered)?\s?(?:message|mail)(?: headers?| text| body)? "
    r"follows?\b.{0,60}",
    r"(?:the )?original (?:e?-?mail |message )?(?:message|headers?|mail|text)(?: headers?)?\s?[:.]?",
    r"-{2,}\s?(?:original|returned)\b.{0,40}",
    r"your (?:original )?message (?:reads|was(?! not| un)|follows).{0,30}:",
    *(r"intestazioni originali.{0,40}", r"en-t.tes de message.{0,40}", r"urspr.ngliche.{0,40}"),
    r"encabezados originales.{0,40}",
    before=r"\A\s*",
    after=r"\s*\Z",
)
HEADER = _any(
    *("return-path", "received", "dkim-signature", "message-id", "from", "date", "subject", "to", "sender"),
    *("mime-version", r"x-[\w-]{1,40}", r"arc-[\w-]{1,30}", "authentication-results", "delivered-to"),
    *("content-type", "reply-to"),
    before=r"\A",
    after=r"\s?:",
)
TRACE = _any(
    *("return-path", "received", "dkim-signature", "message-id", "x-received", "arc-seal"),
    before=r"\A",
    after=r"\s?:",
)

#: Authors of reports.
DAEMONS = _any(
    *("mailer.?daemon", "post.?master", "mail (?:delivery|administrator)", "mail deliver", r"\A\s*<>\s*\Z"),
    *("content-filter at", "system administrator", "ndr admin"),
)
#: Subjects of reports.
SUBJECTS = _any(
    *(
        "undeliver",
        "failure notice",
        "returned mail",
        "mail failure",
        "non.delivery",
        "user unknown",
        "rejected",
    ),
    *("delivery (?:status|fail|notif|report|problem|error)", "not (?:a )?member", "not be delivered"),
    *("(?:mail|message) (?:delivery|could ?n|not deliver|was not|system error)", r"bounce[ds]?\b"),
    "error sending your mail",
)
#: Subjects of reports of reading that say that it was refused.
REFUSED = _any("reject", "refus", "undeliver")
#: Words of reports.
UNDELIVERED = _any(
    r"(?:could|can|was|were|has|have|is|did)(?: ?n.t| ?not)(?: yet)? (?:be(?:en)? )?"
    r"(?:deliver|reach|relay|sent)",
    *("unable to (?:be )?deliver", "not (?:a )?member", r"deliver\w{0,3} (?:has )?failed", "no such user"),
    "unknown user",
)
#: Words of notices of a delay, and those that show that it is something else.
DELAYED = _any(
    *(
        "warning message only",
        "has been delayed",
        "is delayed",
        "delivery (?:is )?delayed",
        "will be retried",
    ),
    *("(?:is|been|being) held (?:for|until|and)", "(?:message|mail) on hold", "awaits moderator"),
    *("has not (?:yet )?been delivered", "not yet been delivered", "could not be delivered for"),
    *(
        "still (?:being )?(?:retried|trying|try)",
        "temporary failure report",
        r"status notification \(delay\)",
    ),
    *("(?:will|to) (?:continue|keep)(?: to)? (?:try|trying|attempt)", "do not need to re-?send"),
    *(
        "noch nicht zugestellt",
        "verzögert",
        r"weiter(?:hin)? versucht",
        r"pas encore (?:été|pu)",
        r"retard(?:ée?|o)\b",
    ),
    *("continuer d.essayer", r"a[úu]n no se ha", "retrasad[oa]", "seguirá intentando", "non è stato ancora"),
    *(
        "ainda não foi",
        "atrasad[oa]",
        "vertraagd",
        "nog niet (?:bezorgd|afgeleverd)",
        "opóźnion",
        "задерж",
        "ещ[её] не",
    ),
)
GIVEN_UP = _any(
    *("permanent", "given up", "giving up", "not going to try again", "fatal error", "undeliverable"),
    *("endgültig", "aufgegeben", "définiti", "definitiv"),
)
