import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../base/json.ts'
import { tell, tellPlainly, TOLD_TYPES } from './sentences.ts'

const happening = (type: string, data: JsonObject, subject = 'model:births') => ({
  id: 'evt_1',
  type,
  subject,
  data: { model: 'births', ...data },
})
const said = (type: string, data: JsonObject) => tell(happening(type, data))

describe('the sentence of', () => {
  it.each<[string, JsonObject, string, string, string | null]>([
    [
      'monitoring.checked',
      { quality: 'degraded', metric: 'mae', estimate: 612.3, limit: 500, report_id: 'rpt_1' },
      'births: error 612, above its guard of 500.',
      'warning',
      null,
    ],
    [
      'monitoring.checked',
      { quality: 'ok', drift: 'drifted', drifted: ['weekday'] },
      'births: weekday drifted from what the champion learned.',
      'warning',
      null,
    ],
    [
      'automation.retraining_decided',
      {
        decision: 'yes',
        reason: 'go',
        sentence: 'The schedule asks for it.',
        decision_id: 'dec_1',
      },
      'births: it is trained again. The schedule asks for it.',
      'info',
      'retraining',
    ],
    [
      'evaluation.decided',
      {
        verdict: 'failed',
        champion: 3,
        challenger: 4,
        sentence: 'v4 is worse by 4.1 %',
        gate_id: 'gate_1',
      },
      'births: version 4 was refused against version 3: it is worse by 4.1 %.',
      'warning',
      'gate_refused',
    ],
    [
      'deployments.aborted',
      { version: 4, step: '50% 4d', reason: '3 requests failed', rollout_id: 'rol_1' },
      'births: version 4 was stopped at 50% 4d: 3 requests failed.',
      'warning',
      'rolled_back',
    ],
    [
      'deployments.rolled_back',
      { version: 3, previous: 4, reason: 'Worse on Mondays.', rollout_id: null },
      'births: version 4 was rolled back; version 3 answers again: Worse on Mondays.',
      'warning',
      'rolled_back',
    ],
    [
      'validation.checked',
      { dataset: 'births', file: 'data/incoming/a.csv', verdict: 'failed', failures: 3 },
      'births: the delivery a.csv was refused, it fails 3 checks of its contract.',
      'warning',
      'data_refused',
    ],
    [
      'pipelines.finished',
      { status: 'failed', run_id: 'run_1', error: { detail: 'exit code 1' } },
      'births: the training failed: exit code 1.',
      'bad',
      'retraining',
    ],
    [
      'deployments.promoted',
      { version: 2, reason: 'All passed' },
      'births: version 2 became the champion: All passed.',
      'good',
      'promoted',
    ],
    [
      'datasets.arrived',
      {
        pattern: 's3://sales/*.parquet',
        count: 5,
        files: ['w/a.parquet', 'w/b.parquet', 'c', 'd'],
      },
      'births: 5 new files came to s3://sales/*.parquet: a.parquet, b.parquet, c and 2 more.',
      'info',
      'data_arrived',
    ],
    [
      'datasets.arrived',
      { pattern: 'new/*.csv', count: 1, files: ['new/a.csv'] },
      'births: one new file came to new/*.csv: a.csv.',
      'info',
      'data_arrived',
    ],
    [
      'monitoring.checked',
      { quality: 'degraded', metric: 'recall', estimate: 0.55, limit: 0.6 },
      'births: recall 0.55, below its guard of 0.6.',
      'warning',
      null,
    ],
  ])('%s %j', (...row) => {
    const [type, data, sentence, severity, kind] = row
    expect(said(type, data)).toMatchObject({ sentence, severity, kind })
  })

  it('an alert that is over does not repeat what was true', () => {
    const data = { alert_id: 'alr_1', rule: 'quality', summary: 'mae 700 is worse than 500' }
    expect(said('alerts.resolved', data)).toMatchObject({
      sentence: 'births: the alert is over (quality).',
      severity: 'good',
    })
  })

  it('what went as it should is none', () => {
    expect(said('monitoring.checked', { quality: 'ok', drift: 'ok' })).toBeNull()
    expect(said('validation.checked', { verdict: 'passed' })).toBeNull()
    expect(said('automation.retraining_decided', { decision: 'no', reason: 'cooldown' })).toBeNull()
    expect(said('registry.alias_set', {})).toBeNull()
  })

  it('what is quiet is still said to programs that ask for everything', () => {
    const { sentence } = tellPlainly(happening('registry.alias_set', {}))
    expect(sentence).toBe('model:births: registry alias set')
  })

  it('data that is missing is no failure', () => {
    for (const type of TOLD_TYPES)
      expect(() => tell({ ...happening(type, {}), data: {} })).not.toThrow()
  })
})

describe('the evidence', () => {
  it('is where the thing itself is shown', () => {
    expect(said('evaluation.decided', { gate_id: 'gate_1' })?.link).toMatchObject({
      page: 'gate',
      id: 'gate_1',
    })
    expect(said('deployments.rollout_stepped', { rollout_id: 'rol_1' })?.link?.page).toBe('rollout')
    expect(said('alerts.fired', { alert_id: 'alr_1', summary: 's' })?.link?.page).toBe('alert')
    expect(said('pipelines.finished', { run_id: 'run_1', status: 'failed' })?.link).toEqual({
      page: 'pipeline_run',
      id: 'run_1',
      label: 'run',
    })
    expect(said('registry.version_created', { version: 3 })?.link).toMatchObject({
      page: 'why',
      id: 'births/3',
    })
  })
})
