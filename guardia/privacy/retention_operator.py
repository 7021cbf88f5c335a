"""How long the house keeps what is about no case: the journal of the audit, drafts, codes and sessions of sign-in."""

from django.utils.translation import gettext_lazy as _

from guardia.privacy.retention_shape import Cut, Kind

NO_LEAST = _("No law asks for it: the shorter, the better.")
OF_THE_HOUSE: tuple[Kind, ...] = (
    Kind(
        "audit",
        _("Journal of the audit"),
        _("Who came in, from where, what was taken out or seen in bulk."),
        1825,
        180,
        _("Brazil, Marco Civil da Internet (Lei 12.965/2014), art. 15: records of access for six months."),
        (
            Cut(
                "audit_entry",
                "FROM audit_entry x WHERE x.at < %(up_to)s",
                ("DELETE FROM audit_entry WHERE id = ANY(%(ids)s)",),
            ),
        ),
    ),
    Kind(
        "drafts",
        _("Drafts, and who looked at what"),
        _("What somebody had typed and never sent; who had a case open."),
        30,
        0,
        NO_LEAST,
        (
            Cut(
                "draft",
                "FROM draft x WHERE x.saved_at < %(up_to)s",
                ("DELETE FROM draft WHERE id = ANY(%(ids)s)",),
            ),
            Cut(
                "presence",
                "FROM presence x WHERE x.seen_at < %(up_to)s",
                ("DELETE FROM presence WHERE id = ANY(%(ids)s)",),
            ),
        ),
    ),
    Kind(
        "sign_in",
        _("Sign-in codes and sessions of companies"),
        _("Codes by mail and sessions that are over."),
        30,
        0,
        NO_LEAST,
        (
            Cut(
                "sign_in_code",
                "FROM sign_in_code x WHERE x.asked_at < %(up_to)s",
                (
                    "UPDATE delivery SET code_id = NULL, body = NULL, address = '' WHERE code_id = ANY(%(ids)s)",
                    "DELETE FROM sign_in_code WHERE id = ANY(%(ids)s)",
                ),
            ),
            Cut(
                "address_confirmation",
                "FROM address_confirmation x WHERE x.asked_at < %(up_to)s",
                (
                    "UPDATE delivery SET confirmation_id = NULL, body = NULL, address = ''"
                    " WHERE confirmation_id = ANY(%(ids)s)",
                    "DELETE FROM address_confirmation WHERE id = ANY(%(ids)s)",
                ),
            ),
            Cut(
                "company_session",
                "FROM company_session x WHERE x.expires_at < %(up_to)s",
                ("DELETE FROM company_session WHERE id = ANY(%(ids)s)",),
            ),
        ),
    ),
)
