"""The real DVC, imported once: each command is done by a fork, which is as fresh as a start and costs a fifth of it.

Commands come as lines of JSON through one pipe, and what became of each goes out through another. It works in the
background from when it is ready, and ends when nobody can ask it any more.
"""

import json
import os
import random
import signal
import sys
import tempfile

# What nearly every command would import. Not pygit2, which looks for the user's home while it is imported.
import configobj
import dulwich.repo
import dvc.cli
import dvc.cli.parser
import dvc.dvcfile
import dvc.output
import dvc.repo
import dvc.stage
import dvc_render
import networkx
import rich.progress
import ruamel.yaml
import scmrepo.git

PATIENCE_S = 60


def main(asked_path, told_path):
    dvc.cli.parser.get_main_parser()
    if os.fork():
        os._exit(0)
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)
    # Whoever started it may have been killed before it came to its ends of the pipes.
    signal.alarm(PATIENCE_S)
    asked = open(asked_path)
    told = open(told_path, "w")
    signal.alarm(0)
    for line in asked:
        print(json.dumps(answer(json.loads(line), told)), file=told, flush=True)


def answer(command, told):
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        child = os.fork()
        if child == 0:
            told.close()
            os.dup2(output.fileno(), 1)
            os.dup2(errors.fileno(), 2)
            do(command)
        _, status = os.waitpid(child, 0)
        return {
            "code": os.waitstatus_to_exitcode(status),
            "output": whole(output),
            "errors": whole(errors),
        }


def do(command):
    os.environ.clear()
    os.environ.update(command["env"])
    os.chdir(command["cwd"])
    random.seed()
    sys.argv = ["dvc", *command["args"]]
    sys.exit(dvc.cli.main(command["args"]))


def whole(file):
    file.seek(0)
    return file.read().decode(errors="replace")


main(*sys.argv[1:])
