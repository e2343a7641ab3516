import { relative } from 'node:path'
import type { Command } from 'commander'
import { getAddress, listAddress } from '../../capabilities/datasets/index.ts'
import type { CliContext } from './context.ts'
import { lookingAround, naturalSize } from './data-look.ts'
import { asJson } from './data-project.ts'

/** `get-url`, `list-url`: what lies at a path, a web server or an object store. */
export function registerAddressCommands(program: Command, context: CliContext): void {
  program
    .command('get-url')
    .description('copy a file or folder of a path, a web server or an object store here')
    .argument('<url>', 'a path, https://…, s3://…, or remote://NAME/PATH')
    .argument('[out]', 'where to put it')
    .option('-f, --force', 'replace what is there')
    .addHelpText('after', '\nExample:\n  ratchet get-url s3://bucket/raw raw')
    .action((url: string, out: string | undefined, { force }: { readonly force?: boolean }) =>
      lookingAround(context, async (project) => {
        const target = await getAddress(project, { url, out, force, cwd: context.cwd })
        context.answer({ path: target }, [`'${url}' -> '${relative(context.cwd, target)}'`])
      }),
    )
  program
    .command('list-url')
    .alias('ls-url')
    .description('what lies at a path, a web server or an object store')
    .argument('<url>', 'a path, https://…, s3://…, or remote://NAME/PATH')
    .option('-R, --recursive', 'all files below')
    .option('--size', 'with sizes')
    .addHelpText('after', '\nExample:\n  ratchet list-url s3://bucket/raw --size')
    .action((url: string, asked: { readonly recursive?: boolean; readonly size?: boolean }) =>
      lookingAround(context, async (project) => {
        const { cwd } = context
        const listed = await listAddress(project, { url, cwd, recursive: asked.recursive })
        const sizes = listed.map(({ size }) => (size === null ? '-' : naturalSize(size)))
        const width = Math.max(0, ...sizes.map((text) => text.length))
        context.answer(
          asJson(listed),
          listed.map(({ path }, index) =>
            asked.size === true ? `${sizes[index]?.padStart(width) ?? ''}  ${path}` : path,
          ),
        )
      }),
    )
}
