/**
 * A function whose module is loaded by its first call: a command line starts as quickly as what it uses is small, and a
 * door may lead to more than a command walks through.
 */
export function onDemand<Args extends readonly unknown[], Result>(
  load: () => Promise<(...args: Args) => Promise<Result>>,
): (...args: Args) => Promise<Result> {
  return async (...args) => (await load())(...args)
}
