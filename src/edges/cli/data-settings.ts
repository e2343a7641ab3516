import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Command } from 'commander'
import { RatchetError } from '../../base/errors.ts'
import {
  addRemote,
  type ConfigLevel,
  listRemotes,
  listSettings,
  modifyRemote,
  parseSettingName,
  readSetting,
  removeRemote,
  renameRemote,
  setDefaultRemote,
  type Setting,
  type SettingsPlace,
  unsetSetting,
  writeSetting,
} from '../../capabilities/datasets/index.ts'
import type { CliContext } from './context.ts'
import { asJson } from './data-project.ts'
import { cliErrors } from './errors.ts'

interface Asked {
  readonly global?: boolean
  readonly system?: boolean
  readonly project?: boolean
  readonly local?: boolean
}

/** `remote …` and `config`: DVC's configuration, written in its bytes. */
export function registerDataSettingCommands(program: Command, context: CliContext): void {
  const remote = program.command('remote').description('where data is pushed to and pulled from')
  registerRemoteChanges(remote, context)
  withLevels(remote.command('list'))
    .description('all remotes')
    .addHelpText('after', '\nExample:\n  ratchet remote list')
    .action((asked: Asked) => showRemotes(context, asked))
  withLevels(remote.command('default'))
    .description('show, set or unset the remote that is used when none is named')
    .argument('[name]')
    .option('-u, --unset', 'have none')
    .addHelpText('after', '\nExample:\n  ratchet remote default storage')
    .action((name: string | undefined, asked: Asked & { readonly unset?: boolean }) =>
      standardRemote(context, name, asked),
    )
  withLevels(program.command('config'))
    .description("show, set or unset settings of DVC's configuration")
    .argument('[name]', 'section.option or remote.NAME.option')
    .argument('[value]')
    .option('-u, --unset', 'take the setting away')
    .option('-l, --list', 'all settings')
    .option('--show-origin', 'with the file that says it')
    .addHelpText('after', '\nExample:\n  ratchet config cache.type reflink,hardlink,copy')
    .action((name: string | undefined, value: string | undefined, asked: ConfigAsked) =>
      configure(context, { name, value }, asked),
    )
}

/** `cache dir`: where the objects are. */
export function registerCacheCommand(program: Command, context: CliContext): Command {
  const cache = program.command('cache').description('where the objects of the data are kept')
  withLevels(cache.command('dir'))
    .description('show, set or unset the folder of the cache')
    .argument('[folder]')
    .option('-u, --unset', 'use .dvc/cache again')
    .addHelpText('after', '\nExample:\n  ratchet cache dir /mnt/shared/dvc-cache')
    .action((folder: string | undefined, asked: UnsetAsked) => {
      const level = levelOf(asked)
      const place = placeOf(context, level)
      const name = { section: 'cache', key: 'dir' }
      if (asked.unset === true) unsetSetting(place, level ?? 'repo', name)
      else if (folder !== undefined)
        writeSetting(place, level ?? 'repo', { ...name, value: folder })
      const standard = place.root === null ? null : join(place.root, '.dvc/cache')
      const dir = readSetting(place, name)?.value ?? standard
      const changed = folder !== undefined || asked.unset === true
      context.answer({ dir }, changed || dir === null ? [] : [dir])
    })
  return cache
}

function withLevels(command: Command): Command {
  return command
    .option('--global', "the user's own settings")
    .option('--system', 'the settings of the machine')
    .option('--project', '.dvc/config, which Git versions (default for changes)')
    .option('--local', '.dvc/config.local, which Git does not see')
}

function levelOf(asked: Asked): ConfigLevel | undefined {
  const levels = (['global', 'system', 'project', 'local'] as const).filter(
    (level) => asked[level] === true,
  )
  if (levels.length > 1)
    throw cliErrors.CLI_USAGE({ detail: `--${levels.join(' and --')} exclude one another` })
  const [level] = levels
  return level === 'project' ? 'repo' : level
}

function placeOf(context: CliContext, level: ConfigLevel | undefined): SettingsPlace {
  const { cwd } = context
  try {
    const root = context.dataRoot()
    return { root: existsSync(`${root}/.dvc`) ? root : null, cwd }
  } catch (error) {
    const needed = level === 'repo' || level === 'local'
    if (needed || !(error instanceof RatchetError)) throw error
    return { root: null, cwd }
  }
}

function registerRemoteChanges(remote: Command, context: CliContext): void {
  const change = (asked: Asked, work: (place: SettingsPlace, level: ConfigLevel) => void): void => {
    const level = levelOf(asked) ?? 'repo'
    const place = placeOf(context, level)
    work(place, level)
    context.answer({ remotes: asJson(listRemotes(place)) }, [])
  }
  withLevels(remote.command('add'))
    .description('add a remote')
    .argument('<name>')
    .argument('<url>', 'a folder, or an address such as s3://bucket/path')
    .option('-d, --default', 'use it when none is named')
    .option('-f, --force', 'replace one of the same name')
    .addHelpText('after', '\nExample:\n  ratchet remote add -d storage s3://bucket/data')
    .action((name: string, url: string, asked: Asked & { default?: boolean; force?: boolean }) => {
      if (asked.default === true && !context.wantsJson)
        context.print(`Setting '${name.toLowerCase()}' as a default remote.`)
      const { default: makeDefault = false, force = false } = asked
      change(asked, (place, level) => addRemote(place, level, { name, url, makeDefault, force }))
    })
  withLevels(remote.command('modify'))
    .description('set or unset an option of a remote')
    .argument('<name>')
    .argument('<option>')
    .argument('[value]')
    .option('-u, --unset', 'take the option away')
    .addHelpText('after', '\nExample:\n  ratchet remote modify --local storage profile me')
    .action((name: string, option: string, value: string | undefined, asked: UnsetAsked) => {
      if (value === undefined && asked.unset !== true)
        throw cliErrors.CLI_USAGE({ detail: `remote modify ${name} ${option} needs a value` })
      change(asked, (place, level) =>
        modifyRemote(place, level, { name, option, value: asked.unset ? null : (value ?? null) }),
      )
    })
  withLevels(remote.command('remove'))
    .description('remove a remote; what is in it stays')
    .argument('<name>')
    .addHelpText('after', '\nExample:\n  ratchet remote remove storage')
    .action((name: string, asked: Asked) =>
      change(asked, (place, level) => removeRemote(place, level, name)),
    )
  withLevels(remote.command('rename'))
    .description('give a remote another name')
    .argument('<name>')
    .argument('<new>')
    .addHelpText('after', '\nExample:\n  ratchet remote rename storage archive')
    .action((from: string, to: string, asked: Asked) =>
      change(asked, (place, level) => renameRemote(place, level, { from, to })),
    )
}

type UnsetAsked = Asked & { readonly unset?: boolean }

function showRemotes(context: CliContext, asked: Asked): void {
  const level = levelOf(asked)
  const remotes = listRemotes(placeOf(context, level), level)
  const lines = remotes.map(({ name, url, isDefault }) =>
    expandTabs(isDefault ? `${name}\t${url}\t(default)` : `${name}\t${url}`),
  )
  context.answer({ remotes: asJson(remotes) }, lines)
}

// As a terminal shows tabs, which is what DVC prints.
function expandTabs(text: string): string {
  return text
    .split('\t')
    .reduce((line, part) => line.padEnd(line.length + 8 - (line.length % 8)) + part)
}

function standardRemote(context: CliContext, name: string | undefined, asked: UnsetAsked): void {
  const level = levelOf(asked)
  const place = placeOf(context, level)
  if (name === undefined && asked.unset !== true) {
    const found = readSetting(place, { section: 'core', key: 'remote' }, undefined)
    context.answer({ remote: found?.value ?? null }, [found?.value ?? 'No default remote set'])
    if (found === null) context.setExitCode(1)
    return
  }
  setDefaultRemote(place, level ?? 'repo', asked.unset === true ? null : (name ?? null))
  context.answer({ remotes: asJson(listRemotes(place)) }, [])
}

interface ConfigAsked extends UnsetAsked {
  readonly list?: boolean
  readonly showOrigin?: boolean
}

function configure(
  context: CliContext,
  { name, value }: { readonly name: string | undefined; readonly value: string | undefined },
  asked: ConfigAsked,
): void {
  const level = levelOf(asked)
  const place = placeOf(context, level)
  refuseMixed({ name, value }, asked)
  const show = (setting: Setting, text: string): string =>
    asked.showOrigin === true ? `${originOf(place, setting)}\t${text}` : text
  if (asked.list === true || name === undefined) {
    const settings = listSettings(place, level)
    const lines = settings.map((setting) => show(setting, `${setting.name}=${setting.value}`))
    return context.answer({ settings: asJson(settings) }, lines)
  }
  const setting = parseSettingName(name)
  if (asked.unset === true) unsetSetting(place, level ?? 'repo', setting)
  else if (value !== undefined) writeSetting(place, level ?? 'repo', { ...setting, value })
  else {
    const found = readSetting(place, setting, level)
    const lines = found === null ? [] : [show(found, found.value)]
    return context.answer({ setting: asJson(found) }, lines)
  }
  if (name === 'cache.type')
    context.note('Files in the workspace stay as they are until `ratchet checkout --relink`.')
  context.answer({ setting: asJson(readSetting(place, setting)) }, [])
}

function originOf({ root }: SettingsPlace, { level, file }: Setting): string {
  return root !== null && (level === 'repo' || level === 'local') ? relative(root, file) : file
}

function refuseMixed(
  { name, value }: { readonly name: string | undefined; readonly value: string | undefined },
  { list, unset, showOrigin }: ConfigAsked,
): void {
  if (list === true && (name !== undefined || unset === true))
    throw cliErrors.CLI_USAGE({ detail: '--list takes neither a name nor --unset' })
  if (list !== true && name === undefined)
    throw cliErrors.CLI_USAGE({ detail: 'config needs the name of a setting, or --list' })
  if (showOrigin === true && (unset === true || value !== undefined))
    throw cliErrors.CLI_USAGE({ detail: '--show-origin is for reading' })
}
