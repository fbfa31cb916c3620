/** Which programs a store has, where each begins, and which secrets each may know. */
import { join } from 'node:path'
import { AisleError } from '../runtime/contract/errors.ts'
import { watchesItself } from '../runtime/profile/own-vision.ts'
import type { Profile } from '../runtime/profile/profile-schema.ts'
import { type ProgramName, programNames, type RunSettings } from '../runtime/program/run-settings.ts'
import { generatedSecrets as generated } from '../runtime/security/secret-names.ts'
import type { ProgramPlan } from '../runtime/supervisor/watched-program.ts'
import { root } from './store-options.ts'

const files: Record<ProgramName, string> = {
  broker: 'runtime/broker/main.ts',
  till: 'runtime/till/main.ts',
  sensing: 'runtime/sensing/main.ts',
  flows: 'nodes/host/main.ts',
  console: 'runtime/console/main.ts',
  phone: 'runtime/phone/main.ts',
  kiosk: 'runtime/kiosk/main.ts',
  twin: 'runtime/twin/main.ts',
  vision: 'runtime/vision/main.ts',
}

/** A program gets the secrets named here and no others: whoever breaks into the flows finds no payment key. */
function secretNames(profile: Profile, live: boolean, ownVision: boolean): Record<ProgramName, string[]> {
  const cameras = new Set(profile.cameras.map(({ device }) => device))
  const logins = profile.devices.flatMap(({ id, address }) =>
    'login' in address && address.login ? [{ login: address.login, ofCamera: cameras.has(id) }] : [],
  )
  const keepsEvidence = ownVision && profile.vision?.evidence !== undefined
  return {
    broker: [generated.brokerPasswordSensing, generated.brokerPasswordDevices, generated.brokerPasswordTill],
    till: [
      generated.tillTokenFlows,
      generated.tillTokenConsole,
      generated.tillTokenAccounts,
      ...(profile.kiosks ? [generated.tillTokenKiosk] : []),
      generated.journalKey,
      generated.brokerPasswordTill,
      ...doorLogins(profile),
      profile.payment.secretKey,
      ...(profile.mail?.password === undefined ? [] : [profile.mail.password]),
    ],
    sensing: [
      generated.sensingToken,
      generated.brokerPasswordSensing,
      // Each camera is reached by one of the two.
      ...(ownVision ? [generated.visionToken] : []),
      ...logins.flatMap(({ login, ofCamera }) => (ofCamera && ownVision ? [] : [login])),
    ],
    flows: [generated.tillTokenFlows, generated.sensingToken, generated.sessionKey, generated.flowCredentials],
    console: [
      generated.tillTokenConsole,
      generated.sensingToken,
      generated.sessionKey,
      generated.phoneInvitations,
      ...(keepsEvidence ? [generated.evidenceToken] : []),
      // The owner plays with the demonstration on the store page.
      ...(live ? [] : [generated.twinControl]),
    ],
    phone: [generated.tillTokenAccounts, generated.phoneInvitations, generated.phoneSessions],
    kiosk: [generated.tillTokenKiosk, generated.kioskKey],
    twin: [
      generated.tillTokenAccounts,
      ...(profile.kiosks ? [generated.tillTokenKiosk] : []),
      generated.brokerPasswordDevices,
      generated.twinControl,
      profile.payment.secretKey,
    ],
    vision: [
      generated.visionToken,
      generated.brokerPasswordDevices,
      // It has to hear of weight events to know which pictures a review may need.
      ...(keepsEvidence ? [generated.evidenceToken, generated.sensingToken] : []),
      ...logins.flatMap(({ login, ofCamera }) => (ofCamera ? [login] : [])),
    ],
  }
}

/** Of controllers that open gates by HTTP. */
function doorLogins({ gates, devices }: Profile): string[] {
  const contacts = new Set(gates.map((gate) => gate.contacts))
  return devices.flatMap(({ id, address }) =>
    contacts.has(id) && address.transport === 'http' && address.login ? [address.login] : [],
  )
}

/**
 * @throws AisleError `secret-missing` when the profile names a secret that nobody has set
 */
export function programPlans(
  settings: RunSettings,
  profile: Profile,
  secret: (name: string) => string | undefined,
): ProgramPlan[] {
  const ownVision = watchesItself(profile, settings)
  const names = secretNames(profile, settings.live, ownVision)
  const isNeeded: Partial<Record<ProgramName, boolean>> = {
    twin: !settings.live,
    vision: ownVision,
    kiosk: (profile.kiosks ?? []).length > 0,
  }
  return programNames
    .filter((name) => isNeeded[name] ?? true)
    .map((name) => ({
      name,
      file: join(root, files[name]),
      settings,
      secrets: Object.fromEntries(
        names[name].map((secretName) => [secretName, secret(secretName) ?? missing(secretName, profile)]),
      ),
      // Without it a "__proto__" key that reached an object could change every other.
      nodeOptions: name === 'flows' ? ['--disable-proto=delete'] : [],
      environment: environment(),
    }))
}

/** Programs see no variable that they do not need: a function node can read its program's environment. */
function environment(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'OPEN_AISLE_LOG_LEVEL']
  const values = Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )
  return { ...values, NODE_COMPILE_CACHE: join(root, 'dist', 'compile-cache') }
}

function missing(name: string, profile: Profile): never {
  throw new AisleError(
    'secret-missing',
    `The profile of ${profile.storeId} names the secret ${name}, which is not set.`,
    {
      action: `Set it with: npx aisle secret set ${name} --profile ${profile.storeId}`,
    },
  )
}
