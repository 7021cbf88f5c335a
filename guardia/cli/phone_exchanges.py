"""`guardia phone exchange add|list|token` and `guardia phone agent`: the exchanges, and who is who there."""

import argparse

from guardia.cli.house import Mistake, Subparsers, add_command, add_group, open_house


def add(steps: Subparsers) -> None:
    exchange = add_group(steps, "exchange", "add an exchange, list them, or give one a new token")
    actions = exchange.add_subparsers(title="actions", metavar="ACTION", required=True)
    step = add_command(actions, "add", "make an exchange known; of a CTI one its address is shown, once", add_exchange)
    step.add_argument("name", metavar="NAME", help="what it calls itself (SystemName), or what you call it")
    kind = step.add_mutually_exclusive_group(required=True)
    kind.add_argument("--cti", action="store_true", help="it pushes what happens to an address of Guardia")
    kind.add_argument("--ami", action="store_true", help="an Asterisk or FreePBX that Guardia listens to")
    step.add_argument("--country", default="", metavar="EC", help="of numbers without a country code (the operator's)")
    step.add_argument("--queue", action="append", default=[], metavar="QUEUE=DESK", help="repeatable")
    step.add_argument("--context", action="append", default=[], metavar="NAME", help="trunk context (AMI); repeatable")
    step.add_argument("--signed", action="store_true", help="refuse what is not signed (CTI)")
    add_command(actions, "list", "list the exchanges, and whether they are heard", list_exchanges)
    step = add_command(actions, "token", "give a CTI exchange a new address; the old one ends at once", new_token)
    step.add_argument("name", metavar="NAME")
    step = add_command(steps, "agent", "say who a name at the exchange is; whoever had it before ends then", name_agent)
    step.add_argument("name", metavar="NAME", help="as the exchange names that person: member, extension or interface")
    step.add_argument("username", metavar="USERNAME", help="with which that person signs in")
    step.add_argument("--exchange", default="", metavar="NAME", help="at which exchange (AMI_NAME)")
    step.add_argument("--since", default="", metavar="TIME", help="since when: 2026-11-25T08:30 (now)")


def add_exchange(args: argparse.Namespace) -> int:
    open_house()
    from django.utils.translation import gettext as _

    from guardia.calls import exchanges
    from guardia.calls.exchange import ExchangeKind
    from guardia.cli.phone import refusals
    from guardia.config.now import now
    from guardia.config.walls import Wall, behind
    from guardia.customers.phones import home_region

    with refusals(), behind(Wall.STAFF):
        at = now()
        exchange, token = exchanges.add(
            args.name,
            ExchangeKind.CTI if args.cti else ExchangeKind.AMI,
            at=at,
            country=args.country or home_region(),
            queues=queues(args.queue, at),
            contexts=args.context,
            signed=args.signed,
        )
        if args.cti:
            show_once(exchange, token)
        else:
            print(_("Added. Set AMI_NAME=%(name)s beside AMI_HOST, then `guardia phone listen`.") % {"name": args.name})
    return 0


def new_token(args: argparse.Namespace) -> int:
    open_house()
    from guardia.calls import exchanges
    from guardia.cli.phone import refusals
    from guardia.config.now import now
    from guardia.config.walls import Wall, behind

    with refusals(), behind(Wall.STAFF):
        exchange = exchanges.named(args.name)
        show_once(exchange, exchanges.new_token(exchange, at=now()))
    return 0


def show_once(exchange, token: str) -> None:
    """The address with the token in it, and the signing secret: neither can be shown again."""
    from django.conf import settings
    from django.utils.translation import gettext as _

    from guardia.calls.tokens import signing_secret

    base = settings.PUBLIC_URL.rstrip("/")
    print(_("Shown once. Enter this address at the exchange:"))
    print(f"  {base}/telefonia/{token}")
    print(_("The same for an exchange that speaks with Zammad:"))
    print(f"  {base}/api/v1/cti/{token}")
    print(_("Secret for X-Guardia-Signature, where the exchange can sign:"))
    print(f"  {signing_secret(exchange)}")


def list_exchanges(args: argparse.Namespace) -> int:
    open_house()
    from guardia.calls import exchanges
    from guardia.calls.exchange import Exchange
    from guardia.config.now import now
    from guardia.config.walls import Wall, behind

    with behind(Wall.STAFF):
        lost = {exchange.pk: since for exchange, since in exchanges.lost_since(now())}
        for exchange in Exchange.objects.order_by("name"):
            print(f"{exchange.name}\t{exchange.kind}\t{exchange.country}\t{state(exchange, lost.get(exchange.pk))}")
    return 0


def state(exchange, lost) -> str:
    """In one phrase: heard or not, since when, and what is wrong."""
    from django.utils.translation import gettext as _

    if not exchange.is_active:
        return _("switched off")
    if lost:
        said = _("not heard since %(at)s UTC") % {"at": f"{lost:%Y-%m-%d %H:%M:%S}"}
    elif exchange.seen_at:
        said = _("last heard %(at)s UTC") % {"at": f"{exchange.seen_at:%Y-%m-%d %H:%M:%S}"}
    else:
        said = _("never heard yet")
    return f"{said}: {exchange.trouble}" if exchange.trouble else said


def name_agent(args: argparse.Namespace) -> int:
    open_house()
    from django.utils.translation import gettext as _

    from guardia.calls import exchanges
    from guardia.cli.phone import exchange_named, hour, refusals
    from guardia.config.now import now
    from guardia.config.walls import Wall, behind
    from guardia.people.staff import Staff

    with refusals(), behind(Wall.STAFF):
        exchange, at = exchange_named(args.exchange), now()
        staff = Staff.objects.filter(username=args.username).first()
        if staff is None:
            raise Mistake(_("Nobody signs in as “%(username)s”.") % {"username": args.username})
        agent = exchanges.name_agent(exchange, args.name, staff, since=hour(args.since, at), at=at)
    print(f"{exchange.name}: {agent.name} = {staff.name}, {agent.since:%Y-%m-%d %H:%M} UTC")
    return 0


def queues(pairs: list[str], at) -> dict[str, str]:
    """``queue=desk`` pairs. Raises Mistake, also for a desk that the procedure in force does not have."""
    from django.utils.translation import gettext as _

    found = {}
    for pair in pairs:
        queue, equals, desk = pair.partition("=")
        if not (equals and queue.strip() and desk.strip()):
            raise Mistake(_("“%(pair)s” must be QUEUE=DESK, such as technical=technical.") % {"pair": pair})
        found[queue.strip()] = desk.strip()
    wrong = sorted(set(found.values()) - desks(at)) if found else []
    if wrong:
        raise Mistake(
            _("The procedure has no desk “%(desk)s”. It has: %(desks)s.")
            % {"desk": wrong[0], "desks": ", ".join(sorted(desks(at)))}
        )
    return found


def desks(at) -> set[str]:
    """Raises Mistake where no procedure is published yet."""
    from guardia.procedure.version import NoProcedure, in_force

    try:
        return {desk.key for desk in in_force(at).procedure.desks}
    except NoProcedure as none:
        raise Mistake(f"{none}. Take the first steps: guardia people first") from none
