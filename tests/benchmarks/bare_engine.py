"""llama.cpp's own server through xllamacpp alone, with the plan that Lumora's engine runs with."""

import json
import os
import sys

if __name__ == "__main__":
    config = json.loads(sys.stdin.readline())
    if config.get("spin"):
        os.environ["GOMP_SPINCOUNT"] = config["spin"]  # read when the library is loaded

    import xllamacpp

    plan = config["plan"]
    p = xllamacpp.CommonParams()
    p.model.path = config["file"]
    p.hostnames, p.port = ["127.0.0.1"], 0
    p.n_parallel, p.n_ctx = plan["slots"], plan["slots"] * plan["context_per_slot"]
    p.n_batch = p.n_ubatch = plan["batch"]
    p.cpuparams.n_threads = p.cpuparams_batch.n_threads = plan["threads"]
    p.n_gpu_layers, p.fit_params, p.cache_ram_mib = plan["gpu_layers"], False, plan["cache_mib"]
    p.ui = p.warmup = False
    p.use_jinja = True
    server = xllamacpp.Server(p)
    print(json.dumps({"url": server.listening_address}), flush=True)
    sys.stdin.read()
    del server
