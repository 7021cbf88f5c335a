"""The same picture as an SVG of its own, for paper: its colours stand in it. Pure."""

from guardia.evidence.picture import GOOD, LINE, LOST, Bar, Picture


def svg_of(shown: Picture) -> str:
    """A whole SVG file; all in it are numbers of ours."""
    bars = "".join(_bar(bar, shown) for bar in shown.bars)
    ground = f'<path d="M0 {shown.height}H{shown.width}" stroke="{LINE}" fill="none"/>'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{shown.width}" height="{shown.height}"'
    return f'{head} viewBox="0 0 {shown.width} {shown.height}">{bars}{ground}</svg>'


def _bar(bar: Bar, shown: Picture) -> str:
    if not bar.lost:
        return f'<rect x="{bar.x}" y="{bar.y}" width="{shown.bar}" height="{bar.height}" fill="{GOOD}"/>'
    down = f"M{bar.x} {bar.cross_top}L{bar.right} {bar.cross_bottom}"
    up = f"M{bar.right} {bar.cross_top}L{bar.x} {bar.cross_bottom}"
    return f'<path d="{down}{up}" stroke="{LOST}" stroke-width="1.6" fill="none"/>'
