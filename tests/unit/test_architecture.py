"""The arrows between rooms: data flows one way, and the heavy libraries have one door each."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "pipelines"
# Each room may import itself and the rooms before it.
ORDER = ("contracts", "reference", "intake", "warehouse", "disclosure", "publication", "report")
GROUND = {"errors", "settings", "resources", "keys", "progress", "lock", "memory"}
TOP = {
    "orchestration",
    "cli",
    "cli_console",
    "cli_levering",
    "cli_report",
    "cli_audit",
    "definitions",
    "demo",
    "summary",
    "status",
    "status_page",
}
BESIDE = {
    "gates": {"contracts", "intake", "warehouse", "publication"},
    "pseudonymise": {"contracts", "intake"},
    "synthetic": {"contracts"},
    "reference": {"contracts"},
}


def modules() -> list[Path]:
    return sorted(ROOT.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Every dotted name that a module imports, also inside functions."""
    names: set[str] = set()
    package = ["pipelines", *path.relative_to(ROOT).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) + "." if node.level else ""
            names |= {f"{base}{node.module or ''}".rstrip(".") + f".{alias.name}" for alias in node.names}
    return names


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def rooms_used(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imported(path) if name.startswith("pipelines.")} - {room(path)}


def test_every_room_has_its_place() -> None:
    found = {room(path) for path in modules()} - {"__init__"}
    assert found <= set(ORDER) | GROUND | TOP | set(BESIDE)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_knows_only_the_rooms_before_it(path: Path) -> None:
    own = room(path)
    if own in TOP or own == "__init__":
        return
    if own in GROUND:
        allowed = GROUND
    elif own in BESIDE:
        allowed = GROUND | BESIDE[own]
    else:
        allowed = GROUND | set(ORDER[: ORDER.index(own)])
    assert rooms_used(path) <= allowed


def users(library: str) -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for path in modules()
        if any(name == library or name.startswith(f"{library}.") for name in imported(path))
    }


def test_only_orchestration_imports_dagster() -> None:
    found = users("dagster") | users("dagster_dbt")
    assert {name.split("/")[0] for name in found} == {"orchestration"}


def test_one_module_imports_great_expectations() -> None:
    assert len(users("great_expectations")) == 1


def test_only_the_warehouse_runs_dbt() -> None:
    assert {name.split("/")[0] for name in users("dbt")} == {"warehouse"}


def test_the_audit_shares_no_code_with_the_suppressor() -> None:
    for path in (ROOT / "disclosure").glob("audit*.py"):
        siblings = {name.split(".")[2] for name in imported(path) if name.startswith("pipelines.disclosure.")}
        assert all(name.startswith(("audit", "format")) for name in siblings), path.name
