/**
 * Ports for programs that begin later, each given to nobody else. The kernel's own free ports would not do: what it
 * hands out and gets back it hands out again, so that two stores that begin together would be given one port. These lie
 * below those of the kernel and above those of the shipped profiles, and processes walk through them from places far
 * apart.
 */
import { once } from 'node:events'
import { createServer } from 'node:net'

const first = 26_000
const count = 32_768 - first
/** Prime to `count`: processes whose ids follow one another begin far apart. */
const stride = 2_503

let walked = process.pid * stride

/** Ports of 127.0.0.1 on which nobody listens. */
export async function freePorts(wanted: number): Promise<number[]> {
  const ports: number[] = []
  for (let tried = 0; ports.length < wanted; tried++) {
    if (tried === count) throw new Error(`There are no ${wanted} free ports between ${first} and ${first + count}.`)
    const port = first + (walked++ % count)
    if (await isFree(port)) ports.push(port)
  }
  return ports
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
