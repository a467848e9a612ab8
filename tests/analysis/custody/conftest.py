import shutil

import pytest


@pytest.fixture(scope="session")
def openssl() -> str:
    """The program of OpenSSL, as another's check of what ours says."""
    found = shutil.which("openssl")
    if found is None:
        pytest.skip("openssl is not installed, so nobody else checks this")
    return found
