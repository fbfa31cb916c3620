/**
 * A device definition: what a maker's manual says about a model, as data, so that a new model needs no code.
 * `hardware-profiles/devices/<id>.json`. What one model does differently from the others is a named capability
 * here (word order, sign bit, polarity of "stable", decimals from a register, function codes, limits), never a
 * case in the code. Register addresses are 0-based, as on the wire.
 */
import { type Static, Type } from 'typebox'
import { Identifier, oneOf, strictObject } from '../contract/schema.ts'

const address = (description: string) => Type.Integer({ minimum: 0, maximum: 65535, description })
const stride = (description: string) => Type.Integer({ minimum: 0, maximum: 1000, description })
const bit = (description: string) => Type.Integer({ minimum: 0, maximum: 15, description })

/** When a device that speaks by itself counts as late, and when as offline. */
const silence = (what: string) => {
  const longest = (state: string) =>
    Type.Integer({ minimum: 100, maximum: 600_000, description: `No ${what} for so long: ${state}.` })
  return { lateMs: longest('late'), offlineMs: longest('offline') }
}

const head = {
  format: Type.Literal('open-aisle-device'),
  version: Type.Literal(1),
  id: Identifier({ description: "The file's name without .json; profiles refer to it." }),
  formerIds: Type.Optional(
    Type.Array(Identifier(), { maxItems: 8, description: 'What profiles of earlier releases call it.' }),
  ),
  maker: Type.String({ minLength: 1, maxLength: 100 }),
  model: Type.String({ minLength: 1, maxLength: 100 }),
  description: Type.String({ maxLength: 2000, description: 'For the integrator: what to set on the device itself.' }),
  sources: Type.Array(Type.String({ minLength: 1, maxLength: 500 }), {
    minItems: 1,
    description: 'Manuals and pages that this was taken from.',
  }),
}

/** True when the field of `bits` bits that starts at `bit` (0 is the lowest) of the status register holds one of `values`. */
export const StatusFlag = strictObject({
  bit: bit('Lowest bit of the field.'),
  bits: Type.Optional(Type.Integer({ minimum: 1, maximum: 16, description: 'Width of the field; 1 when absent.' })),
  values: Type.Array(Type.Integer({ minimum: 0, maximum: 65535 }), {
    minItems: 1,
    maxItems: 64,
    description: 'This is where a polarity is said: [1] is active high, [0] active low.',
  }),
})
const flags = (description: string) => Type.Optional(Type.Array(StatusFlag, { minItems: 1, maxItems: 16, description }))

export const numberTypes = ['i16', 'u16', 'i32', 'u32', 'f32'] as const
export const wordOrders = ['high-first', 'low-first'] as const
const wordOrder = (options: object = {}) => oneOf(wordOrders, options)

const Decimals = Type.Union(
  [
    strictObject({ from: Type.Literal('fixed'), decimals: Type.Integer({ minimum: 0, maximum: 6 }) }),
    strictObject({
      from: Type.Literal('register'),
      address: address('Register that holds them.'),
      bit: bit('Lowest bit of the field.'),
      bits: Type.Integer({ minimum: 1, maximum: 16 }),
    }),
    strictObject({
      from: Type.Literal('division-code'),
      address: address('Register that holds the code.'),
      bit: bit('Lowest bit of the field.'),
      bits: Type.Integer({ minimum: 1, maximum: 16 }),
      decimalsByCode: Type.Array(Type.Integer({ minimum: 0, maximum: 6 }), { minItems: 1, maxItems: 64 }),
    }),
  ],
  { description: 'Where the decimal point of the weight stands.' },
)

export const units = ['g', 'kg', 't', 'lb'] as const
const Unit = Type.Union(
  [
    strictObject({ from: Type.Literal('fixed'), unit: oneOf(units) }),
    strictObject({
      from: Type.Literal('register'),
      address: address('Register that holds the code.'),
      bit: bit('Lowest bit of the field.'),
      bits: Type.Integer({ minimum: 1, maximum: 16 }),
      unitByCode: Type.Array(Type.Union([oneOf(units), Type.Null()]), {
        minItems: 1,
        maxItems: 64,
        description: 'null: a unit that is no weight; its readings are errors.',
      }),
    }),
  ],
  { description: 'Unit of the weight.' },
)

const RegisterWrite = strictObject({
  address: address('First register.'),
  values: Type.Array(Type.Integer({ minimum: 0, maximum: 65535 }), { minItems: 1, maxItems: 16 }),
})
const registerWrites = (description: string) => Type.Optional(Type.Array(RegisterWrite, { maxItems: 4, description }))
const timeoutMs = Type.Integer({ minimum: 10, maximum: 60_000 })

/** An order to the transmitter, such as zero or tare. Written in the order of these fields. */
const Command = strictObject({
  unlock: registerWrites('Opens what the transmitter keeps locked.'),
  before: registerWrites('Prepares the order.'),
  weight: Type.Optional(
    strictObject(
      {
        address: address('Where the known weight goes, in the unit and decimals of the weights.'),
        type: oneOf(numberTypes),
      },
      { description: 'The command takes a weight.' },
    ),
  ),
  address: address('Register of channel 1.'),
  stride: Type.Optional(stride('Registers from one channel to the next; 0 or absent: one for all.')),
  values: Type.Optional(
    Type.Array(Type.Integer({ minimum: 0, maximum: 65535 }), {
      minItems: 1,
      maxItems: 4,
      description: 'What to write; absent where writing the weight is the order.',
    }),
  ),
  channelMask: Type.Optional(
    Type.Boolean({ description: 'The value has one bit for each channel: it is shifted left once for each.' }),
  ),
  oneWrite: Type.Optional(
    Type.Boolean({ description: 'Weight and order are registers side by side and have to come in one request.' }),
  ),
  handshake: Type.Optional(
    strictObject(
      {
        address: address('Register to watch.'),
        bit: bit('1 says done; then the command is written back to 0 and the bit falls.'),
        successBit: Type.Optional(bit('1 says that it succeeded.')),
        timeoutMs,
      },
      { description: 'How the transmitter says that it is done.' },
    ),
  ),
  verify: Type.Optional(
    strictObject(
      {
        address: address('Read back after the command.'),
        values: Type.Array(Type.Integer({ minimum: 0, maximum: 65535 }), {
          minItems: 1,
          description: 'Any of these: done.',
        }),
        timeoutMs,
      },
      { description: 'A register that says that it is done. The weights are read back in any case.' },
    ),
  ),
  after: registerWrites('Ends the order, such as saving it to permanent memory.'),
  wearsFlash: Type.Boolean({ description: 'It is written to flash or EEPROM and counts against flashWriteBudget.' }),
})

const UnitIds = strictObject(
  { minimum: Type.Integer({ minimum: 0, maximum: 255 }), maximum: Type.Integer({ minimum: 0, maximum: 255 }) },
  { description: 'Slave addresses that it can have; some models insist on 0 or 255 over TCP.' },
)

const Limits = strictObject({
  maxRegisters: Type.Integer({ minimum: 1, maximum: 125, description: 'Most registers that one request may read.' }),
  minIntervalMs: Type.Integer({ minimum: 0, maximum: 1000, description: 'Pause that it needs between two requests.' }),
  answerWithinMs: Type.Integer({
    minimum: 10,
    maximum: 10_000,
    description: 'Silent for longer counts as no answer; transmission on its slowest line included.',
  }),
  flashWriteBudget: Type.Optional(
    Type.Integer({ minimum: 1, description: 'Writes that its flash survives; counted per unit and never exceeded.' }),
  ),
})

const WeightPlace = (description: string) =>
  strictObject({
    address: address(description),
    stride: Type.Optional(stride('Registers from one channel to the next.')),
    type: oneOf(numberTypes),
    signBit: Type.Optional(bit('The number is a magnitude; it is negative when this bit of the status is 1.')),
  })

export const LoadCellTransmitter = strictObject({
  ...head,
  kind: Type.Literal('load-cell-transmitter'),
  protocol: Type.Literal('modbus'),
  unitIds: UnitIds,
  channels: Type.Integer({ minimum: 1, maximum: 64, description: 'Load cells that it reports apart.' }),
  readFunction: Type.Union([Type.Literal(3), Type.Literal(4)], { description: 'Modbus function code for reading.' }),
  writeFunction: Type.Union([Type.Literal(6), Type.Literal(16)], {
    description: 'The only function code that it writes with: 16, or 6, one register at a time.',
  }),
  wordOrder: wordOrder({ description: 'Order of the two registers of a 32-bit number.' }),
  reads: Type.Array(
    strictObject({
      address: address('First register.'),
      count: Type.Integer({ minimum: 1, maximum: 125 }),
      seldom: Type.Optional(
        Type.Boolean({
          description: 'Settings of the device: read at first and then now and then, not in every poll.',
        }),
      ),
    }),
    {
      minItems: 1,
      maxItems: 8,
      description: 'Requests of one poll, in this order; every register below lies in one of them.',
    },
  ),
  weight: WeightPlace('Gross weight of channel 1: a tare at the device must not look like a shopper.'),
  net: Type.Optional(WeightPlace('Net weight of channel 1; read only to see whether a tare was taken.')),
  decimals: Decimals,
  unit: Unit,
  status: Type.Optional(
    strictObject({
      address: address('Status register of channel 1.'),
      stride: Type.Optional(stride('Registers from one channel to the next; 0 or absent: one for all.')),
      type: Type.Optional(
        oneOf(['u16', 'f32'], {
          description: 'f32: the flags are the bits of a whole number that is held as a float.',
        }),
      ),
      latched: Type.Optional(
        Type.Boolean({ description: 'Flags stay raised until 0 is written there; that is done when they are seen.' }),
      ),
      stable: flags('At rest.'),
      overload: flags('Above what the cell or the converter can measure.'),
      underload: flags('Below it.'),
      error: flags('No valid weight: cell disconnected, converter fault.'),
      net: flags('A tare is taken.'),
    }),
  ),
  adjustable: Type.Array(oneOf(['wordOrder', 'decimals']), {
    uniqueItems: true,
    description: 'What can be set at the device itself; a profile says how it was set.',
  }),
  commands: strictObject({
    zero: Type.Optional(Command),
    tare: Type.Optional(Command),
    clearTare: Type.Optional(Command),
    calibrateZero: Type.Optional(Command),
    calibrateSpan: Type.Optional(Command),
  }),
  limits: Limits,
})

const unitOfText = Type.Record(Type.String({ minLength: 1, maxLength: 4 }), oneOf(units))
const part = (description: string) =>
  strictObject(
    { at: Type.Integer({ minimum: 0, maximum: 250 }), length: Type.Integer({ minimum: 1, maximum: 32 }) },
    { description },
  )
const words = (description: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 8 }), { minItems: 1, description })
const line = (description: string) =>
  Type.String({ minLength: 1, maxLength: 40, description: `${description} {id}: the unit id in two digits.` })

/** An indicator that sends its weight as lines of text, on a serial line or behind a gateway that passes bytes on. */
export const LoadCellStream = strictObject({
  ...head,
  kind: Type.Literal('load-cell-stream'),
  protocol: Type.Literal('ascii-stream'),
  unitIds: UnitIds,
  channels: Type.Literal(1),
  frame: strictObject(
    {
      length: Type.Integer({ minimum: 4, maximum: 250, description: 'Bytes of a frame, terminator included.' }),
      terminator: oneOf(['\r\n', '\r', '\n']),
      condition: part('Words that say how the weight is.'),
      stable: words('At rest.'),
      moving: words('In motion.'),
      overload: words('Above what the cell or the converter can measure.'),
      mode: part('Words that say which weight it is.'),
      gross: words('Gross weight.'),
      net: words('Net weight: gross less a tare that only the indicator knows.'),
      id: Type.Optional(
        strictObject(
          { at: Type.Integer({ minimum: 0, maximum: 250 }), as: oneOf(['byte', 'digit']) },
          { description: 'Which unit sent the frame.' },
        ),
      ),
      weight: part('The number, with sign and decimal point.'),
      unit: part('Its unit.'),
      unitByText: unitOfText,
    },
    { description: 'Places count from 0, in bytes.' },
  ),
  start: Type.Optional(line('Sent once after connecting, so that it begins to send.')),
  commands: strictObject({
    zero: Type.Optional(line('Sent to zero it.')),
    tare: Type.Optional(line('Sent to tare it.')),
    clearTare: Type.Optional(line('Sent to take the tare away.')),
  }),
  refusals: Type.Array(Type.String({ minLength: 1, maxLength: 8 }), {
    maxItems: 8,
    description: 'Answers that mean no.',
  }),
  ...silence('frame'),
})

/** A board that publishes its readings itself. */
export const LoadCellPublisher = strictObject({
  ...head,
  kind: Type.Literal('load-cell-publisher'),
  protocol: Type.Literal('mqtt'),
  payload: Type.Literal('readings-json', {
    description:
      'One object or an array of {"ts": Unix ms, "seq": count, "ch": channel from 1, "raw": integer, "g": grams, "stable": boolean}; ts, seq, raw and stable may be missing; g is null when the cell has no valid reading.',
  }),
  channels: Type.Integer({ minimum: 1, maximum: 64 }),
  maxAgeMs: Type.Integer({
    minimum: 100,
    maximum: 600_000,
    description: 'A reading whose ts differs more from the present is not used: it was held back, or a clock is wrong.',
  }),
  ...silence('reading'),
  maxBytes: Type.Integer({ minimum: 100, maximum: 1_000_000, description: 'A longer message is refused.' }),
})

const relaysWithoutPower = oneOf(['drop', 'stay'], {
  description: 'What the relays do without power; stay: they latch.',
})

export const RelayModule = strictObject({
  ...head,
  kind: Type.Literal('relay-module'),
  protocol: Type.Literal('modbus'),
  unitIds: UnitIds,
  relays: strictObject({
    count: Type.Integer({ minimum: 1, maximum: 64 }),
    coil: address('Coil of relay 1; the others follow.'),
    whenSilent: oneOf(['drop', 'stay'], {
      description: 'What the relays do when nobody speaks to the module any more, once it is set up as described.',
    }),
    withoutPower: relaysWithoutPower,
    pulse: Type.Optional(
      strictObject(
        {
          coil: address('Coil that pulses relay 1; the others follow.'),
          stepMs: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: 1000,
              description: "What is written is the pulse's length in such steps; absent: it is set in the module.",
            }),
          ),
        },
        { description: 'The module ends the pulse itself, so that a gate closes even when the till dies.' },
      ),
    ),
  }),
  inputs: Type.Optional(
    strictObject({
      count: Type.Integer({ minimum: 1, maximum: 64 }),
      readFunction: Type.Union([Type.Literal(1), Type.Literal(2)]),
      address: address('Input 1; the others follow.'),
      closedIs: Type.Optional(
        Type.Union([Type.Literal(0), Type.Literal(1)], { description: 'The bit of a closed contact; 1 when absent.' }),
      ),
      counters: Type.Optional(
        strictObject(
          { register: address('Input register of the counter of input 1: two words, high first; the others follow.') },
          { description: 'The module counts how often each input closes, also while nobody reads it.' },
        ),
      ),
    }),
  ),
  limits: Limits,
})

/** A board of one's own with relays and inputs, over MQTT. */
export const RelayPublisher = strictObject({
  ...head,
  kind: Type.Literal('relay-publisher'),
  protocol: Type.Literal('mqtt'),
  payload: Type.Literal('contacts-json', {
    description: 'The messages of runtime/devices/contact-messages.ts.',
  }),
  relays: strictObject({
    count: Type.Integer({ minimum: 1, maximum: 64 }),
    withoutPower: relaysWithoutPower,
  }),
  inputs: strictObject({ count: Type.Integer({ minimum: 0, maximum: 64 }) }),
  maxBytes: Type.Integer({ minimum: 100, maximum: 65_536, description: 'A longer message is refused.' }),
})

/** A controller of doors, by HTTP: it opens and closes, and says nothing of who walks through. */
export const DoorController = strictObject({
  ...head,
  kind: Type.Literal('door-controller'),
  protocol: Type.Literal('isapi'),
  authentication: oneOf(['basic', 'digest', 'digest-or-basic'], {
    description: 'How it is logged in to with the secret that the profile names, which is user:password.',
  }),
  doors: Type.Integer({ minimum: 1, maximum: 64, description: 'The wiring of a gate names them as its relays.' }),
  doorPath: Type.String({ pattern: '^/[^\\s]*\\{door\\}', maxLength: 200, description: '{door}: its number, from 1.' }),
  commands: strictObject(
    {
      open: Type.String({ pattern: '^[A-Za-z]+$', description: 'Once, for as long as the controller is set to.' }),
      keepOpen: Type.String({ pattern: '^[A-Za-z]+$' }),
      close: Type.String({ pattern: '^[A-Za-z]+$', description: 'Ends what keeps it open.' }),
    },
    { description: 'What stands in <cmd>.' },
  ),
  alivePath: Type.String({ pattern: '^/', maxLength: 200, description: 'Read now and then to know that it is there.' }),
  answerWithinMs: Type.Integer({ minimum: 100, maximum: 10_000 }),
})

export const readerPurposes = ['codes', 'card-tokens', 'badges', 'adult-answers'] as const

export const Reader = strictObject({
  ...head,
  kind: Type.Literal('reader'),
  protocol: oneOf(['tcp-stream', 'serial-stream', 'usb-keyboard', 'mqtt'], {
    description: 'How its bytes come; a keyboard types them, over MQTT each message is one code.',
  }),
  reads: Type.Optional(
    oneOf(readerPurposes, {
      description:
        "codes when absent. card-tokens: what a card terminal gives in place of a card's number. adult-answers: yes or no of a terminal that verifies adulthood.",
    }),
  ),
  adultAnswers: Type.Optional(
    strictObject(
      { yes: Type.String({ minLength: 1, maxLength: 100 }), no: Type.String({ minLength: 1, maxLength: 100 }) },
      { description: 'What it sends for an adult, and for anybody else.' },
    ),
  ),
  terminator: oneOf(['\r', '\n', '\r\n', '\u0003'], { description: 'Ends each code; it may be missing, see idleMs.' }),
  idleMs: Type.Integer({ minimum: 10, maximum: 2000, description: 'Silence that ends a code without terminator.' }),
  repeatMs: Type.Integer({ minimum: 0, maximum: 60_000, description: 'The same code within this time is one scan.' }),
  maxBytes: Type.Integer({ minimum: 8, maximum: 65_536, description: 'A longer code is refused whole.' }),
})

export const Camera = strictObject({
  ...head,
  kind: Type.Literal('camera'),
  protocol: oneOf(['http-snapshot', 'mjpeg', 'rtsp', 'video-file', 'picture-folder'], {
    description:
      'A picture for each request, pictures one after another in one answer, or H.264 or H.265 over RTSP; or a recording that is played again and again.',
  }),
  path: Type.Optional(
    Type.String({
      pattern: '^/[^\\s]{0,300}$',
      description: 'Where its pictures are; appended to an address in the profile that has no path of its own.',
    }),
  ),
  authentication: oneOf(['none', 'basic', 'digest', 'digest-or-basic'], {
    description:
      'How it may be logged in to with the secret that the profile names, which is user:password. digest-or-basic: as the camera asks; without a secret, not at all.',
  }),
  intervalMs: Type.Integer({
    minimum: 40,
    maximum: 60_000,
    description: 'Time between two pictures; of a stream that gives more, the others are left out.',
  }),
  latencyMs: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 5000,
      description:
        'From light on its sensor to the picture on the network, as measured with a clock in view; 0 when absent.',
    }),
  ),
  answerWithinMs: Type.Integer({ minimum: 100, maximum: 60_000 }),
  offlineMs: silence('picture').offlineMs,
  frozenMs: Type.Integer({
    minimum: 100,
    maximum: 600_000,
    description: 'The same bytes for so long: frozen. A living sensor is never without noise.',
  }),
  maxBytes: Type.Integer({ minimum: 1000, maximum: 50_000_000, description: 'A larger picture is refused.' }),
})

export const VisionAppliance = strictObject({
  ...head,
  kind: Type.Literal('vision-appliance'),
  protocol: Type.Literal('mqtt'),
  payload: Type.Literal('recording-lines', {
    description: 'The lines of people.jsonl and sightings.jsonl of the recording format; t in Unix seconds.',
  }),
  peopleTopic: Type.String({ pattern: '^/[^#+\\s]{1,100}$', description: "Appended to the device's topic." }),
  sightingsTopic: Type.String({ pattern: '^/[^#+\\s]{1,100}$', description: "Appended to the device's topic." }),
  ...silence('people'),
  maxBytes: Type.Integer({ minimum: 1000, maximum: 1_000_000, description: 'A longer message is refused.' }),
})

export const Speaker = strictObject({
  ...head,
  kind: Type.Literal('speaker'),
  protocol: Type.Literal('http-post'),
  payload: Type.Literal('notification', {
    description: 'JSON with storeId, channel, recipient, text and atMs, as the notify node posts it.',
  }),
})

export const DeviceDefinition = Type.Union([
  LoadCellTransmitter,
  LoadCellStream,
  LoadCellPublisher,
  RelayModule,
  RelayPublisher,
  DoorController,
  Reader,
  Camera,
  VisionAppliance,
  Speaker,
])

export type DeviceDefinition = Static<typeof DeviceDefinition>
export type LoadCellTransmitter = Static<typeof LoadCellTransmitter>
export type LoadCellStream = Static<typeof LoadCellStream>
export type LoadCellPublisher = Static<typeof LoadCellPublisher>
export type LoadCellDefinition = LoadCellTransmitter | LoadCellStream | LoadCellPublisher
export type LoadCellCommand = Static<typeof Command>
export type RelayModule = Static<typeof RelayModule>
export type DoorController = Static<typeof DoorController>
export type RelayPublisher = Static<typeof RelayPublisher>
export type Reader = Static<typeof Reader>
export type Camera = Static<typeof Camera>
export type VisionAppliance = Static<typeof VisionAppliance>
export type Speaker = Static<typeof Speaker>
export type StatusFlag = Static<typeof StatusFlag>
export type DeviceKind = DeviceDefinition['kind']
/** What can be a gate's contacts. */
export const contactKinds = ['relay-module', 'relay-publisher', 'door-controller'] as const
export type DefinitionOf<K extends DeviceKind> = Extract<DeviceDefinition, { kind: K }>
