"""What is imported is pinned, what it brings along is pinned too, and nothing is pinned for nothing."""

import ast
import re
import sys
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from settings import ROOT

OURS = {"ivr", "workers", "models", "interpret", "settings", "wsgi", "tests", "benchmarks", "speech"}
RUNTIME = ("ivr", "workers", "models", "interpret", "settings.py", "wsgi.py")


def pinned(file: str) -> dict[str, str]:
    """Package name -> version; markers that do not fit this Python are left out."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    wanted = [Requirement(line.partition("#")[0]) for line in lines if re.match(r"[A-Za-z]", line)]
    return {
        canonicalize_name(one.name): str(one.specifier).removeprefix("==")
        for one in wanted
        if one.marker is None or one.marker.evaluate()
    }


RUN, DEVELOP = pinned("requirements.txt"), pinned("requirements-dev.txt")


def imported(places: tuple[str, ...]) -> set[str]:
    """Top-level names of other people's modules that are imported below these places."""
    names = set()
    for place in places:
        path = ROOT / place
        for file in [path] if path.is_file() else path.rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    names |= {one.name.partition(".")[0] for one in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names.add(node.module.partition(".")[0])
    return names - OURS - set(sys.stdlib_module_names) - {"_typeshed"}


@pytest.mark.parametrize(
    ("places", "pins"), [(RUNTIME, RUN), (("tests", "benchmarks"), RUN | DEVELOP)], ids=["run", "develop"]
)
def test_whatever_is_imported_is_pinned(places: tuple[str, ...], pins: dict[str, str]) -> None:
    homes = packages_distributions()
    unpinned = {
        name
        for name in imported(places)
        if not {canonicalize_name(home) for home in homes.get(name, [name])} & set(pins)
    }
    assert not unpinned


@pytest.mark.parametrize("pins", [RUN, RUN | DEVELOP], ids=["run", "develop"])
def test_whatever_a_pinned_package_needs_is_pinned_too(pins: dict[str, str]) -> None:
    missing = set()
    for name in pins:
        try:
            needs = distribution(name).requires or []
        except PackageNotFoundError:
            pytest.fail(f"{name} is pinned and not installed")
        for need in map(Requirement, needs):
            due = need.marker is None or need.marker.evaluate({"extra": ""})
            if due and canonicalize_name(need.name) not in pins:
                missing.add(f"{name} needs {need.name}")
    assert not missing


def test_every_pin_is_exact() -> None:
    assert [name for name, version in (RUN | DEVELOP).items() if not re.fullmatch(r"[0-9][0-9a-z.]*", version)] == []
