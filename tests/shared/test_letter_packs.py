"""Letters are there in every language, and no blank of theirs is left open."""

import shutil
from pathlib import Path

import pytest

from shared.errors import Malformed
from shared.letters import Printed, filled
from shared.policy import SHIPPED, Policy, WrongPackError
from shared.policy.letters import FROM_THE_CASE, TONGUES, Template, Tongue

PACKS = {rules.agency.letters: rules.letters for rules in Policy.read().agencies.values()}
LETTERS = [pytest.param(one, id=f"{pack}-{code}") for pack, of in PACKS.items() for code, one in of.letters.items()]
CASE = {blank: f"[{blank}]" for blank in FROM_THE_CASE}


@pytest.mark.parametrize("tongue", TONGUES)
@pytest.mark.parametrize("template", LETTERS)
def test_every_blank_of_every_letter_is_filled_in_every_language(template: Template, tongue: Tongue) -> None:
    subject, body = filled(template, tongue, CASE, dict.fromkeys(template.asks, "{number} {nothing}"))

    for blank in template.wording[tongue].blanks:
        said = "{number} {nothing}" if blank in template.asks else f"[{blank}]"
        assert said in subject + body
    assert body.replace("{number} {nothing}", "").count("{") == 0


@pytest.mark.parametrize("template", LETTERS)
def test_a_letter_says_the_same_in_every_language(template: Template) -> None:
    assert template.wording["en"].blanks == template.wording["es"].blanks


def test_what_whoever_drafts_has_to_fill_in_is_asked_for() -> None:
    update = PACKS["plain"].letters["update"]

    with pytest.raises(Malformed, match=r"^This letter has the blank 'news'; say what stands there\.$"):
        filled(update, "en", CASE, {})
    with pytest.raises(Malformed, match=r"^This letter has no blank 'number' to fill in; there is: news\.$"):
        filled(update, "en", CASE, {"news": "x", "number": "C2026-000001"})


WRONG = {
    "a blank that nobody fills": ("{news}", "{news} {mayor}", "nobody fills the blank 'mayor' (en)"),
    "a blank that reaches into the program": ("{news}", "{news.__class__}", "a blank is a name in braces"),
    "an open brace": ("{news}", "{news", "letters.update"),
    "a question without a blank": (
        'asks = ["news"]',
        'asks = ["news", "mood"]',
        "'mood' is asked for and stands nowhere",
    ),
    "a duty that there is not": ('keeps = "updated"', 'keeps = "flattered"', "letters.update.keeps"),
    "a language that is missing": ("[letters.update.wording.es]", "[letters.update.wording.fr]", "wording.fr"),
    "an outcome without words": ('exonerated = "exonerada', 'vindicated = "exonerada', "outcomes.es"),
}


@pytest.mark.parametrize("name", WRONG)
def test_letters_that_do_not_hold_up_are_refused_at_the_start(name: str, tmp_path: Path) -> None:
    before, after, said = WRONG[name]
    packs = Path(shutil.copytree(SHIPPED, tmp_path / "packs"))
    file = packs / "letters" / "plain.toml"
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")

    with pytest.raises(WrongPackError) as wrong:
        Policy.read(packs)

    assert said in str(wrong.value)


def test_a_printed_letter_is_text_whatever_stands_in_it() -> None:
    page = Printed("update", "es", "<b>Ana</b>\nשלם", "{x}", "<script>alert('1')</script>").page()

    assert "<script>" not in page
    assert "&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt;" in page
    assert '<html lang="es">' in page
    assert '<address dir="auto">&lt;b&gt;Ana&lt;/b&gt;\nשלם</address>' in page
    assert "{x}" in page
