"""Fusions: from a reported junction to whether it makes an NTRK protein that a TRK inhibitor can hit, and why."""

from ntrkpath.fusion.assessment import Assessor, assess, shared
from ntrkpath.fusion.decision import Thresholds, default_thresholds
from ntrkpath.fusion.gene import Gene, Transcript
from ntrkpath.fusion.literature import NumberingFit, resolve_exon_name
from ntrkpath.fusion.transcripts import Transcripts
from ntrkpath.fusion.vicc import assayed_fusion

__all__ = [
    "Assessor",
    "Gene",
    "NumberingFit",
    "Thresholds",
    "Transcript",
    "Transcripts",
    "assayed_fusion",
    "assess",
    "default_thresholds",
    "resolve_exon_name",
    "shared",
]
