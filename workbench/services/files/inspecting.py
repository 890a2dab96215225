"""What a change in a git repository does to its prompts: on a forge and before a commit, without a store.

One side is where the change left its base, the other the files as they are, the index, or a commit. Prompts are read
from both and held against each other, so that a change of a file that a prompt names is a change of that prompt, and
of several prompts in one file only those are touched that say something else.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.domain.environments import DEFAULT_ENVIRONMENTS
from workbench.domain.inputs import Case
from workbench.domain.inspections import Inspection, Touched, Trial
from workbench.domain.rules import Finding, Rules
from workbench.domain.trying import tried
from workbench.errors import NotFound
from workbench.formats import folder
from workbench.formats.detect import is_candidate, read_tree
from workbench.formats.git.repository import Blobs, top_of
from workbench.formats.git.trees import (
    Inside,
    Move,
    base_of,
    commit_tree,
    empty_tree,
    has_commits,
    index_tree,
    moves,
    work_tree,
)
from workbench.formats.tree import Tree
from workbench.formats.variable_sets import places_beside, sets_of
from workbench.services.files import touching
from workbench.services.files.touching import Reads, Stated
from workbench.services.files.validating import against_each_other, in_order, kept, of_file, of_problem, partials

SetsOf = Callable[[str], Sequence[Case]]
_DEFAULT_NAMES = tuple(environment.name for environment in DEFAULT_ENVIRONMENTS)


@dataclass(frozen=True)
class Scope:
    """A part of a repository. Prompts are named from `root`, and only what lies at or below `below` is read."""

    root: str
    below: str

    def paths(self, tree: Tree) -> list[str]:
        """Relative to `root`, those of files that may be prompts."""
        cut = len(self.root) + 1 if self.root else 0
        found = [path[cut:] for path in tree.below(self.root) if path == self.below or _is_in(path, self.below)]
        texts = {path for path in found if posixpath.basename(path) == folder.TEXT}
        return [
            path
            for path in found
            if is_candidate(path)
            and not (path.endswith(folder.METADATA) and path.removesuffix(folder.METADATA) + folder.TEXT in texts)
        ]


@dataclass
class _Sides:
    base: Tree
    head: Tree
    moves: list[Move]
    scopes: list[Scope]
    environments: Collection[str]


def inspect_change(
    paths: Sequence[Path],
    base: str = "HEAD",
    *,
    head: str = "",
    staged: bool = False,
    rules: Rules | None = None,
    environments: Collection[str] = _DEFAULT_NAMES,
    sets: SetsOf = lambda _name: (),
    only_list: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Inspection:
    """What differs below `paths` between the commit where `head` left `base`, and `head`: a commit, with `staged` the
    index, else the files as they are.

    `sets` gives further variable sets of a prompt by its name. With `only_list` nothing is checked and rendered.
    Raises `NotFound` for a path or a commit that is not there and outside of a repository, `BadInput` with git's words.
    """
    top = top_of(paths[0])
    is_first = base == "HEAD" and not has_commits(top)
    since = empty_tree(top) if is_first else base_of(top, base, head or "HEAD")
    with Blobs(top) as blobs:
        now = commit_tree(top, blobs, head) if head else index_tree(top, blobs) if staged else work_tree(top)
        before = commit_tree(top, blobs, since)
        scopes = [_scope(top, path, (now, before)) for path in paths]
        found = moves(top, since, head=head, staged=staged)
        sides = _Sides(before, now, found, scopes, environments)
        old, new = _read(sides, progress)
        touched = touching.touched(old, new, found)
        if only_list:
            return Inspection(base, tuple(touched))
        findings, trials = _checked(sides, touched, old, new, rules or Rules(), sets)
        findings += [*touching.numbers(old, new, touched), *touching.broken_templates(touched)]
        return Inspection(base, tuple(touched), tuple(in_order(kept(findings, rules or Rules()))), tuple(trials))


def _scope(top: Path, path: Path, trees: Sequence[Tree]) -> Scope:
    real = path.resolve()
    if not real.is_relative_to(top.resolve()):
        raise NotFound(f"{path} is not in the repository {top}")
    inside = real.relative_to(top.resolve()).as_posix()
    below = "" if inside == "." else inside
    if real.is_file():
        holder = posixpath.dirname(below)
        inner = posixpath.basename(below) in (folder.TEXT, folder.METADATA)
        return Scope(posixpath.dirname(holder) if inner else holder, below)
    if below and any(tree.has(f"{below}/{folder.TEXT}") for tree in trees):
        return Scope(posixpath.dirname(below), below)
    return Scope(below, below)


def _is_in(path: str, holder: str) -> bool:
    return path.startswith(f"{holder}/") or not holder


def _read(sides: _Sides, progress: Callable[[int, int], None] | None) -> tuple[Reads, Reads]:
    """(base, head). What is a file of its own and did not change is read once."""
    old, new = Reads(), Reads()
    changed_new = {move.new for move in sides.moves}
    changed_old = {move.old for move in sides.moves}
    for scope in sides.scopes:
        inside = Inside(sides.head, scope.root)
        paths = scope.paths(sides.head)
        reading = read_tree(inside, paths, environments=sides.environments, progress=progress)
        alone: set[str] = set()
        for stated, origin in zip(reading.files, reading.origins, strict=True):
            path = inside.full(origin.path)
            reads = frozenset(inside.full(other) for other in origin.reads)
            beside = frozenset(inside.full(place) for place in places_beside(origin.path, stated.name))
            one = Stated(stated, path, reads, origin.shares_files, beside, scope.root)
            new.add(one)
            if path not in changed_new | changed_old and not reads:
                alone.add(origin.path)
                old.add(one)
        new.problems += reading.problems
        before = Inside(sides.base, scope.root)
        wanted = [path for path in scope.paths(sides.base) if path not in alone]
        reading = read_tree(before, wanted, environments=sides.environments)
        for stated, origin in zip(reading.files, reading.origins, strict=True):
            reads = frozenset(before.full(other) for other in origin.reads)
            old.add(Stated(stated, before.full(origin.path), reads, origin.shares_files))
        old.problems += reading.problems
    return old, new


def _checked(
    sides: _Sides, touched: Sequence[Touched], old: Reads, new: Reads, rules: Rules, sets: SetsOf
) -> tuple[list[Finding], list[Trial]]:
    """Also what the change breaks elsewhere: a config whose text is gone, a prompt that includes one that is."""
    trials: list[Trial] = []
    changed = {move.new for move in sides.moves}
    known = {(problem.file, problem.message) for problem in old.problems}
    findings = [of_problem(one) for one in new.problems if one.file in changed or (one.file, one.message) not in known]
    named = {one.name: set(one.numbers) for one in touched if one.after is not None}
    stated = [one for one in new.all if (one.file.number or "") in named.get(one.file.name, ())]
    for one in stated:
        findings += of_file(one.file, rules, sides.head.has)
        tree = sides.head
        cases, problems = sets_of(one.file, tree, one.path)
        findings += [of_problem(problem) for problem in problems]
        found = tried(one.file.name, one.file.number or "", one.file.content, [*cases, *sets(one.file.name)])
        trials += found
        findings += _of_trials(one, found)
    files = {one.file.file for one in stated}
    before = set(_together(old))
    findings += [one for one in _together(new) if one.where in files or one not in before]
    return findings, trials


def _together(reads: Reads) -> list[Finding]:
    files = [one.file for one in reads.all]
    return [*against_each_other(files), *partials(files)]


def _of_trials(one: Stated, trials: Sequence[Trial]) -> Iterator[Finding]:
    for trial in trials:
        if trial.severity:
            message = f"{one.file.name} cannot be rendered with {trial.set}: {trial.why}"
            yield Finding(one.file.file, 0, trial.severity, message, "render", "mend the set, or the prompt")
