"""Reviews of versions: approving for an environment, requesting changes, commenting on a line, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workbench.domain.environments import Environment
from workbench.domain.events import Event
from workbench.domain.names import near
from workbench.domain.prompts import PromptRow, Version
from workbench.domain.releases.reviews import Review, ReviewKind, same_person
from workbench.errors import BadInput, MovedMeanwhile, NotFound, Refused, Unchanged
from workbench.services.library import Library
from workbench.store import Store

if TYPE_CHECKING:
    from workbench.services.releases.signing import Signer
    from workbench.store.reviews import RowKind, Signature


class Approving:
    """`actor` is who reviews. `signer` None: approvals are not signed here."""

    def __init__(
        self, store: Store, environments: Sequence[Environment], actor: str, signer: Signer | None = None
    ) -> None:
        self._store = store
        self._environments = {environment.name: environment for environment in environments}
        self._actor = actor
        self._signer = signer
        self._library = Library(store, environments, actor)

    def of(self, prompt: str) -> list[Review]:
        """All that was said of a prompt's versions, oldest first, what was taken back too. Raises `NotFound`."""
        with self._store.snapshot():
            found = self._store.reviews.of_prompt(self._library.prompt(prompt).id)
            return [self._proved(review) for review in found]

    def of_version(self, reference: str) -> list[Review]:
        """Of everything that says what this version says."""
        version = self._library.version(reference)
        return [review for review in self.of(version.prompt) if review.digest == version.digest]

    def approve(self, reference: str, environment: str, comment: str = "") -> Review:
        """This content may go to that environment. It counts as long as nobody saves another content.

        Raises `Refused` for one's own version where the environment says so, for a withdrawn one, and where it cannot
        be signed; `Unchanged` when it stands already: where approvals are signed, with a signature that is valid.
        """
        wants = self._environment(environment)
        version = self._library.version(reference)
        if version.withdrawn:
            raise Refused(f"{version.reference} was withdrawn", "choose another version")
        self._refuse_own(version, wants)
        standing = self._last(version, environment, ("approve", "request_changes"))
        if standing is not None and standing.kind == "approve" and self._counts(standing):
            raise Unchanged(f"{self._actor} approved this already for {environment}, as {standing.number}")
        signature = None
        if self._signer is not None:
            self._store.database.refuse_readonly()  # before a key is asked for
            signature = self._signer.approval(version, environment, comment.strip(), self._store.clock())
        return self._add("approve", version, environment, comment, None, signature)

    def request_changes(
        self,
        reference: str,
        comment: str,
        environment: str = "",
        *,
        line: int | None = None,
        line_of: str | None = None,
    ) -> Review:
        """This content should not go there ("": anywhere) before something is changed. A comment says what.

        `line` counts from 1 in `Content.text` of the version with the number `line_of` (None: of this one).
        """
        return self._say("request_changes", reference, comment, environment, line, line_of)

    def comment(
        self,
        reference: str,
        comment: str,
        environment: str = "",
        *,
        line: int | None = None,
        line_of: str | None = None,
    ) -> Review:
        """A remark that stands in nobody's way. `line` as in `request_changes`."""
        return self._say("comment", reference, comment, environment, line, line_of)

    def withdraw(self, reference: str, environment: str = "") -> Review:
        """Takes back what one said last of this content: in this environment, or anywhere. `Refused` for nothing."""
        if environment:
            self._environment(environment)
        with self._store.write():
            version = self._library.version(reference)
            last = self._last(version, environment, ("approve", "request_changes", "comment"))
            if last is None:
                where = f" for {environment}" if environment else ""
                raise Refused(f"{self._actor} said nothing of {version.reference}{where} that could be taken back")
            prompt = self._library.prompt(version.prompt)
            _record(self._store, "withdraw", prompt, version.id, last, self._actor)
            return replace(last, withdrawn=True)

    # Inside

    def _environment(self, name: str) -> Environment:
        if name not in self._environments:
            close = near(name, self._environments)
            hint = "" if close else "there are " + ", ".join(self._environments)
            raise NotFound(f"there is no environment {name!r}", close, hint)
        return self._environments[name]

    def _refuse_own(self, version: Version, environment: Environment) -> None:
        if environment.own_approval:
            return
        rows = self._store.versions.rows(self._library.prompt(version.prompt).id, (), include_withdrawn=True)
        authors = {same_person(row.author) for row in rows if row.digest == version.digest}
        if same_person(self._actor) in authors:
            raise Refused(
                f"{version.reference} is by {version.author}, and nobody approves their own for {environment.name}",
                "ask somebody else",
            )

    def _proved(self, review: Review) -> Review:
        if self._signer is None or review.kind != "approve":
            return review
        from workbench.services.releases.signatures import state_of_review

        return replace(review, signature=state_of_review(self._store, self._signer, review.id))

    def _counts(self, approval: Review) -> bool:
        return self._signer is None or self._proved(approval).signature == "valid"

    def _last(self, version: Version, environment: str, kinds: Sequence[ReviewKind]) -> Review | None:
        """The last word of this person on this content."""
        prompt = self._library.prompt(version.prompt)
        mine = same_person(self._actor)
        found = [
            review
            for review in self._store.reviews.of_prompt(prompt.id)
            if review.digest == version.digest
            and not review.withdrawn
            and review.kind in kinds
            and same_person(review.actor) == mine
            and (not environment or review.environment in ("", environment))
        ]
        return found[-1] if found else None

    def _say(
        self,
        kind: ReviewKind,
        reference: str,
        comment: str,
        environment: str,
        line: int | None,
        line_of: str | None,
    ) -> Review:
        if not comment.strip():
            raise BadInput("a review without words says nothing", "say what you mean with -m")
        if environment:
            self._environment(environment)
        version = self._library.version(reference)
        place = None
        if line is not None:
            of = version if line_of is None else self._library.resolve_selector(version.prompt, line_of)
            place = (_check_line(of, line), line)
        elif line_of is not None:
            raise BadInput("a version of the line, and no line")
        return self._add(kind, version, environment, comment, place, None)

    def _add(
        self,
        kind: ReviewKind,
        version: Version,
        environment: str,
        comment: str,
        place: tuple[Version, int] | None,
        signature: Callable[[int], Signature] | None,
    ) -> Review:
        store = self._store
        with store.write():
            prompt = self._library.prompt(version.prompt)
            at = store.clock()
            review_id = store.reviews.add(
                prompt.id,
                version.id,
                version.digest,
                environment,
                kind,
                comment.strip(),
                actor=self._actor,
                at=at,
                line=(place[0].id, place[1]) if place else None,
            )
            rows = [["reviews", review_id, store.seals.hash_of("reviews", review_id)]]
            if signature is not None:
                signed = store.reviews.sign(signature(review_id))
                rows.append(["signatures", signed, store.seals.hash_of("signatures", signed)])
            details: dict[str, Any] = {
                "review": review_id,
                "number": version.number,
                "digest": version.digest,
                "environment": environment,
                "comment": comment.strip(),
                "rows": rows,
            }
            if place is not None:
                details |= {"line": place[1], "line_of": place[0].number}
            store.events.append(f"review.{kind}", prompt.name, actor=self._actor, at=at, details=details)
            found = store.reviews.get(review_id)
        assert found is not None  # noqa: S101 — it was inserted in this transaction
        return replace(found, signature="valid" if signature is not None else "")


def review_again(
    store: Store, act: Event, prompt: PromptRow, actor: str, *, backwards: bool
) -> tuple[str, Mapping[str, Any]]:
    """Takes a review back, or takes the taking back back: kind and details of the event to record. Inside `write()`.

    Nobody can say for another what that one has taken back: only the person whose word it is makes it count again.
    """
    review = store.reviews.get(act.details["review"])
    if review is None:
        raise Refused("the review is not there")
    away = (act.kind == "review.withdraw") != backwards
    if review.withdrawn == away:
        raise MovedMeanwhile(f"the review was {'taken back' if away else 'given again'} since", "look at it first")
    if not away and same_person(review.actor) != same_person(actor):
        raise Refused(
            f"only {review.actor} can give that again", f"ask for it: workbench approve {prompt.name}@{review.number}"
        )
    return (
        "review.withdraw" if away else "review.reinstate",
        _row(store, "withdraw" if away else "reinstate", prompt, review, actor),
    )


def _record(store: Store, kind: RowKind, prompt: PromptRow, version_id: int, review: Review, actor: str) -> None:
    details = _row(store, kind, prompt, review, actor, version_id)
    store.events.append(f"review.{kind}", prompt.name, actor=actor, at=store.clock(), details=details)


def _row(
    store: Store, kind: RowKind, prompt: PromptRow, review: Review, actor: str, version_id: int | None = None
) -> dict[str, Any]:
    if version_id is None:
        version = store.versions.by_number(prompt.name, review.number)
        assert version is not None  # noqa: S101 — a row of the review points at it
        version_id = version.id
    row_id = store.reviews.add(
        prompt.id,
        version_id,
        review.digest,
        review.environment,
        kind,
        "",
        actor=actor,
        at=store.clock(),
        about=review.id,
    )
    return {
        "review": review.id,
        "number": review.number,
        "digest": review.digest,
        "environment": review.environment,
        "said": review.kind,
        "rows": [["reviews", row_id, store.seals.hash_of("reviews", row_id)]],
    }


def _check_line(version: Version, line: int) -> Version:
    lines = version.content.text.count("\n") + 1
    if not 1 <= line <= lines:
        raise BadInput(
            f"{version.reference} has no line {line}", f"it has {lines} lines: workbench show {version.reference}"
        )
    return version
