#!/usr/bin/env python3
"""Libraries of 10,000 to 1,000,000 articles with ten comments each on average: how quick the reader is, beside what is wanted.

    python3 tests/bench/library.py [--sizes 10000,100000,1000000] [--runs 5] [--no-newsboat]

Each library is made once (the million takes about an hour of one core, and 13 GB) and kept under target/bench-library/.
Measured are the real program in a pseudo-terminal, beside the yardstick, a bare ratatui program; what the store does,
beside bare SQLite doing the one statement that an action needs, on the same file (`library measure`); the bytes on disk;
and newsboat's start with the same articles, where newsboat is installed. Exits 1 with --strict if something misses what is
wanted. Needs Python 3.8 on Linux and ptybench.py, as compare.py does.
"""
import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from compare import ROOT, clean_env, ptybench  # noqa: E402
from ratios import record  # noqa: E402

# Part of the folder's name: raise it when grown.rs makes other libraries.
GENERATION = 1
CACHE = ROOT / ("target/bench-library/%d" % GENERATION)
HELPER = ROOT / "target/release/examples/library"
GLEANER = ROOT / "target/release/gleaner"
# The newest article, and the first unread one beyond all the read ones, see grown.rs.
NEWEST = r"Article 0 "
FRESH = 40
OPEN = "open an article and its comments"
# Keys of the program: what it does, the statements that it needs, and the bare program's key that changes as much of the
# screen: a row and the pane beside it, or a page of the pane. The next unread article is found, the list goes to where it
# is, and the article is opened beside it.
KEYS = (("list j", (OPEN,), "key"), ("sections j", ("list: first screen",), "key"), ("open J", (OPEN,), "page"),
        ("next unread", ("next unread: over half of all", "list: a page in the middle", OPEN), "key"))
NEWSBOAT_SIZES = (10_000, 100_000)


def helper(*args):
    done = subprocess.run([str(HELPER), *map(str, args)], check=True, stdout=subprocess.PIPE, text=True)
    return [line.split("\t") for line in done.stdout.splitlines()]


def library(size):
    """The folder with the library's store, made if need be."""
    folder = CACHE / str(size)
    if not folder.exists():
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        print("making a library of %d articles …" % size, file=sys.stderr)
        helper("build", part / "store.db", size)
        part.rename(folder)
    return folder


# -------------------------------------------------------------------------------------------------- the programs

def p50(session, keys, repeat):
    return session.keys(keys, repeat=repeat, gap_ms=15)["change_ms"]["p50"]


def reader(bench, folder, size, keys):
    """Milliseconds by figure, and the memory in MiB, of one run over a library, which is left as it was."""
    helper("reset", folder / "store.db")
    figures = {}
    with tempfile.TemporaryDirectory() as home:
        argv = [str(GLEANER), "--data-dir", str(folder)]
        with bench.Session(argv, 120, 40, env=clean_env(home)) as session:
            figures["usable screen"] = session.wait_for(NEWEST, timeout=600) * 1e3
            session.quiet(300)
            figures["memory, idle"] = session.memory()["hwm_kib"] / 1024
            figures["list j"] = p50(session, ["j", "k"], keys)
            session.write(session.text_of("h"))
            session.quiet(200)
            # Unread, Starred, Watched and the sources.
            figures["sections j"] = p50(session, ["j", "j", "k"], keys)
            session.write(session.text_of("g"))
            session.quiet(300)
            session.write(session.text_of("l"))
            session.quiet(200)
            # From the last of the fresh ones in All, over the read ones as far as the middle.
            for _ in range(FRESH - 1):
                session.write(session.text_of("j"))
            session.wait_for(r"Article %d " % (FRESH - 1), timeout=60)
            session.quiet(200)
            wanted = size // 2 + -(size // 2) % 5
            session.act("n", until=r"Article %d " % wanted, timeout=600)
            # There and back: the same way over half of the library.
            figures["next unread"] = p50(session, ["N", "n"], keys)
            session.write(session.text_of("g"))
            session.wait_for(NEWEST, timeout=60)
            session.write(session.text_of("<Enter>"))
            session.quiet(300)
            figures["open J"] = p50(session, "J", keys)
            figures["memory, used"] = session.memory()["hwm_kib"] / 1024
            session.quit("<C-c>")
    helper("reset", folder / "store.db")
    return figures


def yardstick(bench, keys):
    with bench.Session([str(ROOT / "target/release/examples/yardstick")], 120, 40, env={}) as session:
        usable = session.wait_for(r"Row 1 ", timeout=30) * 1e3
        session.quiet(200)
        key = p50(session, "j", keys)
        session.write("p")
        session.quiet(200)
        page = p50(session, "<Space>", keys)
        session.quit("q")
    return {"usable screen": usable, "key": key, "page": page}


def newsboat(bench, size, runs):
    """Milliseconds to newsboat's list of feeds with the same articles, and its bytes on disk an article."""
    folder = CACHE / ("newsboat-%d" % size)
    files = ["-u", str(folder / "urls"), "-c", str(folder / "cache.db"), "-C", str(folder / "config")]
    if not folder.exists():
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        (part / "config").write_text("")
        (part / "urls").write_text("https://example.org/source-0\n")
        made = [arg.replace(str(folder), str(part)) for arg in files]
        subprocess.run(["newsboat", *made, "-x", "print-unread"], check=True, stdout=subprocess.DEVNULL, env=clean_env(part))
        urls = [line[0] for line in helper("newsboat", part / "cache.db", size)]
        (part / "urls").write_text("\n".join(urls) + "\n")
        part.rename(folder)
    times = []
    for _ in range(runs):
        with bench.Session(["newsboat", *files], 120, 40, env=clean_env(folder)) as session:
            times.append(session.wait_for(r"Source \d\d\d", timeout=600) * 1e3)
            session.quit("q")
    return statistics.median(times), (folder / "cache.db").stat().st_size / size


# -------------------------------------------------------------------------------------------------- the table

def medians(runs):
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--runs", type=int, default=3, help="runs of each program (default 3)")
    parser.add_argument("--keys", type=int, default=60, help="keys in each measurement of a program (default 60)")
    parser.add_argument("--no-newsboat", action="store_true")
    parser.add_argument("--strict", action="store_true", help="exit 1 if something misses what is wanted")
    args = parser.parse_args()
    sizes = [int(size) for size in args.sizes.split(",")]
    subprocess.run(["cargo", "build", "--release", "--bins", "--examples"], cwd=ROOT, check=True)
    bench = ptybench()
    folders = {size: library(size) for size in sizes}
    programs, statements, bytes_on_disk, bare = {}, {}, {}, []
    for size in sizes:
        print("measuring at %d …" % size, file=sys.stderr)
        runs = []
        for _ in range(args.runs):
            runs.append(reader(bench, folders[size], size, args.keys))
            bare.append(yardstick(bench, args.keys))
        programs[size] = medians(runs)
        statements[size] = {name: (float(ours), float(theirs)) for name, ours, theirs in helper("measure", folders[size] / "store.db")}
        bytes_on_disk[size] = {what: float(count) for what, count in helper("sizes", folders[size] / "store.db")}
    yard = medians(bare)
    misses = 0

    def row(name, values, wanted="", met=None):
        nonlocal misses
        misses += met is False
        print("%-38s %s  %-34s %s" % (name, " ".join("%17s" % value for value in values), wanted, {None: "", True: "met", False: "MISSED"}[met]))

    for size in sizes:
        start = programs[size]["usable screen"] - yard["usable screen"]
        record("library", "start beyond the bare program, of 5 ms, %d articles" % size, start / 5, 1)
    row("articles", sizes)
    print("the program, ms (median), and the bare ratatui program's")
    met = all(programs[size]["usable screen"] <= max(1.5 * yard["usable screen"], yard["usable screen"] + 5) for size in sizes)
    row("  usable screen (%.1f)" % yard["usable screen"], ["%.1f" % programs[size]["usable screen"] for size in sizes], "≤ 1.5 × or + 5 ms", met)
    for name, needed, key in KEYS:
        limits = {size: yard[key] + 2 * sum(statements[size][statement][1] for statement in needed) for size in sizes}
        for size in sizes:
            record("library", "%s, of the bare key and its statements, %d articles" % (name, size), programs[size][name] / limits[size], 1.2)
        met = all(programs[size][name] <= limits[size] for size in sizes)
        row("  %s (%.2f)" % (name, yard[key]), ["%.2f of %.2f" % (programs[size][name], limits[size]) for size in sizes],
            "≤ bare key + 2 × statements", met)
    print("the store, ms (median), and bare SQLite's one statement")
    for name in statements[sizes[0]]:
        values = ["%.2f of %.2f" % statements[size][name] for size in sizes]
        if name.startswith("index"):
            row("  " + name, ["%.0f" % statements[size][name][0] for size in sizes], "beside the reader")
            continue
        if name.startswith("related"):
            found = [statements[size][name][0] for size in sizes]
            row("  " + name, ["%.1f" % ms for ms in found], "< 50 ms", max(found) < 50)
            continue
        met = all(ours <= yard["key"] + 2 * theirs for ours, theirs in (statements[size][name] for size in sizes))
        row("  " + name, values, "≤ bare key + 2 × statement", met)
    print("memory, MiB")
    for name in ("memory, idle", "memory, used"):
        values = [programs[size][name] for size in sizes]
        record("library", "%s, the largest library to the smallest" % name, max(values) / programs[min(sizes)][name], 1.5)
        row("  " + name, ["%.1f" % value for value in values], "≤ 1.5 × the smallest's", max(values) <= 1.5 * programs[min(sizes)][name])
    print("bytes on disk, an article")
    for what in bytes_on_disk[sizes[0]]:
        row("  " + what, ["%.0f" % bytes_on_disk[size][what] for size in sizes])
    peers = [size for size in sizes if size in NEWSBOAT_SIZES]
    if args.no_newsboat or not shutil.which("newsboat"):
        print("newsboat: left out" + ("" if args.no_newsboat else ", it is not installed"))
    elif peers:
        print("newsboat, the same articles without comments")
        found = {size: newsboat(bench, size, args.runs) for size in peers}
        ratios = {size: found[size][0] / programs[size]["usable screen"] for size in peers}
        row("  start, ms", ["%.0f %.0f×" % (found[size][0], ratios[size]) for size in peers], "≥ 100 × at 100,000", ratios[100_000] >= 100 if 100_000 in ratios else None)
        row("  bytes an article", ["%.0f" % found[size][1] for size in peers])
    sys.exit(1 if misses and args.strict else 0)


if __name__ == "__main__":
    main()
