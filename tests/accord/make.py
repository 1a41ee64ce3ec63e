"""What tests of the import are made of: an invented table and its mapping."""

import json
from collections.abc import Iterable
from typing import Any

from accord.importing.mapping import Mapping
from accord.importing.tables import Row, Table

HEADER = ("Case", "Line", "Received", "Closed", "Where", "Kind", "What", "Result")


def make_row(**over: str) -> dict[str, str]:
    """Return a row that holds up."""
    return {
        "Case": "A-1",
        "Line": "1",
        "Received": "03/02/2019",
        "Closed": "",
        "Where": "Ferry St / 2nd Ave",
        "Kind": "Citizen",
        "What": "Rude",
        "Result": "Unfounded",
        **over,
    }


def make_table(*rows: dict[str, str]) -> Table:
    """Return a table of these rows."""
    cells = (tuple(row[name] for name in HEADER) for row in rows)
    return Table(HEADER, tuple(Row(number, line) for number, line in enumerate(cells, start=2)))


def make_csv(*rows: dict[str, str]) -> str:
    """Return the text of a file with these rows."""
    lines = [HEADER, *([row[name] for name in HEADER] for row in rows)]
    return "".join(",".join(f'"{cell}"' for cell in line) + "\r\n" for line in lines)


def make_mapping(**over: Any) -> dict[str, Any]:
    """Return what a mapping file for such tables says."""
    return {
        "agency": "rivertown",
        "record_id": "Case",
        "row_id": "Line",
        "place": "Where",
        "only": {"Kind": "Citizen"},
        "received": {"column": "Received", "formats": ["%m/%d/%Y", "%Y-%m-%d"]},
        "closed": {"column": "Closed", "formats": ["%m/%d/%Y"]},
        "allegation": {
            "column": "What",
            "separator": ";",
            "takes": "gravest",
            "gravest_first": ["force", "discourtesy", "unspecified"],
            "categories": {"Force": "force", "Rude": "discourtesy", "Rude; Arrogant": "discourtesy", "": "unspecified"},
        },
        "finding": {
            "column": "Result",
            "words": {
                "Sustained": "sustained",
                "Unfounded": "unfounded",
                "Noted": "administratively closed",
                "Open": "pending",
            },
        },
        **over,
    }


def mapping(**over: Any) -> Mapping:
    """Return such a mapping, read."""
    return Mapping.model_validate(make_mapping(**over))


def as_toml(said: dict[str, Any], table: str = "") -> str:
    """Return a mapping as its file; values of JSON's kinds are written the same in TOML."""
    plain = {key: value for key, value in said.items() if not isinstance(value, dict)}
    inner = {key: value for key, value in said.items() if isinstance(value, dict)}
    lines = [f"[{table}]"] if table else []
    lines += [f"{json.dumps(key)} = {json.dumps(value)}" for key, value in plain.items()]
    return "\n".join([*lines, *_tables(inner, table)]) + "\n"


def _tables(inner: dict[str, Any], table: str) -> Iterable[str]:
    return (as_toml(value, f"{table}.{key}" if table else key) for key, value in inner.items())
