"""Words of the trade that say the same, in three languages at once, and what a sentence of a report speaks of.

The lists are small and published as they stand here: ``MEANINGS`` for what is said in several ways, ``OF_EVERY_REPORT``
for what stands in every report and tells none from another. Accents do not matter in either.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from guardia.customers.values import fold


@dataclass(frozen=True, slots=True)
class Meaning:
    """What is said in several ways. Any of ``recognised`` in a report means it; other cases are looked through for
    ``sought``, of which one must stand there with all its words, in any order.

    The two differ where a phrase is known by the words that every sentence has (*sin servicio*): PostgreSQL leaves
    those out, and what remains stands in every case; or where a word alone says too little to be recognised by (*luz*).
    """

    recognised: tuple[str, ...]
    sought: tuple[str, ...]


def meaning(recognised: str, sought: str) -> Meaning:
    """Phrases are parted by commas."""
    return Meaning(*(tuple(phrase.strip() for phrase in phrases.split(",")) for phrases in (recognised, sought)))


MEANINGS = (
    meaning(
        "corte de fibra, corte de la fibra, fibra cortada, cortaron la fibra, se cortó la fibra, rotura de fibra,"
        " rotura de la fibra, fibra rota, se rompió la fibra, fibra partida, fiber cut, fibre cut, broken fiber,"
        " rompimento de fibra, fibra rompida, corte da fibra",
        "corte fibra, rotura fibra, rota fibra, rompió fibra, partida fibra, fiber cut, fibre cut, broken fiber,"
        " rompimento fibra, rompida fibra",
    ),
    meaning(
        "sin luz, se fue la luz, no hay luz, no tienen luz, corte de luz, sin energía, no hay energía, falta de luz,"
        " no tienen energía, falta de energía, corte de energía, falla de energía, sin electricidad,"
        " corte eléctrico, falla eléctrica, apagón, sem luz, sem energia, queda de energia, power outage,"
        " power failure, no power, blackout",
        "luz, energía, electricidad, corte eléctrico, falla eléctrica, apagón, power, blackout",
    ),
    meaning(
        "sin servicio, no tienen servicio, no tengo servicio, no tenemos servicio, no hay servicio, no hay internet,"
        " no tienen internet, no tengo internet, no tenemos internet, fuera de servicio, sin internet, sin enlace,"
        " sin conexión, sin señal, caído, caída, se cayó, no navega, no navegan, no funciona, no levanta,"
        " no responde, inoperativo, down, offline, out of service, no service, not working, no connection,"
        " sem serviço, sem internet, sem link, sem conexão, não navega, não funciona, caiu, fora do ar",
        "caído, cayó, navega, funciona, levanta, responde, inoperativo, down, offline, caiu, fora do ar",
    ),
    meaning(
        "intermitente, intermitentes, intermitencia, intermitencias, microcorte, microcortes, inestable, inestabilidad,"
        " va y viene, va y vuelve, sube y baja, se cae a ratos, por momentos, cortes constantes, cortes frecuentes,"
        " flapping, intermittent, unstable, on and off, comes and goes, up and down, instável, instabilidade,"
        " cai e volta, vai e volta",
        "intermitente, intermitencia, microcorte, inestable, inestabilidad, ratos, cortes constantes,"
        " cortes frecuentes, flapping, intermittent, unstable, instável, instabilidade",
    ),
    meaning(
        "lento, lenta, lentos, lentas, lentitud, latencia, degradado, degradada, degradación, saturado, saturación,"
        " baja velocidad, poca velocidad, slow, latency, degraded, low speed, lentidão, latência, saturação,"
        " baixa velocidade",
        "lento, lentitud, latencia, degradado, degradación, saturado, saturación, baja velocidad, slow, latency,"
        " degraded, lentidão, saturação",
    ),
    meaning(
        "pérdida de paquetes, pérdidas de paquetes, pierde paquetes, packet loss, perda de pacotes, perdas de pacotes",
        "pérdida paquetes, pierde paquetes, packet loss, perda pacotes",
    ),
    meaning(
        "potencia óptica, niveles ópticos, señal óptica, baja potencia, potencia baja, atenuación, atenuado, atenuada,"
        " optical power, attenuation, potência óptica, atenuação",
        "potencia óptica, niveles ópticos, señal óptica, baja potencia, atenuación, atenuado, optical power,"
        " attenuation, atenuação",
    ),
    meaning("transceptor, transceiver, sfp, gbic, módulo óptico", "transceptor, transceiver, sfp, gbic, módulo óptico"),
    meaning(
        "router, enrutador, ruteador, roteador, cpe, equipo terminal, equipo del cliente",
        "router, enrutador, ruteador, roteador, cpe, equipo terminal, equipo cliente",
    ),
    meaning(
        "robo, hurto, robado, se robaron, robaron, vandalismo, theft, stolen, vandalism, roubo, furto",
        "robo, hurto, robaron, vandalismo, theft, stolen, vandalism, roubo, furto",
    ),
)

OF_EVERY_REPORT = frozenset(
    fold(
        "cliente clientes reporta reportan indica indican informa informan solicita favor buenos buenas días tardes"
        " noches gracias servicio servicios caso hora horas hoy ayer ahora desde sede agencia empresa problema"
        " problemas falla fallas enlace presenta tiene tienen hay está están por que del las los"
        " customer reports service please since today site problem issue link the and with has have"
        " relata informa serviço hoje agência"
    ).split()
)
"""What stands in every report, in three languages; no two reports are alike because of one of these."""

LEXEMES = """
    SELECT current_user, idea, string_agg(DISTINCT '(' || query || ')', ' | ')
    FROM (SELECT idea, plainto_tsquery('spanish', way)::text AS query
          FROM unnest(%s::int[], %s::text[]) AS written(idea, way)) AS each
    WHERE query <> '' GROUP BY idea
"""
"""By the place of each idea what PostgreSQL searches for: any of its ways. An idea of stop words alone has none."""

MOST_READ = 2_000
MOST_IDEAS = 12
SHORTEST = 3
WORD = re.compile(r"[^\W_]+")
ACCENTED = ((re.compile(r"cion$"), "ción"), (re.compile(r"sion$"), "sión"), (re.compile(r"ia(s?)$"), r"ía\1"))
"""Where an accent changes the stem that PostgreSQL finds: *energia* and *energía* are two words to it."""


@dataclass(frozen=True, slots=True)
class Idea:
    """One thing that a report speaks of: ``label`` as it is written there, ``ways`` in which others may have written
    it. ``of_the_trade``: it is one of ``MEANINGS``.
    """

    label: str
    ways: tuple[str, ...]
    of_the_trade: bool = False


def ideas_in(report: str) -> list[Idea]:
    """Return what the words speak of, each once: first what is of the trade, then the other words as they come.

    The first two thousand characters and at most twelve ideas; what stands in every report is none.
    """
    text = " ".join(WORD.findall(report[:MOST_READ]))
    left = fold(text)
    if len(left) != len(text):  # a letter that decomposes into several: the words are then quoted without accents
        text = left
    found = []
    for ways, recognised in RECOGNISED:
        if match := recognised.search(left):
            found.append(Idea(text[match.start() : match.end()].lower(), ways, of_the_trade=True))
            left = recognised.sub(lambda said: " " * len(said.group()), left)
    words = {each.group(): each.span() for each in reversed([*WORD.finditer(left)]) if tells(each.group())}
    first = sorted(words.items(), key=lambda each: each[1])
    found += [Idea(text[begin:end].lower(), spellings(word)) for word, (begin, end) in first]
    return found[:MOST_IDEAS]


def meanings_in(texts: Iterable[str]) -> list[str]:
    """For each thing of the trade that these texts say in any way, one word by which everybody finds it.

    *Sin servicio* is such a way that PostgreSQL by itself finds by nothing: its words stand in every text.
    """
    ideas = [idea for text in texts for idea in ideas_in(text) if idea.of_the_trade]
    return list(dict.fromkeys(idea.ways[0] for idea in ideas))


def tells(word: str) -> bool:
    """Whether this folded word may tell one report from another; a number by itself is an hour or a measure."""
    return len(word) >= SHORTEST and not word.isdigit() and word not in OF_EVERY_REPORT


def spellings(words: str) -> tuple[str, ...]:
    """The words as they are typed in a hurry, and as they are spelt where an accent makes others of them."""
    typed = fold(words)
    right = " ".join(_spelt(word) for word in typed.split())
    return tuple(dict.fromkeys([words, typed, right]))


def _spelt(word: str) -> str:
    for ending, accented in ACCENTED:
        word = ending.sub(accented, word)
    return word


def _recognising(phrases: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted({fold(phrase) for phrase in phrases}, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")


RECOGNISED = tuple(
    (
        tuple(dict.fromkeys(way for phrase in each.sought for way in spellings(phrase))),
        _recognising(each.recognised),
    )
    for each in MEANINGS
)
