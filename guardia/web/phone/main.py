"""`guardia phone listen`: the exchange of the environment (AMI_…), until SIGTERM or SIGINT."""

import asyncio
import signal
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

from guardia.calls import exchanges
from guardia.calls.exchange import Exchange, ExchangeKind
from guardia.config.now import now
from guardia.config.walls import Wall, behind
from guardia.web.phone.ami_account import Account
from guardia.web.phone.ami_keeper import Keeper
from guardia.web.phone.ami_reader import Listener
from guardia.web.phone.listening import Clock, House
from guardia.web.phone.one_reader import Turn
from guardia.worker.rounds import step


def run() -> None:
    """Ends soon after the first signal; a second one ends the process at once. Raises ExchangeRefused."""
    account, clock = Account.of_settings(), Clock()
    exchange = exchange_of(account.name)
    log_file = Path(settings.AMI_QUEUE_LOG) if settings.AMI_QUEUE_LOG else None
    turn = Turn(settings.DATABASE_DIRECT_URL, account.name)
    keeper = Keeper(exchange, step, now, ZoneInfo(settings.TIME_ZONE), log_file, turn.take)
    asyncio.run(until_signalled(House(keeper, turn, clock, lambda inbox: Listener(account, inbox, clock))))


async def until_signalled(house: House) -> None:
    stopping, loop = asyncio.Event(), asyncio.get_running_loop()

    def stop() -> None:
        stopping.set()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(each)
            signal.signal(each, signal.SIG_DFL)

    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop)
    await house.run(stopping)


def exchange_of(name: str) -> Exchange:
    """The row of the exchange that is listened to, made where there is none yet. Raises ExchangeRefused."""
    with behind(Wall.STAFF):
        found = Exchange.objects.filter(name=name).first()
        if found is None:
            return exchanges.add(name, ExchangeKind.AMI, at=now())[0]
    if found.kind != ExchangeKind.AMI:
        raise exchanges.ExchangeRefused(exchanges.pushes(found))
    return found
