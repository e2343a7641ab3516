/**
 * Node's HTTP. An import by name has Node look at every name of the module, and one of them loads its client for browsers'
 * `WebSocket`: 50 ms of each start.
 */
export const http = process.getBuiltinModule('node:http')
