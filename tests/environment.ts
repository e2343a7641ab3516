/** The only place where tests read the environment. */

/** A PostgreSQL server that tests may fill with schemas of their own; `.ci/run` starts one. */
export const postgresUrl: string | undefined = process.env.RATCHET_TEST_POSTGRES

/** In CI a missing PostgreSQL, Python or browser is a failure, elsewhere a reason to skip. */
export const isCi: boolean = process.env.CI === 'true'

/** The Chromium to try the page in, where it is not at its usual place. */
export const chromiumPath: string | undefined = process.env.CHROMIUM_PATH
