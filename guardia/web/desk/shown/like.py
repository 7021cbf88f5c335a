"""A new case like one that is known: the same company, service and people; what is wrong is asked anew."""

from django.urls import reverse
from django.utils.http import urlencode

from guardia.cases.case import Case

LIKE = "como"
"""How the address names the case that a new one is like."""


def like_href(case: Case) -> str:
    asked = {"compania": case.customer_id, "service": case.service_id, LIKE: case.number}
    return f"{reverse('new_case')}?{urlencode({name: value for name, value in asked.items() if value})}"
