import { keepPreviousData, useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { RunTable } from '../../../../../src/edges/http/contract.ts'
import { trackingQueries, type RunsAsked } from '../../../api/tracking-queries.ts'
import type { DrawnGroup } from '../../metrics/band-chart.tsx'

const MOST_GROUPS = 8
/** Of each group, in the order of the table: their histories are fetched run by run. */
export const MOST_OF_A_GROUP = 20

export interface DrawnGroups {
  readonly groups: readonly DrawnGroup[]
  /** How many there are. */
  readonly total: number
  readonly isMoving: boolean
}

/** The largest groups of the runs that match, and the first runs of each. */
export function useGroups(asked: RunsAsked, by: string | undefined): DrawnGroups {
  const found = useQuery({
    ...trackingQueries.groups(asked, by ?? ''),
    enabled: by !== undefined,
    placeholderData: keepPreviousData,
  })
  const all = found.data?.items ?? NONE
  const values = by === undefined ? NONE : all.slice(0, MOST_GROUPS)
  const tables = useQueries({
    queries: values.map(({ value }) => {
      const group = { group: by, ...(value === null ? {} : { group_value: value }) }
      return trackingQueries.runs({ ...asked, ...group, columns: [] }, 0, MOST_OF_A_GROUP)
    }),
    combine: dataOf,
  })
  const groups = useMemo(
    () =>
      values.map(({ value }, place): DrawnGroup => {
        const name = value ?? '(none)'
        const runs = tables[place]?.items ?? []
        return {
          id: `${place} ${name}`,
          name,
          place,
          runs: runs.map(({ id, name: run }) => ({ id, name: run, place })),
        }
      }),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- a part of a list is a new one each time
    [all, by, tables],
  )
  const isMoving = tables.some((table) => table?.items.some(({ status }) => status === 'RUNNING'))
  return { groups, total: all.length, isMoving }
}

const NONE: readonly { readonly value: string | null }[] = []

function dataOf(results: readonly UseQueryResult<RunTable>[]): readonly (RunTable | undefined)[] {
  return results.map(({ data }) => data)
}
