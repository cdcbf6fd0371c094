"""Build a release into dist/: sdist and wheel, equal twice, tried on every Python at hand; notes, bill of materials.

    make release

It publishes nothing. The version stands in ``src/ntrkpath/__init__.py`` alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def run(*command: str | Path, **more: object) -> str:
    """Run a command and return what it prints; a failure ends the release with its output."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **more)  # type: ignore[call-overload]
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return str(done.stdout)


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a folder, by name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def build(folder: Path) -> None:
    """Build sdist and wheel; all time stamps are those of the last commit."""
    stamp = run("git", "log", "-1", "--format=%ct", cwd=ROOT).strip()
    run(
        sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-t", "wheel", "-d", folder,
        cwd=ROOT, env={**os.environ, "SOURCE_DATE_EPOCH": stamp},
    )  # fmt: skip


def interpreter(version: str) -> Path | None:
    """Return a Python of that version that starts, from the path or from pyenv, if there is one."""
    homes = sorted(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob(f"versions/{version}.*/bin/python"))
    found = shutil.which(f"python{version}")
    for candidate in [*([Path(found)] if found else []), *homes]:
        told = subprocess.run(
            [candidate, "-c", "import sys; print(sys.version)"], capture_output=True, text=True, check=False
        )
        if told.returncode == 0 and told.stdout.startswith(version):
            return candidate
    return None


def tried(wheel: Path) -> dict[str, str]:
    """Install the wheel alone into a clean environment of every supported Python and use it; say which were at hand."""
    found = {}
    for version in PYTHONS:
        python = interpreter(version)
        if python is None:
            found[version] = "not at hand"
            continue
        with tempfile.TemporaryDirectory() as home:
            run(python, "-m", "venv", home)
            run(Path(home) / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", wheel)
            command = Path(home) / "bin" / "ntrkpath"
            json.loads(run(command, "demo", "--format", "json", cwd=home))
            found[version] = run(command, "verify", cwd=home).strip().splitlines()[-1]
    return found


def notes(version: str) -> str:
    """Return the changes of a version from the changelog: its own section, else what is unreleased."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for title in (re.escape(version), "Unreleased"):
        found = re.search(rf"^## \[{title}\].*?\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
        if found:
            return f"# ntrkpath {version}\n\n{found[1].strip()}\n"
    raise SystemExit(f"CHANGELOG.md holds neither {version} nor Unreleased")


def installed(python: Path) -> list[dict[str, str]]:
    """Return name, version and licence of every package of an environment."""
    said = run(sys.executable, "-m", "piplicenses", "--python", python, "--from=mixed", "--format=json")
    listed: list[dict[str, str]] = json.loads(said)
    return listed


def refused(packages: list[dict[str, str]]) -> list[str]:
    """Return the packages whose licence is not among those that go with Apache-2.0 (``scripts/licences.toml``)."""
    known = tomllib.loads((ROOT / "scripts" / "licences.toml").read_text(encoding="utf-8"))
    allowed = {name.casefold() for name in known["allowed"]}
    wrong = []
    for package in packages:
        licence = known["read_by_hand"].get(package["Name"].lower(), package["License"])
        parts = re.split(r"\s*(?:;|\bAND\b|\bOR\b)\s*", licence)
        if package["Name"].lower() != "ntrkpath" and not all(part.casefold() in allowed for part in parts):
            wrong.append(f"{package['Name']} {package['Version']}: {licence}")
    return wrong


def main() -> None:
    """Build and check; write notes and bill of materials beside the files."""
    shutil.rmtree(DIST, ignore_errors=True)
    with tempfile.TemporaryDirectory() as first:
        build(Path(first))
        build(DIST)
        if digests(Path(first)) != digests(DIST):
            raise SystemExit("two builds differ: " + ", ".join(digests(DIST)))
    wheel = next(DIST.glob("*.whl"))
    version = wheel.name.split("-")[1]
    for name, digest in digests(DIST).items():
        print(f"{digest}  {name}")
    for python, said in tried(wheel).items():
        print(f"Python {python}: {said}")
    with tempfile.TemporaryDirectory() as home:
        run(sys.executable, "-m", "venv", home)
        pip = Path(home) / "bin" / "pip"
        run(pip, "install", "--quiet", "--disable-pip-version-check", "-c", ROOT / "constraints.txt",
            f"{wheel}[stats,batch,fast,duckdb,spark,server,pdf]")  # fmt: skip
        its_python = Path(home) / "bin" / "python"
        if wrong := refused(installed(its_python)):
            raise SystemExit("licences to be read: " + "; ".join(wrong))
        run(sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible", "--of", "JSON",
            "-o", DIST / f"ntrkpath-{version}.cdx.json", its_python)  # fmt: skip
    (DIST / f"ntrkpath-{version}.md").write_text(notes(version), encoding="utf-8")
    print("licences of all dependencies go with Apache-2.0; notes and bill of materials written")


if __name__ == "__main__":
    main()
