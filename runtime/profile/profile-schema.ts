/**
 * The hardware profile: one store as data. `hardware-profiles/<store>/profile.json` beside `catalogue.json`
 * and `planogram.json`. Forms, documentation and error texts are made from this schema, so each field says
 * what it is and in which unit.
 */
import { type Static, Type } from 'typebox'
import { EmailAddress, Identifier, oneOf, Point2M, Point3M, strictObject } from '../contract/schema.ts'
import { Promotion, TaxRule } from './promotions.ts'

export const currentProfileVersion = 1

const polygonM = (description: string) => Type.Array(Point2M(), { minItems: 3, maxItems: 100, description })
const host = Type.String({
  title: 'Host',
  pattern: '^[A-Za-z0-9.:_-]{1,253}$',
  description: 'Host name or IP address.',
})
const port = Type.Integer({ title: 'Port', minimum: 1, maximum: 65535 })
const secretName = Type.String({
  title: 'Secret',
  pattern: '^[a-z0-9][a-z0-9-]{0,63}$',
  description: 'Name of a secret; its value lives in the secret store (aisle secret set NAME), never here.',
})

const serialPath = Type.String({ title: 'Serial port', maxLength: 200 })
const serialLine = {
  baudRate: Type.Integer({ title: 'Baud rate', minimum: 1200, maximum: 1_000_000 }),
  parity: oneOf(['none', 'even', 'odd']),
}

const FixtureSchema = strictObject({
  id: Identifier({ title: 'Fixture' }),
  positionM: Point3M({ title: 'Position (m)', description: 'Front left corner of its foot as the shopper sees it.' }),
  yawRad: Type.Number({ title: 'Turn (rad)', minimum: -6.2832, maximum: 6.2832 }),
  sizeM: Point3M({ title: 'Size (m)', description: 'Width, depth, height.' }),
})

export const PlateSource = strictObject(
  {
    device: Identifier({ title: 'Device' }),
    unit: Type.Integer({ title: 'Unit', minimum: 0, maximum: 255, description: 'Modbus unit id (slave address).' }),
    channel: Type.Integer({
      title: 'Channel',
      minimum: 1,
      maximum: 64,
      description: 'Channel of the transmitter, from 1.',
    }),
  },
  { title: 'Where it is read' },
)

const PlateSchema = strictObject({
  id: Identifier({ title: 'Plate' }),
  fixture: Identifier({ title: 'Fixture' }),
  shelf: Type.Integer({ title: 'Shelf', minimum: 1, maximum: 20, description: 'Counts from 1 at the bottom.' }),
  index: Type.Integer({
    title: 'Place',
    minimum: 1,
    maximum: 200,
    description: "Counts from 1 along the fixture's x axis.",
  }),
  positionM: Point3M({ title: 'Position (m)', description: "Centre of the plate's top." }),
  sizeM: Point2M({ title: 'Size (m)', description: 'Width along and depth into the shelf.' }),
  ratingG: Type.Number({
    title: 'Rating (g)',
    exclusiveMinimum: 0,
    maximum: 1e6,
    description: 'Rated load of the cell.',
  }),
  source: PlateSource,
})

/** How a device is reached. */
export const DeviceAddress = Type.Union(
  [
    strictObject({
      transport: Type.Literal('modbus-tcp'),
      host,
      port,
      line: Type.Optional(
        strictObject(serialLine, {
          title: 'Serial line',
          description: 'The line behind this port of a gateway; absent where the device itself is on Ethernet.',
        }),
      ),
    }),
    strictObject({ transport: Type.Literal('modbus-rtu'), path: serialPath, ...serialLine }),
    strictObject(
      { transport: Type.Literal('modbus-rtu-tcp'), host, port, line: Type.Optional(strictObject(serialLine)) },
      { description: 'A gateway that passes the bytes of a serial line on as they are: RTU frames over TCP.' },
    ),
    strictObject({ transport: Type.Literal('tcp'), host, port }),
    strictObject(
      { transport: Type.Literal('serial'), path: serialPath, ...serialLine },
      { description: 'A serial line that carries lines of text.' },
    ),
    strictObject(
      {
        transport: Type.Literal('usb-keyboard'),
        path: Type.String({
          title: 'Input device',
          pattern: '^/[^\\s]+$',
          maxLength: 200,
          description: 'Its event file, such as /dev/input/by-id/usb-SCANNER-event-kbd.',
        }),
      },
      { description: 'A reader that types like a keyboard, on this machine.' },
    ),
    strictObject({
      transport: Type.Literal('http'),
      url: Type.String({
        title: 'Address',
        pattern: '^https?://[^@/?#\\s]+(/[^\\s]*)?$',
        maxLength: 500,
        description: 'Without user or password.',
      }),
      login: Type.Optional(secretName),
    }),
    strictObject({
      transport: Type.Literal('rtsp'),
      url: Type.String({
        title: 'Address',
        pattern: '^rtsp://[^@/?#\\s]+(/[^\\s]*)?$',
        maxLength: 500,
        description: "Without user or password; without a path, the one of the camera's model is taken.",
      }),
      login: Type.Optional(secretName),
    }),
    strictObject(
      {
        transport: Type.Literal('file'),
        path: Type.String({
          title: 'File or folder',
          pattern: '^/[^\\0]*$',
          maxLength: 500,
          description: 'On the machine that runs the store, such as /srv/clips/aisle-1.mp4.',
        }),
      },
      { description: 'A recording in place of a camera.' },
    ),
    strictObject({
      transport: Type.Literal('mqtt'),
      topic: Type.String({
        title: 'Topic',
        minLength: 1,
        maxLength: 200,
        description: 'Where the device publishes; no wildcards.',
        pattern: '^[^#+\\s]+$',
      }),
    }),
  ],
  { title: 'Address' },
)

const DeviceSchema = strictObject({
  id: Identifier({ title: 'Device' }),
  definition: Identifier({ title: 'Model', description: 'File name in hardware-profiles/devices, without .json.' }),
  address: DeviceAddress,
  units: Type.Optional(
    Type.Array(Type.Integer({ minimum: 0, maximum: 255 }), {
      title: 'Units',
      maxItems: 247,
      description: 'Unit ids on this line or gateway.',
    }),
  ),
  pollHz: Type.Optional(Type.Number({ title: 'Readings per second', exclusiveMinimum: 0, maximum: 200 })),
  settings: Type.Optional(
    strictObject(
      {
        wordOrder: Type.Optional(oneOf(['high-first', 'low-first'], { title: 'Word order' })),
        decimals: Type.Optional(Type.Integer({ title: 'Decimals', minimum: 0, maximum: 6 })),
      },
      {
        title: 'Settings',
        description: 'How the device itself was set, where it differs from its definition and that allows it.',
      },
    ),
  ),
})

const GateSchema = strictObject({
  id: Identifier({ title: 'Gate' }),
  kind: oneOf(['entry', 'exit', 'both']),
  zoneM: polygonM('Whoever passes the gate stands in here.'),
  reader: Type.Optional(Identifier({ title: 'Reader', description: 'Device that reads what a shopper shows.' })),
  otherReaders: Type.Optional(
    Type.Array(Identifier(), {
      title: 'Other readers',
      maxItems: 8,
      description: 'Beside it: a card terminal, a badge reader, a terminal that verifies adulthood.',
    }),
  ),
  contacts: Type.Optional(Identifier({ title: 'Contacts', description: 'Device with the relays and inputs.' })),
  /** Channel numbers count from 1 as printed on the module. */
  wiring: Type.Optional(
    strictObject({
      entryRelay: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 64, description: 'Opens inwards for one person.' }),
      ),
      exitRelay: Type.Optional(Type.Integer({ minimum: 1, maximum: 64, description: 'Opens outwards.' })),
      exitOpensWhenOff: Type.Optional(
        Type.Boolean({
          description:
            'The exit is wired to the normally closed contact of its relay: it opens when the relay is off, and so without power, too.',
        }),
      ),
      watchdogRelay: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 64,
          description: 'Held by the till; when it drops, the gate opens its exit by itself.',
        }),
      ),
      passInInput: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 64, description: 'Closes when somebody walks in.' }),
      ),
      passOutInput: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 64, description: 'Closes when somebody walks out.' }),
      ),
      exitRequestInput: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 64, description: 'Closes when somebody wants out.' }),
      ),
      fireInput: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 64, description: 'Normally closed: opens on a fire alarm.' }),
      ),
    }),
  ),
  passTimeoutMs: Type.Optional(
    Type.Integer({
      minimum: 500,
      maximum: 60_000,
      description: 'How long it stays open for somebody who was admitted.',
    }),
  ),
  open: Type.Optional(
    Type.Boolean({
      title: 'Open entrance',
      description:
        'Nothing stands in the way and nobody is asked: whoever the vision sees walk in here has a visit, and pays at a kiosk.',
    }),
  ),
  tailgate: Type.Optional(
    oneOf(['alarm', 'ask-staff', 'add-to-party'], {
      title: 'Tailgating',
      description:
        'When somebody walks in whom nobody had admitted: tell it; besides, admit no more shoppers until staff have looked; or count them into the party that has just walked in, where the account may bring so many. The exit is always open. By default it is told.',
    }),
  ),
})

const KioskSchema = strictObject(
  {
    id: Identifier({ title: 'Kiosk' }),
    name: Type.String({ title: 'Name', minLength: 1, maxLength: 100 }),
    zoneM: polygonM('Whoever pays here stands in here.'),
    terminal: Identifier({ title: 'Card terminal', description: 'Device that gives a token for each card.' }),
  },
  { description: 'A screen with a card terminal, at which shoppers pay before they leave.' },
)

const LensSchema = strictObject(
  {
    kind: Type.Optional(
      oneOf(['pinhole', 'fisheye'], { title: 'Projection', description: 'Without it pinhole, as most lenses.' }),
    ),
    pictureSizePx: Point2M({
      title: 'Picture (pixels)',
      description: 'Width and height of the picture in which the rest was measured; streams of other sizes are scaled.',
    }),
    focalPx: Type.Number({ title: 'Focal length (pixels)', minimum: 10, maximum: 100_000 }),
    centrePx: Type.Optional(
      Point2M({
        title: 'Centre (pixels)',
        description: 'Where the line of sight meets the picture; by default its middle.',
      }),
    ),
    distortion: Type.Optional(
      Type.Array(Type.Number({ minimum: -10, maximum: 10 }), {
        title: 'Distortion',
        maxItems: 5,
        description: 'As OpenCV has it: k1, k2, p1, p2, k3 of a pinhole camera, k1 to k4 of a fisheye.',
      }),
    ),
  },
  { title: 'Lens', description: 'Without it a field of view of 90 degrees is assumed. The calibration measures it.' },
)

const CameraSchema = strictObject({
  id: Identifier({ title: 'Camera' }),
  device: Identifier({ title: 'Device' }),
  positionM: Point3M({ title: 'Position (m)' }),
  lookAtM: Point3M({ title: 'Looks at (m)' }),
  rollRad: Type.Optional(
    Type.Number({
      title: 'Roll (rad)',
      minimum: -6.2832,
      maximum: 6.2832,
      description: 'Turn about the line of sight, clockwise as the camera looks; 0 is upright.',
    }),
  ),
  lens: Type.Optional(LensSchema),
})

const GroupSchema = strictObject(
  {
    id: Identifier({ title: 'Group' }),
    name: Type.String({ title: 'Name', maxLength: 100 }),
    fixtures: Type.Optional(Type.Array(Identifier(), { description: 'All plates of these fixtures.' })),
    plates: Type.Optional(Type.Array(Identifier())),
    cameras: Type.Optional(Type.Array(Identifier())),
  },
  { description: 'A name that flows use for shelves or cameras, whatever their addresses are.' },
)

const modelFile = (description: string) =>
  Type.Optional(
    strictObject(
      {
        model: Identifier({ title: 'Model', description: 'File name in hardware-profiles/models, without .json.' }),
        file: Type.String({
          title: 'File',
          minLength: 1,
          maxLength: 500,
          description: "Its ONNX file; relative to the profile's folder.",
        }),
        sha256: Type.Optional(Type.String({ title: 'SHA-256', pattern: '^[0-9a-f]{64}$' })),
      },
      { description },
    ),
  )

const VisionSchema = strictObject(
  {
    detector: modelFile('Finds people and hands; without it the one that comes with Open Aisle.'),
    embedder: modelFile('Tells people apart by their looks; without it only by where they go.'),
    workers: Type.Optional(
      Type.Integer({
        title: 'Threads',
        minimum: 1,
        maximum: 64,
        description: 'Pictures looked at at the same time; by default one a core but one, at most 4.',
      }),
    ),
    provider: Type.Optional(
      oneOf(['cpu', 'cuda', 'openvino'], {
        title: 'Runs on',
        description: 'Where this build of ONNX Runtime has it; else on the processor, and says so.',
      }),
    ),
    evidence: Type.Optional(
      strictObject(
        {
          keepHours: Type.Integer({
            title: 'Kept for (hours)',
            minimum: 0,
            maximum: 8760,
            description: 'After the review was decided.',
          }),
          waitDays: Type.Optional(
            Type.Integer({
              title: 'At most (days)',
              minimum: 1,
              maximum: 90,
              description: 'Also while nobody decides; by default 14.',
            }),
          ),
        },
        {
          title: 'Pictures for reviews',
          description:
            'Keeps pictures of what a review is about, with everybody but the shopper blurred. Without it no picture is kept.',
        },
      ),
    ),
  },
  { title: 'Own vision', description: 'How the store watches its cameras itself.' },
)

export const Profile = strictObject(
  {
    format: Type.Literal('open-aisle-profile'),
    version: Type.Literal(currentProfileVersion),
    storeId: Identifier({ title: 'Store' }),
    name: Type.String({ title: 'Name', minLength: 1, maxLength: 100 }),
    description: Type.Optional(Type.String({ maxLength: 1000 })),
    currency: Type.String({ title: 'Currency', pattern: '^[A-Z]{3}$', description: 'ISO 4217.' }),
    timeZone: Type.String({ title: 'Time zone', maxLength: 60, description: 'IANA name, such as Asia/Seoul.' }),
    floor: strictObject({
      sizeM: Point2M({ title: 'Floor (m)', description: 'Width (x) and depth (y).' }),
      wallsM: Type.Array(Type.Array(Point2M(), { minItems: 2, maxItems: 50 }), {
        maxItems: 100,
        description: 'Polylines to draw and to walk around.',
      }),
    }),
    zones: Type.Array(
      strictObject({
        id: Identifier(),
        name: Type.String({ maxLength: 100 }),
        polygonM: polygonM('Its outline on the floor.'),
      }),
      { maxItems: 200 },
    ),
    groups: Type.Array(GroupSchema, { maxItems: 200 }),
    fixtures: Type.Array(FixtureSchema, { maxItems: 500 }),
    plates: Type.Array(PlateSchema, { maxItems: 5000 }),
    devices: Type.Array(DeviceSchema, { maxItems: 1000 }),
    gates: Type.Array(GateSchema, { maxItems: 20 }),
    kiosks: Type.Optional(Type.Array(KioskSchema, { maxItems: 20 })),
    cameras: Type.Array(CameraSchema, { maxItems: 500 }),
    visionAppliances: Type.Array(strictObject({ id: Identifier(), device: Identifier() }), {
      maxItems: 10,
      description: "Somebody else's box that publishes people and sightings.",
    }),
    vision: Type.Optional(VisionSchema),
    speakers: Type.Optional(
      Type.Array(
        strictObject({
          id: Identifier({ title: 'Speaker' }),
          device: Identifier({ title: 'Device' }),
          positionM: Point3M({ title: 'Position (m)' }),
        }),
        { maxItems: 100, description: 'What says something to shoppers; the notify node names them.' },
      ),
    ),
    payment: strictObject({
      provider: oneOf(['toss', 'stripe']),
      url: Type.String({
        pattern: '^https?://[^@/?#\\s]+$',
        maxLength: 300,
        description: "Base address of the provider's API.",
      }),
      secretKey: secretName,
      holdMinor: Type.Optional(
        Type.Integer({
          title: 'Reserved at the door',
          minimum: 1,
          description: 'Only with a provider that can (stripe); minor unit. What a visit costs less is released.',
        }),
      ),
      offline: Type.Optional(
        strictObject(
          {
            amountMinor: Type.Optional(Type.Integer({ title: 'Amount', minimum: 0, description: 'Of all together.' })),
            count: Type.Optional(Type.Integer({ title: 'Charges', minimum: 0, maximum: 100_000 })),
            hours: Type.Optional(Type.Number({ title: 'Hours', exclusiveMinimum: 0, maximum: 720 })),
          },
          {
            title: 'While the provider is away',
            description: 'How much may wait to be charged. Beyond that nobody is let in, and a basket goes to review.',
          },
        ),
      ),
      disputes: Type.Optional(
        strictObject(
          {
            refundUpToMinor: Type.Integer({
              title: 'Given back up to',
              minimum: 0,
              description: 'A line, minor unit.',
            }),
            mostAMonth: Type.Integer({ title: 'How often', minimum: 0, maximum: 100, description: 'In 30 days.' }),
          },
          { title: 'Disputes', description: 'What a shopper disputes is given back at once up to here.' },
        ),
      ),
    }),
    phone: Type.Optional(
      strictObject(
        {
          url: Type.Optional(
            Type.String({
              title: 'Address',
              pattern: '^https://[^@/?#\\s]+$',
              maxLength: 300,
              description: 'Under which phones reach the page of the shoppers, through a proxy that speaks TLS.',
            }),
          ),
          cardPage: Type.Optional(
            Type.String({
              title: 'Page for cards',
              pattern: '^https?://[^@?#\\s]+$',
              maxLength: 300,
              description:
                "Where the payment provider registers a card. It takes customerKey, successUrl and failUrl, and comes back to the first with authKey. Missing: the simulated provider's, or none.",
            }),
          ),
          terms: Type.Optional(
            strictObject({
              version: Type.String({ title: 'Version', minLength: 1, maxLength: 100 }),
              text: strictObject({ en: Type.String({ maxLength: 4000 }), ko: Type.String({ maxLength: 4000 }) }),
            }),
          ),
        },
        { title: "Shoppers' phones" },
      ),
    ),
    learning: Type.Optional(
      strictObject(
        {
          daily: Type.Boolean({
            title: 'Every day',
            description: 'Otherwise only when somebody asks for it by "aisle learn".',
          }),
        },
        {
          title: 'Learning',
          description:
            'What goods weigh is learned from reviews and refunds. What is out of the ordinary is proposed alone.',
        },
      ),
    ),
    mail: Type.Optional(
      strictObject(
        {
          host: Type.String({ title: 'SMTP server', minLength: 1, maxLength: 253, pattern: '^[A-Za-z0-9.:-]+$' }),
          port: Type.Integer({ title: 'Port', minimum: 1, maximum: 65_535 }),
          security: oneOf(['tls', 'starttls', 'none'], {
            title: 'Encryption',
            description: 'tls from the first byte (465), starttls (587), or none: only to a relay on this machine.',
          }),
          user: Type.Optional(Type.String({ title: 'User', minLength: 1, maxLength: 200 })),
          password: Type.Optional(secretName),
          from: EmailAddress({ title: 'Sender' }),
        },
        { title: 'Receipts by e-mail', description: 'Without it receipts are on the page alone.' },
      ),
    ),
  },
  { $id: 'https://open-aisle.example/schemas/profile-1.json', title: 'Hardware profile of one store' },
)
export type Profile = Static<typeof Profile>
export type TailgatePolicy = NonNullable<Profile['gates'][number]['tailgate']>
export type DeviceAddress = Static<typeof DeviceAddress>

export const Catalogue = strictObject({
  format: Type.Literal('open-aisle-catalogue'),
  version: Type.Literal(1),
  products: Type.Array(
    strictObject({
      sku: Type.String({ minLength: 1, maxLength: 64 }),
      name: Type.String({ minLength: 1, maxLength: 200 }),
      weightG: Type.Union([Type.Number({ exclusiveMinimum: 0, maximum: 100_000 }), Type.Null()]),
      weightSdG: Type.Optional(Type.Number({ minimum: 0, maximum: 10_000 })),
      priceMinor: Type.Integer({
        minimum: 0,
        description: 'Price of a piece, or of 1 kg when sold by weight, in the minor unit.',
      }),
      soldBy: oneOf(['each', 'weight']),
      taxFree: Type.Optional(Type.Boolean()),
      ageRestricted: Type.Optional(Type.Boolean()),
      aliases: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 50 })),
    }),
    { maxItems: 50_000 },
  ),
  promotions: Type.Optional(Type.Array(Promotion, { maxItems: 1000 })),
  tax: Type.Optional(TaxRule),
})
export type Catalogue = Static<typeof Catalogue>

export const Planogram = strictObject({
  format: Type.Literal('open-aisle-planogram'),
  version: Type.Literal(1),
  entries: Type.Array(
    strictObject({
      sku: Type.String({ minLength: 1, maxLength: 64 }),
      plates: Type.Array(Identifier(), { minItems: 1, maxItems: 100 }),
      facingQuantity: Type.Optional(
        Type.Integer({ minimum: 0, maximum: 10_000, description: 'Pieces when the shelf is full.' }),
      ),
    }),
    { maxItems: 50_000 },
  ),
})
export type Planogram = Static<typeof Planogram>
