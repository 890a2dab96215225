"""The real weights of the embedded model, fetched once and kept between runs of the tests."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from workbench.models.weights import is_whole, pull, weights_path


def data_dir_with_weights() -> Path:
    """`WORKBENCH_TEST_MODELS`, else the user's data directory if the weights are there, else a cache of the tests'."""
    chosen = os.environ.get("WORKBENCH_TEST_MODELS")
    own = Path(platformdirs.user_data_dir("workbench", appauthor=False))
    if chosen:
        folder = Path(chosen)
    elif is_whole(weights_path(own)):
        folder = own
    else:
        folder = Path(platformdirs.user_cache_dir("workbench-tests", appauthor=False))
    pull(folder)
    return folder
