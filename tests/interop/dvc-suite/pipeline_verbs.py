"""DVC's verbs of pipelines as commands: stages, parameters, metrics, plots, experiments.

They stand in for DVC's only in the files that are about pipelines; elsewhere a stage is part of what is built.
"""

import os

from dvc.dependency.base import DependencyDoesNotExistError
from dvc.dvcfile import load_file
from dvc.exceptions import (
    ArgumentDuplicationError,
    CircularDependencyError,
    CyclicGraphError,
    DvcException,
    InvalidArgumentError,
    OutputDuplicationError,
    OverlappingOutputPathsError,
    ReproductionError,
)
from dvc.parsing import ResolveError
from dvc.repo import Repo
from dvc.repo.experiments import Experiments
from dvc.repo.metrics import Metrics
from dvc.repo.params import Params
from dvc.repo.stage import StageLoad
from dvc.stage.exceptions import (
    DuplicateStageName,
    InvalidStageName,
    MissingDataSource,
    StageFileDoesNotExistError,
    StageNotFound,
    StagePathNotDirectoryError,
    StagePathNotFoundError,
    StagePathOutsideError,
)
from dvc.utils.serialize import YAMLFileCorruptedError
from dvc.utils.strictyaml import YAMLValidationError

from ratchet_command import ask, flags, several, unsayable

MEANINGS = {
    "CLI_USAGE": (InvalidArgumentError,),
    "PIPELINE_CYCLE": (CyclicGraphError, CircularDependencyError),
    "PIPELINE_DEP_MISSING": (ReproductionError, DependencyDoesNotExistError, MissingDataSource),
    "PIPELINE_FILE_INVALID": (
        YAMLFileCorruptedError,
        YAMLValidationError,
        ResolveError,
    ),
    "DATASET_OUTSIDE": (StagePathOutsideError,),
    "PIPELINE_FOLDER_MISSING": (StagePathNotFoundError, StagePathNotDirectoryError),
    "PIPELINE_FILE_MISSING": (StageFileDoesNotExistError,),
    "PIPELINE_OUTPUT_TWICE": (OutputDuplicationError, OverlappingOutputPathsError, ArgumentDuplicationError),
    "PIPELINE_OUT_MISSING": (ReproductionError,),
    "PIPELINE_PARAMS_INVALID": (ResolveError,),
    "PIPELINE_STAGE_EXISTS": (DuplicateStageName,),
    "PIPELINE_STAGE_FAILED": (ReproductionError,),
    "PIPELINE_STAGE_NAME": (InvalidStageName,),
    "PIPELINE_STAGE_UNKNOWN": (StageNotFound, StageFileDoesNotExistError),
}

LISTS = (
    "deps",
    "params",
    "outs",
    "outs_no_cache",
    "outs_persist",
    "outs_persist_no_cache",
    "metrics",
    "metrics_no_cache",
    "plots",
    "plots_no_cache",
)


def add_words(name=None, cmd=None, force=False, wdir=None, always_changed=False, desc=None, **said):
    lists = {option: said.pop(option, None) or () for option in LISTS}
    said.pop("single_stage", None)
    unsayable(**said)
    words = flags(name=name, force=force, wdir=wdir, always_changed=always_changed, desc=desc)
    for option, values in lists.items():
        for value in params_words(values) if option == "params" else values:
            words += [f"--{option.replace('_', '-')}", value]
    return words, several(cmd)


def params_words(params):
    for param in params:
        if isinstance(param, dict):
            yield from (f"{file}:{','.join(keys or ())}" for file, keys in param.items())
        else:
            yield param


def stage_add(stages, **said):
    options, cmd = add_words(**said)
    answer = ask(stages.repo, "stage add", *options, *cmd)
    return stages.load_one(os.path.join(stages.repo.root_dir, answer["file"]), answer["stage"])


def run(repo, no_exec=False, no_commit=False, run_cache=True, force=True, **said):
    """No verb of the command line any more: a stage that is added and then brought up to date."""
    if no_exec:
        return stage_add(repo.stage, force=force, **said)
    options, cmd = add_words(force=force, **said)
    if run_cache and not no_commit:
        answer = ask(repo, "stage add", "--run", *options, *cmd)
    else:
        answer = ask(repo, "stage add", *options, *cmd)
        again = flags(single_item=True, force=not run_cache, no_run_cache=not run_cache, no_commit=no_commit)
        ask(repo, "repro", *again, answer["stage"])
    return repo.stage.load_one(os.path.join(repo.root_dir, answer["file"]), answer["stage"])


def reproduce(repo, targets=None, recursive=False, pipeline=False, all_pipelines=False, **said):
    on_error = said.pop("on_error", "fail")
    unsayable(repro_fn=said.pop("repro_fn", None))
    run_cache, no_commit = said.pop("run_cache", True), said.pop("no_commit", False)
    options = flags(
        recursive=recursive,
        pipeline=pipeline,
        all_pipelines=all_pipelines,
        no_run_cache=not run_cache,
        no_commit=no_commit,
        keep_going=on_error == "keep-going",
        ignore_errors=on_error == "ignore",
        **said,
    )
    done = ask(repo, "repro", *options, *several(targets))
    return [found(repo, one) for one in done if one["action"] not in ("skipped", "skip", "blocked")]


def found(repo, one):
    if "file" in one:
        return load_file(repo, os.path.join(repo.root_dir, one["file"])).stage
    (stage,) = repo.stage.collect(os.path.join(repo.root_dir, one["stage"]) if "/" in one["stage"] else one["stage"])
    return stage


def freeze(repo, target):
    ask(repo, "freeze", target)
    return repo.stage.get_target(target)


def unfreeze(repo, target):
    ask(repo, "unfreeze", target)
    return repo.stage.get_target(target)


def metrics_show(metrics, targets=None, stages=None, outs_only=None, deps_only=None, revs=None, **said):
    unsayable(stages=stages, outs_only=outs_only, deps_only=deps_only, revs=revs)
    return ask(metrics.repo, "metrics show", *flags(**said), *several(targets))


def diff_of(verb):
    def diff(subject, a_rev="HEAD", b_rev=None, targets=None, all=False, deps_only=False, stages=None, **said):  # noqa: A002
        unsayable(stages=stages, **said)
        chosen = ["--targets", *several(targets)] if targets else []
        return {"diff": changes} if (
            changes := ask(subject.repo, verb, *flags(all=all, deps=deps_only), a_rev or "HEAD", *several(b_rev), *chosen)
        ) else {}

    return diff


FILES = [
    *(
        f"tests/func/{name}.py"
        for name in (
            "artifacts/test_artifacts",
            "experiments/test_show",
            "metrics/test_diff",
            "metrics/test_show",
            "params/test_diff",
            "params/test_show",
            "plots/test_collect",
            "plots/test_diff",
            "plots/test_modify",
            "plots/test_show",
            "repro/test_repro",
            "repro/test_repro_allow_missing",
            "repro/test_repro_pull",
            "test_dvcfile",
            "test_lockfile",
            "test_run",
            "test_run_cache",
            "test_stage",
            "test_stage_load",
        )
    ),
]

METHODS = {}
STATIC = {}
SUBJECTS = {
    (Repo, "freeze"): (freeze, FILES),
    (Repo, "reproduce"): (reproduce, FILES),
    (Repo, "run"): (run, FILES),
    (Repo, "unfreeze"): (unfreeze, FILES),
    (StageLoad, "add"): (stage_add, FILES),
    (Metrics, "show"): (metrics_show, FILES),
    (Metrics, "diff"): (diff_of("metrics diff"), FILES),
    (Params, "diff"): (diff_of("params diff"), FILES),
}
