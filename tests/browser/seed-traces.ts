const MS = 1_000_000n

/** One request that went well and one that failed, within a run, as OpenTelemetry sends them. */
export async function seedTraces(url: string, experiment: string, run: string): Promise<void> {
  const begun = BigInt(Date.now() - 60_000) * MS
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } })
  const step = (trace: string, id: string, parent: string, ms: readonly [number, number]) => ({
    traceId: trace.repeat(16),
    spanId: id.repeat(8),
    ...(parent === '' ? {} : { parentSpanId: parent.repeat(8) }),
    startTimeUnixNano: String(begun + BigInt(ms[0]) * MS),
    endTimeUnixNano: String(begun + BigInt(ms[1]) * MS),
  })
  const spans = [
    {
      ...step('a1', '01', '', [0, 420]),
      name: 'answer',
      attributes: [
        text('mlflow.spanType', '"CHAIN"'),
        text('mlflow.spanInputs', '{"question": "How many <img src=x onerror=alert(1)> births?"}'),
        text('mlflow.spanOutputs', '"About 9,000 a day."'),
      ],
      status: { code: 1 },
    },
    {
      ...step('a1', '02', '01', [5, 95]),
      name: 'retrieve',
      attributes: [text('mlflow.spanType', '"RETRIEVER"'), text('index', 'births')],
      status: { code: 1 },
    },
    { ...step('a1', '03', '01', [100, 410]), name: 'write', attributes: [], status: { code: 1 } },
    { ...step('b2', '04', '', [900, 960]), name: 'answer', attributes: [], status: { code: 2 } },
    {
      ...step('b2', '05', '04', [910, 955]),
      name: 'retrieve',
      attributes: [text('mlflow.spanInputs', '"deaths"')],
      status: { code: 2, message: 'the index is gone' },
    },
  ]
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-mlflow-experiment-id': experiment,
      'x-mlflow-run-id': run,
    },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  })
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
}
