"""`guardia verify [FILE]`, `guardia files …`: whether the histories are whole, and the photographs and documents."""

import argparse
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from guardia.cli.installation import Mistake, Subparsers, add_command, add_group, open_installation
from guardia.cli.progress import Progress, ends_tidily
from guardia.config.languages import installed, of_the_terminal

if TYPE_CHECKING:
    from guardia.reports.verification import Finding, Part, Verified

# --- verify -----------------------------------------------------------------------------------------------------------
# `guardia verify [FILE]`: are the histories whole? Of the operator's own cases, or of one report without the database.
LANGUAGES = tuple(dict(installed()))
NICE = 10


def add(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "verify", "check that no history was rewritten", verify)
    parser.add_argument("file", nargs="?", type=Path, help="a closing report (PDF or JSON), checked without a database")
    parser.add_argument("--language", choices=LANGUAGES, help="of the verdict; else that of the report or of LANG")
    parser.add_argument("--key", action="append", default=[], help="the published key of the log, name+id+key")
    witness = "the key of a witness that must have signed, name+id+key"
    parser.add_argument("--witness", action="append", default=[], help=witness)
    authority = "the authority whose certificate a time stamp must come from (PEM)"
    parser.add_argument("--tsa", type=Path, metavar="CA.pem", help=authority)
    kept = "one that was kept elsewhere, or a letter that has one"
    parser.add_argument("--checkpoint", action="append", default=[], type=Path, help=kept)
    since = "look only at what is newer than this checkpoint, which was kept elsewhere"
    parser.add_argument("--since", type=Path, metavar="CHECKPOINT", help=since)
    parser.add_argument("--nightly", action="store_true", help="as the worker does: what is found is put on record")


def verify(args: argparse.Namespace) -> int:
    """0: every chain is whole; 1: each place where one is not, a line each."""
    if args.file:
        return verify_file(args.file, args.language, args.key, args.witness, args.tsa)
    if args.key or args.witness or args.tsa:
        raise Mistake("--key, --witness and --tsa say what a FILE must bear: name the file too")
    kept = [note_in(content_of(file)) for file in args.checkpoint]
    if args.since:
        return verify_since(args.since, kept, language=args.language)
    if args.nightly:
        give_way()
    return verify_all(kept, is_kept=args.nightly, language=args.language)


def give_way() -> None:
    """Whoever works in the night comes first."""
    if hasattr(os, "nice"):
        os.nice(NICE)


class Printed:
    """The findings on the terminal, a line each, and below it since when it must be so and whom to ask."""

    def __init__(self, language: str | None) -> None:
        from django.conf import settings

        self.language = language or of_the_terminal() or settings.LANGUAGE_CODE
        self.asked = ""

    def take(self, found: "Finding") -> None:
        """Whom to ask is said once where it is the same for the next ones."""
        from django.utils import translation

        from guardia.reports.finding_words import ask_in_words, since_in_words, values_in_words

        with translation.override(self.language):
            headline, asked = found.in_words(), ask_in_words(found)
            more = values_in_words(found), since_in_words(found), asked if asked != self.asked else ""
        self.asked = asked
        print(headline, *(f"    {words}" for words in more if words), sep="\n")


def verify_all(
    kept: Sequence[str] = (), *, has_our_keys: bool = True, is_kept: bool = False, language: str | None = None
) -> int:
    """``kept``: signed checkpoints of the log that somebody kept outside of the database. ``has_our_keys``: whether
    those in it were signed by the keys of this installation. ``is_kept``: what is found is put on record.
    ``language``: in which it is said since when it must be so, and whom to ask; else that of the terminal.
    """
    open_installation()
    from django.utils import translation

    from guardia.cases.case import Case
    from guardia.config.database_roles import DatabaseRole, as_at_one_instant, begun_at, behind
    from guardia.config.now import now
    from guardia.people import audit
    from guardia.people.audit import AuditEntry
    from guardia.proof import log
    from guardia.reports import verification
    from guardia.reports.verification import Part, Verified

    kept = [*kept, *log.remembered()]
    counts, found, printed = dict.fromkeys(Part, 0), Verified(), Printed(language)
    # As at one instant: what is written meanwhile is no break.
    with (
        as_at_one_instant(DatabaseRole.WORKER),
        ends_tidily(),
        Progress("cases proven", Case.objects.count()) as progress,
    ):
        found.as_at = begun_at()
        for each in verification.findings(now(), kept, has_our_keys=has_our_keys, proven=progress.step):
            counts[each.part] += 1
            found.takes(each)
            printed.take(each)
        found.counts()
        entries, fingerprint = AuditEntry.objects.count(), audit.fingerprint()
    if is_kept:
        with behind(DatabaseRole.WORKER):
            verification.put_on_record(found, now())
    with translation.override(printed.language):
        print_totals(found, counts, entries, fingerprint)
    return 1 if found.breaks else 0


def print_totals(found: "Verified", counts: Mapping["Part", int], entries: int, fingerprint: str) -> None:
    """What was looked at, and how many breaks there are of each part, in the language of now."""
    from django.utils.translation import gettext as _
    from django.utils.translation import ngettext

    from guardia.reports.verification import Part

    def result(part: Part, whole: str) -> str:
        return (
            ngettext("%(n)s contradiction", "%(n)s contradictions", counts[part]) % {"n": counts[part]}
            if counts[part]
            else whole
        )

    words = _("%(cases)s cases, %(events)s events: %(result)s")
    whole = _("every chain is intact")
    print(words % {"cases": found.cases, "events": found.events, "result": result(Part.CASES, whole)})
    words = _("%(leaves)s leaves of the log of histories: %(result)s")
    print(words % {"leaves": found.leaves, "result": result(Part.LOG, _("it is intact"))})
    words = _("%(entries)s audit entries: %(result)s")
    print(words % {"entries": entries, "result": result(Part.JOURNAL, _("its chain is intact"))})
    print(_("ends of the audit's chain: %(fingerprint)s") % {"fingerprint": fingerprint})
    if found.breaks:
        print(_("Nothing was repaired. Keep this text and the last backup; docs/operations.md says what to do next."))


def verify_since(file: Path, kept: Sequence[str], *, language: str | None = None) -> int:
    """Only what came after this checkpoint, and that the log has grown from it. Raises Mistake."""
    from guardia.proof.note import NoteIsWrong, read_checkpoint

    since = note_in(content_of(file))
    try:
        start = read_checkpoint(since).size
    except NoteIsWrong as trouble:
        raise Mistake(f"{file}: {trouble}") from trouble
    open_installation()
    from django.utils import translation
    from django.utils.translation import gettext as _
    from django.utils.translation import ngettext

    from guardia.config.database_roles import DatabaseRole, as_at_one_instant
    from guardia.config.now import now
    from guardia.proof import log
    from guardia.reports import verification

    broken, printed = 0, Printed(language)
    with as_at_one_instant(DatabaseRole.WORKER), ends_tidily():
        cases, leaves = len(verification.newer_cases(start)), log.size()
        with Progress("cases proven", cases) as progress:
            for each in verification.findings_since(now(), start, [since, *kept, *log.remembered()], progress.step):
                broken += 1
                printed.take(each)
    with translation.override(printed.language):
        newer = {"cases": cases, "leaves": max(0, leaves - start)}
        print(_("%(cases)s cases with newer events, %(leaves)s newer leaves in the log of histories:") % newer, end=" ")
        if broken:
            print(ngettext("%(n)s contradiction", "%(n)s contradictions", broken) % {"n": broken})
        else:
            words = _("intact, and grown from the %(start)s leaves of %(file)s")
            print(words % {"start": start, "file": file.name})
        print(_("Nothing else was checked: guardia verify checks everything."))
    return 1 if broken else 0


def content_of(file: Path) -> bytes:
    """Raises Mistake for a file that cannot be read."""
    try:
        return file.read_bytes()
    except OSError as trouble:
        raise Mistake(f"{file}: {trouble.strerror}") from trouble


def note_in(content: bytes) -> str:
    """The signed note that was kept: as a file of its own, or in a letter that was saved as it came (.eml)."""
    from email import message_from_bytes

    from guardia.notices.wire import CHECKPOINT, note_of

    if coded := message_from_bytes(content)[CHECKPOINT]:
        return note_of(str(coded))
    return content.decode(errors="replace")


def verify_file(
    file: Path,
    language: str | None,
    keys: Sequence[str] = (),
    witnesses: Sequence[str] = (),
    ca: Path | None = None,
) -> int:
    """No database is opened: whoever was handed the file needs nothing but it. ``keys`` and ``witnesses``: the public
    keys of the log and of witnesses that must have signed it; ``ca``: of whom a time stamp must come. Raises Mistake.
    """
    from guardia.proof.offline import guardia_verify

    content = content_of(file)
    try:
        for words in (*keys, *witnesses):
            guardia_verify.key_in(words)
        authorities = guardia_verify.authorities_of(ca)
        evidence = guardia_verify.read(content)
        checked = guardia_verify.check_said(evidence, keys, witnesses, authorities)
    except guardia_verify.NotAKey as trouble:
        words = guardia_verify.WORDS["no_key"][LANGUAGES.index(language or "es")]
        raise Mistake(guardia_verify.printable(words.format(why=trouble))) from trouble
    except guardia_verify.NoCertificate as trouble:
        words = guardia_verify.WORDS["no_certificate"][LANGUAGES.index(language or "es")]
        raise Mistake(words.format(ca=ca, why=trouble)) from trouble
    except guardia_verify.Unreadable as trouble:
        words = guardia_verify.WORDS["unreadable"][LANGUAGES.index(language or "es")]
        raise Mistake(words.format(file=file.name, why=trouble)) from trouble
    chosen = language or (checked.language if checked.language in LANGUAGES else "es")
    is_attached = guardia_verify.is_pdf(content)
    print("\n".join(guardia_verify.lines_of(checked, evidence, chosen, not checked.about, is_attached)))
    return 0 if checked.is_sound else 1


# --- files ------------------------------------------------------------------------------------------------------------
# `guardia files check`, `guardia files sweep`: whether the store has what the cases say, and what no case has.
def add_files(subparsers: Subparsers) -> None:
    parser = add_group(subparsers, "files", "check or tidy up the photographs and documents of cases")
    steps = parser.add_subparsers(title="steps", metavar="STEP", required=True)
    add_command(steps, "check", "name every file whose bytes are lost or were changed", check)
    add_command(steps, "sweep", "remove what belongs to no case; the worker does it by itself", sweep)


def check(args: argparse.Namespace) -> int:
    """Exit code 1 if any is lost or changed."""
    open_installation()
    from guardia.cases.case_files import troubles
    from guardia.cases.number import grouped
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.evidence.files import CaseFile

    with behind(DatabaseRole.WORKER):
        total = CaseFile.objects.filter(withdrawn_at=None).count()
    count = 0
    with ends_tidily(), Progress("files read", total) as progress:
        for each in troubles(progress.step):
            print(f"{grouped(each.case)}: file {each.file} is {each.what} ({each.sha256})")
            count += 1
    print(f"{count} files are lost or were changed" if count else "every file is whole")
    return 1 if count else 0


def sweep(args: argparse.Namespace) -> int:
    open_installation()
    from guardia.cases import case_files
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now

    with behind(DatabaseRole.WORKER):
        at = now()
    print(f"{case_files.remove_orphaned_bytes(at)} files were removed")
    return 0
