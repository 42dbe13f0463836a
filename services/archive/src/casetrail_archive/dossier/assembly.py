"""Assembling a volume: recordings are copied in while they are hashed, the rest is done by a child process."""

import asyncio
import hashlib
import pickle
from collections.abc import AsyncIterator
from dataclasses import replace
from mimetypes import guess_extension
from pathlib import Path
from typing import BinaryIO, Final

from casetrail_archive.dossier.naming import file_name
from casetrail_archive.dossier.press import Press
from casetrail_archive.dossier.source import DossierInput, Recording
from casetrail_archive.dossier.volume import StagedRecording, Volume

_CHUNK_BYTES: Final = 1 << 20
_SUFFIXES: Final = {"video/mp4": ".mp4", "audio/mp4": ".m4a", "audio/mpeg": ".mp3", "image/jpeg": ".jpg"}
"""File names by which every browser knows what to do; for other types the usual one."""


class RecordingDiffersError(Exception):
    """The bytes of a recording are not those that its fact names."""


async def assemble(source: DossierInput, folder: Path, press: Press) -> Volume:
    """Write a volume into a folder, which is made and must not hold one yet.

    A child process prints it: nothing of it blocks the event loop, and a crash in it cannot take anything along.

    Raises
    ------
    RecordingDiffersError
        If a recording's bytes are not those its fact names.
    AssemblyFailedError
        If the facts handed over do not make a volume.
    """
    await asyncio.to_thread((folder / "data").mkdir, parents=True)
    kept = [recording for recording in source.recordings if recording.source is not None]
    staged = [await _stage(recording, place, folder) for place, recording in enumerate(kept, 1)]
    # The child needs no recording, and an open source could not be handed to it.
    order = pickle.dumps((replace(source, recordings=()), folder, tuple(staged)))
    return Volume(**await press.print(order))


async def _stage(recording: Recording, place: int, folder: Path) -> StagedRecording:
    """Copy a recording into the volume, and hash it on the way."""
    suffix = _SUFFIXES.get(recording.media_type) or guess_extension(recording.media_type) or ".bin"
    path = folder / "data" / "音像" / file_name(f"{place:03}-音像", suffix)
    await asyncio.to_thread(path.parent.mkdir, exist_ok=True)
    digest = hashlib.sha256()
    count = 0
    file = await asyncio.to_thread(path.open, "xb")
    try:
        async for chunk in _chunks(recording):
            await asyncio.to_thread(file.write, chunk)
            await asyncio.to_thread(digest.update, chunk)
            count += len(chunk)
    finally:
        await asyncio.to_thread(file.close)
    if (digest.hexdigest(), count) != (recording.sha256, recording.bytes):
        raise RecordingDiffersError(recording.object)
    return StagedRecording(
        session=recording.session,
        object=recording.object,
        name=path.name,
        sha256=recording.sha256,
        bytes=count,
        media_type=recording.media_type,
    )


async def _chunks(recording: Recording) -> AsyncIterator[bytes]:
    if isinstance(recording.source, Path):
        file: BinaryIO = await asyncio.to_thread(recording.source.open, "rb")
        try:
            while chunk := await asyncio.to_thread(file.read, _CHUNK_BYTES):
                yield chunk
        finally:
            await asyncio.to_thread(file.close)
    elif recording.source is not None:
        async for chunk in recording.source():
            yield chunk
