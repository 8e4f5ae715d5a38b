#!/usr/bin/env python3
"""Measures the reader beside the yardstick, a bare ratatui program that draws the same picture.

    cargo build --release --bins --examples && python3 tests/bench/compare.py [--runs 5] [--size 120x40]

Both programs run in turn, in one run of this script, over a store of 10,000 articles and a page with 10,000 comments
(generated, imported once and kept under target/). Prints each figure of both, their ratio and what is wanted; exits 1
if something misses it and --strict is given. Needs Python 3.8 on Linux and ptybench.py ($PTYBENCH, or
../shared/bench/ptybench.py).
"""
import argparse
import importlib.util
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from ratios import record  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
ARTICLES, COMMENTS = 10_000, 10_000
# Part of the store's name: raise it when the generator changes.
GENERATION = 1
BIG_TITLE = "The longest argument about grain"
STEMS = ("grain of the harvest winnow a field lie under stubble and sheaf after is count by those who come late to row that "
         "other cut while mice read ground wind take what was left").split()
# Enough different words that runs of them are shared about as seldom as in real talk.
WORDS = [stem + ending for stem in STEMS for ending in " s ed ing er ly ness less ful able ward wise".split(" ")]
MONTHS = ("January February March April May June July August September October November December").split()


# -------------------------------------------------------------------------------------------------- data

def prose(rng, words):
    return " ".join(rng.choice(WORDS) for _ in range(words)).capitalize() + "."


def head_line(rng):
    date = "%s %02d, 2016" % (rng.choice(MONTHS)[:3], rng.randint(1, 28))
    if rng.random() < 0.1:
        return "not rated yet " + date
    tenths = rng.randint(10, 50)
    rank = str(tenths // 10) if tenths % 10 == 0 else "%.1f" % (tenths / 10)
    return "%s / 5 (%d) %s" % (rank, rng.randint(1, 30), date)


def dump(rng, title, date, comments):
    body = "\n\n".join(prose(rng, rng.randint(30, 70)) for _ in range(rng.randint(8, 14)))
    talk = "".join("%s\n%s\n" % (head_line(rng), prose(rng, rng.randint(8, 60))) for _ in range(comments))
    return ("%s\n\n%s by Field Desk\n\n%s\n\nExplore further: Hedges shelter the late grain\n\n\n"
            "Adjust slider to filter visible comments by rank\n\nDisplay comments: newest first\n\n%s\n"
            "Please sign in to add a comment.\n" % (title, date, body, talk))


def make_store(gleaner, store):
    """Imports the generated dumps; the page with all the comments is the newest, so it is the list's first row."""
    rng = random.Random(20110604)
    with tempfile.TemporaryDirectory() as folder:
        for n in range(ARTICLES - 1):
            date = "%s %d, %d" % (MONTHS[n // 28 % 12], n % 28 + 1, 1990 + n // 336)
            Path(folder, "%05d.txt" % n).write_text(dump(rng, "Report %d: %s" % (n, prose(rng, 6)), date, n % 4))
        Path(folder, "big.txt").write_text(dump(rng, BIG_TITLE, "June 4, 2024", COMMENTS))
        part = store.with_name(store.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        print("importing %d generated pages …" % ARTICLES, file=sys.stderr)
        subprocess.run([gleaner, "--data-dir", part, "import", folder], check=True, stdout=subprocess.DEVNULL, env=clean_env(part))
        part.rename(store)


def clean_env(home):
    return {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_STATE_HOME": str(home), "XDG_CACHE_HOME": str(home)}


# -------------------------------------------------------------------------------------------------- measuring

def measure(bench, argv, env, size, keys, plan):
    """One run of one program. `plan` says what to type on the way from one measurement to the next."""
    cols, rows = size
    figures = {}
    with bench.Session(argv, cols, rows, env=env) as session:
        figures["usable"] = session.wait_for(plan["usable"], timeout=60) * 1e3
        session.quiet(150)
        figures["memory at start"] = session.memory()["hwm_kib"] / 1024
        figures["idle wake-ups/s"] = session.idle(3.0)["wakeups_per_s"]
        for name in ("list j", "page j", "page space", "slider [ ]"):
            for step, match in plan.get(name, ()):
                session.write(session.text_of(step))
                if match:
                    session.wait_for(match, timeout=60)
                session.quiet(150)
            wanted = {"list j": ["j"], "page j": ["j"], "page space": ["<Space>"], "slider [ ]": ["]", "[", "]", "]", "[", "["]}[name]
            result = session.keys(wanted, repeat=keys, gap_ms=15)
            if result["unchanged"] > keys // 10:
                raise SystemExit("%s: %s of %s keys changed nothing in %s; the screen:\n%s" % (
                    name, result["unchanged"], result["keys"], argv[0], session.screen.text()))
            figures[name + " p50"] = result["change_ms"]["p50"]
            figures[name + " p99"] = result["change_ms"]["p99"]
            figures[name + " bytes"] = result["bytes_per_key"]["p50"]
        figures["memory at end"] = session.memory()["hwm_kib"] / 1024
        figures["idle wake-ups/s after"] = session.idle(3.0)["wakeups_per_s"]
        session.quit("<C-c>" if "quit" not in plan else plan["quit"])
    return figures


READER = {
    "usable": re.escape(BIG_TITLE[:20]),
    "list j": [("g", None)],
    "page j": [("g", re.escape(BIG_TITLE[:20])), ("<Enter>", r"Field Desk"), ("c", r"open .*of \d")],
    "page space": [("c", None)],
    "slider [ ]": [("a", None), ("c", r"open .*of \d")],
}
YARDSTICK = {
    "usable": r"Row 1 ",
    "page j": [("p", None)],
    "slider [ ]": [("s", None)],
    "quit": "q",
}


def wanted(name, reader, yardstick):
    """What is wanted of a figure, as words, and whether it is so; none where nothing is."""
    if name == "usable":
        return "≤ 1.5 × or + 5 ms", reader <= max(1.5 * yardstick, yardstick + 5)
    if name.startswith("memory"):
        return "≤ + 20 MiB", reader <= yardstick + 20
    if name.startswith("idle"):
        return "0", reader == 0
    if name.endswith("bytes"):
        return "", None
    return "≤ 1.5 ×", reader <= 1.5 * yardstick


def table(reader, yardstick):
    """Prints the medians over the runs side by side; gives how many miss what is wanted."""
    misses = 0
    print("%-24s %12s %12s %8s  %s" % ("", "gleaner", "yardstick", "ratio", "wanted"))
    for name in reader[0]:
        ours, theirs = (statistics.median(run[name] for run in runs) for runs in (reader, yardstick))
        words, met = wanted(name, ours, theirs)
        unit = "MiB" if name.startswith("memory") else "B" if name.endswith("bytes") else "" if name.startswith("idle") else "ms"
        ratio = "%.2f" % (ours / theirs) if theirs else "–"
        misses += met is False
        if name == "usable":
            record("compare", "start beyond the bare program, of 5 ms", (ours - theirs) / 5, 1)
        elif words == "≤ 1.5 ×" and theirs:
            record("compare", name, ours / theirs, 1.5 if "[" in name or "bar" in name else 1.2)
        verdict = {None: "", True: "met", False: "MISSED"}[met]
        print("%-24s %9.2f %-3s %8.2f %-3s %7s  %-18s %s" % (name, ours, unit, theirs, unit, ratio, words, verdict))
    return misses


# -------------------------------------------------------------------------------------------------- command line

def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=5, help="runs of each program (default 5)")
    parser.add_argument("--keys", type=int, default=200, help="keys in each measurement (default 200)")
    parser.add_argument("--size", default="120x40", help="columns x rows (default 120x40)")
    parser.add_argument("--gleaner", default=ROOT / "target/release/gleaner", type=Path)
    parser.add_argument("--yardstick", default=ROOT / "target/release/examples/yardstick", type=Path)
    parser.add_argument("--store", default=ROOT / ("target/bench-store-%d" % GENERATION), type=Path, help="where the store is kept")
    parser.add_argument("--fresh", action="store_true", help="make the store anew")
    parser.add_argument("--no-preview", action="store_true", help="the yardstick's list moves without repainting its text pane")
    parser.add_argument("--strict", action="store_true", help="exit 1 if something misses what is wanted")
    return parser.parse_args()


def ptybench():
    sys.dont_write_bytecode = True
    path = Path(os.environ.get("PTYBENCH", ROOT / "../shared/bench/ptybench.py"))
    if not path.exists():
        raise SystemExit("%s is not there: set PTYBENCH to ptybench.py" % path)
    spec = importlib.util.spec_from_file_location("ptybench", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main():
    args = arguments()
    for program in (args.gleaner, args.yardstick):
        if not program.exists():
            raise SystemExit("%s is not there: cargo build --release --bins --examples" % program)
    bench = ptybench()
    if args.fresh:
        shutil.rmtree(args.store, ignore_errors=True)
    if not args.store.exists():
        make_store(args.gleaner, args.store)
    size = tuple(int(n) for n in args.size.split("x"))
    plan = {**YARDSTICK, "list j": [("v", None)]} if args.no_preview else YARDSTICK
    reader, yardstick = [], []
    for run in range(args.runs):
        print("run %d of %d …" % (run + 1, args.runs), file=sys.stderr)
        # Reading changes the store, so each run has a copy.
        with tempfile.TemporaryDirectory() as home:
            data = Path(home, "data")
            shutil.copytree(args.store, data)
            argv = [str(args.gleaner), "--data-dir", str(data)]
            reader.append(measure(bench, argv, clean_env(home), size, args.keys, READER))
        yardstick.append(measure(bench, [str(args.yardstick)], {}, size, args.keys, plan))
    print("%d × %d, medians of %d runs of %d keys, %d articles, %d comments" % (*size, args.runs, args.keys, ARTICLES, COMMENTS))
    misses = table(reader, yardstick)
    sys.exit(1 if misses and args.strict else 0)


if __name__ == "__main__":
    main()
