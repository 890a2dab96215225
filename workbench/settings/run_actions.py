"""The acts of the run screen and of the list of runs, a part of the table of all acts."""

from __future__ import annotations

from workbench.settings.action import Action
from workbench.settings.action import act as _act

RUN_ACTIONS: tuple[Action, ...] = (
    _act("run.send", "ctrl+j r", "run", "Run with what is filled in; ctrl+j also while typing", "run", footer=True),
    _act(
        "run.stop", "escape", "stop", "Stop the run and keep what came; go back when nothing runs", "run", footer=True
    ),
    _act(
        "run.switch",
        "f2",
        "form/answer",
        "On a narrow screen: from the form to the answer and back",
        "run",
        footer=True,
    ),
    _act(
        "run.request",
        "f3",
        "request",
        "The exact request before it is sent, its tokens and its price; and back to the answer",
        "run",
        footer=True,
    ),
    _act("run.model", "f4", "model", "Choose a model by a few letters", "run", footer=True),
    _act(
        "run.inputs",
        "f5",
        "inputs",
        "Fill in a variable set, a file, a pasted text or an earlier run; save, rename and delete sets",
        "run",
        footer=True,
    ),
    _act("run.go_on", "f9", "go on", "Continue the conversation, or answer a tool call", "run", footer=True),
    _act("run.compare", "ctrl+t c", "compare", "Compare this with what is live, on what is filled in", "run"),
    _act("run.list", "f7 L", "runs", "The runs of this prompt", "run", also="library"),
    _act(
        "run.copy",
        "y f6",
        "copy",
        "Copy the answer, the record, or the request as curl or Python; or write it to a file",
        "run",
        also="runs compare",
    ),
    _act("run.reset", "f8", "start over", "Put every field back to its default", "run"),
    _act("run.keep_settings", "ctrl+o", "keep settings", "Save the settings as a new version", "run", changes=True),
    _act("run.find", "/", "find", "Find in the answer; an empty search ends it", "run"),
    _act("run.next_match", "n", "next match", "Go to the next match in the answer", "run"),
    _act("run.previous_match", "N", "previous match", "Go to the match before", "run"),
    _act("run.raw", "v", "raw", "The answer as it came, or laid out", "run"),
    _act(
        "run.rate",
        "*",
        "star, rate",
        "Star this run or rate it: then * or 1 to 5, 0 clears",
        "run",
        changes=True,
        also="runs compare",
    ),
    _act("run.note", "i", "note", "Write a note on this run", "run", changes=True, also="runs"),
    _act("run.diff", "d", "diff", "Diff this answer against another one", "run", also="runs"),
    _act(
        "run.to_set",
        "s",
        "to set",
        "Make the input of this run a variable set",
        "run",
        changes=True,
        also="runs",
    ),
    _act("runs.open", "enter", "open", "Open this run: its input filled in, its answer", "runs", footer=True),
    _act("runs.replay", "r", "replay", "Send this run again, as it was", "runs", footer=True),
    _act("runs.replay_on", "m", "replay on", "Send this input to another version or model", "runs", footer=True),
    _act(
        "runs.filter",
        "/",
        "filter",
        "Filter: words of the answer, version:1.3.0 model:mini status:failed rating:4 starred draft",
        "runs",
        footer=True,
    ),
    _act("runs.all", "A", "all prompts", "The runs of this prompt, or of all", "runs"),
    _act("runs.mark", "space", "mark", "Mark this run, to diff another against it", "runs"),
)

COMPARE_ACTIONS: tuple[Action, ...] = (
    _act(
        "compare.better_a", "A", "A is better", "Column A has the better answer", "compare", changes=True, footer=True
    ),
    _act(
        "compare.better_b", "B", "B is better", "Column B has the better answer", "compare", changes=True, footer=True
    ),
    _act("compare.better_c", "C", "C is better", "Column C has the better answer", "compare", changes=True),
    _act("compare.better_d", "D", "D is better", "Column D has the better answer", "compare", changes=True),
    _act("compare.better_e", "E", "E is better", "Column E has the better answer", "compare", changes=True),
    _act("compare.better_f", "F", "F is better", "Column F has the better answer", "compare", changes=True),
    _act("compare.tie", "=", "tie", "The answers are equally good", "compare", changes=True),
    _act("compare.neither", "0", "neither", "None of the answers is good", "compare", changes=True),
    _act("compare.next_input", "n", "next input", "Go to the next input", "compare", footer=True),
    _act("compare.previous_input", "N", "previous input", "Go to the input before", "compare"),
    _act("compare.diff", "d", "diff", "Diff the words of this answer against the first column", "compare", footer=True),
    _act("compare.open", "enter", "open", "Open this answer in a run screen of its own", "compare"),
    _act("compare.rerun", "r", "rerun", "Ask this column again for this input", "compare", footer=True),
    _act("compare.rerun_all", "ctrl+j", "rerun all", "Ask all columns again for this input", "compare"),
    _act("compare.change", "e", "change", "Another version, model or settings in this column", "compare", footer=True),
    _act("compare.stop_column", "s", "stop column", "Stop this column and keep what came", "compare"),
    _act(
        "compare.stop",
        "escape",
        "stop",
        "Stop all that runs and keep what came; go back when nothing runs",
        "compare",
        footer=True,
    ),
    _act("compare.prompts", "v", "prompts", "Diff the rendered prompts of two columns", "compare"),
    _act("compare.note", "i", "note", "Write a note on the verdict", "compare", changes=True),
    _act("compare.left", "h left", "column left", "Go to the column to the left; pages where it is narrow", "compare"),
    _act("compare.right", "l right", "column right", "Go to the column to the right", "compare"),
    _act("compare.next_repeat", ".", "next repeat", "Show the next repeat of every cell", "compare"),
    _act("compare.previous_repeat", "comma", "previous repeat", "Show the repeat before", "compare"),
    _act(
        "setup.start",
        "ctrl+j r",
        "compare",
        "Send every input to every column",
        "setup",
        footer=True,
    ),
    _act("setup.change", "enter", "change", "Change what is under the cursor", "setup", footer=True),
    _act("setup.add", "o", "add column", "Add a column like the one under the cursor", "setup", footer=True),
    _act("setup.remove", "backspace", "remove", "Take this column or input out", "setup", footer=True),
    _act("setup.blind", "b", "blind", "Hide and shuffle the sides until each verdict is given", "setup", footer=True),
    _act("setup.earlier", "L", "earlier", "Open a comparison that was begun earlier", "setup", footer=True),
    _act("version.compare", "c", "compare", "Compare the marked versions on the same inputs", "library"),
)
