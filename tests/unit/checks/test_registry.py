"""The registry of rules, and what their modules declare."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import fields

import mailproof.checks
from mailproof.checks import registry
from mailproof.checks.base import Check, declare
from mailproof.model import DomainFacts, Severity
from tests.support.needs import reads

FOLDER = Path(mailproof.checks.__file__).parent
#: Facts that need no collector.
ALWAYS = {"domain", "profile", "profile_reason", "failures", "lookups"}
FIELDS = {each.name for each in fields(DomainFacts)} - ALWAYS


@pytest.mark.parametrize("topic", registry.TOPICS, ids=lambda topic: topic.name)
def test_each_module_is_listed(topic: registry.Topic) -> None:
    files = {path.stem for path in (FOLDER / topic.name).glob("[!_]*.py")}
    assert set(topic.rules) == files
    assert list(topic.rules) == sorted(topic.rules) or topic.name == "message"


def test_ids_are_unique() -> None:
    modules = [rule for topic in registry.TOPICS for rule in topic.rules]
    assert len(registry.ids()) == len(modules)


def test_a_check_is_what_its_module_declares() -> None:
    check = registry.check("SPF003")
    assert check.rule.id == "SPF003"
    assert check.rule.title == "SPF: more than 10 DNS lookups"
    assert check.rule.topic == registry.topic_of("SPF003").name == "spf"
    assert check.rule.references == ("RFC 7208 section 4.6.4",)
    assert check.doc.startswith("SPF: more than 10 DNS lookups\n\n## What it checks\n")
    assert check is registry.check("SPF003")
    with pytest.raises(KeyError):
        registry.check("SPF999")


def test_checks_of_a_kind() -> None:
    assert {check.rule.id for check in registry.checks("domain", {"SPF003", "AUTH001"})} == {"SPF003"}
    kinds = [
        len(registry.checks("domain")),
        len(registry.checks("message")),
        len(registry.checks("delivery")),
        len(registry.checks("inbound")),
    ]
    assert sum(kinds) == len(registry.every()) == len(registry.ids())


def declare_in(page: str | None) -> Check[DomainFacts]:
    """The check declared by a module with this docstring."""
    module: dict[str, Any] = {"__name__": "checks.spf.spf999_x", "__doc__": page}
    exec("def check(facts, report): pass", module)
    return declare(Severity.INFO)(module["check"])


def test_a_page_without_docstrings() -> None:
    declared = declare_in(None)
    assert (declared.rule.id, declared.rule.title) == ("SPF999", "spf999_x")
    assert declared.rule.references == ()


def test_references_may_span_lines() -> None:
    page = "Title\n\n## References\n- RFC 7208\n  section 3\n- RFC 9989\n"
    assert declare_in(page).rule.references == ("RFC 7208 section 3", "RFC 9989")


def test_needs_are_what_the_rule_reads() -> None:
    for rule in (rule for topic in registry.TOPICS if topic.kind == "domain" for rule in topic.ids):
        check, topic = registry.check(rule), registry.topic_of(rule)
        read = reads(import_module(check.run.__module__).__name__) & FIELDS
        assert check.needs <= FIELDS, rule
        assert read <= check.needs, rule
        assert check.needs - topic.needs <= read, rule


def test_profiles_are_of_the_topic_or_the_rule() -> None:
    found = {rule: registry.check(rule).profiles for rule in ("MX001", "MX020", "MX014", "SPF001", "SPF003")}
    assert found == {
        "MX001": "receiving",
        "MX020": "all",
        "MX014": "sending",
        "SPF001": "in use",
        "SPF003": "all",
    }


def test_one_page_imports_one_rule() -> None:
    code = (
        "import atexit, sys; from mailproof.checks import registry; from mailproof.cli.entry import main\n"
        "modules = {rule for topic in registry.TOPICS for rule in topic.rules}\n"
        "loaded = lambda: [name for name in sys.modules if name.split('.')[-1] in modules]\n"
        "atexit.register(lambda: print(*loaded(), file=sys.stderr))\n"
        "main(['explain', 'SPF003'])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "SPF: more than 10 DNS lookups" in run.stdout
    assert run.stderr.split() == ["mailproof.checks.spf.spf003_too_many_lookups"]
