"""A caller is told of the outage that explains the fault, and joins it with one key."""

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.calls.call import Call
from guardia.cases.case import Case
from guardia.cases.case_rows import open_incident_locked
from guardia.cases.refusals import Refused
from guardia.cases.stages.registration import Report
from guardia.config.now import now
from guardia.outages import members, outage_rows
from guardia.outages.outage import Outage
from guardia.outages.outage_rows import services_behind
from guardia.people.actor import Actor
from guardia.procedure.version import NoProcedure
from guardia.procedure.vocabulary import Impact
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.page import say
from guardia.web.desk.phone.by_hand import find_call
from guardia.web.desk.registering import taken_up


@desk_page
@require_POST
def join_call(request: DeskRequest, number: int, call_id: int) -> HttpResponse:
    """The call on the line is about this outage: it goes to the case of its service, which is opened if there is none.

    A company with several services behind it says by ``servicio`` which one; otherwise the first without a word yet.
    """
    call = find_call(str(call_id))
    if call is None or call.customer_id is None:
        raise Http404
    if call.case_id:
        return redirect("call", call.pk)
    try:
        with transaction.atomic():
            case = joined(request, number, call)
    except Refused as refused:
        say(request, str(refused))
        return redirect("call", call.pk)
    except NoProcedure:
        say(request, _("No procedure is published yet: publish one first."))
        return redirect("call", call.pk)
    said = _("The call is about %(outage)s: %(number)s.")
    say(request, said % {"outage": f"AM-{number:04d}", "number": case.display_number})
    return redirect("case_opened", case.number)


def joined(request: DeskRequest, number: int, call: Call) -> Case:
    """The case that the call is part of now. Raises Http404, Refused."""
    outage = outage_rows.outage_of(number, locked=True)
    behind = services_behind(outage, call.customer_id) if outage and call.customer_id else []
    asked = request.POST.get("servicio", "")
    service = next((one for one in behind if str(one.pk) == asked), behind[0] if behind else None)
    if outage is None or service is None:
        raise Http404
    by, at = Actor.of_staff(request.user), now()
    taken_up(call, request.user, at)
    case = open_incident_locked(service)
    if case is not None:
        case.join(call, by=by, at=at)
    else:
        report = Report(service, symptoms_of(outage), Impact(outage.impact), reporter=call.contact)
        case = Case.register(report, by=by, at=at, call=call, engineer=request.user)
    members.join(outage, [case], by=by, at=at, now=at)
    return case


def symptoms_of(outage: Outage) -> str:
    return _("Reported by telephone during %(outage)s: %(name)s") % {
        "outage": outage.display_number,
        "name": outage.name,
    }
