"""The mails of the sample's past, set down as delivered at their hour.

A worker that starts would otherwise mail ninety days of notices at once, each late and marked so. Their deliveries are
written as accepted, in one statement, without a body: nothing was rendered, and none is claimed. Notices of the last
minutes stay owed, so that the demo's mailbox fills while one looks at it.
"""

from datetime import datetime, timedelta

from django.db import connection

STILL_OWED = timedelta(minutes=10)

# A few seconds from owed to accepted, another number for each notice.
SET_DOWN = """
WITH past AS (
    UPDATE notice SET state = 'sent' WHERE state = 'owed' AND owed_at < %(until)s
    RETURNING id, customer_id, contact_id, staff_id, owed_at,
              owed_at + make_interval(secs => 1 + id %% 9) AS accepted_at
), sent AS (
    INSERT INTO delivery (customer_id, channel, address, urgent, message_id, state, attempts, available_at, created_at,
                          settled_at, answer)
    SELECT past.customer_id, 'mail', coalesce(contact.email, staff.email), past.staff_id IS NOT NULL,
           '<notice-' || past.id || '@demo.example.com>', 'accepted', 1,
           past.owed_at, past.owed_at, past.accepted_at, '250 2.0.0 Ok: queued'
    FROM past LEFT JOIN contact ON contact.id = past.contact_id LEFT JOIN staff ON staff.id = past.staff_id
    RETURNING id, customer_id, message_id
)
INSERT INTO delivered_notice (customer_id, delivery_id, notice_id)
SELECT sent.customer_id, sent.id, past.id
FROM sent JOIN past ON sent.message_id = '<notice-' || past.id || '@demo.example.com>'
"""


def set_down_as_delivered(now: datetime) -> int:
    """Every notice owed before the last ten minutes is sent and has its accepted delivery. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(SET_DOWN, {"until": now - STILL_OWED})
        return cursor.rowcount
