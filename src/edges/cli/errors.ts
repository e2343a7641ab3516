import { defineErrors } from '../../base/errors.ts'

export const cliErrors = defineErrors({
  CLI_USAGE: {
    status: 400,
    exit: 2,
    title: 'The command line is not understood.',
    next: 'See `ratchet --help`, or `ratchet VERB --help` for one command.',
  },
  CLI_ELSEWHERE: {
    status: 400,
    exit: 2,
    title: 'A verb of DVC that Ratchet answers in another way.',
    next: 'Use the command that the message names.',
  },
  CONTROL_PLANE_AWAY: {
    status: 503,
    exit: 69,
    title: 'The control plane of this project does not answer.',
    next: 'Start it with `ratchet up`, or look into .ratchet/logs/control.log.',
  },
  DATA_PLANE_REFUSED: {
    status: 400,
    exit: 2,
    title: 'The data plane refused the request.',
    next: 'Correct what it names, and ask again.',
  },
  NOTHING_YET: {
    status: 404,
    exit: 4,
    title: 'There is nothing of this kind yet.',
    next: 'See `ratchet models` for what there is.',
  },
  DATA_INCOMPLETE: {
    status: 404,
    exit: 4,
    title: 'Some of the data could not be moved; what could is kept.',
    next: 'Find a clone or a remote that has what is named.',
  },
  PROJECT_EXISTS: {
    status: 409,
    exit: 5,
    title: 'There is a ratchet.yaml already.',
    next: 'Edit it, or remove it first.',
  },
})
