"""Inputs met in the field: what the command says of each is right, or it refuses and says why."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

FIELD = Path(__file__).parents[2] / "shared" / "data" / "field"
SPEC: list[dict[str, Any]] = (
    yaml.safe_load((FIELD / "spec.yaml").read_text(encoding="utf-8")) if (FIELD / "spec.yaml").exists() else []
)


class Said:
    """What one call of the command printed and wrote."""

    def __init__(self, spec: dict[str, Any], folder: Path) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "ntrkpath", *spec["run"]], cwd=folder, capture_output=True, text=True, timeout=120
        )
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr
        reads = [folder / name for name in spec.get("reads", [])]
        written = [path.read_text(encoding="utf-8") for path in reads if path.exists()]
        self.text = "\n".join([self.out, self.err, *written])
        for name in sorted((path.name for path in FIELD.iterdir()), key=len, reverse=True):
            self.text = self.text.replace(name, "")
        try:
            self.answer = json.loads(self.out)
        except ValueError:
            self.answer = None

    def events(self) -> list[dict[str, Any]]:
        return self.answer.get("events", self.answer.get("findings", [])) if isinstance(self.answer, dict) else []

    def verdicts(self, wanted: str) -> list[str]:
        name, _, place = wanted.partition("@")
        return [
            event["verdict"] for event in self.events()
            if event.get("name") == name and (not place or place in json.dumps(event))
        ]  # fmt: skip

    def actions(self) -> set[str]:
        return {action["action"] for action in (self.answer or {}).get("actions", [])}

    def holds(self, pattern: str) -> bool:
        return re.search(pattern, self.text, re.IGNORECASE | re.MULTILINE) is not None


@pytest.mark.skipif(not SPEC, reason="needs ../shared/data/field, which is not shipped")
@pytest.mark.parametrize("spec", SPEC, ids=lambda spec: spec["id"])
def test_an_input_met_in_the_field_is_read_rightly_or_refused(spec: dict[str, Any], tmp_path: Path) -> None:
    folder = tmp_path / "field"
    shutil.copytree(FIELD, folder)
    said = Said(spec, folder)
    refused = said.code in spec.get("or_exit", []) and said.code not in spec["exit"]
    assert said.code in [*spec["exit"], *spec.get("or_exit", [])], said.err
    assert "Traceback" not in said.err
    for name, allowed in spec.get("verdicts", {}).items():
        found = said.verdicts(name)
        assert found or refused or said.code == 65 or "none" in allowed, f"{name} is absent"
        assert set(found) <= set(allowed), name
    if "no_verdict" in spec:
        assert not {event["verdict"] for event in said.events()} & set(spec["no_verdict"])
    if not refused and "events" in spec:
        assert spec["events"].get("min", 0) <= len(said.events()) <= spec["events"].get("max", 10**6)
    if isinstance(said.answer, dict) and "actions" in said.answer:
        assert set(spec.get("must", [])) <= said.actions()
        assert not spec.get("any") or said.actions() & set(spec["any"])
        assert not said.actions() & set(spec.get("not", []))
    elif not refused and said.code == 0:
        assert not spec.get("must") and not spec.get("any"), "no recommendation came out"
    for pattern in [*([] if refused else spec.get("says", [])), *(spec.get("refusal_says", []) if refused else [])]:
        assert said.holds(pattern), pattern
    for pattern in spec.get("says_not", []):
        assert not said.holds(pattern), pattern
    if spec.get("silent_negative") is False and said.code == 0 and not said.events():
        spoken = [line for line in said.err.splitlines() if not re.search(r"\brows?\b", line)]
        assert spoken or said.text.count("RNA"), "an empty answer without a word"
