"""Prove or refute that no hidden figure of a publication can be worked out, from published files alone.

Lives here: the audit of a disclosure.json and its verdict. Not here, and never imported: the suppressor.

A hidden or rounded figure is in order if the attacker's interval, given everything published to the same reader,
is at least `width` wide or lies wholly at or above `k`. Widths are proven by whole-number populations that fit
everything published; breaches by bounds that no population can pass. What is neither is not certified.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np

from pipelines import memory
from pipelines.disclosure.audit_before import Populations
from pipelines.disclosure.audit_cells import (
    ASKED,
    EXACT,
    HIDDEN,
    INFINITE,
    KNOWN,
    ROUNDED,
    Cells,
    Context,
    Dimension,
    Files,
    Loose,
    base,
    context_of,
    dimensions,
    merge,
    nobody,
    read_context,
    systems,
)
from pipelines.disclosure.audit_known import Bekend, Kennis, Nearby, knowledge, place_of
from pipelines.disclosure.audit_report import AuditReport, Zwak
from pipelines.disclosure.audit_settle import Interval, Run, Solved, names_of, solve
from pipelines.disclosure.audit_shared import Gedeeld
from pipelines.disclosure.format import Onthulling, read

LIMIT = 3_000_000
EXPLAINED = 12  # figures per reader and system of which it is found out what encloses them


class Oordelen:
    """Verdicts over systems judged before, by everything that a verdict depends on.

    A system that is the same to the last bound has the same verdict; it is read from the files every time, and only
    not solved again.
    """

    def __init__(self) -> None:
        self._known: dict[str, AuditReport] = {}
        self._populations: dict[tuple, Populations] = {}

    def get(self, key: str) -> AuditReport | None:
        return self._known.get(key)

    def keep(self, key: str, part: AuditReport) -> None:
        self._known[key] = part

    def populations(self, k: int, contexts: list[Context]) -> Populations:
        """What was found about these contexts in a draft for the same readers."""
        return self._populations.setdefault((k, *contexts), Populations())


def audit(
    path: Path,
    *,
    known: dict[str, list[Bekend]] | None = None,
    weakest: bool = False,
    limit: int = LIMIT,
    eerder: Oordelen | None = None,
) -> AuditReport:
    """Judge the publication whose disclosure.json is at `path` (a file or its folder).

    `known`: readers and the counts that the own deliveries of each fix; a figure that is in order for everyone has to
    be in order for each of them too; where it is not for everyone, readers are not judged. Raises Gebruiksfout (no or
    a malformed declaration) and OnthullingspoortDicht (a file it names is missing).
    """
    spec = read(Path(path))
    folder = Path(path) if Path(path).is_dir() else Path(path).parent
    return audit_spec(spec, folder, known=known, weakest=weakest, limit=limit, eerder=eerder)


def audit_spec(
    spec: Onthulling,
    folder: Path,
    *,
    known: dict[str, list[Bekend]] | None = None,
    weakest: bool = False,
    limit: int = LIMIT,
    eerder: Oordelen | None = None,
) -> AuditReport:
    """As `audit`, for a declaration already read. `eerder`: verdicts that need not be reached again."""
    report = AuditReport(k=spec.k, width=spec.width)
    files = Files(folder)
    report.readers += len(known or {})
    for contexts in systems(spec):
        here = set(contexts)
        counted = {
            r: [f for f in facts if context_of(f.context) in here] for r, facts in (known or {}).items()
        }
        mine = {reader: facts for reader, facts in counted.items() if facts}
        report.join(_judge(spec, files, contexts, mine, weakest, limit, eerder))
        memory.trim()
    for table in spec.tables:
        if table.file not in report.files:
            report.files[table.file] = hashlib.sha256(files.path(table.file).read_bytes()).hexdigest()
    return report.close(list(spec.hard))


def intervals(path: Path, *, exact: bool = True) -> list[Interval]:
    """The attacker's whole-number interval of every target, for those who may see them and for tests."""
    spec = read(Path(path))
    files = Files(Path(path) if Path(path).is_dir() else Path(path).parent)
    found: list[Interval] = []
    for contexts in systems(spec):
        many, dims, _ = load(spec, files, contexts, [])
        result = solve(spec, many, dims, LIMIT, exact=exact)
        found += result.intervals if result.feasible else []
    return found


def load(
    spec: Onthulling,
    files: Files,
    contexts: list[Context],
    facts: list[Bekend],
    asked: list[Bekend] | None = None,
) -> tuple[list[Cells], dict[str, Dimension], list[str]]:
    """The merged cells of one system, with what a reader knows itself; `asked` become cells that say nothing."""
    dims = dimensions(spec, files, contexts)
    order: list[str] = []
    for table in spec.tables:
        if table.release not in order:
            order.append(table.release)
    loose = {c: read_context(spec, files, c, dims, order) for c in contexts}
    for fact in facts:
        target = loose.get(context_of(fact.context))
        if target is not None:
            _add_fact(target, fact, dims, KNOWN)
    for fact in asked or []:
        _add_fact(loose[context_of(fact.context)], replace(fact, low=0, high=int(INFINITE)), dims, ASKED)
    for one in loose.values():
        nobody(one, dims)
    many = [merge(c, loose[c], dims) for c in contexts]
    for cells in many:
        cells.need = np.full(len(cells.low), spec.width)
        cells.floor = np.full(len(cells.low), spec.k)
    for cells in many:
        nearby = Nearby(cells, dims) if facts else None
        for fact in facts:
            if cells.context == context_of(fact.context):
                nearby.ask_less(cells.need, place_of(fact, dims), fact.high)
    return many, dims, order


def _add_fact(loose: Loose, fact: Bekend, dims: dict[str, Dimension], kind: int) -> None:
    loose.members.append(place_of(fact, dims)[None])
    loose.low.append(np.array([fact.low]))
    loose.high.append(np.array([fact.high]))
    loose.kind.append(np.array([kind]))
    loose.release.append(np.array([0]))


def _judge(
    spec: Onthulling,
    files: Files,
    contexts: list[Context],
    known: dict[str, list[Bekend]],
    weakest: bool,
    limit: int,
    kept: Oordelen | None,
) -> AuditReport:
    """The part of the report about one system: for everyone, and if that is in order for each reader of `known`."""
    asked = [fact for facts in known.values() for fact in facts if fact.high < INFINITE]
    many, dims, _ = load(spec, files, contexts, [], asked)
    key = _key(spec, many, dims, known, weakest, limit)
    if kept is not None and (part := kept.get(key)) is not None:
        return part
    part = AuditReport(k=spec.k, width=spec.width)
    readers = list(knowledge(known, many, dims))
    begin = (lambda run: Gedeeld(run, [kennis for kennis, _ in readers])) if asked else None
    before = kept.populations(spec.k, contexts) if kept is not None and begin is None else None
    run = _judge_system(spec, many, dims, "", part, weakest, limit, begin, before)
    if run is not None and not part.reasons:
        if run.shared is not None and not run.system.pairs:
            run.shared.settled()
            for kennis, cells in readers:
                _judge_reader(spec, run, kennis, cells, part, weakest)
            run.shared = None  # they hold on to each other, and to all that was found
        else:  # no population that all hold possible: each reader by itself
            for reader, facts in known.items():
                alone, places, _ = load(spec, files, contexts, facts)
                _judge_system(spec, alone, places, reader, part, weakest, limit)
    if kept is not None:
        kept.keep(key, part)
    return part


def _judge_reader(
    spec: Onthulling, run: Run, kennis: Kennis, cells: list[Cells], report: AuditReport, weakest: bool
) -> None:
    """The verdict for one reader, from what was proven for everyone and what is left to prove."""
    need = run.of_targets([one.need for one in cells])
    seen, bound = run.shared.for_reader(kennis, need, report.statuses)
    intervals = run.intervals(seen, bound, need)
    weak = np.array([i for i, one in enumerate(intervals) if verdict(one)], np.int64)
    door = {}
    if len(weak):
        need[weak] = np.minimum(need[weak], run.shared.room(kennis, need, weak))
        intervals = run.intervals(seen, bound, need)
        weak = np.array([i for i in weak if verdict(intervals[i])], np.int64)[:EXPLAINED]
        door = run.shared.enclosing(kennis, weak) if len(weak) and weakest else {}
    _weigh(spec, cells, run.dims, Solved(True, intervals), kennis.lezer, report, weakest, door)


def _key(
    spec: Onthulling,
    many: list[Cells],
    dims: dict[str, Dimension],
    known: dict[str, list[Bekend]],
    weakest,
    limit,
) -> str:
    """64 hex over all that a verdict follows from."""
    digest = hashlib.sha256(
        repr((spec.k, spec.width, spec.sensitive_dims, spec.harmless, known, weakest, limit)).encode()
    )
    contexts = {c.context for c in many}
    for row in spec.inequalities:
        if any(context_of(term.context) in contexts for term in row.terms):
            digest.update(row.model_dump_json().encode())
    for name, dim in dims.items():
        digest.update(repr((name, dim.leaves, sorted(dim._member.items()))).encode())
        for leaves in dim.sets:
            digest.update(leaves.tobytes() + b";")
    for cells in many:
        digest.update(repr((cells.context, cells.dims, cells.complete)).encode())
        for array in (
            cells.members,
            cells.low,
            cells.high,
            cells.kind,
            cells.contradiction,
            cells.need,
            cells.floor,
        ):
            digest.update(np.ascontiguousarray(array).tobytes() + b";")
        for above, below, *rest in cells.ratios:
            digest.update(repr((above.tolist(), below.tolist(), rest)).encode())
    return digest.hexdigest()


def _judge_system(
    spec: Onthulling,
    many: list[Cells],
    dims: dict[str, Dimension],
    reader: str,
    report: AuditReport,
    weakest: bool,
    limit: int,
    begin=None,
    before: Populations | None = None,
) -> Run | None:
    """Solve one system and weigh what was found; returns the run if there was a population to start from."""
    for cells in many:
        for i in np.flatnonzero(cells.contradiction):
            weak = _weak(cells, dims, i, int(cells.low[i]), int(cells.high[i]), "tegenstrijdig", reader)
            report.add("tegenstrijdig", weak if weakest else None)
    if any(c.contradiction.any() for c in many):
        return None
    result = solve(spec, many, dims, limit, exact=False, begin=begin, before=before)
    report.systems += 1
    report.variables += result.variables
    report.rows += result.rows
    report.statuses.update(result.statuses)
    if result.too_large:
        report.add("te_groot")
        return None
    if result.feasible is not True:
        report.add("tegenstrijdig" if result.feasible is False else "onbeslist")
        return None
    _weigh(spec, many, dims, result, reader, report, weakest)
    return result.run


def _weigh(
    spec: Onthulling,
    many: list[Cells],
    dims: dict[str, Dimension],
    result: Solved,
    reader: str,
    report: AuditReport,
    weakest: bool,
    door: dict[int, list[tuple[int, int]]] | None = None,
) -> None:
    """Add to the report what is not in order for a reader ('' for everyone, whose targets are counted too).

    `door`: per target the cells (context, cell) that enclose it.
    """
    for number, one in enumerate(result.intervals):
        reason = verdict(one)
        if not reader:
            report.targets += 1
            report.hidden += bool(one.kind & HIDDEN)
            report.rounded += (one.kind & ~ASKED) == ROUNDED
            report.widths[_class(one, spec)] += 1
        if reason:
            high = None if one.bound[1] >= INFINITE else one.bound[1]
            by = tuple(
                (dict(many[c].context), names_of(many[c], dims, i)) for c, i in (door or {}).get(number, ())
            )
            weak = Zwak(dict(one.context), one.members, one.bound[0], high, reason, reader, by)
            report.add(reason, weak if weakest else None)
    for cells in many:
        for i, decided in groups(spec, cells, dims, result):
            weak = _weak(cells, dims, i, 0, None, "groep", reader)
            report.add("groep" if decided else "onbeslist", weak if weakest else None)


def verdict(one: Interval) -> str:
    """'' if in order, else why not."""
    if one.seen[1] - one.seen[0] >= one.need or one.bound[0] >= one.floor:
        return ""
    if one.bound[1] - one.bound[0] < one.need:
        return "exact" if one.bound[0] == one.bound[1] else "smal"
    return "onbeslist"


def _class(one: Interval, spec: Onthulling) -> str:
    if one.bound[0] >= spec.k:
        return f">= {spec.k}"
    width = one.seen[1] - one.seen[0]
    return str(width) if width < spec.width else f"{spec.width}+"


def groups(spec: Onthulling, cells: Cells, dims: dict[str, Dimension], result: Solved):
    """Cells under a shown margin that hold everybody in one sensitive member: (cell, certain)."""
    where = {tuple(row): i for i, row in enumerate(cells.members.tolist())}
    harmless = {
        (base(v), dims[base(v)].member(v, m))
        for v, names in spec.harmless.items()
        if base(v) in dims
        for m in names
    }
    lowest = {
        tuple(sorted(one.members.items())): one for one in result.intervals if one.context == cells.context
    }
    for name in {base(v) for v in spec.sensitive_dims} & set(cells.dims):
        column = cells.dims.index(name)
        for i in np.flatnonzero(cells.members[:, column] > 0):
            row = cells.members[i].tolist()
            if not cells.need[i] or any((d, m) in harmless for d, m in zip(cells.dims, row, strict=True)):
                continue
            above = where.get((*row[:column], 0, *row[column + 1 :]))
            if above is None or not cells.kind[above] & EXACT or cells.high[above] <= 0:
                continue
            total = int(cells.high[above])
            if cells.kind[i] & EXACT and cells.low[i] == total:
                yield i, True
                continue
            one = lowest.get(tuple(sorted(names_of(cells, dims, i).items())))
            if one is not None and one.seen[0] >= total:
                yield i, one.bound[0] >= total


def _weak(cells, dims, cell, low, high, reason, reader) -> Zwak:
    return Zwak(dict(cells.context), names_of(cells, dims, cell), low, high, reason, reader)
