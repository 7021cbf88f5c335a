"""What the report says of those on whom the broken promises fall: people of the file, shifts, and who was on call."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.web.report.shape import Section, Table

if TYPE_CHECKING:
    from guardia.shadow.sections import ShadowDay


def section_of(day: "ShadowDay") -> Section:
    found, whom = day.found, day.found["by_whom"]
    shift_rows = [[name, *map(str, (of["cases"], of["broken"], of["pages"]))] for name, of in whom["shifts"].items()]
    head = (_("Shift"), _("Cases opened"), _("Promises broken"), pgettext("escalation", "Pages"))
    tables = [Table(head, shift_rows, (4, 3, 3, 3))]
    if found["people"]:
        rows = [[name, str(broken)] for name, broken in found["people"].items()]
        tables.append(Table((_("Who did what ended it"), _("Broken promises")), rows, (8, 3)))
    if whom["on_call"]:
        tables.append(on_call_table(whom))
    lines = [_("A promise counts for the shift in which it broke."), *unnamed(found)]
    return Section("people", _("By whom"), [*lines, *rota_lines(day, whom)], tables=tables)


def unnamed(found: Mapping[str, Any]) -> Iterator[str]:
    if not found["people"]:
        yield _("The file names nobody who ended a broken promise.")


def on_call_table(whom: Mapping[str, Any]) -> Table:
    head = (
        _("On call by the rota"),
        _("Levels"),
        _("Promises they were paged for"),
        pgettext("escalation", "Pages"),
        _("For promises not evaluated"),
    )
    rows = [
        [each["name"], ", ".join(map(str, each["levels"])), *map(str, numbers)]
        for each in whom["on_call"]
        for numbers in [(each["promises"], each["pages"], each["doubtful_pages"])]
    ]
    return Table(head, rows, (5, 2, 4, 2, 4))


def rota_lines(day: "ShadowDay", whom: Mapping[str, Any]) -> Iterator[str]:
    """How far it is known who would have been on call."""
    if not whom["has_rotas"]:
        yield _("Who was on call is not known: there is no rota here. One cover holds each level at every hour.")
        return
    for level, until in whom["stand_in_until"].items():
        words = _("The rota of level %(level)s begins on %(hour)s: before that a stand-in without a name is paged.")
        yield words % {"level": level, "hour": day.hour(until)}
    for level in whom["nobody"]:
        yield _("Level %s has no rota: it is skipped, as it would be in practice.") % level
    for level, times in whom["skipped"].items():
        yield _("Level %(level)s was due to be paged %(times)d × while nobody held it.") % {
            "level": level,
            "times": times,
        }
