"""Texts of a page that do not stand out enough from what lies behind them (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

from playwright.sync_api import Page

LEAST = 4.5
"""Of the ratio of luminances, for text of ordinary size."""

# Relative luminance and ratio as in https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio; a transparent ground is looked
# through, down to the page.
_FIND = """(least) => {
  const parse = (colour) => {
    const [r, g, b, a] = (colour.match(/[\\d.]+/g) || []).map(Number);
    return { r, g, b, a: a === undefined ? 1 : a };
  };
  const over = (top, under) => ({
    r: top.r * top.a + under.r * (1 - top.a),
    g: top.g * top.a + under.g * (1 - top.a),
    b: top.b * top.a + under.b * (1 - top.a),
    a: 1,
  });
  const luminance = ({ r, g, b }) => {
    const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      layers.push(colour);
      if (colour.a === 1) break;
    }
    return layers.reverse().reduce((under, top) => over(top, under), { r: 255, g: 255, b: 255, a: 1 });
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const element = walker.currentNode.parentElement;
    if (!text || !element.checkVisibility({ visibilityProperty: true })) continue;
    if (element.closest(".kt-hidden, :disabled")) continue;
    if (["SCRIPT", "STYLE", "NOSCRIPT"].includes(element.tagName)) continue;
    const box = element.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) continue;
    const under = ground(element);
    const [a, b] = [luminance(over(parse(getComputedStyle(element).color), under)), luminance(under)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < least) faint.push(`${text.slice(0, 40)} (${element.className}): ${ratio.toFixed(2)}`);
  }
  return faint;
}"""


def faint_texts(page: Page) -> list[str]:
    """Every visible text below `LEAST`, with its ratio."""
    found: list[str] = page.evaluate(_FIND, LEAST)
    return found
