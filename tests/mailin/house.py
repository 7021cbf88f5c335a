"""A house whose mail comes in: letters are taken and ruled on at the story's hour, as the worker does."""

from guardia.calls.call import WrittenRequest
from guardia.cases import written
from guardia.cases.case import Case
from guardia.cases.stages.registration import Report
from guardia.intake import mail_in, triage
from guardia.mail.message import Message
from guardia.mail.taking import take
from guardia.notices.notice import Delivery
from guardia.notices.packing import pack
from guardia.procedure.vocabulary import Impact
from tests.mailin.letters import letter
from tests.procedure.story import Story


class House:
    def __init__(self, story: Story) -> None:
        self.story = story

    # --- what comes in ---
    def comes(self, raw: bytes, way: str = "pipe") -> Message:
        """Taken and ruled on at once."""
        message = take(raw, way, self.story.now)
        self.worker_rules()
        message.refresh_from_db()
        return message

    def writes(self, sender: str, *words: str, **more: str) -> Message:
        return self.comes(letter(sender, *words, **more))

    def worker_rules(self) -> int:
        ruled = 0
        while mail_in.route_next(self.story.now):
            ruled += 1
        return ruled

    # --- what the desk does ---
    def request_of(self, message: Message) -> WrittenRequest:
        message.refresh_from_db()
        assert message.request_id is not None
        return written.locked(message.request_id)

    def registers(self, message: Message, symptoms: str = "Sin servicio en la agencia") -> Case:
        report = Report(self.story.service, symptoms, Impact.DOWN, reporter=message.contact)
        case = Case.register(
            report,
            by=self.story.by,
            at=self.story.now,
            request=self.request_of(message),
            engineer=self.story.engineer,
        )
        self.story.number = case.number
        return case

    def message(self, message: Message) -> Message:
        return triage.locked(message.pk)

    # --- what left ---
    def told_by_mail(self, contact) -> Delivery:
        """The newest mail of ours to this contact."""
        pack(self.story.now)
        return Delivery.objects.filter(notices__contact=contact).order_by("-pk")[0]

    def answers(self) -> list[Delivery]:
        """What was answered by itself, in order."""
        return list(Delivery.objects.filter(answers__isnull=False).order_by("pk"))
