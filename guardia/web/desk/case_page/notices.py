"""Who was told of the case, by which channel and what became of it; how each person would be reached now."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guardia.cases.case import Case
from guardia.cases.failed_notices import UNTRIED
from guardia.cases.voice_owed import rings
from guardia.customers.contact import Contact
from guardia.customers.phones import spoken
from guardia.events.kinds import TeamNews, name_of_kind
from guardia.notices import address_marks
from guardia.notices.address_marks import AddressMark
from guardia.notices.channel import Channel
from guardia.notices.leases import OPEN
from guardia.notices.life import Lived, Step, life_of
from guardia.notices.notice import SHADOW, Delivery, DeliveryState, Notice, NoticeState
from guardia.notices.reasons import in_words
from guardia.notices.recipients import SHORT, Marks, Way, addresses_of, has_gateway, reason_not_told, ways_of
from guardia.notices.team_channel import NEWS_NAMES
from guardia.procedure.rules import NoticeRule
from guardia.procedure.vocabulary import CaseKind, Moment
from guardia.web.desk.case_page.escalation import answered_words, ways_words
from guardia.web.desk.clock import hour
from guardia.web.shared.act import Button

# --- notice life ------------------------------------------------------------------------------------------------------
# The life of a notice in words, what may still be done about it, and the addresses that take no messages.
LONGEST_ANSWER = 300
AGAIN_AT = gettext_lazy("sent again %(hour)s")
AT: dict[Step, object] = {
    Step.OWED: gettext_lazy("owed since %(hour)s"),
    Step.PACED: gettext_lazy("leaves at %(hour)s: its domain accepts a limited number at a time"),
    Step.SENT: gettext_lazy("sent %(hour)s"),
    Step.DELIVERED: gettext_lazy("delivered %(hour)s"),
    Step.OPENED: gettext_lazy("link opened %(hour)s"),
    Step.BOUNCED: gettext_lazy("came back %(hour)s"),
    Step.REFUSED: gettext_lazy("refused %(hour)s"),
    Step.EXPIRED: gettext_lazy("given up %(hour)s, 48 hours without an answer"),
    Step.WITHDRAWN: gettext_lazy("withdrawn %(hour)s"),
    Step.HELD: gettext_lazy("would have been sent %(hour)s, but for the rehearsal"),
    Step.PERHAPS: gettext_lazy("may have arrived, %(hour)s: its server never answered; ask by telephone"),
}
NO_HOUR: dict[Step, object] = {
    Step.SUPPRESSED: gettext_lazy("not sent"),
    Step.WITHDRAWN: gettext_lazy("withdrawn"),
    Step.SENDING: gettext_lazy("being sent now"),
    Step.FAILED: gettext_lazy("could not be sent"),
    Step.HELD: gettext_lazy("held by the rehearsal"),
}
CODED = (Step.SUPPRESSED, Step.FAILED)


def life_words(notice: Notice, at: datetime, code_words: Callable[[Notice], str]) -> str:
    """Each step on a line, with the far server's own words where it gave any. ``deliveries`` are prefetched.

    ``code_words`` says why a notice was not sent.
    """
    lines = [step_words(step, at, code_words(notice) if step.step in CODED else "") for step in life_of(notice)]
    return "\n".join(line for line in lines if line)


def step_words(lived: Lived, at: datetime, code: str) -> str:
    if lived.step is Step.PACKED:  # by itself it tells nobody anything
        return ""
    answer = code or ("" if lived.step in CODED else one_line(in_words(lived.words)))
    return f"{what(lived, at)}: {answer}" if answer else what(lived, at)


def what(lived: Lived, at: datetime) -> str:
    if lived.step is Step.TRIED and not lived.attempts:
        return _("not sent yet, still trying")
    if lived.step is Step.TRIED:
        return _("tried %(n)s times, still trying") % {"n": lived.attempts}
    words = AGAIN_AT if lived.again and lived.step is Step.SENT else AT.get(lived.step)
    if words is None or lived.at is None:
        return str(NO_HOUR.get(lived.step, ""))
    said = str(words) % {"hour": hour(lived.at, at)}
    return f"{said} ({lived.address})" if lived.step in (Step.SENT, Step.HELD) and lived.address else said


def one_line(words: str) -> str:
    whole = " ".join(words.split())
    return whole if len(whole) <= LONGEST_ANSWER else f"{whole[:LONGEST_ANSWER]}…"


AGAIN, BACK = "otra-vez", "retirar"


def acts_of(case_number: int, notice: Notice) -> tuple[Button, ...]:
    """What can still be done: send it again, or take it back before it leaves. The verbs have the last word."""
    words = {AGAIN: _("Send again"), BACK: _("Withdraw it")}
    step = step_of(notice)
    return (button(case_number, notice, step, words[step]),) if step else ()


def step_of(notice: Notice) -> str:
    """``AGAIN`` where it can be sent again, ``BACK`` where it can be taken back. ``deliveries`` are prefetched."""
    if notice.contact_id is None or notice.state == NoticeState.HELD:
        return ""
    messages = list(notice.deliveries.all())
    if any(message.state in OPEN for message in messages) or notice.state == NoticeState.OWED:
        left = any(message.attempts or message.state != DeliveryState.WAITING for message in messages)
        return BACK if notice.state in UNTRIED and not left else ""
    return AGAIN


def button(case_number: int, notice: Notice, step: str, words: str) -> Button:
    return Button(f"{reverse('notice_step', args=[case_number, notice.pk, step])}?bitacora=avisos", words)


def marks_of(case: Case, at: datetime) -> list[dict[str, Any]]:
    """The addresses of the case's company that are not written to now."""
    standing = address_marks.marks_of(case.customer_id)
    return [mark_row(mark, reverse("mark_clear", args=[case.number, mark.pk]), at) for mark in standing]


def mark_row(mark: AddressMark, href: str, at: datetime) -> dict[str, Any]:
    """Since when the address takes no messages, and the far server's own words. ``href``: where it is cleared."""
    named = {address_marks.REFUSED: AT[Step.REFUSED], address_marks.BOUNCED: AT[Step.BOUNCED]}
    words = str(named.get(mark.reason, "%(hour)s")) % {"hour": hour(mark.marked_at, at)}
    answer = one_line(mark.words)
    is_number = mark.channel in SHORT
    return {
        "address": spoken(mark.address) if is_number else mark.address,
        "words": f"{words}: {answer}" if answer else words,
        "href": href,
    }


# --- channels in words ------------------------------------------------------------------------------------------------
# By which channels each person would be told now: as the outbox would send it, or that only a voice reaches.
WRITTEN = (Channel.MAIL, Channel.SMS, Channel.WHATSAPP)


def way_words(way: Way) -> str:
    return channel_words(way.channel)


def channel_words(channel: str) -> str:
    return {
        Channel.MAIL: _("email"),
        Channel.SMS: "SMS",
        Channel.WHATSAPP: "WhatsApp",
        Channel.TEAM: _("team channel"),
    }.get(Channel(channel), channel)


def recipients_by_rule(
    contacts: Iterable[Contact],
    rule: NoticeRule,
    *,
    reporter_id: int | None = None,
    kind: CaseKind = CaseKind.INCIDENT,
    also: Collection[int] = (),
) -> list[Contact]:
    """Everybody whom this rule tells, also who has no address. ``contacts``: with their ``ways`` prefetched."""
    return [contact for contact in contacts if reason_not_told(contact, rule, reporter_id, kind, also) != "not_told"]


def by_channels(people: Sequence[Contact], marks: Marks, *, down: bool) -> list[dict[str, Any]]:
    """``down``: the service is out and not restored, so that every way that works without it carries the news (P D)."""
    return [
        {"name": contact.position or str(contact), "words": channels(contact, marks, down=down)} for contact in people
    ]


def channels(contact: Contact, marks: Marks, *, down: bool) -> str:
    found = addresses_of(contact, down=down, marks=marks)
    if not found:
        return _("only by voice: somebody calls") if rings(contact) else _("no address")
    ways = ", ".join(dict.fromkeys(way_words(way) for way in (found if down else found[:1])))
    if down and not any(way.independent for way in found):
        return _("%(ways)s; while the service is out, by voice only") % {"ways": ways}
    return ways


def ways_written() -> str:
    """The ways by which messages leave here: ``e-mail, SMS``; a channel without a gateway is none."""
    return ", ".join(channel_words(channel) for channel in WRITTEN if has_gateway(channel))


def written_to(people: Iterable[Contact], marks: Marks) -> list[Contact]:
    """Those of them whom a message reaches now by some way, whichever it is."""
    return [contact for contact in people if addresses_of(contact, down=False, marks=marks)]


def nobody_words(people: Sequence[Contact], marks: Marks) -> str:
    """Empty while one of these can be written to; else why none can, and whether a voice is left."""
    if written_to(people, marks):
        return ""
    if not people:
        return _("Nobody at the company is notified: no contact is set up for it.")
    if any(has_gateway(way.channel) for contact in people for way in ways_of(contact)):
        words = _(
            "Nobody at the company can be notified in writing (%(ways)s): the addresses do not accept messages now."
        )
    else:
        words = _("Nobody at the company can be notified in writing (%(ways)s): no contact has such an address.")
    said = words % {"ways": ways_written()}
    return f"{said} {_('There are only telephone numbers: somebody calls.')}" if any(map(rings, people)) else said


# --- notices ----------------------------------------------------------------------------------------------------------


def recipients_of(notices: Sequence[Notice], at: datetime) -> list[dict[str, Any]]:
    """Each person once, with the last notice owed to that person: contacts first, then who was paged. Whom a note names
    is not told of the case: it stands in the log.
    """
    last: dict[tuple[bool, int], Notice] = {}
    for notice in notices:
        if notice.moment != Moment.NOTED and notice.team_channel_id is None:
            last.setdefault((notice.staff_id is not None, notice.staff_id or notice.contact_id or 0), notice)
    return [recipient_row(last[key], at) for key in sorted(last)]


def recipient_row(notice: Notice, at: datetime) -> dict[str, Any]:
    words, good, bad = outcome(notice, at)
    return {"name": name_of(notice), "words": words, "ticked": good, "warns": bad}


def name_of(notice: Notice) -> str:
    """A contact by position, as everywhere; our own people by name, since several hold one position."""
    if notice.staff:
        return notice.staff.name
    if notice.team_channel:
        return notice.team_channel.name
    return (notice.contact.position or str(notice.contact)) if notice.contact else ""


def outcome(notice: Notice, at: datetime) -> tuple[str, bool, bool]:
    """What became of a notice: its words, whether it arrived, whether somebody must look at it."""
    if notice.state == NoticeState.SUPPRESSED:
        return _("not sent: %(reason)s") % {"reason": reason_words(notice)}, False, True
    if notice.state == NoticeState.HELD:
        return held_words(notice), False, False
    if notice.staff_id:
        words = ways_words(notice.deliveries.all(), at) or _("page on its way since %(hour)s") % since(notice, at)
        return words, notice.state == NoticeState.SENT, notice.state == NoticeState.FAILED
    delivery = last_delivery(notice)
    way = channel_words(delivery.channel) if delivery else ""
    if notice.state == NoticeState.SENT and delivery and delivery.settled_at:
        return f"{way} {hour(delivery.settled_at, at)}", True, False
    if notice.state == NoticeState.FAILED:
        return _("not delivered: %(answer)s") % {"answer": answer_of(delivery)}, False, True
    if delivery and delivery.attempts:
        words = _("%(way)s tried %(n)d times, still retrying")
        return words % {"way": way, "n": delivery.attempts}, False, False
    if delivery:
        return _("%(way)s on its way since %(hour)s") % {"way": way, **since(notice, at)}, False, False
    return _("on its way since %(hour)s") % since(notice, at), False, False


def held_words(notice: Notice) -> str:
    """To which addresses it would have gone."""
    where = ", ".join(dict.fromkeys(spoken_address(one) for one in sorted(notice.deliveries.all(), key=lambda d: d.pk)))
    return _("rehearsal: would have gone to %(where)s") % {"where": where} if where else str(NO_HOUR[Step.HELD])


def spoken_address(delivery: Delivery) -> str:
    return spoken(delivery.address) if delivery.channel in SHORT else delivery.address


def since(notice: Notice, at: datetime) -> dict[str, str]:
    return {"hour": hour(notice.owed_at, at)}


def last_delivery(notice: Notice) -> Delivery | None:
    return max(notice.deliveries.all(), key=lambda delivery: delivery.pk, default=None)


def answer_of(delivery: Delivery | None) -> str:
    if delivery is None:
        return _("no address")
    if delivery.is_perhaps:
        return _("may have arrived: its server never answered")
    return _("48 hours without an answer") if delivery.state == DeliveryState.EXPIRED else in_words(delivery.answer)


def reason_words(notice: Notice) -> str:
    if notice.team_channel_id:
        words = {"quiet_hours": _("quiet hours of the channel"), "inactive": _("the channel is out of use")}
    elif notice.staff_id:
        words = {"no_address": _("no address for a page"), "inactive": _("no longer works here")}
    else:
        words = {"no_address": _("no address for a message (%(ways)s)") % {"ways": ways_written()}}
    words[SHADOW] = _("replayed for a shadow day: nothing is sent")
    return words.get(notice.reason, notice.reason)


def recipients_title(notices: Sequence[Notice]) -> str:
    """How many contacts of the company were told; who was paged is not counted among them."""
    theirs = [notice for notice in notices if notice.contact_id]
    untold = (NoticeState.SUPPRESSED, NoticeState.HELD)
    people = {notice.contact_id for notice in theirs if notice.state not in untold}
    arrived = sum(1 for notice in theirs if notice.state == NoticeState.SENT)
    words = ngettext(
        "Notified of the case: %(people)d contact", "Notified of the case: %(people)d contacts", len(people)
    )
    sent = ngettext("%(n)d notice delivered", "%(n)d notices delivered", arrived)
    return f"{words % {'people': len(people)}}, {sent % {'n': arrived}}"


def notice_lines(notices: Iterable[Notice], at: datetime) -> list[dict[str, Any]]:
    """Each notice in a line; of a page every way, with what was said at its other end."""
    return [
        {
            "id": notice.pk,
            "at": notice.owed_at,
            "name": name_of_news(notice),
            "words": f"{name_of(notice)}: {line_words(notice, at)}",
            "by": notice.clause,
            # One that failed stays in sight: somebody has to do something about it.
            "family": "" if notice.state == NoticeState.FAILED else f"{notice.event_id or ''}",
            "acts": acts_of(notice.case.number, notice) if notice.contact_id and notice.case else (),
        }
        for notice in notices
    ]


def name_of_news(notice: Notice) -> str:
    """By the event that it is owed for; a promise at risk is news for a team, and no event."""
    return str(NEWS_NAMES[TeamNews(notice.moment)]) if notice.news_key else name_of_kind(notice.moment)


def line_words(notice: Notice, at: datetime) -> str:
    """Of a notice to a contact its whole life; of a page that was sent, every way with its answer."""
    if notice.contact_id:
        return life_words(notice, at, reason_words)
    is_page = notice.staff_id and notice.state not in (NoticeState.SUPPRESSED, NoticeState.HELD)
    return (answered_words(notice.deliveries.all(), at) if is_page else "") or outcome(notice, at)[0]
