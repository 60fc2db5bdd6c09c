"""The solvers answer as SciPy's do, and what HiGHS prints by itself reaches no stream."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize
from scipy.sparse import csr_array

from analytics.solving import silent

MODEL = Path(__file__).parents[1] / "files" / "highs-prints.npz"  # of the demonstration, the first that HiGHS comments


@pytest.fixture
def commented_model() -> tuple[tuple, dict]:
    """A covering problem of which HiGHS 1.12 prints a line, whatever ``disp`` says."""
    with np.load(MODEL) as kept:
        matrix = csr_array((kept["data"], kept["indices"], kept["indptr"]), shape=(len(kept["indptr"]) - 1, 341))
        return (kept["cost"],), {
            "integrality": np.ones(341),
            "bounds": optimize.Bounds(kept["lower"], kept["upper"]),
            "constraints": optimize.LinearConstraint(matrix, lb=1),
            "options": {"mip_rel_gap": 0.01},
        }


def test_what_the_solver_prints_reaches_no_stream_and_its_answer_is_the_same(commented_model, capfd):
    arguments, options = commented_model
    answer = silent.milp(*arguments, **options)
    assert capfd.readouterr() == ("", "")
    assert np.array_equal(answer.x, optimize.milp(*arguments, **options).x)


def test_two_threads_that_solve_at_once_leave_the_output_open(capfd):
    both_run = threading.Barrier(2)

    @silent.silent
    def solve() -> None:
        both_run.wait(10)
        os.write(1, b"a line of the solver's\n")

    threads = [threading.Thread(target=solve) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os.write(1, b"a line of ours\n")
    assert capfd.readouterr().out == "a line of ours\n"


def test_the_output_is_open_again_after_a_solver_that_failed(capfd):
    with pytest.raises(ValueError, match="method"):
        silent.linprog([1], method="no such method")
    os.write(1, b"still here\n")
    assert capfd.readouterr().out == "still here\n"
