import { basename, relative } from 'node:path'
import type { Command } from 'commander'
import {
  type DataProject,
  type Imported,
  importAddress,
  importRepository,
  updateImports,
} from '../../capabilities/datasets/index.ts'
import { readStageOuts } from '../../capabilities/pipelines/index.ts'
import type { CliContext } from './context.ts'
import { type AccessAsked, accessAsked } from './data-access.ts'
import { goesToRemote, requireToRemote, type ToRemoteAsked } from './data-elsewhere.ts'
import { clonesOf } from './data-look.ts'
import { asJson, fromRoot } from './data-project.ts'
import { changing, wholeNumber } from './data-work.ts'
import { recordLines } from './record-lines.ts'
import { cliErrors } from './errors.ts'

interface Asked extends ToRemoteAsked {
  readonly out?: string
  readonly rev?: string
  readonly force?: boolean
  /** `--no-download` */
  readonly download?: boolean
  /** `--no-exec` */
  readonly exec?: boolean
  readonly versionAware?: boolean
  readonly recursive?: boolean
}

/** `import-url`, `update`: data of elsewhere, with the way back to it. */
export function registerDataImportCommands(program: Command, context: CliContext): void {
  program
    .command('import-url')
    .description(
      'bring a file or folder from a path, a web server or an object store, and track it',
    )
    .argument('<url>', 'a path, https://…, s3://…, or remote://NAME/PATH')
    .argument('[out]', 'where to put it')
    .option('--no-download', 'record what is there without bringing it')
    .option('--no-exec', 'record only where it is')
    .option('-f, --force', 'replace what is there')
    .option('--to-remote', 'send it to the remote, and keep none of it here')
    .option('-r, --remote <name>', 'with --to-remote: the remote, instead of the default one')
    .option('-j, --jobs <n>', 'with --to-remote: files at once', wholeNumber)
    .option(
      '--version-aware',
      'record which version of it is taken, where its store keeps versions',
    )
    .addHelpText(
      'after',
      '\nExample:\n  ratchet import-url https://example.com/raw.csv data/raw.csv',
    )
    .action((url: string, out: string | undefined, asked: Asked) =>
      fromUrl(context, { url, out }, asked),
    )
  program
    .command('update')
    .description('bring imports as they are now where they came from')
    .argument('[targets...]', '.dvc files of imports; all of them when none is named')
    .option(
      '--rev <commit>',
      'another branch, tag or commit of the other repository, or version of a file that is imported with its version',
    )
    .option('-R, --recursive', 'all imports below the folders named')
    .option('--no-download', 'record the new state without bringing it')
    .option('--to-remote', 'send it to the remote, and keep none of it here')
    .option('-r, --remote <name>', 'with --to-remote: the remote, instead of the default one')
    .option('-j, --jobs <n>', 'with --to-remote: files at once', wholeNumber)
    .addHelpText('after', '\nExample:\n  ratchet update data/raw.csv.dvc')
    .action((targets: readonly string[], asked: Asked) => update(context, targets, asked))
}

async function fromUrl(
  context: CliContext,
  { url, out }: { readonly url: string; readonly out: string | undefined },
  asked: Asked,
): Promise<void> {
  requireToRemote(asked)
  if (asked.toRemote === true && (asked.download === false || asked.exec === false))
    throw cliErrors.CLI_USAGE({
      detail: '--no-download and --no-exec do not go with --to-remote, which brings the data',
    })
  if (asked.toRemote === true && asked.versionAware === true)
    throw cliErrors.CLI_USAGE({
      detail: '--version-aware does not go with --to-remote: the store keeps the versions',
    })
  const paths = goal(context, out ?? basename(url))
  await changing(context, { what: 'files', paths }, async ({ project, ...work }) => {
    const imported = await importAddress(project, {
      url,
      toRemote: goesToRemote(work, asked),
      out: out === undefined ? undefined : fromRoot(context, project, out),
      cwd: context.cwd,
      here: relative(project.root, context.cwd),
      force: asked.force,
      noDownload: asked.download === false,
      noExec: asked.exec === false,
      versionAware: asked.versionAware,
    })
    const lines = await recordLines(context, project, imported.written)
    context.answer(asJson(imported), [`Importing '${url}' -> '${imported.path}'`, ...lines])
  })
}

// For the lock: what will be written, as far as it is known.
function goal(context: CliContext, name: string): (project: DataProject) => readonly string[] {
  return (project) => [fromRoot(context, project, name)]
}

/** `ratchet import URL PATH`: a path of another Git repository. */
export async function importFromRepository(
  context: CliContext,
  { url, path }: { readonly url: string; readonly path: string },
  asked: Asked & AccessAsked,
): Promise<void> {
  const access = accessAsked(asked)
  const paths = goal(context, asked.out ?? basename(path))
  await changing(context, { what: 'files', paths }, async ({ project }) => {
    const imported: Imported = await importRepository(project, {
      url,
      path,
      rev: asked.rev,
      out: asked.out === undefined ? undefined : fromRoot(context, project, asked.out),
      cwd: context.cwd,
      here: relative(project.root, context.cwd),
      clones: clonesOf(context),
      force: asked.force,
      noDownload: asked.download === false,
      noExec: asked.exec === false,
      access,
      readStageOuts,
    })
    const lines = await recordLines(context, project, imported.written)
    context.answer(asJson(imported), [
      `Importing '${path} (${url})' -> '${imported.path}'`,
      ...lines,
    ])
  })
}

async function update(
  context: CliContext,
  targets: readonly string[],
  asked: Asked,
): Promise<void> {
  requireToRemote(asked)
  if (asked.toRemote === true && asked.download === false)
    throw cliErrors.CLI_USAGE({
      detail: '--no-download does not go with --to-remote, which brings the data',
    })
  await changing(context, { what: 'files' }, async ({ project, ...work }) => {
    const updated = await updateImports(project, {
      toRemote: goesToRemote(work, asked),
      targets: targets.map((target) => fromRoot(context, project, target)),
      recursive: asked.recursive,
      rev: asked.rev,
      noDownload: asked.download === false,
      clones: clonesOf(context),
      readStageOuts,
    })
    const changed = updated.filter((each) => each.changed)
    const lines = await recordLines(
      context,
      project,
      changed.map(({ file }) => file),
    )
    context.answer(asJson(updated), [
      ...updated.map((each) => `${each.changed ? 'updated' : 'as before'}: ${each.path}`),
      ...lines,
    ])
  })
}
