"""Administrative requests (A3): one is taken down for a desk that is not technical; then it is a case of that desk."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Body as BodyOf
from ninja import Router
from pydantic import Field, create_model

from guardia.config.now import now
from guardia.people.policy import Right
from guardia.procedure import version as versions
from guardia.web.api.v2.caller import caller_of
from guardia.web.api.v2.calls import company_called
from guardia.web.api.v2.case_answer import CaseAnswer
from guardia.web.api.v2.cases import answer_case, case_called
from guardia.web.api.v2.form_schema import body_of, form_data, unasked
from guardia.web.api.v2.operations import operation
from guardia.web.api.v2.origins import ORIGINS, as_sent, desk_of, origin_in
from guardia.web.api.v2.pages import LARGEST_ID
from guardia.web.api.v2.problems import ProblemRaised, of_fields, of_refusal
from guardia.web.desk.acts.requests import field_name
from guardia.web.desk.request_form import RequestForm, known
from guardia.web.desk.request_taking import desks_of, taken_down
from guardia.web.shared.act import Refusal, attempt

router = Router()
MORE: dict[str, Any] = {
    "company": (int, Field(ge=1, le=LARGEST_ID)),
    "fields": (
        dict[str, str],
        Field(default_factory=dict, description="What the desk asks for, by the procedure's keys.", max_length=50),
    ),
}
NewRequest: Any = create_model("NewRequest", __base__=body_of("RequestTaken", RequestForm), **ORIGINS, **MORE)


@operation(
    router,
    "POST",
    "/requests",
    "requests.take",
    right=Right.TAKE_REQUESTS,
    answer=CaseAnswer,
    status=201,
    summary="Take down a request for a desk that is not technical (A3)",
    description="It is a case of that desk from then on: list them with /cases?desk=…",
    example={"company": 1, "desk": "billing", "text": "A copy of October's bill", "source": "mail"},
)
def take_request(request: HttpRequest, body: Annotated[NewRequest, BodyOf(...)]) -> HttpResponse:
    staff, at, sent = caller_of(request).staff, now(), body.model_dump(exclude_none=True)
    company, given, origin = company_called(sent.pop("company")), sent.pop("fields"), origin_in(sent)
    version = versions.version_at(at)
    if version is None:
        raise ProblemRaised(409, _("No procedure is published yet: publish one first."))
    desks = desks_of(version)
    on_record = as_sent(known(company, origin, desk_of(origin), None), origin) if origin else {}
    data = form_data(sent, RequestForm, on_record) | {field_name(key): value for key, value in given.items()}
    form = RequestForm(data, company=company, desks=desks, came=origin, now=at)
    unknown = {f"fields.{key}": words for key, words in unasked_of_desk(given, form).items()} | unasked(sent, form)
    if unknown:
        raise of_fields({name: [words] for name, words in unknown.items()})
    if not form.is_valid():
        raise of_fields(form.errors)
    case = attempt(lambda: taken_down(form, origin, staff, at))
    if isinstance(case, Refusal):
        raise of_refusal(case)
    return answer_case(request, case_called(str(case.number)), status=201)


def unasked_of_desk(given: dict[str, str], form: RequestForm) -> dict[str, str]:
    """What was sent although the chosen desk does not ask for it: by key, in words."""
    keys = {field.key for field in form.chosen.fields}
    words = _("This desk asks for: %(keys)s.") % {"keys": ", ".join(sorted(keys)) or "—"}
    return {key: words for key in given if key not in keys}
