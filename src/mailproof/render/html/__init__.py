"""The report as a self-contained HTML file: to read, to print, to hand over."""

from __future__ import annotations

from mailproof.render.html.document import render_html as render_html
from mailproof.render.html.document import render_printed as render_printed
