// The page's own behaviour: partners light up, links lead to their evidence, text is counted and copied.
// Events are caught on the document, so that they go on working while the article is still being written.
(() => {
  "use strict";

  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const within = (event, selector) =>
    event.target instanceof Element ? event.target.closest(selector) : null;

  // --- Partners: a sentence, its partner in the other language, and the evidence of a sentence of the summary.

  let pinned = null;

  const light = (indices) => {
    const wanted = new Set(indices);
    for (const sentence of all(".kt-s")) {
      sentence.classList.toggle("kt-lit", wanted.has(sentence.dataset.segment));
    }
  };
  const indicesOf = (element) =>
    element.dataset.segment !== undefined
      ? [element.dataset.segment]
      : element.dataset.evidence !== undefined
        ? [element.dataset.evidence]
        : (element.dataset.restsOn || "").split(" ").filter(Boolean);
  const LIGHTS = "[data-segment], [data-evidence], [data-rests-on]";

  document.addEventListener("mouseover", (event) => {
    const element = within(event, LIGHTS);
    if (element) light(indicesOf(element));
    else if (pinned) light(pinned);
    else light([]);
  });
  document.addEventListener("focusin", (event) => {
    const element = within(event, LIGHTS);
    if (element) light(indicesOf(element));
  });
  document.addEventListener("click", (event) => {
    const sentence = within(event, ".kt-s");
    if (sentence && String(window.getSelection()) === "") {
      pinned = pinned && pinned[0] === sentence.dataset.segment ? null : [sentence.dataset.segment];
      light(pinned || []);
    } else if (!within(event, LIGHTS)) {
      pinned = null;
    }
  });

  // --- The article is written anew while it grows: focus, pin, selection and opened notes stay as they were.

  const PLACES = "#kt-article, #kt-trust";
  const OPENING = "#kt-start, .kt-example, #kt-back, [data-open]";
  let focused = null; // a selector of what has the focus within these places
  let marked = null; // both ends of the selection, as a sentence and a number of characters
  const opened = new Set(); // notes, by their title

  const selectorOf = (element) => {
    if (element.id) return `#${element.id}`;
    if (element.matches("[data-next-doubt]")) return "[data-next-doubt]";
    return element.matches(".kt-trust summary") ? ".kt-trust summary" : null;
  };
  document.addEventListener("focusin", (event) => {
    focused = within(event, PLACES) ? selectorOf(event.target) : null;
  });
  document.addEventListener("focusout", (event) => {
    // Left by the reader, not taken away with its element.
    window.setTimeout(() => {
      if (event.target.isConnected && document.activeElement === document.body) focused = null;
    });
  });
  document.addEventListener(
    "toggle",
    (event) => {
      if (!within(event, PLACES)) return;
      const title = event.target.querySelector("summary").textContent;
      if (event.target.open) opened.add(title);
      else opened.delete(title);
    },
    true, // it does not bubble
  );
  const endOf = (node, offset) => {
    const element = node instanceof Element ? node : node && node.parentElement;
    const sentence = element && element.closest(".kt-article .kt-s");
    if (!sentence) return null;
    const before = document.createRange();
    before.setStart(sentence, 0);
    before.setEnd(node, offset);
    return { id: sentence.id, offset: before.toString().length };
  };
  const placeOf = ({ id, offset }) => {
    const sentence = document.getElementById(id);
    if (!sentence) return null;
    const texts = document.createTreeWalker(sentence, NodeFilter.SHOW_TEXT);
    let left = offset;
    while (texts.nextNode()) {
      if (left <= texts.currentNode.length) return [texts.currentNode, left];
      left -= texts.currentNode.length;
    }
    return null;
  };
  document.addEventListener("selectionchange", () => {
    const { anchorNode, anchorOffset, focusNode, focusOffset, isCollapsed } = window.getSelection();
    const ends = isCollapsed ? [] : [endOf(anchorNode, anchorOffset), endOf(focusNode, focusOffset)];
    marked = ends.length && ends.every(Boolean) ? ends : null;
  });
  const restore = () => {
    for (const note of all("#kt-trust details")) {
      if (opened.has(note.querySelector("summary").textContent)) note.open = true;
    }
    const wasFocused = focused && document.activeElement === document.body && document.querySelector(focused);
    if (wasFocused) {
      if (wasFocused.matches(".kt-en .kt-s")) stopAt(wasFocused);
      wasFocused.focus({ preventScroll: true });
    }
    if (marked && window.getSelection().isCollapsed) {
      const [start, end] = marked.map(placeOf);
      if (start && end) window.getSelection().setBaseAndExtent(...start, ...end);
    }
    if (pinned) light(pinned);
  };
  new MutationObserver((changes) => {
    if (changes.some(({ target }) => target instanceof Element && target.closest(PLACES))) restore();
  }).observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener("click", (event) => {
    if (!within(event, OPENING)) return;
    pinned = null;
    marked = null;
    lastDoubt = -1;
    opened.clear();
  });

  const goTo = (index) => {
    const sentence = document.getElementById(`en-${index}`);
    if (!sentence) return;
    const isCalm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    sentence.scrollIntoView({ behavior: isCalm ? "auto" : "smooth", block: "center" });
    stopAt(sentence);
    sentence.focus({ preventScroll: true });
    pinned = [String(index)];
    light(pinned);
  };
  document.addEventListener("click", (event) => {
    const link = within(event, "a[data-evidence]");
    if (!link) return;
    event.preventDefault();
    goTo(link.dataset.evidence);
  });

  // --- Keys: up and down go from sentence to sentence, left and right to its partner; all are one stop of the Tab key.
  // Escape lets go.

  const stopAt = (sentence) => {
    for (const other of all(".kt-en .kt-s[tabindex='0']")) other.tabIndex = -1;
    sentence.tabIndex = 0;
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && within(event, "#kt-source")) {
      event.preventDefault();
      const start = document.querySelector("#kt-start");
      if (start) start.click();
      return;
    }
    if (event.key === "Escape") {
      pinned = null;
      light([]);
      if (within(event, ".kt-sign")) event.target.blur();
      return;
    }
    const sentence = within(event, ".kt-article .kt-s");
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    const partners = { ArrowLeft: "en", ArrowRight: "de" };
    if (!sentence) return;
    let next = null;
    if (event.key in steps) {
      const sentences = all(sentence.closest(".kt-en") ? ".kt-en .kt-s" : ".kt-de .kt-s");
      next = sentences[sentences.indexOf(sentence) + steps[event.key]];
    } else if (event.key in partners) {
      next = document.getElementById(`${partners[event.key]}-${sentence.dataset.segment}`);
    }
    if (!next || next === sentence) return;
    event.preventDefault();
    const english = document.getElementById(`en-${next.dataset.segment}`);
    if (english) stopAt(english);
    next.focus();
  });

  // --- To the next sentence that deserves a check.

  let lastDoubt = -1;
  document.addEventListener("click", (event) => {
    if (!within(event, "[data-next-doubt]")) return;
    const signs = all("[data-doubt]");
    if (!signs.length) return;
    const next = signs.find((sign) => Number(sign.dataset.doubt) > lastDoubt) || signs[0];
    lastDoubt = Number(next.dataset.doubt);
    goTo(lastDoubt);
    next.focus({ preventScroll: true });
    light([String(lastDoubt)]);
  });

  // --- Tips: kept inside the window.

  const place = (event) => {
    const signs = within(event, ".kt-signs");
    const tip = signs && signs.querySelector(".kt-tip");
    if (!tip) return;
    tip.style.setProperty("--kt-shift", "0px");
    const box = tip.getBoundingClientRect();
    const room = document.documentElement.clientWidth - 12;
    const shift = box.right > room ? room - box.right : box.left < 12 ? 12 - box.left : 0;
    tip.style.setProperty("--kt-shift", `${Math.round(shift)}px`);
  };
  document.addEventListener("mouseover", place);
  document.addEventListener("focusin", place);

  // --- English only.

  document.addEventListener("click", (event) => {
    const control = within(event, "[data-english-only]");
    if (!control) return;
    const isOn = document.body.classList.toggle("kt-english-only");
    control.setAttribute("aria-checked", String(isOn));
  });

  // --- Copying.

  const textOf = (selector) =>
    all(selector)
      .map((paragraph) => {
        const copy = paragraph.cloneNode(true);
        for (const extra of all(".kt-signs, .kt-links, .kt-hidden", copy)) extra.remove();
        return copy.textContent.replace(/\s+/g, " ").trim();
      })
      .filter(Boolean);
  const both = () =>
    all(".kt-pair")
      .map((pair) => [...textOfPair(pair, ".kt-en"), ...textOfPair(pair, ".kt-de")].join("\n"))
      .join("\n\n");
  const textOfPair = (pair, selector) => {
    pair.setAttribute("data-copying", "");
    const texts = textOf(`[data-copying] ${selector}`);
    pair.removeAttribute("data-copying");
    return texts;
  };
  const COPIES = {
    english: () => textOf(".kt-en").join("\n\n"),
    both,
    gist: () => [...textOf(".kt-gist h1"), textOf(".kt-claim").join(" ")].join("\n\n"),
    quote: () => (document.getElementById("kt-quote-text") || { textContent: "" }).textContent,
  };
  const copy = async (text) => {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    document.body.append(area);
    area.select();
    document.execCommand("copy"); // the only way on a page that is not served from localhost or over TLS
    area.remove();
    return undefined;
  };
  document.addEventListener("click", async (event) => {
    const button = within(event, "[data-copy]");
    if (!button) return;
    const label = button.textContent;
    await copy(COPIES[button.dataset.copy]());
    button.textContent = "Copied";
    window.setTimeout(() => {
      button.textContent = label;
    }, 1500);
  });

  // --- What a reader has selected can be quoted.

  const segmentOf = (node) => {
    const element = node instanceof Element ? node : node.parentElement;
    const sentence = element && element.closest(".kt-en .kt-s");
    return sentence ? Number(sentence.dataset.segment) : null;
  };
  const selected = () => {
    const selection = window.getSelection();
    if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
    const range = selection.getRangeAt(0);
    const indices = all(".kt-en .kt-s")
      .filter((sentence) => range.intersectsNode(sentence))
      .map((sentence) => Number(sentence.dataset.segment));
    if (!indices.length || (segmentOf(range.startContainer) === null && segmentOf(range.endContainer) === null)) {
      return null;
    }
    return { first: indices[0], last: indices[indices.length - 1] };
  };
  document.addEventListener("selectionchange", () => {
    const button = document.querySelector("[data-quote]");
    if (button) button.disabled = selected() === null;
  });
  document.addEventListener("mousedown", (event) => {
    if (within(event, "[data-quote]")) event.preventDefault(); // the selection stays
  });

  // --- What is sent to Python.

  const send = (place, name, detail) => {
    const element = document.querySelector(`${place} .html-container > div`);
    if (element) element.dispatchEvent(new CustomEvent(name, { detail }));
  };
  document.addEventListener("click", (event) => {
    const opened = within(event, "[data-open]");
    if (opened) send("#kt-shelf", "kt-open", { index: Number(opened.dataset.open) });
    if (within(event, "[data-quote]")) {
      const range = selected();
      if (range) send("#kt-article", "kt-quote", range);
    }
  });

  // --- Characters so far.

  const count = (text) => {
    const place = document.getElementById("kt-count");
    if (!place) return;
    const most = Number(place.dataset.most);
    const format = (number) => number.toLocaleString("en");
    place.textContent = `${format((text || "").length)} of ${format(most)} characters`;
  };
  // --- Files are made on request and saved by the browser; none is left on the server.

  const save = (file) => {
    if (!file) return;
    const bytes = Uint8Array.from(atob(file.content), (character) => character.charCodeAt(0));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes], { type: file.type }));
    link.download = file.name;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  window.klartext = { count, save };
})();
