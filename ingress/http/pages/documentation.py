"""The pages of the API's documentation. A browser loads all that they need from ingress itself."""

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from litestar import MediaType, Request, get
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin

from ingress.http.pages.scripts import REDOC, SWAGGER, SWAGGER_STYLE

_DOCUMENT = "/docs/openapi.json"
# Swagger UI asks a server of its makers to validate the document, unless it is told not to.
_START_SWAGGER = f'SwaggerUIBundle({{url: "{_DOCUMENT}", dom_id: "#page", deepLinking: true, validatorUrl: null}});'
# Redoc shows a picture from a server of its makers, which the page's policy refuses.
_START_REDOC = f'Redoc.init("{_DOCUMENT}", {{nativeScrollbars: true}}, document.getElementById("page"));'
_STYLE = 'body {margin: 0} img[src^="https:"] {display: none}'


class RenderedOnce(OpenAPIRenderPlugin):
    """A page that is rendered once: the document does not change while the process runs."""

    def __init__(self, plugin: OpenAPIRenderPlugin) -> None:
        super().__init__(path=plugin.paths, media_type=plugin.media_type)
        self._plugin = plugin
        self._page: bytes | None = None

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Return the document; the first request renders it."""
        if self._page is None:
            self._page = self._plugin.render(request, openapi_schema)
        return self._page


class SwaggerPage(OpenAPIRenderPlugin):
    """The page at `/docs`, on which requests can be tried out."""

    def __init__(self) -> None:
        super().__init__(path="/")
        self._page = _page(SWAGGER.path, _START_SWAGGER, styles=[SWAGGER_STYLE.path])

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002
        """Return the page, which loads the document by itself."""
        return self._page


def documentation() -> list[OpenAPIRenderPlugin]:
    """Return the pages at and below `/docs`."""
    return [SwaggerPage(), RenderedOnce(JsonRenderPlugin())]


def redoc_handler() -> HTTPRouteHandler:
    """Return the handler of `/redoc`."""
    page = _page(REDOC.path, _START_REDOC)

    @get("/redoc", media_type=MediaType.HTML, include_in_schema=False, sync_to_thread=False)
    def redoc() -> bytes:
        return page

    return redoc


def _page(script: str, start: str, *, styles: Sequence[str] = ()) -> bytes:
    """
    Return a page that runs one script, and may load nothing from another host.

    Args:
        script: the path of the script.
        start: what to call in it once it is there.
        styles: paths of style sheets.
    """
    digest = b64encode(sha256(start.encode()).digest()).decode()
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'sha256-{digest}'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    lines = (
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        "<title>ELAOMS</title>",
        '<link rel="icon" href="data:,">',
        *(f'<link rel="stylesheet" href="{style}">' for style in styles),
        f"<style>{_STYLE}</style>",
        f'<script src="{script}"></script>',
        "</head>",
        '<body><div id="page"></div>',
        f"<script>{start}</script>",
        "</body>",
        "</html>",
    )
    return "\n".join(lines).encode()
