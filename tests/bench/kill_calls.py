#!/usr/bin/env python3
"""Kills gleaner at chosen system calls of what it writes, and looks at what is left. Not run by default: it needs strace.

    tests/bench/kill_calls.py target/debug/gleaner [--errors ENOSPC,EIO,EACCES,EINTR] [WHAT…]
        WHAT: backup restore import fetch clean remove mark index migrate

With --errors the calls fail with these errors in turn instead: the command has to end by itself, with success or with an
error that it names, and never with a panic.

For migrate, GLEANER_OLD names the program of an earlier version.

Each system call that can change a file is tried, at its first occurrences and then ever more seldom. After each kill:
nothing half done has a final name, the store opens and is whole, and doing the same again comes to its end.
"""

import http.server
import itertools
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading

CALLS = "openat write pwrite64 fsync fdatasync ftruncate rename renameat2 link linkat unlink fcntl fchmod flock".split()
OCCURRENCES = [1, 2, 3, 4, 5, 6, 8, 11, 16, 23, 32, 45, 64, 91]

TRACE = "calls.trace"
KILL = "signal=SIGKILL"

GLEANER = os.path.abspath(sys.argv[1])


def run(home, *args, kill=None, program=GLEANER):
    command = [program, "--data-dir", f"{home}/data", "--config", f"{home}/config.toml", *args]
    if kill:
        call, nth, fault = kill
        strace = ["strace", "-f", "-qq", "-o", f"{home}/{TRACE}", "-e", f"trace={call}"]
        command = strace + ["-e", f"inject={call}:{fault}:when={nth}"] + command
    env = {"HOME": home, "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TZ": "UTC"}
    return subprocess.run(command, cwd=home, env=env, capture_output=True, text=True, timeout=120)


def pages(home, folder, first, count):
    os.makedirs(f"{home}/{folder}", exist_ok=True)
    for n in range(first, first + count):
        with open(f"{home}/{folder}/{n}.txt", "w") as file:
            file.write(f"Title {n}\n\nJune 4, 2011\n\n" + f"What {n} says of grain. " * 40)


def titles(home):
    listed = run(home, "list", "--json", "--limit", "0")
    assert listed.returncode == 0, listed.stderr
    return sorted(json.loads(line)["title"] for line in listed.stdout.splitlines())


def whole(home):
    told = run(home, "doctor", "--json")
    bad = [line for line in map(json.loads, told.stdout.splitlines()) if line["ok"] is False and line["about"] == "store"]
    assert not bad, bad


class Backup:
    def prepare(self, home):
        pages(home, "pages", 1, 30)
        assert run(home, "import", "pages").returncode == 0
        self.before = titles(home)

    def act(self, home, kill=None):
        return run(home, "backup", "b.db", kill=kill)

    def check(self, home):
        if os.path.exists(f"{home}/b.db"):
            restored = run(home, "restore", "b.db", "--json")
            assert json.loads(restored.stdout)["articles"] == 30, restored.stderr
            os.remove(f"{home}/b.db")
        assert titles(home) == self.before
        made = self.act(home)
        assert made.returncode == 0, made.stderr
        assert not [name for name in os.listdir(home) if name.endswith(".part")], os.listdir(home)


class Restore:
    def prepare(self, home):
        pages(home, "new", 1, 30)
        assert run(home, "import", "new").returncode == 0
        assert run(home, "backup", "b.db").returncode == 0
        self.new = titles(home)
        pages(home, "old", 101, 3)
        assert run(home, "import", "old").returncode == 0
        self.old = titles(home)

    def act(self, home, kill=None):
        return run(home, "restore", "b.db", kill=kill)

    def check(self, home):
        assert os.path.exists(f"{home}/data/store.db"), os.listdir(f"{home}/data")
        found = titles(home)
        assert found in (self.old, self.new), len(found)
        whole(home)
        if found == self.new:
            # What was there lies aside, whole.
            kept = [name for name in os.listdir(f"{home}/data") if "before-restore" in name and not name.endswith(("-wal", "-shm"))]
            assert len(kept) == 1, kept
            count = sqlite3.connect(f"{home}/data/{kept[0]}").execute("SELECT count(*) FROM articles").fetchone()[0]
            assert count == len(self.old), count
        left = [name for name in os.listdir(f"{home}/data") if ".part" in name or name.endswith(".restored")]
        assert not left, left
        restored = self.act(home)
        assert restored.returncode == 0, restored.stderr
        assert titles(home) == self.new


class Import:
    def prepare(self, home):
        pages(home, "pages", 1, 200)

    def act(self, home, kill=None):
        return run(home, "import", "pages", kill=kill)

    def check(self, home):
        if os.path.exists(f"{home}/data/store.db"):
            whole(home)
        again = self.act(home)
        assert again.returncode == 0, again.stderr
        assert len(titles(home)) == 200
        whole(home)


class Fetch:
    def __init__(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                items = "".join(f"<item><title>Item {self.path} {n}</title><guid>{n}</guid></item>" for n in range(300))
                body = f"<rss version='2.0'><channel><title>F</title>{items}</channel></rss>".encode()
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def prepare(self, home):
        port = self.server.server_address[1]
        with open(f"{home}/urls", "w") as file:
            file.writelines(f"http://127.0.0.1:{port}/{n}\n" for n in range(5))
        assert run(home, "import", "--allow-private", "urls").returncode == 0

    def act(self, home, kill=None):
        return run(home, "fetch", "--all", kill=kill)

    def check(self, home):
        whole(home)
        again = self.act(home)
        assert again.returncode == 0, again.stderr
        assert len(titles(home)) == 5 * 300, len(titles(home))
        whole(home)


class Clean(Fetch):
    """All but the newest go, and what is starred stays."""

    words = ["clean"]
    left = 5 * 10 + 3

    def prepare(self, home):
        super().prepare(home)
        assert run(home, "fetch", "--all").returncode == 0
        assert run(home, "mark", "star", "1", "400", "900").returncode == 0
        self.configure(home)

    def configure(self, home):
        with open(f"{home}/config.toml", "w") as file:
            file.write("[fetch]\nkeep = 10\n")

    def act(self, home, kill=None):
        return run(home, *self.words, kill=kill)

    def starred(self, home):
        return len(run(home, "list", "is:starred", "--json", "--limit", "0").stdout.splitlines())

    def check(self, home):
        whole(home)
        assert self.starred(home) == 3
        again = self.act(home)
        assert again.returncode == 0, again.stderr
        assert len(titles(home)) == self.left, len(titles(home))
        assert self.starred(home) == 3
        whole(home)


class Mark(Clean):
    words = ["mark", "read", "is:unread"]
    left = 5 * 300

    def configure(self, home):
        pass

    def check(self, home):
        super().check(home)
        assert not run(home, "list", "is:unread", "--json", "--limit", "0").stdout


class Index(Mark):
    """All words are found, indexed or not."""

    words = ["search", "title:again"]

    def configure(self, home):
        conn = sqlite3.connect(f"{home}/data/store.db")
        conn.execute("UPDATE articles SET title = title || ' again'")
        conn.commit()
        conn.close()

    def check(self, home):
        Clean.check(self, home)
        assert len(run(home, "list", "title:again", "--json", "--limit", "0").stdout.splitlines()) == self.left


class Remove(Clean):
    """One of the sources goes, and what is starred stays."""

    def configure(self, home):
        port = self.server.server_address[1]
        self.words = ["remove", f"http://127.0.0.1:{port}/0"]
        starred = run(home, "list", "is:starred", "--json", "--limit", "0").stdout.splitlines()
        self.left = 4 * 300 + sum(json.loads(line)["title"].startswith("Item /0 ") for line in starred)

    def check(self, home):
        whole(home)
        assert self.starred(home) == 3
        # A removal that was killed is finished by the next command that has time.
        run(home, *self.words)
        assert len(titles(home)) == self.left, len(titles(home))
        assert self.starred(home) == 3
        whole(home)


class Migrate:
    """From a store that an earlier gleaner made: GLEANER_OLD names it."""

    def prepare(self, home):
        pages(home, "pages", 1, 30)
        assert run(home, "import", "pages", program=os.environ["GLEANER_OLD"]).returncode == 0
        self.before = sorted(f"Title {n}" for n in range(1, 31))

    def act(self, home, kill=None):
        return run(home, "list", kill=kill)

    def check(self, home):
        assert titles(home) == self.before
        whole(home)


def attempt(what, template, call, nth, fault):
    """False if the call does not occur so often."""
    with tempfile.TemporaryDirectory() as folder:
        home = f"{folder}/home"
        shutil.copytree(template, home)
        done = what.act(home, kill=(call, nth, fault))
        with open(f"{home}/{TRACE}") as trace:
            is_reached = "INJECTED" in trace.read() if fault != KILL else done.returncode in (-9, 137)
        os.remove(f"{home}/{TRACE}")
        if not is_reached:
            return False
        if fault != KILL:
            assert done.returncode in (0, 1, 2), (done.returncode, done.stderr)
            assert "panicked" not in done.stderr, done.stderr
            assert done.returncode == 0 or "error:" in done.stderr, done.stderr
        what.check(home)
        return True


def main():
    kinds = {"backup": Backup, "restore": Restore, "import": Import, "fetch": Fetch, "clean": Clean, "remove": Remove,
             "mark": Mark, "index": Index, "migrate": Migrate}
    args, faults = sys.argv[2:], [KILL]
    if args[:1] == ["--errors"]:
        faults = [f"error={name}" for name in args[1].split(",")]
        args = args[2:]
    wanted = args or [name for name in kinds if name != "migrate" or "GLEANER_OLD" in os.environ]
    failures = 0
    for name in wanted:
        what, kills = kinds[name](), 0
        with tempfile.TemporaryDirectory() as folder:
            template = f"{folder}/template"
            os.mkdir(template)
            open(f"{template}/config.toml", "w").close()
            what.prepare(template)
            for call, fault in itertools.product(CALLS, faults):
                for nth in OCCURRENCES:
                    try:
                        if not attempt(what, template, call, nth, fault):
                            break
                        kills += 1
                    except (AssertionError, json.JSONDecodeError, subprocess.TimeoutExpired) as error:
                        failures += 1
                        print(f"{name}: {fault} at {call} {nth}: {error!r}", flush=True)
        print(f"{name}: {kills} {'kills' if faults == [KILL] else 'errors'} withstood", flush=True)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
