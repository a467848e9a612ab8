"""How much a file may ask of the machine that reads it."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a hostile file could ask for, and the most it is given.

    A record is held whole, as bytes and as text of up to four bytes a character: 4 MiB of JSON
    (some seven hundred thousand words) keep the reader under 100 MB.
    """

    record_bytes: int = 4 * MIB
    record_depth: int = 64
    record_values: int = 100_000
    number_digits: int = 1_000
    unpacked_bytes: int = 16 * 1024 * MIB
    # Deflate gives at most 1,032 to 1; transcripts give about 3 to 1.
    unpacking_ratio: int = 200
    # Below this a high ratio is harmless: a short file of one repeated answer is no bomb.
    ratio_from_bytes: int = 64 * MIB
    # Records of no known shape that are passed over before the file as a whole is refused.
    unknown_records: int = 1_000
