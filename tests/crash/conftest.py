"""The stories of this folder stand on the end-to-end harness and on the gate of tests/chaos."""
import pathlib
import sys

_HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE), str(_HERE.parent / "chaos"), str(_HERE.parent / "e2e")]

from harness.fixtures import *  # noqa: E402, F403
