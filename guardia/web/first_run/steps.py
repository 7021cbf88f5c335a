"""The steps of the first run: what was answered so far, the forms with what is known, the mail that proves mail."""

import hashlib
import re
import secrets
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from guardia.clocks import rest_days
from guardia.config import countries, session_store
from guardia.config.now import now
from guardia.customers.cities import City, listed
from guardia.customers.phones import NotANumber, normalise
from guardia.notices.envelope import Envelope, domain, sealed
from guardia.notices.post import handed_over
from guardia.notices.reasons import in_words
from guardia.notices.server_answer import NoServer, Verdict
from guardia.notices.wire import BadAddress, wire_address
from guardia.people import connections
from guardia.people.connections import Kind
from guardia.procedure.schema import Procedure, load
from guardia.procedure.vocabulary import Band
from guardia.web.first_run.cities_form import LISTED, CitiesForm
from guardia.web.first_run.forms import (
    AddressForm,
    AdministratorForm,
    ColleagueForm,
    CompanyForm,
    HoursForm,
    LevelsForm,
    OfficesForm,
    OperatorForm,
    PhonesForm,
    StepForm,
)

ANSWERS = "guardia.first-run.answers"
LAST = timedelta(days=30)


class Answers:
    """What was answered so far, stored for the installation until the last step writes it and forgets it.

    Whoever has the key goes on where it was left, in whatever browser. No password is among it. ``typed``: by step,
    what stands in its fields; ``done``: the steps that were passed. Both as JSON holds them.
    """

    def __init__(self) -> None:
        self.data: dict[str, Any] = session_store.stored(_place(), now())

    def get(self, name: str, default: Any = None) -> Any:
        return self.data.get(name, default)

    def keep(self, **more: Any) -> None:
        self.data |= more
        session_store.store(_place(), self.data, now() + LAST)

    def typed(self, step: str) -> dict[str, str]:
        found: dict[str, str] = self.get("typed", {}).get(step, {})
        return found

    def type(self, step: str, fields: dict[str, str]) -> None:
        self.keep(typed={**self.get("typed", {}), step: fields})

    def is_done(self, step: str) -> bool:
        return step in self.get("done", [])

    def pass_by(self, step: str) -> None:
        self.keep(done=[*(one for one in self.get("done", []) if one != step), step])

    @staticmethod
    def forget() -> None:
        session_store.drop(_place())


def _place() -> str:
    """The key of its row, which nobody can guess who does not know the installation's secret."""
    return salted_hmac(ANSWERS, settings.SECRET_KEY, algorithm="sha256").hexdigest()[:40]


LONGEST_WAIT = 10.0
ROWS = 4
OPERATOR, PHONES, OFFICES, HOURS, CITIES = "operador", "telefonos", "oficinas", "horario", "ciudades"
MAIL, PEOPLE, LEVELS, COMPANY, PUBLISH = "correo", "personas", "niveles", "empresa", "publicar"
STEPS = (OPERATOR, PHONES, OFFICES, HOURS, CITIES, MAIL, PEOPLE, LEVELS, COMPANY, PUBLISH)
SAID_BY_A_FILE = frozenset({PHONES, OFFICES})
NEVER_KEPT = frozenset({"password", "code", "csrfmiddlewaretoken"})
LONGEST_TYPED = 300_000


class NotSent(Exception):
    """The mail did not leave; in the server's words, with what to look at."""


def steps_of(answers: Answers) -> tuple[str, ...]:
    """All ten; where the operator brings a procedure, without those that it answers."""
    own = answers.get("own")
    return tuple(step for step in STEPS if not (own and step in SAID_BY_A_FILE))


def next_step(answers: Answers) -> str:
    """The first step that is not done."""
    return next((step for step in steps_of(answers) if not answers.is_done(step)), PUBLISH)


def own_procedure(answers: Answers) -> Procedure | None:
    """The procedure that the operator brought; None where one is made of the answers."""
    return load(answers.get("own"), "procedure.yaml") if answers.get("own") else None


def language() -> str:
    return (translation.get_language() or settings.LANGUAGE_CODE)[:2]


# --- the forms ---


def form_of(step: str, answers: Answers, request: HttpRequest, data: Any = None, files: Any = None) -> StepForm:
    """The form of a step with one form. ``data``: what was typed; None: with what is known.

    A step that was passed stands there as it was passed, with what does not fit any more since.
    """
    make, more = FORMS[step], _more(step, answers)
    typed = answers.typed(step)
    if data is None and typed and answers.is_done(step) and step not in {MAIL, PUBLISH}:
        data = typed
    form: StepForm = make(data, files, initial={**_known(step, answers, request), **typed}, **more)
    return form


FORMS: dict[str, Any] = {
    OPERATOR: OperatorForm,
    PHONES: PhonesForm,
    OFFICES: OfficesForm,
    HOURS: HoursForm,
    CITIES: CitiesForm,
    MAIL: AddressForm,
    LEVELS: LevelsForm,
    COMPANY: CompanyForm,
    PUBLISH: AdministratorForm,
}


def colleagues(answers: Answers, data: Any = None) -> list[ColleagueForm]:
    """One form a row, by prefix; ``data`` as in ``form_of``."""
    typed = answers.typed(PEOPLE)
    if data is None and typed and answers.is_done(PEOPLE):
        data = typed
    return [
        ColleagueForm(data, prefix=f"p{row}", initial={name: typed.get(f"p{row}-{name}", "") for name in ROW})
        for row in range(ROWS)
    ]


ROW = ("name", "username", "email", "role")


def take_proposed(answers: Answers, request: HttpRequest) -> None:
    """Pass each step to come whose proposed answers fit, as they would be sent unread; the first that needs a person
    stays: mail, the last one, cities of a country without a list, and whatever was typed with a mistake.
    """
    while (step := next_step(answers)) not in {MAIL, PUBLISH}:
        if step == PEOPLE:
            if any(form["name"].value() or form["username"].value() for form in colleagues(answers)):
                return
        else:
            asked = form_of(step, answers, request)
            proposed = {name: asked.get_initial_for_field(field, name) or "" for name, field in asked.fields.items()}
            if not form_of(step, answers, request, proposed).is_valid():
                return
            answers.type(step, typed_in(proposed))
        answers.pass_by(step)


def end_of_proposals(answers: Answers, step: str) -> str:
    """How far what is proposed leads from this step, if it is further than the next one; else nothing."""
    order = steps_of(answers)
    needs_somebody = {MAIL, PUBLISH} if country(answers) == countries.HERE else {CITIES, MAIL, PUBLISH}
    after = order[order.index(step) + 1 :]
    end = next((each for each in after if each in needs_somebody), "")
    return end if end and end != after[0] else ""


def typed_in(post: Any) -> dict[str, str]:
    """What was typed, as it is kept until the last step: no password, and no file."""
    found = {name: value[:LONGEST_TYPED] for name, value in post.items() if name not in NEVER_KEPT}
    return {name: value.replace("\0", "") for name, value in found.items()}


def _more(step: str, answers: Answers) -> dict[str, Any]:
    if step == CITIES:
        return {"country": country(answers)}
    if step == LEVELS:
        people = [(form["username"].value(), form["name"].value()) for form in colleagues(answers)]
        named = [(username.strip().lower(), name) for username, name in people if username and name]
        return {"people": [("", _("You, to begin with")), *named], "own": own_procedure(answers)}
    if step == COMPANY:
        return {"cities": cities(answers), "region": country(answers)}
    return {"region": country(answers)} if step == PUBLISH else {}


def _known(step: str, answers: Answers, request: HttpRequest) -> dict[str, Any]:
    """What stands in a form before anybody typed anything."""
    if step == OPERATOR:
        zone = settings.TIME_ZONE if countries.is_named() else ""
        return {"country": country_here(request), "zone": zone}
    if step == HOURS:
        return {"begins": "08:30", "ends": "17:30", "holidays": holidays(answers)}
    if step == COMPANY:
        return _company_known(answers)
    return {}


def _company_known(answers: Answers) -> dict[str, Any]:
    first = answers.typed(PHONES).get("technical", "")
    try:
        normalise(first, country(answers))
    except NotANumber:
        first = ""
    operator = answers.typed(OPERATOR).get("name", "")
    largest = max(cities(answers), key=lambda city: city.population or 0, default=None)
    return {
        "name": _("Test company of %s") % operator if operator else _("Test company"),
        "email": answers.typed(MAIL).get("email", ""),
        "phone": first,
        "city": f"{largest.name}, {largest.province}" if largest else "",
        "kind": "Internet",
        "circuit": "ENL-0001",
    }


# --- what follows from the answers ---


def country_here(request: HttpRequest) -> str:
    """Whose country it probably is: that of the zone that the environment names, else the browser's."""
    if countries.is_named():
        return countries.country_of(settings.TIME_ZONE) or countries.HERE
    for word in request.headers.get("accept-language", "").split(","):
        region = word.partition(";")[0].strip().partition("-")[2].upper()
        if region and region not in {"US", "419"} and countries.main_zone(region):
            return region
    return countries.HERE


def country(answers: Answers) -> str:
    if own := own_procedure(answers):
        return countries.country_of(own.provider.zone) or countries.HERE
    return answers.typed(OPERATOR).get("country", "") or countries.HERE


def zone(answers: Answers) -> str:
    """Of the operator: typed, its country's, or that of the procedure it brought."""
    if own := own_procedure(answers):
        return own.provider.zone
    return answers.typed(OPERATOR).get("zone", "").strip() or countries.main_zone(country(answers))


def holidays(answers: Answers) -> str:
    """The rest of this year and the next, a day a line; nothing where the country's law is known (Ecuador's)."""
    if zone(answers) in rest_days.ZONES:
        return ""
    today = timezone.localdate(now())
    found = countries.holidays_of(country(answers), (today.year, today.year + 1), language())
    return "\n".join(f"{day:%d/%m/%Y} {name}" for day, name in found if day >= today)


def cities(answers: Answers) -> list[City]:
    """The list that was chosen, as it will be on record; nothing of it is written."""
    typed = answers.typed(CITIES)
    form = CitiesForm(typed, country=country(answers))
    if not typed or not form.is_valid():
        return []
    if form.cleaned_data.get("which") == LISTED:
        return [City(name=c.name, province=c.province, band=c.band, population=c.population) for c in listed()]
    rows: list[tuple[str, str, Band]] = form.cleaned_data["rows"]
    return [City(name=name, province=province, band=band.value) for name, province, band in rows]


def zone_here(request: HttpRequest) -> tuple[str, str]:
    """The zone that is named, else that of the country it probably is, and the hour in it, to be seen to be right."""
    proposed = "" if countries.is_named() else countries.main_zone(country_here(request))
    zone = proposed or settings.TIME_ZONE
    return zone, timezone.localtime(now(), ZoneInfo(zone)).strftime("%H:%M")


def days_to_come(days: list[tuple[date, str]]) -> list[tuple[date, str]]:
    today = timezone.localdate(now())
    return [(day, name) for day, name in days if day >= today]


# --- the mail that arrives ---


def send_code(answers: Answers, address: str) -> str:
    """A mail with six digits, by the server of the settings; its answer. Raises NotSent."""
    code = f"{secrets.randbelow(1_000_000):06}"
    try:
        wire = wire_address(address)
        envelope = Envelope(
            subject=_("Guardia: %(code)s") % {"code": code},
            sender=answers.typed(OPERATOR).get("name", "").strip() or "Guardia",
            name="",
            address=address,
            message_id=f"<first-run.{secrets.token_hex(8)}@{domain()}>",
            roots=[f"<first-run@{domain()}>"],
            moments=["first_run"],
            now=now(),
        )
        words = _("Your mail works. Write these six digits on the page of the first steps: %(code)s") % {"code": code}
        message = sealed(envelope, words, f"<p>{words}</p>", translation.get_language() or settings.LANGUAGE_CODE)
        answer = handed_over(wire, message.as_bytes(), LONGEST_WAIT)
    except (BadAddress, NoServer) as trouble:
        words = _("No mail was sent: %s. Check server, port and user.")
        if connections.locked_by(Kind.SMTP):
            words = _("No mail was sent: %s. Check server, port and sender (SMTP_HOST, SMTP_PORT, MAIL_FROM).")
        raise NotSent(words % in_words(str(trouble)).rstrip(".")) from trouble
    if answer.verdict is not Verdict.ACCEPTED:
        words = _("The mail server did not accept it: %s. Check the sender and the user.")
        raise NotSent(words % in_words(answer.words).rstrip("."))
    answers.keep(code=hashed(code), tries=0)
    return answer.words


def hashed(code: str) -> str:
    return hashlib.sha256(f"{settings.SECRET_KEY}{code}".encode()).hexdigest()


def has_arrived(answers: Answers, written: str) -> bool:
    """Whether these are the digits of the last mail. Five tries, then another mail is needed."""
    digits = "".join(sign for sign in written if sign.isdigit())
    tries = answers.get("tries", 0)
    answers.keep(tries=tries + 1)
    known = answers.get("code")
    return bool(known) and tries < 5 and constant_time_compare(hashed(digits), known)


def first_username(mailbox: str) -> str:
    """By what stands before the @, as far as a user name may hold it; ``admin`` without a mailbox."""
    local = re.sub(r"[^a-z0-9._-]", "", mailbox.partition("@")[0].lower()).lstrip("._-")[:60]
    return local if len(local) > 1 else "admin"
