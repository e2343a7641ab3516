import type { Command } from 'commander'
import {
  countLegacyObjects,
  type LeftRecord,
  legacyDvcFiles,
  migrateCache,
  migrateDvcFiles,
  migrateRecord,
} from '../../capabilities/datasets/index.ts'
import { legacyLockFiles, migrateStages } from '../../capabilities/pipelines/index.ts'
import type { CliContext } from './context.ts'
import { asJson, withDataProject } from './data-project.ts'
import { changing, type DataWork } from './data-work.ts'
import { recordLines } from './record-lines.ts'

interface Asked {
  readonly dvcFiles?: boolean
  readonly dry?: boolean
}

/** `cache migrate`: data of DVC 2 under the names of DVC 3. */
export function registerMigrateCommand(cache: Command, context: CliContext): void {
  cache
    .command('migrate')
    .description('give the objects of DVC 2 the names of DVC 3 too; the old names stay')
    .option('--dvc-files', 'also make the records in .dvc files and dvc.lock those of DVC 3')
    .option('--dry', 'only say what would be done')
    .addHelpText('after', '\nExample:\n  ratchet cache migrate --dvc-files')
    .action((asked: Asked) => (asked.dry === true ? tell(context, asked) : migrate(context, asked)))
}

async function tell(context: CliContext, { dvcFiles }: Asked): Promise<void> {
  await withDataProject(context, async (project) => {
    const objects = await countLegacyObjects(project)
    const files =
      dvcFiles === true
        ? [...(await legacyDvcFiles(project)), ...legacyLockFiles(project.root)]
        : []
    context.answer({ objects, files: [...files] }, [
      `${objects} files will be re-hashed and migrated to the DVC 3.0 cache location.`,
      ...(dvcFiles !== true
        ? []
        : files.length === 0
          ? [NO_FILES]
          : ['Entries in following DVC files will be migrated to the 3.0 format:']),
      ...files.map((file) => `\t${file}`),
    ])
  })
}

const NO_FILES = 'No DVC files in the repo to migrate to the 3.0 format.'

async function migrate(context: CliContext, { dvcFiles }: Asked): Promise<void> {
  await changing(context, { what: 'objects' }, async (data) => {
    const { objects, migrated, names } = await migrateCache(data.project, data)
    const { files, left } =
      dvcFiles === true ? await migrateRecords(data, names) : { files: [], left: [] }
    const record = await recordLines(context, data.project, files)
    context.answer(asJson({ objects, migrated, files, left }), [
      `Migrated ${migrated} files to DVC 3.0 cache location.`,
      ...(dvcFiles === true ? printRecords(files, left) : []),
      ...record,
    ])
    if (left.length > 0) context.setExitCode(1)
  })
}

async function migrateRecords({ project }: DataWork, names: ReadonlyMap<string, string>) {
  const data = await migrateDvcFiles(project, names)
  const stages = await migrateStages(project, (record) => migrateRecord(project, record, names))
  return {
    files: [...data.files, ...stages.files],
    left: [...data.left, ...stages.left],
  }
}

function printRecords(files: readonly string[], left: readonly LeftRecord[]): readonly string[] {
  if (files.length + left.length === 0) return [NO_FILES]
  return [
    ...files.map((file) => `Updating DVC file '${file}'`),
    ...left.map(({ file, path, reason }) =>
      reason === 'changed'
        ? `left as it is: ${path} in ${file} has changed since; record it with \`ratchet commit\`, or undo it with \`ratchet checkout\``
        : `left as it is: ${path} in ${file} is neither here nor in the cache; run \`ratchet pull\` first`,
    ),
  ]
}
