"""The exchanges that are known: how one is added, addressed anew, mapped to persons, and heard or not heard."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from guardia.calls.exchange import Exchange, ExchangeAgent, ExchangeGap, ExchangeKind
from guardia.people import secret_address
from guardia.people.setting_change import put_on_record, take_turn
from guardia.people.staff import Staff

SILENT_AFTER = timedelta(seconds=30)
LONGEST_NAME = 60
LONGEST_AGENT = 120
EXCHANGE, AGENT = "exchange", "exchange_agent"


class ExchangeRefused(ValueError):
    """What was asked cannot be done; the words say why and what to do, in the reader's language."""


def named(name: str) -> Exchange:
    """Raises ExchangeRefused."""
    found = Exchange.objects.filter(name=name).first()
    if found is None:
        known = ", ".join(Exchange.objects.order_by("name").values_list("name", flat=True)) or _("none yet")
        raise ExchangeRefused(
            _("There is no exchange “%(name)s”. Known: %(known)s. Add it with `guardia phone exchange add`.")
            % {"name": name, "known": known}
        )
    return found


def only_one() -> Exchange:
    """The only exchange that is listened to. Raises ExchangeRefused where there are none, or several to choose from."""
    found = list(listened_to()[:2])
    if len(found) == 1:
        return found[0]
    if found:
        raise ExchangeRefused(_("There are several exchanges: say which with --exchange NAME, or set AMI_NAME."))
    raise ExchangeRefused(_("There is no exchange yet: add one with `guardia phone exchange add NAME --ami`."))


def add(
    name: str,
    kind: str,
    *,
    at: datetime,
    by: Staff | None = None,
    country: str = "EC",
    queues: Mapping[str, str] | None = None,
    contexts: Sequence[str] = (),
    signed: bool = False,
) -> tuple[Exchange, str]:
    """A new exchange, and the token of its address (empty for one that we listen to). ``at`` is UTC.

    Raises ExchangeRefused.
    """
    name = name.strip()
    _check(name, country)
    take_turn(EXCHANGE, name)
    if Exchange.objects.filter(name=name).exists():
        raise ExchangeRefused(
            _("The exchange “%(name)s” exists already. Choose another name, or give it a new token.") % {"name": name}
        )
    token, digest = secret_address.new_token() if kind == ExchangeKind.CTI else ("", "")
    exchange = Exchange.objects.create(
        name=name,
        kind=kind,
        token_digest=digest,
        signed=signed,
        country=country.upper(),
        queues=dict(queues or {}),
        contexts=list(contexts),
    )
    put_on_record(EXCHANGE, exchange.pk, None, on_record(exchange), by=by, at=at)
    return exchange, token


def new_token(exchange: Exchange, *, at: datetime, by: Staff | None = None) -> str:
    """A new token; the old address ends at once, and the signing secret changes with it. Raises ExchangeRefused."""
    if exchange.kind != ExchangeKind.CTI:
        raise ExchangeRefused(
            _("“%(name)s” has no token: Guardia connects to it (AMI) and not the other way round.")
            % {"name": exchange.name}
        )
    take_turn(EXCHANGE, exchange.name)
    before = on_record(exchange)
    token, exchange.token_digest = secret_address.new_token()
    Exchange.objects.filter(pk=exchange.pk).update(token_digest=exchange.token_digest)
    put_on_record(EXCHANGE, exchange.pk, before, on_record(exchange), by=by, at=at)
    return token


def pushes(exchange: Exchange) -> str:
    """Why this one is not listened to, in words."""
    return _("“%(name)s” pushes what it has to say (CTI): choose another AMI_NAME for the one to listen to.") % {
        "name": exchange.name
    }


def on_record(exchange: Exchange) -> dict[str, object]:
    """What the record of settings keeps of it: of the token only the beginning of its digest, to tell two apart."""
    return {
        "name": exchange.name,
        "kind": exchange.kind,
        "token": exchange.token_digest[:8],
        "signed": exchange.signed,
        "country": exchange.country,
        "queues": exchange.queues,
        "contexts": exchange.contexts,
        **({"area": exchange.area} if exchange.area else {}),
        **({"recording": exchange.recording} if exchange.recording else {}),
        **({"mapping": exchange.mapping} if exchange.mapping else {}),
        **({"inside": exchange.inside} if exchange.inside else {}),
        **({"numbers": exchange.numbers} if exchange.numbers else {}),
        "is_active": exchange.is_active,
    }


def name_agent(
    exchange: Exchange, name: str, staff: Staff, *, since: datetime, at: datetime, by: Staff | None = None
) -> ExchangeAgent:
    """From ``since`` (UTC) on, the exchange means this person by ``name``; whoever had the name before ends then.

    Raises ExchangeRefused.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_AGENT:
        raise ExchangeRefused(
            _("The name at the exchange must have 1 to %(most)s characters: a member's name, extension or interface.")
            % {"most": LONGEST_AGENT}
        )
    take_turn(AGENT, f"{exchange.pk} {name}")
    current = exchange.agents.filter(name=name, until=None).select_related("staff").first()
    if current and current.staff_id == staff.pk:
        return current
    if current:
        if current.since >= since:
            raise ExchangeRefused(
                _("“%(name)s” has been %(who)s since %(since)s UTC: write a later time in --since.")
                % {"name": name, "who": current.staff.name, "since": f"{current.since:%Y-%m-%d %H:%M}"}
            )
        ExchangeAgent.objects.filter(pk=current.pk).update(until=since)
    agent = ExchangeAgent.objects.create(exchange=exchange, name=name, staff=staff, since=since)
    before = {"staff": current.staff_id, "name": name} if current else None
    after = {"staff": staff.pk, "name": name, "since": since.isoformat()}
    put_on_record(AGENT, agent.pk, before, after, by=by, at=at)
    return agent


# --- heard, or not ----------------------------------------------------------------------------------------------------


def lost_since(now: datetime) -> list[tuple[Exchange, datetime]]:
    """The exchanges that should be heard now and are not, each with the hour (UTC) since when.

    Only those we listen to: one that pushes has no heartbeat. One that was never heard yet has nothing to lose.
    """
    silent = [(one, seen_at) for one in listened_to() if (seen_at := one.seen_at) and is_silent(one, now)]
    gaps = _open_gaps([one for one, _seen_at in silent])
    # Between two attempts a word may have come: the gap that stands open says since when.
    lost = [(one, min(gaps.get(one.pk, seen_at), seen_at)) for one, seen_at in silent]
    return [(exchange, at) for exchange, at in lost if now - at > SILENT_AFTER]


def is_silent(exchange: Exchange, now: datetime) -> bool:
    """Whether no connection stands to one that we listen to, or it has not answered lately."""
    seen_at = exchange.seen_at
    return exchange.connected_at is None or seen_at is None or now - seen_at > SILENT_AFTER


def never_heard() -> list[Exchange]:
    """The exchanges that should be listened to and never were heard: nothing is known of their calls yet."""
    return [exchange for exchange in listened_to() if exchange.seen_at is None]


def listened_to() -> QuerySet[Exchange]:
    return Exchange.objects.filter(kind=ExchangeKind.AMI, is_active=True).order_by("name")


def _open_gaps(exchanges: Sequence[Exchange]) -> dict[int, datetime]:
    """Since when each has not been heard, by its id, where a gap stands open."""
    if not exchanges:
        return {}
    gaps = ExchangeGap.objects.filter(exchange__in=[one.pk for one in exchanges], back_at=None)
    return dict(gaps.values_list("exchange_id", "lost_at"))


def _check(name: str, country: str) -> None:
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise ExchangeRefused(
            _("The name of the exchange must have 1 to %(most)s characters.") % {"most": LONGEST_NAME}
        )
    if not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise ExchangeRefused(
            _("“%(country)s” is not a country: write the two-letter country code of its numbers, such as EC.")
            % {"country": country}
        )


def all_exchanges() -> QuerySet[Exchange]:
    """Every exchange by name, those in use first."""
    return Exchange.objects.order_by("-is_active", "name")


def active_exchanges() -> QuerySet[Exchange]:
    """The exchanges in use, by name."""
    return Exchange.objects.filter(is_active=True).order_by("name")


def exchange_called(name: str) -> Exchange | None:
    """The exchange of this name; None where there is none."""
    return Exchange.objects.filter(name=name).first()


def agents_of(exchange: Exchange) -> QuerySet[ExchangeAgent]:
    """The names by which the exchange means people now, each with its person, by name."""
    return exchange.agents.filter(until=None).select_related("staff").order_by("name")


def agents_before(exchange: Exchange) -> QuerySet[ExchangeAgent]:
    """The names by which the exchange has meant people, each with its person, the last ended first."""
    return exchange.agents.exclude(until=None).select_related("staff").order_by("-until")


def was_ever_named(exchange: Exchange, name: str) -> bool:
    """Whether the exchange means or has meant anybody by this name."""
    return exchange.agents.filter(name=name.strip()).exists()


def exchange_of_token(token: str) -> Exchange | None:
    """The exchange in use that pushes to the address with this token."""
    known = Exchange.objects.filter(kind=ExchangeKind.CTI, is_active=True).exclude(token_digest="")
    return secret_address.bearer_of(token, known)
