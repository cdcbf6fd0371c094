"""What a fresh machine installs: pins that agree with pyproject.toml, one script for packages beside Python."""

import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, _, rest = line.partition("==")
        found.setdefault(plain(name.partition("[")[0]), []).append(rest.partition(";")[0].strip())
    return found


def wanted(*extras: str) -> set[str]:
    listed = list(PROJECT["dependencies"])
    for extra in extras:
        listed += PROJECT["optional-dependencies"][extra]
    names = {plain(re.match(r"[\w.-]+", entry)[0]) for entry in listed}  # type: ignore[index]
    return names - {"ntrkpath"}


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def test_every_package_that_a_task_installs_is_pinned() -> None:
    assert wanted(*PROJECT["optional-dependencies"]) <= set(pins(ROOT / "constraints.txt"))


def test_the_pins_fulfil_what_the_project_asks_for() -> None:
    pinned = pins(ROOT / "constraints.txt")
    for entries in (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()):
        for entry in entries:
            name, lowest = re.match(r"([\w.-]+)(?:\[.*\])?(?:>=([\d.]+))?", entry).groups()  # type: ignore[union-attr]
            for version in pinned.get(plain(name), []):
                assert numbers(version) >= numbers(lowest or "0"), entry


def test_the_lowest_versions_are_those_of_the_project() -> None:
    lowest = pins(ROOT / "scripts" / "lowest.txt")
    for entry in PROJECT["dependencies"]:
        name, version = entry.split(">=")
        assert numbers(lowest[plain(name)][0])[: len(numbers(version))] == numbers(version), entry


def test_pins_are_names_and_versions_without_extras_or_addresses() -> None:
    for path in (ROOT / "constraints.txt", ROOT / "scripts" / "lowest.txt"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert re.match(r"[\w.-]+==[\w.!+]+( ; .+)?$", line), line


def test_what_is_missing_beside_python_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "bash").symlink_to("/bin/bash")
    done = subprocess.run(
        ["/bin/bash", str(ROOT / "scripts" / "system_packages.sh")],
        env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.count("\n") == 1
    assert "make test SYSTEM=1" in done.stdout
    assert "chromium" in done.stdout
