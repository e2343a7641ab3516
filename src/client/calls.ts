import type { Parameters, Request, Transport } from './transport.ts'

export type Wire = Readonly<Record<string, unknown>>

/** MLflow's REST API by path, as its own documentation lists it. */
export function restCalls(transport: Transport) {
  const path = (call: string): string => `/api/2.0/mlflow/${call}`
  const send = (request: Omit<Request, 'path'> & { readonly call: string }): Promise<Wire> =>
    transport.json<Wire>({ ...request, path: path(request.call) })
  return {
    read: (call: string, query: Parameters = {}) =>
      send({ method: 'GET', call, query, repeatable: true }),
    /** A question whose words do not fit into an address. */
    ask: (call: string, json: unknown) => send({ method: 'POST', call, json, repeatable: true }),
    /** Sets something to what is said: saying it twice changes nothing more. */
    set: (call: string, json: unknown) => send({ method: 'POST', call, json, repeatable: true }),
    /** Makes something new: never sent twice by itself, for the first may have arrived. */
    make: (call: string, json: unknown) => send({ method: 'POST', call, json, repeatable: false }),
    change: (call: string, json: unknown) =>
      send({ method: 'PATCH', call, json, repeatable: true }),
    remove: (call: string, json: unknown) =>
      send({ method: 'DELETE', call, json, repeatable: false }),
  }
}

export type RestCalls = ReturnType<typeof restCalls>
