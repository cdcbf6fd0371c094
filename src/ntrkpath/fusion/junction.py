"""One reported junction read against the annotation: both sides in order, sites, frame and kinase; no verdict yet."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from ntrkpath.fusion.decision import State, Thresholds, decide, knowledge
from ntrkpath.fusion.frame import UNKNOWN, ReadingFrame, reading_frame
from ntrkpath.fusion.literature import exon_fits
from ntrkpath.fusion.locus import NTRK, Atlas, Locus
from ntrkpath.fusion.numbering import Numbered, exon_of, place_by_exon, readings
from ntrkpath.fusion.orientation import Orientation, orient
from ntrkpath.fusion.site import Role, Site
from ntrkpath.fusion.splicing import NONE, fit, told
from ntrkpath.model.fusion import Junction, VerdictLevel


class Reading(msgspec.Struct, frozen=True, gc=False):
    """What a junction says, before support and other callers are weighed.

    Two readings with equal ``key`` are the same event. ``numbering_fits``: exon numbers came without transcripts and
    are ambiguous, but in the transcripts that count first they are in frame with the whole kinase domain.
    """

    junction: Junction
    orientation: Orientation
    five: Site | None
    three: Site | None
    event: str
    partner: str
    place: str
    evidence: str
    frame: ReadingFrame
    kinase: str
    kinase_fraction: float | None
    key: tuple[object, ...]
    notes: tuple[str, ...]
    numbering_fits: bool = False


def read(atlas: Atlas, junction: Junction, sample: str, thresholds: Thresholds) -> Reading | None:
    """Return what a junction says; ``None`` where neither side is an NTRK gene."""
    first, second = atlas.resolve(junction.five_prime), atlas.resolve(junction.three_prime)
    if first.name not in NTRK and second.name not in NTRK:
        return None
    o = orient(atlas, junction, first, second, thresholds)
    notes: list[str] = [locus.note for locus in (o.five, o.three) if locus.note]
    (five, sure5), (three, sure3) = placed = _sites(atlas, o, junction, thresholds, notes)
    event = _event(atlas, junction, o, three, thresholds)
    place = _place(junction, o, five, three)
    frame, sure, fits = _frame(atlas, junction, o, placed, place, thresholds, notes)
    ntrk_site = {"three_prime": three, "five_prime": five}.get(o.ntrk_end) if sure else None
    if not sure:  # an ambiguous number places nothing
        place = "not_given"
        five, three = five if sure5 else None, three if sure3 else None
    kinase, fraction = kinase_kept(atlas, ntrk_site, thresholds.kinase_edge)
    return Reading(
        junction, o, five, three, event, partner_of(o), place, "names" if ntrk_site is None else "breakpoints", frame,
        kinase, fraction, (sample, junction.level, *_where(atlas, o, five, three), o.sense, o.ntrk_end, place, event),
        tuple(notes), fits,
    )  # fmt: skip


def _where(atlas: Atlas, o: Orientation, five: Site | None, three: Site | None) -> tuple[object, ...]:
    """Return names, positions, chromosomes and assembly of an event, seven parts of its key."""
    sides = ((o.five, five), (o.three, three))
    positions = [locus.position or 0 if site is None else site.position for locus, site in sides]
    chromosomes = [locus.point.chromosome or "" if site is None else site.gene.chromosome for locus, site in sides]
    located = five is not None or three is not None or o.five.position or o.three.position
    assembly = atlas.annotation.assembly if located else ""
    return (o.five.name or "", o.three.name or "", *positions, *chromosomes, assembly)


def undecided(reading: Reading, note: str) -> Reading:
    """Return a reading of which nothing can be said but the names, with a note on why."""
    orientation = msgspec.structs.replace(reading.orientation, ntrk_end="unknown", sense="unknown")
    return msgspec.structs.replace(
        reading,
        orientation=orientation,
        place="unresolved",
        frame=UNKNOWN,
        kinase="unknown",
        kinase_fraction=None,
        event="two_genes",
        key=(*reading.key[:9], "unknown", "unknown", "unresolved", "two_genes"),
        notes=(*reading.notes, note),
    )


def contradicts(reading: Reading, thresholds: Thresholds) -> bool:
    """Whether a position lies far from the gene that the row names for it."""
    o = reading.orientation
    return max(o.five.off, o.three.off) > thresholds.contradiction_bases


#: A site, and whether it is sure: exon numbers without a transcript may not be.
_Placed = tuple[Site | None, bool]


def _frame(
    atlas: Atlas,
    junction: Junction,
    o: Orientation,
    placed: tuple[_Placed, _Placed],
    place: str,
    thresholds: Thresholds,
    notes: list[str],
) -> tuple[ReadingFrame, bool, bool]:
    """Return the frame, whether the sites may be relied on, and whether the numbering that counts first fits."""
    (five, sure5), (three, sure3) = placed
    sure = sure5 and sure3
    if five is None or three is None:
        return UNKNOWN, sure, False
    fits = False
    if not sure and o.ntrk_end == "three_prime":
        sure, fits = _numberings_agree(atlas, junction, o, (five, sure5), (three, sure3), thresholds, notes)
    if o.ntrk_end == "unknown":
        return UNKNOWN, sure, fits
    frame = reading_frame(five, three)
    if place in ("intron_retained", "unresolved") or not sure:
        frame = msgspec.structs.replace(frame, call="unknown", agreement="unknown", basis="unknown")
    return frame, sure, fits


def _sites(
    atlas: Atlas, o: Orientation, junction: Junction, thresholds: Thresholds, notes: list[str]
) -> tuple[_Placed, _Placed]:
    """Return the site of each side."""
    found = None
    located = o.five.position is not None and o.three.position is not None
    if located and junction.level == "rna" and o.sense != "antisense":
        found = fit(atlas, o.five, o.three, junction.tolerance, thresholds, o.mended)
    if found is None or found.how == NONE:
        return (
            _site(atlas, o.five, "five_prime", junction, notes),
            _site(atlas, o.three, "three_prime", junction, notes),
        )
    assert o.five.gene is not None
    assert o.three.gene is not None
    notes += told(found, o.five, o.three)
    five = atlas.sites(o.five.gene).locate(found.five, "five_prime", "rna")
    return (five, True), (atlas.sites(o.three.gene).locate(found.three, "three_prime", "rna"), True)


def _site(atlas: Atlas, locus: Locus, role: Role, junction: Junction, notes: list[str]) -> _Placed:
    if locus.gene is None:
        return None, True
    sites = atlas.sites(locus.gene)
    if locus.position is None:
        return place_by_exon(sites, locus.point, role, junction.level, notes)
    site = sites.locate(locus.position, role, junction.level, junction.tolerance)
    if site.snapped:
        notes.append(f"{locus.name}: breakpoint moved {site.snapped} bp onto the exon boundary")
    return site, True


def _numberings_agree(
    atlas: Atlas,
    junction: Junction,
    o: Orientation,
    placed5: tuple[Site, bool],
    placed3: tuple[Site, bool],
    thresholds: Thresholds,
    notes: list[str],
) -> tuple[bool, bool]:
    """Return whether every numbering of exons given without a transcript gives one verdict, and whether the one that
    counts first fits; notes which ones do."""
    (five, sure5), (three, sure3) = placed5, placed3
    number5, number3 = exon_of(o.five.point, "five_prime"), exon_of(o.three.point, "three_prime")
    own5 = Numbered(five.position, (five.transcript, five.gene.canonical))
    own3 = Numbered(three.position, (three.transcript, three.gene.canonical))
    choices5 = [own5] if sure5 else readings(five.gene, number5 or 0, "five_prime")
    choices3 = [own3] if sure3 else readings(three.gene, number3 or 0, "three_prime")
    if len(_verdicts(atlas, junction, o, choices5, choices3, thresholds)) == 1:
        return True, False
    fits = exon_fits(atlas, five.gene, choices5, three.gene, choices3)
    fitting = [f"{f.five_prime_transcripts[0]} with {f.three_prime_transcripts[0]}" for f in fits if f.fits]
    notes.append(
        (
            f"in frame with the whole kinase domain if numbered as in {'; '.join(fitting[:3])}"
            if fitting
            else "no numbering of these exons is in frame with the whole kinase domain"
        )
        + ": the transcripts that number the exons would settle it"
    )
    first = five.gene.canonical.accession, three.gene.canonical.accession
    return False, any(
        f.fits and first[0] in f.five_prime_transcripts and first[1] in f.three_prime_transcripts for f in fits
    )


def _verdicts(
    atlas: Atlas,
    junction: Junction,
    o: Orientation,
    choices5: list[Numbered],
    choices3: list[Numbered],
    thresholds: Thresholds,
) -> set[VerdictLevel]:
    """Return the verdicts of every pair of breakpoints that exon numbers may mean, in a call without a doubt."""
    assert o.five.gene is not None
    assert o.three.gene is not None
    lefts = [atlas.sites(o.five.gene).locate(c.position, "five_prime", junction.level) for c in choices5]
    rights = [atlas.sites(o.three.gene).locate(c.position, "three_prime", junction.level) for c in choices3]
    found: set[VerdictLevel] = set()
    for left in lefts:
        for right in rights:
            place, frame = _place(junction, o, left, right), reading_frame(left, right)
            event = _event(atlas, junction, o, right, thresholds)
            kinase = kinase_kept(atlas, right, thresholds.kinase_edge)[0]
            state = State(
                o.ntrk_end, o.sense, event, partner_of(o), "not_found", place, junction.level, "breakpoints",
                frame.call, frame.agreement, frame.basis, kinase, "adequate", "passed", "sequenced", "unknown",
                "no_difference",
            )  # fmt: skip
            found.add(decide(state).verdict)
    return found


def _event(atlas: Atlas, junction: Junction, o: Orientation, three: Site | None, thresholds: Thresholds) -> str:
    five, last = o.five, o.three
    if five.name == last.name or (junction.intragenic and None in (five.name, last.name)):
        return "intragenic"
    a, b = five.gene, last.gene
    if junction.level != "rna" or a is None or b is None or o.sense not in ("sense", "contradicted"):
        return "two_genes"
    if a.chromosome != b.chromosome or a.strand != b.strand or b.symbol not in NTRK:
        return "two_genes"
    low, high = (a.span[1], b.span[0]) if a.strand == "+" else (b.span[1], a.span[0])
    apart = high - low
    if not 0 <= apart <= thresholds.read_through_far_bases:
        return "two_genes"
    if _whole_receptor(three, thresholds):
        return "read_through"
    if apart > thresholds.read_through_bases or atlas.annotation.genes_between(a.chromosome, low, high):
        return "two_genes"
    return "read_through"


def _whole_receptor(three: Site | None, thresholds: Thresholds) -> bool:
    """Whether a 3' side keeps nearly all of the receptor, as normal splicing to the next gene would."""
    if three is None or three.place == "outside":
        return False
    return three.before <= (1 - thresholds.whole_receptor) * three.transcript.coding_length


def partner_of(o: Orientation) -> str:
    """Return what is known of the side that is not the NTRK gene."""
    other = o.five if o.three.name in NTRK else o.three
    return "abundant" if other.status == "coding" and is_abundant(other.name or "") else other.status


@lru_cache(maxsize=16_384)
def is_abundant(symbol: str) -> bool:
    """Whether the RNA of a gene is so abundant that its fragments turn up in chance junctions."""
    return any(re.fullmatch(pattern, symbol) for pattern in knowledge("fusion")["abundant"].values())


_FIVE_UNTRANSLATED = {"stop_utr": "partner_stop_utr", "start_utr": "partner_start_utr"}
_THREE_UNTRANSLATED = {"start_utr": "ntrk_start_utr"}


def _place(junction: Junction, o: Orientation, five: Site | None, three: Site | None) -> str:
    if five is None or three is None:
        return "not_given" if o.five.gene is not None and o.three.gene is not None else "unresolved"
    if "outside" in (five.place, three.place):
        return "unresolved"
    untranslated = _FIVE_UNTRANSLATED.get(five.place) or _THREE_UNTRANSLATED.get(three.place)
    if untranslated is not None:
        return untranslated
    if junction.level == "rna" and (five.intron or three.intron):
        return "intron_retained"
    spliced = [bool(site.boundary or site.intron) for site in (five, three)]
    if all(spliced):
        return "splice_sites"
    if junction.level == "rna" and junction.tolerance:
        return "unresolved"  # a position that is known only to within a few bases gives no frame
    return "within_exon" if any(spliced) else "within_exons"


def kinase_kept(atlas: Atlas, site: Site | None, edge: float) -> tuple[str, float | None]:
    """Return how much of the kinase domain a site keeps, as a level and as a share (0 to 1)."""
    if site is None or site.place == "outside":
        return "unknown", None
    domain = atlas.kinase(site.gene).get(site.transcript.accession)
    fraction = domain.kept(site.before, site.role) if domain else 0.0
    if fraction > 0.9999:
        return "complete", 1.0
    if fraction <= 0:
        return "lost", 0.0
    return ("edge" if fraction >= edge else "partial"), round(fraction, 4)
