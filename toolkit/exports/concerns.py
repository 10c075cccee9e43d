"""What speaks for checking a translated sentence, as the exports show it."""

from toolkit.concerns import SIGN, Concern, concerns_of

__all__ = ["SIGN", "Concern", "concerns_of"]
