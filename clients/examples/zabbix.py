#!/usr/bin/env python3
"""Zabbix: a problem opens a case for the circuit that its tag names, the recovery writes a note into that case.

A script for a media type of Zabbix (see README.md beside it). Its arguments: the address of Guardia, the file that
holds the key, and the message of the media type, which says in lines of `name: value` what happened. It ends with 1,
and says why, where Zabbix should try again.
"""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from guardia_client import Guardia, Problem, models

PROBLEM = "1"
HIGH = 4
"""Of Zabbix's severities: high and disaster mean that the service is down."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Tell Guardia of a problem in Zabbix, and of its end.")
    parser.add_argument("address", help="of Guardia, such as https://guardia.example.com")
    parser.add_argument("key_file", type=Path, help="the file that holds the key, and nothing else")
    parser.add_argument("message", help="what the message template of the media type made")
    given = parser.parse_args()
    event = values_in(given.message)
    try:
        with Guardia(given.address, given.key_file.read_text().strip(), language="en") as guardia:
            sys.stdout.write(f"{tell(guardia, event)}\n")
    except Problem as refused:
        sys.exit(f"Guardia refused it: {refused}")


def values_in(message: str) -> dict[str, str]:
    """The lines `name: value` of the message; a macro that Zabbix could not fill is left out."""
    lines = [line.partition(":") for line in message.splitlines()]
    return {name.strip(): value.strip() for name, _colon, value in lines if value.strip()[:1] not in ("", "{", "*")}


def tell(guardia: Guardia, event: dict[str, str]) -> str:
    """Open a case, or write into the one that is open; what was done, in words."""
    circuit = event.get("circuit", "")
    if not circuit:
        return "Nothing was done: the problem has no tag with a circuit."
    services = guardia.services.list(circuit=circuit, active=True).items
    if not services:
        return f"Nothing was done: Guardia knows no active service {circuit}."
    words = f"{event['name']} ({event['host']})"
    if event["value"] == PROBLEM:
        return opened(guardia, services[0], words, event)
    return recovered(guardia, services[0], words, event)


def opened(guardia: Guardia, service: models.ServiceAnswer, words: str, event: dict[str, str]) -> str:
    """A case of this service. Sent again it is the same case: by the key, and once that is forgotten by the words."""
    case = guardia.cases.open(
        service=service["id"],
        symptoms=words,
        impact="down" if int(event["severity"]) >= HIGH else "degraded",
        since=datetime.fromtimestamp(int(event["time"]), UTC),
        idempotency_key=f"zabbix-{event['event']}",
    )
    return f"Case {case['display_number']} stands for event {event['event']}."


def recovered(guardia: Guardia, service: models.ServiceAnswer, words: str, event: dict[str, str]) -> str:
    """A note in each open case that this problem opened."""
    cases = [one for one in guardia.cases.list(service=service["id"], open=True) if one["symptoms"] == words]
    for case in cases:
        guardia.cases.note(
            case["number"],
            text=f"Zabbix: {event['name']} has ended (event {event['event']}).",
            idempotency_key=f"zabbix-{event['event']}-ended",
        )
    return f"{len(cases)} cases were told that event {event['event']} has ended."


if __name__ == "__main__":
    main()
