import { useQuery } from '@tanstack/react-query'
import type { ModelField, ModelFile } from '../../../../src/edges/http/contract.ts'
import { trackingQueries } from '../../api/tracking-queries.ts'
import { DataTable, type Column } from '../../parts/data-table.tsx'
import { Facts } from '../../parts/facts.tsx'
import { Loaded } from '../../parts/states.tsx'
import { bytes } from './kinds.ts'
import './artifacts.css'

/** What a model takes and gives, as its MLmodel says. */
export function ModelViewer({ id, path }: { id: string; path: string }) {
  const query = useQuery(trackingQueries.modelFile(id, path))
  return (
    <Loaded query={query} what="the model's description">
      {(model) => (
        <div className="signature">
          <Signature model={model} />
          <Facts facts={factsOf(model)} />
        </div>
      )}
    </Loaded>
  )
}

function factsOf(model: ModelFile): readonly { name: string; value: string }[] {
  const flavors = model.flavors.map(({ name, version }) =>
    version === null ? name : `${name} ${version}`,
  )
  const facts: readonly (readonly [string, string | null])[] = [
    ['Flavors', flavors.join(', ')],
    ['Python', model.python_version],
    ['MLflow', model.mlflow_version],
    ['Made', model.created],
    ['Model id', model.model_id],
    ['Size', model.size === null ? null : bytes(model.size)],
  ]
  return facts.flatMap(([name, value]) => (value === null || value === '' ? [] : [{ name, value }]))
}

const COLUMNS: readonly Column<ModelField>[] = [
  {
    id: 'name',
    header: 'Name',
    cell: ({ name }) => name ?? <span className="muted">(unnamed)</span>,
  },
  {
    id: 'type',
    header: 'Type',
    cell: ({ type, shape }) => (
      <code>{shape === null ? type : `${type}[${shape.join(', ')}]`}</code>
    ),
  },
  { id: 'required', header: 'Required', cell: ({ required }) => (required ? 'yes' : 'no') },
]

/** Inputs, outputs and params of a model, each a table. */
export function Signature({ model }: { model: ModelFile }) {
  if (!model.has_signature)
    return (
      <p className="muted">
        It has no signature, so nothing checks what it is sent. Log it with{' '}
        <code>signature=infer_signature(X, y)</code>.
      </p>
    )
  const parts = [
    ['Inputs', model.inputs],
    ['Outputs', model.outputs],
    ['Params', model.params],
  ] as const
  return parts
    .filter(([, fields]) => fields.length > 0)
    .map(([title, fields]) => (
      <div key={title}>
        <h3>{title}</h3>
        <DataTable
          label={title}
          rows={fields}
          columns={COLUMNS}
          rowId={(field) => `${field.name ?? ''} ${fields.indexOf(field)}`}
        />
      </div>
    ))
}
