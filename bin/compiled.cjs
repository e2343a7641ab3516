// Loaded before the first file of Ratchet, so that each one comes from the cache of compiled code: a clone then starts
// several times quicker, for its TypeScript is not read anew. Node compares every source with what it kept of it and
// compiles what differs. The folder is the user's own: code from one that others may write to would be theirs.
const { enableCompileCache } = require('node:module')
const { homedir } = require('node:os')
const path = require('node:path')

// Where containers run as a user without an account, asking for its home is an error everywhere below.
try {
  homedir()
} catch {
  process.env.HOME = '/'
}

const { XDG_CACHE_HOME } = process.env
enableCompileCache(path.join(XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'ratchet/compiled'))
