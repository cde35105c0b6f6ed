"""What tools write that is unlike a zone file: Azure's long strings, binary and other formats."""

from __future__ import annotations

from pathlib import Path

import pytest
from dns.rdtypes.ANY.TXT import TXT

from mailproof.dns.inputs.forms import read_input
from mailproof.errors import ZoneFileError

BASE = "acme.example. 3600 IN SOA ns hostmaster 1 7200 3600 1209600 300\n"


@pytest.mark.parametrize("text", ["k" * 255, "k" * 256, 'k\\"' * 200, "k" * 1739, "short"])
async def test_the_export_of_azure_has_a_text_of_any_length_in_one_string(text: str, tmp_path: Path) -> None:
    head = "\n; Exported zone file from Azure DNS\n;      Zone name: acme.example\n\n$TTL 300\n"
    zone = f'{head}$ORIGIN acme.example.\n    \n{BASE}s1._domainkey 3600 IN TXT "{text}"\n'
    file = tmp_path / "x.zone"
    file.write_text(zone)
    answer = await read_input(file).over().query("s1._domainkey.acme.example", "TXT")
    (record,) = answer.records
    assert isinstance(record, TXT)
    strings = record.strings
    assert b"".join(strings).decode() == text.replace("\\", "")
    assert min(map(len, strings)) > 0
    if len(text) > 255:
        file.write_text(zone.replace("Azure", "another"))
        with pytest.raises(ZoneFileError, match="holds at most 255"):
            read_input(file)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        # lexicon localzone --output JSON list acme.example TXT: records of one type, as if it were all
        (b'[{"id": "1", "type": "TXT", "name": "acme.example", "ttl": 60, "content": "x"}]', "not known"),
        (bytes.fromhex("00000002 00000001 6b0a8946 00000000"), "named-compilezone -f raw"),
        (b"# primary\n\n.acme.example:192.0.2.1:a:259200\n@acme.example:192.0.2.9:a::60\n", "tinydns"),
        (b"Zacme.example:ns.acme.example:hostmaster.acme.example::::::60\n", "tinydns"),
    ],
)
def test_what_is_no_zone_is_refused_in_words(raw: bytes, words: str, tmp_path: Path) -> None:
    file = tmp_path / "acme.example.zone"
    file.write_bytes(raw)
    with pytest.raises(ZoneFileError, match=words):
        read_input(file)
