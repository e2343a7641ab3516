import type { GuardResult, Rollout, SequencePoint } from './schema.ts'

const MOST_POINTS = 600

/** Adds the looks that saw something new; when there are too many, every other one is let go. The same array when nothing is new. */
export function addPoints(
  { points, step }: Pick<Rollout, 'points' | 'step'>,
  guards: readonly GuardResult[],
  at: number,
): readonly SequencePoint[] {
  const fresh = guards.flatMap((guard) => {
    const point = toPoint(guard, step, at)
    return point === null || isSeen(points, point) ? [] : [point]
  })
  if (fresh.length === 0) return points
  const all = [...points, ...fresh]
  return all.length <= MOST_POINTS ? all : all.filter((_, index) => index % 2 === 1)
}

function toPoint(result: GuardResult, step: number, at: number): SequencePoint | null {
  const { guard, n, estimate, lo, hi } = result
  if (estimate === null || lo === null || hi === null) return null
  return { guard, step, at, n, estimate, lo, hi }
}

function isSeen(points: readonly SequencePoint[], point: SequencePoint): boolean {
  const last = points.findLast(({ guard }) => guard === point.guard)
  return last?.n === point.n && last.step === point.step && last.estimate === point.estimate
}
