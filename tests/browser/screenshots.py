"""Pictures of the page: `make screenshots` writes them anew, with the shipped models and an example of the page."""

from __future__ import annotations

import argparse
import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests import pages
from tests.browser import chromium

FOLDER = Path(__file__).resolve().parent / "screenshots"
SIZES = ((1440, 1320), (390, 1800))
"""Width and height of the windows: a desk and a phone."""
_COLOURS = 64
"""Of the palette: paper, ink and a few signs need no more."""
_SECONDS = 60_000
"""To wait at most, in milliseconds."""


def take(page: Page, name: str, folder: Path) -> None:
    """One picture of what the window shows."""
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    # Without dithering flat areas stay flat: smaller, and equal from run to run.
    small = picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    small.save(folder / f"{name}.png", optimize=True)


def main(folder: Path = FOLDER) -> None:
    """All pictures: before and after reading, both sizes, light and dark."""
    folder.mkdir(parents=True, exist_ok=True)
    with pages.app() as address, chromium.browser() as browser:
        for width, height in SIZES:
            for scheme in ("light", "dark"):
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme="dark" if scheme == "dark" else "light"
                )
                page = context.new_page()
                page.goto(address)
                expect(page.locator("#kt-start")).to_be_visible(timeout=_SECONDS)
                page.set_viewport_size({"width": width, "height": min(height, 900)})
                page.wait_for_timeout(500)
                take(page, f"start-{width}-{scheme}", folder)
                page.set_viewport_size({"width": width, "height": height})
                page.get_by_role("button", name="Politics").click()
                expect(page.locator(".kt-facts")).to_be_visible(timeout=_SECONDS)
                page.locator("#de-5").hover()
                page.evaluate("window.scrollTo(0, 0)")
                page.wait_for_timeout(600)
                take(page, f"reading-{width}-{scheme}", folder)
                context.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    main(parser.parse_args().folder)
