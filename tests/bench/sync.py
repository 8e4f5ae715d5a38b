#!/usr/bin/env python3
"""The journeys of an account against a real server: FreshRSS, Tiny Tiny RSS, Miniflux, or any with Google Reader's or Fever's API.

    GLEANER_SYNC_URL=https://rss.example/ GLEANER_SYNC_USER=alice GLEANER_SYNC_PASSWORD=… python3 tests/bench/sync.py

Two copies of the program, each with a store of its own, share the account: what one reads and stars the other sees after its
next sync, and the server counts the same. At the end every mark is as it was before, but use an account for tests all the same.
GLEANER_SYNC_API names the API where a server has several (`fever`, `google-reader`, `miniflux`, `tt-rss`); GLEANER_BIN is the
program, by default target/release/gleaner. Passwords are read from the environment and go to the program's standard input.
Exits 1 if something differs. Needs Python 3.8.
"""
import base64
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GLEANER = os.environ.get("GLEANER_BIN", str(ROOT / "target/release/gleaner"))
# Requests of a sync that brings nothing new.
QUIET = 8
# Tiny Tiny RSS refuses the right password for so long after a wrong one.
PATIENCE = 6


class Client:
    """The program with a store of its own."""

    def __init__(self, folder):
        self.folder = Path(folder)
        (self.folder / "config.toml").write_text("")

    def run(self, *args, words=None, fails=False):
        names = ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
        env = {"PATH": os.environ.get("PATH", ""), **{name: str(self.folder) for name in names}}
        argv = [GLEANER, "--data-dir", str(self.folder), "--config", str(self.folder / "config.toml"), *args]
        done = subprocess.run(argv, input=words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if (done.returncode != 0) != fails:
            raise SystemExit("gleaner %s: exit %d\n%s%s" % (args[0], done.returncode, done.stdout, done.stderr))
        return done.stderr if fails else done.stdout

    def add(self, url, user, password, api, fails=False):
        args = ["account", "add", url, "--user", user, "--name", "bench"] + (["--api", api] if api else [])
        return self.run(*args, words=password + "\n", fails=fails)

    def sync(self):
        began = time.monotonic()
        told = json.loads(self.run("sync", "--json"))
        return told, time.monotonic() - began

    def listed(self, query):
        return [json.loads(line) for line in self.run("list", "--json", query).splitlines()]

    def unread(self):
        return len(self.listed("is:unread"))

    def account(self):
        return json.loads(self.run("account", "list", "--json"))


# ------------------------------------------------------------------------------------------- the server's own counts
def ask(url, data=None, headers=None):
    request = urllib.request.Request(url, data=data, headers=headers or {})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode()


def fever_unread(base, user, password):
    key = hashlib.md5(("%s:%s" % (user, password)).encode()).hexdigest()
    told = json.loads(ask(base + "?api&unread_item_ids", urllib.parse.urlencode({"api_key": key}).encode()))
    return len([id for id in told["unread_item_ids"].split(",") if id])


def google_unread(base, user, password):
    form = urllib.parse.urlencode({"Email": user, "Passwd": password}).encode()
    login = ask(base + "/accounts/ClientLogin", form)
    auth = next(line[5:] for line in login.splitlines() if line.startswith("Auth="))
    query = {"s": "user/-/state/com.google/reading-list", "xt": "user/-/state/com.google/read", "n": 1000, "output": "json"}
    count = 0
    while True:
        url = base + "/reader/api/0/stream/items/ids?" + urllib.parse.urlencode(query)
        told = json.loads(ask(url, headers={"Authorization": "GoogleLogin auth=" + auth}))
        count += len(told.get("itemRefs", []))
        if not told.get("continuation") or not told.get("itemRefs"):
            return count
        query["c"] = told["continuation"]


def ttrss_unread(base, user, password):
    def call(**body):
        return json.loads(ask(base + "/", json.dumps(body).encode(), {"Content-Type": "application/json"}))["content"]
    sid = call(op="login", user=user, password=password)["session_id"]
    return int(call(op="getUnread", sid=sid)["unread"])


def miniflux_unread(base, user, password):
    url = base + "/v1/entries?status=unread&limit=1"
    pair = base64.b64encode(("%s:%s" % (user, password)).encode()).decode()
    for headers in ({"X-Auth-Token": password}, {"Authorization": "Basic " + pair}):
        try:
            return json.loads(ask(url, headers=headers))["total"]
        except urllib.error.HTTPError as error:
            if error.code != 401:
                raise
    raise SystemExit("Miniflux refuses both ways to log in")


COUNTS = {"fever": fever_unread, "google-reader": google_unread, "tt-rss": ttrss_unread, "miniflux": miniflux_unread}


# ----------------------------------------------------------------------------------------------------- the journeys
class Report:
    def __init__(self):
        self.wrong = 0

    def check(self, what, is_right, figures=""):
        self.wrong += not is_right
        print("%-4s %-58s %s" % ("ok" if is_right else "BAD", what, figures), flush=True)


def journeys(report, one, two, count):
    told, seconds = one.sync()
    report.check("first sync", told["outcome"] == "synced",
                 "%d articles, %d requests, %.2f s" % (len(told["new"]), told["requests"], seconds))
    report.check("the same number is unread on both sides", one.unread() == count(), "%d" % one.unread())
    told, seconds = one.sync()
    report.check("a sync with nothing new", told["requests"] <= QUIET and not told["new"] and not told["updated"],
                 "%d requests, %.2f s" % (told["requests"], seconds))
    two.sync()
    articles = one.listed("is:unread")[:3]
    if len(articles) < 3:
        raise SystemExit("the account needs three unread articles")
    titles = ['title:"%s"' % article["title"].replace('"', " ") for article in articles]
    ids = [str(article["id"]) for article in articles]
    before = count()

    def theirs(query):
        return any(article["title"] == articles[0]["title"] for article in two.listed(query + " " + titles[0]))

    one.run("mark", "read", *ids)
    one.run("mark", "star", ids[0])
    told, seconds = one.sync()
    report.check("three read and one starred here go to the server", told["pushed"] == 4 and told["pending"] == 0,
                 "%d requests, %.2f s" % (told["requests"], seconds))
    report.check("the server counts them", count() == before - 3, "%d of %d" % (count(), before))
    two.sync()
    report.check("the other copy sees them", theirs("is:starred") and not theirs("is:unread"))
    for article in articles:
        for known in two.listed('title:"%s"' % article["title"].replace('"', " ")):
            if known["title"] == article["title"] and known["read"]:
                two.run("mark", "unread", str(known["id"]))
                two.run("mark", "unstar", str(known["id"]))
    two.sync()
    told, _ = one.sync()
    report.check("and takes them back", told["unread"] == 3 and told["unstarred"] == 1 and count() == before,
                 "%d of %d" % (count(), before))
    report.check("both copies agree", one.unread() == two.unread() == count())


def main():
    try:
        url, user, password = (os.environ["GLEANER_SYNC_" + name] for name in ("URL", "USER", "PASSWORD"))
    except KeyError as name:
        raise SystemExit("%s is not set; see the beginning of this file" % name)
    api = os.environ.get("GLEANER_SYNC_API")
    report = Report()
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second, tempfile.TemporaryDirectory() as third:
        one, two, stranger = Client(first), Client(second), Client(third)
        one.add(url, user, password, api)
        two.add(url, user, password, api)
        found = one.account()
        report.check("the API is found", api in (None, found["api"]), "%s at %s" % (found["api"], found["address"]))
        journeys(report, one, two, lambda: COUNTS[found["api"]](found["address"], user, password))
        said = stranger.add(url, user, password + "x", api, fails=True)
        report.check("a wrong password is told", "wrong user or password" in said)
        if found["api"] == "tt-rss":
            time.sleep(PATIENCE)
        told, _ = one.sync()
        report.check("and harms nobody", told["outcome"] == "synced")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
