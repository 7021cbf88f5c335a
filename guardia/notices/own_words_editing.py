"""The operator's own words as a supervisor writes them: each change is a new version, and stays on record.

Every function keeps what it was given or raises ValidationError by field, each with its remedy.
"""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from guardia.config.languages import language_codes
from guardia.customers.values import Reader, line, read
from guardia.events.kinds import LETTERS
from guardia.notices.own_words import OwnWording
from guardia.notices.own_words_trial import LONGEST, paragraphs, problems
from guardia.notices.wording.own_news import Words
from guardia.people.setting_change import put_on_record, take_turn
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import Moment, worded_variants

NOUN = "wording"
TEXT: dict[str, Reader] = {
    "subject": line(LONGEST["subject"], needed=True),
    "headline": line(LONGEST["headline"], needed=True),
    "body": paragraphs(LONGEST["body"]),
}


def is_event(moment: str, variant: str, language: str) -> bool:
    """True if a text may be written for it."""
    known = moment in LETTERS and language in language_codes()
    return known and (not variant or variant in worded_variants(Moment(moment)))


def key_of(moment: str, variant: str, language: str) -> str:
    """``confirmed-supervisor/es``: by this key its changes are on record."""
    return f"{moment}-{variant}/{language}" if variant else f"{moment}/{language}"


def newest(moment: str, variant: str, language: str) -> OwnWording | None:
    """The last version, also where it gives the text back to Guardia."""
    return versions_of(moment, variant, language)[:1].first()


def versions_of(moment: str, variant: str, language: str) -> QuerySet[OwnWording]:
    """All versions with who made them, the newest first."""
    found = OwnWording.objects.filter(moment=moment, variant=variant, language=language)
    return found.select_related("made_by").order_by("-version")


def version_of(moment: str, variant: str, language: str, version: int) -> OwnWording | None:
    """The version of this number with who made it."""
    return versions_of(moment, variant, language).filter(version=min(version, 2**31 - 1)).first()


def save(
    moment: str,
    variant: str,
    language: str,
    subject: str,
    headline: str,
    body: str,
    by: Staff | None,
    at: datetime,
    *,
    seen: int | None = None,
) -> OwnWording:
    """The next version, or the newest where it says the same. ``at`` (UTC): whose procedure says what must be told (P).

    ``seen``: the version on which it was written, 0 for none; where another has come since, it is refused.
    Raises ValidationError, NoProcedure.
    """
    known_event(moment, variant, language)
    kept = read(TEXT, {"subject": subject, "headline": headline, "body": body})
    words = Words(**kept)
    if wrong := problems(moment, variant, language, words, versions.in_force(at).procedure, at):
        raise ValidationError(wrong)
    return following(OwnWording(moment=moment, variant=variant, language=language, **kept), by, at, seen)


def back_to(older: OwnWording, by: Staff | None, at: datetime, *, seen: int | None = None) -> OwnWording:
    """A new version that repeats this one. Raises ValidationError, also where the procedure wants more told today."""
    event = (older.moment, older.variant, older.language)
    if not older.is_own:
        return back_to_ours(*event, by, at, seen=seen)
    return save(*event, older.subject, older.headline, older.body, by, at, seen=seen)


def back_to_ours(
    moment: str, variant: str, language: str, by: Staff | None, at: datetime, *, seen: int | None = None
) -> OwnWording:
    """From here on Guardia's own text is sent again. Raises ValidationError."""
    known_event(moment, variant, language)
    return following(OwnWording(moment=moment, variant=variant, language=language, is_own=False), by, at, seen)


def following(new: OwnWording, by: Staff | None, at: datetime, seen: int | None) -> OwnWording:
    """Kept as the next version, unless it says what the newest says."""
    event = (new.moment, new.variant, new.language)
    take_turn(NOUN, key_of(*event))
    before = newest(*event)
    if seen is not None and seen != (before.version if before else 0):
        raise changed_meanwhile()
    if before and recorded_values(before) == recorded_values(new):
        return before
    new.version, new.made_at, new.made_by = (before.version if before else 0) + 1, at, by
    try:
        with transaction.atomic():
            new.save(force_insert=True)
    except IntegrityError as taken:
        raise changed_meanwhile() from taken
    put_on_record(NOUN, key_of(*event), recorded_values(before) if before else None, recorded_values(new), by=by, at=at)
    return new


def recorded_values(wording: OwnWording) -> Mapping[str, str | bool]:
    """What is on record of a version."""
    return {name: getattr(wording, name) for name in ("is_own", "subject", "headline", "body")}


def known_event(moment: str, variant: str, language: str) -> None:
    if not is_event(moment, variant, language):
        raise ValidationError(_("There is no notice of this name. Choose one from the list."))


def changed_meanwhile() -> ValidationError:
    words = _("Somebody else changed this text meanwhile; yours was not saved. Look at the newest version first.")
    return ValidationError(words, code="changed")
