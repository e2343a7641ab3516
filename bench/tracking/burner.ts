import { spawn } from 'node:child_process'

/** A program that does nothing but keep one processor busy; gives what ends it. */
export function startBurner(): () => void {
  const child = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' })
  return () => void child.kill('SIGKILL')
}
