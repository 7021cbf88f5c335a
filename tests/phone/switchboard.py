"""The exchange of the recordings, with the persons at its telephones; and calls that are made up event by event."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from guardia.calls import journal
from guardia.calls.ami import Packet
from guardia.calls.call import Call
from guardia.calls.exchange import Exchange, ExchangeKind
from guardia.cases.sweep import sweep
from guardia.intake import phone
from guardia.people.staff import Role, Staff
from guardia.procedure import version
from tests.phone.recorded import CONTEXTS, Heard

PROCEDURE = Path(__file__).parents[2] / "procedures" / "cirion-ecuador.yaml"
RECORDED = datetime(2026, 11, 24, 22, 45, tzinfo=UTC)  # Tuesday 17:45 in Ecuador: the office closed at 17:30
MEMBERS = {"101": "Ingeniera 1", "102": "Ingeniero 2", "103": "Ventas 1", "104": "Supervisor"}


class Switchboard:
    """``self.now`` (UTC) passes by argument only."""

    def __init__(self) -> None:
        self.now = RECORDED
        self.version = version.publish(PROCEDURE.read_text(), PROCEDURE.name, None, self.now - timedelta(days=30))
        self.exchange = Exchange.objects.create(
            name="testpbx", kind=ExchangeKind.AMI, country="PS", contexts=list(CONTEXTS)
        )
        self.staff = {name: self._person(extension, name) for extension, name in MEMBERS.items()}
        self.engineer = self.staff["Ingeniera 1"]
        self.made = 0

    def _person(self, extension: str, name: str) -> Staff:
        role = Role.SALES if name.startswith("Ventas") else Role.ENGINEER
        return Staff.objects.create(
            username=f"u{extension}", name=f"Persona de {extension}", extension=extension, role=role
        )

    # --- recorded traffic ---
    def hears(self, events: Sequence[Heard], now: datetime | None = None) -> list[Call]:
        """They come in in one go."""
        if not events:
            return []
        self.now = max(self.now, now or events[-1].received_at)
        packets = [one.packet for one in events]
        references = journal.keep_packets(self.exchange, packets, "ami", events[-1].received_at)
        return phone.follow(self.exchange, references, self.now)

    def reads_log(self, packets: Sequence[Packet]) -> list[Call]:
        return phone.follow(self.exchange, journal.keep_packets(self.exchange, packets, "log", self.now), self.now)

    def looks_around(self, packets: Iterable[Packet], at: datetime) -> list[Call]:
        self.now = max(self.now, at)
        return phone.follow(self.exchange, journal.keep_packets(self.exchange, list(packets), "snapshot", at), self.now)

    # --- calls made up ---
    def rings(self, number: str = "0599000201", dialled: str = "1800400404", queue: str = "technical") -> "Caller":
        self.made += 1
        caller = Caller(self, f"testpbx-made.{self.made}", number)
        caller.say("Newchannel", Context="from-trunk", Exten=dialled, ChannelState="4")
        if queue:
            self.seconds_pass(1)
            caller.joins(queue)
        return caller

    def dials(self, number: str, extension: str, answers: bool = True) -> None:
        """One of ours rings a number outside."""
        self.made += 1
        ours = Caller(self, f"testpbx-made.{self.made}", extension)
        ours.say("Newchannel", Context="from-agents", Exten=number, ChannelState="4")
        status = "ANSWER" if answers else "NOANSWER"
        ours.say("DialEnd", DestUniqueid="leg.out", DestContext="from-trunk", DialStatus=status, DestCallerIDNum=number)
        ours.ends()

    def heard_of(self, packet: Packet) -> Heard:
        return Heard(packet, self.now)

    def seconds_pass(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def the_sweep_runs(self) -> int:
        return sweep(self.now)


class Caller:
    """One call, whose packets are written as the exchange would."""

    def __init__(self, board: Switchboard, reference: str, number: str) -> None:
        self.board, self.reference, self.number = board, reference, number
        self.said: list[Packet] = []
        self.silent = False

    def say(self, event: str, **more: str) -> None:
        stamp = f"{self.board.now.timestamp():.6f}"
        about = {"Uniqueid": self.reference, "Linkedid": self.reference, "CallerIDNum": self.number}
        packet = list({"Event": event, "Timestamp": stamp, **about, **more}.items())
        self.said.append(packet)
        if not self.silent:
            self.board.hears([Heard(packet, self.board.now)])

    def joins(self, queue: str = "technical") -> None:
        self.say("QueueCallerJoin", Queue=queue, Position="1")

    def is_answered(self, member: str = "Ingeniera 1", extension: str = "101", queue: str = "technical") -> None:
        self.say("AgentConnect", Queue=queue, MemberName=member, Interface=f"PJSIP/{extension}", DestUniqueid="leg.1")

    def gives_up(self, queue: str = "technical") -> None:
        self.say("HangupRequest")
        self.say("QueueCallerAbandon", Queue=queue)
        self.ends("0")

    def ends(self, cause: str = "16") -> None:
        self.say("Hangup", Cause=cause)

    @property
    def call(self) -> Call:
        return Call.objects.get(exchange=self.board.exchange, reference=self.reference)

    def clock(self, kind: str):
        return self.call.clocks.get(kind=kind, target_seconds__isnull=False)
