/** A vision appliance: publishes the people of each frame, and what it saw in hands, over MQTT. */
import mqtt from 'mqtt'
import type { Clock, Timer } from '../../contract/clock.ts'
import { frameHz, type PeopleView } from '../vision/people-view.ts'
import type { SeenPiece } from '../vision/sightings.ts'
import type { Faults } from './faults.ts'

export interface VisionApplianceOptions {
  device: string
  brokerUrl: string
  password: string
  topic: string
  clock: Clock
  faults: Faults
  view: PeopleView
  /** Brings the world up to now before it is looked at. */
  advance(): void
}

export interface VisionAppliance {
  sees(piece: SeenPiece, atMs: number): void
  stop(): Promise<void>
}

const frameMs = 1000 / frameHz

/** Connects in the background and again whenever the broker was away. Frames of a time without it are lost. */
export function startVisionAppliance(options: VisionApplianceOptions): VisionAppliance {
  const { device, clock, faults, topic } = options
  const client = mqtt.connect(options.brokerUrl, {
    clientId: device,
    username: device,
    password: options.password,
    reconnectPeriod: 500,
    clean: true,
    queueQoSZero: false,
  })
  // Refusals and resets only mean another try.
  client.on('error', () => {})
  let timer: Timer | undefined
  let frameAtMs = clock.nowMs()

  const publish = (part: string, line: unknown) => {
    if (client.connected && !faults.active(device, 'offline')) {
      client.publish(`${topic}/${part}`, JSON.stringify(line), { qos: 1 }, () => {})
    }
  }

  const frame = () => {
    options.advance()
    const nowMs = clock.nowMs()
    publish('people', { t: seconds(nowMs), people: options.view.people(nowMs) })
    // Frames that this machine was too busy for are left out, as a camera would.
    frameAtMs += frameMs
    if (frameAtMs < nowMs) frameAtMs = nowMs + frameMs
    timer = clock.after(frameAtMs - nowMs, frame)
  }
  timer = clock.after(frameMs, frame)

  return {
    sees(piece, atMs) {
      if (!faults.active(device, 'no-sightings')) publish('sightings', { t: seconds(atMs), ...piece })
    },
    async stop() {
      clock.clear(timer)
      await client.endAsync(true)
    },
  }
}

const seconds = (ms: number) => Math.round(ms) / 1000
