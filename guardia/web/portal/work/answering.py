"""A company agrees to a planned work, or says what does not suit it: done behind the house's wall, for its contact."""

from django.http import HttpRequest

from guardia.cases.refusals import Refused
from guardia.config.now import now
from guardia.config.walls import Wall, behind
from guardia.customers.contact import Contact
from guardia.outages import work_answers, work_turns
from guardia.web.portal.visitor import text_in

ACTS = ("de-acuerdo", "objetar")


def answer(request: HttpRequest, contact: Contact, work_id: int, act: str) -> str:
    """What refused it, in a sentence; empty where it is done. The work was found behind the company's wall."""
    try:
        with behind(Wall.STAFF):
            work = work_turns.held(work_id)
            at = now()
            if act == "de-acuerdo":
                work_answers.agree(work, contact, at=at)
            else:
                work_answers.object_(work, contact, text_in(request, "texto", 500), at=at)
    except Refused as refused:
        return str(refused)
    return ""
