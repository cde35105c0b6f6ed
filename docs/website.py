"""``./run docs [FOLDER] [--serve [PORT]]``: the documentation as a site, by default in build/docs/site.

The pages are those of the repository: README.md, docs/ and what these link to. They are copied to
build/docs/pages with their links turned to where pages are in the site, built strictly by Zensical, and the
result is checked by docs/links.py. Nothing is fetched, and the site fetches nothing from elsewhere.
"""

from __future__ import annotations

import argparse
import json
import posixpath
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from docs import generate, links

from mailproof.checks import registry

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "docs"
#: Faults that are shown; one in the navigation is on every page.
SHOWN = 20
#: Pages that are elsewhere in the site than in docs/: path in the repository -> path in the site.
PLACES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "reporting.md",
    "CHANGELOG.md": "changelog.md",
    "bench/README.md": "project/benchmarks.md",
    "tests/lab/README.md": "project/laboratory.md",
    "tests/fuzz/README.md": "project/fuzzing.md",
}
#: Fenced blocks and code spans, where nothing is a link; and a link or picture.
_CODE = re.compile(
    r"(^ *(?P<fence>```+|~~~+).*?^ *(?P=fence)[ \t]*$|(?P<span>`+)[^`].*?(?P=span))", re.M | re.S
)
#: A row of a table. GitHub needs a backslash before each | of code in it, Python's Markdown would show it.
_ROW = re.compile(r"^\|.*\|$", re.M)
_LINK = re.compile(r"(?P<before>!?\[[^\]\n]*\]\()(?P<target>[^)\s]+)\)")


class NoPage(Exception):
    """A link of a page leads to what is not in the site."""


def sources(root: Path = ROOT) -> dict[str, str]:
    """Path in the repository -> path in the site, of pages and of the files that they show."""
    found = {name: place for name, place in PLACES.items() if (root / name).exists()}
    for pattern in ("*.md", "*/*.md", "*.svg", "*.schema.json", "grafana.json"):
        for path in sorted((root / "docs").glob(pattern)):
            name = path.relative_to(root / "docs").as_posix()
            place = re.sub(r"(^|/)README\.md$", r"\1index.md", name)
            found[f"docs/{name}"] = place
    return found


def page(name: str, text: str, places: dict[str, str]) -> str:
    """The text of a page, with each link turned to where it leads in the site."""

    def turned(link: re.Match[str]) -> str:
        path, mark, anchor = link["target"].partition("#")
        if not path or re.match(r"[a-z][a-z0-9+.-]*:", path):
            return link[0]
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
        if wanted not in places:
            raise NoPage(f"{name}: links to {link['target']}, which is not in the site (docs/website.py)")
        there = posixpath.relpath(places[wanted], posixpath.dirname(places[name]) or ".")
        return f"{link['before']}{there}{mark}{anchor})"

    text = outside_code(text, lambda part: _LINK.sub(turned, part))
    return _ROW.sub(lambda row: re.sub(r"`[^`]+`", lambda code: code[0].replace("\\|", "|"), row[0]), text)


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """The text with what is not code changed."""
    parts, end = [], 0
    for code in _CODE.finditer(text):
        parts += [change(text[end : code.start()]), code[0]]
        end = code.end()
    return "".join([*parts, change(text[end:])])


def configuration(text: str, titles: dict[str, str]) -> str:
    """The configuration with the rules in the navigation, by topic, and with the pages that it lists nowhere.

    ``titles``: path in the site -> title.
    """
    topics: list[object] = [{"Rules": "rules/index.md"}]
    topics += [
        {title: [{f"{rule.id} {rule.title}": f"rules/{rule.id}.md"} for rule in rules]}
        for title, rules in generate.by_topic(registry.every())
    ]
    rest = [{title: place} for place, title in titles.items() if f'"{place}"' not in text]
    others = "".join(f"    {_toml(each)},\n" for each in rest)
    for mark, value in (('"rules/*"', _toml(topics)), ('    "*",\n', others)):
        before, found, after = text.partition(mark)
        if not found:
            raise ValueError(f"docs/website.toml has no place for {mark.strip()}")
        text = before + value + after
    return text


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_toml(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def stage(folder: Path, root: Path = ROOT) -> None:
    """Write what Zensical reads. What has not changed is left alone, what is gone goes."""
    places, pages, titles = sources(root), folder / "pages", {}
    for name, place in places.items():
        text = (root / name).read_text("utf-8")
        if name.endswith(".md"):
            text = page(name, text, places)
            if not place.startswith("rules/"):
                heading = re.search(r"^# (.+)$", text, re.M)
                titles[place] = heading[1] if heading else place
        _write(pages / place, text)
    for path in pages.rglob("*.*"):
        if path.relative_to(pages).as_posix() not in places.values():
            path.unlink()
    theme = "theme/main.html"
    _write(folder / theme, (root / "docs" / theme).read_text("utf-8"))
    website = (root / "docs" / "website.toml").read_text("utf-8")
    _write(folder / "zensical.toml", configuration(website, titles))


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text("utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def zensical(*arguments: str) -> list[str]:
    """The command, run by this Python."""
    return [sys.executable, "-m", "zensical", *arguments, "-f", str(WORK / "zensical.toml")]


def build() -> int:
    """Build all of it anew and check it; 1 where there is a warning or a link that leads nowhere."""
    stage(WORK)
    shutil.rmtree(WORK / "site", ignore_errors=True)
    command = zensical("build", "--clean", "--strict")
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if done.returncode:
        shown = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)
        sys.stderr.write(shown.partition("Traceback (most recent call last)")[0])
        return _fail("Zensical did not build the site; its words are above")
    faults = links.faults(WORK / "site")
    for fault in faults[:SHOWN]:
        sys.stderr.write(f"{fault}\n")
    return _fail(f"{len(faults)} faults in {WORK / 'site'}") if faults else 0


def serve(port: int) -> int:
    """Serve it on this machine alone; pages follow their sources."""
    with subprocess.Popen(zensical("serve", "-a", f"127.0.0.1:{port}")) as server:  # noqa: S603 - ours
        try:
            seen = _newest()
            while server.poll() is None:
                time.sleep(1)
                if (now := _newest()) != seen:
                    seen = now
                    try:
                        stage(WORK)
                    except NoPage as error:
                        _fail(str(error))
        except KeyboardInterrupt:
            server.terminate()
            return 130
        return server.returncode


def _newest() -> float:
    return max((ROOT / name).stat().st_mtime for name in (*sources(), "docs/website.toml"))


def _fail(text: str) -> int:
    sys.stderr.write(f"docs: {text}\n")
    return 1


def main(arguments: list[str]) -> int:
    """Build, and copy or serve."""
    parser = argparse.ArgumentParser(prog="./run docs", description="Build the documentation site, strictly.")
    parser.add_argument(
        "folder", nargs="?", type=Path, help="where to put it, empty or new (build/docs/site)"
    )
    parser.add_argument(
        "--serve", nargs="?", type=int, const=8000, metavar="PORT", help="and serve it (8000)"
    )
    options = parser.parse_args(arguments)
    folder: Path | None = options.folder
    if folder and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        _fail(f"{folder} is not an empty folder")
        return 2
    try:
        code = build()
    except NoPage as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return 130
    if code == 0 and folder:
        shutil.copytree(WORK / "site", folder, dirs_exist_ok=True)
    if code == 0:
        count = sum(1 for _ in (WORK / "site").rglob("*.html"))
        sys.stderr.write(f"docs: {count} pages in {folder or WORK / 'site'}; links checked\n")
    return serve(options.serve) if code == 0 and options.serve else code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
