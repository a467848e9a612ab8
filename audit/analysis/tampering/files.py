"""Tamperings with files: bytes flipped, ends cut off, files removed, added and exchanged."""

from audit.analysis.bundling import layout
from audit.analysis.tampering.draft import DoesNotApplyError, Draft
from audit.analysis.tampering.trials import Trial


def _flip_native(draft: Draft) -> None:
    draft.flip(draft.native(_first(draft)))


def _flip_exchange(draft: Draft) -> None:
    draft.flip(layout.exhibit(_first(draft), "exchanges.jsonl"))


def _flip_vector(draft: Draft) -> None:
    """Change the exponent of one number, so that its vector is no longer of unit length."""
    name = draft.names("data/vectors/", "vectors.npy")[0]
    data = bytearray(draft.read(name))
    data[-1] ^= 0x40
    draft.write(name, bytes(data))


def _swap_vectors(draft: Draft) -> None:
    """Exchange the vectors of two texts: each is still of unit length."""
    name = draft.names("data/vectors/", "vectors.npy")[0]
    data = draft.read(name)
    many = len(draft.lines(name.replace("vectors.npy", "texts.txt")))
    head, rows = data[: _header(data)], data[_header(data) :]
    some = _ROWS * len(rows) // max(many, 1)
    if many < 2 * _ROWS:
        raise DoesNotApplyError("there are too few vectors")
    draft.write(name, head + rows[some : 2 * some] + rows[:some] + rows[2 * some :])


# So many vectors change places: one alone moves a mean over prompts by less than is told apart.
_ROWS = 64


def _header(data: bytes) -> int:
    """Return the length of the header of an npy file, version 1.0."""
    return 10 + int.from_bytes(data[8:10], "little")


def _cut_vectors(draft: Draft) -> None:
    name = draft.names("data/vectors/", "vectors.npy")[0]
    draft.write(name, draft.read(name)[:-4])


def _cut_native(draft: Draft) -> None:
    name = draft.native(_first(draft))
    draft.write(name, draft.read(name)[:-1])


def _cut_exchanges(draft: Draft) -> None:
    name = layout.exhibit(_first(draft), "exchanges.jsonl")
    draft.write_lines(name, draft.lines(name)[:-5])


def _repeat_exchange(draft: Draft) -> None:
    name = layout.exhibit(_first(draft), "exchanges.jsonl")
    lines = draft.lines(name)
    draft.write_lines(name, [*lines, lines[-1]])


def _reorder_exchanges(draft: Draft) -> None:
    name = layout.exhibit(_first(draft), "exchanges.jsonl")
    draft.write_lines(name, draft.lines(name)[::-1])


def _remove_exhibit(draft: Draft) -> None:
    draft.remove_all(layout.exhibit(_last(draft), ""))


def _add_exhibit(draft: Draft) -> None:
    """Add a copy of an exhibit under a label that nobody received."""
    start = layout.exhibit(_first(draft), "")
    for name in draft.names(start):
        draft.write(layout.exhibit("ZZZ", name.removeprefix(start)), draft.read(name))


def _swap_natives(draft: Draft) -> None:
    draft.swap(draft.native(_first(draft)), draft.native(_last(draft)))


def _swap_exhibits(draft: Draft) -> None:
    """Give two exhibits each other's label, with all that belongs to them but their role."""
    one, other = _first(draft), _last(draft)
    for name in ("exchanges.jsonl", "left-out.jsonl"):
        draft.swap(layout.exhibit(one, name), layout.exhibit(other, name))
    _swap_natives(draft)


def _change_role(draft: Draft) -> None:
    name = layout.exhibit(_last(draft), "exhibit.json")
    draft.edit(name, lambda told: told.update(role="teacher"))


def _change_model(draft: Draft) -> None:
    name = layout.exhibit(_last(draft), "exhibit.json")
    draft.edit(name, lambda told: told.update(model="another model"))


def _drop_key(draft: Draft) -> None:
    """Pass an exhibit off as erased, so that its tree cannot be computed."""
    name = layout.exhibit(_last(draft), "exhibit.json")
    draft.edit(name, lambda told: told.update(leaf_key=""))


def _drop_native(draft: Draft) -> None:
    label = _last(draft)
    draft.remove(draft.native(label))
    draft.edit(layout.exhibit(label, "exhibit.json"), lambda told: told.update(native=""))


def _add_file(draft: Draft) -> None:
    draft.write("data/exhibits/note.txt", b"see me\n")


def _add_unlisted(draft: Draft) -> None:
    draft.write("data/exhibits/A/unlisted.txt", b"see me\n")


def _link_file(draft: Draft) -> None:
    """Put a link out of the bundle in the place of a file."""
    name = layout.ENVIRONMENT
    draft.remove(name)
    (draft.root / name).symlink_to("/etc/hostname")


def _escape(draft: Draft) -> None:
    """Have a manifest name a file outside the bundle."""
    lines = draft.lines(layout.MANIFEST)
    draft.write_lines(layout.MANIFEST, [*lines, b"0" * 64 + b"  data/../../outside"])


def _unlist(draft: Draft) -> None:
    draft.write_lines(layout.MANIFEST, draft.lines(layout.MANIFEST)[:-1])


def _change_program(draft: Draft) -> None:
    draft.write(layout.VERIFIER, draft.read(layout.VERIFIER) + b"\n")


def _change_readme(draft: Draft) -> None:
    draft.write(layout.README, draft.read(layout.README) + b"All is well.\n")


def _change_environment(draft: Draft) -> None:
    draft.edit(layout.ENVIRONMENT, lambda value: value.update(python="2.7.18"))


def _change_certifications(draft: Draft) -> None:
    draft.write(layout.CERTIFICATIONS, b'[{"name":"nobody","number":1}]')


def _labels(draft: Draft) -> list[str]:
    return sorted(draft.numbers("exhibits", "exhibit.json"), key=lambda one: (len(one), one))


def _first(draft: Draft) -> str:
    return _labels(draft)[0]


def _last(draft: Draft) -> str:
    labels = _labels(draft)
    if len(labels) == 1:
        raise DoesNotApplyError("the bundle has one exhibit")
    return labels[-1]


TRIALS = (
    Trial("flip a bit in a native file, lists left", _flip_native, "/native", plain=True),
    Trial("flip a bit in a native file", _flip_native, "/native"),
    Trial("flip a bit in an exchange", _flip_exchange, "exchanges.jsonl"),
    Trial("flip a bit in a vector", _flip_vector, "vectors.npy"),
    Trial("exchange the vectors of texts", _swap_vectors, "vectors.npy|result.json"),
    Trial("cut a number off the vectors", _cut_vectors, "vectors.npy"),
    Trial("cut the last byte off a native file", _cut_native, "/native"),
    Trial("cut exchanges off an exhibit", _cut_exchanges, "exchanges.jsonl"),
    Trial("repeat an exchange", _repeat_exchange, "exchanges.jsonl"),
    Trial("reorder the exchanges", _reorder_exchanges, "exchanges.jsonl"),
    Trial("remove an exhibit whole", _remove_exhibit, "data/exhibits/"),
    Trial("add an exhibit that nobody received", _add_exhibit, "ZZZ"),
    Trial("swap two native files", _swap_natives, "/native"),
    Trial("swap two exhibits", _swap_exhibits, "/native"),
    Trial("change an exhibit's role", _change_role, "exhibit.json"),
    Trial("change an exhibit's model", _change_model, "exhibit.json"),
    Trial("pass an exhibit's key off as destroyed", _drop_key, "exhibit.json"),
    Trial("pass a native file off as erased", _drop_native, "exhibit.json"),
    Trial("add a file", _add_file, "note.txt", own=True),
    Trial("add a file, lists left", _add_unlisted, "unlisted.txt", plain=True),
    Trial("put a link in the place of a file", _link_file, layout.ENVIRONMENT, plain=True),
    Trial("name a file outside in the manifest", _escape, layout.MANIFEST, plain=True),
    Trial("leave a file out of the manifest", _unlist, "data/", plain=True),
    Trial("change the verifier that is bundled", _change_program, layout.VERIFIER, own=True),
    Trial("change the page for people", _change_readme, layout.README, own=True),
    Trial("change the stated environment", _change_environment, layout.ENVIRONMENT, own=True),
    Trial("make a certification up", _change_certifications, layout.CERTIFICATIONS, own=True),
)
