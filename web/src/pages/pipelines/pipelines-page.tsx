import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import type { PipelineGraph, PipelineNode } from '../../../../src/edges/http/contract.ts'
import { pipelineQueries } from '../../api/pipeline-queries.ts'
import { inWords, plural } from '../../format/numbers.ts'
import { Crumbs } from '../../frame/crumbs.tsx'
import { CommandButton } from '../../parts/command-button.tsx'
import { Heading, Section } from '../../parts/heading.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { briefOf } from './change-text.ts'
import { StageGraph } from './graph.tsx'
import { RunTable } from './run-table.tsx'
import { StagePanel } from './stage-panel.tsx'
import { StageTable } from './stage-table.tsx'
import type { PipelinesView } from './view.ts'
import './pipelines-page.css'

/** The stages of the project: how they stand, why one would run, and the runs there were. */
export function PipelinesPage() {
  const view: PipelinesView = useSearch({ from: '/pipelines' })
  const query = useQuery(pipelineQueries.graph())
  return (
    <>
      <Crumbs>Pipelines</Crumbs>
      <Loaded isPage query={query} what="the stages">
        {(graph) =>
          graph.nodes.length === 0 ? (
            <NoStages />
          ) : (
            <>
              <Heading title={titleOf(graph)} tab="Pipelines" actions={<RunNow graph={graph} />}>
                {explain(graph.nodes)}
              </Heading>
              <Pipeline graph={graph} view={view} />
            </>
          )
        }
      </Loaded>
      <Section title="Runs">
        <RunTable />
      </Section>
    </>
  )
}

function NoStages() {
  return (
    <>
      <Heading title="No stage is declared yet" tab="Pipelines" />
      <Empty
        title="What a pipeline is"
        command="ratchet stage add -n train -d data/raw.csv -o models/model.onnx node train.js"
      >
        A stage is a command with what it reads and writes, declared in dvc.yaml. Ratchet runs only
        those whose files, parameters or command changed, and shows here why.
      </Empty>
    </>
  )
}

function Pipeline({ graph, view }: { graph: PipelineGraph; view: PipelinesView }) {
  const chosen = graph.nodes.find(({ id }) => id === view.stage)
  return (
    <>
      <StageGraph graph={graph} view={view} />
      {chosen === undefined ? null : <StagePanel node={chosen} />}
      <details className="section">
        <summary>The same as a table</summary>
        <StageTable nodes={graph.nodes} />
      </details>
    </>
  )
}

function RunNow({ graph: { models } }: { graph: PipelineGraph }) {
  return models.map(({ name, stage }) => (
    <CommandButton
      key={name}
      label={models.length === 1 ? 'Run now' : `Run ${name} now`}
      explain={`Brings ${stage} and what it depends on up to date, and makes a new version of ${name}. It must pass its gate before it answers anyone.`}
      path={`/models/${encodeURIComponent(name)}/retrain`}
      kind="primary"
    />
  ))
}

function titleOf({ nodes }: PipelineGraph): string {
  const stages = nodes.filter(({ kind }) => kind === 'stage')
  const of = (...states: readonly PipelineNode['state'][]): number =>
    stages.filter(({ state }) => states.includes(state)).length
  const blocked = of('blocked')
  const runs = of('runs')
  if (blocked > 0) return `${someOf(blocked, stages.length)} cannot run as things are`
  if (runs > 0) return `${someOf(runs, stages.length)} would run`
  const restores = of('restores')
  if (restores > 0) return `${inWords(restores, 'stage')} would be restored from the cache`
  if (stages.length === 1) return 'The stage is up to date'
  return `All ${plural(stages.length, 'stage')} are up to date`
}

/** `Two of 6 stages`. */
function someOf(some: number, all: number): string {
  return all === 1 ? 'The stage' : `${inWords(some, 'of', 'of')} ${plural(all, 'stage')}`
}

function explain(nodes: readonly PipelineNode[]): string {
  const first = nodes.find(({ state }) => state === 'blocked' || state === 'runs')
  if (first === undefined)
    return 'Nothing that they read, no parameter and no command changed since they last ran.'
  const [change] = first.changes
  const isLong = change?.kind === 'command'
  return `${first.id}: ${isLong ? `It would run: ${briefOf(change)}.` : first.sentence}`
}
