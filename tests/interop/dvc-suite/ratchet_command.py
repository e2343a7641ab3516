"""Runs `ratchet` where a test calls a verb of DVC, and gives a refusal as the kind of exception that DVC has for it."""

import json
import logging
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from dvc.env import DVC_GLOBAL_CONFIG_DIR
from refusals import code_of, refusal

# Below DVC's own logger: tests look for what it says.
log = logging.getLogger("dvc.ratchet")

DEFAULT_LINKS = ["reflink", "copy"]


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def document(self):
        """What `--json` printed. A refusal stands after the answer to what could be done."""
        decoder, documents, rest = json.JSONDecoder(), [], self.out.strip()
        while rest:
            document, end = decoder.raw_decode(rest)
            documents.append(document)
            rest = rest[end:].lstrip()
        return documents[0] if documents else None

    @property
    def error(self):
        """The last lines of standard error are the refusal: title and code, what was found, what to do."""
        return self.err.strip()


def run(words, cwd=None, settings=None):
    """Runs one command as a user would, in the folder where the test stands."""
    command = os.path.join(os.environ["RATCHET_SUITE_BIN"], "ratchet")
    with tempfile.TemporaryDirectory(prefix="ratchet-suite-") as folder:
        done = subprocess.run(
            [command, *map(os.fspath, words)],
            cwd=cwd,
            env=os.environ | (of_user(folder, settings) if settings else {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    answer = Answer(done.returncode, done.stdout.decode(), done.stderr.decode())
    if answer.err:
        (log.error if answer.code else log.info)("%s", answer.err.rstrip())
    return answer


def of_user(folder, settings):
    """Settings that a test made in memory only reach the command as those of its user."""
    lines = [f"    {key} = {value}" for key, value in settings.items()]
    Path(folder, "config").write_text("\n".join(["[cache]", *lines, ""]))
    return {DVC_GLOBAL_CONFIG_DIR: folder}


def unsaved_settings(repo):
    """What a test set on the cache of its `Repo` object, and no file says."""
    from dvc.config import Config

    saved = Config(repo.dvc_dir, validate=False)["cache"]
    cache = repo.cache.local
    found = {}
    if cache.cache_types not in (DEFAULT_LINKS, saved.get("type", "").split(",")):
        found["type"] = ",".join(cache.cache_types)
    folder = str(Path(cache.path).parent.parent)
    if folder != str(Path(repo.root_dir, ".dvc", "cache")) and "dir" not in saved:
        found["dir"] = folder
    return found


def ask(repo, verb, *words):
    """The document that a verb answers with in a repository. Raises what DVC raises where the command refuses."""
    inside = Path.cwd().is_relative_to(Path(repo.root_dir))
    try:
        answer = run(
            ["--json", *verb.split(), *words],
            cwd=None if inside else repo.root_dir,
            settings=unsaved_settings(repo),
        )
    finally:
        # The files may be others now.
        repo._reset()
    return judged(answer)


def ask_anywhere(verb, *words):
    """The document that a verb answers with that needs no repository."""
    return judged(run(["--json", *verb.split(), *words]))


def judged(answer):
    if answer.code not in (0, 1) or (answer.code == 1 and is_of_a_stage(answer)):
        raise refusal(answer)
    return answer.document


def is_of_a_stage(answer):
    """A stage that failed ends with the code that also says "changed"."""
    return (code_of(answer) or "").startswith("PIPELINE_")


def flags(**said):
    """Options of the command: true ones alone, others with their value; what was not said is left out."""
    words = []
    for name, value in said.items():
        option = f"--{name.replace('_', '-')}"
        if value is True:
            words.append(option)
        elif value not in (None, False, ()):
            words += [option, os.fspath(value) if isinstance(value, os.PathLike) else str(value)]
    return words


def several(targets):
    """DVC takes one target, many, or none."""
    if targets is None:
        return []
    if isinstance(targets, (str, os.PathLike)):
        return [os.fspath(targets)]
    return [os.fspath(target) for target in targets if target is not None]


def unsayable(**said):
    """Arguments of DVC's Python interface that no option of a command stands for."""
    asked = [name for name, value in said.items() if value]
    if asked:
        raise NotImplementedError(f"no option of the command says {', '.join(asked)}")
