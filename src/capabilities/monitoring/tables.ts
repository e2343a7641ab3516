export type PredictionRow = {
  id: string
  endpoint: string
  model: string
  version: number
  arm: string
  key: string | null
  at: number
  inputs: string
  output: number | null
  outputs: string
  ms: number
  status: string
  error: string | null
  rollout_id: string | null
  canary_error: string | null
  shadow_version: number | null
  shadow_output: number | null
  shadow_ms: number | null
  shadow_error: string | null
  label: number | null
  label_at: number | null
  label_id: string | null
}

type CursorRow = { name: string; segment: number; offset: number }

type ReferenceRow = {
  model: string
  version: number
  columns: string
  baseline: number | null
  since: number
}

type ReportRow = {
  id: string
  model: string
  version: number
  at: number
  drift: string
  quality: string
  report: string
  caused_by: string | null
}

export type ScoreRow = {
  report_id: string
  model: string
  at: number
  feature: string
  role: string
  method: string
  score: number | null
  floor: number | null
  p: number | null
  verdict: string
}

export type MonitoringTables = {
  monitoring_predictions: PredictionRow
  monitoring_cursors: CursorRow
  monitoring_references: ReferenceRow
  monitoring_reports: ReportRow
  monitoring_feature_scores: ScoreRow
}
