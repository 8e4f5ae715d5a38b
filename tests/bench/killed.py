#!/usr/bin/env python3
"""Kills fetches at random moments, and looks whether the store is whole and every mark still there.

    python3 tests/bench/killed.py [--kills 200] [--feeds 40] [--items 5] [--seed 1] [--binary FILE]

A server on loopback (gen.py: $GENNEWS, or ../shared/bench/gen.py) gives feeds that have news at every fetch. Some articles
are starred, read, watched and rated at first, one more after every tenth kill. Each `gleaner fetch --all`, and every fifth
time `gleaner clean`, gets a SIGKILL at a moment drawn evenly from the time that one takes; then `gleaner doctor` has to find
nothing wrong and the list has to show each mark. In the end one fetch is let through. Needs Python 3.8 on Linux. Prints what
was seen; exits 1 if something was lost.
"""
import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from fetching import ROOT, control, serve  # noqa: E402


class Gleaner:
    def __init__(self, binary, home, urls):
        self.argv = [binary, "--data-dir", home, "--config", str(Path(home, "config.toml"))]
        Path(home, "config.toml").write_text("[fetch]\nat-once = 16\nper-host = 4\nkeep = 60\n")
        outlines = "".join('<outline type="rss" text="%d" xmlUrl="%s"/>' % (n, url) for n, url in enumerate(urls.split()))
        Path(home, "feeds.opml").write_text('<opml version="2.0"><body>%s</body></opml>' % outlines)
        self.run("import", "--allow-private", str(Path(home, "feeds.opml")))

    def run(self, *args):
        return subprocess.run(self.argv + list(args), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True).stdout

    def articles(self):
        lines = self.run("list", "--limit", "0", "--json").splitlines()
        return {one["id"]: one for one in map(json.loads, lines)}

    def complaints(self):
        done = subprocess.run(self.argv + ["doctor", "--json"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        return [line["text"] for line in map(json.loads, done.stdout.splitlines()) if line["ok"] is False and line["about"] == "store"]

    def kill(self, command, after):
        """Whether it was still at work when it was killed."""
        child = subprocess.Popen(self.argv + command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        time.sleep(after)
        child.send_signal(signal.SIGKILL)
        return child.wait() == -signal.SIGKILL


def mark(gleaner, marks, id, what):
    """Sets a mark and remembers it; what: the list's name for it."""
    if what == "own_rating":
        gleaner.run("rate", str(id), "4")
    else:
        gleaner.run("mark", {"starred": "star", "read": "read", "watched": "watch"}[what], str(id))
    marks.setdefault(id, {})[what] = 4 if what == "own_rating" else True


def lost(gleaner, marks):
    found = gleaner.articles()
    kept = {id: {what: value for what, value in wanted.items() if what == "read"} for id, wanted in marks.items()}
    missing = [id for id, wanted in marks.items() if id not in found and set(wanted) != set(kept[id])]
    wrong = [id for id, wanted in marks.items() if id in found and any(found[id][what] != value for what, value in wanted.items())]
    return missing + wrong, len(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--feeds", type=int, default=40)
    parser.add_argument("--items", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--binary", default=str(ROOT / "target/release/gleaner"))
    args = parser.parse_args()
    rng = random.Random(args.seed)
    server, urls = serve(args)
    with tempfile.TemporaryDirectory() as home:
        try:
            gleaner = Gleaner(args.binary, home, urls)
            control("latency_ms=20")
            gleaner.run("fetch", "--all")
            marks = {}
            ids = sorted(gleaner.articles())
            for what, count in (("starred", 10), ("read", 10), ("watched", 5), ("own_rating", 5)):
                for id in rng.sample(ids, min(count, len(ids))):
                    mark(gleaner, marks, id, what)
            takes = {}
            hit, torn, faults, gone = 0, 0, [], set()
            stored = len(ids)
            for n in range(args.kills):
                control("bump=1")
                command = ["clean"] if n % 5 == 4 else ["fetch", "--all"]
                takes.setdefault(command[0], 0.5)
                was_at_work = gleaner.kill(command, rng.random() * takes[command[0]])
                # What is over too soon is killed earlier the next time.
                takes[command[0]] *= 1.03 if was_at_work else 0.8
                hit += was_at_work
                faults += gleaner.complaints()
                missing, now = lost(gleaner, marks)
                gone.update(missing)
                torn += was_at_work and now != stored
                stored = now
                if n % 10 == 9:
                    mark(gleaner, marks, max(gleaner.articles()), rng.choice(["starred", "watched", "own_rating"]))
            gleaner.run("fetch", "--all")
            faults += gleaner.complaints()
            missing, stored = lost(gleaner, marks)
            gone.update(missing)
        finally:
            server.terminate()
    print("%d kills, %d of them while it was at work, %d of these after it had stored something" % (args.kills, hit, torn))
    print("%d articles in the end; %d marked, %d of them lost; doctor found %d faults" % (stored, len(marks), len(gone), len(faults)))
    for fault in sorted(set(faults)):
        print("  " + fault)
    sys.exit(1 if gone or faults else 0)


if __name__ == "__main__":
    main()
