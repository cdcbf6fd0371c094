"""Build hook: puts the compiled guidance into every build and installation."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileKnowledge(BuildHookInterface[Any]):
    """Compiles the YAML of each edition before the files are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write ``compiled.msgpack`` beside each edition and add it to the build."""
        source = Path(self.root) / "src"
        sys.path.insert(0, str(source))
        try:
            from ntrkpath.guidance.files import KNOWLEDGE, write_compiled

            for guideline in sorted(KNOWLEDGE.glob("*/guideline.yaml")):
                write_compiled(guideline.parent)
            from ntrkpath.vocabulary import names

            names.write_compiled()
        finally:
            sys.path.remove(str(source))
        build_data["artifacts"].append("src/ntrkpath/knowledge/*/compiled.msgpack")
