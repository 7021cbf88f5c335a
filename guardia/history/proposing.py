"""A mapping proposed from the heading of a file and its first rows, for a person to look through.

Nothing is taken for sure: each word is looked up in a list of what former tools call it, and what is in no list is left
to be written. A file that has the headings of a tool that Guardia knows gets that tool's mapping.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from guardia.customers.values import fold
from guardia.history import mapping as mappings
from guardia.history.file_rows import rows_of
from guardia.history.hours import OrderShown
from guardia.history.mapping import HOURS, Fact, State

SIGNS = re.compile(r"[_#°º.:]+")
SAMPLE = 5_000
"""So many rows are looked at."""
MOST_STATES = 60
ENOUGH = 0.6
"""This share of the headings that a known tool's mapping names makes a file one of that tool."""

HEADINGS: Mapping[Fact, str] = {
    "number": (
        "n, n de ticket, n ticket, n de caso, n caso, n de reclamo, n do chamado, n do protocolo, codigo, "
        "number, nr, no, ticket, ticket number, ticket no, ticket id, case, case id, incident, incident id, "
        "id, numero, numero de caso, caso, incidente, folio, chamado, protocolo, key, issue key, "
        "case concept name, sr number"
    ),
    "company": (
        "company, customer, account, client, organization, organisation, empresa, cliente, compania, "
        "compañia, customer company, conta, razon social"
    ),
    "service": (
        "service, circuit, circuit id, service id, ci, cmdb_ci, configuration item, servicio, circuito, "
        "enlace, id servicio, servico, designacao, codigo de servicio, linha"
    ),
    "subject": (
        "subject, title, summary, short description, short_description, asunto, titulo, resumen, resumo, assunto"
    ),
    "symptoms": "description, symptoms, details, descripcion, sintomas, detalle, detalhe, descricao, falla reportada",
    "reporter": (
        "reporter, caller, requester, contact, opened by, reportado por, solicitante, contacto, quien "
        "reporta, aberto por, contato"
    ),
    "opened": (
        "opened, opened at, created, created at, created on, open time, reported, start, apertura, fecha "
        "apertura, fecha de apertura, creado, fecha de creacion, inicio, abertura, data de abertura, aberto "
        "em, criado em, sys_created_on"
    ),
    "restored": (
        "restored, resolved, resolved at, resolution date, restoration, solved, restablecido, resuelto, "
        "solucion fecha, fecha de solucion, restablecimiento, resolvido, resolvido em, data de resolucao, "
        "normalizado"
    ),
    "closed": (
        "closed, closed at, close time, end, cierre, fecha cierre, fecha de cierre, cerrado, fechamento, "
        "fechado, fechado em, data de fechamento, fin"
    ),
    "cause": "cause, root cause, causa, causa raiz, causa raíz, motivo da falha",
    "solution": "solution, resolution, close notes, close_notes, fix, solucion, resolucion, solucao, accion tomada",
    "state": "state, status, estado, situacion, estatus, situacao",
    "time": (
        "time, timestamp, date, time:timestamp, event time, change time, fecha, hora, fecha hora, fecha "
        "evento, fecha y hora, data, data hora, updated, sys_updated_on, sys_updated_at"
    ),
    "activity": "activity, event, action, concept:name, actividad, evento, accion, atividade, acao, new value, to",
    "note": (
        "note, notes, comment, comments, nota, notas, comentario, comentarios, observacion, observacao, work notes"
    ),
    "author": (
        "author, user, resource, org:resource, agent, assigned to, autor, usuario, agente, tecnico, atendente, operador"
    ),
}
"""What former tools call each fact, in the order in which a file with several of them is read."""
STATES: Mapping[State, str] = {
    "waiting customer": "customer, user, cliente, usuario, solicitante, client",
    "waiting third_party": "vendor, supplier, third, provider, proveedor, tercero, carrier, fornecedor, terceiro",
    "cancelled": "cancel, anulad, withdrawn, rejected, rechazad, duplicate, duplicad",
    "reopened": "reopen, re-open, reabiert, reabert",
    "closed": "closed, cerrad, fechad, finaliz, completed / closed, done, terminad, concluid",
    "restored": "resolved, restored, solved, resuelt, restablec, normaliz, resolvid, completed, solucionad",
    "waiting": "wait, pending, on hold, hold, espera, pendient, pendent, suspend, detenid, pausad, aguard",
    "working": "open, new, assign, progress, work, accept, queue, active, abiert, nuev, asignad, curso, proceso, escal,"
    " atencion, abert, novo, andamento, atendimento",
}
"""By which part of a word a state is known; that it waits is looked for before for whom."""
WAITS = tuple(part.strip() for part in STATES["waiting"].split(","))


@dataclass
class Sample:
    """What was seen in the first rows: the headings, how often a case comes, and the words of each column."""

    headings: list[str]
    rows: list[dict[str, str]]
    name: str = ""
    """What the file is called, without its ending."""

    @classmethod
    def of(cls, path: Path) -> "Sample":
        """Raises WrongFile, OSError."""
        rows = [row.cells for row in islice(rows_of(path, headings_of_numbers()), SAMPLE)]
        return cls(list(dict.fromkeys(name for cells in rows for name in cells)), rows, path.stem)

    def words(self, heading: str) -> Counter[str]:
        return Counter(value for row in self.rows if (value := row.get(heading, "").strip()))

    def repeats(self, heading: str) -> bool:
        """Whether several rows name the same case."""
        words = self.words(heading)
        return sum(words.values()) > 1.2 * len(words)


NUMBERS = frozenset(
    fold(sign + name[1:] if name.startswith("n ") else name)
    for name in (each.strip() for each in HEADINGS["number"].split(","))
    for sign in ("n", "n°", "nº", "no.", "nro", "num.")
)
"""The headings of the number of a case: of a file with a title above its headings, the row that has one names them."""


def headings_of_numbers() -> frozenset[str]:
    """Every heading, folded, under which some tool names a case."""
    return NUMBERS.union(*(mappings.find(name).numbers for name in mappings.sources()))


def proposal(path: Path) -> str:
    """The YAML of a mapping, with a comment where a person has to decide. Raises WrongFile, OSError."""
    return proposal_of([Sample.of(path)])


def proposal_of(samples: Sequence[Sample]) -> str:
    """The YAML of a mapping for files that belong together: that of a tool of which one of them is, else a kind of rows
    for each.
    """
    for sample in samples:
        if name := tool_with_headings(sample.headings):
            return f"# These are the headings of {name}: --mapping {name}\n{mappings.source_text(name)}"
    return "\n".join(_lines(samples)) + "\n"


def tool_with_headings(headings: Iterable[str]) -> str:
    """The tool of whose mapping most headings stand in the file; empty where none has enough of them."""
    own = {fold(heading) for heading in headings}
    shares: dict[str, float] = {}
    for name in mappings.sources():
        if name == "table":
            continue
        for kind in mappings.find(name).rows:
            named = {fold(heading) for heading in kind.all_headings}
            if len(named) > 3 and named & own:
                shares[name] = max(shares.get(name, 0), len(named & own) / len(named))
    best = max(shares, key=lambda name: shares[name], default="")
    return best if best and shares[best] >= ENOUGH else ""


STEMS: Mapping[Fact, tuple[str, ...]] = {
    "opened": ("apertura", "abertura", "creacion", "criacao", "opened", "created"),
    "restored": ("restaur", "restablec", "restabelec", "resolved", "normaliz"),
    "closed": ("cierre", "cerrad", "fechament", "encerra", "closed"),
    "reporter": ("quien aviso", "quien reporta", "quem avisou", "quem abriu", "solicitante"),
    "solution": ("que se hizo", "o que foi feito", "trabajo realizado"),
}
"""By which part of a heading a fact is known that no list has whole: ``Fecha y hora de apertura``."""


def columns_of(sample: Sample) -> dict[Fact, str]:
    """The heading of each fact: the one that has one of its names, else a part of it, else one that begins with it."""
    found: dict[Fact, str] = {}
    folded = {_plain(heading): heading for heading in reversed(sample.headings)}
    for fact, names in HEADINGS.items():
        wanted = [_plain(name) for name in names.split(",")]
        taken = set(found.values())
        exact = [folded[name] for name in wanted if name in folded and folded[name] not in taken]
        near = [h for f, h in folded.items() if h not in taken and any(len(n) > 4 and f.startswith(n) for n in wanted)]
        parts = [h for f, h in folded.items() if h not in taken and any(stem in f for stem in STEMS.get(fact, ()))]
        if exact or parts or near:
            found[fact] = (exact or parts or near)[0]
    return found


def _plain(heading: str) -> str:
    """Without case, accents, underlines and the signs of a number: ``N° de ticket`` becomes ``n de ticket``."""
    return " ".join(SIGNS.sub(" ", fold(heading)).split())


def state_of(word: str) -> State | None:
    """What a former tool's word seems to mean; None where nothing is known of it."""
    folded = fold(word)
    waits = any(part in folded for part in WAITS)
    for state, parts in STATES.items():
        if state.startswith("waiting ") and not waits:
            continue
        if any(part.strip() in folded for part in parts.split(",")):
            return state
    return None


def _lines(samples: Sequence[Sample]) -> Iterator[str]:
    columns = [columns_of(sample) for sample in samples]
    yield "# A proposal from the heading and the first rows: look through it, and write what is missing."
    yield f"system: {_quoted((samples[0].name if samples else '')[:40].strip() or 'former tool')}"
    yield from _hours(samples, columns)
    yield "companies: known  # create: companies that are not on file are put there by their name"
    yield "rows:"
    for sample, found in zip(samples, columns, strict=True):
        yield from _columns(sample, found)
    yield from _states(samples, columns)


def _tells_events(sample: Sample, columns: Mapping[Fact, str]) -> bool:
    return "time" in columns and "number" in columns and sample.repeats(columns["number"])


def _columns(sample: Sample, columns: Mapping[Fact, str]) -> Iterator[str]:
    yield "  - columns:"
    of_events = _tells_events(sample, columns)
    used = {fact: heading for fact, heading in columns.items() if of_events or fact not in mappings.OF_AN_EVENT}
    for fact, heading in used.items():
        yield f"      {fact}: {_quoted(heading)}"
    for fact in ("number", "opened", "closed"):
        if fact not in columns and not (of_events and fact != "number"):
            yield f"      # {fact}:  <- no heading seems to be it"
    left = [heading for heading in sample.headings if heading not in used.values() and "\x00" not in heading]
    if left:
        yield f"    # not used: {' '.join(', '.join(left).split())[:300]}"


def _hours(samples: Sequence[Sample], columns: Sequence[Mapping[Fact, str]]) -> Iterator[str]:
    shown = OrderShown()
    for sample, found in zip(samples, columns, strict=True):
        headings = [heading for fact, heading in found.items() if fact in HOURS]
        for row in sample.rows:
            for heading in headings:
                shown.look_at(row.get(heading, ""))
    if shown.order is None:
        yield "hours: {order: dmy}  # no row shows whether the day or the month stands first: dmy, or mdy"
    elif shown.day_first or shown.month_first:
        yield f"hours: {{order: {shown.order}}}"


def _states(samples: Sequence[Sample], columns: Sequence[Mapping[Fact, str]]) -> Iterator[str]:
    words: Counter[str] = Counter()
    for sample, found in zip(samples, columns, strict=True):
        is_activity = _tells_events(sample, found) and "activity" in found
        heading = found.get("activity") if is_activity else found.get("state")
        of_file = sample.words(heading) if heading else Counter()
        if len(of_file) <= MOST_STATES:
            words += of_file
    by_state: dict[State | None, list[str]] = defaultdict(list)
    for word, _count in words.most_common():
        by_state[state_of(word)].append(word)
    if by_state.keys() - {None}:
        yield "states:"
    for state, found_words in by_state.items():
        for word in found_words:
            yield f"  {_quoted(word)}: {state}" if state else f"  # {_quoted(word)}:  <- what does it mean?"


def _quoted(word: str) -> str:
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
