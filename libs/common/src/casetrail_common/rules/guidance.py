"""What is still missing: the unmet parts of what rules demand, down to the object that has to be made or completed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from casetrail_common.rules import nodes, values
from casetrail_common.rules.casefile import BIRTH, Thing, Value
from casetrail_common.rules.english import kind_words, node_words, test_words
from casetrail_common.rules.look import Look, Node, value_of
from casetrail_common.rules.model import model
from casetrail_common.rules.nodes import Pattern
from casetrail_common.rules.recorded import Recorded
from casetrail_common.rules.wording import demanded, tested

COMPLETED_LATER: Final = frozenset(
    {"session", "activity", "measure", "service", "dossier", "disc", "gap", "submission"}
)
"""Kinds of objects that can still get an attribute after they were made; a document cannot, it only gets signatures."""


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that is not there: an object to be made, or something that one has still to get."""

    kind: str
    """Kind of the object."""
    zh: str
    en: str
    item: str | None = None
    """The object that it is to be completed in, or made for."""
    codes: tuple[str, ...] = ()
    """Which of its kind will do: types of document, capacities of signatories, slots, tags."""
    fields: tuple[str, ...] = ()
    """Names of what must be filled in or set."""
    count: int = 1
    made_by: tuple[str, ...] = ()
    """Types of the facts that would bring it about."""
    absent: bool = False
    """Rather, something is there that must not be: nothing that is done now mends it."""
    either: tuple[tuple["Lack", ...], ...] = ()
    """Several ways, of which one is enough."""


def lacks(node: Node, look: Look, thing: Thing) -> tuple[Lack, ...]:
    """Return what is missing for a requirement to be met by an object; nothing if it is met."""
    return () if node.met(look, thing) else tuple(_lacks(node, look, thing))


def _lacks(node: Node, look: Look, thing: Thing) -> Iterator[Lack]:  # noqa: C901  one case for each kind of node
    match node:
        case nodes.All(parts):
            for part in parts:
                yield from lacks(part, look, thing)
        case nodes.AnyOf(ways):
            yield from _either([lacks(way, look, thing) for way in ways])
        case nodes.Term(_, inner) | nodes.On(_, inner):
            yield from lacks(inner, look, thing)
        case nodes.Some():
            yield from _another(node, look, thing)
        case nodes.Several(some, count, _):
            wanted = count if isinstance(count, int) else len(count.found(look, thing))
            yield replace(_made(some, look, thing), count=max(1, wanted - len(some.found(look, thing))))
        case nodes.Is(pattern):
            yield from _rest(pattern, look, thing)
        case nodes.Each(pattern) if look.each:
            yield from _rest(pattern, look, look.each)
        case nodes.Every(some, must):
            for other in look.near(thing, some.kind):
                if some.pattern.match(look, other):
                    yield from lacks(must, replace(look, each=other), thing)
        case Recorded(by):
            yield _lack(node, "session", thing, codes=_codes(by, "session"), made_by=model()["session"].born)
        case _:
            yield _lack(node, thing.kind, thing, absent=True)


def _either(ways: Sequence[tuple[Lack, ...]]) -> Iterator[Lack]:
    """Yield the ways that are still open as one choice."""
    still = list(dict.fromkeys(way for way in ways if not any(lack.absent for lack in way))) or list(ways[:1])
    if len(still) == 1:
        yield from still[0]
        return
    said = ["；".join(lack.zh for lack in way) for way in still], ["; ".join(lack.en for lack in way) for way in still]
    yield Lack("", "，或者".join(said[0]), ", or ".join(said[1]), either=tuple(still))


def _another(some: nodes.Some, look: Look, thing: Thing) -> Iterator[Lack]:
    """Yield what one of the linked objects still has to get, or that one is to be made."""
    for other in reversed(look.near(thing, some.kind)):
        failing = [name for name, test in some.pattern.tests if not _holds(name, test, other, look)]
        main = model()[some.kind].main
        if not failing or (some.kind in COMPLETED_LATER and main not in failing):
            yield from _rest(some.pattern, look, other)
            return
    yield _made(some, look, thing)


def _made(some: nodes.Some, look: Look, thing: Thing) -> Lack:
    asked = nodes.Some(some.kind, Pattern(tuple(_settled(some.pattern, look)), some.pattern.inner))
    return _lack(
        asked,
        some.kind,
        thing,
        codes=_codes(asked.pattern, some.kind),
        fields=tuple(_filled(asked.pattern)),
        made_by=model()[some.kind].born,
    )


def _rest(pattern: Pattern, look: Look, thing: Thing) -> Iterator[Lack]:
    """Yield in what an object is not yet as described."""
    kind = model()[thing.kind]
    for name, test in pattern.tests:
        attribute = kind.attribute(name)
        if attribute and not _holds(name, test, thing, look):
            zh = f"须有{attribute.zh}" if test == values.IsFilled() else f"须{tested(test, attribute)}"
            en = f"{kind_words(thing.kind)}: {test_words(test, name)}"
            is_final = thing.kind not in COMPLETED_LATER or name == BIRTH
            yield Lack(
                thing.kind, f"{kind.zh}{zh}", en, thing.id, (), (name,), made_by=attribute.set_by, absent=is_final
            )
    for node in pattern.inner:
        yield from lacks(node, look, thing)


def _lack(
    node: Node,
    kind: str,
    thing: Thing,
    *,
    codes: tuple[str, ...] = (),
    fields: tuple[str, ...] = (),
    made_by: tuple[str, ...] = (),
    absent: bool = False,
) -> Lack:
    zh, en = demanded(node, thing.kind), node_words(node, thing.kind)
    return Lack(
        kind,
        f"须{zh}" if zh.startswith(("有", "没有")) else zh,
        en,
        thing.id,
        codes,
        fields,
        made_by=made_by,
        absent=absent,
    )


def _holds(name: str, test: values.Test, thing: Thing, look: Look) -> bool:
    return test.holds(value_of(thing, name), look)


def _settled(pattern: Pattern, look: Look) -> Iterator[tuple[str, values.Test]]:
    """Yield the tests of a pattern; what is compared with another object has that one's value."""
    for name, test in pattern.tests:
        if isinstance(test, values.SameAs) and test.of in {"subject", "each"}:
            other = look.each if test.of == "each" else look.subject
            value = value_of(other, test.attribute) if other else None
            yield name, test if value is None else values.OneOf((value,))
        else:
            yield name, test


def _codes(pattern: Pattern, kind: str) -> tuple[str, ...]:
    """Return the codes of the main attribute that will do; none if any will."""
    main = model()[kind].main
    found = (test.codes for name, test in pattern.tests if name == main and isinstance(test, values.OneOf))
    return _texts(next(found, ()))


def _filled(pattern: Pattern) -> Iterator[str]:
    """Yield the names of what an object that is made must hold."""
    for name, test in pattern.tests:
        if isinstance(test, values.HoldsAll):
            yield from _texts(test.codes)
        elif isinstance(test, values.IsFilled):
            yield name


def _texts(codes: Iterable[Value]) -> tuple[str, ...]:
    return tuple(code for code in codes if isinstance(code, str))
