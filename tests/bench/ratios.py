"""The ratios that `all.py` collects from the benches: a line of JSON each, in the file that GLEANER_RATIOS names."""
import json
import os


def record(bench, what, ratio, bound):
    """Notes the ratio of a figure to its yardstick, and its bound; None is a ratio that is only shown."""
    path = os.environ.get("GLEANER_RATIOS")
    if path:
        with open(path, "a") as file:
            file.write(json.dumps({"bench": bench, "what": what, "ratio": ratio, "bound": bound}) + "\n")
