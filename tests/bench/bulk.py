#!/usr/bin/env python3
"""Bulk work: what is written to the disk and what it costs, beside bare SQLite doing the same.

    python3 tests/bench/bulk.py --corpus FOLDER [--sizes 10000,100000[,1000000]] [--gleaner target/release/gleaner]

Articles of 5.5 KB are made of the paragraphs of real pages and feeds in FOLDER (any tree of .html, .xml, .rss and .atom
files), so that words are as common as they are; they go into feeds of 100 that are imported. Measured are the bytes that
the system wrote for each process (`ru_oublock`, what /proc/PID/io calls write_bytes), its CPU seconds and the size of the
files. The yardstick is bare FTS5 without prefixes, with default options and transactions of 5,000, beside a table of
the texts. Prints too what deflate leaves of the texts. Linux, Python 3.8, SQLite with FTS5.
"""
import argparse
import html
import multiprocessing
import os
import random
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from ratios import record  # noqa: E402

MB = 1e6
START = 1_600_000_000
SOURCES = 1000


def paragraphs(folder):
    found = set()
    for path in sorted(Path(folder).rglob("*")):
        if path.suffix not in (".html", ".htm", ".xml", ".rss", ".atom") or path.stat().st_size > 4 << 20:
            continue
        text = html.unescape(path.read_bytes().decode("utf-8", "ignore"))
        text = re.sub(r"(?is)<(script|style)[^>]*>.*?</\1>", " ", text)
        for part in re.findall(r"(?is)<p[^>]*>(.*?)</p>", text):
            part = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", part)).strip()
            if 120 < len(part) < 2000:
                found.add(part)
    return sorted(found)


class Library:
    """Article n is always the same."""

    def __init__(self, folder):
        self.paragraphs = paragraphs(folder)
        if len(self.paragraphs) < 100:
            sys.exit("too few paragraphs under %s" % folder)

    def article(self, n):
        chosen = random.Random(n)
        parts, size = [], 0
        while size < 5400:
            part = chosen.choice(self.paragraphs)
            parts.append(part)
            size += len(part)
        title = " ".join(parts[0].split()[:8]) + " %d" % n
        parts.append("w%x w%x" % (chosen.getrandbits(30), chosen.getrandbits(30)))
        return title, parts, START + n * 60

    def feed(self, path, numbers, source):
        items = []
        for n in numbers:
            title, parts, at = self.article(n)
            body = "".join("<p>%s</p>" % html.escape(part) for part in parts)
            items.append(
                "<item><title>%s</title><link>https://s%d.example/a/%d</link><guid>%d</guid><pubDate>%s</pubDate>"
                "<description>%s</description></item>"
                % (html.escape(title), source, n, n, time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(at)),
                   html.escape(body)))
        head = "<rss version='2.0'><channel><title>Source %d</title><link>https://s%d.example/</link>" % (source, source)
        path.write_text(head + "".join(items) + "</channel></rss>")

    def feeds(self, folder, start, total):
        folder.mkdir(parents=True)
        for at in range(start, start + total, 100):
            source = at // 100 % SOURCES
            self.feed(folder / ("%07d.xml" % at), range(at, min(at + 100, start + total)), source)


class Cost:
    def __init__(self, written, cpu, output=""):
        self.written, self.cpu, self.output = written, cpu, output


def run(command, env=None):
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(command, env=env, stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = status
        out.seek(0)
        output = out.read().decode("utf-8", "replace")
    if status != 0:
        sys.exit("%s failed: %s" % (" ".join(map(str, command)), output[-2000:]))
    return Cost(usage.ru_oublock * 512, usage.ru_utime + usage.ru_stime, output)


def bare(library, path, total):
    conn = sqlite3.connect(path, isolation_level=None)
    conn.executescript(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE texts (id INTEGER PRIMARY KEY, title, body);"
        "CREATE VIRTUAL TABLE words USING fts5 (body, title, author, content = '')")
    for at in range(0, total, 5000):
        conn.execute("BEGIN")
        for n in range(at, min(at + 5000, total)):
            title, parts, _ = library.article(n)
            body = "\n".join(parts)
            conn.execute("INSERT INTO texts VALUES (?, ?, ?)", (n, title, body))
            conn.execute("INSERT INTO words (rowid, body, title) VALUES (?, ?, ?)", (n, body, title))
        conn.execute("COMMIT")
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.close()


def measured(work, *args):
    """The cost of work in a process of its own."""
    receiver, sender = multiprocessing.Pipe(False)

    def body():
        work(*args)
        usage = resource.getrusage(resource.RUSAGE_SELF)
        sender.send((usage.ru_oublock * 512, usage.ru_utime + usage.ru_stime))

    child = multiprocessing.get_context("fork").Process(target=body)
    child.start()
    cost = receiver.recv()
    child.join()
    return Cost(*cost)


class Gleaner:
    def __init__(self, program, data):
        self.program, self.data = program, data
        self.env = dict(os.environ, XDG_CONFIG_HOME=str(data), XDG_STATE_HOME=str(data), HOME=str(data))

    def __call__(self, *args):
        return run([str(self.program), "--data-dir", str(self.data), *map(str, args)], self.env)

    def size(self):
        return sum(path.stat().st_size for path in self.data.glob("*.db*"))


def told(what, cost, total=None, beside=None):
    line = "%-44s %9.1f MB %8.2f s" % (what, cost.written / MB, cost.cpu)
    if total:
        line += "   %6.2f KB an article" % (cost.written / 1024 / total)
    if beside:
        line += "   %.2f × bare" % (cost.written / beside.written)
    print(line, flush=True)


def compression(library):
    sizes = [0, 0, 0]
    for n in range(500):
        body = "\n".join(library.article(n)[1]).encode()
        packed = zlib.compressobj(6, wbits=-15)
        sizes[0] += len(body)
        sizes[1] += len(packed.compress(body) + packed.flush())
    print("deflate leaves %.0f %% of the texts" % (100 * sizes[1] / sizes[0]))


def measure(library, program, total, batches):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        print("\n%d articles" % total)
        yardstick = measured(bare, library, str(folder / "bare.db"), total)
        told("bare SQLite with FTS5", yardstick, total)
        (folder / "bare.db").unlink()
        library.feeds(folder / "feeds", 0, total)
        data = folder / "data"
        data.mkdir()
        gleaner = Gleaner(program, data)
        cost = gleaner("import", folder / "feeds")
        told("import", cost, total, yardstick)
        record("bulk", "bytes written by the import of %d articles, of bare SQLite" % total, cost.written / yardstick.written, 2)
        print("%-44s %9.1f MB            %6.2f KB an article" % ("  its files", gleaner.size() / MB, gleaner.size() / 1024 / total))
        shutil.rmtree(folder / "feeds")
        costs = []
        for batch in range(batches):
            part = folder / ("new%d" % batch)
            library.feeds(part, total + 100 * batch, 100)
            costs.append(gleaner("import", part))
        told("100 more, mean of %d" % batches, Cost(*(sum(getattr(c, of) for c in costs) / batches for of in ("written", "cpu"))))
        told("100 more, worst", max(costs, key=lambda cost: cost.written))
        for words in ("st*", "con*", "zq*", "the", "telescope galaxy"):
            begun = time.perf_counter()
            cost = gleaner("search", words)
            print("%-44s %9.1f ms  (a whole process)" % ("search " + words, 1000 * (time.perf_counter() - begun)))
        told("doctor", gleaner("doctor"))
        for what, args in (("mark all read", ("mark", "read", "is:unread")), ("mark all unread", ("mark", "unread", "is:read"))):
            told(what, gleaner(*args))
        before = gleaner.size()
        cost = gleaner("remove", "--all", "Source 1")
        told("remove a source", cost)
        print("%-44s %9.1f MB" % ("  its files shrank by", (before - gleaner.size()) / MB))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--sizes", default="10000,100000")
    parser.add_argument("--batches", type=int, default=20)
    root = Path(__file__).resolve().parents[2]
    parser.add_argument("--gleaner", type=Path, default=root / "target/release/gleaner")
    args = parser.parse_args()
    library = Library(args.corpus)
    compression(library)
    for size in map(int, args.sizes.split(",")):
        measure(library, args.gleaner, size, args.batches)


if __name__ == "__main__":
    main()
