/**
 * The store's own vision: its cameras' pictures to people on the floor, published as a vision appliance would. A
 * program of its own, because inference is heavy, native code that reads pictures from outside.
 */
import { availableParallelism } from 'node:os'
import type { Logger } from 'pino'
import { type Clock, SystemClock } from '../contract/clock.ts'
import { AisleError } from '../contract/errors.ts'
import type { DeviceCatalogue } from '../devices/catalogue.ts'
import { MqttLink } from '../devices/mqtt-link.ts'
import { writePeople } from '../devices/vision/appliance-messages.ts'
import { cameraReportsTopic } from '../devices/vision/camera-reports.ts'
import type { LoadedStore } from '../profile/load-store.ts'
import { ownVisionDevice, ownVisionOf } from '../profile/own-vision.ts'
import type { Profile } from '../profile/profile-schema.ts'
import type { ProgramSecrets } from '../program/run-settings.ts'
import { handedSecret } from '../security/handed-secret.ts'
import { generatedSecrets } from '../security/secret-names.ts'
import { CameraBoard } from './camera-board.ts'
import { DetectionPool } from './detection/detection-pool.ts'
import { SlicePlan } from './detection/slice-plan.ts'
import { followEvents } from './evidence/follow-events.ts'
import { FrameStore } from './frame-store.ts'
import type { ModelLibrary } from './models/model-library.ts'
import { modelsOf } from './models/models-of.ts'
import { servePictures } from './picture-server.ts'
import type { FrameSource } from './sources/frame-source.ts'
import { profileCamera } from './sources/profile-camera.ts'
import { CameraPeople } from './tracking/camera-people.ts'

export interface VisionOptions {
  /** As `withOwnVision` gave it. */
  store: LoadedStore
  profileDirectory: string
  catalogue: DeviceCatalogue
  models: ModelLibrary
  host: string
  ports: { broker: number; vision?: number; sensing?: number }
  secrets: ProgramSecrets
  /** The store's time, which has to run as fast as that of the cameras. */
  clock: Clock
  log: Logger
  /** One line on the console of whoever started the store. */
  notice(text: string): void
}

/** Snapshots are asked for as often as streams bring pictures: people walk 15 cm meanwhile. */
const pictureEveryMs = 100
/** Pictures of 30 cameras at some 200 kB, a second of each. */
const keptBytes = 64e6

/** @throws AisleError of a model or camera that cannot be right; `port-taken` */
export async function startVision(options: VisionOptions) {
  const { store, catalogue, secrets, host, ports, clock, log } = options
  const { profile, layout } = store
  const own = ownVisionOf(profile)
  if (!own) {
    throw new AisleError('vision-not-wanted', `${profile.storeId} does not watch its cameras itself.`, {
      action: 'Start it with --vision.',
    })
  }
  const wireClock = new SystemClock()
  const definition = catalogue.of(deviceOf(profile, ownVisionDevice), 'vision-appliance')
  const password = handedSecret(secrets, generatedSecrets.brokerPasswordDevices)
  const link = new MqttLink({
    broker: { host, port: ports.broker, user: ownVisionDevice, password },
    ...{ receivers: [], speaks: true, log },
  })
  const frames = new FrameStore({ maxBytes: keptBytes })
  const board = new CameraBoard(wireClock, (reports) =>
    link.publish(own.topic + cameraReportsTopic, JSON.stringify(reports)),
  )
  const evidence = followEvents(options)
  const people = new CameraPeople({
    ...{ source: own.source, layout, cameras: own.cameras, clock },
    idPrefix: `v${Math.floor(clock.nowMs() / 1000).toString(36)}`,
    onPeople(seen) {
      link.publish(own.topic + definition.peopleTopic, writePeople(seen))
      evidence?.recorder.people(seen)
    },
  })
  const deviceOfCamera = new Map(own.cameras.map(({ id, device }) => [id, device]))
  const models = modelsOf({ ...options, profile })
  const plan = new SlicePlan({ cameras: own.cameras, layout, input: models.detector.definition.input })
  const pool = await DetectionPool.open({
    ...models,
    workers: profile.vision?.workers ?? usualWorkers(),
    run: { providers: [profile.vision?.provider ?? 'cpu'], threads: 1 },
    ...{ clock, wireClock },
    slicesOf: (camera, size) => plan.slicesOf(camera, size),
    onDetected(frame) {
      board.shown(deviceOfCamera.get(frame.camera) ?? frame.camera)
      evidence?.recorder.looked(frames.get(frame.frameId), frame)
      if (!people.take(frame)) log.warn({ camera: frame.camera }, 'left out a picture of another time')
    },
    onCameras(troubles) {
      for (const [camera, trouble] of troubles) board.looked(deviceOfCamera.get(camera) ?? camera, trouble)
    },
    onBroken: (camera, error) => board.broke(deviceOfCamera.get(camera) ?? camera, error.message),
    onHealth({ state, reason }) {
      log[state === 'online' ? 'info' : 'warn']({ state, reason }, 'detection')
      if (state !== 'online') options.notice(`Detection: ${reason}`)
    },
  })
  const cameras = new Map<string, FrameSource>()
  try {
    for (const { id, device } of own.cameras) {
      const source = profileCamera(deviceOf(profile, device), {
        ...{ catalogue, secrets, clock, wireClock, everyMs: pictureEveryMs },
        onHealth: (report) => board.heard(report),
        onFrame: (frame) => pool.offer(frames.put(id, frame)),
      })
      cameras.set(id, source)
    }
    const pictures = await servePictures({
      ...{ host, port: ports.vision ?? 0, token: handedSecret(secrets, generatedSecrets.visionToken) },
      // Only the source knows whether its newest picture is still fresh.
      newest: (camera) => cameras.get(camera)?.newest,
      ...(evidence && { evidence: { token: evidence.token, answer: (asked) => evidence.recorder.pictures(asked) } }),
    })
    link.start()
    board.start()
    for (const camera of cameras.values()) camera.start()
    options.notice(
      `Its own vision follows people in the pictures of ${cameras.size} cameras; it does not know what they hold`,
    )
    return { port: pictures.port, stop: () => stop(pictures) }
  } catch (error) {
    evidence?.stop()
    await pool.close()
    throw error
  }

  async function stop(pictures: { stop(): Promise<void> }): Promise<void> {
    evidence?.stop()
    await Promise.all([...cameras.values()].map((camera) => camera.stop()))
    await pool.close()
    people.stop()
    board.stop()
    await Promise.all([link.stop(), pictures.stop()])
  }
}

function deviceOf({ devices }: Profile, id: string) {
  const device = devices.find((candidate) => candidate.id === id)
  // The profile's check has made sure of it.
  if (!device) throw new Error(`the profile has no device ${id}`)
  return device
}

/** A core stays free for the other programs; decoding has threads of its own. */
export const usualWorkers = () => Math.max(1, Math.min(4, availableParallelism() - 1))
