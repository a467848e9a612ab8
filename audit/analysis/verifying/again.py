"""Steps that do the work again: read the raw files, compute the statistics, encode the texts."""

import json
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import islice, zip_longest
from typing import Any

import numpy as np

from audit.analysis import ingest
from audit.analysis.bundling import layout
from audit.analysis.digests import canonical_json
from audit.analysis.encoders import Encoder, EncoderIdentity, load
from audit.analysis.errors import EncoderError, TouchstoneError
from audit.analysis.likelihood import default_pack
from audit.analysis.plan import Plan
from audit.analysis.replay import SHARE_TOLERANCE, TOLERANCE, differences, replay
from audit.analysis.text import normalise, text_key
from audit.analysis.transcripts import Exchange
from audit.analysis.verifying.outcome import Found, NotCheckedError
from audit.analysis.verifying.reading import Bundle
from audit.analysis.verifying.stored import StoredVectors, odd_rows, stored_vectors
from audit.analysis.version import VERSION

# As many characters as the database keeps of the name that a file gives its model.
_LONGEST_MODEL = 255
# Cosine of a stored vector and the same text's from another processor or backend, at the least.
_SAME = 0.999
_BATCH = 256


def read_again(bundle: Bundle, found: Found) -> None:
    """Read every raw file anew and hold what comes out against the bundle's exchanges."""
    many = 0
    for label in bundle.numbered("exhibits", "exhibit.json"):
        told = bundle.json(layout.exhibit(label, "exhibit.json"))
        name = found.at = layout.exhibit(label, "exchanges.jsonl")
        if not told["native"] or told["state"] != "read":
            found.rest_on(f"exhibit {label} was not read or was erased")
            continue
        native = bundle.path(layout.exhibit(label, told["native"]))
        with native.open("rb") as stream:
            read = _first_answers(ingest.open_source(stream, name=told["filename"]).records)
            lines = map(_line, read)
            for number, pair in enumerate(zip_longest(lines, bundle.lines(name)), start=1):
                many += 1
                if pair[0] != pair[1]:
                    found.wrong(f"{name}, line {number}", "is not what the native file gives here")
                    break
    found.say(f"{many:,} exchanges read from the native files")


def _first_answers(records: Iterator[Any]) -> Iterator[Exchange]:
    """Yield each prompt's first exchange, with its texts as they are kept."""
    seen: set[bytes] = set()
    for one in records:
        if isinstance(one, Exchange):
            prompt = normalise(one.prompt)
            key = bytes.fromhex(text_key(prompt))
            if key not in seen:
                seen.add(key)
                model = one.model[:_LONGEST_MODEL]
                yield Exchange(one.record, prompt, normalise(one.answer), model)


def _line(one: Exchange) -> bytes:
    return canonical_json(
        {"record": one.record, "prompt": one.prompt, "answer": one.answer, "model": one.model}
    )


def statistics(bundle: Bundle, found: Found) -> None:
    """Compute every result again from the raw files and the bundle's vectors."""
    identities = {
        one.encoder_digest: EncoderIdentity(**one.encoder)
        for one in _plans(bundle, found).values()
    }
    vectors = {digest: _whole(bundle, one, found) for digest, one in identities.items()}
    for number, plan in _replayable(bundle, found):
        _hold(bundle, number, plan, vectors[plan.encoder_digest], found)


def _whole(bundle: Bundle, identity: EncoderIdentity, found: Found) -> StoredVectors:
    """Return the vectors of an encoder, noting those that none can have made."""
    name = found.at = layout.vectors(identity.digest, "vectors.npy")
    vectors = stored_vectors(bundle, identity)
    for row in odd_rows(vectors):
        found.wrong(f"{name}, row {row}", "is not of unit length")
    return vectors


def encoded(bundle: Bundle, found: Found) -> None:
    """Encode the texts of every plan again and hold them against the bundle's vectors."""
    for number, plan in _plans(bundle, found).items():
        identity = EncoderIdentity(**plan.encoder)
        encoder = _encoder(identity)
        name = found.at = layout.vectors(identity.digest, "vectors.npy")
        stored = stored_vectors(bundle, identity)
        many = 0
        for texts in _batches(_texts(bundle, plan, set(map(bytes, stored.keys)))):
            cosines = np.einsum("ij,ij->i", encoder.encode(texts), stored.encode(texts))
            many += len(texts)
            for place in np.flatnonzero(~(cosines >= _SAME)):
                key = text_key(texts[place])
                found.wrong(
                    f"{name}, text {key}",
                    f"has cosine {cosines[place]:.4f} with what the encoder makes of it",
                )
        found.say(f"finding {number}: {many:,} texts encoded again")


def _plans(bundle: Bundle, found: Found) -> dict[int, Plan]:
    """Return the plans that have a result, by the number of their finding."""
    plans = {}
    for number in sorted(map(int, bundle.numbered("findings", "result.json"))):
        found.at = layout.finding(number, "plan.json")
        plans[number] = Plan.from_dict(bundle.json(found.at))
    if not plans:
        raise NotCheckedError("no finding has a result")
    return plans


def _replayable(bundle: Bundle, found: Found) -> Iterator[tuple[int, Plan]]:
    """Yield the findings that have a result and can be carried out here, with their plans."""
    left_out, plans = [], _plans(bundle, found)
    for number, plan in plans.items():
        reason = _hindrance(bundle, plan)
        if reason:
            left_out.append(f"finding {number}: {reason}")
        else:
            yield number, plan
    if len(left_out) == len(plans):
        raise NotCheckedError("; ".join(left_out))
    for one in left_out:
        found.rest_on(f"{one}; it was left out here")


def _hindrance(bundle: Bundle, plan: Plan) -> str:
    """Return why a plan cannot be carried out again here; empty if it can be."""
    if plan.method != VERSION:
        return f"sealed with version {plan.method}, and this is {VERSION}; install that version"
    if plan.parameters.pack not in {None, default_pack().digest}:
        return "it names another calibration pack than this version carries"
    for one in plan.inputs:
        if not bundle.json(layout.exhibit(one.label, "exhibit.json"))["native"]:
            return f"exhibit {one.label} was erased"
    return ""


def _hold(bundle: Bundle, number: int, plan: Plan, encoder: Encoder, found: Found) -> None:
    name = found.at = layout.finding(number, "result.json")
    printed = bundle.json(name)
    try:
        replayed = replay(plan, list(_natives(bundle, plan)), encoder)
    except TouchstoneError as error:
        found.wrong(name, f"cannot be computed again: {error}")
        return
    for one in differences(printed, replayed):
        found.wrong(f"{name}, {one.where}", f"has {one.printed}; replayed {one.replayed}")
    found.say(
        f"finding {number}: computed again from {len(plan.inputs)} native files; tolerance "
        f"{TOLERANCE}, of shares {SHARE_TOLERANCE}"
    )


def _natives(bundle: Bundle, plan: Plan) -> Iterator[Any]:
    for one in plan.inputs:
        told = bundle.json(layout.exhibit(one.label, "exhibit.json"))
        yield bundle.path(layout.exhibit(one.label, told["native"]))


def _encoder(identity: EncoderIdentity) -> Encoder:
    """Return the encoder of a plan if it is installed here; raises NotCheckedError if not."""
    if find_spec("torch") is None:
        raise NotCheckedError("the encoder needs torch, which is not installed")
    try:
        encoder = load("")
    except (EncoderError, ImportError) as error:
        raise NotCheckedError(f"the encoder is not installed: {error}") from error
    if encoder.identity.digest != identity.digest:
        raise NotCheckedError(
            f"the plan names the encoder {identity.name}, and {encoder.identity.name} is installed"
        )
    return encoder


def _texts(bundle: Bundle, plan: Plan, kept: set[bytes]) -> Iterator[str]:
    """Yield the texts of a plan's exhibits that have a vector in the bundle, each once."""
    for one in plan.inputs:
        for line in bundle.lines(layout.exhibit(one.label, "exchanges.jsonl")):
            value = json.loads(line)
            for text in (value["answer"], value["prompt"]):
                key = text_key(text).encode()
                if key in kept:
                    kept.remove(key)
                    yield text


def _batches(texts: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(texts, _BATCH)):
        yield batch
