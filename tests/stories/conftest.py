"""Makes each story two tests: played in order, and with every webhook sent twice, late and shuffled.

Never does: know what is in a story.
"""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.simulator.stories import Story, StoryFault, play_story, read_story


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Every .txt in this folder is a story."""
    if file_path.suffix == ".txt" and file_path.parent == Path(__file__).parent:
        return StoryFile.from_parent(parent, path=file_path)
    return None


class StoryFile(pytest.File):
    """One file, one story."""

    def collect(self) -> Iterator["StoryItem"]:
        story = read_story(self.path)
        name = story.title or self.path.stem
        yield StoryItem.from_parent(self, name=name, story=story, disorder=False)
        yield StoryItem.from_parent(self, name=f"{name} (all webhooks twice and shuffled)", story=story, disorder=True)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:  # type: ignore[override]
        return str(excinfo.value) if isinstance(excinfo.value, StoryFault) else str(super().repr_failure(excinfo))


class StoryItem(pytest.Item):
    """A story as a test."""

    def __init__(self, *, story: Story, disorder: bool, **rest: object) -> None:
        super().__init__(**rest)  # type: ignore[arg-type]
        self.story = story
        self.terms = {"duplicates": True, "shuffle": random.Random(self.path.stem)} if disorder else {}

    def runtest(self) -> None:
        from tests.stories.world import a_world  # a broken application fails the stories, not their collection

        with a_world(**self.terms) as world:
            play_story(self.story, world)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:  # type: ignore[override]
        return str(excinfo.value) if isinstance(excinfo.value, StoryFault) else str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name
