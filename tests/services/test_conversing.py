"""From a run to the next: replays, conversations, tool results, drafts, and what people say of a run."""

from __future__ import annotations

import pytest

from tests.support.fake_endpoint import WHOLE, FakeEndpoint
from tests.support.running import Prepare, events_of, text_of
from workbench.domain.deployments import DEFAULT_ENVIRONMENTS
from workbench.domain.prompts import Content, Message
from workbench.domain.runs import Failed, Finished, Reasoning, Refusal, Run, RunFilter, ToolCall
from workbench.errors import BadInput, NotFound, Refused, TemplateError, Unchanged
from workbench.services.library import Library
from workbench.services.past.history import History
from workbench.services.runs.calls import Prepared
from workbench.services.runs.conversing import Conversing, arguments_of
from workbench.services.runs.drafting import Drafting
from workbench.services.runs.rating import Rating
from workbench.services.runs.running import Running
from workbench.store import Store


@pytest.fixture
def drafting(store: Store) -> Drafting:
    return Drafting(store, DEFAULT_ENVIRONMENTS, "ana")


@pytest.fixture
def conversing(running: Running, library: Library, drafting: Drafting) -> Conversing:
    return Conversing(running, library, drafting)


async def run_of(running: Running, prepared: Prepared) -> Run:
    end = (await events_of(running, prepared))[-1]
    assert isinstance(end, Finished), end
    return end.run


async def test_a_conversation_is_one_chain(
    running: Running, prepare: Prepare, conversing: Conversing, fake: FakeEndpoint
) -> None:
    first = await run_of(running, prepare("talk"))
    assert (first.output, first.reasoning) == ("You said: Hi", "Hm. Hm. ")
    second = await run_of(running, conversing.go_on(first, "And {{this}}?"))
    assert second.output == "You said: And {{this}}?", "what is said in a conversation is no template"
    third = await run_of(running, conversing.go_on(second, "More"))
    assert [(m["role"], m["content"]) for m in fake.requests[-1].body["messages"]] == [
        ("system", "Greet Ana."),
        ("user", "Hi"),
        ("assistant", "You said: Hi"),
        ("user", "And {{this}}?"),
        ("assistant", "You said: And {{this}}?"),
        ("user", "More"),
    ]
    assert third.follows == second.id
    assert fake.requests[-1].body["temperature"] == 0.5
    assert [row.id for row in running.chain(second.id)] == [first.id, second.id, third.id]
    # A replay of an answer in the middle sends what it was sent, also on another version.
    again = conversing.replay(second)
    assert again.request.body == second.request.body
    other = running._store.versions.latest("demo/greet")
    assert conversing.replay(second, version=other).request.body["messages"][-1]["content"] == "And {{this}}?"


async def test_a_tool_call_is_answered_with_its_result(
    running: Running, prepare: Prepare, conversing: Conversing, fake: FakeEndpoint
) -> None:
    events = await events_of(running, prepare("tools"))
    calls = [event for event in events if isinstance(event, ToolCall)]
    # In one piece or in several: only what nobody has read yet is joined.
    assert ({c.index for c in calls}, "".join(c.name for c in calls)) == ({0}, "weather")
    assert "".join(c.arguments for c in calls) == '{"city": "Oslo"}'
    run = events[-1].run
    assert arguments_of(run.tool_calls[0]) == '{\n  "city": "Oslo"\n}'
    with pytest.raises(BadInput, match="calls tools"):
        conversing.go_on(run, "well?")
    with pytest.raises(BadInput, match="missing for weather"):
        conversing.answer_tools(run, {})
    with pytest.raises(BadInput) as caught:
        conversing.answer_tools(run, {"wether": "x"})
    assert caught.value.hint == "did you mean weather?"
    for key in ("weather", "call_1"):
        prepared = conversing.answer_tools(run, {key: "rain"}, model="fake/talk")
        assert (await run_of(running, prepared)).output == "You said: rain"
    sent = fake.requests[-1].body["messages"][-2:]
    assert sent[0]["tool_calls"][0]["function"]["name"] == "weather"
    assert sent[1] == {"role": "tool", "tool_call_id": "call_1", "content": "rain"}


async def test_thoughts_and_refusals_are_told_apart_from_the_answer(
    running: Running, prepare: Prepare, conversing: Conversing
) -> None:
    events = await events_of(running, prepare("talk"))
    assert "".join(event.text for event in events if isinstance(event, Reasoning)) == "Hm. Hm. "
    assert text_of(events) == "You said: Hi"
    events = await events_of(running, prepare("refusing"))
    assert "".join(event.text for event in events if isinstance(event, Refusal)) == "I will not."
    run = events[-1].run
    assert (run.status, run.output, run.refusal) == ("finished", "", "I will not.")
    assert conversing.go_on(run, "Please").request.body["messages"][-2]["content"] == "I will not."


async def test_an_answer_that_nobody_watches_is_not_streamed(
    running: Running, prepare: Prepare, fake: FakeEndpoint
) -> None:
    version = prepare().version
    for model, attempts in (("whole", 1), ("retry-now", 2)):
        prepared = running.prepare(version, {"who": "Ana"}, input="Hi", model=f"fake/{model}", stream=False)
        run = await run_of(running, prepared)
        assert (run.output, run.usage.output_tokens, run.finish_reason) == (WHOLE, 6, "stop")
        assert run.response.get("attempts", 1) == attempts
        assert run.first_token is None, "nothing came before the whole"
        assert "stream" not in fake.requests[-1].body
        assert running.run(run.id) == run


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("page", "a page instead"),
        ("error-whole", "the engine died"),
        ("500", "The server had an error"),
        ("401", "does not accept the key"),
        ("closed", "the connection broke"),
    ],
)
async def test_faults_of_whole_answers_are_told_apart(
    running: Running, prepare: Prepare, model: str, said: str
) -> None:
    version = prepare().version
    prepared = running.prepare(version, {"who": "Ana"}, model=f"fake/{model}", stream=False)
    failed = (await events_of(running, prepared))[-1]
    assert isinstance(failed, Failed)
    assert said in failed.message


@pytest.mark.parametrize(
    ("model", "name"),
    [("bad-temperature", "temperature"), ("bad-seed", "seed"), ("bad-max", "max_tokens"), ("bad-other", None)],
)
async def test_a_setting_that_a_model_refuses_is_named(
    running: Running, prepare: Prepare, model: str, name: str | None
) -> None:
    failed = (await events_of(running, prepare(model, max_tokens=50)))[-1]
    if name is None:
        assert "setting" not in failed.message
    else:
        assert f"refuses the setting {name} (400)" in failed.message
        assert f"{name}=null" in failed.hint


async def test_a_draft_is_run_and_tied_to_the_version_that_says_the_same(
    running: Running,
    prepare: Prepare,
    drafting: Drafting,
    conversing: Conversing,
    library: Library,
    store: Store,
) -> None:
    version = prepare().version
    content = Content((Message("system", "Greet {{who}} warmly."),))
    draft = drafting.keep("demo/greet", content, parent=version.number)
    assert (draft.number, draft.reference) == ("", f"demo/greet#{content.digest[:12]}")
    run = await run_of(running, running.prepare(draft, {"who": "Bo"}, model="fake/whole"))
    assert (run.number, run.digest, run.is_draft) == ("", content.digest, True)
    assert conversing.replay(run).request == run.request
    assert [row.number for row in library.versions("demo/greet")] == [version.number], "no version noise"
    assert drafting.get("demo/greet", content.digest[:10]).content == content
    saved = library.save("demo/greet", content)
    assert running.run(run.id).reference == saved.reference
    assert drafting.keep("demo/greet", content) == saved == drafting.get("demo/greet", content.digest)
    assert running.runs(wanted=RunFilter(drafts=True)) == []


async def test_a_draft_of_a_prompt_that_is_not_there_yet(
    running: Running, drafting: Drafting, library: Library, prepare: Prepare
) -> None:
    content = Content.of_text("Hi")
    draft = drafting.keep("demo/new", content)
    await run_of(running, running.prepare(draft, {}, input="x", model="fake/whole"))
    assert [row.name for row in library.prompts()] == ["demo/greet"]
    with pytest.raises(Refused, match="upper and lower"):
        drafting.keep("demo/NEW", content)
    with pytest.raises(TemplateError):
        drafting.keep("demo/new", Content.of_text("{{"))
    with pytest.raises(NotFound):
        drafting.get("demo/new", "0" * 12)
    saved = library.save("demo/new", content)
    assert [row.name for row in library.prompts()] == ["demo/greet", "demo/new"]
    assert [row.number for row in running.runs("demo/new")] == [saved.number]


def test_overrides_are_saved_as_a_new_version(prepare: Prepare, drafting: Drafting, library: Library) -> None:
    version = prepare().version
    saved = drafting.save_settings(version, {"temperature": 0.1, "seed": None, "top_p": 0.9}, note="colder")
    assert saved.content.settings == {"temperature": 0.1, "top_p": 0.9}
    assert (saved.parent, saved.note, saved.content.messages) == (version.number, "colder", version.content.messages)
    with pytest.raises(Unchanged):
        drafting.save_settings(saved, {"top_p": 0.9})


async def test_what_is_said_of_a_run_is_taken_back(running: Running, prepare: Prepare, store: Store) -> None:
    run = await run_of(running, prepare())
    rating, history = Rating(store, "ana"), History(store, DEFAULT_ENVIRONMENTS, "ana")
    rating.star(run.id)
    rating.rate(run.id, 5)
    rating.rate(run.id, None)
    rating.note(run.id, "odd")
    for bad in (0, 6, True):
        with pytest.raises(BadInput):
            rating.rate(run.id, bad)
    with pytest.raises(Unchanged):
        rating.star(run.id)
    with pytest.raises(NotFound):
        rating.star("nobody")
    history.undo()
    assert running.run(run.id).note == ""
    history.undo()
    assert running.run(run.id).rating == 5
    history.undo()
    history.undo()
    assert running.run(run.id) == run
    for _ in range(4):
        history.redo()
    marked = running.run(run.id)
    assert (marked.starred, marked.rating, marked.note) == (True, None, "odd")
