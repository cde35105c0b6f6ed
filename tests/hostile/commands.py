"""Commands on a zone and a message in the working folder, and the form of a refusal."""

from __future__ import annotations

from tests.support.cli import Run

ZONE = """$ORIGIN acme.example.
@ 60 IN SOA ns1 hostmaster 1 2 3 4 5
@ 60 IN NS ns1
@ 60 IN MX 10 mx1
mx1 60 IN A 192.0.2.26
@ 60 IN TXT "v=spf1 mx -all"
"""
MESSAGE = b"From: a@acme.example\r\nDate: x\r\n\r\nhello\r\n"
AUDIT = ("audit", "acme.example", "--zone", "acme.zone", "--offline")
PROBE = ("probe", "--smtp", "127.0.0.1:9", "--from", "a@acme.example", "--to", "b@c.example")


def refused(run: Run, said: str) -> None:
    assert run.code == 2, run
    assert run.out == ""
    assert run.err.count("\n") == 1, run.err
    assert said in run.err
