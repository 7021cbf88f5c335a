"""A map as SVG: provinces, places, roads between them, by Mercator's projection, so that tiles of a map server fit.

Pure. What lies far out at sea to the west (Galápagos) is drawn nearer, in a frame of its own, where no tiles are used.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import asinh, ceil, degrees, floor, log2, radians, tan

from guardia.web.shared.drawing import Drawing, Mark, linked, number, text

WIDTH = 720
TALLEST = 620
MARGIN = 26
FAR_WEST, NEARER = -85.0, 7.5
LETTER, LINE = 6.0, 12.0
"""How wide a letter of a name is at most, and how high its line: enough to see which names would meet."""
TILE, MOST_TILES, DEEPEST = 256, 30, 17

type Ring = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Place:
    """What stands at a place, in degrees; ``shape``: round, or a square for who goes."""

    longitude: float
    latitude: float
    mark: Mark
    is_square: bool = False


@dataclass(frozen=True, slots=True)
class Road:
    """From a place to another, each (longitude, latitude), with the hours written beside it."""

    start: tuple[float, float]
    end: tuple[float, float]
    words: str


@dataclass(frozen=True, slots=True)
class Frame:
    """How degrees become the units of the picture."""

    west: float
    north: float
    scale: float
    height: int
    brings_nearer: bool

    def x(self, longitude: float) -> float:
        return MARGIN + (nearer(longitude, self.brings_nearer) - self.west) * self.scale

    def y(self, latitude: float) -> float:
        return MARGIN + (self.north - stretched(latitude)) * self.scale


def stretched(latitude: float) -> float:
    """Mercator's, in degrees of longitude at the equator."""
    return degrees(asinh(tan(radians(max(-85.0, min(85.0, latitude))))))


def nearer(longitude: float, brings_nearer: bool) -> float:
    return longitude + NEARER if brings_nearer and longitude < FAR_WEST else longitude


def frame_of(points: Sequence[tuple[float, float]], brings_nearer: bool) -> Frame:
    """Around all of these points; a single one stands in the middle of a degree."""
    xs = [nearer(longitude, brings_nearer) for longitude, _latitude in points]
    ys = [stretched(latitude) for _longitude, latitude in points]
    wide, tall = max(max(xs) - min(xs), 0.5), max(max(ys) - min(ys), 0.5)
    scale = min((WIDTH - 2 * MARGIN) / wide, (TALLEST - 2 * MARGIN) / tall)
    spare = (WIDTH - 2 * MARGIN) / scale - wide
    return Frame(min(xs) - spare / 2, max(ys), scale, round(tall * scale + 2 * MARGIN), brings_nearer)


def map_of(
    provinces: Sequence[tuple[str, Sequence[Ring]]],
    places: Sequence[Place],
    roads: Sequence[Road],
    described: str,
    tiles: str = "",
) -> Drawing | None:
    """The whole; without outline the places alone. None where there is nothing to draw. ``tiles``: a map server."""
    corners = [point for _name, rings in provinces for ring in rings for point in ring]
    points = [(place.longitude, place.latitude) for place in places]
    if not (corners or points):
        return None
    frame = frame_of([*corners, *points], bool(provinces) and not tiles)
    parts = list(tiles_of(frame, tiles)) if tiles else []
    if not tiles:
        parts += [land(name, rings, frame) for name, rings in provinces]
    taken = [sign_of(place, frame) for place in places]
    for road in roads:
        hours = free_spot(hour_spots(road, frame), taken)
        taken.append(hours.box)
        parts.append(road_of(road, frame, hours))
    for place in places:
        name = free_spot(name_spots(place, frame), taken)
        taken.append(name.box)
        parts.append(place_of(place, frame, name))
    return Drawing(frame.height, "".join(parts), described, WIDTH)


def land(name: str, rings: Sequence[Ring], frame: Frame) -> str:
    paths = ("M" + "L".join(f"{number(frame.x(x))} {number(frame.y(y))}" for x, y in ring) + "Z" for ring in rings)
    return f'<path class="land" d="{"".join(paths)}"><title>{escape(name)}</title></path>'


def road_of(road: Road, frame: Frame, hours: "Spot") -> str:
    x1, y1, x2, y2 = frame.x(road.start[0]), frame.y(road.start[1]), frame.x(road.end[0]), frame.y(road.end[1])
    path = f'<path class="road" d="M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}"/>'
    return path + text(hours.x, hours.y, road.words, "small middle halo")


def place_of(place: Place, frame: Frame, name: "Spot") -> str:
    x, y, mark = frame.x(place.longitude), frame.y(place.latitude), place.mark
    tone = f"shape {mark.tone}".strip()
    written = text(name.x, name.y, mark.label, f"small {name.kind} halo".replace("  ", " "))
    if place.is_square:
        drawn = f'<rect class="{tone}" x="{number(x + 5)}" y="{number(y - 13)}" width="10" height="10"/>'
        return linked(mark, drawn + written)
    drawn = f'<circle class="{tone}" cx="{number(x)}" cy="{number(y)}" r="{number(radius_of(mark))}"/>'
    return linked(mark, drawn + text(x, y + 4, number(mark.value), "on middle") + written)


def radius_of(mark: Mark) -> float:
    return 7 + min(mark.value, 8)


# --- names ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Box:
    """A part of the picture that is taken, in its units."""

    left: float
    top: float
    right: float
    bottom: float

    def shared_with(self, other: "Box") -> float:
        """The area that both cover."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        tall = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(wide, 0.0) * max(tall, 0.0)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a name may stand: the end of its line that ``kind`` says (start, middle or end), and what it covers."""

    x: float
    y: float
    kind: str
    box: Box


def sign_of(place: Place, frame: Frame) -> Box:
    """What the circle or the square of a place covers."""
    x, y, radius = frame.x(place.longitude), frame.y(place.latitude), radius_of(place.mark)
    if place.is_square:
        return Box(x + 5, y - 13, x + 15, y - 3)
    return Box(x - radius, y - radius, x + radius, y + radius)


def hour_spots(road: Road, frame: Frame) -> list[Spot]:
    """Where the hours of a road may stand: along it, or above and below its middle where it is short."""
    x1, y1, x2, y2 = frame.x(road.start[0]), frame.y(road.start[1]), frame.x(road.end[0]), frame.y(road.end[1])
    places = [(share, -4) for share in (0.4, 0.55, 0.7, 0.25)] + [(0.5, -26), (0.5, 36), (0.5, -44), (0.5, 52)]
    return [
        spot_at(x1 + (x2 - x1) * share, y1 + (y2 - y1) * share + below, "middle", road.words) for share, below in places
    ]


def name_spots(place: Place, frame: Frame) -> list[Spot]:
    """Where the name of a place may stand: that of a round one below it, that of a square at its right, if they can."""
    sign, words = sign_of(place, frame), place.mark.label
    middle, level = (sign.left + sign.right) / 2, (sign.top + sign.bottom) / 2 + 4
    centred = [spot_at(middle, y, "middle", words) for y in (sign.bottom + 13, sign.top - 5)]
    beside = [spot_at(sign.right + 3, level, "", words), spot_at(sign.left - 3, level, "end", words)]
    farther = [
        spot_at(x, level + up, kind, words)
        for gap in (3, 16)
        for up in (-6, 6, -12, 12, -18, 18, -24, 24)
        for x, kind in ((sign.right + gap, ""), (sign.left - gap, "end"))
    ]
    first = [*beside, *centred] if place.is_square else [centred[0], *beside, centred[1]]
    return [*first, *farther]


def spot_at(x: float, y: float, kind: str, words: str) -> Spot:
    """A line of words whose foot is at ``y``."""
    wide = len(words) * LETTER
    left = x - {"": 0.0, "middle": wide / 2, "end": wide}[kind]
    return Spot(x, y, kind, Box(left, y - LINE + 2, left + wide, y + 3))


def free_spot(spots: Sequence[Spot], taken: Sequence[Box]) -> Spot:
    """The first of those that cover the least of what is taken and of what lies outside of the picture."""

    def covered(spot: Spot) -> float:
        outside = max(0.0, -spot.box.left) + max(0.0, spot.box.right - WIDTH)
        return outside * LINE + sum(spot.box.shared_with(other) for other in taken)

    return min(spots, key=covered)


def tiles_of(frame: Frame, template: str) -> Iterator[str]:
    """The images of a map server that lie under the picture; its address has {z}, {x} and {y}."""
    east = frame.west + (WIDTH - 2 * MARGIN) / frame.scale
    south = frame.north - (frame.height - 2 * MARGIN) / frame.scale
    zoom = min(DEEPEST, max(0, ceil(log2(360 * frame.scale / TILE))))
    while zoom and count_of(frame.west, east, south, frame.north, zoom) > MOST_TILES:
        zoom -= 1
    step = 360 / 2**zoom
    for column in range(floor((frame.west + 180) / step), floor((east + 180) / step) + 1):
        for row in range(floor((180 - frame.north) / step), floor((180 - south) / step) + 1):
            x = MARGIN + (column * step - 180 - frame.west) * frame.scale
            y = MARGIN + (frame.north - 180 + row * step) * frame.scale
            address = template.replace("{z}", str(zoom)).replace("{x}", str(column)).replace("{y}", str(row))
            size = number(step * frame.scale)
            place = f'x="{number(x)}" y="{number(y)}" width="{size}" height="{size}"'
            yield f'<image href="{escape(address)}" {place}/>'


def count_of(west: float, east: float, south: float, north: float, zoom: int) -> int:
    step = 360 / 2**zoom
    return (floor((east - west) / step) + 2) * (floor((north - south) / step) + 2)
