"""A quick answer as it is written: each change is a new edition, read and on record; out of use and in use again."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from guardia.config.languages import PUBLISHED_IN, language_codes
from guardia.config.sql_rows import take_turn
from guardia.customers.values import Misfit, Reader, fields_of_titled_texts, line, lines, read, titled_texts
from guardia.notices.own_words_trial import paragraphs
from guardia.notices.wording.placeholders import loose_brace, places
from guardia.people.setting_change import put_on_record
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import RequestStage, Stage
from guardia.quick_answers.filling import NAMES
from guardia.quick_answers.quick_answer import NOUN, QuickAnswer, QuickAnswerEdition, text_in

LONGEST_TITLE, LONGEST_TEXT, LONGEST_CAUSES, LONGEST_REASON = 80, 2_000, 600, 200
STAGES = tuple(stage.value for stage in (*tuple(Stage)[2:], *RequestStage))
"""Those in which somebody writes to a customer: a case begins with its diagnosis, or as a request that is taken."""


def stages(value: Iterable[str]) -> list[str]:
    """The stages, each once, in their own order. Raises Misfit."""
    wanted = set(value or ())
    if wanted - set(STAGES):
        raise Misfit(_("There is no such stage. Choose from the list."))
    return [stage for stage in STAGES if stage in wanted]


def text_with_placeholders(value: Any) -> str:
    """The text, in paragraphs. Raises Misfit that names the placeholder which is unknown."""
    text = paragraphs(LONGEST_TEXT)(value)
    if brace := loose_brace(text):
        raise Misfit(_("The brace in “%s” is unmatched. Write placeholders like {number}.") % brace)
    if strange := [name for name in places(text) if name not in NAMES]:
        words = _("The placeholder {%s} is unknown here. Choose one from the list, or remove it.")
        raise Misfit(words % strange[0][:40])
    return text


def readers() -> dict[str, Reader]:
    """By field of the form: a title and a text for each language of the installation."""
    return {
        **{f"title_{code}": line(LONGEST_TITLE, needed=code == PUBLISHED_IN) for code in language_codes()},
        **{f"text_{code}": text_with_placeholders for code in language_codes()},
        "causes": lines(LONGEST_CAUSES),
        "stages": stages,
        "reason": line(LONGEST_REASON),
    }


def fields_of(edition: QuickAnswerEdition) -> dict[str, Any]:
    """The fields of a form that would write this edition once more."""
    return {**fields_of_titled_texts(edition.texts), "causes": edition.causes, "stages": edition.stages}


def all_answers() -> QuerySet[QuickAnswer]:
    """Every answer with its newest edition, by number."""
    return QuickAnswer.objects.select_related("newest__made_by").order_by("number")


def answer_of_number(number: int) -> QuickAnswer | None:
    return all_answers().filter(number=number).first()


def editions_of(answer: QuickAnswer) -> QuerySet[QuickAnswerEdition]:
    """All its editions with who made them, the newest first."""
    return answer.editions.select_related("made_by").order_by("-edition")


def save(answer: QuickAnswer | None, fields: Mapping[str, Any], *, by: Staff | None, at: datetime) -> QuickAnswer:
    """Write a new answer, or the next edition of one; nothing where nothing changes. ``at`` is UTC.

    Raises ValidationError, at the fields.
    """
    given = read(readers(), {name: fields.get(name, "") for name in readers()})
    texts = titled_texts(given)
    answer = new_answer() if answer is None else held(answer)
    before = answer.newest
    # A language that this installation no longer has stays as it is.
    others = {code: text for code, text in (before.texts if before else {}).items() if code not in language_codes()}
    edition = QuickAnswerEdition(texts={**others, **texts}, causes=given["causes"], stages=given["stages"])
    edition.reason = given["reason"]
    return following(answer, edition, by, at)


def new_answer() -> QuickAnswer:
    take_turn("number of a quick answer")
    last = QuickAnswer.objects.aggregate(last=Max("number"))["last"] or 0
    return QuickAnswer.objects.create(number=last + 1)


def held(answer: QuickAnswer) -> QuickAnswer:
    """The answer as it is now, held until the transaction ends: whoever changes it goes one after the other."""
    return QuickAnswer.objects.select_for_update(of=("self",)).select_related("newest").get(pk=answer.pk)


def following(answer: QuickAnswer, edition: QuickAnswerEdition, by: Staff | None, at: datetime) -> QuickAnswer:
    """Keep it as the next edition, unless it says what the newest says."""
    before = answer.newest
    if edition.says_the_same(before):
        return answer
    was = recorded_values(answer) if before else None
    edition.answer, edition.edition = answer, (before.edition if before else 0) + 1
    edition.made_at, edition.made_by = at, by
    edition.save(force_insert=True)
    answer.newest = edition
    answer.save(update_fields=["newest"])
    put_on_record(NOUN, answer.number, was, recorded_values(answer), by=by, at=at, reason=edition.reason)
    return answer


def back_to(answer: QuickAnswer, number: int, *, by: Staff | None, at: datetime) -> QuickAnswer:
    """Write a new edition that repeats the one of this number. Raises ValidationError where there is none."""
    answer = held(answer)
    older = answer.editions.filter(edition=number).first()
    if older is None:
        raise ValidationError(_("There is no edition of this number. Choose one from the history."))
    edition = QuickAnswerEdition(texts=older.texts, causes=older.causes, stages=older.stages)
    edition.reason = _("Back to edition %(n)d") % {"n": older.edition}
    return following(answer, edition, by, at)


def turn(answer: QuickAnswer, is_active: bool, *, by: Staff | None, at: datetime) -> QuickAnswer:
    """Whether it is offered from now on."""
    answer = held(answer)
    was = recorded_values(answer)
    answer.active = is_active
    answer.save(update_fields=["active"])
    put_on_record(NOUN, answer.number, was, recorded_values(answer), by=by, at=at)
    return answer


def recorded_values(answer: QuickAnswer) -> dict[str, Any]:
    """What is on record of an answer; its words stand in its editions."""
    newest = answer.newest
    return {
        "title": text_in(newest.texts, PUBLISHED_IN).title if newest else "",
        "edition": newest.edition if newest else 0,
        "active": answer.active,
    }
