"""Opening an encoder by the fastest way that this machine has."""

import logging
import sys
from importlib.util import find_spec
from pathlib import Path

from audit.analysis.encoders.contract import Encoder
from audit.analysis.encoders.conversion import is_convertible
from audit.analysis.encoders.identity import identify
from audit.analysis.encoders.on_openvino import open_on_openvino
from audit.analysis.encoders.on_torch import open_on_torch
from audit.analysis.encoders.places import locate
from audit.analysis.errors import EncoderError, WrongSettingError

_BACKENDS = ("auto", "torch", "openvino")
_LOG = logging.getLogger(__name__)


def load(
    name_or_path: str,
    *,
    device: str = "auto",
    backend: str = "auto",
    cache: Path | None = None,
    threads: int | None = None,
) -> Encoder:
    """Load an encoder without any use of the network.

    `device` is auto, cpu, cuda or cuda:N; `backend` is auto, torch or openvino. A converted graph
    is kept in `cache` and opened from there without torch. `threads` of None means every core
    that this process may use. Raises EncoderError or WrongSettingError.
    """
    identity, folder = identify(name_or_path), locate(name_or_path)
    chosen = _device(device)
    way = _backend(backend, chosen, folder)
    if way == "torch":
        return open_on_torch(folder, identity, device=chosen, threads=threads)
    try:
        return open_on_openvino(folder, identity, cache=cache, threads=threads)
    except EncoderError as error:
        if backend != "auto":
            raise
        _LOG.warning("Encoding with torch instead of OpenVINO. %s", error)
    return open_on_torch(folder, identity, device=chosen, threads=threads)


def _device(wanted: str) -> str:
    if wanted not in {"auto", "cpu", "cuda"} and not wanted.startswith("cuda:"):
        raise WrongSettingError(
            f"The encoder's device is {wanted!r}. Set it to auto, cpu or cuda."
        )
    if wanted == "cpu" or (wanted == "auto" and not _has_gpu()):
        return "cpu"
    if not _has_gpu():
        raise WrongSettingError(
            f"The encoder's device is {wanted}, and no GPU is usable here. Set it to auto or cpu."
        )
    return "cuda" if wanted == "auto" else wanted


def _has_gpu() -> bool:
    # Importing torch takes seconds: a machine without a driver is not asked.
    signs = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")
    if sys.platform == "linux" and not any(Path(sign).exists() for sign in signs):
        return False
    if find_spec("torch") is None:
        return False
    import torch

    return torch.cuda.is_available()


def _backend(wanted: str, device: str, folder: Path) -> str:
    if wanted not in _BACKENDS:
        raise WrongSettingError(f"The backend is {wanted!r}. Set it to one of {_BACKENDS}.")
    # Torch makes the graph, even where a graph already made needs it no more.
    installed = all(find_spec(name) for name in ("openvino", "torch", "sentence_transformers"))
    if wanted == "auto":
        fast = device == "cpu" and installed and is_convertible(folder)
        return "openvino" if fast else _torch_backend()
    if wanted == "torch":
        return _torch_backend()
    if device != "cpu" or not installed or not is_convertible(folder):
        raise WrongSettingError(
            "The backend openvino needs the device cpu, the package openvino, and a BERT model "
            "with mean pooling. Set the backend to auto or torch."
        )
    return wanted


def _torch_backend() -> str:
    if find_spec("torch") is None or find_spec("sentence_transformers") is None:
        raise EncoderError(
            "No package that can run the encoder is installed. "
            "Install them with: pip install 'touchstone-audit[models]'."
        )
    return "torch"
