"""ntrkpath: the World Sarcoma Network guidance on NTRK fusions in sarcoma, executable and auditable.

>>> import datetime as dt
>>> from ntrkpath import recommend
>>> answer = recommend({"diagnosis": {"histology": "infantile fibrosarcoma"}}, as_of=dt.date(2026, 5, 15))
>>> answer.tier, answer.priority
('+++', '+++')
>>> [action.action for action in answer.actions]
['order_mps', 'order_fish', 'order_pan_trk_ihc', 'order_rt_pcr']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ntrkpath.evidence import Evidence
    from ntrkpath.exports.frames import to_frame
    from ntrkpath.fusion import Transcripts, assess
    from ntrkpath.guidance import Edition, available, load
    from ntrkpath.model.case import Case
    from ntrkpath.model.errors import (
        AnnotationError,
        CaseError,
        EvidenceError,
        GuidanceError,
        HistologyError,
        NtrkpathError,
        ReaderError,
        StrategyError,
    )
    from ntrkpath.model.fusion import FusionVerdict, Junction
    from ntrkpath.model.recommendation import Recommendation
    from ntrkpath.pathway import Pathway, case_from, read_case, read_cases, recommend
    from ntrkpath.readers import read
    from ntrkpath.schema import json_schema
    from ntrkpath.strategy import compare as compare_strategies
    from ntrkpath.vocabulary import HistologyVocabulary

__version__ = "0.1.0"

#: Public name and the module that holds it; a module is imported when its name is first used.
_HOME = {
    "AnnotationError": "model.errors",
    "Case": "model.case",
    "CaseError": "model.errors",
    "Edition": "guidance",
    "Evidence": "evidence",
    "EvidenceError": "model.errors",
    "FusionVerdict": "model.fusion",
    "GuidanceError": "model.errors",
    "HistologyError": "model.errors",
    "HistologyVocabulary": "vocabulary",
    "Junction": "model.fusion",
    "NtrkpathError": "model.errors",
    "Pathway": "pathway",
    "ReaderError": "model.errors",
    "Recommendation": "model.recommendation",
    "StrategyError": "model.errors",
    "Transcripts": "fusion",
    "assess": "fusion",
    "available": "guidance",
    "case_from": "pathway",
    "compare_strategies": "strategy",
    "json_schema": "schema",
    "load": "guidance",
    "read": "readers",
    "read_case": "pathway",
    "read_cases": "pathway",
    "recommend": "pathway",
    "to_frame": "exports.frames",
}

#: Public names that say more than the name in the module.
_NAMED = {"compare_strategies": "compare"}

__all__ = [
    "AnnotationError",
    "Case",
    "CaseError",
    "Edition",
    "Evidence",
    "EvidenceError",
    "FusionVerdict",
    "GuidanceError",
    "HistologyError",
    "HistologyVocabulary",
    "Junction",
    "NtrkpathError",
    "Pathway",
    "ReaderError",
    "Recommendation",
    "StrategyError",
    "Transcripts",
    "assess",
    "available",
    "case_from",
    "compare_strategies",
    "json_schema",
    "load",
    "read",
    "read_case",
    "read_cases",
    "recommend",
    "to_frame",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'ntrkpath' has no attribute {name!r}")
    return getattr(import_module(f"ntrkpath.{_HOME[name]}"), _NAMED.get(name, name))


def __dir__() -> list[str]:
    return __all__
