export * from './event-log.ts'
export type * from './schema.ts'
