"""A new interpreter that imports PyTorch, timed from outside."""
import subprocess
import sys
import time

from serve import serve


def step():
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import torch; print(1, flush=True)"], check=True,
                   stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


serve(step)
