import { defineErrors } from '../../base/errors.ts'

export const registryErrors = defineErrors({
  REGISTRY_UNKNOWN: {
    status: 404,
    exit: 4,
    title: 'There is no such registered model or version.',
    next: 'List the models with `ratchet models`.',
  },
  REGISTRY_EXISTS: {
    status: 409,
    exit: 5,
    title: 'A registered model has this name already.',
    next: 'Add a version to it, or choose another name.',
  },
  REGISTRY_INVALID: {
    status: 400,
    exit: 2,
    title: 'A value is not one that the registry accepts.',
    next: 'Correct the named value; nothing of the request was stored.',
  },
  REGISTRY_ALIAS_UNKNOWN: {
    status: 404,
    exit: 4,
    title: 'The registered model has no such alias.',
    next: 'List the aliases with `ratchet models`; a first champion is set with `ratchet promote`.',
  },
  REGISTRY_SOURCE_HOST: {
    status: 400,
    exit: 2,
    title: 'The source of a version names a file of another machine.',
    next: 'Give an address that this machine can read, such as that of the run.',
  },
  REGISTRY_STAGE: {
    status: 409,
    exit: 5,
    title: 'Only a move to Staging or Production can archive the other versions.',
    next: 'Leave archive_existing_versions out.',
  },
  REGISTRY_CHANGE_UNKNOWN: {
    status: 404,
    exit: 4,
    title: 'There is no such change of the registry.',
    next: 'List the changes of a model with `ratchet models history NAME`.',
  },
  REGISTRY_NOT_UNDOABLE: {
    status: 409,
    exit: 5,
    title: 'Only changes of an alias or a stage can be taken back.',
    next: 'Set the former value, which `ratchet models history NAME` tells.',
  },
  REGISTRY_CHANGED: {
    status: 409,
    exit: 5,
    title: 'It was changed again since.',
    next: 'Take back the newest change first, or set the value that you want.',
  },
  REGISTRY_FILE_MISSING: {
    status: 409,
    exit: 4,
    title: 'The version has no ONNX file on this machine.',
    next: 'Register a version whose files hold one .onnx file.',
  },
  REGISTRY_WEBHOOK_FORBIDDEN: {
    status: 403,
    exit: 5,
    title: 'A webhook leads into the network of this machine.',
    next: 'Name an address of the internet, or start the server with MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS=true.',
  },
  REGISTRY_WEBHOOK_KEY: {
    status: 500,
    exit: 4,
    title: 'The secret of a webhook cannot be read.',
    next: 'Bring back the key file that belongs to this database, or set the secret of the webhook again.',
  },
  REGISTRY_WEBHOOK_REFUSED: {
    status: 502,
    exit: 69,
    title: 'The receiver of a webhook did not take a message.',
    next: 'Look at what the receiver says; 429 and 5xx are tried again by themselves.',
  },
  REGISTRY_WEBHOOK_UNREACHABLE: {
    status: 502,
    exit: 69,
    title: 'The receiver of a webhook could not be reached.',
    next: 'Check its address; it is tried again by itself.',
  },
})
