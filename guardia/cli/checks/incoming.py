"""What comes in: the mailbox, the telephone exchange."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.conf import settings
from django.utils.translation import gettext as _

from guardia.calls import exchanges
from guardia.calls.exchange import Exchange
from guardia.cases import mail_sender
from guardia.cases.phone_unnamed import unnamed
from guardia.cli.checks.finding import House, Said, bad, check, ok, one_line, warn
from guardia.notices.reasons import in_words
from guardia.notices.smtp import is_loopback
from guardia.people.connections import setting
from guardia.web.phone import ami_account
from guardia.web.phone.ami_wire import BANNER
from guardia.worker.mail import server as mail_in

PATIENCE_SECONDS = 10.0


@check()
def mailbox(house: House) -> Said:
    """It is signed in to and its folder is opened; nothing is read."""
    account = mail_in.Account.of_settings()
    if not account.host:
        if setting("MAIL_IN"):
            return ok(_("The mail server hands mail over; no mailbox is read."))
        return warn(
            _("No mail comes in: whoever answers a letter is not heard."),
            _("Set IMAP_HOST, or let the mail server hand mail over (docs/operations/mail.md)."),
        )
    try:
        with mail_in.opened(replace(account, timeout=min(account.timeout, PATIENCE_SECONDS))):
            if account.tls == "none" and not is_loopback(account.host):
                return warn(
                    _("The mailbox %(name)s is read in the open, its password too.") % {"name": account.name},
                    _("Set IMAP_TLS=ssl or IMAP_TLS=starttls, as the server offers it."),
                )
            return ok(_("The mailbox %(name)s can be read.") % {"name": account.name})
    except mail_in.TROUBLES as trouble:
        return bad(
            _("The mailbox cannot be read: %(why)s.") % {"why": in_words(mail_in.why(trouble, account)).rstrip(".")},
            _(
                "Put IMAP_HOST, IMAP_PORT, IMAP_TLS, IMAP_USER, IMAP_PASSWORD and IMAP_FOLDER right, or Settings, Mail "
                "and messages."
            ),
        )


@check()
def senders(house: House) -> Said:
    """Whether anything proves who sent a mail; an answer to a signed address is proven without a setting."""
    if not settings.MAIL_IN:
        return ok(_("No mail comes in: nobody's sender is to be proven."))
    if mail_sender.receiver().is_known:
        return ok(_("Who sent a mail is read from what the mail server writes."))
    return warn(
        _("Nothing proves who sent a mail: only an answer to one of our letters counts as its sender's word."),
        _("Set MAIL_AUTHSERV_ID to the name that your mail server writes (docs/operations/mail.md)."),
    )


@check()
def exchange(house: House) -> Said:
    """Only its greeting is read: a second sign-in could take the place of the one that listens."""
    if not settings.AMI_HOST:
        return ok(_("No exchange is listened to; one that pushes needs nothing here."))
    account = ami_account.Account.of_settings()
    try:
        greeting = asyncio.run(greeted(account))
    except (ami_account.Unreachable, OSError, TimeoutError) as trouble:
        return bad(
            _("The exchange cannot be reached: %(why)s.") % {"why": one_line(trouble)},
            _("Put AMI_HOST, AMI_PORT and AMI_TLS right, and let manager.conf permit this machine."),
        )
    if not greeting.startswith(BANNER):
        return bad(
            _("What answers at %(place)s is no manager interface.") % {"place": account.place},
            _("Set AMI_PORT to the port of manager.conf: 5038, or 5039 with TLS."),
        )
    return ok(_("The exchange at %(place)s answers.") % {"place": account.place})


async def greeted(account: ami_account.Account) -> str:
    reader, writer = await ami_account.connect(account, PATIENCE_SECONDS)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return (await reader.readline()).decode(errors="replace")
    finally:
        writer.close()


@check(within=True)
def exchanges_heard(house: House) -> Said:
    if not Exchange.objects.filter(is_active=True).exists():
        return warn(
            _("No exchange is known: calls are entered by hand, and the minute of the reception is theirs to press."),
            _("Add one: guardia phone exchange add NAME --cti (docs/operations/telephone.md)."),
        )
    silent = [one.name for one, _since in exchanges.lost_since(house.now)]
    silent += [one.name for one in exchanges.never_heard()]
    if silent:
        return bad(
            _("Not heard: %(names)s. What calls do there is not measured.") % {"names": ", ".join(sorted(silent))},
            _("Look whether guardia phone listen runs, and at its log."),
        )
    return ok(_("The exchanges are heard."))


@check(within=True)
def exchanges_named(house: House) -> Said:
    """Whether calls come in by a way that nobody has named: then they are heard, and on nobody's screen."""
    found = {one.name: unnamed(one, house.now) for one in Exchange.objects.filter(is_active=True).order_by("name")}
    remedy = _("Open Settings, Telephone, the exchange: each is named there by one click.")
    contexts = {name: [each.name for each in seen.contexts] for name, seen in found.items() if seen.contexts}
    if contexts:
        return bad(
            _("Calls come in by contexts that nobody named, and are on nobody's screen: %(what)s.")
            % {"what": listed(contexts)},
            remedy,
        )
    others = {n: [each.name for each in (*seen.numbers, *seen.queues)] for n, seen in found.items() if seen}
    if others:
        return warn(
            _("Calls ring by numbers or queues that lead to no line of the procedure: %(what)s.")
            % {"what": listed(others)},
            remedy,
        )
    return ok(_("Whatever rings at the exchanges leads to a line of the procedure."))


def listed(names: Mapping[str, Sequence[str]]) -> str:
    """``central: from-isp, from-gsm; norte: …``, at most five of each."""
    few = {exchange: [*some[:5], *(["…"] if len(some) > 5 else [])] for exchange, some in names.items()}
    return "; ".join(f"{exchange}: {', '.join(some)}" for exchange, some in few.items())
