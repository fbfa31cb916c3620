/** A Node-RED with the stock flow in it, in a folder of its own; its packages are where `--peer` says. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { benchGateways, monotonicMs } from './layout.ts'
import { clientSettings, Measurement, runClient } from './measured-client.ts'
import { type StockVariant, stockFlow, tellName } from './stock-flow.ts'

const { ports, hz, peer, client } = clientSettings
const measurement = new Measurement()
const packages = join(peer, 'node_modules')
const RED = createRequire(join(packages, 'node-red', 'package.json'))('node-red')

const userDir = mkdtempSync(join(tmpdir(), 'stock-flow-'))
process.on('exit', () => rmSync(userDir, { recursive: true, force: true }))
symlinkSync(packages, join(userDir, 'node_modules'))
writeFileSync(join(userDir, 'package.json'), '{"private":true,"dependencies":{"node-red-contrib-modbus":"*"}}')
const variant: StockVariant = client === 'stock-expert' ? 'expert' : 'flow'
writeFileSync(join(userDir, 'flows.json'), JSON.stringify(stockFlow(variant, { gateways: benchGateways(), ports, hz })))

function tell(channel: number): void {
  if (measurement.isOn) measurement.seen.push({ channel, atMs: monotonicMs() })
}

RED.init(createServer(), {
  ...{ userDir, flowFile: 'flows.json', httpAdminRoot: false, httpNodeRoot: false, credentialSecret: false },
  ...{ logging: { console: { level: 'fatal' } }, telemetry: { enabled: false }, diagnostics: { enabled: false } },
  functionGlobalContext: { [tellName]: tell },
})
await RED.start()
runClient(measurement)
