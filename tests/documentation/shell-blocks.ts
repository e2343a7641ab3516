export interface ShellCommand {
  readonly file: string
  readonly line: number
  readonly command: string
}

/** The commands in the fenced `sh` blocks of a Markdown text, without comments, prompts and line breaks. */
export function shellCommands(file: string, text: string): readonly ShellCommand[] {
  const commands: ShellCommand[] = []
  let inside = false
  let pending = ''
  for (const [index, raw] of text.split('\n').entries()) {
    const fence = /^\s*```\s*(\w*)/.exec(raw)
    if (fence !== null) {
      inside = !inside && ['sh', 'bash', 'shell', 'console'].includes(fence[1] ?? '')
      continue
    }
    if (!inside) continue
    const line = `${pending}${raw
      .replace(/^\s*\$ /, '')
      .replace(/(^|\s)#\s.*$/, '')
      .trim()}`
    pending = line.endsWith('\\') ? line.slice(0, -1) : ''
    if (pending === '' && line !== '') commands.push({ file, line: index + 1, command: line })
  }
  return commands
}
