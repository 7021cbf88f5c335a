"""What each recording tells, written by hand from its queue log and the description of the scenario."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Expected:
    """One call. Seconds since the call began to wait; ``rang``: member and what became of the ringing, in order."""

    recording: str
    reference: str
    desk: str
    line: str
    number: str
    answered_by: str = ""
    waited: float | None = None  # until somebody answered, or it was over
    left_as: str = ""
    visits: tuple[tuple[str, str], ...] = ()  # queue (empty: telephones ring without one), result
    ended_by: str = ""
    rang: tuple[tuple[str, str], ...] = ()
    handed: tuple[tuple[str, str], ...] = ()  # kind, to whom
    clocks: dict[str, str] = field(default_factory=dict)  # as they stand when the recording ends
    settled_as: str = ""
    after_hours: bool = False
    log_tells_all: bool = True  # the queue log tells of every telephone that rang


FREE = "1800400404"
KEPT, LATE = {"reception": "kept", "registration": "running"}, {"reception": "breached", "registration": "running"}
OWED = {"reception": "dropped", "call_back": "running"}
TURN = (("Ingeniera 1", "not_answered"), ("Ingeniero 2", "not_answered"))

CALLS = (
    Expected(
        *("answered", "testpbx-1795560350.0", "technical", FREE, "+970599000101", "Ingeniera 1", 4.0096),
        visits=(("technical", "answered"),),
        ended_by="caller",
        rang=(("Ingeniera 1", "answered"),),
        clocks=KEPT,
    ),
    Expected(
        *("answered_agent_ends", "testpbx-1795560363.2", "sales", "024004040/2", "+97022951234", "Ventas 1", 3.006),
        visits=(("sales", "answered"),),
        ended_by="agent",
        rang=(("Ventas 1", "answered"),),
        after_hours=True,
    ),
    Expected(
        *("freepbx_member", "testpbx-1795560374.4", "billing", FREE + "/3", "+970599000103", "Ingeniero 2", 3.0349),
        visits=(("billing", "answered"),),
        ended_by="agent",
        rang=(("Ingeniero 2", "answered"),),
        after_hours=True,
    ),
    Expected(
        *("abandoned", "testpbx-1795560385.8", "technical", FREE, "+970599000104"),
        waited=20.0055,
        left_as="abandoned",
        visits=(("technical", "abandoned"),),
        rang=(("Ingeniero 2", "not_answered"), ("Ingeniera 1", "cancelled")),
        clocks=OWED,
    ),
    Expected(
        *("abandoned_in_ivr", "testpbx-1795560409.11", "technical", FREE, "+970599000105"),
        left_as="in_menu",
        clocks={"call_back": "running"},
    ),
    Expected(
        *("no_agents", "testpbx-1795560414.12", "technical", FREE, "+970599000106"),
        waited=8.0033,
        left_as="abandoned",
        visits=(("technical", "abandoned"),),
        clocks=OWED,
    ),
    Expected(
        *("over_a_minute", "testpbx-1795560435.15", "technical", FREE, "+970599000108", "Ingeniero 2", 85.0440),
        visits=(("technical", "answered"),),
        ended_by="agent",
        rang=(*TURN, *TURN, ("Ingeniera 1", "not_answered"), ("Ingeniero 2", "answered")),
        clocks=LATE,
    ),
    Expected(
        *("blind_transfer", "testpbx-1795560527.22", "technical", FREE, "+970599000109", "Ingeniera 1", 2.0054),
        visits=(("technical", "answered"), ("", "answered")),
        rang=(("Ingeniera 1", "answered"), ("Supervisor", "answered")),
        handed=(("blind", "104"),),
        clocks=KEPT,
    ),
    Expected(
        *("attended_transfer", "testpbx-1795560543.25", "technical", FREE, "+970599000110", "Ingeniera 1", 2.0080),
        visits=(("technical", "answered"),),
        ended_by="transfer",
        rang=(("Ingeniera 1", "answered"),),
        handed=(("attended", "104"),),
        clocks=KEPT,
    ),
    Expected(
        *("anonymous", "testpbx-1795560608.35", "sales", FREE + "/2", "", "Ventas 1", 3.0137),
        visits=(("sales", "answered"),),
        ended_by="agent",
        rang=(("Ventas 1", "answered"),),
        after_hours=True,
    ),
    Expected(
        *("queue_timeout", "testpbx-1795560752.1", "technical", FREE, "+970599000118"),
        waited=8.8584,  # the queue gave up after 6 s; the caller heard so and was cut off 2.9 s later
        left_as="timed_out",
        visits=(("technical", "timed_out"),),
        rang=(("Ingeniera 1", "not_answered"),),
        clocks=OWED,
    ),
    Expected(
        *("snapshot", "testpbx-1795560806.8", "sales", FREE + "/2", "+970599000121", "Ventas 1", 2.0099),
        visits=(("sales", "answered"),),
        ended_by="caller",
        rang=(("Ventas 1", "answered"),),
        after_hours=True,
    ),
    Expected(
        *("snapshot", "testpbx-1795560807.9", "sales", FREE + "/2", "+970599000122"),
        waited=5.2083,
        left_as="abandoned",
        visits=(("sales", "abandoned"),),
        settled_as="not_owed",
        after_hours=True,
    ),
    Expected(
        *("closed", "testpbx-1795560842.0", "technical", FREE, "+970599000112"),
        left_as="turned_away",
        clocks={"call_back": "running"},
    ),
    Expected(
        *("ringall", "testpbx-1795560847.1", "technical", FREE, "+970599000119", "Ingeniero 2", 3.0180),
        visits=(("everyone", "answered"),),
        ended_by="agent",
        rang=(("Ingeniera 1", "cancelled"), ("Ingeniero 2", "answered"), ("Ventas 1", "cancelled")),
        clocks=KEPT,
        log_tells_all=False,
    ),
    Expected(
        *("robots", "testpbx-1795560857.5", "technical", FREE, "+970599000117", "Robot 3", 3.0062),
        visits=(("robots", "answered"),),
        ended_by="caller",
        rang=(("Robot 3", "answered"),),
        clocks=KEPT,
    ),
    Expected(
        *("ring_group_answered", "testpbx-1795924669.0", "technical", "042881157", "+970599000131", "Ingeniero 2"),
        waited=12.0163,
        visits=(("", "answered"),),
        rang=(("Ingeniera 1", "cancelled"), ("Ingeniero 2", "answered")),
        clocks=KEPT,
    ),
    Expected(
        *("ring_group_given_up", "testpbx-1795924690.3", "technical", "042881157", "+970599000132"),
        waited=8.0081,
        left_as="abandoned",
        visits=(("", "abandoned"),),
        rang=(("Ingeniera 1", "cancelled"), ("Ingeniero 2", "cancelled")),
        clocks=OWED,
    ),
    Expected(
        *("transfer_to_queue", "testpbx-1795561325.11", "technical", FREE, "+970599000111", "Ingeniera 1", 2.0079),
        visits=(("technical", "answered"), ("billing", "answered")),
        ended_by="agent",
        rang=(("Ingeniera 1", "answered"), ("Ingeniero 2", "answered")),
        handed=(("blind", "*13"),),
        clocks={"reception": "kept", "registration": "dropped"},
    ),
    Expected(
        *("utf8_name", "testpbx-1795561277.0", "sales", FREE + "/2", "+970599000123", "Ventas 1", 3.0252),
        visits=(("sales", "answered"),),
        ended_by="agent",
        rang=(("Ventas 1", "answered"),),
        after_hours=True,
    ),
)
IDS = [f"{each.recording}-{each.reference.rpartition('.')[2]}" for each in CALLS]
