"""Build the pages as a static site that needs no server: Python in the browser answers what the server answers.

`python scripts/build_site.py [DIRECTORY]` writes `site/`; documentation that was built before stands in `docs/` of it.
Python itself comes as the npm package `pyodide`, one compiled library from the Python package index; both are pinned.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from jinja2 import Template

from ntrkpath.guidance import load
from ntrkpath.guidance.files import KNOWLEDGE, write_compiled
from ntrkpath.pathway.examples import examples
from ntrkpath.server.evidence import fragments
from ntrkpath.server.guidance.catalogue import catalogue
from ntrkpath.server.guidance.exercised import exercised
from ntrkpath.server.kit import kept
from ntrkpath.server.kit.navigation import NAVIGATION
from ntrkpath.server.kit.render import assets
from ntrkpath.vocabulary import names

ROOT = Path(__file__).resolve().parent.parent
HERE = Path(__file__).parent / "site"
EDITION = "wsn2020"
#: Python in the browser, with the hash of its package: 314 is Python 3.14, which the package supports.
PYODIDE = ("pyodide@314.0.7", "66b7949e5a0cba2250b586d7e368bf12fb482800748d182c4618254b685ffaa0")
#: The one compiled library of the core, built for it.
COMPILED = ("msgspec==0.22.0", "a66b1766311e42371e509c996c3933b161c7ae0eabdf361af5316dec197e1022")
_PLATFORM = ("3.14", "cp314", "pyemscripten_2026_0_wasm32")
#: Libraries in plain Python, taken as they are installed here (`constraints.txt` pins them).
PLAIN = ("jinja2", "markupsafe", "multipart", "yaml", "rapidfuzz")
#: Parts of the package that no page uses.
_LEFT_OUT = ("cli/", "report/typst/", "knowledge/transcripts/", "server/kept/", "server/app.py", "server/openapi.py")
#: Modules of the standard library that no page uses.
_UNUSED = (
    "_pyrepl", "antigravity.py", "cProfile.py", "curses", "dbm", "doctest.py", "ensurepip", "ftplib.py", "idlelib",
    "imaplib.py", "lib2to3", "mailbox.py", "pdb.py", "poplib.py", "profile.py", "pstats.py", "pydoc.py", "pydoc_data",
    "smtplib.py", "sqlite3", "this.py", "tkinter", "turtle.py", "turtledemo", "unittest", "venv", "xmlrpc",
)  # fmt: skip
#: Most rows of a cohort that a browser decides, case by case.
MOST_ROWS = 20_000
#: A file in an archive is dated so, that the same sources give the same site.
_DATE = (1980, 1, 1, 0, 0, 0)


class UnreachableError(Exception):
    """A package cannot be had here, or is not the one that is pinned."""


def fetched(cache: Path) -> tuple[Path, Path]:
    """Return the folder of Pyodide and the wheel, from the cache or by the package managers as they are set up.

    Raises:
        UnreachableError: A registry is not reached, or sends something else.
    """
    cache.mkdir(parents=True, exist_ok=True)
    name, digest = PYODIDE
    archive = cache / f"{name.replace('@', '-')}.tgz"
    if not archive.exists():
        _run("npm", "pack", "--silent", "--pack-destination", str(cache), name)
    _check(archive, digest)
    home = cache / "pyodide"
    if not home.exists():
        shutil.unpack_archive(archive, cache / "unpacked")
        (cache / "unpacked" / "package").rename(home)
    name, digest = COMPILED
    version, abi, platform = _PLATFORM
    if not (wheels := sorted(cache.glob("*.whl"))):
        _run(
            sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
            "--only-binary=:all:", "--python-version", version, "--implementation", "cp", "--abi", abi,
            "--platform", platform, "--dest", str(cache), name,
        )  # fmt: skip
        wheels = sorted(cache.glob("*.whl"))
    _check(wheels[0], digest)
    return home, wheels[0]


def _run(*command: str) -> str:
    try:
        return subprocess.run(command, check=True, timeout=300, capture_output=True, text=True).stdout
    except (OSError, subprocess.SubprocessError) as error:
        said = str(getattr(error, "stderr", "") or error)[-300:]
        raise UnreachableError(f"{' '.join(command[:2])}: {said}") from None


def _compiled(home: Path, core: Path, stdlib: Path) -> set[Path]:
    """Compile the modules where they stand, and return those that a first answer loads.

    Raises:
        RuntimeError: A module, a page or an answer fails in Python for browsers.
    """
    command = ("node", str(HERE / "compile.mjs"), str(home), str(core), str(stdlib))
    done = subprocess.run(command, timeout=300, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-1500:])
    return {Path(line) for line in done.stdout.split()}


def _check(path: Path, digest: str) -> None:
    if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        raise UnreachableError(f"{path.name} is not the file that is pinned")


def staged(folder: Path, wheel: Path) -> None:
    """Lay out what Python in the browser imports: the package, and the libraries it needs."""
    package = ROOT / "src" / "ntrkpath"
    for path in sorted(package.rglob("*")):
        place = path.relative_to(package)
        if path.is_file() and "__pycache__" not in place.parts and not str(place).startswith(_LEFT_OUT):
            _copy(path, folder / "ntrkpath" / place)
    for path in sorted(examples().parent.glob("*/*.yaml")):
        if path.parent.name in ("cases", "rules"):
            _copy(path, folder / "ntrkpath" / "examples" / path.parent.name / path.name)
    for name in PLAIN:
        found = Path(str(importlib.import_module(name).__file__))
        if found.name != "__init__.py":
            _copy(found, folder / found.name)
            continue
        for path in sorted(found.parent.rglob("*.py")):
            if path.name != "cyaml.py":  # asks for a compiled library that is not there
                _copy(path, folder / name / path.relative_to(found.parent))
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(folder)


def _parted(core: Path, more: Path, loaded: set[Path]) -> None:
    """Move the modules that no first answer needs."""
    for path in sorted(core.rglob("*.pyc")):
        place = path.relative_to(core)
        if "/site" / place not in loaded:
            (more / place).parent.mkdir(parents=True, exist_ok=True)
            path.rename(more / place)
    # Read by a module that comes in the same bundle.
    rules = Path("ntrkpath", "examples", "rules")
    (more / rules).parent.mkdir(parents=True, exist_ok=True)
    (core / rules).rename(more / rules)


def _parted_library(stdlib: Path, more: Path, loaded: set[str]) -> None:
    """Move what the standard library has at its top and no first answer needs; a package stays whole."""
    for path in sorted(stdlib.iterdir()):
        if path.name not in loaded and f"{path.stem}.pyc" not in loaded:
            path.rename(more / path.name)


def _copy(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, to)


def bundled(folder: Path, out: Path) -> None:
    """Pack a folder as an archive of tar, compressed; the same content gives the same bytes."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                about = tarfile.TarInfo(path.relative_to(folder).as_posix())
                about.size = path.stat().st_size
                archive.addfile(about, io.BytesIO(path.read_bytes()))
    out.write_bytes(gzip.compress(packed.getvalue(), 9, mtime=0))


def _library(folder: Path) -> bytes:
    """Return the standard library as Python reads it, uncompressed within what is compressed as a whole."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.writestr(zipfile.ZipInfo(path.relative_to(folder).as_posix(), _DATE), path.read_bytes())
    return gzip.compress(packed.getvalue(), 9, mtime=0)


def _bundles(out: Path, home: Path, wheel: Path) -> str:
    """Write what Python in the browser reads: the core, and the bundles that are brought when they are opened.

    Returns the path of the one compiled library, which is linked before Python begins.
    """
    python = out / "python"
    python.mkdir(parents=True)
    for name in ("pyodide.mjs", "pyodide.asm.mjs"):
        shutil.copyfile(home / name, python / name)
    packed = gzip.compress((home / "pyodide.asm.wasm").read_bytes(), 9, mtime=0)
    (python / "pyodide.asm.wasm.gzip").write_bytes(packed)
    with tempfile.TemporaryDirectory() as made:
        core, more, stdlib, transcripts, symbols, answers = (
            Path(made) / name for name in ("core", "more", "stdlib", "transcripts", "symbols", "answers")
        )
        staged(core, wheel)
        with zipfile.ZipFile(home / "python_stdlib.zip") as opened:
            opened.extractall(stdlib, [n for n in opened.namelist() if n.split("/")[0] not in _UNUSED])
        loaded = _compiled(home, core, stdlib)
        _parted(core, more, loaded)
        _parted_library(stdlib, more, {one.parts[2] for one in loaded if one.parts[1] == "stdlib"})
        names = (path.relative_to(more).with_suffix("").as_posix() for path in more.rglob("*.py*"))
        listed = sorted(name.removesuffix("/__init__").replace("/", ".") for name in names)
        (core / "ntrkpath" / "server" / "more.txt").write_text("\n".join(listed), encoding="utf-8")
        (python / "python_stdlib.zip.gzip").write_bytes(_library(stdlib))
        knowledge = Path("ntrkpath/knowledge/transcripts")
        for path in sorted((ROOT / "src" / knowledge).iterdir()):
            _copy(path, (transcripts if path.suffix == ".bin" else symbols) / knowledge / path.name)
        place = answers / "ntrkpath" / "server" / kept.FOLDER.name
        place.mkdir(parents=True)
        edition = load(EDITION)
        (place / kept.FILE).write_bytes(kept.packed([*fragments.every(edition), (exercised, (edition,))]))
        for folder in (core, more, transcripts, symbols, answers):
            bundled(folder, python / f"{folder.name}.tar.gzip")
        return next(f"/site/{path.relative_to(core)}" for path in core.rglob("*.so"))


def addresses() -> list[str]:
    """Return every address that a link may lead to on a first visit, without its slash."""
    book = catalogue(load(EDITION))
    found = [nav.address.strip("/") for nav in NAVIGATION] + ["case"]
    found += [f"examples/{path.stem.split('-')[0]}" for path in examples().glob("*.yaml")]
    kinds = ("rules", "tables", "statements", "facts", "actions", "references")
    found += [f"guidance/{kind}/{ident}" for kind in kinds for ident in getattr(book, kind)]
    lists = (*kinds[2:], "figure", "labels", "resistance", "safety", "compare", "search")
    found += [f"guidance/{one}" for one in lists]
    return found


def digest(out: Path, told: dict[str, Any]) -> str:
    """Return what stands for the content of the site, where the documentation is no part of it.

    What a browser keeps of the site, its memory of Python among it, holds for exactly this content.
    """
    found = hashlib.sha256(json.dumps(told).encode())
    for path in sorted(out.rglob("*")):
        if path.is_file() and out / "docs" not in path.parents:
            found.update(hashlib.sha256(path.read_bytes()).digest() + path.relative_to(out).as_posix().encode())
    return found.hexdigest()[:16]


def build(out: Path, cache: Path, as_of: str = "") -> dict[str, int]:
    """Write the site and return the size of each file that is brought before the first answer, in bytes.

    Args:
        as_of: The date whose labels count, for tests; each day anew where not given.

    Raises:
        UnreachableError: A package cannot be had here.
    """
    if shutil.which("node") is None:
        raise UnreachableError("Node.js is not installed")
    home, wheel = fetched(cache)
    # A compiled form that is older than its sources is not used, and reading these takes a browser ten seconds.
    write_compiled(KNOWLEDGE / EDITION)
    names.write_compiled()
    docs = out / "docs"
    kept_docs = docs.exists()
    for path in out.iterdir() if out.exists() else ():
        if path != docs:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    out.mkdir(parents=True, exist_ok=True)
    library = _bundles(out, home, wheel)
    (out / "static").mkdir()
    for asset in assets().values():
        (out / "static" / asset.name).write_bytes(asset.content)
    for name in ("sw.js", "loader.js"):
        shutil.copyfile(HERE / name, out / name)
    shell = Template((HERE / "loading.html").read_text(encoding="utf-8"), keep_trailing_newline=True)
    used = load(EDITION).intended_use
    for address in addresses():
        page = out / address / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(shell.render(base="../" * (address.count("/") + 1) if address else "./", intended_use=used))
    for name, base in (("loading.html", "=root=/"), ("404.html", "/")):
        (out / name).write_text(shell.render(base=base, intended_use=used), encoding="utf-8")
    first = ["python/pyodide.asm.wasm.gzip", "python/python_stdlib.zip.gzip", "python/core.tar.gzip"]
    first += [f"static/{name}" for name in assets()]
    sizes = {name: (out / name).stat().st_size for name in first}
    about = json.loads((home / "pyodide-lock.json").read_text(encoding="utf-8"))["info"]
    later = {name: f"python/{name}.tar" for name in ("more", "symbols", "transcripts", "answers")}
    told: dict[str, Any] = {
        "FILES": sizes, "LATER": later, "LIBRARY": library, "LOCK": {"info": about, "packages": {}},
        "SETTINGS": {"edition": EDITION, "workers": 0, "body_bytes": 64 << 20, "batch_bytes": 64 << 20,
                     "batch_rows": MOST_ROWS},
    }  # fmt: skip
    if as_of:
        told["SETTINGS"]["as_of"] = as_of
    told["BUILD"] = digest(out, told)
    (out / "build.js").write_text("".join(f"export const {k} = {json.dumps(v)};\n" for k, v in told.items()))
    print(f"{out}: {sum(sizes.values()) / 1e6:.1f} MB before the first answer; docs {'' if kept_docs else 'not '}there")
    return sizes


if __name__ == "__main__":
    try:
        build(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "site"), ROOT / "build" / "pyodide")
    except UnreachableError as error:
        sys.exit(f"the site cannot be built here: {error}")
