/** A page about one store, made from its profile: the floor, the devices, what lies where. */
import type { LoadedStore } from '../../runtime/profile/load-store.ts'
import { table } from './device-page.ts'

export function profilePage({ profile, catalogue, planogram }: LoadedStore): string {
  const money = new Intl.NumberFormat('en', { style: 'currency', currency: profile.currency })
  const digits = money.resolvedOptions().maximumFractionDigits ?? 0
  const places = new Map(planogram.entries.map(({ sku, plates }) => [sku, plates]))
  return [
    `# ${profile.name}`,
    profile.description ?? '',
    `Store \`${profile.storeId}\`, ${profile.currency}, ${profile.timeZone}. ${profile.floor.sizeM.join(' by ')} m, ` +
      `${profile.plates.length} plates, ${profile.cameras.length} cameras, ${profile.gates.length} gate(s), ${catalogue.products.length} products.`,
    `![Floor plan](${profile.storeId}.svg)`,
    '## Devices',
    table(
      ['device', 'model', 'address', 'units', 'readings per second'],
      profile.devices.map((device) => [
        device.id,
        `[${device.definition}](../devices/${device.definition}.md)`,
        addressText(device.address),
        device.units?.join(', ') ?? '',
        `${device.pollHz ?? ''}`,
      ]),
    ),
    '## Names that flows use',
    table(
      ['kind', 'names'],
      [
        ['groups', profile.groups.map(({ id }) => id).join(', ')],
        ['zones', profile.zones.map(({ id }) => id).join(', ')],
        ['gates', profile.gates.map(({ id }) => id).join(', ')],
        ['vision appliances', profile.visionAppliances.map(({ id }) => id).join(', ')],
      ],
    ),
    '## Products',
    table(
      ['product', 'weight (g)', 'price', 'plates'],
      catalogue.products.map((product) => [
        product.name,
        `${product.weightG ?? 'unknown'}`,
        money.format(product.priceMinor / 10 ** digits),
        places.get(product.sku)?.join(', ') ?? 'nowhere',
      ]),
    ),
    '',
  ].join('\n\n')
}

type Address = LoadedStore['profile']['devices'][number]['address']

function addressText(address: Address): string {
  switch (address.transport) {
    case 'http':
    case 'rtsp':
      return address.url
    case 'mqtt':
      return `MQTT ${address.topic}`
    case 'modbus-rtu':
      return `Modbus RTU ${address.path}, ${address.baudRate} baud`
    case 'serial':
      return `${address.path}, ${address.baudRate} baud`
    case 'usb-keyboard':
    case 'file':
      return address.path
    case 'modbus-rtu-tcp':
      return `Modbus RTU over TCP ${address.host}:${address.port}`
    case 'modbus-tcp':
      return `Modbus TCP ${address.host}:${address.port}${address.line ? `, line of ${address.line.baudRate} baud` : ''}`
    default:
      return `TCP ${address.host}:${address.port}`
  }
}

const pixelsPerM = 90

/** The floor as an SVG: walls, zones, fixtures, plates, gates, cameras; y points up, into the store. */
export function floorPlanSvg({ profile, layout }: LoadedStore): string {
  const [widthM, depthM] = profile.floor.sizeM
  const x = (m: number) => round(m * pixelsPerM + 10)
  const y = (m: number) => round((depthM - m) * pixelsPerM + 10)
  const points = (list: readonly (readonly number[])[]) => list.map(([px = 0, py = 0]) => `${x(px)},${y(py)}`).join(' ')
  const label = (px: number, py: number, text: string) =>
    `<text x="${x(px)}" y="${y(py)}" text-anchor="middle">${text}</text>`
  const shapes = [
    ...profile.zones.map(
      ({ polygonM }) =>
        `<polygon points="${points(polygonM)}" fill="#eef4fb" stroke="#bcd2ea" stroke-dasharray="4 3"/>`,
    ),
    ...profile.gates.map(({ zoneM }) => `<polygon points="${points(zoneM)}" fill="#e2f3e6" stroke="#57a36b"/>`),
    ...layout.fixtures.map(
      ({ positionM, yawRad, sizeM = [1, 0.4, 1] }) =>
        `<polygon points="${points(rectangle(positionM, yawRad, 0, 0, sizeM[0], sizeM[1]))}" fill="#f4ead9" stroke="#9b7b45"/>`,
    ),
    ...layout.plates
      .filter(({ shelf }) => shelf === 1)
      .map(
        ({ positionM, yawRad, sizeM: [w, d] }) =>
          `<polygon points="${points(rectangle(positionM, yawRad, -w / 2, -d / 2, w / 2, d / 2))}" fill="#fff" stroke="#c7a66d"/>`,
      ),
    ...profile.floor.wallsM.map(
      (wall) => `<polyline points="${points(wall)}" fill="none" stroke="#333" stroke-width="4"/>`,
    ),
    ...profile.cameras.map(({ positionM: [cx, cy] }) => `<circle cx="${x(cx)}" cy="${y(cy)}" r="6" fill="#35507a"/>`),
    ...profile.zones.map(({ name, polygonM }) => label(mean(polygonM, 0), mean(polygonM, 1), name)),
    ...profile.cameras.map(({ id, positionM: [cx, cy] }) => label(cx, cy - 0.22, id)),
    ...profile.gates.map(({ id, zoneM }) => label(mean(zoneM, 0), Math.min(...zoneM.map(([, py]) => py)) + 0.12, id)),
  ]
  const [width, height] = [widthM * pixelsPerM + 20, depthM * pixelsPerM + 20]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" font-family="sans-serif" font-size="13">
<title>Floor plan of ${profile.name}</title>
<rect width="100%" height="100%" fill="#fff"/>
${shapes.join('\n')}
</svg>
`
}

function rectangle(
  [px, py]: readonly number[],
  yawRad: number,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
): number[][] {
  const [cos, sin] = [Math.cos(yawRad), Math.sin(yawRad)]
  return [
    [x0, y0],
    [x1, y0],
    [x1, y1],
    [x0, y1],
  ].map(([cx = 0, cy = 0]) => [(px ?? 0) + cos * cx - sin * cy, (py ?? 0) + sin * cx + cos * cy])
}

const mean = (polygon: readonly (readonly number[])[], axis: number) =>
  polygon.reduce((sum, point) => sum + (point[axis] ?? 0), 0) / polygon.length
const round = (value: number) => Math.round(value * 10) / 10
