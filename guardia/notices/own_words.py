"""Which of the operator's own texts holds: the newest version of an event and language, unless it gave ours back."""

from collections.abc import Iterable, Mapping

from django.db.models import QuerySet

from guardia.config.sql_rows import rows_of
from guardia.notices.notice import Notice
from guardia.notices.own_wording import OwnWording
from guardia.notices.wording.own_news import Words

OTHERWISE = ("idle", "denies")
"""In the data of an event: it came about otherwise than the operator's text for its moment says, so ours holds."""
Event = tuple[str, str]
"""A moment and its variant; an empty one stands for all that have no text of their own."""


class InForce:
    """The ids of the texts in force, by event and language."""

    def __init__(self, ids: Mapping[tuple[str, str, str], int]) -> None:
        self.ids = ids

    def get(self, moment: str, variant: str, language: str) -> int | None:
        """That of the variant goes first; None where Guardia's own text holds."""
        of_all = self.ids.get((moment, "", language))
        return self.ids.get((moment, variant, language), of_all)


def in_force(events: Iterable[Event]) -> InForce:
    """The texts that hold now for these events, in every language. One query; none for no events."""
    moments = {moment for moment, _variant in events}
    if not moments:
        return InForce({})
    newest = rows_of(NEWEST, [sorted(moments)])
    return InForce({(moment, variant, language): pk for moment, variant, language, pk, own in newest if own})


# By hand, since every record asks it.
NEWEST = """
    SELECT DISTINCT ON (moment, variant, language) moment, variant, language, id, is_own
    FROM own_wording WHERE moment = ANY(%s) ORDER BY moment, variant, language, version DESC
"""


def count() -> int:
    """How many notices are told in the operator's words, each language for itself."""
    return sum(_newest_of_each().values_list("is_own", flat=True))


def newest_of_all() -> dict[tuple[str, str, str], OwnWording]:
    """The newest version of each event and language with who made it; one query, however many versions there are."""
    found = _newest_of_each().select_related("made_by")
    return {(one.moment, one.variant, one.language): one for one in found}


def _newest_of_each() -> QuerySet[OwnWording]:
    newest = OwnWording.objects.order_by("moment", "variant", "language", "-version")
    return newest.distinct("moment", "variant", "language")


def words_of(notice: Notice) -> Words | None:
    """The operator's words under which this notice was owed, as they were then; None where they are ours."""
    if any(name in (notice.facts.get("data") or {}) for name in OTHERWISE):
        return None
    wording = notice.wording if notice.wording_id else None
    return Words(wording.subject, wording.headline, wording.body) if wording and wording.is_own else None
