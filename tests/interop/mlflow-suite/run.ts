import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * MLflow's own tests against Ratchet, by hand: `npm run test:mlflow -- CHECKOUT PYTHON [--everywhere] [pytest arguments]`.
 * With `--everywhere` those too that write into a database of their own ask a server, a fresh one a test. CHECKOUT is
 * MLflow's repository at a release, PYTHON an interpreter that has this release and its test dependencies. Nothing of
 * it enters this repository: the plugin replaces how its fixtures start a server, and not-applicable.json names what is
 * not about what Ratchet serves, each with its reason.
 */
const TESTS = [
  'tests/tracking/test_rest_tracking.py',
  'tests/tracking/test_model_registry.py',
  'tests/tracking/test_mlflow_artifacts.py',
  'tests/tracking/test_client_webhooks.py',
  'tests/store/model_registry/test_rest_store_webhooks.py',
  'tests/webhooks/test_e2e.py',
]

const EVERYWHERE = [
  'tests/tracking/test_tracking.py',
  'tests/tracking/test_client.py',
  'tests/tracking/fluent/test_fluent.py',
  'tests/tracking/fluent/test_fluent_autolog.py',
  'tests/tracking/test_log_image.py',
  'tests/artifacts/test_artifacts.py',
  'tests/store/artifact/test_mlflow_artifact_repo.py',
]

const [checkout = '', python = 'python3', ...words] = process.argv.slice(2)
const everywhere = words.includes('--everywhere')
const rest = words.filter((word) => word !== '--everywhere')
if (!existsSync(join(checkout, 'tests/tracking/integration_test_utils.py'))) {
  console.error('usage: npm run test:mlflow -- CHECKOUT PYTHON [pytest arguments]')
  console.error(`There are no tests of MLflow in "${checkout}".`)
  process.exit(2)
}
const chosen = rest.some((argument) => argument.startsWith('tests/'))
  ? rest
  : [...(everywhere ? EVERYWHERE : TESTS), ...rest]
const quiet = ['-q', '--color=no', '-p', 'no:cacheprovider']
const pytest = spawn(python, ['-m', 'pytest', '-p', 'ratchet_suite', ...quiet, ...chosen], {
  cwd: checkout,
  stdio: 'inherit',
  env: {
    ...process.env,
    PYTHONPATH: import.meta.dirname,
    ...(everywhere ? { RATCHET_SUITE_EVERYWHERE: 'yes' } : {}),
    RATCHET_SUITE_SERVER: `${process.execPath} ${join(import.meta.dirname, 'server.ts')}`,
  },
})
pytest.once('exit', (code) => {
  process.exitCode = code ?? 1
})
