"""`guardia traps`: listen to the network's own SNMP traps."""

import argparse
import os

from guardia.cli.installation import Mistake, Subparsers, add_command, open_installation


def add(subparsers: Subparsers) -> None:
    add_command(subparsers, "traps", "listen to SNMP traps where TRAPS_LISTEN says, until stopped", run)


def run(args: argparse.Namespace) -> int:
    open_installation(process="traps")
    from django.conf import settings
    from django.utils.translation import gettext as _

    if not settings.TRAPS_LISTEN and "LISTEN_FDS" not in os.environ:
        raise Mistake(_("TRAPS_LISTEN is not set: it says where to listen, 0.0.0.0:1162; docs/operations/alerts.md."))
    from guardia.web.alerts.traps_listener import run as listen
    from guardia.web.alerts.traps_wire import user_of

    try:
        for user in settings.SNMP_TRAP_USERS:
            user_of(user)
    except ValueError as wrong:
        raise Mistake(_("SNMP_TRAP_USERS has a user that cannot be read: %s.") % wrong) from wrong
    try:
        listen()
    except OSError as trouble:
        where = settings.TRAPS_LISTEN or "LISTEN_FDS"
        raise Mistake(
            _("Cannot listen on %(where)s: %(why)s. Ports below 1024 need privileges; see docs/operations/alerts.md.")
            % {"where": where, "why": trouble.strerror}
        ) from trouble
    return 0
