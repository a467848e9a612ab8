"""The reference detector: a keyed green list over words."""

import hmac
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from scipy import stats

from audit.analysis.counts.watermarks.detector import Detection, Ngram
from audit.analysis.errors import WrongSettingError

LEAST_KEY = 16
_WORD = re.compile(r"\w+")
_BITS = 64


@dataclass(frozen=True, slots=True)
class GreenWords:
    """Words that are green after the words before them (Kirchenbauer et al. 2023), under a key.

    A word is green after its `width` - 1 predecessors if HMAC-SHA256 of these words under the key
    falls into the lowest `share` of its range. To somebody without the key each n-gram is green
    with that chance, independently; so the number of green ones among distinct n-grams is
    binomial and the p-value exact. The scheme of the paper draws a list for each context; a draw
    for each word in its context is the same on average, and needs no vocabulary.

    Raises WrongSettingError for a key shorter than LEAST_KEY bytes, a share that is not between 0
    and 1 or a width below 1.
    """

    key: bytes = field(repr=False)
    share: float = 0.5
    width: int = 2
    name: str = field(default="green words", init=False)
    citation: str = field(default="Kirchenbauer et al. 2023", init=False)

    def __post_init__(self) -> None:
        """Refuse a key that can be guessed and shares that mark nothing or everything."""
        if len(self.key) < LEAST_KEY:
            raise WrongSettingError(
                f"The watermark key has {len(self.key)} bytes. Give at least {LEAST_KEY}: a "
                "shorter one can be found by trying."
            )
        if not 0 < self.share < 1 or self.width < 1:
            raise WrongSettingError(
                f"The share of green words is {self.share} and the width {self.width}. Give a "
                "share between 0 and 1 and a width of at least 1."
            )

    def tokens(self, text: str) -> Sequence[str]:
        """Return the words of a text in NFKC, without regard to case."""
        return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())

    def is_green(self, ngram: Ngram) -> bool:
        """Tell whether the last word of an n-gram is green after the others."""
        # Words hold no line end, so that no two n-grams give one message.
        message = "\n".join(map(str, ngram)).encode()
        drawn = int.from_bytes(hmac.digest(self.key, message, "sha256")[: _BITS // 8])
        return drawn < int(self.share * 2**_BITS)

    def score(self, ngrams: Sequence[Ngram]) -> Detection:
        """Return the score of distinct n-grams, with the exact one-sided binomial p-value."""
        scored, green = len(ngrams), sum(map(self.is_green, ngrams))
        if not scored:
            return Detection(0.0, 1.0, 0, 0)
        spread = (scored * self.share * (1 - self.share)) ** 0.5
        p_value = float(stats.binom.sf(green - 1, scored, self.share))
        return Detection((green - scored * self.share) / spread, p_value, scored, green)
