"""bin/dev: what is written into a source begins web and worker anew, as the file system itself reports it."""

from guardia.cli import trial

LOOKS = 4000
"""Each waits for the file system for a moment; far more than it needs to report a file."""


class Children:
    """Stands for web and worker: counts how often they began anew."""

    def __init__(self) -> None:
        self.children = [self]
        self.times = 0

    def begin_anew(self) -> None:
        self.times += 1


def test_a_source_that_changes_begins_them_anew_and_nothing_else_does(tmp_path, monkeypatch, capsys):
    (tmp_path / "guardia").mkdir()
    monkeypatch.setattr(trial, "ROOT", tmp_path)
    monkeypatch.setattr(trial, "compile_stale", list)
    children = Children()
    look = trial.reloading(children)
    look()
    (tmp_path / "guardia" / "web.log").write_text("a line")
    (tmp_path / "guardia" / "view.py").write_text("a = 1")
    for _ in range(LOOKS):
        look()
        if children.times:
            break
    assert children.times == 1
    assert capsys.readouterr().out == "  guardia/view.py changed: anew\n"
