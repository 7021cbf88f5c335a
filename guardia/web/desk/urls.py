"""Addresses of the desk: each screen has its own at its foot. Only companies and settings are included elsewhere."""

from django.urls import include, path

from guardia.web.desk import (
    alerts,
    bench,
    bulk,
    call_history,
    case,
    contests,
    dispatch_board,
    dispatch_map,
    files,
    mailbox,
    mentions,
    new_case,
    office_counter,
    page,
    registering,
    request_taking,
    saved_views,
    search,
    similar_cases,
    suggestions,
    wallboard,
)
from guardia.web.desk.articles import article_form, in_case
from guardia.web.desk.articles import listing as article_list
from guardia.web.desk.articles import page as article_page
from guardia.web.desk.case_page import act_form
from guardia.web.desk.escalation import escalations, who_answers
from guardia.web.desk.handover import shifts, signing
from guardia.web.desk.mail import inbox, message, report
from guardia.web.desk.outages import board, declaring
from guardia.web.desk.outages import page as outage_page
from guardia.web.desk.panorama import page as panorama_page
from guardia.web.desk.phone import acting, by_hand, call_page, ringing
from guardia.web.desk.reports import (
    event_log,
    groups,
    interruptions,
    monthly,
    monthly_send,
    morning,
    reception,
    workbook,
)
from guardia.web.desk.works import listing, planning, recipients_sheet
from guardia.web.desk.works import page as work_page

REPORTS = (morning, reception, monthly, monthly_send, interruptions, groups, event_log, workbook)
# What comes first is found first: an act of a case, or of a work, may have any name that nothing else has. First of
# all the bench and a new case, which are asked for most often.
SCREENS = (
    *(bench, registering, bulk),
    *(signing, shifts),
    dispatch_board,
    dispatch_map,
    panorama_page,
    *(board, declaring, outage_page),
    *(listing, planning, recipients_sheet, work_page),
    alerts,
    *(escalations, who_answers),
    *(inbox, report, message),
    *(ringing, acting, call_page, by_hand, call_history),
    files,
    *(page, act_form, saved_views, search, wallboard),
    *(article_list, article_form, article_page),
    *(new_case, similar_cases, in_case, suggestions, mentions, case),
    mailbox,
)

urlpatterns = [
    path("informes/", include([address for screen in REPORTS for address in screen.urlpatterns])),
    path("objeciones/", include(contests.urlpatterns)),
    path("requerimientos/", include(request_taking.urlpatterns)),
    path("oficinas/", include(office_counter.urlpatterns)),
    *(address for screen in SCREENS for address in screen.urlpatterns),
]
