"""How a mail is shown in a page of ours: a sandboxed frame with a policy of its own, where nothing runs or loads."""

from typing import Any

FRAME_POLICY: dict[str, Any] = {
    "sandbox": True,
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "frame-ancestors": ["'self'"],
}
