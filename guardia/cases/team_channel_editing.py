"""A channel of a team as an administrator enters it: where it is, which news goes there; each change on record."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from guardia.cases.resolver_group import ResolverGroup, all_groups
from guardia.clocks import watch
from guardia.config.languages import PUBLISHED_IN
from guardia.customers.customer import Customer
from guardia.customers.values import Misfit, Reader, Unfit, fold, language, line, read
from guardia.events.kinds import TeamNews
from guardia.notices.team_address import PLACE_FIELDS, PlaceUnfit, place_read, secret_read
from guardia.notices.team_channel import NOUN, TROUBLE, TeamChannel
from guardia.people.setting_change import put_on_record
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.vocabulary import Impact

LONGEST_NAME, LONGEST_SECRET, LONGEST_PLACE, LONGEST_COMPANIES = 60, 1000, 600, 20_000
MOST_COMPANIES = 200


def some_of(known: Iterable[str]) -> Reader:
    """Some of a closed list, in its order. The reader raises Misfit."""
    in_order = list(known)

    def reader(value: Iterable[Any]) -> list[str]:
        wanted = {str(one) for one in value or ()}
        if wanted - set(in_order):
            raise Misfit(_("Something here is not in the list. Choose from the list."))
        return [one for one in in_order if one in wanted]

    return reader


def some_news(value: Iterable[Any]) -> list[str]:
    found = some_of(news.value for news in TeamNews)(value)
    if not found:
        raise Misfit(_("Choose at least one kind of news. To send none, take the channel out of use."))
    return found


def desk_names(at: datetime) -> dict[str, str]:
    """The desks of the procedure in force at this hour (UTC), by key, with their names; none where none is."""
    known = versions.version_at(at)
    return {desk.key: str(desk.name) for desk in known.procedure.desks} if known else {}


def groups(value: Iterable[Any]) -> list[int]:
    """The ids of groups, those out of use too: a channel may be older. Raises Misfit."""
    return [int(pk) for pk in some_of(str(group.pk) for group in all_groups())(value)]


def companies(value: Any) -> list[int]:
    """The ids of the companies that are named, a name on each line. Raises Misfit with the first that is none."""
    names = [" ".join(one.split()) for one in str(value or "").splitlines() if one.strip()]
    if len(names) > MOST_COMPANIES:
        raise Misfit(_("Name at most %d companies, or none for all of them.") % MOST_COMPANIES)
    found = dict(Customer.objects.filter(folded_name__in=map(fold, names)).values_list("folded_name", "pk"))
    for name in names:
        if fold(name) not in found:
            raise Misfit(_("There is no company “%s”. Write its name as it stands under Companies.") % name[:80])
    return list(dict.fromkeys(found[fold(name)] for name in names))


def clock(value: Any) -> time | None:
    return value if isinstance(value, time) else None


def readers(at: datetime) -> Mapping[str, Reader]:
    """By field of the form, without those of the address, which turn on the kind; with the desks of this hour (UTC)."""
    impacts = some_of(impact.value for impact in Impact)
    return {
        "name": line(LONGEST_NAME, needed=True),
        "language": language,
        "news": some_news,
        "impacts": impacts,
        "desks": some_of(desk_names(at)),
        "groups": groups,
        "companies": companies,
        "quiet_from": clock,
        "quiet_until": clock,
        "quiet_impacts": impacts,
        "with_company": bool,
        "active": bool,
    }


FIELDS = (
    *("name", "language", "news", "impacts", "desks", "companies", "quiet_from", "quiet_until", "quiet_impacts"),
    *("with_company", "active"),
)


def fields_of(channel: TeamChannel) -> dict[str, Any]:
    """The fields of a form that would save this channel as it is; its secret, which stays, is none of them."""
    named = dict(Customer.objects.filter(pk__in=channel.companies).values_list("pk", "name"))
    return {
        **{name: getattr(channel, name) for name in FIELDS},
        "groups": [str(pk) for pk in channel.groups],
        "companies": "\n".join(named[pk] for pk in channel.companies if pk in named),
        **{name: channel.place.get(name, "").replace(" ", "\n") for name in PLACE_FIELDS.get(channel.kind, ())},
    }


def typed(channel: TeamChannel | None, kind: str, fields: Mapping[str, Any], at: datetime) -> TeamChannel:
    """A channel as it would be with these fields at this hour (UTC), not saved. An empty secret is the stored one.
    Raises Unfit with each field that is wrong.
    """
    problems: dict[str, str] = {}
    found = channel or TeamChannel(kind=kind)

    def tried[Value](work: Callable[[], Value]) -> Value | None:
        try:
            return work()
        except (Unfit, PlaceUnfit) as unfit:
            problems.update(unfit.problems)
        return None

    reading = readers(at)
    given = tried(lambda: read(reading, {name: fields.get(name) for name in reading})) or {}
    place = tried(lambda: place_read(kind, fields))
    secret = tried(lambda: secret_of(found, kind, str(fields.get("secret") or "")))
    quiet = given.get("quiet_from"), given.get("quiet_until")
    if given and (quiet[0] is None) != (quiet[1] is None):
        missing = "quiet_until" if quiet[1] is None else "quiet_from"
        problems[missing] = _("Write both hours, such as 22:00 and 07:00, or neither.")
    if given and TeamChannel.objects.filter(name=given["name"]).exclude(pk=found.pk).exists():
        problems["name"] = _("There is a channel of this name already. Choose another.")
    if problems:
        raise Unfit(problems)
    for name, value in given.items():
        setattr(found, name, value)
    found.place, found.secret = place or {}, [secret or ""]
    return found


def secret_of(channel: TeamChannel, kind: str, written: str) -> str:
    """Raises Unfit."""
    if not written.strip() and channel.secret:
        return channel.secret[0]
    try:
        return secret_read(kind, written)
    except Misfit as misfit:
        raise Unfit({"secret": str(misfit)}) from misfit


def save(
    channel: TeamChannel | None, kind: str, fields: Mapping[str, Any], *, by: Staff | None, at: datetime
) -> TeamChannel:
    """Write a new channel, or what is changed of one, as changed ``by`` whom ``at`` (UTC). Raises Unfit."""
    before = TeamChannel.objects.get(pk=channel.pk) if channel else None
    was = recorded_values(before, at) if before else None
    saved = typed(channel, kind, fields, at)
    saved.save()
    values = recorded_values(saved, at)
    if before is None or list(before.secret) != list(saved.secret):
        values["channel_secret"] = "set"
    put_on_record(NOUN, saved.pk, was, values, by=by, at=at)
    if before:
        watch.is_well(TROUBLE, before.name)
    return saved


def recorded_values(channel: TeamChannel, at: datetime) -> dict[str, Any]:
    """As the record has it: names for whoever reads it later, nothing that is secret."""
    with override(PUBLISHED_IN):
        named_desks = desk_names(at)
        group_names = {group.pk: group.name for group in ResolverGroup.objects.filter(pk__in=channel.groups)}
    company_names = dict(Customer.objects.filter(pk__in=channel.companies).values_list("pk", "name"))
    hours = [each.strftime("%H:%M") for each in (channel.quiet_from, channel.quiet_until) if each]
    return {
        "name": channel.name,
        "channel_kind": channel.kind,
        **{f"channel_{name}": value for name, value in channel.place.items()},
        "language": channel.language,
        "news": list(channel.news),
        "impacts": list(channel.impacts),
        "desks": [named_desks.get(key, key) for key in channel.desks],
        "resolver_groups": [group_names.get(pk, str(pk)) for pk in channel.groups],
        "companies": [company_names.get(pk, str(pk)) for pk in channel.companies],
        "quiet_hours": "–".join(hours),
        "quiet_impacts": list(channel.quiet_impacts),
        "with_company": channel.with_company,
        "active": channel.active,
    }
