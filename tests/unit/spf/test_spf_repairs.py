"""SPF records broken in one or a few places: the interpretation is the original record, or none."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailproof.records.spf import is_spf, parse_spf, read_spf
from tests.unit.spf.test_spf_reading import DOMAIN, VERSIONS

HOSTS = st.sampled_from(
    ("esp.example", "_spf.esp.example", "mail.acme.test", "a.b.example.com", "spf1.x-y.net")
)
ADDRESSES = st.sampled_from(("192.0.2.1", "198.51.100.0/24", "203.0.113.77/32"))
MECHANISMS = st.one_of(
    st.sampled_from(
        ("a", "mx", "a/24", "ip6:2001:db8::/32", "ip6:2001:db8::5", "exists:%{i}._spf.acme.example")
    ),
    st.builds("{}:{}".format, st.sampled_from(("include", "a", "mx")), HOSTS),
    st.builds("ip4:{}".format, ADDRESSES),
)
RECORDS = st.builds(
    lambda terms, end: " ".join(("v=spf1", *dict.fromkeys(terms), end)),
    st.lists(MECHANISMS, min_size=1, max_size=6),
    st.sampled_from(("-all", "~all", "?all")),
)


def spaces(text: str) -> list[int]:
    return [at for at, char in enumerate(text) if char == " "]


def broken(record: str, kind: str, draw: st.DataObject) -> str:
    """The record with one fault of a kind."""
    at = draw.draw(st.sampled_from(spaces(record)))
    if kind == "glued":
        return record[:at] + record[at + 1 :]
    if kind == "separator":
        return (
            record[:at]
            + draw.draw(st.sampled_from((", ", "; ", ",", ";", " ; ", "\u00a0", "\t", '" "')))
            + record[at + 1 :]
        )
    if kind == "end":
        return record + draw.draw(
            st.sampled_from((";", ",", ".", " ;", '"', ";MS=ms123456", ",v=DMARC1", "; v=DMARC1; p=none"))
        )
    if kind == "version":
        return draw.draw(st.sampled_from(VERSIONS)) + record[6:]
    if kind == "equals":
        return record.replace(":", "=", 1)
    if kind == "space":
        colon = record.find(":")
        return record if colon < 0 else record[: colon + 1] + " " + record[colon + 1 :]
    if kind == "letter":
        end = record.find("include") + draw.draw(st.integers(1, 6))
        return record if "include" not in record else record[:end] + record[end + 1 :]
    assert kind == "twice"
    return record + draw.draw(st.sampled_from(("", " "))) + record


@given(
    RECORDS,
    st.sampled_from(("glued", "separator", "end", "version", "equals", "space", "letter", "twice")),
    st.data(),
)
def test_one_fault_is_put_right_or_left_alone(record: str, kind: str, data: st.DataObject) -> None:
    text = broken(record, kind, data)
    reading = read_spf(text, DOMAIN)
    assert reading is not None
    # A missing space may leave a valid record, in which it cannot be detected.
    unseen = is_spf(text) and parse_spf(text).problems == ()
    assert reading.meant in ((text,) if unseen else (record, None)), text


@given(
    RECORDS,
    st.lists(st.sampled_from(("glued", "separator", "end", "version", "equals", "letter")), max_size=3),
    st.data(),
)
def test_a_repair_never_opens_the_record_and_never_loses_a_term(
    record: str, kinds: list[str], data: st.DataObject
) -> None:
    text = record
    for kind in kinds:
        text = broken(text, kind, data) if spaces(text) else text
    reading = read_spf(text, DOMAIN)
    if reading is None or reading.meant is None:
        return
    new = parse_spf(reading.meant)
    assert new.valid
    assert new.all_term is None or new.all_term.qualifier != "+"
    values = [term.partition(":")[2] for term in record.split()[1:]]
    assert all(value in reading.meant for value in values if value in text), text
    assert record.split()[-1] in reading.meant, text
