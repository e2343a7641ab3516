import { defineErrors } from '../base/errors.ts'

export const mainErrors = defineErrors({
  PROJECT_NOT_FOUND: {
    status: 404,
    exit: 4,
    title: 'This folder is not in a Ratchet project.',
    next: 'Run `ratchet init` in the Git repository of the model, or change to its folder.',
  },
  PROJECT_INVALID: {
    status: 400,
    exit: 2,
    title: 'ratchet.yaml says something that Ratchet does not understand.',
    next: 'Correct the line; `ratchet schema` prints what is allowed.',
  },
  CONFIG_INVALID: {
    status: 400,
    exit: 2,
    title: 'A flag or an environment variable has a value that cannot be used.',
    next: 'See `ratchet up --help`.',
  },
  PORT_TAKEN: {
    status: 503,
    exit: 69,
    title: 'The port is taken.',
    next: 'Stop the program that holds it, or choose another with --port or --inference-port.',
  },
  ALREADY_RUNNING: {
    status: 409,
    exit: 5,
    title: 'Ratchet already runs in this folder.',
    next: 'Use the one that runs, or stop it first.',
  },
  NOT_RUNNING: {
    status: 503,
    exit: 69,
    title: 'Ratchet does not run in this folder.',
    next: 'Start it with `ratchet up`.',
  },
  HOST_NEEDS_AUTHENTICATION: {
    status: 400,
    exit: 2,
    title: 'Anything but loopback needs authentication, and none is configured.',
    next: 'Bind to 127.0.0.1 and put a proxy that authenticates in front; users and tokens are not in this version.',
  },
  REPLAY_ONLY: {
    status: 409,
    exit: 5,
    title: 'Only a project opened for replay has a clock that can be moved.',
    next: 'Open a fresh project with `ratchet up --replay 1971-01-01`.',
  },
  REPLAY_BACKWARDS: {
    status: 409,
    exit: 5,
    title: 'The clock of a replay moves forward only.',
    next: 'Ask for a time that is not before the current one.',
  },
  REPLAY_CONFLICT: {
    status: 409,
    exit: 5,
    title: 'A project is opened for replay when it is fresh, and stays what it was then.',
    next: 'Use another folder, or another --dir, for the replay.',
  },
})
