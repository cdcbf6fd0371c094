"""Fusions: from a reported junction to whether it makes an NTRK protein that a TRK inhibitor can hit, and why."""

from ntrkpath.fusion.assessment import Assessor, assess
from ntrkpath.fusion.decision import Thresholds, default_thresholds
from ntrkpath.fusion.gene import Gene, Transcript
from ntrkpath.fusion.transcripts import Transcripts

__all__ = ["Assessor", "Gene", "Thresholds", "Transcript", "Transcripts", "assess", "default_thresholds"]
