"""Recipes of the places where people install and run things: in step with the project, and run where they can be.

What starts other tools or twenty processes is marked long: ``make recipes`` runs it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

import ntrkpath

ROOT = Path(__file__).parents[1]
RECIPES = ROOT / "packaging"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CALLS = RECIPES / "galaxy" / "test-data" / "arriba.tsv"
#: Tools of their own environment (`make recipes`); without it these tests skip.
TOOLS = Path(os.environ.get("NTRKPATH_RECIPES", ROOT / ".venv" / "recipes" / "bin"))
BIN = ROOT / ".venv" / "bin"


def tool(name: str) -> str:
    found = TOOLS / name
    if not found.exists():
        pytest.skip(f"{name} is not installed; `make recipes` installs it")
    return str(found)


def environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}


def requirements(text: str) -> dict[str, str]:
    names = (re.match(r"([\w.-]+)\s*(>=[\d.]+)", entry) for entry in text.split("\n"))
    return {found[1].lower(): found[2] for found in names if found}


def test_the_conda_recipe_asks_for_what_the_project_asks_for() -> None:
    text = (RECIPES / "bioconda" / "meta.yaml").read_text(encoding="utf-8")
    lines = [line.strip(" -") for line in text.splitlines()]
    run, host = lines.index("run:"), lines.index("host:")
    wanted = requirements("\n".join(PROJECT["project"]["dependencies"]))
    python = {"python": PROJECT["project"]["requires-python"]}
    assert requirements("\n".join(lines[run:])) == {**python, **wanted}
    assert requirements("\n".join(lines[host:run])) == {
        **python, **requirements("\n".join(PROJECT["build-system"]["requires"]))
    }  # fmt: skip
    assert f"license: {PROJECT['project']['license']}" in lines
    assert PROJECT["project"]["description"] in text


@pytest.mark.parametrize(
    "path",
    [
        "bioconda/meta.yaml", "nf-core/ntrkpath/fusions/environment.yml", "nf-core/ntrkpath/fusions/main.nf",
        "galaxy/ntrkpath_fusions.xml", "snakemake/fusions/environment.yaml",
    ],
)  # fmt: skip
def test_a_recipe_names_this_version(path: str) -> None:
    assert ntrkpath.__version__ in (RECIPES / path).read_text(encoding="utf-8")


def test_the_container_is_pinned_and_not_root() -> None:
    lines = (RECIPES / "container" / "Containerfile").read_text(encoding="utf-8").splitlines()
    assert any(line.startswith("USER ") and line.split()[1] not in ("root", "0") for line in lines)
    assert all(re.search(r":3\.\d+-slim", line) for line in lines if line.startswith("FROM"))
    assert any("-c constraints.txt" in line for line in lines)
    extras = re.search(r"'\.\[([\w,]+)\]'", "\n".join(lines))
    assert extras is not None
    assert set(extras[1].split(",")) <= set(PROJECT["project"]["optional-dependencies"])


def shell_block() -> str:
    """The script of the Nextflow process, with its own variables put in and Nextflow's escapes taken off."""
    text = (RECIPES / "nf-core" / "ntrkpath" / "fusions" / "main.nf").read_text(encoding="utf-8")
    found = re.search(r'script:.*?"""\n(.*?)"""', text, re.DOTALL)
    assert found is not None
    return found[1].replace("${prefix}", "S1").replace("${args}", "").replace("\\$", "$")


def run_block(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", shell_block()], cwd=folder, capture_output=True, text=True, env=environment()
    )


def test_the_shell_block_of_the_nextflow_module_runs_by_itself(tmp_path: Path) -> None:
    (tmp_path / "calls").mkdir()
    shutil.copy(CALLS, tmp_path / "calls" / "a.tsv")
    done = run_block(tmp_path)
    assert done.returncode == 0, done.stderr
    answer = json.loads((tmp_path / "S1.ntrkpath.json").read_text(encoding="utf-8"))
    assert [event["verdict"] for event in answer["events"]] == ["productive"]
    assert (tmp_path / "S1.ntrkpath.tsv").read_text(encoding="utf-8").count("\n") == 2
    json.loads((tmp_path / "S1_ntrkpath_mqc.json").read_text(encoding="utf-8"))


def test_a_bad_file_fails_the_block_and_the_good_one_is_written(tmp_path: Path) -> None:
    (tmp_path / "calls").mkdir()
    shutil.copy(CALLS, tmp_path / "calls" / "a.tsv")
    (tmp_path / "calls" / "b.tsv").write_text("nothing of the kind\n", encoding="utf-8")
    assert run_block(tmp_path).returncode == 65
    answer = json.loads((tmp_path / "S1.ntrkpath.json").read_text(encoding="utf-8"))
    assert [event["name"] for event in answer["events"]] == ["ETV6::NTRK3"]
    assert {file["file"]: file["status"] for file in answer["files"]} == {"a.tsv": "read", "b.tsv": "not_evaluable"}


def module() -> dict[str, Any]:
    text = (RECIPES / "nf-core" / "ntrkpath" / "fusions" / "meta.yml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def test_the_nextflow_module_describes_its_channels_as_the_published_schema_asks() -> None:
    meta = module()
    assert set(meta) >= {"name", "description", "keywords", "authors", "output", "tools"}
    assert len(set(meta["keywords"])) >= 3
    main = (RECIPES / "nf-core" / "ntrkpath" / "fusions" / "main.nf").read_text(encoding="utf-8")
    assert set(re.findall(r"emit: (\w+)", main)) == set(meta["output"])
    assert "topic: versions" in main
    assert meta["topics"]["versions"] == meta["output"]["versions_ntrkpath"]
    kinds = {"map", "file", "directory", "string", "integer", "float", "boolean", "list", "eval"}

    def elements(node: Any) -> list[dict[str, Any]]:
        if isinstance(node, list):
            return [one for part in node for one in elements(part)]
        if "type" in node and "description" in node:
            return [node]
        return [one for part in node.values() for one in elements(part)]

    found = elements(meta["input"]) + elements(meta["output"])
    assert found
    assert {one["type"] for one in found} <= kinds


@pytest.mark.long
def test_the_galaxy_tool_passes_its_linter() -> None:
    done = subprocess.run(
        [tool("planemo"), "lint", "--fail_level", "warn", "."], cwd=RECIPES / "galaxy", capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.long
def test_snakemake_runs_the_wrapper(tmp_path: Path) -> None:
    shutil.copy(RECIPES / "snakemake" / "fusions" / "test" / "Snakefile", tmp_path)
    (tmp_path / "calls").mkdir()
    shutil.copy(CALLS, tmp_path / "calls" / "S1.arriba.tsv")
    done = subprocess.run(
        [tool("snakemake"), "-c1", "--config", f"wrapper=file:{RECIPES / 'snakemake' / 'fusions'}"],
        cwd=tmp_path, capture_output=True, text=True, env=environment(),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer = json.loads((tmp_path / "verdicts" / "S1.json").read_text(encoding="utf-8"))
    assert [(e["sample"], e["verdict"]) for e in answer["events"]] == [("S1", "productive")]


LABORATORY = ROOT / "examples" / "laboratory"


def laboratory(folder: Path) -> Path:
    import runpy

    runpy.run_path(str(LABORATORY / "build.py"))["main"](folder / "calls")
    return folder / "calls"


def worked(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(LABORATORY / "run.sh"), "calls", "out"], cwd=folder, capture_output=True, text=True,
        env=environment(),
    )  # fmt: skip


def verdicts(folder: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in sorted((folder / "out").glob("S*.json")):
        answer = json.loads(path.read_text(encoding="utf-8"))
        found[path.stem] = {f"{event['name']} {event['verdict']}" for event in answer["events"]}
    return found


@pytest.mark.long
def test_twenty_samples_as_plain_shell_fail_one_by_one_and_resume(tmp_path: Path) -> None:
    calls = laboratory(tmp_path)
    assert len(list(calls.iterdir())) == 20
    whole = (calls / "S13.fusioncatcher.txt").read_text(encoding="utf-8")
    (calls / "S13.fusioncatcher.txt").write_text("no table\n", encoding="utf-8")
    done = worked(tmp_path)
    assert done.returncode == 65
    assert "not read: S13" in done.stderr
    found = verdicts(tmp_path)
    assert len(found) == 19
    assert found["S01"] == {"TPM3::NTRK1 productive"}
    assert found["S02"] == set()
    assert found["S12"] == {"NTRK3::ETV6 not_productive"} or found["S12"] == {"NTRK3::ETV6 uncertain"}
    before = (tmp_path / "out" / "S01.json").stat().st_mtime_ns
    (calls / "S13.fusioncatcher.txt").write_text(whole, encoding="utf-8")
    assert worked(tmp_path).returncode == 0
    assert verdicts(tmp_path)["S13"] == {"IRF2BP2::NTRK1 productive"}
    assert (tmp_path / "out" / "S01.json").stat().st_mtime_ns == before
    table = (tmp_path / "out" / "verdicts.tsv").read_text(encoding="utf-8").splitlines()
    assert len(table) == 1 + sum(map(len, verdicts(tmp_path).values()))
    assert (tmp_path / "out" / "findings.txt").read_text(encoding="utf-8").count("S12") >= 1


@pytest.mark.long
def test_multiqc_takes_the_section_without_a_complaint(tmp_path: Path) -> None:
    multiqc = tool("multiqc")
    laboratory(tmp_path)
    assert worked(tmp_path).returncode == 0
    done = subprocess.run(
        [multiqc, "out", "--strict", "--outdir", "report", "--no-version-check"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ETV6::NTRK3" in (tmp_path / "report" / "multiqc_report.html").read_text(encoding="utf-8")


@pytest.mark.long
def test_snakemake_gives_the_same_answers_as_plain_shell(tmp_path: Path) -> None:
    snakemake = tool("snakemake")
    for name in ("shell", "snakemake"):
        (tmp_path / name).mkdir()
        laboratory(tmp_path / name)
    assert worked(tmp_path / "shell").returncode == 0
    done = subprocess.run(
        [snakemake, "-c2", "-s", str(LABORATORY / "Snakefile")], cwd=tmp_path / "snakemake", capture_output=True,
        text=True, env=environment(),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert verdicts(tmp_path / "shell") == verdicts(tmp_path / "snakemake")
