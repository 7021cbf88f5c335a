"""Which of the operator's own texts holds: the newest version of an event and language, unless it gave ours back."""

from collections.abc import Iterable, Mapping

from django.db import models
from django.db.models import QuerySet

from guardia.config.sql_rows import rows_of
from guardia.notices.notice import Notice
from guardia.notices.wording.own_news import Words

# The operator's own words for a notice, and the letterhead of all. A version is never changed: the newest one holds.
#
# The way back is a newer version that repeats an older one, or one without words, which is Guardia's own text again.


class OwnWording(models.Model):
    moment = models.CharField(max_length=30)
    variant = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=5)
    version = models.IntegerField(help_text="1, 2, … of this event and language")
    subject = models.CharField(max_length=200, blank=True)
    headline = models.TextField(blank=True, help_text="the first sentence: the news")
    body = models.TextField(blank=True, help_text="what follows it")
    is_own = models.BooleanField(default=True, help_text="false: back to the text of Guardia")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "own_wording"
        constraints = [
            models.UniqueConstraint(fields=["moment", "variant", "language", "version"], name="own_wording_once"),
        ]

    def __str__(self) -> str:
        return f"{self.moment} {self.language} {self.version}"


class Letterhead(models.Model):
    version = models.IntegerField(unique=True)
    sender = models.CharField(max_length=120, blank=True, help_text="who signs; empty: the desk of the procedure")
    heading = models.CharField(max_length=200, blank=True, help_text="one line above the letter")
    footer = models.TextField(blank=True, help_text="below the signature: address, web page, legal line")
    logo = models.BinaryField(null=True)
    logo_type = models.CharField(max_length=40, blank=True, help_text="image/png or image/jpeg")
    colour = models.CharField(max_length=7, blank=True, help_text="#rrggbb of the rule under the heading")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "letterhead"

    def __str__(self) -> str:
        return f"letterhead {self.version}"


OTHERWISE = ("idle", "denies", "report_edition")
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
