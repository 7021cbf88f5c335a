"""A procedure file with a mistake is refused: the line, the key and the remedy are named, and nothing is taken."""

import pytest

from guardia.procedure.schema import ProcedureFileRefused
from guardia.procedure.yaml_file import read_text
from tests.procedure_room.sample import FILE, TEXT, changed, line_of, problems_of
from tests.procedure_room.wrong_files import WRONG


@pytest.mark.parametrize("mistake", WRONG)
def test_last_line_a_wrong_file_is_refused_with_line_key_and_remedy(mistake: str) -> None:
    old, new, words, key, message, remedy = WRONG[mistake]
    text = changed(old, new)
    problems = problems_of(text)
    found = [problem for problem in problems if problem.key == key and message in problem.message]
    assert found, f"{key}: {message} is not among {[str(problem) for problem in problems]}"
    assert found[0].line == line_of(text, words.lstrip("\n"))
    assert remedy in found[0].remedy
    assert found[0].file == FILE


def test_every_mistake_is_named_at_once() -> None:
    text = changed("target: 1 min", "target: soon").replace("answers: crew", "answers: crow")
    assert len(problems_of(text)) == 4  # one target, and three clocks that the crew answers for


def test_a_problem_reads_as_one_line() -> None:
    (problem,) = problems_of(changed("target: 1 min", "target: soon"))
    assert str(problem) == (
        f"{FILE}:{problem.line}: clocks.reception.target: “soon” is not a length of time. "
        "Write a number and its unit, such as 20 min, 1.5 h or 4 office h."
    )


@pytest.mark.parametrize("text", ["", "# nothing\n", "[]\n", "just words\n", "- 1\n- 2\n", "null\n", "4\n"])
def test_what_is_no_procedure_at_all_is_refused(text: str) -> None:
    assert problems_of(text)[0].line == 1


def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 99))
    (problem,) = problems_of(bomb)
    assert (problem.line, problem.remedy) == (1, "Write it out")


def test_deep_nesting_is_refused() -> None:
    assert "nested too deeply" in problems_of("a: " + "[" * 5000 + "]" * 5000)[0].message


def test_a_huge_file_is_refused() -> None:
    assert "larger than" in problems_of(TEXT + "#" * 600_000)[0].message


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    assert problems_of(changed("tests_to_diagnose: 2", f"tests_to_diagnose: {'9' * 6000}"))


def test_control_characters_are_refused() -> None:
    assert "not YAML" in problems_of(changed("code: PC-EC-01", "code: PC\x07"))[0].message


def test_a_file_that_is_not_utf8_is_refused_with_its_line(tmp_path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("code: X\ntitle: Atención\n".encode("latin-1"))
    with pytest.raises(ProcedureFileRefused) as refused:
        read_text(path)
    assert refused.value.problems[0].line == 2


def test_a_byte_order_mark_does_no_harm(tmp_path) -> None:
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    assert read_text(path) == TEXT


@pytest.mark.parametrize("version", ["1.9", "9.9", "1.3"])
def test_a_version_of_yaml_that_nobody_reads_is_refused(version: str) -> None:
    assert problems_of(f"%YAML {version}\n---\ncode: x\n")[0].line == 1
