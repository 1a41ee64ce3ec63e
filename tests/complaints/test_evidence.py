"""Evidence is kept with its chain of custody, told of without names, and shown to whoever may see it."""

from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import text

from services.complaints.commands.evidence import MOST_BY_RECEIPT
from shared.actors import Role
from tests.complaints.conftest import COMPLAINTS, Desk
from tests.complaints.evidence import NAME, bring, brought, deposit, get, on_disk, read
from tests.files import FOREIGN, PDF, SMALL
from tests.rooms import outbox_of

SHA256 = sha256(PDF).hexdigest()


def test_evidence_is_kept_with_the_beginning_of_its_chain_of_custody(desk: Desk) -> None:
    complaint = desk.assigned()

    answer = bring(desk, complaint, desk.investigator, because="From the shop's camera.")

    assert answer.status_code == 201, answer.text
    file = answer.json()
    received = {key: file[key] for key in ("name", "kind", "media", "size", "sha256", "compelled")}
    assert received == {
        "name": NAME,
        "kind": "document",
        "media": "PDF",
        "size": len(PDF),
        "sha256": SHA256,
        "compelled": False,
    }
    (entry,) = file["custody"]
    assert entry.pop("at") == file["received_at"]
    assert entry == {
        "deed": "received",
        "by": str(desk.investigator.id),
        "roles": "investigator",
        "channel": "collected",
        "handed_to": None,
        "why": "From the shop's camera.",
    }


def test_evidence_is_told_of_by_kind_and_count_and_not_to_the_public(desk: Desk) -> None:
    complaint = desk.assigned()
    brought(desk, complaint)
    brought(desk, complaint, SMALL["photo.jpg"], name="photo.jpg")

    rows = [row for row in outbox_of(desk.house, "complaints", complaint["id"]) if "evidence" in row[2]]

    event = "complaint.evidence_added.v1"
    assert rows == [
        (4, "accord.complaints", event, {"kind": "document", "count": 1}),
        (4, "accord.oversight", event, {"kind": "document", "count": 1}),
        (5, "accord.complaints", event, {"kind": "image", "count": 2}),
        (5, "accord.oversight", event, {"kind": "image", "count": 2}),
    ]


def test_evidence_comes_back_as_an_attachment_and_every_reading_is_in_the_chain(desk: Desk) -> None:
    complaint = desk.assigned()
    file = brought(desk, complaint)

    answer = read(desk, complaint, file, desk.commander)
    read(desk, complaint, file, desk.investigator, handed_to="District Attorney")

    assert (answer.status_code, answer.content) == (200, PDF)
    shown = ("content-type", "content-disposition", "x-content-type-options", "content-security-policy")
    assert [answer.headers[name] for name in shown] == [
        "application/pdf",
        "attachment; filename*=UTF-8''report.pdf",
        "nosniff",
        "sandbox; default-src 'none'",
    ]
    chain = get(desk, complaint, f"evidence/{file['id']}", desk.commander).json()["custody"]
    told = [(entry["deed"], entry["by"], entry["handed_to"], entry["why"]) for entry in chain]
    assert told == [
        ("received", str(desk.investigator.id), None, ""),
        ("read", str(desk.commander.id), None, "To compare the times."),
        ("copied out", str(desk.investigator.id), "District Attorney", "To compare the times."),
    ]


def test_a_reading_without_a_reason_is_refused(desk: Desk) -> None:
    complaint = desk.assigned()

    answer = read(desk, complaint, brought(desk, complaint), desk.commander, because=" ")

    assert answer.status_code == 422


def test_every_reading_leaves_an_audit_row(desk: Desk) -> None:
    complaint = desk.assigned()
    file = brought(desk, complaint)
    read(desk, complaint, file, desk.commander)

    with desk.house.database("complaints") as database, database.engine.begin() as connection:
        connection.execute(text("select set_config('accord.agency', 'rivertown', true)"))
        rows = connection.execute(
            text("select deed, why from audit where case_id = :id and actor_id = :who order by id desc limit 1"),
            {"id": complaint["id"], "who": desk.commander.id},
        ).all()

    assert [tuple(row) for row in rows] == [("read evidence", "To compare the times.")]


@pytest.mark.parametrize("name", SMALL)
def test_every_type_that_is_taken_comes_back_as_it_was(desk: Desk, name: str) -> None:
    complaint = desk.assigned()
    file = brought(desk, complaint, SMALL[name], name=name)

    assert read(desk, complaint, file, desk.investigator).content == SMALL[name]
    assert file["name"] == name


def refused(desk: Desk, complaint: dict[str, Any], content: bytes, name: str = NAME, **said: str) -> tuple[int, str]:
    """Return the refusal of a file, of which nothing was kept."""
    before, told = on_disk(desk.house), outbox_of(desk.house, "complaints", complaint["id"])
    answer = bring(desk, complaint, desk.investigator, content, name, **said)
    assert answer.headers["content-type"] == "application/problem+json"
    assert on_disk(desk.house) == before
    assert outbox_of(desk.house, "complaints", complaint["id"]) == told
    return answer.status_code, answer.json()["detail"]


def test_a_wrong_type_under_a_right_name_is_refused(desk: Desk) -> None:
    said = "By its content the file is JPEG, and its name does not end in .jpg or .jpeg; name it so."
    assert refused(desk, desk.assigned(), SMALL["photo.jpg"], "report.pdf") == (422, said)


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_not_on_the_list_is_refused(desk: Desk, name: str) -> None:
    status, said = refused(desk, desk.assigned(), FOREIGN[name], "report.pdf")

    assert (status, said[:64]) == (422, "By its content the file is of no type that is taken here. Taken ")


def test_a_page_of_html_is_text_and_is_not_taken_as_a_page(desk: Desk) -> None:
    complaint = desk.assigned()
    page = b"<html><script>alert(1)</script></html>"

    assert refused(desk, complaint, page, "page.html")[0] == 422
    file = brought(desk, complaint, page, name="page.txt")
    assert read(desk, complaint, file, desk.investigator).headers["content-type"] == "text/plain; charset=utf-8"


def test_an_empty_file_is_refused(desk: Desk) -> None:
    assert refused(desk, desk.assigned(), b"") == (422, "The file is empty; nothing was kept.")


@pytest.mark.parametrize("name", ["../../etc/passwd.pdf", "a\\b.pdf", "re\u202eport.pdf", "x" * 200 + ".pdf"])
def test_a_name_that_is_none_is_refused(desk: Desk, name: str) -> None:
    assert refused(desk, desk.assigned(), PDF, name)[0] == 422


def test_the_same_file_is_refused_in_the_same_case_and_taken_in_another(desk: Desk) -> None:
    complaint = desk.assigned()
    on = brought(desk, complaint)["received_at"][:10]

    again = refused(desk, complaint, PDF, "another.pdf")

    assert again == (409, f"This very file was handed in on {on} (SHA-256 {SHA256}).")
    assert bring(desk, desk.assigned(), desk.investigator).status_code == 201


def test_a_request_that_is_sent_again_with_its_key_gets_the_first_answer(desk: Desk) -> None:
    complaint = desk.assigned()
    headers = {**desk.investigator.headers, "Idempotency-Key": "0123456789abcdef-" + complaint["id"]}
    where = f"{COMPLAINTS}/{complaint['id']}/evidence"

    def send(channel: str) -> Any:
        return desk.client.post(where, files={"file": (NAME, PDF)}, data={"channel": channel}, headers=headers)

    first, second, other = send("collected"), send("collected"), send("mail")

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert second.headers["etag"] == first.headers["etag"]
    assert other.status_code == 422
    assert other.json()["detail"].startswith("This Idempotency-Key was used for another request")
    assert len(get(desk, complaint, "evidence", desk.investigator).json()["evidence"]) == 1


WRONG_FORMS: list[tuple[dict[str, Any], str]] = [
    ({"json": {}}, "Send a form (multipart/form-data) with the file in its field 'file'."),
    ({"data": {"channel": "mail"}}, "Send a form (multipart/form-data) with the file in its field 'file'."),
    (
        {"files": {"picture": (NAME, PDF)}},
        "The field 'picture' of the form is one too many; send it once, and the file as 'file'.",
    ),
    ({"files": [("file", (NAME, PDF)), ("file", (NAME, PDF))]}, "The form holds two files; send each by itself."),
    ({"files": {"file": (NAME, PDF)}}, "The field 'channel' is missing."),
    (
        {"files": {"file": (NAME, PDF)}, "data": {"channel": "mail", "colour": "red"}},
        "The field 'colour' is not known here; leave it out.",
    ),
    (
        {"files": {"file": (NAME, PDF)}, "data": {"channel": "receipt code"}},
        "Only whoever holds the receipt code hands a file in with it; say how it came to you.",
    ),
    (
        {"files": {"file": (NAME, PDF)}, "data": {"channel": "mail", "because": "x" * 70_000}},
        "The fields of the form have more than 65536 bytes beside the file; shorten them.",
    ),
]


@pytest.mark.parametrize(("form", "sentence"), WRONG_FORMS)
def test_a_form_that_is_none_is_refused(desk: Desk, form: dict[str, Any], sentence: str) -> None:
    complaint, before = desk.assigned(), on_disk(desk.house)
    where = f"{COMPLAINTS}/{complaint['id']}/evidence"

    answer = desk.client.post(where, headers=dict(desk.investigator.headers), **form)

    assert (answer.status_code, answer.json()["detail"]) == (422, sentence)
    assert on_disk(desk.house) == before


def test_whoever_holds_the_receipt_code_hands_in_evidence_and_sees_only_that(desk: Desk) -> None:
    filed = desk.filed()
    bring(desk, filed, desk.intake, SMALL["photo.jpg"], "photo.jpg")

    answer = deposit(desk, filed["receipt_code"], because="I filmed it.")

    assert answer.status_code == 201, answer.text
    given = answer.json()
    assert {**given, "received_at": ""} == {
        "name": NAME,
        "media": "PDF",
        "size": len(PDF),
        "sha256": SHA256,
        "received_at": "",
    }
    listed = desk.client.get(f"{COMPLAINTS}/track/evidence", headers={"Receipt-Code": filed["receipt_code"]})
    assert listed.json() == {"deposits": [given]}
    staff = get(desk, filed, "evidence", desk.commander).json()["evidence"]
    entry = get(desk, filed, f"evidence/{staff[1]['id']}", desk.commander).json()["custody"][0]
    assert (entry["by"], entry["roles"], entry["channel"]) == (
        "00000000-0000-0000-0000-000000000000",
        "complainant",
        "receipt code",
    )


def test_a_wrong_receipt_code_is_refused_before_the_file_is_waited_for(desk: Desk) -> None:
    answer = deposit(desk, "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF")

    assert (answer.status_code, answer.json()["detail"]) == (
        404,
        "No case opens with this receipt code; check it letter by letter.",
    )


def test_one_receipt_code_brings_so_many_files_and_no_more(desk: Desk) -> None:
    code = desk.filed()["receipt_code"]
    for number in range(MOST_BY_RECEIPT):
        assert deposit(desk, code, f"{number}".encode(), "note.txt").status_code == 201

    answer = deposit(desk, code, SMALL["photo.jpg"], "photo.jpg")

    said = "50 files were handed in with this receipt code; ask the unit how to bring more to it."
    assert (answer.status_code, answer.json()["detail"]) == (409, said)


def test_a_decided_complaint_still_takes_evidence_and_a_withdrawn_one_does_not(desk: Desk) -> None:
    assert bring(desk, desk.decided(), desk.intake).status_code == 201
    withdrawn = desk.post(desk.classified(), "withdrawal", desk.intake, {"because": "They asked for it."})

    answer = bring(desk, withdrawn, desk.intake)

    assert answer.status_code == 409
    assert answer.json()["detail"].startswith("A complaint that is withdrawn cannot be taken through")


def test_whoever_may_not_see_a_complaint_does_not_learn_of_its_evidence(desk: Desk) -> None:
    complaint = desk.assigned()
    file = brought(desk, complaint)
    strangers = (desk.house.person(Role.INVESTIGATOR), desk.house.person(Role.COMMANDER, id=desk.officer_id))

    for stranger in strangers:
        assert bring(desk, complaint, stranger).status_code == 404
        assert get(desk, complaint, "evidence", stranger).status_code == 404
        assert read(desk, complaint, file, stranger).status_code == 404
    assert bring(desk, complaint, desk.house.person(Role.OFFICER)).status_code == 403
    assert read(desk, complaint, file, desk.house.person(Role.LIAISON)).status_code == 403


def test_a_file_is_found_only_in_its_own_case(desk: Desk) -> None:
    file = brought(desk, desk.assigned())

    answer = read(desk, desk.assigned(), file, desk.commander)

    assert (answer.status_code, answer.json()["detail"]) == (404, "There is no such file in this case.")
