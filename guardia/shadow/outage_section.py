"""What the report says of the mass outages that would have been proposed, and of a replay that declares them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.notices.wording.hours import lasting
from guardia.web.report.shape import Section, Table

if TYPE_CHECKING:
    from guardia.shadow.sections import ShadowDay


def section_of(day: "ShadowDay") -> Section:
    found, title = day.found, _("Mass outages that would have been proposed")
    least, within = found["pile_up"]
    rule = _("The procedure proposes an outage where %(cases)d services of one site or element fail within %(length)s.")
    lines = [rule % {"cases": least, "length": lasting(within)}]
    if not found["outages"]:
        lines.append(
            _("There was none.")
            if found["knows_causes"]
            else _(
                "Not stated: the file has no column for the site or the element (“site”, “element” in the "
                "mapping), and the network of the installation does not know its circuits."
            )
        )
        return Section("outages", title, lines)
    lines.append(
        _(
            "Declared, it is one escalation instead of one per site, and its news is written once: the "
            "right-hand figures are those of the case with the most. Each company is still notified of each of "
            "its services. How many customer calls it would have spared is not known: no former tool records "
            "them."
        )
    )
    head = (
        _("What fails"),
        _("Proposed"),
        _("Cases"),
        _("Companies"),
        _("Pages and calls"),
        _("as one outage"),
        _("News to write"),
        _("as one outage"),
    )
    tables = [Table(head, [row_of(day, each) for each in found["outages"]], (5, 4, 2, 3, 3, 2, 3, 2))]
    if day.declared:
        tables.append(declared_table(found, day.declared["findings"]))
    notes = [f"{each['name']}: {', '.join(each['cases'])}" for each in found["outages"]]
    return Section("outages", title, lines, tables=tables, notes=notes)


def row_of(day: "ShadowDay", each: Mapping[str, Any]) -> list[str]:
    pages, as_one = each["pages"] + each["calls"], each["most_pages"] + each["most_calls"]
    numbers = (len(each["cases"]), each["companies"], pages, as_one, each["news"], each["most_news"])
    return [each["name"], day.hour(each["proposed_at"], "j M H:i"), *map(str, numbers)]


def declared_table(was: Mapping[str, Any], now: Mapping[str, Any]) -> Table:
    """The whole file replayed with each of them declared when it would have been proposed."""
    head = (_("All cases of the file, replayed"), _("Without outages"), _("With outages declared"))
    rows = [
        [words, *(str(count(each)) for each in (was, now))]
        for words, count in (
            (_("Broken promises"), broken),
            (pgettext("escalation", "Pages"), pages),
            (_("Calls"), calls),
            (_("Notices"), letters),
        )
    ]
    return Table(head, rows, (6, 4, 4))


def broken(found: Mapping[str, Any]) -> int:
    return sum(tally["broken"] for tally in found["promises"].values())


def pages(found: Mapping[str, Any]) -> int:
    return sum(found["pages"].values()) + sum(found["doubtful_pages"].values())


def calls(found: Mapping[str, Any]) -> int:
    return int(found["calls"] + found["doubtful_calls"])


def letters(found: Mapping[str, Any]) -> int:
    return sum(found["letters"].values())
