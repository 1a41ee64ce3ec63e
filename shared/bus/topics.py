"""Which topics there are, read from `deploy/topics.toml`: data that an operator can read and change."""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.bus import Topic

TOPICS = Path(__file__).parents[2] / "deploy" / "topics.toml"
"""The shipped file, in a checkout."""

_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9._-]{0,248}$")]


class TopicsError(Exception):
    """The topics file is missing or wrong; the message says where and what to do."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    partitions: int = Field(ge=1, le=1_000)
    retention_days: int | None = Field(None, ge=1)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    topics: dict[_Name, _Entry] = Field(min_length=1)


def read_topics(path: Path = TOPICS) -> tuple[Topic, ...]:
    """Return the topics that the file at `path` describes, in its order.

    Raises:
        TopicsError: the file cannot be read, is no TOML, or describes something that is no topic.
    """
    try:
        written = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise TopicsError(f"the topics file {path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TopicsError(f"the topics file {path} is not TOML: {error}") from error
    except ValidationError as error:
        complaints = "; ".join(f"{' > '.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise TopicsError(f"the topics file {path} is wrong: {complaints}") from error
    return tuple(Topic(name, entry.partitions, entry.retention_days) for name, entry in written.topics.items())
