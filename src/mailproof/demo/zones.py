"""The demo's DNS data: a sender, a mail service, a list, a forwarder, a receiver."""

from __future__ import annotations

from mailproof.demo.scenarios import Scenario

#: What each host is called on the (pretended) network.
SENDER = "192.0.2.25"
ESP = "198.51.100.50"
LIST = "198.51.100.9"
FORWARDER = "198.51.100.7"
RECEIVER = "203.0.113.25"

_REST = f"""
$ORIGIN acme.example.
@ 3600 IN SOA ns1 hostmaster 2026110101 7200 3600 1209600 300
@ 3600 IN NS ns1
@ 3600 IN NS ns2
ns1 3600 IN A 192.0.2.53
ns2 3600 IN A 198.51.100.53
@ 3600 IN A 192.0.2.80
@ 3600 IN MX 10 mx1
@ 3600 IN MX 20 mx2
mx1 3600 IN A 192.0.2.26
mx2 3600 IN A 198.51.100.26
mail 3600 IN A {SENDER}
mail 3600 IN TXT "v=spf1 a -all"
h1 3600 IN A 192.0.2.41
h2 3600 IN A 192.0.2.42
$ORIGIN esp.example.
@ 3600 IN SOA ns1 hostmaster 1 7200 3600 1209600 300
@ 3600 IN NS ns1
ns1 3600 IN A 198.51.100.54
@ 3600 IN MX 10 mta
mta 3600 IN A {ESP}
bounce 3600 IN SOA ns1.esp.example. hostmaster 1 7200 3600 1209600 300
bounce 3600 IN NS ns1.esp.example.
bounce 3600 IN MX 10 mta
bounce 3600 IN TXT "v=spf1 ip4:{ESP} -all"
mta 3600 IN TXT "v=spf1 a -all"
$ORIGIN club.example.
@ 3600 IN SOA ns1.esp.example. hostmaster 1 7200 3600 1209600 300
@ 3600 IN NS ns1.esp.example.
@ 3600 IN MX 10 lists
lists 3600 IN A {LIST}
lists 3600 IN MX 10 lists
lists 3600 IN TXT "v=spf1 ip4:{LIST} -all"
$ORIGIN university.example.
@ 3600 IN SOA ns1.esp.example. hostmaster 1 7200 3600 1209600 300
@ 3600 IN NS ns1.esp.example.
@ 3600 IN MX 10 fwd
fwd 3600 IN A {FORWARDER}
fwd 3600 IN TXT "v=spf1 a -all"
$ORIGIN receiver.example.
@ 3600 IN SOA ns1.esp.example. hostmaster 1 7200 3600 1209600 300
@ 3600 IN NS ns1.esp.example.
@ 3600 IN MX 10 mx
mx 3600 IN A {RECEIVER}
$ORIGIN 2.0.192.in-addr.arpa.
25 3600 IN PTR mail.acme.example.
26 3600 IN PTR mx1.acme.example.
$ORIGIN 100.51.198.in-addr.arpa.
26 3600 IN PTR mx2.acme.example.
50 3600 IN PTR mta.esp.example.
9 3600 IN PTR lists.club.example.
7 3600 IN PTR fwd.university.example.
$ORIGIN 113.0.203.in-addr.arpa.
25 3600 IN PTR mx.receiver.example.
"""


def zone_text(scenario: Scenario, keys: tuple[tuple[str, str], ...]) -> str:
    """The whole world's DNS as one master file. ``keys`` are DKIM names with their record's text."""
    lines = ["$TTL 3600", "$ORIGIN ."]
    lines += [_txt("acme.example", record) for record in scenario.spf]
    if scenario.dmarc:
        lines.append(_txt("_dmarc.acme.example", scenario.dmarc))
    lines += [_txt(name, record) for name, record in keys]
    lines.append(scenario.extra_zone)
    return "\n".join(lines) + _REST


def _txt(name: str, text: str) -> str:
    strings = " ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255))
    return f"{name}. 3600 IN TXT {strings}"
