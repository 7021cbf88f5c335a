"""A new case, with the caller on the line (P2)."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from guardia.cases.case import Case
from guardia.cases.stages.registration import Report
from guardia.cases.words import IMPACT_NAMES
from guardia.customers.service import Service
from guardia.doors.desk.calls import find_call
from guardia.doors.now import now
from guardia.people.actor import Actor
from guardia.procedure.vocabulary import Impact


class RegistrationForm(forms.Form):
    service = forms.ModelChoiceField(Service.objects.filter(active=True).order_by("circuit"), label=_("Service"))
    symptoms = forms.CharField(label=_("Symptoms"), widget=forms.Textarea)
    impact = forms.ChoiceField(label=_("How the service is"), choices=[(i.value, IMPACT_NAMES[i]) for i in Impact])


@login_required
def new_case(request: HttpRequest) -> HttpResponse:
    form = RegistrationForm(request.POST or None)
    call_id = request.GET.get("llamada", "")
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        report = Report(fields["service"], fields["symptoms"], Impact(fields["impact"]))
        case = Case.register(
            report, by=Actor.of_staff(request.user), at=now(), call=find_call(call_id), engineer=request.user
        )
        return redirect("case", case.number)
    return render(request, "desk/plain_form.html", {"form": form}, status=422 if form.errors else 200)
