from pathlib import Path

import pytest

from accord.importing.tables import Row, read_table
from accord.importing.words import ImportRefusedError


def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b'\xef\xbb\xbfCase, What \r\n1,"two\nlines"\r\n\r\n2,\r\n')

    table = read_table(path, ["Case", "What"])

    assert table.header == ("Case", "What")
    assert table.rows == (Row(2, ("1", "two\nlines")), Row(4, ("2", "")))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty; its first line should name the columns."),
        (b"\n\n", "is empty; its first line should name the columns."),
        ("Case,What\n1,Señor\n".encode("latin-1"), "holds the byte 0xf1: it is not UTF-8 text; save the table as CSV"),
        (b"Kase,Wot\n", "has no column 'Case', 'What'; it has Kase, Wot."),
        (b"Case,What,Case\n", "has two columns 'Case'; rename the one that is not meant."),
        (b'Case,What\n1,"never closed', "is no CSV from row 2 on (unexpected end of data): look for a quotation mark"),
        (b'Case,What\n1,a\n2,"' + b"x" * 200_000 + b'"\n', "is no CSV from row 3 on (field larger than field limit"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)

    with pytest.raises(ImportRefusedError) as refused:
        read_table(path, ["Case", "What"])
    assert str(refused.value).startswith(f"{path} {sentence}")


def test_a_folder_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(ImportRefusedError, match="cannot be read: Is a directory"):
        read_table(tmp_path, ["Case"])
