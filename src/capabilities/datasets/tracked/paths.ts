/** Whether a path is the folder or lies in it; both from the root, with forward slashes. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`)
}

/** Whether a path lies in one of the targets, or has one of them in it. No target means all. */
export function isTouched(path: string, targets: readonly string[]): boolean {
  if (targets.length === 0) return true
  return targets.some((target) => isWithin(path, target) || isWithin(target, path))
}

/** Whether a path is one of the targets or lies in one. No target means all. */
export function isTargeted(path: string, targets: readonly string[]): boolean {
  return targets.length === 0 || targets.some((target) => isWithin(path, target))
}
