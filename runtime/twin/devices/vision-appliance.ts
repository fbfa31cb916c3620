/** A vision appliance: publishes the people of each frame, and what it saw in hands, over MQTT. */
import type { Timer } from '../../contract/clock.ts'
import type { PeopleView } from '../vision/people-view.ts'
import type { SeenPiece } from '../vision/sightings.ts'
import { type PublisherOptions, unrulyPublisher } from './unruly-publisher.ts'

export interface VisionApplianceOptions extends PublisherOptions {
  topic: string
  view: Pick<PeopleView, 'people'> & { readonly frameHz?: number }
  /** Brings the world up to now before it is looked at. */
  advance(): void
}

export interface VisionAppliance {
  sees(piece: SeenPiece, atMs: number): void
  stop(): Promise<void>
}

/** Frames a second where the view does not say (real: 14.9). */
const usualFrameHz = 15

export function startVisionAppliance(options: VisionApplianceOptions): VisionAppliance {
  const { device, clock, faults, topic, view } = options
  const frameMs = 1000 / (view.frameHz ?? usualFrameHz)
  const publisher = unrulyPublisher(options)
  let timer: Timer | undefined
  let frameAtMs = clock.nowMs()

  function people(nowMs: number) {
    const seen = view.people(nowMs)
    return faults.active(device, 'no-hands') ? seen.map((person) => ({ ...person, hands: [null, null] })) : seen
  }

  const frame = () => {
    options.advance()
    const nowMs = clock.nowMs()
    publisher.publish(`${topic}/people`, { t: seconds(publisher.nowMs()), people: people(nowMs) }, { qos: 1 })
    // Frames that this machine was too busy for are left out, as a camera would.
    frameAtMs += frameMs
    if (frameAtMs < nowMs) frameAtMs = nowMs + frameMs
    timer = clock.after(frameAtMs - nowMs, frame)
  }
  timer = clock.after(frameMs, frame)

  return {
    sees(piece, atMs) {
      if (faults.active(device, 'no-sightings')) return
      const t = seconds(atMs + publisher.nowMs() - clock.nowMs())
      publisher.publish(`${topic}/sightings`, { t, ...piece }, { qos: 1 })
    },
    async stop() {
      clock.clear(timer)
      await publisher.stop()
    },
  }
}

const seconds = (ms: number) => Math.round(ms) / 1000
