"""The last lines: what is wrong, if anything; one line of counts; the figure."""

import platform

import django

from bench._machine import Figure
from bench.faults.found import rows
from bench.faults.night import Night, Outcome
from bench.faults.proofs import SPOILT

MOST_SHOWN = 10


def close(outcome: Outcome, night: Night, seconds: float) -> int:
    """Prints them; 1 if anything was lost, came twice, is not whole, or if a check was seen not to fail."""
    for name, found in outcome.wrong.items():
        for line in found[:MOST_SHOWN]:
            print(f"WRONG {name}: {line}")
        if len(found) > MOST_SHOWN:
            print(f"WRONG {name}: and {len(found) - MOST_SHOWN} more")
    for line in outcome.unproved:
        print(f"WRONG check that cannot fail: {line}")
    if any(outcome.wrong.values()):
        print(night.stage.last_words())
    print("heard besides: " + ", ".join(f"{what} ({times})" for what, times in sorted(night.journal.seen.items())))
    print(told(outcome, night, seconds))
    value = sum(map(len, outcome.wrong.values())) + len(outcome.unproved)
    return Figure("faults", value, "wrong", max(1, len(night.journal.kept)), 0.0).say()


def told(outcome: Outcome, night: Night, seconds: float) -> str:
    faults, wrong = night.faults, {name: len(found) for name, found in outcome.wrong.items()}
    killed = sum(faults.done[name] for name in faults.kills)
    (cases, closed, events, broken, notices, suppressed, pages, files), *_ = rows(COUNTS)
    return "; ".join(
        [
            f"killed {killed} ({counted(faults.done, faults.kills)})",
            f"besides {counted(faults.done, faults.troubles)}",
            f"acknowledged {len(night.journal.kept)}, lost {wrong['lost']}, half done {wrong['half done']}, "
            f"done twice {wrong['done twice']}, left undone {wrong['left undone']}",
            f"{cases} cases ({closed} closed), {events} events, {broken} promises not kept, "
            f"chains broken {wrong['chains']}, clocks that differ {wrong['clocks']}",
            f"{notices} notices ({pages} pages, {suppressed} suppressed), "
            f"lost {wrong['notices lost']}, twice {wrong['notices twice']}",
            f"{len(night.mail.arrivals)} letters arrived, repeated {outcome.repeated} of at most {outcome.allowed}, "
            f"not marked {wrong['repeats']}",
            f"{files} files, without their bytes {wrong['files']}, migrations not whole {wrong['migrations']}",
            f"checks seen to fail {len(SPOILT) - len(outcome.unproved)} of {len(SPOILT)}",
            f"folder: {night.disk.how}, {len(night.disks)} more; clock: {night.clock.how}",
            f"seed {night.seed}; {seconds / 60:.1f} min; Python {platform.python_version()}, Django "
            f"{django.get_version()}, PostgreSQL {night.house.postgres}",
        ]
    )


def counted(done: dict[str, int], kinds: dict[str, object]) -> str:
    return ", ".join(f"{name} {done[name]}" for name in kinds if done[name])


COUNTS = """
    SELECT (SELECT count(*) FROM "case"), (SELECT count(*) FROM "case" WHERE closed_at IS NOT NULL),
           (SELECT count(*) FROM case_event), (SELECT count(*) FROM case_event WHERE moment = 'breached'),
           (SELECT count(*) FROM notice), (SELECT count(*) FROM notice WHERE state = 'suppressed'),
           (SELECT count(*) FROM notice WHERE staff_id IS NOT NULL), (SELECT count(*) FROM case_file)
"""
