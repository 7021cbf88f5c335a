"""The limits of domains as an operator gives them: how many mails a minute to one; each change is on record.

A limit drops nothing: what is above it waits its turn (``pacing``). Where there is none, nothing is held back.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.customers.values import Misfit, Reader, line, read
from guardia.notices.pacing import DomainLimit, domain_of
from guardia.people.setting_change import SettingChange, put_on_record, take_turn
from guardia.people.staff import Staff

NOUN = "domain_limit"
LONGEST_DOMAIN, LONGEST_KEY = 253, 60
MOST_A_MINUTE = 6000
"""A hundred a second: more than that holds nothing back."""

NO_DOMAIN = gettext_lazy("The domain is missing. Write what follows the @, such as example.com.")
NO_NUMBER = gettext_lazy("Write how many mails may leave for this domain in a minute, as a whole number like 30.")
MOST_LIMITS = 200
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])")


def domain(value: Any) -> str:
    """A domain in ASCII and lower case; of a whole mail address what stands behind its @. Raises Misfit."""
    written = line(LONGEST_DOMAIN)(str(value or "")).rpartition("@")[2].rstrip(".")
    if not written:
        raise Misfit(str(NO_DOMAIN))
    if "*" in written:
        raise Misfit(_("A limit is for one domain; there is none for all the others. Write one like example.com."))
    found = domain_of(f"x@{written}")
    if len(found) > LONGEST_DOMAIN or not DOMAIN.fullmatch(found):
        raise Misfit(_("“%s” is not a domain. Write what follows the @, such as example.com.") % written[:80])
    return found


def per_minute(value: Any) -> int:
    """How many a minute, at least one. Raises Misfit."""
    written = str("" if value is None else value).strip()
    if not (written.isascii() and written.isdigit()):
        raise Misfit(str(NO_NUMBER))
    count = int(written) if len(written) < 10 else MOST_A_MINUTE + 1
    if count < 1:
        raise Misfit(_("With 0 no mail would ever leave. Write 1 or more."))
    if count > MOST_A_MINUTE:
        sentence = _("More than %d a minute is not a limit. Enter less, or give this domain no limit.")
        raise Misfit(sentence % MOST_A_MINUTE)
    return count


FIELDS: dict[str, Reader] = {"domain": domain, "per_minute": per_minute}


def limits() -> list[DomainLimit]:
    """All of them, by name."""
    return list(DomainLimit.objects.order_by("domain"))


def key_of(domain: str) -> str:
    """Under what the record of changes knows a domain; a long one is cut and stays apart from its like."""
    if len(domain) <= LONGEST_KEY:
        return domain
    return f"{domain[: LONGEST_KEY - 9]}~{hashlib.sha256(domain.encode()).hexdigest()[:8]}"


def last_changes(domains: Iterable[str]) -> dict[str, SettingChange]:
    """By domain who set its limit last, and when; ``by`` loaded. None for a limit that was never on record."""
    keys = {key_of(each): each for each in domains}
    found = SettingChange.objects.filter(noun=NOUN, key__in=keys).select_related("by")
    return {keys[change.key]: change for change in found.order_by("key", "-pk").distinct("key")}


def save(fields: Mapping[str, Any], *, by: Staff | None, at: datetime, of: DomainLimit | None = None) -> DomainLimit:
    """Give a domain its limit: ``domain`` and ``per_minute``; ``of``: the limit whose number changes. ``at`` is UTC.

    It holds for each mail that leaves from now on. Raises ValidationError by field, each with its remedy.
    """
    asked = ("per_minute",) if of else ("domain", "per_minute")
    kept = read(FIELDS, {name: fields.get(name) for name in asked})
    name, count = of.domain if of else kept["domain"], kept["per_minute"]
    take_turn(NOUN, key_of(name))
    before = DomainLimit.objects.filter(domain=name).first()
    if of is None and before is not None:
        sentence = _("%(domain)s already has a limit: %(n)d a minute. Change it in the list.")
        raise ValidationError({"domain": sentence % {"domain": name, "n": before.per_minute}})
    if before is None and DomainLimit.objects.count() >= MOST_LIMITS:
        raise ValidationError(_("There are %d limits, and no more fit. Remove one first.") % MOST_LIMITS)
    limit, _made = DomainLimit.objects.update_or_create(domain=name, defaults={"per_minute": count})
    put_on_record(NOUN, key_of(name), recorded_values(before) if before else None, recorded_values(limit), by=by, at=at)
    return limit


def remove(limit: DomainLimit, *, by: Staff | None, at: datetime) -> None:
    """No limit for this domain from now on; what had a turn leaves within the minute. Once more: nothing happens."""
    take_turn(NOUN, key_of(limit.domain))
    gone, _tables = DomainLimit.objects.filter(domain=limit.domain).delete()
    if gone:
        put_on_record(NOUN, key_of(limit.domain), recorded_values(limit), None, by=by, at=at)


def restore(removed: int, *, by: Staff | None, at: datetime) -> DomainLimit:
    """The limit that the change ``removed`` took away, as it was. Raises ValidationError where it took none away."""
    change = SettingChange.objects.filter(pk=removed, noun=NOUN, after__isnull=True).first()
    if change is None or change.before is None:
        raise ValidationError(_("There is no limit to restore here. Write it again."))
    return save(change.before, by=by, at=at)


def recorded_values(limit: DomainLimit) -> dict[str, Any]:
    """As the record of changes keeps it."""
    return {"domain": limit.domain, "per_minute": limit.per_minute}
