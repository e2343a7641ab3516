"""Prints, as JSON, every stage of a DVC repository as DVC itself resolves it: name, command, paths, parameters."""

import json
import os
import sys

from dvc.dependency import ParamsDependency
from dvc.repo import Repo
from dvc.stage import PipelineStage


def out_of(out):
    kind = "plot" if out.plot else "metric" if out.metric else "out"
    return {
        "path": out.def_path,
        "kind": kind,
        "cache": out.use_cache,
        "persist": out.persist,
        "remote": out.remote,
        "push": out.can_push,
        "plot": out.plot if isinstance(out.plot, dict) else {},
    }


def stage_of(stage, root):
    params = [dep for dep in stage.deps if isinstance(dep, ParamsDependency)]
    deps = [dep.def_path for dep in stage.deps if not isinstance(dep, ParamsDependency)]
    wdir = os.path.relpath(stage.wdir, root)
    return {
        "file": os.path.relpath(stage.path, root),
        "name": stage.name,
        "group": stage.raw_data.generated_from,
        "cmd": stage.cmd,
        "wdir": "" if wdir == "." else wdir,
        "deps": sorted(deps),
        "params": {dep.def_path: sorted(set(dep.params)) for dep in params},
        "outs": sorted((out_of(out) for out in stage.outs), key=lambda out: out["path"]),
        "frozen": stage.frozen,
        "always_changed": stage.always_changed,
        "desc": stage.desc,
        "meta": stage.meta,
        "used": {file: sorted(keys) for file, keys in stage.tracked_vars.items()},
    }


def main():
    repo = Repo(sys.argv[1])
    stages = [stage for stage in repo.index.stages if isinstance(stage, PipelineStage)]
    found = [stage_of(stage, repo.root_dir) for stage in stages]
    print(json.dumps(found, default=str))


main()
