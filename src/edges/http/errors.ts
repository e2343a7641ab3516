import { defineErrors } from '../../base/errors.ts'

export const httpErrors = defineErrors({
  ROUTE_NOT_FOUND: {
    status: 404,
    exit: 4,
    title: 'There is nothing at this address.',
    next: 'The addresses are listed in /api/v1/openapi.json.',
  },
  NOT_FOUND: {
    status: 404,
    exit: 4,
    title: 'There is nothing with this id.',
    next: 'See the list of such things; ids are not reused, and some are no longer kept.',
  },
  REQUEST_INVALID: {
    status: 400,
    exit: 2,
    title: 'The request has a field that cannot be used.',
    next: 'Correct the field; /api/v1/openapi.json shows what is expected.',
  },
  REQUEST_TOO_LARGE: {
    status: 413,
    exit: 2,
    title: 'The request is larger than this address accepts.',
    next: 'Send less at once.',
  },
  BODY_TOO_SLOW: {
    status: 408,
    exit: 69,
    title: 'The request came too slowly.',
    next: 'Send it again; RATCHET_BODY_TIMEOUT is how many seconds the server waits for a body that drips.',
  },
  NOT_READY: {
    status: 503,
    exit: 69,
    title: 'The control plane is still starting.',
    next: 'Ask again in a moment.',
  },
  CROSS_SITE: {
    status: 403,
    exit: 2,
    title: 'A page of another site may not change anything here.',
    next: 'Call the API from the page itself, or from a program.',
  },
  INTERNAL: {
    status: 500,
    exit: 70,
    title: 'Ratchet failed at this request.',
    next: 'This is our fault. The log of the control plane has the details; please report it.',
  },
})
