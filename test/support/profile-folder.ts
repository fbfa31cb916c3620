/** A copy of a shipped store in a folder of the test's own, so that it can be spoiled or moved to free ports. */
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePorts } from './free-ports.ts'

const profiles = fileURLToPath(new URL('../../hardware-profiles/', import.meta.url))

export async function copyProfile(store = 'corner-shop'): Promise<string> {
  const directory = join(await mkdtemp(join(tmpdir(), 'open-aisle-profile-')), store)
  await cp(join(profiles, store), directory, { recursive: true })
  return directory
}

/** Rewrites one of the folder's JSON files. */
export async function edit(
  directory: string,
  file: string,
  change: (json: Record<string, unknown>) => unknown,
): Promise<void> {
  const path = join(directory, file)
  const json = JSON.parse(await readFile(path, 'utf8'))
  await writeFile(path, JSON.stringify(change(json) ?? json))
}

/** A copy of a store whose every loopback device has a port of its own that is free. */
export async function copyProfileToFreePorts(store = 'corner-shop'): Promise<string> {
  const directory = await copyProfile(store)
  const text = await readFile(join(directory, 'profile.json'), 'utf8')
  const used = [
    ...new Set([...text.matchAll(/127\.0\.0\.1(?:"[^}]*?"port": ?|:)(\d+)/g)].map((match) => match[1] ?? '')),
  ]
  const free = await freePorts(used.length)
  const moved = used.reduce((json, port, i) => json.replaceAll(new RegExp(`\\b${port}\\b`, 'g'), String(free[i])), text)
  await writeFile(join(directory, 'profile.json'), moved)
  return directory
}
