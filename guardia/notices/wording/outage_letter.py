"""The letter about a mass outage to a company that has no case of its own: what it is, which services, what is new."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from guardia.config.languages import active, in_active
from guardia.customers.contact import Contact
from guardia.notices.announcement import Announcement
from guardia.notices.wording.hours import Hours, hours_of
from guardia.notices.wording.letter import DESK, Letter, salutation, whom_to_call
from guardia.notices.wording.monthly import because
from guardia.notices.wording.prose import clause, listed, rows_of
from guardia.procedure import version

MOST_SERVICES = 40


def outage_letter(told: Announcement, contact: Contact, now: datetime) -> Letter:
    """In the active language; ``now`` (UTC) is when it leaves. Its hours are said in the zone of the company's site."""
    facts, procedure = told.facts, version.of(told.procedure_version_id)
    hours = hours_of(facts["services"][0][2], procedure, now)
    news, headline, said = first_words(facts, hours)
    return Letter(
        subject=f"[{facts['number']}] {clause(in_active(facts['names']))}",
        greeting=salutation(contact),
        headline=headline,
        said=(*said, _("If any of your services is down for another reason, please call us.")),
        next="",
        next_notes=(),
        rows=rows_of(
            (_("Mass outage"), facts["number"]),
            (_("What it is"), in_active(facts["names"])),
            (_("Your services"), services(facts)),
            (_("Since when"), hours.zoned(hours.at(datetime.fromisoformat(facts["started_at"])))),
            (_("Expected back"), expected_back(facts, hours)),
            (_("Please call"), whom_to_call(procedure, procedure.desk(DESK))),
        ),
        links=(),
        desk=str(procedure.desk(DESK).name),
        provider=procedure.provider.name,
        footer=because(contact),
        preheader=capfirst(news),
    )


def first_words(facts: Mapping[str, Any], hours: Hours) -> tuple[str, str, tuple[str, ...]]:
    """The news in a few words, the first sentence, and what follows it."""
    name = clause(in_active(facts["names"]))
    if facts["moment"] == "restored":
        hour = hours.zoned(hours.at(datetime.fromisoformat(facts["at"])))
        headline = _("The mass outage that affected your services was restored %(hour)s.") % {"hour": hour}
        return _("the mass outage is restored"), headline, ()
    if facts["moment"] == "news":
        note = () if active() in facts["words"] else (_("This news was written in Spanish only."),)
        return (
            _("news of the mass outage"),
            _("There is news of the mass outage: %(name)s.") % {"name": name},
            (in_active(facts["words"]), *note),
        )
    headline = _("We detected ourselves that services of yours are affected: %(name)s.") % {"name": name}
    return _("a mass outage affects your services"), headline, ()


def services(facts: Mapping[str, Any]) -> str:
    """``ENL-0042 (head office, Cuenca) and ENL-0043 (…)``; of very many the first, with how many more there are."""
    shown = [f"{circuit} ({where})" for circuit, where, _zone in facts["services"][:MOST_SERVICES]]
    more = len(facts["services"]) - MOST_SERVICES
    return listed([*shown, _("%(n)d more") % {"n": more}] if more > 0 else shown)


def expected_back(facts: Mapping[str, Any], hours: Hours) -> str:
    at = datetime.fromisoformat(facts["forecast_at"]) if facts["forecast_at"] else None
    return hours.zoned(hours.at(at)) if at and at > hours.now and facts["moment"] != "restored" else ""
