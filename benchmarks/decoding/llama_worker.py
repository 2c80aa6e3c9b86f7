"""Runs a GGUF model in llama.cpp, as a process in an environment with llama-cpp-python.

    python llama_worker.py FILE THREADS CONTEXT

Reads lines of JSON {"prompt": [ids], "tokens": n} and answers each with {"prefill": seconds, "decode":
seconds, "ids": [ids]}, after a first line with the version. It imports nothing of EmoLA.
"""

from __future__ import annotations

import json
import os
import sys
import time
from importlib import import_module
from typing import Any


def main() -> None:
    """Answer the requests on stdin until it is closed."""
    file, threads, context = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # llama.cpp may print to stdout
    library: Any = import_module("llama_cpp")
    model = library.Llama(
        file, n_ctx=context, n_threads=threads, n_threads_batch=threads, verbose=False, logits_all=False
    )
    facts = {
        "llama_cpp_python": library.__version__,
        "system": library.llama_print_system_info().decode(),
    }
    print(json.dumps(facts), file=answers)
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(generate(library, model, request["prompt"], request["tokens"])), file=answers)


def generate(library: Any, model: Any, prompt: list[int], tokens: int) -> dict[str, Any]:
    """Return the seconds of the prompt and of the other tokens, and the ids, by greedy decoding."""
    numpy: Any = import_module("numpy")

    def most_likely() -> int:
        logits = library.llama_get_logits_ith(model.ctx, -1)
        return int(numpy.ctypeslib.as_array(logits, shape=(model.n_vocab(),)).argmax())

    model.reset()
    begun = time.perf_counter()
    model.eval(prompt)
    ids = [most_likely()]
    first = time.perf_counter()
    while len(ids) < tokens:
        model.eval(ids[-1:])
        ids.append(most_likely())
    return {"prefill": first - begun, "decode": time.perf_counter() - first, "ids": ids}


if __name__ == "__main__":
    main()
