import { isYamlMap } from '../../datasets/index.ts'
import {
  anyMap,
  anything,
  closed,
  flag,
  listOf,
  mapOf,
  nothing,
  oneOf,
  type Shape,
  text,
} from './shape.ts'

// What DVC accepts in dvc.yaml (dvc/schema.py of 3.67.1), key by key. It is closed: a key that is not here is an
// error to DVC too.
const annotations = { desc: text, type: text, labels: listOf(text), meta: anything }

const outFlags = {
  ...annotations,
  cache: flag,
  persist: flag,
  checkpoint: flag,
  remote: text,
  push: flag,
}

const plotProperties = {
  template: text,
  x: text,
  y: text,
  x_label: text,
  y_label: text,
  title: text,
  header: flag,
}

export const PLOT_PROPERTIES: readonly string[] = Object.keys(plotProperties)

const out = oneOf(text, mapOf(closed(outFlags)))
const plotFlags = closed({ ...outFlags, ...plotProperties })
const stagePlot = oneOf(text, mapOf(oneOf(plotFlags, listOf(plotFlags))))
const commands = oneOf(text, listOf(text))
const vars = listOf(oneOf(text, anyMap))

const stageKeys = {
  matrix: mapOf(oneOf(text, listOf(anything))),
  cmd: commands,
  wdir: text,
  deps: listOf(text),
  params: listOf(oneOf(text, anyMap)),
  vars,
  frozen: flag,
  meta: anything,
  desc: text,
  always_changed: flag,
  outs: listOf(out),
  metrics: listOf(out),
  plots: listOf(stagePlot),
}

const plainStage = closed(stageKeys, ['cmd'])
const foreachStage = closed({ foreach: oneOf(text, listOf(anything), anyMap), do: plainStage }, [
  'foreach',
  'do',
])

// The keys tell which of the two was meant, so that the fault told is the one made.
const stage: Shape = (value, path) =>
  isYamlMap(value) && (value.has('foreach') || value.has('do'))
    ? foreachStage(value, path)
    : plainStage(value, path)

const axis = oneOf(text, listOf(text), mapOf(oneOf(text, listOf(text))))
const topPlot = closed({
  x: oneOf(text, mapOf(text)),
  y: axis,
  x_label: text,
  y_label: text,
  title: text,
  template: text,
})

export const dvcYamlShape: Shape = closed({
  stages: mapOf(stage),
  vars,
  params: listOf(text),
  metrics: listOf(text),
  plots: listOf(oneOf(text, mapOf(oneOf(topPlot, nothing)))),
  artifacts: mapOf(closed({ path: text, ...annotations }, ['path'])),
  datasets: anything,
})
