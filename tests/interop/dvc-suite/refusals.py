"""Which exceptions of DVC a refusal of ours stands for. The kind is judged; the sentences are our own."""

import errno
import re

from dvc.config import ConfigError, NoRemoteError, RemoteNotFoundError
from dvc.cli import DvcParserError
from dvc.dependency.base import DependencyDoesNotExistError
from dvc.dvcfile import FileIsGitIgnored
from dvc.exceptions import (
    CheckoutError,
    CheckoutErrorSuggestGit,
    CollectCacheError,
    DvcException,
    FileExistsLocallyError,
    InitError,
    InvalidArgumentError,
    MoveNotDataSourceError,
    NotDvcRepoError,
    OutputDuplicationError,
    OutputNotFoundError,
    OverlappingOutputPathsError,
    RevCollectionError,
    URLMissingError,
)
from dvc.output import (
    OutputAlreadyTrackedError,
    OutputDoesNotExistError,
    OutputIsIgnoredError,
    OutputIsStageFileError,
)
from dvc.repo.get import GetDVCFileError
from dvc.scm import CloneError, NoSCMError, RevError
from dvc.stage.exceptions import (
    StageExternalOutputsError,
    StageFileAlreadyExistsError,
    StageFileDoesNotExistError,
    StageFileIsNotDvcFileError,
    StageNotFound,
    StagePathNotFoundError,
)
from dvc.utils.serialize import YAMLFileCorruptedError
from dvc.utils.strictyaml import YAMLValidationError
from dvc_data.hashfile.build import IgnoreInCollectedDirError
from dvc_data.index import DataIndexDirError
from dvc_objects.errors import ObjectDBError

MEANINGS = {
    "CLI_USAGE": (InvalidArgumentError, GetDVCFileError, InitError, DvcParserError),
    "PROJECT_NOT_FOUND": (NotDvcRepoError,),
    "DATASET_NO_PROJECT": (NotDvcRepoError,),
    "DATASET_CONFIG_INVALID": (ConfigError,),
    "DATASET_IGNORED": (OutputIsIgnoredError, FileIsGitIgnored, InitError, IgnoreInCollectedDirError),
    "DATASET_FILE_INVALID": (YAMLFileCorruptedError, YAMLValidationError, RevCollectionError),
    "DATASET_NAME_TOO_LONG": (OSError,),
    "DATASET_NOT_FOUND": (
        FileNotFoundError,
        OutputDoesNotExistError,
        OutputNotFoundError,
        StageFileDoesNotExistError,
        StageFileIsNotDvcFileError,
        StagePathNotFoundError,
        StageNotFound,
        DependencyDoesNotExistError,
        URLMissingError,
        CheckoutErrorSuggestGit,
        MoveNotDataSourceError,
    ),
    "DATASET_NOT_IN_CACHE": (CheckoutError, DataIndexDirError, CollectCacheError, ObjectDBError),
    "DATASET_WOULD_BE_LOST": (CheckoutError,),
    "DATASET_OUTSIDE": (StageExternalOutputsError, OutputIsStageFileError),
    "DATASET_OVERLAPS": (
        FileExistsLocallyError,
        OutputAlreadyTrackedError,
        OutputDuplicationError,
        OverlappingOutputPathsError,
        StageFileAlreadyExistsError,
    ),
    "PIPELINE_FILE_INVALID": (YAMLValidationError, RevCollectionError),
    "PIPELINE_FILE_MISSING": (StageFileDoesNotExistError, StageFileIsNotDvcFileError, StageNotFound),
    "PIPELINE_STAGE_UNKNOWN": (StageNotFound,),
    "DATASET_REMOTE_UNKNOWN": (NoRemoteError, RemoteNotFoundError),
    "DATASET_REPOSITORY_AWAY": (CloneError,),
    "DATASET_REVISION_UNKNOWN": (RevError, NoSCMError),
    "DATASET_SCOPE_MISSING": (InvalidArgumentError,),
}

# Where DVC has no kind of its own but a sentence: the code that says the same.
SENTENCES = {
    "Cannot add files inside symlinked directories": "DATASET_OUTSIDE",
    "overlaps with an output of stage": "DATASET_OVERLAPS",
}

NUMBERS = {"DATASET_NAME_TOO_LONG": errno.ENAMETOOLONG, "DATASET_OVERLAPS": errno.EEXIST}

# What `dvc` exits with.
EXIT_CODES = {ConfigError: 251, NotDvcRepoError: 253, DvcParserError: 254}


def learn(meanings):
    """What codes of a file of verbs stand for, besides what they do already."""
    for code, kinds in meanings.items():
        MEANINGS[code] = tuple(dict.fromkeys((*MEANINGS.get(code, ()), *kinds)))


class Refusal(Exception):
    """What `ratchet` refused: its code stands for the exceptions of DVC that this one is, too."""


def code_of(answer):
    found = re.findall(r"\[([A-Z_]+)\]$", answer.err, re.MULTILINE)
    return found[-1] if found else None


def refusal(answer):
    code = code_of(answer)
    kinds = MEANINGS.get(code, ())

    def __init__(self, message):
        Exception.__init__(self, message)
        self.msg = message
        self.code = code
        if issubclass(type(self), OSError):
            self.errno = NUMBERS.get(code)

    bases = (Refusal, *kinds) if kinds else (Refusal, DvcException)
    return type(f"Refused_{code}", bases, {"__init__": __init__, "__str__": lambda self: self.msg})(answer.error)


def exit_code(answer):
    """Of DVC's command line, for what the tests compare with its numbers."""
    if answer.code in (0, 1):
        return answer.code
    for kind in MEANINGS.get(code_of(answer), ()):
        if kind in EXIT_CODES:
            return EXIT_CODES[kind]
    return 1


def says_the_same(refused, expected, sentence):
    """Whether a refusal is what a test expects that also looks at DVC's sentence."""
    if expected is not DvcException:
        return True
    return any(part in sentence and code == refused.code for part, code in SENTENCES.items())
