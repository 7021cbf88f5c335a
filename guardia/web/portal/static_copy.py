"""The pages that are served while the database does not answer, rendered while it does (``shared/static_copy.py``).

Each web process looks every minute: so a version published by whoever, by the command line or on another machine, one
that takes effect at its hour, and another person at a level are in the copy a minute later.
"""

import logging
from datetime import datetime
from threading import Event

from django.conf import settings
from django.db import DatabaseError, DataError, InterfaceError, ProgrammingError, connections
from django.template.loader import render_to_string

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.languages import in_each_language
from guardia.config.now import now
from guardia.customers.cities import bands_counted
from guardia.procedure.spoken_hours import dated
from guardia.procedure.version import NoProcedure, in_force
from guardia.web.portal.procedure_document import ProcedureView, published_people
from guardia.web.shared import static_copy
from guardia.web.shared.static_copy import Reader

log = logging.getLogger(__name__)

EVERY_SECONDS = 60.0
TEMPLATES = {Reader.CUSTOMERS: "portal/unavailable.html", Reader.DESK: "portal/unavailable_desk.html"}


def keep_current(stopped: Event | None = None) -> None:
    """Refresh the copy now and every minute, until ``stopped``; a trouble is logged and tried again."""
    stopped = stopped or Event()
    while True:
        try:
            refresh()
        except (DatabaseError, InterfaceError) as trouble:
            log.info("the static copy stays as it is: %s", " ".join(str(trouble).split()))
        except Exception:
            log.exception("the static copy cannot be written")
        finally:
            connections.close_all()
        if stopped.wait(EVERY_SECONDS):
            return


def refresh() -> None:
    """The copy as things stand now; none where nothing is published. Raises DatabaseError, InterfaceError, OSError."""
    try:
        with behind(DatabaseRole.PORTAL):
            at = now()
            pages = pages_at(at)
    except (NoProcedure, ProgrammingError, DataError):  # the latter two: a database without tables or roles of ours
        static_copy.remove()
        return
    static_copy.store(pages)


def pages_at(at: datetime) -> dict[tuple[Reader, str], str]:
    """Each page by reader and language, of the version in force at ``at`` (UTC). Raises NoProcedure."""
    version = in_force(at)
    procedure = version.procedure
    cities, mark = bands_counted(), static_copy.database_mark()

    def in_this_language() -> dict[Reader, str]:
        context = {
            "shown": ProcedureView(version, cities),
            "people": published_people(procedure, at),
            "times": {rule.stage.value: rule.time for rule in procedure.stages},
            "languages": settings.LANGUAGES,
            "as_of": dated(at, procedure.provider),
            "mark": mark,
            "on_paper": static_copy.ON_PAPER,
        }
        return {reader: render_to_string(template, context) for reader, template in TEMPLATES.items()}

    by_language = in_each_language(in_this_language)
    return {(reader, code): text for code, pages in by_language.items() for reader, text in pages.items()}
