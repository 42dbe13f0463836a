"""The clause that stands beside a step of a case."""

from datetime import date
from typing import Any

from casetrail_archive.domain.acts import ACTS
from casetrail_archive.domain.steps import COMMANDS, clauses_of
from casetrail_common.auth.duties import GIVERS
from casetrail_common.facts import ContentRef, common, intake, media, review
from casetrail_common.ids import Service
from casetrail_common.ledger.append import Law
from casetrail_common.rules import SHIPPED, compiled, pack_document
from support.facts import FactBook

DIGEST = "0" * 64


def clause(payload: object, service: Service = "intake", *, pack: str = "henan-2019@2019-06-04") -> list[str]:
    """Return the clauses beside the step that a fact tells of."""
    book = FactBook(law=Law((pack,)))
    packs = {pack: compiled(pack_document(*pack.split("@")), sha256=pack)}
    fact = book.fact_of(service, f"case:{book.agency}:i-0", payload)  # type: ignore[arg-type]
    return clauses_of(fact, packs, forms={"i-form": "initiation_approval", "i-2": "handling_opinion"})


def test_a_step_is_told_with_the_clause_that_asks_for_it() -> None:
    assert clause(intake.CaseClosedV1(outcome="performed", form="i-1")) == ["henan-2019/13.1"]
    tags = media.AvAnnotatedV1(session="m-1", tags=["scene"])
    assert clause(tags, "media") == ["henan-2019/17.1"]
    voice = media.AvAnnotatedV1(session="m-1", voice=["time"])
    assert clause(voice, "media") == ["henan-2019/18.2a"]
    assert clause(common.StreamSealedV1(dossier="a-1", count=0, head=DIGEST)) == []
    incident = common.IncidentRecordedV1(item="i-1", code="worm_protected", clause="x/1", command="sweep")
    assert clause(incident) == ["x/1"]


def test_an_opinion_is_told_with_the_clause_on_its_form_if_there_is_one_else_with_that_on_its_slot() -> None:
    text = ContentRef(sha256=DIGEST)
    said: dict[str, Any] = {
        "slot": "head",
        "result": "agree",
        "opinion": text,
        "signed_on": date(2025, 5, 12),
        "by": "gu",
    }
    assert clause(intake.OpinionGivenV1(form="i-form", **said)) == ["henan-2019/9.1(1)"]
    assert clause(review.HeadApprovedV1(form="i-2", submission="r-1", **said), "review") == ["henan-2019/11.1(4)"]


def test_a_service_is_told_with_the_clause_on_its_method() -> None:
    served = intake.ServicePerformedV1(service="i-1", document="i-2", method="mail", recipient="hengyuan", evidence=[])
    assert clause(served, pack="fusong-env@undated") == ["fusong-env/19.1"]


def test_every_command_that_a_shipped_pack_cites_is_that_of_some_fact() -> None:
    packs = [compiled(pack_document(*name), sha256="@".join(name)) for name in SHIPPED]
    assert {command for pack in packs for command in pack.text.commands} <= set(COMMANDS.values())


def test_of_every_command_that_may_be_missing_it_is_known_who_gives_it() -> None:
    assert ACTS.keys() <= GIVERS.keys()
