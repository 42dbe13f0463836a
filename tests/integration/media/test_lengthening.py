"""Recordings stay locked at least as long as the dossier that names them."""

from datetime import UTC, datetime, timedelta

from casetrail_common.facts.archive import DossierFiledV1, DossierSealedV1, NamedStream, RetentionAssignedV1
from casetrail_common.ids import new_id, stream_name
from casetrail_common.retention import years_after
from support.filming import Filming
from support.waiting import until

NOW = datetime.now(UTC).replace(microsecond=0)


async def locked_until(desk: Filming, session: str) -> datetime:
    """Return until when the store keeps the original of a session."""
    (file,) = (await desk.last(session))["files"]
    stated = await desk.objects.stat(file["object"], file["version_id"])
    assert stated.locked_until is not None
    return stated.locked_until


async def test_the_lock_follows_the_dossier_and_is_never_shortened(desk: Filming, video: bytes) -> None:
    session, dossier, case = await desk.stored(video), new_id("archive"), desk.ids["case"]
    stream = stream_name("case", desk.agency, case)
    named = [NamedStream(service="media", stream=stream)]

    def assigned(years: int) -> RetentionAssignedV1:
        return RetentionAssignedV1(dossier=dossier, retention_class="general", years=years)

    at_first = await locked_until(desk, session)
    filed = DossierFiledV1(dossier=dossier, case=case, streams=named, sessions=[session], retention_class="general")
    await desk.follow("archive", stream, filed, assigned(10))
    sealed_until = years_after(NOW, 10)
    sealed = DossierSealedV1(
        dossier=dossier,
        case=case,
        volume=1,
        root="00" * 32,
        object="volume",
        version_id="1",
        bytes=1,
        retained_until=sealed_until,
    )
    longer = years_after(sealed_until, 30)
    assert sealed_until < at_first < longer - timedelta(days=1)
    async with desk.jobs():
        for fact, expected in ((sealed, at_first), (assigned(40), longer), (assigned(10), longer)):
            await desk.follow("archive", stream, fact)
            await until(lambda: no_jobs(desk), what="the job")
            assert await locked_until(desk, session) == expected


async def no_jobs(desk: Filming) -> bool:
    """Whether everything that facts caused is done."""
    return not await desk.process.store.pool.fetchval("select count(*) from job")
