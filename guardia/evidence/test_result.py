"""A test on record (P3 "múltiples pruebas", P5, P6): entered or pasted, with its hour and its verdict."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from guardia.cases.case import Case


class Verdict(models.TextChoices):
    GOOD = "good", _("good")
    BAD = "bad", _("bad")
    UNCLEAR = "unclear", _("unclear")


class TestResult(models.Model):
    __test__ = False  # a noun of the product, not a test class for pytest

    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    case = models.ForeignKey("guardia.Case", models.PROTECT, related_name="tests")
    service = models.ForeignKey("guardia.Service", models.PROTECT, null=True, related_name="+")
    stage = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    result = models.TextField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    measured_at = models.DateTimeField()
    typed = models.BooleanField(default=False, db_default=False, help_text="by a person, who read it elsewhere")

    class Meta:
        app_label = "guardia"
        db_table = "test_result"
        indexes = [models.Index(fields=["case", "measured_at"], name="test_result_of_case")]

    def __str__(self) -> str:
        return self.name


def tests_since(case: "Case", since: datetime) -> list[TestResult]:
    """Return the tests of the case that were measured at ``since`` (UTC) or later, the first first."""
    return list(case.tests.filter(measured_at__gte=since).order_by("measured_at"))


def tests_of_case(case: "Case") -> models.QuerySet[TestResult]:
    """Return every test on record of the case."""
    return TestResult.objects.filter(case=case)


# The outside systems that may post tests: each has a token in its address and a secret it signs with.


SCHEME = "sha256="


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    secret: str


def source_of(token: str) -> Source | None:
    """The source this token names. How long it takes does not tell how much of a token was right."""
    given = token.encode(errors="surrogatepass")
    found = [
        Source(name, secret)
        for name, (known, secret) in settings.TEST_SOURCES.items()
        if hmac.compare_digest(known.encode(), given)
    ]
    return found[0] if found else None


def is_signed(source: Source, body: bytes, signature: str) -> bool:
    """Whether ``signature`` (``sha256=…`` in hexadecimal) is that of this body."""
    expected = SCHEME + hmac.new(source.secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.strip().lower().encode(errors="replace"))
