"""How much of the processor the engine takes: a whole case, and one new fact in a case that was judged before.

Time of the processor, not of the clock: this is all computing, and the machine may have other things to do.
"""

import statistics
import time
from datetime import date
from typing import Final

from casetrail_common.rules import (
    SHIPPED,
    CaseFile,
    Judgement,
    LawBook,
    activate,
    after,
    compile_pack,
    evaluate,
    pack_document,
)
from casetrail_embedded.bench.long_case import long_case
from casetrail_embedded.bench.table import Line
from casetrail_embedded.bench.timings import MS

SIZES: Final = (60, 300)
"""Facts of a case: what one under the general procedure has, and a very long one."""
ROUNDS: Final = 15
LAST: Final = 30
"""Facts at the end of a case after each of which it is judged again."""

_AIMS: Final = {("whole", 60): "about 2 ms", ("again", 300): "< 5 ms"}


def judging_lines() -> list[Line]:
    """Measure, and say what it came to: from the pack that is judged fastest to the one that takes longest."""
    books = [_law_book(pack, version) for pack, version in SHIPPED]
    lines = []
    for facts in SIZES:
        whole, again = [whole_ms(book, facts) for book in books], [again_ms(book, facts) for book in books]
        lines += [
            Line(f"judging a case of {facts} facts, whole", _range(whole), aim=_AIMS.get(("whole", facts), "")),
            Line(f"  again after one more fact, median of {LAST}", _range(again), aim=_AIMS.get(("again", facts), "")),
        ]
    return lines


def _range(each_ms: list[float]) -> str:
    return f"{min(each_ms):.1f} to {max(each_ms):.1f} ms"


def _law_book(pack: str, version: str) -> LawBook:
    return LawBook((activate(compile_pack(pack_document(pack, version)), date(2019, 1, 1)),))


def whole_ms(book: LawBook, facts: int) -> float:
    """Return how long judging a case from scratch takes."""
    told = long_case(facts)
    built, each = after(CaseFile(), *told), []
    for _ in range(ROUNDS):
        file = CaseFile(built.things, built.links)  # nobody has looked into this one yet
        begun = time.thread_time()
        evaluate(book, file, as_of=told[-1].at)
        each.append(time.thread_time() - begun)
    return statistics.median(each) * MS


def again_ms(book: LawBook, facts: int) -> float:
    """Return how long taking in one more fact and judging again takes."""
    told = long_case(facts)
    file, judgement, each = after(CaseFile(), *told[:-LAST]), Judgement(), []
    judgement.again(book, file, as_of=told[-LAST - 1].at)
    for one in told[-LAST:]:
        begun = time.thread_time()
        file = after(file, one)
        judgement.again(book, file, as_of=one.at)
        each.append(time.thread_time() - begun)
    return statistics.median(each) * MS
