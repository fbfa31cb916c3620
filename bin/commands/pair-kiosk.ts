/** `aisle pair-kiosk KIOSK`: a link that makes the screen on which it is opened a kiosk of the running store. */
import { AisleError } from '../../runtime/contract/errors.ts'
import { defaultKioskPort, newPairing } from '../../runtime/kiosk/kiosk-session.ts'
import { loadStore } from '../../runtime/profile/load-store.ts'
import { generatedSecrets } from '../../runtime/security/secret-names.ts'
import { readSecret } from '../../runtime/security/secret-store.ts'
import { readRunFile } from '../../runtime/supervisor/run-file.ts'
import type { AddCommand } from '../command.ts'
import { dataOption, profileOption, type StoreOptions, storeDirectories } from '../store-options.ts'

const addPairKiosk: AddCommand = (program) => {
  program
    .command('pair-kiosk <kiosk>')
    .description('print a link, good for 15 minutes, that makes the screen on which it is opened this kiosk')
    .addOption(profileOption)
    .addOption(dataOption)
    .action(async (kiosk: string, options: StoreOptions) => {
      const { settings } = await readRunFile(storeDirectories(options).dataDirectory)
      const { kiosks = [] } = (await loadStore(settings.profileDirectory)).profile
      if (!kiosks.some(({ id }) => id === kiosk)) {
        throw new AisleError('kiosk-unknown', `This store has no kiosk ${kiosk}.`, {
          action: `It has ${kiosks.map(({ id }) => id).join(', ') || 'none'}; see "kiosks" in its profile.`,
        })
      }
      const key = readSecret(settings.dataDirectory, generatedSecrets.kioskKey)
      const { host, ports } = settings
      console.log(`http://${host}:${ports.kiosk ?? defaultKioskPort}/pair#${newPairing(kiosk, key, Date.now())}`)
    })
}
export default addPairKiosk
