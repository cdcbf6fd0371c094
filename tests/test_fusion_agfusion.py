"""AGFusion 1.5.0 as an outside oracle for the frame, where it is installed (an environment of its own)."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).resolve().parents[1] / "benchmarks" / "fusion.py"


def test_frames_agree_with_agfusion_over_all_isoform_pairs(tmp_path: Path) -> None:
    for package in ("agfusion", "pyensembl"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed: pip install agfusion==1.5.0 pyensembl==2.3.13")
    spec = importlib.util.spec_from_file_location("fusion_benchmark", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    result = module.compare_with_agfusion(tmp_path)
    assert result["in_or_out_differs"] == []
    assert result["isoform_pairs"]["ours in, theirs in"] > 300
