"""A Folium figure whose page needs no network: every linked file is written into it."""

from __future__ import annotations

import base64
import re
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import folium
from branca.element import Element, Figure, Link
from jinja2 import Template
from xstatic.pkg import leaflet

from dualgig.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator

OWN = "dualgig:"
"""Prefix of the addresses of our own assets: ``dualgig:map.css`` is ``render/assets/map.css``."""

LEAFLET_VERSION: str = leaflet.VERSION

HTML_LANGUAGE = {"en": "en", "zh": "zh-CN"}
"""The language tag of a page (BCP 47) for a language of the project."""

_MEDIA_TYPES = {".png": "image/png", ".svg": "image/svg+xml"}
_CSS_URL = re.compile(r"""url\(\s*(['"]?)([^'")]+)\1\s*\)""")
_REMOTE = re.compile(
    r"""<(?:script|link|img|iframe|image|source)\b[^>]*?\b(?:src|href)\s*=(?!\s*["']?(?:data:|#))""",
    re.IGNORECASE,
)


class OfflineFigure(Figure):
    """A figure that renders to one self-contained page, the same bytes for the same content.

    Children add links to the header while they render; each link's code is then set to the packaged
    text, so that Branca embeds it instead of linking it. Element ids, random in Branca, are numbered
    in the order of the tree.

    Parameters
    ----------
    title
        Title of the page, plain text.
    language
        Language of the page, ``zh`` or ``en``.
    policy
        Content security policy, which a browser then enforces; none where empty.
    """

    _template = Template(
        "<!DOCTYPE html>\n"
        '<html lang="{{this.language}}">\n'
        "<head>\n"
        '<meta charset="utf-8"/>\n'
        "{% if this.policy %}"
        '<meta http-equiv="Content-Security-Policy" content="{{this.policy}}"/>\n'
        "{% endif %}"
        "<title>{{this.title}}</title>\n"
        '<link rel="icon" href="data:,"/>\n'
        "{{this.header.render(**kwargs)}}\n"
        "</head>\n"
        "<body>\n"
        "{{this.html.render(**kwargs)}}\n"
        "<script>\n"
        "{{this.script.render(**kwargs)}}\n"
        "</script>\n"
        "</body>\n"
        "</html>\n"
    )

    def __init__(self, title: str, language: str, policy: str = "") -> None:
        super().__init__(title=literal(title))
        self.language = HTML_LANGUAGE.get(language, language)
        self.policy = policy

    def render(self, **kwargs: Any) -> str:
        """Render the page.

        Raises
        ------
        OutputError
            An element refers to an address that is not packaged.
        """
        for number, element in enumerate(_walk(self)):
            element._id = str(number)  # noqa: SLF001
        for child in self._children.values():
            child.render(**kwargs)
        for link in self.header._children.values():  # noqa: SLF001
            if isinstance(link, Link):
                link.code = packaged(link.url)  # type: ignore[assignment]  # Branca writes it as text
        page: str = self._template.render(this=self, kwargs={**kwargs, "embedded": True})
        remote = _REMOTE.search(page)
        if remote:
            raise OutputError(
                f"the page would load {page[remote.start() : remote.end() + 60]!r} from outside itself"
            )
        return page


def literal(text: str) -> str:
    """Plain text as HTML, fit for Branca, which takes what an element renders for a Jinja template."""
    return escape(text).replace("{", "&#123;").replace("}", "&#125;")


@cache
def packaged(address: str) -> str:
    """The text behind the address of a script or style sheet, ready to stand inside a page.

    Parameters
    ----------
    address
        One of Folium's addresses of Leaflet, or an asset of our own (`OWN`).

    Raises
    ------
    OutputError
        No package holds the address, or it means another version of Leaflet.
    """
    path = _path(address)
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".css":
        return _with_pictures(text, path.parent).replace("</style", r"<\/style")
    # A source map would be asked for by a browser's developer tools.
    text = re.sub(r"^//[#@] sourceMappingURL=.*$", "", text, flags=re.MULTILINE)
    return re.sub(r"</(script)", r"<\\/\1", text, flags=re.IGNORECASE)


def _path(address: str) -> Path:
    """The packaged file behind an address."""
    if address.startswith(OWN):
        path = Path(str(files("dualgig.render") / "assets" / address.removeprefix(OWN)))
        if path.is_file():
            return path
    known = {*folium.Map.default_js, *folium.Map.default_css}
    if any(name in ("leaflet", "leaflet_css") and url == address for name, url in known):
        if f"@{LEAFLET_VERSION}/" not in address:
            raise OutputError(
                f"{address}: Folium asks for another Leaflet than the packaged {LEAFLET_VERSION}"
            )
        return Path(leaflet.BASE_DIR) / address.rsplit("/", 1)[-1]
    raise OutputError(f"{address}: this address is not packaged, so the page would need a network")


def _with_pictures(css: str, folder: Path) -> str:
    """A style sheet whose pictures are data URIs."""

    def embed(match: re.Match[str]) -> str:
        target = match.group(2)
        if target.startswith(("data:", "#")):
            return match.group(0)
        picture = folder / target
        if picture.suffix not in _MEDIA_TYPES or not picture.is_file():
            raise OutputError(f"{target}: a style sheet refers to it, and it is not packaged")
        code = base64.b64encode(picture.read_bytes()).decode("ascii")
        return f'url("data:{_MEDIA_TYPES[picture.suffix]};base64,{code}")'

    return _CSS_URL.sub(embed, css)


def _walk(element: Element) -> Iterator[Element]:
    """An element and everything below it, parents first."""
    yield element
    for child in element._children.values():  # noqa: SLF001
        yield from _walk(child)
