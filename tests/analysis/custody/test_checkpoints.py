import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.analysis.custody import notes
from audit.analysis.custody.checkpoints import Checkpoint, opened, signed
from audit.analysis.custody.merkle import EMPTY_ROOT
from audit.analysis.custody.notes import SigningKey
from audit.analysis.errors import IntegrityError

KEY = SigningKey("log.example/one", bytes(range(32)))
# The example of the specification.
ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
EXAMPLE = f"example.com/behind-the-sofa\n20852163\n{ROOT}\n"


def test_a_checkpoint_reads_as_the_specification_writes_it():
    made = Checkpoint("example.com/behind-the-sofa", 20852163, base64.b64decode(ROOT))
    assert made.text == EXAMPLE
    assert signed(made, KEY).startswith(f"{EXAMPLE}\n— log.example/one ")
    assert opened(notes.signed(EXAMPLE, KEY), [KEY.verifier]) == made


lines = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1)


@settings(deadline=None)
@given(lines, st.integers(0, 2**53), st.binary(min_size=32, max_size=32), st.lists(lines))
def test_what_is_signed_is_opened(origin, size, root, extensions):
    made = Checkpoint(origin, size, root, tuple(extensions))
    assert opened(signed(made, KEY), [KEY.verifier]) == made


def test_the_tree_without_leaves_has_its_checkpoint():
    made = Checkpoint("log.example", 0, EMPTY_ROOT)
    assert made.text.split("\n")[1] == "0"
    assert opened(signed(made, KEY), [KEY.verifier]) == made


@pytest.mark.parametrize(
    "text",
    [
        "log.example\n",
        f"log.example\n1\n{ROOT[:-4]}\n",
        f"log.example\n01\n{ROOT}\n",
        f"log.example\n-1\n{ROOT}\n",
        f"log.example\n+1\n{ROOT}\n",
        f"log.example\n\u0661\n{ROOT}\n",
        f"log.example\n1 \n{ROOT}\n",
        f"log.example\n{'9' * 20}\n{ROOT}\n",
        f"\n1\n{ROOT}\n",
        f"log.example\n1\n{ROOT}\n\nafter an empty line\n",
        f"log.example\n1\n{ROOT.replace('2I=', '2J=')}\n",
        f"log.example\n1\n{ROOT[:-1]}\n",
        f"log.example\n1\n{'A' * 44}\n",
    ],
)
def test_a_signed_note_that_is_no_checkpoint_is_refused(text):
    with pytest.raises(IntegrityError, match="is not a checkpoint"):
        opened(notes.signed(text, KEY), [KEY.verifier])


@pytest.mark.parametrize(
    "values",
    [
        ("", 1, bytes(32)),
        ("two\nlines", 1, bytes(32)),
        ("log.example", -1, bytes(32)),
        ("log.example", 1, bytes(31)),
        ("log.example", 1, bytes(32), ("",)),
        ("log.example", 1, bytes(32), ("two\nlines",)),
    ],
)
def test_values_that_no_checkpoint_carries_are_refused(values):
    with pytest.raises(IntegrityError, match="needs lines that are not empty"):
        Checkpoint(*values)


def test_a_checkpoint_by_an_unknown_key_or_changed_afterwards_is_refused():
    note = signed(Checkpoint("log.example", 7, bytes(32)), KEY)
    with pytest.raises(IntegrityError, match="None of the 1 known keys"):
        opened(note, [SigningKey("log.example/one", bytes(32)).verifier])
    with pytest.raises(IntegrityError, match="is not of this note"):
        opened(note.replace("\n7\n", "\n8\n"), [KEY.verifier])
