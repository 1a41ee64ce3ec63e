"""Which topics there are, and what is said about a file that is wrong."""

from pathlib import Path

import pytest

from shared.bus import Topic
from shared.bus.connect import bus_url, connect
from shared.bus.kafka import KafkaBus
from shared.bus.postgres import PostgresBus
from shared.bus.topics import TopicsError, read_topics
from shared.settings import Settings


def test_the_shipped_topics_are_those_of_the_house() -> None:
    cases = [f"accord.{service}" for service in ("complaints", "discipline", "recognition", "reconciliation")]
    assert read_topics() == (
        *(Topic(name, partitions=12, retention_days=90) for name in cases),
        Topic("accord.oversight", partitions=4, retention_days=None),
        Topic("accord.public", partitions=1, retention_days=None),
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[topics."Accord Public"]\npartitions = 1', "is wrong: topics > Accord Public > [key]: String should match"),
        ("[topics.public]\npartitions = 0", "is wrong: topics > public > partitions: Input should be greater than"),
        (
            '[topics.public]\npartitions = "4"',
            "is wrong: topics > public > partitions: Input should be a valid integer",
        ),
        ("[topics.public]\npartitions = 4\nkept = true", "is wrong: topics > public > kept: Extra inputs"),
        ("", "is wrong: topics: Field required"),
        ("[topics", "is not TOML: "),
    ],
)
def test_a_wrong_topics_file_is_answered_with_where_and_what(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "topics.toml"
    path.write_text(text)
    with pytest.raises(TopicsError) as refused:
        read_topics(path)
    assert str(refused.value).startswith(f"the topics file {path} {complaint}")


def test_a_missing_topics_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TopicsError, match=r"topics\.toml cannot be read: No such file or directory"):
        read_topics(tmp_path / "topics.toml")


def test_a_kafka_address_chooses_kafka_and_none_the_bus_in_postgresql() -> None:
    server = "postgresql://postgres:@/postgres?host=/run/data"
    assert isinstance(connect(Settings(kafka="kafka:9092", postgres=server)), KafkaBus)
    assert isinstance(connect(Settings(kafka="", postgres=server)), PostgresBus)


def test_the_bus_has_its_own_database_on_the_server() -> None:
    assert bus_url("postgresql://app:s%40crt@db:5433") == "postgresql://app:s%40crt@db:5433/accord_bus"
    assert bus_url("postgresql://postgres:@/postgres?host=/run/data").endswith("@/accord_bus?host=%2Frun%2Fdata")
