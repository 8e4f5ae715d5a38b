#!/usr/bin/env python3
"""Threads of 1,000 to 1,000,000 comments: what the reader does with them, beside what is wanted, as one table.

    python3 tests/bench/threads.py [--sizes 1000,10000,100000,1000000] [--keys 60]

First the work itself, from a message to the drawn screen (`cargo bench --bench threads`, which also grows the stores from
real threads and keeps them under target/bench-threads/). Then the same through the real program in a pseudo-terminal,
beside the yardstick, a bare ratatui program. Exits 1 with --strict if something misses what is wanted. Needs Python 3.8 on
Linux and ptybench.py, as compare.py does.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from compare import ROOT, clean_env, ptybench  # noqa: E402
from ratios import record  # noqa: E402

UNITS = {"ns": 1e-6, "µs": 1e-3, "us": 1e-3, "ms": 1.0, "s": 1e3}
ACTIONS = ("open", "bar", "floor", "order", "fold_all", "scroll_a_screen", "jump_to_end", "search", "resize")


def computing(sizes):
    """Median milliseconds by action and size, and by size the bytes of text and the store's path."""
    env = dict(os.environ, GLEANER_BENCH_SIZES=",".join(map(str, sizes)))
    done = subprocess.run(["cargo", "bench", "--bench", "threads"], cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True)
    medians, texts, action = {}, {}, None
    for line in done.stdout.splitlines():
        told = re.match(r"text (\d+) (\d+) (.+)", line)
        if told:
            texts[int(told[1])] = (int(told[2]), Path(told[3]))
        heading = re.match(r"[├╰]─ (\w+)", line)
        action = heading[1] if heading else action
        figures = re.match(r"[│ ]\s+[├╰]─ (\d+)\s+(.*)", line)
        if figures:
            value, unit = re.findall(r"([\d.]+) (\S+)", figures[2].split("│")[2])[0]
            medians[action, int(figures[1])] = float(value) * UNITS[unit]
    return {key: value for key, value in medians.items() if key[1] in sizes}, texts


def typed(session, keys, key):
    """The median milliseconds from a key to the changed screen."""
    return session.keys([key] if isinstance(key, str) else key, repeat=keys, gap_ms=15)["change_ms"]["p50"]


def real(bench, store, keys):
    """Figures of the real program on one store."""
    figures = {}
    with tempfile.TemporaryDirectory() as home:
        shutil.copy(store, Path(home, "store.db"))
        argv = [str(ROOT / "target/release/gleaner"), "--data-dir", home]
        with bench.Session(argv, 120, 40, env=clean_env(home)) as session:
            session.wait_for(r"newest first", timeout=30)
            session.quiet(200)
            before = session.memory()["hwm_kib"]
            opened = session.write(session.text_of("<Enter>"))
            figures["page"] = session.wait_for(r"loading|── Comments", timeout=60, since=opened) * 1000
            session.write(session.text_of("c"))
            # A narrow pane has the counts short: "1000000/1000000".
            figures["comments"] = session.wait_for(r"open .*of \d|\d/\d", timeout=120, since=opened) * 1000
            session.quiet(300)
            figures["memory"] = (session.memory()["hwm_kib"] - before) * 1024
            figures["page j"] = typed(session, keys, "j")
            figures["page space"] = typed(session, keys, "<Space>")
            session.write(session.text_of("c"))
            session.quiet(200)
            session.write(session.text_of("]"))
            session.quiet(200)
            figures["bar ] ["] = typed(session, keys, ["]", "["])
            session.quit("<C-c>")
    return figures


def bare(bench, keys):
    """The yardstick's figures under the reader's names."""
    figures = {}
    with bench.Session([str(ROOT / "target/release/examples/yardstick")], 120, 40, env={}) as session:
        session.wait_for(r"Row 1 ", timeout=30)
        for name, mode, key in (("page j", "p", "j"), ("page space", None, "<Space>"), ("bar ] [", "s", ["]", "["])):
            if mode:
                session.write(session.text_of(mode))
                session.quiet(200)
            figures[name] = typed(session, keys, key)
        session.quit("q")
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", default="1000,10000,100000,1000000", help="of those four, the ones to show")
    parser.add_argument("--keys", type=int, default=60, help="keys in each measurement of the real program (default 60)")
    parser.add_argument("--strict", action="store_true", help="exit 1 if something misses what is wanted")
    args = parser.parse_args()
    sizes = [int(size) for size in args.sizes.split(",")]
    subprocess.run(["cargo", "build", "--release", "--bins", "--examples"], cwd=ROOT, check=True)
    medians, texts = computing(sizes)
    bench = ptybench()
    yard = bare(bench, args.keys)
    programs = {size: real(bench, texts[size][1], args.keys) for size in sizes}
    misses = 0

    def row(name, values, wanted="", met=None):
        nonlocal misses
        misses += met is False
        print("%-26s %s  %-22s %s" % (name, " ".join("%11s" % value for value in values), wanted, {None: "", True: "met", False: "MISSED"}[met]))

    row("comments", sizes)
    row("text, MiB", ["%.1f" % (texts[size][0] / 2**20) for size in sizes])
    print("computing, ms (median)")
    limits = {("open", 100_000): 100, ("bar", 100_000): 1}
    for action in ACTIONS:
        values = ["%.3f" % medians[action, size] for size in sizes]
        if action == "open" and 100_000 in sizes:
            record("threads", "100,000 comments on the screen, of 100 ms", medians["open", 100_000] / 100, 1)
        limit = next((limit for (name, size), limit in limits.items() if name == action and size in sizes), None)
        row("  " + action, values, "≤ %s at 100,000" % limit if limit else "", medians[action, 100_000] <= limit if limit else None)
    print("the real program, ms from the key to the changed screen (median), × the bare program's")
    for name in ("page j", "page space", "bar ] ["):
        ratios = {size: programs[size][name] / yard[name] for size in sizes}
        values = ["%.2f %.2f×" % (programs[size][name], ratios[size]) for size in sizes]
        for size in sizes:
            # Beyond 100,000 comments nothing is promised.
            bound = None if size > 100_000 else 1.5 if name == "bar ] [" else 1.2
            record("threads", "%s, %d comments" % (name, size), ratios[size], bound)
        known = [ratio for size, ratio in ratios.items() if size <= 100_000]
        row("  %s (%.2f)" % (name, yard[name]), values, "≤ 1.5 × to 100,000", bool(known) and max(known) <= 1.5)
    row("  enter to the page", ["%.1f" % programs[size]["page"] for size in sizes], "at once at every size")
    row("  enter to its comments", ["%.0f" % programs[size]["comments"] for size in sizes])
    shares = {size: programs[size]["memory"] / texts[size][0] for size in sizes}
    met = shares[100_000] <= 3 if 100_000 in shares else None
    row("memory of the page, × text", ["%.1f" % shares[size] for size in sizes], "≤ 3 × at 100,000", met)
    sys.exit(1 if misses and args.strict else 0)


if __name__ == "__main__":
    main()
