/** A Git tag by which a registry of models keeps what it was told (GTO): `name@v1.2.3`, `name#prod`, each with `#N` behind it or not. */
export interface ArtifactTag {
  /** As Git has it. */
  readonly tag: string
  /** `name`, or `folder:name`. */
  readonly artifact: string
  readonly version: string | null
  readonly stage: string | null
  /** `!`: the version is withdrawn, the stage taken back. */
  readonly isCancelled: boolean
  readonly taggedAtS: number
  readonly commit: string
}

const NAME = '[a-zA-Z0-9](?:[a-zA-Z0-9-/_]*[a-zA-Z0-9])?'
const FOLDER = '[a-zA-Z0-9-_./]+'
const NUMBER = '(?:0|[1-9]\\d*)'
const PRE_PART = '(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)'
const VERSION = `v${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-${PRE_PART}(?:\\.${PRE_PART})*)?(?:\\+[0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*)?`
const TAG = new RegExp(`^((?:${FOLDER}=)?${NAME})(?:#(${NAME})|@(${VERSION}))(!?)(?:#[0-9]+)?$`)

/** What a tag says of an artifact; null for tags that say nothing of one. Rules of gto/constants.py, 1.7. */
export function readArtifactTag({
  tag,
  taggedAtS,
  commit,
}: Pick<ArtifactTag, 'tag' | 'taggedAtS' | 'commit'>): ArtifactTag | null {
  const [, artifact, stage = null, version = null, cancel] = TAG.exec(tag) ?? []
  if (artifact === undefined) return null
  const isCancelled = cancel === '!'
  return {
    tag,
    taggedAtS,
    commit,
    artifact: artifact.replace('=', ':'),
    version,
    stage,
    isCancelled,
  }
}

export interface ArtifactName {
  /** Of its dvc.yaml, from the top of the Git repository; '' is the top. */
  readonly folder: string
  readonly id: string
}

/** `name`, `folder:name` or `folder/dvc.yaml:name`; null for what is no name. */
export function readArtifactName(text: string): ArtifactName | null {
  const found = new RegExp(`^(?:(${FOLDER}):)?(${NAME})$`).exec(text)
  if (found === null) return null
  const [, said = '', id = ''] = found
  const folder = said.replace(/(^|\/)dvc\.yaml$/, '').replace(/^\.\/|\/+$/g, '')
  return { folder: folder === '.' ? '' : folder, id }
}

export interface ArtifactWish {
  /** As in the tags: `name` or `folder:name`. */
  readonly artifact: string
  readonly version?: string | undefined
  readonly stage?: string | undefined
}

/**
 * The tag that a wish means: that version, what the stage was given last, or the highest version. A version that was
 * withdrawn and a stage that was taken back mean nothing any more; DVC still follows them. Null where there is none.
 */
export function chooseTag(
  tags: readonly ArtifactTag[],
  { artifact, version, stage }: ArtifactWish,
): ArtifactTag | null {
  const own = tags
    .filter((each) => each.artifact === artifact)
    .toSorted((a, b) => a.taggedAtS - b.taggedAtS || counterOf(a) - counterOf(b))
  if (stage !== undefined) return valid(own.findLast((each) => each.stage === stage))
  if (version !== undefined) return valid(own.findLast((each) => each.version === version))
  const last = new Map(own.map((each) => [each.version, each]))
  last.delete(null)
  const standing = [...last.values()].filter((each) => !each.isCancelled)
  return standing.toSorted((a, b) => compareVersions(b.version, a.version))[0] ?? null
}

function valid(found: ArtifactTag | undefined): ArtifactTag | null {
  return found === undefined || found.isCancelled ? null : found
}

// Two tags of one second: GTO counts those of an artifact.
function counterOf({ tag }: ArtifactTag): number {
  return Number(/#(\d+)$/.exec(tag)?.[1] ?? 0)
}

/** Precedence of `v1.2.3-rc.1` as semver.org has it; what stands behind `+` does not count. */
function compareVersions(left: string | null, right: string | null): number {
  const [a, b] = [left ?? '', right ?? ''].map((text) => text.slice(1).split('+')[0] ?? '')
  const [mainA, mainB] = [mainOf(a), mainOf(b)]
  const main = mainA.map((part, index) => part - (mainB[index] ?? 0)).find((order) => order !== 0)
  if (main !== undefined) return main
  const [preA, preB] = [preOf(a), preOf(b)]
  // What comes before a version is lower than it.
  if (preA.length === 0 || preB.length === 0) return preB.length - preA.length
  for (let index = 0; index < Math.min(preA.length, preB.length); index++) {
    const order = comparePart(preA[index] ?? '', preB[index] ?? '')
    if (order !== 0) return order
  }
  return preA.length - preB.length
}

function mainOf(version = ''): readonly number[] {
  return (version.split('-')[0] ?? '').split('.').map(Number)
}

function preOf(version = ''): readonly string[] {
  const at = version.indexOf('-')
  return at === -1 ? [] : version.slice(at + 1).split('.')
}

function comparePart(a: string, b: string): number {
  const [numberA, numberB] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (numberA && numberB) return Number(a) - Number(b)
  if (numberA !== numberB) return numberA ? -1 : 1
  return a === b ? 0 : a < b ? -1 : 1
}
