#!/usr/bin/env python3
"""Fetching many feeds beside newsboat, whole process, and what reading and storing them costs in computing.

    python3 tests/bench/fetching.py [--feeds 100] [--items 100] [--latency 50] [--runs 3] [--at-once 16] [--binary FILE]

A server on loopback (gen.py: $GENNEWS, or ../shared/bench/gen.py) gives the feeds, each answer after the latency. Both
programs fetch all of them first, then again when nothing has changed. All feeds stand on one host, which would be asked
two at a time: the limit on a host is lifted by the configuration to as many as are asked at once. newsboat is run with its
default of one thread, and with 16 and 64, of which the better counts as its best. Then `cargo bench --bench feeds` over the same feeds as files. Needs Python 3.8 on Linux; without newsboat its
columns stay empty. Prints a table; exits 1 with --strict if something misses what is wanted.
"""
import argparse
import os
import re
import shutil
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
GLEANER = ROOT / "target/release/gleaner"
PORT = 8833
# What newsboat is run with: its default, and what might be its best.
DEFAULT, MORE = 1, (16, 64)


def generator():
    return os.environ.get("GENNEWS") or str(ROOT / "../shared/bench/gen.py")


def serve(args):
    argv = [sys.executable, generator(), "serve", "--port", str(PORT), "--feeds", str(args.feeds), "--items", str(args.items)]
    server = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(600):
        try:
            return server, urllib.request.urlopen("http://127.0.0.1:%d/urls" % PORT).read().decode()
        except OSError:
            time.sleep(0.1)
    sys.exit("the server did not come up")


def control(knobs):
    urllib.request.urlopen("http://127.0.0.1:%d/_ctl?%s" % (PORT, knobs)).read()


def timed(argv, **more):
    begun = time.monotonic()
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
    return time.monotonic() - begun


def gleaner(urls, home, binary, at_once):
    """Seconds of the first fetch and of one in which nothing has changed."""
    Path(home, "urls").write_text(urls)
    Path(home, "config.toml").write_text("[fetch]\nat-once = %d\nper-host = %d\n" % (at_once, at_once))
    argv = [binary, "--data-dir", home, "--config", str(Path(home, "config.toml"))]
    Path(home, "feeds.opml").write_text(opml(urls))
    subprocess.run(argv + ["import", "--allow-private", str(Path(home, "feeds.opml"))], check=True, stdout=subprocess.DEVNULL)
    return timed(argv + ["fetch", "--all"]), timed(argv + ["fetch", "--all"])


def opml(urls):
    outlines = "".join('<outline type="rss" text="%d" xmlUrl="%s"/>' % (n, url) for n, url in enumerate(urls.split()))
    return '<opml version="2.0"><body>%s</body></opml>' % outlines


def newsboat(urls, home, threads):
    Path(home, "urls").write_text(urls)
    Path(home, "config").write_text("reload-threads %d\nmax-items 0\n" % threads)
    argv = ["newsboat", "-u", str(Path(home, "urls")), "-c", str(Path(home, "cache.db")), "-C", str(Path(home, "config")),
            "-x", "reload"]
    return timed(argv), timed(argv)


def measure(runs, fetch, *args):
    """The medians of both figures."""
    figures = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as home:
            figures.append(fetch(args[0], home, *args[1:]))
    return [statistics.median(column) for column in zip(*figures)]


def computing(args):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, generator(), "write", "--dir", folder, "--feeds", str(args.feeds), "--items", str(args.items)],
                       check=True, stdout=subprocess.DEVNULL)
        argv = ["cargo", "bench", "--bench", "feeds", "--", folder]
        done = subprocess.run(argv, cwd=ROOT, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return re.findall(r"^(\w+) ([\d.]+) ([\d.]+) ([\d.]+) (.+)$", done.stdout, re.M)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--feeds", type=int, default=100)
    parser.add_argument("--items", type=int, default=100)
    parser.add_argument("--latency", type=int, default=50, help="milliseconds before each answer (default 50)")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--at-once", type=int, default=16, help="requests that gleaner may have under way (default 16)")
    parser.add_argument("--binary", help="a gleaner that is built already")
    parser.add_argument("--no-computing", action="store_true", help="leave the benches out")
    parser.add_argument("--strict", action="store_true", help="exit 1 if something misses what is wanted")
    args = parser.parse_args()
    if not args.binary:
        subprocess.run(["cargo", "build", "--release", "--bin", "gleaner"], cwd=ROOT, check=True)
    server, urls = serve(args)
    misses = 0
    try:
        # The server makes each feed when it is first asked for it; that is nobody's time.
        for url in urls.split():
            urllib.request.urlopen(url).read()
        control("latency_ms=%d" % args.latency)
        ours = measure(args.runs, gleaner, urls, args.binary or str(GLEANER), args.at_once)
        peers = {}
        if shutil.which("newsboat"):
            peers = {threads: measure(args.runs, newsboat, urls, threads) for threads in (DEFAULT, *MORE)}
    finally:
        server.terminate()
    print("%d feeds of %d items, %d ms latency, seconds (median of %d)" % (args.feeds, args.items, args.latency, args.runs))
    for n, name in enumerate(("first fetch", "nothing changed")):
        line = "  %-16s gleaner %6.2f" % (name, ours[n])
        best = min(MORE, key=lambda threads: peers[threads][n]) if peers else None
        for threads, wanted in ((DEFAULT, 5.0), (best, 1.0)) if peers else ():
            ratio = peers[threads][n] / ours[n]
            misses += ratio < wanted
            record("fetching", "%s, of newsboat with %d threads" % (name, threads), 1 / ratio, 1 / wanted)
            line += "   newsboat, %2d threads %6.2f (%.1f x, wanted %g x)" % (threads, peers[threads][n], ratio, wanted)
        print(line)
    for stage, mine, bare, ratio, what in ([] if args.no_computing else computing(args)):
        wanted = {"parse": 2.5, "store": 1.5}[stage]
        misses += float(ratio) > wanted
        record("fetching", "%s, of %s" % (stage, what), float(ratio), wanted)
        print("  %-6s %s ms, bare %s ms: %s x (wanted at most %g x; %s)" % (stage, mine, bare, ratio, wanted, what))
    sys.exit(1 if misses and args.strict else 0)


if __name__ == "__main__":
    main()
