"""`bin/bench probes`: 500 services are watched every 30 s by one worker (P6): how long a cycle of tests takes.

Each is a TCP target with the ten connections of a real test, to a server on the loopback in a process of its own. In
the first cycle every result is put on record, as once in ten minutes; in the others it is kept among the probes alone.
"""

import argparse
import resource
import subprocess
import sys
from datetime import timedelta
from statistics import median
from threading import Event

from bench._house import opened
from bench._machine import Figure, Taken, describe, timed

EVERY = 30.0
FAR = 3600
SERVER = """
import asyncio
async def meet(reader, writer):
    writer.close()
async def main():
    server = await asyncio.start_server(meet, "127.0.0.1", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench probes", description=__doc__.splitlines()[0])
    words.add_argument("--services", type=int, default=500, help="watched at once, one target each")
    words.add_argument("--rounds", type=int, default=4, help="cycles, the first with every result on record")
    args = words.parse_args()
    with opened() as house, subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout
            port = int(server.stdout.readline())
            print(describe(house.postgres))
            return measure(args.services, args.rounds, port)
        finally:
            server.terminate()


def measure(services: int, rounds: int, port: int) -> int:
    from django.conf import settings

    # The next test of a service is asked for far ahead: each cycle is brought forward as a whole.
    settings.PROBE_LOOPBACK, settings.WATCH_SECONDS, settings.PROBE_PAUSE_SECONDS = True, FAR, 0
    prepare(services, port)
    at_rest = memory()
    taken = [cycle(services) for _round in range(rounds)]
    print(f"on record: {taken[0].wall:.1f} s, of which {taken[0].own:.1f} s at work")
    for each in taken[1:]:
        print(f"watched: {each.wall:.1f} s, of which {each.own:.1f} s at work")
    print(f"per service and cycle: {1000 * median(each.own for each in taken) / services:.1f} ms at work")
    print(f"memory: {memory()} MB at most, {at_rest} MB before the first cycle")
    return Figure("probes", max(each.wall for each in taken), "s", EVERY, 1.0).say()


def prepare(services: int, port: int) -> None:
    """So many cases in their follow-up, each about a service of its own with one target."""
    from guardia.cases import probing
    from guardia.cases.case import Case
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.customers.customer import Service
    from guardia.evidence.target import ServiceTarget
    from guardia.evidence.target_editing import save_target
    from guardia.procedure.vocabulary import Stage
    from tests.procedure.story import Story

    with behind(DatabaseRole.STAFF):
        story, at = Story(), now()
        story.now = at - timedelta(hours=1)
        for number in range(services):
            circuit = f"BEN-{number:04}"
            fields = {"circuit": circuit, "folded_circuit": circuit.lower()}
            story.service = Service.objects.create(customer=story.bank, site=story.site, **fields)
            story.open_case()
            target = {"service": story.service, "kind": "tcp", "address": "127.0.0.1", "port": port, "max_loss": 50}
            save_target(ServiceTarget(customer=story.bank), target, at=at)
        followed = {"stage": Stage.STABILITY, "status": "resolved", "restored_at": at, "green_since": at}
        Case.objects.update(**followed)
        for case in Case.objects.all():
            probing.watch(case, at)


def cycle(services: int) -> Taken:
    """All are due now; the worker runs them, and each asks for its next one."""
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.evidence.probe import Probe, ProbeState
    from guardia.worker.probing import probes

    with behind(DatabaseRole.WORKER):
        due = Probe.objects.filter(state=ProbeState.ASKED).update(due_at=now())
        done = Probe.objects.filter(state=ProbeState.DONE).count()
    assert due == services, f"{due} of {services} wait for their test"
    found = timed(lambda: probes(Event()))
    with behind(DatabaseRole.WORKER):
        assert Probe.objects.filter(state=ProbeState.DONE).count() - done == services
    return found


def memory() -> int:
    """The most this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    sys.exit(main())
