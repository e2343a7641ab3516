import { defineErrors } from '../../../base/errors.ts'

export const importErrors = defineErrors({
  IMPORT_SOURCE_UNKNOWN: {
    status: 400,
    exit: 2,
    title: 'This is neither an mlruns folder nor an MLflow database.',
    next: 'Name the folder that holds the experiments (each with a meta.yaml), an mlflow.db, or a postgresql:// address.',
  },
  IMPORT_SOURCE_OLD: {
    status: 400,
    exit: 2,
    title: 'The database was written by an MLflow older than 2.0.',
    next: 'Make a copy, run `mlflow db upgrade` of MLflow 2.0 or newer on it, and import that.',
  },
})
