"""`bin/faults`: incidents go on over HTTP while web, worker and PostgreSQL are killed (-9), the mail server refuses,
hangs and drops, the folder of the attachments is full, clocks jump, connections break and a migration dies half-way.

Then everything is well again, what is owed is done, and it is counted. The line before the last says what was killed,
lost and repeated; the last one is JSON: ``value`` is all that is wrong, and may be nothing.
"""

import argparse
import os
import random
import sys
from pathlib import Path
from time import monotonic

from bench._house import House, opened
from bench._machine import describe
from bench.faults import disk
from bench.faults.mailserver import HOST, MailServer
from guardia.cli.children import any_free


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/faults", description=__doc__.splitlines()[0])
    words.add_argument("--kills", type=int, default=20, help="how many processes are killed (20; the long form: 200)")
    words.add_argument("--seed", type=int, default=None, help="what is done when; printed first, drawn if not given")
    words.add_argument("--minutes", type=float, default=60, help="no new fault after so many minutes (60)")
    words.add_argument("--keep", type=Path, help="a folder for the logs, the journal and the mails")
    args = words.parse_args()
    disk.in_a_namespace([sys.executable, "-m", "bench.faults", *sys.argv[1:]])
    seed = random.SystemRandom().randrange(10**6) if args.seed is None else args.seed
    print(f"seed {seed}", flush=True)
    environment(any_free(HOST))
    with opened(disk.under_the_database) as house:
        print(describe(house.postgres), flush=True)
        with MailServer(house.folder / "mails") as mail:
            os.environ["SMTP_PORT"] = str(mail.port)
            return run(house, mail, args, seed)


def environment(port: int) -> None:
    """What web, worker and this process agree on; nothing of the caller's own installation."""
    for name in [
        name for name in os.environ if name.startswith(("SMTP_", "IMAP_", "MAIL_", "AMI_", "OIDC_", "DEADMAN_"))
    ]:
        del os.environ[name]
    os.environ |= {
        "FAULTS_PORT": str(port),
        "PUBLIC_URL": f"http://{HOST}:{port}",
        "MFA_ROLES": "",
        "MAIL_IN": "1",
        "SMTP_HOST": HOST,
        "SMTP_TIMEOUT_SECONDS": "10",
        "SMTP_CONNECTIONS": "2",
        "LOG_LEVEL": "WARNING",
    }


def run(house: House, mail: MailServer, args: argparse.Namespace, seed: int) -> int:
    from bench.faults.closing import close
    from bench.faults.night import Night

    begun = monotonic()
    night = Night(house, mail, seed)
    try:
        night.begins()
        night.lasts(args.kills, begun + 60 * args.minutes)
        outcome = night.ends()
    finally:
        night.is_over(args.keep)
    return close(outcome, night, monotonic() - begun)


if __name__ == "__main__":
    sys.exit(main())
