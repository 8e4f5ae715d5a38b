#!/usr/bin/env python3
"""Every bench in one run of under ten minutes, and one table of ratios to the yardsticks, each with its bound.

    python3 tests/bench/all.py --prepare [--tiny | --million]    builds, and makes the stores, once
    python3 tests/bench/all.py [--tiny | --million] [--only threads,library]

--tiny takes the smallest stores and the fewest keys, to see that the benches run; its ratios mean little. --million adds
the stores of a million articles and a million comments, whose making takes an hour. Stores are kept under target/. A bench
that would go beyond the ten minutes is stopped. Exits 1 if a ratio is over its bound, or if a bench failed or was stopped.
What each bench needs (ptybench.py, gen.py, newsboat, a corpus) stands at its top. Python 3.8 on Linux.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LIMIT = 600
CORPUS = os.environ.get("GLEANER_CORPUS") or str(ROOT / "../shared/corpus")
TINY = "tiny"
USUAL = "usual"
MILLION = "million"

# The arguments of each bench, by scale.
BENCHES = {
    "compare": {TINY: "--runs 1 --keys 10", USUAL: "--runs 3", MILLION: "--runs 3"},
    "threads": {
        TINY: "--sizes 1000 --keys 10",
        USUAL: "--sizes 1000,10000,100000",
        MILLION: "--sizes 1000,10000,100000,1000000",
    },
    "library": {
        TINY: "--sizes 1000 --runs 1 --keys 10 --no-newsboat",
        USUAL: "--sizes 10000,100000 --runs 2",
        MILLION: "--sizes 10000,100000,1000000 --runs 2",
    },
    "fetching": {TINY: "--feeds 5 --items 5 --runs 1", USUAL: "", MILLION: ""},
    "streaming": {TINY: "--comments 200 --keys 12", USUAL: "", MILLION: ""},
    "bulk": {TINY: "--sizes 200 --batches 2", USUAL: "--sizes 10000 --batches 5", MILLION: "--sizes 10000 --batches 5"},
}
# The benches that keep stores.
KEEPING = ("compare", "threads", "library")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--prepare", action="store_true", help="only build and make the stores")
    scale = parser.add_mutually_exclusive_group()
    scale.add_argument("--tiny", dest="scale", action="store_const", const=TINY, default=USUAL)
    scale.add_argument("--million", dest="scale", action="store_const", const=MILLION)
    parser.add_argument("--only", default=",".join(BENCHES), help="the benches to run, such as threads,library")
    args = parser.parse_args()
    args.only = args.only.split(",")
    unknown = [name for name in args.only if name not in BENCHES]
    if unknown:
        parser.error("no bench is called %s; there are %s" % (unknown[0], ", ".join(BENCHES)))
    return args


def command(name, scale, further=""):
    words = "%s %s" % (BENCHES[name][scale], further)
    if name == "bulk":
        words += " --corpus " + CORPUS
    return [sys.executable, str(HERE / (name + ".py")), *words.split()]


def run(argv, seconds, env=None):
    """None if it ended well within the time, else what went wrong. What it prints goes to standard error."""
    try:
        done = subprocess.run(argv, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=sys.stderr, timeout=seconds)
    except subprocess.TimeoutExpired:
        return "stopped: the ten minutes are over"
    return None if done.returncode == 0 else "failed with exit code %d" % done.returncode


def prepare(args):
    run(["cargo", "build", "--locked", "--release", "--bins", "--examples", "--benches"], None)
    wrong = 0
    for name in (name for name in args.only if name in KEEPING):
        # One short run makes the stores that are not there yet.
        further = "--keys 2" if name == "threads" else "--runs 1 --keys 2"
        outcome = run(command(name, args.scale, further), None)
        wrong += outcome is not None
        print("%-10s %s" % (name, outcome or "ready"))
    return wrong


def measure(args):
    began = time.monotonic()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "ratios")
        env = dict(os.environ, GLEANER_RATIOS=str(path))
        seconds = []
        for name in args.only:
            if name == "bulk" and not Path(CORPUS).exists():
                print("bulk: left out, since there is no corpus at GLEANER_CORPUS", file=sys.stderr)
                continue
            left = LIMIT - (time.monotonic() - began)
            at = time.monotonic()
            outcome = run(command(name, args.scale), left, env) if left > 0 else "left out: the ten minutes are over"
            seconds.append("%s %.0f s" % (name, time.monotonic() - at))
            if outcome:
                wrong += 1
                print("%s: %s" % (name, outcome))
        ratios = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    print("%-10s %-74s %7s %7s" % ("bench", "figure", "ratio", "bound"))
    for one in ratios:
        is_over = one["bound"] is not None and one["ratio"] > one["bound"]
        wrong += is_over
        bound = "" if one["bound"] is None else "%7.2f" % one["bound"]
        print("%-10s %-74s %7.2f %7s %s" % (one["bench"], one["what"], one["ratio"], bound, "OVER" if is_over else ""))
    print("%d ratios in %.0f s: %s" % (len(ratios), time.monotonic() - began, ", ".join(seconds)))
    return wrong


def main():
    args = arguments()
    sys.exit(1 if (prepare(args) if args.prepare else measure(args)) else 0)


if __name__ == "__main__":
    main()
