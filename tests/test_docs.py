"""The documentation: its examples run, its reference is complete, its links resolve, its words are plain."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import click
import pytest

from test_help import LEAVES

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import build_docs  # noqa: E402 - beside the product, not in it
import docs_code  # noqa: E402
import docs_examples  # noqa: E402
import docs_keys  # noqa: E402
from ntrkpath import readers  # noqa: E402
from ntrkpath.exports import recommendations, tsv  # noqa: E402
from ntrkpath.guidance import load  # noqa: E402
from ntrkpath.model import case, fusion, recommendation  # noqa: E402
from ntrkpath.schema import NAMES  # noqa: E402

PAGES = docs_examples.pages()
_HEADING = re.compile(r"^#+ (.*?)(?: *\{ *#(\S+) *\})?$", re.MULTILINE)
_LINK = re.compile(r"(?<!\\)\]\(([^)\s]+)\)")


@pytest.fixture(scope="module")
def reference() -> dict[str, str]:
    return build_docs.pages(load())


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_example_prints_what_the_page_says(page: Path, tmp_path: Path) -> None:
    assert docs_examples.Page(page, tmp_path).check() == []


def test_a_wrong_output_is_noticed(tmp_path: Path) -> None:
    page = ROOT / "docs" / "how-to" / "look-up-a-rule.md"
    found = docs_examples.Page(page, tmp_path)
    found.text = "```console\n$ echo one\ntwo\n```\n\n```python\nassert 1 == 2\n```\n"
    assert len(found.check()) == 2


#: Languages of blocks that are data or a drawing where no line of them is a command.
_DATA = {"text", "yaml", "csv", "tsv", ""}
_COMMAND = re.compile(
    r"^\s*(?:\$ |(?:ntrkpath|make|pip|python3?|curl|cd|export|sudo|git|docker|podman|conda)\b(?! *:))", re.MULTILINE
)
_WHY = re.compile(r"<!-- (not run(?: here)?: \S+ \S+ .*|run by (\S+)) -->\n$")


def _unrun(text: str) -> list[str]:
    """Return the blocks of a page that hold code, are not run, and do not say why or by what."""
    found = []
    lines = text.splitlines(keepends=True)
    for block in docs_examples.blocks(text):
        if block.file or (block.language == "console" and docs_examples.commands(block.body)):
            continue
        if block.language == "python" or (block.language in _DATA and not _COMMAND.search(block.body)):
            continue
        why = _WHY.search("".join(lines[: block.line - 1]))
        ran = why and why[2] and (ROOT / why[2]).is_file() and all(
            line.partition("#")[0].strip() in (ROOT / why[2]).read_text(encoding="utf-8")
            for line in block.body.splitlines()
        )  # fmt: skip
        if why is None or (why[2] and not ran):
            found.append(block.body)
    return found


@pytest.mark.parametrize(
    "page",
    [*PAGES, *(ROOT / name for name in ("CONTRIBUTING.md", "SECURITY.md"))],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_every_command_is_run_or_the_page_says_why_not(page: Path) -> None:
    assert _unrun(page.read_text(encoding="utf-8")) == []


def test_a_command_that_nothing_runs_is_noticed() -> None:
    assert len(_unrun("```sh\nmake demo\n```\n")) == 1
    assert len(_unrun("```text\nntrkpath verify\n```\n")) == 1
    assert len(_unrun("```console\nntrkpath verify\n```\n")) == 1
    assert len(_unrun("<!-- run by .ci/run -->\n```sh\nmake coffee\n```\n")) == 1
    assert _unrun("<!-- run by .ci/run -->\n```sh\nmake demo  # so\n```\n") == []
    assert _unrun("<!-- not run: needs conda and a network -->\n```sh\nconda build x\n```\n") == []


def test_most_pages_for_users_hold_an_example_that_runs() -> None:
    for folder in ("tutorial", "how-to"):
        for page in (ROOT / "docs" / folder).glob("*.md"):
            kinds = {block.language for block in docs_examples.blocks(page.read_text(encoding="utf-8"))}
            assert kinds & {"console", "python"}, page.name


def _anchors(text: str) -> set[str]:
    return {match[2] for match in _HEADING.finditer(text) if match[2]}


def test_every_rule_statement_fact_action_and_label_is_documented(reference: dict[str, str]) -> None:
    edition = load()
    assert sum(len(table.rows) for tables in edition.files.values() for table in tables) > 500
    for file, tables in edition.files.items():
        anchors = _anchors(reference[f"{file}.md"])
        assert {row.id for table in tables for row in table.rows} <= anchors
        assert {f"table-{table.id}" for table in tables} <= anchors
    assert set(edition.statements) <= _anchors(reference["statements.md"])
    assert set(edition.facts) == _anchors(reference["facts.md"])
    assert set(edition.actions) == _anchors(reference["actions.md"])
    assert {label.id for label in edition.labels} <= _anchors(reference["labels.md"])
    assert {p["id"] for p in edition.data["safety"]["properties"]} <= _anchors(reference["safety.md"])
    assert all(f"`{entry.id}`" in reference["histologies.md"] for entry in edition.vocabulary)


def test_every_rule_of_the_fusion_verdict_is_documented(reference: dict[str, str]) -> None:
    rules = {row["id"] for table in load().data["fusion"]["tables"] for row in table["rows"]}
    assert len(rules) > 20
    assert rules <= _anchors(reference["fusion.md"])


def test_every_row_shows_its_statements_and_its_fidelity(reference: dict[str, str]) -> None:
    for file, tables in load().files.items():
        parts = dict(
            re.findall(r"^### (\S+) \{.*?\}\n(.*?)(?=^##|\Z)", reference[f"{file}.md"], re.MULTILINE | re.DOTALL)
        )
        for row in (row for table in tables for row in table.rows):
            assert f"**{row.fidelity}**" in parts[row.id]
            assert all(f"[{s}](statements.md#{s})" in parts[row.id] for s in row.statements)


def test_every_command_is_documented_with_its_help(reference: dict[str, str]) -> None:
    commands = list(docs_code.commands())
    assert {"-".join(path) for path, _ in commands} == _anchors(reference["commands.md"])
    assert {path.replace(" ", "-") for path in LEAVES} <= _anchors(reference["commands.md"])
    for path, command in commands:
        assert command.help or command.short_help, path
        for parameter in command.params:
            if parameter.param_type_name == "option":
                told = getattr(parameter, "help", "") or isinstance(parameter.type, click.Choice)
                assert told, f"{' '.join(path)} {parameter.name}"


def test_every_column_of_a_table_is_documented(reference: dict[str, str]) -> None:
    forms = {"recommendation.md": list(recommendations.COLUMNS), "fusion-format.md": list(tsv.COLUMNS)}
    for page, columns in forms.items():
        part = reference[page].split("--format tsv`")[1]
        assert re.findall(r"^\| `(\w+)` \| \S", part, re.MULTILINE) == columns


def test_every_column_of_a_decided_cohort_is_documented(tmp_path: Path) -> None:
    pytest.importorskip("polars")
    (tmp_path / "in.csv").write_text("case_id,histology,requested,reported\nA,UPS,2026-01-05,2026-01-19\n")
    docs_examples.run("ntrkpath cohort triage in.csv out.csv --labels", tmp_path)
    columns = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert {"case_id", "missing", "labels", "turnaround_days"} <= set(columns)
    page = (ROOT / "docs" / "reference" / "cohort-files.md").read_text(encoding="utf-8")
    part = page.split("## What it writes")[1].split("\n## ")[0]
    assert [column for column in columns if f"`{column}`" not in part] == []


def test_every_kind_of_error_is_documented(reference: dict[str, str]) -> None:
    assert {kind.__name__ for kind in docs_code.kinds()} == _anchors(reference["errors.md"])


@pytest.mark.parametrize("module", [case, recommendation, fusion], ids=lambda m: m.__name__)
def test_every_key_of_the_formats_has_a_meaning(module: object) -> None:
    for struct in docs_code.structs(module):  # type: ignore[arg-type]
        for key, _, _, meaning in docs_code.keys(struct):
            assert meaning, f"{struct.__name__}.{key}: say what it means (docstring, docs_keys, case_meanings)"


@pytest.mark.parametrize("module", [case, recommendation, fusion], ids=lambda m: m.__name__)
def test_there_are_keys_to_be_documented(module: object) -> None:
    assert sum(len(list(docs_code.keys(struct))) for struct in docs_code.structs(module)) > 20  # type: ignore[arg-type]


def test_no_meaning_is_left_over() -> None:
    known = set()
    for module in (recommendation, fusion):
        for struct in docs_code.structs(module):
            known |= {f"{cls.__name__.lstrip('_')}.{key}" for cls in struct.__mro__ for key in struct.__struct_fields__}
    assert set(docs_keys.MEANING) <= known


def test_every_public_name_has_a_docstring_and_is_documented(reference: dict[str, str]) -> None:
    import ntrkpath

    assert len(ntrkpath.__all__) > 20
    assert len(list(docs_code.modules())) > 20
    assert all(f"`ntrkpath.{name}`" in reference["api.md"] for name in ntrkpath.__all__)
    bare = []
    anchors = _anchors(reference["api.md"])
    for module in docs_code.modules():
        if not (module.__doc__ or "").strip(". "):
            bare.append(module.__name__)
        for name, thing in docs_code.public(module):
            assert f"{module.__name__}.{name}" in anchors
            if not inspect.getdoc(thing):
                bare.append(f"{module.__name__}.{name}")
            if inspect.isclass(thing):
                for member, value in vars(thing).items():
                    target = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
                    if not member.startswith("_") and inspect.isfunction(target) and not target.__doc__:
                        bare.append(f"{module.__name__}.{name}.{member}")
    assert bare == []


@cache
def _targets(text: str) -> set[str]:
    found = _anchors(text) | set(re.findall(r'<a id="([^"]+)"', text))
    for match in _HEADING.finditer(text):
        found.add(re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", match[1].replace("`", "")).strip().lower()))
    return found


def _links(text: str) -> list[str]:
    """Return the relative links of a page; what stands in code is none."""
    prose = re.sub(r"^( *)(`{3,}).*?^ *\2 *$|`[^`\n]*`", "", text, flags=re.MULTILINE | re.DOTALL)
    return [link for link in _LINK.findall(prose) if not link.startswith(("http://", "https://", "mailto:"))]


def _broken(texts: dict[Path, str], there: set[Path]) -> list[str]:
    """Return the links of some pages that lead to no file that is there, or to no heading of a page."""
    broken = []
    for page, text in texts.items():
        for link in _links(text):
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            known = target in there
            if known and anchor and target.suffix == ".md":
                known = anchor in _targets(_text(target, texts))
            if not known:
                broken.append(f"{page.name}: {link}")
    return broken


def _text(target: Path, texts: dict[Path, str]) -> str:
    return texts[target] if target in texts else target.read_text(encoding="utf-8")


def _cloned() -> set[Path]:
    """Return every file of a fresh clone, and every folder that holds one."""
    if not (ROOT / ".git").exists():
        pytest.skip("no clone: git tells which files are in one")
    told = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    files = {ROOT / name for name in told.stdout.split("\0") if name}
    return files | {folder for file in files for folder in file.parents if folder.is_relative_to(ROOT)}


def test_every_link_resolves_in_a_fresh_clone() -> None:
    names = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
    texts = {page: page.read_text(encoding="utf-8") for page in {*(ROOT / name for name in names), *PAGES}}
    assert sum(len(_links(text)) for text in texts.values()) > 200
    assert _broken(texts, _cloned()) == []


def test_a_link_to_what_is_only_made_and_one_to_no_heading_are_noticed() -> None:
    page = ROOT / "docs" / "index.md"
    for link in ("reference/generated/facts.md", "nowhere.md", "reference/index.md#nothing"):
        assert _broken({page: f"[x]({link})"}, _cloned()) == [f"index.md: {link}"]
    assert _broken({page: "[x](reference/index.md#facts), `[y](nowhere.md)`"}, _cloned()) == []


def test_every_link_of_the_site_leads_to_the_page_that_is_made(reference: dict[str, str]) -> None:
    docs = ROOT / "docs"
    texts = {
        page.resolve(): build_docs.linked(page.read_text(encoding="utf-8"), page.relative_to(docs).as_posix())
        for page in PAGES
        if page.is_relative_to(docs)
    }
    texts |= {(build_docs.GENERATED / name).resolve(): text for name, text in reference.items()}
    there = {path.resolve() for path in docs.rglob("*")} | {*texts}
    there |= {(build_docs.GENERATED / name).resolve() for name in build_docs.files()}
    assert _broken(texts, there) == []
    readings = texts[docs / "explanation" / "readings.md"]
    assert "[PRIO-2](../reference/generated/triage.md#PRIO-2)" in readings
    assert "reference/index.md#" not in readings


def test_the_reference_names_everything_that_is_made() -> None:
    named = re.findall(r'<a id="([^"]+)"', (ROOT / "docs" / "reference" / "index.md").read_text(encoding="utf-8"))
    assert sorted(named) == sorted(build_docs.made())


def test_the_site_holds_the_interface_as_openapi_and_every_schema() -> None:
    pytest.importorskip("litestar")
    import msgspec

    made = {name: msgspec.json.decode(content) for name, content in build_docs.files().items()}
    assert set(made) == {"openapi.json", *(f"{name}-1.json" for name in NAMES)}
    assert {"/api/v1/recommend", "/api/v1/fusions"} <= set(made["openapi.json"]["paths"])


def _undocumented_routes(paths: set[str], page: str) -> set[str]:
    """Return the routes of the interface of which the page on it names no word of its own."""
    named = set(re.findall(r"[\w.-]+", " ".join(re.findall(r"`([^`]*)`", page))))
    own = {path: [word for word in path.split("/") if word and "{" not in word][-1] for path in paths}
    return {path for path, word in own.items() if word not in named}


def test_every_route_of_the_interface_is_documented() -> None:
    pytest.importorskip("litestar")
    import msgspec

    paths = set(msgspec.json.decode(build_docs.files()["openapi.json"])["paths"])
    page = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
    assert len(paths) > 15
    assert _undocumented_routes(paths, page) == set()
    assert _undocumented_routes(paths, page.replace("/api/v1/cohort", "").replace("cohort", "")) != set()
    assert _undocumented_routes({"/api/v1/no-such-route"}, page)


def test_every_format_of_a_file_is_documented() -> None:
    names = set(readers.formats())
    page = (ROOT / "docs" / "reference" / "formats.md").read_text(encoding="utf-8")
    part = page.split("formats: made by")[1].split("end of formats")[0]
    assert names - set(re.findall(r"[\w-]+", part)) == set()
    assert len(names) > 40


def test_every_page_is_in_the_navigation() -> None:
    import yaml

    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").split("\nnav:\n")[1]
    listed = set(re.findall(r"[\w./-]+\.md", str(yaml.safe_load("nav:\n" + nav))))
    docs = ROOT / "docs"
    there = {str(p.relative_to(docs)) for p in docs.rglob("*.md") if "generated" not in p.parts}
    there |= {f"reference/generated/{name}" for name in build_docs.pages(load())}
    assert listed == there


def test_the_picture_is_the_one_the_edition_draws(tmp_path: Path) -> None:
    docs_examples.run("ntrkpath guideline figure --format svg --out drawn.svg", tmp_path)
    drawn = (tmp_path / "drawn.svg").read_text(encoding="utf-8")
    kept = (ROOT / "docs" / "assets" / "pathway.svg").read_text(encoding="utf-8")
    assert kept == drawn, "renew it: ntrkpath guideline figure --format svg --out docs/assets/pathway.svg"


def test_the_makefile_has_the_tasks_that_the_readme_names() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    tasks = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"\bmake ([a-z]+)\b", readme)) <= set(tasks)


def test_the_readme_is_under_two_screens() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 100


def _rendered(text: str) -> int:
    """Return how many lines a page fills: prose of 100 characters, blocks line by line."""
    found, fenced = 0, False
    for line in text.splitlines():
        fenced ^= line.startswith("```")
        if not line.startswith("<!--"):
            found += 1 if fenced else max(1, -(-len(line) // 100))
    return found


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "how-to").glob("*.md")), ids=lambda p: p.name)
def test_a_how_to_fits_a_screen_and_says_first_what_it_is_for(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert _rendered(text) <= 100
    title, blank, first = text.splitlines()[:3]
    assert (title[:2], blank) == ("# ", "")
    assert re.match(r"[A-Z`]", first), first


def test_decisions_are_numbered_and_of_one_screen() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    assert [int(r.name[:4]) for r in records] == list(range(1, len(records) + 1))
    for record in records:
        text = record.read_text(encoding="utf-8")
        assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
        assert len(text.splitlines()) <= 40
        assert text.startswith(f"# {int(record.name[:4])}. ")


def test_a_link_to_a_decision_says_the_number_of_its_file() -> None:
    wrong, listed = [], set()
    for page in (*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")):
        for text, file in re.findall(r"\[([^][]+)\]\([^()\s]*?\b(\d{4}-[\w-]+\.md)", page.read_text(encoding="utf-8")):
            number = re.match(r"(?:decision )?(\d+)\b", text)
            if number and int(number[1]) != int(file[:4]):
                wrong.append(f"{page.name}: [{text}]({file})")
            if page.name == "index.md" and page.parent.name == "decisions":
                listed.add(file)
                assert (page.parent / file).read_text(encoding="utf-8").startswith(f"# {text}"), file
    assert wrong == []
    assert listed == {record.name for record in (ROOT / "docs" / "decisions").glob("0*.md")}


#: A mark of what is to be done still (of Python files ruff tells them), and a path of one person's machine.
_LEFT_OVER = re.compile(r"\b(?:TO[D]O|FI[X]ME)\b|(?<![\w.])/(?:work|root|home)/")


def test_no_mark_is_left_over(reference: dict[str, str]) -> None:
    names = ["README.md", "NOTICE", "CHANGELOG.md", "CITATION.cff", "mkdocs.yml"]
    texts = {name: (ROOT / name).read_text(encoding="utf-8") for name in names}
    texts |= {str(page): page.read_text(encoding="utf-8") for page in PAGES} | reference
    assert [(name, match[0]) for name, text in texts.items() for match in _LEFT_OVER.finditer(text)] == []
