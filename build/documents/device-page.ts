/** A page about one device, made from its definition alone, so that it cannot say anything else than the code does. */
import type { Static } from 'typebox'
import type {
  Camera,
  DeviceDefinition,
  DoorController,
  LoadCellPublisher,
  LoadCellStream,
  LoadCellTransmitter,
  Reader,
  RelayModule,
  RelayPublisher,
  StatusFlag,
  VisionAppliance,
} from '../../runtime/devices/definition-schema.ts'

export const kindTitles: Record<DeviceDefinition['kind'], string> = {
  'load-cell-transmitter': 'Load cell transmitter',
  'load-cell-stream': 'Load cell indicator that sends text',
  'load-cell-publisher': 'Load cell board that publishes over MQTT',
  'relay-module': 'Relays and inputs',
  'relay-publisher': 'Relays and inputs over MQTT',
  'door-controller': 'Door controller',
  reader: 'Reader',
  camera: 'Camera',
  'vision-appliance': 'Vision appliance',
  speaker: 'Speaker',
}

export function devicePage(device: DeviceDefinition): string {
  return [
    `# ${device.maker} ${device.model}`,
    `${kindTitles[device.kind]}, definition \`${device.id}\`.`,
    device.description,
    '## What it does',
    table(['', ''], facts(device)),
    ...(device.kind === 'load-cell-transmitter' ? statusSection(device) : []),
    '## In a profile',
    `\`\`\`json\n${JSON.stringify(example(device), undefined, 2)}\n\`\`\``,
    '## Taken from',
    device.sources.map((source) => `- ${source}`).join('\n'),
    '',
  ].join('\n\n')
}

export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function facts(device: DeviceDefinition): string[][] {
  switch (device.kind) {
    case 'load-cell-transmitter':
      return transmitterFacts(device)
    case 'load-cell-stream':
      return streamFacts(device)
    case 'load-cell-publisher':
      return publisherFacts(device)
    case 'relay-module':
      return relayFacts(device)
    case 'relay-publisher':
      return boardFacts(device)
    case 'door-controller':
      return controllerFacts(device)
    case 'reader':
      return readerFacts(device)
    case 'camera':
      return cameraFacts(device)
    case 'vision-appliance':
      return applianceFacts(device)
    case 'speaker':
      return [['It is sent', 'JSON by POST: `storeId`, `channel`, `recipient`, `text`, `atMs`']]
  }
}

const range = ({ minimum, maximum }: { minimum: number; maximum: number }) =>
  minimum === maximum ? `${minimum}` : `${minimum} to ${maximum}`

function transmitterFacts(device: LoadCellTransmitter): string[][] {
  const { weight, limits, commands } = device
  const reads = device.reads.map(({ address, count }) => `${count} registers from ${address}`).join(', ')
  const each = weight.stride ? `, ${weight.stride} further for each channel` : ''
  return [
    ['Channels', `${device.channels}`],
    ['Unit ids', range(device.unitIds)],
    ['One poll reads', `${reads} (function ${device.readFunction})`],
    [
      'Gross weight',
      `register ${weight.address}${each}; ${weight.type}, ${device.wordOrder}${weight.signBit === undefined ? '' : `, sign in status bit ${weight.signBit}`}`,
    ],
    [
      'Decimals',
      device.decimals.from === 'fixed'
        ? `${device.decimals.decimals}`
        : `from register ${device.decimals.address} (${device.decimals.from})`,
    ],
    ['Unit', device.unit.from === 'fixed' ? device.unit.unit : `from register ${device.unit.address}`],
    ['Set at the device', device.adjustable.join(', ') || 'nothing'],
    ['Orders', Object.keys(commands).join(', ') || 'none'],
    ['Written with', `function ${device.writeFunction}`],
    [
      'Limits',
      `${limits.maxRegisters} registers a request, ${limits.minIntervalMs} ms between requests, silent after ${limits.answerWithinMs} ms`,
    ],
    [
      'Flash writes',
      limits.flashWriteBudget === undefined
        ? 'not limited'
        : `at most ${limits.flashWriteBudget} in its life, counted and never exceeded`,
    ],
  ]
}

function statusSection(device: LoadCellTransmitter): string[] {
  if (!device.status) return []
  const { address, stride, type, latched, ...conditions } = device.status
  const rows = Object.entries(conditions).map(([name, flags]) => [name, flags.map(flagText).join('; or ')])
  return [
    '## Status',
    `Register ${address}${stride ? `, ${stride} further for each channel` : ', one for all channels'}.`,
    ...(type === 'f32' ? ['It is a whole number in a float of two registers.'] : []),
    ...(latched ? ['What was raised stays raised until 0 is written there, which is done at most once a second.'] : []),
    table(['condition', 'when'], rows),
  ]
}

function streamFacts({ unitIds, frame, start, commands, lateMs, offlineMs }: LoadCellStream): string[][] {
  const words = (['stable', 'moving', 'overload'] as const).map((name) => `${name} ${frame[name].join(', ')}`)
  return [
    ['Unit ids', range(unitIds)],
    ['A frame', `${frame.length} bytes; weight at ${frame.weight.at}, unit at ${frame.unit.at}`],
    ['Conditions', words.join('; ')],
    ['Begins to send', start === undefined ? 'by itself' : `when told ${JSON.stringify(start)}`],
    ['Orders', Object.keys(commands).join(', ') || 'none'],
    ['Late, offline after', `${lateMs} ms, ${offlineMs} ms without a frame`],
  ]
}

const publisherFacts = ({ channels, maxAgeMs, lateMs, offlineMs, maxBytes }: LoadCellPublisher): string[][] => [
  ['Channels', `at most ${channels}`],
  ['Publishes', "to the device's topic, JSON: `ts`, `seq`, `ch`, `raw`, `g`, `stable`"],
  ['Oldest reading', `${maxAgeMs} ms by its own clock`],
  ['Late, offline after', `${lateMs} ms, ${offlineMs} ms without a reading`],
  ['Longest message', `${maxBytes} bytes`],
]

function flagText({ bit, bits = 1, values }: Static<typeof StatusFlag>): string {
  const where = bits === 1 ? `bit ${bit}` : `bits ${bit} to ${bit + bits - 1}`
  return `${where} ${values.length === 1 ? `is ${values[0]}` : `is one of ${values.join(', ')}`}`
}

const relayFates = { drop: 'relays drop', stay: 'relays stay as they are' }

const stepsOf = ({ stepMs }: NonNullable<RelayModule['relays']['pulse']>) =>
  stepMs === undefined ? '' : `, in steps of ${stepMs} ms`

const relayFacts = ({ unitIds, relays, inputs, limits }: RelayModule): string[][] => [
  ['Unit ids', range(unitIds)],
  ['Relays', `${relays.count}, from coil ${relays.coil}`],
  ['When nobody speaks to it', relayFates[relays.whenSilent]],
  ['Without power', relayFates[relays.withoutPower]],
  [
    'Pulse in hardware',
    relays.pulse
      ? `from coil ${relays.pulse.coil}${stepsOf(relays.pulse)}: the gate closes even when nobody says so`
      : 'no',
  ],
  [
    'Inputs',
    inputs
      ? `${inputs.count}, from ${inputs.address} (function ${inputs.readFunction}); ${inputs.closedIs ?? 1} is closed`
      : 'none',
  ],
  [
    'Counts what nobody reads',
    inputs?.counters ? `from input register ${inputs.counters.register}` : 'no: passes while the till is away are lost',
  ],
  ['Silent after', `${limits.answerWithinMs} ms`],
]

const boardFacts = ({ relays, inputs, maxBytes }: RelayPublisher): string[][] => [
  ['Relays', `${relays.count}; what is held drops by itself 3 s after the last order`],
  ['Without power', relayFates[relays.withoutPower]],
  ['Inputs', `${inputs.count}`],
  ['Says', 'below its topic at `/contacts`, at each change and at least twice a second: `inputs`, `counts`'],
  ['Hears', 'below its topic at `/orders`: `run`, `number`, `expiresAtMs`, `relays` with `relay`, `on`, `forMs`'],
  ['Longest message', `${maxBytes} bytes`],
]

const controllerFacts = ({ doors, doorPath, authentication, alivePath, commands }: DoorController): string[][] => [
  ['Doors', `${doors}, each at \`${doorPath}\``],
  [
    'Is told',
    `to open once (\`${commands.open}\`), to stay open (\`${commands.keepOpen}\`), to close (\`${commands.close}\`)`,
  ],
  ['Login', authentication],
  ['Is asked whether it is there', `at \`${alivePath}\``],
]

const purposes: Record<NonNullable<Reader['reads']>, string> = {
  codes: 'codes that a shopper shows',
  'card-tokens': "tokens in place of a card's number",
  badges: "badges' numbers",
  'adult-answers': 'whether somebody is an adult, yes or no',
}

const readerFacts = ({ reads = 'codes', terminator, idleMs, repeatMs, maxBytes }: Reader): string[][] => [
  ['Sends', purposes[reads]],
  ['A code ends with', `${JSON.stringify(terminator)}, or after ${idleMs} ms of silence`],
  ['The same code again', `within ${repeatMs} ms is one scan`],
  ['Longest code', `${maxBytes} bytes`],
]

const cameraProtocols: Record<Camera['protocol'], string> = {
  'http-snapshot': 'a picture for each HTTP request',
  mjpeg: 'one HTTP answer with picture after picture (MJPEG)',
  rtsp: 'H.264 or H.265 over RTSP; needs ffmpeg 5.1 or newer on the machine',
  'video-file': 'a video, played again and again; needs ffmpeg 5.1 or newer on the machine',
  'picture-folder': 'pictures of a folder in the order of their names, again and again',
}

const cameraFacts = ({ protocol, path, authentication, intervalMs, offlineMs, frozenMs }: Camera): string[][] => [
  ['Its pictures come as', cameraProtocols[protocol]],
  ['Path', path ? `\`${path}\`, where the address has none` : "the address's own"],
  ['Login', authentication],
  ['A picture every', `${intervalMs} ms`],
  ['Offline after', `${offlineMs} ms without a picture`],
  ['Frozen after', `${frozenMs} ms of the same picture`],
]

const applianceFacts = ({ peopleTopic, sightingsTopic, lateMs, offlineMs, maxBytes }: VisionAppliance): string[][] => [
  ['People', `below the device's topic at \`${peopleTopic}\``],
  ['Sightings', `below the device's topic at \`${sightingsTopic}\``],
  ['Late, offline after', `${lateMs} ms, ${offlineMs} ms without people`],
  ['Longest message', `${maxBytes} bytes`],
]

const topics = {
  'relay-publisher': 'gate',
  'load-cell-publisher': 'shelf-1',
  'vision-appliance': 'vision',
  reader: 'gate-reader',
}

function example(device: DeviceDefinition): object {
  const id = `my-${device.id}`
  switch (device.protocol) {
    case 'modbus': {
      const address = { transport: 'modbus-tcp', host: '192.0.2.10', port: 502 }
      const units = device.kind === 'load-cell-transmitter' ? { units: [device.unitIds.minimum], pollHz: 10 } : {}
      return { id, definition: device.id, address, ...units }
    }
    case 'ascii-stream':
      return { id, definition: device.id, address: { transport: 'tcp', host: '192.0.2.13', port: 4001 } }
    case 'tcp-stream':
      return { id, definition: device.id, address: { transport: 'tcp', host: '192.0.2.11', port: 4001 } }
    case 'serial-stream': {
      const address = { transport: 'serial', path: '/dev/ttyUSB0', baudRate: 9600, parity: 'none' }
      return { id, definition: device.id, address }
    }
    case 'usb-keyboard': {
      const address = { transport: 'usb-keyboard', path: '/dev/input/by-id/usb-SCANNER-event-kbd' }
      return { id, definition: device.id, address }
    }
    case 'http-snapshot':
    case 'mjpeg':
    case 'rtsp': {
      const transport = device.protocol === 'rtsp' ? 'rtsp' : 'http'
      const url = `${transport}://192.0.2.12${device.path ? '' : '/path-of-its-pictures'}`
      const login = device.authentication === 'none' ? {} : { login: `${id}-login` }
      return { id, definition: device.id, address: { transport, url, ...login } }
    }
    case 'video-file':
      return { id, definition: device.id, address: { transport: 'file', path: '/srv/clips/aisle-1.mp4' } }
    case 'picture-folder':
      return { id, definition: device.id, address: { transport: 'file', path: '/srv/pictures/aisle-1' } }
    case 'mqtt': {
      const topic = `my-store/${topics[device.kind]}`
      return { id, definition: device.id, address: { transport: 'mqtt', topic } }
    }
    case 'isapi': {
      const address = { transport: 'http', url: 'http://192.0.2.15', login: `${id}-login` }
      return { id, definition: device.id, address }
    }
    case 'http-post':
      return { id, definition: device.id, address: { transport: 'http', url: 'http://192.0.2.14/announce' } }
  }
}
