"""Lets DVC's own tests judge Ratchet: a pytest plugin, loaded with `-p ratchet_suite`.

Their tests call the command line in the same process, or the methods of `dvc.repo.Repo`. Both are replaced by `ratchet`
run as a command in the folder where the test stands. What builds a test and what judges it stays DVC's: how it reads
stages, hashes, and compares. Their files stay as they are. The environment variable RATCHET_SUITE_BIN names the folder
of the command.
"""

import json
import os
import sys
from pathlib import Path

import pytest

import data_verbs
import pipeline_verbs
import refusals
from ratchet_command import run
from refusals import Refusal, exit_code, says_the_same

NOT_APPLICABLE = Path(__file__).with_name("not-applicable.json")
VERBS = [data_verbs, pipeline_verbs]

raises_of_pytest = pytest.raises


def main(argv=None):
    """In place of `dvc.cli.main`."""
    answer = run(sys.argv[1:] if argv is None else argv)
    sys.stdout.write(answer.out)
    sys.stderr.write(answer.err)
    return exit_code(answer)


class RaisesKind:
    """`pytest.raises`, for which the kind of a refusal of ours is enough: the sentence is our own."""

    def __init__(self, expected, match):
        self.expected = expected
        self.match = match
        self.raises = raises_of_pytest(expected)

    def __enter__(self):
        self.caught = self.raises.__enter__()
        return self.caught

    def __exit__(self, kind, error, trace):
        is_caught = self.raises.__exit__(kind, error, trace)
        is_ours = isinstance(error, Refusal) and says_the_same(error, self.expected, self.match or "")
        if is_caught and self.match is not None and not is_ours:
            self.caught.match(self.match)
        return is_caught


def raises(expected, *args, match=None, **kwargs):
    if args or kwargs:
        return raises_of_pytest(expected, *args, **kwargs)
    return RaisesKind(expected, match)


def replace_verbs():
    import dvc.cli
    from dvc.repo import Repo

    dvc.cli.main = main
    pytest.raises = raises
    for verbs in VERBS:
        refusals.learn(verbs.MEANINGS)
        for name, ours in verbs.METHODS.items():
            setattr(Repo, name, ours)
        for name, ours in verbs.STATIC.items():
            setattr(Repo, name, staticmethod(ours))


def pytest_configure():
    replace_verbs()


@pytest.fixture(autouse=True)
def subject_of_the_test(request, monkeypatch):
    """Verbs that are commands only in the files that are about them."""
    file = str(request.node.path.relative_to(request.config.rootpath))
    for verbs in VERBS:
        for (owner, name), (ours, files) in verbs.SUBJECTS.items():
            if file in files:
                monkeypatch.setattr(owner, name, ours)


def reason_for(item):
    reasons = json.loads(NOT_APPLICABLE.read_text()).get(str(item.path.relative_to(Path.cwd())), {})
    case = f"{item.originalname}[{item.callspec.id}]" if hasattr(item, "callspec") else item.originalname
    return next((reason for reason, names in reasons.items() if {item.originalname, case} & set(names)), None)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        reason = reason_for(item)
        if reason is not None:
            item.add_marker(pytest.mark.skip(reason=f"not applicable: {reason}"))


@pytest.fixture(scope="session", autouse=True)
def ratchet_on_the_path():
    """Hooks of Git call `ratchet` by its name."""
    folder = os.environ["RATCHET_SUITE_BIN"]
    os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ['PATH']}"
