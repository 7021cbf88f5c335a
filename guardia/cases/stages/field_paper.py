"""P4 on paper: the letter for the guard at the gate, the parts that were put in, who of the company signed for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from guardia.cases.refusals import FileOfAnotherCase, Missing
from guardia.cases.stages.agreement import LINE, rows_of, short, text_of_clause
from guardia.cases.stages.visits import Visits
from guardia.cases.verbs import Event
from guardia.evidence.files import CaseFile
from guardia.field.visit import Visit, parts_in_a_line
from guardia.people.staff import Actor
from guardia.procedure.vocabulary import Moment, Stage

if TYPE_CHECKING:
    from guardia.cases.case import Case


class FieldPaper(Visits):
    def send_permit_letter(self: "Case", *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """The letter for the guard at the gate goes to the company: who enters, with what, when (P4 D).

        Sent once until the visit is changed or handed over. Documents of identity stand in the letter alone.
        Raises NoOpenVisit, VisitOutOfOrder, Missing.
        """
        visit = self.must_be_agreed()
        if visit.permit_letter_at and (sent := self.said_of(visit, Moment.PERMIT_LETTER_SENT)):
            return sent
        self.must_be_in(Stage.DIAGNOSIS, Stage.EXECUTION)
        self.must_not_precede(at, visit.agreed_at)
        must_name_who_enters(visit)
        visit.permit_letter_at = at
        visit.save(update_fields=["permit_letter_at"])
        data = {"visit": visit.pk, "people": len(visit.people)}
        texts = {"people": ", ".join(each["name"] for each in visit.people)}
        return self.write(Moment.PERMIT_LETTER_SENT, by=by, at=at, now=now, data=data, texts=texts)

    def use_parts(
        self: "Case",
        parts: Sequence[Mapping[str, Any]],
        *,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
        source: str = "desk",
    ) -> Event:
        """What was put in at the site in this visit, the whole list: another list takes its place (P4).

        Raises NoOpenVisit, VisitOutOfOrder, Missing, BadQuantity, CaseIsClosed.
        """
        self.must_be_open()
        self.must_be_an_incident()
        visit = self.must_have_arrived()
        used = rows_of("parts", parts, "serial")
        if used == visit.parts_used and (said := self.said_of(visit, Moment.PARTS_USED)):
            return said
        if not used and not visit.parts_used:
            raise Missing("P4", "parts", _("the parts that were used"))
        self.must_not_precede(at, visit.arrived_at)
        visit.parts_used = used
        visit.save(update_fields=["parts_used"])
        data = {"visit": visit.pk, "lines": len(used), "source": source}
        return self.write(
            Moment.PARTS_USED, by=by, at=at, now=now, data=data, texts={"parts": parts_in_a_line(used, "serial")}
        )

    def sign_visit(
        self: "Case",
        name: str,
        position: str,
        *,
        by: Actor,
        at: datetime,
        now: datetime | None = None,
        signature: CaseFile | None = None,
        source: str = "desk",
    ) -> Event:
        """Somebody of the company signed for the work at the site. It confirms nothing: P5 asks who answers for that.

        Raises NoOpenVisit, VisitOutOfOrder, Missing, TooLong, FileOfAnotherCase, CaseIsClosed.
        """
        self.must_be_open()
        self.must_be_an_incident()
        visit = self.must_have_arrived()
        name = text_of_clause("P4", "name", name, _("who signs"), LINE)
        position = short("position", position, _("the position of who signs"), LINE)
        if signature and (signature.case_id != self.pk or signature.withdrawn_at):
            raise FileOfAnotherCase()
        signed = (visit.signed_by, visit.signed_position, visit.signature_id)
        is_same = signed == (name, position, signature.pk if signature else visit.signature_id)
        if is_same and (said := self.said_of(visit, Moment.VISIT_SIGNED)):
            return said
        self.must_not_precede(at, visit.arrived_at)
        visit.signed_at, visit.signed_by, visit.signed_position = at, name, position
        visit.signature = signature
        visit.save(update_fields=["signed_at", "signed_by", "signed_position", "signature"])
        data = {"visit": visit.pk, "file": signature.pk if signature else None, "source": source}
        return self.write(
            Moment.VISIT_SIGNED, by=by, at=at, now=now, data=data, texts={"name": name, "position": position}
        )


def must_name_who_enters(visit: Visit) -> None:
    """The guard lets in whom the letter names, by a document he can compare. Raises Missing."""
    if not visit.people:
        raise Missing("P4", "people", _("who enters, each with an identity document"))
    if without := [each["name"] for each in visit.people if not each.get("document")]:
        raise Missing("P4", "people", _("the identity document of %(who)s") % {"who": ", ".join(without)})
