"""What a storm is compared with: a bare loop that renders and sends messages, and keeps no promise about them.

``python -m bench._loop PORT CONNECTIONS HOW_MANY`` sends the newest letters of the database once more, each rendered as
the worker renders it, over connections that are reused; it writes nothing down. Prints how many seconds it took.
"""

import smtplib
import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

HOST = "127.0.0.1"
AT_ONCE = 50


def main(port: int, connections: int, how_many: int) -> None:
    import django

    django.setup()
    from guardia.notices.notice import Delivery

    chosen = list(Delivery.objects.filter(urgent=False, channel="mail").defer("body").order_by("-pk")[:how_many])
    waiting = deque(chosen[at : at + AT_ONCE] for at in range(0, len(chosen), AT_ONCE))
    warm_up(chosen[0])
    begun = perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        for each in [pool.submit(send, waiting, port) for _ in range(connections)]:
            each.result()
    print(perf_counter() - begun, flush=True)


def warm_up(delivery) -> None:
    """Templates and catalogues are read once; the worker has read them when a storm comes."""
    (notices,) = carried([delivery]).values()
    rendered(delivery, notices)


def send(waiting: deque, port: int) -> None:
    from django.db import connections

    with smtplib.SMTP(HOST, port) as client:
        while waiting:
            try:
                batch = waiting.popleft()
            except IndexError:
                break
            notices = carried(batch)
            for delivery in batch:
                client.sendmail("casos@example.com", delivery.address, rendered(delivery, notices[delivery.pk]))
    connections.close_all()


def carried(batch) -> dict:
    from guardia.notices.notice import DeliveredNotice

    found: dict = {}
    rows = DeliveredNotice.objects.filter(delivery__in=batch).order_by("notice_id")
    for row in rows.select_related("notice__case", "notice__contact"):
        found.setdefault(row.delivery_id, []).append(row.notice)
    return found


def rendered(delivery, notices) -> bytes:
    from guardia.config.now import now
    from guardia.notices.outgoing import written
    from guardia.worker.posting import LINKS

    return written(delivery, notices, now(), LINKS)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
