"""The side of a peer: prepares, says "ready", and answers every line "run 5" with the seconds of one
of five repetitions, its processor seconds (all threads), and the peak resident memory in MB."""
import importlib
import os
import resource
import sys
import time

threads = int(os.environ.get("BENCH_THREADS", "2"))
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(threads)


def needs(name):
    """A module, or the answer that this Python lacks it and the peer cannot run."""
    try:
        return importlib.import_module(name)
    except ImportError:
        print("absent", name, flush=True)
        sys.exit(0)


def torch_with_threads():
    import torch

    torch.set_num_threads(threads)
    torch.set_num_interop_threads(1)
    torch.manual_seed(0)
    return torch


def processor_seconds():
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def serve(step):
    """`step` is one repetition; it may return its own seconds."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print goes to standard error
    step()
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        repetitions = int(line.split()[1])
        start, used = time.perf_counter(), processor_seconds()
        measured = [step() for _ in range(repetitions)]
        seconds = time.perf_counter() - start
        if measured[0] is not None:
            seconds = sum(measured)
        seconds, used = seconds / repetitions, (processor_seconds() - used) / repetitions
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(seconds, used, peak, file=answers, flush=True)
