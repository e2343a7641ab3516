import { defineErrors } from '../../base/errors.ts'

export const pipelineErrors = defineErrors({
  PIPELINE_FILE_MISSING: {
    status: 404,
    exit: 4,
    title: 'The project has no dvc.yaml.',
    next: 'Write dvc.yaml beside ratchet.yaml with a stage for each step.',
  },
  PIPELINE_FILE_INVALID: {
    status: 422,
    exit: 2,
    title: 'dvc.yaml or dvc.lock does not have the right form.',
    next: 'Correct the place named; https://dvc.org/doc/user-guide/project-structure/dvcyaml-files has the form.',
  },
  PIPELINE_FILE_CONFLICT: {
    status: 409,
    exit: 5,
    title: 'A file of the pipeline holds the marks of a merge that is not finished.',
    next: 'Finish the merge in the file named: keep one side, remove the marks, and `git add` it.',
  },
  PIPELINE_UNSUPPORTED: {
    status: 422,
    exit: 2,
    title: 'dvc.yaml uses something of DVC that needs Python or a service of its own.',
    next: 'Run this pipeline with `dvc repro`, or take out what is named.',
  },
  PIPELINE_STAGE_UNKNOWN: {
    status: 404,
    exit: 4,
    title: 'There is no such stage.',
    next: 'Use a name that stands under `stages:` in dvc.yaml.',
  },
  PIPELINE_STAGE_EXISTS: {
    status: 409,
    exit: 5,
    title: 'There is a stage of that name already.',
    next: 'Give the new stage another name, or add `--force` to replace the old one.',
  },
  PIPELINE_STAGE_NAME: {
    status: 422,
    exit: 2,
    title: 'That is no name for a stage.',
    next: 'Use letters, digits, `-` and `_`.',
  },
  PIPELINE_STAGE_GENERATED: {
    status: 422,
    exit: 2,
    title:
      'The stage is written with templates, or made by foreach or matrix, so it cannot be edited from outside.',
    next: 'Edit dvc.yaml by hand.',
  },
  PIPELINE_FOLDER_MISSING: {
    status: 404,
    exit: 4,
    title: 'The working folder of a stage is not there.',
    next: 'Make the folder, or correct `wdir`.',
  },
  PIPELINE_CYCLE: {
    status: 422,
    exit: 2,
    title: 'Stages depend on each other in a circle.',
    next: 'Remove one of the dependencies named.',
  },
  PIPELINE_OUTPUT_TWICE: {
    status: 422,
    exit: 2,
    title: 'Two stages declare the same output, or one inside the other.',
    next: 'Give each stage an output of its own.',
  },
  PIPELINE_PARAMS_INVALID: {
    status: 422,
    exit: 2,
    title: 'A parameter or its file cannot be used.',
    next: 'Correct the file and the key named.',
  },
  PIPELINE_DEP_MISSING: {
    status: 404,
    exit: 4,
    title: 'A stage depends on a file that does not exist.',
    next: 'Bring it back with `ratchet checkout`, or correct `deps` in dvc.yaml.',
  },
  PIPELINE_RUN_UNKNOWN: {
    status: 404,
    exit: 4,
    title: 'There is no such run.',
    next: 'List the runs with `ratchet runs`.',
  },
  PIPELINE_RUN_ENDED: {
    status: 409,
    exit: 5,
    title: 'The run has ended already.',
    next: 'Nothing is left to cancel; `ratchet runs` says how it ended.',
  },
  PIPELINE_RUN_OF_SHELL: {
    status: 409,
    exit: 5,
    title: 'The run is of a `repro` in a shell.',
    next: 'Press Ctrl-C in that shell, or end the process with `kill -INT`.',
  },
  PIPELINE_RUN_KILLED: {
    status: 422,
    exit: 1,
    title: 'The process that ran the stages ended before them.',
    next: 'Run `ratchet repro` again: finished stages are kept.',
  },
  PIPELINE_BROKE: {
    status: 500,
    exit: 70,
    title: 'The run could not be carried out, each time that it was tried.',
    next: 'Mend what is named, then start it again with `ratchet retrain`.',
  },
  PIPELINE_STAGE_FAILED: {
    status: 422,
    exit: 1,
    title: 'The command of a stage failed.',
    next: 'Read the log named, mend the command, and run `ratchet repro` again: finished stages are kept.',
  },
  PIPELINE_STAGE_TIMEOUT: {
    status: 422,
    exit: 1,
    title: 'A stage ran longer than it may, and was stopped.',
    next: 'Read the log named; raise `meta.ratchet.timeout` of the stage if it needs more time.',
  },
  PIPELINE_OUT_MISSING: {
    status: 422,
    exit: 1,
    title: 'A stage ended well but did not write an output that it declares.',
    next: 'Make the command write the file named, or remove it from `outs` in dvc.yaml.',
  },
  PIPELINE_DECLINED: {
    status: 409,
    exit: 1,
    title: 'A stage was not to be run, so the run ended.',
    next: 'Run `ratchet repro` without `--interactive`, or answer y.',
  },
})
