"""The trust boundary of 540 messages in the header formats of real receivers: correct, or unknown."""

from __future__ import annotations

import pytest

from mailproof.data.borders import borders
from mailproof.message.border import find_border
from mailproof.message.envelope import find_envelope
from mailproof.message.hosts import related
from mailproof.message.reader import read
from tests.support.received_forms import FORMS
from tests.support.received_samples import Sample, samples

SAMPLES = tuple(samples())
#: The formats that do not record the return path.
WITHOUT_PATH = ("exchange-on-premises",)


def test_there_are_enough_of_them() -> None:
    assert len(SAMPLES) >= 500
    assert len({form.name for form in FORMS}) == len(FORMS)


@pytest.mark.parametrize("form", [form.name for form in FORMS])
def test_client_return_path_and_results_are_right(form: str) -> None:
    for sample in (each for each in SAMPLES if each.name.rpartition("-")[0] == form):
        _is_right(sample, known_path=form not in WITHOUT_PATH)


def _is_right(sample: Sample, *, known_path: bool) -> None:
    message = read(sample.raw)
    border = find_border(message)
    envelope = find_envelope(message, border)
    assert envelope.ip == sample.ip, (sample.name, envelope.origin)
    # A result with only the domain matches any address in it.
    domain = sample.path.rpartition("@")[2]
    right = (sample.path, f"postmaster@{domain}") if known_path else (None,)
    assert envelope.mail_from in right, (sample.name, envelope.origin)
    assert tuple(each.raw for each in border.results if each.trusted) == sample.own, sample.name
    assert not any(each.forged for each in border.results if each.raw in sample.own), sample.name
    assert not any(each.trusted for each in border.others if "bank.example" in each.raw), sample.name


def test_the_list_of_receivers_is_dated_and_sound() -> None:
    known = borders()
    assert known.date >= "2026-11-26"
    assert len({each.name for each in known.borders}) == len(known.borders) >= 13
    for each in known.borders:
        assert each.hosts
        assert each.results
        assert each.source.startswith("https://")
        for texts in (each.hosts, each.ids, each.fields, each.client, each.appended, each.sending):
            assert all(text == text.lower() for text in texts)
        assert not any(related(pattern.lstrip("*."), "bank.example") for pattern in (*each.hosts, *each.ids))
