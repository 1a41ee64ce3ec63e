"""Handing in a file on the page of a case, as somebody does who has the receipt code and a browser."""

import re
from pathlib import Path

import httpx
import pytest

from tests.portal.conftest import LARGEST_FILE, Visit
from tests.portal.test_portal import tab_to, violations

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 400


@pytest.fixture
def code(reading: httpx.Client) -> str:
    """Return the receipt code of a new complaint."""
    filed = reading.post("/complain", data={"agency": "rivertown", "narrative": "He took my phone."})
    (shown,) = re.findall(r'class="code">([^<]+)<', filed.text)
    return str(shown)


def sent(reading: httpx.Client, code: str, file: tuple[str, bytes], path: str = "/track/evidence") -> httpx.Response:
    """Send a file as a browser does: what belongs to it stands before it."""
    fields = {"agency": "rivertown", "code": code, "because": "It shows the street."}
    return reading.post(path, data=fields, files={"file": file})


def open_case(visit: Visit, code: str, path: str = "/track") -> None:
    visit.go(path)
    visit.page.select_option("#agency", "rivertown")
    visit.page.fill("#code", code)
    visit.page.press("#code", "Enter")
    visit.page.wait_for_selector("#file")


def test_a_file_is_handed_in_with_the_keyboard_and_listed(visit: Visit, code: str, tmp_path: Path) -> None:
    photo = tmp_path / "the \u201cstreet\u201d.png"
    photo.write_bytes(PNG)
    open_case(visit, code)
    assert violations(visit) == []
    tab_to(visit, "because")
    visit.page.keyboard.type("It shows the street.")
    tab_to(visit, "file")
    visit.page.set_input_files("#file", photo)  # what is chosen in the browser's own window, which no page sees
    tab_to(visit, "Send the file")
    visit.page.keyboard.press("Enter")

    visit.page.wait_for_selector("text=Done.")
    assert "the \u201cstreet\u201d.png PNG \u00b7 102.4 kB" in visit.page.inner_text("main")
    assert violations(visit) == []
    assert visit.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert code not in visit.page.url


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("run.exe", b"MZ\x00\x01", "By its content the file is of no type that is taken here."),
        ("empty.txt", b"", "The file is empty; nothing was kept."),
        ("a.jpg", PNG, "By its content the file is PNG, and its name does not end in .png; name it so."),
        ("../a.png", PNG, "The name of the file holds a path; give the name alone, such as photo.jpg."),
        ("a.txt", b"x" * (LARGEST_FILE + 1), "The file is larger than the 2000000 bytes that are taken;"),
        ("a.txt", b"x" * (2 * LARGEST_FILE), "The file is larger than the 2 MB that are taken, and nothing of it was"),
    ],
)
def test_a_file_that_is_not_taken_is_refused_in_a_sentence_on_the_page_of_the_case(
    reading: httpx.Client, code: str, name: str, content: bytes, refusal: str
) -> None:
    answer = sent(reading, code, (name, content))

    assert refusal in answer.text
    assert "You have handed in no file yet." in answer.text
    assert "Done." not in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_a_browser_sees_that_a_file_is_far_too_large(at_a_desk: Visit, code: str, tmp_path: Path) -> None:
    film = tmp_path / "film.txt"
    film.write_bytes(b"x" * 30 * LARGEST_FILE)
    open_case(at_a_desk, code)
    at_a_desk.page.set_input_files("#file", film)
    at_a_desk.page.click("text=Send the file")

    at_a_desk.page.wait_for_selector("[role=alert]:has-text('The file is larger than the 2 MB that are taken')")
    assert at_a_desk.page.locator("#file").count() == 1


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        (
            "run.exe",
            b"MZ\x00\x01",
            "de ningún tipo que se acepte aquí. Se aceptan PDF, DOCX, XLSX, ODT, JPEG,",
        ),
        ("a.jpg", PNG, "Por su contenido, el archivo es PNG, y su nombre no termina en .png; cámbiele el nombre."),
        ("../a.png", PNG, "El nombre del archivo contiene una ruta; dé solo el nombre, como foto.jpg."),
        (" ", PNG, "Elija un archivo; su nombre lleva de 1 a 200 caracteres, como foto.jpg."),
        ("a.txt", b"x" * (2 * LARGEST_FILE), "El archivo supera los 2 MB que se aceptan, y no se guardó nada de él."),
    ],
)
def test_a_file_is_refused_in_the_language_of_the_page(
    reading: httpx.Client, code: str, name: str, content: bytes, refusal: str
) -> None:
    assert refusal in sent(reading, code, (name, content), "/es/track/evidence").text


def test_the_same_file_is_taken_once(reading: httpx.Client, code: str) -> None:
    assert "Done." in sent(reading, code, ("a.png", PNG)).text
    again = sent(reading, code, ("b.png", PNG)).text
    assert "This very file was handed in on" in again
    assert again.count("102.4 kB") == 1


@pytest.mark.parametrize(
    ("end", "refusal"),
    [
        ("", "The form did not arrive whole; nothing of it was kept. Send it again."),
        ('\r\n--edge\r\nContent-Disposition: form-data; name="more"\r\n\r\nx', "Send a form (multipart/form-data)"),
    ],
)
def test_a_form_that_is_cut_off_or_goes_on_after_its_file_is_kept_nowhere(
    reading: httpx.Client, code: str, end: str, refusal: str
) -> None:
    head = '--edge\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n{}'
    fields = [("agency", "", "rivertown\r\n"), ("code", "", f"{code}\r\n"), ("file", '; filename="a.txt"', "I saw")]
    told = "".join(head.format(*field) for field in fields) + end
    kind = {"content-type": "multipart/form-data; boundary=edge"}

    answer = reading.post("/track/evidence", content=told, headers=kind).text

    assert refusal in answer
    assert "You have handed in no file yet." in answer


def test_a_file_with_a_code_that_opens_nothing_is_kept_nowhere(reading: httpx.Client) -> None:
    answer = sent(reading, "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA", ("a.png", PNG))

    assert answer.status_code == 404
    assert "No case opens with this receipt code; check it letter by letter." in answer.text


def test_what_is_no_form_with_a_file_is_refused(reading: httpx.Client) -> None:
    fields = {"agency": "rivertown", "code": "AAAA"}
    assert reading.post("/track/evidence", data=fields).status_code == 422
    assert (
        reading.post("/track/evidence", files={name: (None, value) for name, value in fields.items()}).status_code
        == 422
    )
    many = {f"field {number}": (None, "x") for number in range(30)}
    assert reading.post("/track/evidence", files=many).status_code == 422
