import { basename, dirname, join } from 'node:path'
import { MLFLOW_VERSION } from '../../src/edges/mlflow/index.ts'
import { madeOnce } from './made-once.ts'

export const DVC_VERSION = '3.67.1'
export const DVC2_VERSION = '2.58.2'
/** An older client, as teams that have not moved to MLflow 3 use it. */
export const MLFLOW2_VERSION = '2.22.2'
export const OTLP_EXPORTER = 'opentelemetry-exporter-otlp-proto-http==1.45.2'

// Older ones of what those stood on: the newest no longer go together with them.
const BESIDE_DVC2 = ['pathspec<0.12', 'setuptools<70']
const BESIDE_MLFLOW_2_0 = ['sqlalchemy<2', 'alembic<2', 'setuptools<70', 'numpy', 'pandas']

/** The programs of others that stand beside Ratchet: the path of each, made when it is missing. */
export const tools = {
  dvc: () => pythonTool(`dvc[ssh,s3]==${DVC_VERSION}`, 'dvc'),
  dvc2: () => pythonTool(`dvc==${DVC2_VERSION}`, 'dvc', BESIDE_DVC2),
  mlflow: () => pythonTool(`mlflow==${MLFLOW_VERSION}`, 'mlflow'),
  mlflow2: () => pythonTool(`mlflow==${MLFLOW2_VERSION}`, 'mlflow'),
  pythonOfMlflow2_0: () => pythonTool('mlflow-skinny==2.0.1', 'python', BESIDE_MLFLOW_2_0),
  pythonOfOtlp: () => pythonTool(OTLP_EXPORTER, 'python'),
  s3Gateway: () => goTool('github.com/versity/versitygw/cmd/versitygw@v1.8.0'),
  gcsServer: () => goTool('github.com/fsouza/fake-gcs-server@v1.56.1'),
  azurite: () => npmTool('azurite@3.37.0', 'dist/src/blob/main.js'),
} as const

/** The Python that a command of its package runs in. */
export function pythonOf(command: string): string {
  return join(dirname(command), 'python')
}

/** A command of a Python package, in a virtual environment of its own. */
function pythonTool(requirement: string, command: string, beside: readonly string[] = []): string {
  const folder = madeOnce({
    requirement,
    script: 'python3 -m venv "$folder"\n"$folder/bin/pip" install --quiet "$@"',
    words: [requirement, ...beside],
    needs: `it takes python3 (3.9 or newer) with the venv module, and pip's package index. Install python3-venv`,
  })
  return join(folder, 'bin', command)
}

/** A program written in Go, `module/path@version`. */
function goTool(requirement: string): string {
  const folder = madeOnce({
    requirement,
    script: 'GOBIN="$folder" GOFLAGS=-mod=mod go install "$1"',
    words: [requirement],
    needs: `it takes Go (1.21 or newer) and Go's module proxy. Install golang`,
  })
  return join(folder, basename(requirement.replace(/@.*$/, '')))
}

/** A script of an npm package that only tests need, `package@version`. */
function npmTool(requirement: string, script: string): string {
  const folder = madeOnce({
    requirement,
    script: 'cd "$folder"\nnpm install --prefix . --ignore-scripts "$1"',
    words: [requirement],
    needs: 'it takes npm and its registry',
  })
  const [name = ''] = requirement.split(/(?<=.)@/)
  return join(folder, 'node_modules', name, script)
}
