"""What a machine is told when it is refused: a problem (RFC 9457) in the reader's language, with what to do."""

from django.http import JsonResponse

TYPE = "application/problem+json"


def problem(status: int, title: str, remedy: str, *, field: str = "") -> JsonResponse:
    """``title`` says what is wrong, ``remedy`` what to do; ``field`` names what was given wrongly."""
    said = {"type": "about:blank", "status": status, "title": title, "remedy": remedy}
    if field:
        said["field"] = field
    response = JsonResponse(said, status=status, content_type=TYPE)
    response["Cache-Control"] = "no-store"
    return response
