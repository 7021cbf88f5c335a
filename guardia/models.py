"""The list of all nouns, a line each."""

from guardia.calls.call import Call
from guardia.cases.case import Case
from guardia.cases.draft import Draft, Presence
from guardia.cases.event import CaseEvent, EventText
from guardia.clocks.clock import Clock
from guardia.clocks.wait import Wait
from guardia.customers.city import City
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.customers.service import Service
from guardia.customers.site import Site
from guardia.evidence.test_result import TestResult
from guardia.field.visit import Crew, Visit
from guardia.notices.notice import DeliveredNotice, Delivery, Notice
from guardia.people.staff import Staff
from guardia.procedure.version import ProcedureVersion

__all__ = [
    "Call",
    "Case",
    "CaseEvent",
    "City",
    "Clock",
    "Contact",
    "Crew",
    "Customer",
    "DeliveredNotice",
    "Delivery",
    "Draft",
    "EventText",
    "Notice",
    "Presence",
    "ProcedureVersion",
    "Service",
    "Site",
    "Staff",
    "TestResult",
    "Visit",
    "Wait",
]
