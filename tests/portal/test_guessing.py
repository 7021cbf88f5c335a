"""Links that are none of ours: counted by where they come from, without shutting out whoever has a good one."""

from datetime import timedelta

import pytest

from guardia.cases import case_link
from guardia.config.now import now
from guardia.customers import own_sign_in
from guardia.escalation import signed_links
from guardia.people import attempts
from guardia.people.audit import AuditEntry, AuditKind, write_down
from guardia.reports import report_history

NONE = ("/c/caso/x", "/c/caso/x/escribir", "/c/quien-responde/x", "/c/informe/x", "/escalar/x", "/mi-empresa/con/x")


@pytest.mark.parametrize("place", NONE)
def test_after_so_many_an_address_is_not_looked_at_and_told_what_to_do(story, telephone, settings, place):
    settings.GUESSES_OF_ADDRESS = 3
    assert [telephone.get(place).status_code for _ in range(3)] == [404] * 3
    limited = telephone.get(place)
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, str(60 * settings.ATTEMPT_MINUTES))
    assert "call the Operations Centre" in limited.content.decode()
    assert telephone.get(place).status_code == 429
    counted = [one.kind for one in AuditEntry.objects.order_by("pk")]
    assert counted == [AuditKind.GUESSED] * 3 + [AuditKind.GUESSES_LIMITED]


def test_a_good_link_opens_from_the_same_address(portal, story, telephone, settings):
    """A whole company may stand behind one address: only what is no link of ours is refused."""
    settings.GUESSES_OF_ADDRESS = 1
    ids = (story.case.customer_id, story.case.pk, story.head.pk)
    for _ in range(3):
        telephone.get("/c/caso/x")
    assert story.case.display_number in portal.page()
    assert portal.press("escribir", texto="seguimos igual").status_code == 303
    for place in (
        f"/c/quien-responde/{signed_links.customer_token(story.bank.pk)}",
        f"/c/informe/{report_history.token(*ids)}",
        f"/escalar/{signed_links.escalate_token(*ids)}",
    ):
        assert telephone.get(place).status_code == 200, place


def test_another_address_is_not_concerned(story, telephone, settings):
    settings.GUESSES_OF_ADDRESS = 1
    telephone.get("/c/caso/x")
    assert telephone.get("/c/caso/x").status_code == 429
    assert telephone.get("/c/caso/x", REMOTE_ADDR="192.0.2.9").status_code == 404


def test_it_is_counted_for_some_minutes(story, settings):
    settings.GUESSES_OF_ADDRESS = 2
    at = now()
    assert [attempts.one_more("192.0.2.1", "", at) for _ in range(3)] == [True, True, False]
    assert attempts.one_more("192.0.2.1", "", at + timedelta(minutes=settings.ATTEMPT_MINUTES, seconds=1))


def test_a_link_of_ours_that_is_too_old_is_no_guess(story, telephone, monkeypatch):
    link = f"/c/caso/{case_link.token(story.case.customer_id, story.case.pk, story.head.pk)}"
    monkeypatch.setattr(case_link, "GOOD_FOR", timedelta(seconds=-1))
    assert telephone.get(link).status_code == 410
    assert not AuditEntry.objects.exists()


def test_torn_links_of_customers_limit_nobody_of_the_house(story, telephone, settings):
    from guardia.people.attempts import too_many

    for _ in range(settings.ATTEMPTS_OF_ADDRESS + 1):
        write_down(AuditKind.GUESSED, at=now(), address="127.0.0.1")
    assert not too_many("", "127.0.0.1", now())


def test_a_door_that_is_shut_is_no_way_to_count_companies(story, telephone):
    """A door of ours whose company has no provider answers as one that is none."""
    shut, none = (telephone.get(f"/mi-empresa/con/{one}") for one in (own_sign_in.token(story.bank.pk), "x"))
    assert (shut.status_code, shut.content) == (none.status_code, none.content)
