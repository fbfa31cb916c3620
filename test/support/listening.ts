/** Where processes listen, as Linux tells it. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

export interface Listening {
  pid: number
  /** Dotted for IPv4, hexadecimal for IPv6. */
  address: string
  port: number
}

const listenState = '0A'

/** Every TCP socket on which one of these processes, or a child of one, listens. */
export function listeningOf(pids: readonly number[]): Listening[] {
  const all = [...pids, ...childrenOf(pids)]
  const ownerOf = new Map(all.flatMap((pid) => socketsOf(pid).map((inode): [string, number] => [inode, pid])))
  return ['tcp', 'tcp6'].flatMap((family) =>
    readFileSync(`/proc/net/${family}`, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/)
        const pid = ownerOf.get(inode)
        if (state !== listenState || pid === undefined) return []
        const [address = '', port = ''] = local.split(':')
        return [{ pid, address: addressOf(address), port: Number.parseInt(port, 16) }]
      }),
  )
}

/** The kernel writes the four bytes of an IPv4 address as one number, on our machines the last byte first. */
const addressOf = (hex: string) => (hex.length === 8 ? [...Buffer.from(hex, 'hex')].reverse().join('.') : hex)

function socketsOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`).match(/^socket:\[(\d+)\]$/)?.[1] ?? []
    } catch {
      // It was closed since it was listed.
      return []
    }
  })
}

function childrenOf(pids: readonly number[]): number[] {
  const children = pids.flatMap((pid) =>
    readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
    ),
  )
  return children.length === 0 ? [] : [...children, ...childrenOf(children)]
}
