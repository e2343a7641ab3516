import type { Attacked } from './world.ts'

export type Route = Attacked['routes'][number]

/** Not one of the addresses where MLflow has something and we have not: those read nothing of what is asked. */
export const isCall = ({ url }: Route): boolean =>
  !/^\/((ajax-)?api\/\d\.0|gateway|graphql)(\/\*)?$/.test(url)
export const isRead = ({ method }: Route): boolean => method === 'GET'
/** What is streamed to the disk as it comes, and so has no body to read first. */
export const isUpload = ({ method, url }: Route): boolean =>
  (method === 'PUT' && url.endsWith('/mlflow-artifacts/artifacts/*')) ||
  url.endsWith('/mlflow/upload-artifact')
export const isProtocol = ({ url }: Route): boolean => /^\/(ajax-)?api\/[23]\.0\//.test(url)
export const isNative = ({ url }: Route): boolean => url.startsWith('/api/v1/')

export const filled = (url: string, value: string): string =>
  url.replaceAll(/:\w+|\*/g, encodeURIComponent(value))
