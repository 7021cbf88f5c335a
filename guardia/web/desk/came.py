"""What a case or a request is opened for, as the address or the form names it."""

from guardia.web.desk.calls import find_call
from guardia.web.desk.desk_request import DeskRequest
from guardia.web.desk.mail.reading import locked_request, open_request
from guardia.web.desk.registration_form import Came


def came_by(request: DeskRequest) -> Came:
    """The call on the line, or the report in writing, that it is opened for; both locked."""
    if written := open_request(asked(request, "reporte")):
        return locked_request(written.pk)
    return find_call(asked(request, "llamada"))


def asked(request: DeskRequest, name: str) -> str:
    return request.GET.get(name) or request.POST.get(name, "")
