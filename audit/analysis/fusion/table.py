"""The figures of a pack as the tables that METHODS.md holds."""

from collections.abc import Sequence

from audit.analysis.fusion.pack import Fit, Pack

_COLUMNS = (
    "prompts",
    "controls",
    "pairs H1 / H2",
    "AUC",
    "AUC within a teacher",
    "Cllr (at best)",
    "true positives at 1 % false",
    "H2 with LR above 1",
    "H2 with LR of 10 or more",
    "bounds of LR",
)
_HEADS = {False: "One file of the teacher:", True: "All files of the teacher's family:"}


def figures_table(pack: Pack) -> str:
    """Return two Markdown tables, a row for each size that the pack has a fit for.

    One is for a single file of the teacher, the other for all files of its family together.
    """
    return "\n\n".join(
        f"{head}\n\n{_table(pack.fits_of(family=family))}" for family, head in _HEADS.items()
    )


def _table(fits: Sequence[Fit]) -> str:
    head = f"| {' | '.join(_COLUMNS)} |"
    rule = "|" + "---|" * len(_COLUMNS)
    return "\n".join([head, rule, *(_row(one) for one in fits)])


def _row(fit: Fit) -> str:
    rates = fit.figures["rates"]
    hits = rates["true_positives_at_1_percent"]
    within = rates["within_teacher_auc"]
    cells = (
        str(fit.prompts),
        str(fit.controls),
        f"{rates['pairs_h1']} / {rates['pairs_h2']}",
        f"{rates['auc']:.3f}",
        "none" if within is None else f"{within:.3f}",
        f"{rates['cllr']:.3f} ({rates['cllr_min']:.3f})",
        f"{hits['value']:.2f} ({hits['low']:.2f}-{hits['high']:.2f})",
        _share(rates["misleading"]["h2_above_1"]),
        _share(rates["misleading"]["h2_at_least_10"]),
        f"{10**fit.bounds.lower:.2g} to {10**fit.bounds.upper:.2g}",
    )
    return f"| {' | '.join(cells)} |"


def _share(rate: dict[str, float]) -> str:
    return f"{rate['value']:.3f} ({rate['low']:.3f}-{rate['high']:.3f})"
