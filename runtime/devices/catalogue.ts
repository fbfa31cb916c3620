/** The device definitions of an installation, found by scanning a folder. */
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AisleError } from '../contract/errors.ts'
import { compileCheck, type Problem, parseJson } from '../contract/schema.ts'
import type { Profile } from '../profile/profile-schema.ts'
import {
  Camera,
  type DefinitionOf,
  type DeviceDefinition,
  type DeviceKind,
  DoorController,
  LoadCellPublisher,
  LoadCellStream,
  LoadCellTransmitter,
  Reader,
  RelayModule,
  RelayPublisher,
  Speaker,
  VisionAppliance,
} from './definition-schema.ts'
import { checkFrame } from './load-cells/frame-check.ts'
import { checkRegisters } from './load-cells/register-check.ts'

/** How a device of this protocol is reached; anything else in a profile is a mistake. */
const transports: Record<DeviceDefinition['protocol'], readonly string[]> = {
  modbus: ['modbus-tcp', 'modbus-rtu', 'modbus-rtu-tcp'],
  'ascii-stream': ['tcp', 'serial'],
  'tcp-stream': ['tcp'],
  'serial-stream': ['serial', 'tcp'],
  'usb-keyboard': ['usb-keyboard'],
  mqtt: ['mqtt'],
  isapi: ['http'],
  'http-snapshot': ['http'],
  mjpeg: ['http'],
  rtsp: ['rtsp'],
  'video-file': ['file'],
  'picture-folder': ['file'],
  'http-post': ['http'],
}

// One check a kind, not one of the union: its problems name the field, not every other kind's fields.
const checks: Record<DeviceKind, (value: unknown) => Problem[]> = {
  'load-cell-transmitter': compileCheck(LoadCellTransmitter),
  'load-cell-stream': compileCheck(LoadCellStream),
  'load-cell-publisher': compileCheck(LoadCellPublisher),
  'relay-module': compileCheck(RelayModule),
  'relay-publisher': compileCheck(RelayPublisher),
  'door-controller': compileCheck(DoorController),
  reader: compileCheck(Reader),
  camera: compileCheck(Camera),
  'vision-appliance': compileCheck(VisionAppliance),
  speaker: compileCheck(Speaker),
}

export type ProfileDevice = Profile['devices'][number]

export class DeviceCatalogue {
  readonly #definitions: ReadonlyMap<string, DeviceDefinition>
  readonly #formerIds: ReadonlyMap<string, DeviceDefinition>

  constructor(definitions: readonly DeviceDefinition[]) {
    this.#definitions = new Map(definitions.map((definition) => [definition.id, definition]))
    this.#formerIds = new Map(
      definitions.flatMap((definition) => (definition.formerIds ?? []).map((id) => [id, definition] as const)),
    )
  }

  get all(): DeviceDefinition[] {
    return [...this.#definitions.values()]
  }

  get(id: string): DeviceDefinition | undefined {
    return this.#definitions.get(id) ?? this.#formerIds.get(id)
  }

  /**
   * The definition of a profile's device, which has to be of one of `kinds` and reached as its protocol is.
   * @throws AisleError `device-unknown`, `device-mismatch`
   */
  of<K extends DeviceKind>(device: ProfileDevice, ...kinds: K[]): DefinitionOf<K> {
    const definition = this.get(device.definition)
    const where = `device ${device.id}`
    if (!definition) {
      throw new AisleError('device-unknown', `There is no device definition "${device.definition}".`, {
        where,
        action: `Known are ${[...this.#definitions.keys()].join(', ')}; or add a file to hardware-profiles/devices.`,
      })
    }
    if (!(kinds as DeviceKind[]).includes(definition.kind)) {
      throw new AisleError('device-mismatch', `It is a ${definition.kind}, but is used as a ${kinds.join(' or ')}.`, {
        where,
        action: 'Correct the reference to it in the profile.',
      })
    }
    const allowed = transports[definition.protocol]
    if (!allowed.includes(device.address.transport)) {
      throw new AisleError(
        'device-mismatch',
        `This ${definition.kind} is not reached by ${device.address.transport}.`,
        {
          where,
          action: `Give it an address of ${allowed.join(' or ')}.`,
        },
      )
    }
    return definition as DefinitionOf<K>
  }
}

/**
 * Reads every `.json` file in `folder`.
 * @throws AisleError `device-definition-invalid`, naming the file and the places in it
 */
export async function loadDeviceDefinitions(folder: string): Promise<DeviceCatalogue> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new AisleError('device-definition-invalid', 'The folder of device definitions cannot be read.', {
      where: folder,
      action: 'Restore the folder hardware-profiles/devices of this installation.',
      cause,
    })
  })
  const files = names.filter((name) => name.endsWith('.json')).sort()
  const definitions = await Promise.all(
    files.map(async (name) => readDefinition(await readFile(join(folder, name), 'utf8'), join(folder, name))),
  )
  return new DeviceCatalogue(definitions)
}

/** The definition in a file's text. Its id is the file's name, which is why no two can have the same. */
export function readDefinition(text: string, file: string): DeviceDefinition {
  const value = parseJson(text, file, { maxBytes: 256_000, maxDepth: 16 })
  const problems = problemsOf(value, basename(file, '.json'))
  if (problems.length === 0) return value as DeviceDefinition
  throw new AisleError(
    'device-definition-invalid',
    `${problems.map(({ pointer, message }) => `${pointer || '/'} ${message}`).join('; ')}.`,
    { where: file, action: 'Correct these places; the schema is runtime/devices/definition-schema.ts.' },
  )
}

function problemsOf(value: unknown, id: string): Problem[] {
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined
  if (typeof kind !== 'string' || !Object.hasOwn(checks, kind)) {
    return [{ pointer: '/kind', message: `is ${JSON.stringify(kind)}; allowed are ${Object.keys(checks).join(', ')}` }]
  }
  const misfits = checks[kind as DeviceKind](value)
  if (misfits.length > 0) return misfits
  const definition = value as DeviceDefinition
  const named =
    definition.id === id ? [] : [{ pointer: '/id', message: `is "${definition.id}", but the file is ${id}.json` }]
  if (definition.kind === 'load-cell-transmitter') return [...named, ...checkRegisters(definition)]
  if (definition.kind === 'load-cell-stream') return [...named, ...checkFrame(definition)]
  if (definition.kind === 'reader') return [...named, ...checkAnswers(definition)]
  return named
}

function checkAnswers({ reads, adultAnswers }: Reader): Problem[] {
  if ((reads === 'adult-answers') === (adultAnswers !== undefined)) return []
  return [{ pointer: '/adultAnswers', message: 'belongs to a reader of adult-answers, and to no other' }]
}
