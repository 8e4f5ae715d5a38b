#!/usr/bin/env python3
"""Keys while a large discussion of Hacker News streams in, beside the same keys when nothing is fetched.

    python3 tests/bench/streaming.py [--comments 10000] [--keys 240] [--binary target/release/gleaner] [--strict]

A fake Hacker News on loopback (gen.py: $GENNEWS, or ../shared/bench/gen.py) has six stories of about so many comments; the
reader runs in the terminal of ptybench.py ($PTYBENCH, or ../shared/bench/ptybench.py) with the list of its front page, and
`k` and `j` go up and down it: first idle, then, in six rounds, from the moment that `D` asks for the discussion of another
story. Prints the median of key to screen when idle, the median of the rounds' medians and the slowest of these, and the
ratio (wanted: at most 1.5); exits 1 with --strict if it is larger. Needs Python 3.8 on Linux.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from ratios import record  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
PORT = 8834
ROUNDS = 6


def helper(variable, name):
    return os.environ.get(variable) or str(ROOT / "../shared/bench" / name)


def serve(comments):
    argv = [sys.executable, helper("GENNEWS", "gen.py"), "hn", "--port", str(PORT), "--threads",
            ",".join(str(comments + n) for n in range(ROUNDS))]
    server = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(600):
        try:
            urllib.request.urlopen("http://127.0.0.1:%d/v0/topstories.json" % PORT).read()
            return server
        except OSError:
            time.sleep(0.1)
    sys.exit("the server did not come up")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--comments", type=int, default=10000)
    parser.add_argument("--keys", type=int, default=240, help="of each kind")
    parser.add_argument("--binary", default=str(ROOT / "target/release/gleaner"))
    parser.add_argument("--strict", action="store_true", help="exit 1 if the ratio is more than 1.5")
    args = parser.parse_args()
    server = serve(args.comments)
    try:
        with tempfile.TemporaryDirectory() as home:
            config = Path(home, "config.toml")
            base = "http://127.0.0.1:%d" % PORT
            config.write_text('[sites.hacker-news]\nfirebase = "%s"\nalgolia = "%s"\n[sites.lobsters]\nbase = "%s/none"\n'
                              % (base, base, base))
            argv = [args.binary, "--data-dir", home, "--config", str(config)]
            subprocess.run(argv + ["add", "hn:top"], check=True, stdout=subprocess.DEVNULL)
            moves = {"keys": ["k", "j"], "gap_ms": 20}
            press = lambda key: {"keys": key, "repeat": 1, "name": "step"}
            # The stories with comments are the oldest, at the end of the list.
            steps = [{"quiet": 300}, press("G"), dict(moves, repeat=args.keys, name="idle")]
            for _ in range(ROUNDS):
                steps += [press("D"), dict(moves, repeat=args.keys // ROUNDS, name="streaming"), press("k")]
            bench = [sys.executable, helper("PTYBENCH", "ptybench.py"), "run", "--usable", "points", "--script",
                     json.dumps(steps), "--"] + argv
            result = json.loads(subprocess.run(bench, check=True, stdout=subprocess.PIPE, text=True).stdout)
    finally:
        server.terminate()
    medians = lambda name: [step["change_ms"]["p50"] for step in result["summary"]["steps"] if step["name"] == name]
    idle, streaming = medians("idle")[0], medians("streaming")
    ratio = statistics.median(streaming) / idle
    print("%d keys, discussions of %d comments: key to screen idle %.2f ms, streaming %.2f ms (slowest round %.2f): %.2f x (wanted at most 1.5)"
          % (args.keys, args.comments, idle, statistics.median(streaming), max(streaming), ratio))
    record("streaming", "keys while comments stream in, of idle", ratio, 1.5)
    sys.exit(1 if ratio > 1.5 and args.strict else 0)


if __name__ == "__main__":
    main()
