"""klartext: German news in English, with a summary and topics.

    from toolkit import Pipeline

    digest = Pipeline().run("Der Bundestag hat am Mittwoch ein neues Gesetz beschlossen.")
    print(digest.translation.text, digest.summary.text, digest.topics.best)

Names are loaded when they are first used: importing this package loads no other.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from toolkit.batch import BatchWorker, Outcome, digest_many, translate_many
    from toolkit.documents import (
        MARKS,
        REASONS,
        Coverage,
        Digest,
        Document,
        Finding,
        Segment,
        Summary,
        SummarySentence,
        TermUse,
        Topics,
        TopicScore,
        TranslatedSegment,
        Translation,
    )
    from toolkit.engines import EngineSettings, GenerationOptions
    from toolkit.errors import CacheError, EngineError, InputError, KlartextError, ModelError
    from toolkit.glossary import Glossary
    from toolkit.memory import TranslationMemory
    from toolkit.pipeline import Pipeline
    from toolkit.segmentation import read_document
    from toolkit.store import Model, Preset, presets, resolve, shipped
    from toolkit.summarization import Summarizer
    from toolkit.topics import DEFAULT_LABELS, TopicClassifier
    from toolkit.translation import Translator

__version__ = "0.1.0"

__all__ = [
    "DEFAULT_LABELS",
    "MARKS",
    "REASONS",
    "BatchWorker",
    "CacheError",
    "Coverage",
    "Digest",
    "Document",
    "EngineError",
    "EngineSettings",
    "Finding",
    "GenerationOptions",
    "Glossary",
    "InputError",
    "KlartextError",
    "Model",
    "ModelError",
    "Outcome",
    "Pipeline",
    "Preset",
    "Segment",
    "Summarizer",
    "Summary",
    "SummarySentence",
    "TermUse",
    "TopicClassifier",
    "TopicScore",
    "Topics",
    "TranslatedSegment",
    "Translation",
    "TranslationMemory",
    "Translator",
    "__version__",
    "digest_many",
    "presets",
    "read_document",
    "resolve",
    "shipped",
    "translate_many",
]

_HOMES = {
    "DEFAULT_LABELS": "topics",
    "MARKS": "documents",
    "REASONS": "documents",
    "BatchWorker": "batch",
    "CacheError": "errors",
    "Coverage": "documents",
    "Digest": "documents",
    "Document": "documents",
    "EngineError": "errors",
    "EngineSettings": "engines",
    "Finding": "documents",
    "GenerationOptions": "engines",
    "Glossary": "glossary",
    "InputError": "errors",
    "KlartextError": "errors",
    "Model": "store",
    "ModelError": "errors",
    "Outcome": "batch",
    "Pipeline": "pipeline",
    "Preset": "store",
    "Segment": "documents",
    "Summarizer": "summarization",
    "Summary": "documents",
    "SummarySentence": "documents",
    "TermUse": "documents",
    "TopicClassifier": "topics",
    "TopicScore": "documents",
    "Topics": "documents",
    "TranslatedSegment": "documents",
    "Translation": "documents",
    "TranslationMemory": "memory",
    "Translator": "translation",
    "digest_many": "batch",
    "presets": "store",
    "read_document": "segmentation",
    "resolve": "store",
    "shipped": "store",
    "translate_many": "batch",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
