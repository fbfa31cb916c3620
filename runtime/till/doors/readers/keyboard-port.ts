/**
 * The event file of a keyboard, read by a process of its own: reading it blocks until somebody types, and the few
 * threads that Node reads files with have a ledger's hashes to compute.
 */
import { spawn } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { errorSentence } from '../../../contract/errors.ts'
import type { Port, PortListener } from '../../../devices/modbus/open-port.ts'

export async function openKeyboard(path: string, listener: PortListener): Promise<Port> {
  await access(path, constants.R_OK)
  return new Promise((resolve, reject) => {
    const child = spawn('cat', ['--', path], { stdio: ['ignore', 'pipe', 'pipe'] })
    let complaint = ''
    let closed = false
    child.stderr.on('data', (text: Buffer) => {
      complaint = `${complaint}${text}`.slice(0, 200)
    })
    child.stdout.on('data', (bytes: Buffer) => {
      if (!closed) listener.onBytes(bytes)
    })
    child.on('error', (error) => reject(new Error(errorSentence(error))))
    child.on('close', () => {
      if (!closed) listener.onLost(complaint.trim() || 'the keyboard is gone')
    })
    child.on('spawn', () =>
      resolve({
        write() {},
        close() {
          closed = true
          child.kill('SIGKILL')
        },
      }),
    )
  })
}
