"""What a stranger can send without any secret: one request of each kind, ready to be sent."""

import time
from collections.abc import Mapping

from bench.rig.load import captured, request
from tests.support.servers import signed

_QUESTION = b'{"caller_id":"+12025550143"}'
_ORIGIN = {"origin": "https://elsewhere.example"}
_SMALL = b'{"type":"post_call_transcription"}'


def kinds() -> Mapping[str, bytes]:
    """Return the requests by their kinds. None of them closes its connection; those with a signature age."""
    now_s = int(time.time())
    looks_signed = {"elevenlabs-signature": f"t={now_s},v0={'0' * 64}"}
    pages = {f"GET {path}": request("GET", path) for path in ("/", "/health", "/docs", "/redoc", "/docs/openapi.json")}
    wrong = {"x-api-key": "wrong"}
    return pages | {
        "GET /?, another each time": request("GET", f"/?{now_s}"),
        "GET /docs/openapi.yaml": request("GET", "/docs/openapi.yaml"),
        "404 GET": request("GET", "/wp-login.php"),
        "404 POST": request("POST", "/cgi-bin/x", body=_SMALL),
        "404 GET, with an Origin": request("GET", "/nothing", _ORIGIN),
        "405 GET /webhook/post-call": request("GET", "/webhook/post-call"),
        "405 DELETE /health": request("DELETE", "/health"),
        "405 HEAD /health": request("HEAD", "/health"),
        "OPTIONS /health": request("OPTIONS", "/health"),
        "OPTIONS, a browser's preflight": request(
            "OPTIONS", "/webhook/search-data", _ORIGIN | {"access-control-request-method": "POST"}
        ),
        "client-data, no key": request("POST", "/webhook/client-data", body=_QUESTION),
        "client-data, wrong key": request("POST", "/webhook/client-data", wrong, _QUESTION),
        "client-data, no key, with an Origin": request("POST", "/webhook/client-data", _ORIGIN, _QUESTION),
        "search-data, wrong key": request("POST", "/webhook/search-data", wrong, _QUESTION),
        "search-memory, no key": request("POST", "/webhook/search-memory", body=_QUESTION),
        "GET /callers/..., wrong key": request("GET", "/callers/+12025550143", wrong),
        "DELETE /callers/..., no key": request("DELETE", "/callers/user:a"),
        "POST /echo": request("POST", "/echo", body=_SMALL),
        "post-call, no signature": request("POST", "/webhook/post-call", body=_SMALL),
        "post-call, no signature, no body": request("POST", "/webhook/post-call"),
        "post-call, malformed signature": request(
            "POST", "/webhook/post-call", {"elevenlabs-signature": "t=1,v0=x"}, _SMALL
        ),
        "post-call, old signature": request("POST", "/webhook/post-call", signed(_SMALL, age_s=86_400), _SMALL),
        "post-call, wrong signature": request("POST", "/webhook/post-call", looks_signed, _SMALL),
        "post-call, wrong signature, 17 KB": request("POST", "/webhook/post-call", looks_signed, captured("conv_x")),
    }
