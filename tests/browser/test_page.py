"""The page as a reader has it: headless Chromium on app.py with the shipped models, and on a page full of doubts."""

from __future__ import annotations

import json
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("gradio")

from playwright.sync_api import Browser, Page, Request, expect

from tests import pages
from tests.browser import chromium
from tests.browser.contrast import faint_texts

pytestmark = [
    pytest.mark.browser,
    pytest.mark.weights,
    pytest.mark.skipif(chromium.find() is None and not os.environ.get("CI"), reason=chromium.MISSING),
]
ARTICLE = """Der Rat baut

Der Stadtrat hat am Mittwoch den Bau einer Straßenbahn beschlossen. Sie kostet 186 Millionen Euro.

Die Opposition ist dagegen. „Das ist zu teuer“, sagte ihr Sprecher.
"""
HOSTILE = """<script>document.title='harm'</script> ist ein Satz. <img src=x onerror="document.title='harm'"> auch.

<a href="javascript:document.title='harm'">Klick</a> und {{constructor}} und ${document.title='harm'} sind welche."""
SECONDS = 60_000
"""To wait at most, in milliseconds: a machine that trains at the same time is slow."""
expect.set_options(timeout=SECONDS)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with pages.app() as place:
        yield place


@pytest.fixture(scope="module")
def doubtful_address() -> Iterator[str]:
    with pages.doubtful_page(0.1) as place:
        yield place


def opened(browser: Browser, address: str, *, width: int = 1440, scheme: str = "light") -> Iterator[Page]:
    """A page that asks nothing of any other host and whose scripts do not fail."""
    strangers: list[str] = []
    failures: list[str] = []

    def watch(request: Request) -> None:
        if not request.url.startswith((address, "data:", "blob:")):
            strangers.append(request.url)

    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = context.new_page()
    page.set_default_timeout(SECONDS)
    page.on("request", watch)
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.goto(address)
    expect(page.locator("#kt-start")).to_be_visible(timeout=SECONDS)
    yield page
    context.close()
    assert not strangers
    assert not failures


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    yield from opened(browser, address)


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    yield from opened(browser, address, width=390)


@pytest.fixture
def doubtful(browser: Browser, doubtful_address: str) -> Iterator[Page]:
    yield from opened(browser, doubtful_address)


def read(page: Page, text: str) -> None:
    """Paste a text, have it read with Ctrl+Enter, and wait for its digest."""
    page.locator("#kt-source textarea").fill(text)
    page.locator("#kt-source textarea").press("Control+Enter")
    expect(page.locator(".kt-facts")).to_be_visible(timeout=SECONDS)


def choose(page: Page, path: Path) -> None:
    """Upload a file."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file").click()
    chooser.value.set_files(path)


def lit(page: Page) -> list[str]:
    return [str(each.get_attribute("id")) for each in page.locator(".kt-lit").all()]


def test_a_pasted_article_is_read(page: Page) -> None:
    read(page, ARTICLE)
    expect(page.locator(".kt-en .kt-s")).to_have_count(5)
    expect(page.locator(".kt-de .kt-s")).to_have_count(5)
    assert "186" in page.locator("#en-2").inner_text()
    assert page.locator("#de-2").inner_text() == "Sie kostet 186 Millionen Euro."
    assert page.locator("p.kt-en").first.get_attribute("lang") == "en"
    assert page.locator("p.kt-de").first.get_attribute("lang") == "de"
    expect(page.locator(".kt-gist h1")).not_to_be_empty()
    facts = page.locator(".kt-facts").inner_text()
    assert "5 of 5 sentences translated" in facts
    assert "translator-de-en" in facts
    expect(page.locator(".kt-headline")).to_have_count(1)


def test_partners_light_up_on_hover_tap_and_keys(page: Page) -> None:
    read(page, ARTICLE)
    page.locator("#de-3").hover()
    assert lit(page) == ["en-3", "de-3"]
    page.locator("#kt-tools h2").hover()
    assert lit(page) == []
    page.locator("#en-1").click()
    page.locator("#kt-tools h2").hover()
    assert lit(page) == ["en-1", "de-1"]
    page.keyboard.press("Escape")
    assert lit(page) == []
    page.locator("#en-1").focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.id") == "en-2"
    assert lit(page) == ["en-2", "de-2"]
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "de-2"
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == "de-1"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.id") == "en-1"


def test_the_summary_leads_to_its_evidence(page: Page) -> None:
    read(page, ARTICLE)
    link = page.locator(".kt-evidence").last
    index = link.get_attribute("data-evidence")
    link.hover()
    assert lit(page) == [f"en-{index}", f"de-{index}"]
    link.click()
    page.wait_for_function("index => document.activeElement.id === `en-${index}`", arg=index)
    expect(page.locator(f"#en-{index}")).to_be_in_viewport()


def test_the_summary_has_a_length(page: Page) -> None:
    read(page, ARTICLE)
    page.get_by_label("Short", exact=True).check()
    expect(page.locator(".kt-summary li")).to_have_count(1, timeout=SECONDS)


def test_topics_are_bars_and_can_be_edited(page: Page) -> None:
    read(page, ARTICLE)
    expect(page.locator(".kt-bar").first.locator(".kt-score")).to_have_text(re.compile(r"0\.\d\d"))
    assert "none of these" in page.locator(".kt-topics").inner_text()
    page.get_by_role("button", name="Edit the topics").click()
    field = page.locator("#kt-labels input")
    field.fill("<b>trams</b> {{x}}")
    field.press("Enter")
    expect(page.locator(".kt-topics")).to_contain_text("<b>trams</b> {{x}}", timeout=SECONDS)


def test_english_only(page: Page) -> None:
    read(page, ARTICLE)
    switch = page.get_by_role("switch", name="English only")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(page.locator(".kt-de").first).to_be_hidden()
    switch.click()
    expect(page.locator(".kt-de").first).to_be_visible()


def test_copies_and_quotations(page: Page) -> None:
    read(page, ARTICLE)
    page.get_by_role("button", name="Copy the English").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.count("\n\n") == 2
    assert page.locator("#en-2").inner_text() in copied
    expect(page.get_by_role("button", name="Quote the selection")).to_be_disabled()
    page.locator("#en-2").select_text()
    page.get_by_role("button", name="Quote the selection").click()
    expect(page.locator(".kt-quote")).to_contain_text("sentence 3 of 5", timeout=SECONDS)
    page.get_by_role("button", name="Copy the quotation").click()
    expect(page.locator(".kt-quote [data-copy]")).to_have_text("Copied")
    cited = page.evaluate("navigator.clipboard.readText()")
    assert "German: Sie kostet 186 Millionen Euro." in cited
    assert "translator-de-en" in cited


def test_downloads_open(page: Page, browser: Browser, tmp_path: Path) -> None:
    read(page, ARTICLE)
    made: dict[str, Path] = {}
    for name in ("Markdown", "Web page", "Word", "JSON"):
        with page.expect_download(timeout=SECONDS) as download:
            page.get_by_role("button", name=name, exact=True).click()
        made[name] = tmp_path / download.value.suggested_filename
        download.value.save_as(made[name])
    assert "186" in made["Markdown"].read_text(encoding="utf-8")
    assert json.loads(made["JSON"].read_text(encoding="utf-8"))["coverage"]["sentences"] == 5
    assert "word/document.xml" in zipfile.ZipFile(made["Word"]).namelist()
    file = browser.new_page()
    file.goto(made["Web page"].as_uri())
    assert "Sie kostet 186 Millionen Euro." in file.locator("body").inner_text()
    file.close()


def test_files_are_read(page: Page, tmp_path: Path) -> None:
    article = tmp_path / "<img src=x onerror=alert(1)>.html"
    paragraphs = "".join(f"<p>{line}</p>" for line in ARTICLE.split("\n\n"))
    article.write_text(f"<html><body><article>{paragraphs * 3}</article></body></html>", encoding="utf-8")
    choose(page, article)
    expect(page.locator("#kt-source textarea")).to_have_value(re.compile("186 Millionen"), timeout=SECONDS)
    expect(page.locator("#kt-from-file")).to_contain_text("From")
    expect(page.locator("#kt-count")).not_to_have_text(re.compile("^0 "))
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#kt-source textarea")).to_have_value("")
    bad = tmp_path / "kaputt.pdf"
    bad.write_bytes(b"%PDF-1.7 nothing")
    choose(page, bad)
    expect(page.get_by_role("alert")).to_contain_text("kaputt.pdf", timeout=SECONDS)


def test_an_example_and_the_list_of_articles(page: Page) -> None:
    page.get_by_role("button", name="Economy").click()
    expect(page.locator(".kt-facts")).to_be_visible(timeout=SECONDS)
    first = page.locator(".kt-gist h1").inner_text()
    page.get_by_role("button", name="New article").click()
    read(page, ARTICLE)
    expect(page.locator("[data-open]")).to_have_count(2)
    page.locator("[data-open]").last.click()
    expect(page.locator(".kt-gist h1")).to_have_text(first, timeout=SECONDS)


def test_the_clean_up_is_shown(page: Page) -> None:
    read(page, "Der Stadtrat hat den Bau der Stra-\nßenbahn beschlossen.\n\nFoto: Jemand/dpa\n")
    page.get_by_text("Cleaned up").click()
    assert "picture credit" in page.locator("#kt-trust").inner_text()
    assert "Straßenbahn" in page.locator("#de-0").inner_text()


def test_an_error_is_a_sentence(page: Page) -> None:
    page.locator("#kt-start").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no text yet", timeout=SECONDS)
    expect(page.locator("#kt-source textarea")).to_be_visible()


def test_what_was_typed_stays_text(page: Page) -> None:
    title = page.title()
    read(page, HOSTILE)
    page.wait_for_timeout(300)
    assert page.title() == title
    assert page.locator("#kt-reading script, #kt-reading img, #kt-reading a[href^=javascript]").count() == 0
    assert "{{constructor}}" in page.locator(".kt-de").last.inner_text()
    assert "<script>" in page.locator(".kt-de").first.inner_text()


def test_doubts_have_signs_a_legend_and_reasons_for_the_keyboard(doubtful: Page) -> None:
    read(doubtful, ARTICLE)
    expect(doubtful.locator("#kt-trust")).to_contain_text("1 of 5 sentences deserves a check")
    sign = doubtful.locator(".kt-article .kt-sign")
    expect(sign).to_have_count(1)
    assert sign.inner_text().replace(" ", "") == "#?"
    assert doubtful.locator("#en-2").evaluate("e => getComputedStyle(e).textDecorationStyle") == "wavy"
    doubtful.get_by_role("button", name="Go to the next one").click()
    expect(sign).to_be_focused()
    expect(doubtful.locator("#tip-2")).to_be_visible()
    assert "German “186”, English “many”" in doubtful.locator("#tip-2").inner_text()
    assert lit(doubtful) == ["en-2", "de-2"]
    expect(doubtful.locator("#de-2 .kt-differs")).to_have_text("186")
    doubtful.get_by_text("What the signs mean").click()
    expect(doubtful.locator("#kt-trust")).to_contain_text("the model was unsure of its words")
    expect(doubtful.locator(".kt-claim.kt-grave")).to_have_count(1)


def test_sentences_come_one_after_the_other_and_can_be_stopped(doubtful: Page) -> None:
    doubtful.locator("#kt-source textarea").fill(" ".join(f"Dies ist der Satz Nummer {n}." for n in range(300)))
    doubtful.locator("#kt-start").click()
    expect(doubtful.locator(".kt-en .kt-s").first).to_be_visible()
    assert doubtful.locator(".kt-waiting").count() > 0
    bar = doubtful.get_by_role("progressbar")
    assert 0 < int(bar.get_attribute("aria-valuenow") or 0) < 300
    doubtful.get_by_role("button", name="Stop").click()
    expect(doubtful.locator(".kt-status")).to_contain_text(re.compile(r"Stopped: \d+ of 300"), timeout=SECONDS)
    expect(doubtful.get_by_role("button", name="Stop")).to_be_hidden()
    stopped = doubtful.locator(".kt-en .kt-s").count()
    doubtful.wait_for_timeout(4000)
    assert doubtful.locator(".kt-en .kt-s").count() == stopped < 300
    doubtful.get_by_role("button", name="New article").click()
    read(doubtful, ARTICLE)


def test_focus_pin_selection_and_notes_stay_while_the_article_grows(doubtful: Page) -> None:
    doubtful.locator("#kt-source textarea").fill(" ".join(f"Dies ist der Satz Nummer {n}." for n in range(300)))
    doubtful.locator("#kt-start").click()
    expect(doubtful.locator("#en-2")).to_be_visible()
    doubtful.get_by_text("What the signs mean").click()
    doubtful.locator("#en-1").click()
    doubtful.locator("#sign-2").focus()
    doubtful.evaluate(
        "getSelection().setBaseAndExtent(document.querySelector('#de-0').firstChild, 5, "
        "document.querySelector('#de-1').firstChild, 4)"
    )
    before = doubtful.evaluate("getSelection().toString()")
    so_far = doubtful.locator(".kt-en .kt-s").count()
    expect(doubtful.locator(f"#en-{so_far}")).to_be_attached()
    assert doubtful.evaluate("document.activeElement.id") == "sign-2"
    expect(doubtful.locator("#tip-2")).to_be_visible()
    assert doubtful.evaluate("getSelection().toString()") == before
    assert lit(doubtful) == ["en-1", "de-1"]
    expect(doubtful.locator(".kt-trust details")).to_have_attribute("open", "")
    doubtful.get_by_role("button", name="Stop").click()


def test_a_text_that_is_too_long_is_not_cut_in_silence(page: Page) -> None:
    page.locator("#kt-source textarea").focus()
    page.keyboard.insert_text("Satz. " * 8_400)
    page.locator("#kt-start").click()
    expect(page.get_by_role("alert")).to_contain_text("50,400 characters", timeout=SECONDS)


def test_two_readers_have_their_own_articles(browser: Browser, address: str) -> None:
    (one,), (other,) = [[next(iter_)] for iter_ in (opened(browser, address), opened(browser, address))]
    one.locator("#kt-source textarea").fill("Der erste Leser liest von 111 Euro.")
    other.locator("#kt-source textarea").fill("Der andere Leser liest von 222 Euro.")
    one.locator("#kt-start").click()
    other.locator("#kt-start").click()
    for page, mine, others in ((one, "111", "222"), (other, "222", "111")):
        expect(page.locator(".kt-facts")).to_be_visible(timeout=SECONDS)
        assert mine in page.locator("#kt-reading").inner_text()
        assert others not in page.locator("#kt-reading").inner_text()
        assert page.locator("[data-open]").count() == 1
        page.context.close()


def test_on_a_phone_paragraphs_are_stacked(phone: Page) -> None:
    read(phone, ARTICLE)
    english, german = phone.locator(".kt-en").nth(1).bounding_box(), phone.locator(".kt-de").nth(1).bounding_box()
    assert english is not None
    assert german is not None
    assert german["y"] >= english["y"] + english["height"]


@pytest.mark.parametrize("width", [360, 768, 1920])
def test_nothing_scrolls_sideways(browser: Browser, address: str, width: int) -> None:
    for page in opened(browser, address, width=width):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        read(page, f"{ARTICLE}\n{'Donaudampfschifffahrt' * 8} ist ein langes Wort.")
        page.get_by_role("button", name="Settings").click()
        page.get_by_role("button", name="Edit the topics").click()
        page.wait_for_timeout(500)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out_from_their_ground(browser: Browser, doubtful_address: str, scheme: str) -> None:
    for page in opened(browser, doubtful_address, scheme=scheme):
        assert faint_texts(page) == []
        page.get_by_role("button", name="Settings").click()
        read(page, ARTICLE)
        page.get_by_text("What the signs mean").click()
        page.locator("#de-2").hover()
        page.wait_for_timeout(400)
        assert faint_texts(page) == []


def test_everything_that_can_be_used_has_a_name(page: Page) -> None:
    read(page, ARTICLE)
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="Edit the topics").click()
    nameless = page.evaluate(
        """() => Array.from(document.querySelectorAll("button, input, textarea, select, [role=switch]"))
        .filter((e) => e.checkVisibility() && e.type !== "file")
        .filter((e) => !(e.innerText || e.getAttribute("aria-label") || e.getAttribute("aria-labelledby")
            || e.title || (e.labels && e.labels.length)))
        .map((e) => e.outerHTML.slice(0, 200))"""
    )
    assert nameless == []
    assert page.evaluate("document.documentElement.lang") == "en"
