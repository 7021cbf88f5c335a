"""A browser that never lets an error of the server pass, and what is on record, to see whether anything changed."""

import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import get_resolver

from guardia.cases import chain, rebuild
from guardia.config.database_roles import DatabaseRole, behind
from guardia.people.staff import Staff
from guardia.web.desk import shell

FORM = "application/x-www-form-urlencoded"
WATCHED = (
    "case",
    "case_event",
    "event_text",
    "clock",
    "notice",
    "call",
    "visit",
    "field_act",
    "case_file",
    "wait",
    "test_result",
    "service_target",
    "probe",
    "customer",
    "contact",
    "site",
    "service",
    "city",
    "crew",
    "staff",
    "escalation",
    "call_task",
    "alarm",
    "proof",
    "escalation_level",
    "rota",
    "cover",
    "calendar_change",
    "setting_change",
    "shift",
    "handover",
    "handover_line",
    "procedure_version",
    "customer_act",
    "case_follower",
    "contact_change",
    "company_session",
)


class Browser(Client):
    """Somebody signed in (or nobody), with pages in English. Any answer of 500 or more is an assertion error."""

    def __init__(self, staff: Staff | None = None, **options: Any) -> None:
        super().__init__(headers={"accept-language": "en"}, raise_request_exception=False, **options)
        if staff is not None:
            self.force_login(staff)

    def request(self, **asked: Any) -> Any:
        answer = super().request(**asked)
        if answer.status_code >= 500:
            trace = "".join(traceback.format_exception(*answer.exc_info)[-6:]) if answer.exc_info else ""
            raise AssertionError(f"{asked.get('REQUEST_METHOD')} {asked.get('PATH_INFO')[:80]!r}\n{trace}")
        return answer

    def send(self, address: str, fields: Mapping[str, Any], **more: Any) -> Any:
        """A plain form, byte for byte, whatever its fields hold: halves of characters too."""
        return self.generic("POST", address, urlencode(fields, doseq=True, errors="surrogatepass"), FORM, **more)

    def ask(self, address: str, asked: str) -> Any:
        """GET with ``asked`` in place of the address's ``{}``."""
        return self.get(address.replace("{}", quote(asked, safe="", errors="surrogatepass")))


def on_record() -> dict[str, str]:
    """A fingerprint of every table that holds what happened, but sessions, drafts and who looks at what."""
    parts = " UNION ALL ".join(
        f"SELECT '{table}', md5(coalesce(string_agg(t::text, '|' ORDER BY t.id), '')) FROM \"{table}\" t"
        for table in WATCHED
    )
    with (
        behind(DatabaseRole.STAFF),
        connection.cursor() as cursor,
    ):  # the last page may have left us under the portal's database role
        cursor.execute(parts)
        return dict(cursor.fetchall())


def changed(before: dict[str, str]) -> list[str]:
    return [table for table, now in on_record().items() if before[table] != now]


@contextmanager
def taken_back() -> Iterator[None]:
    """What happens inside is undone after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def whole() -> None:
    """Every chain is whole and every clock is what its events say."""
    assert list(chain.breaks()) == []
    assert list(rebuild.rebuild()) == []


# Pages of which only the status is asked: the view does all it does, and nothing is drawn of what it answers.


def undrawn(*page: Any, status: int = 200, **more: Any) -> HttpResponse:
    return HttpResponse(status=status)


def pages_are_undrawn(patch: pytest.MonkeyPatch) -> None:
    """For one person: no template of the desk or of a refusal is drawn, and what surrounds each page is read once."""
    patch.setattr("guardia.web.desk.page.render", undrawn)
    patch.setattr("guardia.web.shared.responses.page", lambda template, request, status: undrawn(status=status))
    assert get_resolver().url_patterns  # every module of the site map is there
    real, read = shell.shell_for, {}

    def once(request: HttpRequest, at: Any, *, view: str = "", area: str = "", with_views: bool = True, **more: Any):
        """Where a page hands over what it has read already, the shell is made of that."""
        if more:
            return real(request, at, view=view, area=area, with_views=with_views, **more)
        if with_views not in read:
            read[with_views] = real(request, at, view=view, area=area, with_views=with_views)
        return read[with_views]

    for name, module in list(sys.modules.items()):
        if name.startswith("guardia.web.") and getattr(module, "shell_for", None) is real:
            patch.setattr(module, "shell_for", once)
