import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

/**
 * DVC's own tests against Ratchet, by hand: `npm run test:dvc -- CHECKOUT PYTHON [pytest arguments]`. CHECKOUT is DVC's
 * repository at a release, PYTHON an interpreter that has this release and its test dependencies (`dvc[tests]`). Nothing of
 * it enters this repository: the plugin has the verbs that its tests call run as commands of Ratchet, and
 * not-applicable.json names what is not about these commands, each with its reason.
 */
const TESTS = [
  'add',
  'check_ignore',
  'checkout',
  'commit',
  'config',
  'data_cloud',
  'data_status',
  'diff',
  'du',
  'external_repo',
  'gc',
  'get',
  'get_url',
  'ignore',
  'import',
  'import_url',
  'init',
  'install',
  'ls',
  'ls_url',
  'move',
  'odb',
  'remote',
  'remove',
  'status',
  'unprotect',
  'update',
  'virtual_directory',
  'lockfile',
  'run',
  'run_cache',
  'stage',
].map((name) => `tests/func/test_${name}.py`)
const FOLDERS = ['metrics', 'params', 'repro'].map((name) => `tests/func/${name}`)

const [checkout = '', python = 'python3', ...rest] = process.argv.slice(2)
if (!existsSync(join(checkout, 'tests/func/test_add.py'))) {
  console.error('usage: npm run test:dvc -- CHECKOUT PYTHON [pytest arguments]')
  console.error(`There are no tests of DVC in "${checkout}".`)
  process.exit(2)
}
const chosen = rest.some((argument) => argument.startsWith('tests/'))
  ? rest
  : [...TESTS, ...FOLDERS, ...rest]
// Their own options measure coverage, which is that of DVC's code.
const quiet = ['-q', '--color=no', '-p', 'no:cacheprovider', '-o', 'addopts=']
const pytest = spawn(python, ['-m', 'pytest', '-p', 'ratchet_suite', ...quiet, ...chosen], {
  cwd: checkout,
  stdio: 'inherit',
  env: {
    ...process.env,
    PYTHONPATH: import.meta.dirname,
    PYTHONDONTWRITEBYTECODE: '1',
    RATCHET_SUITE_BIN: resolve(import.meta.dirname, '../../../bin'),
  },
})
pytest.once('exit', (code) => {
  process.exitCode = code ?? 1
})
