"""A change that concerns others is first shown with whom it concerns, and done when the person agrees to just that."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from guardia.cases.band_change import Foreseen
from guardia.web.desk.companies.forms import DeskForm

Foresees = Callable[[Any, dict[str, Any]], Foreseen | None]


def not_agreed(request: HttpRequest, foresee: Foresees | None, thing: Any, form: DeskForm) -> Foreseen | None:
    """Whom the change concerns, while the person who sends it has not agreed to just that."""
    if foresee is None or not thing.pk or not form.is_valid():
        return None
    try:
        ahead = foresee(thing, form.cleaned_data)
    except ValidationError:
        return None  # what is wrong is said when it is kept
    return ahead if ahead and request.POST.get("sure") != ahead.signature else None
