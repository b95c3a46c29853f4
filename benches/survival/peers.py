#!/usr/bin/env python3
"""One task of a peer from PyPI: peers.py lifelines|statsmodels FILE.csv TASK REPEATS. Prints JSON as the other runners do.

The file is read first; then the task alone is timed. A task that the peer does not have is `{"unsupported": true}`.
"""
import json
import pathlib
import sys
import time
import warnings

import numpy
import pandas

warnings.filterwarnings("ignore")
COVARIATES = ["participant", "x1", "x2", "x3", "x4", "x5"]


def memory(key):
    lines = pathlib.Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(key))


def with_lifelines(people):
    import lifelines
    from lifelines.statistics import logrank_test
    from lifelines.utils import restricted_mean_survival_time

    days, left = people["duration"].to_numpy(float), people["event"].to_numpy(int)
    groups = [people["participant"].to_numpy() == group for group in (0, 1)]

    def curve(group):
        return lifelines.KaplanMeierFitter().fit(days[group], left[group])

    def cox(**more):
        table = people[["duration", "event", *more.values(), *COVARIATES]]
        fit = lifelines.CoxPHFitter().fit(table, "duration", "event", **more)
        return {"coef": fit.params_.tolist(), "se": fit.standard_errors_.tolist()}

    return lifelines.__version__, {
        "km": lambda: {f"S365_{at}": float(curve(group).predict(365)) for at, group in enumerate(groups)},
        "rmst": lambda: {
            f"rmst1000_{at}": float(restricted_mean_survival_time(curve(group), t=1000))
            for at, group in enumerate(groups)
        },
        "logrank": lambda: {
            "chi2": float(logrank_test(days[groups[1]], days[groups[0]], left[groups[1]], left[groups[0]]).test_statistic)
        },
        "cox6": cox,
        "cox6_trunc": lambda: cox(entry_col="entry"),
    }


def with_statsmodels(people):
    import statsmodels
    import statsmodels.api
    from statsmodels.duration.survfunc import SurvfuncRight, survdiff

    days, left = people["duration"].to_numpy(float), people["event"].to_numpy(int)
    joined, covariates = people["participant"].to_numpy(int), people[COVARIATES].to_numpy(float)

    def at_one_year(group):
        curve = SurvfuncRight(days[joined == group], left[joined == group])
        return float(curve.surv_prob[numpy.searchsorted(curve.surv_times, 365, "right") - 1])

    def cox():
        fit = statsmodels.api.PHReg(days, covariates, status=left, ties="efron").fit()
        return {"coef": fit.params.tolist(), "se": fit.bse.tolist()}

    # Its delayed entry counts whoever comes in at the moment of an event: another model, so not compared.
    return statsmodels.__version__, {
        "km": lambda: {f"S365_{group}": at_one_year(group) for group in (0, 1)},
        "logrank": lambda: {"chi2": float(survdiff(days, left, joined)[0])},
        "cox6": cox,
    }


def main():
    peer, path, task, repeats = sys.argv[1:]
    version, tasks = {"lifelines": with_lifelines, "statsmodels": with_statsmodels}[peer](pandas.read_csv(path))
    if task not in tasks:
        print(json.dumps({"unsupported": True}))
        return
    before, walls, result = memory("VmRSS"), [], None
    pathlib.Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")
    for _ in range(int(repeats)):
        began = time.perf_counter()
        result = tasks[task]()
        walls.append(time.perf_counter() - began)
    print(json.dumps({"version": version, "wall_s": walls, "task_peak_mb": memory("VmHWM") - before, "result": result}))


if __name__ == "__main__":
    main()
