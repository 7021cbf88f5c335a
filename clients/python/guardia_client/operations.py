"""Guardia's API: a method for each operation, grouped by noun.

Written by `bin/client` from the OpenAPI document of Guardia: change nothing here.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Literal

from guardia_client import models
from guardia_client.client import Connection, File, Group, Page, Tag


class Articles(Group):
    """Articles."""

    def list(
        self,
        *,
        fields: str | None = None,
        words: str | None = None,
        cause: str | None = None,
        state: models.ArticleState | None = None,
    ) -> models.ArticleList:
        """Search articles.

        Without a state all but the retired ones; without words those that changed last.

        Scope: `articles.list`.
        """
        _answer: models.ArticleList = self._connection.call(
            "GET", "/api/v2/articles", {}, query={"fields": fields, "words": words, "cause": cause, "state": state}
        )
        return _answer

    def read(
        self,
        number: int | str,
        *,
        fields: str | None = None,
        known: models.WholeArticle | None = None,
    ) -> models.WholeArticle:
        """Read an article.

        Scope: `articles.read`.
        """
        _answer: models.WholeArticle = self._connection.call(
            "GET", "/api/v2/articles/{number}", {"number": number}, query={"fields": fields}, known=known
        )
        return _answer


class BulkActs(Group):
    """Bulk acts."""

    def assign(
        self,
        *,
        to: int,
        cases: Sequence[models.Chosen],
        idempotency_key: str = "",
    ) -> models.BulkAnswer:
        """Assign: many cases.

        Scope: `bulk_acts.assign`.
        """
        _answer: models.BulkAnswer = self._connection.call(
            "POST", "/api/v2/bulk_acts/assign", {}, body={"to": to, "cases": cases}, idempotency_key=idempotency_key
        )
        return _answer

    def go_on(
        self,
        key: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.BulkAnswer:
        """Let the next cases of an act have their turn.

        The worker goes on by itself too, where nobody does.

        Scope: `bulk_acts.go_on`.
        """
        _answer: models.BulkAnswer = self._connection.call(
            "POST", "/api/v2/bulk_acts/{key}/go_on", {"key": key}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer

    def hold(
        self,
        *,
        cause: Literal["customer", "force_majeure", "third_party"],
        asked_by: str,
        proof: str,
        reason: str,
        cases: Sequence[models.Chosen],
        party: str | None = None,
        party_ticket: str | None = None,
        party_promise_at: datetime | str | None = None,
        idempotency_key: str = "",
    ) -> models.BulkAnswer:
        """Place on hold: many cases.

        One cause for all, with its proof. Each customer sees which clock is stopped, why, and who asked for it.

        Scope: `bulk_acts.hold`.
        """
        _answer: models.BulkAnswer = self._connection.call(
            "POST",
            "/api/v2/bulk_acts/hold",
            {},
            body={
                "cause": cause,
                "asked_by": asked_by,
                "proof": proof,
                "reason": reason,
                "party": party,
                "party_ticket": party_ticket,
                "party_promise_at": party_promise_at,
                "cases": cases,
            },
            idempotency_key=idempotency_key,
        )
        return _answer

    def link(
        self,
        *,
        cases: Sequence[models.Chosen],
        outage: str | None = None,
        number: str | None = None,
        idempotency_key: str = "",
    ) -> models.BulkAnswer:
        """Link: many cases.

        To an outage, as their common cause; or cases of one company to the case they belong to.

        Scope: `bulk_acts.link`.
        """
        _answer: models.BulkAnswer = self._connection.call(
            "POST",
            "/api/v2/bulk_acts/link",
            {},
            body={"outage": outage, "number": number, "cases": cases},
            idempotency_key=idempotency_key,
        )
        return _answer

    def preview_assign(
        self,
        *,
        to: int,
        cases: Sequence[models.Chosen],
        idempotency_key: str = "",
    ) -> models.Preview:
        """Assign: what would become of many cases.

        Nothing is done.

        Scope: `bulk_acts.preview_assign`.
        """
        _answer: models.Preview = self._connection.call(
            "POST",
            "/api/v2/bulk_acts/assign/preview",
            {},
            body={"to": to, "cases": cases},
            idempotency_key=idempotency_key,
        )
        return _answer

    def preview_hold(
        self,
        *,
        cause: Literal["customer", "force_majeure", "third_party"],
        asked_by: str,
        proof: str,
        reason: str,
        cases: Sequence[models.Chosen],
        party: str | None = None,
        party_ticket: str | None = None,
        party_promise_at: datetime | str | None = None,
        idempotency_key: str = "",
    ) -> models.Preview:
        """Place on hold: what would become of many cases.

        Nothing is done.

        Scope: `bulk_acts.preview_hold`.
        """
        _answer: models.Preview = self._connection.call(
            "POST",
            "/api/v2/bulk_acts/hold/preview",
            {},
            body={
                "cause": cause,
                "asked_by": asked_by,
                "proof": proof,
                "reason": reason,
                "party": party,
                "party_ticket": party_ticket,
                "party_promise_at": party_promise_at,
                "cases": cases,
            },
            idempotency_key=idempotency_key,
        )
        return _answer

    def preview_link(
        self,
        *,
        cases: Sequence[models.Chosen],
        outage: str | None = None,
        number: str | None = None,
        idempotency_key: str = "",
    ) -> models.Preview:
        """Link: what would become of many cases.

        Nothing is done.

        Scope: `bulk_acts.preview_link`.
        """
        _answer: models.Preview = self._connection.call(
            "POST",
            "/api/v2/bulk_acts/link/preview",
            {},
            body={"outage": outage, "number": number, "cases": cases},
            idempotency_key=idempotency_key,
        )
        return _answer

    def preview_resume(
        self,
        *,
        cases: Sequence[models.Chosen],
        idempotency_key: str = "",
    ) -> models.Preview:
        """Resume: what would become of many cases.

        Nothing is done.

        Scope: `bulk_acts.preview_resume`.
        """
        _answer: models.Preview = self._connection.call(
            "POST", "/api/v2/bulk_acts/resume/preview", {}, body={"cases": cases}, idempotency_key=idempotency_key
        )
        return _answer

    def preview_tell(
        self,
        *,
        text: str,
        cases: Sequence[models.Chosen],
        idempotency_key: str = "",
    ) -> models.Preview:
        """Notify the customers: what would become of many cases.

        Nothing is done.

        Scope: `bulk_acts.preview_tell`.
        """
        _answer: models.Preview = self._connection.call(
            "POST",
            "/api/v2/bulk_acts/tell/preview",
            {},
            body={"text": text, "cases": cases},
            idempotency_key=idempotency_key,
        )
        return _answer

    def read(
        self,
        key: int | str,
        *,
        known: models.BulkAnswer | None = None,
    ) -> models.BulkAnswer:
        """Read how far an act on many cases has come.

        Scope: `bulk_acts.read`.
        """
        _answer: models.BulkAnswer = self._connection.call("GET", "/api/v2/bulk_acts/{key}", {"key": key}, known=known)
        return _answer

    def resume(
        self,
        *,
        cases: Sequence[models.Chosen],
        idempotency_key: str = "",
    ) -> models.BulkAnswer:
        """Resume: many cases.

        What was awaited has arrived: the stopped clocks run again.

        Scope: `bulk_acts.resume`.
        """
        _answer: models.BulkAnswer = self._connection.call(
            "POST", "/api/v2/bulk_acts/resume", {}, body={"cases": cases}, idempotency_key=idempotency_key
        )
        return _answer

    def tell(
        self,
        *,
        text: str,
        cases: Sequence[models.Chosen],
        idempotency_key: str = "",
    ) -> models.BulkAnswer:
        """Notify the customers: many cases.

        The same news for all. The customer of each case reads it in the log and in an email.

        Scope: `bulk_acts.tell`.
        """
        _answer: models.BulkAnswer = self._connection.call(
            "POST", "/api/v2/bulk_acts/tell", {}, body={"text": text, "cases": cases}, idempotency_key=idempotency_key
        )
        return _answer

    def undo(
        self,
        key: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.BulkAnswer:
        """Take an act on many cases back, while its letters wait.

        Scope: `bulk_acts.undo`.
        """
        _answer: models.BulkAnswer = self._connection.call(
            "POST", "/api/v2/bulk_acts/{key}/undo", {"key": key}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer


class Calls(Group):
    """Calls."""

    def abandon(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.CallAnswer:
        """Say that the caller has hung up.

        Scope: `calls.abandon`.
        """
        _answer: models.CallAnswer = self._connection.call(
            "POST", "/api/v2/calls/{id}/abandon", {"id": id}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer

    def answer(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.CallAnswer:
        """Say that a waiting call is answered.

        Scope: `calls.answer`.
        """
        _answer: models.CallAnswer = self._connection.call(
            "POST", "/api/v2/calls/{id}/answer", {"id": id}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer

    def clocks(
        self,
        id: int | str,
        *,
        known: models.CallClocks | None = None,
    ) -> models.CallClocks:
        """Read the clocks of a call, and why each is due when it is.

        Scope: `calls.clocks`.
        """
        _answer: models.CallClocks = self._connection.call("GET", "/api/v2/calls/{id}/clocks", {"id": id}, known=known)
        return _answer

    def identify(
        self,
        id: int | str,
        *,
        company: int,
        contact: int | None = None,
        new_contact: models.CallerAsNewContact | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.CallAnswer:
        """Say who calls (P2 D).

        A number that is new is written down with the contact, for the next call.

        Scope: `calls.identify`.
        """
        _answer: models.CallAnswer = self._connection.call(
            "POST",
            "/api/v2/calls/{id}/identify",
            {"id": id},
            body={"company": company, "contact": contact, "new_contact": new_contact},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def join(
        self,
        id: int | str,
        *,
        case: str,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.CallAnswer:
        """Join a call to a case that is open already.

        Scope: `calls.join`.
        """
        _answer: models.CallAnswer = self._connection.call(
            "POST",
            "/api/v2/calls/{id}/join",
            {"id": id},
            body={"case": case},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        open: bool | None = None,
        result: Literal[
            "answered",
            "hung_up",
            "in_menu",
            "queue_gave_up",
            "turned_away",
            "call_back_owed",
            "waiting",
            "after_hours",
            "not_measured",
            "without_case",
        ]
        | None = None,
        number: str | None = None,
        company: int | None = None,
        desk: str | None = None,
        line: str | None = None,
        arrived_from: datetime | str | None = None,
        arrived_before: datetime | str | None = None,
    ) -> Page[models.CallAnswer]:
        """List calls, the latest first.

        `open=true`: something is still owed for it.

        Scope: `calls.list`.
        """
        _answer: Page[models.CallAnswer] = self._connection.list_page(
            "/api/v2/calls",
            {},
            {
                "cursor": cursor,
                "limit": limit,
                "fields": fields,
                "open": open,
                "result": result,
                "number": number,
                "company": company,
                "desk": desk,
                "line": line,
                "arrived_from": arrived_from,
                "arrived_before": arrived_before,
            },
        )
        return _answer

    def note(
        self,
        *,
        from_number: str | None = None,
        line: str | None = None,
        idempotency_key: str = "",
    ) -> models.CallAnswer:
        """Note a call that rings now.

        Both facts may be unknown. The same number within half a minute is the same call.

        Scope: `calls.note`.
        """
        _answer: models.CallAnswer = self._connection.call(
            "POST",
            "/api/v2/calls",
            {},
            body={"from_number": from_number, "line": line},
            idempotency_key=idempotency_key,
        )
        return _answer

    def reach(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.CallAnswer:
        """Say that the call-back that was owed has reached the caller.

        Scope: `calls.reach`.
        """
        _answer: models.CallAnswer = self._connection.call(
            "POST", "/api/v2/calls/{id}/reach", {"id": id}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer

    def read(
        self,
        id: int | str,
        *,
        fields: str | None = None,
        known: models.CallAnswer | None = None,
    ) -> models.CallAnswer:
        """Read a call.

        Scope: `calls.read`.
        """
        _answer: models.CallAnswer = self._connection.call(
            "GET", "/api/v2/calls/{id}", {"id": id}, query={"fields": fields}, known=known
        )
        return _answer

    def settle(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.CallAnswer:
        """Say that nothing is to be done for a call: no fault, or nobody to ring back.

        Scope: `calls.settle`.
        """
        _answer: models.CallAnswer = self._connection.call(
            "POST", "/api/v2/calls/{id}/settle", {"id": id}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer


class CarrierTickets(Group):
    """Carrier tickets."""

    def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        case: int | None = None,
        carrier: int | None = None,
        open: bool | None = None,
    ) -> Page[models.CarrierTicketAnswer]:
        """List our tickets at carriers.

        They are opened, asked after and taken down by the acts of a case.

        Scope: `carrier_tickets.list`.
        """
        _answer: Page[models.CarrierTicketAnswer] = self._connection.list_page(
            "/api/v2/carrier_tickets",
            {},
            {"cursor": cursor, "limit": limit, "fields": fields, "case": case, "carrier": carrier, "open": open},
        )
        return _answer


class Carriers(Group):
    """Carriers."""

    def activate(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.CarrierAnswer:
        """Activate a carrier.

        Scope: `carriers.activate`.
        """
        _answer: models.CarrierAnswer = self._connection.call(
            "POST", "/api/v2/carriers/{id}/activate", {"id": id}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer

    def change(
        self,
        id: int | str,
        *,
        name: str | None = None,
        mailbox: str | None = None,
        phones: Sequence[str] | None = None,
        hours: str | None = None,
        language: Literal["es", "en", "pt"] | None = None,
        answer_minutes: str | None = None,
        restore_minutes: str | None = None,
        contacts: Sequence[str] | None = None,
        notes: str | None = None,
        if_match: Tag = None,
    ) -> models.CarrierAnswer:
        """Change a carrier.

        What is left out stays as it is; an empty text or list empties the field.

        Scope: `carriers.change`.
        """
        _answer: models.CarrierAnswer = self._connection.call(
            "PATCH",
            "/api/v2/carriers/{id}",
            {"id": id},
            body={
                "name": name,
                "mailbox": mailbox,
                "phones": phones,
                "hours": hours,
                "language": language,
                "answer_minutes": answer_minutes,
                "restore_minutes": restore_minutes,
                "contacts": contacts,
                "notes": notes,
            },
            if_match=if_match,
        )
        return _answer

    def create(
        self,
        *,
        name: str,
        mailbox: str,
        language: Literal["es", "en", "pt"],
        phones: Sequence[str] | None = None,
        hours: str | None = None,
        answer_minutes: str | None = None,
        restore_minutes: str | None = None,
        contacts: Sequence[str] | None = None,
        notes: str | None = None,
        idempotency_key: str = "",
    ) -> models.CarrierAnswer:
        """Create a carrier.

        Scope: `carriers.create`.
        """
        _answer: models.CarrierAnswer = self._connection.call(
            "POST",
            "/api/v2/carriers",
            {},
            body={
                "name": name,
                "mailbox": mailbox,
                "phones": phones,
                "hours": hours,
                "language": language,
                "answer_minutes": answer_minutes,
                "restore_minutes": restore_minutes,
                "contacts": contacts,
                "notes": notes,
            },
            idempotency_key=idempotency_key,
        )
        return _answer

    def deactivate(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.CarrierAnswer:
        """Deactivate a carrier.

        Scope: `carriers.deactivate`.
        """
        _answer: models.CarrierAnswer = self._connection.call(
            "POST", "/api/v2/carriers/{id}/deactivate", {"id": id}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer

    def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        active: bool | None = None,
    ) -> Page[models.CarrierAnswer]:
        """List carriers.

        Scope: `carriers.list`.
        """
        _answer: Page[models.CarrierAnswer] = self._connection.list_page(
            "/api/v2/carriers", {}, {"cursor": cursor, "limit": limit, "fields": fields, "active": active}
        )
        return _answer

    def read(
        self,
        id: int | str,
        *,
        fields: str | None = None,
        known: models.CarrierAnswer | None = None,
    ) -> models.CarrierAnswer:
        """Read a carrier.

        Scope: `carriers.read`.
        """
        _answer: models.CarrierAnswer = self._connection.call(
            "GET", "/api/v2/carriers/{id}", {"id": id}, query={"fields": fields}, known=known
        )
        return _answer


class Cases(Group):
    """Cases."""

    def add_files(
        self,
        number: int | str,
        *,
        files: Sequence[File],
        caption: str | None = None,
        shown: bool | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Added:
        """Add files to a case.

        A form with files (multipart/form-data), 20 at most. What cannot be taken is named with its reason, and the rest
        is added. The same content twice is one file.

        Scope: `cases.add_files`.
        """
        _answer: models.Added = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/files",
            {"number": number},
            body={"caption": caption, "shown": shown},
            files=files,
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def add_test(
        self,
        number: int | str,
        *,
        name: str | None = None,
        result: str | None = None,
        verdict: Literal["good", "bad", "unclear"] | None = None,
        at: datetime | str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Add a test.

        Scope: `cases.add_test`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/add_test",
            {"number": number},
            body={"name": name, "result": result, "verdict": verdict, "at": at},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def agree_hour(
        self,
        number: int | str,
        *,
        hour: datetime | str | None = None,
        whom: str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Call at an agreed time.

        The next news is not due before then; at that time the call appears at the desk. Visit, arrival, breach and
        restoration are still notified at once.

        Scope: `cases.agree_hour`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/agree_hour",
            {"number": number},
            body={"hour": hour, "whom": whom},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def agree_visit(
        self,
        number: int | str,
        *,
        people: Sequence[str] | None = None,
        plate: str | None = None,
        tools: str | None = None,
        crew: int | None = None,
        specialty: Literal["fibre", "radio", "equipment", "cabling", "power", "tower"] | None = None,
        operator: str | None = None,
        customer: str | None = None,
        site_contact: str | None = None,
        access: str | None = None,
        forecast_from: datetime | str | None = None,
        forecast_to: datetime | str | None = None,
        next_decision_at: datetime | str | None = None,
        parts: Sequence[str] | None = None,
        at: datetime | str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Agree on the visit.

        Travel counts from the time both sides agree on.

        Scope: `cases.agree_visit`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/agree_visit",
            {"number": number},
            body={
                "people": people,
                "plate": plate,
                "tools": tools,
                "crew": crew,
                "specialty": specialty,
                "operator": operator,
                "customer": customer,
                "site_contact": site_contact,
                "access": access,
                "forecast_from": forecast_from,
                "forecast_to": forecast_to,
                "next_decision_at": next_decision_at,
                "parts": parts,
                "at": at,
            },
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def answer(
        self,
        number: int | str,
        *,
        answer: str,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Answer the request.

        The first answer goes to whoever asked; the request stays open until it is solved.

        Scope: `cases.answer`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/answer",
            {"number": number},
            body={"answer": answer},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def arrive(
        self,
        number: int | str,
        *,
        at: datetime | str | None = None,
        place: str | None = None,
        radio: bool | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """The crew arrived.

        Scope: `cases.arrive`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/arrive",
            {"number": number},
            body={"at": at, "place": place, "radio": radio},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def ask_carrier(
        self,
        number: int | str,
        *,
        ticket: int | None = None,
        words: str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Ask the third party for news.

        A prepared email leaves for its mailbox, or a note for its interface, with both ticket numbers.

        Scope: `cases.ask_carrier`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/ask_carrier",
            {"number": number},
            body={"ticket": ticket, "words": words},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def assign(
        self,
        number: int | str,
        *,
        to: int,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Assign.

        Scope: `cases.assign`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/assign",
            {"number": number},
            body={"to": to},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def block(
        self,
        number: int | str,
        *,
        condition: Literal["flights", "weather", "public_order", "roads", "river"],
        why: str,
        next_decision_at: datetime | str,
        at: datetime | str | None = None,
        radio: bool | None = None,
        stops_clock: bool | None = None,
        asked_by: str | None = None,
        proof: str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """The visit is blocked.

        Scope: `cases.block`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/block",
            {"number": number},
            body={
                "at": at,
                "radio": radio,
                "condition": condition,
                "why": why,
                "next_decision_at": next_decision_at,
                "stops_clock": stops_clock,
                "asked_by": asked_by,
                "proof": proof,
            },
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def call_task_done(
        self,
        number: int | str,
        *,
        outcome: Literal["answered", "not_answered"] | None = None,
        answered_by: str | None = None,
        takes: int | None = None,
        at: datetime | str | None = None,
        others: bool | None = None,
        call: int | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """The call that is owed.

        Scope: `cases.call_task_done`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/call_task_done",
            {"number": number},
            body={
                "outcome": outcome,
                "answered_by": answered_by,
                "takes": takes,
                "at": at,
                "others": others,
                "call": call,
            },
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def cancel(
        self,
        number: int | str,
        *,
        reason: str,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Cancel the case.

        For a case opened by mistake or withdrawn by the customer; the customer is told why.

        Scope: `cases.cancel`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/cancel",
            {"number": number},
            body={"reason": reason},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def change_crew(
        self,
        number: int | str,
        *,
        crew: int,
        why: str,
        people: Sequence[str] | None = None,
        plate: str | None = None,
        tools: str | None = None,
        at: datetime | str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Replace the crew.

        No promise is moved by it.

        Scope: `cases.change_crew`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/change_crew",
            {"number": number},
            body={"people": people, "plate": plate, "tools": tools, "crew": crew, "why": why, "at": at},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def change_plan(
        self,
        number: int | str,
        *,
        plan: str | None = None,
        plan_kind: Literal["remote", "visit"] | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Change the plan.

        Scope: `cases.change_plan`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/change_plan",
            {"number": number},
            body={"plan": plan, "plan_kind": plan_kind},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def change_visit(
        self,
        number: int | str,
        *,
        people: Sequence[str] | None = None,
        plate: str | None = None,
        tools: str | None = None,
        crew: int | None = None,
        specialty: Literal["fibre", "radio", "equipment", "cabling", "power", "tower"] | None = None,
        operator: str | None = None,
        customer: str | None = None,
        site_contact: str | None = None,
        access: str | None = None,
        forecast_from: datetime | str | None = None,
        forecast_to: datetime | str | None = None,
        next_decision_at: datetime | str | None = None,
        parts: Sequence[str] | None = None,
        at: datetime | str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Change what was agreed.

        The customer is told what has changed; travel counts from the first agreement.

        Scope: `cases.change_visit`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/change_visit",
            {"number": number},
            body={
                "people": people,
                "plate": plate,
                "tools": tools,
                "crew": crew,
                "specialty": specialty,
                "operator": operator,
                "customer": customer,
                "site_contact": site_contact,
                "access": access,
                "forecast_from": forecast_from,
                "forecast_to": forecast_to,
                "next_decision_at": next_decision_at,
                "parts": parts,
                "at": at,
            },
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def clear_permit(
        self,
        number: int | str,
        *,
        at: datetime | str | None = None,
        place: str | None = None,
        radio: bool | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Work permit cleared.

        Permits, protective equipment, weather window. Its time does not count towards the solution time.

        Scope: `cases.clear_permit`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/clear_permit",
            {"number": number},
            body={"at": at, "place": place, "radio": radio},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def clocks(
        self,
        number: int | str,
        *,
        known: models.ClocksAnswer | None = None,
    ) -> models.ClocksAnswer:
        """Read the clocks of a case, and why each is due when it is.

        Scope: `cases.clocks`.
        """
        _answer: models.ClocksAnswer = self._connection.call(
            "GET", "/api/v2/cases/{number}/clocks", {"number": number}, known=known
        )
        return _answer

    def close(
        self,
        number: int | str,
        *,
        impact: Literal["down", "degraded", "intermittent"] | None = None,
        fault: str | None = None,
        solution: str | None = None,
        prevention: str | None = None,
        late: Literal[
            "traffic",
            "no_crew",
            "no_parts",
            "permit",
            "access",
            "third_party",
            "force_majeure",
            "many_at_once",
            "hard_to_find",
            "ours",
            "other",
        ]
        | None = None,
        late_words: str | None = None,
        crew_stays: bool | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Close the case.

        Fault, solution and affected time go to the customer with the notice of closing.

        Scope: `cases.close`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/close",
            {"number": number},
            body={
                "impact": impact,
                "fault": fault,
                "solution": solution,
                "prevention": prevention,
                "late": late,
                "late_words": late_words,
                "crew_stays": crew_stays,
            },
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def close_as_duplicate(
        self,
        path_number: int | str,
        *,
        reason: str,
        number: str | None = None,
        chosen: str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """End as a duplicate.

        This case ends and cannot be opened again; the other one continues with its own clocks. The customer is told
        why, and to follow the other number.

        Scope: `cases.close_as_duplicate`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/close_as_duplicate",
            {"number": path_number},
            body={"number": number, "chosen": chosen, "reason": reason},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def close_as_mistaken(
        self,
        number: int | str,
        *,
        reason: str,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Reopened by mistake.

        The case is closed as it was: the reopening does not count. The customer reads the reason.

        Scope: `cases.close_as_mistaken`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/close_as_mistaken",
            {"number": number},
            body={"reason": reason},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def close_without_evidence(
        self,
        number: int | str,
        *,
        impact: Literal["down", "degraded", "intermittent"] | None = None,
        fault: str | None = None,
        solution: str | None = None,
        prevention: str | None = None,
        late: Literal[
            "traffic",
            "no_crew",
            "no_parts",
            "permit",
            "access",
            "third_party",
            "force_majeure",
            "many_at_once",
            "hard_to_find",
            "ours",
            "other",
        ]
        | None = None,
        late_words: str | None = None,
        crew_stays: bool | None = None,
        reason: str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Close without good tests.

        A test failed after the follow-up. The customer reads the reason and your name.

        Scope: `cases.close_without_evidence`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/close_without_evidence",
            {"number": number},
            body={
                "impact": impact,
                "fault": fault,
                "solution": solution,
                "prevention": prevention,
                "late": late,
                "late_words": late_words,
                "crew_stays": crew_stays,
                "reason": reason,
            },
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def complete(
        self,
        number: int | str,
        *,
        impact: Literal["down", "degraded", "intermittent"] | None = None,
        since: datetime | str | None = None,
        reporter_name: str | None = None,
        call_back_number: str | None = None,
        site_contact: str | None = None,
        access_hours: str | None = None,
        mains_power: Literal["yes", "no", "unknown"] | None = None,
        customer_reference: str | None = None,
        carrier_reference: str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Complete the details.

        Scope: `cases.complete`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/complete",
            {"number": number},
            body={
                "impact": impact,
                "since": since,
                "reporter_name": reporter_name,
                "call_back_number": call_back_number,
                "site_contact": site_contact,
                "access_hours": access_hours,
                "mains_power": mains_power,
                "customer_reference": customer_reference,
                "carrier_reference": carrier_reference,
            },
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def confirm(
        self,
        number: int | str,
        *,
        confirmer_name: str | None = None,
        position: str | None = None,
        phone: str | None = None,
        channel: Literal["phone", "mail", "site"] | None = None,
        capacity: Literal["employee", "guard", "our_technician"] | None = None,
        plan_executed: str | None = None,
        at: datetime | str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """The customer confirms.

        Anybody from the company, at once: never a guard, never our own technician. What no link, code or call from a
        number on file proves counts as verbal: the contacts may deny it with one tap.

        Scope: `cases.confirm`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/confirm",
            {"number": number},
            body={
                "confirmer_name": confirmer_name,
                "position": position,
                "phone": phone,
                "channel": channel,
                "capacity": capacity,
                "plan_executed": plan_executed,
                "at": at,
            },
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def contest(
        self,
        number: int | str,
        *,
        waits: Sequence[int] | None = None,
        who: str | None = None,
        words: str | None = None,
        at: datetime | str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """The customer objects.

        The quality manager rules on it within the published time, with reasons, and the customer is told.

        Scope: `cases.contest`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/contest",
            {"number": number},
            body={"waits": waits, "who": who, "words": words, "at": at},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def correct_cause(
        self,
        number: int | str,
        *,
        cause: str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Correct the cause.

        Scope: `cases.correct_cause`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/correct_cause",
            {"number": number},
            body={"cause": cause},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def correct_wait(
        self,
        number: int | str,
        *,
        wait: int | None = None,
        what: Literal["hours", "never"] | None = None,
        since: datetime | str | None = None,
        until: datetime | str | None = None,
        clocks: Sequence[str] | None = None,
        reason: str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Correct a wait.

        What was recorded stays in the log; the clocks follow the corrected times.

        Scope: `cases.correct_wait`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/correct_wait",
            {"number": number},
            body={"wait": wait, "what": what, "since": since, "until": until, "clocks": clocks, "reason": reason},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def decide_again(
        self,
        number: int | str,
        *,
        next_decision_at: datetime | str,
        why: str,
        at: datetime | str | None = None,
        radio: bool | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Decide again.

        Scope: `cases.decide_again`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/decide_again",
            {"number": number},
            body={"at": at, "radio": radio, "next_decision_at": next_decision_at, "why": why},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def decide_dispatch(
        self,
        number: int | str,
        *,
        at: datetime | str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Decide to send a crew.

        Scope: `cases.decide_dispatch`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/decide_dispatch",
            {"number": number},
            body={"at": at},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def depart(
        self,
        number: int | str,
        *,
        at: datetime | str | None = None,
        place: str | None = None,
        radio: bool | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """The crew left.

        Scope: `cases.depart`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/depart",
            {"number": number},
            body={"at": at, "place": place, "radio": radio},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def diagnose(
        self,
        number: int | str,
        *,
        cause: str,
        plan: str,
        plan_kind: Literal["remote", "visit"],
        probable: bool | None = None,
        at: datetime | str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Record the diagnosis.

        Scope: `cases.diagnose`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/diagnose",
            {"number": number},
            body={"cause": cause, "plan": plan, "plan_kind": plan_kind, "probable": probable, "at": at},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def end_escalation(
        self,
        number: int | str,
        *,
        reason: str,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """End the escalation.

        Those who were paged are told.

        Scope: `cases.end_escalation`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/end_escalation",
            {"number": number},
            body={"reason": reason},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def escalate(
        self,
        number: int | str,
        *,
        level: str | None = None,
        source: Literal["engineer", "customer"] | None = None,
        asked_by: str | None = None,
        at: datetime | str | None = None,
        reason: str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Escalate.

        The level is paged at once; whoever acknowledges answers for the case.

        Scope: `cases.escalate`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/escalate",
            {"number": number},
            body={"level": level, "source": source, "asked_by": asked_by, "at": at, "reason": reason},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def events(
        self,
        number: int | str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        public: bool | None = None,
    ) -> Page[models.EventAnswer]:
        """List the events of a case.

        Scope: `cases.events`.
        """
        _answer: Page[models.EventAnswer] = self._connection.list_page(
            "/api/v2/cases/{number}/events",
            {"number": number},
            {"cursor": cursor, "limit": limit, "fields": fields, "public": public},
        )
        return _answer

    def explain_delay(
        self,
        number: int | str,
        *,
        late: Literal[
            "traffic",
            "no_crew",
            "no_parts",
            "permit",
            "access",
            "third_party",
            "force_majeure",
            "many_at_once",
            "hard_to_find",
            "ours",
            "other",
        ]
        | None = None,
        late_words: str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Why it was late.

        For the report, not for the customer. It can be corrected; for a mass outage it covers all cases.

        Scope: `cases.explain_delay`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/explain_delay",
            {"number": number},
            body={"late": late, "late_words": late_words},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def file(
        self,
        number: int | str,
        file: int | str,
        *,
        fields: str | None = None,
        known: models.FileAnswer | None = None,
    ) -> models.FileAnswer:
        """Read what is known of a file.

        Scope: `cases.file`.
        """
        _answer: models.FileAnswer = self._connection.call(
            "GET",
            "/api/v2/cases/{number}/files/{file}",
            {"number": number, "file": file},
            query={"fields": fields},
            known=known,
        )
        return _answer

    def file_content(
        self,
        number: int | str,
        file: int | str,
    ) -> bytes:
        """Download a file.

        Scope: `cases.file_content`.
        """
        _answer: bytes = self._connection.download(
            "GET", "/api/v2/cases/{number}/files/{file}/content", {"number": number, "file": file}
        )
        return _answer

    def files(
        self,
        number: int | str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        withdrawn: bool | None = None,
    ) -> Page[models.FileAnswer]:
        """List the files of a case.

        Scope: `cases.files`.
        """
        _answer: Page[models.FileAnswer] = self._connection.list_page(
            "/api/v2/cases/{number}/files",
            {"number": number},
            {"cursor": cursor, "limit": limit, "fields": fields, "withdrawn": withdrawn},
        )
        return _answer

    def go_on_unconfirmed(
        self,
        number: int | str,
        *,
        reason: str,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Continue without confirmation.

        Marked as not confirmed by the customer.

        Scope: `cases.go_on_unconfirmed`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/go_on_unconfirmed",
            {"number": number},
            body={"reason": reason},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def hold(
        self,
        number: int | str,
        *,
        cause: Literal["customer", "force_majeure", "third_party"],
        asked_by: str,
        reason: str,
        asked_role: str | None = None,
        proof: str | None = None,
        at: datetime | str | None = None,
        until: datetime | str | None = None,
        clocks: Sequence[str] | None = None,
        excluded: bool | None = None,
        party: str | None = None,
        party_ticket: str | None = None,
        party_contact: str | None = None,
        party_promise_at: datetime | str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Put on hold.

        The customer sees which clock stops, who asked, why, and with what proof.

        Scope: `cases.hold`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/hold",
            {"number": number},
            body={
                "cause": cause,
                "asked_by": asked_by,
                "asked_role": asked_role,
                "reason": reason,
                "proof": proof,
                "at": at,
                "until": until,
                "clocks": clocks,
                "excluded": excluded,
                "party": party,
                "party_ticket": party_ticket,
                "party_contact": party_contact,
                "party_promise_at": party_promise_at,
            },
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def leave_site(
        self,
        number: int | str,
        *,
        at: datetime | str | None = None,
        place: str | None = None,
        radio: bool | None = None,
        finished: Literal["done", "unfinished"] | None = None,
        why: str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """The crew left the site.

        Scope: `cases.leave_site`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/leave_site",
            {"number": number},
            body={"at": at, "place": place, "radio": radio, "finished": finished, "why": why},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def link(
        self,
        path_number: int | str,
        *,
        number: str | None = None,
        chosen: str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Link to another case.

        Another case of the same company. From now on each shows the other; this can be undone.

        Scope: `cases.link`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/link",
            {"number": path_number},
            body={"number": number, "chosen": chosen},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        sort: Literal["-number", "number", "due"] | None = None,
        open: bool | None = None,
        company: int | None = None,
        service: int | None = None,
        site: int | None = None,
        assigned: int | None = None,
        desk: str | None = None,
        stage: models.Stage | models.RequestStage | None = None,
        status: models.Status | None = None,
        impact: models.Impact | None = None,
        customer_reference: str | None = None,
        carrier_reference: str | None = None,
        opened_from: datetime | str | None = None,
        opened_before: datetime | str | None = None,
        due_from: datetime | str | None = None,
        due_before: datetime | str | None = None,
        report: int | None = None,
    ) -> Page[models.CaseAnswer]:
        """List cases.

        Each filter narrows the list; `sort=due` lists open cases with a promise: first what breaks first.

        Scope: `cases.list`.
        """
        _answer: Page[models.CaseAnswer] = self._connection.list_page(
            "/api/v2/cases",
            {},
            {
                "cursor": cursor,
                "limit": limit,
                "fields": fields,
                "sort": sort,
                "open": open,
                "company": company,
                "service": service,
                "site": site,
                "assigned": assigned,
                "desk": desk,
                "stage": stage,
                "status": status,
                "impact": impact,
                "customer_reference": customer_reference,
                "carrier_reference": carrier_reference,
                "opened_from": opened_from,
                "opened_before": opened_before,
                "due_from": due_from,
                "due_before": due_before,
                "report": report,
            },
        )
        return _answer

    def note(
        self,
        number: int | str,
        *,
        text: str,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Internal note.

        Scope: `cases.note`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/note",
            {"number": number},
            body={"text": text},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def notices(
        self,
        number: int | str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        state: models.NoticeState | None = None,
    ) -> Page[models.NoticeAnswer]:
        """List the notices of a case, the newest first.

        Scope: `cases.notices`.
        """
        _answer: Page[models.NoticeAnswer] = self._connection.list_page(
            "/api/v2/cases/{number}/notices",
            {"number": number},
            {"cursor": cursor, "limit": limit, "fields": fields, "state": state},
        )
        return _answer

    def open(
        self,
        *,
        service: int,
        symptoms: str,
        impact: Literal["down", "degraded", "intermittent"] | None = None,
        since: datetime | str | None = None,
        source: Literal["phone", "mail", "portal", "office"] | None = None,
        received_at: datetime | str | None = None,
        reporter: int | None = None,
        reporter_name: str | None = None,
        call_back_number: str | None = None,
        site_contact: str | None = None,
        access_hours: str | None = None,
        mains_power: Literal["yes", "no", "unknown"] | None = None,
        call: int | None = None,
        written_request: int | None = None,
        idempotency_key: str = "",
    ) -> models.CaseAnswer:
        """Open a case (P2).

        Service and symptoms suffice. A fault that is open for this service with the same words is returned. With a call
        or a report in writing, the case takes its hours from there. What a company's own key sends is a report (202):
        it gets its number once somebody has taken it.

        Scope: `cases.open`.
        """
        _answer: models.CaseAnswer = self._connection.call(
            "POST",
            "/api/v2/cases",
            {},
            body={
                "service": service,
                "symptoms": symptoms,
                "impact": impact,
                "since": since,
                "source": source,
                "received_at": received_at,
                "reporter": reporter,
                "reporter_name": reporter_name,
                "call_back_number": call_back_number,
                "site_contact": site_contact,
                "access_hours": access_hours,
                "mains_power": mains_power,
                "call": call,
                "written_request": written_request,
            },
            idempotency_key=idempotency_key,
        )
        return _answer

    def open_carrier_ticket(
        self,
        path_number: int | str,
        *,
        carrier: int,
        symptoms: str,
        clock: Literal["runs", "waits"],
        circuit: str | None = None,
        wanted_at: datetime | str | None = None,
        number: str | None = None,
        reason: str | None = None,
        proof: str | None = None,
        again_at: datetime | str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Open a ticket at a third party.

        An email with our reference leaves for its mailbox, or the ticket for its interface, which needs the circuit.
        The customer reads only the wait, if there is one.

        Scope: `cases.open_carrier_ticket`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/open_carrier_ticket",
            {"number": path_number},
            body={
                "carrier": carrier,
                "circuit": circuit,
                "symptoms": symptoms,
                "wanted_at": wanted_at,
                "number": number,
                "clock": clock,
                "reason": reason,
                "proof": proof,
                "again_at": again_at,
            },
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def pass_escalation(
        self,
        number: int | str,
        *,
        reason: str,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Pass it on.

        The next level is paged at once and reads why.

        Scope: `cases.pass_escalation`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/pass_escalation",
            {"number": number},
            body={"reason": reason},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def pass_to_group(
        self,
        number: int | str,
        *,
        group: int,
        reason: str,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Pass to a group.

        Who works on it from now on. It stays within the team: the customer's promises are not affected.

        Scope: `cases.pass_to_group`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/pass_to_group",
            {"number": number},
            body={"group": group, "reason": reason},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def read(
        self,
        number: int | str,
        *,
        fields: str | None = None,
        known: models.CaseAnswer | None = None,
    ) -> models.CaseAnswer:
        """Read a case.

        Scope: `cases.read`.
        """
        _answer: models.CaseAnswer = self._connection.call(
            "GET", "/api/v2/cases/{number}", {"number": number}, query={"fields": fields}, known=known
        )
        return _answer

    def recover(
        self,
        number: int | str,
        *,
        how: str,
        at: datetime | str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """It recovered by itself.

        From here the case proceeds to verification with the customer.

        Scope: `cases.recover`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/recover",
            {"number": number},
            body={"how": how, "at": at},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def relapse(
        self,
        number: int | str,
        *,
        what: str,
        at: datetime | str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """It fails again.

        The case goes back to diagnosis with its full time, and the customer is notified.

        Scope: `cases.relapse`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/relapse",
            {"number": number},
            body={"what": what, "at": at},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def reopen(
        self,
        number: int | str,
        *,
        what: str,
        since: datetime | str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Reopen the case.

        Scope: `cases.reopen`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/reopen",
            {"number": number},
            body={"what": what, "since": since},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def report_drop(
        self,
        number: int | str,
        *,
        what: str,
        seconds: int,
        at: datetime | str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """It dropped for a moment.

        The green window begins again when the service is back.

        Scope: `cases.report_drop`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/report_drop",
            {"number": number},
            body={"what": what, "seconds": seconds, "at": at},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def restore(
        self,
        number: int | str,
        *,
        solution: str,
        at: datetime | str | None = None,
        place: str | None = None,
        radio: bool | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """The service is restored.

        Scope: `cases.restore`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/restore",
            {"number": number},
            body={"solution": solution, "at": at, "place": place, "radio": radio},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def resume(
        self,
        number: int | str,
        *,
        wait: int | None = None,
        at: datetime | str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Go on.

        Scope: `cases.resume`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/resume",
            {"number": number},
            body={"wait": wait, "at": at},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def resume_visit(
        self,
        number: int | str,
        *,
        at: datetime | str | None = None,
        radio: bool | None = None,
        forecast_from: datetime | str | None = None,
        forecast_to: datetime | str | None = None,
        next_decision_at: datetime | str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """The visit resumes.

        Scope: `cases.resume_visit`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/resume_visit",
            {"number": number},
            body={
                "at": at,
                "radio": radio,
                "forecast_from": forecast_from,
                "forecast_to": forecast_to,
                "next_decision_at": next_decision_at,
            },
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def send_letter(
        self,
        number: int | str,
        *,
        at: datetime | str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Send the permit letter.

        The guard at the gate reads who enters, with which document, plate and tools.

        Scope: `cases.send_letter`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/send_letter",
            {"number": number},
            body={"at": at},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def send_notice_again(
        self,
        number: int | str,
        notice: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.NoticeAnswer:
        """Send a notice once more.

        Scope: `cases.send_notice_again`.
        """
        _answer: models.NoticeAnswer = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/notices/{notice}/send_again",
            {"number": number, "notice": notice},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def set_impact(
        self,
        number: int | str,
        *,
        impact: Literal["down", "degraded", "intermittent"],
        since: datetime | str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Set the service status.

        Scope: `cases.set_impact`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/set_impact",
            {"number": number},
            body={"impact": impact, "since": since},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def settle_field_report(
        self,
        number: int | str,
        report: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.ReportAnswer:
        """Settle what a crew sent and no rule could take.

        Scope: `cases.settle_field_report`.
        """
        _answer: models.ReportAnswer = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/field_reports/{report}/settle",
            {"number": number, "report": report},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def show_file(
        self,
        number: int | str,
        file: int | str,
        *,
        shown: bool,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.FileAnswer:
        """Let the customer see a file, or no longer.

        Scope: `cases.show_file`.
        """
        _answer: models.FileAnswer = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/files/{file}/show",
            {"number": number, "file": file},
            body={"shown": shown},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def sign(
        self,
        number: int | str,
        *,
        at: datetime | str | None = None,
        radio: bool | None = None,
        name: str | None = None,
        position: str | None = None,
        signature: int | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Customer's signature.

        Scope: `cases.sign`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/sign",
            {"number": number},
            body={"at": at, "radio": radio, "name": name, "position": position, "signature": signature},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def solve(
        self,
        number: int | str,
        *,
        answer: str,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Solve the request.

        This closes the request, and whoever asked is told how it was solved.

        Scope: `cases.solve`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/solve",
            {"number": number},
            body={"answer": answer},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def stabilise(
        self,
        number: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Stability follow-up.

        Scope: `cases.stabilise`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/stabilise",
            {"number": number},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def stabilise_without_evidence(
        self,
        number: int | str,
        *,
        reason: str,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Continue without good tests.

        The green window is complete but no good test proves it. The customer reads the reason and your name.

        Scope: `cases.stabilise_without_evidence`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/stabilise_without_evidence",
            {"number": number},
            body={"reason": reason},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def take_back_from_group(
        self,
        number: int | str,
        *,
        reason: str,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Take back from the group.

        Scope: `cases.take_back_from_group`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/take_back_from_group",
            {"number": number},
            body={"reason": reason},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def take_notice_back(
        self,
        number: int | str,
        notice: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.NoticeAnswer:
        """Take a notice back before it leaves.

        Scope: `cases.take_notice_back`.
        """
        _answer: models.NoticeAnswer = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/notices/{notice}/take_back",
            {"number": number, "notice": notice},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def tell(
        self,
        number: int | str,
        *,
        text: str,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Reply to the customer.

        Scope: `cases.tell`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/tell",
            {"number": number},
            body={"text": text},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def tell_by_voice(
        self,
        number: int | str,
        *,
        outcome: Literal["answered", "not_answered"] | None = None,
        whom: str | None = None,
        at: datetime | str | None = None,
        hour: datetime | str | None = None,
        call: int | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Notified by voice.

        Scope: `cases.tell_by_voice`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/tell_by_voice",
            {"number": number},
            body={"outcome": outcome, "whom": whom, "at": at, "hour": hour, "call": call},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def test_now(
        self,
        number: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.ProbesAnswer:
        """Ask for a test of every target of the service now.

        Scope: `cases.test_now`.
        """
        _answer: models.ProbesAnswer = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/test_now",
            {"number": number},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def tests(
        self,
        number: int | str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
    ) -> Page[models.TestAnswer]:
        """List the tests of a case (P3, P5, P6).

        Scope: `cases.tests`.
        """
        _answer: Page[models.TestAnswer] = self._connection.list_page(
            "/api/v2/cases/{number}/tests", {"number": number}, {"cursor": cursor, "limit": limit, "fields": fields}
        )
        return _answer

    def third_party_promise(
        self,
        number: int | str,
        *,
        wait: int | None = None,
        promise_at: datetime | str | None = None,
        contact: str | None = None,
        word: str | None = None,
        at: datetime | str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """The third party's next promise.

        A clock runs until this time; if the third party has not answered by then, the desk sees it.

        Scope: `cases.third_party_promise`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/third_party_promise",
            {"number": number},
            body={"wait": wait, "promise_at": promise_at, "contact": contact, "word": word, "at": at},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def transfer(
        self,
        number: int | str,
        *,
        to: str | None = None,
        reason: str | None = None,
        service: int | None = None,
        impact: Literal["down", "degraded", "intermittent"] | None = None,
        symptoms: str | None = None,
        asked: str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Pass to another desk.

        Its history goes with it, and the customer is told who is handling it from now on.

        Scope: `cases.transfer`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/transfer",
            {"number": number},
            body={
                "to": to,
                "reason": reason,
                "service": service,
                "impact": impact,
                "symptoms": symptoms,
                "asked": asked,
            },
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def try_to_confirm(
        self,
        number: int | str,
        *,
        whom: str | None = None,
        outcome: str | None = None,
        at: datetime | str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Record an attempt.

        Scope: `cases.try_to_confirm`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/try_to_confirm",
            {"number": number},
            body={"whom": whom, "outcome": outcome, "at": at},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def unlink(
        self,
        number: int | str,
        *,
        link: int,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Remove a link.

        Scope: `cases.unlink`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/unlink",
            {"number": number},
            body={"link": link},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def update_carrier_ticket(
        self,
        path_number: int | str,
        *,
        ticket: int | None = None,
        state: Literal["acknowledged", "inProgress", "pending", "held", "resolved", "closed", "cancelled"]
        | None = None,
        number: str | None = None,
        promise_at: datetime | str | None = None,
        words: str | None = None,
        at: datetime | str | None = None,
        clock: Literal["runs", "waits"] | None = None,
        reason: str | None = None,
        proof: str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """What the third party says.

        State, number and next promise as they gave them. A promise moves the clock that follows them up; once it is
        resolved, the wait ends.

        Scope: `cases.update_carrier_ticket`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/update_carrier_ticket",
            {"number": path_number},
            body={
                "ticket": ticket,
                "state": state,
                "number": number,
                "promise_at": promise_at,
                "words": words,
                "at": at,
                "clock": clock,
                "reason": reason,
                "proof": proof,
            },
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def use_parts(
        self,
        number: int | str,
        *,
        at: datetime | str | None = None,
        radio: bool | None = None,
        parts: Sequence[str] | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Parts used.

        Scope: `cases.use_parts`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/use_parts",
            {"number": number},
            body={"at": at, "radio": radio, "parts": parts},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def waits(
        self,
        number: int | str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
    ) -> Page[models.WaitAnswer]:
        """List the waits of a case.

        Scope: `cases.waits`.
        """
        _answer: Page[models.WaitAnswer] = self._connection.list_page(
            "/api/v2/cases/{number}/waits", {"number": number}, {"cursor": cursor, "limit": limit, "fields": fields}
        )
        return _answer

    def withdraw_file(
        self,
        number: int | str,
        file: int | str,
        *,
        why: str,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.FileAnswer:
        """Withdraw a file: its bytes go for good.

        Scope: `cases.withdraw_file`.
        """
        _answer: models.FileAnswer = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/files/{file}/withdraw",
            {"number": number, "file": file},
            body={"why": why},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def withdraw_hour(
        self,
        number: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Withdraw the agreed time.

        From now on the next news is due as if no time had been agreed.

        Scope: `cases.withdraw_hour`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/withdraw_hour",
            {"number": number},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def write(
        self,
        number: int | str,
        *,
        text: str,
        audience: Literal["internal", "public"],
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Write in the log.

        Scope: `cases.write`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/write",
            {"number": number},
            body={"text": text, "audience": audience},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer


class Cities(Group):
    """Cities."""

    def change(
        self,
        id: int | str,
        *,
        name: str | None = None,
        province: str | None = None,
        band: Literal["main", "intermediate", "remote"] | None = None,
        band_reason: str | None = None,
        population: str | None = None,
        code: str | None = None,
        zone: Literal[
            "America/Guayaquil",
            "Pacific/Galapagos",
            "Africa/Abidjan",
            "Africa/Accra",
            "Africa/Addis_Ababa",
            "Africa/Algiers",
            "Africa/Asmara",
            "Africa/Asmera",
            "Africa/Bamako",
            "Africa/Bangui",
            "Africa/Banjul",
            "Africa/Bissau",
            "Africa/Blantyre",
            "Africa/Brazzaville",
            "Africa/Bujumbura",
            "Africa/Cairo",
            "Africa/Casablanca",
            "Africa/Ceuta",
            "Africa/Conakry",
            "Africa/Dakar",
            "Africa/Dar_es_Salaam",
            "Africa/Djibouti",
            "Africa/Douala",
            "Africa/El_Aaiun",
            "Africa/Freetown",
            "Africa/Gaborone",
            "Africa/Harare",
            "Africa/Johannesburg",
            "Africa/Juba",
            "Africa/Kampala",
            "Africa/Khartoum",
            "Africa/Kigali",
            "Africa/Kinshasa",
            "Africa/Lagos",
            "Africa/Libreville",
            "Africa/Lome",
            "Africa/Luanda",
            "Africa/Lubumbashi",
            "Africa/Lusaka",
            "Africa/Malabo",
            "Africa/Maputo",
            "Africa/Maseru",
            "Africa/Mbabane",
            "Africa/Mogadishu",
            "Africa/Monrovia",
            "Africa/Nairobi",
            "Africa/Ndjamena",
            "Africa/Niamey",
            "Africa/Nouakchott",
            "Africa/Ouagadougou",
            "Africa/Porto-Novo",
            "Africa/Sao_Tome",
            "Africa/Timbuktu",
            "Africa/Tripoli",
            "Africa/Tunis",
            "Africa/Windhoek",
            "America/Adak",
            "America/Anchorage",
            "America/Anguilla",
            "America/Antigua",
            "America/Araguaina",
            "America/Argentina/Buenos_Aires",
            "America/Argentina/Catamarca",
            "America/Argentina/ComodRivadavia",
            "America/Argentina/Cordoba",
            "America/Argentina/Jujuy",
            "America/Argentina/La_Rioja",
            "America/Argentina/Mendoza",
            "America/Argentina/Rio_Gallegos",
            "America/Argentina/Salta",
            "America/Argentina/San_Juan",
            "America/Argentina/San_Luis",
            "America/Argentina/Tucuman",
            "America/Argentina/Ushuaia",
            "America/Aruba",
            "America/Asuncion",
            "America/Atikokan",
            "America/Atka",
            "America/Bahia",
            "America/Bahia_Banderas",
            "America/Barbados",
            "America/Belem",
            "America/Belize",
            "America/Blanc-Sablon",
            "America/Boa_Vista",
            "America/Bogota",
            "America/Boise",
            "America/Buenos_Aires",
            "America/Cambridge_Bay",
            "America/Campo_Grande",
            "America/Cancun",
            "America/Caracas",
            "America/Catamarca",
            "America/Cayenne",
            "America/Cayman",
            "America/Chicago",
            "America/Chihuahua",
            "America/Ciudad_Juarez",
            "America/Coral_Harbour",
            "America/Cordoba",
            "America/Costa_Rica",
            "America/Coyhaique",
            "America/Creston",
            "America/Cuiaba",
            "America/Curacao",
            "America/Danmarkshavn",
            "America/Dawson",
            "America/Dawson_Creek",
            "America/Denver",
            "America/Detroit",
            "America/Dominica",
            "America/Edmonton",
            "America/Eirunepe",
            "America/El_Salvador",
            "America/Ensenada",
            "America/Fort_Nelson",
            "America/Fort_Wayne",
            "America/Fortaleza",
            "America/Glace_Bay",
            "America/Godthab",
            "America/Goose_Bay",
            "America/Grand_Turk",
            "America/Grenada",
            "America/Guadeloupe",
            "America/Guatemala",
            "America/Guyana",
            "America/Halifax",
            "America/Havana",
            "America/Hermosillo",
            "America/Indiana/Indianapolis",
            "America/Indiana/Knox",
            "America/Indiana/Marengo",
            "America/Indiana/Petersburg",
            "America/Indiana/Tell_City",
            "America/Indiana/Vevay",
            "America/Indiana/Vincennes",
            "America/Indiana/Winamac",
            "America/Indianapolis",
            "America/Inuvik",
            "America/Iqaluit",
            "America/Jamaica",
            "America/Jujuy",
            "America/Juneau",
            "America/Kentucky/Louisville",
            "America/Kentucky/Monticello",
            "America/Knox_IN",
            "America/Kralendijk",
            "America/La_Paz",
            "America/Lima",
            "America/Los_Angeles",
            "America/Louisville",
            "America/Lower_Princes",
            "America/Maceio",
            "America/Managua",
            "America/Manaus",
            "America/Marigot",
            "America/Martinique",
            "America/Matamoros",
            "America/Mazatlan",
            "America/Mendoza",
            "America/Menominee",
            "America/Merida",
            "America/Metlakatla",
            "America/Mexico_City",
            "America/Miquelon",
            "America/Moncton",
            "America/Monterrey",
            "America/Montevideo",
            "America/Montreal",
            "America/Montserrat",
            "America/Nassau",
            "America/New_York",
            "America/Nipigon",
            "America/Nome",
            "America/Noronha",
            "America/North_Dakota/Beulah",
            "America/North_Dakota/Center",
            "America/North_Dakota/New_Salem",
            "America/Nuuk",
            "America/Ojinaga",
            "America/Panama",
            "America/Pangnirtung",
            "America/Paramaribo",
            "America/Phoenix",
            "America/Port-au-Prince",
            "America/Port_of_Spain",
            "America/Porto_Acre",
            "America/Porto_Velho",
            "America/Puerto_Rico",
            "America/Punta_Arenas",
            "America/Rainy_River",
            "America/Rankin_Inlet",
            "America/Recife",
            "America/Regina",
            "America/Resolute",
            "America/Rio_Branco",
            "America/Rosario",
            "America/Santa_Isabel",
            "America/Santarem",
            "America/Santiago",
            "America/Santo_Domingo",
            "America/Sao_Paulo",
            "America/Scoresbysund",
            "America/Shiprock",
            "America/Sitka",
            "America/St_Barthelemy",
            "America/St_Johns",
            "America/St_Kitts",
            "America/St_Lucia",
            "America/St_Thomas",
            "America/St_Vincent",
            "America/Swift_Current",
            "America/Tegucigalpa",
            "America/Thule",
            "America/Thunder_Bay",
            "America/Tijuana",
            "America/Toronto",
            "America/Tortola",
            "America/Vancouver",
            "America/Virgin",
            "America/Whitehorse",
            "America/Winnipeg",
            "America/Yakutat",
            "America/Yellowknife",
            "Antarctica/Casey",
            "Antarctica/Davis",
            "Antarctica/DumontDUrville",
            "Antarctica/Macquarie",
            "Antarctica/Mawson",
            "Antarctica/McMurdo",
            "Antarctica/Palmer",
            "Antarctica/Rothera",
            "Antarctica/South_Pole",
            "Antarctica/Syowa",
            "Antarctica/Troll",
            "Antarctica/Vostok",
            "Arctic/Longyearbyen",
            "Asia/Aden",
            "Asia/Almaty",
            "Asia/Amman",
            "Asia/Anadyr",
            "Asia/Aqtau",
            "Asia/Aqtobe",
            "Asia/Ashgabat",
            "Asia/Ashkhabad",
            "Asia/Atyrau",
            "Asia/Baghdad",
            "Asia/Bahrain",
            "Asia/Baku",
            "Asia/Bangkok",
            "Asia/Barnaul",
            "Asia/Beirut",
            "Asia/Bishkek",
            "Asia/Brunei",
            "Asia/Calcutta",
            "Asia/Chita",
            "Asia/Choibalsan",
            "Asia/Chongqing",
            "Asia/Chungking",
            "Asia/Colombo",
            "Asia/Dacca",
            "Asia/Damascus",
            "Asia/Dhaka",
            "Asia/Dili",
            "Asia/Dubai",
            "Asia/Dushanbe",
            "Asia/Famagusta",
            "Asia/Gaza",
            "Asia/Harbin",
            "Asia/Hebron",
            "Asia/Ho_Chi_Minh",
            "Asia/Hong_Kong",
            "Asia/Hovd",
            "Asia/Irkutsk",
            "Asia/Istanbul",
            "Asia/Jakarta",
            "Asia/Jayapura",
            "Asia/Jerusalem",
            "Asia/Kabul",
            "Asia/Kamchatka",
            "Asia/Karachi",
            "Asia/Kashgar",
            "Asia/Kathmandu",
            "Asia/Katmandu",
            "Asia/Khandyga",
            "Asia/Kolkata",
            "Asia/Krasnoyarsk",
            "Asia/Kuala_Lumpur",
            "Asia/Kuching",
            "Asia/Kuwait",
            "Asia/Macao",
            "Asia/Macau",
            "Asia/Magadan",
            "Asia/Makassar",
            "Asia/Manila",
            "Asia/Muscat",
            "Asia/Nicosia",
            "Asia/Novokuznetsk",
            "Asia/Novosibirsk",
            "Asia/Omsk",
            "Asia/Oral",
            "Asia/Phnom_Penh",
            "Asia/Pontianak",
            "Asia/Pyongyang",
            "Asia/Qatar",
            "Asia/Qostanay",
            "Asia/Qyzylorda",
            "Asia/Rangoon",
            "Asia/Riyadh",
            "Asia/Saigon",
            "Asia/Sakhalin",
            "Asia/Samarkand",
            "Asia/Seoul",
            "Asia/Shanghai",
            "Asia/Singapore",
            "Asia/Srednekolymsk",
            "Asia/Taipei",
            "Asia/Tashkent",
            "Asia/Tbilisi",
            "Asia/Tehran",
            "Asia/Tel_Aviv",
            "Asia/Thimbu",
            "Asia/Thimphu",
            "Asia/Tokyo",
            "Asia/Tomsk",
            "Asia/Ujung_Pandang",
            "Asia/Ulaanbaatar",
            "Asia/Ulan_Bator",
            "Asia/Urumqi",
            "Asia/Ust-Nera",
            "Asia/Vientiane",
            "Asia/Vladivostok",
            "Asia/Yakutsk",
            "Asia/Yangon",
            "Asia/Yekaterinburg",
            "Asia/Yerevan",
            "Atlantic/Azores",
            "Atlantic/Bermuda",
            "Atlantic/Canary",
            "Atlantic/Cape_Verde",
            "Atlantic/Faeroe",
            "Atlantic/Faroe",
            "Atlantic/Jan_Mayen",
            "Atlantic/Madeira",
            "Atlantic/Reykjavik",
            "Atlantic/South_Georgia",
            "Atlantic/St_Helena",
            "Atlantic/Stanley",
            "Australia/ACT",
            "Australia/Adelaide",
            "Australia/Brisbane",
            "Australia/Broken_Hill",
            "Australia/Canberra",
            "Australia/Currie",
            "Australia/Darwin",
            "Australia/Eucla",
            "Australia/Hobart",
            "Australia/LHI",
            "Australia/Lindeman",
            "Australia/Lord_Howe",
            "Australia/Melbourne",
            "Australia/NSW",
            "Australia/North",
            "Australia/Perth",
            "Australia/Queensland",
            "Australia/South",
            "Australia/Sydney",
            "Australia/Tasmania",
            "Australia/Victoria",
            "Australia/West",
            "Australia/Yancowinna",
            "Brazil/Acre",
            "Brazil/DeNoronha",
            "Brazil/East",
            "Brazil/West",
            "Canada/Atlantic",
            "Canada/Central",
            "Canada/Eastern",
            "Canada/Mountain",
            "Canada/Newfoundland",
            "Canada/Pacific",
            "Canada/Saskatchewan",
            "Canada/Yukon",
            "Chile/Continental",
            "Chile/EasterIsland",
            "Europe/Amsterdam",
            "Europe/Andorra",
            "Europe/Astrakhan",
            "Europe/Athens",
            "Europe/Belfast",
            "Europe/Belgrade",
            "Europe/Berlin",
            "Europe/Bratislava",
            "Europe/Brussels",
            "Europe/Bucharest",
            "Europe/Budapest",
            "Europe/Busingen",
            "Europe/Chisinau",
            "Europe/Copenhagen",
            "Europe/Dublin",
            "Europe/Gibraltar",
            "Europe/Guernsey",
            "Europe/Helsinki",
            "Europe/Isle_of_Man",
            "Europe/Istanbul",
            "Europe/Jersey",
            "Europe/Kaliningrad",
            "Europe/Kiev",
            "Europe/Kirov",
            "Europe/Kyiv",
            "Europe/Lisbon",
            "Europe/Ljubljana",
            "Europe/London",
            "Europe/Luxembourg",
            "Europe/Madrid",
            "Europe/Malta",
            "Europe/Mariehamn",
            "Europe/Minsk",
            "Europe/Monaco",
            "Europe/Moscow",
            "Europe/Nicosia",
            "Europe/Oslo",
            "Europe/Paris",
            "Europe/Podgorica",
            "Europe/Prague",
            "Europe/Riga",
            "Europe/Rome",
            "Europe/Samara",
            "Europe/San_Marino",
            "Europe/Sarajevo",
            "Europe/Saratov",
            "Europe/Simferopol",
            "Europe/Skopje",
            "Europe/Sofia",
            "Europe/Stockholm",
            "Europe/Tallinn",
            "Europe/Tirane",
            "Europe/Tiraspol",
            "Europe/Ulyanovsk",
            "Europe/Uzhgorod",
            "Europe/Vaduz",
            "Europe/Vatican",
            "Europe/Vienna",
            "Europe/Vilnius",
            "Europe/Volgograd",
            "Europe/Warsaw",
            "Europe/Zagreb",
            "Europe/Zaporozhye",
            "Europe/Zurich",
            "Indian/Antananarivo",
            "Indian/Chagos",
            "Indian/Christmas",
            "Indian/Cocos",
            "Indian/Comoro",
            "Indian/Kerguelen",
            "Indian/Mahe",
            "Indian/Maldives",
            "Indian/Mauritius",
            "Indian/Mayotte",
            "Indian/Reunion",
            "Mexico/BajaNorte",
            "Mexico/BajaSur",
            "Mexico/General",
            "Pacific/Apia",
            "Pacific/Auckland",
            "Pacific/Bougainville",
            "Pacific/Chatham",
            "Pacific/Chuuk",
            "Pacific/Easter",
            "Pacific/Efate",
            "Pacific/Enderbury",
            "Pacific/Fakaofo",
            "Pacific/Fiji",
            "Pacific/Funafuti",
            "Pacific/Gambier",
            "Pacific/Guadalcanal",
            "Pacific/Guam",
            "Pacific/Honolulu",
            "Pacific/Johnston",
            "Pacific/Kanton",
            "Pacific/Kiritimati",
            "Pacific/Kosrae",
            "Pacific/Kwajalein",
            "Pacific/Majuro",
            "Pacific/Marquesas",
            "Pacific/Midway",
            "Pacific/Nauru",
            "Pacific/Niue",
            "Pacific/Norfolk",
            "Pacific/Noumea",
            "Pacific/Pago_Pago",
            "Pacific/Palau",
            "Pacific/Pitcairn",
            "Pacific/Pohnpei",
            "Pacific/Ponape",
            "Pacific/Port_Moresby",
            "Pacific/Rarotonga",
            "Pacific/Saipan",
            "Pacific/Samoa",
            "Pacific/Tahiti",
            "Pacific/Tarawa",
            "Pacific/Tongatapu",
            "Pacific/Truk",
            "Pacific/Wake",
            "Pacific/Wallis",
            "Pacific/Yap",
            "US/Alaska",
            "US/Aleutian",
            "US/Arizona",
            "US/Central",
            "US/East-Indiana",
            "US/Eastern",
            "US/Hawaii",
            "US/Indiana-Starke",
            "US/Michigan",
            "US/Mountain",
            "US/Pacific",
            "US/Samoa",
        ]
        | None = None,
        latitude: str | None = None,
        longitude: str | None = None,
        agreed: str | None = None,
        if_match: Tag = None,
    ) -> models.CityAnswer:
        """Change a city.

        What is left out stays as it is; an empty text or list empties the field.

        Scope: `cities.change`.
        """
        _answer: models.CityAnswer = self._connection.call(
            "PATCH",
            "/api/v2/cities/{id}",
            {"id": id},
            body={
                "name": name,
                "province": province,
                "band": band,
                "band_reason": band_reason,
                "population": population,
                "code": code,
                "zone": zone,
                "latitude": latitude,
                "longitude": longitude,
                "agreed": agreed,
            },
            if_match=if_match,
        )
        return _answer

    def create(
        self,
        *,
        name: str,
        province: str,
        band: Literal["main", "intermediate", "remote"],
        zone: Literal[
            "America/Guayaquil",
            "Pacific/Galapagos",
            "Africa/Abidjan",
            "Africa/Accra",
            "Africa/Addis_Ababa",
            "Africa/Algiers",
            "Africa/Asmara",
            "Africa/Asmera",
            "Africa/Bamako",
            "Africa/Bangui",
            "Africa/Banjul",
            "Africa/Bissau",
            "Africa/Blantyre",
            "Africa/Brazzaville",
            "Africa/Bujumbura",
            "Africa/Cairo",
            "Africa/Casablanca",
            "Africa/Ceuta",
            "Africa/Conakry",
            "Africa/Dakar",
            "Africa/Dar_es_Salaam",
            "Africa/Djibouti",
            "Africa/Douala",
            "Africa/El_Aaiun",
            "Africa/Freetown",
            "Africa/Gaborone",
            "Africa/Harare",
            "Africa/Johannesburg",
            "Africa/Juba",
            "Africa/Kampala",
            "Africa/Khartoum",
            "Africa/Kigali",
            "Africa/Kinshasa",
            "Africa/Lagos",
            "Africa/Libreville",
            "Africa/Lome",
            "Africa/Luanda",
            "Africa/Lubumbashi",
            "Africa/Lusaka",
            "Africa/Malabo",
            "Africa/Maputo",
            "Africa/Maseru",
            "Africa/Mbabane",
            "Africa/Mogadishu",
            "Africa/Monrovia",
            "Africa/Nairobi",
            "Africa/Ndjamena",
            "Africa/Niamey",
            "Africa/Nouakchott",
            "Africa/Ouagadougou",
            "Africa/Porto-Novo",
            "Africa/Sao_Tome",
            "Africa/Timbuktu",
            "Africa/Tripoli",
            "Africa/Tunis",
            "Africa/Windhoek",
            "America/Adak",
            "America/Anchorage",
            "America/Anguilla",
            "America/Antigua",
            "America/Araguaina",
            "America/Argentina/Buenos_Aires",
            "America/Argentina/Catamarca",
            "America/Argentina/ComodRivadavia",
            "America/Argentina/Cordoba",
            "America/Argentina/Jujuy",
            "America/Argentina/La_Rioja",
            "America/Argentina/Mendoza",
            "America/Argentina/Rio_Gallegos",
            "America/Argentina/Salta",
            "America/Argentina/San_Juan",
            "America/Argentina/San_Luis",
            "America/Argentina/Tucuman",
            "America/Argentina/Ushuaia",
            "America/Aruba",
            "America/Asuncion",
            "America/Atikokan",
            "America/Atka",
            "America/Bahia",
            "America/Bahia_Banderas",
            "America/Barbados",
            "America/Belem",
            "America/Belize",
            "America/Blanc-Sablon",
            "America/Boa_Vista",
            "America/Bogota",
            "America/Boise",
            "America/Buenos_Aires",
            "America/Cambridge_Bay",
            "America/Campo_Grande",
            "America/Cancun",
            "America/Caracas",
            "America/Catamarca",
            "America/Cayenne",
            "America/Cayman",
            "America/Chicago",
            "America/Chihuahua",
            "America/Ciudad_Juarez",
            "America/Coral_Harbour",
            "America/Cordoba",
            "America/Costa_Rica",
            "America/Coyhaique",
            "America/Creston",
            "America/Cuiaba",
            "America/Curacao",
            "America/Danmarkshavn",
            "America/Dawson",
            "America/Dawson_Creek",
            "America/Denver",
            "America/Detroit",
            "America/Dominica",
            "America/Edmonton",
            "America/Eirunepe",
            "America/El_Salvador",
            "America/Ensenada",
            "America/Fort_Nelson",
            "America/Fort_Wayne",
            "America/Fortaleza",
            "America/Glace_Bay",
            "America/Godthab",
            "America/Goose_Bay",
            "America/Grand_Turk",
            "America/Grenada",
            "America/Guadeloupe",
            "America/Guatemala",
            "America/Guyana",
            "America/Halifax",
            "America/Havana",
            "America/Hermosillo",
            "America/Indiana/Indianapolis",
            "America/Indiana/Knox",
            "America/Indiana/Marengo",
            "America/Indiana/Petersburg",
            "America/Indiana/Tell_City",
            "America/Indiana/Vevay",
            "America/Indiana/Vincennes",
            "America/Indiana/Winamac",
            "America/Indianapolis",
            "America/Inuvik",
            "America/Iqaluit",
            "America/Jamaica",
            "America/Jujuy",
            "America/Juneau",
            "America/Kentucky/Louisville",
            "America/Kentucky/Monticello",
            "America/Knox_IN",
            "America/Kralendijk",
            "America/La_Paz",
            "America/Lima",
            "America/Los_Angeles",
            "America/Louisville",
            "America/Lower_Princes",
            "America/Maceio",
            "America/Managua",
            "America/Manaus",
            "America/Marigot",
            "America/Martinique",
            "America/Matamoros",
            "America/Mazatlan",
            "America/Mendoza",
            "America/Menominee",
            "America/Merida",
            "America/Metlakatla",
            "America/Mexico_City",
            "America/Miquelon",
            "America/Moncton",
            "America/Monterrey",
            "America/Montevideo",
            "America/Montreal",
            "America/Montserrat",
            "America/Nassau",
            "America/New_York",
            "America/Nipigon",
            "America/Nome",
            "America/Noronha",
            "America/North_Dakota/Beulah",
            "America/North_Dakota/Center",
            "America/North_Dakota/New_Salem",
            "America/Nuuk",
            "America/Ojinaga",
            "America/Panama",
            "America/Pangnirtung",
            "America/Paramaribo",
            "America/Phoenix",
            "America/Port-au-Prince",
            "America/Port_of_Spain",
            "America/Porto_Acre",
            "America/Porto_Velho",
            "America/Puerto_Rico",
            "America/Punta_Arenas",
            "America/Rainy_River",
            "America/Rankin_Inlet",
            "America/Recife",
            "America/Regina",
            "America/Resolute",
            "America/Rio_Branco",
            "America/Rosario",
            "America/Santa_Isabel",
            "America/Santarem",
            "America/Santiago",
            "America/Santo_Domingo",
            "America/Sao_Paulo",
            "America/Scoresbysund",
            "America/Shiprock",
            "America/Sitka",
            "America/St_Barthelemy",
            "America/St_Johns",
            "America/St_Kitts",
            "America/St_Lucia",
            "America/St_Thomas",
            "America/St_Vincent",
            "America/Swift_Current",
            "America/Tegucigalpa",
            "America/Thule",
            "America/Thunder_Bay",
            "America/Tijuana",
            "America/Toronto",
            "America/Tortola",
            "America/Vancouver",
            "America/Virgin",
            "America/Whitehorse",
            "America/Winnipeg",
            "America/Yakutat",
            "America/Yellowknife",
            "Antarctica/Casey",
            "Antarctica/Davis",
            "Antarctica/DumontDUrville",
            "Antarctica/Macquarie",
            "Antarctica/Mawson",
            "Antarctica/McMurdo",
            "Antarctica/Palmer",
            "Antarctica/Rothera",
            "Antarctica/South_Pole",
            "Antarctica/Syowa",
            "Antarctica/Troll",
            "Antarctica/Vostok",
            "Arctic/Longyearbyen",
            "Asia/Aden",
            "Asia/Almaty",
            "Asia/Amman",
            "Asia/Anadyr",
            "Asia/Aqtau",
            "Asia/Aqtobe",
            "Asia/Ashgabat",
            "Asia/Ashkhabad",
            "Asia/Atyrau",
            "Asia/Baghdad",
            "Asia/Bahrain",
            "Asia/Baku",
            "Asia/Bangkok",
            "Asia/Barnaul",
            "Asia/Beirut",
            "Asia/Bishkek",
            "Asia/Brunei",
            "Asia/Calcutta",
            "Asia/Chita",
            "Asia/Choibalsan",
            "Asia/Chongqing",
            "Asia/Chungking",
            "Asia/Colombo",
            "Asia/Dacca",
            "Asia/Damascus",
            "Asia/Dhaka",
            "Asia/Dili",
            "Asia/Dubai",
            "Asia/Dushanbe",
            "Asia/Famagusta",
            "Asia/Gaza",
            "Asia/Harbin",
            "Asia/Hebron",
            "Asia/Ho_Chi_Minh",
            "Asia/Hong_Kong",
            "Asia/Hovd",
            "Asia/Irkutsk",
            "Asia/Istanbul",
            "Asia/Jakarta",
            "Asia/Jayapura",
            "Asia/Jerusalem",
            "Asia/Kabul",
            "Asia/Kamchatka",
            "Asia/Karachi",
            "Asia/Kashgar",
            "Asia/Kathmandu",
            "Asia/Katmandu",
            "Asia/Khandyga",
            "Asia/Kolkata",
            "Asia/Krasnoyarsk",
            "Asia/Kuala_Lumpur",
            "Asia/Kuching",
            "Asia/Kuwait",
            "Asia/Macao",
            "Asia/Macau",
            "Asia/Magadan",
            "Asia/Makassar",
            "Asia/Manila",
            "Asia/Muscat",
            "Asia/Nicosia",
            "Asia/Novokuznetsk",
            "Asia/Novosibirsk",
            "Asia/Omsk",
            "Asia/Oral",
            "Asia/Phnom_Penh",
            "Asia/Pontianak",
            "Asia/Pyongyang",
            "Asia/Qatar",
            "Asia/Qostanay",
            "Asia/Qyzylorda",
            "Asia/Rangoon",
            "Asia/Riyadh",
            "Asia/Saigon",
            "Asia/Sakhalin",
            "Asia/Samarkand",
            "Asia/Seoul",
            "Asia/Shanghai",
            "Asia/Singapore",
            "Asia/Srednekolymsk",
            "Asia/Taipei",
            "Asia/Tashkent",
            "Asia/Tbilisi",
            "Asia/Tehran",
            "Asia/Tel_Aviv",
            "Asia/Thimbu",
            "Asia/Thimphu",
            "Asia/Tokyo",
            "Asia/Tomsk",
            "Asia/Ujung_Pandang",
            "Asia/Ulaanbaatar",
            "Asia/Ulan_Bator",
            "Asia/Urumqi",
            "Asia/Ust-Nera",
            "Asia/Vientiane",
            "Asia/Vladivostok",
            "Asia/Yakutsk",
            "Asia/Yangon",
            "Asia/Yekaterinburg",
            "Asia/Yerevan",
            "Atlantic/Azores",
            "Atlantic/Bermuda",
            "Atlantic/Canary",
            "Atlantic/Cape_Verde",
            "Atlantic/Faeroe",
            "Atlantic/Faroe",
            "Atlantic/Jan_Mayen",
            "Atlantic/Madeira",
            "Atlantic/Reykjavik",
            "Atlantic/South_Georgia",
            "Atlantic/St_Helena",
            "Atlantic/Stanley",
            "Australia/ACT",
            "Australia/Adelaide",
            "Australia/Brisbane",
            "Australia/Broken_Hill",
            "Australia/Canberra",
            "Australia/Currie",
            "Australia/Darwin",
            "Australia/Eucla",
            "Australia/Hobart",
            "Australia/LHI",
            "Australia/Lindeman",
            "Australia/Lord_Howe",
            "Australia/Melbourne",
            "Australia/NSW",
            "Australia/North",
            "Australia/Perth",
            "Australia/Queensland",
            "Australia/South",
            "Australia/Sydney",
            "Australia/Tasmania",
            "Australia/Victoria",
            "Australia/West",
            "Australia/Yancowinna",
            "Brazil/Acre",
            "Brazil/DeNoronha",
            "Brazil/East",
            "Brazil/West",
            "Canada/Atlantic",
            "Canada/Central",
            "Canada/Eastern",
            "Canada/Mountain",
            "Canada/Newfoundland",
            "Canada/Pacific",
            "Canada/Saskatchewan",
            "Canada/Yukon",
            "Chile/Continental",
            "Chile/EasterIsland",
            "Europe/Amsterdam",
            "Europe/Andorra",
            "Europe/Astrakhan",
            "Europe/Athens",
            "Europe/Belfast",
            "Europe/Belgrade",
            "Europe/Berlin",
            "Europe/Bratislava",
            "Europe/Brussels",
            "Europe/Bucharest",
            "Europe/Budapest",
            "Europe/Busingen",
            "Europe/Chisinau",
            "Europe/Copenhagen",
            "Europe/Dublin",
            "Europe/Gibraltar",
            "Europe/Guernsey",
            "Europe/Helsinki",
            "Europe/Isle_of_Man",
            "Europe/Istanbul",
            "Europe/Jersey",
            "Europe/Kaliningrad",
            "Europe/Kiev",
            "Europe/Kirov",
            "Europe/Kyiv",
            "Europe/Lisbon",
            "Europe/Ljubljana",
            "Europe/London",
            "Europe/Luxembourg",
            "Europe/Madrid",
            "Europe/Malta",
            "Europe/Mariehamn",
            "Europe/Minsk",
            "Europe/Monaco",
            "Europe/Moscow",
            "Europe/Nicosia",
            "Europe/Oslo",
            "Europe/Paris",
            "Europe/Podgorica",
            "Europe/Prague",
            "Europe/Riga",
            "Europe/Rome",
            "Europe/Samara",
            "Europe/San_Marino",
            "Europe/Sarajevo",
            "Europe/Saratov",
            "Europe/Simferopol",
            "Europe/Skopje",
            "Europe/Sofia",
            "Europe/Stockholm",
            "Europe/Tallinn",
            "Europe/Tirane",
            "Europe/Tiraspol",
            "Europe/Ulyanovsk",
            "Europe/Uzhgorod",
            "Europe/Vaduz",
            "Europe/Vatican",
            "Europe/Vienna",
            "Europe/Vilnius",
            "Europe/Volgograd",
            "Europe/Warsaw",
            "Europe/Zagreb",
            "Europe/Zaporozhye",
            "Europe/Zurich",
            "Indian/Antananarivo",
            "Indian/Chagos",
            "Indian/Christmas",
            "Indian/Cocos",
            "Indian/Comoro",
            "Indian/Kerguelen",
            "Indian/Mahe",
            "Indian/Maldives",
            "Indian/Mauritius",
            "Indian/Mayotte",
            "Indian/Reunion",
            "Mexico/BajaNorte",
            "Mexico/BajaSur",
            "Mexico/General",
            "Pacific/Apia",
            "Pacific/Auckland",
            "Pacific/Bougainville",
            "Pacific/Chatham",
            "Pacific/Chuuk",
            "Pacific/Easter",
            "Pacific/Efate",
            "Pacific/Enderbury",
            "Pacific/Fakaofo",
            "Pacific/Fiji",
            "Pacific/Funafuti",
            "Pacific/Gambier",
            "Pacific/Guadalcanal",
            "Pacific/Guam",
            "Pacific/Honolulu",
            "Pacific/Johnston",
            "Pacific/Kanton",
            "Pacific/Kiritimati",
            "Pacific/Kosrae",
            "Pacific/Kwajalein",
            "Pacific/Majuro",
            "Pacific/Marquesas",
            "Pacific/Midway",
            "Pacific/Nauru",
            "Pacific/Niue",
            "Pacific/Norfolk",
            "Pacific/Noumea",
            "Pacific/Pago_Pago",
            "Pacific/Palau",
            "Pacific/Pitcairn",
            "Pacific/Pohnpei",
            "Pacific/Ponape",
            "Pacific/Port_Moresby",
            "Pacific/Rarotonga",
            "Pacific/Saipan",
            "Pacific/Samoa",
            "Pacific/Tahiti",
            "Pacific/Tarawa",
            "Pacific/Tongatapu",
            "Pacific/Truk",
            "Pacific/Wake",
            "Pacific/Wallis",
            "Pacific/Yap",
            "US/Alaska",
            "US/Aleutian",
            "US/Arizona",
            "US/Central",
            "US/East-Indiana",
            "US/Eastern",
            "US/Hawaii",
            "US/Indiana-Starke",
            "US/Michigan",
            "US/Mountain",
            "US/Pacific",
            "US/Samoa",
        ],
        band_reason: str | None = None,
        population: str | None = None,
        code: str | None = None,
        latitude: str | None = None,
        longitude: str | None = None,
        idempotency_key: str = "",
    ) -> models.CityAnswer:
        """Create a city.

        Scope: `cities.create`.
        """
        _answer: models.CityAnswer = self._connection.call(
            "POST",
            "/api/v2/cities",
            {},
            body={
                "name": name,
                "province": province,
                "band": band,
                "band_reason": band_reason,
                "population": population,
                "code": code,
                "zone": zone,
                "latitude": latitude,
                "longitude": longitude,
            },
            idempotency_key=idempotency_key,
        )
        return _answer

    def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        q: str | None = None,
        band: str | None = None,
        code: str | None = None,
    ) -> Page[models.CityAnswer]:
        """List cities.

        Scope: `cities.list`.
        """
        _answer: Page[models.CityAnswer] = self._connection.list_page(
            "/api/v2/cities",
            {},
            {"cursor": cursor, "limit": limit, "fields": fields, "q": q, "band": band, "code": code},
        )
        return _answer

    def read(
        self,
        id: int | str,
        *,
        fields: str | None = None,
        known: models.CityAnswer | None = None,
    ) -> models.CityAnswer:
        """Read a city.

        Scope: `cities.read`.
        """
        _answer: models.CityAnswer = self._connection.call(
            "GET", "/api/v2/cities/{id}", {"id": id}, query={"fields": fields}, known=known
        )
        return _answer


class Companies(Group):
    """Companies."""

    def activate(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.CompanyAnswer:
        """Activate a company.

        Scope: `companies.activate`.
        """
        _answer: models.CompanyAnswer = self._connection.call(
            "POST", "/api/v2/companies/{id}/activate", {"id": id}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer

    def change(
        self,
        id: int | str,
        *,
        name: str | None = None,
        vip: bool | None = None,
        language: Literal["es", "en", "pt"] | None = None,
        crm_number: str | None = None,
        carrier_number: str | None = None,
        external_id: str | None = None,
        if_match: Tag = None,
    ) -> models.CompanyAnswer:
        """Change a company.

        What is left out stays as it is; an empty text or list empties the field.

        Scope: `companies.change`.
        """
        _answer: models.CompanyAnswer = self._connection.call(
            "PATCH",
            "/api/v2/companies/{id}",
            {"id": id},
            body={
                "name": name,
                "vip": vip,
                "language": language,
                "crm_number": crm_number,
                "carrier_number": carrier_number,
                "external_id": external_id,
            },
            if_match=if_match,
        )
        return _answer

    def create(
        self,
        *,
        name: str,
        language: Literal["es", "en", "pt"],
        vip: bool | None = None,
        crm_number: str | None = None,
        carrier_number: str | None = None,
        external_id: str | None = None,
        idempotency_key: str = "",
    ) -> models.CompanyAnswer:
        """Create a company.

        Scope: `companies.create`.
        """
        _answer: models.CompanyAnswer = self._connection.call(
            "POST",
            "/api/v2/companies",
            {},
            body={
                "name": name,
                "vip": vip,
                "language": language,
                "crm_number": crm_number,
                "carrier_number": carrier_number,
                "external_id": external_id,
            },
            idempotency_key=idempotency_key,
        )
        return _answer

    def deactivate(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.CompanyAnswer:
        """Deactivate a company.

        Scope: `companies.deactivate`.
        """
        _answer: models.CompanyAnswer = self._connection.call(
            "POST", "/api/v2/companies/{id}/deactivate", {"id": id}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer

    def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        q: str | None = None,
        active: bool | None = None,
        vip: bool | None = None,
        provisional: bool | None = None,
        external_id: str | None = None,
        crm_number: str | None = None,
    ) -> Page[models.CompanyAnswer]:
        """List companies.

        `q` looks in the name, the circuits and the contacts' telephones.

        Scope: `companies.list`.
        """
        _answer: Page[models.CompanyAnswer] = self._connection.list_page(
            "/api/v2/companies",
            {},
            {
                "cursor": cursor,
                "limit": limit,
                "fields": fields,
                "q": q,
                "active": active,
                "vip": vip,
                "provisional": provisional,
                "external_id": external_id,
                "crm_number": crm_number,
            },
        )
        return _answer

    def read(
        self,
        id: int | str,
        *,
        fields: str | None = None,
        known: models.CompanyAnswer | None = None,
    ) -> models.CompanyAnswer:
        """Read a company.

        Scope: `companies.read`.
        """
        _answer: models.CompanyAnswer = self._connection.call(
            "GET", "/api/v2/companies/{id}", {"id": id}, query={"fields": fields}, known=known
        )
        return _answer

    def set_topics(
        self,
        id: int | str,
        *,
        told: Sequence[models.Topic],
        alike: bool | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.CompanyAnswer:
        """Say what contacts of a company are written about.

        Scope: `companies.set_topics`.
        """
        _answer: models.CompanyAnswer = self._connection.call(
            "POST",
            "/api/v2/companies/{id}/set_topics",
            {"id": id},
            body={"told": told, "alike": alike},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer


class ContactChanges(Group):
    """Contact changes."""

    def acknowledge(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Settled:
        """Say that the desk knows of a change.

        Scope: `contact_changes.acknowledge`.
        """
        _answer: models.Settled = self._connection.call(
            "POST",
            "/api/v2/contact_changes/{id}/acknowledge",
            {"id": id},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def confirm(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Settled:
        """Confirm a new person whom a company asks for.

        Scope: `contact_changes.confirm`.
        """
        _answer: models.Settled = self._connection.call(
            "POST",
            "/api/v2/contact_changes/{id}/confirm",
            {"id": id},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def decline(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Settled:
        """Decline a new person whom a company asks for.

        Scope: `contact_changes.decline`.
        """
        _answer: models.Settled = self._connection.call(
            "POST",
            "/api/v2/contact_changes/{id}/decline",
            {"id": id},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
    ) -> Page[models.ContactChangeAnswer]:
        """List what companies have changed or ask of their contacts, and nobody has settled.

        Scope: `contact_changes.list`.
        """
        _answer: Page[models.ContactChangeAnswer] = self._connection.list_page(
            "/api/v2/contact_changes", {}, {"cursor": cursor, "limit": limit, "fields": fields}
        )
        return _answer


class Contacts(Group):
    """Contacts."""

    def activate(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.ContactAnswer:
        """Activate a contact.

        Scope: `contacts.activate`.
        """
        _answer: models.ContactAnswer = self._connection.call(
            "POST", "/api/v2/contacts/{id}/activate", {"id": id}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer

    def change(
        self,
        id: int | str,
        *,
        title: str | None = None,
        name: str | None = None,
        position: str | None = None,
        language: Literal["es", "en", "pt"] | None = None,
        email: str | None = None,
        email_independent: bool | None = None,
        phones: Sequence[str] | None = None,
        way_voice: Sequence[str] | None = None,
        way_sms: Sequence[str] | None = None,
        way_whatsapp: Sequence[str] | None = None,
        way_mail: Sequence[str] | None = None,
        ways_depending: Sequence[str] | None = None,
        told: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
        administers: bool | None = None,
        if_match: Tag = None,
    ) -> models.ContactAnswer:
        """Change a contact.

        What is left out stays as it is; an empty text or list empties the field.

        Scope: `contacts.change`.
        """
        _answer: models.ContactAnswer = self._connection.call(
            "PATCH",
            "/api/v2/contacts/{id}",
            {"id": id},
            body={
                "title": title,
                "name": name,
                "position": position,
                "language": language,
                "email": email,
                "email_independent": email_independent,
                "phones": phones,
                "way_voice": way_voice,
                "way_sms": way_sms,
                "way_whatsapp": way_whatsapp,
                "way_mail": way_mail,
                "ways_depending": ways_depending,
                "told": told,
                "kinds": kinds,
                "administers": administers,
            },
            if_match=if_match,
        )
        return _answer

    def create(
        self,
        *,
        name: str,
        language: Literal["es", "en", "pt"],
        company: int,
        title: str | None = None,
        position: str | None = None,
        email: str | None = None,
        email_independent: bool | None = None,
        phones: Sequence[str] | None = None,
        way_voice: Sequence[str] | None = None,
        way_sms: Sequence[str] | None = None,
        way_whatsapp: Sequence[str] | None = None,
        way_mail: Sequence[str] | None = None,
        ways_depending: Sequence[str] | None = None,
        told: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
        administers: bool | None = None,
        idempotency_key: str = "",
    ) -> models.ContactAnswer:
        """Create a contact.

        Scope: `contacts.create`.
        """
        _answer: models.ContactAnswer = self._connection.call(
            "POST",
            "/api/v2/contacts",
            {},
            body={
                "title": title,
                "name": name,
                "position": position,
                "language": language,
                "email": email,
                "email_independent": email_independent,
                "phones": phones,
                "way_voice": way_voice,
                "way_sms": way_sms,
                "way_whatsapp": way_whatsapp,
                "way_mail": way_mail,
                "ways_depending": ways_depending,
                "told": told,
                "kinds": kinds,
                "administers": administers,
                "company": company,
            },
            idempotency_key=idempotency_key,
        )
        return _answer

    def deactivate(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.ContactAnswer:
        """Deactivate a contact.

        Scope: `contacts.deactivate`.
        """
        _answer: models.ContactAnswer = self._connection.call(
            "POST", "/api/v2/contacts/{id}/deactivate", {"id": id}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer

    def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        q: str | None = None,
        company: int | None = None,
        active: bool | None = None,
        phone: str | None = None,
        email: str | None = None,
    ) -> Page[models.ContactAnswer]:
        """List contacts.

        A page with many persons is written in the journal, as the desk's is.

        Scope: `contacts.list`.
        """
        _answer: Page[models.ContactAnswer] = self._connection.list_page(
            "/api/v2/contacts",
            {},
            {
                "cursor": cursor,
                "limit": limit,
                "fields": fields,
                "q": q,
                "company": company,
                "active": active,
                "phone": phone,
                "email": email,
            },
        )
        return _answer

    def read(
        self,
        id: int | str,
        *,
        fields: str | None = None,
        known: models.ContactAnswer | None = None,
    ) -> models.ContactAnswer:
        """Read a contact.

        Scope: `contacts.read`.
        """
        _answer: models.ContactAnswer = self._connection.call(
            "GET", "/api/v2/contacts/{id}", {"id": id}, query={"fields": fields}, known=known
        )
        return _answer


class Contests(Group):
    """Contests."""

    def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        ruled: bool | None = None,
        company: int | None = None,
    ) -> Page[models.ContestAnswer]:
        """List objections to stops of the clock (P7 D).

        Scope: `contests.list`.
        """
        _answer: Page[models.ContestAnswer] = self._connection.list_page(
            "/api/v2/contests",
            {},
            {"cursor": cursor, "limit": limit, "fields": fields, "ruled": ruled, "company": company},
        )
        return _answer

    def rule(
        self,
        number: int | str,
        *,
        rulings: Sequence[models.OneRuling],
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Done:
        """Rule on every contested stop of a case (P7 D).

        Scope: `contests.rule`.
        """
        _answer: models.Done = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/rule",
            {"number": number},
            body={"rulings": rulings},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer


class CrewMembers(Group):
    """Crew members."""

    def activate(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.CrewMemberAnswer:
        """Activate a crew member.

        Scope: `crew_members.activate`.
        """
        _answer: models.CrewMemberAnswer = self._connection.call(
            "POST", "/api/v2/crew_members/{id}/activate", {"id": id}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer

    def change(
        self,
        id: int | str,
        *,
        name: str | None = None,
        document: str | None = None,
        phone: str | None = None,
        staff: int | None = None,
        if_match: Tag = None,
    ) -> models.CrewMemberAnswer:
        """Change a crew member.

        What is left out stays as it is; an empty text or list empties the field.

        Scope: `crew_members.change`.
        """
        _answer: models.CrewMemberAnswer = self._connection.call(
            "PATCH",
            "/api/v2/crew_members/{id}",
            {"id": id},
            body={"name": name, "document": document, "phone": phone, "staff": staff},
            if_match=if_match,
        )
        return _answer

    def create(
        self,
        *,
        name: str,
        crew: int,
        document: str | None = None,
        phone: str | None = None,
        staff: int | None = None,
        idempotency_key: str = "",
    ) -> models.CrewMemberAnswer:
        """Create a crew member.

        Scope: `crew_members.create`.
        """
        _answer: models.CrewMemberAnswer = self._connection.call(
            "POST",
            "/api/v2/crew_members",
            {},
            body={"name": name, "document": document, "phone": phone, "staff": staff, "crew": crew},
            idempotency_key=idempotency_key,
        )
        return _answer

    def deactivate(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.CrewMemberAnswer:
        """Deactivate a crew member.

        Scope: `crew_members.deactivate`.
        """
        _answer: models.CrewMemberAnswer = self._connection.call(
            "POST",
            "/api/v2/crew_members/{id}/deactivate",
            {"id": id},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        crew: int | None = None,
        active: bool | None = None,
    ) -> Page[models.CrewMemberAnswer]:
        """List the people of crews.

        Scope: `crew_members.list`.
        """
        _answer: Page[models.CrewMemberAnswer] = self._connection.list_page(
            "/api/v2/crew_members",
            {},
            {"cursor": cursor, "limit": limit, "fields": fields, "crew": crew, "active": active},
        )
        return _answer

    def read(
        self,
        id: int | str,
        *,
        fields: str | None = None,
        known: models.CrewMemberAnswer | None = None,
    ) -> models.CrewMemberAnswer:
        """Read a crew member.

        Scope: `crew_members.read`.
        """
        _answer: models.CrewMemberAnswer = self._connection.call(
            "GET", "/api/v2/crew_members/{id}", {"id": id}, query={"fields": fields}, known=known
        )
        return _answer


class Crews(Group):
    """Crews."""

    def activate(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.CrewAnswer:
        """Activate a crew.

        Scope: `crews.activate`.
        """
        _answer: models.CrewAnswer = self._connection.call(
            "POST", "/api/v2/crews/{id}/activate", {"id": id}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer

    def change(
        self,
        id: int | str,
        *,
        name: str | None = None,
        phone: str | None = None,
        base: str | None = None,
        contractor: str | None = None,
        specialties: Sequence[str] | None = None,
        plate: str | None = None,
        email: str | None = None,
        tools: str | None = None,
        if_match: Tag = None,
    ) -> models.CrewAnswer:
        """Change a crew.

        What is left out stays as it is; an empty text or list empties the field.

        Scope: `crews.change`.
        """
        _answer: models.CrewAnswer = self._connection.call(
            "PATCH",
            "/api/v2/crews/{id}",
            {"id": id},
            body={
                "name": name,
                "phone": phone,
                "base": base,
                "contractor": contractor,
                "specialties": specialties,
                "plate": plate,
                "email": email,
                "tools": tools,
            },
            if_match=if_match,
        )
        return _answer

    def create(
        self,
        *,
        name: str,
        phone: str | None = None,
        base: str | None = None,
        contractor: str | None = None,
        specialties: Sequence[str] | None = None,
        plate: str | None = None,
        email: str | None = None,
        tools: str | None = None,
        idempotency_key: str = "",
    ) -> models.CrewAnswer:
        """Create a crew.

        Scope: `crews.create`.
        """
        _answer: models.CrewAnswer = self._connection.call(
            "POST",
            "/api/v2/crews",
            {},
            body={
                "name": name,
                "phone": phone,
                "base": base,
                "contractor": contractor,
                "specialties": specialties,
                "plate": plate,
                "email": email,
                "tools": tools,
            },
            idempotency_key=idempotency_key,
        )
        return _answer

    def deactivate(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.CrewAnswer:
        """Deactivate a crew.

        Scope: `crews.deactivate`.
        """
        _answer: models.CrewAnswer = self._connection.call(
            "POST", "/api/v2/crews/{id}/deactivate", {"id": id}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer

    def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        active: bool | None = None,
    ) -> Page[models.CrewAnswer]:
        """List crews.

        Scope: `crews.list`.
        """
        _answer: Page[models.CrewAnswer] = self._connection.list_page(
            "/api/v2/crews", {}, {"cursor": cursor, "limit": limit, "fields": fields, "active": active}
        )
        return _answer

    def read(
        self,
        id: int | str,
        *,
        fields: str | None = None,
        known: models.CrewAnswer | None = None,
    ) -> models.CrewAnswer:
        """Read a crew.

        Scope: `crews.read`.
        """
        _answer: models.CrewAnswer = self._connection.call(
            "GET", "/api/v2/crews/{id}", {"id": id}, query={"fields": fields}, known=known
        )
        return _answer


class Dispatch(Group):
    """Dispatch."""

    def read(
        self,
    ) -> models.DispatchAnswer:
        """Read the figures of the dispatch board.

        Scope: `dispatch.read`.
        """
        _answer: models.DispatchAnswer = self._connection.call("GET", "/api/v2/dispatch", {})
        return _answer

    def refused_reports(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
    ) -> Page[models.ReportAnswer]:
        """List what crews sent, no rule could take and nobody has settled.

        Scope: `dispatch.refused_reports`.
        """
        _answer: Page[models.ReportAnswer] = self._connection.list_page(
            "/api/v2/dispatch/refused_reports", {}, {"cursor": cursor, "limit": limit, "fields": fields}
        )
        return _answer


class Elements(Group):
    """Elements."""

    def activate(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.ElementAnswer:
        """Activate an element.

        Scope: `elements.activate`.
        """
        _answer: models.ElementAnswer = self._connection.call(
            "POST", "/api/v2/elements/{id}/activate", {"id": id}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer

    def change(
        self,
        id: int | str,
        *,
        code: str | None = None,
        name: str | None = None,
        kind: Literal["node", "route", "carrier", "power", "place"] | None = None,
        city: int | None = None,
        uppers: Sequence[str] | None = None,
        protected_uppers: Sequence[str] | None = None,
        services: Sequence[str] | None = None,
        protected_services: Sequence[str] | None = None,
        public_es: str | None = None,
        public_en: str | None = None,
        public_pt: str | None = None,
        if_match: Tag = None,
    ) -> models.ElementAnswer:
        """Change an element.

        What is left out stays as it is; an empty text or list empties the field.

        Scope: `elements.change`.
        """
        _answer: models.ElementAnswer = self._connection.call(
            "PATCH",
            "/api/v2/elements/{id}",
            {"id": id},
            body={
                "code": code,
                "name": name,
                "kind": kind,
                "city": city,
                "uppers": uppers,
                "protected_uppers": protected_uppers,
                "services": services,
                "protected_services": protected_services,
                "public_es": public_es,
                "public_en": public_en,
                "public_pt": public_pt,
            },
            if_match=if_match,
        )
        return _answer

    def create(
        self,
        *,
        code: str,
        name: str,
        kind: Literal["node", "route", "carrier", "power", "place"],
        city: int | None = None,
        uppers: Sequence[str] | None = None,
        protected_uppers: Sequence[str] | None = None,
        services: Sequence[str] | None = None,
        protected_services: Sequence[str] | None = None,
        public_es: str | None = None,
        public_en: str | None = None,
        public_pt: str | None = None,
        idempotency_key: str = "",
    ) -> models.ElementAnswer:
        """Create an element.

        Scope: `elements.create`.
        """
        _answer: models.ElementAnswer = self._connection.call(
            "POST",
            "/api/v2/elements",
            {},
            body={
                "code": code,
                "name": name,
                "kind": kind,
                "city": city,
                "uppers": uppers,
                "protected_uppers": protected_uppers,
                "services": services,
                "protected_services": protected_services,
                "public_es": public_es,
                "public_en": public_en,
                "public_pt": public_pt,
            },
            idempotency_key=idempotency_key,
        )
        return _answer

    def deactivate(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.ElementAnswer:
        """Deactivate an element.

        Scope: `elements.deactivate`.
        """
        _answer: models.ElementAnswer = self._connection.call(
            "POST", "/api/v2/elements/{id}/deactivate", {"id": id}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer

    def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        q: str | None = None,
        kind: str | None = None,
        city: int | None = None,
        active: bool | None = None,
    ) -> Page[models.ElementAnswer]:
        """List the elements of the network.

        Scope: `elements.list`.
        """
        _answer: Page[models.ElementAnswer] = self._connection.list_page(
            "/api/v2/elements",
            {},
            {"cursor": cursor, "limit": limit, "fields": fields, "q": q, "kind": kind, "city": city, "active": active},
        )
        return _answer

    def read(
        self,
        id: int | str,
        *,
        fields: str | None = None,
        known: models.ElementAnswer | None = None,
    ) -> models.ElementAnswer:
        """Read an element.

        Scope: `elements.read`.
        """
        _answer: models.ElementAnswer = self._connection.call(
            "GET", "/api/v2/elements/{id}", {"id": id}, query={"fields": fields}, known=known
        )
        return _answer


class Escalations(Group):
    """Escalations."""

    def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        open: bool | None = None,
        answered: bool | None = None,
        level: int | None = None,
        company: int | None = None,
        case: str | None = None,
    ) -> Page[models.EscalationAnswer]:
        """List escalations, the newest first.

        `open=true&answered=false`: what nobody answers for now.

        Scope: `escalations.list`.
        """
        _answer: Page[models.EscalationAnswer] = self._connection.list_page(
            "/api/v2/escalations",
            {},
            {
                "cursor": cursor,
                "limit": limit,
                "fields": fields,
                "open": open,
                "answered": answered,
                "level": level,
                "company": company,
                "case": case,
            },
        )
        return _answer


class Events(Group):
    """Events."""

    def read(
        self,
        *,
        limit: int | None = None,
        fields: str | None = None,
        after: str | None = None,
        kind: Sequence[models.Moment] | None = None,
        company: int | None = None,
        impact: models.Impact | None = None,
        public: bool | None = None,
    ) -> models.Feed:
        """Read the events of all cases, from a cursor on.

        In an order in which none comes before what was read. `after=end` answers the newest cursor alone. An event is
        here some seconds after it was recorded.

        Scope: `events.read`.
        """
        _answer: models.Feed = self._connection.call(
            "GET",
            "/api/v2/events",
            {},
            query={
                "limit": limit,
                "fields": fields,
                "after": after,
                "kind": kind,
                "company": company,
                "impact": impact,
                "public": public,
            },
        )
        return _answer


class Groups(Group):
    """Groups."""

    def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        active: bool | None = None,
    ) -> Page[models.GroupAnswer]:
        """List resolver groups, with what each holds.

        Scope: `groups.list`.
        """
        _answer: Page[models.GroupAnswer] = self._connection.list_page(
            "/api/v2/groups", {}, {"cursor": cursor, "limit": limit, "fields": fields, "active": active}
        )
        return _answer

    def queue(
        self,
        group: int | str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
    ) -> Page[models.HoldAnswer]:
        """List the open cases that a resolver group has.

        Scope: `groups.queue`.
        """
        _answer: Page[models.HoldAnswer] = self._connection.list_page(
            "/api/v2/groups/{group}/queue", {"group": group}, {"cursor": cursor, "limit": limit, "fields": fields}
        )
        return _answer


class Handovers(Group):
    """Handovers."""

    def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
    ) -> Page[models.HandoverAnswer]:
        """List hand-overs, the newest first.

        Scope: `handovers.list`.
        """
        _answer: Page[models.HandoverAnswer] = self._connection.list_page(
            "/api/v2/handovers", {}, {"cursor": cursor, "limit": limit, "fields": fields}
        )
        return _answer

    def read(
        self,
        handover: int | str,
        *,
        fields: str | None = None,
        known: models.WholeHandover | None = None,
    ) -> models.WholeHandover:
        """Read a hand-over with its cases.

        Scope: `handovers.read`.
        """
        _answer: models.WholeHandover = self._connection.call(
            "GET", "/api/v2/handovers/{handover}", {"handover": handover}, query={"fields": fields}, known=known
        )
        return _answer


class Mails(Group):
    """Mails."""

    def assign(
        self,
        id: int | str,
        *,
        contact: int | None = None,
        company: int | None = None,
        name: str | None = None,
        position: str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.MailAnswer:
        """Say who wrote a mail: it is a report in writing then.

        Scope: `mails.assign`.
        """
        _answer: models.MailAnswer = self._connection.call(
            "POST",
            "/api/v2/mails/{id}/assign",
            {"id": id},
            body={"contact": contact, "company": company, "name": name, "position": position},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def dismiss(
        self,
        id: int | str,
        *,
        reason: Literal["spam", "no_report", "answered", "twice", "other"],
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.MailAnswer:
        """Dismiss a mail: nothing more is owed for it.

        Scope: `mails.dismiss`.
        """
        _answer: models.MailAnswer = self._connection.call(
            "POST",
            "/api/v2/mails/{id}/dismiss",
            {"id": id},
            body={"reason": reason},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def join(
        self,
        id: int | str,
        *,
        case: str,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.MailAnswer:
        """File a mail in the case that it belongs to.

        Scope: `mails.join`.
        """
        _answer: models.MailAnswer = self._connection.call(
            "POST",
            "/api/v2/mails/{id}/join",
            {"id": id},
            body={"case": case},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        state: models.MessageState | None = None,
        tab: Literal["reports", "about_cases", "strangers", "quarantine"] | None = None,
        desk: str | None = None,
        company: int | None = None,
    ) -> Page[models.MailAnswer]:
        """List mails that arrived, the oldest first.

        `state=waiting` is the desk's tray; `tab` narrows it by what is to be decided.

        Scope: `mails.list`.
        """
        _answer: Page[models.MailAnswer] = self._connection.list_page(
            "/api/v2/mails",
            {},
            {
                "cursor": cursor,
                "limit": limit,
                "fields": fields,
                "state": state,
                "tab": tab,
                "desk": desk,
                "company": company,
            },
        )
        return _answer

    def read(
        self,
        id: int | str,
        *,
        fields: str | None = None,
        known: models.MailAnswer | None = None,
    ) -> models.MailAnswer:
        """Read a mail.

        Scope: `mails.read`.
        """
        _answer: models.MailAnswer = self._connection.call(
            "GET", "/api/v2/mails/{id}", {"id": id}, query={"fields": fields}, known=known
        )
        return _answer

    def take_in(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.MailAnswer:
        """Take in a mail that was held back for its sender.

        Scope: `mails.take_in`.
        """
        _answer: models.MailAnswer = self._connection.call(
            "POST", "/api/v2/mails/{id}/take_in", {"id": id}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer


class Outages(Group):
    """Outages."""

    def add(
        self,
        number: int | str,
        *,
        services: str,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.OutageDone:
        """Add services or cases.

        Scope: `outages.add`.
        """
        _answer: models.OutageDone = self._connection.call(
            "POST",
            "/api/v2/outages/{number}/add",
            {"number": number},
            body={"services": services},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def companies(
        self,
        number: int | str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
    ) -> Page[models.AffectedCompany]:
        """List the companies behind a mass outage.

        Scope: `outages.companies`.
        """
        _answer: Page[models.AffectedCompany] = self._connection.list_page(
            "/api/v2/outages/{number}/companies",
            {"number": number},
            {"cursor": cursor, "limit": limit, "fields": fields},
        )
        return _answer

    def declare(
        self,
        *,
        name: str | None = None,
        element: str | None = None,
        circuits: str | None = None,
        impact: Literal["down", "degraded", "intermittent"] | None = None,
        started: datetime | str | None = None,
        forecast: datetime | str | None = None,
        cause: str | None = None,
        public_es: str | None = None,
        is_public: bool | None = None,
        proposal: int | None = None,
        public_en: str | None = None,
        public_pt: str | None = None,
        idempotency_key: str = "",
    ) -> models.OutageAnswer:
        """Declare a mass outage.

        Name, impact, and an element or circuits; with `proposal`, what is left out is taken from it.

        Scope: `outages.declare`.
        """
        _answer: models.OutageAnswer = self._connection.call(
            "POST",
            "/api/v2/outages",
            {},
            body={
                "name": name,
                "element": element,
                "circuits": circuits,
                "impact": impact,
                "started": started,
                "forecast": forecast,
                "cause": cause,
                "public_es": public_es,
                "is_public": is_public,
                "proposal": proposal,
                "public_en": public_en,
                "public_pt": public_pt,
            },
            idempotency_key=idempotency_key,
        )
        return _answer

    def diagnose(
        self,
        number: int | str,
        *,
        cause: str | None = None,
        plan: str | None = None,
        at: datetime | str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.OutageDone:
        """Cause and plan.

        It becomes the diagnosis of every case that is part of it (P3).

        Scope: `outages.diagnose`.
        """
        _answer: models.OutageDone = self._connection.call(
            "POST",
            "/api/v2/outages/{number}/diagnose",
            {"number": number},
            body={"cause": cause, "plan": plan, "at": at},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def dismiss(
        self,
        number: int | str,
        *,
        why: str,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.OutageDone:
        """Not a mass outage.

        Scope: `outages.dismiss`.
        """
        _answer: models.OutageDone = self._connection.call(
            "POST",
            "/api/v2/outages/{number}/dismiss",
            {"number": number},
            body={"why": why},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def end(
        self,
        number: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.OutageDone:
        """End it.

        Its cases go on to their own closing; it ends by itself when the last one is closed.

        Scope: `outages.end`.
        """
        _answer: models.OutageDone = self._connection.call(
            "POST",
            "/api/v2/outages/{number}/end",
            {"number": number},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def leave(
        self,
        number: int | str,
        *,
        cases: str,
        why: str,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.OutageDone:
        """Separate cases.

        Scope: `outages.leave`.
        """
        _answer: models.OutageDone = self._connection.call(
            "POST",
            "/api/v2/outages/{number}/leave",
            {"number": number},
            body={"cases": cases, "why": why},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        open: bool | None = None,
        state: models.OutageState | None = None,
        element: str | None = None,
        company: int | None = None,
        service: int | None = None,
    ) -> Page[models.OutageAnswer]:
        """List mass outages.

        Each filter narrows the list; the newest first.

        Scope: `outages.list`.
        """
        _answer: Page[models.OutageAnswer] = self._connection.list_page(
            "/api/v2/outages",
            {},
            {
                "cursor": cursor,
                "limit": limit,
                "fields": fields,
                "open": open,
                "state": state,
                "element": element,
                "company": company,
                "service": service,
            },
        )
        return _answer

    def news(
        self,
        number: int | str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
    ) -> Page[models.NewsAnswer]:
        """List what was said of a mass outage, the newest first.

        Scope: `outages.news`.
        """
        _answer: Page[models.NewsAnswer] = self._connection.list_page(
            "/api/v2/outages/{number}/news", {"number": number}, {"cursor": cursor, "limit": limit, "fields": fields}
        )
        return _answer

    def read(
        self,
        number: int | str,
        *,
        fields: str | None = None,
        known: models.OutageAnswer | None = None,
    ) -> models.OutageAnswer:
        """Read a mass outage.

        Scope: `outages.read`.
        """
        _answer: models.OutageAnswer = self._connection.call(
            "GET", "/api/v2/outages/{number}", {"number": number}, query={"fields": fields}, known=known
        )
        return _answer

    def relapse(
        self,
        number: int | str,
        *,
        why: str,
        at: datetime | str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.OutageDone:
        """It failed again.

        Scope: `outages.relapse`.
        """
        _answer: models.OutageDone = self._connection.call(
            "POST",
            "/api/v2/outages/{number}/relapse",
            {"number": number},
            body={"why": why, "at": at},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def restore(
        self,
        number: int | str,
        *,
        solution: str,
        at: datetime | str | None = None,
        apart: str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.OutageDone:
        """Restored.

        Each case continues to its own verification (P5); list those that are not back.

        Scope: `outages.restore`.
        """
        _answer: models.OutageDone = self._connection.call(
            "POST",
            "/api/v2/outages/{number}/restore",
            {"number": number},
            body={"solution": solution, "at": at, "apart": apart},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def services(
        self,
        number: int | str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        state: models.Membership | None = None,
    ) -> Page[models.MemberAnswer]:
        """List the services behind a mass outage, with their cases.

        Scope: `outages.services`.
        """
        _answer: Page[models.MemberAnswer] = self._connection.list_page(
            "/api/v2/outages/{number}/services",
            {"number": number},
            {"cursor": cursor, "limit": limit, "fields": fields, "state": state},
        )
        return _answer

    def tell(
        self,
        number: int | str,
        *,
        words_es: str,
        forecast: datetime | str | None = None,
        words_en: str | None = None,
        words_pt: str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.OutageDone:
        """Notify all of them.

        Written once; each contact reads it in their language, with their own service named.

        Scope: `outages.tell`.
        """
        _answer: models.OutageDone = self._connection.call(
            "POST",
            "/api/v2/outages/{number}/tell",
            {"number": number},
            body={"words_es": words_es, "forecast": forecast, "words_en": words_en, "words_pt": words_pt},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer


class PlannedWorks(Group):
    """Planned works."""

    def announce(
        self,
        number: int | str,
        *,
        reason: str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.WorkAnswer:
        """Announce a planned work.

        Scope: `planned_works.announce`.
        """
        _answer: models.WorkAnswer = self._connection.call(
            "POST",
            "/api/v2/planned_works/{number}/announce",
            {"number": number},
            body={"reason": reason},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def cancel(
        self,
        number: int | str,
        *,
        why: str,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.WorkAnswer:
        """Cancel a planned work.

        Scope: `planned_works.cancel`.
        """
        _answer: models.WorkAnswer = self._connection.call(
            "POST",
            "/api/v2/planned_works/{number}/cancel",
            {"number": number},
            body={"why": why},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def change(
        self,
        number: int | str,
        *,
        starts: datetime | str | None = None,
        ends: datetime | str | None = None,
        name: str | None = None,
        what_es: str | None = None,
        element: str | None = None,
        circuits: str | None = None,
        minutes: int | None = None,
        carrier: str | None = None,
        carrier_reference: str | None = None,
        needs_agreement: bool | None = None,
        is_public: bool | None = None,
        what_en: str | None = None,
        what_pt: str | None = None,
        if_match: Tag = None,
    ) -> models.WorkAnswer:
        """Change a draft.

        What is left out stays; what was announced is moved or cancelled instead.

        Scope: `planned_works.change`.
        """
        _answer: models.WorkAnswer = self._connection.call(
            "PATCH",
            "/api/v2/planned_works/{number}",
            {"number": number},
            body={
                "starts": starts,
                "ends": ends,
                "name": name,
                "what_es": what_es,
                "element": element,
                "circuits": circuits,
                "minutes": minutes,
                "carrier": carrier,
                "carrier_reference": carrier_reference,
                "needs_agreement": needs_agreement,
                "is_public": is_public,
                "what_en": what_en,
                "what_pt": what_pt,
            },
            if_match=if_match,
        )
        return _answer

    def end(
        self,
        number: int | str,
        *,
        at: datetime | str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.WorkAnswer:
        """End a planned work.

        Scope: `planned_works.end`.
        """
        _answer: models.WorkAnswer = self._connection.call(
            "POST",
            "/api/v2/planned_works/{number}/end",
            {"number": number},
            body={"at": at},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        sort: Literal["-number", "number", "starts_at"] | None = None,
        open: bool | None = None,
        state: models.WorkState | None = None,
        element: str | None = None,
        company: int | None = None,
        service: int | None = None,
        ends_from: datetime | str | None = None,
        starts_before: datetime | str | None = None,
    ) -> Page[models.WorkAnswer]:
        """List planned works.

        Each filter narrows the list; `ends_from` and `starts_before` find the windows that touch a time.

        Scope: `planned_works.list`.
        """
        _answer: Page[models.WorkAnswer] = self._connection.list_page(
            "/api/v2/planned_works",
            {},
            {
                "cursor": cursor,
                "limit": limit,
                "fields": fields,
                "sort": sort,
                "open": open,
                "state": state,
                "element": element,
                "company": company,
                "service": service,
                "ends_from": ends_from,
                "starts_before": starts_before,
            },
        )
        return _answer

    def move(
        self,
        number: int | str,
        *,
        starts: datetime | str,
        ends: datetime | str,
        why: str,
        reason: str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.WorkAnswer:
        """Move a planned work to other hours.

        Scope: `planned_works.move`.
        """
        _answer: models.WorkAnswer = self._connection.call(
            "POST",
            "/api/v2/planned_works/{number}/move",
            {"number": number},
            body={"starts": starts, "ends": ends, "why": why, "reason": reason},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def plan(
        self,
        *,
        starts: datetime | str,
        ends: datetime | str,
        name: str,
        what_es: str,
        element: str | None = None,
        circuits: str | None = None,
        minutes: int | None = None,
        carrier: str | None = None,
        carrier_reference: str | None = None,
        needs_agreement: bool | None = None,
        is_public: bool | None = None,
        what_en: str | None = None,
        what_pt: str | None = None,
        idempotency_key: str = "",
    ) -> models.WorkAnswer:
        """Plan a work.

        A draft: nobody is told before it is announced.

        Scope: `planned_works.plan`.
        """
        _answer: models.WorkAnswer = self._connection.call(
            "POST",
            "/api/v2/planned_works",
            {},
            body={
                "starts": starts,
                "ends": ends,
                "name": name,
                "what_es": what_es,
                "element": element,
                "circuits": circuits,
                "minutes": minutes,
                "carrier": carrier,
                "carrier_reference": carrier_reference,
                "needs_agreement": needs_agreement,
                "is_public": is_public,
                "what_en": what_en,
                "what_pt": what_pt,
            },
            idempotency_key=idempotency_key,
        )
        return _answer

    def read(
        self,
        number: int | str,
        *,
        fields: str | None = None,
        known: models.WorkAnswer | None = None,
    ) -> models.WorkAnswer:
        """Read a planned work.

        Scope: `planned_works.read`.
        """
        _answer: models.WorkAnswer = self._connection.call(
            "GET", "/api/v2/planned_works/{number}", {"number": number}, query={"fields": fields}, known=known
        )
        return _answer

    def reply(
        self,
        number: int | str,
        *,
        company: int,
        words: str,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.WorkAnswer:
        """Answer a company's objection.

        Scope: `planned_works.reply`.
        """
        _answer: models.WorkAnswer = self._connection.call(
            "POST",
            "/api/v2/planned_works/{number}/reply",
            {"number": number},
            body={"company": company, "words": words},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def services(
        self,
        number: int | str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
    ) -> Page[models.TouchedAnswer]:
        """List the services that a planned work touches, with the companies' answers.

        Scope: `planned_works.services`.
        """
        _answer: Page[models.TouchedAnswer] = self._connection.list_page(
            "/api/v2/planned_works/{number}/services",
            {"number": number},
            {"cursor": cursor, "limit": limit, "fields": fields},
        )
        return _answer

    def take_out(
        self,
        number: int | str,
        *,
        company: int,
        why: str,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.WorkAnswer:
        """Take a company out of it.

        Scope: `planned_works.take_out`.
        """
        _answer: models.WorkAnswer = self._connection.call(
            "POST",
            "/api/v2/planned_works/{number}/take_out",
            {"number": number},
            body={"company": company, "why": why},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def turns(
        self,
        number: int | str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
    ) -> Page[models.TurnAnswer]:
        """List what happened to a planned work.

        Scope: `planned_works.turns`.
        """
        _answer: Page[models.TurnAnswer] = self._connection.list_page(
            "/api/v2/planned_works/{number}/turns",
            {"number": number},
            {"cursor": cursor, "limit": limit, "fields": fields},
        )
        return _answer

    def warnings(
        self,
        number: int | str,
        *,
        known: models.WarningsAnswer | None = None,
    ) -> models.WarningsAnswer:
        """Read what to think of before a planned work is announced.

        Scope: `planned_works.warnings`.
        """
        _answer: models.WarningsAnswer = self._connection.call(
            "GET", "/api/v2/planned_works/{number}/warnings", {"number": number}, known=known
        )
        return _answer


class Procedure(Group):
    """Procedure."""

    def read(
        self,
        *,
        fields: str | None = None,
    ) -> models.ProcedureAnswer:
        """Read the procedure that is in force.

        Scope: `procedure.read`.
        """
        _answer: models.ProcedureAnswer = self._connection.call(
            "GET", "/api/v2/procedure", {}, query={"fields": fields}
        )
        return _answer

    def version(
        self,
        number: int | str,
        *,
        fields: str | None = None,
        known: models.ProcedureAnswer | None = None,
    ) -> models.ProcedureAnswer:
        """Read a published version.

        Scope: `procedure.version`.
        """
        _answer: models.ProcedureAnswer = self._connection.call(
            "GET", "/api/v2/procedure/versions/{number}", {"number": number}, query={"fields": fields}, known=known
        )
        return _answer

    def versions(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
    ) -> Page[models.VersionAnswer]:
        """List the published versions, the newest first.

        Scope: `procedure.versions`.
        """
        _answer: Page[models.VersionAnswer] = self._connection.list_page(
            "/api/v2/procedure/versions", {}, {"cursor": cursor, "limit": limit, "fields": fields}
        )
        return _answer


class Reports(Group):
    """Reports."""

    def availability(
        self,
        service: int | str,
        *,
        month: str | None = None,
        known: models.AvailabilityAnswer | None = None,
    ) -> models.AvailabilityAnswer:
        """Read the availability of a service, month by month (P7 D).

        Scope: `reports.availability`.
        """
        _answer: models.AvailabilityAnswer = self._connection.call(
            "GET", "/api/v2/reports/availability/{service}", {"service": service}, query={"month": month}, known=known
        )
        return _answer

    def by_word(
        self,
        *,
        day: date | str | None = None,
    ) -> models.ByWordAnswer:
        """Read what was confirmed by word alone in the night that ends on a day.

        Scope: `reports.by_word`.
        """
        _answer: models.ByWordAnswer = self._connection.call("GET", "/api/v2/reports/by_word", {}, query={"day": day})
        return _answer

    def groups(
        self,
        *,
        month: str | None = None,
    ) -> models.GroupMonths:
        """Read how long each resolver group held cases in a month.

        Scope: `reports.groups`.
        """
        _answer: models.GroupMonths = self._connection.call("GET", "/api/v2/reports/groups", {}, query={"month": month})
        return _answer

    def late_unexplained(
        self,
    ) -> models.LateAnswer:
        """Read which cases were late without a reason.

        Scope: `reports.late_unexplained`.
        """
        _answer: models.LateAnswer = self._connection.call("GET", "/api/v2/reports/late_unexplained", {})
        return _answer

    def month(
        self,
        month: int | str,
        company: int | str,
        *,
        fields: str | None = None,
        known: models.MonthFacts | None = None,
    ) -> models.MonthFacts:
        """Read a company's month.

        Lengths are seconds; hours are ISO 8601 in UTC, empty where there is none.

        Scope: `reports.month`.
        """
        _answer: models.MonthFacts = self._connection.call(
            "GET",
            "/api/v2/reports/months/{month}/{company}",
            {"month": month, "company": company},
            query={"fields": fields},
            known=known,
        )
        return _answer

    def month_paper(
        self,
        month: int | str,
        company: int | str,
    ) -> bytes:
        """Download a company's month as PDF, in the language of Accept-Language.

        Scope: `reports.month_paper`.
        """
        _answer: bytes = self._connection.download(
            "GET", "/api/v2/reports/months/{month}/{company}/pdf", {"month": month, "company": company}
        )
        return _answer

    def month_workbook(
        self,
        month: int | str,
        company: int | str,
    ) -> bytes:
        """Download a company's month as a workbook.

        Scope: `reports.month_workbook`.
        """
        _answer: bytes = self._connection.download(
            "GET", "/api/v2/reports/months/{month}/{company}/xlsx", {"month": month, "company": company}
        )
        return _answer

    def months(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        month: str | None = None,
    ) -> Page[models.CompanyMonth]:
        """List the companies that had a case in a month.

        Scope: `reports.months`.
        """
        _answer: Page[models.CompanyMonth] = self._connection.list_page(
            "/api/v2/reports/months", {}, {"cursor": cursor, "limit": limit, "fields": fields, "month": month}
        )
        return _answer

    def reception(
        self,
        *,
        length: Literal["day", "week", "month"] | None = None,
        day: date | str | None = None,
        desk: str | None = None,
        line: str | None = None,
    ) -> models.ReceptionAnswer:
        """Read how the lines were answered (P1).

        Scope: `reports.reception`.
        """
        _answer: models.ReceptionAnswer = self._connection.call(
            "GET", "/api/v2/reports/reception", {}, query={"length": length, "day": day, "desk": desk, "line": line}
        )
        return _answer

    def reception_workbook(
        self,
        *,
        length: Literal["day", "week", "month"] | None = None,
        day: date | str | None = None,
        desk: str | None = None,
        line: str | None = None,
    ) -> bytes:
        """Download how the lines were answered as a workbook.

        Scope: `reports.reception_workbook`.
        """
        _answer: bytes = self._connection.download(
            "GET",
            "/api/v2/reports/reception/xlsx",
            {},
            query={"length": length, "day": day, "desk": desk, "line": line},
        )
        return _answer

    def send_month(
        self,
        month: int | str,
        company: int | str,
        *,
        number: int | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.Sent:
        """Send a company its report of a month.

        Scope: `reports.send_month`.
        """
        _answer: models.Sent = self._connection.call(
            "POST",
            "/api/v2/reports/months/{month}/{company}/send",
            {"month": month, "company": company},
            body={"number": number},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer


class Requests(Group):
    """Requests."""

    def take(
        self,
        *,
        desk: str,
        text: str,
        company: int,
        is_complaint: bool | None = None,
        source: Literal["phone", "mail", "portal", "office"] | None = None,
        received_at: datetime | str | None = None,
        reporter: int | None = None,
        reporter_name: str | None = None,
        call_back_number: str | None = None,
        service: int | None = None,
        call: int | None = None,
        written_request: int | None = None,
        fields: Mapping[str, str] | None = None,
        idempotency_key: str = "",
    ) -> models.CaseAnswer:
        """Take down a request for a desk that is not technical (A3).

        It is a case of that desk from then on: list them with /cases?desk=…

        Scope: `requests.take`.
        """
        _answer: models.CaseAnswer = self._connection.call(
            "POST",
            "/api/v2/requests",
            {},
            body={
                "desk": desk,
                "text": text,
                "is_complaint": is_complaint,
                "source": source,
                "received_at": received_at,
                "reporter": reporter,
                "reporter_name": reporter_name,
                "call_back_number": call_back_number,
                "service": service,
                "call": call,
                "written_request": written_request,
                "company": company,
                "fields": fields,
            },
            idempotency_key=idempotency_key,
        )
        return _answer


class Services(Group):
    """Services."""

    def activate(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.ServiceAnswer:
        """Activate a service.

        Scope: `services.activate`.
        """
        _answer: models.ServiceAnswer = self._connection.call(
            "POST", "/api/v2/services/{id}/activate", {"id": id}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer

    def change(
        self,
        id: int | str,
        *,
        circuit: str | None = None,
        type: str | None = None,
        capacity: str | None = None,
        site: int | None = None,
        to_test: str | None = None,
        if_match: Tag = None,
    ) -> models.ServiceAnswer:
        """Change a service.

        What is left out stays as it is; an empty text or list empties the field.

        Scope: `services.change`.
        """
        _answer: models.ServiceAnswer = self._connection.call(
            "PATCH",
            "/api/v2/services/{id}",
            {"id": id},
            body={"circuit": circuit, "type": type, "capacity": capacity, "site": site, "to_test": to_test},
            if_match=if_match,
        )
        return _answer

    def create(
        self,
        *,
        circuit: str,
        site: int,
        company: int,
        type: str | None = None,
        capacity: str | None = None,
        to_test: str | None = None,
        idempotency_key: str = "",
    ) -> models.ServiceAnswer:
        """Create a service.

        Scope: `services.create`.
        """
        _answer: models.ServiceAnswer = self._connection.call(
            "POST",
            "/api/v2/services",
            {},
            body={
                "circuit": circuit,
                "type": type,
                "capacity": capacity,
                "site": site,
                "to_test": to_test,
                "company": company,
            },
            idempotency_key=idempotency_key,
        )
        return _answer

    def deactivate(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.ServiceAnswer:
        """Deactivate a service.

        Scope: `services.deactivate`.
        """
        _answer: models.ServiceAnswer = self._connection.call(
            "POST", "/api/v2/services/{id}/deactivate", {"id": id}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer

    def discard(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.ServiceAnswer:
        """Discard a provisional service that has no case.

        Scope: `services.discard`.
        """
        _answer: models.ServiceAnswer = self._connection.call(
            "POST", "/api/v2/services/{id}/discard", {"id": id}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer

    def identify(
        self,
        id: int | str,
        *,
        service: int,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.ServiceAnswer:
        """Say which service on file a provisional one is; its cases go along.

        Scope: `services.identify`.
        """
        _answer: models.ServiceAnswer = self._connection.call(
            "POST",
            "/api/v2/services/{id}/identify",
            {"id": id},
            body={"service": service},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def keep(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.ServiceAnswer:
        """Say that a provisional service is a new one, and stays.

        Scope: `services.keep`.
        """
        _answer: models.ServiceAnswer = self._connection.call(
            "POST", "/api/v2/services/{id}/keep", {"id": id}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer

    def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        q: str | None = None,
        company: int | None = None,
        site: int | None = None,
        circuit: str | None = None,
        active: bool | None = None,
        provisional: bool | None = None,
    ) -> Page[models.ServiceAnswer]:
        """List services.

        Scope: `services.list`.
        """
        _answer: Page[models.ServiceAnswer] = self._connection.list_page(
            "/api/v2/services",
            {},
            {
                "cursor": cursor,
                "limit": limit,
                "fields": fields,
                "q": q,
                "company": company,
                "site": site,
                "circuit": circuit,
                "active": active,
                "provisional": provisional,
            },
        )
        return _answer

    def move(
        self,
        id: int | str,
        *,
        site: int,
        on: date | str,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.ServiceAnswer:
        """Pass a service to another company on a day; today is at once.

        The answer is the service of the other company once it has passed, until then the one that passes.

        Scope: `services.move`.
        """
        _answer: models.ServiceAnswer = self._connection.call(
            "POST",
            "/api/v2/services/{id}/move",
            {"id": id},
            body={"site": site, "on": on},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def put_on_file(
        self,
        *,
        city: str,
        company_name: str | None = None,
        circuit: str | None = None,
        place: str | None = None,
        company: int | None = None,
        idempotency_key: str = "",
    ) -> models.ServiceAnswer:
        """Put on file, provisionally, what a caller says of a service that is not (L4, P2).

        Send the company's id, or its name where it is not on file either.

        Scope: `services.put_on_file`.
        """
        _answer: models.ServiceAnswer = self._connection.call(
            "POST",
            "/api/v2/services/provisional",
            {},
            body={"company_name": company_name, "city": city, "circuit": circuit, "place": place, "company": company},
            idempotency_key=idempotency_key,
        )
        return _answer

    def read(
        self,
        id: int | str,
        *,
        fields: str | None = None,
        known: models.ServiceAnswer | None = None,
    ) -> models.ServiceAnswer:
        """Read a service.

        Scope: `services.read`.
        """
        _answer: models.ServiceAnswer = self._connection.call(
            "GET", "/api/v2/services/{id}", {"id": id}, query={"fields": fields}, known=known
        )
        return _answer

    def stay(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.ServiceAnswer:
        """Withdraw a planned move: the service stays where it is.

        Scope: `services.stay`.
        """
        _answer: models.ServiceAnswer = self._connection.call(
            "POST", "/api/v2/services/{id}/stay", {"id": id}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer


class Shifts(Group):
    """Shifts."""

    def read(
        self,
    ) -> models.ShiftAnswer:
        """Read who is at the technical desk now.

        Scope: `shifts.read`.
        """
        _answer: models.ShiftAnswer = self._connection.call("GET", "/api/v2/shift", {})
        return _answer


class Sites(Group):
    """Sites."""

    def activate(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.SiteAnswer:
        """Activate a site.

        Scope: `sites.activate`.
        """
        _answer: models.SiteAnswer = self._connection.call(
            "POST", "/api/v2/sites/{id}/activate", {"id": id}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer

    def change(
        self,
        id: int | str,
        *,
        name: str | None = None,
        address: str | None = None,
        city: int | None = None,
        latitude: str | None = None,
        longitude: str | None = None,
        contact_on_site: str | None = None,
        access_hours: str | None = None,
        own_band: str | None = None,
        own_zone: str | None = None,
        own_reason: str | None = None,
        agreed: str | None = None,
        if_match: Tag = None,
    ) -> models.SiteAnswer:
        """Change a site.

        What is left out stays as it is; an empty text or list empties the field.

        Scope: `sites.change`.
        """
        _answer: models.SiteAnswer = self._connection.call(
            "PATCH",
            "/api/v2/sites/{id}",
            {"id": id},
            body={
                "name": name,
                "address": address,
                "city": city,
                "latitude": latitude,
                "longitude": longitude,
                "contact_on_site": contact_on_site,
                "access_hours": access_hours,
                "own_band": own_band,
                "own_zone": own_zone,
                "own_reason": own_reason,
                "agreed": agreed,
            },
            if_match=if_match,
        )
        return _answer

    def create(
        self,
        *,
        name: str,
        city: int,
        company: int,
        address: str | None = None,
        latitude: str | None = None,
        longitude: str | None = None,
        contact_on_site: str | None = None,
        access_hours: str | None = None,
        own_band: str | None = None,
        own_zone: str | None = None,
        own_reason: str | None = None,
        idempotency_key: str = "",
    ) -> models.SiteAnswer:
        """Create a site.

        Scope: `sites.create`.
        """
        _answer: models.SiteAnswer = self._connection.call(
            "POST",
            "/api/v2/sites",
            {},
            body={
                "name": name,
                "address": address,
                "city": city,
                "latitude": latitude,
                "longitude": longitude,
                "contact_on_site": contact_on_site,
                "access_hours": access_hours,
                "own_band": own_band,
                "own_zone": own_zone,
                "own_reason": own_reason,
                "company": company,
            },
            idempotency_key=idempotency_key,
        )
        return _answer

    def deactivate(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.SiteAnswer:
        """Deactivate a site.

        Scope: `sites.deactivate`.
        """
        _answer: models.SiteAnswer = self._connection.call(
            "POST", "/api/v2/sites/{id}/deactivate", {"id": id}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer

    def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        q: str | None = None,
        company: int | None = None,
        city: int | None = None,
        active: bool | None = None,
        provisional: bool | None = None,
    ) -> Page[models.SiteAnswer]:
        """List the sites of companies.

        Scope: `sites.list`.
        """
        _answer: Page[models.SiteAnswer] = self._connection.list_page(
            "/api/v2/sites",
            {},
            {
                "cursor": cursor,
                "limit": limit,
                "fields": fields,
                "q": q,
                "company": company,
                "city": city,
                "active": active,
                "provisional": provisional,
            },
        )
        return _answer

    def read(
        self,
        id: int | str,
        *,
        fields: str | None = None,
        known: models.SiteAnswer | None = None,
    ) -> models.SiteAnswer:
        """Read a site.

        Scope: `sites.read`.
        """
        _answer: models.SiteAnswer = self._connection.call(
            "GET", "/api/v2/sites/{id}", {"id": id}, query={"fields": fields}, known=known
        )
        return _answer


class Staff(Group):
    """Staff."""

    def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        role: models.Role | None = None,
        active: bool | None = None,
        on_shift_at: str | None = None,
    ) -> Page[models.StaffAnswer]:
        """List the operator's people.

        Scope: `staff.list`.
        """
        _answer: Page[models.StaffAnswer] = self._connection.list_page(
            "/api/v2/staff",
            {},
            {
                "cursor": cursor,
                "limit": limit,
                "fields": fields,
                "role": role,
                "active": active,
                "on_shift_at": on_shift_at,
            },
        )
        return _answer


class Targets(Group):
    """Targets."""

    def activate(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.TargetAnswer:
        """Activate a target.

        Scope: `targets.activate`.
        """
        _answer: models.TargetAnswer = self._connection.call(
            "POST", "/api/v2/targets/{id}/activate", {"id": id}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer

    def change(
        self,
        id: int | str,
        *,
        service: int | None = None,
        kind: Literal["icmp", "tcp", "dns", "http", "snmp", "path"] | None = None,
        address: str | None = None,
        port: str | None = None,
        asks: str | None = None,
        expects: str | None = None,
        max_loss: str | None = None,
        max_ms: str | None = None,
        at_registration: bool | None = None,
        if_match: Tag = None,
    ) -> models.TargetAnswer:
        """Change a target.

        What is left out stays as it is; an empty text or list empties the field.

        Scope: `targets.change`.
        """
        _answer: models.TargetAnswer = self._connection.call(
            "PATCH",
            "/api/v2/targets/{id}",
            {"id": id},
            body={
                "service": service,
                "kind": kind,
                "address": address,
                "port": port,
                "asks": asks,
                "expects": expects,
                "max_loss": max_loss,
                "max_ms": max_ms,
                "at_registration": at_registration,
            },
            if_match=if_match,
        )
        return _answer

    def create(
        self,
        *,
        service: int,
        kind: Literal["icmp", "tcp", "dns", "http", "snmp", "path"],
        address: str,
        company: int,
        port: str | None = None,
        asks: str | None = None,
        expects: str | None = None,
        max_loss: str | None = None,
        max_ms: str | None = None,
        at_registration: bool | None = None,
        idempotency_key: str = "",
    ) -> models.TargetAnswer:
        """Create a target.

        Scope: `targets.create`.
        """
        _answer: models.TargetAnswer = self._connection.call(
            "POST",
            "/api/v2/targets",
            {},
            body={
                "service": service,
                "kind": kind,
                "address": address,
                "port": port,
                "asks": asks,
                "expects": expects,
                "max_loss": max_loss,
                "max_ms": max_ms,
                "at_registration": at_registration,
                "company": company,
            },
            idempotency_key=idempotency_key,
        )
        return _answer

    def deactivate(
        self,
        id: int | str,
        *,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.TargetAnswer:
        """Deactivate a target.

        Scope: `targets.deactivate`.
        """
        _answer: models.TargetAnswer = self._connection.call(
            "POST", "/api/v2/targets/{id}/deactivate", {"id": id}, idempotency_key=idempotency_key, if_match=if_match
        )
        return _answer

    def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        company: int | None = None,
        service: int | None = None,
        active: bool | None = None,
    ) -> Page[models.TargetAnswer]:
        """List what is tested of services.

        Scope: `targets.list`.
        """
        _answer: Page[models.TargetAnswer] = self._connection.list_page(
            "/api/v2/targets",
            {},
            {
                "cursor": cursor,
                "limit": limit,
                "fields": fields,
                "company": company,
                "service": service,
                "active": active,
            },
        )
        return _answer

    def read(
        self,
        id: int | str,
        *,
        fields: str | None = None,
        known: models.TargetAnswer | None = None,
    ) -> models.TargetAnswer:
        """Read a target.

        Scope: `targets.read`.
        """
        _answer: models.TargetAnswer = self._connection.call(
            "GET", "/api/v2/targets/{id}", {"id": id}, query={"fields": fields}, known=known
        )
        return _answer


class Visits(Group):
    """Visits."""

    def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        open: bool | None = None,
        crew: int | None = None,
        company: int | None = None,
        case: str | None = None,
        specialty: models.Specialty | None = None,
        planned_from: datetime | str | None = None,
        planned_before: datetime | str | None = None,
    ) -> Page[models.VisitAnswer]:
        """List visits.

        `planned_from` and `planned_before` find the visits of a day by the hours for which they were agreed.

        Scope: `visits.list`.
        """
        _answer: Page[models.VisitAnswer] = self._connection.list_page(
            "/api/v2/visits",
            {},
            {
                "cursor": cursor,
                "limit": limit,
                "fields": fields,
                "open": open,
                "crew": crew,
                "company": company,
                "case": case,
                "specialty": specialty,
                "planned_from": planned_from,
                "planned_before": planned_before,
            },
        )
        return _answer

    def read(
        self,
        visit: int | str,
        *,
        fields: str | None = None,
        known: models.VisitAnswer | None = None,
    ) -> models.VisitAnswer:
        """Read a visit.

        Scope: `visits.read`.
        """
        _answer: models.VisitAnswer = self._connection.call(
            "GET", "/api/v2/visits/{visit}", {"visit": visit}, query={"fields": fields}, known=known
        )
        return _answer


class WhoAnswers(Group):
    """Who answers."""

    def dialled(
        self,
        *,
        address: str,
        reached: bool,
        answered_by: str | None = None,
        idempotency_key: str = "",
    ) -> models.Dialled:
        """Note that a number of the matrix was dialled, and whether somebody answered.

        Scope: `who_answers.dialled`.
        """
        _answer: models.Dialled = self._connection.call(
            "POST",
            "/api/v2/who_answers/dialled",
            {},
            body={"address": address, "reached": reached, "answered_by": answered_by},
            idempotency_key=idempotency_key,
        )
        return _answer

    def drill(
        self,
        *,
        level: int,
        staff: int | None = None,
        idempotency_key: str = "",
    ) -> models.DrillAnswer:
        """Try by a drill whether a level answers.

        Scope: `who_answers.drill`.
        """
        _answer: models.DrillAnswer = self._connection.call(
            "POST",
            "/api/v2/who_answers/drill",
            {},
            body={"level": level, "staff": staff},
            idempotency_key=idempotency_key,
        )
        return _answer

    def read(
        self,
    ) -> models.WhoAnswers:
        """Read who answers now, level by level (E2 to E5).

        Scope: `who_answers.read`.
        """
        _answer: models.WhoAnswers = self._connection.call("GET", "/api/v2/who_answers", {})
        return _answer


class WrittenRequests(Group):
    """Written requests."""

    def dismiss(
        self,
        id: int | str,
        *,
        reason: Literal["spam", "no_report", "answered", "twice", "other"],
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.WrittenRequestAnswer:
        """Say that nothing is owed for a report in writing.

        Scope: `written_requests.dismiss`.
        """
        _answer: models.WrittenRequestAnswer = self._connection.call(
            "POST",
            "/api/v2/written_requests/{id}/dismiss",
            {"id": id},
            body={"reason": reason},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def join(
        self,
        id: int | str,
        *,
        case: str,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.WrittenRequestAnswer:
        """Join a report in writing to a case that is open already.

        Scope: `written_requests.join`.
        """
        _answer: models.WrittenRequestAnswer = self._connection.call(
            "POST",
            "/api/v2/written_requests/{id}/join",
            {"id": id},
            body={"case": case},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        open: bool | None = None,
        way: Literal["mail", "portal", "office"] | None = None,
        desk: str | None = None,
        company: int | None = None,
    ) -> Page[models.WrittenRequestAnswer]:
        """List reports in writing, the oldest first.

        `open=true`: its number is owed. Send its id to POST /cases or POST /requests to give it one.

        Scope: `written_requests.list`.
        """
        _answer: Page[models.WrittenRequestAnswer] = self._connection.list_page(
            "/api/v2/written_requests",
            {},
            {
                "cursor": cursor,
                "limit": limit,
                "fields": fields,
                "open": open,
                "way": way,
                "desk": desk,
                "company": company,
            },
        )
        return _answer

    def read(
        self,
        id: int | str,
        *,
        fields: str | None = None,
        known: models.WrittenRequestAnswer | None = None,
    ) -> models.WrittenRequestAnswer:
        """Read a report in writing.

        Scope: `written_requests.read`.
        """
        _answer: models.WrittenRequestAnswer = self._connection.call(
            "GET", "/api/v2/written_requests/{id}", {"id": id}, query={"fields": fields}, known=known
        )
        return _answer


class Guardia(Connection):
    """An installation of Guardia, by a key of the operator (`gdk_…`)."""

    @cached_property
    def articles(self) -> Articles:
        return Articles(self)

    @cached_property
    def bulk_acts(self) -> BulkActs:
        return BulkActs(self)

    @cached_property
    def calls(self) -> Calls:
        return Calls(self)

    @cached_property
    def carrier_tickets(self) -> CarrierTickets:
        return CarrierTickets(self)

    @cached_property
    def carriers(self) -> Carriers:
        return Carriers(self)

    @cached_property
    def cases(self) -> Cases:
        return Cases(self)

    @cached_property
    def cities(self) -> Cities:
        return Cities(self)

    @cached_property
    def companies(self) -> Companies:
        return Companies(self)

    @cached_property
    def contact_changes(self) -> ContactChanges:
        return ContactChanges(self)

    @cached_property
    def contacts(self) -> Contacts:
        return Contacts(self)

    @cached_property
    def contests(self) -> Contests:
        return Contests(self)

    @cached_property
    def crew_members(self) -> CrewMembers:
        return CrewMembers(self)

    @cached_property
    def crews(self) -> Crews:
        return Crews(self)

    @cached_property
    def dispatch(self) -> Dispatch:
        return Dispatch(self)

    @cached_property
    def elements(self) -> Elements:
        return Elements(self)

    @cached_property
    def escalations(self) -> Escalations:
        return Escalations(self)

    @cached_property
    def events(self) -> Events:
        return Events(self)

    @cached_property
    def groups(self) -> Groups:
        return Groups(self)

    @cached_property
    def handovers(self) -> Handovers:
        return Handovers(self)

    @cached_property
    def mails(self) -> Mails:
        return Mails(self)

    @cached_property
    def outages(self) -> Outages:
        return Outages(self)

    @cached_property
    def planned_works(self) -> PlannedWorks:
        return PlannedWorks(self)

    @cached_property
    def procedure(self) -> Procedure:
        return Procedure(self)

    @cached_property
    def reports(self) -> Reports:
        return Reports(self)

    @cached_property
    def requests(self) -> Requests:
        return Requests(self)

    @cached_property
    def services(self) -> Services:
        return Services(self)

    @cached_property
    def shifts(self) -> Shifts:
        return Shifts(self)

    @cached_property
    def sites(self) -> Sites:
        return Sites(self)

    @cached_property
    def staff(self) -> Staff:
        return Staff(self)

    @cached_property
    def targets(self) -> Targets:
        return Targets(self)

    @cached_property
    def visits(self) -> Visits:
        return Visits(self)

    @cached_property
    def who_answers(self) -> WhoAnswers:
        return WhoAnswers(self)

    @cached_property
    def written_requests(self) -> WrittenRequests:
        return WrittenRequests(self)


class CompanyCases(Group):
    """Cases."""

    def clocks(
        self,
        number: int | str,
        *,
        known: models.CompanyClocks | None = None,
    ) -> models.CompanyClocks:
        """Read the clocks of a case, and why each is due when it is.

        Scope: `cases.read`.
        """
        _answer: models.CompanyClocks = self._connection.call(
            "GET", "/api/v2/cases/{number}/clocks", {"number": number}, known=known
        )
        return _answer

    def confirm(
        self,
        number: int | str,
        *,
        position: str | None = None,
        phone: str | None = None,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.CompanyDone:
        """The customer confirms.

        Anybody from the company, at once: never a guard, never our own technician. What no link, code or call from a
        number on file proves counts as verbal: the contacts may deny it with one tap.

        Scope: `cases.confirm`.
        """
        _answer: models.CompanyDone = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/confirm",
            {"number": number},
            body={"position": position, "phone": phone},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def events(
        self,
        number: int | str,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        public: bool | None = None,
    ) -> Page[models.CompanyEvent]:
        """List the events of a case.

        Scope: `events.read`.
        """
        _answer: Page[models.CompanyEvent] = self._connection.list_page(
            "/api/v2/cases/{number}/events",
            {"number": number},
            {"cursor": cursor, "limit": limit, "fields": fields, "public": public},
        )
        return _answer

    def list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        fields: str | None = None,
        sort: Literal["-number", "number", "due"] | None = None,
        open: bool | None = None,
        company: int | None = None,
        service: int | None = None,
        site: int | None = None,
        assigned: int | None = None,
        desk: str | None = None,
        stage: models.Stage | models.RequestStage | None = None,
        status: models.Status | None = None,
        impact: models.Impact | None = None,
        customer_reference: str | None = None,
        carrier_reference: str | None = None,
        opened_from: datetime | str | None = None,
        opened_before: datetime | str | None = None,
        due_from: datetime | str | None = None,
        due_before: datetime | str | None = None,
        report: int | None = None,
    ) -> Page[models.CompanyCase]:
        """List cases.

        Each filter narrows the list; `sort=due` lists open cases with a promise: first what breaks first.

        Scope: `cases.read`.
        """
        _answer: Page[models.CompanyCase] = self._connection.list_page(
            "/api/v2/cases",
            {},
            {
                "cursor": cursor,
                "limit": limit,
                "fields": fields,
                "sort": sort,
                "open": open,
                "company": company,
                "service": service,
                "site": site,
                "assigned": assigned,
                "desk": desk,
                "stage": stage,
                "status": status,
                "impact": impact,
                "customer_reference": customer_reference,
                "carrier_reference": carrier_reference,
                "opened_from": opened_from,
                "opened_before": opened_before,
                "due_from": due_from,
                "due_before": due_before,
                "report": report,
            },
        )
        return _answer

    def note(
        self,
        number: int | str,
        *,
        text: str,
        idempotency_key: str = "",
        if_match: Tag = None,
    ) -> models.CompanyDone:
        """Internal note.

        Scope: `cases.note`.
        """
        _answer: models.CompanyDone = self._connection.call(
            "POST",
            "/api/v2/cases/{number}/note",
            {"number": number},
            body={"text": text},
            idempotency_key=idempotency_key,
            if_match=if_match,
        )
        return _answer

    def open(
        self,
        *,
        symptoms: str,
        service: int | None = None,
        circuit: str | None = None,
        impact: Literal["down", "degraded", "intermittent"] | None = None,
        desk: str | None = None,
        fields: Mapping[str, str] | None = None,
        idempotency_key: str = "",
    ) -> models.CompanyReportAnswer:
        """Open a case (P2).

        Service and symptoms suffice. A fault that is open for this service with the same words is returned. With a call
        or a report in writing, the case takes its hours from there. What a company's own key sends is a report (202):
        it gets its number once somebody has taken it.

        Scope: `cases.open`.
        """
        _answer: models.CompanyReportAnswer = self._connection.call(
            "POST",
            "/api/v2/cases",
            {},
            body={
                "service": service,
                "circuit": circuit,
                "symptoms": symptoms,
                "impact": impact,
                "desk": desk,
                "fields": fields,
            },
            idempotency_key=idempotency_key,
        )
        return _answer

    def read(
        self,
        number: int | str,
        *,
        fields: str | None = None,
        known: models.CompanyCase | None = None,
    ) -> models.CompanyCase:
        """Read a case.

        Scope: `cases.read`.
        """
        _answer: models.CompanyCase = self._connection.call(
            "GET", "/api/v2/cases/{number}", {"number": number}, query={"fields": fields}, known=known
        )
        return _answer


class CompanyGuardia(Connection):
    """An installation of Guardia, by a company's own key (`gdc_…`): its cases alone."""

    @cached_property
    def cases(self) -> CompanyCases:
        return CompanyCases(self)
