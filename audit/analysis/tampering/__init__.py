"""Trials of the verifier: a bundle is tampered with in many ways, and each must be found.

Three hands try each way. A stranger makes the lists of files anew and can sign nothing. A forger
signs everything anew with a key of their own. An insider does so with the site's own key, where it
is given: only time-stamps, the ledger's earlier checkpoints and the computing again are left then,
and what the site may say of itself it may say otherwise.
"""

import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from audit.analysis.bundling import layout
from audit.analysis.custody.notes import SigningKey
from audit.analysis.tampering import acts, files, filings, remaking, story, watched
from audit.analysis.tampering.draft import DoesNotApplyError, Draft
from audit.analysis.tampering.trials import Trial
from audit.analysis.verifying import Effort, Trust, verify
from audit.analysis.verifying.outcome import Problem, Verification
from audit.analysis.verifying.reading import Bundle

TRIALS: tuple[Trial, ...] = (
    *files.TRIALS,
    *acts.TRIALS,
    *story.TRIALS,
    *filings.TRIALS,
    *watched.TRIALS,
)
# Steps 3 and 4 stand on one signature and one key; what else finds a tampering names it by itself.
_BLANKET = frozenset({3, 4})
INSIDER = "insider"
FORGER = SigningKey("touchstone-forger", bytes(32))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one trial by one hand: the steps that failed, and the place that was named.

    `skipped` says why it was not tried, else it is empty.
    """

    trial: Trial
    hand: str
    steps: tuple[int, ...]
    named: Problem | None
    skipped: str = ""

    @property
    def found(self) -> bool:
        """Say whether the verifier found the tampering and named its place."""
        return self.named is not None


def hands(key: SigningKey | None) -> dict[str, SigningKey | None]:
    """Return who tampers, by name, with the key that they sign with."""
    everyone: dict[str, SigningKey | None] = {"stranger": None, "forger": FORGER}
    return everyone | ({INSIDER: key} if key else {})


def attempts(
    bundle: Path, hand: str, key: SigningKey | None, trials: Sequence[Trial] = TRIALS
) -> Iterator[Outcome]:
    """Yield what came of the trials by one hand."""
    trust = trust_in(bundle)
    for trial in trials:
        if hand == INSIDER and trial.own:
            yield Outcome(trial, hand, (), None, "the site's own word")
            continue
        with tempfile.TemporaryDirectory(prefix="touchstone-tamper-", dir=bundle.parent) as folder:
            draft = Draft(bundle, Path(folder) / bundle.name)
            try:
                trial.act(draft)
            except DoesNotApplyError as error:
                yield Outcome(trial, hand, (), None, str(error))
                continue
            _cover(draft, trial, key)
            yield _outcome(draft, trial, hand, trust)


def trust_in(bundle: Path) -> Trust:
    """Return the keys and the authorities' roots of the bundle as it was before any tampering."""
    there = Bundle(bundle)
    roots = {_root_of(there.text(name)) for name in there.on_disk if name.endswith(".pem")}
    return Trust(tuple(map(str, there.keys)), "".join(sorted(roots)).encode())


def _root_of(pem: str) -> str:
    """Return the last certificate of a chain."""
    return f"-----BEGIN{pem.rpartition('-----BEGIN')[2]}"


def _cover(draft: Draft, trial: Trial, key: SigningKey | None) -> None:
    if trial.plain:
        return
    if key is None:
        remaking.manifests(draft)
    else:
        remaking.signatures(draft, key)


def _outcome(draft: Draft, trial: Trial, hand: str, trust: Trust) -> Outcome:
    """Verify by looking; only while that names nothing, do more of the work again."""
    named: Problem | None = None
    steps: tuple[int, ...] = ()
    for effort in Effort:
        verification = verify(draft.root, trust, effort)
        named = _named(verification, trial)
        steps = tuple(one.number for one in verification.failed)
        if named is not None:
            break
    return Outcome(trial, hand, steps, named)


def _named(verification: Verification, trial: Trial) -> Problem | None:
    """Return the problem that names the place, of a step of its own if there is one."""
    failed = sorted(verification.failed, key=lambda one: one.number in _BLANKET)
    for step in failed:
        for one in step.problems:
            if re.search(trial.names, f"{one.where} {one.what}") or one.where == layout.KEYS:
                return one
    return None
