"""docs/website.py: the site's pages, the targets of their links, and errors for broken ones."""

from __future__ import annotations

import importlib.util
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docs import website

from mailproof.checks import registry

PLACES = {"README.md": "index.md", "docs/dns.md": "dns.md", "docs/rules/README.md": "rules/index.md"}


@pytest.mark.parametrize(
    ("name", "text", "turned"),
    [
        ("README.md", "see [DNS](docs/dns.md#lists)", "see [DNS](dns.md#lists)"),
        (
            "docs/dns.md",
            "[home](../README.md), [rules](rules/README.md)",
            "[home](index.md), [rules](rules/index.md)",
        ),
        ("docs/rules/README.md", "[up](../dns.md) ![x](../dns.md)", "[up](../dns.md) ![x](../dns.md)"),
        ("docs/dns.md", "[a](#here) [b](https://a.example/x.md)", "[a](#here) [b](https://a.example/x.md)"),
        ("docs/dns.md", "`[a](gone.md)` and ``[b](gone.md)``", "`[a](gone.md)` and ``[b](gone.md)``"),
        (
            "docs/dns.md",
            "```md\n[a](gone.md)\n```\n[h](../README.md)",
            "```md\n[a](gone.md)\n```\n[h](index.md)",
        ),
    ],
)
def test_links_are_turned(name: str, text: str, turned: str) -> None:
    assert website.page(name, text, PLACES) == turned


def test_a_link_to_what_is_not_in_the_site_is_refused() -> None:
    with pytest.raises(website.NoPage, match=r"docs/dns\.md: links to \.\./run, which is not in the site"):
        website.page("docs/dns.md", "[it](../run)", PLACES)


def test_every_page_of_the_repository_can_be_staged(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "gone.md").write_text("# A page that was removed\n")
    website.stage(tmp_path)
    there = {path.relative_to(tmp_path / "pages").as_posix() for path in (tmp_path / "pages").rglob("*.*")}
    assert {"index.md", "contributing.md", "guides/audit.md", "rules/SPF003.md", "report.svg"} <= there
    assert there == set(website.sources().values())


def test_every_page_is_in_the_navigation(tmp_path: Path) -> None:
    website.stage(tmp_path)
    listed = list(_files(tomllib.loads((tmp_path / "zensical.toml").read_text("utf-8"))["project"]["nav"]))
    pages = {place for place in website.sources().values() if place.endswith(".md")}
    assert sorted(listed) == sorted(pages)
    assert len(listed) > len(registry.every())


def test_a_page_that_is_listed_nowhere_has_its_title() -> None:
    text = '[project]\nnav = [\n    { "A" = "a.md" },\n    "*",\n  { "Rules" = "rules/*" },\n]\n'
    done = website.configuration(text, {"a.md": "Title of A", "b.md": 'Say "b"'})
    assert tomllib.loads(done)["project"]["nav"][:2] == [{"A": "a.md"}, {'Say "b"': "b.md"}]


def _files(nav: Any) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
    else:
        for each in nav if isinstance(nav, list) else nav.values():
            yield from _files(each)


def test_a_configuration_without_a_place_for_the_rules_is_refused() -> None:
    with pytest.raises(ValueError, match=r'no place for "rules/\*"'):
        website.configuration("[project]\nnav = []\n", {})


def test_a_folder_with_files_in_it_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine").write_text("")
    assert website.main([str(tmp_path)]) == 2
    assert website.main([str(tmp_path / "mine")]) == 2
    assert capsys.readouterr().err.splitlines()[0] == f"docs: {tmp_path} is not an empty folder"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one page, to build for real."""
    if importlib.util.find_spec("zensical") is None:
        pytest.skip("Zensical is not installed: ./run docs installs it")
    shutil.copytree(website.ROOT / "docs" / "theme", tmp_path / "docs" / "theme")
    (tmp_path / "docs" / "website.toml").write_text(
        '[project]\nsite_name = "s"\ndocs_dir = "pages"\nsite_dir = "site"\n'
        'nav = [{ "Home" = "index.md" }]\n[project.theme]\nfont = false\ncustom_dir = "theme"\n'
    )
    monkeypatch.setattr(website, "ROOT", tmp_path)
    monkeypatch.setattr(website, "WORK", tmp_path / "build")
    monkeypatch.setattr(website, "configuration", lambda text, _: text)
    monkeypatch.setattr(website.stage, "__defaults__", (tmp_path,))
    monkeypatch.setattr(website.sources, "__defaults__", (tmp_path,))
    return tmp_path


def test_a_page_is_built(small: Path) -> None:
    (small / "README.md").write_text("# Title\n\nText, [below](#more).\n\n## More\n\nText.\n")
    assert website.main([str(small / "out")]) == 0
    html = (small / "out" / "index.html").read_text("utf-8")
    assert "Content-Security-Policy" in html
    assert "fonts.g" not in html


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# Title\n\n[it](#gone)\n", "Zensical did not build the site"),
        ("# Title\n\n[it](docs/gone.md)\n", "README.md: links to docs/gone.md, which is not in the site"),
        (
            "# Title\n\n<img src='https://cdn.example/x.png'>\n",
            "index.html: fetches https://cdn.example/x.png",
        ),
    ],
)
def test_a_page_with_a_fault_fails(
    small: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    (small / "README.md").write_text(text)
    assert website.main([str(small / "out")]) == 1
    assert said in capsys.readouterr().err
    assert not (small / "out").exists()
