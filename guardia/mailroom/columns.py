"""What was read of a mail, written beside its original: its columns, and a row for each of its files."""

from guardia.mailroom.message import Attachment, Message
from guardia.mailroom.raw_mail import Read

LENGTHS = {"message_id": 500, "from_address": 320, "from_name": 200, "subject": 500}


def fill(message: Message, found: Read) -> None:
    """Keep what was read of this message. Done again, it writes the same."""
    columns = {name: getattr(found, name)[:length] for name, length in LENGTHS.items()}
    columns |= {"text": found.text, "quoted": found.quoted}
    more = {"has_html": bool(found.html), "sent_at": found.date}
    for name, value in (columns | more).items():
        setattr(message, name, value)
    Message.objects.filter(pk=message.pk).update(**columns, **more)
    files = [
        Attachment(
            message=message,
            customer_id=message.customer_id,
            part=file.part,
            name=file.name,
            type=file.type,
            size=file.size,
            sha256=file.sha256,
            refused=file.refused,
        )
        for file in found.files
    ]
    Attachment.objects.bulk_create(files, ignore_conflicts=True)
