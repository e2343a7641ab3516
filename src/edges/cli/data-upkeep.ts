import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Command } from 'commander'
import {
  decideIgnored,
  destroyProject,
  installGitHooks,
  mergeDvcFiles,
  shouldCheckout,
  storeBytes,
} from '../../capabilities/datasets/index.ts'
import { pipelineFiles } from '../../capabilities/pipelines/index.ts'
import type { CliContext } from './context.ts'
import { fromRoot, withDataProject } from './data-project.ts'
import { changing } from './data-work.ts'
import { cliErrors } from './errors.ts'

/** `root`, `check-ignore`, `install`, `git-hook`, `destroy`: what keeps a project in order. */
export function registerDataUpkeepCommands(program: Command, context: CliContext): void {
  program
    .command('root')
    .description('the way from here to the top of the project')
    .addHelpText('after', '\nExample:\n  cd "$(ratchet root)"')
    .action(() => {
      const path = relative(context.cwd, context.dataRoot()) || '.'
      context.answer({ root: path }, [path])
    })
  program
    .command('check-ignore')
    .description('which of these paths .dvcignore leaves out; exit code 1 when it is none')
    .argument('[paths...]')
    .option(
      '-d, --details',
      'with the file, line and pattern that say so, also those with ! that keep a path',
    )
    .option('-a, --all', 'with --details: as DVC takes it; one pattern decides, and it is told')
    .option('-n, --non-matching', 'with --details: also those that it keeps')
    .option('--stdin', 'paths by line from standard input')
    .addHelpText('after', '\nExample:\n  ratchet check-ignore --details data/notes.tmp')
    .action((paths: readonly string[], asked: IgnoreAsked) => checkIgnore(context, paths, asked))
  program
    .command('install')
    .description('Git hooks that check out, look at and push data along with Git')
    .addHelpText('after', '\nExample:\n  ratchet install')
    .action(async () => {
      const files = await installGitHooks(context.dataRoot(), 'ratchet')
      if (!isOnPath(context))
        context.note('`ratchet` is not on your PATH: the hooks will not find it.')
      context.answer(
        { files: [...files] },
        files.map((file) => `wrote ${relative(context.cwd, file)}`),
      )
    })
  registerHooks(program, context)
  program
    .command('destroy')
    .description('remove .dvc files, dvc.yaml, dvc.lock and the cache; data in the workspace stays')
    .option('-f, --force', 'do it without being asked')
    .addHelpText('after', '\nExample:\n  ratchet destroy --force')
    .action(({ force }: { readonly force?: boolean }) => destroy(context, force ?? false))
}

interface IgnoreAsked {
  readonly details?: boolean
  readonly all?: boolean
  readonly nonMatching?: boolean
  readonly stdin?: boolean
}

async function checkIgnore(
  context: CliContext,
  named: readonly string[],
  { details = false, all = false, nonMatching = false, stdin = false }: IgnoreAsked,
): Promise<void> {
  if (stdin === named.length > 0)
    throw cliErrors.CLI_USAGE({ detail: 'check-ignore needs paths, or --stdin without any' })
  if (nonMatching && !details)
    throw cliErrors.CLI_USAGE({ detail: '--non-matching goes with --details' })
  if (all && !details) throw cliErrors.CLI_USAGE({ detail: '--all goes with --details' })
  const paths = stdin
    ? readFileSync(0, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : named
  await withDataProject(context, (project) => {
    const found = paths.map((path) => {
      const inside = fromRoot(context, project, path)
      // A pattern says nothing of what lies outside of the project.
      if (inside === '..' || inside.startsWith('../')) return { path, decision: null }
      const stats = statSync(join(project.root, inside), { throwIfNoEntry: false })
      const isFolder = stats?.isDirectory() === true
      return { path, decision: decideIgnored(project.root, inside, isFolder) }
    })
    const ignored = found.filter(({ decision }) => decision?.isIgnored === true)
    const decided = found.filter(({ decision }) => decision !== null)
    const matching = details ? decided : ignored
    const told = ({ path, decision }: (typeof found)[number]) => ({
      path,
      rule: decision?.rule ?? null,
    })
    context.answer(
      {
        ignored: ignored.map(told),
        kept: decided.filter((one) => !ignored.includes(one)).map(told),
      },
      (nonMatching ? found : matching).map(({ path, decision }) =>
        details ? `${decision?.rule ?? '::'}\t${path}` : path,
      ),
    )
    if (matching.length === 0) context.setExitCode(1)
  })
}

function isOnPath({ environment }: CliContext): boolean {
  try {
    execFileSync('sh', ['-c', 'command -v ratchet'], { env: environment, stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function registerHooks(program: Command, context: CliContext): void {
  const hooks = program
    .command('git-hook')
    .description('what the hooks of `ratchet install` call')
    .addHelpText('after', '\nExample:\n  ratchet git-hook pre-commit')
  const hook = (name: string, verb: string, when: (args: readonly string[]) => boolean): void => {
    hooks
      .command(name)
      .argument('[args...]')
      .allowUnknownOption()
      .action((args: readonly string[]) => {
        if (when(args)) again(context, verb)
      })
  }
  hook('pre-commit', 'status', () => true)
  hook('post-checkout', 'checkout', (args) => shouldCheckout(context.dataRoot(), args))
  hook('pre-push', 'push', () => true)
  hooks
    .command('merge-driver')
    .requiredOption('--ancestor <file>')
    .requiredOption('--our <file>')
    .requiredOption('--their <file>')
    .action((files: { ancestor: string; our: string; their: string }) =>
      withDataProject(context, async (project) => {
        const read = (file: string): string => readFileSync(join(context.cwd, file), 'utf8')
        const sides = {
          ancestor: read(files.ancestor),
          ours: read(files.our),
          theirs: read(files.their),
        }
        const { text, listing } = mergeDvcFiles(project, sides)
        if (listing !== null) await storeBytes(project, listing.oid, listing.bytes)
        writeFileSync(join(context.cwd, files.our), text)
      }),
    )
}

// The hook answers as the verb does.
function again(context: CliContext, verb: string): void {
  const [script = ''] = process.argv.slice(1)
  const { status } = spawnSync(process.execPath, [script, verb], { stdio: 'inherit' })
  if (status !== 0) context.setExitCode(1)
}

async function destroy(context: CliContext, force: boolean): Promise<void> {
  if (!force)
    throw cliErrors.CLI_USAGE({
      detail: 'destroy removes all .dvc files, pipelines and the cache',
      next: 'Repeat it with --force if that is meant; data in the workspace stays.',
    })
  await changing(context, { what: 'files' }, async ({ project }) => {
    const removed = destroyProject(project, pipelineFiles(project.root))
    context.answer({ removed: [...removed] }, [`removed ${removed.join(', ')}`])
  })
}
