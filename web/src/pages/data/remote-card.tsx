import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { RemoteStanding } from '../../../../src/edges/http/contract.ts'
import { dataQueries } from '../../api/data-queries.ts'
import { plural } from '../../format/numbers.ts'
import { Loaded } from '../../parts/states.tsx'

const MOST = 200

const WORD: Readonly<Record<RemoteStanding['items'][number]['state'], string>> = {
  new: 'only here: not pushed',
  deleted: 'only on the remote',
  missing: 'neither here nor there',
}

/** Asked for by hand: a remote may be slow, or cost money. */
export function RemoteCard() {
  const query = useQuery({ ...dataQueries.remote(), retry: false, staleTime: Infinity })
  return (
    <section className="remote" aria-label="The remote">
      <Loaded query={query} what="the remote">
        {({ items }) =>
          items.length === 0 ? (
            <p className="card remote-card">Everything in the cache is on the remote too.</p>
          ) : (
            <div className="card remote-card">
              <p>
                <strong>{plural(items.length, 'object')} differ.</strong> <code>ratchet push</code>{' '}
                brings what is only here to the remote, <code>ratchet fetch</code> what is only
                there.
              </p>
              <ul>
                {items.slice(0, MOST).map(({ path, state }) => (
                  <li key={path}>
                    <Link to="/data/$path" params={{ path }} search={{}}>
                      {path}
                    </Link>{' '}
                    <span className="muted">{WORD[state]}</span>
                  </li>
                ))}
              </ul>
              {items.length > MOST ? (
                <p className="muted">and {plural(items.length - MOST, 'other')}</p>
              ) : null}
            </div>
          )
        }
      </Loaded>
    </section>
  )
}
