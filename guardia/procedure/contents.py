"""Closed lists of what must be written down at a stage, and of what a notice must tell."""

from enum import StrEnum


class Record(StrEnum):
    """What a stage must leave on record before it is left."""

    SYMPTOMS = "symptoms"  # P2
    REPORTER = "reporter"  # P2 D: who reports
    CALL_BACK_NUMBER = "call_back_number"  # P2 D
    SITE_CONTACT = "site_contact"  # P2 D, P4 D
    ACCESS_HOURS = "access_hours"  # P2 D, P4 D
    MAINS_POWER = "mains_power"  # P2 D: whether there is mains power
    CAUSE = "cause"  # P3; it may be probable
    PLAN = "plan"  # P3
    TESTS = "tests"  # P3, P5
    AGREED_BY = "agreed_by"  # P4 D: both persons who agreed on the dispatch
    FORECAST = "forecast"  # P4 D: when the crew is expected, from and to
    PLAN_EXECUTED = "plan_executed"  # P5
    RESTORED_HOUR = "restored_hour"  # P5
    CONFIRMER = "confirmer"  # P5: name, position, telephone, channel
    EVIDENCE = "evidence"  # P6
    FAULT = "fault"  # P7
    SOLUTION = "solution"  # P7
    AFFECTED_TIME = "affected_time"  # P7


class NoticeItem(StrEnum):
    """What a notice must tell; a notice that lacks one of its items is not sent but shown to its author."""

    NUMBER = "number"
    SYMPTOMS = "symptoms"
    NEXT = "next"  # what happens next
    BY_WHEN = "by_when"  # and until what hour, with its zone
    CAUSE = "cause"
    PLAN = "plan"
    CREW = "crew"
    SITE_CONTACT = "site_contact"
    ACCESS_HOURS = "access_hours"
    FORECAST = "forecast"  # from and to
    CONDITIONS = "conditions"  # P4.3: which of them hold the visit up
    NEXT_DECISION = "next_decision"  # P4.3: the hour of the next decision
    PLAN_EXECUTED = "plan_executed"
    HOUR = "hour"  # when the service was restored, came back, or failed again
    CONFIRMER = "confirmer"
    ATTEMPTS = "attempts"  # P5 D: tries to reach who confirms
    EVIDENCE = "evidence"
    FAULT = "fault"
    SOLUTION = "solution"
    AFFECTED_TIME = "affected_time"
    NEWS = "news"
    CLOCK = "clock"  # W1: which clock stops
    ASKED_BY = "asked_by"  # W1: who asked for it
    REASON = "reason"  # W1, and why a case was withdrawn
    PROOF = "proof"  # W1
    DESK = "desk"  # A3: which desk attends to it
    DESK_OPENS = "desk_opens"  # A3 D
    ANSWER = "answer"  # A3


class Recipients(StrEnum):
    """Who is told."""

    CONFIGURED_CONTACTS = "configured_contacts"  # P: the company's contacts who follow the topic
    REPORTER = "reporter"  # who reported, when that person is a contact of the company


class WaitProof(StrEnum):
    """W1: what each wait must say."""

    CLOCK = "clock"
    ASKED_BY = "asked_by"
    REASON = "reason"
    PROOF = "proof"
    THIRD_PARTY_NAME = "third_party_name"
    THIRD_PARTY_TICKET = "third_party_ticket"
    THIRD_PARTY_CONTACT = "third_party_contact"
    THIRD_PARTY_PROMISE = "third_party_promise"  # its next promise, chased by a clock


class BandNeed(StrEnum):
    """P4.3 D: what is told instead of an hour that nobody could keep."""

    FORECAST_RANGE = "forecast_range"
    CONDITIONS = "conditions"
    NEXT_DECISION = "next_decision"
