"""The scripts and the style of the API's documentation: made by others, shipped with us, and served by ingress."""

from gzip import decompress
from importlib.resources import files
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

_FOLDER = files("ingress.http.pages") / "vendored"
# The version stands in the path: another one is another file.
_FOR_A_YEAR = "public, max-age=31536000, immutable"


class Script(Struct, frozen=True):
    """
    A file that a page loads, as the npm package `package` has it at `source`; `sha256` is of that file.

    It lies in `vendored/`, packed by `gzip -9n`. `LICENSES.txt` there says under which terms.
    """

    name: str
    media_type: str
    package: str
    version: str
    source: str
    sha256: str

    @property
    def path(self) -> str:
        """The path at which it is served."""
        stem, _, ending = self.name.partition(".")
        return f"/docs/{stem}-{self.version}.{ending}"

    def packed(self) -> bytes:
        """Return the file, packed by gzip."""
        return (_FOLDER / f"{self.name}.gz").read_bytes()


_SCRIPT = "text/javascript"
SWAGGER = Script(
    name="swagger-ui.js",
    media_type=_SCRIPT,
    package="swagger-ui-dist",
    version="5.35.0",
    source="swagger-ui-bundle.js",
    sha256="e6a898692f2d768e807c3ba4626068a69a2c5dd960dd6c76f3e4d3a3de180af2",
)
SWAGGER_STYLE = Script(
    name="swagger-ui.css",
    media_type="text/css",
    package="swagger-ui-dist",
    version="5.35.0",
    source="swagger-ui.css",
    sha256="5ed08757e53da3e026d6cbecc61fe5d43585c9560b302d534ad56692519a273d",
)
REDOC = Script(
    name="redoc.js",
    media_type=_SCRIPT,
    package="redoc",
    version="2.5.4",
    source="bundles/redoc.standalone.js",
    sha256="dcaf76612bc4a3fbcc923a8966dee2f6146a5f32e5ce1b6f02dd60cbbf89500b",
)
SCRIPTS = (SWAGGER, SWAGGER_STYLE, REDOC)


def script_handlers() -> list[HTTPRouteHandler]:
    """Return the handlers of all scripts. Each file is read now: an installation may be replaced while we run."""
    return [_handler(script) for script in SCRIPTS]


def _handler(script: Script) -> HTTPRouteHandler:
    packed = script.packed()
    plain: list[bytes] = []

    @get(script.path, media_type=script.media_type, include_in_schema=False, sync_to_thread=False)
    def answer_script(request: Request[Any, Any, Any]) -> Response[bytes]:
        headers = {"cache-control": _FOR_A_YEAR, "vary": "accept-encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(packed, media_type=script.media_type, headers=headers | {"content-encoding": "gzip"})
        if not plain:
            plain.append(decompress(packed))  # no browser asks so; once is enough for those who ask again
        return Response(plain[0], media_type=script.media_type, headers=headers)

    return answer_script
