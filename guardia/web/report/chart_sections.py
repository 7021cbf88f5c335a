"""The pictures of the report: before and after the restoration on one scale, and how the watch went; numbers beside."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from guardia.cases.closing_report import ClosingReport
from guardia.evidence.compared import Compared, measured
from guardia.evidence.picture import MOST_BARS, highest, picture
from guardia.evidence.probe import Probe
from guardia.evidence.probes.measured import Sample
from guardia.evidence.vector import svg_of
from guardia.evidence.words import sentence
from guardia.web.report.shape import Chart, Side
from guardia.web.report.words import Hours

MOST_CHARTS, MOST_READ_OUT = 6, 12


def charts(report: ClosingReport, hours: Hours) -> list[Chart]:
    """One for each target that was tested on both sides of the restoration, or watched."""
    found = [Chart(str(row.target), sides_of(row, hours)) for row in report.compared]
    return [chart for chart in found if chart.sides][:MOST_CHARTS]


def sides_of(row: Compared, hours: Hours) -> list[Side]:
    name = str(row.target)
    pair = [(label, probe) for label, probe in ((_("Before"), row.before), (_("After"), row.after)) if probe]
    top = max((highest(probe.samples) for _label, probe in pair), default=None)
    sides = [side_of(name, label, probe, top, hours) for label, probe in pair] if row.before and row.after else []
    if len(row.watch) > 1:
        span = hours.span(measured(row.watch[0]), measured(row.watch[-1]))
        words = _("%(rounds)d tests since the window began, %(bad)d bad")
        said = words % {"rounds": len(row.watch), "bad": row.bad_rounds}
        title = _("The stability watch, test by test")
        sides.append(drawn(f"watch-{row.target.pk}", f"{title}, {span}", said, title, row.rounds, None))
    return sides


def side_of(name: str, label: str, probe: Probe, top: float | None, hours: Hours) -> Side:
    title = _("Samples of %(test)s") % {"test": name}
    label = f"{label}, {hours.at(measured(probe))}"
    return drawn(f"probe-{probe.pk}", label, sentence(probe.code, probe.numbers), title, probe.samples, top)


def drawn(key: str, label: str, said: str, title: str, samples: Sequence[Sample], top: float | None) -> Side:
    shown = picture(samples, top)
    return Side(key, label, said, title, described(samples), shown, svg_of(shown) if shown else "")


def described(samples: Sequence[Sample]) -> str:
    """The bars in words: one by one while they are few, else how many, how high, and how many were lost."""
    if len(samples) <= MOST_READ_OUT:
        return ", ".join(_("lost") if sample is None else f"{sample:.0f} ms" for sample in samples)
    shown = samples[-MOST_BARS:]
    came = [sample for sample in shown if sample is not None]
    facts = {"count": len(shown), "lost": len(shown) - len(came), "least": min(came, default=0)}
    facts["most"] = max(came, default=0)
    return _("%(count)d bars from %(least).0f to %(most).0f ms, %(lost)d lost") % facts
