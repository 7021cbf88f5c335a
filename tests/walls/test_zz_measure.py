import statistics, time, re
import pytest
from django.test import Client
from guardia.config import database_roles as dr
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers import sessions
from guardia.intake import customer_acts
from guardia.config.now import now
from guardia.web.portal.visitor import COOKIE
from tests.portal.conftest import Portal, Telephone
from tests.walls.test_portal_acts_login import story, every_login  # noqa

def test_measure(story, every_login, monkeypatch):
    monkeypatch.setattr(customer_acts, "MOST_ACTS", 10**6)
    real_begun, real_company, real_login = dr._begun, sessions.company_of, dr.login_of
    def as_before(question, wall, customer="", more=()):
        if wall == DatabaseRole.PORTAL_ACTS:
            wall, customer = DatabaseRole.STAFF, ""
        return real_begun(question, wall, customer, more)
    def login_before(wall):
        return real_login(DatabaseRole.STAFF if wall == DatabaseRole.PORTAL_ACTS else wall)
    def one_login(wall):
        return "default" if wall == DatabaseRole.PORTAL_ACTS else real_login(wall)
    def mode(which):
        dr._begun = as_before if which == "before" else real_begun
        dr.login_of = {"before": login_before, "one": one_login, "own": real_login}[which]
        sessions.company_of = (lambda token: story.bank.pk) if which == "before" else real_company
    with behind(DatabaseRole.STAFF):
        portal = Portal(story, story.head, Telephone())
        _s, token = sessions.begin(story.head, "jefe@example.com", now())
    browser = Client(headers={"accept-language": "en"}); browser.cookies[COOKIE] = token
    got = {}
    try:
        for n in range(60):
            for which in ("before", "own", "one"):
                mode(which)
                number = portal.number()
                t = time.perf_counter(); a = portal.press("escribir", number, texto=f"palabra {n} {which}"); d = time.perf_counter() - t
                assert a.status_code == 303
                got.setdefault(("act", which), []).append(d * 1000)
                t = time.perf_counter(); a = browser.get("/mi-empresa/servicios"); d = time.perf_counter() - t
                assert a.status_code == 200
                got.setdefault(("page", which), []).append(d * 1000)
    finally:
        mode("own")
    for k, v in sorted(got.items()):
        v = v[10:]
        print(k, "median %.2f" % statistics.median(v), "quartile %.2f" % statistics.quantiles(v, n=4)[0])
