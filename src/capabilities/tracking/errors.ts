import { defineErrors } from '../../base/errors.ts'

export const trackingErrors = defineErrors({
  TRACKING_UNKNOWN: {
    status: 404,
    exit: 4,
    title: 'There is no such experiment, run, logged model or tag.',
    next: 'List what there is with `ratchet runs` or on the page.',
  },
  TRACKING_EXISTS: {
    status: 409,
    exit: 5,
    title: 'The name is taken.',
    next: 'Choose another name; a deleted experiment keeps its own until it is restored.',
  },
  TRACKING_INVALID: {
    status: 400,
    exit: 2,
    title: 'A value is not one that tracking accepts.',
    next: 'Correct the named value; nothing of the request was stored.',
  },
  TRACKING_STATE: {
    status: 409,
    exit: 5,
    title: 'The state of the thing does not allow this.',
    next: 'Restore the experiment first.',
  },
  TRACKING_READ_DIED: {
    status: 503,
    exit: 69,
    title: 'What was asked for was too much to read at once.',
    next: 'Ask for fewer runs or points a page; writing goes on meanwhile.',
  },
  FILTER_INVALID: {
    status: 400,
    exit: 2,
    title: 'The search filter or order is not one that can be read.',
    next: "Write clauses such as metrics.rmse < 0.5 and params.model = 'ridge', joined by AND.",
  },
  TRACE_INCOMPLETE: {
    status: 404,
    exit: 4,
    title: 'The trace has not been sent whole yet.',
    next: 'Ask again in a moment, or allow a partial trace.',
  },
  ARTIFACT_PATH_INVALID: {
    status: 400,
    exit: 2,
    title: 'The path of an artifact leaves its folder or cannot be one.',
    next: 'Use a relative path without "..", such as model/model.onnx.',
  },
  ARTIFACT_RANGE: {
    status: 416,
    exit: 2,
    title: 'The artifact has no such bytes.',
    next: 'Ask for a range within its size; the listing tells it.',
  },
  ARCHIVE_INVALID: {
    status: 400,
    exit: 2,
    title: 'The archive is damaged, or none that `ratchet runs export` made.',
    next: 'Make it again; nothing of it was taken over.',
  },
  ARTIFACT_UNKNOWN: {
    status: 404,
    exit: 4,
    title: 'There is no such artifact.',
    next: 'List the artifacts of the run to see what was logged.',
  },
})
