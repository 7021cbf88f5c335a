"""What is said about a case: a note for the house, or a word to the customer. Two verbs, so they are never confused."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from guardia.cases.verbs import Event, Recording, need
from guardia.people.actor import Actor
from guardia.procedure.vocabulary import Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case


class Talk(Recording):
    def note(self: "Case", text: str, *, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        """A note that only the house reads."""
        return self._say(Moment.NOTED, text, by, at, now)

    def tell(self: "Case", text: str, *, by: Actor, at: datetime) -> Event:
        """A word to the customer: every contact who follows the news is told, and the next news falls due anew."""
        return self._say(Moment.NEWS_SENT, text, by, at)

    def _say(self: "Case", moment: Moment, text: str, by: Actor, at: datetime, now: datetime | None = None) -> Event:
        self.must_be_open()
        texts = {"text": need("P2", "text", text, _("the text"))}
        return self.said_already(moment, by=by, at=at, texts=texts) or self.write(
            moment, by=by, at=at, now=now, texts=texts
        )
