"""Every error klartext raises on purpose.

KlartextError
├── InputError (also ValueError)   the caller's text, file, label or option cannot be used
├── ModelError                     a model folder is missing, incomplete, damaged or of the wrong kind
├── EngineError                    an engine cannot run this model, or is not installed
└── CacheError                     the cache folder cannot be written (full or read-only disk)

Each message is one line: what was expected, what came, and the remedy.
"""


class KlartextError(Exception):
    """The base of all errors below."""


class InputError(KlartextError, ValueError):
    """The caller's text, file, label or option cannot be used."""


class ModelError(KlartextError):
    """A model folder is missing, incomplete, damaged or of the wrong kind."""


class EngineError(KlartextError):
    """An engine cannot run this model, or a package it needs is not installed."""


class CacheError(KlartextError):
    """The cache of converted models cannot be written."""
