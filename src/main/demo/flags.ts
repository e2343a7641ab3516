export interface DemoFlags {
  readonly exit?: boolean
  readonly until?: string
  readonly port?: string
  readonly inferencePort?: string
  readonly report?: string
}
