"""Write what is made from the sources: the figures behind the probabilities, the compiled editions, the JSON Schemas.

The figures need numpy and scipy; without these they are left as they are.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import msgspec

from ntrkpath.guidance.files import KNOWLEDGE, write_compiled
from ntrkpath.schema import NAMES, json_schema
from ntrkpath.vocabulary import names

SCHEMAS = Path(__file__).parents[1] / "src" / "ntrkpath" / "schema"


def main() -> None:
    """Write every made file and name it."""
    if find_spec("numpy") and find_spec("scipy"):
        sys.path.insert(0, str(Path(__file__).parent))
        import build_probability

        build_probability.main([])
    for guideline in sorted(KNOWLEDGE.glob("*/guideline.yaml")):
        print(write_compiled(guideline.parent))
    print(names.write_compiled())
    for name in NAMES:
        target = SCHEMAS / f"{name}-1.json"
        target.write_bytes(msgspec.json.format(msgspec.json.encode(json_schema(name)), indent=2) + b"\n")
        print(target)


if __name__ == "__main__":
    main()
