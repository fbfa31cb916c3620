import { type Clock, SystemClock } from '../../runtime/contract/clock.ts'
import { LearnedFolder } from '../../runtime/learning/learned-folder.ts'
import { learnedSource } from '../../runtime/learning/learned-source.ts'
import type { LoadedStore } from '../../runtime/profile/load-store.ts'
import type { ProgramSecrets, RunSettings } from '../../runtime/program/run-settings.ts'
import { handedSecret } from '../../runtime/security/handed-secret.ts'
import { generatedSecrets } from '../../runtime/security/secret-names.ts'
import { createSensingClient } from '../../runtime/sensing-api/sensing-http-client.ts'
import type { StoreBinding } from '../../runtime/store/binding.ts'
import { createTillClient } from '../../runtime/till-api/till-http-client.ts'

/** The live store as the nodes see it: its layout, and clients of the programs that run it. */
export function liveBinding(
  store: LoadedStore,
  { settings, secrets, clock }: { settings: RunSettings; secrets: ProgramSecrets; clock: Clock },
): StoreBinding {
  const at = (port: number) => `http://${settings.host}:${port}`
  const token = (name: string) => handedSecret(secrets, name)
  const till = createTillClient({ url: at(settings.ports.till), token: token(generatedSecrets.tillTokenFlows), clock })
  return {
    layout: store.layout,
    names: store.names,
    timeZone: store.profile.timeZone,
    profileHash: store.hash,
    clock,
    wireClock: new SystemClock(),
    till,
    kiosks: till,
    purchases: till,
    sensing: createSensingClient({
      url: at(settings.ports.sensing),
      token: token(generatedSecrets.sensingToken),
      clock,
    }),
    learned: learnedSource(new LearnedFolder(settings.dataDirectory, store.layout.storeId), store.layout),
  }
}
