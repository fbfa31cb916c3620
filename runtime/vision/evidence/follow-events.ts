/** The vision program's part in reviews: it hears of weight events and has their pictures ready, where the profile says so. */
import type { Clock } from '../../contract/clock.ts'
import type { LoadedStore } from '../../profile/load-store.ts'
import type { ProgramSecrets } from '../../program/run-settings.ts'
import { handedSecret } from '../../security/handed-secret.ts'
import { generatedSecrets } from '../../security/secret-names.ts'
import { createSensingClient } from '../../sensing-api/sensing-http-client.ts'
import { EvidenceRecorder } from './evidence-recorder.ts'

export interface EvidenceKeeping {
  recorder: EvidenceRecorder
  /** What the console shows when it asks for pictures. */
  token: string
  stop(): void
}

export interface FollowOptions {
  store: LoadedStore
  host: string
  ports: { sensing?: number }
  secrets: ProgramSecrets
  clock: Clock
}

/** null: the profile keeps no pictures. */
export function followEvents({ store, host, ports, secrets, clock }: FollowOptions): EvidenceKeeping | null {
  const { profile, layout } = store
  if (!profile.vision?.evidence) return null
  const recorder = new EvidenceRecorder({ layout, cameras: profile.cameras, clock })
  const sensing = createSensingClient({
    url: `http://${host}:${ports.sensing}`,
    token: handedSecret(secrets, generatedSecrets.sensingToken),
    clock,
  })
  const stop = sensing.follow('vision', ['weight-event'], (message) => {
    if (message.type === 'weight-event') recorder.weightEvent(message)
  })
  return { recorder, token: handedSecret(secrets, generatedSecrets.evidenceToken), stop }
}
