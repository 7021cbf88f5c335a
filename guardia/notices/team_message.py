"""News for a channel of a team, in short: the number, what happened, what is promised until when, and the desk's page.

Who reads there may be anybody of the team, or whoever was once invited: no name of a person and nothing that somebody
wrote in free words; the company only where the channel is sent it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from guardia.config.languages import active, in_active
from guardia.events.kinds import KINDS, TeamNews, name_of_kind
from guardia.notices.announcing import LEAST_URGENT
from guardia.notices.notice import Notice, NoticeState
from guardia.notices.page import facts_of
from guardia.notices.team_address import WHATSAPP
from guardia.notices.team_channel import TeamChannel, channels_for
from guardia.notices.wire import WIRE, one_line
from guardia.notices.wording.fact_phrases import what_is_wrong
from guardia.notices.wording.hours import in_the_language_of
from guardia.notices.wording.next_step import by_when, steps_in
from guardia.notices.wording.notice_facts import NoticeFacts
from guardia.notices.wording.prose import clause
from guardia.procedure.vocabulary import Moment, RequestStage, Stage, WaitCause

MOST_LISTED = 10
"""Lines of a message that gathers several; the desk has the rest."""

Link = Callable[[str], str]
"""Where the desk's page of a path is: ``casos/123/``; whoever opens it signs in first."""


def render(notices: Sequence[Notice], now: datetime, link: Link) -> EmailMessage:
    """Title and text of one message; ``case`` and ``team_channel`` of the notices loaded. ``now`` is UTC."""
    with in_the_language_of(notices) as language:
        told = [facts_of(notice, now) for notice in notices]
        title, lines = one_piece(told, link) if is_one(notices) else several(told, link)
        channel = notices[0].team_channel
        message = EmailMessage(policy=WIRE)
        if channel and channel.kind == WHATSAPP:  # a template takes one line; there is no title there
            title, lines = "", [" · ".join(one_line(line) for line in (title, *lines))]
        message["Subject"] = one_line(title)
        message["X-Guardia-Moment"] = " ".join(dict.fromkeys(notice.moment for notice in notices))[:200]
        message.set_content("\n".join(lines), cte="quoted-printable")
        message["Content-Language"] = language
        return message


def trial_message(channel: TeamChannel) -> bytes:
    """What a channel is sent to see whether news arrives there, in its own language; of no case."""
    with translation.override(channel.language):
        message = EmailMessage(policy=WIRE)
        message["Subject"] = "" if channel.kind == WHATSAPP else _("Test of Guardia")
        words = _("This message was sent from the settings of Guardia, to see whether news arrives here. It did.")
        message.set_content(words, cte="quoted-printable")
        return message.as_bytes()


def is_one(notices: Sequence[Notice]) -> bool:
    """Whether all of it is of one case at one instant, or of one outage or work."""
    return len({(notice.case_id, notice.owed_at) for notice in notices}) == 1 and (
        notices[0].case_id is not None or len(notices) == 1
    )


def one_piece(told: Sequence[NoticeFacts], link: Link) -> tuple[str, list[str]]:
    """The news of one case at one instant, or of one outage or work."""
    first, last = told[0], told[-1]
    lines = [f"{capfirst(what_happened(each))}." for each in told]
    late = [_("As of %(hour)s.") % {"hour": last.hours.at(last.at)}] if last.is_late else []
    if not is_of_case(first):
        return f"{first['number']} · {in_active(first['names'])}", [*lines, *late, *forecast(last), link(first["link"])]
    title = " · ".join(part for part in (_("Case %(number)s") % {"number": first["number"]}, about(first)) if part)
    return title, [*lines, *late, *stage(last), *promise(last), link(first["link"])]


def several(told: Sequence[NoticeFacts], link: Link) -> tuple[str, list[str]]:
    """The first lines in the order in which it happened, and how many more there are."""
    lines = [
        _("%(hour)s · %(number)s: %(what)s")
        % {"hour": each.hours.stamp(each.at), "number": each["number"], "what": what_happened(each)}
        for each in told[:MOST_LISTED]
    ]
    more = len(told) - len(lines)
    rest = [ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more}] if more > 0 else []
    title = ngettext("%(n)d piece of news", "%(n)d pieces of news", len(told)) % {"n": len(told)}
    return title, [*lines, *rest, link("")]


def is_of_case(told: NoticeFacts) -> bool:
    return not told["names"]


def about(told: NoticeFacts) -> str:
    """``No service in Cuenca · Internet 50 Mbps``, with company and circuit where the channel is sent them."""
    service = " ".join(part for part in (told["circuit"], told["service"]) if part)
    wrong = what_is_wrong(told) if told["impact"] or not told["city"] else told["city"]
    return " · ".join(part for part in (told["company"], wrong, service) if part)


def stage(told: NoticeFacts) -> list[str]:
    """The stage that an open case is in; of a request its desk says it already."""
    names = {**STAGES, **REQUEST_STAGES}
    return [_("Stage: %(stage)s.") % {"stage": names[told["stage"]]}] if told["stage"] in names else []


def promise(told: NoticeFacts) -> list[str]:
    """What is promised next and until when; an hour that has passed is promised by nobody."""
    step = next((step for step in steps_in(told.facts) if step.due_at > told.now), None)
    if step is None or told.moment == TeamNews.AT_RISK:
        return []
    when = told.hours.zoned(by_when(told, step))
    return [_("Promised %(when)s: %(promise)s.") % {"when": when, "promise": clause(told.clock_name(step.kind))}]


def forecast(told: NoticeFacts) -> list[str]:
    """When an outage is expected back, or between which hours a work stands."""
    at, start, end = told.hour("forecast_at"), told.hour("starts_at"), told.hour("ends_at")
    if start and end:
        return [_("Window: %(hours)s.") % {"hours": told.hours.zoned(told.hours.window(start, end))}]
    if at and at > told.now:
        return [_("Expected back %(when)s.") % {"when": told.hours.zoned(told.hours.before(at))}]
    return []


def what_happened(told: NoticeFacts) -> str:
    """The news without a full stop."""
    if not is_of_case(told):
        return str(OF_NO_CASE.get((told["news"], told.moment), told.moment))
    if told.moment in (Moment.BREACHED, TeamNews.AT_RISK):
        return of_promise(told)
    if told.moment == Moment.ESCALATED:
        level = told.procedure.level(int(told.data.get("level") or 0))
        return _("escalated to level %(level)s") % {"level": f"{level.level} ({level.name})" if level else "?"}
    if told.moment == Moment.WAIT_STARTED:
        return _("on hold, waiting for %(whom)s") % {"whom": CAUSES.get(told.variant, told.variant)}
    family = KINDS[Moment(told.moment)].team_news
    if family == TeamNews.HOLD:
        return _("no longer on hold")
    if family == TeamNews.OPENED:
        return _("case opened")
    if family == TeamNews.GROUP:
        group = told.text(f"group_{active()}") or told.text("group")
        return _("passed to the group %(group)s") % {"group": group} if group else _("back with the desk")
    return name_of_kind(told.moment)


def of_promise(told: NoticeFacts) -> str:
    """A promise that broke, with when it fell due; or one that is at risk, with until when it stands."""
    if told.moment == Moment.BREACHED:
        words = {"promise": clause(told.clock_name(told.data["clock"])), "hour": told.hours.at(told.at)}
        return _("promise broken: %(promise)s, due %(hour)s") % words
    step = told["next"]
    due = datetime.fromisoformat(step["due_at"])
    words = {"promise": clause(told.clock_name(step["kind"])), "when": told.hours.zoned(told.hours.before(due))}
    return _("promise at risk: %(promise)s, %(when)s") % words


CAUSES: dict[str, Promise] = {
    WaitCause.CUSTOMER: gettext_lazy("the customer"),
    WaitCause.FORCE_MAJEURE: gettext_lazy("force majeure"),
    WaitCause.THIRD_PARTY: gettext_lazy("a third party"),
}
STAGES: dict[str, Promise] = {
    Stage.RECEPTION: gettext_lazy("Reception"),
    Stage.REGISTRATION: gettext_lazy("Registration"),
    Stage.DIAGNOSIS: gettext_lazy("Diagnosis"),
    Stage.EXECUTION: gettext_lazy("Execution"),
    Stage.VERIFICATION: gettext_lazy("Verification"),
    Stage.STABILITY: pgettext_lazy("stage", "Follow-up"),
    Stage.CLOSURE: gettext_lazy("Closing"),
}
REQUEST_STAGES: dict[str, Promise] = {
    RequestStage.TAKEN: pgettext_lazy("request", "Taken"),
    RequestStage.ANSWERED: pgettext_lazy("request", "Answered"),
    RequestStage.SOLVED: pgettext_lazy("request", "Solved"),
}
OF_NO_CASE: dict[tuple[str, str], Promise] = {
    ("outage", "declared"): gettext_lazy("mass outage declared"),
    ("outage", "restored"): gettext_lazy("mass outage restored"),
    ("outage", "relapsed"): gettext_lazy("mass outage: it has failed again"),
    ("outage", "ended"): gettext_lazy("mass outage ended"),
    ("work", "announced"): gettext_lazy("planned work announced"),
    ("work", "moved"): gettext_lazy("planned work moved"),
    ("work", "cancelled"): gettext_lazy("planned work cancelled"),
    ("work", "started"): gettext_lazy("planned work has begun"),
    ("work", "overran"): gettext_lazy("planned work overruns its window"),
    ("work", "ended"): gettext_lazy("planned work ended"),
}
"""What becomes news of a mass outage and of planned work, by family and by what happened; nothing else of them does."""


# --- owed about no case -----------------------------------------------------------------------------------------------


def owe(news: TeamNews, key: str, facts: Mapping[str, Any], impact: str, zone: str, now: datetime) -> int:
    """News of a mass outage or of planned work becomes owed to each channel that is sent it; to how many. ``key`` is
    unique to this piece of news; ``zone`` is the operator's, ``now`` is UTC. A step of its caller's transaction.
    """
    if (news.value, facts["moment"]) not in OF_NO_CASE:
        return 0
    local = now.astimezone(ZoneInfo(zone)).time()
    rows = []
    for channel in channels_for(news):
        is_quiet = channel.is_quiet(local, impact)
        rows.append(
            Notice(
                team_channel=channel,
                news_key=key,
                moment=news.value,
                clause="P",
                language=channel.language,
                facts={**facts, "news": news.value, "zone": zone},
                urgency=LEAST_URGENT,
                state=NoticeState.SUPPRESSED if is_quiet else NoticeState.OWED,
                reason="quiet_hours" if is_quiet else "",
                owed_at=now,
            )
        )
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
