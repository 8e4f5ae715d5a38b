#!/usr/bin/env python3
"""Damages copies of a small store, and looks at what gleaner's commands do with each. Not run by default.

    tests/bench/damaged.py target/release/gleaner [--stores 1000] [--seed 1]

Bytes are changed, a part is zeroed, or the end is cut off. Then no command may panic, run longer than ten seconds, or fail
without a word on standard error, and `doctor` may not call a store sound that `export` cannot read.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PAGE = """<html><head><title>Owls {n}</title></head><body><article><h1>Owls {n}</h1>
<p>An owl flies low over the field at dusk and listens for mice in the long grass, {n} times a night.</p></article></body></html>"""
THREAD = """{{"id": {n}, "type": "story", "title": "Mice {n}", "author": "ada", "created_at_i": 1700000000, "points": 9,
"url": "https://example.org/mice/{n}", "children": [{{"id": {n}1, "type": "comment", "author": "bob", "text": "Yes, {n}.",
"created_at_i": 1700000100, "parent_id": {n}, "story_id": {n}, "children": []}}]}}"""
COMMANDS = ["list", "show 1", "search owl", "sources", "doctor", "export", "mark read 2", "clean"]


def run(program, home, command):
    argv = [program, "--data-dir", f"{home}/data", "--config", f"{home}/config.toml", *command.split()]
    try:
        return subprocess.run(argv, capture_output=True, timeout=10, env={**os.environ, "HOME": home}, check=False)
    except subprocess.TimeoutExpired:
        return None


def damaged(whole, seed):
    chance, data = random.Random(seed), bytearray(whole)
    way = chance.choice(["bytes", "page", "zeros", "cut"])
    at = chance.randrange(len(data))
    if way == "bytes":
        for _ in range(chance.choice([1, 4, 64])):
            data[chance.randrange(len(data))] = chance.randrange(256)
    elif way == "page":
        start = at // 4096 * 4096
        data[start : start + 4096] = bytes(chance.randrange(256) for _ in range(4096))
    elif way == "zeros":
        end = min(at + chance.choice([1, 100, 10_000]), len(data))
        data[at:end] = bytes(end - at)
    else:
        del data[at:]
    return way, bytes(data)


def faults_of(done):
    for command, ended in done.items():
        if ended is None:
            yield f"{command}: runs longer than 10 s"
        elif ended.returncode in (101, 134) or ended.returncode < 0 or b"panicked" in ended.stderr:
            yield f"{command}: exit {ended.returncode}, {ended.stderr[-300:].decode(errors='replace')}"
        elif ended.returncode != 0 and not ended.stderr.strip() and not ended.stdout.strip():
            yield f"{command}: exit {ended.returncode} without a word"
    doctor, export = done.get("doctor"), done.get("export")
    if doctor and export and doctor.returncode == 0 and export.returncode != 0:
        yield f"doctor finds the store sound, export does not: {export.stderr[-300:].decode(errors='replace')}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--stores", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    with tempfile.TemporaryDirectory() as home:
        Path(home, "config.toml").touch()
        for n in range(1, 9):
            Path(home, f"owls-{n}.html").write_text(PAGE.format(n=n))
            Path(home, f"mice-{n}.json").write_text(THREAD.format(n=n))
        made = run(program, home, f"import {' '.join(str(path) for path in Path(home).glob('*-*'))}")
        if made is None or made.returncode != 0:
            sys.exit(f"the store cannot be made: {made and made.stderr.decode()}")
        store = Path(home, "data", "store.db")
        whole, faults = store.read_bytes(), 0
        for nth in range(options.stores):
            shutil.rmtree(store.parent)
            store.parent.mkdir()
            way, data = damaged(whole, f"{options.seed}:{nth}")
            store.write_bytes(data)
            for fault in faults_of({command: run(program, home, command) for command in COMMANDS}):
                faults += 1
                print(f"store {options.seed}:{nth} ({way}): {fault}")
        print(f"{options.stores} damaged stores, {len(COMMANDS)} commands each: {faults} faults")
        sys.exit(1 if faults else 0)


main()
