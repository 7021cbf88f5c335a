"""The crews as the desk writes them. A crew is never deleted: its visits stay signed by it."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guardia.customers.values import Misfit, Reader, Unfit, line, phones, read
from guardia.field.crew import Crew


def save_crew(crew: Crew, fields: Mapping[str, Any]) -> Crew:
    """Keep a crew; its telephone becomes E.164. Raises Unfit by field, a name in use among them."""
    for name, value in read(_READERS, fields).items():
        setattr(crew, name, value)
    return _keep(crew)


def end(crew: Crew) -> None:
    """Offered for no more visits; the ones that are under way go on."""
    Crew.objects.filter(pk=crew.pk).update(active=False)


def resume(crew: Crew) -> None:
    Crew.objects.filter(pk=crew.pk).update(active=True)


def _one_phone(value: str) -> str:
    numbers = phones(value)
    if len(numbers) > 1:
        raise Misfit(_("A crew has one telephone. Write only one number."))
    return numbers[0] if numbers else ""


_READERS: dict[str, Reader] = {"name": line(120, needed=True), "phone": _one_phone, "base": line(120)}


def _keep(crew: Crew) -> Crew:
    try:
        with transaction.atomic():
            crew.save()
    except IntegrityError as trouble:
        raise Unfit({"name": _("There is already a crew of this name. Open that one instead.")}) from trouble
    return crew
