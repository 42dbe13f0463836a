"""Duties that many clauses state alike, told for all that the table names: `written`, `shown`, `planned`."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from casetrail_common.records import enumerations, record_types

Line = tuple[str, str]
"""A story and what must be found at its end."""


def written(
    acts: list[str],
    *,
    all_of: Sequence[str] = (),
    any_of: Sequence[str] = (),
    others: Any = None,
    elsewhere: Any = None,
) -> Iterator[Line]:
    """Yield that each of some acts must have documents at its end, which may be made good, and no other act.

    Parameters
    ----------
    acts, all_of, any_of
        As the verbs `activity` and `record` take them.
    others
        Acts that the clause does not reach; absent = of every other kind.
    elsewhere
        Documents that do not serve; absent = of every other type.
    """
    papers = [*all_of, *any_of]
    foreign = (
        _rest(record_types(), papers, but={"decision_document", "device_fault_report"})
        if elsewhere is None
        else elsewhere
    )
    for act in acts:
        begun = f"activity A1 {act}"
        enough = [all_of] if all_of else [[one] for one in any_of]
        for made in enough:
            records = "; ".join(f"record D{n} {_about(one)}" for n, one in enumerate(made))
            yield f"{begun}; {records}; end A1", "A1 satisfied"
            yield f"{begun}; {records}", "A1 satisfied"
            yield f"{begun}; end A1; {records}", "A1 satisfied"
            for n in range(len(made)):
                rest = "; ".join(f"record D{m} {_about(one)}" for m, one in enumerate(made) if m != n) or "look"
                yield f"{begun}; {rest}", "A1 pending"
                yield f"{begun}; @10:00 end A1; {rest}", "A1 violated"
        if all_of:
            for one in foreign:
                spoilt = "; ".join(f"record D{n} {_about(other)}" for n, other in enumerate([*all_of[1:], one]))
                yield f"{begun}; {spoilt}; end A1", "A1 violated"
        for one in foreign if any_of else ():
            yield f"{begun}; record D1 {_about(one)}; end A1", "A1 violated"
    for act in _rest(enumerations()["activity_kind"], acts) if others is None else others:
        yield f"activity A1 {act}; end A1", "A1 unreached"


def shown(tag: str) -> Iterator[Line]:
    """Yield that a recording must show something, or say that it is not there, at the latest when it is complete."""
    for note in (f"tags={tag}", f"absent={tag}"):
        yield f"session S1; say S1 {note}; finish S1", "S1 satisfied"
        yield f"session S1; finish S1; say S1 {note}", "S1 satisfied"
    yield "session S1; look", "S1 pending"
    yield "session S1 kind=photo; finish S1", "S1 violated"
    rest = ",".join(_rest(enumerations()["content_tag"], [tag]))
    yield f"session S1; say S1 tags={rest} absent={rest}; finish S1", "S1 violated"


def planned(stage: str, *, ends: str, before: str = "look", of: str = "penalty general") -> Iterator[Line]:
    """Yield that what the record plan adds to a stage must be recorded by the end of it, in its form or by its name.

    Parameters
    ----------
    ends
        What ends the time for it; `before` does not yet.
    of
        Conduct type and procedure of the case.
    """
    plan = f"plan {of} {stage}:sketch:item_list {stage}:survey"
    named, typed = "planned R1 other_investigation_record survey", "record R2 item_list"
    yield f"{plan}; {named}; {typed}; {ends}", "K1 satisfied"
    yield f"{plan}; {named}; planned R2 other_investigation_record sketch; {ends}", "K1 satisfied"
    yield f"{plan}; {ends}; {named}; {typed}", "K1 satisfied"
    yield f"{plan}; {before}", "K1 pending"
    yield f"{plan}; {named}; {ends}", "K1 violated"
    yield f"{plan}; {typed}; {ends}", "K1 violated"
    yield f"{plan}; record R1 other_investigation_record; {typed}; {ends}", "K1 violated"
    for other in _rest(enumerations()["stage"], [stage, "devices"]):
        yield f"plan {of} {other}:sketch:item_list; {ends}", "K1 unreached"
        yield f"plan {of} {stage}:sketch:item_list {other}:survey; {typed}; {ends}", "K1 satisfied"
    for conduct, procedure in (("levy", of.split()[1]), (of.split()[0], "none")):
        yield f"plan {conduct} {procedure} {stage}:sketch:item_list; {ends}", "K1 unreached"


def _about(paper: str) -> str:
    return paper if "about=" in paper else f"{paper} about=A1"


def _rest(words: Iterable[str], given: Iterable[str], *, but: Collection[str] = ()) -> list[str]:
    taken = {one.split()[0] for one in given} | {*but}
    return [word for word in words if word not in taken]


PATTERNS: Final[Mapping[str, Callable[..., Iterator[Line]]]] = {"written": written, "shown": shown, "planned": planned}
