import type { Command } from 'commander'
import { findArtifact, getFiles } from '../../capabilities/datasets/index.ts'
import { readStageOuts } from '../../capabilities/pipelines/index.ts'
import type { CliContext } from './context.ts'
import { clonesOf, freePlace, lookingAround } from './data-look.ts'
import { cliErrors } from './errors.ts'

interface Asked {
  readonly rev?: string
  readonly stage?: string
  readonly out?: string
  readonly force?: boolean
}

/** `artifacts get`: models and data of a registry that Git tags keep (GTO). */
export function registerArtifactCommands(program: Command, context: CliContext): void {
  program
    .command('artifacts')
    .description('models and data that a repository gives versions by Git tags')
    .command('get')
    .description('copy an artifact of a repository here, without tracking it')
    .argument('<url>', 'a folder or the address of a Git repository')
    .argument('<name>', 'as its dvc.yaml names it: NAME, or FOLDER:NAME')
    .option('--rev <version>', 'v1.2.3; the highest one unless given')
    .option('--stage <stage>', 'what this stage was given last')
    .option('-o, --out <path>', 'where to put it')
    .option('-f, --force', 'replace what is there')
    .addHelpText(
      'after',
      '\nExample:\n  ratchet artifacts get https://example.com/models.git churn --stage prod',
    )
    .action((url: string, name: string, asked: Asked) => getArtifact(context, { url, name }, asked))
}

async function getArtifact(
  context: CliContext,
  { url, name }: { readonly url: string; readonly name: string },
  { rev: version, stage, out, force }: Asked,
): Promise<void> {
  if (version !== undefined && stage !== undefined)
    throw cliErrors.CLI_USAGE({ detail: '--rev and --stage are two answers to one question' })
  await lookingAround(context, async (project) => {
    const { cwd } = context
    const where = { url, name, version, stage, cwd, clones: clonesOf(context), readStageOuts }
    const { repository, path, tag } = await findArtifact(project, where)
    const target = freePlace(context, { out, name: path, force })
    const files = await getFiles(project, repository, { from: path, target })
    context.answer({ path: target, files, tag }, [`${files} files of ${tag} at ${target}`])
  })
}
