"""Ways out of a recording, and into one: a file for each format.

| format     | out | in | lossless | for                                                     |
|------------|-----|----|----------|---------------------------------------------------------|
| jsonl      | yes | yes| yes      | another vftui, grep                                     |
| json       | yes |    |          | scripts                                                 |
| md         | yes |    |          | tickets                                                 |
| html       | yes |    |          | a colleague with a browser                              |
| sse        | yes | yes| bytes    | other readers of event streams                          |
| curl       | yes |    |          | doing it again                                          |
| har        | yes | yes| yes      | the network panel of a browser, which can also be read  |
| csv        | yes |    |          | spreadsheets                                            |
| transcript |     | yes|          | what Voiceflow itself kept of a conversation            |

A writer yields pieces and holds no more than one turn of the log; `har` and `transcript` are read
as a whole, because they are one JSON value.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from vftui.formats import (
    csv,
    curl,
    har,
    harfile,
    html,
    json_,
    jsonl,
    md,
    sse,
    transcript,
)
from vftui.formats.log import Head, Imported, Line, Log, Writer
from vftui.recording import Journal, Recording
from vftui.run import now
from vftui.saved import Readable, sniffed

__all__ = ["READERS", "WRITERS", "Head", "Imported", "Line", "Log", "keep", "read"]

WRITERS: dict[str, Writer] = {
    "jsonl": jsonl.write,
    "json": json_.write,
    "md": md.write,
    "html": html.write,
    "sse": sse.write,
    "curl": curl.write,
    "har": har.write,
    "csv": csv.write,
}
"""What writes each format."""

READERS: dict[Readable, Callable[[Path], Imported]] = {
    "jsonl": jsonl.read,
    "har": harfile.read,
    "transcript": transcript.read,
    "sse": sse.read,
}
"""What reads each format."""


def read(path: Path) -> Imported:
    """A file in any of the formats; raises `ConfigurationError` or `OSError` if that fails."""
    return READERS[sniffed(path)](path)


async def keep(imported: Imported, recording: Recording) -> Journal:
    """Record a log that comes in, with its marks and remarks."""
    head = imported.head
    journal = recording.begin(
        title=head.title,
        api=head.api,
        started=now() if head.started is None else head.started,
        project=head.project,
        environment=head.environment,
        user=head.user,
    )
    if head.tags:
        recording.tag(journal.id, head.tags)
    marked: list[int] = []
    async for entry, is_marked, remark in imported.lines:
        journal.append(entry)
        if is_marked:
            marked.append(len(journal))
        if remark:
            journal.remark(len(journal), remark)
    journal.mark(marked, True)
    journal.commit()
    return journal
