import { posix } from 'node:path'
import { parseDvcFile } from '../dvc-file.ts'
import { RatchetError } from '../../../base/errors.ts'
import { git } from '../git.ts'
import type { DataProject } from '../project.ts'
import { compareCodePoints } from '../python-json.ts'
import { readObjects } from '../tracked/git-objects.ts'
import { parseYaml } from '../yaml-parse.ts'
import { isYamlMap, type YamlValue } from '../yaml-values.ts'

/** A content that a data set had, and the commit that first recorded it. */
export interface DataVersion {
  /** The path, from the root. */
  readonly dataset: string
  readonly md5: string
  readonly size: number
  readonly nfiles: number | null
  readonly commit: string
  readonly committedAt: number
  readonly author: string
  readonly message: string
  /** Names that people gave it: `raw.csv@v1` is `v1`. */
  readonly names: readonly string[]
}

export interface HistoryOptions {
  readonly dataset?: string | undefined
  /** How many commits are looked at, the newest first. */
  readonly commits?: number | undefined
}

const MOST_COMMITS = 2000

interface Commit {
  readonly commit: string
  readonly committedAt: number
  readonly author: string
  readonly message: string
  readonly files: readonly string[]
}

/**
 * The versions of all data sets, or of one, as Git's history of `.dvc` and dvc.lock files tells them; newest first.
 * A content that stayed is one version, however often its file was committed.
 */
export async function dataHistory(
  project: DataProject,
  { dataset, commits: most = MOST_COMMITS }: HistoryOptions = {},
): Promise<readonly DataVersion[]> {
  const commits = await listCommits(project.root, most)
  const wanted = commits.flatMap(({ commit, files }) =>
    files
      .flatMap((file) => [file, ...declaredBeside(file)])
      .map((each) => ({ commit, file: each })),
  )
  const texts = await readAt(project.root, wanted)
  const names = await namesByCommit(project.root)
  const latest = new Map<string, string>()
  const versions: DataVersion[] = []
  // From the oldest on: a version is where the content changes.
  for (const { files, ...told } of commits.toReversed())
    for (const file of files)
      for (const content of contentsOf(project.root, file, (name) =>
        texts.get(`${told.commit}:${name}`),
      )) {
        if (dataset !== undefined && content.dataset !== dataset) continue
        if (latest.get(content.dataset) === content.md5) continue
        latest.set(content.dataset, content.md5)
        const given = names.get(told.commit) ?? []
        versions.push({ ...content, ...told, names: namesFor(content.dataset, given) })
      }
  return versions.toReversed()
}

async function listCommits(root: string, most: number): Promise<readonly Commit[]> {
  const format = '%x01%H%x00%ct%x00%an%x00%s%x00'
  const args = ['log', `-${most}`, '--relative', '--name-only', `--format=${format}`, '-z']
  const paths = [':(glob)**/*.dvc', ':(glob)**/dvc.lock']
  const { code, output } = await git(root, [...args, '--diff-filter=AM', '--', ...paths])
  if (code !== 0) return []
  return output
    .split('\u0001')
    .filter((part) => part !== '')
    .map((part) => {
      const [commit = '', seconds = '0', author = '', message = '', ...files] = part.split('\0')
      return {
        commit,
        committedAt: Number(seconds) * 1000,
        author,
        message,
        files: files.map((file) => file.trim()).filter((file) => file !== ''),
      }
    })
}

async function readAt(
  root: string,
  wanted: readonly { readonly commit: string; readonly file: string }[],
): Promise<ReadonlyMap<string, string>> {
  const keys = wanted.map(({ commit, file }) => `${commit}:${file}`)
  const prefixed = wanted.map(({ commit, file }) => `${commit}:./${file}`)
  // A dvc.lock may have no dvc.yaml beside it.
  const bytes = await readObjects(root, prefixed, { optional: true })
  return new Map(keys.map((key, index) => [key, String(bytes[index] ?? '')]))
}

interface Content {
  readonly dataset: string
  readonly md5: string
  readonly size: number
  readonly nfiles: number | null
}

// Old commits may hold what no version of DVC reads any more: they tell nothing then.
function contentsOf(
  root: string,
  file: string,
  read: (file: string) => string | undefined,
): readonly Content[] {
  const text = read(file) ?? ''
  try {
    const [declared] = declaredBeside(file)
    if (declared !== undefined) {
      const wdirOf = stageFolders(parseYaml(read(declared) ?? '', declared))
      return lockedContents(file, parseYaml(text, file), wdirOf)
    }
    return parseDvcFile(root, file, text).outs.flatMap(({ path, hash }) =>
      path === null || hash === null
        ? []
        : [{ dataset: path, md5: hash.md5, size: hash.size, nfiles: hash.nfiles ?? null }],
    )
  } catch (error) {
    if (error instanceof RatchetError) return []
    throw error
  }
}

// dvc.lock names outputs from the folder in which their stage works, which only dvc.yaml tells.
function declaredBeside(file: string): readonly string[] {
  return posix.basename(file) === 'dvc.lock' ? [posix.join(posix.dirname(file), 'dvc.yaml')] : []
}

type StageFolder = (name: string) => string | null

/** Null where a template decides: better no version than one of another path. */
function stageFolders(document: YamlValue): StageFolder {
  const stages = isYamlMap(document) ? document.get('stages') : undefined
  return (name) => {
    const entry = isYamlMap(stages)
      ? (stages.get(name) ?? stages.get(name.split('@')[0] ?? ''))
      : null
    const inner = isYamlMap(entry) ? (entry.get('do') ?? entry) : null
    const wdir = isYamlMap(inner) ? inner.get('wdir') : undefined
    if (wdir === undefined || wdir === null) return '.'
    return typeof wdir === 'string' && !wdir.includes('${') ? wdir : null
  }
}

function lockedContents(
  file: string,
  document: YamlValue,
  wdirOf: StageFolder,
): readonly Content[] {
  const stages = isYamlMap(document) ? document.get('stages') : undefined
  if (!isYamlMap(stages)) return []
  return [...stages].flatMap(([name, stage]) => {
    const outs = isYamlMap(stage) ? stage.get('outs') : undefined
    const wdir = wdirOf(String(name))
    if (!Array.isArray(outs) || wdir === null) return []
    return outs.flatMap((out: YamlValue): readonly Content[] => {
      const path = isYamlMap(out) ? out.get('path') : undefined
      const md5 = isYamlMap(out) ? out.get('md5') : undefined
      if (!isYamlMap(out) || typeof path !== 'string' || typeof md5 !== 'string') return []
      const nfiles = out.get('nfiles')
      const dataset = posix.join(posix.dirname(file), wdir, path).replace(/\/$/, '')
      const size = Number(out.get('size') ?? 0)
      return [{ dataset, md5, size, nfiles: typeof nfiles === 'number' ? nfiles : null }]
    })
  })
}

/** Tags by the commit that they name in the end. */
async function namesByCommit(root: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const format = '--format=%(refname:short)%00%(objectname)%00%(*objectname)'
  const { output } = await git(root, ['for-each-ref', format, 'refs/tags'])
  const names = new Map<string, readonly string[]>()
  for (const line of output.split('\n')) {
    const [name = '', object = '', peeled = ''] = line.split('\0')
    const commit = peeled === '' ? object : peeled
    if (name !== '') names.set(commit, [...(names.get(commit) ?? []), name])
  }
  return names
}

// `raw.csv@v1` speaks of one data set; a tag without @ of all that its commit has.
function namesFor(dataset: string, tags: readonly string[]): readonly string[] {
  return tags
    .flatMap((tag) => {
      const at = tag.lastIndexOf('@')
      if (at < 0) return [tag]
      return tag.slice(0, at) === dataset ? [tag.slice(at + 1)] : []
    })
    .toSorted(compareCodePoints)
}
