"""The ways out, each attempt counted by what became of it: for /metrics."""

from guardia.config import meters
from guardia.notices.answer import Answer
from guardia.notices.channel import Channel
from guardia.notices.pager import Pager
from guardia.notices.smtp import Outlet


class CountedOutlet(Outlet):
    def send(self, address: str, content: bytes, wants_reports: bool = True, return_path: str = "") -> Answer:
        answer = super().send(address, content, wants_reports, return_path)
        meters.message_tried(Channel.MAIL, answer.verdict)
        return answer


class CountedPager(Pager):
    """``channel``: by which the message goes, since one gateway looks like the other."""

    def __init__(self, timeout: float, channel: str) -> None:
        super().__init__(timeout)
        self.channel = channel

    def send(self, address: str, content: bytes) -> Answer:
        answer = super().send(address, content)
        meters.message_tried(self.channel, answer.verdict)
        return answer
