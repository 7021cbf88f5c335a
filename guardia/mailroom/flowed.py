"""Text whose lines flow (RFC 3676): a line that ends in a space goes on in the next one of the same depth."""

SIGNATURE = "-- "


def unflowed(text: str, drop_space: bool = False) -> str:
    out: list[list[str]] = []  # of each line its pieces: a text that never stops flowing is put together once
    depth_before, flows = -1, False
    for line in text.split("\n"):
        depth, words = depth_and_words(line)
        goes_on = flows and depth == depth_before and words != SIGNATURE
        flows = words.endswith(" ") and words != SIGNATURE
        if flows and drop_space:
            words = words[:-1]
        if goes_on:
            out[-1].append(words)
        else:
            out.append([(">" * depth + " " if depth else "") + words])
        depth_before = depth
    return "\n".join(map("".join, out))


def depth_and_words(line: str) -> tuple[int, str]:
    words = line.lstrip(">")
    return len(line) - len(words), words.removeprefix(" ")
