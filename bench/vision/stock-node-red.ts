/** A stock Node-RED with the stock node in it; started by `stock-node.ts`. One picture after the other. */
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import RED from 'node-red'

const folder = process.argv[2] as string
const pictures = readdirSync(join(folder, 'pictures')).map((name) => readFileSync(join(folder, 'pictures', name)))
let done = () => {}

const flow = [
  { id: 'tab', type: 'tab', label: 'stock' },
  {
    ...{ id: 'detect', type: 'good-object-detection', z: 'tab', model: 'yolov8n', threshold: 0.5, returnValue: '0' },
    ...{ absolutePathDir: '', wires: [['end']] },
  },
  { id: 'end', type: 'function', z: 'tab', func: "global.get('done')()", outputs: 0, libs: [], wires: [] },
]
writeFileSync(join(folder, 'flows.json'), JSON.stringify(flow))
RED.init(createServer(), {
  ...{ userDir: folder, flowFile: 'flows.json', nodesDir: join(folder, 'object-detection-node') },
  ...{ httpAdminRoot: false, httpNodeRoot: false, logging: { console: { level: 'warn' } } },
  functionGlobalContext: { done: () => done() },
} as Parameters<typeof RED.init>[1])
const started = once((RED as unknown as { events: NodeJS.EventEmitter }).events, 'flows:started')
await RED.start()
await started
const node = (RED.nodes as unknown as { getNode(id: string): { receive(message: object): void } }).getNode('detect')

let next = 0
async function look(): Promise<void> {
  const looked = new Promise<void>((resolve) => {
    done = resolve
  })
  node.receive({ payload: pictures[next++ % pictures.length] })
  await looked
}

process.on('message', (seconds: number) => void measure(seconds))
process.on('disconnect', () => process.exit(0))
await look()
process.send?.(0)

async function measure(seconds: number): Promise<void> {
  const startMs = performance.now()
  let frames = 0
  while (performance.now() - startMs < seconds * 1000) {
    await look()
    frames++
  }
  process.send?.((frames * 1000) / (performance.now() - startMs))
}
