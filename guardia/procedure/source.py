"""Replaces single values in the source text of a procedure; every other character, comments included, stays."""

from collections.abc import Iterator, Mapping

from yaml import MappingNode, Node, SequenceNode

from guardia.procedure.yaml_file import composed

type Edit = tuple[int, int, str]
"""From which character to which, and what stands there instead."""


def replaced(source: str, place: tuple[str | int, ...], values: Mapping[str, str]) -> str:
    """The text with these keys of the mapping at ``place`` set to these values, written as they shall stand there.

    A key that is missing is added at the mapping's end. Raises KeyError where the place does not exist.
    """
    return replaced_at(source, {place: values})


def replaced_at(source: str, changes: Mapping[tuple[str | int, ...], Mapping[str, str]]) -> str:
    """``replaced`` for several places at once, none of them within another's values: the text is read only once.

    Raises KeyError where a place does not exist.
    """
    root = composed(source)
    edits: list[Edit] = []
    for place, values in changes.items():
        node = _at(root, place)
        keys = {key.value: (key, value) for key, value in node.value}
        edits += [_over(source, *keys[name], value) for name, value in values.items() if name in keys]
        new = [f"{name}: {value}" for name, value in values.items() if name not in keys]
        edits += _behind(source, node, new) if new else ()
    return _edited(source, edits)


def _at(node: Node | None, place: tuple[str | int, ...]) -> MappingNode:
    for step in place:
        if isinstance(node, SequenceNode) and isinstance(step, int):
            node = node.value[step]
        elif isinstance(node, MappingNode):
            node = dict((key.value, value) for key, value in node.value)[step]
        else:
            raise KeyError(step)
    if not isinstance(node, MappingNode):
        raise KeyError(place)
    return node


def _over(source: str, key: Node, value: Node, written: str) -> Edit:
    """The value of a key. One that stood below its key comes to stand beside it."""
    begins = value.start_mark.index
    if key.start_mark.line != value.start_mark.line:
        return source.index(":", key.end_mark.index) + 1, _end(value), f" {written}"
    return begins, _end(value), written


def _behind(source: str, node: MappingNode, new: list[str]) -> Iterator[Edit]:
    """After the last key: on lines of their own, or within the braces."""
    last = _end(node.value[-1][1])
    if node.flow_style:
        yield last, last, "".join(f", {entry}" for entry in new)
        return
    line_end = source.find("\n", last)
    line_end = len(source) if line_end < 0 else line_end
    yield line_end, line_end, "".join(f"\n{' ' * node.start_mark.column}{entry}" for entry in new)


def _end(node: Node) -> int:
    """Behind the last character of a value: the end of a block, as YAML counts it, lies behind its comments."""
    if not isinstance(node, MappingNode | SequenceNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(node, MappingNode) else last)


def _edited(source: str, edits: list[Edit]) -> str:
    for begins, ends, written in sorted(edits, reverse=True):
        source = source[:begins] + written + source[ends:]
    return source
