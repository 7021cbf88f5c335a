"""Who a person is to the exchange: a name is given to somebody from an hour on, and ended."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.calls.exchange import ExchangeAgent
from guardia.calls.exchange_editing import end_agent, too_early
from guardia.calls.exchanges import ExchangeRefused, name_agent
from guardia.config.now import now
from guardia.people.signed import LARGEST_ID
from guardia.web.desk.companies.frame import member
from guardia.web.desk.page import say
from guardia.web.desk.settings.frame import changes
from guardia.web.desk.settings.telephone_exchange import Sent, exchange_page, find
from guardia.web.desk.settings.telephone_forms import AgentForm


@changes
@require_POST
def give(request: HttpRequest, exchange_id: int) -> HttpResponse:
    """A name at the exchange is this person's from an hour on; whoever had it before ends then."""
    one, at = find(exchange_id), now()
    form = AgentForm(request.POST, at=at)
    if form.is_valid() and (earlier := too_early(one, form.cleaned_data["name"], form.cleaned_data["since"])):
        form.add_error("since", earlier)
    if form.is_valid():
        fields = form.cleaned_data
        try:
            agent = name_agent(one, fields["name"], fields["staff"], since=fields["since"], at=at, by=member(request))
        except ExchangeRefused as refused:
            form.add_error(None, str(refused))
        else:
            say(request, _("“%(name)s” is %(who)s.") % {"name": agent.name, "who": fields["staff"].name})
            return redirect(f"{reverse('settings_exchange', args=[one.pk])}#agents")
    return exchange_page(request, one, Sent(agent=form))


@changes
@require_POST
def end(request: HttpRequest, exchange_id: int, agent_id: int) -> HttpResponse:
    agent = get_object_or_404(ExchangeAgent, pk=min(agent_id, LARGEST_ID), exchange=find(exchange_id))
    end_agent(agent, by=member(request), at=now())
    say(request, _("“%s” is nobody from now on.") % agent.name)
    return redirect(f"{reverse('settings_exchange', args=[agent.exchange_id])}#agents")
