import { relative, sep } from 'node:path'
import type { Command } from 'commander'
import type { CliContext } from './context.ts'
import { registerVerbsElsewhere, VERBS_ELSEWHERE } from './elsewhere.ts'

export interface CommandGroup {
  readonly title: string
  /** Verb and what it does: shown by --help without loading the group's code. */
  readonly verbs: Readonly<Record<string, string>>
  /** Other names of its verbs, not shown by --help. */
  readonly aliases?: readonly string[]
  readonly load: () => Promise<(program: Command, context: CliContext) => void>
}

/** Every verb, with the file that answers it. Only the one asked for is loaded. */
export const commandGroups: readonly CommandGroup[] = [
  {
    title: 'Start',
    verbs: {
      init: 'make this Git repository a Ratchet project',
      status: 'what changed in stages and data, then one line a model',
      doctor: 'what is wrong here, and how to mend it',
      schema: 'JSON Schema of ratchet.yaml',
    },
    load: async () => (await import('./project.ts')).registerProjectCommands,
  },
  {
    title: 'Data',
    verbs: {
      add: 'version a file or a folder (DVC format)',
      commit: 'record tracked data as it is now',
      checkout: 'put the versioned data back into the workspace',
    },
    load: async () => (await import('./datasets.ts')).registerDatasetCommands,
  },
  {
    title: 'Data',
    verbs: {
      push: 'send data to the remote',
      fetch: 'bring data from the remote into the cache',
      pull: 'fetch, then checkout',
    },
    load: async () => (await import('./data-transfer.ts')).registerTransferCommands,
  },
  {
    title: 'Data',
    verbs: { gc: 'remove data that nothing uses' },
    load: async () => (await import('./data-gc.ts')).registerGcCommand,
  },
  {
    title: 'Data',
    verbs: {
      data: '`data status`: commit, .dvc files and workspace compared; `data verify`: the cache hashed anew',
      diff: 'files that differ between commits',
    },
    load: async () => {
      const changes = await import('./data-changes.ts')
      const verify = await import('./data-gc.ts')
      return (program, context) => {
        changes.registerDataChangeCommands(program, context)
        verify.registerVerifyCommand(program, context)
      }
    },
  },
  {
    title: 'Data',
    verbs: { datasets: 'data sets, their versions, what is in them and who used them' },
    load: async () => (await import('./data-versions.ts')).registerDatasetHistoryCommands,
  },
  {
    title: 'Data',
    verbs: {
      list: 'what a repository has, this or another (ls)',
      du: 'how many bytes it holds',
      get: 'copy a file or folder of another repository',
      'get-url': 'copy a file or folder of a path, a web server, an object store',
      'list-url': 'what lies there',
      'import-url': 'bring and track data of a path, a web server, an object store',
      update: 'bring imports as they are now there',
      artifacts: '`artifacts get`: a version of a model that Git tags keep',
    },
    aliases: ['ls', 'ls-url'],
    load: async () => {
      const [look, imports, addresses, artifacts] = await Promise.all([
        import('./data-look.ts'),
        import('./data-imports.ts'),
        import('./data-addresses.ts'),
        import('./data-artifacts.ts'),
      ])
      return (program, context) => {
        artifacts.registerArtifactCommands(program, context)
        look.registerDataLookCommands(program, context)
        imports.registerDataImportCommands(program, context)
        addresses.registerAddressCommands(program, context)
      }
    },
  },
  {
    title: 'Data',
    verbs: {
      move: 'rename tracked data with its .dvc file',
      remove: 'stop tracking data; it stays in the workspace',
      unprotect: 'make links into the cache plain files',
    },
    aliases: ['mv', 'rm'],
    load: async () => (await import('./data-moves.ts')).registerDataMoveCommands,
  },
  {
    title: 'Data',
    verbs: {
      root: 'the top of the project, from here',
      'check-ignore': 'which paths .dvcignore leaves out',
      install: 'Git hooks that take the data along',
      destroy: 'forget DVC here; data in the workspace stays',
    },
    aliases: ['git-hook'],
    load: async () => (await import('./data-upkeep.ts')).registerDataUpkeepCommands,
  },
  {
    title: 'Data',
    verbs: {
      remote: 'add, modify, list, remove, rename, default',
      config: "settings of DVC's configuration",
      cache: '`cache dir`; `cache migrate`: data of DVC 2 under the names of DVC 3',
    },
    load: async () => {
      const [settings, migrate] = await Promise.all([
        import('./data-settings.ts'),
        import('./data-migrate.ts'),
      ])
      return (program, context) => {
        settings.registerDataSettingCommands(program, context)
        migrate.registerMigrateCommand(settings.registerCacheCommand(program, context), context)
      }
    },
  },
  {
    title: 'Pipelines',
    verbs: { repro: 'run the stages that changed, and only those' },
    load: async () => {
      const { registerPipelineCommands } = await import('./pipelines.ts')
      return (program, context) => registerPipelineCommands(program, pipelineContext(context))
    },
  },
  {
    title: 'Pipelines',
    verbs: {
      stage: '`stage add`, `stage list`',
      dag: 'what depends on what',
      freeze: 'keep stages as they are, whatever changes',
      unfreeze: 'let stages run again',
    },
    load: async () => {
      const { registerStageCommands } = await import('./pipelines-stages.ts')
      return (program, context) =>
        registerStageCommands(program, context, () => pipelineContext(context))
    },
  },
  {
    title: 'Pipelines',
    verbs: {
      params: '`params diff`: parameters that differ between revisions',
      metrics: '`metrics show`, `metrics diff`',
      plots: '`plots show`, `plots diff`: a page with the plots',
    },
    load: async () => (await import('./pipelines-reports.ts')).registerReportCommands,
  },
  {
    title: 'Pipelines',
    verbs: { exp: 'experiments of DVC: `exp list`, `exp show`' },
    aliases: ['experiments'],
    load: async () => (await import('./experiments.ts')).registerExperimentCommands,
  },
  {
    title: 'Checks',
    verbs: { check: 'hold a data file against its contract' },
    load: async () => (await import('./checks.ts')).registerCheckCommands,
  },
  {
    title: 'Models',
    verbs: {
      models: 'one line a model',
      register: 'make a model file a version',
      gate: 'the last gates of a model, or one with its evidence',
      promote: 'gate a version, then let it answer',
      rollback: 'let the previous champion answer again, at once',
      why: 'from any id back to its causes',
    },
    load: async () => (await import('./models.ts')).registerModelCommands,
  },
  {
    title: 'Models',
    verbs: { import: 'take over an MLflow installation, or data of another repository' },
    load: async () => (await import('./import.ts')).registerImportCommand,
  },
  {
    title: 'Serving',
    verbs: {
      predict: 'ask an endpoint',
      rollout: 'status, pause, resume, abort, promote',
      feedback: 'tell the truth about a prediction',
    },
    load: async () => (await import('./serving.ts')).registerServingCommands,
  },
  {
    title: 'Elsewhere',
    verbs: {},
    aliases: Object.keys(VERBS_ELSEWHERE),
    load: async () => registerVerbsElsewhere,
  },
  {
    title: 'Loop',
    verbs: {
      retrain: 'retrain a model now',
      pause: 'stop the loop of a model from retraining',
      resume: 'let it retrain again',
      runs: 'the last pipeline runs',
      logs: 'the log of a run',
      alerts: 'alerts, firing ones first',
    },
    load: async () => (await import('./loop.ts')).registerLoopCommands,
  },
]

function dataContext(context: CliContext) {
  return { out: context.print, json: context.wantsJson, projectRoot: context.dataRoot() }
}

function pipelineContext(context: CliContext) {
  const { note: progress, signal, environment: env, clock } = context
  const data = dataContext(context)
  const repro = { root: data.projectRoot, stateDir: context.stateDir(), env, clock }
  const folder = relative(data.projectRoot, context.cwd).replaceAll(sep, '/')
  return { ...data, folder, progress, signal, repro, trackStages: context.trackStages }
}
