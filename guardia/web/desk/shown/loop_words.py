"""What runs by itself, as the desk calls it: the loops of the worker, and what one of them has set aside."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LOOPS: dict[str, Promise] = {
    "deadlines": _("the watch over the deadlines"),
    "calendars": _("the deadlines after a day off was announced"),
    "failed pages": _("pages that nobody could be reached by"),
    "failed notices": _("news that did not reach its contact"),
    "announcements": _("announcements to the companies"),
    "reports of the month": _("the reports of the month"),
    "morning list": _("the supervisors' list of the morning"),
    "mail": _("mail to customers"),
    "short messages": _("messages by SMS and WhatsApp"),
    "pages by mail": _("pages by mail"),
    "pages by Apprise": _("pages by messenger and gateway"),
    "mailbox": _("reading the mailbox"),
    "mail that came in": _("ruling on mail that came in"),
    "answers to mail": _("automatic answers to mail"),
    "probes": _("the tests that run by themselves"),
    "silent watches": _("the follow-up of stable services"),
    "alerts": _("the alerts of monitoring"),
    "old alerts": _("tidying up old alerts"),
    "acts of the field": _("what the crews have sent"),
    "heartbeat": _("the worker's sign of life"),
    "calls": _("the watch over calls"),
    "shifts": _("the watch over the shifts"),
    "outages": _("outages"),
    "planned work": _("planned work"),
    "files of no case": _("tidying up files of no case"),
    "journal of exchanges": _("tidying up the journal of the exchanges"),
    "old watches": _("tidying up old follow-ups"),
    "sessions that are over": _("tidying up sessions"),
    "codes and sessions": _("tidying up codes"),
    "requests about persons": _("requests about persons' data"),
    "sign of life": _("the sign of life to the outside"),
}

ASIDE: dict[str, Promise] = {
    "case": _("case no. %s"),
    "call": _("call no. %s"),
    "request": _("request no. %s"),
    "planned work": _("planned work no. %s"),
    "outage": _("outage no. %s"),
    "company": _("company no. %s"),
    "page": _("page no. %s"),
    "notice": _("notice no. %s"),
    "case of a work": _("case no. %s within planned work"),
    "alarm": _("alarm no. %s"),
    "call to settle": _("call no. %s"),
    "call without an end": _("call no. %s"),
    "delivery": _("message no. %s"),
    "contact": _("contact no. %s"),
    "staff": _("the pages to user no. %s"),
    "announcement": _("announcement no. %s"),
    "case to move": _("case no. %s after a day off was announced"),
    "request to move": _("request no. %s after a day off was announced"),
    "case to test": _("case no. %s in its follow-up"),
    "late call": _("promise no. %s of a call"),
    "drill": _("drill no. %s"),
    "answer": _("automatic answer no. %s"),
    "site": _("an outage to be proposed at site no. %s"),
    "element": _("an outage to be proposed at element no. %s"),
    "alert": _("alert no. %s"),
    "alert source": _("source of alerts no. %s"),
    "file": _("file %s"),
    "service": _("service no. %s, which passes to another company"),
}


def name_of_loop(name: str) -> str:
    """A loop that is not known here goes by its own name."""
    return str(LOOPS.get(name, name))


def name_of_what(kind: str, key: str) -> str:
    number = key.rpartition("/")[2]
    return str(ASIDE[kind]) % number if kind in ASIDE else f"{kind} {number}"
