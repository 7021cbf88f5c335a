"""What a person of a company can be told about: every topic and kind of case, unless the company chooses less (P2)."""

from guardia.procedure.vocabulary import CaseKind, Topic

EVERYTHING = [topic.value for topic in Topic]
EVERY_KIND = [kind.value for kind in CaseKind]


def everything() -> list[str]:
    return list(EVERYTHING)


def every_kind() -> list[str]:
    return list(EVERY_KIND)
