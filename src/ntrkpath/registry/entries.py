"""Entries of the book: their kinds and bodies, how a body is written, and how every schema of it is read."""

from __future__ import annotations

import datetime as dt
from typing import Any, Generic, Literal, TypeVar

import msgspec

from ntrkpath.model.case import Case, Text
from ntrkpath.model.errors import RegistryError
from ntrkpath.registry import forms
from ntrkpath.registry.forms import Form
from ntrkpath.registry.partial_dates import DATE_PATTERN, PartialDate, exists


class CaseVersion(Form, frozen=True, tag="case"):
    """The whole case document as it was known then; the newest one stands."""

    case: Case


class CallerFile(Form, frozen=True, tag="caller_file"):
    """Rows of one sample from the output of a caller; their bytes are kept beside the body.

    Args:
        whole_sha256: Of the file that was given, with the rows of others.
        kept_sha256: Of the bytes that are kept.
        sample: The sample as the file names it; None where the file names none.
    """

    name: Text
    whole_sha256: str
    kept_sha256: str
    rows: int
    caller: str
    sample: str | None = None
    test: int | None = None


class Answer(Form, frozen=True, tag="answer"):
    """What the guidance said of the case version at ``case`` (its ``seq``); ``sha256``: of the whole answer."""

    case: int
    edition: str
    version: str
    edition_sha256: str
    as_of: dt.date
    tier: str
    priority: str
    actions: tuple[str, ...]
    target: str
    trk_inhibitor: str
    next: str
    sha256: str


class Decision(Form, frozen=True, tag="decision"):
    """What was decided. ``answer``: the ``seq`` of the answer it was taken on; a decision against it has a reason."""

    action: Text
    follows: Literal["yes", "no", "partly", "unknown"]
    date: PartialDate | None = None
    answer: int | None = None
    override_reason: Text | None = None
    by: Literal["tumour_board", "clinician", "laboratory", "other", "unknown"] | None = None


class Query(Form, frozen=True, tag="query"):
    """A question about a value: ``about`` is its path, as ``case.diagnosis.histology`` or ``registration.birth``."""

    about: Text
    text: Text
    asked_of: Text | None = None


class Reply(Form, frozen=True, tag="reply"):
    """A reply to the query at ``query`` (its ``seq``); ``closes`` it, or leaves it open."""

    query: int
    text: Text
    closes: bool


class Proposal(Form, frozen=True, tag="proposal"):
    """An imported body that differs from what stands, waiting for a ruling. ``differs``: the paths that do."""

    proposed: dict[str, Any]
    stands: int
    differs: tuple[str, ...]
    source: Text


class Ruling(Form, frozen=True, tag="ruling"):
    """The end of the proposal at ``proposal`` (its ``seq``); an accepted one is appended as an entry of its own."""

    proposal: int
    accepted: bool
    reason: Text | None = None


class Retraction(Form, frozen=True, tag="retraction"):
    """The entry at ``entry`` (its ``seq``) was wrong and no longer stands; it stays in the book."""

    entry: int
    reason: Text | None = None


class NoMoreData(Form, frozen=True, tag="no_more_data"):
    """From here on nothing is collected of the subject; what stands is used."""

    asked_by: Literal["subject", "parent", "guardian", "representative", "site", "unknown"]
    date: PartialDate | None = None


class NoMoreUse(Form, frozen=True, tag="no_more_use"):
    """From here on nothing of the subject is used, in no count and no export; it stays kept."""

    asked_by: Literal["subject", "parent", "guardian", "representative", "site", "unknown"]
    date: PartialDate | None = None


class Erasure(Form, frozen=True, tag="erasure"):
    """Every earlier body of the subject is removed, with its salt, files and derived rows: those at ``erased``."""

    asked_by: Literal["subject", "parent", "guardian", "representative", "site", "authority", "unknown"]
    erased: tuple[int, ...] = ()
    date: PartialDate | None = None


class Counted(msgspec.Struct, frozen=True):
    """Subjects of one histology in a release."""

    histology: str
    subjects: int
    tested: int
    positive: int


class Release(Form, frozen=True, tag="release"):
    """Counts that left the book, as they were before cells were hidden; it belongs to no subject."""

    purpose: Literal["published", "pooling"]
    counts: tuple[Counted, ...]
    edition: str


Body = (
    forms.Registration | CaseVersion | forms.Specimen | forms.Stain | forms.Assay | forms.CentralReview | CallerFile
    | Answer | Decision | forms.Screening | forms.Treatment | forms.Surgery | forms.Response | forms.AdverseEvent
    | forms.Growth | forms.FollowUp | forms.Consent | Query | Reply | Proposal | Ruling | Retraction
    | NoMoreData | NoMoreUse | Erasure | Release
)  # fmt: skip
B = TypeVar("B")

#: The chain and the subject of entries that belong to no site and no subject: releases of counts.
WHOLE = "_"
#: The type of a body by its kind.
KINDS: dict[str, type[Form]] = {str(kind.__struct_config__.tag): kind for kind in Body.__args__}
#: The schema that bodies are written in today. A body is never migrated: ``_DECODERS`` keeps every schema that was.
SCHEMA = 1
_DECODERS: dict[int, msgspec.json.Decoder[Any]] = {1: msgspec.json.Decoder(Body)}
_encoder = msgspec.json.Encoder(order="deterministic")


class Entry(msgspec.Struct, Generic[B], frozen=True, kw_only=True):
    """One entry of the book, as it stands there.

    Args:
        seq: Its place in the chain of its site, from 1 without a gap. Order is by ``seq``, never by ``at``.
        subject: The pseudonym that the site gave.
        author: Who wrote it.
        at: When the machine that wrote it took it to be, in UTC.
        request: The id under which a repeated write is known; one for each entry.
        body: None where it was erased.
    """

    seq: int
    site: str
    subject: str
    kind: str
    schema: int
    author: str
    at: dt.datetime
    request: str
    body: B


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that is to be appended; ``content`` are the bytes of a caller's file, kept beside the body."""

    site: str
    subject: str
    body: Any
    author: str
    request: str
    content: bytes | None = None

    @property
    def kind(self) -> str:
        """The kind of its body."""
        return kind_of(self.body)


def kind_of(body: Form) -> str:
    """Return the kind of a body."""
    return str(body.__struct_config__.tag)


def written(body: Form) -> bytes:
    """Return a body as the bytes that are kept: JSON of the newest schema, keys in one order."""
    return _encoder.encode(body)


def read(data: bytes, schema: int = SCHEMA) -> Any:
    """Return the body that bytes stand for.

    Raises:
        RegistryError: The schema is not known here, or the bytes are no body of it.
    """
    decoder = _DECODERS.get(schema)
    if decoder is None:
        raise RegistryError(
            "an entry of a newer schema", value=schema, allowed=map(str, _DECODERS), remedy="use a newer ntrkpath"
        )
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RegistryError("not a body of an entry", where=place_of(error)) from None


def checked(plain: dict[str, Any]) -> Any:
    """Return the body of plain data (with its ``kind``), each item read by its type.

    Raises:
        RegistryError: It is none, names a day that does not exist, or holds text that no file can carry.
    """
    try:
        body = msgspec.convert(plain, Body, strict=True, str_keys=True)
        written(body)
    except msgspec.ValidationError as error:
        place = place_of(error)
        raise RegistryError("not a body of an entry", where=place, remedy="see the reference of forms") from None
    except UnicodeEncodeError:
        raise RegistryError("half a character, which no file can carry", remedy="type the text again") from None
    sound(body)
    return body


def place_of(error: Exception) -> str:
    """Return the path at which msgspec found that plain data is not of its type; empty where it names none."""
    _, at, place = str(error).rpartition(" - at ")
    return place.strip("`$.") if at else ""


def sound(body: Form) -> None:
    """Check what no type says of a body.

    Raises:
        RegistryError: It is no body, or a partial date names a day that is not in the calendar.
    """
    if type(body) not in _DATED:
        raise RegistryError("not a body of an entry", allowed=KINDS)
    for name in _DATED[type(body)]:
        value = getattr(body, name)
        if value is not None and not exists(value):
            raise RegistryError("there is no such day", where=f"{kind_of(body)}.{name}", value=value)


def dated(kind: type[Form]) -> tuple[str, ...]:
    """Return the items of a form that are partial dates."""
    return _DATED[kind]


def _is_date(annotation: Any) -> bool:
    return any(isinstance(meta, msgspec.Meta) and meta.pattern == DATE_PATTERN for meta in _metas(annotation))


def _metas(annotation: Any) -> list[Any]:
    found = list(getattr(annotation, "__metadata__", ()))
    for inner in getattr(annotation, "__args__", ()):
        found += _metas(inner)
    return found


def _dated() -> dict[type[Form], tuple[str, ...]]:
    import typing

    hints = {kind: typing.get_type_hints(kind, include_extras=True) for kind in KINDS.values()}
    return {kind: tuple(n for n, a in hints[kind].items() if _is_date(a)) for kind in KINDS.values()}


_DATED = _dated()
