"""The fuzz targets: functions of octets that return or raise one of our own errors. Anything else is a bug.

Used by the atheris harness, by the tests of stored crashes, and by hand:
``python -m tests.fuzz.targets NAME FILE``.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from mailproof.dns.live.packet import BadReply, answers_question, encode_name, question_of, read_reply
from mailproof.dns.snapshot import Snapshot
from mailproof.dns.zonefile import ZoneResolver
from mailproof.errors import MailproofError
from mailproof.explain import explain_file, explain_text
from mailproof.mail.compare import compare
from mailproof.mail.dsn import parse_dsn, read_notification
from mailproof.mail.saved import _without_emlx, split
from mailproof.message.content import kept_content, read_content
from mailproof.message.reader import read
from mailproof.model import Report
from mailproof.records.authentication_results import parse_authentication_results, parse_received_spf
from mailproof.records.bimi import BIMI, parse_bimi
from mailproof.records.dates import parse_date
from mailproof.records.der import parse_public_key
from mailproof.records.dkim_key import looks_like_dkim_key, parse_dkim_key
from mailproof.records.dkim_repair import is_key_part, joined_key, repaired_key
from mailproof.records.dkim_signature import parse_dkim_signature
from mailproof.records.dmarc import parse_dmarc
from mailproof.records.dmarc_text import merged, near_miss, repaired, rewritten
from mailproof.records.header_text import decode_words, tokenize
from mailproof.records.hostnames import typed_host
from mailproof.records.html_text import host_of, images_in, links_in, visible_text
from mailproof.records.mailboxes import address_domain, parse_addresses
from mailproof.records.message import OUTLOOK, parse_message
from mailproof.records.misplaced import misplaced
from mailproof.records.mta_sts import STS, parse_sts_record
from mailproof.records.mta_sts_policy import parse_sts_policy
from mailproof.records.received import chain
from mailproof.records.return_path import read_return_path
from mailproof.records.spam_headers import read_filter
from mailproof.records.spf import parse_spf, read_spf
from mailproof.records.spf.macros import domain_problem, parse_macros
from mailproof.records.svg_tiny import inspect_svg
from mailproof.records.tag_repair import near_miss as record_near_miss
from mailproof.records.tag_repair import repaired as record_meant
from mailproof.records.tags import parse_tags
from mailproof.records.tls_rpt import TLS_RPT, parse_tls_rpt
from mailproof.records.tlsa import parse_tlsa
from mailproof.render.json import render_json
from mailproof.render.look import SCREEN
from mailproof.render.text import render_text
from tests.conformance.txt_resolver import TxtResolver
from tests.fuzz import configs, wires
from tests.support.dkim import NOW, PUBLIC
from tests.support.engine import verify_async

#: Larger inputs find nothing new: quadratic behaviour has its own tests.
MAX_LENGTH = 20_000

KEY = f"v=DKIM1; k=rsa; p={PUBLIC['rsa2048']}"
RECORDS = {
    "s1._domainkey.acme.example": KEY,
    "s1._domainkey.list.example": KEY,
    "acme.example": "v=spf1 ip4:192.0.2.0/24 a mx include:esp.example -all",
    "_dmarc.acme.example": "v=DMARC1; p=reject; rua=mailto:d@acme.example",
}
_NAMES = ("tls", "X-Spam-Status", "X-Forefront-Antispam-Report", "X-Spamd-Result", "X-Microsoft-Antispam")

Target = Callable[[bytes], None]


async def judged(raw: bytes, records: dict[str, str]) -> Report:
    """The report on a message, with only these TXT records in the DNS."""
    return await verify_async(raw, resolver=TxtResolver(records), now=NOW, ip=None)


def verify(raw: bytes, records: dict[str, str] = RECORDS) -> None:
    """Process a whole message up to the JSON report: no rule or collector may fail either."""
    report = asyncio.run(judged(raw, records))
    errors = [(each.check, each.reason) for each in report.outcomes if each.status == "error"]
    assert errors == []
    assert report.facts.message is not None
    assert report.facts.message.failures == ()
    render_json(report)


def _render(raw: bytes) -> None:
    """Render the report: slow, and so a separate target."""
    render_text(asyncio.run(judged(raw, RECORDS)), SCREEN._replace(width=100, verbose=1))


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _spf(raw: bytes) -> None:
    text = _text(raw)
    record = parse_spf(text)
    _in_text(record.problems, text)
    for seams in ((), (7, 20, 255)):
        reading = read_spf(text, "acme.example", seams)
        if reading is not None:
            _in_text(reading.faults, text)
            assert reading.meant is None or parse_spf(reading.meant).valid
    parse_macros(text)
    parse_macros(text, explanation=True)
    domain_problem(text)


def _dkim_key(raw: bytes) -> None:
    text = _text(raw)
    _in_text(parse_dkim_key(text).problems, text)
    looks_like_dkim_key(text)
    repaired_key(text)
    typed_host(text)
    is_key_part(text)
    joined_key((text[: len(text) // 2], text[len(text) // 2 :]))
    parse_public_key(raw)


def _dkim_signature(raw: bytes) -> None:
    text = _text(raw)
    for kind in ("dkim", "ams", "seal"):
        _in_text(parse_dkim_signature(text, kind).problems, text)


def _dmarc(raw: bytes) -> None:
    text = _text(raw)
    record = parse_dmarc(text)
    _in_text(record.problems, text)
    near_miss(text)
    repaired(text)
    rewritten(record, changes=(("p", "reject"),))
    merged((text, text))


def _policies(raw: bytes) -> None:
    text = _text(raw)
    for parse in (parse_sts_record, parse_sts_policy, parse_tls_rpt, parse_bimi, parse_tlsa):
        _in_text(parse(text).problems, text)
    for form in (STS, TLS_RPT, BIMI):
        record_near_miss(text, form)
        record_meant(text, form)
    misplaced("acme.example", text, "acme.example")
    parse_tags(text)


def _in_text(problems: object, text: str) -> None:
    for problem in problems:  # type: ignore[attr-defined] # every parser here has them
        assert 0 <= problem.start <= problem.end <= len(text), problem


def _results(raw: bytes) -> None:
    text = _text(raw)
    parse_authentication_results(text)
    parse_received_spf(text)
    for name in _NAMES:
        read_filter(name, text)


def _addresses(raw: bytes) -> None:
    text = _text(raw)
    parse_addresses(text)
    address_domain(text)
    read_return_path(text, (text,))
    decode_words(text)
    tokenize(text, "<>@,;:")


def _received(raw: bytes) -> None:
    text = _text(raw)
    chain(text.split("\n\n"))
    parse_date(text)


def _html(raw: bytes) -> None:
    text = _text(raw)
    visible_text(text)
    images_in(text)
    links_in(text)
    host_of(text)


def _content(raw: bytes) -> None:
    read_content(read(raw))


def _bounce(raw: bytes) -> None:
    parse_dsn(raw)
    read_notification(raw, lenient=True)
    explain_text(_text(raw))
    explain_file(raw)


def _saved(raw: bytes) -> None:
    for each in split(_without_emlx(raw), "box"):
        if each.raw:
            parse_message(each.raw)


def _outlook(raw: bytes) -> None:
    for each in split(raw if raw.startswith(OUTLOOK) else OUTLOOK + raw, "mail.msg"):
        parse_message(each.raw)
        if each.kept:
            kept_content(each.kept)


def _compare(raw: bytes) -> None:
    before, _, after = raw.partition(b"\n--8<--\n")
    compare(before, after)


def _zone(raw: bytes) -> None:
    resolver = ZoneResolver.from_text(raw.decode("utf-8", "replace"), origin="acme.example")
    for name in ("acme.example", "www.acme.example", "*.acme.example", "_dmarc.acme.example"):
        for rrtype in ("TXT", "MX", "A"):
            resolver.known(name, rrtype)


def _dns(raw: bytes) -> None:
    rrtype = (raw[:1] or b"\0")[0]
    name = encode_name("acme.example")
    assert name is not None
    for kind in {rrtype or 16, 16, 15}:
        question = question_of(name, kind)
        for wire in (raw, raw[:12] + question + raw[12:]):
            if answers_question(wire, question):
                try:
                    read_reply(wire, question)
                except BadReply:
                    continue


def _recording(raw: bytes) -> None:
    Snapshot.from_bytes(raw, "recording")


TARGETS: dict[str, Target] = {
    "verify": verify,
    "render": _render,
    "content": _content,
    "saved": _saved,
    "outlook": _outlook,
    "compare": _compare,
    "bounce": _bounce,
    "spf": _spf,
    "dkim_key": _dkim_key,
    "dkim_signature": _dkim_signature,
    "dmarc": _dmarc,
    "policies": _policies,
    "results": _results,
    "addresses": _addresses,
    "received": _received,
    "html": _html,
    "svg": lambda raw: void(inspect_svg(raw)),
    "zone": _zone,
    "dns": _dns,
    "recording": _recording,
    "config": configs.config,
    "smtp": wires.smtp,
    "imap": wires.imap,
    "pop3": wires.pop3,
    "http": wires.http,
}


def run_any(raw: bytes) -> None:
    """Run the target selected by the first octet: for a short run over all of them."""
    if raw:
        run(list(TARGETS)[raw[0] % len(TARGETS)], raw[1:])


def void(_: object) -> None:
    """Discard a result."""


def run(name: str, raw: bytes) -> None:
    """Run one input; our own errors are valid results."""
    said = ""
    try:
        TARGETS[name](raw)
    except MailproofError as error:
        said = str(error)
    assert "\n" not in said, "an error is one line"


if __name__ == "__main__":
    if sys.argv[2:]:
        run(sys.argv[1], Path(sys.argv[2]).read_bytes())
    else:
        sys.stdout.write(" ".join(TARGETS) + "\n")
