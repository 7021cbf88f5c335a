"""The table of cases: one thing a customer asked for. Its verbs stand one stage per file in ``stages/``."""

from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import GeneratedField, Q
from django.utils.translation import gettext_lazy as _

from guardia.cases.answering import Answering
from guardia.cases.contesting import Contesting
from guardia.cases.number import grouped
from guardia.cases.passing_to_groups import GroupPassing
from guardia.cases.stages.administrative import Administrative
from guardia.cases.stages.closure import Closure
from guardia.cases.stages.diagnosis import Diagnosis
from guardia.cases.stages.execution import Execution
from guardia.cases.stages.field_work import FieldWork
from guardia.cases.stages.registration import Registration
from guardia.cases.stages.reopening import Reopenable
from guardia.cases.stages.stability import Stability
from guardia.cases.stages.verification import Verification
from guardia.cases.talk import Talk
from guardia.cases.waiting import Chasing, Correcting, Waiting
from guardia.events.history import FORMAT
from guardia.procedure.vocabulary import Impact, RequestStage, Stage

if TYPE_CHECKING:
    from guardia.cases.case_contents import CaseContents


class Status(models.TextChoices):
    """The status of a trouble ticket (TMF621). Which kind of event brings which stands in ``events.kinds``."""

    ACKNOWLEDGED = "acknowledged", _("registered")
    IN_PROGRESS = "inProgress", _("in progress")
    PENDING = "pending", _("waiting for the customer")
    HELD = "held", _("held")
    RESOLVED = "resolved", _("resolved")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")


FORMER = "former"
"""The source of a case that has ended in a former tool, and was brought in as history."""
FORMER_OPEN, TAKEN_OVER = "former_open", "taken_over"
"""Of one that was open there: whose promises count from its opening, and from when it was brought in."""

UNJUDGED = Q(source=FORMER) | Q(in_rehearsal=True)
"""The cases that no figure of the operator counts: nothing was promised to a customer here."""


class Case(
    Registration,
    Diagnosis,
    Execution,
    FieldWork,
    Verification,
    Stability,
    Closure,
    Reopenable,
    Administrative,
    Waiting,
    Chasing,
    Correcting,
    Contesting,
    Answering,
    Talk,
    GroupPassing,
    models.Model,
):
    contents: "CaseContents | None" = None
    """What was read of it for its page (``case_contents.read_contents``); elsewhere None."""

    number = models.BigIntegerField(unique=True, help_text="with its check digit (ISO 7064 MOD 11,10)")
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="cases", db_index=False)
    site = models.ForeignKey("guardia.Site", models.PROTECT, null=True, related_name="cases")
    service = models.ForeignKey("guardia.Service", models.PROTECT, null=True, related_name="cases", db_index=False)
    procedure_version = models.ForeignKey("guardia.ProcedureVersion", models.PROTECT, related_name="+", db_index=False)
    desk = models.CharField(max_length=40, default="technical")
    source = models.CharField(max_length=20, help_text="how it came: phone, mail, portal, office")
    fields = models.JSONField(default=dict, help_text="what the desk asks for: invoice, contract … (A3)")
    zone = models.CharField(max_length=60, help_text="IANA name, stamped at registration")
    band = models.CharField(max_length=20, blank=True, help_text="stamped at registration (P4.1 to P4.3)")

    stage = models.CharField(max_length=20)
    status = models.CharField(max_length=12)
    impact = models.CharField(max_length=20, blank=True, help_text="of an incident")
    plan_kind = models.CharField(max_length=10, blank=True, help_text="remote or visit, once there is a plan")
    cause_is_probable = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    outage_started_at = models.DateTimeField(null=True, help_text="since when the customer is affected")
    is_complaint = models.BooleanField(
        default=False, db_default=False, help_text="a formal one, with its legal time (A3)"
    )
    opens_at = models.DateTimeField(null=True, help_text="its desk is closed until then, and no clock runs (A3 D)")
    restored_at = models.DateTimeField(null=True)
    green_since = models.DateTimeField(null=True, help_text="start of the green window (P6)")
    closed_at = models.DateTimeField(null=True, help_text="closed or cancelled")
    affected_seconds = models.IntegerField(null=True, help_text="union of outage intervals (P7)")
    outages = models.JSONField(default=list, help_text="[[from, to or null], …] in ISO 8601 UTC")
    assigned = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="cases")
    part_of = models.ForeignKey("guardia.Outage", models.PROTECT, null=True, related_name="cases", db_index=False)
    within_work = models.ForeignKey(
        "guardia.PlannedWork",
        models.PROTECT,
        null=True,
        related_name="cases",
        db_index=False,
        help_text="its time is counted apart",
    )

    subject = models.CharField(max_length=160)
    symptoms = models.TextField()
    cause = models.TextField(blank=True)
    plan = models.TextField(blank=True)
    answer = models.TextField(blank=True, help_text="first answer of its desk (A3)")
    solution = models.TextField(blank=True)
    prevention = models.TextField(blank=True, help_text="what is done so that it does not return (P7)")
    fault = models.TextField(blank=True)
    late_reason = models.CharField(
        max_length=20, blank=True, default="", db_default="", help_text="why it was late, as a code; empty: nobody said"
    )
    confirmed_by = models.CharField(max_length=200, blank=True)
    reporter = models.ForeignKey("guardia.Contact", models.PROTECT, null=True, related_name="+", db_index=False)
    reporter_name = models.CharField(max_length=160, blank=True)
    call_back_number = models.CharField(max_length=40, blank=True)
    site_contact = models.CharField(max_length=200, blank=True)
    access_hours = models.CharField(max_length=200, blank=True)
    mains_power = models.CharField(max_length=10, blank=True, help_text="yes, no, unknown, or not asked yet")
    customer_reference = models.CharField(max_length=80, blank=True)
    carrier_reference = models.CharField(max_length=80, blank=True)
    in_rehearsal = models.BooleanField(
        default=False, db_default=False, help_text="opened while nothing was sent: no customer was promised anything"
    )
    former_system = models.CharField(
        max_length=40, blank=True, default="", db_default="", help_text="the tool that it was brought in from"
    )
    former_number = models.CharField(
        max_length=80, blank=True, default="", db_default="", help_text="its number there, by which it is still found"
    )

    search = GeneratedField(
        expression=SearchVector("subject", "symptoms", "cause", "plan", "solution", "fault", config="spanish"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    seq = models.IntegerField(default=0, help_text="number of its last event")
    head_hash = models.BinaryField(default=b"", help_text="hash of its last event")
    history_format = models.SmallIntegerField(
        default=FORMAT, db_default=1, help_text="by which its events are hashed; those of before have the first"
    )
    notices_owed = models.IntegerField(
        default=0, db_default=0, help_text="to the company's people by its events so far; the next event says how many"
    )
    next_kind = models.CharField(max_length=30, blank=True, help_text="the promise that breaks first")
    next_started_at = models.DateTimeField(null=True)
    next_warn_at = models.DateTimeField(null=True)
    next_urgent_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)
    next_step_at = models.DateTimeField(null=True, help_text="when the escalation moves on by itself")
    escalated_level = models.SmallIntegerField(default=0, help_text="of the open escalation; 0: none is open")
    answering = models.ForeignKey(
        "guardia.Staff", models.PROTECT, null=True, related_name="+", db_index=False, help_text="to it"
    )
    waiting_since = models.DateTimeField(null=True, help_text="a clock stands still since then")
    last_seen_fact = models.CharField(max_length=30, blank=True, help_text="moment of the last event worth a glance")
    last_fact_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "guardia"
        db_table = "case"
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__in=[stage.value for stage in (*Stage, *RequestStage)]), name="case_stage_known"
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="case_status_known"),
            models.CheckConstraint(
                condition=Q(impact__in=["", *(impact.value for impact in Impact)]), name="case_impact_known"
            ),
            models.UniqueConstraint(
                fields=["former_number", "former_system"],
                condition=~Q(former_number=""),
                name="case_former_number_once",
            ),
        ]
        indexes = [
            models.Index(fields=["next_due_at", "id"], name="case_bench", condition=Q(closed_at=None)),
            models.Index(fields=["desk", "next_due_at", "id"], name="case_desk_open", condition=Q(closed_at=None)),
            models.Index(
                fields=["assigned", "desk", "next_due_at", "id"], name="case_mine", condition=Q(closed_at=None)
            ),
            models.Index(
                fields=["stage", "desk", "next_due_at", "id"], name="case_stage_open", condition=Q(closed_at=None)
            ),
            models.Index(fields=["waiting_since"], name="case_waiting", condition=Q(closed_at=None)),
            models.Index(fields=["next_warn_at"], name="case_warned", condition=Q(closed_at=None)),
            models.Index(fields=["next_step_at"], name="case_to_escalate", condition=Q(next_step_at__isnull=False)),
            models.Index(fields=["customer", "-opened_at"], name="case_of_customer"),
            models.Index(fields=["service", "-opened_at"], name="case_of_service"),
            models.Index(fields=["site"], name="case_of_site_open", condition=Q(closed_at=None)),
            models.Index(fields=["reporter"], name="case_reported_by", condition=Q(reporter__isnull=False)),
            models.Index(fields=["answering"], name="case_answering", condition=Q(answering__isnull=False)),
            models.Index(fields=["part_of", "id"], name="case_of_outage", condition=Q(part_of__isnull=False)),
            models.Index(fields=["within_work"], name="case_of_work", condition=Q(within_work__isnull=False)),
            models.Index(fields=["-closed_at"], name="case_last_closed", condition=Q(closed_at__isnull=False)),
            models.Index(fields=["id"], name="case_in_rehearsal", condition=Q(in_rehearsal=True)),
            models.Index(fields=["customer_reference"], name="case_customer_reference"),
            GinIndex(fields=["search"], name="case_search"),
            GinIndex(fields=["fields"], name="case_field", condition=~Q(fields={})),
            models.Index(fields=["carrier_reference"], name="case_carrier_reference"),
        ]

    def __str__(self) -> str:
        return self.display_number

    @property
    def display_number(self) -> str:
        return grouped(self.number)

    @property
    def is_history(self) -> bool:
        """It ended in a former tool: nothing was promised here, nothing is judged, and no outage is counted."""
        return self.source == FORMER

    @property
    def is_open(self) -> bool:
        return self.closed_at is None
