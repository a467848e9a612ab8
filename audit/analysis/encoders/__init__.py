"""Encoders: a text becomes a unit vector; nothing heavy is imported until one is loaded."""

from audit.analysis.encoders.contract import Encoder, Way
from audit.analysis.encoders.identity import EncoderIdentity, identify
from audit.analysis.encoders.opening import load
from audit.analysis.encoders.places import DEFAULT, fetch

__all__ = ["DEFAULT", "Encoder", "EncoderIdentity", "Way", "fetch", "identify", "load"]
