"""Which models are of one line, and so are no independent witnesses."""

import re
from collections.abc import Collection, Iterator, Mapping

from audit.analysis.population.documented import Documented, provider_of

# Kinds, sizes, methods of training and a maker of many lines: words that begin unrelated names.
_GENERIC = re.compile(
    "ai|alpha|assistant|base|beta|best|big|bot|chat|dpo|expo|flash|hf|instruct|ipo|kto|large|"
    "latest|lite|llm|lm|lora|medium|meta|mini|model|my|new|of|open|orpo|pairrm|ppo|preview|pro|"
    "qlora|rlhf|sft|simpo|small|sppo|text|the|tiny|turbo|xl"
)
_WORD = re.compile(r"[^\W\d_]{2,}")


def groups_of(rows: Mapping[str, Documented]) -> dict[str, int]:
    """Return for each model the number of its line, counted from 0 in the order of the rows.

    Two models are of one line if one is derived from the other or both from a third, which need
    not have a row; if their own families have one provider; if the file declares one lineage for
    them; or if their names begin with the same word, as those of two sizes of one release do. So
    are those joined through others (Galler and Fischer 1964).

    The word is the first run of two or more letters, in small letters. Passed over are words that
    say nothing on a line, such as "chat"; and those that begin the names of the models of a
    documented teacher's provider, for a student often bears its teacher's name and would else be
    of its teacher's line. By the name too many are joined rather than too few: a pair of
    unrelated models taken for one line costs a control, and a line taken for two lends support.
    """
    lines = _Lines()
    borne = _words_of_providers(rows)
    for model, row in rows.items():
        taught = {word for one in row.teachers or () for word in borne.get(provider_of(one), ())}
        for tie in _ties(row, taught):
            lines.join(f"model {model}", tie)
        if row.derived_from and row.derived_from not in rows:
            lines.join(f"model {row.derived_from}", f"word {_word(row.derived_from)}")
    numbers: dict[str, int] = {}
    return {
        model: numbers.setdefault(lines.head(f"model {model}"), len(numbers)) for model in rows
    }


def _ties(row: Documented, taught: Collection[str]) -> Iterator[str]:
    if row.derived_from:
        yield f"model {row.derived_from}"
    if row.family:
        yield f"provider {provider_of(row.family)}"
    if row.lineage:
        yield f"lineage {row.lineage}"
    yield f"word {_word(row.model, taught)}"


def _word(model: str, passed: Collection[str] = ()) -> str:
    """Return the first telling word of a name; the name itself, which ties nothing, if none."""
    words = (one for one in _WORD.findall(model.casefold()) if not _GENERIC.fullmatch(one))
    return next((one for one in words if one not in passed), model)


def _words_of_providers(rows: Mapping[str, Documented]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in rows.values():
        if row.family:
            found.setdefault(provider_of(row.family), set()).add(_word(row.model))
    return found


class _Lines:
    """Disjoint sets of names; each is known by one of its names, the head."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def head(self, name: str) -> str:
        """Return the head of the set of a name, halving the way to it."""
        above = self._above
        while above.setdefault(name, name) != name:
            above[name] = above[above[name]]
            name = above[name]
        return name

    def join(self, one: str, other: str) -> None:
        """Make one set of two."""
        self._above[self.head(one)] = self.head(other)
