"""The pages of the API's documentation, each rendered once: to render one takes as long as a hundred answers."""

from collections.abc import Callable
from typing import Any

from litestar import MediaType, Request, get
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.plugins import (
    JsonRenderPlugin,
    OpenAPIRenderPlugin,
    RedocRenderPlugin,
    SwaggerRenderPlugin,
)
from litestar.router import Router


class RenderedOnce(OpenAPIRenderPlugin):
    """A page of the documentation. The document does not change while the process runs, and neither does the page."""

    def __init__(self, plugin: OpenAPIRenderPlugin) -> None:
        super().__init__(path=plugin.paths, media_type=plugin.media_type)
        self._plugin = plugin
        self._page: bytes | None = None

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Return the page; the first request renders it."""
        return self.rendered(request, lambda: openapi_schema)

    def rendered(self, request: Request[Any, Any, Any], document: Callable[[], dict[str, Any]]) -> bytes:
        """Return the page; the first request makes the document and renders it."""
        if self._page is None:
            self._page = self._plugin.render(request, document())
        return self._page

    def receive_router(self, router: Router) -> None:
        """Let the page add what it needs beside it."""
        self._plugin.receive_router(router)


def documentation() -> list[OpenAPIRenderPlugin]:
    """Return the pages at and below `/docs`."""
    return [RenderedOnce(SwaggerRenderPlugin(path="/")), RenderedOnce(JsonRenderPlugin())]


def redoc_handler() -> HTTPRouteHandler:
    """Return the handler of `/redoc`."""
    # A fixed version: the page must not load new code on the day of a release. Source: Redocly/redoc, README,
    # "Releases".
    page = RenderedOnce(RedocRenderPlugin(version="v2.5.1", path="/redoc", google_fonts=False))

    @get("/redoc", media_type=MediaType.HTML, include_in_schema=False)
    async def redoc(request: Request[Any, Any, Any]) -> bytes:
        return page.rendered(request, request.app.openapi_schema.to_schema)

    return redoc
