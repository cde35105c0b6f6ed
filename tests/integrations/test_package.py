"""The wheel's contents besides the code, and the README as rendered by PyPI."""

from __future__ import annotations

import email
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from email.message import Message
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest

from tests.support.cli import mailproof
from tests.support.tools import tool

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
SOURCE = PROJECT["urls"]["Source"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (found,) = folder.glob("*.whl")
    return zipfile.ZipFile(found)


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    (name,) = (each for each in wheel.namelist() if each.endswith(".dist-info/METADATA"))
    return email.message_from_bytes(wheel.read(name))


def test_the_man_page_is_where_man_finds_it(wheel: zipfile.ZipFile) -> None:
    (name,) = (each for each in wheel.namelist() if each.endswith(".data/data/share/man/man1/mailproof.1"))
    assert wheel.read(name).startswith(b".TH MAILPROOF 1 ")


@pytest.mark.parametrize("name", ["mailproof.schema.json", "report.schema.json"])
def test_the_schemas_are_data_of_the_package(name: str, wheel: zipfile.ZipFile) -> None:
    schema = json.loads(wheel.read(f"mailproof/data/{name}"))
    place = SOURCE.replace("https://github.com/", "https://raw.githubusercontent.com/")
    assert schema["$id"] == f"{place}/main/docs/{name}"
    jsonschema.validators.validator_for(schema).check_schema(schema)


def test_the_schema_in_the_wheel_takes_what_init_writes(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    (tmp_path / "acme.zone").write_text(
        '$ORIGIN acme.example.\n@ 60 SOA ns1 h 1 2 3 4 5\n@ 60 TXT "v=spf1 -all"\n'
    )
    written = tmp_path / "mailproof.toml"
    zone = str(tmp_path / "acme.zone")
    run = mailproof("init", "--domain", "acme.example", "--zone", zone, "--offline", "-o", str(written))
    assert written.exists(), run.err
    schema = tmp_path / "schema.json"
    schema.write_bytes(wheel.read("mailproof/data/mailproof.schema.json"))
    for text, code in ((written.read_text("utf-8"), 0), ("offline = 'perhaps'\n", 1)):
        written.write_text(text)
        command = [tool("check-jsonschema"), "--schemafile", str(schema), str(written)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr


def test_the_readme_on_pypi_has_pictures_and_links_that_lead_somewhere(
    metadata: Message, tmp_path: Path
) -> None:
    assert metadata["Description-Content-Type"] == "text/markdown"
    text = metadata.get_payload()
    assert isinstance(text, str)
    (tmp_path / "README.md").write_text(text, "utf-8")
    done = subprocess.run(
        [tool("python"), "-m", "readme_renderer", str(tmp_path / "README.md")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = Links()
    found.feed(done.stdout)
    assert found.pictures
    assert len(found.links) > 20
    version = metadata["Version"]
    raw = SOURCE.replace("https://github.com/", "https://raw.githubusercontent.com/")
    inside = re.compile(rf"{re.escape(SOURCE)}/blob/v{re.escape(version)}/(?P<path>[^#]+)")
    for link in found.links:
        here = inside.match(link)
        assert link.startswith(("https://", "#")), link
        assert here is None or (ROOT / here["path"]).exists(), link
    for picture in found.pictures:
        assert picture.startswith(f"{raw}/v{version}/"), picture
        assert (ROOT / picture.removeprefix(f"{raw}/v{version}/")).exists()


def test_the_projects_own_places_are_named(metadata: Message) -> None:
    urls = dict(each.split(", ", 1) for each in metadata.get_all("Project-URL", []))
    assert {"Source", "Documentation", "Changelog", "Issues"} <= set(urls)
    assert all(each.startswith(SOURCE) for each in urls.values())


class Links(HTMLParser):
    """The links and images of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.pictures: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")
        elif tag == "img":
            self.pictures.append(given.get("src") or "")
