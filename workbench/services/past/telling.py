"""Events in the words of people."""

from __future__ import annotations

from workbench.domain.events import Event


def told(event: Event) -> str:
    """An event in a few words, for status lines and logs; the text may hold what users wrote."""
    prompt, details = event.prompt, event.details
    number = details.get("number", "")
    if event.kind in ("deployment.promote", "deployment.rollback"):
        environment, after, before = details["environment"], details["after"], details["before"]
        if after is None:
            return f"take {prompt} {before} out of {environment}"
        verb = "promote" if event.kind == "deployment.promote" else "roll back"
        return f"{verb} {prompt} {f'to {after} in' if verb == 'roll back' else f'{after} to'} {environment}"
    if event.kind == "tag.change":
        signs = [f"+{tag}" for tag in details["added"]] + [f"-{tag}" for tag in details["removed"]]
        return f"tag {prompt}{'@' + number if number else ''} {' '.join(signs)}"
    if event.kind.startswith("review."):
        return _review(event)
    verbs = {
        "prompt.create": f"create {prompt} {number}",
        "version.save": f"save {prompt} {number}",
        "version.withdraw": f"withdraw {prompt} {number}",
        "version.reinstate": f"bring back {prompt} {number}",
        "prompt.archive": f"archive {prompt}",
        "prompt.unarchive": f"take {prompt} out of the archive",
        "prompt.describe": f"describe {prompt}",
        "set.save": f"save the variable set {details.get('name', '')!r} of {prompt}",
        "set.delete": f"delete the variable set {details.get('name', '')!r} of {prompt}",
        "set.rename": f"rename the variable set {details.get('name', '')!r} of {prompt} to {details.get('to', '')!r}",
        "verdict.give": f"give a verdict on input {details.get('case', 0) + 1} of a comparison of {prompt}",
        "check.run": f"run {' '.join(map(str, details.get('command', ())))} on {prompt} {number}",
        "store.mend": f"mend the store: {', '.join(map(str, details.get('mended', ())))}",
        "run.mark": f"mark the run {str(details.get('run', ''))[:8]} of {prompt}",
    }
    return verbs.get(event.kind, f"{event.kind} {prompt}".strip())


def _review(event: Event) -> str:
    details = event.details
    said = event.kind.removeprefix("review.")
    what = f"{event.prompt} {details.get('number', '')}"
    where = f" for {details['environment']}" if details.get("environment") else ""
    line = f" at {details['line_of']} line {details['line']}" if details.get("line") else ""
    verbs = {"approve": "approve", "request_changes": "request changes of", "comment": "comment on"}
    if said in verbs:
        return f"{verbs[said]} {what}{where}{line}"
    nouns = {"approve": "the approval", "request_changes": "the request for changes", "comment": "the comment"}
    noun = nouns.get(str(details.get("said")), "the review")
    return f"{'withdraw' if said == 'withdraw' else 'give again'} {noun} of {what}{where}"
