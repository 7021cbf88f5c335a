"""A quick answer: a text for a stage and a cause, in several languages, with the placeholders that letters have."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models

from guardia.config.languages import OF_THE_SOURCES, PUBLISHED_IN

NOUN = "quick_answer"
"""Under which the changes of quick answers are on record, by their number."""


class QuickAnswer(models.Model):
    """``newest``: the edition that holds. One that is not active is offered to nobody and stays on record."""

    number = models.IntegerField(unique=True, help_text="shown as RR-0007")
    active = models.BooleanField(default=True)
    newest = models.ForeignKey("guardia.QuickAnswerEdition", models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "quick_answer"

    def __str__(self) -> str:
        return self.display_number

    @property
    def display_number(self) -> str:
        return f"RR-{self.number:04d}"


class QuickAnswerEdition(models.Model):
    """One edition, which is never changed: each change is a further one, and going back repeats an older one."""

    answer = models.ForeignKey(QuickAnswer, models.PROTECT, related_name="editions")
    edition = models.IntegerField(help_text="1, 2, … of this answer")
    texts = models.JSONField(help_text='by language: {"es": {"title": …, "text": …}}')
    causes = models.TextField(blank=True, help_text="for which faults it is meant, a line each")
    stages = models.JSONField(default=list, help_text="of Stage and RequestStage; empty: any")
    reason = models.CharField(max_length=200, blank=True, help_text="why it was changed")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "quick_answer_edition"
        constraints = [models.UniqueConstraint(fields=["answer", "edition"], name="quick_answer_edition_once")]

    def __str__(self) -> str:
        return f"{self.answer_id}/{self.edition}"

    @property
    def cause_lines(self) -> list[str]:
        return self.causes.splitlines()

    def says_the_same(self, other: "QuickAnswerEdition | None") -> bool:
        names = ("texts", "causes", "stages")
        return other is not None and all(getattr(self, name) == getattr(other, name) for name in names)


class QuickAnswerUse(models.Model):
    """A quick answer that was sent: it stands in the words of this event. What was inserted and taken out is none."""

    answer = models.ForeignKey(QuickAnswer, models.PROTECT, related_name="uses")
    event = models.ForeignKey("guardia.CaseEvent", models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        app_label = "guardia"
        db_table = "quick_answer_use"
        constraints = [models.UniqueConstraint(fields=["answer", "event"], name="quick_answer_use_once")]

    def __str__(self) -> str:
        return f"{self.answer_id} in {self.event_id}"


@dataclass(frozen=True, slots=True)
class AnswerText:
    """``language`` in which it stands, which may be another than was wanted."""

    title: str
    text: str
    language: str


def text_in(texts: Mapping[str, Mapping[str, str]], wanted: str) -> AnswerText:
    """The text in the language ``wanted``; where it lacks, in the published one, in English, or in any there is."""
    for language in dict.fromkeys((wanted, PUBLISHED_IN, OF_THE_SOURCES, *texts)):
        if (found := texts.get(language)) and found.get("text"):
            return AnswerText(found.get("title", ""), found["text"], language)
    return AnswerText("", "", wanted)
