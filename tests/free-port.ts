import { createServer } from 'node:net'

// Below the range from which Linux gives ports to whoever asks for any, and above those that services are known by.
const FIRST = 18_000
const COUNT = 12_000

/**
 * A port that nobody listens on now. At random out of thousands: a test file that runs beside this one, or a connection
 * that goes out, hardly comes to the same before it is used.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT)
    if (await isFree(port)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
