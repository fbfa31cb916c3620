/** The pages under `docs/` that are made from data: one per device definition, one per store, one of what fails safe. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { loadDeviceDefinitions } from '../../runtime/devices/catalogue.ts'
import { definitionFolders, loadStore } from '../../runtime/profile/load-store.ts'
import { devicePage, kindTitles, table } from './device-page.ts'
import { failSafePage } from './fail-safe-page.ts'
import { floorPlanSvg, profilePage } from './profile-page.ts'

/** Path below `docs/` to content, for every page. */
export async function makeDocuments(root: string): Promise<Map<string, string>> {
  const profiles = join(root, 'hardware-profiles')
  const pages = new Map<string, string>()
  const devices = (await loadDeviceDefinitions(join(profiles, 'devices'))).all
  for (const device of devices) pages.set(`devices/${device.id}.md`, devicePage(device))
  const rows = devices.map((device) => [
    `[${device.maker} ${device.model}](${device.id}.md)`,
    kindTitles[device.kind],
    device.protocol,
  ])
  pages.set(
    'devices/README.md',
    `# Devices\n\nMade from \`hardware-profiles/devices/\` by \`npx aisle docs\`.\n\n${table(['device', 'kind', 'protocol'], rows)}\n`,
  )

  pages.set('fail-safe.md', failSafePage())

  const entries = await readdir(profiles, { withFileTypes: true })
  for (const { name } of entries.filter((entry) => entry.isDirectory() && !definitionFolders.includes(entry.name))) {
    const store = await loadStore(join(profiles, name))
    pages.set(`profiles/${name}.md`, profilePage(store))
    pages.set(`profiles/${name}.svg`, floorPlanSvg(store))
  }
  return pages
}
