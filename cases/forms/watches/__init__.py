"""What comes in from the pages and the command of watches, checked."""

from cases.forms.watches.acts import CloseForm, ReleaseForm
from cases.forms.watches.grouping import GroupedForm
from cases.forms.watches.opening import ChangeForm, OpeningForm
from cases.forms.watches.telling import TellingForm
from cases.forms.watches.timing import TimingForm

__all__ = [
    "ChangeForm",
    "CloseForm",
    "GroupedForm",
    "OpeningForm",
    "ReleaseForm",
    "TellingForm",
    "TimingForm",
]
