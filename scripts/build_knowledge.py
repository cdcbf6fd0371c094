"""Write what is made from the sources: the compiled form of every edition, and the JSON Schemas."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ntrkpath.guidance.files import KNOWLEDGE, write_compiled
from ntrkpath.schema import json_schema

SCHEMAS = Path(__file__).parents[1] / "src" / "ntrkpath" / "schema"


def main() -> None:
    """Write every made file and name it."""
    for guideline in sorted(KNOWLEDGE.glob("*/guideline.yaml")):
        print(write_compiled(guideline.parent))
    for name in ("case", "recommendation"):
        target = SCHEMAS / f"{name}-1.json"
        target.write_bytes(msgspec.json.format(msgspec.json.encode(json_schema(name)), indent=2) + b"\n")
        print(target)


if __name__ == "__main__":
    main()
