"""Programs that write to a store as other processes do. Run as `python -m tests.support.writers ACT PATH …`; every line
on standard output acknowledges one act that was done."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from workbench.domain.environments import DEFAULT_ENVIRONMENTS
from workbench.domain.prompts import Content
from workbench.services.library import Library
from workbench.services.releases.deploying import Deploying
from workbench.store import open_store


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def save_and_promote(path: str, name: str) -> None:
    """For ever: saves a version and makes it live, acknowledging its number after each."""
    store = open_store(path)
    library = Library(store, DEFAULT_ENVIRONMENTS, name)
    deploying = Deploying(store, DEFAULT_ENVIRONMENTS, name)
    for count in range(10**9):
        number = library.save(name, Content.of_text(f"{name} {count} " + "words " * 200)).number
        say(f"saved {number}")
        deploying.promote(f"{name}@{number}", "dev")
        say(f"promoted {number}")


def promote_in_turn(path: str, actor: str, times: str) -> None:
    """Promotes the two versions of `shared` by turns, acknowledging the deployment's id."""
    store = open_store(path)
    deploying = Deploying(store, DEFAULT_ENVIRONMENTS, actor)
    done = 0
    while done < int(times):
        with store.write():
            # Read, then write, in one transaction: what fails at once under a deferred BEGIN.
            other = "1.0.1" if deploying.live("shared").get("dev") == "1.0.0" else "1.0.0"
            deployment = deploying.promote(f"shared@{other}", "dev", actor)
        say(str(deployment.id))
        done += 1
    store.close()


def first_start(path: str, signal: str, name: str) -> None:
    """Waits until the file `signal` is there, then opens the store as a first start does and saves `name`."""
    while not Path(signal).exists():
        pass
    store = open_store(path)
    say(Library(store, DEFAULT_ENVIRONMENTS, name).save(name, Content.of_text(name)).reference)
    store.close()


if __name__ == "__main__":
    acts: dict[str, Callable[..., None]] = {
        "save_and_promote": save_and_promote,
        "promote_in_turn": promote_in_turn,
        "first_start": first_start,
    }
    acts[sys.argv[1]](*sys.argv[2:])
