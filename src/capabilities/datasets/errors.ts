import { defineErrors } from '../../base/errors.ts'

export const datasetErrors = defineErrors({
  DATASET_NO_PROJECT: {
    status: 404,
    exit: 4,
    title: 'There is no DVC project here.',
    next: 'Run `ratchet init` in the top folder of the project.',
  },
  DATASET_NOT_FOUND: {
    status: 404,
    exit: 4,
    title: 'There is no such data file or folder.',
    next: 'Check the path; `ratchet checkout` brings tracked data back.',
  },
  DATASET_REVISION_UNKNOWN: {
    status: 404,
    exit: 4,
    title: 'Git has no such revision here.',
    next: 'See `git log` and `git tag` for the revisions there are; a shallow clone may lack old ones.',
  },
  DATASET_CONFIG_INVALID: {
    status: 422,
    exit: 2,
    title: "DVC's configuration would not be what DVC accepts.",
    next: 'Correct the name or the value; settings of Ratchet itself stand in ratchet.yaml.',
  },
  DATASET_UNREADABLE: {
    status: 422,
    exit: 2,
    title: 'A data file may not be read by this user.',
    next: 'Give this user read permission on the file named.',
  },
  DATASET_OUTSIDE: {
    status: 400,
    exit: 2,
    title: 'The path leads outside the project or into a folder that holds its records.',
    next: 'Move the data into the project, or correct the path.',
  },
  DATASET_FILE_INVALID: {
    status: 422,
    exit: 2,
    title: 'A file of the DVC project cannot be read.',
    next: 'Correct the place named, or restore the file with `git checkout`.',
  },
  DATASET_LEGACY: {
    status: 422,
    exit: 2,
    title: 'The data was added by DVC 2, whose hashes are of another kind.',
    next: 'Run `dvc cache migrate --dvc-files` once, and commit what it changed.',
  },
  DATASET_CHANGED_WHILE_READ: {
    status: 409,
    exit: 5,
    title: 'A file was written while it was being hashed.',
    next: 'Wait until its writer has finished, then repeat the command; nothing was recorded.',
  },
  DATASET_OVERLAPS: {
    status: 409,
    exit: 5,
    title: 'The path is already tracked by something else.',
    next: 'Remove the other tracking first: `git rm --cached PATH`, or delete the other .dvc file.',
  },
  DATASET_UNSUPPORTED_FILE: {
    status: 422,
    exit: 2,
    title: 'A tracked folder holds something that is neither a file nor a folder.',
    next: 'Remove the socket, pipe or device, or name it in .dvcignore.',
  },
  DATASET_NOT_IN_CACHE: {
    status: 404,
    exit: 4,
    title: 'The data is not in the cache.',
    next: 'Fetch it with `dvc pull`, or restore it and run `ratchet add` again.',
  },
  DATASET_WOULD_BE_LOST: {
    status: 409,
    exit: 5,
    title: 'A changed file would be overwritten, and its content is saved nowhere.',
    next: 'Save it with `ratchet add`, or repeat the command with --force to give it up.',
  },
  DATASET_OBJECT_CORRUPT: {
    status: 422,
    exit: 1,
    title: 'An object is not what its name says.',
    next: 'Run `ratchet data verify`: it sets broken objects aside and fetches them again.',
  },
  DATASET_REMOTE_UNKNOWN: {
    status: 404,
    exit: 2,
    title: 'There is no such remote in the configuration.',
    next: 'Name one with `ratchet remote add -d NAME ADDRESS`, or with --remote.',
  },
  DATASET_REMOTE_UNSUPPORTED: {
    status: 422,
    exit: 2,
    title: 'The kind of remote is not known.',
    next: 'Use an address of a kind that is listed, or a folder.',
  },
  DATASET_REMOTE_MISSING: {
    status: 404,
    exit: 4,
    title: 'The remote does not have an object.',
    next: 'Push it from a clone that has it with `ratchet push`, or name another remote with --remote.',
  },
  DATASET_REMOTE_CORRUPT: {
    status: 502,
    exit: 69,
    title: 'A remote gave or took other bytes than the object has.',
    next: 'Repeat the command; if it stays so, delete the object named from the remote and push it again.',
  },
  DATASET_REMOTE_UNREACHABLE: {
    status: 503,
    exit: 69,
    title: 'The remote cannot be reached.',
    next: 'Check the address in .dvc/config, the network and that the service runs; what moved already is kept.',
  },
  DATASET_REMOTE_REFUSED: {
    status: 403,
    exit: 69,
    title: 'The remote does not let us in.',
    next: 'Check the credentials and the permissions of the remote named.',
  },
})
