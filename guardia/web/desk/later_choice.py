"""A choice among rows that are read where somebody looks at them: what was read already, or is empty, asks nothing."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.db.models import Model, QuerySet
from django.forms.models import ModelChoiceIterator


class _Choices(ModelChoiceIterator):
    """Of the field's own question, once it is looked at."""

    def __init__(self, field: "LaterChoice") -> None:
        self.field = field

    queryset = property(lambda self: self.field.queryset)


class LaterChoice(forms.ModelChoiceField):
    """Its choices are given by ``of`` before anybody looks at them.

    ``chosen`` has been read already, and is not asked for again.
    """

    iterator = _Choices
    chosen: Model | None = None
    _make: Callable[[], QuerySet] | None = None
    _queryset: QuerySet | None

    def __init__(self, **more: Any) -> None:
        super().__init__(None, **more)

    def of(self, make: Callable[[], QuerySet]) -> None:
        """The rows that may be chosen are those of ``make()``, which is called when they are needed first."""
        self._make, self._queryset = make, None
        cast("Any", self.widget).choices = self.choices

    def _asked(self) -> QuerySet | None:
        if self._queryset is None and self._make:
            self._queryset = self._make()
        return self._queryset

    queryset = property(_asked, forms.ModelChoiceField._set_queryset)  # type: ignore[attr-defined]

    def to_python(self, value: Any) -> Any:
        return self.chosen if self.chosen and str(self.chosen.pk) == value else super().to_python(value)
