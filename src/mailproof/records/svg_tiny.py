"""Validates SVG Tiny PS images (draft-svg-tiny-ps-abrotman), never expanding entities or loading anything."""

from __future__ import annotations

import re
from xml.parsers import expat

from msgspec import Struct, field

from mailproof.model import SvgProblem
from mailproof.printable import clean

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
MAX_SIZE = 32768
#: Octets of a logo that are read: more than the limit, so that faults of larger files can be named.
MAX_LOGO = 262144
MAX_TITLE = 64
_MAX_ELEMENTS, _MAX_DEPTH, _MAX_PROBLEMS = 20000, 100, 30

#: The elements of SVG Tiny 1.2 that the profile allows.
ALLOWED = frozenset(
    (
        *("svg", "title", "desc", "metadata", "defs", "g", "use"),
        *("path", "rect", "circle", "line", "ellipse", "polyline", "polygon"),
        *("solidColor", "linearGradient", "radialGradient", "stop", "text", "tspan", "tbreak", "textArea"),
    )
)
_WHY = {
    "script": "scripts are forbidden",
    "image": "embedded images are forbidden",
    "foreignObject": "foreign content is forbidden",
    "a": "links are forbidden",
    "style": "style sheets are forbidden; write presentation attributes instead",
    "animation": "animation is forbidden",
    "video": "video is forbidden",
    "audio": "sound is forbidden",
    "handler": "scripts are forbidden",
    "listener": "scripts are forbidden",
}
_EXTERNAL = re.compile(r"url\(\s*['\"]?\s*(?!#)", re.IGNORECASE)


class SvgImage(Struct):
    """The title of an image, the ``width`` and ``height`` of its viewBox, and its problems."""

    title: str = ""
    width: float = 0.0
    height: float = 0.0
    problems: list[SvgProblem] = field(default_factory=list)


class _Stop(Exception):
    """Raised to stop parsing: the rest is not worth parsing, or not safe to parse."""


def inspect_svg(raw: bytes) -> SvgImage:
    """Validate an uncompressed image. Never raises; faults are listed in ``problems``.

    Fatal codes: ``not-xml``, ``entities`` (a DTD with declarations), ``not-svg``, ``version``, ``profile``,
    ``root-position`` (x or y on the root), ``title`` (none), ``element``, ``event``, ``external``, ``style``,
    ``too-complex``. Not fatal: ``doctype``, ``size``, ``view-box``, ``not-square``, ``title-empty``,
    ``title-long``.
    """
    reader = _Reader()
    reader.read(raw)
    if len(raw) > MAX_SIZE:
        words = f"the file has {len(raw)} bytes, but receivers accept up to {MAX_SIZE}"
        reader.image.problems.append(SvgProblem("size", words, fatal=False))
    return reader.image


class _Reader:
    def __init__(self) -> None:
        self.image = SvgImage()
        self.path: list[str] = []
        self.seen: set[tuple[str, str]] = set()
        self.elements = 0
        self.title: list[str] | None = None
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        parser.StartDoctypeDeclHandler = self.doctype
        parser.EntityDeclHandler = self.entity
        parser.ProcessingInstructionHandler = self.instruction
        self.parser = parser

    def read(self, raw: bytes) -> None:
        try:
            self.parser.Parse(raw, True)
        except _Stop:
            return
        except expat.ExpatError as error:
            words = f"it is not well-formed XML ({expat.ErrorString(error.code)})"
            self.image.problems.append(SvgProblem("not-xml", words, error.lineno))
            return
        except (ValueError, LookupError):  # an encoding that does not exist
            self.image.problems.append(SvgProblem("not-xml", "its encoding is not known"))
            return
        self.finish()

    def problem(self, code: str, words: str, *, key: str = "", fatal: bool = True) -> None:
        """Record a problem, once per code and key."""
        if (code, key) in self.seen or len(self.image.problems) >= _MAX_PROBLEMS:
            return
        self.seen.add((code, key))
        self.image.problems.append(SvgProblem(code, words, self.parser.CurrentLineNumber, fatal))

    def doctype(self, name: str, system: str | None, public: str | None, internal: int) -> None:
        if internal:
            self.problem("entities", "it has a document type with declarations of its own, which is not safe")
            raise _Stop
        self.problem("doctype", "it has a document type, which the profile doesn't use", fatal=False)

    def entity(self, *_: object) -> None:
        self.problem("entities", "it declares entities, which is not safe")
        raise _Stop

    def instruction(self, target: str, _: str) -> None:
        if target == "xml-stylesheet":
            self.problem("external", "it refers to a style sheet, which is forbidden", key="stylesheet")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if self.elements > _MAX_ELEMENTS or len(self.path) >= _MAX_DEPTH:
            self.problem("too-complex", "it has too many elements, or they are nested too deeply")
            raise _Stop
        space, _, local = name.rpartition(" ")
        if not self.path:
            self.root(space, local, attributes)
        elif "metadata" not in self.path:
            self.inner(space, local)
        if "metadata" not in self.path:
            self.attributes(local, attributes)
        self.path.append(local if space == SVG else f"{{{space}}}")
        if self.path == ["svg", "title"] and self.title is None:
            self.title = []

    def end(self, _: str) -> None:
        self.path.pop()

    def text(self, data: str) -> None:
        if self.title is not None and self.path == ["svg", "title"] and len(self.title) < 100:
            self.title.append(data[:200])

    def root(self, space: str, local: str, attributes: dict[str, str]) -> None:
        if local != "svg" or space != SVG:
            self.problem("not-svg", f"its root is <{_cut(local)}>, not <svg> of the SVG namespace")
            raise _Stop
        version, profile = attributes.get("version"), attributes.get("baseProfile")
        if version != "1.2":
            self.problem("version", f'it must say version="1.2"{_instead(version)}')
        if profile != "tiny-ps":
            self.problem("profile", f'it must say baseProfile="tiny-ps"{_instead(profile)}')
        if "x" in attributes or "y" in attributes:
            self.problem("root-position", "its root may not have x or y")
        self.view_box(attributes.get("viewBox"))

    def view_box(self, text: str | None) -> None:
        numbers = re.split(r"[\s,]+", (text or "")[:200].strip())
        try:
            _, _, width, height = (float(number) for number in numbers)
        except ValueError:
            self.problem("view-box", "it has no viewBox of four numbers", fatal=False)
            return
        # Also rejects infinity and NaN, which float() accepts.
        if not (0 < width < 1e9 and 0 < height < 1e9):
            self.problem("view-box", "its viewBox has no size", fatal=False)
            return
        self.image.width, self.image.height = width, height
        if abs(width - height) > 0.001 * max(width, height):
            words = f"it is not square: its viewBox is {width:g} wide and {height:g} high"
            self.problem("not-square", words, fatal=False)

    def inner(self, space: str, local: str) -> None:
        if space != SVG:
            words = f"<{_cut(local)}> is not an SVG element: remove what the drawing program left in the file"
            self.problem("element", words, key=local)
        elif local not in ALLOWED:
            animated = local.startswith("animate") or local in ("set", "discard")
            why = "animation is forbidden" if animated else _WHY.get(local, "the profile has no such element")
            self.problem("element", f"it contains <{_cut(local)}>: {why}", key=local)

    def attributes(self, local: str, attributes: dict[str, str]) -> None:
        for full, value in attributes.items():
            space, _, name = full.rpartition(" ")
            if not space and name.lower().startswith("on"):
                self.problem("event", f"<{_cut(local)}> reacts to events ({_cut(name)}): forbidden", key=name)
            elif name in ("href", "src") and space in ("", XLINK) and not value.strip().startswith("#"):
                words = (
                    f"<{_cut(local)}> refers to {_cut(value)}: only references within the file are allowed"
                )
                self.problem("external", words, key=value[:100])
            elif not space and name == "style":
                self.problem("style", "it uses style attributes, which SVG Tiny doesn't have", key="style")
            elif _EXTERNAL.search(value):
                words = f"{_cut(name)} of <{_cut(local)}> refers to something outside the file"
                self.problem("external", words, key=value[:100])

    def finish(self) -> None:
        if self.title is None:
            self.problem("title", "it has no <title> right below the root")
            return
        title = " ".join("".join(self.title).split())
        self.image.title = title[:200]
        if not title:
            self.problem("title-empty", "its <title> is empty", fatal=False)
        elif len(title) > MAX_TITLE:
            words = f"its <title> has {len(title)} characters; at most {MAX_TITLE} are recommended"
            self.problem("title-long", words, fatal=False)


def _instead(value: str | None) -> str:
    return ", which is missing" if value is None else f", but says {_cut(value)!r}"


def _cut(text: str) -> str:
    """Text from the file, truncated and sanitized for display in a sentence."""
    return clean(text, 60, "?")
