"""What the page is made of, in two files: on one bar of signal each request costs more than its bytes.

They are put together once per process, are packed, and are named by a version that changes when any of it does.
"""

import gzip
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

STATIC = Path(__file__).parents[2] / "static" / "guardia"
CSS = ("css/tokens.css", "css/base.css", "css/button.css", "css/form.css", "css/clock.css", "field/field.css")
SHARED = ("field/store.js", "field/pictures.js", "field/sender.js")
SCRIPTS = ("visit", "around", "facts", "fresh", "page")
JS = (*SHARED, *(f"field/{name}.js" for name in SCRIPTS), "js/clocks.js")
WORKER = "field/worker.js"
PICTURES = ("favicon.svg", "icons.svg", "chevron.svg")
ONE_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Parts:
    css: bytes
    js: bytes
    worker: str
    version: str


@cache
def parts() -> Parts:
    """Read once: an installation is started anew when it is renewed."""
    css, js, worker = _joined(CSS), _joined(JS), _joined((*SHARED, WORKER))
    css = css.replace("../chevron.svg", static("guardia/chevron.svg"))
    pictures = "".join((STATIC / name).read_text() for name in PICTURES)
    version = sha256("".join((css, js, worker, pictures)).encode()).hexdigest()[:12]
    return Parts(css.encode(), js.encode(), worker, version)


def version() -> str:
    return parts().version


def _joined(names: tuple[str, ...]) -> str:
    return "".join((STATIC / name).read_text() for name in names)


@require_safe
def part(request: HttpRequest, version: str, name: str) -> HttpResponse:
    """The styles or the script; whatever version is asked for, the one that stands here. Raises Http404."""
    if name not in {"css", "js"}:
        raise Http404
    is_css = name == "css"
    content = parts().css if is_css else parts().js
    response = HttpResponse(content, content_type="text/css" if is_css else "text/javascript")
    response["Cache-Control"], response["Vary"] = ONE_YEAR, "Accept-Encoding"
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.content = _packed(is_css, parts().version)
        response["Content-Encoding"] = "gzip"
    return response


@cache
def _packed(is_css: bool, version: str) -> bytes:
    return gzip.compress(parts().css if is_css else parts().js, mtime=0)


def addresses() -> list[str]:
    """Everything that the telephone keeps besides the page itself."""
    files = [reverse("field_part", args=[version(), name]) for name in ("css", "js")]
    return [*files, *(static(f"guardia/{name}") for name in PICTURES)]


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """No database row is read: it is the same for everybody. Its scope is ``/campo`` and nothing else of the house."""
    head = f'const VERSION = "{version()}";\nconst KEPT = {addresses()!r};\n'
    response = HttpResponse(head + parts().worker, content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = reverse("field")
    response["Cache-Control"] = "no-cache"
    return response
