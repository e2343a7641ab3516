import { statSync } from 'node:fs'
import { posix, resolve } from 'node:path'
import { datasetErrors } from '../errors.ts'
import { git } from '../git.ts'
import type { DataProject } from '../project.ts'
import { readObjects } from '../tracked/git-objects.ts'
import { parseYaml } from '../yaml-parse.ts'
import { isYamlMap } from '../yaml-values.ts'
import {
  type ArtifactName,
  type ArtifactTag,
  type ArtifactWish,
  chooseTag,
  readArtifactName,
  readArtifactTag,
} from './artifact-tags.ts'
import { cloneRepository } from './clone.ts'
import { type ForeignRepository, type OpenForeign, openForeign } from './repository.ts'

export interface FoundArtifact {
  readonly repository: ForeignRepository
  /** In the repository. */
  readonly path: string
  readonly tag: string
}

export interface FindArtifact extends Omit<OpenForeign, 'rev' | 'committed'> {
  /** `name`, `folder:name` or `folder/dvc.yaml:name`. */
  readonly name: string
  readonly version?: string | undefined
  readonly stage?: string | undefined
}

/**
 * An artifact of the `artifacts:` of a dvc.yaml, as it was where the tag of the version, the stage or the highest version
 * stands. @throws DATASET_NOT_FOUND, DATASET_REPOSITORY_AWAY
 */
export async function findArtifact(
  project: DataProject,
  request: FindArtifact,
): Promise<FoundArtifact> {
  const { url, cwd, clones, version, stage } = request
  const name = readArtifactName(request.name)
  if (name === null) throw unknown(request, 'it is no name of an artifact')
  const here = resolve(cwd, url)
  const isLocal = statSync(here, { throwIfNoEntry: false })?.isDirectory() === true
  const folder = isLocal ? here : await cloneRepository(url, clones, undefined)
  const artifact = name.folder === '' ? name.id : `${name.folder}:${name.id}`
  const tags = await artifactTags(folder)
  const chosen = chooseTag(tags, { artifact, version, stage })
  if (chosen === null) throw unknown(request, whatThereIs(tags, { artifact, version, stage }))
  const repository = await openForeign(project, { ...request, rev: chosen.commit })
  const path = await declaredPath(repository, name, request)
  return { repository, path, tag: chosen.tag }
}

// Tags that are only names, without a time of their own, belong to no registry: GTO makes the other kind.
async function artifactTags(folder: string): Promise<readonly ArtifactTag[]> {
  const format = '%(objecttype)%00%(refname:strip=2)%00%(taggerdate:unix)%00%(*objectname)'
  const { output } = await git(folder, ['for-each-ref', 'refs/tags', `--format=${format}`])
  return output.split('\n').flatMap((line) => {
    const [kind, tag = '', time = '', commit = ''] = line.split('\0')
    if (kind !== 'tag') return []
    return readArtifactTag({ tag, taggedAtS: Number(time), commit }) ?? []
  })
}

function whatThereIs(tags: readonly ArtifactTag[], { artifact, version, stage }: ArtifactWish) {
  const own = tags.filter((each) => each.artifact === artifact).map(({ tag }) => tag)
  const asked = version ?? (stage === undefined ? 'any version' : `stage ${stage}`)
  return own.length === 0
    ? 'no annotated tag of Git names it'
    : `no tag stands for ${asked}; there are ${own.slice(0, 10).join(', ')}`
}

async function declaredPath(
  { files, folder }: ForeignRepository,
  { folder: below, id }: ArtifactName,
  request: FindArtifact,
): Promise<string> {
  const file = posix.join(below, 'dvc.yaml')
  const committed = files?.find(({ path }) => path === file)
  if (committed === undefined) throw unknown(request, `there is no ${file} at its tag`)
  const [bytes] = await readObjects(folder, [committed.object])
  const document = parseYaml(bytes?.toString() ?? '', file)
  const artifacts = isYamlMap(document) ? document.get('artifacts') : undefined
  const entry = isYamlMap(artifacts) ? artifacts.get(id) : undefined
  const said = isYamlMap(entry) ? entry.get('path') : undefined
  if (typeof said !== 'string') throw unknown(request, `${file} has no artifacts.${id}.path there`)
  const path = posix.normalize(posix.join(below, said)).replace(/\/$/, '')
  if (!posix.isAbsolute(said) && path !== '.' && !path.startsWith('..')) return path
  throw datasetErrors.DATASET_OUTSIDE({
    detail: `${file}: artifacts.${id}.path "${said}" leads out of ${request.url}`,
    path: said,
  })
}

function unknown({ name, url }: FindArtifact, why: string) {
  return datasetErrors.DATASET_NOT_FOUND({
    detail: `artifact "${name}" of ${url}: ${why}`,
    next: 'See `git tag -l` there for the versions, and `artifacts:` of its dvc.yaml for the names.',
  })
}
