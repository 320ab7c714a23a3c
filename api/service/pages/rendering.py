"""Makes a page: a template of some room within the frame that all pages share.

Templates lie beside the endpoints that show them, ``api/<noun>/pages/templates``, and are named ``<noun>/<file>``;
those of the frame are ``service/…``. Everything put into one is escaped; a missing name is an error, not an empty
place.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from jinja2 import BaseLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from api.accounts.principals import Principal
from api.service.cookies import FIELD, FORM_HEADER, form_token, secret_of
from api.service.pages import navigation, policy, speaking
from api.service.pages.site import address_of_asset, parts_of_asset
from api.service.pages.times import day, instant

_API = Path(__file__).resolve().parents[2]
_A_YEAR = 366 * 86_400


@cache
def environment() -> Environment:
    """The templates of all rooms."""
    rooms: dict[str, BaseLoader] = {
        folder.parents[1].name: FileSystemLoader(folder) for folder in sorted(_API.glob("*/pages/templates"))
    }
    made = Environment(
        loader=PrefixLoader(rooms),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    made.globals |= {"asset": address_of_asset, "program": program, "instant": instant, "day": day}
    return made


def program(name: str) -> Markup:
    """The tags with which a page loads a program of its own, and what that imports at the same time."""
    parts = Markup("").join(Markup('<link rel="modulepreload" href="{}">').format(one) for one in parts_of_asset(name))
    return parts + Markup('<script type="module" src="{}"></script>').format(address_of_asset(name))


def render(
    request: Request,
    template: str,
    *,
    words: str | None = None,
    status: int = 200,
    personal: bool | None = None,
    connect: Iterable[str] = (),
    **values: Any,
) -> HTMLResponse:
    """A page, or a piece of one for htmx.

    Args:
        request: what is answered.
        template: its name, such as ``certificates/search.html``.
        words: the room's list (a file of ``chain/words`` without ``.json``); every page has the list ``pages``, too.
        status: of the answer.
        personal: shows what is one account's; by itself true as soon as somebody is signed in.
        connect: other origins that the page's programs talk to.
        values: the template's own names.

    In every template there are ``t(key, …)`` (words), ``asset(name)`` (address of a built file), ``program(name)`` (the
    tags that load a program of ``scripts/web/bundles.mjs``), ``instant(seconds)``, ``day(seconds)``, ``me`` (who is
    signed in, or None), ``language``, ``tag``, ``here`` (path and query), ``form`` (the hidden field each form needs,
    see ``service/macros.html``), ``ways`` (of the bar).
    """
    language = speaking.language_of(request)
    me: Principal | None = getattr(request.state, "principal", None)
    page = environment().get_template(template)
    text = page.render(
        {
            "t": speaking.Speaker.of(language, *(() if words is None else (words,))),
            "language": language,
            "tag": speaking.TAGS[language],
            "me": me,
            "here": here(request),
            "languages": {name: _in_language(request, name) for name in speaking.TAGS},
            "form": {"name": FIELD, "header": FORM_HEADER, "token": form_token(secret_of(request))},
            "ways": navigation.ways(me, _paths(request)),
            "path": request.url.path,
            **values,
        }
    )
    shown = personal if personal is not None else me is not None
    response = HTMLResponse(text, status, policy.headers(personal=shown, connect=connect))
    chosen = speaking.asked(request)
    if chosen is not None:
        response.set_cookie(speaking.COOKIE, chosen, max_age=_A_YEAR, path="/", samesite="lax")
    return response


def here(request: Request) -> str:
    """Path and query of the page, to come back to; ``lang`` is not part of the place."""
    left = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return request.url.path + (f"?{urlencode(left)}" if left else "")


def _in_language(request: Request, language: str) -> str:
    """The same page in that language."""
    place = here(request)
    return f"{place}{'&' if '?' in place else '?'}lang={language}"


def _paths(request: Request) -> frozenset[str]:
    """Paths of all routes, worked out once an application."""
    known: frozenset[str] | None = getattr(request.app.state, "page_paths", None)
    if known is None:
        known = frozenset(getattr(route, "path", "") for route in request.app.routes)
        request.app.state.page_paths = known
    return known


def is_piece(request: Request) -> bool:
    """True if htmx asks, and wants a piece of a page."""
    return request.headers.get("HX-Request") == "true"


__all__ = ["environment", "here", "is_piece", "render"]
