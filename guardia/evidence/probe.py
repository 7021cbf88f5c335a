"""One test that Guardia runs by itself: asked for, running, done. What it measured becomes a test on record (P3)."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guardia.evidence.target import ServiceTarget
from guardia.evidence.test_result import Verdict

if TYPE_CHECKING:
    from guardia.cases.case import Case


class Occasion(models.TextChoices):
    REGISTRATION = "registration", _("at registration")
    ON_DEMAND = "on_demand", _("on demand")
    VERIFICATION = "verification", _("after the restoration")
    STABILITY = "stability", _("stability watch")


class ProbeState(models.TextChoices):
    ASKED = "asked", _("waits for its turn")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("could not be run")


UNDER_WAY = (ProbeState.ASKED, ProbeState.RUNNING)


class Probe(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    case = models.ForeignKey("guardia.Case", models.PROTECT, related_name="probes")
    target = models.ForeignKey(ServiceTarget, models.PROTECT, related_name="probes")
    occasion = models.CharField(max_length=20, choices=Occasion.choices)
    state = models.CharField(max_length=10, choices=ProbeState.choices, default=ProbeState.ASKED)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+", help_text="null: itself")
    due_at = models.DateTimeField(help_text="not before: a target is not tested twice in a row")
    leased_until = models.DateTimeField(null=True, help_text="a worker has it; after that hour another may take it")
    attempts = models.SmallIntegerField(default=0)
    measured_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=10, blank=True, choices=Verdict.choices)
    code = models.CharField(max_length=40, blank=True, help_text="what came of it, as guardia.evidence.words says it")
    numbers = models.JSONField(default=dict)
    samples = models.JSONField(default=list, help_text="milliseconds of each sample, null where it was lost")
    test = models.ForeignKey("guardia.TestResult", models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "probe"
        indexes = [
            models.Index(fields=["due_at", "id"], name="probe_to_run", condition=Q(state__in=UNDER_WAY)),
            models.Index(fields=["case", "target", "-measured_at"], name="probe_of_case"),
            models.Index(fields=["target", "-due_at"], name="probe_of_target"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "target"], condition=Q(state__in=UNDER_WAY), name="probe_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(state__in=ProbeState.values), name="probe_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.target_id} {self.state}"


def is_under_way(case: "Case") -> bool:
    """Return whether a test of the case waits for its turn or runs."""
    return case.probes.filter(state__in=UNDER_WAY).exists()


def last_probes_of(case: "Case", most: int) -> list[Probe]:
    """Return the last tests of the case with their targets, the first due first."""
    return list(case.probes.select_related("target").order_by("-due_at", "-pk")[:most])[::-1]


def samples_of(case_id: int, test_ids: Collection[int]) -> dict[int, list[float | None]]:
    """What was measured by the probes of these tests of a case, by the test's id."""
    probes = Probe.objects.filter(case_id=case_id, test_id__in=list(test_ids))
    return {pk: samples for pk, samples in probes.values_list("test_id", "samples") if pk}
