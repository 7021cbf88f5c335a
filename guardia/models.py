"""The list of all nouns, a line each."""

from guardia.articles.article import Article, ArticleEdition, ArticleOpinion, ArticleUse
from guardia.calls.call import Call, CallTransfer, QueueVisit, RingAttempt, Scan, WrittenRequest
from guardia.calls.exchange import Exchange, ExchangeAgent, ExchangeEvent, ExchangeGap, ExchangeMember
from guardia.carriers.carrier import Carrier
from guardia.carriers.carrier_connection import CarrierConnection
from guardia.carriers.carrier_message import CarrierMessage, CarrierMirror
from guardia.carriers.ticket import CarrierMail, CarrierTicket
from guardia.cases.bulk_act import BulkAct, BulkLine
from guardia.cases.buyer_ticket import BuyerTicket
from guardia.cases.case import Case
from guardia.cases.customer_act import CustomerAct
from guardia.cases.draft import Draft, Presence
from guardia.cases.event import CaseEvent, EventText
from guardia.cases.follower import Follower
from guardia.cases.links import CaseLink
from guardia.cases.mentions import CaseWatcher, Mention
from guardia.cases.resolver_group import GroupHold, ResolverGroup
from guardia.cases.saved_views import DefaultView, SavedView
from guardia.clocks.calendars import CalendarChange
from guardia.clocks.clock import Clock, Wait
from guardia.clocks.watch import Trouble, Watch
from guardia.customers.cities import City
from guardia.customers.contact import AddressConfirmation, Contact, ContactChange, ContactWay
from guardia.customers.customer import Customer, Service, Site
from guardia.customers.own_sign_in import OwnSignIn
from guardia.customers.sign_in import CompanySession, SignInCode
from guardia.escalation.alarms import Alarm
from guardia.escalation.escalation import CallTask, Escalation, Level
from guardia.escalation.reachability import Proof
from guardia.escalation.rota import Cover, Rota
from guardia.evidence.files import CaseFile
from guardia.evidence.probe import Probe
from guardia.evidence.target import ServiceTarget
from guardia.evidence.test_result import TestResult
from guardia.field.crew import Crew, CrewMember
from guardia.field.visit import FieldAct, Visit
from guardia.history.history_import import HistoryImport, HistoryImportFile, HistoryImportPiece
from guardia.mail.message import Attachment, AutomaticAnswer, Mailbox, Message, Original
from guardia.network.alert import Alert, AlertMapping, AlertSource, AlertTurn
from guardia.network.element import Element, ElementLink, ServiceElement
from guardia.notices.address_marks import AddressMark
from guardia.notices.announcement import Announcement
from guardia.notices.leases import Sender
from guardia.notices.notice import DeliveredNotice, Delivery, Notice
from guardia.notices.own_words import Letterhead, OwnWording
from guardia.notices.pacing import DomainLimit
from guardia.notices.team_channel import TeamChannel
from guardia.outages.outage import Outage, OutageNews, OutageService
from guardia.outages.planned_work import PlannedWork, PlannedWorkService, PlannedWorkTurn
from guardia.people.api_answers import ApiAnswer
from guardia.people.api_key import ApiKey
from guardia.people.audit import AuditEntry, AuditLane, AuditLink
from guardia.people.connections import Connection
from guardia.people.password_reset import PasswordReset
from guardia.people.rehearsal import Rehearsal
from guardia.people.setting_change import SettingChange
from guardia.people.shifts import Handover, HandoverLine, Shift, ShiftPlan
from guardia.people.staff import Staff, StaffPassword
from guardia.privacy.requests import Erasure, PrivacyRequest, RetentionRun
from guardia.privacy.retention_rules import LegalHold, RetentionRule
from guardia.procedure.drafting import ProcedureDraft
from guardia.procedure.version import ProcedureVersion
from guardia.proof.log import HistoryCheckpoint, HistoryLeaf, HistoryTile
from guardia.proof.sealed_rows import SealedRow
from guardia.quick_answers.quick_answer import QuickAnswer, QuickAnswerEdition, QuickAnswerUse
from guardia.webhooks.subscription import WebhookDelivery, WebhookSubscription

__all__ = [
    "AddressConfirmation",
    "AddressMark",
    "Alarm",
    "Alert",
    "AlertMapping",
    "AlertSource",
    "AlertTurn",
    "Announcement",
    "ApiAnswer",
    "ApiKey",
    "Article",
    "ArticleEdition",
    "ArticleOpinion",
    "ArticleUse",
    "Attachment",
    "AuditEntry",
    "AuditLane",
    "AuditLink",
    "AutomaticAnswer",
    "BulkAct",
    "BulkLine",
    "BuyerTicket",
    "CalendarChange",
    "Call",
    "CallTask",
    "CallTransfer",
    "Carrier",
    "CarrierConnection",
    "CarrierMail",
    "CarrierMessage",
    "CarrierMirror",
    "CarrierTicket",
    "Case",
    "CaseEvent",
    "CaseFile",
    "CaseLink",
    "CaseWatcher",
    "City",
    "Clock",
    "CompanySession",
    "Connection",
    "Contact",
    "ContactChange",
    "ContactWay",
    "Cover",
    "Crew",
    "CrewMember",
    "Customer",
    "CustomerAct",
    "DefaultView",
    "DeliveredNotice",
    "Delivery",
    "DomainLimit",
    "Draft",
    "Element",
    "ElementLink",
    "Erasure",
    "Escalation",
    "EventText",
    "Exchange",
    "ExchangeAgent",
    "ExchangeEvent",
    "ExchangeGap",
    "ExchangeMember",
    "FieldAct",
    "Follower",
    "GroupHold",
    "Handover",
    "HandoverLine",
    "HistoryCheckpoint",
    "HistoryImport",
    "HistoryImportFile",
    "HistoryImportPiece",
    "HistoryLeaf",
    "HistoryTile",
    "LegalHold",
    "Letterhead",
    "Level",
    "Mailbox",
    "Mention",
    "Message",
    "Notice",
    "Original",
    "Outage",
    "OutageNews",
    "OutageService",
    "OwnSignIn",
    "OwnWording",
    "PasswordReset",
    "PlannedWork",
    "PlannedWorkService",
    "PlannedWorkTurn",
    "Presence",
    "PrivacyRequest",
    "Probe",
    "ProcedureDraft",
    "ProcedureVersion",
    "Proof",
    "QueueVisit",
    "QuickAnswer",
    "QuickAnswerEdition",
    "QuickAnswerUse",
    "Rehearsal",
    "ResolverGroup",
    "RetentionRule",
    "RetentionRun",
    "RingAttempt",
    "Rota",
    "SavedView",
    "Scan",
    "SealedRow",
    "Sender",
    "Service",
    "ServiceElement",
    "ServiceTarget",
    "SettingChange",
    "Shift",
    "ShiftPlan",
    "SignInCode",
    "Site",
    "Staff",
    "StaffPassword",
    "TeamChannel",
    "TestResult",
    "Trouble",
    "Visit",
    "Wait",
    "Watch",
    "WebhookDelivery",
    "WebhookSubscription",
    "WrittenRequest",
]
