"""docs/links.py: each kind of fault in a built site is found, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from docs.links import faults


def write(site: Path, **pages: str) -> None:
    for name, html in pages.items():
        path = site / name.replace("__", "/")
        path = path.with_name(path.name.replace("_", "."))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(html)


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<a href="rules/">r</a><a href="rules/#a">r</a><a href="#">top</a>', None),
        ('<a href="rules/"></a><h2 id="x">X</h2><a href="#x">x</a><a href="rules/index.html#b">r</a>', None),
        (
            '<a href="rules/"></a><a href="https://a.example/gone">out</a><a href="mailto:a@a.example">m</a>',
            None,
        ),
        (
            '<a href="rules/"></a><link rel="stylesheet" href="a.css"><img src="data:image/png;base64,AA">',
            None,
        ),
        ('<a href="rules/"></a><link rel="canonical" href="https://a.example/">', None),
        ('<a href="rules/">r</a><a href="gone/">g</a>', "links to gone/, which is not there"),
        (
            '<a href="rules/">r</a><a href="rules/#gone">g</a>',
            "links to rules/#gone, which has no such anchor",
        ),
        ('<a href="rules/">r</a><a href="#gone">g</a>', "links to #gone, which has no such anchor"),
        ('<a href="rules/">r</a><a href="../../x">g</a>', "links to ../../x, which is not there"),
        ('<a href="rules/">r</a><img src="gone.svg">', "shows gone.svg, which is not there"),
        ('<a href="rules/">r</a><script src="//cdn.example/a.js"></script>', "fetches //cdn.example/a.js"),
        (
            '<a href="rules/">r</a><img srcset="a.css 1x, https://a.example/b 2x">',
            "fetches https://a.example/b",
        ),
        (
            '<a href="rules/">r</a><link rel="preconnect" href="https://fonts.example">',
            "fetches https://fonts.example",
        ),
        ('<a href="rules/">r</a><p>Some:\n- one\n- two</p>', "a list without an empty line before it: Some:"),
        ('<a href="rules/">r</a><p>Some:\n1. one</p>', "a list without an empty line before it: Some:"),
        ('<a href="rules/">r</a><p>A sum <code>1\n- 2</code></p>', None),
    ],
)
def test_page(tmp_path: Path, html: str, found: str | None) -> None:
    write(
        tmp_path,
        index_html=html,
        rules__index_html='<i id="a"></i><a name="b"></a>',
        a_css="a { color: red }",
    )
    assert faults(tmp_path) == ([f"index.html: {found}"] if found else [])


def test_page_that_no_page_links_to(tmp_path: Path) -> None:
    write(tmp_path, index_html="", lonely__index_html="", **{"404_html": ""})
    assert faults(tmp_path) == ["lonely/index.html: no page links to it"]


@pytest.mark.parametrize(
    ("css", "found"),
    [
        ("@import 'https://fonts.example/a.css';", ["https://fonts.example/a.css"]),
        ("a { background: url(//cdn.example/a.png) }", ["//cdn.example/a.png"]),
        ("a { background: url(a.png) } b { background: url('data:image/svg+xml,<svg/>') }", []),
    ],
)
def test_style_sheet(tmp_path: Path, css: str, found: list[str]) -> None:
    write(tmp_path, index_html="", a_css=css)
    assert faults(tmp_path) == [f"a.css: fetches {target}" for target in found]
