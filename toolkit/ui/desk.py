"""The models a reader may choose from, and the pipelines made of them; loaded when first wanted, and kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from toolkit import store
from toolkit.errors import InputError
from toolkit.glossary import Glossary
from toolkit.pipeline import Pipeline
from toolkit.summarization import Summarizer
from toolkit.topics import TopicClassifier
from toolkit.translation import Translator

S = TypeVar("S", Translator, Summarizer, TopicClassifier)

SPEEDS: dict[str, int] = {"Fast": 1, "Balanced": 4, "Careful": 8}
"""Beam by the name of the choice: how many translations of a sentence are followed at once."""
_KEPT = 4
"""Models of one task in memory at most."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A model by the name it is asked for, and why it cannot be had; None where it can."""

    name: str
    task: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The models and the speed a reader has chosen; None: those the page was made with."""

    translator: str | None = None
    summarizer: str | None = None
    topics: str | None = None
    speed: str | None = None


class Desk:
    """Pipelines by choice. Safe to call from many threads."""

    def __init__(
        self, pipeline: Pipeline, *, models: Sequence[tuple[str, str]] = (), version: str | None = None
    ) -> None:
        """`models` are further ones to offer, as (task, name or folder); of what a reader types nothing is loaded.

        `version` is that of klartext, for what readers take away.
        """
        self.version = version
        self.base = pipeline
        self._lock = threading.Lock()
        self._translators: OrderedDict[str, Translator] = OrderedDict()
        self._summarizers: OrderedDict[str, Summarizer] = OrderedDict()
        self._classifiers: OrderedDict[str, TopicClassifier] = OrderedDict()
        self.offers: tuple[Offer, ...] = tuple(self._offers(models))

    def offered(self, task: str) -> tuple[str, ...]:
        """Names of the models for a task that can be had, that of the page first."""
        return tuple(offer.name for offer in self.offers if offer.task == task and offer.reason is None)

    def missing(self, task: str) -> tuple[Offer, ...]:
        """The models for a task that are known and cannot be had here."""
        return tuple(offer for offer in self.offers if offer.task == task and offer.reason is not None)

    def pipeline(self, choice: Choice, *, glossary: Glossary | None = None) -> Pipeline:
        """The pipeline of that choice. Raises InputError for what is not offered, ModelError where a model fails."""
        settings = self.base.translator.settings
        translator = self._pick(
            "translation",
            choice.translator,
            self.base.translator,
            self._translators,
            lambda name: Translator(name, settings=settings),
        )
        summarizer = self._pick(
            "summarization",
            choice.summarizer,
            self.base.summarizer,
            self._summarizers,
            lambda name: Summarizer(name, settings=settings),
        )
        topics = self._pick(
            "topics",
            choice.topics,
            self.base.topics,
            self._classifiers,
            lambda name: TopicClassifier(name, settings=settings),
        )
        if choice.speed is not None:
            if choice.speed not in SPEEDS:
                raise InputError(f"unknown speed {choice.speed!r}: choose one of {', '.join(SPEEDS)}")
            translator = translator.variant(options=replace(translator.options, beam=SPEEDS[choice.speed]))
        if glossary is not None:
            translator = translator.variant(glossary=glossary)
        return Pipeline(translator, summarizer, topics)

    def checksums(self, pipeline: Pipeline) -> dict[str, str]:
        """The checksum of each model of a pipeline by its name."""
        models = (pipeline.translator.model, pipeline.summarizer.model, pipeline.topics.model)
        return {model.name: model.checksum for model in models if model is not None}

    def _pick(self, task: str, name: str | None, base: S, loaded: OrderedDict[str, S], load: Callable[[str], S]) -> S:
        if name is None or name == base.name:
            return base
        if name not in self.offered(task):
            raise InputError(f"no model {name!r} for {task} is offered here: choose {', '.join(self.offered(task))}")
        with self._lock:
            if name not in loaded:
                loaded[name] = load(name)
                while len(loaded) > _KEPT:
                    loaded.popitem(last=False)
            loaded.move_to_end(name)
            return loaded[name]

    def _offers(self, models: Sequence[tuple[str, str]]) -> list[Offer]:
        offers = [
            Offer(self.base.translator.name, "translation"),
            Offer(self.base.summarizer.name, "summarization"),
            Offer(self.base.topics.name, "topics"),
        ]
        offers += [Offer(model.name, model.task) for model in store.shipped() if _is_whole(model)]
        offers += [Offer(name, task) for task, name in models]
        offers += [Offer(preset.name, preset.task, _why_not(preset)) for preset in store.presets()]
        found: dict[tuple[str, str], Offer] = {}
        for offer in offers:
            found.setdefault((offer.task, offer.name), offer)
        return list(found.values())


def _is_whole(model: store.Model) -> bool:
    return (model.folder / "config.json").is_file()


def _why_not(preset: store.Preset) -> str | None:
    """The page never goes to the network: a model of the hub is offered once it has been fetched."""
    import huggingface_hub

    if isinstance(huggingface_hub.try_to_load_from_cache(preset.hub, "config.json"), str):
        return None
    return f"not on this machine; fetch it once with: hf download {preset.hub}"
